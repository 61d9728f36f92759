//! What happens to every request before and after its handler.

pub(crate) mod csrf;
pub(crate) mod filled;
pub(crate) mod guard;
pub(crate) mod meet;
pub(crate) mod present;
pub(crate) mod watch;
