//! A draft and the reference lists to a record, or to the issues that stand against it.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    check::Check,
    places::{HomeCells, PartnerCells, Places},
    plausibility, values,
};
use crate::{
    domain::{
        Collectivity, Column, Draft, Issue, IssueCode, Partner, Partnership, partnership::made_key,
        text::fold,
    },
    reference::{collectivities::Remark, vocabularies},
};

/// Why a row is no record.
pub(super) enum Unread {
    /// One of its issues is an error.
    Rejected,
    /// Neither side is French: where they are, as alpha-2 codes in order with `-` between them.
    Foreign(String),
}

/// A record, whose issues are warnings.
pub(super) struct Resolution {
    pub(super) partnership: Partnership,
    /// The key is the producer's identifier, not one made from the row.
    pub(super) own_key: bool,
    /// Which of the row's readings it is.
    pub(super) reading: usize,
}

/// Resolves drafts.
pub(super) struct Resolver<'s> {
    /// The source of rows that name none.
    source: &'s str,
    places: Places,
}

impl<'s> Resolver<'s> {
    /// That remembers at most so many places of each side.
    pub(super) fn new(source: &'s str, remembered: usize) -> Self {
        Self { source, places: Places::new(remembered) }
    }

    /// Tries a row's readings in turn until one has its French side in France.
    pub(super) fn read<'a>(
        &mut self,
        readings: impl Iterator<Item = Draft<'a>>,
        issues: &mut Vec<Issue>,
    ) -> Result<Resolution, Unread> {
        let mut countries = BTreeSet::new();
        let mut unknown = None;
        for (reading, draft) in readings.enumerate() {
            let country = draft.cell(Column::CollectivityCountry);
            // most files have no such column
            let known = if country.is_empty() { None } else { self.places.country(country) };
            if country.is_empty() || known.is_some_and(|c| c.french) {
                let mut check = Check { draft: &draft, issues, rejected: false };
                let record = self.record(&mut check).filter(|_| !check.rejected);
                let (partnership, own_key) = record.ok_or(Unread::Rejected)?;
                return Ok(Resolution { partnership, own_key, reading });
            }
            match known {
                Some(country) => {
                    countries.insert(country.alpha2.as_str());
                }
                None => unknown = unknown.or_else(|| Some(self.places.unknown_home(&draft))),
            }
        }
        // a country that nobody knows may be France
        if let Some(issue) = unknown {
            issues.push(issue);
            return Err(Unread::Rejected);
        }
        Err(Unread::Foreign(countries.into_iter().collect::<Vec<_>>().join("-")))
    }

    /// The record, and whether its key is its producer's.
    fn record(&mut self, check: &mut Check<'_, '_>) -> Option<(Partnership, bool)> {
        if check.is_total() {
            return None;
        }
        let source = check.source(self.source);
        let key = check.take(Column::Key, |cell| cell.text(200)).flatten();
        let title = check.take(Column::Title, |cell| cell.text(300)).flatten();
        let kind = check.take(Column::Kind, |cell| cell.term(vocabularies::kinds()));
        let status = check.take(Column::Status, |cell| cell.term(vocabularies::statuses()));
        let (start, end) = (check.cell(Column::Start), check.cell(Column::End));
        let period = check.keep(values::period(start, end));
        check.issues.extend(period.into_iter().flat_map(|p| values::about_period(p, start, end)));
        let collectivities = self.collectivities(check);
        let partners = self.partners(check);
        let themes = check.themes();
        let sdgs = check.sdgs();
        let description = check.take(Column::Description, |cell| cell.long_text(10_000));
        let budget = check.take(Column::Budget, |cell| cell.amount());
        let funders = check.funders();
        check.personal_data();
        let url = check.url();
        let verified_on = check.take(Column::VerifiedOn, |cell| cell.day());
        if let (Some(homes), Some(partners)) = (&collectivities, &partners) {
            check.ends_apart(homes, partners);
        }
        if let (Some(title), Some(period)) = (&title, period) {
            check.issues.extend(plausibility::about_title(title, period, check.draft.line));
        }
        let (collectivities, partners, kind) = (collectivities?, partners?, kind?);
        let (lead, first) = (&collectivities[0], &partners[0]);
        let own_key = key.is_some();
        let key = key.unwrap_or_else(|| {
            let title = fold(title.as_deref().unwrap_or_default());
            let name = fold(&first.name);
            made_key([&lead.code, &first.country, &name, &kind.code, &title].map(String::as_str))
        });
        let title = title.unwrap_or_else(|| format!("{} – {}", lead.name, first.name));
        let partnership = Partnership {
            source: source?,
            key,
            title,
            kind,
            status: status?,
            period: period?,
            collectivities,
            partners,
            themes: themes?,
            sdgs: sdgs?,
            description: description?,
            budget: budget?,
            funders: funders?,
            url: url.ok()?,
            verified_on: verified_on?,
            verified_by: None,
        };
        Some((partnership, own_key))
    }

    fn collectivities(&mut self, check: &mut Check<'_, '_>) -> Option<Vec<Arc<Collectivity>>> {
        let (count, names) = check.names(Column::Collectivity)?;
        let codes = check.spread(Column::CollectivityCode, count)?;
        let kinds = check.spread(Column::CollectivityKind, count)?;
        let departments = check.spread(Column::CollectivityDepartment, count)?;
        let lons = check.spread(Column::CollectivityLongitude, count)?;
        let lats = check.spread(Column::CollectivityLatitude, count)?;
        let mut found: Vec<Arc<Collectivity>> = Vec::with_capacity(count);
        for (index, name) in names.enumerate() {
            let code = codes.at(index);
            let known = self.places.home(&HomeCells {
                name,
                code,
                kind: kinds.at(index),
                department: departments.at(index),
                lon: lons.at(index),
                lat: lats.at(index),
            });
            let resolved = match &*known {
                Ok(resolved) => resolved,
                Err(issue) => {
                    let issue = Issue { line: check.draft.line, ..issue.clone() };
                    return check.keep(Err(issue));
                }
            };
            let today = &resolved.collectivity;
            if let Some(remark) = resolved.remark {
                let by_code = if code.text.is_empty() { name } else { code };
                let issue = match remark {
                    Remark::FormerCode => by_code.issue(IssueCode::CollectivityMerged),
                    Remark::FormerName => name.issue(IssueCode::CollectivityMerged),
                    Remark::PostalCode => by_code.issue(IssueCode::CollectivityPostalCode),
                    Remark::NameDiffers => name.issue(IssueCode::CollectivityNameDiffers),
                };
                check.issues.push(issue.suggest(format!("{} ({})", today.name, today.code)));
            }
            if !found.iter().any(|other| other.code == today.code) {
                found.push(Arc::clone(today));
            }
        }
        Some(found)
    }

    fn partners(&mut self, check: &mut Check<'_, '_>) -> Option<Vec<Arc<Partner>>> {
        let (count, names) = check.names(Column::Partner)?;
        let countries = check.spread(Column::PartnerCountry, count)?;
        let regions = check.spread(Column::PartnerRegion, count)?;
        let kinds = check.spread(Column::PartnerKind, count)?;
        let lons = check.spread(Column::Longitude, count)?;
        let lats = check.spread(Column::Latitude, count)?;
        let mut found: Vec<Arc<Partner>> = Vec::with_capacity(count);
        for (index, name) in names.enumerate() {
            let known = self.places.partner(&PartnerCells {
                name,
                country: countries.at(index),
                region: regions.at(index),
                kind: kinds.at(index),
                lon: lons.at(index),
                lat: lats.at(index),
            });
            let line = check.draft.line;
            let issues = known.issues.iter().map(|issue| Issue { line, ..issue.clone() });
            check.issues.extend(issues);
            let Some(partner) = &known.partner else {
                check.rejected = true;
                return None;
            };
            if !found.contains(partner) {
                found.push(Arc::clone(partner));
            }
        }
        Some(found)
    }
}
