//! Sessions: a secret with whoever came in, its digest here, an end when nothing is asked for long and one after half a day.

use std::fmt;

use cases::{CaseId, Role, Scope};
use database::{number, query, text};
use jiff::Timestamp;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::account::{Account, AccountId, Status};
use crate::accounts::{COLUMNS, read};
use crate::error::DoorsError;
use crate::house::{Doors, Inner, millis, moment};
use crate::invitation::{self, InvitationId};
use crate::keys::Keys;
use crate::policies::Who;
use crate::record::{Event, NewEntry, append};
use crate::scribe::Note;
use crate::secret::{Secret, csrf, digest, same};

/// How exact the moment is kept at which a session was last used, in milliseconds.
const EXACT: i64 = 60_000;

/// A session by a name that opens nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub(crate) String);

impl SessionId {
    /// From a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who holds a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Who came in. Of a guest it is made of the invitation and stands in no list.
    pub account: Account,
    /// The invitation a guest came by.
    pub guest: Option<InvitationId>,
    /// What every form of this session carries.
    pub csrf: String,
    /// Since when.
    pub created: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen: Timestamp,
    /// When it ends whatever is done.
    pub ends: Timestamp,
    /// Whether nothing is allowed before a second factor is set up.
    pub must_enrol: bool,
}

impl Session {
    /// Who asks, for [`crate::Policies::allows`].
    pub fn who(&self) -> Who<'_> {
        Who { account: &self.account, scopes: None, must_enrol: self.must_enrol }
    }

    /// Whether a form that was sent carries what this session's forms do.
    pub fn form_holds(&self, token: &str) -> bool {
        same(&self.csrf, token)
    }
}

/// A session as its holder sees it in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionInfo {
    /// Its id.
    pub id: SessionId,
    /// Since when.
    pub created: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen: Timestamp,
    /// When it ends.
    pub ends: Timestamp,
    /// Where it was opened from.
    pub from: String,
}

/// Whose session it is to be.
pub(crate) enum Holder<'a> {
    Account(&'a AccountId),
    Guest(&'a InvitationId),
}

/// Opens a session, in the transaction of what opened it.
pub(crate) async fn open(
    inner: &Inner,
    connection: &mut AnyConnection,
    holder: &Holder<'_>,
    from: &str,
    now: Timestamp,
    ends: Timestamp,
) -> Result<Secret, DoorsError> {
    let secret = Secret::new(&inner.keys, "")?;
    let id = inner.keys.new_id("s")?;
    let (account, guest) = match holder {
        Holder::Account(account) => (Some(account.as_str()), None),
        Holder::Guest(guest) => (None, Some(guest.as_str())),
    };
    let put = "INSERT INTO door_session (secret, id, account, invitation, created, seen, ends, source) \
               VALUES ($1, $2, $3, $4, $5, $5, $6, $7)";
    query(put)
        .bind(digest(secret.as_str()))
        .bind(id.as_str())
        .bind(account)
        .bind(guest)
        .bind(millis(now))
        .bind(millis(ends))
        .bind(inner.keys.seal(&at_source(&id), from)?)
        .execute(connection)
        .await?;
    Ok(secret)
}

fn at_source(id: &str) -> String {
    format!("session/{id}/source")
}

/// Ends all sessions of an account, in the transaction of what ended them.
pub(crate) async fn end_all(connection: &mut AnyConnection, account: &AccountId) -> Result<u64, DoorsError> {
    let ended = query("DELETE FROM door_session WHERE account = $1").bind(account.as_str()).execute(connection).await?;
    Ok(ended.rows_affected())
}

impl Doors {
    /// The session of a secret, unless it has ended: one query. The moment it was last used is written at most once a minute.
    pub async fn session(&self, secret: &str, now: Timestamp) -> Result<Option<Session>, DoorsError> {
        let statement = format!(
            "SELECT s.id AS s_id, s.created AS s_created, s.seen AS s_seen, s.ends AS s_ends, {COLUMNS}, {} FROM door_session s \
             LEFT JOIN door_account a ON a.id = s.account LEFT JOIN door_invitation i ON i.id = s.invitation WHERE s.secret = $1",
            invitation::COLUMNS
        );
        let hashed = digest(secret);
        let Some(row) = query(statement).bind(hashed.as_str()).fetch_optional(&self.inner.readers).await? else {
            return Ok(None);
        };
        let Some((account, guest)) = holder(&self.inner.keys, &row, now)? else { return Ok(None) };
        let (seen, ends) = (number(&row, "s_seen")?, number(&row, "s_ends")?);
        let idle = self.rules.idle_of(account.role).as_millis() as i64;
        let at = millis(now);
        if at >= ends || at >= seen + idle {
            return Ok(None);
        }
        if at >= seen + EXACT {
            self.note(Note::Seen { secret: hashed, at }).await?;
        }
        let must_enrol = guest.is_none() && self.rules.must_enrol(&account);
        Ok(Some(Session {
            id: SessionId(text(&row, "s_id")?),
            account,
            guest,
            csrf: csrf(secret),
            created: moment(number(&row, "s_created")?),
            last_seen: moment(if at >= seen + EXACT { at } else { seen }),
            ends: moment(ends),
            must_enrol,
        }))
    }

    /// Gives a session another secret: the old one opens nothing from now on. `None`: it has ended.
    pub async fn renew(&self, secret: &str, now: Timestamp) -> Result<Option<Secret>, DoorsError> {
        if self.session(secret, now).await?.is_none() {
            return Ok(None);
        }
        let new = Secret::new(&self.inner.keys, "")?;
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        let put = query("UPDATE door_session SET secret = $2, seen = $3 WHERE secret = $1");
        let put = put.bind(digest(secret)).bind(digest(new.as_str())).bind(millis(now));
        // Of two that renew it at once, one holds it afterwards.
        let done = put.execute(&mut *writing).await?.rows_affected() == 1;
        writing.commit().await?;
        Ok(done.then_some(new))
    }

    /// Ends a session by its secret; whether there was one.
    pub async fn sign_out(&self, secret: &str, now: Timestamp) -> Result<bool, DoorsError> {
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        let of = query("SELECT account, invitation FROM door_session WHERE secret = $1").bind(digest(secret));
        let Some(row) = of.fetch_optional(&mut *writing).await? else { return Ok(false) };
        query("DELETE FROM door_session WHERE secret = $1").bind(digest(secret)).execute(&mut *writing).await?;
        let who = AccountId::new(text(&row, "account")? + &text(&row, "invitation")?);
        append(&self.inner, &mut writing, &[NewEntry::new(Event::SignedOut, now).of(&who).by(&who)]).await?;
        writing.commit().await?;
        Ok(true)
    }

    /// The sessions of an account that have not ended, the newest first.
    pub async fn sessions_of(&self, account: &AccountId, now: Timestamp) -> Result<Vec<SessionInfo>, DoorsError> {
        let Some(holder) = self.account(account).await? else { return Ok(Vec::new()) };
        let idle = self.rules.idle_of(holder.role).as_millis() as i64;
        let of = "SELECT * FROM door_session WHERE account = $1 AND ends > $2 AND seen > $3 ORDER BY created DESC, id";
        let of = query(of).bind(account.as_str()).bind(millis(now)).bind(millis(now) - idle);
        let rows = of.fetch_all(&self.inner.readers).await?;
        let info = |row: &AnyRow| {
            let id = text(row, "id")?;
            Ok(SessionInfo {
                created: moment(number(row, "created")?),
                last_seen: moment(number(row, "seen")?),
                ends: moment(number(row, "ends")?),
                from: self.inner.keys.open(&at_source(&id), &text(row, "source")?)?.to_string(),
                id: SessionId(id),
            })
        };
        rows.iter().map(info).collect()
    }

    /// Ends one session of an account by its id; whether there was one.
    pub async fn end_session(
        &self,
        account: &AccountId,
        id: &SessionId,
        by: &AccountId,
        now: Timestamp,
    ) -> Result<bool, DoorsError> {
        let statement =
            query("DELETE FROM door_session WHERE account = $1 AND id = $2").bind(account.as_str().to_owned());
        Ok(self.end(statement.bind(id.as_str().to_owned()), account, by, now).await? > 0)
    }

    /// Ends all sessions of an account but one; how many there were.
    pub async fn end_sessions(
        &self,
        account: &AccountId,
        but: Option<&SessionId>,
        by: &AccountId,
        now: Timestamp,
    ) -> Result<u64, DoorsError> {
        let statement =
            query("DELETE FROM door_session WHERE account = $1 AND id <> $2").bind(account.as_str().to_owned());
        self.end(statement.bind(but.map_or("", SessionId::as_str).to_owned()), account, by, now).await
    }

    async fn end(
        &self,
        statement: sqlx::query::Query<'static, sqlx::Any, sqlx::any::AnyArguments>,
        account: &AccountId,
        by: &AccountId,
        now: Timestamp,
    ) -> Result<u64, DoorsError> {
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        let ended = statement.execute(&mut *writing).await?.rows_affected();
        if ended > 0 {
            append(&self.inner, &mut writing, &[NewEntry::new(Event::SessionEnded, now).of(account).by(by)]).await?;
        }
        writing.commit().await?;
        Ok(ended)
    }
}

/// Who holds the session of a row, if they still may.
fn holder(keys: &Keys, row: &AnyRow, now: Timestamp) -> Result<Option<(Account, Option<InvitationId>)>, DoorsError> {
    if !text(row, "a_id")?.is_empty() {
        let account = read(keys, row)?;
        return Ok((account.status == Status::Active).then_some((account, None)));
    }
    let Some(invitation) = invitation::read(keys, row)? else { return Ok(None) };
    let (Some(case), true) = (invitation.case.clone(), invitation.stands(now)) else { return Ok(None) };
    let id = invitation.id.clone();
    Ok(Some((guest(invitation, case), Some(id))))
}

/// Who came by an invitation to a case.
pub(crate) fn guest(invitation: invitation::Invitation, case: CaseId) -> Account {
    Account {
        id: AccountId::new(invitation.id.as_str()),
        login: String::new(),
        name: invitation.name,
        email: invitation.email,
        role: invitation.role.unwrap_or(Role::Recipient),
        scope: Scope::Case(case),
        organisation: None,
        lang: invitation.lang,
        status: Status::Active,
        second_factor: false,
        created: invitation.created,
        last_sign_in: None,
    }
}
