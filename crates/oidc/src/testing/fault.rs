//! What can be wrong with a provider.

/// What is wrong with the test provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// The token has another nonce.
    WrongNonce,
    /// The token has no nonce.
    NoNonce,
    /// The token was made for another client.
    WrongAudience,
    /// The token was made for another client, too.
    MoreAudiences,
    /// The token was given to another client.
    WrongParty,
    /// The token was made by another issuer.
    WrongIssuer,
    /// The token's time is over.
    Expired,
    /// The token was made in an hour.
    NotYet,
    /// The token belongs to another access token.
    WrongAccessToken,
    /// The token names nobody.
    NoSubject,
    /// The token's name is longer than it may be.
    LongSubject,
    /// What was signed is not what stands there.
    BadSignature,
    /// A key signed it that the provider does not show.
    UnknownKey,
    /// `alg: none`.
    AlgNone,
    /// `alg: HS256`, with the public key for a secret.
    Hs256PublicKey,
    /// `alg: HS256`, with the client's secret.
    Hs256Secret,
    /// There is no ID token in the answer.
    NoToken,
    /// What stands in its place is none.
    GarbledToken,
    /// The browser comes back with an error: whoever was asked said no.
    Denied,
    /// The code is not taken: an error in place of an answer.
    Refused,
    /// The answer is a page.
    Page,
    /// The server fails.
    Broken,
    /// The answer does not come.
    Slow,
    /// The answer is larger than it may be, and says so.
    Huge,
    /// The same, and does not say so.
    HugeUnsaid,
    /// The answer points to another address.
    Redirecting,
    /// The document is of another issuer.
    OtherDocument,
    /// The document names endpoints that are not over TLS and not on this machine.
    OpenEndpoints,
}

impl Fault {
    /// Those of the token.
    pub const TOKENS: [Self; 18] = [
        Self::WrongNonce,
        Self::NoNonce,
        Self::WrongAudience,
        Self::MoreAudiences,
        Self::WrongParty,
        Self::WrongIssuer,
        Self::Expired,
        Self::NotYet,
        Self::WrongAccessToken,
        Self::NoSubject,
        Self::LongSubject,
        Self::BadSignature,
        Self::UnknownKey,
        Self::AlgNone,
        Self::Hs256PublicKey,
        Self::Hs256Secret,
        Self::NoToken,
        Self::GarbledToken,
    ];
}
