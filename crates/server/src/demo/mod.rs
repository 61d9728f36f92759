//! A made-up province at work: organisations, people and cases of the last year and a half, for those who want to look around.
//!
//! What happens stands in `script/`: who there is, what their data is, and what was done when, in days before today. Every step is taken
//! through the store by somebody who may take it, so nothing stands there that could not have happened. The same day gives the
//! same cases. Nobody and no organisation is real: the organisation codes within their credit codes do not hold.

mod answers;
mod course;
mod paper;
mod payload;
mod people;
mod release;
mod script;

use std::collections::BTreeMap;
use std::sync::Arc;

use cases::{Actor, CaseId, Role, Store, StoreError, World};
use doors::{AccountId, Doors, DoorsError, NewInvitation, Uses};
use futures::future::{join_all, try_join_all};
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan as _};
use thiserror::Error;

use crate::house::Signers;
use course::Course;
use script::Script;

/// The password of everybody in the demonstration.
pub const PASSWORD: &str = "a long enough password";
/// Days for which the links of the demonstration open.
const LINK_DAYS: i64 = 30;

/// Somebody of the demonstration.
#[derive(Debug, Clone)]
pub struct Persona {
    /// The account.
    pub account: AccountId,
    /// What is typed to sign in.
    pub login: String,
    /// The name.
    pub name: String,
    /// As what, and for which cases.
    pub actor: Actor,
    /// Where they work.
    pub organisation: Option<String>,
}

/// A link by which somebody without an account sees one case.
pub struct Link {
    /// The case.
    pub case: CaseId,
    /// As what.
    pub role: Role,
    /// Who is meant.
    pub name: String,
    /// The path of the link.
    pub path: String,
}

/// What there is to look at.
pub struct Demo {
    /// Everybody who can sign in, in the order of the script; all with [`PASSWORD`].
    pub people: Vec<Persona>,
    /// Links for guests.
    pub links: Vec<Link>,
    /// The cases, in the order of the script.
    pub cases: Vec<CaseId>,
}

/// Why there is no demonstration.
#[derive(Debug, Error)]
pub enum DemoError {
    /// The script cannot be read.
    #[error("demonstration: `{file}`: {what}")]
    Script {
        /// The file.
        file: &'static str,
        /// What is wrong.
        what: String,
    },
    /// A step was refused or names what is not there.
    #[error("demonstration: case `{case}`, `{step}` on {day}: {what}")]
    Step {
        /// The case, by its name in the script.
        case: String,
        /// The action.
        step: String,
        /// The day.
        day: Date,
        /// What is wrong.
        what: String,
    },
    /// Several steps, so that whoever writes the script sees all at once.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Steps(Vec<DemoError>),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The doors.
    #[error(transparent)]
    Doors(#[from] DoorsError),
}

/// Makes the demonstration as it stands at a moment, in an installation without accounts.
///
/// `signers` signs what offices permit. Errors: there is an account already; the law or the procedures are others than those the
/// script was written for, which a test holds.
pub async fn demo(
    store: &Store,
    doors: &Doors,
    world: &Arc<World<'static>>,
    now: Timestamp,
    signers: &Signers,
) -> Result<Demo, DemoError> {
    let script = Script::embedded()?;
    let people = people::make(doors, &script, now).await?;
    let today = Offset::constant(8).to_datetime(now).date();
    let course = Course { store, world, script: &script, people: &people, signers, now, today };
    // Cases wait for each other only where they write, and the store writes down together what waits.
    let lived = join_all(script.cases().map(|(handler, case)| course.live(handler, case))).await;
    let mut ids = Vec::new();
    let mut named: BTreeMap<&str, CaseId> = BTreeMap::new();
    let mut wrong = Vec::new();
    for ((_, case), lived) in script.cases().zip(lived) {
        match lived {
            Ok(None) => {}
            Ok(Some(id)) => {
                named.insert(&case.key, id.clone());
                ids.push(id);
            }
            Err(error) => wrong.push(error),
        }
    }
    if !wrong.is_empty() {
        return Err(DemoError::Steps(wrong));
    }
    let links = script.guests.iter().filter_map(|guest| Some((guest, named.get(guest.case.as_str())?)));
    let links = links.map(|(guest, case)| invite(doors, &people, guest, case, now));
    Ok(Demo { links: try_join_all(links).await?, people: people.personas(), cases: ids })
}

async fn invite(
    doors: &Doors,
    people: &people::People,
    guest: &script::Guest,
    case: &CaseId,
    now: Timestamp,
) -> Result<Link, DemoError> {
    let by = people
        .account(&guest.by)
        .ok_or_else(|| DemoError::Script { file: "people.toml", what: format!("there is nobody `{}`", guest.by) })?;
    let new = NewInvitation {
        case: case.clone(),
        role: guest.role,
        name: guest.name.clone(),
        email: guest.email.clone(),
        lang: Some(doors::Lang::En),
        ends: now + (24 * LINK_DAYS).hours(),
        uses: Uses::UntilRevoked,
    };
    let (secret, _) = doors.invite_to_case(&new, &by.id, now).await?;
    let path = format!("/invitation/{}", secret.as_str());
    Ok(Link { case: case.clone(), role: guest.role, name: guest.name.clone(), path })
}
