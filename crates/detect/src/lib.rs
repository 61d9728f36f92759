//! Recognisers for values, columns and free text.
//!
//! A column is read by [`ColumnProfile`], the state of an aggregate function: each cell is classified by its shape and, where the shape
//! fits, by its check digit; only counts and hashes are kept. [`ColumnProfile::finish`] weighs them against the header. Running text is
//! read by [`scan_text`]. Nothing here knows files or law, and no data value ever stands in a finding or an error.

pub mod chance;
mod distinct;
mod finding;
mod profile;
mod shape;
mod text;
mod words;

pub use finding::{ColumnFinding, Sighting};
pub use profile::{ColumnProfile, StateError};
pub use text::{Span, scan_text};
