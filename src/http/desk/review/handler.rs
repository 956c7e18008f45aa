//! `/moderation`: the queue, one proposal, what is decided about it.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use chrono::Utc;

use super::page::{QueuePage, ReviewPage, ReviewedCell, ReviewedPart, root};
use crate::{
    atlas::contributions::{
        Checked, ContributionError, Contributions,
        decide::Ruling,
        propose::{PAGE, Queue, Reader},
    },
    domain::{Account, Capability, Column, Proposal, ProposalState, Refusal},
    http::{
        api::contributions::proposals::states,
        desk::{
            contribute::{follow::parts as followed, form::field, handler::gone},
            import::forms::form,
            reply::{frame, notice_of, respond, see_other},
        },
        page::reply::{html, language_of, refused},
        web::{
            auth::{self, ask_of},
            problem::Problem,
            state::State,
        },
    },
};

/// `GET /moderation`
pub(crate) async fn list(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let caller = match auth::caller(&request, &state).await {
        Ok(caller) => caller,
        Err(problem) => return refused(&request, language_of(&request), &problem),
    };
    let (mut wanted, mut after) = ("open".to_owned(), 0);
    for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        match &*name {
            "state" if states(&value).is_some() => wanted = value.into_owned(),
            "after" => after = value.parse().unwrap_or(0),
            _ => {}
        }
    }
    let asked = states(&wanted).unwrap_or_default();
    let queue = ask_of(&state.contributions, move |door: &Contributions| {
        door.queue(&caller, &asked, (after, PAGE))
    });
    let Queue { proposals, next, counts } = match queue.await {
        Ok(queue) => queue,
        Err(problem) => return refused(&request, language_of(&request), &problem),
    };
    let count = |state: &ProposalState| counts.get(state).copied().unwrap_or(0) as u64;
    let open = ProposalState::ALL.iter().filter(|state| state.is_open()).map(count).sum();
    let all = ProposalState::ALL.iter().map(|state| (state.code(), count(state)));
    let listed = [("open", open)].into_iter().chain(all);
    let path = |after: i64| format!("{}?state={wanted}&after={after}", root(language_of(&request)));
    let page = QueuePage {
        layout: frame(&request, "review.title", |language| root(language).to_owned()),
        notice: None,
        states: listed
            .filter(|(code, count)| *count > 0 || *code == "open")
            .map(|(code, count)| (code, count, code == wanted))
            .collect(),
        next: next.map(path),
        proposals,
        now: Utc::now(),
    };
    respond(StatusCode::OK).body(html(&page).1)
}

/// `GET /moderation/{id}`
pub(crate) async fn show(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> HttpResponse {
    page(&request, &id, &state, None, String::new()).await
}

/// `POST /moderation/{id}`
pub(crate) async fn act(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Payload,
    state: web::Data<State>,
) -> HttpResponse {
    let fields = form(body).await;
    let caller = match auth::caller(&request, &state).await {
        Ok(caller) => caller,
        Err(problem) => return refused(&request, language_of(&request), &problem),
    };
    let number = id.parse::<i64>().unwrap_or(0);
    let chosen = fields.iter().filter_map(|(name, value)| {
        let part = Column::from_name(name).filter(|column| column.is_part())?;
        Some((part, Refusal::from_code(value)?))
    });
    let note = field(&fields, "note").to_owned();
    let ruling = Ruling {
        refused: chosen.collect::<BTreeMap<_, _>>(),
        note: note.clone(),
        ask: field(&fields, "step") == "ask",
    };
    let done = ask_of(&state.contributions, move |door: &Contributions| {
        door.decide(number, &ruling, &caller)
    });
    match done.await {
        Ok(_) => see_other(&format!("{}/{number}", root(language_of(&request)))),
        Err(problem) => page(&request, &id, &state, Some(&problem), note).await,
    }
}

async fn page(
    request: &HttpRequest,
    id: &str,
    state: &State,
    problem: Option<&Problem>,
    note: String,
) -> HttpResponse {
    let caller: Account = match auth::who(request, state).await {
        Ok(Some(caller)) => caller,
        Ok(None) => {
            let problem: Problem = ContributionError::NotAllowed(Capability::Moderate).into();
            return refused(request, language_of(request), &problem);
        }
        Err(problem) => return refused(request, language_of(request), &problem),
    };
    let number = id.parse::<i64>().unwrap_or(0);
    let asking = caller.clone();
    let found = ask_of(&state.contributions, move |door: &Contributions| {
        let proposal = door.proposal(number, Reader::Moderator(&asking))?;
        let now = if proposal.state.is_open() { door.now(&proposal) } else { Ok(None) };
        Ok::<_, ContributionError>((proposal, now))
    });
    let (proposal, now) = match found.await {
        Ok(found) => found,
        Err(missing) => return gone(request, &missing),
    };
    let now: Option<Checked> = now.ok().flatten();
    let layout = frame(request, "review.one", |language| format!("{}/{number}", root(language)));
    let language = layout.language;
    let verdicts: BTreeMap<&str, String> =
        followed(&layout, &proposal).into_iter().map(|part| (part.label, part.verdict)).collect();
    let allowed = caller.grants.allow(Capability::Moderate, &proposal.scopes);
    let is_own = proposal.author.as_deref() == Some(caller.name.as_str());
    let parts = parts(&proposal, now.as_ref(), language, &verdicts);
    let page = ReviewPage {
        notice: problem.map(|problem| notice_of(&layout, problem)),
        remarks: now
            .iter()
            .flat_map(|now| &now.issues)
            .map(|issue| issue.message(language))
            .collect(),
        is_gone: proposal.state.is_open() && now.is_none(),
        may_decide: allowed && !is_own && proposal.state.is_open(),
        parts,
        proposal,
        note,
        layout,
    };
    respond(problem.map_or(StatusCode::OK, Problem::status)).body(html(&page).1)
}

fn parts(
    proposal: &Proposal,
    now: Option<&Checked>,
    language: crate::domain::Language,
    verdicts: &BTreeMap<&str, String>,
) -> Vec<ReviewedPart> {
    let mut parts: Vec<ReviewedPart> = Vec::new();
    for (column, cell) in &proposal.cells {
        let Some(part) = column.part() else { continue };
        let label = column.label(language);
        let says = now.filter(|_| !proposal.is_new());
        let reviewed = ReviewedCell {
            label,
            before: cell.before.clone(),
            after: cell.after.clone(),
            now: says.map(|now| now.before.typed_cell(*column)).unwrap_or_default(),
        };
        if let Some(known) = parts.iter_mut().find(|known| known.name == part.name()) {
            known.cells.push(reviewed);
            continue;
        }
        parts.push(ReviewedPart {
            name: part.name(),
            cells: vec![reviewed],
            collides: now.is_some_and(|now| now.collisions.iter().any(|one| one.part == part)),
            verdict: verdicts.get(label).cloned().unwrap_or_default(),
        });
    }
    parts
}
