//! Who is sent mail: whoever has an account that can be used and an address, and did not say that they want none.

use cases::Actor;
use catalogue::Lang;
use doors::{AccountFilter, AccountId, Page, Status};
use post::Post;

use crate::house::House;
use crate::problem::Problem;

/// The name under which it is kept that somebody wants no mail.
const OFF: &str = "mail-off/";
/// Accounts read at once.
const AT_ONCE: u32 = 500;

/// Somebody who is sent mail.
pub(super) struct Person {
    pub(super) actor: Actor,
    pub(super) address: String,
    pub(super) lang: Lang,
}

/// Everybody who is sent mail.
pub(super) async fn all(house: &House, post: &Post) -> Result<Vec<Person>, Problem> {
    if !post.has_mail() {
        return Ok(Vec::new());
    }
    let off = post.notes(OFF).await?;
    let filter = AccountFilter { status: Some(Status::Active), ..AccountFilter::default() };
    let (mut people, mut skip) = (Vec::new(), 0);
    loop {
        let (some, _) = house.doors.accounts(Page { skip, most: AT_ONCE }, &filter).await?;
        if some.is_empty() {
            return Ok(people);
        }
        skip += some.len() as u32;
        for account in some {
            let wants = !off.contains_key(&format!("{OFF}{}", account.id));
            if let Some(address) = account.email.clone().filter(|_| wants) {
                let lang = account.lang.and_then(|lang| Lang::from_word(lang.word())).unwrap_or(Lang::Zh);
                people.push(Person { actor: account.actor(), address, lang });
            }
        }
    }
}

/// Whether somebody wants mail.
pub(crate) async fn wants_mail(post: &Post, id: &AccountId) -> Result<bool, Problem> {
    Ok(post.note(&format!("{OFF}{id}")).await?.is_none_or(|said| said.is_empty()))
}

/// Somebody says whether they want mail.
pub(crate) async fn set_mail(post: &Post, id: &AccountId, wanted: bool) -> Result<(), Problem> {
    Ok(post.set_note(&format!("{OFF}{id}"), if wanted { "" } else { "off" }).await?)
}
