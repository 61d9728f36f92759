//! Signing in: what is asked, what is told, and how long whoever guesses has to wait.

use std::time::Instant;

use cases::{Role, Scope};
use doors::{Change, Event, Hashing, Page, ReadsQuery, Rules, SignInRefused, Status};
use jiff::SignedDuration;

use crate::support::*;

#[test]
fn whoever_is_refused_learns_nothing_but_that() {
    on_both(|doors, _| async move {
        let by = administrator(&doors).await;
        let closed = active(&doors, &by, "closed", Role::National, Scope::All).await.id;
        doors.create(new("invited", Role::National, Scope::All), &by, at(0)).await.expect("made");
        let close = Change { status: Some(Status::Disabled), ..Change::default() };
        doors.change(&closed, close, &by, at(1)).await.expect("closed");
        let mut said = Vec::new();
        for (nth, (login, password)) in [
            ("nobody", GOOD),
            ("root-admin", "another password"),
            ("invited", GOOD),
            ("closed", "another password"),
            ("", ""),
            ("\0", "x"),
        ]
        .into_iter()
        .enumerate()
        {
            let from = format!("198.51.100.{nth}");
            let refused = doors.sign_in(login, password, None, &from, at(60)).await.expect_err("refused");
            assert!(matches!(refused, SignInRefused::Wrong), "{login}: {refused}");
            said.push(refused.to_string());
        }
        said.dedup();
        assert_eq!(said.len(), 1);
        // Whoever knows the password of a closed account is told that it is closed.
        let refused = doors.sign_in("closed", GOOD, None, HERE, at(60)).await.expect_err("refused");
        assert!(matches!(refused, SignInRefused::Disabled), "{refused}");
        let came = doors.sign_in(" Root-Admin ", GOOD, None, HERE, at(60)).await.expect("let in");
        assert_eq!(came.account.last_sign_in, Some(at(60)));
        let asked = ReadsQuery { events: vec![Event::Refused], ..ReadsQuery::default() };
        let entries = doors.entries(&asked, Page::default()).await.expect("the record");
        assert_eq!(entries.len(), 7);
        assert_eq!(entries[0].account.as_ref(), Some(&closed));
        assert_eq!(entries[0].from.as_deref(), Some(HERE));
    });
}

#[test]
fn a_login_that_is_not_there_costs_the_same_work() {
    let place = Place::sqlite();
    database::testing::runtime().block_on(async {
        let heavy =
            Rules { hashing: Hashing { memory_kib: 32 * 1024, passes: 2, ..Hashing::default() }, ..Rules::default() };
        let doors = open(&place).await.with_rules(heavy);
        administrator(&doors).await;
        let mut took = [SignedDuration::ZERO; 2];
        for nth in 0..4 {
            for (which, login) in ["root-admin", "nobody-of-that-name"].into_iter().enumerate() {
                let start = Instant::now();
                let refused = doors.sign_in(login, "another password", None, HERE, at(60 * nth)).await;
                assert!(matches!(refused, Err(SignInRefused::Wrong)));
                took[which] += SignedDuration::try_from(start.elapsed()).expect("short");
            }
        }
        let ratio = took[0].as_secs_f64() / took[1].as_secs_f64();
        assert!((0.5..2.0).contains(&ratio), "{took:?}");
    });
}

#[test]
fn whoever_guesses_waits_longer_and_longer() {
    on_both(|doors, _| async move {
        administrator(&doors).await;
        let (mut now, mut waits) = (0, Vec::new());
        // From another address each time: it is the login that is guessed.
        for nth in 0..40 {
            let from = format!("198.51.100.{nth}");
            match doors.sign_in("root-admin", "another password", None, &from, at(now)).await.expect_err("refused") {
                SignInRefused::Wrong => {}
                SignInRefused::Throttled { until } => {
                    let wait = until.as_second() - at(now).as_second();
                    waits.push(wait);
                    // The right password waits, too, or guessing would go on.
                    let right = doors.sign_in("root-admin", GOOD, None, "203.0.113.9", at(now)).await;
                    assert!(matches!(right, Err(SignInRefused::Throttled { .. })));
                    now += wait;
                }
                other => panic!("{other}"),
            }
        }
        assert_eq!(waits[..6], [1, 2, 4, 8, 16, 32]);
        assert_eq!(waits.last(), Some(&300));
        // In the end its holder comes in, and all is forgotten.
        come(&doors, "root-admin", at(now + 300)).await;
        for nth in 0..4 {
            let wrong = doors.sign_in("root-admin", "x", None, HERE, at(now + 301 + nth)).await;
            assert!(matches!(wrong, Err(SignInRefused::Wrong)));
        }
    });
}

#[test]
fn a_source_that_tries_many_logins_waits_whatever_it_knows() {
    on_both(|doors, _| async move {
        administrator(&doors).await;
        let mut throttled = None;
        for nth in 0..60 {
            // One password it knows, between guesses, does not make it forgotten.
            if nth % 3 == 0 {
                let own = doors.sign_in("root-admin", GOOD, None, "2001:db8::1", at(0)).await;
                throttled = throttled.or(own.err().filter(|error| matches!(error, SignInRefused::Throttled { .. })));
            }
            let from = format!("2001:db8::{nth:x}");
            let guess = doors.sign_in(&format!("login-{nth}"), GOOD, None, &from, at(0)).await.expect_err("refused");
            throttled = throttled.or(matches!(guess, SignInRefused::Throttled { .. }).then_some(guess));
        }
        assert!(throttled.is_some(), "one network, sixty logins");
        // Everybody else comes in.
        come(&doors, "root-admin", at(0)).await;
    });
}

#[test]
fn a_hundred_guesses_at_once_are_not_a_hundred_guesses() {
    on_both(|doors, place| async move {
        administrator(&doors).await;
        let second = open(&place).await;
        let mut all = Vec::new();
        for nth in 0..100 {
            let doors = if nth % 2 == 0 { doors.clone() } else { second.clone() };
            let from = format!("198.51.100.{nth}");
            all.push(tokio::spawn(async move { doors.sign_in("root-admin", "another", None, &from, at(0)).await }));
        }
        let mut judged = 0;
        for one in all {
            match one.await.expect("no panic").expect_err("refused") {
                SignInRefused::Wrong => judged += 1,
                SignInRefused::Throttled { .. } => {}
                other => panic!("{other}"),
            }
        }
        assert_eq!(judged, 5, "four are free, the fifth makes the others wait");
    });
}

#[test]
fn a_password_hashed_otherwise_is_hashed_anew_at_the_next_sign_in() {
    on_both(|doors, _| async move {
        administrator(&doors).await;
        let heavier = Rules { hashing: Hashing { memory_kib: 128, passes: 2, lanes: 1, at_once: 1 }, ..light() };
        let later = doors.clone().with_rules(heavier);
        come(&later, "root-admin", at(1)).await;
        come(&later, "root-admin", at(2)).await;
        come(&doors, "root-admin", at(3)).await;
    });
}

#[test]
fn another_password_ends_the_other_sessions_and_the_old_one_opens_nothing() {
    on_both(|doors, _| async move {
        let id = administrator(&doors).await;
        let (kept, other) = (come(&doors, "root-admin", at(0)).await, come(&doors, "root-admin", at(0)).await);
        let stays = doors.session(kept.secret.as_str(), at(1)).await.expect("asked").expect("it is open").id;
        let new = "Schnee im Januar";
        let wrong = doors.change_password(&id, ("not the old one", new), Some(&stays), HERE, at(1)).await;
        assert_eq!(wrong.expect_err("refused").code(), "wrong-password-or-code");
        for bad in ["short", "root-admin-1", "password2026!!"] {
            let error = doors.change_password(&id, (GOOD, bad), Some(&stays), HERE, at(1)).await.expect_err(bad);
            assert_eq!(error.code(), "password-refused");
        }
        doors.change_password(&id, (GOOD, new), Some(&stays), HERE, at(9)).await.expect("changed");
        assert!(doors.session(kept.secret.as_str(), at(10)).await.expect("asked").is_some());
        assert!(doors.session(other.secret.as_str(), at(10)).await.expect("asked").is_none());
        assert!(matches!(doors.sign_in("root-admin", GOOD, None, HERE, at(10)).await, Err(SignInRefused::Wrong)));
        doors.sign_in("root-admin", new, None, HERE, at(20)).await.expect("let in");
    });
}
