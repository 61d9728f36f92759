//! Where a browser is sent, and what is remembered until it is back.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use openidconnect::core::{CoreAuthenticationFlow, CoreClient};
use openidconnect::{CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier};
use serde::{Deserialize, Serialize};

use crate::error::OidcError;
use crate::provider::Provider;

/// What is remembered of a browser that was sent to the provider. It is nobody else's business: keep it sealed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// What the provider sends back with the browser, so that nobody else's code is taken for its own (RFC 6749, section 10.12).
    pub state: String,
    /// What stands in the ID token, so that no older one is taken.
    nonce: String,
    /// What only whoever began it knows (RFC 7636).
    verifier: String,
}

impl fmt::Debug for Remembered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Remembered")
    }
}

impl Remembered {
    pub(crate) fn nonce(&self) -> Nonce {
        Nonce::new(self.nonce.clone())
    }

    pub(crate) fn verifier(&self) -> PkceCodeVerifier {
        PkceCodeVerifier::new(self.verifier.clone())
    }
}

/// A beginning.
#[derive(Debug)]
pub struct Begun {
    /// Where the browser is sent.
    pub url: String,
    /// What is needed when it is back.
    pub remembered: Remembered,
}

impl Provider {
    /// Begins: where a browser is sent, and what has to be remembered of it. Errors: the provider cannot be asked what it is.
    pub async fn begin(&self, now: Timestamp) -> Result<Begun, OidcError> {
        let known = self.known(now).await?;
        let remembered = Remembered { state: self.secret()?, nonce: self.secret()?, verifier: self.secret()? };
        let client = CoreClient::from_provider_metadata(known.metadata.clone(), self.client(), None)
            .set_redirect_uri(self.redirect.clone());
        let (state, nonce) = (CsrfToken::new(remembered.state.clone()), remembered.nonce());
        // 43 letters, as RFC 7636 has it.
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&remembered.verifier());
        let request = client.authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce);
        let (url, ..) = request.set_pkce_challenge(challenge).url();
        Ok(Begun { url: url.into(), remembered })
    }

    /// 256 random bits as 43 letters.
    fn secret(&self) -> Result<String, OidcError> {
        let mut bytes = [0; 32];
        (self.random)(&mut bytes).map_err(|_| OidcError::Random)?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }
}
