//! The rows of the tables, as they are written and as they are read, and their way from and to
//! the domain.
//!
//! long: a struct for each table

use std::sync::Arc;

use chrono::NaiveDate;
use diesel::{AsChangeset, Insertable, Queryable, Selectable};
use sha2::{Digest, Sha256};

use super::{
    StorageError,
    schema::{
        collectivities, confirmed_fields, import_issues, partners, partnership_collectivities,
        partnership_funders, partnership_partners, partnership_sdgs, partnership_themes,
        partnerships, versions,
    },
};
use crate::{
    domain::{
        Collectivity, ContentHash, Euros, PartialDate, Partner, Partnership, Period, Position,
        PositionSource, Term, Verifier, Vocabulary,
    },
    reference::{partner_kinds, vocabularies},
};

/// The term with this code.
pub(super) fn term(
    vocabulary: &'static Vocabulary,
    code: &str,
) -> Result<&'static Term, StorageError> {
    vocabulary
        .by_code(code)
        .ok_or_else(|| StorageError::UnknownTerm { vocabulary: vocabulary.name, code: code.into() })
}

fn position(longitude: Option<f64>, latitude: Option<f64>) -> Result<Option<Position>, String> {
    match (longitude, latitude) {
        (Some(lon), Some(lat)) => {
            Position::new(lon, lat).map(Some).map_err(|error| error.to_string())
        }
        (None, None) => Ok(None),
        _ => Err("half a position".into()),
    }
}

/// An authority to be added or brought up to date.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = collectivities, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct NewCollectivity<'a> {
    pub(super) id: i64,
    code: &'a str,
    kind: &'a str,
    name: &'a str,
    department: Option<&'a str>,
    region: Option<&'a str>,
    longitude: Option<f64>,
    latitude: Option<f64>,
}

impl<'a> NewCollectivity<'a> {
    pub(super) fn new(id: i64, collectivity: &'a Collectivity) -> Self {
        let Collectivity { code, kind, name, department, region, position } = collectivity;
        Self {
            id,
            code,
            kind: &kind.code,
            name,
            department: department.as_deref(),
            region: region.as_deref(),
            longitude: position.map(Position::lon),
            latitude: position.map(Position::lat),
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = collectivities)]
pub(super) struct CollectivityRow {
    pub(super) id: i64,
    code: String,
    kind: String,
    name: String,
    department: Option<String>,
    region: Option<String>,
    longitude: Option<f64>,
    latitude: Option<f64>,
}

impl CollectivityRow {
    pub(super) fn into_domain(self) -> Result<Collectivity, StorageError> {
        let Self { id, code, kind, name, department, region, longitude, latitude } = self;
        let corrupt = |reason| StorageError::Corrupt { table: "collectivities", row: id, reason };
        Ok(Collectivity {
            code,
            kind: term(vocabularies::collectivity_kinds(), &kind)?,
            name,
            department,
            region,
            position: position(longitude, latitude).map_err(corrupt)?,
        })
    }
}

/// What tells one partner from every other.
pub(super) type Fingerprint = [u8; 16];

/// The hash of everything that a partner is.
pub(super) fn fingerprint(partner: &Partner) -> Fingerprint {
    let Partner { name, country, region, kind: _, place, area } = partner;
    let place = place.map(|(position, source)| format!("{position} {}", source.code()));
    let mut hash = Sha256::new();
    for text in [Some(name.as_str()), Some(country), region.as_deref(), place.as_deref()] {
        // Lengths keep apart what would run together; none is not the same as empty.
        hash.update(text.map_or(-1, |text| text.len() as i64).to_le_bytes());
        hash.update(text.unwrap_or_default());
    }
    // nothing where there is none: partners of earlier releases keep theirs
    if let Some(kind) = partner.given_kind() {
        hash.update(&kind.code);
    }
    if let Some(area) = area {
        hash.update([0]);
        hash.update(area);
    }
    let mut cut = Fingerprint::default();
    cut.copy_from_slice(&hash.finalize()[..16]);
    cut
}

/// A partner to be added.
#[derive(Insertable)]
#[diesel(table_name = partners, treat_none_as_default_value = false)]
pub(super) struct NewPartner<'a> {
    id: i64,
    fingerprint: Fingerprint,
    country: &'a str,
    name: &'a str,
    region: Option<&'a str>,
    longitude: Option<f64>,
    latitude: Option<f64>,
    position_source: Option<&'a str>,
    kind: Option<&'a str>,
    area: Option<&'a str>,
}

impl<'a> NewPartner<'a> {
    pub(super) fn new(id: i64, partner: &'a Partner) -> Self {
        let Partner { name, country, region, kind: _, place, area } = partner;
        Self {
            id,
            fingerprint: fingerprint(partner),
            country,
            name,
            region: region.as_deref(),
            longitude: place.map(|(position, _)| position.lon()),
            latitude: place.map(|(position, _)| position.lat()),
            position_source: place.map(|(_, source)| source.code()),
            kind: partner.given_kind().map(|kind| kind.code.as_str()),
            area: area.as_deref(),
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = partners)]
pub(super) struct PartnerRow {
    pub(super) id: i64,
    country: String,
    name: String,
    region: Option<String>,
    longitude: Option<f64>,
    latitude: Option<f64>,
    position_source: Option<String>,
    kind: Option<String>,
    area: Option<String>,
}

impl PartnerRow {
    pub(super) fn into_domain(self) -> Result<Partner, StorageError> {
        let Self { id, country, name, region, longitude, latitude, position_source, kind, area } =
            self;
        let corrupt = |reason| StorageError::Corrupt { table: "partners", row: id, reason };
        let place = match (position(longitude, latitude).map_err(corrupt)?, position_source) {
            (Some(position), Some(code)) => {
                let source = PositionSource::from_code(&code);
                Some((position, source.ok_or_else(|| corrupt(format!("position from {code}")))?))
            }
            (None, None) => None,
            _ => return Err(corrupt("a position needs a source, and a source a position".into())),
        };
        let kind = kind.map(|code| term(vocabularies::partner_kinds(), &code)).transpose()?;
        let kind = partner_kinds::of_partner(kind, &name);
        Ok(Partner { name, country, region, kind, place, area })
    }
}

/// A partnership to be added or written over. It borrows nothing, since diesel keeps a prepared
/// statement for such rows only.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = partnerships, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct NewPartnership {
    pub(super) id: i64,
    source: String,
    key: String,
    title: String,
    kind: &'static str,
    status: &'static str,
    start_date: Option<String>,
    end_date: Option<String>,
    description: Option<String>,
    budget_cents: Option<i64>,
    url: Option<String>,
    verified_on: Option<NaiveDate>,
    verified_by: Option<&'static str>,
    content_hash: ContentHash,
    revision: i32,
    changeset_id: i64,
    removed: bool,
    line: Option<i64>,
}

/// Which version of which row a record is written as, by which changeset, from which line.
#[derive(Clone, Copy)]
pub(super) struct Written {
    pub(super) row: i64,
    pub(super) revision: i32,
    pub(super) changeset: i64,
    pub(super) line: Option<u64>,
}

impl NewPartnership {
    /// The row itself; its lists are rows of other tables.
    pub(super) fn new(written: Written, partnership: &Partnership, hash: ContentHash) -> Self {
        let Partnership {
            source,
            key,
            title,
            kind,
            status,
            period,
            collectivities: _,
            partners: _,
            themes: _,
            sdgs: _,
            description,
            budget,
            funders: _,
            url,
            verified_on,
            verified_by,
        } = partnership;
        Self {
            id: written.row,
            source: source.clone(),
            key: key.clone(),
            title: title.clone(),
            kind: &kind.code,
            status: &status.code,
            start_date: period.start().map(|date| date.to_string()),
            end_date: period.end().map(|date| date.to_string()),
            description: description.clone(),
            budget_cents: budget.map(Euros::cents),
            url: url.clone(),
            verified_on: *verified_on,
            verified_by: verified_by.map(Verifier::code),
            content_hash: hash,
            revision: written.revision,
            changeset_id: written.changeset,
            removed: false,
            line: written.line.map(|line| line as i64),
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = partnerships)]
pub(super) struct PartnershipRow {
    pub(super) id: i64,
    source: String,
    key: String,
    title: String,
    kind: String,
    status: String,
    start_date: Option<String>,
    end_date: Option<String>,
    description: Option<String>,
    budget_cents: Option<i64>,
    url: Option<String>,
    verified_on: Option<NaiveDate>,
    verified_by: Option<String>,
    pub(super) revision: i32,
    pub(super) changeset_id: i64,
}

/// What the other tables say of one partnership.
pub(super) struct Lists {
    pub(super) collectivities: Vec<Arc<Collectivity>>,
    pub(super) partners: Vec<Arc<Partner>>,
    pub(super) themes: Vec<&'static Term>,
    pub(super) sdgs: Vec<u8>,
    pub(super) funders: Vec<String>,
}

impl PartnershipRow {
    pub(super) fn into_domain(self, lists: Lists) -> Result<Partnership, StorageError> {
        let corrupt =
            |reason| StorageError::Corrupt { table: "partnerships", row: self.id, reason };
        if lists.collectivities.is_empty() || lists.partners.is_empty() {
            return Err(corrupt("one side is missing".into()));
        }
        let period = period(self.start_date.as_deref(), self.end_date.as_deref());
        let budget = self.budget_cents.map(Euros::from_cents).transpose();
        Ok(Partnership {
            period: period.map_err(corrupt)?,
            budget: budget.map_err(|error| corrupt(error.to_string()))?,
            kind: term(vocabularies::kinds(), &self.kind)?,
            status: term(vocabularies::statuses(), &self.status)?,
            source: self.source,
            key: self.key,
            title: self.title,
            collectivities: lists.collectivities,
            partners: lists.partners,
            themes: lists.themes,
            sdgs: lists.sdgs,
            description: self.description,
            funders: lists.funders,
            url: self.url,
            verified_on: self.verified_on,
            verified_by: self.verified_by.as_deref().and_then(Verifier::from_code),
        })
    }
}

/// From dates as they are stored.
pub(super) fn period(start: Option<&str>, end: Option<&str>) -> Result<Period, String> {
    let date = |text: Option<&str>| {
        text.map(str::parse::<PartialDate>).transpose().map_err(|error| error.to_string())
    };
    Period::new(date(start)?, date(end)?).map_err(|error| error.to_string())
}

/// A French side of a partnership.
#[derive(Insertable)]
#[diesel(table_name = partnership_collectivities, treat_none_as_default_value = false)]
pub(super) struct NewCollectivityLink {
    pub(super) partnership_id: i64,
    pub(super) position: i32,
    pub(super) collectivity_id: i64,
}

/// A foreign side of a partnership.
#[derive(Insertable)]
#[diesel(table_name = partnership_partners, treat_none_as_default_value = false)]
pub(super) struct NewPartnerLink {
    pub(super) partnership_id: i64,
    pub(super) position: i32,
    pub(super) partner_id: i64,
}

/// A theme of a partnership.
#[derive(Insertable)]
#[diesel(table_name = partnership_themes, treat_none_as_default_value = false)]
pub(super) struct NewTheme {
    pub(super) partnership_id: i64,
    pub(super) position: i32,
    pub(super) theme: &'static str,
}

/// A part of a partnership that a changeset has confirmed.
#[derive(Insertable)]
#[diesel(table_name = confirmed_fields, treat_none_as_default_value = false)]
pub(super) struct NewConfirmed {
    pub(super) partnership_id: i64,
    pub(super) column_name: &'static str,
    pub(super) changeset_id: i64,
}

/// A goal of a partnership.
#[derive(Insertable)]
#[diesel(table_name = partnership_sdgs, treat_none_as_default_value = false)]
pub(super) struct NewSdg {
    pub(super) partnership_id: i64,
    pub(super) sdg: i32,
}

/// A funder of a partnership.
#[derive(Insertable)]
#[diesel(table_name = partnership_funders, treat_none_as_default_value = false)]
pub(super) struct NewFunder {
    pub(super) partnership_id: i64,
    pub(super) position: i32,
    pub(super) name: String,
}

/// A version of a partnership that is the present one no more.
#[derive(Insertable)]
#[diesel(table_name = versions, treat_none_as_default_value = false)]
pub(super) struct NewVersion {
    pub(super) partnership_id: i64,
    pub(super) revision: i32,
    pub(super) changeset_id: i64,
    pub(super) line: Option<i64>,
    pub(super) record: Option<String>,
}

/// An issue of an import.
#[derive(Insertable)]
#[diesel(table_name = import_issues, treat_none_as_default_value = false)]
pub(super) struct NewIssue<'a> {
    pub(super) import_id: i64,
    pub(super) position: i32,
    pub(super) line: i64,
    pub(super) column_name: Option<&'static str>,
    pub(super) code: &'static str,
    pub(super) severity: &'static str,
    pub(super) value: Option<&'a str>,
    pub(super) suggestion: Option<&'a str>,
}
