//! Phones, mail and network addresses.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{Verdict, compact};

/// A Chinese mobile number, with or without +86 / 0086, spaces, hyphens, full-width digits.
pub fn mobile_cn(value: &str) -> Verdict {
    match compact::<20>(value) {
        Some((b, len)) if mobile_bytes(without_86(&b[..len])) => Verdict::Valid,
        _ => Verdict::No,
    }
}

fn without_86(b: &[u8]) -> &[u8] {
    b.strip_prefix(b"+86")
        .or_else(|| b.strip_prefix(b"0086"))
        .or_else(|| if b.len() == 13 { b.strip_prefix(b"86") } else { None })
        .unwrap_or(b)
}

/// Eleven bare digits of a mobile number: 1, then 3 to 9 (numbering plan of the MIIT; 12 and 10 are not assigned to subscribers).
#[inline]
pub fn mobile_bytes(b: &[u8]) -> bool {
    b.len() == 11 && b[0] == b'1' && matches!(b[1], b'3'..=b'9') && b.iter().all(u8::is_ascii_digit)
}

/// A Chinese landline number with its area code: 0, area of two or three digits, seven or eight digits, an extension allowed.
pub fn landline_cn(value: &str) -> Verdict {
    let mut digits = [0u8; 16];
    let mut len = 0;
    for (i, c) in value.trim().chars().map(crate::normalise::fold_width).enumerate() {
        match c {
            '0'..='9' if len < 16 => {
                digits[len] = c as u8;
                len += 1;
            }
            ' ' | '-' | '(' | ')' => {}
            '+' if i == 0 => {}
            _ => return Verdict::No,
        }
    }
    let d = &digits[..len];
    let d = d
        .strip_prefix(b"0086")
        .or_else(|| if value.trim_start().starts_with('+') { d.strip_prefix(b"86") } else { None })
        .unwrap_or(d);
    if landline_bytes(d)
        || (d.len() < len && d.first() != Some(&b'0') && (9..=11).contains(&d.len()) && !mobile_bytes(d))
    {
        Verdict::Valid
    } else {
        Verdict::No
    }
}

/// Ten to twelve bare digits of a landline number: 010 or 02x and eight, or 0xxx and seven or eight.
#[inline]
pub fn landline_bytes(d: &[u8]) -> bool {
    let two = matches!(d, [b'0', b'1', b'0', ..] | [b'0', b'2', _, ..]);
    let (area, lengths) = if two { (3, 11..=11) } else { (4, 11..=12) };
    lengths.contains(&d.len()) && d[0] == b'0' && d[1] != b'0' && d[area] != b'0' && d[area] != b'1'
}

/// An e-mail address as people have them: local part, one @, a domain with a dot (RFC 5321 without its rarities).
pub fn email(value: &str) -> Verdict {
    let value = value.trim();
    let Some((local, domain)) = value.split_once('@') else {
        return Verdict::No;
    };
    let local_ok = (1..=64).contains(&local.len())
        && !local.starts_with('.')
        && !local.ends_with('.')
        && local.chars().all(|c| c.is_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~".contains(c));
    let domain_ok = domain.len() <= 255
        && domain.contains('.')
        && domain.split('.').all(|part| {
            !part.is_empty() && !part.starts_with('-') && part.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
        && domain
            .rsplit('.')
            .next()
            .is_some_and(|tld| tld.chars().count() >= 2 && !tld.chars().all(|c| c.is_ascii_digit()));
    if local_ok && domain_ok { Verdict::Valid } else { Verdict::No }
}

/// An IPv4 or IPv6 address, as the standard library reads them.
pub fn ip(value: &str) -> Verdict {
    let value = value.trim();
    if value.parse::<Ipv4Addr>().is_ok() || (value.matches(':').count() >= 2 && value.parse::<Ipv6Addr>().is_ok()) {
        Verdict::Valid
    } else {
        Verdict::No
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones() {
        for (value, mobile, landline) in [
            ("13800138000", true, false),
            ("+86 138-0013-8000", true, false),
            ("008613800138000", true, false),
            ("12800138000", false, false),
            ("010-61234567", false, true),
            ("(0755)8123 4567", false, true),
            ("0983-84401223", false, true),
            ("+86 10 61234567", false, true),
            ("01234567", false, false),
            ("1380013800", false, false),
            ("SO13800138000", false, false),
        ] {
            assert_eq!((mobile_cn(value).is_valid(), landline_cn(value).is_valid()), (mobile, landline), "{value}");
        }
    }

    #[test]
    fn mail_and_ip() {
        for (value, expected) in [
            ("a.b@example.com.cn", true),
            ("1@qq.com", true),
            ("a@b", false),
            ("a@@b.cn", false),
            ("a b@c.cn", false),
            ("@c.cn", false),
        ] {
            assert_eq!(email(value).is_valid(), expected, "{value}");
        }
        for (value, expected) in [
            ("1.29.192.209", true),
            ("256.1.1.1", false),
            ("2001:db8::1", true),
            ("::1", true),
            ("12:30", false),
            ("1.2.3", false),
        ] {
            assert_eq!(ip(value).is_valid(), expected, "{value}");
        }
    }
}
