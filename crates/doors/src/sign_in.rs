//! Signing in: password, second factor, and as little said as can be to whoever is refused.

use database::{number, query, text};
use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::account::{Account, AccountId, Status};
use crate::accounts::{COLUMNS, at_password, read};
use crate::error::DoorsError;
use crate::house::{Doors, millis};
use crate::password::Held;
use crate::record::{Event, NewEntry, append};
use crate::recovery;
use crate::second_factor::at_factor;
use crate::secret::Secret;
use crate::session::{Holder, open};
use crate::throttle::{Subjects, attempt, passed};
use crate::totp;

/// Who came in.
#[derive(Debug)]
pub struct SignedIn {
    /// What their requests carry from now on; kept nowhere here.
    pub secret: Secret,
    /// Who it is.
    pub account: Account,
}

/// Why somebody did not come in.
#[derive(Debug, thiserror::Error)]
pub enum SignInRefused {
    /// Login, password or code is wrong; which, is not said.
    #[error("login, password or code is wrong")]
    Wrong,
    /// The password is right, and a code is asked for.
    #[error("a code of the second factor is needed")]
    CodeNeeded,
    /// Too many wrong ones, of this login or from there.
    #[error("too many attempts: wait until {until}")]
    Throttled {
        /// From when on it may be tried again.
        until: Timestamp,
    },
    /// The password is right, and the account is closed.
    #[error("this account is closed: ask an administrator")]
    Disabled,
    /// The machine or the database.
    #[error(transparent)]
    Failed(#[from] DoorsError),
}

impl SignInRefused {
    /// A stable word for it, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Wrong => "wrong-login-or-password",
            Self::CodeNeeded => "code-needed",
            Self::Throttled { .. } => "too-many-attempts",
            Self::Disabled => "account-disabled",
            Self::Failed(error) => error.code(),
        }
    }

    /// The same in both languages.
    pub fn text(&self) -> law::Text {
        let zh = match self {
            Self::Wrong => "登录名、密码或验证码不正确".to_owned(),
            Self::CodeNeeded => "请输入第二验证因素的验证码".to_owned(),
            Self::Throttled { until } => format!("尝试次数过多：请等到 {until}"),
            Self::Disabled => "该账户已停用：请联系管理员".to_owned(),
            Self::Failed(error) => return error.text(),
        };
        law::Text::new(zh, self.to_string())
    }
}

impl From<sqlx::Error> for SignInRefused {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<database::DatabaseError> for SignInRefused {
    fn from(error: database::DatabaseError) -> Self {
        Self::Failed(error.into())
    }
}

/// What is known of an account before it is let in.
pub(crate) struct Known {
    pub(crate) account: Account,
    /// Its password's string as it is sealed, which tells whether it was changed meanwhile.
    pub(crate) sealed: String,
    pub(crate) hashed: Option<Zeroizing<String>>,
    pub(crate) factor: Option<Zeroizing<String>>,
    step: i64,
}

/// By what somebody is let in.
pub(crate) struct Opening<'a> {
    /// As the record has it.
    pub(crate) how: &'static str,
    /// The password hashed anew, where it was hashed under other parameters.
    pub(crate) outdated: Option<&'a str>,
    /// Whose attempts have succeeded, where one was counted.
    pub(crate) subjects: Option<&'a Subjects>,
}

impl Doors {
    /// Lets somebody in who knows login and password, and the code where one is asked for: one of the second factor or one of
    /// recovery.
    ///
    /// `from` is the source address. A login that is not there is refused in the same words and after the same work as a wrong
    /// password.
    pub async fn sign_in(
        &self,
        login: &str,
        password: &str,
        code: Option<&str>,
        from: &str,
        now: Timestamp,
    ) -> Result<SignedIn, SignInRefused> {
        let keys = &self.inner.keys;
        let login = login.trim().to_lowercase();
        let subjects = self.attempt(&login, from, now).await?;
        let known = self.known("a.login = $1", &keys.tag("login", &login)).await?;
        let hashed = known.as_ref().and_then(|known| known.hashed.as_deref().map(String::as_str));
        let held = self.hasher.holds(keys, password, hashed).await?;
        let refused = |known: Option<&Known>, what: &str| {
            let entry = NewEntry::new(Event::Refused, now).what(what).from(from);
            match known {
                Some(known) => entry.of(&known.account.id),
                None => entry,
            }
        };
        let known = match known {
            Some(known) if held != Held::No && known.account.status != Status::Invited => known,
            other => {
                self.record(refused(other.as_ref(), "password")).await?;
                return Err(SignInRefused::Wrong);
            }
        };
        if known.account.status.is_closed() {
            self.record(refused(Some(&known), "disabled")).await?;
            return Err(SignInRefused::Disabled);
        }
        let code = code.map(str::trim).filter(|code| !code.is_empty());
        if known.factor.is_some() && code.is_none() {
            let mut pen = self.inner.pen().await;
            let mut writing = pen.begin().await?;
            passed(&mut writing, &subjects, false).await?;
            writing.commit().await?;
            return Err(SignInRefused::CodeNeeded);
        }
        let outdated = match held {
            Held::Outdated => {
                let hashed = self.hasher.hash(keys, password).await?;
                Some(keys.seal(&at_password(&known.account.id), &hashed).map_err(DoorsError::from)?)
            }
            _ => None,
        };
        let opening = Opening { how: "password", outdated: outdated.as_deref(), subjects: Some(&subjects) };
        match self.let_in(&known, code, opening, from, now).await? {
            Some(signed_in) => Ok(signed_in),
            None => {
                self.record(refused(Some(&known), "code")).await?;
                Err(SignInRefused::Wrong)
            }
        }
    }

    /// The last step, in one transaction. `None`: the code is wrong, or the account is no longer what it was.
    pub(crate) async fn let_in(
        &self,
        known: &Known,
        code: Option<&str>,
        opening: Opening<'_>,
        from: &str,
        now: Timestamp,
    ) -> Result<Option<SignedIn>, DoorsError> {
        let id = &known.account.id;
        let mut entries = Vec::new();
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        if let Some(factor) = &known.factor {
            match self.take_code(&mut writing, id, (factor, known.step), code.unwrap_or_default(), now).await? {
                Some(entry) => entries.extend(entry),
                None => return Ok(None),
            }
        }
        // Whoever was closed, or got another password, while this was worked out, stays out.
        let put = query(
            "UPDATE door_account SET last_sign_in = $2, password = $4 WHERE id = $1 AND status = 'active' AND password = $3",
        );
        let put = put.bind(id.as_str()).bind(millis(now)).bind(known.sealed.as_str());
        if put.bind(opening.outdated.unwrap_or(&known.sealed)).execute(&mut *writing).await?.rows_affected() != 1 {
            return Ok(None);
        }
        if let Some(subjects) = opening.subjects {
            passed(&mut writing, subjects, true).await?;
        }
        let secret = open(&self.inner, &mut writing, &Holder::Account(id), from, now, now + self.rules.longest).await?;
        entries.push(NewEntry::new(Event::SignedIn, now).of(id).by(id).what(opening.how).from(from));
        append(&self.inner, &mut writing, &entries).await?;
        writing.commit().await?;
        let account = Account { last_sign_in: Some(now), ..known.account.clone() };
        Ok(Some(SignedIn { secret, account }))
    }

    /// Takes a code, so that it is never taken again; what has to be recorded of that. `None`: it is wrong.
    pub(crate) async fn take_code(
        &self,
        writing: &mut sqlx::AnyConnection,
        id: &AccountId,
        (factor, step): (&str, i64),
        code: &str,
        now: Timestamp,
    ) -> Result<Option<Option<NewEntry>>, DoorsError> {
        let secret = totp::from_base32(factor).ok_or_else(|| DoorsError::Sealed(at_factor(id)))?;
        if let Some(step) = totp::step_of(&secret, code, now, step) {
            let put =
                query("UPDATE door_account SET step = $2 WHERE id = $1 AND step < $2").bind(id.as_str()).bind(step);
            let taken = put.execute(writing).await?.rows_affected() == 1;
            return Ok(taken.then_some(None));
        }
        let used = recovery::take(&self.inner, writing, id, code).await?;
        Ok(used.then(|| Some(NewEntry::new(Event::RecoveryUsed, now).of(id).by(id))))
    }

    /// Lets somebody in whom another has made sure of: who set the installation up, or the demonstration. `how` is put into the record.
    /// Whoever comes by an identity provider comes by [`Doors::sign_in_external`], which asks for the second factor.
    pub async fn admit(&self, id: &AccountId, how: &str, from: &str, now: Timestamp) -> Result<SignedIn, DoorsError> {
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        let put = query("UPDATE door_account SET last_sign_in = $2 WHERE id = $1 AND status = 'active'");
        if put.bind(id.as_str()).bind(millis(now)).execute(&mut *writing).await?.rows_affected() != 1 {
            return Err(DoorsError::NotActive(id.clone()));
        }
        let row = query(format!("SELECT {COLUMNS} FROM door_account a WHERE a.id = $1")).bind(id.as_str());
        let account = read(&self.inner.keys, &row.fetch_one(&mut *writing).await?)?;
        let secret = open(&self.inner, &mut writing, &Holder::Account(id), from, now, now + self.rules.longest).await?;
        append(&self.inner, &mut writing, &[NewEntry::new(Event::SignedIn, now).of(id).by(id).what(how).from(from)])
            .await?;
        writing.commit().await?;
        Ok(SignedIn { secret, account })
    }

    /// Counts an attempt, or says how long to wait.
    pub(crate) async fn attempt(&self, login: &str, from: &str, now: Timestamp) -> Result<Subjects, SignInRefused> {
        let subjects = Subjects::new(&self.inner, login, from);
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        let wait = attempt(&self.inner, &mut writing, &subjects, now).await?;
        match wait {
            Some(until) => Err(SignInRefused::Throttled { until }),
            None => {
                writing.commit().await?;
                Ok(subjects)
            }
        }
    }

    /// An account with what it is let in by.
    pub(crate) async fn known(&self, condition: &str, value: &str) -> Result<Option<Known>, DoorsError> {
        let keys = &self.inner.keys;
        let of = format!("SELECT {COLUMNS}, a.password, a.factor, a.step FROM door_account a WHERE {condition}");
        let Some(row) = query(of).bind(value).fetch_optional(&self.inner.readers).await? else { return Ok(None) };
        let account = read(keys, &row)?;
        let (sealed, factor) = (text(&row, "password")?, text(&row, "factor")?);
        let opened =
            |at: String, sealed: &str| if sealed.is_empty() { Ok(None) } else { keys.open(&at, sealed).map(Some) };
        Ok(Some(Known {
            hashed: opened(at_password(&account.id), &sealed)?,
            factor: opened(at_factor(&account.id), &factor)?,
            step: number(&row, "step")?,
            sealed,
            account,
        }))
    }

    /// Records one entry by itself.
    pub(crate) async fn record(&self, entry: NewEntry) -> Result<(), DoorsError> {
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        append(&self.inner, &mut writing, &[entry]).await?;
        Ok(writing.commit().await?)
    }
}

impl SignInRefused {
    /// The same for one who is in already.
    pub(crate) fn into_error(self) -> DoorsError {
        match self {
            Self::Throttled { until } => DoorsError::Throttled { until },
            Self::Failed(error) => error,
            Self::Wrong | Self::CodeNeeded | Self::Disabled => DoorsError::Wrong,
        }
    }
}
