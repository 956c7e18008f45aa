//! Rights of importers by source: whoever may import one source alone sees, plans, commits, cancels
//! and reverts what was bound to it, and nothing else.

use actix_web::HttpRequest;
use serde_json::Value;

use crate::{
    domain::{Account, Capability, Scope},
    http::web::{
        auth::{self, ask},
        problem::{INVALID_PARAMETER, Problem, ROLE},
        state::State,
    },
};

/// Whoever may import, or see imports, at least of one source.
pub(crate) async fn require_some(
    request: &HttpRequest,
    state: &State,
    capability: Capability,
) -> Result<Account, Problem> {
    let caller = auth::caller(request, state).await?;
    let sees = capability == Capability::ReadPrivate && caller.grants.has(Capability::Import);
    let is_of_source = |scope: &Scope| matches!(scope, Scope::Source(_));
    let some = caller
        .grants
        .iter()
        .any(|grant| grant.capability == capability && is_of_source(&grant.scope));
    if !sees && !some {
        auth::permit(&caller, capability, &[])?;
    }
    Ok(caller)
}

/// The sources that a capability of somebody holds of; none where it holds of everything.
fn sources(caller: &Account, capability: Capability) -> Option<Vec<&str>> {
    if caller.grants.allow(capability, &[]) {
        return None;
    }
    let grants = caller.grants.iter().filter(|grant| grant.capability == capability);
    let named = grants.filter_map(|grant| match &grant.scope {
        Scope::Source(name) => Some(name.as_str()),
        _ => None,
    });
    Some(named.collect())
}

/// The only source that somebody may import, by what they ask for; none where they may import all.
pub(crate) fn bound(caller: &Account, wanted: Option<&str>) -> Result<Option<String>, Problem> {
    let Some(sources) = sources(caller, Capability::Import) else { return Ok(None) };
    match (wanted, &sources[..]) {
        (Some(wanted), _) if sources.contains(&wanted) => Ok(Some(wanted.to_owned())),
        (None, [only]) => Ok(Some((*only).to_owned())),
        (None, [_, ..]) => Err(Problem::new(
            &INVALID_PARAMETER,
            [
                format!("Dites de quelle source (« source ») : {}.", sources.join(", ")),
                format!("Say of which source (“source”): {}.", sources.join(", ")),
            ],
        )),
        _ => Err(Problem::new(
            &ROLE,
            [
                format!("Vous n'importez que ces sources : {}.", sources.join(", ")),
                format!("You may import these sources alone: {}.", sources.join(", ")),
            ],
        )),
    }
}

/// Whether somebody may do this with an import: what was bound to a source of theirs, and to see it
/// also what is of a source that they may see.
pub(crate) fn may(caller: &Account, capability: Capability, import: &Value) -> bool {
    let on = |value: &Value| value.as_str().map(|name| Scope::Source(name.to_owned()));
    let bound = on(&import["request"]["only_source"]);
    let source = on(&import["source"]);
    let allow =
        |capability, scope: &Option<Scope>| caller.grants.allow(capability, scope.as_slice());
    allow(Capability::Import, &bound)
        || (capability == Capability::ReadPrivate && allow(Capability::ReadPrivate, &source))
}

/// Whoever may do this with an import; for others it is not there.
pub(crate) async fn require(
    request: &HttpRequest,
    state: &State,
    (capability, id): (Capability, i64),
) -> Result<Account, Problem> {
    let caller = require_some(request, state, capability).await?;
    if caller.grants.allow(capability, &[]) {
        return Ok(caller);
    }
    let import = ask(state, move |jobs| jobs.watch(id)).await?.document;
    if may(&caller, capability, &import) {
        return Ok(caller);
    }
    Err(Problem::missing([
        format!("il n'y a pas d'import {id} que vous puissiez voir ; /api/imports les énumère"),
        format!("there is no import {id} that you may see; /api/imports lists those there are"),
    ]))
}
