//! Why nobody was let in by the provider: one line in both languages, without a token, a code or a person in it.

use std::fmt;

/// Why an ID token does not count (OpenID Connect Core 1.0, section 3.1.3.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejected {
    /// There is none in the answer.
    Missing,
    /// It is not signed, or in a way that is not taken.
    Algorithm,
    /// No key of the provider's made its signature.
    Signature,
    /// Another provider made it.
    Issuer,
    /// It was made for somebody else.
    Audience,
    /// It does not belong to what this browser began.
    Nonce,
    /// It is no longer valid, or not yet.
    Expired,
    /// It does not belong to the access token beside it.
    AccessToken,
    /// It names nobody.
    Subject,
    /// It is none.
    Malformed,
}

impl Rejected {
    fn both(self) -> (&'static str, &'static str) {
        match self {
            Self::Missing => ("其中没有身份令牌", "there is no ID token in it"),
            Self::Algorithm => {
                ("身份令牌未签名或签名算法不被接受", "its ID token is not signed in a way that is taken")
            }
            Self::Signature => {
                ("身份令牌的签名不是该提供者的", "the signature of its ID token is none of the provider's")
            }
            Self::Issuer => ("身份令牌由另一提供者签发", "its ID token was made by another provider"),
            Self::Audience => ("身份令牌是发给别处的", "its ID token was made for somebody else"),
            Self::Nonce => ("身份令牌不属于本次登录", "its ID token does not belong to what this browser began"),
            Self::Expired => ("身份令牌已过期或尚未生效", "its ID token is no longer valid, or not yet"),
            Self::AccessToken => {
                ("身份令牌与访问令牌不相符", "its ID token does not belong to the access token beside it")
            }
            Self::Subject => ("身份令牌未指明何人", "its ID token names nobody"),
            Self::Malformed => ("身份令牌无法读取", "its ID token cannot be read"),
        }
    }
}

/// Why nobody was let in by the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OidcError {
    /// A setting is not what it should be; which.
    Settings(&'static str),
    /// The provider does not answer; the machine's word for it.
    Unreachable(String),
    /// It answers too late.
    Slow,
    /// It answers something that is not taken: which answer, and why.
    Answer(&'static str, &'static str),
    /// It refuses, by a word of its own (RFC 6749, section 5.2).
    Refused(String),
    /// What it says does not count.
    Rejected(Rejected),
    /// There is no randomness.
    Random,
}

impl OidcError {
    /// A stable word for it, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Settings(_) => "provider-settings",
            Self::Unreachable(_) | Self::Slow => "provider-unreachable",
            Self::Answer(..) => "provider-answer",
            Self::Refused(_) => "provider-refused",
            Self::Rejected(_) => "identity-refused",
            Self::Random => "system",
        }
    }

    /// What is said to whoever wanted to come in, in Chinese and in English.
    pub fn both(&self) -> (String, String) {
        match self {
            Self::Settings(which) => (
                format!("登录提供者的设置 `{which}` 不正确"),
                format!("the setting `{which}` of the sign-in provider is not right"),
            ),
            Self::Unreachable(_) => (
                "无法连接登录提供者：请稍后再试，或用密码登录".to_owned(),
                "the sign-in provider cannot be reached: try again later, or sign in by password".to_owned(),
            ),
            Self::Slow => (
                "登录提供者未及时答复：请稍后再试，或用密码登录".to_owned(),
                "the sign-in provider answers too late: try again later, or sign in by password".to_owned(),
            ),
            Self::Answer(..) => (
                "登录提供者的答复不符合要求：请告知管理员，或用密码登录".to_owned(),
                "the sign-in provider's answer is not what it should be: tell the administrator, or sign in by password"
                    .to_owned(),
            ),
            Self::Refused(word) => (
                format!("登录提供者未予确认（{word}）：请重新开始，或用密码登录"),
                format!("the sign-in provider did not confirm it ({word}): begin again, or sign in by password"),
            ),
            Self::Rejected(why) => {
                let (zh, en) = why.both();
                (
                    format!("登录提供者的答复未被接受：{zh}；请重新开始"),
                    format!("the sign-in provider's answer is not taken: {en}; begin again"),
                )
            }
            Self::Random => ("系统未能提供随机数".to_owned(), "the machine gives no randomness".to_owned()),
        }
    }
}

/// For the log: what is said to people, and what only an administrator can use.
impl fmt::Display for OidcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.both().1)?;
        match self {
            Self::Unreachable(why) => write!(f, " ({why})"),
            Self::Answer(which, why) => write!(f, " ({which}: {why})"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for OidcError {}

/// A provider's word for an error as it may be repeated: letters, `_` and `-`, not many of them.
pub(crate) fn word(word: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if (1..=40).contains(&word.len()) && word.chars().all(fits) { word.to_owned() } else { "error".to_owned() }
}

impl OidcError {
    /// What a provider sent a browser back with in place of a code (RFC 6749, section 4.1.2.1).
    pub fn refused(error: &str) -> Self {
        Self::Refused(word(error))
    }
}
