//! Negative lists of zones and cities (Order 16 art 6): editions as data, and the rules they come down to.
//!
//! An edition is one file of `lawbook/lists/`. Its rows become ordinary rules when the rule base is loaded, so that answers,
//! checks and traces know nothing of lists.

pub(crate) mod check;
pub(crate) mod compile;
pub(crate) mod conditions;
pub(crate) mod edition;
pub(crate) mod names;
pub(crate) mod precedence;
pub(crate) mod words;
