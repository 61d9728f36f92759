//! Mail, handed to a mail server on this machine (aiosmtpd); without one the tests say so and pass.

mod support;

use std::sync::Arc;

use jiff::ToSpan as _;
use post::{Content, Letter, Mail, Reach, Smtp};

use crate::support::mail_server::Server;
use crate::support::{at, on_both, open_with};

fn smtp(url: String) -> Smtp {
    Smtp { url, from: "数据出境系统 <noreply@counter.example>".to_owned() }
}

fn mail(to: &str, once: &str) -> Letter {
    let mail = Mail {
        to: to.to_owned(), subject: "案件有新进展：受理".to_owned(), text: "请登录查看。\n".to_owned()
    };
    Letter { once: once.to_owned(), kind: "mail.news".to_owned(), content: Content::Mail(mail) }
}

#[test]
fn mail_arrives_as_it_was_written_and_is_not_sent_twice() {
    let Some(server) = Server::start(&[]) else { return };
    let server = Arc::new(server);
    on_both(|place| {
        let server = Arc::clone(&server);
        async move {
            let before = server.count();
            let smtp = smtp(format!("smtp://127.0.0.1:{}", server.port));
            let post = open_with(&place, Reach::Public, Some(&smtp)).await;
            let letters = [
                mail("li@hospital.example", "1"),
                mail("nobody@hospital.example", "2"),
                mail("later@hospital.example", "3"),
                mail("no address", "4"),
            ];
            assert_eq!(post.write(&letters, at(0)).await.expect("written"), 4);
            assert_eq!(post.write(&letters, at(0)).await.expect("not again"), 0);
            post.deliver(at(0)).await.expect("carried");
            let got = server.got(before + 1).await;
            assert_eq!(got.len(), before + 1);
            let got = &got[before];
            assert_eq!(got["to"], serde_json::json!(["li@hospital.example"]));
            assert_eq!(got["from"], "noreply@counter.example");
            assert_eq!(got["subject"], "案件有新进展：受理");
            assert_eq!(got["text"].as_str().expect("text").trim(), "请登录查看。");
            assert_eq!(got["auto"], "auto-generated");
            assert!(got["id"].as_str().expect("an id").ends_with("@counter.example>"), "{got}");
            // Whom the server does not know is given up; whom it wants later is tried later.
            assert_eq!(post.waiting().await.expect("read"), 1);
            assert_eq!(post.deliver(at(3)).await.expect("too early"), 0);
            assert_eq!(post.deliver(at(10)).await.expect("again"), 1);
        }
    });
}

#[test]
fn a_server_that_wants_a_password_is_given_it_and_one_that_is_down_is_waited_for() {
    let Some(server) = Server::start(&["auth"]) else { return };
    // What a mail server says is nothing to the database.
    let place = database::testing::Place::sqlite();
    database::testing::runtime().block_on(async {
        let before = server.count();
        // Nothing listens on port 1.
        let down = open_with(&place, Reach::Public, Some(&smtp("smtp://127.0.0.1:1".to_owned()))).await;
        down.write(&[mail("li@hospital.example", "1")], at(0)).await.expect("written");
        down.deliver(at(0)).await.expect("tried");
        assert_eq!(down.waiting().await.expect("read"), 1);
        let wrong = smtp(format!("smtp://tongguan:wrong@127.0.0.1:{}", server.port));
        let wrong = open_with(&place, Reach::Public, Some(&wrong)).await;
        wrong.write(&[mail("li@hospital.example", "2")], at(0)).await.expect("written");
        wrong.deliver(at(1)).await.expect("tried");
        assert_eq!(wrong.waiting().await.expect("read"), 2, "a wrong password is ours to mend: no letter is given up");
        let right = smtp(format!("smtp://tongguan:a%20pass%2Fword@127.0.0.1:{}", server.port));
        let right = open_with(&place, Reach::Public, Some(&right)).await;
        right.deliver(at(0) + 1.hour()).await.expect("carried");
        let got = server.got(before + 1).await;
        assert_eq!(got[before]["by"], "tongguan");
    });
}

#[test]
fn a_mail_server_that_is_none_is_told_without_its_password() {
    let place = database::testing::Place::sqlite();
    let runtime = database::testing::runtime();
    for (url, from) in [
        ("mail.example", "a@b.example"),
        ("http://user:hunter2@mail.example", "a@b.example"),
        ("smtp://user:hunter2@mail.example?tls=maybe", "a@b.example"),
        ("smtp://mail.example", "nobody"),
    ] {
        let smtp = Smtp { url: url.to_owned(), from: from.to_owned() };
        let opened = runtime.block_on(async {
            let database = database::Database::at(&place.address).expect("an address");
            let random: database::Random = Arc::new(|_: &mut [u8]| Ok(()));
            post::Post::open(&database, [7; 32], random, Reach::Public, Some(&smtp)).await
        });
        let error = opened.expect_err(url);
        assert!(error.is_input() && !error.to_string().contains("hunter2"), "{error}");
        assert!(!error.text().zh.contains("hunter2"));
    }
}
