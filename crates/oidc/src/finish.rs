//! Who it was: a code for an ID token, and the token held against all that it has to be.

use std::time::SystemTime;

use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{
    CoreClient, CoreClientAuthMethod, CoreIdToken, CoreIdTokenVerifier, CoreJwsSigningAlgorithm as Algorithm,
    CoreTokenResponse,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AuthType, AuthorizationCode, ClaimsVerificationError, ClientSecret,
    OAuth2TokenResponse as _, RequestTokenError, SignatureVerificationError, TokenResponse as _,
};

use crate::begin::Remembered;
use crate::error::{OidcError, Rejected};
use crate::provider::{Known, Provider};

/// What is taken: signatures that the provider alone can make. None of them can be made with a public key or with no key.
const TAKEN: [Algorithm; 9] = [
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPkcs1V15Sha384,
    Algorithm::RsaSsaPkcs1V15Sha512,
    Algorithm::RsaSsaPssSha256,
    Algorithm::RsaSsaPssSha384,
    Algorithm::RsaSsaPssSha512,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EdDsa,
];
/// How far the provider's clock may be ahead.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);
/// The longest code; the longest subject (OpenID Connect Core 1.0, section 2).
const LONGEST_CODE: usize = 4096;
const LONGEST_SUBJECT: usize = 255;

/// Who somebody is to a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The provider's address.
    pub issuer: String,
    /// Its name for who it is; never given to anybody else.
    pub subject: String,
}

impl Provider {
    /// Ends what [`Provider::begin`] began: the code is given to the provider, and its ID token says who it is.
    ///
    /// Whoever calls this has held the state that came back against the one that is remembered.
    pub async fn finish(&self, code: &str, remembered: &Remembered, now: Timestamp) -> Result<Identity, OidcError> {
        if code.is_empty() || code.len() > LONGEST_CODE {
            return Err(OidcError::refused("invalid_request"));
        }
        let known = self.known(now).await?;
        let answer = self.exchange(&known, code, remembered).await?;
        let token = answer.id_token().ok_or(OidcError::Rejected(Rejected::Missing))?;
        let held = |known: &Known| self.held(known, token, answer.access_token(), remembered, now);
        let held = match held(&known) {
            // It has other keys since it was asked.
            Err(Refusal::Keys) => held(&*self.with_new_keys(&known).await?),
            held => held,
        };
        held.map_err(|refusal| OidcError::Rejected(refusal.into()))
    }

    async fn exchange(
        &self,
        known: &Known,
        code: &str,
        remembered: &Remembered,
    ) -> Result<CoreTokenResponse, OidcError> {
        let secret = self.settings.secret.clone().map(ClientSecret::new);
        let client = CoreClient::from_provider_metadata(known.metadata.clone(), self.client(), secret)
            .set_redirect_uri(self.redirect.clone())
            .set_auth_type(proof(known));
        let request = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|_| OidcError::Answer("discovery", "it has no endpoints over TLS"))?;
        let answer = request.set_pkce_verifier(remembered.verifier()).request_async(&self.http).await;
        answer.map_err(|error| match error {
            RequestTokenError::ServerResponse(said) => OidcError::refused(said.error().as_ref()),
            RequestTokenError::Request(failed) => failed.of("token"),
            RequestTokenError::Parse(..) => OidcError::Answer("token", "it cannot be read"),
            RequestTokenError::Other(_) => OidcError::Answer("token", "it is no JSON"),
        })
    }

    /// Holds an ID token against what it has to be (OpenID Connect Core 1.0, section 3.1.3.7).
    fn held(
        &self,
        known: &Known,
        token: &CoreIdToken,
        access: &AccessToken,
        remembered: &Remembered,
        now: Timestamp,
    ) -> Result<Identity, Refusal> {
        let (at, latest) = (SystemTime::from(now), (now + AHEAD).as_second());
        let (metadata, client) = (&known.metadata, self.client());
        // Of a public client no shared secret is ever taken for a key, whatever the token says.
        let verifier =
            CoreIdTokenVerifier::new_public_client(client.clone(), metadata.issuer().clone(), metadata.jwks().clone())
                .set_allowed_algs(TAKEN)
                .set_time_fn(move || at.into())
                .set_issue_time_verifier_fn(move |issued| {
                    if issued.timestamp() <= latest { Ok(()) } else { Err("issued later than now".to_owned()) }
                });
        let claims = token.claims(&verifier, &remembered.nonce())?;
        if claims.authorized_party().is_some_and(|party| **party != *client) {
            return Err(Refusal::Token(Rejected::Audience));
        }
        if let Some(said) = claims.access_token_hash() {
            let wrong = Refusal::Token(Rejected::AccessToken);
            let (Ok(algorithm), Ok(key)) = (token.signing_alg(), token.signing_key(&verifier)) else {
                return Err(wrong);
            };
            if AccessTokenHash::from_token(access, algorithm, key).ok().as_ref() != Some(said) {
                return Err(wrong);
            }
        }
        let subject = claims.subject().as_str();
        if subject.is_empty() || subject.len() > LONGEST_SUBJECT {
            return Err(Refusal::Token(Rejected::Subject));
        }
        Ok(Identity { issuer: self.settings.issuer.clone(), subject: subject.to_owned() })
    }
}

/// How the installation proves to the provider who it is: as that asks for, by default in a header.
fn proof(known: &Known) -> AuthType {
    let methods = known.metadata.token_endpoint_auth_methods_supported();
    let has = |method: CoreClientAuthMethod| methods.is_some_and(|methods| methods.contains(&method));
    if has(CoreClientAuthMethod::ClientSecretPost) && !has(CoreClientAuthMethod::ClientSecretBasic) {
        AuthType::RequestBody
    } else {
        AuthType::BasicAuth
    }
}

/// Why a token is not taken, and whether other keys could change that.
enum Refusal {
    Keys,
    Token(Rejected),
}

impl From<Refusal> for Rejected {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Keys => Self::Signature,
            Refusal::Token(rejected) => rejected,
        }
    }
}

impl From<ClaimsVerificationError> for Refusal {
    fn from(error: ClaimsVerificationError) -> Self {
        use ClaimsVerificationError as E;
        use SignatureVerificationError as S;
        Self::Token(match error {
            E::SignatureVerification(S::DisallowedAlg(_) | S::NoSignature | S::UnsupportedAlg(_)) => {
                Rejected::Algorithm
            }
            E::SignatureVerification(_) => return Self::Keys,
            E::InvalidIssuer(_) => Rejected::Issuer,
            E::InvalidAudience(_) => Rejected::Audience,
            E::InvalidNonce(_) => Rejected::Nonce,
            E::Expired(_) => Rejected::Expired,
            E::InvalidSubject(_) => Rejected::Subject,
            E::Unsupported(_) => Rejected::Algorithm,
            _ => Rejected::Malformed,
        })
    }
}
