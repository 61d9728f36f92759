//! Coming in by the identity of another provider: what it stands for, and what it does not.

use std::collections::BTreeSet;

use cases::{Role, Scope};
use doors::{Change, External, Rules, SignInRefused, Status};

use crate::factors::shown;
use crate::support::*;

fn identity() -> External {
    External { issuer: "https://login.example.cn".to_owned(), subject: "248289761001".to_owned() }
}

#[test]
fn an_identity_that_is_joined_opens_its_account_and_no_other_does() {
    on_both(|doors, _| async move {
        let by = administrator(&doors).await;
        let id = active(&doors, &by, "officer", Role::National, Scope::All).await.id;
        let of = identity();
        assert!(doors.sign_in_external(&of, None, HERE, at(1)).await.expect("asked").is_none());
        assert_eq!(doors.externals_of(&id, &of.issuer).await.expect("asked"), 0);
        doors.join_external(&id, &of, &id, at(2)).await.expect("joined");
        assert_eq!(doors.externals_of(&id, &of.issuer).await.expect("asked"), 1);
        assert_eq!(doors.externals_of(&by, &of.issuer).await.expect("asked"), 0);
        let came = doors.sign_in_external(&of, None, HERE, at(3)).await.expect("asked").expect("let in");
        assert_eq!((came.account.id, came.account.last_sign_in), (id.clone(), Some(at(3))));
        let session = doors.session(came.secret.as_str(), at(4)).await.expect("asked").expect("open");
        assert!(!session.must_enrol);
        let other = External { subject: "another".to_owned(), ..of.clone() };
        assert!(doors.sign_in_external(&other, None, HERE, at(5)).await.expect("asked").is_none());
        let elsewhere = External { issuer: "https://login.example.com".to_owned(), ..of.clone() };
        assert!(doors.sign_in_external(&elsewhere, None, HERE, at(5)).await.expect("asked").is_none());
        // Closed, it is closed to the identity, too.
        let closed = Change { status: Some(Status::Disabled), ..Change::default() };
        doors.change(&id, closed, &by, at(6)).await.expect("closed");
        let refused = doors.sign_in_external(&of, None, HERE, at(7)).await;
        assert!(matches!(refused, Err(SignInRefused::Disabled)), "{refused:?}");
        assert!(doors.session(came.secret.as_str(), at(7)).await.expect("asked").is_none());
        doors.verify_record().await.expect("whole");
    });
}

#[test]
fn a_second_factor_is_asked_for_beside_an_identity_and_its_codes_cannot_be_guessed() {
    on_both(|doors, _| async move {
        let by = administrator(&doors).await;
        let id = active(&doors, &by, "officer", Role::National, Scope::All).await.id;
        let of = identity();
        doors.join_external(&id, &of, &id, at(1)).await.expect("joined");
        let begun = doors.begin_second_factor(&id, "Tongguan").await.expect("begun");
        doors.confirm_second_factor(&id, &shown(&begun.secret, at(2)), None, HERE, at(2)).await.expect("confirmed");
        let with = async |code: Option<&str>, now: i64| doors.sign_in_external(&of, code, HERE, at(now)).await;
        for none in [None, Some(""), Some(" ")] {
            assert!(matches!(with(none, 60).await, Err(SignInRefused::CodeNeeded)));
        }
        assert!(matches!(with(Some("000000"), 61).await, Err(SignInRefused::Wrong)));
        let code = shown(&begun.secret, at(90));
        with(Some(&code), 90).await.expect("asked").expect("let in");
        assert!(matches!(with(Some(&code), 91).await, Err(SignInRefused::Wrong)), "replayed");
        let mut throttled = 0;
        for _ in 0..20 {
            throttled += usize::from(matches!(with(Some("123456"), 95).await, Err(SignInRefused::Throttled { .. })));
        }
        assert!(throttled >= 14, "{throttled}");
    });
}

#[test]
fn a_role_that_has_to_have_a_second_factor_has_to_set_one_up_after_an_identity_as_after_a_password() {
    on_both(|doors, _| async move {
        let doors = doors.with_rules(Rules { second_factor_of: BTreeSet::from([Role::National]), ..light() });
        let by = administrator(&doors).await;
        let id = active(&doors, &by, "officer", Role::National, Scope::All).await.id;
        doors.join_external(&id, &identity(), &id, at(1)).await.expect("joined");
        let came = doors.sign_in_external(&identity(), None, HERE, at(2)).await.expect("asked").expect("let in");
        assert!(doors.session(came.secret.as_str(), at(3)).await.expect("asked").expect("open").must_enrol);
    });
}

#[test]
fn a_new_password_by_a_link_parts_the_identities_that_were_joined_before() {
    on_both(|doors, _| async move {
        let by = administrator(&doors).await;
        let id = active(&doors, &by, "officer", Role::National, Scope::All).await.id;
        doors.join_external(&id, &identity(), &id, at(1)).await.expect("joined");
        let (link, _) = doors.invite_to_account(&id, at(3600), &by, at(2)).await.expect("invited");
        assert_eq!(
            doors.externals_of(&id, &identity().issuer).await.expect("asked"),
            1,
            "a link alone changes nothing"
        );
        doors.accept(link.as_str(), "Schnee im Dezember", HERE, at(3)).await.expect("accepted");
        assert!(doors.sign_in_external(&identity(), None, HERE, at(4)).await.expect("asked").is_none());
        doors.verify_record().await.expect("whole");
    });
}

#[test]
fn what_a_browser_carries_opens_in_its_place_alone() {
    on_both(|doors, place| async move {
        let text = r#"{"state":"状态"}"#;
        let sealed = doors.seal_carried("cookie/of one browser", text).expect("sealed");
        assert!(sealed.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'), "{sealed}");
        let other = open(&place).await;
        let opened = other.open_carried("cookie/of one browser", &sealed).expect("it opens at every process");
        assert_eq!(opened.as_str(), text);
        assert!(doors.open_carried("cookie/of another", &sealed).is_none());
        for made in ["", "AAAA", &sealed[1..], &format!("{sealed}A"), &sealed.replace(&sealed[40..41], "~")] {
            assert!(doors.open_carried("cookie/of one browser", made).is_none(), "{made}");
        }
        assert_ne!(doors.seal_carried("cookie/of one browser", text).expect("sealed"), sealed);
    });
}
