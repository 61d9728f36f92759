//! What can go wrong between a file and the engine, said so that its owner can mend it.

use std::path::PathBuf;

/// A failure of the data plane. No variant ever carries a value of a cell.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The caller named something that cannot be read as a table.
    #[error("{}: {reason}", .path.display())]
    Source {
        /// The file as the caller named it.
        path: PathBuf,
        /// What is wrong and how to mend it.
        reason: String,
    },
    /// A field that the source does not have.
    #[error("`{source_name}` has no field `{field}`; it has: {}", .have.join(", "))]
    NoSuchField {
        /// The source's name.
        source_name: String,
        /// The missing field.
        field: String,
        /// The fields there are.
        have: Vec<String>,
    },
    /// A key that the key ring does not hold.
    #[error("the key `{0}` is not in the key ring of this process")]
    NoKey(String),
    /// Reading or writing failed.
    #[error("{}: {error}", .path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The query engine failed.
    #[error("the data plane failed: {0}")]
    Plane(String),
}

impl EngineError {
    /// A source that cannot be read, and why.
    pub(crate) fn source(path: impl Into<PathBuf>, reason: impl Into<String>) -> Self {
        Self::Source { path: path.into(), reason: reason.into() }
    }

    /// A failed system call on `path`.
    pub fn io(path: impl Into<PathBuf>, error: std::io::Error) -> Self {
        Self::Io { path: path.into(), error }
    }

    /// True where the input is at fault (exit status 2), false where the machine is (3).
    pub fn is_input(&self) -> bool {
        match self {
            Self::Source { .. } | Self::NoSuchField { .. } => true,
            Self::Io { error, .. } => error.kind() == std::io::ErrorKind::NotFound,
            Self::NoKey(_) | Self::Plane(_) => false,
        }
    }
}

impl From<datafusion::error::DataFusionError> for EngineError {
    fn from(error: datafusion::error::DataFusionError) -> Self {
        use datafusion::error::DataFusionError;
        match error {
            DataFusionError::External(inner) => match inner.downcast::<EngineError>() {
                Ok(ours) => *ours,
                Err(other) => Self::Plane(first_line(&other.to_string())),
            },
            DataFusionError::Context(_, inner) => (*inner).into(),
            DataFusionError::ArrowError(inner, _) => match *inner {
                datafusion::arrow::error::ArrowError::ExternalError(inner) => match inner.downcast::<EngineError>() {
                    Ok(ours) => *ours,
                    Err(other) => Self::Plane(first_line(&other.to_string())),
                },
                other => Self::Plane(first_line(&other.to_string())),
            },
            other => Self::Plane(first_line(&other.to_string())),
        }
    }
}

impl From<EngineError> for datafusion::error::DataFusionError {
    fn from(error: EngineError) -> Self {
        Self::External(Box::new(error))
    }
}

/// Errors from below may run over several lines; a user gets one.
fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
