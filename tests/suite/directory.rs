//! The directory: what the release carries, how its tables are read, which schemes fit.

use std::{collections::BTreeMap, fmt::Write, path::Path};

use atlas_aect::{
    domain::{
        Language, PartialDate,
        directory::{Actor, Call, CellValue, DirectoryRecord, FundingScheme, paris},
    },
    reference::{Countries, territories, vocabularies},
    search::directory::{Applicant, Directory, DirectoryTables, FitAnswer, Situation},
};
use chrono::{DateTime, Utc};
use proptest::prelude::*;

fn read(tables: &DirectoryTables) -> Directory {
    Directory::read(tables).unwrap_or_else(|issues| {
        let told: Vec<String> = issues.iter().map(ToString::to_string).collect();
        panic!("{}", told.join("\n"))
    })
}

fn bundled() -> Directory {
    read(&DirectoryTables::bundled())
}

fn check_facts<T: DirectoryRecord>(records: &[T]) {
    for one in records {
        let facts = one.facts();
        assert!(facts.source.len() > 3, "{} has no source", one.code());
        assert!(facts.seen_on.is_some(), "{} was seen at no time", one.code());
        assert!(["certain", "a-verifier"].contains(&facts.certainty.as_str()), "{}", one.code());
        for language in Language::ALL {
            assert!(!one.name(language).is_empty(), "{}", one.code());
        }
    }
}

#[test]
fn the_release_carries_schemes_calls_and_actors_each_with_its_source() {
    let directory = bundled();
    assert!(directory.schemes.len() >= 25, "{} schemes", directory.schemes.len());
    assert!(directory.calls.len() >= 20, "{} calls", directory.calls.len());
    assert!(directory.actors.len() >= 50, "{} actors", directory.actors.len());
    check_facts(&directory.actors);
    check_facts(&directory.schemes);
    check_facts(&directory.calls);
    check_facts(&directory.groups);
    for actor in &directory.actors {
        // functions, never persons
        for word in ["@", "M. ", "Mme "] {
            assert!(!actor.contact.fr.contains(word), "{}: {}", actor.code, actor.contact.fr);
        }
    }
}

/// Whoever runs this test can know no call to be open: all of them lie in the past.
#[test]
fn no_call_of_the_release_is_open() {
    let directory = bundled();
    let now = Utc::now();
    for call in &directory.calls {
        let state = call.state(now, None);
        assert!(!state.is_open() && state.code() == "clos", "{} is {}", call.code, state.code());
    }
    for scheme in &directory.schemes {
        assert!(!directory.state_of(scheme, now).is_open(), "{}", scheme.code);
    }
}

/// Every région has its network, or has none that is known.
#[test]
fn twelve_regions_have_their_network() {
    let directory = bundled();
    let with = territories::regions().keys().filter(|code| !directory.networks_of(code).is_empty());
    let with: Vec<&str> = with.map(String::as_str).collect();
    assert_eq!(with, ["01", "24", "27", "28", "32", "44", "52", "53", "75", "76", "84", "93"]);
}

#[test]
fn named_groups_have_the_members_that_their_sources_count() {
    let directory = bundled();
    let count = |code: &str| {
        let group = directory.group(code).unwrap();
        let places = group.members.iter().chain(&group.partly).chain(&group.excluded);
        for place in places.filter(|_| group.kind == "pays") {
            assert!(Countries::bundled().by_alpha2(place).is_some(), "{code}: {place}");
        }
        group.members.len()
    };
    assert_eq!(count("ue"), 27);
    assert_eq!(count("conseil-europe"), 46);
    assert_eq!(count("eau-solidarites-2021"), 14);
    assert_eq!(count("pma"), 43);
    let (dac, least) = (directory.group("cad").unwrap(), directory.group("pma").unwrap());
    assert!(least.members.iter().all(|one| dac.members.contains(one)));
}

/// A table written anew from its records reads as the same records.
#[test]
fn tables_are_read_as_they_are_written() {
    fn written<T: DirectoryRecord>(records: &[T]) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(T::fields().iter().map(|field| field.column)).unwrap();
        for record in records {
            let cells = T::fields().iter().map(|field| (field.get)(record).to_string());
            writer.write_record(cells).unwrap();
        }
        writer.into_inner().unwrap()
    }
    let directory = bundled();
    let again = read(&DirectoryTables {
        actors: written(&directory.actors),
        schemes: written(&directory.schemes),
        calls: written(&directory.calls),
        groups: Some(written(&directory.groups)),
        propositions: None,
    });
    assert_eq!(again.actors, directory.actors);
    assert_eq!(again.schemes, directory.schemes);
    assert_eq!(again.calls, directory.calls);
    assert_eq!(again.groups, directory.groups);
}

#[test]
fn no_heading_means_two_columns() {
    fn check<T: DirectoryRecord>() {
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for field in T::fields() {
            let mut names = vec![field.column, field.name];
            names.extend(field.aliases);
            for name in names {
                let folded = atlas_aect::domain::text::fold(name);
                let other = seen.insert(folded, field.column);
                assert!(other.is_none_or(|other| other == field.column), "{name}");
            }
        }
    }
    check::<Actor>();
    check::<FundingScheme>();
    check::<Call>();
}

fn tables() -> DirectoryTables {
    DirectoryTables::bundled()
}

/// Each fault is told with its file, its line, its column and what to do.
#[test]
fn every_fault_is_told() {
    let schemes = "\u{feff}Code;Nom;AAP/AMI;Récurrence;Thématiques;pays;ecarte_par;Source;vu le;certitude\n\
        bon;Bon;AAP;annuelle;Eau;Sénégal|@cad;;livre;2026;certain\n\
        Mauvais Code;x;AAP;anuelle;Eua;Sénégalistan;aucun;livre;un jour;certain\n\
        bon;Encore;AAP;annuelle;;@nulle-part;;livre;2026;certain\n\
        court;seul\n\
        sans-source;Nom;AAP;annuelle;;;;;2026;certain\n";
    let broken = DirectoryTables {
        schemes: schemes.into(),
        calls: b"code,dispositif,intitule,source,vu_le,certitude,couleur\n".to_vec(),
        ..tables()
    };
    let issues = Directory::read(&broken).unwrap_err();
    let told = |line: u64, column: &str| {
        let own = issues.iter().find(|one| {
            one.file == "schemes" && one.line == line && one.column.unwrap_or_default() == column
        });
        own.unwrap_or_else(|| panic!("line {line}, {column}: {issues:#?}"))
    };
    assert!(issues.iter().all(|one| one.line != 2 || one.file != "schemes"), "{issues:#?}");
    assert_eq!(told(3, "code").suggestion.as_deref(), Some("mauvais-code"));
    assert_eq!(told(3, "periodicite").suggestion.as_deref(), Some("annuelle"));
    assert_eq!(told(3, "themes").suggestion.as_deref(), Some("eau-assainissement"));
    assert!(told(3, "pays").text(Language::French).contains("n’est pas un pays connu"));
    assert!(told(3, "vu_le").text(Language::English).contains("A date is expected"));
    assert!(told(3, "ecarte_par").text(Language::English).contains("schemes.csv"));
    assert!(told(4, "code").text(Language::English).contains("Line 2"));
    assert!(told(4, "pays").text(Language::French).contains("groups.csv"));
    assert!(told(5, "").text(Language::English).contains("2 cells"));
    assert!(told(6, "source").text(Language::French).contains("obligatoire"));
    let column = issues.iter().find(|one| one.file == "calls").unwrap();
    assert_eq!((column.line, column.value.as_str()), (1, "couleur"));
    let shown = told(3, "periodicite").to_string();
    assert!(shown.starts_with("schemes.csv, line 3, periodicite: "), "{shown}");
    for empty in [&b""[..], b"\xff\xfe", b"\n\n"] {
        let broken = DirectoryTables { actors: empty.to_vec(), ..tables() };
        assert!(Directory::read(&broken).is_err());
    }
}

#[derive(serde::Deserialize)]
struct Case {
    scheme: String,
    applicant: String,
    region: String,
    department: String,
    country: String,
    theme: String,
    expect_applicant: String,
    expect_territory: String,
    expect_country: String,
    expect_theme: String,
    expect_other: String,
    about: String,
    reason_fr: String,
    reason_en: String,
}

fn given(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// What the rules of the schemes say, written down by hand.
#[test]
fn schemes_fit_as_their_rules_say() {
    let directory = bundled();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/directory/matches.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let (mut count, mut wrong) = (0, Vec::new());
    for (place, case) in reader.deserialize::<Case>().enumerate() {
        let case = case.unwrap();
        let line = place + 2;
        count += 1;
        let situation = Situation {
            applicant: given(&case.applicant).map(|kind| Applicant {
                kind,
                region: given(&case.region),
                department: given(&case.department),
            }),
            countries: given(&case.country).into_iter().collect(),
            themes: given(&case.theme).into_iter().collect(),
        };
        let matches = directory.matches(&situation, at("2026-11-30T12:00:00Z"));
        let found = matches.iter().find(|one| one.scheme.code == case.scheme).unwrap();
        let expected = [
            ("applicant", &case.expect_applicant),
            ("territory", &case.expect_territory),
            ("country", &case.expect_country),
            ("theme", &case.expect_theme),
            ("other-scheme", &case.expect_other),
        ];
        for (about, expected) in expected {
            let criterion = found.criteria.iter().find(|one| one.about == about);
            let answer = criterion.map_or("", |one| one.answer.code());
            if answer != expected {
                wrong.push(format!(
                    "line {line}, {}, {about}: {answer}, not {expected}",
                    case.scheme
                ));
            }
        }
        if let Some(criterion) = found.criteria.iter().find(|one| one.about == case.about) {
            for (told, expected) in [
                (criterion.reason.get(Language::French), &case.reason_fr),
                (criterion.reason.get(Language::English), &case.reason_en),
            ] {
                if told != expected {
                    wrong.push(format!("line {line}: “{told}”, not “{expected}”"));
                }
            }
        } else if !case.about.is_empty() {
            wrong.push(format!("line {line}: nothing is told of {}", case.about));
        }
        let worst = found.criteria.iter().map(|one| one.answer).max().unwrap_or(FitAnswer::Check);
        assert_eq!(found.fit, worst, "line {line}");
    }
    assert!(count >= 200, "{count} cases");
    assert!(wrong.is_empty(), "{}\n{} wrong of {count}", wrong.join("\n"), wrong.len());
}

/// Those that do not fit come last, and among the others the more urgent ones first.
#[test]
fn matches_are_in_order() {
    let directory = bundled();
    let situation = Situation {
        applicant: Some(Applicant {
            kind: "commune".into(),
            region: Some("53".into()),
            department: Some("35".into()),
        }),
        countries: vec!["SN".into()],
        themes: vec!["eau-assainissement".into()],
    };
    let matches = directory.matches(&situation, at("2026-11-30T12:00:00Z"));
    assert_eq!(matches.len(), directory.schemes.len());
    let rank = |place: usize| (matches[place].fit == FitAnswer::No, matches[place].state);
    assert!((1..matches.len()).all(|place| rank(place - 1) <= rank(place)));
    let names: Vec<&str> = matches.iter().map(|one| one.scheme.code.as_str()).collect();
    let place = |code: &str| names.iter().position(|name| *name == code).unwrap();
    assert!(place("un-pourcent-eau") < place("conjoint-senegal"), "{names:?}");
    assert!(place("conjoint-senegal") < place("eau-rhone-mediterranee-corse"), "{names:?}");
}

/// What a cell of a scheme says, read by a scan that knows texts alone.
fn slow_answers(
    scheme: &FundingScheme,
    directory: &Directory,
    situation: &Situation,
    today: chrono::NaiveDate,
) -> [Option<FitAnswer>; 4] {
    let membership = |code: &str, names: &[&str]| {
        let group = directory.groups.iter().find(|group| group.code == code).unwrap();
        group.membership(names, today).into()
    };
    let applicant = situation.applicant.as_ref().map(|one| {
        let is_named = !scheme.applicants.is_empty() && one.kind != "autre";
        match is_named {
            false => FitAnswer::Check,
            true if scheme.applicants.contains(&one.kind) => FitAnswer::Yes,
            true => FitAnswer::No,
        }
    });
    let territory = situation.applicant.as_ref().map(|one| {
        let mut names: Vec<String> = one.department.iter().map(|code| format!("D{code}")).collect();
        names.extend(one.region.clone());
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut best = if scheme.territories.is_empty() { FitAnswer::Yes } else { FitAnswer::No };
        for code in &scheme.territories {
            let answer = if names.is_empty() { FitAnswer::Check } else { membership(code, &names) };
            best = best.min(answer);
        }
        best
    });
    let mut country = None;
    for wanted in &situation.countries {
        let mut best = if scheme.countries.is_empty() { FitAnswer::Check } else { FitAnswer::No };
        for rule in &scheme.countries {
            let answer = match rule.strip_prefix('@') {
                Some(group) => membership(group, &[wanted]),
                None if rule == "*" || rule == wanted => FitAnswer::Yes,
                None => FitAnswer::No,
            };
            best = best.min(answer);
        }
        country = Some(country.map_or(best, |other: FitAnswer| other.min(best)));
    }
    let mut theme = None;
    for wanted in &situation.themes {
        let fits = scheme.themes.is_empty() || scheme.themes.contains(wanted);
        let answer = if fits { FitAnswer::Yes } else { FitAnswer::No };
        theme = Some(theme.map_or(answer, |other: FitAnswer| other.min(answer)));
    }
    [applicant, territory, country, theme]
}

fn one_of(list: &'static [&'static str]) -> impl Strategy<Value = Vec<&'static str>> {
    proptest::sample::subsequence(list.to_vec(), 0..=list.len())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn matching_is_what_a_slow_scan_finds(
        rules in proptest::collection::vec((
            one_of(&["commune", "epci", "region", "association"]),
            one_of(&["eau-assainissement", "sport", "sante", "jeunesse"]),
            one_of(&["SN", "DE", "@cad", "@ue", "@pma", "*"]),
            one_of(&["bassin-rhone-mediterranee-corse", "bassin-rhin-meuse", "region-75", "departement-03"]),
            prop_oneof![Just(""), Just("2026-01-01"), Just("2026")],
            prop_oneof![Just(""), Just("2026-06-30"), Just("commune=2026-09-01|2026-03-01")],
        ), 1..12),
        kind in prop_oneof![Just(None), Just(Some("commune")), Just(Some("region")), Just(Some("association")), Just(Some("autre"))],
        place in prop_oneof![Just(("", "")), Just(("75", "33")), Just(("44", "68")), Just(("84", "03")), Just(("93", ""))],
        countries in one_of(&["SN", "DE", "AU", "MS", "CN"]),
        themes in one_of(&["eau-assainissement", "sport", "energie"]),
        day in 0_i64..700,
    ) {
        let mut schemes = String::from("code,nom,type,periodicite,demandeurs,themes,pays,territoire,source,vu_le,certitude\n");
        let mut calls = String::from("code,dispositif,intitule,ouvre,ferme,source,vu_le,certitude\n");
        for (at, (applicants, themes, countries, territories, opens, closes)) in rules.iter().enumerate() {
            let [a, t, c, g] = [applicants, themes, countries, territories].map(|list| list.join("|"));
            writeln!(schemes, "s{at},S,appel,inconnue,{a},{t},{c},{g},x,2026,certain").unwrap();
            writeln!(calls, "c{at},s{at},C,{opens},{closes},x,2026,certain").unwrap();
        }
        let directory = read(&DirectoryTables {
            schemes: schemes.into_bytes(), calls: calls.into_bytes(), ..tables()
        });
        let situation = Situation {
            applicant: kind.map(|kind| Applicant {
                kind: kind.into(), region: given(place.0), department: given(place.1),
            }),
            countries: countries.iter().map(|one| (*one).to_owned()).collect(),
            themes: themes.iter().map(|one| (*one).to_owned()).collect(),
        };
        let instant = paris::start(chrono::NaiveDate::from_ymd_opt(2025, 9, 1).unwrap()) + chrono::Duration::days(day);
        let matches = directory.matches(&situation, instant);
        prop_assert_eq!(matches.len(), rules.len());
        let rank = |one: &atlas_aect::search::directory::SchemeMatch<'_>| (one.fit == FitAnswer::No, one.state);
        prop_assert!(matches.windows(2).all(|two| rank(&two[0]) <= rank(&two[1])));
        for found in &matches {
            let slow = slow_answers(found.scheme, &directory, &situation, paris::day(instant));
            for (about, slow) in ["applicant", "territory", "country", "theme"].iter().zip(slow) {
                let fast = found.criteria.iter().find(|one| one.about == *about);
                prop_assert_eq!(fast.map(|one| one.answer), slow, "{} of {}", about, found.scheme.code);
            }
            let call = directory.call(&found.scheme.code.replace('s', "c")).unwrap();
            let state = call.state(instant, kind);
            prop_assert_eq!(found.state, state.min(found.state));
            // what is not known never excludes
            for criterion in &found.criteria {
                prop_assert!(!criterion.reason.fr.is_empty() && !criterion.reason.en.is_empty());
            }
        }
    }
}

#[test]
fn what_is_expected_is_a_forecast() {
    let directory = bundled();
    let now = at("2026-11-30T12:00:00Z");
    let expected = |code: &str| {
        let scheme = directory.scheme(code).unwrap();
        directory.forecast_of(scheme, now).map(|one| (one.year, one.month, one.is_late))
    };
    assert_eq!(expected("aap-generaliste"), Some((2027, Some(3), false)));
    assert_eq!(expected("aap-patrimoine"), Some((2027, Some(1), false)));
    assert_eq!(expected("ffqcd"), Some((2026, Some(9), true)));
    assert_eq!(expected("eau-solidarites-internationales"), None);
    assert_eq!(expected("aap-sport"), None);
}

#[test]
fn every_theme_of_the_release_is_one_of_the_vocabulary() {
    let directory = bundled();
    for scheme in &directory.schemes {
        for theme in &scheme.themes {
            assert!(vocabularies::themes().by_code(theme).is_some(), "{theme}");
        }
        let of = scheme.facts.of.map(PartialDate::year);
        assert!(of.is_some_and(|year| (2012..=2026).contains(&year)), "{}", scheme.code);
    }
    assert!(matches!(CellValue::default(), CellValue::Nothing));
}
