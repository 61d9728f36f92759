//! The second factor: begun, confirmed with a code, taken away.

use database::{number, query, text};
use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::account::AccountId;
use crate::accounts::locked;
use crate::error::DoorsError;
use crate::house::Doors;
use crate::record::{Event, NewEntry, append};
use crate::recovery;
use crate::secret::Secret;
use crate::throttle::passed;
use crate::totp;

/// A second factor that is not confirmed yet.
#[derive(Debug)]
pub struct NewFactor {
    /// The secret in base 32, to be typed into an authenticator app.
    pub secret: Zeroizing<String>,
    /// The same as an address, for a picture that the app reads.
    pub otpauth: Zeroizing<String>,
}

pub(crate) fn at_factor(id: &AccountId) -> String {
    format!("account/{id}/factor")
}

impl Doors {
    /// Makes the secret of a second factor. It counts once a code of it was given; until then the old one does, where there is one.
    ///
    /// `issuer` is what the app shows as the name of the installation.
    pub async fn begin_second_factor(&self, id: &AccountId, issuer: &str) -> Result<NewFactor, DoorsError> {
        let keys = &self.inner.keys;
        let secret = Zeroizing::new(totp::base32(&keys.random::<{ totp::SECRET }>()?));
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        let account = locked(self, &mut writing, id).await?;
        let put = query("UPDATE door_account SET factor_new = $2 WHERE id = $1").bind(id.as_str());
        put.bind(keys.seal(&at_factor(id), &secret)?).execute(&mut *writing).await?;
        writing.commit().await?;
        let (issuer, login) = (escape(issuer), escape(&account.login));
        let otpauth = format!(
            "otpauth://totp/{issuer}:{login}?secret={}&issuer={issuer}&algorithm=SHA1&digits=6&period=30",
            &*secret
        );
        Ok(NewFactor { secret, otpauth: Zeroizing::new(otpauth) })
    }

    /// Confirms the second factor that was begun with a code of it; ten codes of recovery, each good once, shown now and never again.
    /// All sessions of the account but the one named end.
    pub async fn confirm_second_factor(
        &self,
        id: &AccountId,
        code: &str,
        stays: Option<&crate::session::SessionId>,
        from: &str,
        now: Timestamp,
    ) -> Result<Vec<Secret>, DoorsError> {
        let account = self.account(id).await?.ok_or_else(|| DoorsError::NoAccount(id.clone()))?;
        let subjects = self.attempt(&account.login, from, now).await.map_err(crate::SignInRefused::into_error)?;
        let keys = &self.inner.keys;
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        let lock = self.inner.dialect().lock("a");
        let of = query(format!("SELECT a.factor_new FROM door_account a WHERE a.id = $1{lock}")).bind(id.as_str());
        let sealed = text(&of.fetch_one(&mut *writing).await?, "factor_new")?;
        if sealed.is_empty() {
            return Err(DoorsError::Factor("was not begun: begin it first"));
        }
        let secret = keys.open(&at_factor(id), &sealed)?;
        let bytes = totp::from_base32(&secret).ok_or_else(|| DoorsError::Sealed(at_factor(id)))?;
        let step = totp::step_of(&bytes, code.trim(), now, 0).ok_or(DoorsError::Wrong)?;
        let put = query("UPDATE door_account SET factor = factor_new, factor_new = NULL, step = $2 WHERE id = $1");
        put.bind(id.as_str()).bind(step).execute(&mut *writing).await?;
        let codes = recovery::make(&self.inner, &mut writing, id).await?;
        let others = query("DELETE FROM door_session WHERE account = $1 AND id <> $2").bind(id.as_str());
        others.bind(stays.map_or("", crate::session::SessionId::as_str)).execute(&mut *writing).await?;
        passed(&mut writing, &subjects, false).await?;
        append(&self.inner, &mut writing, &[NewEntry::new(Event::FactorOn, now).of(id).by(id).from(from)]).await?;
        writing.commit().await?;
        Ok(codes)
    }

    /// New codes of recovery in the place of the old ones.
    pub async fn renew_recovery_codes(&self, id: &AccountId, now: Timestamp) -> Result<Vec<Secret>, DoorsError> {
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        if !locked(self, &mut writing, id).await?.second_factor {
            return Err(DoorsError::Factor("is not set up: begin it first"));
        }
        let codes = recovery::make(&self.inner, &mut writing, id).await?;
        append(&self.inner, &mut writing, &[NewEntry::new(Event::RecoveryMade, now).of(id).by(id)]).await?;
        writing.commit().await?;
        Ok(codes)
    }

    /// How many codes of recovery are left.
    pub async fn recovery_codes_left(&self, id: &AccountId) -> Result<u64, DoorsError> {
        let of = query("SELECT count(*) AS n FROM door_recovery WHERE account = $1").bind(id.as_str());
        Ok(number(&of.fetch_one(&self.inner.readers).await?, "n")? as u64)
    }

    /// Takes the second factor away, with its codes of recovery: for its holder, or by an administrator for one who lost it. Where it is
    /// another who does it, all sessions of the account end.
    pub async fn remove_second_factor(&self, id: &AccountId, by: &AccountId, now: Timestamp) -> Result<(), DoorsError> {
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        if !locked(self, &mut writing, id).await?.second_factor {
            return Err(DoorsError::Factor("is not set up"));
        }
        for statement in [
            "UPDATE door_account SET factor = NULL, factor_new = NULL WHERE id = $1",
            "DELETE FROM door_recovery WHERE account = $1",
        ] {
            query(statement).bind(id.as_str()).execute(&mut *writing).await?;
        }
        if by != id {
            crate::session::end_all(&mut writing, id).await?;
        }
        append(&self.inner, &mut writing, &[NewEntry::new(Event::FactorOff, now).of(id).by(by)]).await?;
        Ok(writing.commit().await?)
    }
}

/// A text as it stands in an address.
fn escape(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
