//! Funders as records write them, and the actors that they are.

use std::sync::{Arc, OnceLock};

use super::Directory;
use crate::domain::{Language, directory::DirectoryRecord, text::tidy};

static IN_USE: OnceLock<Arc<Directory>> = OnceLock::new();

/// Makes a directory the one whose actors the funders of this process are; only the first one that
/// is named, before any record is read.
pub fn use_directory(directory: &Arc<Directory>) {
    IN_USE.get_or_init(|| Arc::clone(directory));
}

fn in_use() -> Arc<Directory> {
    IN_USE.get().map_or_else(Directory::bundled, Arc::clone)
}

/// The value of `funder` that a text means: the code of an actor by its code, its names, its acronym
/// or its earlier names; else the text, without the commas that part values. None of nothing.
pub fn value(text: &str) -> Option<String> {
    let directory = in_use();
    let actor = directory.actor_named(text).or_else(|| directory.actor(text));
    let value =
        actor.map_or_else(|| tidy(&text.replace(',', " ")).into(), |actor| actor.code.clone());
    if value.is_empty() {
        // characters that nobody sees are a text too, which no record writes
        return text
            .contains(|c: char| c != ',' && !c.is_whitespace())
            .then(|| text.replace(',', " "));
    }
    Some(value)
}

/// What the actor of a code is called; none where the value is a text.
pub fn name(value: &str, language: Language) -> Option<String> {
    in_use().actor(value).map(|actor| actor.name(language).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn funders_are_actors_by_any_of_their_names() {
        for text in [
            "afd",
            "AFD",
            "Agence française de développement",
            " agence francaise de developpement",
        ] {
            assert_eq!(value(text).as_deref(), Some("afd"), "{text}");
        }
        assert_eq!(value("Mairie, de  Rien").as_deref(), Some("Mairie de Rien"));
        assert_eq!(value(" , "), None);
        assert_eq!(value("\u{10}").as_deref(), Some("\u{10}"));
        assert_eq!(
            name("afd", Language::French).as_deref(),
            Some("Agence française de développement")
        );
        assert_eq!(name("Mairie de Rien", Language::French), None);
    }
}
