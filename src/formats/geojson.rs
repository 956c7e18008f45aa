//! Partnerships as GeoJSON (RFC 7946): WGS 84 longitude and latitude, at most six decimals.
//!
//! A feature is written in two parts, because it is written once and read in two languages: a
//! body that says the same in both, and a tail of labels that readers choose.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize, Serializer};

use super::great_circle::great_circle;
use crate::domain::{
    Collectivity, Euros, Language, PartialDate, Partner, Partnership, Position, Verifier, timestamp,
};

/// Text before the geometry: its length is the same for every feature.
const BEFORE_GEOMETRY: &str = r#"{"type":"Feature","id":"0123456789abcdef","geometry":"#;
/// Where the geometry begins in a body, in bytes.
pub const GEOMETRY_START: usize = BEFORE_GEOMETRY.len();
const BEFORE_PROPERTIES: &[u8] = br#","properties":"#;

/// What both languages say of a partnership, but its sides. Names are those of the contract.
#[derive(Serialize)]
struct Head<'a> {
    id: &'a str,
    title: &'a str,
    kind: &'a str,
    status: &'a str,
    start: Option<String>,
    end: Option<String>,
    start_first_day: Option<NaiveDate>,
    end_last_day: Option<NaiveDate>,
}

/// What follows the lead collectivity.
#[derive(Serialize)]
struct Tail<'a> {
    partner_name: &'a str,
    partner_region: Option<&'a str>,
    country_code: &'a str,
    zone: Option<&'a str>,
    themes: Vec<&'a str>,
    sdgs: &'a [u8],
    description: Option<&'a str>,
    #[serde(serialize_with = "euros")]
    budget_eur: Option<Euros>,
    funders: &'a [String],
    url: Option<&'a str>,
    verified_on: Option<String>,
    partner_kind: Option<&'static str>,
    partner_area: Option<&'a str>,
    position_source: Option<&'static str>,
    source: &'a str,
    sources: &'a [&'a str],
    verified_by: Option<&'static str>,
    updated_at: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    collectivities: Vec<Side<'a>>,
}

/// What only the written body of a record says: all else a snapshot keeps as numbers.
#[derive(Debug, Deserialize)]
pub struct BodyTexts {
    /// The title.
    pub title: String,
    /// The first day, month or year of the period.
    pub start: Option<String>,
    /// The last.
    pub end: Option<String>,
    /// Goals, 1 to 17.
    pub sdgs: Vec<u8>,
    /// The description.
    pub description: Option<String>,
    /// Who pays.
    pub funders: Vec<String>,
    /// A page about it.
    pub url: Option<String>,
    /// The last verification.
    pub verified_on: Option<NaiveDate>,
    /// Who keeps it.
    pub source: String,
    /// For whom it was verified.
    pub verified_by: Option<String>,
}

/// Where the parts of a body are, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct BodyParts {
    /// Length of the geometry, which begins at [`GEOMETRY_START`].
    pub geometry: usize,
    /// Where the properties of the lead collectivity belong.
    pub lead: usize,
}

/// One French authority of several.
#[derive(Serialize)]
struct Side<'a> {
    collectivity_code: &'a str,
    collectivity_name: &'a str,
    collectivity_kind: &'a str,
    department_code: Option<&'a str>,
    region_code: Option<&'a str>,
    region_name: Option<&'a str>,
    collectivity_lon: Option<f64>,
    collectivity_lat: Option<f64>,
}

/// One foreign authority of several.
#[derive(Serialize)]
struct OtherSide<'a> {
    partner_name: &'a str,
    partner_region: Option<&'a str>,
    country_code: &'a str,
    country_name: &'a str,
    zone: Option<&'a str>,
    zone_label: Option<&'a str>,
    partner_kind: Option<&'static str>,
    partner_area: Option<&'a str>,
    partner_area_name: Option<&'a str>,
    position_source: Option<&'static str>,
    lon: Option<f64>,
    lat: Option<f64>,
}

/// A code and its label.
type Labelled = (&'static str, &'static str);

/// What the names of places come from: the reference lists, which this file does not know.
pub struct Names<'n> {
    /// Name of a région, by INSEE code.
    pub region: &'n dyn Fn(&str) -> Option<&'static str>,
    /// Name of a country in a language, by alpha-2.
    pub country: &'n dyn Fn(&str, Language) -> &'static str,
    /// Name of an area abroad in a language, by its code.
    pub area: &'n dyn Fn(&str, Language) -> Option<&'static str>,
    /// Zone of a country, by alpha-2: code and label in a language.
    pub zone: &'n dyn Fn(&str, Language) -> Option<Labelled>,
}

/// Appends the body of a feature, up to and without the end of its properties, and without those
/// of the lead collectivity, which many records share: [`write_lead`] writes them.
// long: one property after another, destructured
pub fn write_body(
    out: &mut Vec<u8>,
    record: &Partnership,
    sources: &[&str],
    updated_at: DateTime<Utc>,
    names: &Names<'_>,
) -> BodyParts {
    let Partnership {
        source,
        key: _,
        title,
        kind,
        status,
        period,
        collectivities,
        partners,
        themes,
        sdgs,
        description,
        budget,
        funders,
        url,
        verified_on,
        verified_by,
    } = record;
    let begin = out.len();
    let id = record.id().to_string();
    out.extend_from_slice(br#"{"type":"Feature","id":""#);
    out.extend_from_slice(id.as_bytes());
    out.extend_from_slice(br#"","geometry":"#);
    write_points(out, partners.iter().filter_map(|partner| partner.position()));
    let geometry = out.len() - begin - GEOMETRY_START;
    out.extend_from_slice(BEFORE_PROPERTIES);
    let first = &partners[0];
    let several = collectivities.len() > 1;
    let head = Head {
        id: &id,
        title,
        kind: &kind.code,
        status: &status.code,
        start: period.start().map(|date| date.to_string()),
        end: period.end().map(|date| date.to_string()),
        start_first_day: period.start().map(PartialDate::first_day),
        end_last_day: period.end().map(PartialDate::last_day),
    };
    let tail = Tail {
        partner_name: &first.name,
        partner_region: first.region.as_deref(),
        country_code: &first.country,
        zone: (names.zone)(&first.country, Language::French).map(|(code, _)| code),
        themes: themes.iter().map(|theme| theme.code.as_str()).collect(),
        sdgs,
        description: description.as_deref(),
        budget_eur: *budget,
        funders,
        url: url.as_deref(),
        verified_on: verified_on.map(|date| date.to_string()),
        partner_kind: first.kind.map(|kind| kind.term.code.as_str()),
        partner_area: first.area.as_deref(),
        position_source: first.place.map(|(_, source)| source.code()),
        source,
        sources,
        verified_by: verified_by.map(Verifier::code),
        updated_at: timestamp(updated_at),
        collectivities: if several {
            collectivities.iter().map(|collectivity| side(collectivity, names)).collect()
        } else {
            Vec::new()
        },
    };
    write_json(out, &head);
    out.pop();
    let lead = out.len() - begin;
    write_more(out, &tail);
    BodyParts { geometry, lead }
}

/// Reads back what [`write_body`] wrote; none where it is something else.
pub fn read_body(body: &[u8], parts: BodyParts) -> Option<BodyTexts> {
    let begin = GEOMETRY_START + parts.geometry + BEFORE_PROPERTIES.len();
    let mut properties = body.get(begin..)?.to_vec();
    properties.push(b'}');
    serde_json::from_slice(&properties).ok()
}

/// The title in a body, without reading the rest; `geometry` is the length of that.
pub fn title_of(body: &[u8], geometry: usize) -> String {
    const BETWEEN: usize = r#"{"id":"0123456789abcdef","title":"#.len();
    let begin = GEOMETRY_START + geometry + BEFORE_PROPERTIES.len() + BETWEEN;
    let mut texts = serde_json::Deserializer::from_slice(body.get(begin..).unwrap_or_default());
    String::deserialize(&mut texts).unwrap_or_default()
}

/// Appends the properties of a lead collectivity, each after a comma.
pub fn write_lead(out: &mut Vec<u8>, lead: &Collectivity, names: &Names<'_>) {
    write_more(out, &side(lead, names));
}

/// Appends more members to an open JSON object, which stays open.
fn write_more(out: &mut Vec<u8>, members: &impl Serialize) {
    let begin = out.len();
    write_json(out, members);
    out[begin] = b',';
    out.pop();
}

/// Appends the property `partners` of a record that has several.
pub fn write_partners(
    out: &mut Vec<u8>,
    record: &Partnership,
    names: &Names<'_>,
    language: Language,
) {
    let partners: Vec<OtherSide<'_>> =
        record.partners.iter().map(|partner| other_side(partner, names, language)).collect();
    out.extend_from_slice(br#","partners":"#);
    write_json(out, &partners);
}

fn other_side<'a>(partner: &'a Partner, names: &Names<'_>, language: Language) -> OtherSide<'a> {
    let Partner { name, country, region, kind, place, area } = partner;
    let zone = (names.zone)(country, language);
    let at = partner.position();
    OtherSide {
        partner_name: name,
        partner_region: region.as_deref(),
        country_code: country,
        country_name: (names.country)(country, language),
        zone: zone.map(|(code, _)| code),
        zone_label: zone.map(|(_, label)| label),
        partner_kind: kind.map(|kind| kind.term.code.as_str()),
        partner_area: area.as_deref(),
        partner_area_name: area.as_deref().and_then(|area| (names.area)(area, language)),
        position_source: place.map(|(_, source)| source.code()),
        lon: at.map(Position::lon),
        lat: at.map(Position::lat),
    }
}

fn side<'a>(collectivity: &'a Collectivity, names: &Names<'_>) -> Side<'a> {
    let Collectivity { code, kind, name, department, region, position } = collectivity;
    Side {
        collectivity_code: code,
        collectivity_name: name,
        collectivity_kind: &kind.code,
        department_code: department.as_deref(),
        region_code: region.as_deref(),
        region_name: region.as_deref().and_then(names.region),
        collectivity_lon: position.map(Position::lon),
        collectivity_lat: position.map(Position::lat),
    }
}

/// An amount always has decimals, `12000.0`: readers that infer types from some of the features take
/// none of them for whole numbers.
#[expect(clippy::ref_option, reason = "serde's serialize_with gives a reference to the field")]
fn euros<S: Serializer>(amount: &Option<Euros>, serializer: S) -> Result<S::Ok, S::Error> {
    match amount.map(Euros::cents) {
        None => serializer.serialize_none(),
        Some(cents) => serializer.serialize_f64(cents as f64 / 100.0),
    }
}

/// Appends a value as JSON.
///
/// # Panics
/// Where a map has keys that are no texts; ours have none.
#[expect(clippy::expect_used, reason = "our own types have text keys, and memory does not fail")]
pub fn write_json(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) {
    serde_json::to_writer(out, value).expect("a value that JSON can say");
}

/// Appends a Point, a `MultiPoint`, or `null` where there is no position (RFC 7946, 3.1, 3.2).
pub fn write_points(out: &mut Vec<u8>, positions: impl Iterator<Item = Position>) {
    let mut points: Vec<[f64; 2]> = Vec::new();
    for position in positions {
        let point = [position.lon(), position.lat()];
        if !points.contains(&point) {
            points.push(point);
        }
    }
    write_geometry(out, ["Point", "MultiPoint"], &points);
}

/// Appends a geometry of one part or of several, or `null` where there is none.
fn write_geometry(out: &mut Vec<u8>, [single, multi]: [&str; 2], parts: &[impl Serialize]) {
    let mut write = |kind: &str, coordinates: &dyn Fn(&mut Vec<u8>)| {
        out.extend_from_slice(br#"{"type":""#);
        out.extend_from_slice(kind.as_bytes());
        out.extend_from_slice(br#"","coordinates":"#);
        coordinates(out);
        out.push(b'}');
    };
    match parts {
        [] => out.extend_from_slice(b"null"),
        [part] => write(single, &|out| write_json(out, part)),
        several => write(multi, &|out| write_json(out, several)),
    }
}

/// Appends the great circles from one place to others: a `LineString`, a `MultiLineString` where
/// there are several or one crosses the antimeridian (RFC 7946, 3.1.9), or `null`.
pub fn write_lines(out: &mut Vec<u8>, from: Option<Position>, to: &[Position]) {
    let lines: Vec<Vec<[f64; 2]>> = from
        .map(|from| to.iter().flat_map(|to| great_circle(from, *to)).collect())
        .unwrap_or_default();
    write_geometry(out, ["LineString", "MultiLineString"], &lines);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_place_has_no_link_to_itself() {
        let place = Position::new(1.0, 2.0).unwrap();
        let mut out = Vec::new();
        write_lines(&mut out, Some(place), &[place]);
        assert_eq!(out, b"null");
    }
}
