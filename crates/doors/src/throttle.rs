//! Attempts are counted before they are judged, by login and by source, and made to wait the longer the more of them failed.

use std::net::IpAddr;

use database::{number, query};
use jiff::Timestamp;
use sqlx::AnyConnection;

use crate::error::DoorsError;
use crate::house::{Inner, millis, moment};

/// Failures without a wait.
const FREE_LOGIN: i64 = 4;
const FREE_SOURCE: i64 = 20;
/// The longest wait of a login, in seconds: whoever wants to keep its holder out has to go on trying for ever.
const LONGEST_LOGIN: i64 = 300;
/// The longest wait of a source, in seconds.
const LONGEST_SOURCE: i64 = 3600;
/// After how long without a failure all is forgotten, in milliseconds.
const FORGOTTEN: i64 = 24 * 3_600_000;

/// Whose attempts are counted together.
#[derive(Debug, Clone)]
pub(crate) struct Subjects([(String, i64, i64); 2]);

impl Subjects {
    /// A login and where it comes from; both as keyed digests.
    pub(crate) fn new(inner: &Inner, login: &str, from: &str) -> Self {
        let of_login = (inner.keys.tag("throttle-login", login), FREE_LOGIN, LONGEST_LOGIN);
        let of_source = (inner.keys.tag("throttle-source", &network(from)), FREE_SOURCE, LONGEST_SOURCE);
        let mut both = [of_login, of_source];
        // In one order, so that two attempts never wait for each other in a ring.
        both.sort();
        Self(both)
    }
}

/// The network of an address: whoever has one address of IPv6 has the 64 bits behind it.
fn network(from: &str) -> String {
    match from.parse() {
        Ok(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(mapped) => mapped.to_string(),
            None => format!("{:?}", &address.segments()[..4]),
        },
        _ => from.to_owned(),
    }
}

/// Counts an attempt as failed until [`passed`] says otherwise. From when on it may be made, where that is not now.
pub(crate) async fn attempt(
    inner: &Inner,
    connection: &mut AnyConnection,
    subjects: &Subjects,
    now: Timestamp,
) -> Result<Option<Timestamp>, DoorsError> {
    let now = millis(now);
    let lock = inner.dialect().lock("t");
    let mut counts = Vec::new();
    for (subject, free, longest) in &subjects.0 {
        let claim = "INSERT INTO door_throttle (subject, failures, last, until) VALUES ($1, 0, $2, 0) ON CONFLICT (subject) DO NOTHING";
        query(claim).bind(subject.as_str()).bind(now).execute(&mut *connection).await?;
        let of = query(format!("SELECT t.failures, t.last, t.until FROM door_throttle t WHERE t.subject = $1{lock}"));
        let row = of.bind(subject.as_str()).fetch_one(&mut *connection).await?;
        let until = number(&row, "until")?;
        if until > now {
            return Ok(Some(moment(until)));
        }
        let forgotten = number(&row, "last")? < now - FORGOTTEN;
        let failures = if forgotten { 1 } else { number(&row, "failures")? + 1 };
        // One second, two, four, and so on.
        let over = failures - free;
        let wait = if over > 0 { (1_i64 << (over - 1).min(20)).min(*longest) * 1000 } else { 0 };
        counts.push((subject.clone(), failures, now + wait));
    }
    for (subject, failures, until) in counts {
        let put = "UPDATE door_throttle SET failures = $2, last = $3, until = $4 WHERE subject = $1";
        query(put).bind(subject).bind(failures).bind(now).bind(until).execute(&mut *connection).await?;
    }
    Ok(None)
}

/// Takes back that an attempt failed. `whole`: all failures of the login are forgotten; those of the source never are, or whoever
/// knows one password could go on guessing others.
pub(crate) async fn passed(connection: &mut AnyConnection, subjects: &Subjects, whole: bool) -> Result<(), DoorsError> {
    for (subject, free, _) in &subjects.0 {
        let back = if whole && *free == FREE_LOGIN {
            "UPDATE door_throttle SET failures = 0, until = 0 WHERE subject = $1"
        } else {
            "UPDATE door_throttle SET failures = failures - 1, until = 0 WHERE subject = $1 AND failures > 0"
        };
        query(back).bind(subject.as_str()).execute(&mut *connection).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn addresses_of_one_network_are_counted_together() {
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }
}
