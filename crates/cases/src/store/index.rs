//! The words of all cases in memory, one after the other, and how they are looked through.

use std::collections::HashMap;

use memchr::memmem;

use crate::terms::{Actor, CaseId, Role, Scope};

/// Ends the words of a case. It is no character of folded text.
const END: u8 = b'\n';

/// One case in the index.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) case: CaseId,
    /// The day as a number of eight digits.
    pub(super) opened: u32,
    /// As in the projection.
    pub(super) submitted: i64,
    pub(super) province: String,
    pub(super) office: String,
    pub(super) handlers: String,
}

/// The words of all cases.
#[derive(Debug, Default)]
pub(crate) struct Index {
    pub(super) words: Vec<u8>,
    /// Where each stretch of words begins and whose it is; a stretch of no one was replaced.
    pub(super) starts: Vec<(usize, Option<u32>)>,
    pub(super) entries: Vec<Entry>,
    pub(super) by_case: HashMap<CaseId, (u32, u32)>,
    /// Bytes of stretches that were replaced.
    pub(super) waste: usize,
    /// Changes with a stamp from here on are still to be read.
    pub(super) horizon: i64,
}

impl Index {
    pub(super) fn put(&mut self, entry: Entry, words: &str) {
        if words.len() + self.words.len() > 1 << 20 && self.waste * 2 > self.words.len() {
            self.compact();
        }
        let start = self.words.len();
        let stretch = self.starts.len() as u32;
        let at = match self.by_case.get(&entry.case).copied() {
            Some((at, old)) => {
                let old = old as usize;
                let end = self.starts.get(old + 1).map_or(start, |(end, _)| *end);
                self.waste += end - self.starts[old].0;
                self.starts[old].1 = None;
                self.entries[at as usize] = entry;
                at
            }
            None => {
                self.entries.push(entry);
                self.entries.len() as u32 - 1
            }
        };
        self.by_case.insert(self.entries[at as usize].case.clone(), (at, stretch));
        self.starts.push((start, Some(at)));
        self.words.extend(words.bytes().filter(|byte| *byte != END));
        self.words.push(END);
    }

    /// Drops what was replaced.
    fn compact(&mut self) {
        let (mut words, mut starts) = (Vec::with_capacity(self.words.len() / 2), Vec::new());
        for (nth, (start, of)) in self.starts.iter().enumerate() {
            let Some(at) = of else { continue };
            let end = self.starts.get(nth + 1).map_or(self.words.len(), |(end, _)| *end);
            self.by_case.insert(self.entries[*at as usize].case.clone(), (*at, starts.len() as u32));
            starts.push((words.len(), Some(*at)));
            words.extend_from_slice(&self.words[*start..end]);
        }
        (self.words, self.starts, self.waste) = (words, starts, 0);
    }

    /// Those that contain every word and that the actor has to do with.
    /// Each with the day it was opened.
    pub(super) fn find(&self, words: &[String], actor: &Actor) -> Vec<(u32, u32)> {
        // The longest is likely the rarest.
        let Some(longest) = words.iter().max_by_key(|word| word.len()) else { return Vec::new() };
        let others: Vec<memmem::Finder<'_>> =
            words.iter().filter(|word| *word != longest).map(|word| memmem::Finder::new(word.as_str())).collect();
        let finder = memmem::Finder::new(longest.as_str());
        let mut found = Vec::new();
        let (mut from, mut stretch) = (0, 0);
        while let Some(hit) = finder.find(&self.words[from..]) {
            let at = from + hit;
            // Stretches are in order, and the next hit is mostly near.
            while self.starts.get(stretch + 1).is_some_and(|(start, _)| *start <= at) {
                stretch += 1;
            }
            let end = self.starts.get(stretch + 1).map_or(self.words.len(), |(end, _)| *end);
            if let (start, Some(entry)) = self.starts[stretch]
                && others.iter().all(|word| word.find(&self.words[start..end]).is_some())
                && sees(actor, &self.entries[entry as usize])
            {
                found.push((self.entries[entry as usize].opened, entry));
            }
            from = end;
        }
        found
    }
}

/// What [`crate::may_see`] says of a case, of its entry.
fn sees(actor: &Actor, entry: &Entry) -> bool {
    match (&actor.scope, actor.role) {
        (Scope::All, Role::Administrator) => true,
        (Scope::All, Role::National | Role::Auditor) => entry.submitted == 1,
        (Scope::Province(region), Role::Province | Role::Auditor) => entry.submitted == 1 && entry.province == *region,
        (Scope::Handler(uscc), role) => {
            role.is_handlers() && !uscc.is_empty() && entry.handlers.contains(&format!(" {uscc} "))
        }
        (Scope::Case(id), Role::Recipient | Role::Adviser) => entry.case == *id,
        (Scope::Office(office), role @ (Role::CertificationBody | Role::ZoneBody)) => {
            let own = if role == Role::CertificationBody { 2 } else { 3 };
            (entry.submitted == 1 || entry.submitted == own) && !office.is_empty() && entry.office == *office
        }
        (Scope::Office(office), Role::Prefecture | Role::SectorAuthority) => {
            entry.submitted == 1 && !office.is_empty() && entry.office == *office
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::project::words::fold;
    use crate::terms::ActorId;

    fn entry(nth: usize) -> Entry {
        Entry {
            case: CaseId::new(format!("c-{nth}")),
            opened: 0,
            submitted: 1,
            province: String::new(),
            office: String::new(),
            handlers: String::new(),
        }
    }

    /// Words are put anew again and again, so that most of what is held was replaced and is dropped.
    #[test]
    fn what_is_found_is_what_a_look_at_each_finds() {
        let mut index = Index::default();
        let mut plain: HashMap<usize, String> = HashMap::new();
        let mut random = 7_usize;
        let mut next = |below: usize| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % below
        };
        let letters: Vec<char> = "海川远航数据ab1 ".chars().collect();
        let by = Actor { id: ActorId::new("a"), role: Role::Administrator, scope: Scope::All };
        for turn in 0..30_000 {
            let nth = next(500);
            let words = fold(&(0..20 + next(30)).map(|_| letters[next(letters.len())]).collect::<String>());
            index.put(entry(nth), &words);
            plain.insert(nth, words);
            if turn % 1_000 == 999 {
                for words in ["海川", "a", "航数 b1", "川远航数", "1 海"] {
                    let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
                    let mut found: Vec<String> = index
                        .find(&words, &by)
                        .iter()
                        .map(|(_, at)| index.entries[*at as usize].case.to_string())
                        .collect();
                    let each = plain.iter().filter(|(_, text)| words.iter().all(|word| text.contains(word.as_str())));
                    let mut expected: Vec<String> = each.map(|(nth, _)| format!("c-{nth}")).collect();
                    found.sort();
                    expected.sort();
                    assert_eq!(found, expected, "{words:?}");
                }
            }
        }
        assert!(index.words.len() < 4 << 20, "what was replaced is dropped");
    }
}
