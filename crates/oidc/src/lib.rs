//! Signing in by another provider: OpenID Connect, the authorization code with PKCE (OpenID Connect Core 1.0, Discovery 1.0, RFC 7636).
//!
//! [`Provider::begin`] says where a browser is sent and what has to be remembered until it is back; [`Provider::finish`] gives the code
//! that it brings to the provider and says, from a signed ID token, who it was. Nothing here knows pages, cookies or accounts, and
//! nothing reads a clock: moments and randomness come in. The provider is asked for the first time when somebody wants to sign in by
//! it, so that whoever stands behind it opens its doors while the provider is down.

mod begin;
mod error;
mod finish;
mod http;
mod provider;
mod settings;
#[cfg(feature = "testing")]
pub mod testing;

pub use begin::{Begun, Remembered};
pub use error::{OidcError, Rejected};
pub use finish::Identity;
pub use provider::Provider;
pub use settings::{Random, Settings};
