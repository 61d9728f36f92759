//! What `serve` takes.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[arg(long, value_name = "ADDR", env = "TONGGUAN_LISTEN", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    #[arg(long, env = "TONGGUAN_DATABASE", hide_env_values = true, value_name = "URL")]
    pub(crate) database: Option<String>,
    #[arg(long, env = "TONGGUAN_HOLD_LOG", requires = "database")]
    pub(crate) hold_log: bool,
    #[arg(long, conflicts_with = "database")]
    pub(crate) demo: bool,
    #[arg(long, env = "TONGGUAN_URL", value_name = "URL")]
    pub(crate) url: Option<String>,
    #[arg(long, requires = "tls_key", env = "TONGGUAN_TLS_CERT", value_name = "FILE")]
    pub(crate) tls_cert: Option<PathBuf>,
    #[arg(long, requires = "tls_cert", env = "TONGGUAN_TLS_KEY", value_name = "FILE")]
    pub(crate) tls_key: Option<PathBuf>,
    #[arg(long, env = "TONGGUAN_FORWARDED", value_name = "HEADER")]
    pub(crate) forwarded: Option<String>,
    #[arg(long, env = "TONGGUAN_POLICIES", value_name = "DIR")]
    pub(crate) policies: Option<PathBuf>,
    #[arg(long, env = "TONGGUAN_TEMPLATES", value_name = "DIR")]
    pub(crate) templates: Option<PathBuf>,
    #[arg(long, value_name = "ROLES", value_delimiter = ',', value_parser = super::case::role)]
    pub(crate) second_factor: Vec<cases::Role>,
}
