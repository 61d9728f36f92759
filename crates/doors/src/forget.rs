//! Forgetting somebody who left (PIPL art 47): what names them goes, what their account did stays.

use database::query;
use jiff::Timestamp;

use crate::account::{Account, AccountId, Status};
use crate::accounts::{Person, locked, seal_person};
use crate::error::DoorsError;
use crate::house::Doors;
use crate::record::{Event, NewEntry, append};
use crate::session::end_all;

impl Doors {
    /// Deletes the login, name, e-mail address, password, second factor, joined identities, tokens and invitations of a closed account.
    ///
    /// Its id, role and scope stay, for the record and the cases in which it stands; nobody can use it again. Backups made before still
    /// hold what was deleted. Errors: there is no such account, it was not closed before.
    pub async fn forget(&self, id: &AccountId, by: &AccountId, now: Timestamp) -> Result<Account, DoorsError> {
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        let old = locked(self, &mut writing, id).await?;
        if old.status != Status::Disabled {
            return Err(DoorsError::NotClosed(id.clone()));
        }
        let nobody = Person { login: String::new(), name: String::new(), email: None };
        let put = "UPDATE door_account SET login = $2, person = $3, status = $4, password = NULL, factor = NULL, factor_new = NULL, \
                   lang = NULL WHERE id = $1";
        query(put)
            .bind(id.as_str())
            // No keyed digest looks like this: the login is free for somebody else.
            .bind(format!("forgotten/{id}"))
            .bind(seal_person(&self.inner.keys, id, &nobody)?)
            .bind(Status::Forgotten.word())
            .execute(&mut *writing)
            .await?;
        end_all(&mut writing, id).await?;
        for table in ["door_recovery", "door_external", "door_token", "door_invitation"] {
            let delete = format!("DELETE FROM {table} WHERE account = $1");
            query(delete).bind(id.as_str()).execute(&mut *writing).await?;
        }
        append(&self.inner, &mut writing, &[NewEntry::new(Event::AccountForgotten, now).of(id).by(by)]).await?;
        writing.commit().await?;
        pen.clean("door_account, door_recovery, door_external, door_token, door_invitation, door_session").await?;
        let (login, name) = (nobody.login, nobody.name);
        Ok(Account { login, name, email: None, lang: None, status: Status::Forgotten, second_factor: false, ..old })
    }
}
