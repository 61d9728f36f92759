//! Search: every case whose words contain what is looked for, Chinese or Latin, the newest first.
//!
//! The words of all cases are held in memory, one after the other, and looked through: 100,000 cases are some 15 MB, which takes a
//! few milliseconds, however common what is looked for is. An index in the database would cost each action a hundred rows and be
//! slowest on the commonest words.

use std::collections::HashMap;

use memchr::memmem;
use sqlx::Connection as _;

use super::Store;
use super::db::{query, text};
use super::error::StoreError;
use super::load::ids;
use super::project::words::fold;
use super::queue::{QueueRow, row};
use crate::terms::{Actor, CaseId, Role, Scope};

/// Ends the words of a case. It is no character of folded text.
const END: u8 = b'\n';
/// Between the values of a row: no control character is in any of them.
const UNIT: &str = "\u{1f}";
/// The most words of one search.
const MOST_WORDS: usize = 10;

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Found {
    /// The newest, as rows of a queue.
    pub rows: Vec<QueueRow>,
    /// How many there are in all.
    pub all: u64,
}

/// One case in the index.
#[derive(Debug)]
struct Entry {
    case: CaseId,
    /// The day as a number of eight digits.
    opened: u32,
    /// As in the projection.
    submitted: i64,
    province: String,
    office: String,
    handlers: String,
}

/// The words of all cases.
#[derive(Debug, Default)]
pub(crate) struct Index {
    words: Vec<u8>,
    /// Where each stretch of words begins and whose it is; a stretch of no one was replaced.
    starts: Vec<(usize, Option<u32>)>,
    entries: Vec<Entry>,
    by_case: HashMap<CaseId, (u32, u32)>,
    /// Bytes of stretches that were replaced.
    waste: usize,
    /// Changes with a stamp from here on are still to be read.
    horizon: i64,
}

impl Index {
    fn put(&mut self, entry: Entry, words: &str) {
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
    fn find(&self, words: &[String], actor: &Actor) -> Vec<(u32, u32)> {
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

impl Store {
    /// The cases whose id, number, title, handler's name or code, or procedure contain every word of `text`, newest first, `most` of
    /// them at most. Width, case and spaces do not matter. Only what the actor has to do with is found.
    pub async fn search(&self, actor: &Actor, text: &str, most: u32) -> Result<Found, StoreError> {
        let words: Vec<String> =
            fold(text).split(' ').filter(|word| !word.is_empty()).take(MOST_WORDS).map(str::to_owned).collect();
        let mut held = self.inner.index.lock().await;
        let index = held.get_or_insert_default();
        self.read_changes(index).await?;
        let mut hits = index.find(&words, actor);
        let all = hits.len() as u64;
        let most = most.clamp(1, 500) as usize;
        if hits.len() > most {
            hits.select_nth_unstable_by(most, |one, other| other.cmp(one));
            hits.truncate(most);
        }
        let case = |at: u32| &index.entries[at as usize].case;
        hits.sort_by(|(day, at), (other_day, other)| (other_day, case(*other)).cmp(&(day, case(*at))));
        let cases: Vec<CaseId> = hits.iter().map(|(_, at)| case(*at).clone()).collect();
        drop(held);
        Ok(Found { rows: self.rows_of(&cases).await?, all })
    }

    /// The queue's rows of cases, in the order of `cases`.
    async fn rows_of(&self, cases: &[CaseId]) -> Result<Vec<QueueRow>, StoreError> {
        if cases.is_empty() {
            return Ok(Vec::new());
        }
        let statement =
            format!("SELECT r.* FROM {} JOIN case_row r ON r.case_id = v.id", self.inner.database.dialect.texts());
        let rows = query(statement).bind(ids(cases)).fetch_all(&self.inner.readers).await?;
        let rows = rows.iter().map(row).collect::<Result<Vec<_>, _>>()?;
        let mut rows: HashMap<CaseId, QueueRow> = rows.into_iter().map(|row| (row.case.clone(), row)).collect();
        Ok(cases.iter().filter_map(|case| rows.remove(case)).collect())
    }

    /// Reads what changed since the last time, by whatever process.
    async fn read_changes(&self, index: &mut Index) -> Result<(), StoreError> {
        let dialect = self.inner.database.dialect;
        let mut connection = self.inner.readers.acquire().await?;
        // Rows and horizon are of one moment: what this does not see has a stamp at or after the horizon.
        let mut moment = connection.begin_with(dialect.begin_reading()).await?;
        let horizon = query(dialect.horizon()).fetch_one(&mut *moment).await?;
        // One value a row: of 100,000 rows each value more is felt.
        let statement = "SELECT case_id || $2 || opened || $2 || CAST(submitted AS TEXT) || $2 || province || $2 || office || $2 \
                         || handlers || $2 || words AS line FROM case_words WHERE stamp >= $1";
        let rows = query(statement).bind(index.horizon).bind(UNIT).fetch_all(&mut *moment).await?;
        moment.commit().await?;
        for row in &rows {
            let line = text(row, "line")?;
            let mut parts = line.splitn(7, UNIT);
            let mut next = || parts.next().unwrap_or_default().to_owned();
            let case = CaseId::new(next());
            let opened =
                next().bytes().filter(u8::is_ascii_digit).fold(0, |day, digit| day * 10 + u32::from(digit - b'0'));
            let (submitted, province) = (next().parse().unwrap_or(0), next());
            let (office, handlers, words) = (next(), next(), next());
            index.put(Entry { case, opened, submitted, province, office, handlers }, &words);
        }
        index.horizon = sqlx::Row::try_get(&horizon, 0)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
