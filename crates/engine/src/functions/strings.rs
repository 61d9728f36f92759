//! Text arrays of every kind Arrow has: local plans read views, clusters switch them off.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, LargeStringArray, StringArray, StringViewArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::exec_err;
use datafusion::error::Result;

pub(crate) enum Strings<'a> {
    Small(&'a StringArray),
    Large(&'a LargeStringArray),
    View(&'a StringViewArray),
}

impl<'a> Strings<'a> {
    pub(crate) fn of(array: &'a ArrayRef) -> Result<Self> {
        match array.data_type() {
            DataType::Utf8 => Ok(Self::Small(array.as_string())),
            DataType::LargeUtf8 => Ok(Self::Large(array.as_string())),
            DataType::Utf8View => Ok(Self::View(array.as_string_view())),
            other => exec_err!("a text is needed, not {other}"),
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Small(array) => array.len(),
            Self::Large(array) => array.len(),
            Self::View(array) => array.len(),
        }
    }

    /// The value at `index`; null and the empty text are missing.
    pub(crate) fn get(&self, index: usize) -> Option<&'a str> {
        let value = match self {
            Self::Small(array) if array.is_valid(index) => array.value(index),
            Self::Large(array) if array.is_valid(index) => array.value(index),
            Self::View(array) if array.is_valid(index) => array.value(index),
            _ => return None,
        };
        (!value.is_empty()).then_some(value)
    }
}
