//! Sessions: their ends, their secrets, and who may end them.

use cases::{Role, Scope};
use doors::{Change, Status};
use jiff::SignedDuration;

use crate::support::*;

#[test]
fn a_session_ends_when_idle_and_after_half_a_day() {
    on_both(|doors, _| async move {
        let by = administrator(&doors).await;
        organisations(&doors, &by).await;
        active(&doors, &by, "approver", Role::Approver, Scope::Handler(USCC.to_owned())).await;
        let mins = |minutes: i64| at(60 * minutes);
        let open =
            async |secret: &str, minute: i64| doors.session(secret, mins(minute)).await.expect("asked").is_some();
        let office = come(&doors, "root-admin", at(0)).await.secret;
        let handler = come(&doors, "approver", at(0)).await.secret;
        assert!(open(office.as_str(), 14).await && open(handler.as_str(), 14).await);
        // Fifteen minutes for offices, thirty for handlers, each time anew.
        assert!(!open(office.as_str(), 29).await && open(handler.as_str(), 29).await);
        let mut minute = 29;
        while minute + 20 < 12 * 60 {
            minute += 20;
            assert!(open(handler.as_str(), minute).await, "used all the time, at minute {minute}");
        }
        assert!(!open(handler.as_str(), 12 * 60).await, "half a day");
        assert!(doors.sessions_of(&by, mins(29)).await.expect("listed").is_empty());
        doors.tidy(at(3 * 86_400)).await.expect("tidied");
        assert!(!doors.sign_out(handler.as_str(), at(3 * 86_400)).await.expect("asked"), "it is gone");
    });
}

#[test]
fn the_secret_changes_at_every_sign_in_and_renewal_and_the_old_one_opens_nothing() {
    on_both(|doors, _| async move {
        let id = administrator(&doors).await;
        let (first, second) = (come(&doors, "root-admin", at(0)).await, come(&doors, "root-admin", at(0)).await);
        assert_ne!(first.secret.as_str(), second.secret.as_str());
        let before = doors.session(first.secret.as_str(), at(1)).await.expect("asked").expect("open");
        let (one, other) =
            tokio::join!(doors.renew(first.secret.as_str(), at(2)), doors.renew(first.secret.as_str(), at(2)));
        let renewed: Vec<_> = [one, other].into_iter().filter_map(|renewed| renewed.expect("asked")).collect();
        assert_eq!(renewed.len(), 1, "one of two holds it");
        assert!(doors.session(first.secret.as_str(), at(3)).await.expect("asked").is_none(), "the old one is dead");
        let after = doors.session(renewed[0].as_str(), at(3)).await.expect("asked").expect("open");
        assert_eq!((&after.id, after.created, after.ends), (&before.id, before.created, before.ends));
        assert_ne!(after.csrf, before.csrf);
        assert!(after.form_holds(&after.csrf) && !after.form_holds(&before.csrf) && !after.form_holds(""));
        assert_eq!(doors.sessions_of(&id, at(3)).await.expect("listed").len(), 2);
        // A secret of an attacker's choosing is never taken over.
        assert!(doors.session("chosen-by-somebody-else", at(3)).await.expect("asked").is_none());
        assert!(doors.renew("chosen-by-somebody-else", at(3)).await.expect("asked").is_none());
    });
}

#[test]
fn forms_before_a_session_are_bound_to_the_visitor() {
    on_both(|doors, place| async move {
        let (seed, other) = (doors.form_seed().expect("made"), doors.form_seed().expect("made"));
        let token = doors.form_token(&seed);
        assert!(doors.form_holds(&seed, &token) && open(&place).await.form_holds(&seed, &token));
        assert!(
            !doors.form_holds(&other, &token)
                && !doors.form_holds(&seed, "")
                && !doors.form_holds("", &doors.form_token(""))
        );
    });
}

#[test]
fn sessions_end_when_rights_change_and_when_somebody_ends_them() {
    on_both(|doors, place| async move {
        let by = administrator(&doors).await;
        let province = |region: &str| Scope::Province(region.to_owned());
        let id = active(&doors, &by, "officer", Role::Province, province("CN-BJ")).await.id;
        let renamed = Change { name: Some("新名".to_owned()), ..Change::default() };
        let moved = Change { scope: Some(province("CN-SH")), ..Change::default() };
        let closed = Change { status: Some(Status::Disabled), ..Change::default() };
        let opened = Change { status: Some(Status::Active), ..Change::default() };
        for (nth, (change, stays)) in [(renamed, true), (moved, false), (closed, false)].into_iter().enumerate() {
            let secret = come(&doors, "officer", at(nth as i64)).await.secret;
            doors.change(&id, change, &by, at(nth as i64)).await.expect("changed");
            let session = open(&place).await.session(secret.as_str(), at(nth as i64)).await.expect("asked");
            assert_eq!(session.is_some(), stays, "{nth}");
        }
        doors.change(&id, opened, &by, at(5)).await.expect("opened again");
        let secrets = [
            come(&doors, "officer", at(6)).await,
            come(&doors, "officer", at(7)).await,
            come(&doors, "officer", at(8)).await,
        ];
        let listed = doors.sessions_of(&id, at(9)).await.expect("listed");
        assert_eq!(listed.iter().map(|one| one.created).collect::<Vec<_>>(), [at(8), at(7), at(6)]);
        assert!(listed.iter().all(|one| one.from == HERE));
        assert!(!doors.end_session(&by, &listed[0].id, &by, at(9)).await.expect("asked"), "of another account");
        assert!(doors.end_session(&id, &listed[0].id, &id, at(9)).await.expect("asked"));
        assert_eq!(doors.end_sessions(&id, Some(&listed[1].id), &by, at(9)).await.expect("ended"), 1);
        let mut open = Vec::new();
        for came in secrets {
            open.push(doors.session(came.secret.as_str(), at(9)).await.expect("asked").is_some());
        }
        assert_eq!(open, [false, true, false]);
    });
}

#[test]
fn what_lies_in_the_database_opens_nothing() {
    on_both(|doors, place| async move {
        let id = administrator(&doors).await;
        let secret = come(&doors, "root-admin", at(0)).await.secret;
        let session = doors.session(secret.as_str(), at(1)).await.expect("asked").expect("open");
        // Whoever reads the database has the digest, the session's id, the account's id.
        let database = database::Database::at(&place.address).expect("an address");
        let mut connection = database.connect().await.expect("connected");
        let row = database::query("SELECT secret FROM door_session").fetch_one(&mut connection).await.expect("a row");
        let stolen = database::text(&row, "secret").expect("a text");
        for stolen in [stolen.as_str(), session.id.as_str(), id.as_str(), session.csrf.as_str()] {
            assert!(doors.session(stolen, at(1)).await.expect("asked").is_none());
            assert!(doors.token(stolen, at(1)).await.expect("asked").is_none());
            assert!(doors.token(&format!("tg_{stolen}"), at(1)).await.expect("asked").is_none());
            assert!(doors.invitation(stolen, at(1)).await.expect("asked").is_none());
        }
        assert_eq!(session.ends, at(0) + SignedDuration::from_hours(12));
    });
}
