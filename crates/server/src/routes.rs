//! The routes of the counter, and what stands around them.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use axum_server::tls_rustls::RustlsConfig;
use cases::{Actor, ActorId, Role, Scope};
use law::Text;
use serde_json::json;
use tokio::net::TcpListener;

use crate::house::{House, Parts, Shared};
use crate::http::{guard, meet, present, watch};
use crate::problem::Problem;
use crate::{api, assets, desk, pages, tell};

/// How long requests that have begun are still answered once the counter is told to close.
const LAST_ANSWERS: Duration = Duration::from_secs(15);
/// The largest request: a file of 20 MiB and the form around it.
const MOST_BYTES: usize = 24 * 1024 * 1024;

/// The counter: what is asked of it, and what it tells by itself.
#[derive(Clone)]
pub struct Counter(Shared);

impl Counter {
    /// Furnished.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(House::new(parts)))
    }

    /// Its routes.
    pub fn routes(&self) -> Router {
        routes(&self.0)
    }

    /// Works out ahead what the first visitors would otherwise wait for: the words a search looks through, the interview's first question,
    /// published figures and answers, the document of the API.
    pub async fn warm(&self) {
        let house = &self.0;
        let nobody = Actor { id: ActorId::new("nobody"), role: Role::Auditor, scope: Scope::All };
        let done = async {
            pages::warm(house).await?;
            house.store.search(&nobody, "", 1).await?;
            desk::publication::published(house).await?;
            desk::statistics::public_figures(house).await?;
            Ok(())
        };
        api::described(house);
        // Whoever comes first then waits, and is told what is wrong.
        if let Err(problem) = done.await.map_err(|problem: Problem| problem.code) {
            tracing::warn!(code = problem, "not everything could be worked out ahead");
        }
    }

    /// Tells programs and people what happens, for as long as it is let to; at once done where no letters are sent.
    pub async fn tell(self) {
        tell::run(self.0).await;
    }

    /// Tells what has happened by now, and sends the day's reminders; for whoever has a clock of their own.
    pub async fn tell_now(&self) -> Result<(), Text> {
        let Some(post) = &self.0.post else { return Ok(()) };
        let told = async {
            self.0.store.keep_news().await?;
            while tell::news(&self.0, post).await? > 0 {}
            tell::day(&self.0, post).await
        };
        told.await.map_err(|problem: Problem| *problem.what)
    }
}

/// The routes of a counter that tells nothing by itself.
pub fn router(parts: Parts) -> Router {
    Counter::new(parts).routes()
}

fn routes(house: &Shared) -> Router {
    let house = Arc::clone(house);
    Router::new()
        .merge(pages::routes())
        .merge(api::routes())
        .route("/static/{name}", get(assets::file))
        .route("/health", get(health))
        .route("/metrics", get(metrics))
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(from_fn_with_state(Arc::clone(&house), guard::own_pages_only))
        .layer(from_fn_with_state(Arc::clone(&house), meet::meet))
        .layer(from_fn_with_state(Arc::clone(&house), present::present))
        .layer(from_fn_with_state(Arc::clone(&house), guard::headers))
        .layer(from_fn_with_state(Arc::clone(&house), watch::watch))
        .with_state(house)
}

/// A certificate and its key, for TLS: PEM.
pub struct Tls {
    /// The certificate, and those it was signed by.
    pub certificate: Vec<u8>,
    /// Its private key.
    pub key: Vec<u8>,
}

/// Serves `routes` until `end`; requests that have begun by then are answered, for up to 15 seconds.
pub async fn serve(
    listener: TcpListener,
    routes: Router,
    tls: Option<Tls>,
    end: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let handle = axum_server::Handle::new();
    let ending = handle.clone();
    let told = tokio::spawn(async move {
        end.await;
        ending.graceful_shutdown(Some(LAST_ANSWERS));
    });
    let service = routes.into_make_service_with_connect_info::<SocketAddr>();
    let listener = listener.into_std()?;
    let served = match tls {
        None => axum_server::from_tcp(listener)?.handle(handle).serve(service).await,
        Some(Tls { certificate, key }) => {
            // Whoever came first chose the same.
            let _ = rustls::crypto::ring::default_provider().install_default();
            let config = RustlsConfig::from_pem(certificate, key).await?;
            axum_server::from_tcp_rustls(listener, config)?.handle(handle).serve(service).await
        }
    };
    told.abort();
    served
}

/// `GET /health`: whether the database answers.
async fn health(State(house): State<Shared>) -> Response {
    match house.doors.is_new().await {
        Ok(_) => Json(json!({"status": "ok", "version": house.installation.version})).into_response(),
        Err(error) => {
            tracing::error!(fault = %error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({"status": "database"}))).into_response()
        }
    }
}

/// `GET /metrics`, for Prometheus. Nothing personal is in it; a proxy keeps it from the public all the same.
async fn metrics(State(house): State<Shared>) -> Response {
    let unlogged = house.store.unlogged().await.unwrap_or_default();
    let letters = match &house.post {
        Some(post) => post.waiting().await.unwrap_or_default(),
        None => 0,
    };
    let gauges = [
        ("tongguan_actions_unlogged", "Actions not yet in the evidence log.", unlogged),
        ("tongguan_letters_waiting", "Webhooks and mail that have not arrived yet.", letters),
    ];
    let text = house.metrics.text(&gauges);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
