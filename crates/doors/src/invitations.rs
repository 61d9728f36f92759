//! Invitations in the database: making, opening and revoking links.

use cases::{CaseId, Role, Scope};
use database::query;
use jiff::Timestamp;

use crate::account::{self, AccountId, Status, fits};
use crate::accounts::{at_password, locked};
use crate::error::DoorsError;
use crate::external::part_all;
use crate::house::{Doors, millis};
use crate::invitation::{COLUMNS, Invitation, InvitationId, Invited, NewInvitation, Person, Uses, at_person, read};
use crate::password;
use crate::record::{Event, NewEntry, append};
use crate::secret::{Secret, digest};
use crate::session::{Holder, end_all, guest, open};
use crate::sign_in::SignedIn;

impl Doors {
    /// A link by which the holder of an account sets a password: a new colleague's first, or one for whoever lost theirs. Links made
    /// before for the same account open nothing any more. The link opens once.
    pub async fn invite_to_account(
        &self,
        id: &AccountId,
        ends: Timestamp,
        by: &AccountId,
        now: Timestamp,
    ) -> Result<(Secret, InvitationId), DoorsError> {
        let account = self.account(id).await?.ok_or_else(|| DoorsError::NoAccount(id.clone()))?;
        if account.status.is_closed() {
            return Err(DoorsError::NotActive(id.clone()));
        }
        let person = Person { name: account.name, email: account.email, lang: account.lang };
        self.invite(&Invited::Account(id.clone()), &person, Uses::Once, ends, by, now).await
    }

    /// A link by which somebody without an account sees their part of one case: the recipient abroad, or an adviser. Whether the case is
    /// there and `by` may invite to it, the caller has asked before.
    pub async fn invite_to_case(
        &self,
        new: &NewInvitation,
        by: &AccountId,
        now: Timestamp,
    ) -> Result<(Secret, InvitationId), DoorsError> {
        if !matches!(new.role, Role::Recipient | Role::Adviser) {
            return Err(DoorsError::Scope { role: new.role, needs: "an account of its own" });
        }
        fits(new.role, &Scope::Case(new.case.clone()))?;
        let person =
            Person { name: account::name(&new.name)?, email: account::email(new.email.as_deref())?, lang: new.lang };
        self.invite(&Invited::Case(new.case.clone(), new.role), &person, new.uses, new.ends, by, now).await
    }

    async fn invite(
        &self,
        to: &Invited,
        person: &Person,
        uses: Uses,
        ends: Timestamp,
        by: &AccountId,
        now: Timestamp,
    ) -> Result<(Secret, InvitationId), DoorsError> {
        if ends <= now {
            return Err(DoorsError::Bad { field: "ends", what: "lies before now", zh: "早于现在" });
        }
        let keys = &self.inner.keys;
        let (secret, id) = (Secret::new(keys, "")?, InvitationId::new(keys.new_id("v")?));
        let (account, case, role) = match to {
            Invited::Account(account) => (Some(account.as_str()), None, None),
            Invited::Case(case, role) => (None, Some(case.as_str()), Some(role.word())),
        };
        let entry = NewEntry::new(Event::Invited, now).by(by).what(id.as_str());
        let entry = match to {
            Invited::Account(account) => entry.of(account),
            Invited::Case(case, _) => entry.case(case),
        };
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        if let Some(account) = account {
            let others =
                "UPDATE door_invitation SET revoked = $2 WHERE account = $1 AND revoked IS NULL AND used IS NULL";
            query(others).bind(account).bind(millis(now)).execute(&mut *writing).await?;
        }
        let put = "INSERT INTO door_invitation (secret, id, account, case_id, role, person, invited_by, once, created, ends) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        query(put)
            .bind(digest(secret.as_str()))
            .bind(id.as_str())
            .bind(account)
            .bind(case)
            .bind(role)
            .bind(keys.seal(&at_person(id.as_str()), &serde_json::json!(person).to_string())?)
            .bind(by.as_str())
            .bind(i64::from(uses == Uses::Once))
            .bind(millis(now))
            .bind(millis(ends))
            .execute(&mut *writing)
            .await?;
        append(&self.inner, &mut writing, &[entry]).await?;
        writing.commit().await?;
        Ok((secret, id))
    }

    /// The invitation of a link, as long as it opens.
    pub async fn invitation(&self, secret: &str, now: Timestamp) -> Result<Option<Invitation>, DoorsError> {
        let of = query(format!("SELECT {COLUMNS} FROM door_invitation i WHERE i.secret = $1")).bind(digest(secret));
        let Some(row) = of.fetch_optional(&self.inner.readers).await? else { return Ok(None) };
        Ok(read(&self.inner.keys, &row)?.filter(|invitation| invitation.opens(now)))
    }

    /// Takes up an invitation to an account: sets its password and lets its holder in. All older sessions of the account end. `None`: a
    /// second factor is set up, and since a link does not stand for both, its holder signs in with the new password and a code.
    pub async fn accept(
        &self,
        secret: &str,
        new: &str,
        from: &str,
        now: Timestamp,
    ) -> Result<Option<SignedIn>, DoorsError> {
        let keys = &self.inner.keys;
        let invitation = self.invitation(secret, now).await?.ok_or(DoorsError::NoInvitation)?;
        let id = invitation.account.clone().ok_or(DoorsError::NoInvitation)?;
        let account = self.account(&id).await?.ok_or_else(|| DoorsError::NoAccount(id.clone()))?;
        password::check(new, &account.login)?;
        let sealed = keys.seal(&at_password(&id), &self.hasher.hash(keys, new).await?)?;
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        if locked(self, &mut writing, &id).await?.status.is_closed() {
            return Err(DoorsError::NoInvitation);
        }
        self.take(&mut writing, secret, now).await?;
        let put = "UPDATE door_account SET password = $2, status = 'active' WHERE id = $1";
        query(put).bind(id.as_str()).bind(sealed).execute(&mut *writing).await?;
        end_all(&mut writing, &id).await?;
        // Who set the old password may have joined an identity of their own.
        let parted = part_all(&mut writing, &id).await?;
        let mut entries =
            vec![NewEntry::new(Event::InvitationTaken, now).of(&id).by(&id).what(invitation.id.as_str()).from(from)];
        entries.push(NewEntry::new(Event::PasswordChanged, now).of(&id).by(&id).from(from));
        if parted > 0 {
            entries.push(NewEntry::new(Event::ExternalChanged, now).of(&id).by(&id).what("parted"));
        }
        let mut opened = None;
        if !account.second_factor {
            entries.push(NewEntry::new(Event::SignedIn, now).of(&id).by(&id).what("invitation").from(from));
            let ends = now + self.rules.longest;
            opened = Some(open(&self.inner, &mut writing, &Holder::Account(&id), from, now, ends).await?);
            let put = query("UPDATE door_account SET last_sign_in = $2 WHERE id = $1").bind(id.as_str());
            put.bind(millis(now)).execute(&mut *writing).await?;
        }
        append(&self.inner, &mut writing, &entries).await?;
        writing.commit().await?;
        let account = account::Account { status: Status::Active, last_sign_in: Some(now), ..account };
        Ok(opened.map(|secret| SignedIn { secret, account }))
    }

    /// Takes up an invitation to a case: a session that sees that case alone, and ends with the invitation at the latest.
    pub async fn enter(&self, secret: &str, from: &str, now: Timestamp) -> Result<SignedIn, DoorsError> {
        let invitation = self.invitation(secret, now).await?.ok_or(DoorsError::NoInvitation)?;
        let case = invitation.case.clone().ok_or(DoorsError::NoInvitation)?;
        let ends = (now + self.rules.longest).min(invitation.ends);
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        self.take(&mut writing, secret, now).await?;
        let opened = open(&self.inner, &mut writing, &Holder::Guest(&invitation.id), from, now, ends).await?;
        let account = guest(invitation, case.clone());
        let entry = NewEntry::new(Event::InvitationTaken, now).of(&account.id).by(&account.id).case(&case).from(from);
        append(&self.inner, &mut writing, &[entry]).await?;
        writing.commit().await?;
        Ok(SignedIn { secret: opened, account })
    }

    /// Uses a link, in the transaction of what it opens: of two at once, one does where it opens once.
    async fn take(&self, writing: &mut sqlx::AnyConnection, secret: &str, now: Timestamp) -> Result<(), DoorsError> {
        let put = "UPDATE door_invitation SET used = $2 WHERE secret = $1 AND revoked IS NULL AND ends > $2 AND (once = 0 OR used IS NULL)";
        let done = query(put).bind(digest(secret)).bind(millis(now)).execute(writing).await?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(DoorsError::NoInvitation) }
    }

    /// The invitations to a case, the newest first, with those that ended and were revoked.
    pub async fn invitations_to(&self, case: &CaseId) -> Result<Vec<Invitation>, DoorsError> {
        let of = format!("SELECT {COLUMNS} FROM door_invitation i WHERE i.case_id = $1 ORDER BY i.created DESC, i.id");
        let rows = query(of).bind(case.as_str()).fetch_all(&self.inner.readers).await?;
        rows.iter().filter_map(|row| read(&self.inner.keys, row).transpose()).collect()
    }

    /// Revokes an invitation, and ends the sessions that were opened by it.
    pub async fn revoke_invitation(&self, id: &InvitationId, by: &AccountId, now: Timestamp) -> Result<(), DoorsError> {
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        let put = query("UPDATE door_invitation SET revoked = $2 WHERE id = $1 AND revoked IS NULL").bind(id.as_str());
        if put.bind(millis(now)).execute(&mut *writing).await?.rows_affected() != 1 {
            return Err(DoorsError::NoSuch { what: "invitation", id: id.to_string() });
        }
        query("DELETE FROM door_session WHERE invitation = $1").bind(id.as_str()).execute(&mut *writing).await?;
        append(&self.inner, &mut writing, &[NewEntry::new(Event::InvitationRevoked, now).by(by).what(id.as_str())])
            .await?;
        Ok(writing.commit().await?)
    }
}
