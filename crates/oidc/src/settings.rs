//! How an installation is known to its provider.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use openidconnect::url::{Host, Url};

use crate::error::OidcError;

/// Fills bytes with randomness. Nothing is drawn here.
pub type Random = Arc<dyn Fn(&mut [u8]) -> std::io::Result<()> + Send + Sync>;

/// How an installation is known to its provider.
#[derive(Clone)]
pub struct Settings {
    /// The provider's address, exactly as it names itself: `https://login.example.cn/realms/office`. Plain HTTP only on this machine.
    pub issuer: String,
    /// What the provider knows the installation by.
    pub client: String,
    /// What it proves that by; none of a public client.
    pub secret: Option<String>,
    /// Where the provider sends people back to, as it is registered there.
    pub redirect: String,
    /// What people call the provider; it stands on the button.
    pub name: String,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("issuer", &self.issuer).field("client", &self.client).finish_non_exhaustive()
    }
}

impl Settings {
    /// The issuer's address, held against what it has to be (Discovery 1.0, section 3).
    pub(crate) fn issuer_url(&self) -> Result<Url, OidcError> {
        let url = Url::parse(&self.issuer).map_err(|_| OidcError::Settings("issuer"))?;
        let bare = url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
            && url.has_host();
        if bare && (url.scheme() == "https" || is_plain(&url)) { Ok(url) } else { Err(OidcError::Settings("issuer")) }
    }
}

/// Whether an address is plain HTTP on this machine, where nobody listens on the way.
pub(crate) fn is_plain(url: &Url) -> bool {
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    };
    url.scheme() == "http" && here
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(issuer: &str) -> bool {
        let settings = Settings {
            issuer: issuer.to_owned(),
            client: "counter".to_owned(),
            secret: Some("not to be seen".to_owned()),
            redirect: "https://exit.example.cn/enter/oidc/back".to_owned(),
            name: "Office".to_owned(),
        };
        assert!(!format!("{settings:?}").contains("not to be seen"));
        settings.issuer_url().is_ok()
    }

    #[test]
    fn an_issuer_is_an_address_over_tls_or_one_on_this_machine() {
        assert!(takes("https://login.example.cn"));
        assert!(takes("https://login.example.cn/realms/office"));
        assert!(takes("http://127.0.0.1:9000"));
        assert!(takes("http://localhost:9000/realms/office"));
        assert!(takes("http://[::1]:9000"));
        for wrong in [
            "",
            "login.example.cn",
            "http://login.example.cn",
            "http://127.0.0.1.example.cn",
            "https://login.example.cn/?realm=office",
            "https://login.example.cn/#office",
            "https://name:word@login.example.cn",
            "file:///etc/passwd",
        ] {
            assert!(!takes(wrong), "{wrong:?}");
        }
    }
}
