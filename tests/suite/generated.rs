//! Small registers whose records lie anywhere: over the date line, near the poles, nowhere.

use std::sync::{Arc, LazyLock};

use atlas_aect::{
    domain::{
        Collectivity, DataVersion, Euros, Partner, Partnership, Period, Position, PositionSource,
        RandomId, Verifier,
    },
    reference::{partner_kinds, vocabularies},
};
use chrono::NaiveDate;
use proptest::prelude::*;

/// The version that a snapshot of no database says it is of.
pub const FIRST: DataVersion =
    DataVersion { register: RandomId([7; 16]), number: 1, id: RandomId([1; 16]) };

/// Authorities: two of one region, one without region, one without position.
pub static HOMES: LazyLock<Vec<Arc<Collectivity>>> = LazyLock::new(|| {
    let home = |code: &str, kind: &str, name: &str, department, region, position| {
        Arc::new(Collectivity {
            code: String::from(code),
            kind: vocabularies::collectivity_kinds().by_code(kind).unwrap(),
            name: String::from(name),
            department: Option::<&str>::map(department, str::to_owned),
            region: Option::<&str>::map(region, str::to_owned),
            position,
        })
    };
    let at = |lon, lat| Position::new(lon, lat).ok();
    vec![
        home("69123", "commune", "Lyon", Some("69"), Some("84"), at(4.83, 45.76)),
        home("01053", "commune", "Bourg-en-Bresse", Some("01"), Some("84"), at(5.23, 46.2)),
        home("200046977", "epci", "Métropole de Lyon", Some("69"), Some("84"), None),
        home("98818", "commune", "Nouméa", None, Some("988"), at(166.45, -22.27)),
        home("97701", "autre", "Saint-Barthélemy", None, None, at(-62.85, 17.9)),
    ]
});

/// Partners on both sides of the date line, near the poles, nowhere; the same in two spellings.
pub static PARTNERS: LazyLock<Vec<Arc<Partner>>> = LazyLock::new(|| {
    let partner =
        |name: &str, country: &str, region: Option<&str>, position: Option<(f64, f64)>| {
            let place = position
                .map(|(lon, lat)| (Position::new(lon, lat).unwrap(), PositionSource::Given));
            let region = region.map(str::to_owned);
            let given = match name {
                "Thiès" => vocabularies::partner_kinds().by_code("commune"),
                "Suva" => vocabularies::partner_kinds().by_code("region"),
                _ => None,
            };
            let kind = partner_kinds::of_partner(given, name);
            Arc::new(Partner {
                name: name.into(),
                country: country.into(),
                region,
                kind,
                place,
                area: None,
            })
        };
    vec![
        partner("Thiès", "SN", None, Some((-16.93, 14.79))),
        partner("THIES", "SN", None, Some((-16.93, 14.79))),
        partner("Dakar", "SN", Some("Dakar"), Some((-17.45, 14.69))),
        partner("Suva", "FJ", None, Some((178.44, -18.14))),
        partner("Provideniya", "RU", None, Some((-173.23, 64.42))),
        partner("Alert", "CA", None, Some((-62.34, 82.5))),
        partner("Amundsen", "AQ", None, Some((0.0, -89.99))),
        partner("Apia", "WS", None, Some((180.0, -13.83))),
        partner("Somewhere", "US", None, None),
    ]
});

/// Funders of a record: two of the names are those of one actor.
const FUNDERS: [&[&str]; 5] = [
    &[],
    &["AFD"],
    &["Agence française de développement", "AFD"],
    &["Mairie de Rien"],
    &["Mairie de Rien", "AFD"],
];

pub fn record() -> impl Strategy<Value = Partnership> {
    let sides = (
        proptest::sample::subsequence((0..HOMES.len()).collect::<Vec<_>>(), 1..3),
        proptest::sample::subsequence((0..PARTNERS.len()).collect::<Vec<_>>(), 1..4),
    );
    let lists = (
        proptest::sample::subsequence(vec![0usize, 1, 2], 0..3),
        proptest::sample::subsequence(vec![3u8, 6, 17], 0..3),
    );
    let dates = (
        proptest::option::of(1990..2010i32),
        proptest::option::of(2010..2030i32),
        proptest::option::of(2015..2025i32),
    );
    let title =
        proptest::sample::select(vec!["Eau pour tous", "Échanges d'élèves", "Fête du livre"]);
    (sides, lists, dates, (0..3usize, 0..3usize, title, any::<u64>())).prop_map(
        |(
            (homes, partners),
            (themes, sdgs),
            (start, end, verified),
            (kind, status, title, key),
        )| {
            let year = |year: i32| year.to_string().parse().unwrap();
            Partnership {
                source: if key % 3 == 0 { "autre".into() } else { "essai".into() },
                key: key.to_string(),
                title: title.to_owned(),
                kind: &vocabularies::kinds().terms()[kind],
                status: &vocabularies::statuses().terms()[status],
                period: Period::new(start.map(year), end.map(year)).unwrap(),
                collectivities: homes.iter().map(|home| Arc::clone(&HOMES[*home])).collect(),
                partners: partners.iter().map(|one| Arc::clone(&PARTNERS[*one])).collect(),
                themes: themes.iter().map(|one| &vocabularies::themes().terms()[*one]).collect(),
                sdgs,
                description: None,
                budget: (key % 4 > 0)
                    .then(|| Euros::from_cents((key % 90_000) as i64 * 100).unwrap()),
                funders: FUNDERS[(key % 5) as usize]
                    .iter()
                    .map(|name| (*name).to_owned())
                    .collect(),
                url: None,
                verified_on: verified.and_then(|year| NaiveDate::from_ymd_opt(year, 6, 15)),
                verified_by: verified.and(Verifier::ALL.get(key as usize % 5).copied()),
            }
        },
    )
}

/// Parameters of a query string, each of which a register of these records can tell apart.
pub fn query() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    let all = [
        ("region", "84"),
        ("region", "988,84"),
        ("department", "69"),
        ("department", "01,75"),
        ("collectivity", "69123"),
        ("collectivity", "200046977"),
        ("collectivity_kind", "epci"),
        ("partner_kind", "commune"),
        ("partner_kind", "region,autre"),
        ("country", "SN"),
        ("country", "fj,ru"),
        ("country", "AQ"),
        ("zone", "oceanie"),
        ("theme", "THEME0"),
        ("theme", "THEME1,THEME2"),
        ("sdg", "6"),
        ("sdg", "3,17"),
        ("kind", "KIND0"),
        ("status", "STATUS1"),
        ("source", "autre"),
        ("funder", "afd"),
        ("funder", "Mairie de Rien"),
        ("funder", "afd,Mairie de Rien"),
        ("q", "eau"),
        ("q", "lyon éch"),
        ("q", "thies"),
        ("verified_since", "2020-01-01"),
        ("bbox", "177,-30,-170,70"),
        ("bbox", "-180,60,180,90"),
        ("bbox", "-180,-90,180,-60"),
        ("bbox", "-20,0,0,20"),
        ("bbox", "0,40,0,10,50,9000"),
        ("bbox", "180,-20,180,20"),
        ("datetime", "2005-01-01"),
        ("datetime", "../2000-06-30"),
        ("datetime", "2015-01-01/.."),
        ("datetime", "2003-01-01/2004-12-31"),
        ("year", "2000"),
        ("year", "1995,2020"),
    ];
    proptest::sample::subsequence(all.to_vec(), 0..4).prop_map(|mut chosen| {
        // two values of one parameter are another test: any of them
        chosen.dedup_by_key(|(name, _)| *name);
        chosen
    })
}

/// `THEME1` as the vocabulary's second code.
pub fn codes(value: &str) -> String {
    let code = |text: &str| {
        let (name, place) = text.split_at(text.len() - 1);
        let terms = match name {
            "THEME" => vocabularies::themes(),
            "KIND" => vocabularies::kinds(),
            "STATUS" => vocabularies::statuses(),
            _ => return text.to_owned(),
        };
        terms.terms()[place.parse::<usize>().unwrap()].code.clone()
    };
    value.split(',').map(code).collect::<Vec<_>>().join(",")
}
