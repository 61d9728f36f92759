//! Accounts in the database: making, changing, finding them.

use cases::{Role, Scope};
use database::{number, query, text};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::account::{self, Account, AccountFilter, AccountId, Change, Lang, NewAccount, Status, fits};
use crate::error::DoorsError;
use crate::house::{Doors, millis, moment};
use crate::keys::Keys;
use crate::organisation::{OrganisationId, of_account};
use crate::password;
use crate::record::{Event, NewEntry, append};
use crate::rules::Page;
use crate::session::end_all;

/// The columns an account is read from.
pub(crate) const COLUMNS: &str = "a.id AS a_id, a.person AS a_person, a.role AS a_role, a.scope AS a_scope, \
     a.organisation AS a_organisation, a.lang AS a_lang, a.status AS a_status, a.created AS a_created, \
     coalesce(a.last_sign_in, 0) AS a_last, CASE WHEN a.factor IS NULL THEN 0 ELSE 1 END AS a_factor";

/// What of an account is sealed.
#[derive(Serialize, Deserialize)]
pub(crate) struct Person {
    pub(crate) login: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) email: Option<String>,
}

fn at_person(id: &AccountId) -> String {
    format!("account/{id}/person")
}

pub(crate) fn at_password(id: &AccountId) -> String {
    format!("account/{id}/password")
}

pub(crate) fn seal_person(keys: &Keys, id: &AccountId, person: &Person) -> Result<String, DoorsError> {
    let plain = zeroize::Zeroizing::new(serde_json::json!(person).to_string());
    Ok(keys.seal(&at_person(id), &plain)?)
}

/// An account from [`COLUMNS`].
pub(crate) fn read(keys: &Keys, row: &AnyRow) -> Result<Account, DoorsError> {
    let id = AccountId::new(text(row, "a_id")?);
    let broken = || DoorsError::Sealed(at_person(&id));
    let person = keys.open(&at_person(&id), &text(row, "a_person")?)?;
    let person: Person = serde_json::from_str(&person).map_err(|_| broken())?;
    let scope: Scope = serde_json::from_str(&text(row, "a_scope")?).map_err(|_| broken())?;
    let some = |column| Ok::<_, DoorsError>(Some(text(row, column)?).filter(|text| !text.is_empty()));
    let last = number(row, "a_last")?;
    Ok(Account {
        login: person.login,
        name: person.name,
        email: person.email,
        role: Role::from_word(&text(row, "a_role")?).ok_or_else(broken)?,
        scope,
        organisation: some("a_organisation")?.map(OrganisationId::new),
        lang: some("a_lang")?.as_deref().and_then(Lang::from_word),
        status: Status::from_word(&text(row, "a_status")?),
        second_factor: number(row, "a_factor")? != 0,
        created: moment(number(row, "a_created")?),
        last_sign_in: (last != 0).then(|| moment(last)),
        id,
    })
}

/// An account, its row locked for whoever changes it.
pub(crate) async fn locked(
    doors: &Doors,
    connection: &mut AnyConnection,
    id: &AccountId,
) -> Result<Account, DoorsError> {
    let lock = doors.inner.dialect().lock("a");
    let of = query(format!("SELECT {COLUMNS} FROM door_account a WHERE a.id = $1{lock}")).bind(id.as_str());
    let row = of.fetch_optional(connection).await?.ok_or_else(|| DoorsError::NoAccount(id.clone()))?;
    read(&doors.inner.keys, &row)
}

fn scope_text(scope: &Scope) -> String {
    serde_json::json!(scope).to_string()
}

impl Doors {
    /// Whether there is no account yet, so that the first administrator may be set up.
    pub async fn is_new(&self) -> Result<bool, DoorsError> {
        Ok(query("SELECT id FROM door_account LIMIT 1").fetch_optional(&self.inner.readers).await?.is_none())
    }

    /// Makes the first account, an administrator that can sign in at once. Errors: there is an account already, whoever made it.
    pub async fn set_up(&self, new: NewAccount, password: &str, now: Timestamp) -> Result<Account, DoorsError> {
        let new = NewAccount { role: Role::Administrator, scope: Scope::All, ..new };
        password::check(password, &account::login(&new.login)?)?;
        let hashed = self.hasher.hash(&self.inner.keys, password).await?;
        let id = self.make(new, Some(&hashed), None, now).await?;
        self.account(&id).await?.ok_or(DoorsError::NoAccount(id))
    }

    /// Makes an account without a password: an invitation to it sets one ([`Doors::invite_to_account`]).
    ///
    /// Errors: the login is taken, role and scope do not go together, the organisation is not there.
    pub async fn create(&self, new: NewAccount, by: &AccountId, now: Timestamp) -> Result<Account, DoorsError> {
        let id = self.make(new, None, Some(by), now).await?;
        self.account(&id).await?.ok_or(DoorsError::NoAccount(id))
    }

    /// Makes an account; the first has a password and nobody who makes it.
    async fn make(
        &self,
        new: NewAccount,
        hashed: Option<&str>,
        by: Option<&AccountId>,
        now: Timestamp,
    ) -> Result<AccountId, DoorsError> {
        let keys = &self.inner.keys;
        let person = Person {
            login: account::login(&new.login)?,
            name: account::name(&new.name)?,
            email: account::email(new.email.as_deref())?,
        };
        fits(new.role, &new.scope)?;
        let id = AccountId::new(keys.new_id("a")?);
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        // Of two that make the first account one waits here, and then sees that it is not the first.
        let claim = "INSERT INTO door_setting (name, value) VALUES ('set-up', $1) ON CONFLICT (name) DO NOTHING";
        let first = query(claim).bind(id.as_str()).execute(&mut *writing).await?.rows_affected() == 1;
        if by.is_none() && !first {
            return Err(DoorsError::SetUp);
        }
        let organisation = of_account(&mut writing, &new.scope, new.organisation).await?;
        let status = if hashed.is_some() { Status::Active } else { Status::Invited };
        let put = "INSERT INTO door_account (id, login, person, role, scope, organisation, lang, status, password, created) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (login) DO NOTHING";
        let done = query(put)
            .bind(id.as_str())
            .bind(keys.tag("login", &person.login))
            .bind(seal_person(keys, &id, &person)?)
            .bind(new.role.word())
            .bind(scope_text(&new.scope))
            .bind(organisation.as_ref().map(OrganisationId::as_str))
            .bind(new.lang.map(Lang::word))
            .bind(status.word())
            .bind(hashed.map(|hashed| keys.seal(&at_password(&id), hashed)).transpose()?)
            .bind(millis(now))
            .execute(&mut *writing)
            .await?;
        if done.rows_affected() == 0 {
            return Err(DoorsError::LoginTaken);
        }
        let event = if by.is_none() { Event::SetUp } else { Event::AccountMade };
        let entry = NewEntry::new(event, now).of(&id).by(by.unwrap_or(&id)).what(new.role.word());
        append(&self.inner, &mut writing, &[entry]).await?;
        writing.commit().await?;
        Ok(id)
    }

    /// Changes an account. Where its rights become other ones, or it can no longer be used, its sessions end.
    ///
    /// Errors: role and scope do not go together, it is the last active administrator, it has no password to be active with.
    pub async fn change(
        &self,
        id: &AccountId,
        change: Change,
        by: &AccountId,
        now: Timestamp,
    ) -> Result<Account, DoorsError> {
        let keys = &self.inner.keys;
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        // Two changes that each leave one administrator must not both be made.
        let lock = self.inner.dialect().lock("s");
        query(format!("SELECT s.value FROM door_setting s WHERE s.name = 'set-up'{lock}"))
            .fetch_all(&mut *writing)
            .await?;
        let old = locked(self, &mut writing, id).await?;
        // Nothing of whom it was is put back.
        if old.status == Status::Forgotten || change.status == Some(Status::Forgotten) {
            return Err(DoorsError::NotActive(id.clone()));
        }
        let mut new = old.clone();
        if let Some(name) = change.name {
            new.name = account::name(&name)?;
        }
        if let Some(email) = change.email {
            new.email = account::email(email.as_deref())?;
        }
        new.role = change.role.unwrap_or(old.role);
        new.scope = change.scope.unwrap_or(new.scope);
        new.lang = change.lang.unwrap_or(old.lang);
        new.status = change.status.unwrap_or(old.status);
        fits(new.role, &new.scope)?;
        let moved = new.scope != old.scope || change.organisation.is_some();
        if moved {
            let named =
                change.organisation.unwrap_or_else(|| old.organisation.clone().filter(|_| new.scope == old.scope));
            new.organisation = of_account(&mut writing, &new.scope, named).await?;
        }
        let runs = |account: &Account| account.role == Role::Administrator && account.status == Status::Active;
        if runs(&old) && !runs(&new) {
            let others = "SELECT count(*) AS n FROM door_account WHERE role = 'administrator' AND status = 'active' AND id <> $1";
            if number(&query(others).bind(id.as_str()).fetch_one(&mut *writing).await?, "n")? == 0 {
                return Err(DoorsError::LastAdministrator);
            }
        }
        if new.status == Status::Active && old.status != Status::Active {
            let has = query("SELECT id FROM door_account WHERE id = $1 AND password IS NOT NULL").bind(id.as_str());
            if has.fetch_optional(&mut *writing).await?.is_none() {
                return Err(DoorsError::NotActive(id.clone()));
            }
        }
        let person = Person { login: new.login.clone(), name: new.name.clone(), email: new.email.clone() };
        query(
            "UPDATE door_account SET person = $2, role = $3, scope = $4, organisation = $5, lang = $6, status = $7 WHERE id = $1",
        )
        .bind(id.as_str())
        .bind(seal_person(keys, id, &person)?)
        .bind(new.role.word())
        .bind(scope_text(&new.scope))
        .bind(new.organisation.as_ref().map(OrganisationId::as_str))
        .bind(new.lang.map(Lang::word))
        .bind(new.status.word())
        .execute(&mut *writing)
        .await?;
        if (new.role, &new.scope) != (old.role, &old.scope) || new.status != Status::Active {
            end_all(&mut writing, id).await?;
        }
        append(
            &self.inner,
            &mut writing,
            &[NewEntry::new(Event::AccountChanged, now).of(id).by(by).what(told(&old, &new))],
        )
        .await?;
        writing.commit().await?;
        Ok(new)
    }

    /// An account.
    pub async fn account(&self, id: &AccountId) -> Result<Option<Account>, DoorsError> {
        self.one("a.id = $1", id.as_str()).await
    }

    /// The account with a login.
    pub async fn by_login(&self, login: &str) -> Result<Option<Account>, DoorsError> {
        let Ok(login) = account::login(login) else { return Ok(None) };
        self.one("a.login = $1", &self.inner.keys.tag("login", &login)).await
    }

    async fn one(&self, condition: &str, value: &str) -> Result<Option<Account>, DoorsError> {
        let of = query(format!("SELECT {COLUMNS} FROM door_account a WHERE {condition}")).bind(value);
        let row = of.fetch_optional(&self.inner.readers).await?;
        row.map(|row| read(&self.inner.keys, &row)).transpose()
    }

    /// Accounts in the order they were made, and how many there are in all.
    ///
    /// Names are sealed, so words are looked for here and not in the database: an installation has thousands of accounts at most.
    pub async fn accounts(&self, page: Page, filter: &AccountFilter) -> Result<(Vec<Account>, u64), DoorsError> {
        let of = query(format!("SELECT {COLUMNS} FROM door_account a ORDER BY a.created, a.id"));
        let words = filter.text.as_deref().map(str::to_lowercase);
        let mut found = Vec::new();
        for row in of.fetch_all(&self.inner.readers).await? {
            let account = read(&self.inner.keys, &row)?;
            let has = |words: &String| {
                let mut texts = [&account.login, &account.name].into_iter().chain(account.email.as_ref());
                texts.any(|text| text.to_lowercase().contains(words))
            };
            let fits = filter.role.is_none_or(|role| role == account.role)
                && filter.status.is_none_or(|status| status == account.status)
                && filter.organisation.as_ref().is_none_or(|of| account.organisation.as_ref() == Some(of))
                && words.as_ref().is_none_or(has);
            if fits {
                found.push(account);
            }
        }
        let all = found.len() as u64;
        Ok((found.into_iter().skip(page.skip as usize).take(page.most()).collect(), all))
    }
}

/// What changed, in words that name nobody.
fn told(old: &Account, new: &Account) -> String {
    let mut told = Vec::new();
    if old.role != new.role {
        told.push(format!("role {} to {}", old.role, new.role));
    }
    if old.status != new.status {
        told.push(format!("status {} to {}", old.status.word(), new.status.word()));
    }
    for (what, changed) in [
        ("scope", old.scope != new.scope),
        ("organisation", old.organisation != new.organisation),
        ("name", old.name != new.name),
        ("email", old.email != new.email),
        ("lang", old.lang != new.lang),
    ] {
        if changed {
            told.push(what.to_owned());
        }
    }
    told.join(", ")
}
