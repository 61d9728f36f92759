//! A request to take an action, and what it became.

use std::sync::Arc;

use evidence::NoteSigner;
use jiff::Timestamp;

use super::error::StoreError;
use crate::act::Acting;
use crate::payload::{Payload, Recorded};
use crate::refusal::Refusal;
use crate::terms::{ActionId, Actor, CaseId, RequestId, Version};

/// The first action of every case.
const OPEN: &str = "open";

/// A request to take an action.
#[derive(Clone)]
pub struct Request {
    /// The case; for `open` the new one's id ([`super::Store::new_case_id`]).
    pub case: CaseId,
    /// The action.
    pub action: ActionId,
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// The version the actor has seen; of a new case 0.
    pub seen: Version,
    /// The caller's own name for this request: sent again under it, it is answered with what it became.
    pub request: Option<RequestId>,
    /// What it takes along.
    pub payload: Payload,
    /// The key of the office that signs what the action permits.
    pub signer: Option<Arc<dyn NoteSigner>>,
}

/// What a request became.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// The case.
    pub case: CaseId,
    /// The action as it stands in the record.
    pub recorded: Recorded,
    /// Its digest.
    pub digest: String,
    /// Whether it was recorded before, and this was the same request once more.
    pub again: bool,
}

pub(super) fn is_opening(request: &Request) -> bool {
    request.action.as_str() == OPEN
}

pub(super) fn acting(request: &Request) -> Acting<'_> {
    let signer = request.signer.as_deref();
    Acting { by: &request.by, at: request.at, seen: request.seen, request: request.request.as_ref(), signer }
}

/// Ids go into addresses, leaves and statements: they are names, and nothing else.
pub(super) fn names(request: &Request) -> Result<(), StoreError> {
    let is_name = |text: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:@".contains(c);
        !text.is_empty() && text.len() <= 100 && text.chars().all(plain)
    };
    let is_case = request.case.as_str().chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let named = [
        ("case", is_case && is_name(request.case.as_str())),
        ("actor", is_name(request.by.id.as_str())),
        ("request", request.request.as_ref().is_none_or(|name| is_name(name.as_str()))),
        ("assignee", request.payload.assignee.as_ref().is_none_or(|name| is_name(name.as_str()))),
    ];
    // A case is opened having seen none, which the pure step does not ask about.
    if is_opening(request) && request.seen != Version(0) {
        let (case, seen) = (request.case.clone(), request.seen);
        return Err(Refusal::Stale { case, seen, is: Version(0) }.into());
    }
    match named.into_iter().find(|(_, holds)| !holds) {
        Some((what, _)) => Err(StoreError::BadName { what }),
        None => Ok(()),
    }
}
