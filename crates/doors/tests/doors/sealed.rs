//! What is personal lies nowhere open.

use std::path::Path;

use cases::{CaseId, Role, Scope};
use doors::{Lang, NewAccount, NewInvitation, NewToken, TokenScope, Uses};

use crate::support::*;

/// Values that nobody else has.
const PLANTED: [&str; 9] = [
    "欧阳文静之",
    "wenjing.ouyang@planted.example.cn",
    "ouyang.wenjing",
    "Geheimwort fuer Planted 7",
    "198.51.100.213",
    "Piet Planted",
    "piet@planted.example.nl",
    "令牌甲乙丙丁",
    "subject-planted-99281",
];
/// What is no secret and is found: so that the search itself is known to work.
const OPEN: &str = "示例机构";

fn held(folder: &Path, texts: &[&str], found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            held(&path, texts, found);
            continue;
        }
        let bytes = std::fs::read(&path).unwrap_or_default();
        for text in texts {
            let has = memchr::memmem::find(&bytes, text.as_bytes()).is_some();
            if has && !found.iter().any(|known| known == text) {
                found.push((*text).to_owned());
            }
        }
    }
}

#[test]
fn i8_nothing_personal_of_accounts_lies_open_in_the_database() {
    on_both(|doors, place| async move {
        let [name, email, login, password, from, guest, guest_email, token, subject] = PLANTED;
        let first = NewAccount {
            login: login.to_owned(),
            name: name.to_owned(),
            email: Some(email.to_owned()),
            role: Role::Administrator,
            scope: Scope::All,
            organisation: None,
            lang: Some(Lang::Zh),
        };
        let id = doors.set_up(first, password, at(0)).await.expect("the first").id;
        organisations(&doors, &id).await;
        let came = doors.sign_in(login, password, None, from, at(1)).await.expect("let in");
        doors.sign_in(login, "another", None, from, at(2)).await.expect_err("refused");
        doors.sign_in("somebody else", password, None, from, at(2)).await.expect_err("refused");
        let factor = doors.begin_second_factor(&id, "Tongguan").await.expect("begun").secret;
        let new = NewToken { name: token.to_owned(), scopes: [TokenScope::Act].into(), ends: at(1000) };
        let (token_secret, _) = doors.make_token(&id, &new, at(3)).await.expect("made");
        let invitation = NewInvitation {
            case: CaseId::new("sa-1"),
            role: Role::Recipient,
            name: guest.to_owned(),
            email: Some(guest_email.to_owned()),
            lang: None,
            ends: at(1000),
            uses: Uses::UntilRevoked,
        };
        let (link, _) = doors.invite_to_case(&invitation, &id, at(3)).await.expect("invited");
        let guest = doors.enter(link.as_str(), from, at(4)).await.expect("let in");
        let external = doors::External { issuer: "https://login.example.cn".to_owned(), subject: subject.to_owned() };
        doors.join_external(&id, &external, &id, at(5)).await.expect("joined");
        // It is there for whoever has the key.
        let account = doors.by_login(login).await.expect("asked").expect("found");
        assert_eq!((account.name.as_str(), account.email.as_deref()), (name, Some(email)));
        let said = format!("{doors:?} {:?} {:?}", came.secret, factor.len());
        assert!(!said.contains(came.secret.as_str()), "{said}");
        doors.close().await;
        if !place.is_sqlite() {
            let server = database::testing::server().expect("it runs");
            server
                .psql(place.address.rsplit('/').next().expect("a name"), "CHECKPOINT")
                .expect("what is written lies on disk");
        }
        let secrets = [came.secret.as_str(), token_secret.as_str(), link.as_str(), guest.secret.as_str(), &factor];
        let texts: Vec<&str> = PLANTED.into_iter().chain(secrets).chain([OPEN]).collect();
        let mut found = Vec::new();
        held(&place.folder, &texts, &mut found);
        assert_eq!(found, [OPEN]);
    });
}
