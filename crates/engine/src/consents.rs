//! Separate consents (PIPL 39) as of one day, by person.

use std::path::Path;

use jiff::civil::Date;

use crate::error::EngineError;
use crate::persons::People;
use crate::runs::{Sorted, Sorter};

/// Something that happened to a person's consent on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentEvent {
    /// It was given, by the person or, for a child, by a guardian.
    Given {
        /// By a guardian.
        guardian: bool,
    },
    /// It was withdrawn.
    Withdrawn,
}

/// Where a person's consent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consent {
    /// Given and not withdrawn.
    pub live: bool,
    /// A guardian gave it.
    pub guardian: bool,
}

const LIVE: u64 = 1;
const GUARDIAN: u64 = 2;
/// In an event: a withdrawal sorts behind a gift of the same day, and so prevails.
const GIVEN: u64 = 0;
const WITHDRAWN: u64 = 1;

/// Gathers events in any order.
pub struct ConsentBook {
    /// Fingerprint (two words), day and what, guardian.
    events: Sorter<4>,
}

impl ConsentBook {
    /// Spills into `folder`.
    pub fn new(folder: &Path) -> Self {
        Self { events: Sorter::new(folder) }
    }

    /// Notes an event.
    pub fn note(&mut self, person: u128, day: Date, event: ConsentEvent) -> Result<(), EngineError> {
        let (what, guardian) = match event {
            ConsentEvent::Given { guardian } => (GIVEN, u64::from(guardian) * GUARDIAN),
            ConsentEvent::Withdrawn => (WITHDRAWN, 0),
        };
        // Days since an early one: only their order matters.
        let days = day.since(Date::constant(1, 1, 1)).map_or(0, |span| span.get_days()) as u64;
        self.events.push([(person >> 64) as u64, person as u64, days << 1 | what, guardian])
    }

    /// Where each person stands after the last event up to and including the day `on`.
    pub fn on(self, on: Date) -> Result<Consents, EngineError> {
        let last = on.since(Date::constant(1, 1, 1)).map_or(0, |span| span.get_days()) as u64;
        let mut people: Vec<[u64; 3]> = Vec::new();
        let sorted: Sorted<4> = self.events.finish();
        for event in sorted.read() {
            let [high, low, event, guardian] = event?;
            if event >> 1 > last {
                continue;
            }
            let state = if event & 1 == GIVEN { LIVE | guardian } else { 0 };
            match people.last_mut() {
                Some(person) if person[..2] == [high, low] => person[2] = state,
                _ => people.push([high, low, state]),
            }
        }
        Ok(Consents { people })
    }
}

/// Consents by person, as of one day: 24 bytes a person, in memory.
#[derive(Debug, Default)]
pub struct Consents {
    people: Vec<[u64; 3]>,
}

impl Consents {
    /// The same for all of these persons.
    pub fn all(people: &People, consent: Consent) -> Result<Self, EngineError> {
        let state = u64::from(consent.live) * LIVE + u64::from(consent.guardian) * GUARDIAN;
        let stand = |person: Result<(u128, u64), EngineError>| {
            person.map(|(person, _)| [(person >> 64) as u64, person as u64, state])
        };
        Ok(Self { people: people.iter().map(stand).collect::<Result<_, _>>()? })
    }

    /// Of this person; nothing where none was ever given or withdrawn.
    pub fn of(&self, person: u128) -> Option<Consent> {
        let key = [(person >> 64) as u64, person as u64];
        let found = self.people.binary_search_by(|person| person[..2].cmp(&key)).ok()?;
        let state = self.people[found][2];
        Some(Consent { live: state & LIVE != 0, guardian: state & GUARDIAN != 0 })
    }

    /// Persons with a live consent.
    pub fn live(&self) -> u64 {
        self.people.iter().filter(|person| person[2] & LIVE != 0).count() as u64
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_last_event_up_to_the_day_decides_and_a_withdrawal_prevails() {
        let folder = tempfile::tempdir().expect("a folder");
        let given = ConsentEvent::Given { guardian: false };
        let (first, second) = (date(2026, 1, 1), date(2026, 5, 1));
        let stand = |events: &[(u128, Date, ConsentEvent)], on: Date| {
            let mut book = ConsentBook::new(folder.path());
            for (person, day, event) in events {
                book.note(*person, *day, *event).expect("notes");
            }
            book.on(on).expect("reads").of(7).map(|consent| consent.live)
        };
        assert_eq!(stand(&[], second), None);
        assert_eq!(stand(&[(8, first, given)], second), None);
        assert_eq!(stand(&[(7, second, given)], first), None, "not given yet");
        assert_eq!(stand(&[(7, second, given)], second), Some(true));
        let withdrawn = [(7, second, ConsentEvent::Withdrawn), (7, first, given)];
        assert_eq!(stand(&withdrawn, first), Some(true), "withdrawn later");
        assert_eq!(stand(&withdrawn, second), Some(false));
        assert_eq!(stand(&[(7, first, given), (7, first, ConsentEvent::Withdrawn)], first), Some(false));
        assert_eq!(stand(&[(7, first, ConsentEvent::Withdrawn), (7, second, given)], second), Some(true), "again");
    }
}
