//! What people do to the tally by hand: a list of persons or a number put in, another state folder taken over or joined,
//! fingerprints forgotten. Each is an entry; nothing that was counted is ever edited.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use engine::{People, Runner, kind};
use jiff::civil::Date;
use transfer::EarlierKind;

use crate::count::{self, Counted, FINGERPRINT};
use crate::error::{At as _, ClearanceError};
use crate::home::Home;
use crate::keystore::JobKeys;
use crate::survey::keyed_digest_of;
use crate::tally::{NewEntry, Scope, What};

/// Who puts something into the tally, when and why.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// The handler, as `tally show` names it.
    pub handler: &'a str,
    /// The year it counts in.
    pub year: i16,
    /// The day it is said.
    pub day: Date,
    /// By whom.
    pub by: &'a str,
    /// Why.
    pub why: &'a str,
}

/// What a state folder brought.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Taken {
    /// The handler.
    pub handler: String,
    /// The year.
    pub year: i16,
    /// Entries that are new here.
    pub entries: usize,
    /// Whether its persons could be compared with ours: the same key counted both. Otherwise they were added whole.
    pub comparable: bool,
    /// Persons with ordinary and with sensitive information now.
    pub after: [u64; 2],
}

impl Home {
    /// Puts in the persons of a file, of whom so much left elsewhere. The same file is taken once.
    pub async fn import_list(
        &self,
        said: Said<'_>,
        path: &Path,
        key: &str,
        which: EarlierKind,
    ) -> Result<[u64; 2], ClearanceError> {
        let _decision = self.lock(&format!("handler {}", said.handler)).await?;
        let digest = keyed_digest_of(&self.keys.naming_key()?, path)?;
        let origin = format!("list {} {} {digest}", said.handler, said.year);
        if self.store.has_origin(&origin).await? {
            return Err(ClearanceError::input(format!("{}: is in the tally already", path.display())));
        }
        let known = self.store.has_fingerprints(said.handler, said.year).await?;
        let mut keys = JobKeys::default();
        keys.insert(FINGERPRINT, self.keys.fingerprint_key(said.handler, said.year, known)?);
        let spill = self.spill()?;
        let runner = Runner::new(Arc::new(keys), 1, Arc::new(|_| ()), &spill);
        let listed = count::listed_in(&runner, path, key, which, said.day, &spill).await?;
        let Counted { exact, spaces, .. } = &listed;
        self.add(said, What::Import, listed.year(), (*exact, spaces), Some(&origin)).await
    }

    /// Puts in persons known only as numbers: added whole.
    pub async fn state_number(
        &self,
        said: Said<'_>,
        ordinary: u64,
        sensitive: u64,
    ) -> Result<[u64; 2], ClearanceError> {
        let _decision = self.lock(&format!("handler {}", said.handler)).await?;
        let people = People::stated(&[(kind::ORDINARY, ordinary), (kind::SENSITIVE, sensitive)]);
        self.add(said, What::Number, &people, (false, &BTreeSet::new()), None).await
    }

    async fn add(
        &self,
        said: Said<'_>,
        what: What,
        people: &People,
        (exact, spaces): (bool, &BTreeSet<String>),
        origin: Option<&str>,
    ) -> Result<[u64; 2], ClearanceError> {
        let spill = self.spill()?;
        let tally = |published| self.store.tally(said.handler, said.year, Scope::Counted, published, &spill);
        let (before, settled) = (tally(false).await?, tally(true).await?);
        let union = People::union([&before.people, people])?;
        let after = [union.count(kind::ORDINARY), union.count(kind::SENSITIVE)];
        let entry = NewEntry {
            handler: said.handler,
            day: said.day,
            year: said.year,
            what,
            release: None,
            ground: "counted",
            counted: true,
            persons: [kind::PRESENT, kind::ORDINARY, kind::SENSITIVE].map(|bit| people.count(bit)),
            grown: [after[0].saturating_sub(before.ordinary()), after[1].saturating_sub(before.sensitive())],
            whole: what == What::Number,
            exact,
            spaces,
            who: said.by,
            why: said.why,
            origin,
        };
        let new = People::difference(&settled.people, people, &spill)?.new;
        self.store.add_entries(&[(entry, new)]).await?;
        Ok(after)
    }

    /// Takes over or joins every tally of another state folder. A handler's year that is not counted here comes with its key,
    /// exactly; one that is counted in both is joined where the same key counted both, and else added whole, as an upper
    /// bound. From then on the other folder refuses to release for what was handed over. Can be called again: what came
    /// already does not come twice. `join`: whether a year that is counted in both is meant to be joined.
    pub async fn take_from(&self, other: &Self, day: Date, by: &str, join: bool) -> Result<Vec<Taken>, ClearanceError> {
        if self.root().canonicalize().at(self.root())? == other.root().canonicalize().at(other.root())? {
            return Err(ClearanceError::input("a state folder cannot be joined with itself"));
        }
        let name = other.log_key()?.fingerprint();
        let place = self.root().display().to_string();
        let mut taken = Vec::new();
        for (handler, year) in other.store.tallies().await? {
            let (_ours, _theirs) =
                (self.lock(&format!("handler {handler}")).await?, other.lock(&format!("handler {handler}")).await?);
            let counted = self.store.has_tally(&handler, year).await?;
            let began = self.store.has_origin_of(&name, &handler, year).await?;
            if counted && !began && !join {
                return Err(ClearanceError::input(format!(
                    "{handler} is counted in {year} here, too: `tongguan tally join` joins the two"
                )));
            }
            let comparable = self.share_key(other, &handler, year).await?;
            let said = Said { handler: &handler, year, day, by, why: "" };
            let entries =
                self.take_entries(other, said, &name, if counted { What::Join } else { What::Import }, comparable);
            let entries = entries.await?;
            self.take_ledgers(other, &handler, &name).await?;
            other.store.hand_over(&handler, year, day, &place).await?;
            let after = self.store.tally(&handler, year, Scope::Counted, false, &self.spill()?).await?;
            taken.push(Taken { handler, year, entries, comparable, after: [after.ordinary(), after.sensitive()] });
        }
        Ok(taken)
    }

    /// Whether both count a handler's year under one key; where nobody is counted here yet, theirs becomes ours.
    async fn share_key(&self, other: &Self, handler: &str, year: i16) -> Result<bool, ClearanceError> {
        if !other.store.has_fingerprints(handler, year).await? {
            return Ok(true);
        }
        let theirs = other.keys.fingerprint_key(handler, year, true)?;
        let known = self.store.has_fingerprints(handler, year).await?;
        if !known {
            self.keys.adopt_fingerprint_key(handler, year, &theirs)?;
        }
        Ok(self.keys.fingerprint_key(handler, year, known)?.bytes() == theirs.bytes())
    }

    async fn take_entries(
        &self,
        other: &Self,
        said: Said<'_>,
        name: &str,
        what: What,
        comparable: bool,
    ) -> Result<usize, ClearanceError> {
        let spill = self.spill()?;
        let mut new = Vec::new();
        let entries = other.store.full_entries(said.handler, said.year, &spill).await?;
        for entry in &entries {
            let origin = format!("{name} {} {} {}", said.handler, said.year, entry.id);
            if !self.store.has_origin(&origin).await? {
                let people = if comparable { entry.people.clone() } else { entry.people.as_stated() };
                new.push((entry, origin, people));
            }
        }
        let why = format!("state folder {}", &name[..16.min(name.len())]);
        let rows = new.iter().map(|(entry, origin, people)| {
            let row = NewEntry {
                handler: said.handler,
                day: entry.day,
                year: said.year,
                what,
                release: None,
                ground: &entry.ground,
                counted: entry.counted,
                persons: entry.persons,
                grown: entry.grown,
                whole: entry.whole || !comparable,
                exact: entry.exact && comparable,
                spaces: &entry.spaces,
                who: said.by,
                why: &why,
                origin: Some(origin),
            };
            (row, people.clone())
        });
        let rows = rows.collect::<Vec<_>>();
        self.store.add_entries(&rows).await?;
        Ok(rows.len())
    }

    /// What was spent under permits and sent to recipients there, is so here.
    async fn take_ledgers(&self, other: &Self, handler: &str, name: &str) -> Result<(), ClearanceError> {
        let spill = self.spill()?;
        for ledger in other.store.ledgers(handler).await? {
            let theirs = other.keys.ledger_key(&ledger, true)?;
            let known = self.store.has_ledger(&ledger).await?;
            if !known {
                self.keys.adopt_ledger_key(&ledger, &theirs)?;
            }
            let comparable = self.keys.ledger_key(&ledger, known)?.bytes() == theirs.bytes();
            for (release, people) in other.store.ledger_releases(&ledger, &spill).await? {
                let people = if comparable { people } else { people.as_stated() };
                self.store.add_to_ledger(&ledger, &format!("{name} {release}"), &people).await?;
            }
        }
        Ok(())
    }

    /// Deletes fingerprints that no rule can read any more, and their keys; counts stay. Order 11 art 4(3) and Order 13 art 4
    /// counted from 1 January of the previous year, Order 16 from that of the current one: what is older than that goes.
    pub async fn forget_old_years(&self, today: Date) -> Result<Vec<(String, i16)>, ClearanceError> {
        let mut forgotten = Vec::new();
        for (handler, year) in self.store.tallies().await? {
            if year + 2 > today.year() || !self.store.has_fingerprints(&handler, year).await? {
                continue;
            }
            // The runs first: a key without runs does no harm, runs without their key would stop everything.
            self.store.forget_year(&handler, year, &self.spill()?).await?;
            self.keys.forget_fingerprint_key(&handler, year)?;
            forgotten.push((handler, year));
        }
        Ok(forgotten)
    }
}
