//! Identities of other providers (OpenID Connect): whose account a subject of an issuer is. The exchange with the provider is the
//! server's.

use database::{number, query};
use jiff::Timestamp;
use sqlx::AnyConnection;

use crate::account::{Account, AccountId, Status};
use crate::accounts::{COLUMNS, locked, read};
use crate::error::DoorsError;
use crate::house::Doors;
use crate::record::{Event, NewEntry, append};
use crate::sign_in::{Opening, SignInRefused, SignedIn};

/// An identity at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct External {
    /// The provider's address.
    pub issuer: String,
    /// Its name for who it is; kept as a keyed digest only.
    pub subject: String,
}

/// Takes all identities from an account, in the transaction of what took them; how many there were.
pub(crate) async fn part_all(connection: &mut AnyConnection, id: &AccountId) -> Result<u64, DoorsError> {
    let gone = query("DELETE FROM door_external WHERE account = $1").bind(id.as_str()).execute(connection).await?;
    Ok(gone.rows_affected())
}

impl Doors {
    /// Lets the holder of an identity in, whom its provider has made sure of. The provider stands for the password and for nothing else: where
    /// the account has a second factor its code is asked for, and where the rules ask for one that is not set up, the session can do
    /// nothing else first. `None`: the identity belongs to no account.
    pub async fn sign_in_external(
        &self,
        external: &External,
        code: Option<&str>,
        from: &str,
        now: Timestamp,
    ) -> Result<Option<SignedIn>, SignInRefused> {
        let refused = |what: &str| NewEntry::new(Event::Refused, now).what(what).from(from);
        let Some(account) = self.by_external(external).await? else {
            self.record(refused("identity of nobody")).await?;
            return Ok(None);
        };
        let id = &account.id;
        let Some(known) = self.known("a.id = $1", id.as_str()).await? else { return Ok(None) };
        if known.account.status != Status::Active {
            self.record(refused("disabled").of(id)).await?;
            return Err(SignInRefused::Disabled);
        }
        let code = code.map(str::trim).filter(|code| !code.is_empty());
        // Only a code can be guessed at: what the provider said cannot.
        let subjects = match (&known.factor, code) {
            (None, _) => None,
            (Some(_), None) => return Err(SignInRefused::CodeNeeded),
            (Some(_), Some(_)) => Some(self.attempt(&known.account.login, from, now).await?),
        };
        let opening = Opening { how: "identity provider", outdated: None, subjects: subjects.as_ref() };
        match self.let_in(&known, code, opening, from, now).await? {
            Some(signed_in) => Ok(Some(signed_in)),
            None => {
                self.record(refused("code").of(id)).await?;
                Err(SignInRefused::Wrong)
            }
        }
    }

    /// How many identities of an issuer are joined to an account.
    pub async fn externals_of(&self, id: &AccountId, issuer: &str) -> Result<u64, DoorsError> {
        let of = query("SELECT count(*) AS n FROM door_external WHERE account = $1 AND issuer = $2");
        let row = of.bind(id.as_str()).bind(issuer).fetch_one(&self.inner.readers).await?;
        Ok(number(&row, "n")? as u64)
    }

    /// The account an identity belongs to. Letting its holder in is [`Doors::sign_in_external`].
    pub async fn by_external(&self, external: &External) -> Result<Option<Account>, DoorsError> {
        let of = format!(
            "SELECT {COLUMNS} FROM door_external e JOIN door_account a ON a.id = e.account WHERE e.issuer = $1 AND e.subject = $2"
        );
        let of = query(of).bind(external.issuer.as_str()).bind(self.subject(external));
        of.fetch_optional(&self.inner.readers).await?.map(|row| read(&self.inner.keys, &row)).transpose()
    }

    /// Joins an identity to an account. Errors: it belongs to another.
    pub async fn join_external(
        &self,
        id: &AccountId,
        external: &External,
        by: &AccountId,
        now: Timestamp,
    ) -> Result<(), DoorsError> {
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        locked(self, &mut writing, id).await?;
        let put = "INSERT INTO door_external (issuer, subject, account) VALUES ($1, $2, $3) ON CONFLICT (issuer, subject) DO NOTHING";
        let put = query(put).bind(external.issuer.as_str()).bind(self.subject(external)).bind(id.as_str());
        if put.execute(&mut *writing).await?.rows_affected() != 1 {
            return Err(DoorsError::ExternalTaken);
        }
        let entry = NewEntry::new(Event::ExternalChanged, now).of(id).by(by).what("joined");
        append(&self.inner, &mut writing, &[entry]).await?;
        Ok(writing.commit().await?)
    }

    /// Takes all identities of an issuer from an account; how many there were.
    pub async fn part_external(
        &self,
        id: &AccountId,
        issuer: &str,
        by: &AccountId,
        now: Timestamp,
    ) -> Result<u64, DoorsError> {
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        let gone = query("DELETE FROM door_external WHERE account = $1 AND issuer = $2").bind(id.as_str()).bind(issuer);
        let gone = gone.execute(&mut *writing).await?.rows_affected();
        if gone > 0 {
            let entry = NewEntry::new(Event::ExternalChanged, now).of(id).by(by).what("parted");
            append(&self.inner, &mut writing, &[entry]).await?;
        }
        writing.commit().await?;
        Ok(gone)
    }

    fn subject(&self, external: &External) -> String {
        self.inner.keys.tag("external", &format!("{}\0{}", external.issuer, external.subject))
    }
}
