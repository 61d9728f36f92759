//! Witnesses: those who see to it that a log shows everybody the same tree (C2SP tlog-witness, tlog-cosignature).
//!
//! [`WitnessState`] is the witness's side, [`Witness`] how a log reaches one, [`Quorum`] how many of them a reader asks for. Requests
//! and answers are bytes here; who carries them is nobody's business in this crate.

mod client;
mod quorum;
mod request;
mod state;

pub use client::{Answer, CosignError, Witness, WitnessError, cosign_with};
pub use quorum::{Cosigned, Quorum, TooFew};
pub use request::{AddCheckpoint, MAX_REQUEST};
pub use state::{Outcome, WitnessState};
