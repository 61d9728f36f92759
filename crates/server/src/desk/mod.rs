//! What can be done at the counter, whoever asks: pages and API are two ways to the same desk.

mod answers;
mod artefacts;
mod cases;
mod compared;
mod files;
pub(crate) mod hooks;
mod look;
mod packages;
mod people;
mod permission;
pub(crate) mod publication;
mod releases;
pub(crate) mod statistics;
mod tables;

pub(crate) use self::answers::changed_answers;
pub(crate) use self::artefacts::HandedIn;
pub(crate) use self::cases::{acted, case_of, case_to_act, open, queue_of, read_case, request_name};
pub(crate) use self::compared::compared;
pub(crate) use self::files::{Upload, fetched, keep};
pub(crate) use self::look::{Looked, look, own_answer};
pub(crate) use self::packages::{case_to_export, exported, imported};
pub(crate) use self::people::{case_of_invitation, colleagues, forgotten, invited, organisation_of};
pub(crate) use self::permission::{
    may, may_act, may_hand_in, may_read_personal, may_with, second_factor_first, session_only, token_scope,
};
pub(crate) use self::releases::{ReceiptParts, permit_key, permit_note, report};
