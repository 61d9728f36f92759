//! A witness's one endpoint: `POST /add-checkpoint` of C2SP tlog-witness.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use evidence::witness::{MAX_REQUEST, Outcome};
use evidence::{Store, WitnessState};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// How long a request may take to arrive.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// How many requests may be at work or wait for it: each holds at most its body.
const MAX_AT_WORK: usize = 256;

/// Seconds since 1970: only the binary reads the clock.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

struct Desk<S> {
    witness: WitnessState<S>,
    clock: Clock,
    room: Semaphore,
}

/// The witness's routes.
pub fn router<S: Store + Send + Sync + 'static>(witness: WitnessState<S>, clock: Clock) -> Router {
    let desk = Arc::new(Desk { witness, clock, room: Semaphore::new(MAX_AT_WORK) });
    Router::new().route("/add-checkpoint", post(add_checkpoint)).with_state(desk)
}

/// Serves `routes` until `end`; requests that have begun by then are answered.
pub async fn serve(
    listener: TcpListener,
    routes: Router,
    end: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    axum::serve(listener, routes).with_graceful_shutdown(end).await
}

async fn add_checkpoint<S: Store + Send + Sync + 'static>(State(desk): State<Arc<Desk<S>>>, body: Body) -> Response {
    let Ok(_place) = desk.room.try_acquire() else {
        return say(StatusCode::SERVICE_UNAVAILABLE, "too many requests at once, try again\n");
    };
    let bytes = match timeout(BODY_TIMEOUT, to_bytes(body, MAX_REQUEST)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(_)) => {
            return say(StatusCode::PAYLOAD_TOO_LARGE, "the request is longer than 128 KiB, or was cut off\n");
        }
        Err(_) => return say(StatusCode::REQUEST_TIMEOUT, "the request took too long to arrive\n"),
    };
    let at_work = Arc::clone(&desk);
    // It waits for the disk.
    let outcome = spawn_blocking(move || at_work.witness.add_checkpoint(&bytes, (at_work.clock)())).await;
    match outcome {
        Ok(outcome) => answer(&outcome),
        Err(_) => say(StatusCode::INTERNAL_SERVER_ERROR, "the witness could not answer\n"),
    }
}

fn answer(outcome: &Outcome) -> Response {
    let status = StatusCode::from_u16(outcome.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, outcome.content_type())], outcome.body()).into_response()
}

fn say(status: StatusCode, line: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], line).into_response()
}
