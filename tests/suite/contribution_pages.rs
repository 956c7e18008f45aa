//! Correcting, following and deciding in a browser without scripts.

use serde_json::json;

use crate::{
    contributions::{Desk, id},
    support::{Response, TestDatabase},
};

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

fn post(desk: &Desk, path: &str, who: &str, fields: &[(&str, &str)]) -> Response {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let headers = if who.is_empty() { vec![FORM] } else { vec![FORM, ("Authorization", who)] };
    desk.server.send("POST", path, &headers, body.as_bytes())
}

/// What a form sends as it stands: the values of its controls.
fn cells() -> Vec<(&'static str, &'static str)> {
    vec![
        ("base", "1"),
        ("intitule", "Eau"),
        ("type_lien", "autre"),
        ("statut", "en_cours"),
        ("date_debut", "2016"),
        ("date_fin", ""),
        ("collectivite", "Lyon"),
        ("collectivite_code", "69123"),
        ("collectivite_type", "commune"),
        ("partenaire", "Kayes"),
        ("partenaire_pays", "ML"),
        ("themes", "sante"),
        ("description", ""),
    ]
}

fn with(
    mut fields: Vec<(&'static str, &'static str)>,
    more: &[(&'static str, &'static str)],
) -> Vec<(&'static str, &'static str)> {
    for (name, value) in more {
        match fields.iter_mut().find(|(known, _)| known == name) {
            Some(field) => field.1 = value,
            None => fields.push((name, value)),
        }
    }
    fields
}

// long: one story
#[test]
fn a_visitor_proposes_and_a_moderator_answers() {
    for place in TestDatabase::each() {
        let desk = Desk::open(place);
        let record = desk.server.get(&format!("/partenariats/{}", id("a"))).body;
        let path = format!("/contribuer/{}", id("a"));
        assert!(record.contains(&format!("href=\"{path}\"")));
        let form = desk.server.get(&path);
        assert_eq!((form.status, form.header("cache-control")), (200, "no-store"));
        for part in [
            "noindex",
            "value=\"Eau\"",
            "name=\"base\" value=\"1\"",
            "Intitulé",
            "<option value=\"en_cours\" selected>",
            "value=\"sante\" checked",
        ] {
            assert!(form.body.contains(part), "{part}");
        }
        assert!(!form.body.contains("Toujours exact"), "that is for who may");
        let english = desk.server.get(&format!("/en/contribute/{}", id("a"))).body;
        assert!(
            english.contains("Correct a record") && english.contains(&format!("href=\"{path}\""))
        );
        assert_eq!(desk.server.get("/contribuer/0000000000000000").status, 404);

        let changed = with(cells(), &[("intitule", "L'eau & <b>l'air</b>"), ("statut", "termine")]);
        let seen = post(&desk, &path, "", &with(changed.clone(), &[("step", "check")]));
        assert_eq!(seen.status, 200, "{}", seen.body);
        assert!(seen.body.contains("<del>Eau</del>") && !seen.body.contains("<b>l'air</b>"));
        assert!(seen.body.contains("name=\"reason\"") && !seen.body.contains("value=\"make\""));
        let complete = with(changed.clone(), &[("step", "send")]);
        assert_eq!(post(&desk, &path, "", &complete).status, 422, "a reason is needed");
        let bot = with(complete.clone(), &[("reason", "x"), ("website", "https://spam.example")]);
        assert_eq!(post(&desk, &path, "", &bot).status, 400);
        assert_eq!(post(&desk, &path, "", &with(changed.clone(), &[("step", "make")])).status, 200);
        assert_eq!(desk.record("a")["intitule"], "Eau", "nobody makes it without a right");
        let foreign = [FORM, ("Origin", "https://evil.example")];
        assert_eq!(desk.server.send("POST", &path, &foreign, b"step=send").status, 403);

        let sent = post(
            &desk,
            &path,
            "",
            &with(complete, &[("reason", "je le sais"), ("proof", "https://example.org/p")]),
        );
        assert_eq!(sent.status, 303, "{}", sent.body);
        let follow = sent.header("location").to_owned();
        assert!(follow.starts_with("/contribuer/suivi/1?cle="), "{follow}");
        let waits = desk.server.get(&follow);
        assert_eq!((waits.status, waits.header("cache-control")), (200, "no-store"));
        assert!(waits.body.contains("En attente") && waits.body.contains("noindex"));
        assert_eq!(desk.server.get("/contribuer/suivi/1?cle=autre").status, 404);
        assert_eq!(desk.server.get("/contribuer/suivi/1").status, 404);

        let as_admin = |path: &str| desk.server.get_with(path, &[("Authorization", &desk.admin)]);
        assert_eq!(desk.server.get("/moderation").status, 401);
        let queue = as_admin("/moderation").body;
        assert!(
            queue.contains("href=\"/moderation/1\"") && queue.contains("10 jours ouvrés"),
            "{queue}"
        );
        assert!(as_admin("/en/review?state=refused").body.contains("There is no proposal here"));
        let one = as_admin("/moderation/1").body;
        for part in ["je le sais", "https://example.org/p", "name=\"statut\"", "Rien ne l’atteste"]
        {
            assert!(one.contains(part), "{part}");
        }
        assert_eq!(as_admin("/moderation/99").status, 404);
        let ask =
            post(&desk, "/moderation/1", &desk.admin, &[("step", "ask"), ("note", "Quand ?")]);
        assert_eq!((ask.status, ask.header("location")), (303, "/moderation/1"));
        assert!(desk.server.get(&follow).body.contains("Quand ?"));
        let answered = post(&desk, &follow, "", &[("step", "answer"), ("answer", "Hier.")]);
        assert_eq!(answered.status, 303);
        assert!(as_admin("/moderation/1").body.contains("Hier."));
        let decided = post(
            &desk,
            "/moderation/1",
            &desk.admin,
            &[("step", "decide"), ("intitule", "unclear"), ("statut", ""), ("note", "Merci.")],
        );
        assert_eq!(decided.status, 303, "{}", decided.body);
        let end = desk.server.get(&follow).body;
        for part in ["Acceptée en partie", "Merci.", "n’est pas assez claire"] {
            assert!(end.contains(part), "{part}");
        }
        let shown = desk.record("a");
        assert_eq!((&shown["intitule"], &shown["statut"]), (&json!("Eau"), &json!("termine")));
        let record = desk.server.get(&format!("/partenariats/{}", id("a"))).body;
        assert!(record.contains("Corrigée sur proposition"));
    }
}

#[test]
fn a_form_tells_what_is_wrong_and_takes_a_suggestion() {
    let desk = Desk::open(TestDatabase::sqlite());
    let path = format!("/contribuer/{}", id("a"));
    // as it stands it changes nothing
    let same = post(&desk, &path, "", &with(cells(), &[("step", "check")]));
    assert_eq!(same.status, 409, "{}", same.body);
    // what is wrong is told at its field, and a suggestion can be pressed
    let wrong = with(
        cells(),
        &[
            ("statut", "en cour"),
            ("collectivite", "Saint-Denis"),
            ("collectivite_code", ""),
            ("collectivite_type", ""),
            ("step", "check"),
        ],
    );
    let told = post(&desk, &path, "", &wrong);
    assert_eq!(told.status, 422);
    assert!(told.body.contains("name=\"use:collectivite:0\""), "{}", told.body);
    assert!(told.body.contains("value=\"Saint-Denis (93066)\""));
    let pressed: Vec<_> = wrong.iter().copied().filter(|(name, _)| *name != "step").collect();
    let pressed =
        with(pressed, &[("statut", "en_cours"), ("use:collectivite:0", "Saint-Denis (93066)")]);
    let taken = post(&desk, &path, "", &pressed);
    assert_eq!(taken.status, 200, "{}", taken.body);
    assert!(taken.body.contains("value=\"Saint-Denis (93066)\""));
}

#[test]
fn who_may_corrects_confirms_and_ends_at_once() {
    let desk = Desk::open(TestDatabase::sqlite());
    let path = format!("/contribuer/{}", id("a"));
    let page = format!("/partenariats/{}", id("a"));
    let form = desk.server.get_with(&path, &[("Authorization", &desk.admin)]).body;
    assert!(form.contains("Toujours exact") && form.contains("C’est terminé"));
    let changed = with(cells(), &[("intitule", "Eau potable"), ("step", "check")]);
    assert!(post(&desk, &path, &desk.admin, &changed).body.contains("value=\"make\""));
    let made = post(&desk, &path, &desk.admin, &with(changed, &[("step", "make")]));
    assert_eq!((made.status, made.header("location")), (303, page.as_str()), "{}", made.body);
    assert!(desk.server.get(&page).body.contains("Eau potable"));
    assert_eq!(post(&desk, &path, "", &[("step", "verify")]).status, 401);
    assert_eq!(post(&desk, &path, &desk.admin, &[("step", "verify")]).status, 303);
    assert!(desk.server.get(&page).body.contains("data-mark=\"fresh\""));
    let end =
        post(&desk, &path, &desk.admin, &[("base", "3"), ("date_fin", "2025"), ("step", "end")]);
    assert!(end.body.contains("value=\"make\"") && end.body.contains("2025"), "{}", end.body);
    let told: Vec<_> = desk.history("a")["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["cause"].clone())
        .collect();
    assert_eq!(told, ["verification", "edit", "import"]);
}

#[test]
fn a_declaration_shows_what_is_there() {
    let desk = Desk::open(TestDatabase::sqlite());
    let first = desk.server.get("/contribuer/nouveau");
    assert_eq!(first.status, 200);
    assert!(
        first.body.contains("name=\"partenaire\"") && !first.body.contains("name=\"budget_eur\"")
    );
    let places = [
        ("step", "places"),
        ("collectivite", "Lyon"),
        ("partenaire", "Kayes"),
        ("partenaire_pays", "Mali"),
    ];
    let second = post(&desk, "/contribuer/nouveau", "", &places);
    assert_eq!(second.status, 200, "{}", second.body);
    assert!(second.body.contains(&format!("/partenariats/{}", id("a"))), "what exists is shown");
    assert!(second.body.contains("name=\"budget_eur\""));
    let wrong = [
        ("step", "places"),
        ("collectivite", "Saint-Denis"),
        ("partenaire", "Kayes"),
        ("partenaire_pays", "Mali"),
    ];
    assert!(post(&desk, "/contribuer/nouveau", "", &wrong).body.contains("use:collectivite:0"));
    let new = [
        ("collectivite", "Brest"),
        ("partenaire", "Kiel"),
        ("partenaire_pays", "DE"),
        ("type_lien", "jumelage"),
    ];
    let seen = post(&desk, "/contribuer/nouveau", "", &[&new[..], &[("step", "check")]].concat());
    assert!(seen.status == 200 && seen.body.contains("Kiel"), "{}", seen.body);
    let sent = post(
        &desk,
        "/contribuer/nouveau",
        "",
        &[&new[..], &[("step", "send"), ("reason", "je le sais")]].concat(),
    );
    assert_eq!(sent.status, 303, "{}", sent.body);
    assert!(
        desk.server
            .get_with("/moderation/1", &[("Authorization", &desk.admin)])
            .body
            .contains("Kiel")
    );
    let decided = post(&desk, "/moderation/1", &desk.admin, &[("step", "decide")]);
    assert_eq!(decided.status, 303, "{}", decided.body);
    let count = desk.server.json("/api/collections/partnerships/items")["numberMatched"].clone();
    assert_eq!(count, 4);
}
