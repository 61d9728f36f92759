//! What a browser carries while it is at the provider: sealed by the doors, for this browser and for ten minutes.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use axum::http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use oidc::Remembered;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::house::House;
use crate::http::csrf::same;
use crate::http::meet::{cookie, set_cookie};
use crate::problem::Problem;
use crate::who::Visitor;

/// How long somebody may take to sign in at the provider; and to find the code of their second factor.
const LONGEST: SignedDuration = SignedDuration::from_mins(10);
/// The longest path to go back to: a cookie has 4096 bytes, and paths of ours a few dozen.
const LONGEST_BACK: usize = 1024;
/// How many that came back are remembered.
const MOST: usize = 10_000;

/// What a browser was sent to the provider for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Purpose {
    /// To sign in, and go there afterwards.
    Enter { back: String },
    /// To join the identity to the account of this session.
    Join { session: String },
}

/// What it carries.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Carried {
    pub(super) remembered: Remembered,
    pub(super) purpose: Purpose,
    ends: Timestamp,
}

/// Over TLS it bears the prefix by which no other host can plant one (RFC 6265bis).
fn name(house: &House) -> &'static str {
    if house.installation.secure { "__Host-tongguan-oidc" } else { "tongguan-oidc" }
}

/// The place it opens in: what the forms of this visit or session carry nobody else has.
fn place(what: &str, visitor: &Visitor) -> String {
    format!("{what}/{}", visitor.csrf)
}

/// Seals something for a visitor to bring back soon.
pub(super) fn sealed<T: Serialize>(house: &House, visitor: &Visitor, what: &str, of: &T) -> Result<String, Problem> {
    let text = serde_json::to_string(of).map_err(|error| Problem::internal(&error))?;
    Ok(house.doors.seal_carried(&place(what, visitor), &text)?)
}

/// What a visitor brought back.
pub(super) fn opened<T: DeserializeOwned>(house: &House, visitor: &Visitor, what: &str, sealed: &str) -> Option<T> {
    serde_json::from_str(&house.doors.open_carried(&place(what, visitor), sealed)?).ok()
}

/// When what is sealed now ends.
pub(super) fn end(now: Timestamp) -> Timestamp {
    now + LONGEST
}

impl Carried {
    pub(super) fn new(remembered: Remembered, purpose: Purpose, now: Timestamp) -> Self {
        let purpose = match purpose {
            Purpose::Enter { back } if back.len() > LONGEST_BACK => Purpose::Enter { back: String::new() },
            purpose => purpose,
        };
        Self { remembered, purpose, ends: end(now) }
    }

    /// Gives it to the browser.
    pub(super) fn give(&self, house: &House, visitor: &Visitor, headers: &mut HeaderMap) -> Result<(), Problem> {
        let sealed = sealed(house, visitor, "oidc", self)?;
        set_cookie(house, headers, name(house), &sealed, Some(LONGEST.as_secs()));
        Ok(())
    }

    /// Takes it from the browser that brought this state back; none where it did not begin here, took too long, or was here already. What
    /// belongs to another beginning stays: an address that somebody else made ends nothing.
    pub(super) fn take(house: &House, visitor: &Visitor, headers: &HeaderMap, state: &str) -> Option<Self> {
        let carried: Self = opened(house, visitor, "oidc", cookie(headers, name(house))?)?;
        let now = house.now();
        let holds = same(&carried.remembered.state, state) && now < carried.ends;
        (holds && house.came_back.is_first(state, carried.ends, now)).then_some(carried)
    }

    /// Takes the cookie away.
    pub(super) fn clear(house: &House, headers: &mut HeaderMap) {
        set_cookie(house, headers, name(house), "", None);
    }
}

/// States that came back, until they would have ended: none is taken twice. Another process does not know them; there the provider refuses,
/// who takes no code twice either.
#[derive(Debug, Default)]
pub(crate) struct CameBack(Mutex<BTreeMap<String, Timestamp>>);

impl CameBack {
    fn is_first(&self, state: &str, ends: Timestamp, now: Timestamp) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, ends| *ends > now);
        // Whoever sends thousands on purpose must not keep others out.
        while known.len() >= MOST {
            known.pop_first();
        }
        known.insert(state.to_owned(), ends).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_comes_back_once_and_many_keep_nobody_out() {
        let (known, now) = (CameBack::default(), Timestamp::UNIX_EPOCH);
        assert!(known.is_first("one", end(now), now));
        assert!(!known.is_first("one", end(now), now));
        for nth in 0..MOST + 10 {
            assert!(known.is_first(&nth.to_string(), end(now), now));
        }
        assert!(known.0.lock().unwrap().len() <= MOST);
        let later = end(now);
        assert!(known.is_first("two", end(later), later));
        assert_eq!(known.0.lock().unwrap().len(), 1, "what has ended is forgotten");
    }
}
