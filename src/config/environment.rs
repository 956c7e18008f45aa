//! Environment variables that are meant for this program, and that it does not know: a setting that
//! was misspelt would be a default that nobody noticed.

use clap::{Command, CommandFactory};

use super::Config;

/// How every variable of the program begins.
const PREFIX: &str = "ATLAS_";
/// How those of its tests do.
const TESTS: &str = "ATLAS_TEST_";
/// A name that goes on where one of the program's ends counts as so many edits of that one.
const LONGER: usize = 2;
/// Read before the command line is (`main.rs`).
const LOG: &str = "ATLAS_LOG";

/// An error that names the first variable that begins as the program's do and is none.
pub fn check(names: impl Iterator<Item = String>) -> Result<(), String> {
    let known = known();
    for name in names {
        if !name.starts_with(PREFIX) || name.starts_with(TESTS) || known.contains(&name) {
            continue;
        }
        let edits = |one: &&String| {
            let goes_on = name.strip_prefix(one.as_str()).is_some_and(|rest| rest.starts_with('_'));
            let edits = strsim::damerau_levenshtein(one, &name);
            if goes_on { edits.min(LONGER) } else { edits }
        };
        let nearest = known.iter().min_by_key(edits);
        return Err(format!(
            "the environment variable {name} is no setting of this program: did you mean {}? \
             Unset it, or correct its name (atlas serve --help lists all)",
            nearest.map_or(LOG, String::as_str)
        ));
    }
    Ok(())
}

/// The variables of all commands.
fn known() -> Vec<String> {
    let mut known = vec![LOG.to_owned()];
    let mut commands: Vec<Command> = vec![Config::command()];
    while let Some(command) = commands.pop() {
        let variables = command.get_arguments().filter_map(|argument| argument.get_env());
        known.extend(variables.map(|name| name.to_string_lossy().into_owned()));
        commands.extend(command.get_subcommands().cloned());
    }
    known.sort_unstable();
    known.dedup();
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_variable_is_told_with_the_one_that_was_meant() {
        let told = |name: &str| check([name.to_owned()].into_iter());
        for (wrong, meant) in [
            ("ATLAS_DATABSE", "ATLAS_DATABASE"),
            ("ATLAS_DATABASE_URL", "ATLAS_DATABASE"),
            ("ATLAS_UPLOADS_LIMIT", "ATLAS_UPLOAD_LIMIT"),
            ("ATLAS_LOGS", "ATLAS_LOG"),
            ("ATLAS_WORKER", "ATLAS_WORKERS"),
        ] {
            let error = told(wrong).unwrap_err();
            assert!(error.contains(&format!("{wrong} is no setting")), "{error}");
            assert!(error.contains(&format!("did you mean {meant}?")), "{error}");
        }
        for right in ["ATLAS_LOG", "ATLAS_LISTEN", "ATLAS_TEST_POSTGRES", "PATH", "MY_ATLAS_X"] {
            told(right).unwrap();
        }
    }
}
