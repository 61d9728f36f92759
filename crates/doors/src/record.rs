//! The record of the doors: append-only, each digest covers all before it.
//!
//! It is a table and no evidence log because what happened and its entry have to be one transaction: no session without its
//! `signed-in`, no page shown whose `read` is not durable. The head ([`crate::Doors::head`]) can be made a leaf of a log.

use cases::{CaseId, Role};
use database::{Type, number, query, text};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sqlx::AnyConnection;

use crate::account::AccountId;
use crate::error::DoorsError;
use crate::house::{Doors, Inner, millis};

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What happened at a door.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Event { $($(#[$doc])* $name,)* }

        impl Event {
            /// All, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its word on the wire.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// The event with this word.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|event| event.word() == word)
            }
        }
    };
}

events! {
    /// Somebody read something of a case, or a list of cases.
    Read = "read",
    /// The first administrator was made.
    SetUp = "set-up",
    /// An account was made.
    AccountMade = "account-made",
    /// An account was changed.
    AccountChanged = "account-changed",
    /// What named the holder of a closed account was deleted.
    AccountForgotten = "account-forgotten",
    /// Somebody came in.
    SignedIn = "signed-in",
    /// Somebody was refused.
    Refused = "refused",
    /// Somebody left.
    SignedOut = "signed-out",
    /// Sessions were ended by somebody.
    SessionEnded = "session-ended",
    /// A password was set.
    PasswordChanged = "password-changed",
    /// A second factor was set up.
    FactorOn = "second-factor-on",
    /// It was taken away.
    FactorOff = "second-factor-off",
    /// A recovery code was used in its place.
    RecoveryUsed = "recovery-code-used",
    /// New recovery codes took the place of the old.
    RecoveryMade = "recovery-codes-made",
    /// A token was made.
    TokenMade = "token-made",
    /// A token was revoked.
    TokenRevoked = "token-revoked",
    /// Somebody was invited.
    Invited = "invited",
    /// An invitation was taken up.
    InvitationTaken = "invitation-taken",
    /// An invitation was revoked.
    InvitationRevoked = "invitation-revoked",
    /// An organisation was made.
    OrganisationMade = "organisation-made",
    /// An organisation was changed.
    OrganisationChanged = "organisation-changed",
    /// An identity of a provider was joined to an account or taken from it.
    ExternalChanged = "external-changed",
    /// A webhook was set up, changed or removed.
    WebhookChanged = "webhook-changed",
    /// A policy said no.
    Denied = "denied",
}

/// What is to be recorded.
#[derive(Debug, Clone)]
pub(crate) struct NewEntry {
    pub(crate) at: Timestamp,
    pub(crate) event: Event,
    pub(crate) account: Option<AccountId>,
    pub(crate) actor: Option<AccountId>,
    pub(crate) role: Option<Role>,
    pub(crate) case: Option<CaseId>,
    /// In words of our own: never a name, an address or a value.
    pub(crate) what: String,
    pub(crate) from: Option<String>,
}

impl NewEntry {
    pub(crate) fn new(event: Event, at: Timestamp) -> Self {
        Self { at, event, account: None, actor: None, role: None, case: None, what: String::new(), from: None }
    }

    pub(crate) fn of(mut self, account: &AccountId) -> Self {
        self.account = Some(account.clone());
        self
    }

    pub(crate) fn by(mut self, actor: &AccountId) -> Self {
        self.actor = Some(actor.clone());
        self
    }

    pub(crate) fn what(mut self, what: impl Into<String>) -> Self {
        self.what = what.into();
        self
    }

    pub(crate) fn from(mut self, from: &str) -> Self {
        self.from = Some(from.to_owned());
        self
    }

    pub(crate) fn case(mut self, case: &CaseId) -> Self {
        self.case = Some(case.clone());
        self
    }
}

const COLUMNS: [(&str, Type); 10] = [
    ("seq", Type::Number),
    ("at", Type::Number),
    ("event", Type::Text),
    ("account", Type::Text),
    ("actor", Type::Text),
    ("role", Type::Text),
    ("case_id", Type::Text),
    ("what", Type::Text),
    ("source", Type::Text),
    ("digest", Type::Text),
];

/// Appends entries, in the transaction of what they tell. Whoever calls this does so last: it locks the head.
pub(crate) async fn append(
    inner: &Inner,
    connection: &mut AnyConnection,
    entries: &[NewEntry],
) -> Result<(), DoorsError> {
    if entries.is_empty() {
        return Ok(());
    }
    let head = format!("SELECT h.seq, h.digest FROM door_head h WHERE h.one = 1{}", inner.dialect().lock("h"));
    let row = query(head).fetch_one(&mut *connection).await?;
    let (mut seq, mut digest) = (number(&row, "seq")?, text(&row, "digest")?);
    if seq == 0 {
        digest = first_digest();
    }
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        seq += 1;
        let source = entry.from.as_deref().map(|from| inner.keys.seal(&at_source(seq), from)).transpose()?;
        let mut row = json!({
            "seq": seq, "at": millis(entry.at), "event": entry.event.word(), "account": entry.account,
            "actor": entry.actor, "role": entry.role, "case_id": entry.case, "what": entry.what, "source": source,
        });
        digest = next_digest(&digest, &row);
        row["digest"] = Value::from(digest.as_str());
        rows.push(row);
    }
    let names = COLUMNS.map(|(name, _)| name).join(", ");
    let from = inner.dialect().rows(&COLUMNS);
    let insert = format!("INSERT INTO door_record ({names}) SELECT {names} FROM {from} WHERE true ORDER BY seq");
    query(insert).bind(Value::from(rows).to_string()).execute(&mut *connection).await?;
    let put = "UPDATE door_head SET seq = $1, digest = $2 WHERE one = 1";
    query(put).bind(seq).bind(digest).execute(connection).await?;
    Ok(())
}

pub(crate) fn at_source(seq: i64) -> String {
    format!("record/{seq}/source")
}

/// What stands before the first entry.
fn first_digest() -> String {
    transfer::hex(&Sha256::digest("tongguan/door-record/1"))
}

/// SHA-256 over the digest of the entry before and the entry in canonical JSON, lower-case hex.
fn next_digest(before: &str, entry: &Value) -> String {
    let bytes = transfer::canonical_bytes(entry);
    transfer::hex(&Sha256::new().chain_update(before).chain_update([b'\n']).chain_update(bytes).finalize())
}

impl Doors {
    /// The last entry's number and digest; 0 and empty where there is none.
    pub async fn head(&self) -> Result<(u64, String), DoorsError> {
        let row = query("SELECT seq, digest FROM door_head WHERE one = 1").fetch_one(&self.inner.readers).await?;
        Ok((number(&row, "seq")? as u64, text(&row, "digest")?))
    }

    /// Holds every entry against its digest and the last against the head: how many there are.
    pub async fn verify_record(&self) -> Result<u64, DoorsError> {
        const SOME: i64 = 1000;
        let mut connection = self.inner.readers.acquire().await?;
        let mut moment = self.inner.database.begin_reading(&mut connection).await?;
        let row = query("SELECT seq, digest FROM door_head WHERE one = 1").fetch_one(&mut *moment).await?;
        let head = (number(&row, "seq")?, text(&row, "digest")?);
        let (mut seq, mut digest) = (0, first_digest());
        loop {
            let some = "SELECT * FROM door_record WHERE seq > $1 ORDER BY seq LIMIT $2";
            let rows = query(some).bind(seq).bind(SOME).fetch_all(&mut *moment).await?;
            for row in &rows {
                let mut entry = serde_json::Map::new();
                for (column, kind) in COLUMNS.into_iter().filter(|(name, _)| *name != "digest") {
                    use sqlx::Row as _;
                    let value = match kind {
                        Type::Text => row.try_get::<Option<String>, _>(column)?.map(Value::from),
                        Type::Number => Some(Value::from(number(row, column)?)),
                    };
                    entry.insert(column.to_owned(), value.unwrap_or(Value::Null));
                }
                seq += 1;
                digest = next_digest(&digest, &Value::Object(entry));
                if number(row, "seq")? != seq || text(row, "digest")? != digest {
                    return Err(DoorsError::Broken(seq));
                }
            }
            if rows.is_empty() {
                break;
            }
        }
        moment.commit().await?;
        let digest = if seq == 0 { String::new() } else { digest };
        if head == (seq, digest) { Ok(seq as u64) } else { Err(DoorsError::Broken(seq)) }
    }
}
