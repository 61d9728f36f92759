//! The signature of a webhook, so that whoever receives it knows whose it is, that nothing was changed, and when it was sent.
//!
//! Standard Webhooks 1.0.0: HMAC-SHA-256 over `id.timestamp.body` under the bytes behind `whsec_`, in Base64 behind `v1,`.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use database::mac;

/// What every secret begins with, so that one that leaked is recognised.
pub(crate) const PREFIX: &str = "whsec_";
/// How far the sender's clock and the receiver's may lie apart, in seconds.
const APART: i64 = 300;

/// The value of `webhook-signature`; none: the secret is none. `at` is the value of `webhook-timestamp`, in seconds since 1970.
pub fn sign(secret: &str, id: &str, at: i64, body: &[u8]) -> Option<String> {
    let key = BASE64_STANDARD.decode(secret.strip_prefix(PREFIX)?).ok()?;
    let signed = mac(&key, &[id.as_bytes(), b".", at.to_string().as_bytes(), b".", body]);
    Some(format!("v1,{}", BASE64_STANDARD.encode(signed)))
}

/// Whether one of the signatures in `webhook-signature`, spaces between them, is that of the secret, and `at` lies within five minutes
/// of `now`.
pub fn verify(secret: &str, id: &str, at: i64, body: &[u8], signatures: &str, now: i64) -> bool {
    let Some(own) = sign(secret, id, at, body) else { return false };
    // Digests of both differ anywhere at once, so comparing them tells nothing of the texts.
    let digest = |text: &str| mac(b"compared", &[text.as_bytes()]);
    (now - at).abs() <= APART && signatures.split(' ').any(|one| digest(one) == digest(&own))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";

    #[test]
    fn the_signature_is_the_one_of_the_specification() {
        let signed = sign(SECRET, ID, 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signed.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    #[test]
    fn a_change_anywhere_is_seen() {
        let (at, body) = (1_614_265_330, b"{}".as_slice());
        let signed = sign(SECRET, ID, at, body).expect("a secret");
        assert!(verify(SECRET, ID, at, body, &signed, at + 299));
        assert!(verify(SECRET, ID, at, body, &format!("v1a,AAAA {signed}"), at - 299), "one of several");
        for (id, sent, text, now) in [
            ("msg_other", at, body, at),
            (ID, at + 1, body, at),
            (ID, at, b"{ }".as_slice(), at),
            (ID, at, body, at + 301),
            (ID, at, body, at - 301),
        ] {
            assert!(!verify(SECRET, id, sent, text, &signed, now), "{id} {sent} {now}");
        }
        assert!(!verify("whsec_AAAA", ID, at, body, &signed, at));
        assert!(sign("no secret", ID, at, body).is_none());
    }
}
