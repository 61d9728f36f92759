//! A provider, and what is known of it.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{CoreJsonWebKeySet, CoreProviderMetadata};
use openidconnect::{ClientId, DiscoveryError, IssuerUrl, RedirectUrl, http};

use crate::error::OidcError;
use crate::http::{Failed, Http};
use crate::settings::{Random, Settings, is_plain};

/// After how long the provider is asked again what it is.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// A provider by which people can sign in.
pub struct Provider {
    pub(crate) settings: Settings,
    pub(crate) redirect: RedirectUrl,
    pub(crate) random: Random,
    pub(crate) http: Http,
    issuer: IssuerUrl,
    known: RwLock<Option<Arc<Known>>>,
}

/// What a provider says of itself, with its keys.
pub(crate) struct Known {
    pub(crate) metadata: CoreProviderMetadata,
    since: Timestamp,
}

impl Provider {
    /// A provider that is not asked yet. Errors: a setting is not what it should be.
    pub fn new(settings: Settings, random: Random) -> Result<Self, OidcError> {
        let url = settings.issuer_url()?;
        let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(|_| OidcError::Settings("issuer"))?;
        let redirect = RedirectUrl::new(settings.redirect.clone()).map_err(|_| OidcError::Settings("redirect"))?;
        if settings.client.trim().is_empty() {
            return Err(OidcError::Settings("client"));
        }
        if settings.secret.as_ref().is_some_and(|secret| secret.trim().is_empty()) {
            return Err(OidcError::Settings("secret"));
        }
        Ok(Self { http: Http::new(&url)?, settings, redirect, random, issuer, known: RwLock::new(None) })
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// Its address, by which identities of its are told from those of others.
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    pub(crate) fn client(&self) -> ClientId {
        ClientId::new(self.settings.client.clone())
    }

    /// What is known of it; it is asked where that is nothing, or of yesterday.
    pub(crate) async fn known(&self, now: Timestamp) -> Result<Arc<Known>, OidcError> {
        let kept = self.known.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = kept.as_ref().filter(|known| now.duration_since(known.since) < KEPT) {
            return Ok(Arc::clone(known));
        }
        match (self.discover().await, kept) {
            (Ok(metadata), _) => Ok(self.keep(metadata, now)),
            // What it said yesterday serves until it answers again.
            (Err(_), Some(kept)) => Ok(kept),
            (Err(error), None) => Err(error),
        }
    }

    /// The same with the keys that it has now.
    pub(crate) async fn with_new_keys(&self, known: &Known) -> Result<Arc<Known>, OidcError> {
        let keys = CoreJsonWebKeySet::fetch_async(known.metadata.jwks_uri(), &self.http).await;
        let keys = keys.map_err(|error| told(error, "keys"))?;
        Ok(self.keep(known.metadata.clone().set_jwks(keys), known.since))
    }

    fn keep(&self, metadata: CoreProviderMetadata, since: Timestamp) -> Arc<Known> {
        let known = Arc::new(Known { metadata, since });
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&known));
        known
    }

    async fn discover(&self) -> Result<CoreProviderMetadata, OidcError> {
        let asked = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.http).await;
        let metadata = asked.map_err(|error| told(error, "discovery"))?;
        let taken = |url: &openidconnect::url::Url| url.scheme() == "https" || (self.is_plain() && is_plain(url));
        // The browser is sent to one of them, and the secret to the other.
        let token = metadata.token_endpoint().map(openidconnect::TokenUrl::url);
        if token.is_some_and(taken) && taken(metadata.authorization_endpoint().url()) {
            return Ok(metadata);
        }
        Err(OidcError::Answer("discovery", "it has no endpoints over TLS"))
    }

    fn is_plain(&self) -> bool {
        is_plain(self.issuer.url())
    }
}

/// Why a document of the provider's is not taken.
fn told(error: DiscoveryError<Failed>, which: &'static str) -> OidcError {
    match error {
        DiscoveryError::Request(failed) => failed.of(which),
        DiscoveryError::Response(status, ..) if status == http::StatusCode::OK => {
            OidcError::Answer(which, "it is no JSON")
        }
        DiscoveryError::Response(..) => OidcError::Answer(which, "its status is not 200"),
        DiscoveryError::Parse(_) => OidcError::Answer(which, "it is not such a document"),
        DiscoveryError::Validation(_) => OidcError::Answer(which, "it is of another issuer"),
        _ => OidcError::Answer(which, "it cannot be asked for"),
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("settings", &self.settings).finish_non_exhaustive()
    }
}
