//! Codes of recovery: for whoever lost the second factor, each good once.

use database::query;
use sqlx::AnyConnection;

use crate::account::AccountId;
use crate::error::DoorsError;
use crate::house::Inner;
use crate::secret::{Secret, letters};

/// How many are made at a time.
const CODES: usize = 10;
/// Letters of one, five bits each.
const LETTERS: usize = 15;

/// Makes new codes in the place of all others.
pub(crate) async fn make(
    inner: &Inner,
    connection: &mut AnyConnection,
    id: &AccountId,
) -> Result<Vec<Secret>, DoorsError> {
    query("DELETE FROM door_recovery WHERE account = $1").bind(id.as_str()).execute(&mut *connection).await?;
    let mut codes = Vec::with_capacity(CODES);
    for _ in 0..CODES {
        let all = letters(&inner.keys.random::<LETTERS>()?);
        let code = [&all[..5], &all[5..10], &all[10..]].join("-");
        let put = query("INSERT INTO door_recovery (account, code) VALUES ($1, $2)").bind(id.as_str());
        put.bind(tag(inner, id, &code)).execute(&mut *connection).await?;
        codes.push(Secret::from_text(code));
    }
    Ok(codes)
}

/// Uses a code up; whether it was one.
pub(crate) async fn take(
    inner: &Inner,
    connection: &mut AnyConnection,
    id: &AccountId,
    code: &str,
) -> Result<bool, DoorsError> {
    let of = query("DELETE FROM door_recovery WHERE account = $1 AND code = $2").bind(id.as_str());
    Ok(of.bind(tag(inner, id, code)).execute(connection).await?.rows_affected() == 1)
}

/// A keyed digest: 75 bits are many, and without the key nobody can even begin to guess.
fn tag(inner: &Inner, id: &AccountId, code: &str) -> String {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    inner.keys.tag("recovery", &format!("{id}\0{}", plain.to_lowercase()))
}
