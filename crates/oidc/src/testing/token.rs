//! The ID token of the test provider, with what may be wrong with it.

use ring::{digest, hmac};
use serde_json::{Value, json};

use super::fault::Fault;
use super::keys::{Keys, Signing, base64};

/// What goes into a token.
pub(super) struct Said<'a> {
    pub(super) issuer: &'a str,
    pub(super) client: &'a str,
    pub(super) secret: &'a str,
    pub(super) subject: &'a str,
    pub(super) nonce: &'a str,
    pub(super) access: &'a str,
    /// Seconds since 1970.
    pub(super) now: i64,
}

/// The left half of the digest (OpenID Connect Core 1.0, section 3.1.3.6).
fn at_hash(signing: Signing, access: &str) -> String {
    // Of Ed25519 it is SHA-512's.
    let of = if signing == Signing::EdDsa { &digest::SHA512 } else { &digest::SHA256 };
    let digest = digest::digest(of, access.as_bytes());
    base64(&digest.as_ref()[..digest.as_ref().len() / 2])
}

fn claims(said: &Said<'_>, signing: Signing, fault: Fault) -> Value {
    let mut claims = json!({
        "iss": said.issuer, "sub": said.subject, "aud": said.client, "nonce": said.nonce, "iat": said.now,
        "exp": said.now + 300, "auth_time": said.now - 5, "at_hash": at_hash(signing, said.access), "name": "张三",
    });
    match fault {
        Fault::WrongNonce => claims["nonce"] = json!("another"),
        Fault::NoNonce => {
            claims.as_object_mut().map(|claims| claims.remove("nonce"));
        }
        Fault::WrongAudience => claims["aud"] = json!("another"),
        Fault::MoreAudiences => claims["aud"] = json!([said.client, "another"]),
        Fault::WrongParty => claims["azp"] = json!("another"),
        Fault::WrongIssuer => claims["iss"] = json!("https://another.example.cn"),
        Fault::Expired => {
            claims["iat"] = json!(said.now - 600);
            claims["exp"] = json!(said.now - 1);
        }
        Fault::NotYet => claims["iat"] = json!(said.now + 3600),
        Fault::WrongAccessToken => claims["at_hash"] = json!(at_hash(signing, "another")),
        Fault::NoSubject => claims["sub"] = json!(""),
        Fault::LongSubject => claims["sub"] = json!("s".repeat(256)),
        _ => {}
    }
    claims
}

/// The token.
pub(super) fn made(said: &Said<'_>, keys: &Keys, signing: Signing, fault: Fault) -> String {
    let (algorithm, id) = match fault {
        Fault::AlgNone => ("none", keys.id(signing)),
        Fault::Hs256PublicKey => ("HS256", keys.id(Signing::Rs256)),
        Fault::Hs256Secret => ("HS256", keys.id(signing)),
        Fault::UnknownKey => (signing.word(), "of-nobody".to_owned()),
        _ => (signing.word(), keys.id(signing)),
    };
    let header = json!({"typ": "JWT", "alg": algorithm, "kid": id});
    let mut payload = claims(said, signing, fault);
    let mut input = format!("{}.{}", base64(header.to_string()), base64(payload.to_string()));
    let hs256 = |key: &[u8], input: &str| {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), input.as_bytes()).as_ref().to_vec()
    };
    let signature = match fault {
        Fault::AlgNone => Vec::new(),
        Fault::Hs256PublicKey => hs256(&keys.public_as_secret(), &input),
        Fault::Hs256Secret => hs256(said.secret.as_bytes(), &input),
        _ => keys.sign(signing, input.as_bytes()),
    };
    if fault == Fault::BadSignature {
        // What was signed is not what stands there.
        payload["sub"] = json!("the-administrator");
        input = format!("{}.{}", base64(header.to_string()), base64(payload.to_string()));
    }
    format!("{input}.{}", base64(signature))
}
