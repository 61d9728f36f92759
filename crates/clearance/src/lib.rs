//! The main job: inspect, assess, plan, count and release under a permit; and the state folder that remembers it.
//!
//! It knows no HTML and no cases. Days are parameters; what is decided is decided by pure functions ([`gate::look`],
//! `law::determine`) over what was counted.

mod clear;
mod count;
mod decide;
mod disk;
mod error;
mod facts;
mod fill;
pub mod gate;
mod home;
mod inspect;
mod inventory;
mod keystore;
mod lawbook;
mod load;
mod logkeys;
mod planning;
mod release;
mod store;
mod survey;
mod verify;
mod witnesses;
mod witnessing;

pub use clear::{Assessment, Cleared, Job, Options, PersonCounts, Released, Step, Watch};
pub use error::ClearanceError;
pub use gate::Stop;
pub use home::Home;
pub use inspect::{InspectOptions, inspect, tables};
pub use inventory::propose_key;
pub use keystore::Keystore;
pub use lawbook::rule_base;
pub use load::Loaded;
pub use logkeys::Overlap;
pub use release::recover;
pub use store::{ReleaseLine, Store};
pub use verify::{Fault, Verdict, read_trust, verify};
pub use witnesses::{Asked, Cosigning, WitnessAnswer};
pub use witnessing::{OwnWitness, own_witness};
