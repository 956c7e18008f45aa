//! What has changed since a version of the data: enough to keep a mirror.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use crate::{
    atlas::register::changes::ChangeList,
    domain::{PartnershipId, Since, timestamp},
    formats::geojson::write_json,
    http::{
        api::links::{DocumentLink, JSON, LinkBuilder},
        openapi::{
            parameters::OfChanges,
            responses::{Gone, Unavailable, Unchanged},
        },
        web::{
            auth::ask_of,
            conditional,
            params::{Params, Takes},
            problem::{COPY_ANEW, Problem},
            state::State,
        },
    },
    search::{Became, Collection, ParameterError, PartnershipChange, Snapshot},
};

/// List what has changed
///
/// Partnerships that were created, updated, merged into another or removed since a version of the
/// data or a time, in the order of the versions that last touched them, each as it is now. One may be
/// listed that says what it said. Without `since`: the version of the data. A reader goes on from
/// the `version` of the last page; `docs/mirror.md` has the recipe.
#[utoipa::path(
    get,
    path = "/api/changes",
    tag = "export",
    operation_id = "changes",
    params(OfChanges),
    responses(
        (status = 200, description = "The changes.",
         body = ref("#/components/schemas/Changes"), content_type = "application/json"),
        Unchanged,
        Gone,
        Unavailable,
    ),
)]
pub(crate) async fn changes(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let params = Params::read(&request, Takes::Changes)?;
    let snapshot = params.records_of(state.publisher.snapshot());
    let list = match params.since {
        None => None,
        Some(since) => Some(list(&state, &snapshot, since, params.all_records).await?),
    };
    let changes = list.as_ref().map_or(&[][..], |list| &list.changes);
    let after = params.page.after.as_deref().map(place).transpose()?;
    let first = after
        .map_or(0, |after| changes.partition_point(|change| (change.version, change.id) <= after));
    let page = &changes[first..changes.len().min(first + params.page.limit)];
    let next = page.last().filter(|_| first + page.len() < changes.len());
    let next = next.map(|last| format!("{}-{}", last.version, last.id));
    let links = links(&LinkBuilder::new(&request, &params), &params, next.as_deref());
    Ok(conditional::respond(&snapshot, &request, |response| {
        let body = write(&snapshot, list.as_deref(), page, (&params, &links));
        response.content_type(JSON).body(body)
    }))
}

/// The list of changes, made once for those who read it page by page.
async fn list(
    state: &web::Data<State>,
    snapshot: &Arc<Snapshot>,
    since: Since,
    all_records: bool,
) -> Result<Arc<ChangeList>, Problem> {
    let version = snapshot.version();
    if matches!(since, Since::Version(since) if since > version) {
        let detail = [
            format!(
                "La version des données est {version} : le registre a été remis à un état antérieur. Recopiez /api/export/partnerships.geojson, puis suivez à partir de cette version."
            ),
            format!(
                "The version of the data is {version}: the register was set back. Copy /api/export/partnerships.geojson, then follow from that version."
            ),
        ];
        return Err(Problem::new(&COPY_ANEW, detail));
    }
    let key = (since, snapshot.data_version(), all_records);
    if let Some(list) = state.changes.find(&key) {
        return Ok(list);
    }
    let snapshot = Arc::clone(snapshot);
    let found = ask_of(&state.register, move |register| register.changes(since, &snapshot)).await?;
    let too_much = || {
        Problem::new(
            &COPY_ANEW,
            [
                "Tant de choses ont changé depuis, ou cela remonte à une version du programme qui ne le notait pas : recopiez /api/export/partnerships.geojson, puis suivez à partir de la version actuelle.",
                "Too much has changed since then, or an early version of the program did not note it: copy /api/export/partnerships.geojson, then follow from the present version.",
            ],
        )
    };
    Ok(state.changes.keep(key, found.ok_or_else(too_much)?))
}

/// The place that a cursor names: `12-03h1o37rii3dkep7`.
fn place(cursor: &str) -> Result<(i64, PartnershipId), ParameterError> {
    let read = cursor
        .split_once('-')
        .and_then(|(version, id)| Some((version.parse().ok()?, id.parse::<PartnershipId>().ok()?)));
    read.ok_or_else(|| {
        let reason = [
            "il ne mène à rien ; prenez-le d'un lien rel=next, ou recommencez sans lui",
            "it is not valid; take it from a link with rel=next, or start again without one",
        ];
        ParameterError::new("cursor", reason)
    })
}

fn links(links: &LinkBuilder, params: &Params, next: Option<&str>) -> Vec<DocumentLink> {
    let own = params.query(params.page.after.as_deref());
    let mut all = vec![links.link(("self", JSON), links.data("/changes", &own), "self")];
    if let Some(next) = next {
        let href = links.data("/changes", &params.query(Some(next)));
        all.push(links.link(("next", JSON), href, "next"));
    }
    all
}

fn write(
    snapshot: &Snapshot,
    list: Option<&ChangeList>,
    page: &[PartnershipChange],
    (params, links): (&Params, &[DocumentLink]),
) -> Vec<u8> {
    let mut body = Vec::with_capacity(1024 + page.len() * 1280);
    let version = snapshot.version();
    body.extend_from_slice(format!(r#"{{"version":{version},"#).as_bytes());
    if let Some(list) = list {
        body.extend_from_slice(format!(r#""since":{},"#, list.since).as_bytes());
    }
    body.extend_from_slice(br#""links":"#);
    write_json(&mut body, links);
    body.extend_from_slice(br#","changes":["#);
    let all = snapshot.whole(Collection::Partnerships);
    for (index, change) in page.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        let PartnershipChange { version, id, became } = *change;
        let mut said = json!({"id": id.to_string(), "version": version, "change": name(became)});
        if let Some(at) = list.and_then(|list| list.committed_at(version)) {
            said["at"] = timestamp(at).into();
        }
        if let Became::Merged(into) = became {
            said["into"] = into.to_string().into();
        }
        write_json(&mut body, &said);
        if let Some(item) = snapshot.find(id) {
            body.pop();
            body.extend_from_slice(br#","feature":"#);
            snapshot.write_feature(&mut body, Collection::Partnerships, all, item, params.language);
            body.push(b'}');
        }
    }
    body.extend_from_slice(b"]}");
    body
}

fn name(became: Became) -> &'static str {
    match became {
        Became::Created => "created",
        Became::Updated => "updated",
        Became::Merged(_) => "merged",
        Became::Removed => "removed",
    }
}
