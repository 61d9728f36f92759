//! The rule base as people read it and as other tools take it.
//!
//! [`book`] writes one HTML file for lawyers; [`export`] writes tables, decision models, schemas and the scenarios as a
//! suite. Everything is worked out from a [`law::RuleBase`]; nothing of law is written here. No file is read or written:
//! texts go back to the caller.

mod book;
mod eras;
mod export;
mod matrix;
mod tried;
pub mod words;
mod xml;

use jiff::civil::Date;
use law::Text;

pub use book::{Holiday, book, holidays, reading_order};
pub use eras::{Era, eras};
pub use export::{ExportError, ExportOptions, File, Form, export};
pub use matrix::{Band, Cell, Matrix, Slice, matrices};

/// A language of the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// What a reader is shown first, and the words the program has for its terms.
pub struct View<'a> {
    /// The day whose law is marked as in force.
    pub on: Date,
    /// The language that is shown first; both are inside.
    pub first: Language,
    /// The name of a path (`path.exempt`), a status (`certainty.confirmed`) or a unit (`unit.workdays`).
    pub name: &'a dyn Fn(&str) -> Text,
    /// The version of the program that writes.
    pub program: &'a str,
}

impl View<'_> {
    pub(crate) fn path(&self, path: law::Path) -> Text {
        (self.name)(&format!("path.{path}"))
    }

    pub(crate) fn status(&self, status: law::Status) -> Text {
        (self.name)(&format!("certainty.{}", words::status(status)))
    }
}
