//! Tokens for programs: named, limited in what they can and how long, and never more than their account.

use std::collections::BTreeSet;
use std::fmt;

use database::{number, query, text};
use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::account::{self, Account, AccountId, Status};
use crate::accounts::{COLUMNS, locked, read};
use crate::error::DoorsError;
use crate::house::{Doors, millis, moment};
use crate::policies::Who;
use crate::record::{Event, NewEntry, append};
use crate::scribe::Note;
use crate::secret::{Secret, digest};

/// What every token begins with, so that one that leaked is recognised.
const PREFIX: &str = "tg_";
/// The longest a token may be good for, in milliseconds: a year and a day.
const LONGEST: i64 = 366 * 86_400_000;
/// How exact the moment is kept at which it was last used, in milliseconds.
const EXACT: i64 = 60_000;

/// A token by a name that opens nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId(String);

impl TokenId {
    /// From a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What a token is for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum TokenScope { $($(#[$doc])* $name,)* }

        impl TokenScope {
            /// All, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its word on the wire.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// The scope with this word.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|scope| scope.word() == word)
            }
        }
    };
}

scopes! {
    /// Reading cases and what is personal in them, but no files.
    ReadCases = "read-cases",
    /// Reading files.
    ReadFiles = "read-files",
    /// Opening cases and acting on them.
    Act = "act",
    /// Filing receipts of releases, and nothing else of what `act` can.
    FileReceipts = "file-receipts",
    /// Exporting cases.
    Export = "export",
    /// Reading statistics.
    Statistics = "statistics",
    /// Setting up webhooks.
    Webhooks = "webhooks",
    /// Backing up the installation.
    Backup = "backup",
}

/// A token to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// What its holder calls it.
    pub name: String,
    /// What it is for.
    pub scopes: BTreeSet<TokenScope>,
    /// Until when; at most a year.
    pub ends: Timestamp,
}

/// A token as its holder sees it in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// Whose it is.
    pub account: AccountId,
    /// What its holder calls it.
    pub name: String,
    /// What it is for.
    pub scopes: BTreeSet<TokenScope>,
    /// Since when.
    pub created: Timestamp,
    /// Until when.
    pub ends: Timestamp,
    /// When it was last used, to the minute.
    pub last_used: Option<Timestamp>,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
}

/// A token that was used, and whose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenUse {
    /// The token.
    pub token: Token,
    /// Its account as it is now.
    pub account: Account,
    /// Whether its account has to set up a second factor first: a token is no way around it.
    pub must_enrol: bool,
}

impl TokenUse {
    /// Who asks, for [`crate::Policies::allows`].
    pub fn who(&self) -> Who<'_> {
        Who { account: &self.account, scopes: Some(&self.token.scopes), must_enrol: self.must_enrol }
    }
}

impl Doors {
    /// Makes a token for an account that is active; the secret is shown now and never again.
    pub async fn make_token(
        &self,
        id: &AccountId,
        new: &NewToken,
        now: Timestamp,
    ) -> Result<(Secret, Token), DoorsError> {
        let keys = &self.inner.keys;
        let name = account::name(&new.name)?;
        if new.scopes.is_empty() {
            return Err(DoorsError::Bad { field: "scopes", what: "names at least one", zh: "至少须有一项" });
        }
        let (at, ends) = (millis(now), millis(new.ends));
        if ends <= at || ends - at > LONGEST {
            return Err(DoorsError::Bad {
                field: "ends", what: "lies within a year from now", zh: "须在一年之内"
            });
        }
        let (secret, token) = (Secret::new(keys, PREFIX)?, TokenId::new(keys.new_id("t")?));
        let scopes = new.scopes.iter().map(|scope| scope.word()).collect::<Vec<_>>().join(" ");
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        if locked(self, &mut writing, id).await?.status != Status::Active {
            return Err(DoorsError::NotActive(id.clone()));
        }
        let put = "INSERT INTO door_token (secret, id, account, name, scopes, created, ends) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        query(put)
            .bind(digest(secret.as_str()))
            .bind(token.as_str())
            .bind(id.as_str())
            .bind(keys.seal(&at_name(&token), &name)?)
            .bind(scopes.as_str())
            .bind(at)
            .bind(ends)
            .execute(&mut *writing)
            .await?;
        let entry = NewEntry::new(Event::TokenMade, now).of(id).by(id).what(format!("{token}: {scopes}"));
        append(&self.inner, &mut writing, &[entry]).await?;
        writing.commit().await?;
        let (account, scopes) = (id.clone(), new.scopes.clone());
        let token = Token {
            id: token,
            account,
            name,
            scopes,
            created: moment(at),
            ends: moment(ends),
            last_used: None,
            revoked: None,
        };
        Ok((secret, token))
    }

    /// The token with a secret and its account, unless it has ended, was revoked, or the account is not active: one query.
    pub async fn token(&self, secret: &str, now: Timestamp) -> Result<Option<TokenUse>, DoorsError> {
        if !secret.starts_with(PREFIX) {
            return Ok(None);
        }
        let statement = format!(
            "SELECT t.id, t.account, t.name, t.scopes, t.created, t.ends, t.used, t.revoked, {COLUMNS} FROM door_token t \
             JOIN door_account a ON a.id = t.account WHERE t.secret = $1"
        );
        let hashed = digest(secret);
        let Some(row) = query(statement).bind(hashed.as_str()).fetch_optional(&self.inner.readers).await? else {
            return Ok(None);
        };
        let mut token = self.read_token(&row)?;
        let account = read(&self.inner.keys, &row)?;
        if token.revoked.is_some() || token.ends <= now || account.status != Status::Active {
            return Ok(None);
        }
        let at = millis(now);
        if token.last_used.is_none_or(|last| at >= millis(last) + EXACT) {
            self.note(Note::Used { secret: hashed, at }).await?;
            token.last_used = Some(moment(at));
        }
        let must_enrol = self.rules.must_enrol(&account);
        Ok(Some(TokenUse { token, account, must_enrol }))
    }

    /// The tokens of an account, the newest first, with those that ended and were revoked.
    pub async fn tokens_of(&self, id: &AccountId) -> Result<Vec<Token>, DoorsError> {
        let of = query("SELECT * FROM door_token WHERE account = $1 ORDER BY created DESC, id").bind(id.as_str());
        of.fetch_all(&self.inner.readers).await?.iter().map(|row| self.read_token(row)).collect()
    }

    /// Revokes a token of an account.
    pub async fn revoke_token(
        &self,
        account: &AccountId,
        id: &TokenId,
        by: &AccountId,
        now: Timestamp,
    ) -> Result<(), DoorsError> {
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        let put = query("UPDATE door_token SET revoked = $3 WHERE account = $1 AND id = $2 AND revoked IS NULL");
        let put = put.bind(account.as_str()).bind(id.as_str()).bind(millis(now));
        if put.execute(&mut *writing).await?.rows_affected() != 1 {
            return Err(DoorsError::NoSuch { what: "token", id: id.to_string() });
        }
        let entry = NewEntry::new(Event::TokenRevoked, now).of(account).by(by).what(id.as_str());
        append(&self.inner, &mut writing, &[entry]).await?;
        Ok(writing.commit().await?)
    }

    fn read_token(&self, row: &AnyRow) -> Result<Token, DoorsError> {
        use sqlx::Row as _;
        let id = TokenId::new(text(row, "id")?);
        let at = |column| Ok::<_, DoorsError>(row.try_get::<Option<i64>, _>(column)?.map(moment));
        Ok(Token {
            name: self.inner.keys.open(&at_name(&id), &text(row, "name")?)?.to_string(),
            account: AccountId::new(text(row, "account")?),
            scopes: text(row, "scopes")?.split(' ').filter_map(TokenScope::from_word).collect(),
            created: moment(number(row, "created")?),
            ends: moment(number(row, "ends")?),
            last_used: at("used")?,
            revoked: at("revoked")?,
            id,
        })
    }
}

fn at_name(id: &TokenId) -> String {
    format!("token/{id}/name")
}
