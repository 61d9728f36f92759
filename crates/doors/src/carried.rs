//! What a browser carries and brings back: sealed, so that nobody can read it, make it, or bring it back in another place.

use zeroize::Zeroizing;

use crate::error::DoorsError;
use crate::house::Doors;

fn at(place: &str) -> String {
    format!("carried/{place}")
}

impl Doors {
    /// Seals a text for a browser to carry: letters, digits, `-` and `_`. It opens under the same `place` alone, which therefore names what
    /// it is and whom it is given to. It does not end by itself: put its end into it.
    pub fn seal_carried(&self, place: &str, text: &str) -> Result<String, DoorsError> {
        let sealed = self.inner.keys.seal(&at(place), text)?;
        Ok(sealed.replace('+', "-").replace('/', "_"))
    }

    /// Opens what a browser brought back; none where it was made by somebody else, or for another place.
    pub fn open_carried(&self, place: &str, sealed: &str) -> Option<Zeroizing<String>> {
        let sealed = sealed.replace('-', "+").replace('_', "/");
        self.inner.keys.open(&at(place), &sealed).ok()
    }
}
