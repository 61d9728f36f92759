//! The second factor: no code twice, recovery once, and nothing before it where it is asked for.

use std::collections::BTreeSet;

use cases::{Role, Scope};
use doors::{Action, Doors, NewToken, Resource, Rules, SignInRefused, TokenScope};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha1::Sha1;

use crate::support::*;

/// What an authenticator app shows: worked out here once more, from the text a person types in.
pub(crate) fn shown(secret: &str, now: Timestamp) -> String {
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for letter in secret.bytes() {
        held = held << 5 | u32::from(if letter < b'A' { letter - b'2' + 26 } else { letter - b'A' });
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    let mut mac = Hmac::<Sha1>::new_from_slice(&bytes).expect("a key");
    mac.update(&(now.as_second() / 30).to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let at = usize::from(digest[19] & 15);
    let number = u32::from_be_bytes(digest[at..at + 4].try_into().expect("four")) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

async fn with_factor(doors: &Doors) -> (doors::AccountId, String, Vec<doors::Secret>) {
    let id = administrator(doors).await;
    let begun = doors.begin_second_factor(&id, "同关 Tongguan").await.expect("begun");
    assert!(
        begun.otpauth.starts_with("otpauth://totp/%E5%90%8C%E5%85%B3%20Tongguan:root-admin?secret="),
        "{}",
        *begun.otpauth
    );
    // Until it is confirmed, nothing is asked for.
    come(doors, "root-admin", at(0)).await;
    let wrong = doors.confirm_second_factor(&id, "000000", None, HERE, at(0)).await.expect_err("wrong");
    assert_eq!(wrong.code(), "wrong-password-or-code");
    let codes =
        doors.confirm_second_factor(&id, &shown(&begun.secret, at(0)), None, HERE, at(0)).await.expect("confirmed");
    (id, begun.secret.to_string(), codes)
}

#[test]
fn a_code_is_asked_for_and_taken_once() {
    on_both(|doors, place| async move {
        let (_, secret, _) = with_factor(&doors).await;
        let with = async |code: Option<String>, now: i64| {
            doors.sign_in("root-admin", GOOD, code.as_deref(), HERE, at(now)).await
        };
        assert!(matches!(with(None, 60).await, Err(SignInRefused::CodeNeeded)));
        assert!(
            matches!(with(Some(shown(&secret, at(0))), 1).await, Err(SignInRefused::Wrong)),
            "that of the confirmation"
        );
        with(Some(shown(&secret, at(60))), 60).await.expect("let in");
        assert!(matches!(with(Some(shown(&secret, at(60))), 61).await, Err(SignInRefused::Wrong)), "replayed");
        assert!(matches!(with(Some(shown(&secret, at(30))), 61).await, Err(SignInRefused::Wrong)), "an older one");
        // One code in the hands of two, at two processes.
        let other = open(&place).await;
        let code = shown(&secret, at(600));
        let (one, two) = tokio::join!(
            doors.sign_in("root-admin", GOOD, Some(&code), HERE, at(600)),
            other.sign_in("root-admin", GOOD, Some(&code), HERE, at(600))
        );
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        // The right code with a wrong password is a wrong password.
        let code = shown(&secret, at(900));
        assert!(matches!(
            doors.sign_in("root-admin", "x", Some(&code), HERE, at(900)).await,
            Err(SignInRefused::Wrong)
        ));
        assert!(matches!(doors.sign_in("root-admin", "x", None, HERE, at(900)).await, Err(SignInRefused::Wrong)));
    });
}

#[test]
fn codes_of_recovery_are_good_once_each_and_new_ones_take_the_place_of_the_old() {
    on_both(|doors, _| async move {
        let (id, _, codes) = with_factor(&doors).await;
        assert_eq!(codes.len(), 10);
        let upper = codes[0].as_str().replace('-', " ").to_uppercase();
        doors.sign_in("root-admin", GOOD, Some(&upper), HERE, at(60)).await.expect("let in");
        let again = doors.sign_in("root-admin", GOOD, Some(codes[0].as_str()), HERE, at(61)).await;
        assert!(matches!(again, Err(SignInRefused::Wrong)));
        assert_eq!(doors.recovery_codes_left(&id).await.expect("counted"), 9);
        let renewed = doors.renew_recovery_codes(&id, at(62)).await.expect("made");
        let old = doors.sign_in("root-admin", GOOD, Some(codes[1].as_str()), HERE, at(70)).await;
        assert!(matches!(old, Err(SignInRefused::Wrong)));
        doors.sign_in("root-admin", GOOD, Some(renewed[3].as_str()), HERE, at(80)).await.expect("let in");
        doors.remove_second_factor(&id, &id, at(90)).await.expect("removed");
        come(&doors, "root-admin", at(91)).await;
        assert_eq!(doors.recovery_codes_left(&id).await.expect("counted"), 0);
    });
}

#[test]
fn codes_are_not_guessed_by_whoever_knows_the_password() {
    on_both(|doors, _| async move {
        with_factor(&doors).await;
        let mut throttled = 0;
        for nth in 0..30 {
            // Asking without a code in between does not help.
            let _ = doors.sign_in("root-admin", GOOD, None, &format!("198.51.100.{nth}"), at(60)).await;
            let guess = doors.sign_in("root-admin", GOOD, Some("123456"), &format!("203.0.113.{nth}"), at(60)).await;
            throttled += usize::from(matches!(guess, Err(SignInRefused::Throttled { .. })));
        }
        assert!(throttled >= 25, "{throttled}");
    });
}

#[test]
fn where_a_second_factor_is_asked_of_a_role_nothing_goes_before_it() {
    on_both(|doors, _| async move {
        let doors = doors.with_rules(Rules { second_factor_of: BTreeSet::from([Role::National]), ..light() });
        let by = administrator(&doors).await;
        let id = active(&doors, &by, "officer", Role::National, Scope::All).await.id;
        let secret = come(&doors, "officer", at(0)).await.secret;
        let session = doors.session(secret.as_str(), at(1)).await.expect("asked").expect("open");
        assert!(session.must_enrol);
        let decision = doors.policies().allows(session.who(), Action::ReadStatistics, Resource::Installation);
        assert_eq!((decision.allowed, decision.by), (false, vec!["second-factor-first".to_owned()]));
        // A token is no way around it.
        let new = NewToken { name: "night".to_owned(), scopes: [TokenScope::Statistics].into(), ends: at(1000) };
        let (token, _) = doors.make_token(&id, &new, at(1)).await.expect("made");
        let by_token = async |now: i64| {
            let used = doors.token(token.as_str(), at(now)).await.expect("asked").expect("it opens");
            doors.policies().allows(used.who(), Action::ReadStatistics, Resource::Installation).allowed
        };
        assert!(!by_token(2).await);
        let begun = doors.begin_second_factor(&id, "Tongguan").await.expect("begun");
        let code = shown(&begun.secret, at(2));
        doors.confirm_second_factor(&id, &code, Some(&session.id), HERE, at(2)).await.expect("confirmed");
        let session = doors.session(secret.as_str(), at(3)).await.expect("asked").expect("it stays");
        assert!(by_token(3).await);
        assert!(!session.must_enrol && session.account.second_factor);
        assert!(doors.policies().allows(session.who(), Action::ReadStatistics, Resource::Installation).allowed);
    });
}
