//! Queues: what waits for whom, nearest day first.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use database::{number, query, text};
use jiff::civil::Date;
use law::Party;
use serde::Serialize;

use super::Store;
use super::error::StoreError;
use super::narrow::conditions;
use super::project::row::NO_DAY;
use crate::procedure::Phase;
use crate::terms::{Actor, ActorId, CaseId, Version};

/// The most rows that are given at once.
const MOST: u32 = 500;

/// Which cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueQuery {
    /// Who asks: only what they have to do with is given.
    pub actor: Actor,
    /// Only those that wait for this party.
    pub holder: Option<Party>,
    /// Only those of this procedure.
    pub procedure: Option<String>,
    /// Only those in this state.
    pub state: Option<String>,
    /// Only those in this phase.
    pub phase: Option<Phase>,
    /// Only those of this province.
    pub province: Option<String>,
    /// Only those this officer was given.
    pub assigned: Option<ActorId>,
    /// Only those on which something is due before this day, and does not stand still: late, where it is today.
    pub due_before: Option<Date>,
    /// The last row of the page before.
    pub after: Option<(Option<Date>, CaseId)>,
    /// How many at most; 500 at once.
    pub most: u32,
}

impl QueueQuery {
    /// Everything an actor has to do with.
    pub fn of(actor: Actor) -> Self {
        Self {
            actor,
            holder: None,
            procedure: None,
            state: None,
            phase: None,
            province: None,
            assigned: None,
            due_before: None,
            after: None,
            most: 50,
        }
    }
}

/// One case of a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct QueueRow {
    /// The case.
    pub case: CaseId,
    /// How many actions it has.
    pub version: Version,
    /// Its procedure.
    pub procedure: String,
    /// Its state.
    pub state: String,
    /// What that means.
    pub phase: String,
    /// The party it waits for.
    pub holder: Option<String>,
    /// Its province.
    pub province: String,
    /// The handler's name.
    pub handler: String,
    /// The handler's unified social credit code.
    pub uscc: String,
    /// A few words to know it by.
    pub title: String,
    /// The office's number.
    pub number: Option<String>,
    /// The day it was opened.
    pub opened: String,
    /// The moment of its last action.
    pub updated: String,
    /// The nearest day by which somebody has to act.
    pub due: Option<Date>,
    /// The clock of that day.
    pub clock: Option<String>,
    /// Whose duty it is.
    pub party: Option<String>,
    /// Whether that clock stands still; the day is then the one it would arrive at if it ran on.
    pub stands: bool,
}

/// A page of a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Queue {
    /// Its cases.
    pub rows: Vec<QueueRow>,
    /// Whether there are more.
    pub more: bool,
}

impl Store {
    /// A page of a queue.
    pub async fn queue(&self, of: &QueueQuery) -> Result<Queue, StoreError> {
        let mut conditions = conditions(of);
        if let Some((due, case)) = &of.after {
            let due = due.map_or_else(|| NO_DAY.to_owned(), |day| day.to_string());
            conditions.values.push(due);
            conditions.values.push(case.to_string());
            let at = conditions.values.len();
            conditions.texts.push(format!("(due, case_id) > (${}, ${at})", at - 1));
        }
        let most = of.most.clamp(1, MOST);
        let statement = format!(
            "SELECT case_id, version, procedure, state, phase, holder, province, handler, uscc, title, number, opened, updated, \
             due, clock, party, stands FROM case_row WHERE {} ORDER BY due, case_id LIMIT {}",
            conditions.text(),
            most + 1
        );
        let mut asked = query(statement);
        for value in conditions.values {
            asked = asked.bind(value);
        }
        let rows = asked.fetch_all(&self.inner.readers).await?;
        let found = rows.iter().take(most as usize).map(row).collect::<Result<Vec<_>, _>>()?;
        Ok(Queue { rows: found, more: rows.len() > most as usize })
    }

    /// How many cases a queue has, whatever its page. Above 1,000 the number may be two seconds old.
    pub async fn queue_length(&self, of: &QueueQuery) -> Result<u64, StoreError> {
        let conditions = conditions(of);
        let asked = (conditions.text(), conditions.values);
        if let Some(n) = self.inner.lengths.known(&asked) {
            return Ok(n);
        }
        let mut count = query(format!("SELECT count(*) AS n FROM case_row WHERE {}", asked.0));
        for value in &asked.1 {
            count = count.bind(value.clone());
        }
        let n = number(&count.fetch_one(&self.inner.readers).await?, "n")? as u64;
        self.inner.lengths.keep(asked, n);
        Ok(n)
    }
}

/// Long queues as they were counted a moment ago: everybody's page tells how long they are, counting them is most of what such a page
/// takes, and of so many one more or less is no news.
#[derive(Debug, Default)]
pub(crate) struct Lengths(Mutex<HashMap<Asked, (Instant, u64)>>);

/// The conditions of a queue, and what they take.
type Asked = (String, Vec<String>);

impl Lengths {
    /// The longest queue that is always counted anew.
    const SHORT: u64 = 1_000;
    /// How long a number is good.
    const GOOD: Duration = Duration::from_secs(2);

    fn held(&self) -> MutexGuard<'_, HashMap<Asked, (Instant, u64)>> {
        // A number is put in whole, so a panic elsewhere leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, asked: &Asked) -> Option<u64> {
        let held = self.held();
        let (since, n) = held.get(asked)?;
        (since.elapsed() < Self::GOOD).then_some(*n)
    }

    fn keep(&self, asked: Asked, n: u64) {
        if n > Self::SHORT {
            let mut held = self.held();
            held.retain(|_, (since, _)| since.elapsed() < Self::GOOD);
            held.insert(asked, (Instant::now(), n));
        }
    }
}

pub(crate) fn row(row: &sqlx::any::AnyRow) -> Result<QueueRow, StoreError> {
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let due = text(row, "due")?;
    Ok(QueueRow {
        case: CaseId::new(text(row, "case_id")?),
        version: Version(number(row, "version")? as u32),
        procedure: text(row, "procedure")?,
        state: text(row, "state")?,
        phase: text(row, "phase")?,
        holder: some(text(row, "holder")?),
        province: text(row, "province")?,
        handler: text(row, "handler")?,
        uscc: text(row, "uscc")?,
        title: text(row, "title")?,
        number: some(text(row, "number")?),
        opened: text(row, "opened")?,
        updated: text(row, "updated")?,
        due: (due != NO_DAY).then(|| due.parse().ok()).flatten(),
        clock: some(text(row, "clock")?),
        party: some(text(row, "party")?),
        stands: number(row, "stands")? == 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_queues_are_known_for_a_moment_and_short_ones_are_counted_anew() {
        let lengths = Lengths::default();
        let asked = |province: &str| ("province = $1".to_owned(), vec![province.to_owned()]);
        lengths.keep(asked("CN-BJ"), Lengths::SHORT + 1);
        lengths.keep(asked("CN-SH"), Lengths::SHORT);
        assert_eq!(lengths.known(&asked("CN-BJ")), Some(Lengths::SHORT + 1));
        assert_eq!(lengths.known(&asked("CN-SH")), None);
        assert_eq!(lengths.known(&asked("CN-GD")), None);
        let grow_old = |(since, _): &mut (Instant, u64)| {
            *since = since.checked_sub(Lengths::GOOD).expect("the machine runs that long");
        };
        lengths.held().values_mut().for_each(grow_old);
        assert_eq!(lengths.known(&asked("CN-BJ")), None);
        lengths.keep(asked("CN-GD"), Lengths::SHORT + 2);
        assert_eq!(lengths.held().len(), 1, "what is no longer good is dropped");
    }
}
