//! `/contribuer/{id}` and `/contribuer/nouveau`: forms in, pages and redirects out, without a script.
//! (long: one step of a form after another)

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use chrono::Utc;

use super::{
    form::{field, fields, hidden, of_row, sent},
    page::{CorrectionPage, PreviewPage, correct_path, declare_path, follow_path},
};
use crate::{
    atlas::contributions::{
        Checked, ContributionError, Contributions, Correction, Editable,
        correction::{Cells, cells_of},
        propose::Submission,
    },
    domain::{Account, Capability, Column, Issue, PartnershipId},
    http::{
        desk::{
            import::forms::form,
            reply::{frame, notice_of, respond, see_other},
        },
        page::{
            history::HistoryCell,
            layout::Layout,
            reply::{html, language_of, missing},
        },
        web::{
            address::client,
            auth::{self, ask_of},
            problem::{INVALID_BODY, Problem},
            state::State,
        },
    },
    search::{Collection, Filter, Query},
};

/// Records of the same two places that are shown.
const KNOWN_SHOWN: usize = 20;

/// What a form is about: a record that is there, or one that is yet to be.
#[derive(Clone)]
struct CorrectionTarget {
    record: Option<(PartnershipId, Editable)>,
    caller: Option<Account>,
}

impl CorrectionTarget {
    fn may(&self, capability: Capability) -> bool {
        let Some((_, Editable { record, .. })) = &self.record else { return false };
        let allow = |caller: &Account| caller.grants.allow(capability, &record.scopes());
        self.caller.as_ref().is_some_and(allow)
    }

    fn id(&self) -> String {
        self.record.as_ref().map(|(id, _)| id.to_string()).unwrap_or_default()
    }

    fn title(&self) -> String {
        self.record.as_ref().map(|(_, one)| one.record.title.clone()).unwrap_or_default()
    }

    fn layout(&self, request: &HttpRequest) -> Layout {
        let Some((id, _)) = &self.record else {
            return frame(request, "declare.title", declare_path);
        };
        let id = id.to_string();
        let layout = frame(request, "contribute.title", |language| correct_path(language, &id));
        Layout { title: format!("{} · {}", layout.title, self.title()), ..layout }
    }
}

/// `GET /contribuer/{id}`
pub(crate) async fn show(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> HttpResponse {
    match subject(&request, &id, &state).await {
        Ok(subject) => {
            let cells = subject.record.as_ref().map(|(_, one)| cells_of(&one.record));
            form_page(&request, &state, &subject, &cells.unwrap_or_default(), &[], None)
        }
        Err(problem) => gone(&request, &problem),
    }
}

/// `POST /contribuer/{id}`
pub(crate) async fn act(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Payload,
    state: web::Data<State>,
) -> HttpResponse {
    let subject = match subject(&request, &id, &state).await {
        Ok(subject) => subject,
        Err(problem) => return gone(&request, &problem),
    };
    take(&request, &state, subject, form(body).await).await
}

/// `GET /contribuer/nouveau`
pub(crate) async fn begin(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    match auth::who(&request, &state).await {
        Ok(caller) => {
            let subject = CorrectionTarget { record: None, caller };
            form_page(&request, &state, &subject, &Cells::new(), &[], None)
        }
        Err(problem) => gone(&request, &problem),
    }
}

/// `POST /contribuer/nouveau`
pub(crate) async fn declare(
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> HttpResponse {
    match auth::who(&request, &state).await {
        Ok(caller) => {
            take(&request, &state, CorrectionTarget { record: None, caller }, form(body).await)
                .await
        }
        Err(problem) => gone(&request, &problem),
    }
}

async fn subject(
    request: &HttpRequest,
    id: &str,
    state: &State,
) -> Result<CorrectionTarget, Problem> {
    let caller = auth::who(request, state).await?;
    let unknown = || Problem::missing(["il n’y a pas de telle fiche", "there is no such record"]);
    let id = id.parse::<PartnershipId>().map_err(|_| unknown())?;
    let opened = ask_of(&state.contributions, move |door| match door.open(id) {
        Err(ContributionError::UnknownRecord(_)) => Ok(None),
        opened => opened.map(Some),
    });
    let opened: Option<Editable> = opened.await?;
    Ok(CorrectionTarget { record: Some((id, opened.ok_or_else(unknown)?)), caller })
}

/// Does what a form asks for: shows what it changes, goes back, sends it, confirms.
async fn take(
    request: &HttpRequest,
    state: &State,
    subject: CorrectionTarget,
    sent_fields: Vec<(String, String)>,
) -> HttpResponse {
    let cells = cells_sent(&subject, &sent_fields);
    let step = field(&sent_fields, "step").to_owned();
    let back = |problem: &Problem, issues: &[Issue]| {
        form_page(request, state, &subject, &cells, issues, Some(problem))
    };
    if let Err(problem) = auth::refuse_foreign(request) {
        return back(&problem, &[]);
    }
    // a person does not see the field that this one is
    if !field(&sent_fields, "website").is_empty() {
        let detail = ["Laissez vide le champ « website ».", "Leave the field “website” empty."];
        return back(&Problem::new(&INVALID_BODY, detail), &[]);
    }
    if step == "verify" {
        return verify(request, state, &subject).await;
    }
    let base = field(&sent_fields, "base").parse().ok().filter(|_| subject.record.is_some());
    let correction = Correction { base, cells: cells.clone() };
    let checked = check(state, &subject, &correction).await;
    let checked = match checked {
        Ok(checked) => checked,
        Err((problem, issues)) => return back(&problem, &issues),
    };
    let is_pressed = sent_fields.iter().any(|(name, _)| name.starts_with("use:"));
    if is_pressed || step == "edit" || step == "places" {
        return form_page(request, state, &subject, &cells, &checked.issues, None);
    }
    if let Some(problem) = refusal(&checked) {
        return back(&problem, &checked.issues);
    }
    let mut preview = preview(request, &subject, &checked, &cells, base.unwrap_or(0));
    preview.reason = field(&sent_fields, "reason").to_owned();
    preview.proof = field(&sent_fields, "proof").to_owned();
    match &*step {
        "send" => send(request, state, &subject, correction, preview).await,
        "make" if subject.may(Capability::Edit) => {
            make(request, state, &subject, correction, preview).await
        }
        _ => respond(StatusCode::OK).body(html(&preview).1),
    }
}

/// What the form says; “C’est terminé” says two cells alone.
fn cells_sent(subject: &CorrectionTarget, fields: &[(String, String)]) -> Cells {
    match &subject.record {
        Some((_, Editable { record, .. })) if field(fields, "step") == "end" => {
            let mut cells = cells_of(record);
            cells.insert(Column::Status, "termine".to_owned());
            cells.insert(Column::End, field(fields, Column::End.name()).to_owned());
            cells
        }
        _ => sent(fields),
    }
}

/// What a correction comes to, or why it comes to nothing.
async fn check(
    state: &State,
    subject: &CorrectionTarget,
    correction: &Correction,
) -> Result<Checked, (Problem, Vec<Issue>)> {
    let id = subject.record.as_ref().map(|(id, _)| *id);
    let correction = correction.clone();
    let checked = ask_of(&state.contributions, move |door: &Contributions| {
        let checked = match id {
            Some(id) => door.check(id, &correction),
            None => door.check_declaration(&correction.cells),
        };
        Ok::<_, ContributionError>(checked)
    });
    match checked.await {
        Ok(Ok(checked)) => Ok(checked),
        Ok(Err(error)) => {
            let issues = if let ContributionError::Invalid(issues) = &error {
                issues.clone()
            } else {
                Vec::new()
            };
            Err((error.into(), issues))
        }
        Err(problem) => Err((problem, Vec::new())),
    }
}

/// Why what was sent cannot go further.
fn refusal(checked: &Checked) -> Option<Problem> {
    let error = if !checked.collisions.is_empty() {
        ContributionError::Collides(checked.collisions.clone())
    } else if !checked.is_valid() {
        ContributionError::Invalid(checked.issues.clone())
    } else if !checked.changes_something() {
        ContributionError::NothingChanged
    } else {
        return None;
    };
    Some(error.into())
}

async fn send(
    request: &HttpRequest,
    state: &State,
    subject: &CorrectionTarget,
    correction: Correction,
    preview: PreviewPage,
) -> HttpResponse {
    let id = subject.record.as_ref().map(|(id, _)| *id);
    let submission = Submission {
        correction,
        reason: preview.reason.clone(),
        proof: preview.proof.clone(),
        author: subject.caller.clone(),
        client: client(request),
    };
    let submitted = ask_of(&state.contributions, move |door: &Contributions| match id {
        Some(id) => door.propose(id, &submission),
        None => door.declare(&submission),
    });
    match submitted.await {
        Ok(done) => see_other(&follow_path(language_of(request), done.id, &done.secret)),
        Err(problem) => refused(preview, &problem),
    }
}

async fn make(
    request: &HttpRequest,
    state: &State,
    subject: &CorrectionTarget,
    correction: Correction,
    preview: PreviewPage,
) -> HttpResponse {
    let (Some((id, _)), Some(caller)) = (&subject.record, subject.caller.clone()) else {
        return respond(StatusCode::OK).body(html(&preview).1);
    };
    let id = *id;
    // a cookie is worth nothing from another site's page
    let done = match auth::caller(request, state).await {
        Ok(_) => ask_of(&state.contributions, move |door: &Contributions| {
            door.edit(id, &correction, &caller)
        })
        .await
        .map(drop),
        Err(problem) => Err(problem),
    };
    match done {
        Ok(()) => see_other(&preview.layout.partnership_path(&id.to_string())),
        Err(problem) => refused(preview, &problem),
    }
}

async fn verify(request: &HttpRequest, state: &State, subject: &CorrectionTarget) -> HttpResponse {
    let Some((id, Editable { record, .. })) = &subject.record else {
        return see_other(&declare_path(language_of(request)));
    };
    let id = *id;
    let done = match auth::caller(request, state).await {
        Ok(caller) => {
            ask_of(&state.contributions, move |door: &Contributions| door.verify(&[id], &caller))
                .await
        }
        Err(problem) => Err(problem),
    };
    match done {
        Ok(_) => see_other(&subject.layout(request).partnership_path(&id.to_string())),
        Err(problem) => form_page(request, state, subject, &cells_of(record), &[], Some(&problem)),
    }
}

fn refused(mut preview: PreviewPage, problem: &Problem) -> HttpResponse {
    preview.notice = Some(notice_of(&preview.layout, problem));
    respond(problem.status()).body(html(&preview).1)
}

fn preview(
    request: &HttpRequest,
    subject: &CorrectionTarget,
    checked: &Checked,
    cells: &Cells,
    base: i32,
) -> PreviewPage {
    let layout = subject.layout(request);
    let language = layout.language;
    let changes = checked.changes.iter().map(|change| HistoryCell {
        column: change.column.label(language).to_owned(),
        before: change.before.clone(),
        after: change.after.clone(),
    });
    PreviewPage {
        changes: changes.collect(),
        remarks: checked.issues.iter().map(|issue| issue.message(language)).collect(),
        record: subject.id(),
        title: subject.title(),
        base,
        cells: hidden(cells),
        may_edit: subject.may(Capability::Edit),
        layout,
        ..PreviewPage::default()
    }
}

fn form_page(
    request: &HttpRequest,
    state: &State,
    subject: &CorrectionTarget,
    cells: &Cells,
    issues: &[Issue],
    problem: Option<&Problem>,
) -> HttpResponse {
    let layout = subject.layout(request);
    let language = layout.language;
    let is_named = |column| cells.get(&column).is_some_and(|text| !text.is_empty());
    let asks_places =
        subject.record.is_none() && !(is_named(Column::Collectivity) && is_named(Column::Partner));
    let mut all = fields(cells, issues, language);
    if asks_places {
        let asked = [Column::Collectivity, Column::Partner, Column::PartnerCountry];
        all.retain(|field| asked.iter().any(|column| column.name() == field.name));
    }
    let page = CorrectionPage {
        notice: problem.map(|problem| notice_of(&layout, problem)),
        remarks: of_row(issues, language),
        record: subject.id(),
        title: subject.title(),
        base: subject.record.as_ref().map_or(0, |(_, one)| one.revision),
        fields: all,
        known: if subject.record.is_none() { known(state, cells) } else { Vec::new() },
        asks_places,
        may_verify: subject.may(Capability::Verify),
        today: Utc::now().date_naive().to_string(),
        layout,
    };
    let status = problem.map_or(StatusCode::OK, Problem::status);
    respond(status).body(html(&page).1)
}

/// Partnerships of the two places that a declaration names: title and id.
fn known(state: &State, cells: &Cells) -> Vec<(String, String)> {
    let text = |column| cells.get(&column).map_or("", |text| text.trim());
    let words = format!("{} {}", text(Column::Collectivity), text(Column::Partner));
    let (home, partner) = (text(Column::Collectivity), text(Column::Partner));
    if home.is_empty() || partner.is_empty() {
        return Vec::new();
    }
    let snapshot = state.publisher.snapshot();
    let mut filter = Filter::default();
    if filter.set("q", &words).is_err() {
        return Vec::new();
    }
    let Ok(found) = snapshot.select(&Query::from(filter), Collection::Partnerships) else {
        return Vec::new();
    };
    let found = found.counted().take(KNOWN_SHOWN);
    found.map(|(item, _)| (snapshot.title(item), snapshot.id(item).to_string())).collect()
}

/// A page in place of one that is not there.
pub(crate) fn gone(request: &HttpRequest, problem: &Problem) -> HttpResponse {
    if problem.status() == StatusCode::NOT_FOUND {
        return missing(request);
    }
    crate::http::page::reply::refused(request, language_of(request), problem)
}
