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
    #[arg(long, env = "TONGGUAN_MAIL", hide_env_values = true, requires = "mail_from", value_name = "URL")]
    pub(crate) mail: Option<String>,
    #[arg(long, env = "TONGGUAN_MAIL_FROM", value_name = "ADDRESS")]
    pub(crate) mail_from: Option<String>,
    #[arg(long, env = "TONGGUAN_INNER_WEBHOOKS")]
    pub(crate) inner_webhooks: bool,
    #[arg(long, value_name = "ROLES", value_delimiter = ',', value_parser = super::case::role)]
    pub(crate) second_factor: Vec<cases::Role>,
    #[arg(long, env = "TONGGUAN_OIDC_ISSUER", value_name = "URL", requires = "oidc_client")]
    pub(crate) oidc_issuer: Option<String>,
    #[arg(long, env = "TONGGUAN_OIDC_CLIENT", value_name = "ID", requires = "oidc_issuer")]
    pub(crate) oidc_client: Option<String>,
    #[arg(long, env = "TONGGUAN_OIDC_SECRET_FILE", value_name = "FILE", requires = "oidc_issuer")]
    pub(crate) oidc_secret_file: Option<PathBuf>,
    #[arg(long, env = "TONGGUAN_OIDC_NAME", value_name = "NAME", requires = "oidc_issuer")]
    pub(crate) oidc_name: Option<String>,
}
