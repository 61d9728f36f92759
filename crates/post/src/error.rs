//! Why something was not sent or kept: one line, what and how to mend it, in both languages.

use database::{DatabaseError, SealError};
use law::Text;

/// Why the post did not do something.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The database did not do it.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// Something sealed did not open, or there was no randomness.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// An address that is not taken. It is not repeated: it may hold a password.
    #[error("the address {what}")]
    Address {
        /// What is wrong.
        what: &'static str,
        /// The same in Chinese.
        zh: &'static str,
    },
    /// Something handed in is not what it should be.
    #[error("`{field}` {what}")]
    Bad {
        /// Which field.
        field: &'static str,
        /// What is wrong and how to mend it.
        what: &'static str,
        /// The same in Chinese.
        zh: &'static str,
    },
    /// There is none such.
    #[error("there is no webhook `{0}`")]
    NoHook(String),
    /// There is none such, or what it said was thrown away.
    #[error("there is no delivery `{0}`")]
    NoLetter(String),
    /// The mail server is not named as it should be. The address may hold a password, so it is never repeated.
    #[error("the mail server is named as `smtps://USER:PASSWORD@HOST` or `smtp://HOST:PORT?tls=required`: {what}")]
    Smtp {
        /// What is wrong.
        what: String,
    },
    /// What sends could not be made ready.
    #[error("{0}")]
    Sender(String),
}

impl From<sqlx::Error> for PostError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

impl PostError {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Address { .. } | Self::Bad { .. } | Self::Smtp { .. } => "bad-request",
            Self::NoHook(_) | Self::NoLetter(_) => "not-found",
            Self::Database(_) | Self::Seal(_) | Self::Sender(_) => "system",
        }
    }

    /// Whether whoever asked can mend it.
    pub fn is_input(&self) -> bool {
        self.code() != "system"
    }

    /// What to say of it.
    pub fn text(&self) -> Text {
        let zh = match self {
            Self::Address { zh, .. } => format!("地址{zh}"),
            Self::Bad { field, zh, .. } => format!("`{field}` {zh}"),
            Self::NoHook(id) => format!("没有这个回调 `{id}`"),
            Self::NoLetter(id) => format!("没有这次投递 `{id}`"),
            Self::Smtp { what } => {
                format!("邮件服务器应写作 `smtps://USER:PASSWORD@HOST` 或 `smtp://HOST:PORT?tls=required`：{what}")
            }
            Self::Database(error) => format!("数据库没有完成操作：{error}"),
            Self::Seal(error) => format!("加密内容无法处理：{error}"),
            Self::Sender(what) => what.clone(),
        };
        Text::new(zh, self.to_string())
    }
}
