//! The artefacts of a transfer as plain typed data: what is asked, what was found, what may leave, what left.
//!
//! Each has a stable form with canonical bytes (RFC 8785) and a digest; each later one names those before it by digest.
//! Nothing here does input or output, and no type can hold a value of a cell of anyone's data.

mod age_recipient;
mod canonical;
mod egress;
mod inventory;
mod not_published;
mod permit;
mod receipt;
mod request;
mod steps;
mod terms;

pub use age_recipient::{AgeRecipient, NoRecipient};
pub use canonical::{canonical_bytes, digest, hex};
pub use egress::{EgressColumn, Found, SurrogateCount};
pub use inventory::{Column, Inventory, Persons, Stray};
pub use not_published::NotPublished;
pub use permit::{Permit, PermitForm, PermitKind, PermittedColumn, Standing};
pub use receipt::{
    CountChange, HeldRows, Inner, PermitSpent, PrivateReceipt, Receipt, ReleasedColumn, ReleasedFile, RuleBaseName,
    SourceRecord,
};
pub use request::{
    Basis, Consent, DataFacts, DeclaredPermit, Destination, Duties, Earlier, EarlierKind, Field, Form, Ground, Handler,
    ListFacts, MAX_ITEMS, Notice, PermitSource, Pipia, Purpose, Recipient, Request, SourceSpec, Storage, Subject,
    Transfer, TransferError,
};
pub use steps::{Plan, PlannedField, PlannedSource};
pub use terms::{OfficePermitError, PermitField, PermitItem, Terms, is_same_name};
