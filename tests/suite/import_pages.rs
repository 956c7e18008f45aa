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

#[test]
fn a_rejected_cell_is_mended_by_a_press() {
    let file = "collectivite;partenaire;partenaire_pays;date_debut\n\
                Lyon;Leipzig;DE;depuis 1998\nLille;Leeds;GB;depuis 1998\nLion;Leeds;GB;2001\n";
    for database in TestDatabase::each() {
        let desk = Desk::at(database, &[]);
        let id = desk.post("dry_run=true&file=liens.csv", file.as_bytes());
        assert_eq!(desk.wait(id, &["planned"])["outcome"]["rejected"], 3);
        let path = format!("/import/{id}");
        let page = desk.page(&path).body;
        for field in [
            r#"name="value_column" value="date_debut""#,
            r#"name="value_from" value="depuis 1998""#,
            r#"name="value_to" type="text" maxlength="1000" autocomplete="off" value="1998""#,
        ] {
            assert!(page.contains(field), "{field}");
        }
        // the suggestion as it stands; every row that says the same is back
        let fields = "value_column=date_debut&value_from=depuis+1998&value_to=1998";
        let pressed = desk.fill(&format!("{path}/plan"), fields);
        assert_eq!((pressed.status, pressed.header("location")), (303, &*path));
        let import = desk.wait(id, &["planned"]);
        assert_eq!(import["outcome"]["rejected"], 1, "{import:#}");
        assert_eq!(import["outcome"]["created"], 2);
        // another text than the one suggested, over HTTP; what was said before holds
        let values = r#"{"values": {"collectivite": {"Lion": "Lyon"}, "date_debut": {"depuis 1998": "1999"}}}"#;
        desk.send("POST", &format!("/api/imports/{id}/plan"), values.as_bytes());
        let import = desk.wait(id, &["planned"]);
        assert_eq!(
            (&import["outcome"]["rejected"], &import["outcome"]["created"]),
            (&json!(0), &json!(3))
        );
        assert_eq!(import["request"]["values"]["collectivite"]["Lion"], "Lyon");
        let digest = format!("digest={}", import["plan"]["digest"].as_str().unwrap());
        desk.fill(&format!("{path}/commit"), &digest);
        desk.wait(id, &["committed"]);
        let items = desk.server.json("/api/collections/partnerships/items?year=1999");
        assert_eq!(items["features"][0]["properties"]["start"], "1999", "{items:#}");
        let wrong = r#"{"values": {"town": {"a": "b"}}}"#;
        let id = desk.post(
            "dry_run=true&file=x.csv",
            b"collectivite;partenaire;partenaire_pays\nLion;Leeds;GB\n",
        );
        desk.wait(id, &["planned"]);
        let refused = desk.send("POST", &format!("/api/imports/{id}/plan"), wrong.as_bytes());
        assert_eq!(refused.status, 400, "{}", refused.body);
    }
}
