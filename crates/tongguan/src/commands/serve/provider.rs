//! The provider by which people can sign in beside their passwords, as it is set up on the command line.

use std::path::Path;
use std::sync::Arc;

use oidc::{Provider, Settings};

use super::Context;
use crate::Failure;
use crate::args::ServeArgs;

/// The provider; none where none is named. It is not asked yet, so that the counter opens while it is down.
pub(super) fn of(context: &Context, args: &ServeArgs, url: &str) -> Result<Option<Provider>, Failure> {
    let (Some(issuer), Some(client)) = (&args.oidc_issuer, &args.oidc_client) else { return Ok(None) };
    let secret = args.oidc_secret_file.as_deref().map(|file| secret(context, file)).transpose()?;
    let host = issuer.split("://").last().and_then(|rest| rest.split(['/', ':']).next());
    let settings = Settings {
        issuer: issuer.clone(),
        client: client.clone(),
        secret,
        redirect: format!("{url}/enter/oidc/back"),
        name: args.oidc_name.clone().unwrap_or_else(|| host.unwrap_or_default().to_owned()),
    };
    let random: oidc::Random =
        Arc::new(|bytes: &mut [u8]| getrandom::fill(bytes).map_err(|error| std::io::Error::other(error.to_string())));
    let refused = |error: oidc::OidcError| {
        let (zh, en) = error.both();
        let why = context.say.of(&law::Text::new(zh, en)).to_owned();
        Failure::Input(context.say.fill("serve.oidc", &[("why", &why)]))
    };
    Provider::new(settings, random).map(Some).map_err(refused)
}

/// The client's secret: the first line of its file.
fn secret(context: &Context, file: &Path) -> Result<String, Failure> {
    use std::os::unix::fs::PermissionsExt as _;
    let failed = |error: std::io::Error| Failure::Input(format!("{}: {error}", file.display()));
    let text = std::fs::read_to_string(file).map_err(failed)?;
    let shown = file.display().to_string();
    if std::fs::metadata(file).map_err(failed)?.permissions().mode() & 0o077 != 0 {
        context.error(&context.say.fill("serve.oidc.secret", &[("file", &shown)]));
    }
    match text.lines().next().map(str::trim).filter(|line| !line.is_empty()) {
        Some(line) => Ok(line.to_owned()),
        None => Err(Failure::Input(context.say.fill("serve.oidc.empty", &[("file", &shown)]))),
    }
}
