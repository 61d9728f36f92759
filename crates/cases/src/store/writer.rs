//! One writer: what waits is recorded together, in one transaction, and acknowledged once that is durable.

use std::sync::Arc;

use database::{DatabaseError, is_conflict, is_lost};
use sqlx::AnyConnection;
use tokio::sync::{mpsc, oneshot};

use super::Inner;
use super::error::StoreError;
use super::request::{Done, Request};
use super::work::Work;

/// The most requests of one transaction: bounds what one commit waits for.
const MOST: usize = 512;
/// How often a group is tried where the database asks for that.
const TRIES: u32 = 5;

/// A request and who waits for its answer.
pub(crate) struct Job {
    pub(crate) request: Request,
    pub(crate) reply: oneshot::Sender<Result<Done, StoreError>>,
}

/// How far a group came.
pub(super) enum Failed {
    /// Nothing was recorded.
    Before(StoreError, Retry),
    /// The commit was sent and not answered.
    Commit(Vec<Result<Done, StoreError>>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Retry {
    No,
    Again,
    Reconnect,
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Before(error, Retry::No)
    }
}

impl From<DatabaseError> for Failed {
    fn from(error: DatabaseError) -> Self {
        Self::Before(error.into(), Retry::No)
    }
}

impl From<sqlx::Error> for Failed {
    fn from(error: sqlx::Error) -> Self {
        let retry = match () {
            () if is_conflict(&error) => Retry::Again,
            () if is_lost(&error) => Retry::Reconnect,
            () => Retry::No,
        };
        Self::Before(error.into(), retry)
    }
}

/// Records what comes until nobody can send any more.
pub(crate) async fn run(inner: Arc<Inner>, mut jobs: mpsc::Receiver<Job>) {
    let mut group = Vec::new();
    while jobs.recv_many(&mut group, MOST).await > 0 {
        let (requests, replies): (Vec<Request>, Vec<_>) = group.drain(..).map(|job| (job.request, job.reply)).unzip();
        let answers = record(&inner, &requests).await;
        for (reply, answer) in replies.into_iter().zip(answers) {
            // Whoever no longer waits asks again under the same name.
            let _ = reply.send(answer);
        }
        inner.recorded.notify_one();
    }
}

/// Records a group; an answer for each request, in their order.
async fn record(inner: &Inner, requests: &[Request]) -> Vec<Result<Done, StoreError>> {
    let mut tries = 0;
    loop {
        tries += 1;
        let mut writer = inner.writer.lock().await;
        let connection = match writer.connection(&inner.database).await {
            Ok(connection) => connection,
            Err(error) => return all(requests, &error.into()),
        };
        let (error, retry) = match group(inner, connection, requests).await {
            Ok(answers) => return answers,
            Err(Failed::Commit(answers)) => {
                writer.drop_connection();
                return unknown(requests, answers);
            }
            Err(Failed::Before(error, retry)) => (error, retry),
        };
        if retry == Retry::Reconnect {
            writer.drop_connection();
        }
        drop(writer);
        match &error {
            // One case whose record does not hold must not keep the others from being recorded.
            _ if retry == Retry::No && requests.len() > 1 => {
                let mut answers = Vec::with_capacity(requests.len());
                for request in requests {
                    answers.extend(Box::pin(record(inner, std::slice::from_ref(request))).await);
                }
                return answers;
            }
            _ if retry == Retry::No => return vec![Err(error)],
            _ if tries < TRIES => tokio::time::sleep(std::time::Duration::from_millis(20 << tries)).await,
            error => return all(requests, error),
        }
    }
}

/// The same answer for all: nothing was recorded.
fn all(requests: &[Request], error: &StoreError) -> Vec<Result<Done, StoreError>> {
    let what = match error {
        StoreError::Database { what } => what.clone(),
        error => error.to_string(),
    };
    requests.iter().map(|_| Err(StoreError::Database { what: what.clone() })).collect()
}

/// Those that were to be recorded may have been; refusals stand.
fn unknown(requests: &[Request], answers: Vec<Result<Done, StoreError>>) -> Vec<Result<Done, StoreError>> {
    let unknown = |(request, answer): (&Request, Result<Done, StoreError>)| match answer {
        Ok(done) if !done.again => {
            Err(StoreError::Unknown { case: request.case.clone(), action: request.action.clone() })
        }
        answer => answer,
    };
    requests.iter().zip(answers).map(unknown).collect()
}

async fn group(
    inner: &Inner,
    connection: &mut AnyConnection,
    requests: &[Request],
) -> Result<Vec<Result<Done, StoreError>>, Failed> {
    let mut transaction = inner.database.begin(connection).await?;
    let mut work = Work::begin(inner, &mut transaction, requests).await?;
    let mut answers = Vec::with_capacity(requests.len());
    for request in requests {
        answers.push(work.take(&mut transaction, request).await?);
    }
    work.write(&mut transaction).await?;
    if transaction.commit().await.is_err() {
        return Err(Failed::Commit(answers));
    }
    work.keep();
    Ok(answers)
}
