//! Profiles that do more than name columns, and the drafts of profiles.

use std::path::Path;

use atlas_aect::{
    atlas::imports::{Examined, draft_profile, examine},
    domain::{Issue, IssueCode},
    formats::csv::Profile,
};
use serde_json::json;

use crate::support::{TestDatabase, import, shared};

fn read(profile: &str, text: &str) -> Examined {
    let profile = Profile::parse("test", profile).unwrap();
    examine(text.as_bytes(), &profile, "test").unwrap()
}

/// Both sides and the beginning of each record.
fn links(examined: &Examined) -> Vec<String> {
    let link = |(_, r): &(u64, atlas_aect::domain::Partnership)| {
        let partners: Vec<_> =
            r.partners.iter().map(|p| format!("{} {}", p.name, p.country)).collect();
        let start = r.period.start().map(|start| start.to_string()).unwrap_or_default();
        format!("{}: {} {start}", r.collectivities[0].name, partners.join(" + ")).trim().to_owned()
    };
    examined.records.iter().map(link).collect()
}

fn codes(examined: &Examined) -> Vec<(IssueCode, u64)> {
    examined.issues.iter().map(|Issue { code, line, .. }| (*code, *line)).collect()
}

const HEADINGS: &str = r#"
name = "test"
header_rows = 0
[[split]]
column = 1
pattern = "{partenaire} ({partenaire_pays}) - {date_debut}"
[[split]]
column = 1
pattern = "{collectivite} ({_} - {collectivite_departement})"
heading = true
"#;

#[test]
fn one_cell_and_lines_above_are_read_by_patterns() {
    let text = "GRENOBLE (RHONE ALPES - ISERE)\nPHOENIX (ETATS UNIS) - 1990\n\
                OUAGADOUGOU (BURKINA FASO) - 2010\n\nLYON (RHONE ALPES - RHONE)\nMILAN (ITALIE) - 1967\n\
                rien de connu\n";
    let examined = read(HEADINGS, text);
    assert_eq!(
        links(&examined),
        ["Grenoble: PHOENIX US 1990", "Grenoble: OUAGADOUGOU BF 2010", "Lyon: MILAN IT 1967"]
    );
    assert!(codes(&examined).contains(&(IssueCode::PatternUnmatched, 7)), "{:?}", examined.issues);
    if let Some(file) = shared("cases/23-one-cell/in.csv") {
        let profile = Profile::parse("test", HEADINGS).unwrap();
        let examined = examine(std::fs::read(file).unwrap(), &profile, "test").unwrap();
        assert_eq!(links(&examined).len(), 2, "{:?}", examined.issues);
    }
}

#[test]
fn columns_have_numbers_where_there_is_no_header() {
    let profile = "name = 'test'\nheader_rows = 0\nseparator = ';'\nfill_down = ['collectivite']\n\
                   [columns]\ncollectivite = 1\npartenaire = 3\npartenaire_pays = '4'\n\
                   [several]\npartenaire = [',', 'et', '/']\n";
    let text =
        "Lyon;x;Leipzig;DE\n;x;Turin, Milan et Gênes;Italie\n;;Leeds / York;GB\nLille;x;Esch;LU\n";
    assert_eq!(
        links(&read(profile, text)),
        [
            "Lyon: Leipzig DE",
            "Lyon: Turin IT + Milan IT + Gênes IT",
            "Lyon: Leeds GB + York GB",
            "Lille: Esch LU",
        ]
    );
    // a number names a column beside titles too, and a header of two rows can be said
    let profile =
        "name = 'test'\n[columns]\ncollectivite = 'Ville'\npartenaire = 2\npartenaire_pays = 3\n";
    assert_eq!(links(&read(profile, "Ville;?;?\nLyon;Leipzig;DE\n")), ["Lyon: Leipzig DE"]);
    let profile = "name = 'test'\nheader_rows = 2\n[columns]\ncollectivite = 'France / ville'\n\
                   partenaire = 'Étranger / ville'\npartenaire_pays = 'étranger / pays'\n";
    let text = "France;;Étranger;\nville;dpt;ville;pays\nLyon;69;Leipzig;DE\n";
    assert_eq!(links(&read(profile, text)), ["Lyon: Leipzig DE"]);
}

#[test]
fn a_column_is_split_beside_others() {
    let profile = "name = 'test'\n[columns]\ncollectivite = 'Ville'\n[[split]]\ncolumn = 'Jumelages'\n\
                   pattern = '{partenaire} ({partenaire_pays})[, {date_debut}]'\n\
                   [values.partenaire_pays]\nRFA = 'DE'\n";
    let text = "Ville;Jumelages;Note\nLyon;Leipzig (RFA), 1981;a\nLille;Leeds (GB);b\nNancy;?;c\nMetz;;d\n";
    let examined = read(profile, text);
    assert_eq!(links(&examined), ["Lyon: Leipzig DE 1981", "Lille: Leeds GB"]);
    assert!(codes(&examined).contains(&(IssueCode::PatternUnmatched, 4)));
    assert!(codes(&examined).contains(&(IssueCode::ValueMissing, 5)));
    for wrong in ["pattern = '{ville}'", "pattern = '[{partenaire}'"] {
        let toml = format!("name = 'x'\n[[split]]\ncolumn = 1\n{wrong}\n");
        assert!(Profile::parse("x", &toml).is_err(), "{wrong}");
    }
}

#[test]
fn a_country_that_nobody_knows_is_an_error_and_what_is_skipped_is_told() {
    let text = "a,pa,b,pb\nLyon,Frnace,Torino,Italie\nLyon,France,Torino,Italie\nBonn,Allemagne,Torino,Italie\n\
                Köln,Allemagne,Torino,Italie\nLeeds,GB,Nancy,France\nX,Atlantide,Y,Absurdistan\n";
    let toml = "name = 'p'\n[[readings]]\ncollectivite = 'a'\ncollectivite_pays = 'pa'\npartenaire = 'b'\n\
                partenaire_pays = 'pb'\n[[readings]]\ncollectivite = 'b'\ncollectivite_pays = 'pb'\n\
                partenaire = 'a'\npartenaire_pays = 'pa'\n";
    let folder = tempfile::tempdir().unwrap();
    let (file, profile) = (folder.path().join("in.csv"), folder.path().join("p.toml"));
    std::fs::write(&file, text).unwrap();
    std::fs::write(&profile, toml).unwrap();
    let check = |file: &Path, profile: &Path| {
        import(
            &TestDatabase::sqlite(),
            file,
            &["--dry-run", "--profile", profile.to_str().unwrap()],
        )
    };
    let (code, report) = check(&file, &profile);
    assert_eq!(code, Some(3));
    assert_eq!(
        report["skipped_rows"],
        json!([{"reason": "no-french-side", "countries": ["DE", "IT"], "rows": 2}])
    );
    let unknown =
        report["issues"].as_array().unwrap().iter().filter(|i| i["code"] == "country-unknown");
    let unknown: Vec<_> = unknown.map(|i| (i["line"].as_u64(), i["column"].as_str())).collect();
    assert_eq!(
        unknown,
        [(Some(2), Some("collectivite_pays")), (Some(7), Some("collectivite_pays"))]
    );
    let Some(folder) = shared("cases/14-skipped") else { return };
    let (_, report) = check(&folder.join("in.csv"), &folder.join("p.toml"));
    assert_eq!(report["outcome"]["skipped"], 0, "{report}");
    let issues = report["issues"].as_array().unwrap();
    assert!(issues.iter().any(|i| i["line"] == 3 && i["code"] == "country-unknown"), "{report}");
}

/// Names of the country in other languages are understood on the French side, misspelt ones told.
#[test]
fn the_country_of_the_french_side_is_read_or_told() {
    let profile = "name = 'p'\n[[readings]]\ncollectivite = 'a'\ncollectivite_pays = 'pa'\n\
                   partenaire = 'b'\npartenaire_pays = 'pb'\n";
    for (country, is_known) in [
        ("Frankrijk", true),
        ("França", true),
        ("FRA", true),
        ("la France", true),
        ("france (métropole)", true),
        ("Frnce", false),
        ("Franse", false),
        ("Gaule", false),
    ] {
        let examined = read(profile, &format!("a,pa,b,pb\nLyon,{country},Leeds,GB\n"));
        let told = codes(&examined).contains(&(IssueCode::CountryUnknown, 2));
        assert_eq!((links(&examined).len(), told), (usize::from(is_known), !is_known), "{country}");
        assert_eq!(examined.skipped, 0, "{country}");
    }
}

#[test]
fn one_cell_of_other_shapes_is_taken_apart() {
    for (pattern, cell, expected) in [
        ("{partenaire} ({partenaire_pays}) {date_debut}", "Turin (Italie) 1957", "Turin IT 1957"),
        ("{partenaire} : {partenaire_pays}", "Torino : Italia", "Torino IT"),
        ("{partenaire_pays} - {partenaire}", "ROYAUME-UNI - STOKE-ON-TRENT", "STOKE-ON-TRENT GB"),
        (
            "{partenaire_pays} - {partenaire} - {date_debut}",
            "Pays-Bas - Breda - 1975",
            "Breda NL 1975",
        ),
        ("{date_debut} : {partenaire}, {partenaire_pays}", "1967 : Köln, RFA", "Köln DE 1967"),
    ] {
        let profile = format!(
            "name = 'test'\nseparator = ';'\n[columns]\ncollectivite = 'Ville'\n[[split]]\n\
             column = 'Jumelle'\npattern = '{pattern}'\n"
        );
        let examined = read(&profile, &format!("Ville;Jumelle\nLyon;{cell}\n"));
        assert_eq!(links(&examined), [format!("Lyon: {expected}")], "{:?}", examined.issues);
    }
}

#[test]
fn a_draft_knows_bundled_profiles_either_side_and_postal_codes() {
    let draft = |text: &str| draft_profile(text.as_bytes(), "liste.csv").unwrap();
    let twins =
        "city1,country1,lat1,lng1,city2,country2,lat2,lng2\nLyon,France,45,4,Leeds,UK,53,-1\n";
    assert!(draft(twins).contains("bundled profile twin-cities"));
    let postal = "Ville;Code postal;Partenaire;Pays\nParis;75011;Rome;Italie\nLyon;69003;Milan;Italie\nGrenoble;38000;Phoenix;USA\n";
    assert!(!draft(postal).contains("collectivite_code ="), "{}", draft(postal));
    for title in ["CP", "Zip", "code_postal", "CODE", "PLZ", "Postcode", "Código postal"] {
        let text = postal.replace("Code postal", title);
        assert!(!draft(&text).contains("collectivite_code ="), "{title}: {}", draft(&text));
    }
    let flags = "Ville;eu;Jumelle;Pays\nLyon;EU;Leipzig;Allemagne\nMetz;EU;Trèves;Allemagne\nNice;Eu;Phoenix;USA\n";
    assert!(!draft(flags).contains("= \"eu\""), "{}", draft(flags));
    let sides = "Ort;Land;Lon A;Lat A;Partnerort;Partnerland;Lon B;Lat B\n\
                 Lyon;France;4.8;45.7;Leipzig;Germany;12.3;51.3\n\
                 Bonn;Germany;7.1;50.7;Nancy;France;6.1;48.6\n\
                 Leeds;Angleterre du Nord;-1.5;53.8;Lille;France;3.0;50.6\n\
                 Metz;France;6.1;49.1;Gloucester;United Kingdom;-2.2;51.8\n";
    let toml = draft(sides);
    assert_eq!(toml.matches("[[readings]]").count(), 2, "{toml}");
    assert!(toml.contains("# \"Angleterre du Nord\" = "), "{toml}");
    let profile = Profile::parse("liste", &toml).unwrap();
    let examined = examine(sides.as_bytes(), &profile, "test").unwrap();
    assert_eq!(links(&examined)[..2], ["Lyon: Leipzig DE", "Nancy: Bonn DE"], "{toml}");
    if let Some(file) = shared("cases/22-draft/cp.csv") {
        let toml = draft_profile(std::fs::read(file).unwrap(), "cp.csv").unwrap();
        assert!(!toml.contains("collectivite_code ="), "{toml}");
    }
}

#[test]
fn links_of_wikidata_are_read_from_both_sides() {
    let text = "origincityLabel\torigincountry\toriginlat\toriginlong\toriginpopulation\tsistercityLabel\tdestinationlat\tdestinationlong\tdestinationpopulation\tdestination_countryLabel\tdist\teu\n\
                Lyon\tFrance\t45.75\t4.85\t1\tLeipzig\t51.33\t12.38\t\tGermany\t1\tEU\n\
                Leipzig\tGermany\t51.33\t12.38\t1\tLyon\t45.75\t4.85\t\tFrance\t1\tEU\n\
                Leipzig\tGermany\t51.33\t12.38\t1\tTorino\t45.07\t7.68\t\tItaly\t1\tEU\n";
    let examined = examine(text.as_bytes(), &Profile::recognised(), "test").unwrap();
    assert_eq!(links(&examined), ["Lyon: Leipzig DE", "Lyon: Leipzig DE"]);
    assert_eq!(examined.skipped, 1);
}
