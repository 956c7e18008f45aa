//! `/contribuer/suivi/{id}`: what became of a proposal, for whoever has its secret.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};

use super::{
    form::field,
    handler::gone,
    page::{FollowPage, FollowedPart, follow_path},
};
use crate::{
    atlas::contributions::{Contributions, propose::Reader},
    domain::{Column, PartVerdict, Proposal},
    http::{
        desk::{
            import::forms::form,
            reply::{frame, notice_of, respond, see_other},
        },
        page::{
            layout::Layout,
            reply::{html, language_of},
        },
        web::{
            auth::{self, ask_of},
            problem::Problem,
            state::State,
        },
    },
};

/// `GET /contribuer/suivi/{id}?cle=…`
pub(crate) async fn show(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> HttpResponse {
    page(&request, &id, &state, None).await
}

/// `POST /contribuer/suivi/{id}?cle=…`: withdraws it, or answers what was asked.
pub(crate) async fn act(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Payload,
    state: web::Data<State>,
) -> HttpResponse {
    let fields = form(body).await;
    let secret = secret(&request);
    let Ok(number) = id.parse::<i64>() else { return page(&request, &id, &state, None).await };
    let key = secret.clone();
    let done = match auth::refuse_foreign(&request) {
        Ok(()) => {
            let (step, text) =
                (field(&fields, "step").to_owned(), field(&fields, "answer").to_owned());
            ask_of(&state.contributions, move |door: &Contributions| match &*step {
                "withdraw" => door.withdraw(number, &key),
                _ => door.answer(number, &key, &text),
            })
            .await
        }
        Err(problem) => Err(problem),
    };
    match done {
        Ok(()) => see_other(&follow_path(language_of(&request), number, &secret)),
        Err(problem) => page(&request, &id, &state, Some(&problem)).await,
    }
}

async fn page(
    request: &HttpRequest,
    id: &str,
    state: &State,
    problem: Option<&Problem>,
) -> HttpResponse {
    let secret = secret(request);
    let number = id.parse::<i64>().unwrap_or(0);
    let key = secret.clone();
    let found = ask_of(&state.contributions, move |door: &Contributions| {
        door.proposal(number, Reader::Author(&key))
    });
    let proposal = match found.await {
        Ok(proposal) => proposal,
        Err(missing) => return gone(request, &missing),
    };
    let layout = frame(request, "follow.title", |language| follow_path(language, number, &secret));
    let page = FollowPage {
        notice: problem.map(|problem| notice_of(&layout, problem)),
        parts: parts(&layout, &proposal),
        layout,
        secret,
        proposal,
    };
    respond(problem.map_or(StatusCode::OK, Problem::status)).body(html(&page).1)
}

/// The cells of a proposal, each with what was decided about its part.
pub(crate) fn parts(layout: &Layout, proposal: &Proposal) -> Vec<FollowedPart> {
    let verdict = |column: Column| {
        let verdict = column.part().and_then(|part| proposal.verdicts.get(&part));
        verdict.map(|verdict| verdict_text(layout, *verdict)).unwrap_or_default()
    };
    let cells = proposal.cells.iter();
    cells
        .map(|(column, cell)| FollowedPart {
            label: column.label(layout.language),
            before: cell.before.clone(),
            after: cell.after.clone(),
            verdict: verdict(*column),
        })
        .collect()
}

fn verdict_text(layout: &Layout, verdict: PartVerdict) -> String {
    match verdict {
        PartVerdict::Accepted => layout.text("proposal.accepted").to_owned(),
        PartVerdict::Collided => layout.text("proposal.collided").to_owned(),
        PartVerdict::Refused(refusal) => refusal.label().get(layout.language).to_owned(),
    }
}

fn secret(request: &HttpRequest) -> String {
    let mut pairs = url::form_urlencoded::parse(request.query_string().as_bytes());
    let found = pairs.find(|(name, _)| matches!(&**name, "cle" | "key"));
    found
        .map(|(_, secret)| secret.chars().filter(char::is_ascii_alphanumeric).take(100).collect())
        .unwrap_or_default()
}
