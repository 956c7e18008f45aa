//! A record as JSON.
//!
//! `versions.record` is an object with everything that a [`Partnership`] says, so that any
//! version can be brought back:
//!
//! ```json
//! {"source": "local", "key": "lyon-birmingham", "title": "Lyon – Birmingham",
//!  "kind": "jumelage", "status": "en_cours", "start": "1951", "end": null,
//!  "collectivities": [{"code": "69123", "kind": "commune", "name": "Lyon",
//!    "department": "69", "region": "84", "position": [4.8351, 45.758]}],
//!  "partners": [{"name": "Birmingham", "country": "GB", "region": null,
//!    "position": [-1.8998, 52.4814], "position_source": "gazetteer"}],
//!  "themes": ["culture-francophonie"], "sdgs": [4, 11], "description": null,
//!  "budget_cents": 1250000, "funders": [], "url": null, "verified_on": "2024-05-31"}
//! ```
//!
//! A partner has an `area` too, where it is known, and a `kind` where its record gives one that its name does not.

use std::{borrow::Cow, sync::Arc};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    StorageError,
    rows::{self, term},
};
use crate::{
    domain::{
        Collectivity, Euros, Partner, Partnership, Position, PositionSource, Term, Verifier,
        Vocabulary,
    },
    reference::{partner_kinds, vocabularies},
};

#[derive(Serialize, Deserialize)]
struct PartnershipJson<'a> {
    source: Cow<'a, str>,
    key: Cow<'a, str>,
    title: Cow<'a, str>,
    kind: Cow<'a, str>,
    status: Cow<'a, str>,
    start: Option<String>,
    end: Option<String>,
    collectivities: Vec<CollectivityJson<'a>>,
    partners: Vec<PartnerJson<'a>>,
    themes: Vec<Cow<'a, str>>,
    sdgs: Cow<'a, [u8]>,
    description: Option<Cow<'a, str>>,
    budget_cents: Option<i64>,
    funders: Cow<'a, [String]>,
    url: Option<Cow<'a, str>>,
    verified_on: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    verified_by: Option<Cow<'a, str>>,
}

#[derive(Serialize, Deserialize)]
struct CollectivityJson<'a> {
    code: Cow<'a, str>,
    kind: Cow<'a, str>,
    name: Cow<'a, str>,
    department: Option<Cow<'a, str>>,
    region: Option<Cow<'a, str>>,
    position: Option<[f64; 2]>,
}

#[derive(Serialize, Deserialize)]
struct PartnerJson<'a> {
    name: Cow<'a, str>,
    country: Cow<'a, str>,
    region: Option<Cow<'a, str>>,
    position: Option<[f64; 2]>,
    position_source: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    area: Option<Cow<'a, str>>,
}

/// The text of `versions.record`.
pub(super) fn to_json(partnership: &Partnership) -> Result<String, StorageError> {
    serde_json::to_string(&PartnershipJson::from(partnership)).map_err(|error| {
        StorageError::Corrupt { table: "versions", row: 0, reason: error.to_string() }
    })
}

/// The reverse of [`to_json`].
pub(super) fn from_json(
    json: &str,
    corrupt: impl Fn(String) -> StorageError,
) -> Result<Partnership, StorageError> {
    let read: PartnershipJson<'_> =
        serde_json::from_str(json).map_err(|error| corrupt(error.to_string()))?;
    read.into_domain(corrupt)
}

fn pair(position: Position) -> [f64; 2] {
    [position.lon(), position.lat()]
}

fn borrowed(text: Option<&String>) -> Option<Cow<'_, str>> {
    text.map(Cow::from)
}

fn owned(text: Option<Cow<'_, str>>) -> Option<String> {
    text.map(Cow::into_owned)
}

impl<'a> From<&'a Partnership> for PartnershipJson<'a> {
    fn from(partnership: &'a Partnership) -> Self {
        let Partnership {
            source,
            key,
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
        } = partnership;
        Self {
            source: source.into(),
            key: key.into(),
            title: title.into(),
            kind: Cow::from(&kind.code),
            status: Cow::from(&status.code),
            start: period.start().map(|date| date.to_string()),
            end: period.end().map(|date| date.to_string()),
            collectivities: collectivities.iter().map(|one| (&**one).into()).collect(),
            partners: partners.iter().map(|one| (&**one).into()).collect(),
            themes: themes.iter().map(|theme| Cow::from(&theme.code)).collect(),
            sdgs: sdgs.into(),
            description: borrowed(description.as_ref()),
            budget_cents: budget.map(Euros::cents),
            funders: funders.into(),
            url: borrowed(url.as_ref()),
            verified_on: *verified_on,
            verified_by: verified_by.map(|by| by.code().into()),
        }
    }
}

impl<'a> From<&'a Collectivity> for CollectivityJson<'a> {
    fn from(collectivity: &'a Collectivity) -> Self {
        let Collectivity { code, kind, name, department, region, position } = collectivity;
        Self {
            code: code.into(),
            kind: Cow::from(&kind.code),
            name: name.into(),
            department: borrowed(department.as_ref()),
            region: borrowed(region.as_ref()),
            position: position.map(pair),
        }
    }
}

impl<'a> From<&'a Partner> for PartnerJson<'a> {
    fn from(partner: &'a Partner) -> Self {
        let Partner { name, country, region, kind: _, place, area } = partner;
        Self {
            name: name.into(),
            country: country.into(),
            region: borrowed(region.as_ref()),
            position: place.map(|(position, _)| pair(position)),
            position_source: place.map(|(_, source)| source.code().into()),
            kind: partner.given_kind().map(|kind| Cow::from(&kind.code)),
            area: borrowed(area.as_ref()),
        }
    }
}

impl PartnershipJson<'_> {
    fn into_domain(
        self,
        corrupt: impl Fn(String) -> StorageError,
    ) -> Result<Partnership, StorageError> {
        let themes = |themes: Vec<Cow<'_, str>>| -> Result<Vec<&'static Term>, StorageError> {
            let vocabulary: &'static Vocabulary = vocabularies::themes();
            themes.iter().map(|code| term(vocabulary, code)).collect()
        };
        let corrupt = &corrupt;
        let collectivities = self.collectivities.into_iter();
        let partners = self.partners.into_iter();
        Ok(Partnership {
            source: self.source.into_owned(),
            key: self.key.into_owned(),
            title: self.title.into_owned(),
            kind: term(vocabularies::kinds(), &self.kind)?,
            status: term(vocabularies::statuses(), &self.status)?,
            period: rows::period(self.start.as_deref(), self.end.as_deref()).map_err(corrupt)?,
            collectivities: collectivities
                .map(|one| one.into_domain(corrupt).map(Arc::new))
                .collect::<Result<_, _>>()?,
            partners: partners
                .map(|one| one.into_domain(corrupt).map(Arc::new))
                .collect::<Result<_, _>>()?,
            themes: themes(self.themes)?,
            sdgs: self.sdgs.into_owned(),
            description: owned(self.description),
            budget: self
                .budget_cents
                .map(Euros::from_cents)
                .transpose()
                .map_err(|error| corrupt(error.to_string()))?,
            funders: self.funders.into_owned(),
            url: owned(self.url),
            verified_on: self.verified_on,
            verified_by: self.verified_by.as_deref().and_then(Verifier::from_code),
        })
    }
}

fn point(
    pair: Option<[f64; 2]>,
    corrupt: impl Fn(String) -> StorageError,
) -> Result<Option<Position>, StorageError> {
    let position = pair.map(|[lon, lat]| Position::new(lon, lat)).transpose();
    position.map_err(|error| corrupt(error.to_string()))
}

impl CollectivityJson<'_> {
    fn into_domain(
        self,
        corrupt: impl Fn(String) -> StorageError,
    ) -> Result<Collectivity, StorageError> {
        let Self { code, kind, name, department, region, position } = self;
        Ok(Collectivity {
            code: code.into_owned(),
            kind: term(vocabularies::collectivity_kinds(), &kind)?,
            name: name.into_owned(),
            department: owned(department),
            region: owned(region),
            position: point(position, corrupt)?,
        })
    }
}

impl PartnerJson<'_> {
    fn into_domain(
        self,
        corrupt: impl Fn(String) -> StorageError,
    ) -> Result<Partner, StorageError> {
        let Self { name, country, region, position, position_source, kind, area } = self;
        let source = position_source.as_deref().map(|code| {
            PositionSource::from_code(code)
                .ok_or_else(|| corrupt(format!("the position source {code}")))
        });
        let kind = kind.map(|code| term(vocabularies::partner_kinds(), &code)).transpose()?;
        Ok(Partner {
            kind: partner_kinds::of_partner(kind, &name),
            name: name.into_owned(),
            country: country.into_owned(),
            region: owned(region),
            place: point(position, &corrupt)?.zip(source.transpose()?),
            area: owned(area),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the module's documentation: what earlier releases wrote must stay readable.
    #[test]
    fn the_documented_form_reads_and_writes_back() {
        let example: String = include_str!("record_json.rs")
            .lines()
            .skip_while(|line| *line != "//! ```json")
            .skip(1)
            .take_while(|line| *line != "//! ```")
            .map(|line| line.trim_start_matches("//!"))
            .collect();
        let record = from_json(&example, |reason| panic!("{reason}")).unwrap();
        assert_eq!(record.partners[0].name, "Birmingham");
        let value = |json: &str| serde_json::from_str::<serde_json::Value>(json).unwrap();
        assert_eq!(value(&to_json(&record).unwrap()), value(&example));
    }
}
