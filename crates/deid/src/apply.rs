//! One door to all transforms, for callers that carry out a plan.

use jiff::civil::Date;

use crate::transform::Transform;
use crate::{Ff1Key, PseudonymKey, age_band, age_band_of_birth, city, mask, month, year};

/// Finds the city of an address.
pub type CityLookup = dyn Fn(&str) -> Option<String> + Sync;

/// What the transforms of a plan may need.
#[derive(Clone, Copy, Default)]
pub struct Tools<'a> {
    /// For `pseudonym`.
    pub pseudonym: Option<&'a PseudonymKey>,
    /// For `ff1`.
    pub ff1: Option<&'a Ff1Key>,
    /// For `city`: the city of an address.
    pub city: Option<&'a CityLookup>,
    /// For `age-band` of a birth date: the day on which ages are reckoned.
    pub on: Option<Date>,
}

/// What became of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// Its form for leaving was appended.
    Written,
    /// Nothing was appended: the value stays.
    Suppressed(Suppressed),
}

/// Why a value stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Suppressed {
    /// The plan drops the field.
    Dropped,
    /// Too short, too long or of other characters than format-preserving encryption takes.
    OutsideDomain,
    /// Not of a form that can be generalised.
    Unreadable,
}

/// The plan asks for something that the caller did not bring. Found at the first value; a matter of set-up, not of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// A keyed transform without its key.
    #[error("`{0}` needs a key, and none was given")]
    NoKey(Transform),
    /// `city` without a table of divisions.
    #[error("`city` needs a table of divisions, and none was given")]
    NoLookup,
    /// `age-band` of a birth date without a day.
    #[error("`{0}` of a birth date needs the day on which ages are reckoned")]
    NoDay(Transform),
}

impl Transform {
    /// Appends to `out` the form in which `value`, of class `label`, leaves.
    ///
    /// For [`Transform::Pseudonym`] the value must be normalised. [`Transform::AgeBand`] reads a birth date under the label
    /// `BIRTH_DATE` and an age under any other.
    pub fn apply(self, label: &str, value: &str, tools: &Tools<'_>, out: &mut String) -> Result<Outcome, SetupError> {
        let read = match self {
            Self::Keep => {
                out.push_str(value);
                Ok(())
            }
            Self::Drop => return Ok(Outcome::Suppressed(Suppressed::Dropped)),
            Self::Mask => {
                mask(label, value, out);
                Ok(())
            }
            Self::Pseudonym => {
                let key = tools.pseudonym.ok_or(SetupError::NoKey(self))?;
                key.write(label, value, out);
                Ok(())
            }
            Self::Ff1 => {
                let key = tools.ff1.ok_or(SetupError::NoKey(self))?;
                let done = key.encrypt(label, value, out);
                return Ok(done.map_or(Outcome::Suppressed(Suppressed::OutsideDomain), |()| Outcome::Written));
            }
            Self::Month => month(value, out),
            Self::Year => year(value, out),
            Self::City => city(value, tools.city.ok_or(SetupError::NoLookup)?, out),
            Self::AgeBand(width) if label == "BIRTH_DATE" => {
                let on = tools.on.ok_or(SetupError::NoDay(self))?;
                age_band_of_birth(value, on, width, out)
            }
            Self::AgeBand(width) => age_band(value, width, out),
        };
        Ok(read.map_or(Outcome::Suppressed(Suppressed::Unreadable), |()| Outcome::Written))
    }
}
