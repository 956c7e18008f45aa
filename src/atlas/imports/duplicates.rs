//! Records of other sources that probably say the same: the same two places, the same kind.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::{
    domain::{Column, Issue, IssueCode, Partnership, PartnershipId, text::fold},
    storage::{Pair, StorageError, View, Whose},
};

/// Who works with whom in the register, read when it is first asked for: 32 bytes of memory for
/// each pair of authorities.
#[derive(Default)]
pub(super) struct Duplicates {
    /// In order, so that equal pairs stand together.
    pairs: Vec<(u64, u32, PartnershipId)>,
    sources: Vec<String>,
    read: Read,
}

#[derive(Default, PartialEq)]
enum Read {
    #[default]
    Nothing,
    /// Of every source but this one.
    Beside(String),
    Everything,
}

impl Duplicates {
    /// Tells of a record of another source with the same two places and the same kind.
    pub(super) fn remark(&self, record: &Partnership, line: u64) -> Option<Issue> {
        if self.pairs.is_empty() {
            return None;
        }
        for partner in &record.partners {
            for collectivity in &record.collectivities {
                let key = [&record.kind.code, &collectivity.code, &partner.country];
                let key = hash(key.map(String::as_str), &partner.name);
                let from = self.pairs.partition_point(|(other, ..)| *other < key);
                let equal = self.pairs[from..].iter().take_while(|(other, ..)| *other == key);
                for (_, source, id) in equal {
                    let source = &self.sources[*source as usize];
                    if *source != record.source {
                        let issue = Issue::new(IssueCode::ProbableDuplicate, line)
                            .at(Column::Partner.name(), &partner.name)
                            .suggest(format!("/partenariats/{id} ({source})"));
                        return Some(issue);
                    }
                }
            }
        }
        None
    }

    /// Whether what is needed for records of a source was read.
    pub(super) fn know(&self, source: &str) -> bool {
        match &self.read {
            Read::Everything => true,
            Read::Beside(known) => known == source,
            Read::Nothing => false,
        }
    }

    /// Reads what is needed for records of a source: a file of one source does without its own.
    pub(super) fn complete(
        &mut self,
        view: &mut View<'_>,
        source: &str,
    ) -> Result<(), StorageError> {
        match &self.read {
            Read::Everything => return Ok(()),
            Read::Beside(known) if known == source => return Ok(()),
            Read::Beside(known) => {
                let known = known.clone();
                self.read(view, Whose::Of(&known))?;
                self.read = Read::Everything;
            }
            Read::Nothing => {
                self.read(view, Whose::Beside(source))?;
                self.read = Read::Beside(source.to_owned());
            }
        }
        self.pairs.sort_unstable();
        Ok(())
    }

    fn read(&mut self, view: &mut View<'_>, whose: Whose<'_>) -> Result<(), StorageError> {
        view.pairs(whose, |Pair { source, key, kind, collectivity, country, partner }| {
            let id = PartnershipId::new(&source, &key);
            let number = self.sources.iter().position(|known| *known == source);
            let number = number.unwrap_or_else(|| {
                self.sources.push(source);
                self.sources.len() - 1
            });
            self.pairs.push((hash([&kind, &collectivity, &country], &partner), number as u32, id));
        })
    }
}

/// What two records of the same places and kind have in common.
fn hash(codes: [&str; 3], partner: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    codes.hash(&mut hasher);
    fold(partner).hash(&mut hasher);
    hasher.finish()
}
