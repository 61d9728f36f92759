//! Folded cases in memory. A case is good for the one place of the one chain it was folded from.

use std::collections::HashMap;

use super::keys::CaseKeys;
use crate::case::Case;
use crate::terms::CaseId;

/// A case as it was folded, and what its next action goes on from.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) case: Case,
    /// The digest of its last action.
    pub(crate) digest: String,
    /// How often its keys had changed.
    pub(crate) changes: i64,
    pub(crate) keys: CaseKeys,
}

/// Those used last, up to a number.
#[derive(Debug)]
pub(crate) struct Cache {
    most: usize,
    now: u64,
    held: HashMap<CaseId, (u64, Held)>,
}

impl Cache {
    pub(crate) fn new(most: usize) -> Self {
        Self { most: most.max(4), now: 0, held: HashMap::new() }
    }

    /// Takes a case out, if it stands where the head stands. Whoever changes it puts it back once that is durable.
    pub(crate) fn take(&mut self, id: &CaseId, digest: &str, changes: i64) -> Option<Held> {
        let (_, held) = self.held.remove(id)?;
        (held.digest == digest && held.changes == changes).then_some(held)
    }

    /// A copy of a case, if it stands where the head stands.
    pub(crate) fn get(&mut self, id: &CaseId, digest: &str, changes: i64) -> Option<Held> {
        self.now += 1;
        let (used, held) = self.held.get_mut(id)?;
        *used = self.now;
        (held.digest == digest && held.changes == changes).then(|| held.clone())
    }

    pub(crate) fn put(&mut self, held: Held) {
        self.now += 1;
        self.held.insert(held.case.id.clone(), (self.now, held));
        if self.held.len() > self.most {
            // A quarter at once, so that a full cache is not sorted for every case.
            let mut used: Vec<u64> = self.held.values().map(|(used, _)| *used).collect();
            let (_, oldest, _) = used.select_nth_unstable(self.most / 4);
            let oldest = *oldest;
            self.held.retain(|_, (used, _)| *used > oldest);
        }
    }

    pub(crate) fn forget(&mut self, id: &CaseId) {
        self.held.remove(id);
    }
}
