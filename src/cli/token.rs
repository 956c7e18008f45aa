//! `atlas token`: who may import over HTTP.

use std::io::{self, BufWriter, Write};

use chrono::{DateTime, Days, NaiveTime, Utc};
use serde_json::{Value, json};

use super::{Failure, open, open_or_make, operator};
use crate::{
    atlas::accounts::tokens::{self, TokenWish},
    config::TokenCommand,
    domain::{Scope, TokenRecord},
};

pub(super) fn run(command: &TokenCommand) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    match command {
        TokenCommand::Create { database, create, name, role, scope, expires } => {
            let end = expires.and_then(|last| last.checked_add_days(Days::new(1)));
            let wish = TokenWish {
                name: name.clone(),
                role: (*role).into(),
                scope: scope.clone(),
                expires_at: end.map(|end| end.and_time(NaiveTime::MIN).and_utc()),
            };
            let mut database = open_or_make(database, *create)?;
            let token = tokens::create(&mut database, &wish, &operator())?;
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
            tokens::revoke(&mut open(database)?, name, &operator())?;
            writeln!(out, "The token of {name} is worth nothing any more.")?;
        }
    }
    Ok(out.flush()?)
}

fn show(out: &mut impl Write, token: &TokenRecord) -> io::Result<()> {
    let TokenRecord { name, role, scope, created_at, last_used_at, revoked_at, expires_at } = token;
    let time = |time: &DateTime<Utc>| time.format("%Y-%m-%d %H:%M UTC").to_string();
    let used = last_used_at.as_ref().map_or("never used".into(), |at| format!("used {}", time(at)));
    let revoked = revoked_at.as_ref().map(|at| format!(", revoked {}", time(at)));
    let of = (*scope != Scope::Everything).then(|| format!(", of {scope}"));
    let expires = expires_at.as_ref().map(|at| format!(", expires {}", time(at)));
    writeln!(
        out,
        "{name:<24} {:<8} made {}, {used}{}{}{}",
        role.code(),
        time(created_at),
        of.unwrap_or_default(),
        expires.unwrap_or_default(),
        revoked.unwrap_or_default()
    )
}

fn token_json(token: &TokenRecord) -> Value {
    let TokenRecord { name, role, scope, created_at, last_used_at, revoked_at, expires_at } = token;
    json!({
        "name": name,
        "role": role.code(),
        "scope": scope.to_string(),
        "expires_at": expires_at,
        "created_at": created_at,
        "last_used_at": last_used_at,
        "revoked_at": revoked_at,
    })
}
