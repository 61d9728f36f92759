//! The main job: inspect, assess, plan, count and release under a permit; and the state folder that remembers it.
//!
//! It knows no HTML and no cases. Days are parameters; what is decided is decided by pure functions ([`gate::look`],
//! `law::determine`) over what was counted.

mod again;
mod clear;
mod commit;
mod consent;
mod count;
mod decide;
mod disk;
mod egress;
mod envelope;
mod error;
mod facts;
mod fill;
mod folder;
pub mod gate;
mod held;
mod home;
mod inspect;
mod inventory;
mod keystore;
mod lawbook;
mod ledger;
mod load;
mod logkeys;
mod planning;
mod release;
mod seal;
mod store;
mod survey;
mod tally;
mod verify;
mod witnesses;
mod witnessing;

pub use clear::{Assessment, Cleared, Found, Job, Options, PersonCounts, Released, Step, Watch};
pub use egress::{Meeting, Misfit, Undeclared};
pub use envelope::{Closed, Identities, Opener, Passphrase, SealTo, closed_how};
pub use error::ClearanceError;
pub use gate::{Stop, Warning};
pub use home::Home;
pub use inspect::{InspectOptions, inspect, tables};
pub use inventory::propose_key;
pub use keystore::{Backup, FingerprintKey, Keystore, Master, Restored, RotatedMaster, WrapWith};
pub use lawbook::rule_base;
pub use load::Loaded;
pub use logkeys::Overlap;
pub use release::recover;
pub use store::Store;
pub use tally::{EntryLine, NewEntry, Scope, Tally, What};
pub use verify::{Fault, Verdict, read_trust, verify, verify_with};
pub use witnesses::{Asked, Cosigning, WitnessAnswer};
pub use witnessing::{OwnWitness, own_witness};
