//! The one connection of a process by which somebody writes, and the line of those who wait for it.

use std::fmt;
use std::sync::Arc;

use sqlx::{AnyConnection, Connection as _};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::address::{Database, Writing};
use crate::error::DatabaseError;

/// The connection that writes; none after it was lost. Clones are the same one.
#[derive(Debug, Clone)]
pub struct Writer(Arc<Mutex<Option<AnyConnection>>>);

impl Writer {
    /// Around a connection that was made to write ([`Database::connect`]).
    pub fn new(connection: AnyConnection) -> Self {
        Self(Arc::new(Mutex::new(Some(connection))))
    }

    /// Waits until nobody else writes by it.
    pub async fn lock(&self) -> Pen {
        Pen(Some(Arc::clone(&self.0).lock_owned().await))
    }

    /// Ends the connection.
    pub async fn close(&self) {
        if let Some(connection) = self.0.lock().await.take() {
            // What was told to be durable is; there is nothing left to be lost.
            let _ = connection.close().await;
        }
    }
}

/// The connection that writes, for as long as this is held.
///
/// Where a transaction was left without being committed, the database is told before the next may write: otherwise its locks would last
/// until then, and other processes wait for nothing.
pub struct Pen(Option<OwnedMutexGuard<Option<AnyConnection>>>);

impl Pen {
    /// The connection, made anew where it was lost.
    pub async fn connection(&mut self, database: &Database) -> Result<&mut AnyConnection, DatabaseError> {
        let slot = self.slot()?;
        let connection = match slot.take() {
            Some(connection) => connection,
            None => database.connect().await?,
        };
        Ok(slot.insert(connection))
    }

    /// Gives the connection up: the next who writes gets another.
    pub fn drop_connection(&mut self) {
        if let Some(slot) = self.0.as_mut() {
            **slot = None;
        }
    }

    /// Begins a transaction, on a new connection where the old one does not answer.
    pub async fn begin(&mut self, database: &Database) -> Result<Writing<'_>, DatabaseError> {
        if self.connection(database).await?.ping().await.is_err() {
            self.drop_connection();
        }
        let connection = self.connection(database).await?;
        Ok(database.begin(connection).await?)
    }

    fn slot(&mut self) -> Result<&mut Option<AnyConnection>, DatabaseError> {
        // It is there until this is dropped.
        self.0.as_deref_mut().ok_or_else(|| DatabaseError::Failed { what: "the writer is gone".to_owned() })
    }
}

impl Drop for Pen {
    fn drop(&mut self) {
        let Some(mut slot) = self.0.take() else { return };
        // A transaction that was dropped leaves its `ROLLBACK` waiting to be sent with the next statement.
        if !slot.as_ref().is_some_and(AnyConnection::should_flush) {
            return;
        }
        match Handle::try_current() {
            Ok(handle) => {
                handle.spawn(async move {
                    if let Some(connection) = slot.as_mut()
                        && connection.ping().await.is_err()
                    {
                        *slot = None;
                    }
                });
            }
            // Closing it ends the transaction, too.
            Err(_) => *slot = None,
        }
    }
}

impl fmt::Debug for Pen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pen")
    }
}
