//! Policies: who may do what, in files (Cedar), validated against a schema before they count. What no policy allows is refused.

mod ask;
mod facts;
mod load;

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::path::PathBuf;

use cedar_policy::{Authorizer, EntityTypeName, EntityUid, PolicySet};
use law::Text;

pub use ask::{Action, Resource};
pub use facts::CaseFacts;

use crate::account::Account;
use crate::token::TokenScope;

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub struct Who<'a> {
    /// The account.
    pub account: &'a Account,
    /// What its token is for; none: it holds a session.
    pub scopes: Option<&'a BTreeSet<TokenScope>>,
    /// Whether it has to set up a second factor before anything else.
    pub must_enrol: bool,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whether it is allowed.
    pub allowed: bool,
    /// The policies it rests on, by their ids; of a refusal none, unless one forbids it. `token-scope` and `second-factor-first` are the
    /// program's own.
    pub by: Vec<String>,
}

/// Why policies were not taken.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// A file is none, or says what the schema does not know.
    #[error("policies, `{file}`: {what}")]
    File {
        /// Which.
        file: String,
        /// What is wrong, in one line.
        what: String,
    },
    /// The folder has no file of policies.
    #[error("policies: `{folder}` has no file that ends in `.cedar`: nothing at all would be allowed")]
    None {
        /// Which.
        folder: PathBuf,
    },
    /// The folder cannot be read.
    #[error("policies, `{path}`: {error}")]
    Io {
        /// Where.
        path: PathBuf,
        /// The system's word.
        error: std::io::Error,
    },
}

impl PolicyError {
    /// The same in both languages.
    pub fn text(&self) -> Text {
        let zh = match self {
            Self::File { file, what } => format!("授权策略 `{file}`：{what}"),
            Self::None { folder } => {
                format!("授权策略：`{}` 中没有以 `.cedar` 结尾的文件，一切都将被拒绝", folder.display())
            }
            Self::Io { path, error } => format!("授权策略 `{}`：{error}", path.display()),
        };
        Text::new(zh, self.to_string())
    }
}

/// Policies as they are asked: those of each action apart, so that an answer looks only at what can matter.
pub struct Policies {
    authorizer: Authorizer,
    by_action: HashMap<&'static str, (EntityUid, PolicySet)>,
    types: Types,
    /// Every policy's id with its file.
    ids: Vec<(String, String)>,
}

/// The names of the kinds of entities, made once.
struct Types {
    account: EntityTypeName,
    organisation: EntityTypeName,
    installation: EntityUid,
}

impl Policies {
    /// Every policy's id with the file it stands in, in the order of files.
    pub fn ids(&self) -> &[(String, String)] {
        &self.ids
    }
}

impl fmt::Debug for Policies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policies").field("ids", &self.ids).finish_non_exhaustive()
    }
}
