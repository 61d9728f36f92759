//! Transforms that bring a value to the form in which it may leave.
//!
//! Every transform appends to a string the caller owns, so that a column is transformed without an allocation per value. A value
//! that a transform cannot take is refused, with nothing written, and the caller suppresses it: no transform ever hands a value
//! back unchanged because it did not understand it. Errors carry no value.
//!
//! This crate never reads a file, a clock or a key store and knows no law. Keys and days come in as parameters.
//!
//! ```
//! use deid::{Ff1Key, PseudonymKey, mask, month};
//! let mut out = String::new();
//! mask("PHONE_CN", "138-1234-5678", &mut out);
//! assert_eq!(out, "138-****-5678");
//! out.clear();
//! month("1979年6月27日", &mut out)?;
//! assert_eq!(out, "1979-06");
//! let key = Ff1Key::new(&[7; 32]);
//! let (mut hidden, mut back) = (String::new(), String::new());
//! key.encrypt("PHONE_CN", "138-1234-5678", &mut hidden)?;
//! key.decrypt("PHONE_CN", &hidden, &mut back)?;
//! assert_eq!(back, "138-1234-5678");
//! assert_eq!(PseudonymKey::new(&[7; 32]).pseudonym("CUSTOMER_KEY", "C-17").len(), 26);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod apply;
mod ff1;
mod generalise;
mod mask;
mod pseudonym;
mod transform;

pub use apply::{CityLookup, Outcome, SetupError, Suppressed, Tools};
pub use ff1::{Ff1Key, OutsideDomain};
pub use generalise::{Unreadable, age_band, age_band_of_birth, age_on, city, day, month, year};
pub use mask::mask;
pub use pseudonym::PseudonymKey;
pub use transform::{TRANSFORMS, Transform, TransformError, TransformInfo, describe};
