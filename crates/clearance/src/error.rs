//! What can stop the main job.

use std::path::{Path, PathBuf};

/// A failure of the pipeline. No variant carries a value of anyone's data.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClearanceError {
    /// The transfer file.
    #[error("{}: {error}", .path.display())]
    Transfer {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: transfer::TransferError,
    },
    /// The call or its input is wrong; the text says where, what, and how to mend it.
    #[error("{0}")]
    Input(String),
    /// The data plane.
    #[error(transparent)]
    Engine(#[from] engine::EngineError),
    /// The law.
    #[error(transparent)]
    Law(#[from] law::LawError),
    /// The log.
    #[error("the log in the state folder: {0}")]
    Log(String),
    /// The state store.
    #[error("the state store: {0}")]
    Store(String),
    /// An object store.
    #[error("{place}: {what}")]
    Remote {
        /// Bucket and prefix.
        place: String,
        /// What went wrong.
        what: String,
    },
    /// A file or folder.
    #[error("{}: {error}", .path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
}

impl ClearanceError {
    pub(crate) fn input(text: impl Into<String>) -> Self {
        Self::Input(text.into())
    }

    /// True where the call or its input is at fault (exit status 2), false where the machine is (3).
    pub fn is_input(&self) -> bool {
        match self {
            Self::Transfer { .. } | Self::Input(_) => true,
            Self::Engine(error) => error.is_input(),
            // A conflict or gap in the rule base is ours, not the caller's; everything else it says is about input.
            Self::Law(error) => !matches!(error, law::LawError::Conflict { .. } | law::LawError::Gap { .. }),
            Self::Io { error, .. } => error.kind() == std::io::ErrorKind::NotFound,
            Self::Log(_) | Self::Store(_) | Self::Remote { .. } => false,
        }
    }
}

impl From<sqlx::Error> for ClearanceError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.to_string().lines().next().unwrap_or_default().to_owned())
    }
}

/// Puts the path to what the system said.
pub(crate) trait At<T> {
    fn at(self, path: &Path) -> Result<T, ClearanceError>;
}

impl<T> At<T> for std::io::Result<T> {
    fn at(self, path: &Path) -> Result<T, ClearanceError> {
        self.map_err(|error| ClearanceError::Io { path: path.to_owned(), error })
    }
}
