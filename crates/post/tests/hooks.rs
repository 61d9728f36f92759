//! Webhooks, sent to a receiver of our own over HTTP on this machine, on SQLite and on PostgreSQL.

mod support;

use std::collections::BTreeSet;

use axum::http::StatusCode;
use jiff::{SignedDuration, ToSpan as _};
use post::{Change, HookId, LetterId, PostError, Reach, State, Status, verify};

use crate::support::{Receiver, at, letter, new_hook, on_both, open};

#[test]
fn a_letter_arrives_signed_and_once() {
    on_both(|place| async move {
        let (post, receiver) = (open(&place, Reach::Any).await, Receiver::start().await);
        let made = post.make_hook(new_hook(&receiver.url), at(0)).await.expect("made");
        let secret = made.secret.expect("it is shown once");
        let letter = letter(&made.hook.id, "one");
        assert_eq!(post.write(&[letter.clone(), letter.clone()], at(0)).await.expect("written"), 1);
        assert_eq!(post.write(&[letter], at(1)).await.expect("not written again"), 0);
        assert_eq!(post.deliver(at(1)).await.expect("carried"), 1);
        assert_eq!(post.deliver(at(1)).await.expect("nothing more"), 0);
        let got = receiver.got();
        assert_eq!(got.len(), 1);
        let (head, body) = (&got[0].head, &got[0].body);
        assert_eq!(std::str::from_utf8(body).expect("text"), r#"{"type":"case.moved","data":{"case":"sa-1"}}"#);
        let sent: i64 = head["webhook-timestamp"].parse().expect("seconds");
        assert!(verify(&secret, &head["webhook-id"], sent, body, &head["webhook-signature"], at(1).as_second()));
        assert_eq!(head["content-type"], "application/json");
        let deliveries = post.deliveries(&made.hook.id, 10).await.expect("read");
        assert_eq!(
            (deliveries[0].state, deliveries[0].tries, deliveries[0].answer.as_deref()),
            (State::Arrived, 1, Some("204"))
        );
        assert_eq!(deliveries[0].id.as_str(), head["webhook-id"]);
        // Sent again by hand it is the same letter, under the same id.
        post.send_again(&made.hook.id, &deliveries[0].id, at(9)).await.expect("sent");
        post.deliver(at(9)).await.expect("carried");
        assert_eq!(receiver.got()[1].head["webhook-id"], head["webhook-id"]);
        let none = post.send_again(&HookId::new("w-other"), &deliveries[0].id, at(9)).await;
        assert!(matches!(none, Err(PostError::NoLetter(_))), "of another hook");
    });
}

#[test]
fn what_does_not_arrive_is_tried_ever_later_and_then_given_up() {
    on_both(|place| async move {
        let (post, receiver) = (open(&place, Reach::Any).await, Receiver::start().await);
        receiver.answer(StatusCode::INTERNAL_SERVER_ERROR, None);
        let hook = post.make_hook(new_hook(&receiver.url), at(0)).await.expect("made").hook;
        post.write(&[letter(&hook.id, "one")], at(0)).await.expect("written");
        let (mut now, mut waits) = (at(0), Vec::new());
        while post.deliver(now).await.expect("carried") == 1 {
            let told = post.deliveries(&hook.id, 1).await.expect("read").remove(0);
            assert_eq!(told.answer.as_deref(), Some("500"));
            let Some(due) = told.due else { break };
            assert_eq!(told.state, State::Waiting);
            assert_eq!(post.deliver(due - 1.millisecond()).await.expect("too early"), 0);
            waits.push(due.duration_since(now));
            now = due;
        }
        assert_eq!(waits.len(), 9, "{waits:?}");
        assert!(waits.windows(2).all(|pair| pair[0] < pair[1]), "{waits:?}");
        assert!(now.duration_since(at(0)) > SignedDuration::from_hours(66), "three days");
        assert_eq!(receiver.got().len(), 10);
        let told = post.deliveries(&hook.id, 1).await.expect("read").remove(0);
        assert_eq!((told.state, told.due), (State::GivenUp, None));
        let hook = post.hook(&hook.id).await.expect("there");
        assert_eq!((hook.status, hook.failing), (Status::Failed, Some(at(0))));
        // It is told nothing more until somebody switches it on.
        assert!(!hook.wants("case.moved"));
        let on = Change { on: Some(true), ..Change::default() };
        let hook = post.change_hook(&hook.id, on).await.expect("switched on").hook;
        assert_eq!((hook.status, hook.failing), (Status::On, None));
        receiver.answer(StatusCode::NO_CONTENT, None);
        post.send_again(&hook.id, &told.id, now).await.expect("again");
        post.deliver(now).await.expect("carried");
        assert_eq!(post.deliveries(&hook.id, 1).await.expect("read")[0].state, State::Arrived);
    });
}

#[test]
fn the_receiver_may_ask_for_time_and_may_be_gone() {
    on_both(|place| async move {
        let (post, receiver) = (open(&place, Reach::Any).await, Receiver::start().await);
        let hook = post.make_hook(new_hook(&receiver.url), at(0)).await.expect("made").hook;
        post.write(&[letter(&hook.id, "one"), letter(&hook.id, "two")], at(0)).await.expect("written");
        receiver.answer(StatusCode::TOO_MANY_REQUESTS, Some(("retry-after", "3600")));
        assert_eq!(post.deliver(at(0)).await.expect("carried"), 2);
        for told in post.deliveries(&hook.id, 2).await.expect("read") {
            assert_eq!(told.due, Some(at(3600)));
        }
        assert_eq!(post.hook(&hook.id).await.expect("there").failing, Some(at(0)));
        // A redirect is not gone after: whoever is asked does not choose where else we go.
        receiver.answer(StatusCode::TEMPORARY_REDIRECT, Some(("location", "http://127.0.0.1:1/")));
        assert_eq!(post.deliver(at(3600)).await.expect("carried"), 2);
        assert_eq!(post.deliveries(&hook.id, 1).await.expect("read")[0].answer.as_deref(), Some("307"));
        receiver.answer(StatusCode::GONE, None);
        assert!(post.deliver(at(90_000)).await.expect("carried") >= 1);
        assert_eq!(post.hook(&hook.id).await.expect("there").status, Status::Failed);
        let states: BTreeSet<&str> =
            post.deliveries(&hook.id, 9).await.expect("read").iter().map(|one| one.state.word()).collect();
        assert!(!states.contains("waiting"), "{states:?}");
        assert_eq!(post.waiting().await.expect("read"), 0);
    });
}

#[test]
fn nobody_is_reached_within_where_that_is_not_allowed() {
    on_both(|place| async move {
        let receiver = Receiver::start().await;
        let (narrow, wide) = (open(&place, Reach::Public).await, open(&place, Reach::Any).await);
        for url in [receiver.url.as_str(), "https://127.0.0.1/", "https://[::ffff:10.0.0.1]/", "http://example.cn/"] {
            assert!(matches!(narrow.make_hook(new_hook(url), at(0)).await, Err(PostError::Address { .. })), "{url}");
        }
        // A name that leads within is found out when it is looked up; and what was allowed once is not for ever.
        let port = receiver.url.rsplit(':').next().expect("a port").split('/').next().expect("a port");
        let named =
            wide.make_hook(new_hook(&format!("https://localhost.localdomain:{port}/")), at(0)).await.expect("made");
        let once = wide.make_hook(new_hook(&receiver.url), at(0)).await.expect("made");
        narrow.write(&[letter(&named.hook.id, "a"), letter(&once.hook.id, "b")], at(0)).await.expect("written");
        narrow.deliver(at(0)).await.expect("carried");
        assert_eq!(narrow.deliveries(&once.hook.id, 1).await.expect("read")[0].answer.as_deref(), Some("out-of-reach"));
        let answer = narrow.deliveries(&named.hook.id, 1).await.expect("read").remove(0).answer.expect("an answer");
        assert!(["out-of-reach", "no-connection"].contains(&answer.as_str()), "{answer}");
        assert_eq!(receiver.got().len(), 0);
    });
}

#[test]
fn hooks_are_changed_counted_and_removed() {
    on_both(|place| async move {
        let (post, receiver) = (open(&place, Reach::Any).await, Receiver::start().await);
        let made = post.make_hook(new_hook(&receiver.url), at(0)).await.expect("made");
        let id = made.hook.id.clone();
        let change = Change {
            name: Some("另一个".to_owned()),
            kinds: Some(["case.opened".to_owned()].into()),
            secret: true,
            ..Change::default()
        };
        let changed = post.change_hook(&id, change).await.expect("changed");
        assert!(changed.secret.is_some() && changed.secret != made.secret);
        assert!(changed.hook.wants("case.opened") && !changed.hook.wants("case.moved"));
        for (change, field) in [
            (Change { name: Some(" ".to_owned()), ..Change::default() }, "name"),
            (Change { kinds: Some(["DROP TABLE".to_owned()].into()), ..Change::default() }, "kinds"),
        ] {
            let refused = post.change_hook(&id, change).await;
            assert!(matches!(refused, Err(PostError::Bad { field: of, .. }) if of == field), "{field}");
        }
        // What waits for a hook that is switched off is not sent later.
        post.write(&[letter(&id, "one")], at(0)).await.expect("written");
        let off = Change { on: Some(false), ..Change::default() };
        post.change_hook(&id, off).await.expect("off");
        assert_eq!(post.deliver(at(5)).await.expect("nothing"), 0);
        assert_eq!(post.deliveries(&id, 1).await.expect("read")[0].state, State::Dropped);
        for nth in 1..20 {
            post.make_hook(new_hook(&format!("{}?{nth}", receiver.url)), at(nth)).await.expect("made");
        }
        assert!(post.make_hook(new_hook(&receiver.url), at(0)).await.is_err(), "20 at most");
        assert_eq!(post.hooks(Some("owner")).await.expect("read").len(), 20);
        assert_eq!(post.hooks(Some("another")).await.expect("read"), []);
        post.remove_hook(&id).await.expect("removed");
        assert!(matches!(post.hook(&id).await, Err(PostError::NoHook(_))));
        assert!(matches!(post.remove_hook(&id).await, Err(PostError::NoHook(_))));
        assert_eq!(post.deliveries(&id, 1).await.expect("read"), []);
    });
}

#[test]
fn two_programs_send_each_letter_once_and_what_one_died_over_the_other_sends() {
    on_both(|place| async move {
        let receiver = Receiver::start().await;
        let (one, other) = (open(&place, Reach::Any).await, open(&place, Reach::Any).await);
        let hook = one.make_hook(new_hook(&receiver.url), at(0)).await.expect("made").hook;
        let letters: Vec<_> = (0..40).map(|nth| letter(&hook.id, &nth.to_string())).collect();
        one.write(&letters, at(0)).await.expect("written");
        while let (Ok(a), Ok(b)) = tokio::join!(one.deliver(at(1)), other.deliver(at(1))) {
            if a + b == 0 {
                break;
            }
        }
        let ids: BTreeSet<String> = receiver.got().iter().map(|got| got.head["webhook-id"].clone()).collect();
        assert_eq!((ids.len(), receiver.got().len()), (40, 40));
        // A program that ends while it waits for an answer.
        receiver.answer(StatusCode::NO_CONTENT, Some(("x-wait", "")));
        one.write(&[letter(&hook.id, "last")], at(2)).await.expect("written");
        let died = tokio::time::timeout(std::time::Duration::from_millis(300), one.deliver(at(2))).await;
        assert!(died.is_err(), "it hangs");
        assert_eq!(other.deliver(at(60)).await.expect("not yet"), 0, "it may still be sent");
        receiver.answer(StatusCode::NO_CONTENT, None);
        assert_eq!(other.deliver(at(123)).await.expect("carried"), 1);
        assert_eq!(other.deliveries(&hook.id, 1).await.expect("read")[0].state, State::Arrived);
    });
}

#[test]
fn what_became_of_letters_is_thrown_away_after_a_month() {
    on_both(|place| async move {
        let (post, receiver) = (open(&place, Reach::Any).await, Receiver::start().await);
        let hook = post.make_hook(new_hook(&receiver.url), at(0)).await.expect("made").hook;
        post.write(&[letter(&hook.id, "old")], at(0)).await.expect("written");
        post.deliver(at(0)).await.expect("carried");
        let later = at(0) + (24 * 31).hours();
        post.write(&[letter(&hook.id, "new")], later).await.expect("written");
        post.tidy(later).await.expect("tidied");
        let left = post.deliveries(&hook.id, 9).await.expect("read");
        assert_eq!((left.len(), left[0].state), (1, State::Waiting));
        assert!(post.send_again(&hook.id, &LetterId::new("l-none"), later).await.is_err());
    });
}
