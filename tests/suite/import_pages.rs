//! The pages of importers by their forms, and what goes back to them over HTTP.

use serde_json::json;

use crate::{
    import_jobs::Desk,
    session::session,
    support::{Response, TestDatabase},
};

const FILE: &str = "Collectivité;Partenaire;Pays;Note\r\nLyon;Leipzig;Allemagne;a\r\n\
                    Lyon;Absurdville;Absurdistan;=1+1\r\n";
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

impl Desk {
    fn cookie(&self) -> String {
        session(&self.server, &self.bearer)
    }

    /// A form of a page of this server.
    fn fill(&self, path: &str, fields: &str) -> Response {
        let headers = [("Cookie", &*self.cookie()), ("Origin", &self.server.url), FORM];
        self.server.send("POST", path, &headers, fields.as_bytes())
    }

    fn page(&self, path: &str) -> Response {
        self.server.get_with(path, &[("Cookie", &self.cookie())])
    }
}

#[test]
fn no_other_page_frames_them_and_nothing_keeps_them() {
    let desk = Desk::at(TestDatabase::sqlite(), &[]);
    for page in [desk.server.get("/import"), desk.page("/import"), desk.page("/en/import")] {
        let policy = page.header("content-security-policy");
        assert!(policy.ends_with("frame-ancestors 'none'"), "{policy}");
        assert_eq!(page.header("cache-control"), "no-store");
    }
    let embedded = desk.server.get("/?embed=1");
    assert!(embedded.header("content-security-policy").ends_with("frame-ancestors *"));
}

#[test]
fn rows_and_rejected_rows_go_back() {
    let desk = Desk::at(TestDatabase::sqlite(), &[]);
    let id = desk.post("dry_run=true&file=liens.csv", FILE.as_bytes());
    let import = desk.wait(id, &["planned"]);
    assert_eq!(import["columns"][2]["column"], "partenaire_pays", "{import:#}");
    assert_eq!(import["columns"][3]["column"], json!(null));
    let get = |path: &str| desk.send("GET", &format!("/api/imports/{id}/{path}"), &[]);
    let rows = get("rows?severity=error").json();
    assert_eq!(rows["header"], json!(["Collectivité", "Partenaire", "Pays", "Note"]));
    assert_eq!(rows["rows"][0]["line"], 3, "{rows:#}");
    assert_eq!(rows["rows"][0]["issues"][0]["cell"], 2);
    assert_eq!(get("rows?after=3").json()["rows"], json!([]));
    for wrong in ["rows?limit=0", "rows?severity=bad", "rows?after=x", "rejected?lang=de"] {
        assert_eq!(get(wrong).status, 400, "{wrong}");
    }
    let copy = get("rejected?lang=en");
    assert_eq!(copy.header("content-type"), "text/csv; charset=UTF-8; header=present");
    assert!(copy.header("content-disposition").contains("\"liens-a-corriger.csv\""));
    let lines: Vec<&str> = copy.body.split("\r\n").collect();
    assert_eq!(lines[0], "Collectivité;Partenaire;Pays;Note;_problemes");
    assert!(lines[1].starts_with("Lyon;Absurdville;Absurdistan;'=1+1;Pays: “Absurdistan” is"));
    assert_eq!(desk.server.get(&format!("/api/imports/{id}/rejected")).status, 401);

    // what was said of the columns is how the file is read, and given back
    let columns = r#"{"columns": {"Pays": "", "Note": "partenaire_pays"}}"#;
    desk.send("POST", &format!("/api/imports/{id}/plan"), columns.as_bytes());
    let import = desk.wait(id, &["planned"]);
    assert_eq!(import["outcome"]["rejected"], 2, "{import:#}");
    assert_eq!(import["columns"][3]["column"], "partenaire_pays");
    assert_eq!(desk.send("GET", "/api/imports/999/rows", &[]).status, 404);
}

#[test]
fn forms_do_what_scripts_do() {
    let desk = Desk::at(TestDatabase::sqlite(), &[]);
    let token = desk.bearer.trim_start_matches("Bearer ").to_owned();
    for to in ["https://evil.example", "//evil.example", "/import/../../x"] {
        let signed = desk.fill("/import/session", &format!("token={token}&to={to}"));
        assert_eq!((signed.status, signed.header("location")), (303, "/import"), "{to}");
        assert!(signed.header("set-cookie").contains("HttpOnly; SameSite=Lax"));
    }
    assert_eq!(desk.fill("/en/import/session", "token=x&to=/en/import/3").status, 401);

    let id = desk.post("dry_run=true&file=liens.csv", FILE.as_bytes());
    let import = desk.wait(id, &["planned"]);
    let path = format!("/import/{id}");
    assert!(desk.page(&path).body.contains("Des lignes sont à corriger"));
    assert!(desk.server.get(&path).body.contains("name=\"token\""), "strangers sign in first");

    // a form of another site, and one that asks for too little
    let digest = format!("digest={}", import["plan"]["digest"].as_str().unwrap());
    let commit = format!("{path}/commit");
    let foreign = [("Cookie", &*desk.cookie()), ("Origin", "https://evil.example"), FORM];
    let refused = desk.server.send("POST", &commit, &foreign, digest.as_bytes());
    assert_eq!(refused.status, 403);
    let refused = desk.fill(&commit, &digest);
    assert_eq!(refused.status, 409);
    assert!(refused.body.contains("id=\"notice\"") && refused.body.contains(&commit));

    let done = desk.fill(&commit, &format!("{digest}&valid_rows_only=true"));
    assert_eq!((done.status, done.header("location")), (303, &*path));
    desk.wait(id, &["committed"]);
    let undone = desk.fill(&format!("{path}/revert"), "");
    assert_eq!((undone.status, undone.header("location")), (303, "/import/2"));
    assert!(desk.page("/en/import").body.contains("undone"));
    assert_eq!(desk.fill(&format!("{path}/dance"), "").status, 404);
    assert_eq!(desk.page("/import/999").status, 404);
    assert_eq!(desk.page("/import/soon").status, 404);
    let out = desk.fill("/import/sign-out", "");
    assert!(out.header("set-cookie").contains("atlas_session=;"), "{}", out.header("set-cookie"));
}
