//! `atlas token`: who may import over HTTP.

use std::io::{self, BufWriter, Write};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Failure, open, open_or_make};
use crate::{atlas::accounts::tokens, config::TokenCommand, domain::TokenRecord};

pub(super) fn run(command: &TokenCommand) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    match command {
        TokenCommand::Create { database, create, name, role } => {
            let token =
                tokens::create(&mut open_or_make(database, *create)?, name, (*role).into())?;
            // alone on standard output, so that a script can keep it
            writeln!(out, "{token}")?;
            out.flush()?;
            tracing::info!("this is the only time that the token of {name} is shown");
        }
        TokenCommand::List { database, json } => {
            let tokens = open(database)?.tokens()?;
            if *json {
                writeln!(out, "{:#}", tokens.iter().map(token_json).collect::<Value>())?;
            } else if tokens.is_empty() {
                writeln!(out, "There is no token; atlas token create makes one.")?;
            } else {
                for token in &tokens {
                    show(&mut out, token)?;
                }
            }
        }
        TokenCommand::Revoke { database, name } => {
            tokens::revoke(&mut open(database)?, name)?;
            writeln!(out, "The token of {name} is worth nothing any more.")?;
        }
    }
    Ok(out.flush()?)
}

fn show(out: &mut impl Write, token: &TokenRecord) -> io::Result<()> {
    let TokenRecord { name, role, created_at, last_used_at, revoked_at } = token;
    let time = |time: &DateTime<Utc>| time.format("%Y-%m-%d %H:%M UTC").to_string();
    let used = last_used_at.as_ref().map_or("never used".into(), |at| format!("used {}", time(at)));
    let revoked = revoked_at.as_ref().map(|at| format!(", revoked {}", time(at)));
    writeln!(
        out,
        "{name:<24} {:<8} made {}, {used}{}",
        role.code(),
        time(created_at),
        revoked.unwrap_or_default()
    )
}

fn token_json(token: &TokenRecord) -> Value {
    let TokenRecord { name, role, created_at, last_used_at, revoked_at } = token;
    json!({
        "name": name,
        "role": role.code(),
        "created_at": created_at,
        "last_used_at": last_used_at,
        "revoked_at": revoked_at,
    })
}
