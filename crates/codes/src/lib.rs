//! Class ids and labels, check digits and code tables: the vocabulary of the house.
//!
//! Everything here is a pure function over tables that are compiled in (`taxonomy/`) and built once. Nothing reads a file or a clock.

pub mod cards;
pub mod check;
mod class;
pub mod countries;
pub mod divisions;
mod headers;
pub mod names;
pub mod normalise;
pub mod provinces;
mod taxonomy;

pub use class::{Class, Identifier, KeyStrength, Sensitivity, SensitivityRow, Status};
pub use headers::{HeaderMatch, Strength};
pub use taxonomy::{ClassId, Taxonomy, TaxonomyError, taxonomy};
