//! Passwords: which are taken (NIST SP 800-63B-4, 3.1.1.2: length, no rules of composition, none of the commonest, the same letters
//! however a keyboard composes them), and argon2id.

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::error::{DoorsError, PasswordRefused};
use crate::house::gate;
use crate::keys::Keys;
use crate::rules::Hashing;
use crate::secret::same;

/// The fewest letters of a password.
pub(crate) const LEAST: usize = 12;
/// The most: long enough for any sentence, short enough to be hashed by anybody who asks.
pub(crate) const MOST: usize = 128;
/// Bytes of salt and of the digest.
const SALT: usize = 16;
const OUT: usize = 32;

/// What passwords of many are built from, in the world and here.
const COMMON: [&str; 34] = [
    "password",
    "passw0rd",
    "p@ssword",
    "p@ssw0rd",
    "letmein",
    "welcome",
    "admin",
    "administrator",
    "qwerty",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx",
    "1q2w3e4r",
    "qazwsx",
    "iloveyou",
    "woaini",
    "changeme",
    "secret",
    "default",
    "guest",
    "root",
    "test",
    "user",
    "login",
    "master",
    "dragon",
    "monkey",
    "sunshine",
    "princess",
    "tongguan",
    "wangxinban",
    "shujuchujing",
    "mima",
];
/// Runs that fingers follow.
const RUNS: [&str; 7] = [
    "0123456789012345678901234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertyuiop[]asdfghjkl;'zxcvbnm,./",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "9876543210987654321098765432109",
];

/// A password in the form it is counted, judged and hashed in: NFKC, so that wide letters and composed ones are the same as typed on any
/// other keyboard. More than the longest is never a password and is left out.
fn normal(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.nfkc().take(MOST + 1).collect())
}

/// Whether a password is taken for an account with this login.
pub(crate) fn check(password: &str, login: &str) -> Result<(), DoorsError> {
    let password = normal(password);
    let refused = |why| Err(DoorsError::Password(why));
    let letters = password.chars().count();
    if letters < LEAST {
        return refused(PasswordRefused::TooShort);
    }
    if letters > MOST {
        return refused(PasswordRefused::TooLong);
    }
    let lower = password.to_lowercase();
    let login = login.split('@').next().unwrap_or_default();
    // A login of a few letters stands in many a good sentence.
    if !login.is_empty() && lower.contains(login) && letters < login.chars().count() + LEAST / 2 {
        return refused(PasswordRefused::Login);
    }
    if is_common(&lower) { refused(PasswordRefused::Common) } else { Ok(()) }
}

/// Whether nothing is left of it but common words, runs of the keyboard and what they are decorated with.
fn is_common(lower: &str) -> bool {
    let repeats = (1..=4).any(|unit| {
        let letters: Vec<char> = lower.chars().collect();
        letters.iter().enumerate().all(|(at, letter)| *letter == letters[at % unit])
    });
    let is_run = RUNS.iter().any(|run| run.contains(lower));
    // The longest first, so that `admin` does not leave `istrator`.
    let mut words = COMMON;
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let without = words.iter().fold(lower.to_owned(), |rest, word| rest.replace(word, ""));
    let rest = without.trim_matches(|c: char| !c.is_alphabetic());
    let is_decorated = without != lower && rest.chars().count() <= 2;
    // Twelve digits are a telephone number, a day, a code of some kind.
    let is_number = !lower.chars().any(char::is_alphabetic) && lower.chars().count() <= LEAST;
    repeats || is_run || is_decorated || is_number
}

/// Works out argon2id, a few at a time.
#[derive(Clone)]
pub(crate) struct Hasher {
    hashing: Hashing,
    gate: Arc<Semaphore>,
}

/// What a password turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    /// It is another one.
    No,
    /// It is the one.
    Yes,
    /// It is the one, hashed otherwise than is done today.
    Outdated,
}

impl Hasher {
    pub(crate) fn new(hashing: Hashing) -> Self {
        Self { hashing, gate: gate(hashing.at_once) }
    }

    /// The password's argon2id string, in the form of the PHC.
    pub(crate) async fn hash(&self, keys: &Keys, password: &str) -> Result<Zeroizing<String>, DoorsError> {
        let salt: [u8; SALT] = keys.random()?;
        let out = self.work(password, self.hashing, salt.to_vec()).await?;
        let Hashing { memory_kib, passes, lanes, .. } = self.hashing;
        let base64 = |bytes: &[u8]| BASE64_STANDARD_NO_PAD.encode(bytes);
        let text = format!("$argon2id$v=19$m={memory_kib},t={passes},p={lanes}${}${}", base64(&salt), base64(&out[..]));
        Ok(Zeroizing::new(text))
    }

    /// Holds a password against a string; without one the same work is done for nothing.
    pub(crate) async fn holds(&self, keys: &Keys, password: &str, hashed: Option<&str>) -> Result<Held, DoorsError> {
        let Some((hashing, salt, digest)) = hashed.and_then(parse) else {
            self.hash(keys, password).await?;
            return Ok(Held::No);
        };
        let out = self.work(password, hashing, salt).await?;
        let now = self.hashing;
        Ok(match same(&BASE64_STANDARD_NO_PAD.encode(&out[..]), &digest) {
            false => Held::No,
            true if (now.memory_kib, now.passes, now.lanes) == (hashing.memory_kib, hashing.passes, hashing.lanes) => {
                Held::Yes
            }
            true => Held::Outdated,
        })
    }

    async fn work(&self, password: &str, hashing: Hashing, salt: Vec<u8>) -> Result<Zeroizing<[u8; OUT]>, DoorsError> {
        let _at_once = self.gate.acquire().await.map_err(|_| DoorsError::Closed)?;
        let password = normal(password);
        let work = move || {
            let params = Params::new(hashing.memory_kib, hashing.passes, hashing.lanes, Some(OUT))?;
            let mut out = Zeroizing::new([0; OUT]);
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            argon2.hash_password_into(password.as_bytes(), &salt, &mut out[..])?;
            Ok::<_, argon2::Error>(out)
        };
        let io = |error: String| DoorsError::Io { what: "argon2id", error: std::io::Error::other(error) };
        let done = tokio::task::spawn_blocking(work).await.map_err(|error| io(error.to_string()))?;
        done.map_err(|error| io(error.to_string()))
    }
}

fn parse(text: &str) -> Option<(Hashing, Vec<u8>, String)> {
    let mut parts = text.strip_prefix("$argon2id$v=19$")?.split('$');
    let mut numbers =
        parts.next()?.split(',').map(|part| part.split_once('=').and_then(|(_, number)| number.parse().ok()));
    let (memory_kib, passes, lanes) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let salt = BASE64_STANDARD_NO_PAD.decode(parts.next()?).ok()?;
    Some((Hashing { memory_kib, passes, lanes, at_once: 1 }, salt, parts.next()?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_passwords_are_taken_and_common_ones_are_not() {
        let why = |password: &str| match check(password, "zhang.wei@example.cn") {
            Err(DoorsError::Password(why)) => Some(why),
            _ => None,
        };
        for taken in [
            "correct horse battery",
            "一二三四五六七八九十甲乙",
            "kitchen-table-7",
            "Regen im November",
            "9381-2746-5510-77",
            "9f2kq0x7vb3m",
        ] {
            assert_eq!(why(taken), None, "{taken}");
        }
        for common in [
            "password1234",
            "Password2026!",
            "123456789012",
            "aaaaaaaaaaaa",
            "abcabcabcabc",
            "qwertyuiopas",
            "1qaz2wsx3edc",
            "Administrator1",
            "adminadminadmin",
            "tongguan2026!",
            "1q2w3e4r5t6y",
            "iloveyou12345",
            "138001380001",
        ] {
            assert_eq!(why(common), Some(PasswordRefused::Common), "{common}");
        }
        assert_eq!(why("ｐａｓｓｗｏｒｄ１２３４"), Some(PasswordRefused::Common), "in wide letters");
        assert_eq!(why("elf letters"), Some(PasswordRefused::TooShort));
        assert_eq!(why("zhang.wei-26"), Some(PasswordRefused::Login));
        assert_eq!(why(&"long ".repeat(26)), Some(PasswordRefused::TooLong));
    }

    #[tokio::test]
    async fn what_was_hashed_otherwise_is_held_and_told() {
        let keys = Keys::new(
            [1; 32],
            Arc::new(|bytes: &mut [u8]| {
                bytes.fill(3);
                Ok(())
            }),
        );
        let light = Hashing { memory_kib: 64, passes: 1, lanes: 1, at_once: 1 };
        let old = Hasher::new(light).hash(&keys, "correct horse battery").await.expect("hashed");
        assert!(old.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{}", *old);
        let today = Hasher::new(Hashing { passes: 2, ..light });
        assert_eq!(today.holds(&keys, "correct horse battery", Some(&old)).await.expect("held"), Held::Outdated);
        assert_eq!(today.holds(&keys, "correct horse batterz", Some(&old)).await.expect("held"), Held::No);
        let wide = "ｃｏｒｒｅｃｔ　ｈｏｒｓｅ　ｂａｔｔｅｒｙ";
        assert_eq!(today.holds(&keys, wide, Some(&old)).await.expect("held"), Held::Outdated);
        assert_eq!(today.holds(&keys, "correct horse battery", None).await.expect("held"), Held::No);
        let new = today.hash(&keys, "correct horse battery").await.expect("hashed");
        assert_eq!(today.holds(&keys, "correct horse battery", Some(&new)).await.expect("held"), Held::Yes);
    }
}
