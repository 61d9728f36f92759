//! Who read what: written down before it is shown, and told to auditors.

use cases::{CaseId, Role};
use database::{number, query, text};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{TimeZone, offset};
use sqlx::any::AnyRow;

use crate::account::AccountId;
use crate::error::DoorsError;
use crate::house::{Doors, millis, moment};
use crate::record::{Event, NewEntry, at_source};
use crate::rules::Page;
use crate::scribe::Note;

/// One thing that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// By whom.
    pub account: AccountId,
    /// As what.
    pub role: Role,
    /// Of which case; none: a list, figures.
    pub case: Option<CaseId>,
    /// What of it, in words of the program, such as `case`, `file:` and a digest, or `queue`: never a value that was read.
    pub what: String,
    /// When.
    pub at: Timestamp,
}

/// Which entries are asked for; nothing given: all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadsQuery {
    /// About or by an account.
    pub account: Option<AccountId>,
    /// Of a case.
    pub case: Option<CaseId>,
    /// Of these events; empty: of all.
    pub events: Vec<Event>,
    /// From a day on, in UTC+8.
    pub from: Option<Date>,
    /// Up to a day, that day included.
    pub to: Option<Date>,
}

/// An entry of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
    /// Whom it is about; of a read, who read.
    pub account: Option<AccountId>,
    /// Who did it.
    pub actor: Option<AccountId>,
    /// As what.
    pub role: Option<Role>,
    /// Of which case.
    pub case: Option<CaseId>,
    /// More, in words.
    pub what: String,
    /// The source address, where it was kept.
    pub from: Option<String>,
    /// Its digest, which covers all before it.
    pub digest: String,
}

impl Doors {
    /// Writes down that something is read; returns once that is durable, so that it can be shown. Many that wait are written together.
    pub async fn note_read(&self, read: Read) -> Result<(), DoorsError> {
        let entry = NewEntry {
            role: Some(read.role),
            case: read.case,
            ..NewEntry::new(Event::Read, read.at).of(&read.account).by(&read.account).what(read.what)
        };
        self.note(Note::Read(entry)).await
    }

    /// Writes down that a policy said no; `what` names the action.
    pub async fn note_denied(&self, denied: Read) -> Result<(), DoorsError> {
        let entry = NewEntry {
            role: Some(denied.role),
            case: denied.case,
            ..NewEntry::new(Event::Denied, denied.at).of(&denied.account).by(&denied.account).what(denied.what)
        };
        self.note(Note::Read(entry)).await
    }

    /// Writes down what somebody did to a webhook: its id, and a word of ours.
    pub async fn note_webhook(&self, by: &AccountId, what: &str, now: Timestamp) -> Result<(), DoorsError> {
        self.note(Note::Read(NewEntry::new(Event::WebhookChanged, now).of(by).by(by).what(what))).await
    }

    /// What was read, the newest first.
    pub async fn reads(&self, asked: &ReadsQuery, page: Page) -> Result<Vec<Entry>, DoorsError> {
        self.entries(&ReadsQuery { events: vec![Event::Read], ..asked.clone() }, page).await
    }

    /// Everything that happened at the doors, the newest first.
    pub async fn entries(&self, asked: &ReadsQuery, page: Page) -> Result<Vec<Entry>, DoorsError> {
        // Each condition with its parameter: words are words of ours, everything else is bound.
        let mut conditions = vec!["seq > 0".to_owned()];
        let (mut texts, mut numbers) = (Vec::new(), Vec::new());
        if let Some(account) = &asked.account {
            texts.push(account.as_str().to_owned());
            conditions.push(format!("(account = ${0} OR actor = ${0})", texts.len()));
        }
        if let Some(case) = &asked.case {
            texts.push(case.as_str().to_owned());
            conditions.push(format!("case_id = ${}", texts.len()));
        }
        if !asked.events.is_empty() {
            let words = asked.events.iter().map(|event| format!("'{}'", event.word())).collect::<Vec<_>>().join(", ");
            conditions.push(format!("event IN ({words})"));
        }
        let beijing = TimeZone::fixed(offset(8));
        let start = |day: Date| day.to_zoned(beijing.clone()).map_or(i64::MAX, |start| millis(start.timestamp()));
        if let Some(from) = asked.from {
            numbers.push(start(from));
            conditions.push(format!("at >= ${}", texts.len() + numbers.len()));
        }
        if let Some(to) = asked.to {
            numbers.push(to.tomorrow().map_or(i64::MAX, start));
            conditions.push(format!("at < ${}", texts.len() + numbers.len()));
        }
        let (most, skip) = (texts.len() + numbers.len() + 1, texts.len() + numbers.len() + 2);
        let conditions = conditions.join(" AND ");
        let mut of = query(format!(
            "SELECT * FROM door_record WHERE {conditions} ORDER BY seq DESC LIMIT ${most} OFFSET ${skip}"
        ));
        for text in texts {
            of = of.bind(text);
        }
        for number in numbers {
            of = of.bind(number);
        }
        let rows = of.bind(page.most() as i64).bind(i64::from(page.skip)).fetch_all(&self.inner.readers).await?;
        rows.iter().map(|row| self.entry(row)).collect()
    }

    fn entry(&self, row: &AnyRow) -> Result<Entry, DoorsError> {
        let some = |column| Ok::<_, DoorsError>(Some(text(row, column)?).filter(|text| !text.is_empty()));
        let seq = number(row, "seq")?;
        let source = some("source")?.map(|sealed| self.inner.keys.open(&at_source(seq), &sealed)).transpose()?;
        Ok(Entry {
            seq: seq as u64,
            at: moment(number(row, "at")?),
            event: Event::from_word(&text(row, "event")?).ok_or(DoorsError::Broken(seq))?,
            account: some("account")?.map(AccountId::new),
            actor: some("actor")?.map(AccountId::new),
            role: some("role")?.as_deref().and_then(Role::from_word),
            case: some("case_id")?.map(CaseId::new),
            what: text(row, "what")?,
            from: source.map(|source| source.to_string()),
            digest: text(row, "digest")?,
        })
    }
}
