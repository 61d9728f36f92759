//! Everything the console says: the files of `messages/`.

use std::sync::OnceLock;

use catalogue::Catalogue;

use crate::assets::MESSAGES;

/// The catalogue that is compiled in.
pub(crate) fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        // The files are compiled in and parsed by a test: they cannot fail for a user.
        Catalogue::parse(MESSAGES.iter().map(|(_, text)| *text))
            .unwrap_or_else(|error| unreachable!("messages: {error}"))
    })
}
