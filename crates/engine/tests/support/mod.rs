//! What the tests of the data plane share.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine::{EngineError, NoKeys, Runner, Source};

/// A folder of the test data beside the repository, or `None` (said aloud) where it is not there.
pub(crate) fn shared(folder: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).join(folder);
    if path.exists() {
        return Some(path);
    }
    // Past the test harness, which would keep it to itself.
    let _ = writeln!(std::io::stderr(), "skipped: no shared/data/{folder} beside the repository");
    None
}

/// A runner without keys.
pub(crate) fn runner() -> Runner {
    Runner::new(Arc::new(NoKeys), 2, Arc::new(|_| ()), &std::env::temp_dir())
}

/// A table as it was read: its fields, and rows of text.
pub(crate) type Cells = (Vec<String>, Vec<Vec<Option<String>>>);

/// Reads a whole table as text.
pub(crate) async fn read(path: &Path) -> Result<Cells, EngineError> {
    let source = Arc::new(Source::open("t", path)?);
    let rows = runner().rows(&source, 1_000_000).await?;
    Ok((source.columns.clone(), rows))
}
