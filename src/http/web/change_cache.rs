//! The lists of changes that were asked for last: who follows the register reads one page by page.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    atlas::register::changes::ChangeList,
    domain::{DataVersion, Since},
};

/// How many lists are kept.
const KEPT: usize = 8;

/// What a list is about: what the reader knows, the version of the data, and whether each source's
/// records are told.
pub(crate) type ChangeKey = (Since, DataVersion, bool);

/// The newest last.
#[derive(Default)]
pub(crate) struct ChangeCache(Mutex<VecDeque<(ChangeKey, Arc<ChangeList>)>>);

impl ChangeCache {
    pub(crate) fn find(&self, key: &ChangeKey) -> Option<Arc<ChangeList>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(other, _)| other == key).map(|(_, list)| Arc::clone(list))
    }

    pub(crate) fn keep(&self, key: ChangeKey, list: ChangeList) -> Arc<ChangeList> {
        let list = Arc::new(list);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back((key, Arc::clone(&list)));
        list
    }
}
