//! Keys of the test provider, and how it signs: by `ring`, so that what is verified was not made by what verifies it.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaKeyPair,
};
use serde_json::{Value, json};

/// By what ID tokens are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Signing {
    /// RSA, PKCS #1 v1.5, SHA-256.
    Rs256,
    /// RSA, PSS, SHA-256.
    Ps256,
    /// ECDSA on P-256, SHA-256.
    #[default]
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Signing {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Rs256, Self::Ps256, Self::Es256, Self::EdDsa];

    /// As a header says it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }
}

/// One key of each kind.
pub(super) struct Keys {
    /// Stands in each key's id, so that those of another time are told apart.
    generation: u32,
    rsa: RsaKeyPair,
    ec: EcdsaKeyPair,
    ed: Ed25519KeyPair,
    random: SystemRandom,
}

pub(super) fn base64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

impl Keys {
    /// New ones; the one of RSA, which takes long to make, is always the same and opens nothing anywhere.
    pub(super) fn new(generation: u32) -> Self {
        let random = SystemRandom::new();
        let pem = include_str!("rsa.pem");
        let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let rsa = RsaKeyPair::from_pkcs8(&BASE64_STANDARD.decode(body).expect("base 64")).expect("a key of RSA");
        let kind = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let ec = EcdsaKeyPair::generate_pkcs8(kind, &random).expect("randomness");
        let ec = EcdsaKeyPair::from_pkcs8(kind, ec.as_ref(), &random).expect("a key on P-256");
        let ed = Ed25519KeyPair::generate_pkcs8(&random).expect("randomness");
        let ed = Ed25519KeyPair::from_pkcs8(ed.as_ref()).expect("a key of Ed25519");
        Self { generation, rsa, ec, ed, random }
    }

    pub(super) fn id(&self, signing: Signing) -> String {
        let kind = match signing {
            Signing::Rs256 | Signing::Ps256 => "rsa",
            Signing::Es256 => "ec",
            Signing::EdDsa => "ed",
        };
        format!("{kind}-{}", self.generation)
    }

    /// The public halves as a JSON Web Key Set (RFC 7517), one with a key of a kind that nobody knows yet.
    pub(super) fn public(&self) -> Value {
        let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(self.rsa.public_key());
        // Uncompressed: 4, then both coordinates.
        let (x, y) = self.ec.public_key().as_ref()[1..].split_at(32);
        json!({"keys": [
            {"kty": "RSA", "use": "sig", "kid": self.id(Signing::Rs256), "n": base64(n), "e": base64(e)},
            {"kty": "EC", "use": "sig", "kid": self.id(Signing::Es256), "crv": "P-256", "x": base64(x), "y": base64(y)},
            {"kty": "OKP", "use": "sig", "kid": self.id(Signing::EdDsa), "crv": "Ed25519", "x": base64(self.ed.public_key())},
            {"kty": "LATTICE", "use": "sig", "kid": "of-tomorrow", "seed": "AAAA"},
        ]})
    }

    /// What a public key is to whoever takes it for a shared secret.
    pub(super) fn public_as_secret(&self) -> Vec<u8> {
        self.rsa.public_key().as_ref().to_vec()
    }

    pub(super) fn sign(&self, signing: Signing, message: &[u8]) -> Vec<u8> {
        match signing {
            Signing::Rs256 | Signing::Ps256 => {
                let mut signature = vec![0; self.rsa.public().modulus_len()];
                let padding: &'static dyn ring::signature::RsaEncoding =
                    if signing == Signing::Rs256 { &RSA_PKCS1_SHA256 } else { &RSA_PSS_SHA256 };
                self.rsa.sign(padding, &self.random, message, &mut signature).expect("it signs");
                signature
            }
            Signing::Es256 => self.ec.sign(&self.random, message).expect("it signs").as_ref().to_vec(),
            Signing::EdDsa => self.ed.sign(message).as_ref().to_vec(),
        }
    }
}
