//! For tests: empty databases of both kinds. PostgreSQL is a server of the test's own, started as user postgres on a unix socket.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::missing_panics_doc, reason = "used by tests alone")]

mod postgres;

use std::path::PathBuf;

pub use postgres::{Server, server};

/// One empty database of either kind.
#[derive(Debug)]
pub struct Place {
    /// Its address.
    pub address: String,
    /// What lies on disk.
    pub folder: PathBuf,
    _folder: Option<tempfile::TempDir>,
}

impl Place {
    /// A file.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let address = format!("sqlite:{}", folder.path().join("cases 案.db").display());
        Self { address, folder: folder.path().to_owned(), _folder: Some(folder) }
    }

    /// A database of the server; `None`, said aloud: PostgreSQL is not installed.
    pub fn postgres() -> Option<Self> {
        let server = server()?;
        Some(Self { address: server.new_database(), folder: server.data(), _folder: None })
    }

    /// Both; PostgreSQL where it is installed.
    pub fn both() -> Vec<Self> {
        std::iter::once(Self::sqlite()).chain(Self::postgres()).collect()
    }

    /// Whether it is a file.
    pub fn is_sqlite(&self) -> bool {
        self.address.starts_with("sqlite:")
    }

    /// Runs SQL on it as another program would; what refused it, where it was refused.
    pub async fn raw(&self, sql: &'static str) -> Result<(), String> {
        if !self.is_sqlite() {
            let name = self.address.rsplit('/').next().unwrap_or_default();
            return server().expect("it runs").psql(name, sql).map(|_| ());
        }
        let database = crate::Database::at(&self.address).expect("an address");
        let mut connection = database.connect().await.expect("it opens");
        let _turn = database.turn().await;
        sqlx::raw_sql(sql).execute(&mut connection).await.map(|_| ()).map_err(|error| error.to_string())
    }
}

/// A runtime of two threads, as a server has.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}
