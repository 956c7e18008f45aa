//! The two sides of partnerships: each authority is one row and, once read, one allocation.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, SelectableHelper, dsl::max};
use foldhash::fast::RandomState;

use super::{
    StorageError,
    background::Background,
    connection::AnyConnection,
    records::LISTED,
    rows::{CollectivityRow, Fingerprint, NewCollectivity, NewPartner, PartnerRow, fingerprint},
    schema::{collectivities, partners},
};
use crate::domain::{Collectivity, Partner, Partnership};

/// The authorities that were read, by row.
#[derive(Default)]
pub(super) struct Authorities {
    pub(super) collectivities: HashMap<i64, Arc<Collectivity>, RandomState>,
    pub(super) partners: HashMap<i64, Arc<Partner>, RandomState>,
}

impl Authorities {
    /// All of them, for one who reads everything.
    pub(super) fn all(connection: &mut AnyConnection) -> Result<Self, StorageError> {
        let mut all = Self::default();
        let rows = collectivities::table.select(CollectivityRow::as_select());
        all.add_collectivities(rows.load(connection).map_err(StorageError::when(READ))?)?;
        let rows = partners::table.select(PartnerRow::as_select());
        all.add_partners(rows.load(connection).map_err(StorageError::when(READ))?)?;
        Ok(all)
    }

    /// Reads those of these that are not here yet.
    pub(super) fn complete(
        &mut self,
        connection: &mut AnyConnection,
        collectivity_rows: impl Iterator<Item = i64>,
        partner_rows: impl Iterator<Item = i64>,
    ) -> Result<(), StorageError> {
        let missing = missing(collectivity_rows, &self.collectivities);
        for listed in missing.chunks(LISTED) {
            let rows = collectivities::table
                .filter(collectivities::id.eq_any(listed))
                .select(CollectivityRow::as_select());
            self.add_collectivities(rows.load(connection).map_err(StorageError::when(READ))?)?;
        }
        let missing = self::missing(partner_rows, &self.partners);
        for listed in missing.chunks(LISTED) {
            let rows =
                partners::table.filter(partners::id.eq_any(listed)).select(PartnerRow::as_select());
            self.add_partners(rows.load(connection).map_err(StorageError::when(READ))?)?;
        }
        Ok(())
    }

    fn add_collectivities(&mut self, rows: Vec<CollectivityRow>) -> Result<(), StorageError> {
        self.collectivities.reserve(rows.len());
        for row in rows {
            self.collectivities.insert(row.id, Arc::new(row.into_domain()?));
        }
        Ok(())
    }

    fn add_partners(&mut self, rows: Vec<PartnerRow>) -> Result<(), StorageError> {
        self.partners.reserve(rows.len());
        for row in rows {
            self.partners.insert(row.id, Arc::new(row.into_domain()?));
        }
        Ok(())
    }
}

const READ: &str = "read the authorities";

/// All French authorities.
pub(super) fn collectivities(
    connection: &mut AnyConnection,
) -> Result<Vec<Collectivity>, StorageError> {
    let rows: Vec<CollectivityRow> = collectivities::table
        .select(CollectivityRow::as_select())
        .load(connection)
        .map_err(StorageError::when(READ))?;
    rows.into_iter().map(CollectivityRow::into_domain).collect()
}

fn missing<T>(rows: impl Iterator<Item = i64>, known: &HashMap<i64, T, RandomState>) -> Vec<i64> {
    let mut missing: Vec<i64> = rows.filter(|row| !known.contains_key(row)).collect();
    missing.sort_unstable();
    missing.dedup();
    missing
}

/// The rows of the authorities that a transaction has written or looked up.
#[derive(Default)]
pub(super) struct AuthorityRows {
    collectivities: HashMap<String, (i64, Arc<Collectivity>), RandomState>,
    partners: HashMap<Arc<Partner>, i64, RandomState>,
    last: Option<LastRows>,
    /// Every row is here: there was none before the transaction.
    is_complete: bool,
}

/// Rows of authorities that are to be written before what names them.
#[derive(Default)]
pub(super) struct AuthorityWrites {
    collectivities: Vec<(i64, Arc<Collectivity>)>,
    changed: Vec<(i64, Arc<Collectivity>)>,
    partners: Vec<(i64, Arc<Partner>)>,
}

impl AuthorityWrites {
    pub(super) fn write(&self, connection: &mut AnyConnection) -> Result<(), StorageError> {
        let collectivities: Vec<NewCollectivity<'_>> =
            self.collectivities.iter().map(|(id, one)| NewCollectivity::new(*id, one)).collect();
        connection.insert(&collectivities, "add collectivities")?;
        for (id, one) in &self.changed {
            diesel::update(collectivities::table.find(id))
                .set(NewCollectivity::new(*id, one))
                .execute(connection)
                .map_err(StorageError::when("bring a collectivity up to date"))?;
        }
        let partners: Vec<NewPartner<'_>> =
            self.partners.iter().map(|(id, one)| NewPartner::new(*id, one)).collect();
        connection.insert(&partners, "add partners")
    }
}

/// The highest numbers in use.
#[derive(Clone, Copy)]
struct LastRows {
    collectivity: i64,
    partner: i64,
}

impl LastRows {
    fn read(connection: &mut AnyConnection) -> Result<Self, StorageError> {
        let failed = || StorageError::when("number new authorities");
        let collectivity: Option<i64> = collectivities::table
            .select(max(collectivities::id))
            .first(connection)
            .map_err(failed())?;
        let partner: Option<i64> =
            partners::table.select(max(partners::id)).first(connection).map_err(failed())?;
        Ok(Self {
            collectivity: collectivity.unwrap_or_default(),
            partner: partner.unwrap_or_default(),
        })
    }
}

/// The rows of the authorities of one partnership, in its order.
pub(super) struct Sides {
    pub(super) collectivities: Vec<i64>,
    pub(super) partners: Vec<i64>,
}

impl AuthorityRows {
    /// Finds or numbers the rows that these records name, and brings collectivities up to date:
    /// what is known of one now is what the newest record says. Waits for what is being written only
    /// where something has to be looked up.
    pub(super) fn resolve(
        &mut self,
        background: &mut Background<'_>,
        records: &[&Partnership],
    ) -> Result<(Vec<Sides>, AuthorityWrites), StorageError> {
        let mut last = match self.last {
            Some(last) => last,
            None => LastRows::read(background.connection())?,
        };
        if self.last.is_none() {
            self.is_complete = last.collectivity == 0 && last.partner == 0;
        }
        if !self.is_complete {
            self.look_up(background, records)?;
        }
        let mut writes = AuthorityWrites::default();
        let collectivities = self.number_collectivities(records, &mut last, &mut writes);
        let partners = self.number_partners(records, &mut last, &mut writes);
        self.last = Some(last);
        let sides = collectivities.into_iter().zip(partners);
        let sides = sides.map(|(collectivities, partners)| Sides { collectivities, partners });
        Ok((sides.collect(), writes))
    }

    /// Reads the rows of those that are not known here yet, if there are any.
    fn look_up(
        &mut self,
        background: &mut Background<'_>,
        records: &[&Partnership],
    ) -> Result<(), StorageError> {
        let named = records.iter().flat_map(|record| &record.collectivities);
        let unknown: HashSet<&str> = named
            .map(|one| one.code.as_str())
            .filter(|code| !self.collectivities.contains_key(*code))
            .collect();
        for listed in unknown.into_iter().collect::<Vec<_>>().chunks(LISTED) {
            let rows: Vec<CollectivityRow> = collectivities::table
                .filter(collectivities::code.eq_any(listed))
                .select(CollectivityRow::as_select())
                .load(background.connection())
                .map_err(StorageError::when("look up the collectivities"))?;
            for row in rows {
                let (id, stored) = (row.id, row.into_domain()?);
                self.collectivities.insert(stored.code.clone(), (id, Arc::new(stored)));
            }
        }
        let named = records.iter().flat_map(|record| &record.partners);
        let unknown: HashSet<&Arc<Partner>> =
            named.filter(|partner| !self.partners.contains_key(*partner)).collect();
        let mut unknown: HashMap<Fingerprint, &Arc<Partner>> =
            unknown.into_iter().map(|partner| (fingerprint(partner), partner)).collect();
        let prints: Vec<Fingerprint> = unknown.keys().copied().collect();
        for listed in prints.chunks(LISTED) {
            let listed: Vec<&[u8]> = listed.iter().map(Fingerprint::as_slice).collect();
            let rows: Vec<(i64, Vec<u8>)> = partners::table
                .filter(partners::fingerprint.eq_any(listed))
                .select((partners::id, partners::fingerprint))
                .load(background.connection())
                .map_err(StorageError::when("look up the partners"))?;
            for (id, print) in rows {
                let print = Fingerprint::try_from(print).unwrap_or_default();
                self.partners.extend(unknown.remove(&print).map(|one| (Arc::clone(one), id)));
            }
        }
        Ok(())
    }

    fn number_collectivities(
        &mut self,
        records: &[&Partnership],
        last: &mut LastRows,
        writes: &mut AuthorityWrites,
    ) -> Vec<Vec<i64>> {
        let mut rows = Vec::new();
        for collectivity in records.iter().flat_map(|record| &record.collectivities) {
            if let Some((id, stored)) = self.collectivities.get_mut(&collectivity.code) {
                if !Arc::ptr_eq(stored, collectivity) && *stored != *collectivity {
                    *stored = Arc::clone(collectivity);
                    writes.changed.push((*id, Arc::clone(collectivity)));
                }
                rows.push(*id);
            } else {
                last.collectivity += 1;
                let row = (last.collectivity, Arc::clone(collectivity));
                self.collectivities.insert(collectivity.code.clone(), row.clone());
                writes.collectivities.push(row);
                rows.push(last.collectivity);
            }
        }
        split(rows, records.iter().map(|record| record.collectivities.len()))
    }

    fn number_partners(
        &mut self,
        records: &[&Partnership],
        last: &mut LastRows,
        writes: &mut AuthorityWrites,
    ) -> Vec<Vec<i64>> {
        let mut rows = Vec::new();
        for partner in records.iter().flat_map(|record| &record.partners) {
            if let Some(row) = self.partners.get(partner) {
                rows.push(*row);
                continue;
            }
            last.partner += 1;
            self.partners.insert(Arc::clone(partner), last.partner);
            rows.push(last.partner);
            writes.partners.push((last.partner, Arc::clone(partner)));
        }
        split(rows, records.iter().map(|record| record.partners.len()))
    }
}

/// Cuts a list into lists of these lengths.
fn split(rows: Vec<i64>, lengths: impl Iterator<Item = usize>) -> Vec<Vec<i64>> {
    let mut rows = rows.into_iter();
    lengths.map(|length| rows.by_ref().take(length).collect()).collect()
}
