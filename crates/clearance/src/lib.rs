//! The main job: inspect, assess, plan, count and release under a permit; and the state folder that remembers it.
//!
//! It knows no HTML and no cases. Days are parameters; what is decided is decided by pure functions ([`gate::look`],
//! `law::determine`) over what was counted.

mod clear;
mod closing;
mod count;
mod decide;
mod destination;
mod disk;
mod error;
mod facts;
mod fetch;
mod fill;
pub mod gate;
mod home;
mod inspect;
mod inventory;
mod keystore;
mod lawbook;
mod load;
mod objects;
mod planning;
mod release;
mod store;
mod stores;
mod survey;
mod verify;

pub use clear::{Assessment, Cleared, Job, Options, PersonCounts, Released, Step, Watch};
pub use closing::{Closed, close_unpublished};
pub use destination::Destination;
pub use error::ClearanceError;
pub use fetch::verify_at;
pub use gate::Stop;
pub use home::Home;
pub use inspect::{InspectOptions, inspect, tables};
pub use inventory::propose_key;
pub use keystore::Keystore;
pub use lawbook::rule_base;
pub use load::Loaded;
pub use objects::Objects;
pub use release::recover;
pub use store::{ReleaseLine, Store};
pub use stores::Stores;
pub use verify::{Fault, Verdict, read_trust, verify};
