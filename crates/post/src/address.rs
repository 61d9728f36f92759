//! Where webhooks may go: a program that sends to any address on request would be a way into the network it stands in.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use crate::error::PostError;

/// The longest address.
const LONGEST: usize = 2_000;

/// How far webhooks reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// Addresses of the internet, by HTTPS alone.
    #[default]
    Public,
    /// Any, this machine's own network included, and plain HTTP: for an installation whose receivers stand beside it.
    Any,
}

impl Reach {
    /// Whether this address may be sent to.
    pub(crate) fn takes(self, ip: IpAddr) -> bool {
        self == Self::Any || is_public(ip)
    }
}

/// The address of a hook. Errors: it is none, or out of reach. A name is looked at when it is sent to, as it may lead elsewhere by then.
pub(crate) fn checked(text: &str, reach: Reach) -> Result<Url, PostError> {
    let bad = |what, zh| PostError::Address { what, zh };
    let url =
        Url::parse(text.trim()).map_err(|_| bad("is no address such as `https://example.cn/hook`", "不是网址"))?;
    if text.len() > LONGEST {
        return Err(bad("is longer than 2,000 letters", "超过2000个字符"));
    }
    match (url.scheme(), reach) {
        ("https", _) | ("http", Reach::Any) => {}
        _ => return Err(bad("begins with `https://`", "应以 https:// 开头")),
    }
    let private = || bad("is of this machine's own network, which is not allowed here", "指向内部网络，本系统不允许");
    let ip = match url.host() {
        None => return Err(bad("names no host", "没有主机名")),
        Some(Host::Domain(name)) if name == "localhost" || name.ends_with(".localhost") => {
            Some(IpAddr::V4(Ipv4Addr::LOCALHOST))
        }
        Some(Host::Domain(_)) => None,
        Some(Host::Ipv4(ip)) => Some(ip.into()),
        Some(Host::Ipv6(ip)) => Some(ip.into()),
    };
    if ip.is_some_and(|ip| !reach.takes(ip)) {
        return Err(private());
    }
    Ok(url)
}

/// Whether an address belongs to the internet at large (IANA's registries of special-purpose addresses, RFC 6890).
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || ip.is_multicast()
        || a == 0
        // 100.64.0.0/10, between carrier and customer (RFC 6598).
        || (a == 100 && (64..128).contains(&b))
        || (a, b, c) == (192, 0, 0)
        // 198.18.0.0/15, for benchmarks (RFC 2544).
        || (a == 198 && (b == 18 || b == 19))
        || a >= 240;
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    if let Some(inner) = ip.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    let inner = |at: usize| {
        let octets = ip.octets();
        Ipv4Addr::new(octets[at], octets[at + 1], octets[at + 2], octets[at + 3])
    };
    // Addresses of version 4 within those of version 6: NAT64 (RFC 6052) and 6to4 (RFC 3056).
    if a == 0x64 && b == 0xff9b {
        return is_public_v4(inner(12));
    }
    if a == 0x2002 {
        return is_public_v4(inner(2));
    }
    // Of 2000::/3, what is given to networks; not documentation (RFC 3849) nor Teredo (RFC 4380).
    a & 0xe000 == 0x2000 && (a, b) != (0x2001, 0x0db8) && (a, b) != (0x2001, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_within_is_out_of_reach() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.0.8",
            "203.0.113.9",
            "::1",
            "::",
            "fc00::1",
            "fe80::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2001:db8::1",
        ] {
            assert!(!Reach::Public.takes(inside.parse().expect(inside)), "{inside}");
            assert!(Reach::Any.takes(inside.parse().expect(inside)), "{inside}");
        }
        for outside in ["1.1.1.1", "100.63.0.1", "172.32.0.1", "2606:4700::1111", "64:ff9b::101:101"] {
            assert!(Reach::Public.takes(outside.parse().expect(outside)), "{outside}");
        }
    }

    #[test]
    fn an_address_is_one_of_https() {
        let takes = |text: &str, reach| checked(text, reach).is_ok();
        assert!(takes("https://example.cn/hook?key=1", Reach::Public));
        for text in [
            "http://example.cn/hook",
            "ftp://example.cn",
            "example.cn",
            "https://",
            "https://localhost/x",
            "https://a.localhost",
            "https://127.0.0.1",
            "https://[::1]/",
            "https://0x7f.1/",
            "https://2130706433/",
            "file:///etc/passwd",
            "",
        ] {
            assert!(!takes(text, Reach::Public), "{text}");
        }
        assert!(takes("http://127.0.0.1:8080/hook", Reach::Any));
        assert!(!takes("ftp://127.0.0.1", Reach::Any));
        assert!(!takes(&format!("https://example.cn/{}", "a".repeat(2_000)), Reach::Public));
    }
}
