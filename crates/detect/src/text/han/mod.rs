//! What Han characters say: addresses, organisations, conditions, names.

mod addresses;
mod conditions;
mod organisations;
mod persons;

use super::Scanner;
use crate::shape::is_han;

impl Scanner<'_> {
    /// Reads what the tokens left.
    pub(super) fn han(&mut self) {
        if !self.c.iter().any(|&c| is_han(c)) {
            self.latin_names();
            return;
        }
        self.addresses();
        self.organisations();
        self.conditions();
        self.genders();
        self.names();
        self.latin_names();
    }

    /// Whether a Han character stands here that belongs to nothing yet.
    #[inline]
    fn free(&self, at: usize) -> bool {
        self.c.get(at).is_some_and(|&c| is_han(c)) && !self.taken[at]
    }
}
