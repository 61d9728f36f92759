//! Another password, by its holder.

use database::query;
use jiff::Timestamp;

use crate::account::AccountId;
use crate::accounts::at_password;
use crate::error::DoorsError;
use crate::house::Doors;
use crate::password::{self, Held};
use crate::record::{Event, NewEntry, append};
use crate::session::{SessionId, end_all};
use crate::sign_in::SignInRefused;
use crate::throttle::passed;

impl Doors {
    /// Sets another password for its holder, who has to know the old one. All its other sessions end; the one named stays.
    pub async fn change_password(
        &self,
        id: &AccountId,
        (old, new): (&str, &str),
        stays: Option<&SessionId>,
        from: &str,
        now: Timestamp,
    ) -> Result<(), DoorsError> {
        let keys = &self.inner.keys;
        let known = self.known("a.id = $1", id.as_str()).await?.ok_or_else(|| DoorsError::NoAccount(id.clone()))?;
        let subjects = self.attempt(&known.account.login, from, now).await.map_err(SignInRefused::into_error)?;
        password::check(new, &known.account.login)?;
        let hashed = known.hashed.as_deref().map(String::as_str);
        if self.hasher.holds(keys, old, hashed).await? == Held::No {
            self.record(NewEntry::new(Event::Refused, now).of(id).what("password change").from(from)).await?;
            return Err(DoorsError::Wrong);
        }
        let sealed = keys.seal(&at_password(id), &self.hasher.hash(keys, new).await?)?;
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        let put = query("UPDATE door_account SET password = $3 WHERE id = $1 AND password = $2").bind(id.as_str());
        let put = put.bind(known.sealed.as_str()).bind(sealed);
        if put.execute(&mut *writing).await?.rows_affected() != 1 {
            return Err(DoorsError::Wrong);
        }
        match stays {
            None => end_all(&mut writing, id).await?,
            Some(stays) => {
                let others = query("DELETE FROM door_session WHERE account = $1 AND id <> $2").bind(id.as_str());
                others.bind(stays.as_str()).execute(&mut *writing).await?.rows_affected()
            }
        };
        passed(&mut writing, &subjects, true).await?;
        append(&self.inner, &mut writing, &[NewEntry::new(Event::PasswordChanged, now).of(id).by(id).from(from)])
            .await?;
        Ok(writing.commit().await?)
    }
}
