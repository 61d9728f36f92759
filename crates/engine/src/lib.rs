//! The data plane: sources, sinks, detectors and transforms on DataFusion.
//!
//! It streams: memory stays bounded whatever the size of the input. It knows nothing of cases, law or HTTP, holds no key
//! (a [`KeyRing`] looks them up by name) and writes no value of a cell into an error.

mod egress;
mod error;
mod format;
mod functions;
mod keys;
mod open;
mod persons;
mod plan;
mod rows;
mod runner;
mod scan;
mod sink;
mod source;
mod table;
mod text;
mod units;

pub use egress::{Outgoing, Surrogates};
pub use error::EngineError;
pub use functions::{Fingerprinter, Quarantine};
pub use keys::{KeyRing, NoKeys, Secret};
pub use persons::{PersonSet, kind};
pub use plan::FieldStep;
pub use rows::BadRow;
pub use runner::{Inspection, PersonQuery, Preview, Progress, Runner};
pub use sink::{OutputForm, Part, digest_file, file_columns};
pub use source::{Format, Source, Unit};
pub use text::TextEncoding;
