//! The data plane: sources, sinks, detectors and transforms on DataFusion.
//!
//! It streams: memory stays bounded whatever the size of the input. It knows nothing of cases, law or HTTP, holds no key
//! (a [`KeyRing`] looks them up by name) and writes no value of a cell into an error.

mod consents;
mod counting;
mod egress;
mod error;
mod format;
mod functions;
mod joining;
mod keys;
mod looking;
mod open;
mod persons;
mod plan;
mod rows;
mod runner;
mod runs;
mod scan;
mod sink;
mod source;
mod table;
mod text;
mod units;

pub use consents::{Consent, ConsentBook, ConsentEvent, Consents};
pub use counting::{Consented, HeldBack, KeyColumn, PersonQuery, Rows, ToDelete};
pub use egress::{Outgoing, Surrogates};
pub use error::EngineError;
pub use functions::{Fingerprinter, Quarantine};
pub use joining::Links;
pub use keys::{KeyRing, NoKeys, Secret};
pub use looking::{Inspection, Preview};
pub use persons::{Difference, Gathering, People, PersonSet, kind};
pub use plan::FieldStep;
pub use rows::BadRow;
pub use runner::{Progress, Runner};
pub use sink::{OutputForm, Part, digest_file, file_columns, stream_columns};
pub use source::{Format, Source, Unit};
pub use text::TextEncoding;
