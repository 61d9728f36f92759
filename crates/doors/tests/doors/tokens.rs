//! Tokens: never more than their account, and never for longer than they were made for.

use std::collections::BTreeSet;

use cases::{Role, Scope};
use doors::{Action, Change, NewToken, Resource, Status, TokenScope};

use crate::support::*;

fn token(scopes: &[TokenScope], ends: i64) -> NewToken {
    NewToken { name: "夜间作业".to_owned(), scopes: scopes.iter().copied().collect(), ends: at(ends) }
}

#[test]
fn a_token_opens_until_it_ends_is_revoked_or_its_account_is_closed() {
    on_both(|doors, place| async move {
        let by = administrator(&doors).await;
        let id = active(&doors, &by, "officer", Role::National, Scope::All).await.id;
        for (bad, code) in [
            (token(&[], 100), "bad-field"),
            (token(&[TokenScope::Act], 0), "bad-field"),
            (token(&[TokenScope::Act], 400 * 86_400), "bad-field"),
        ] {
            assert_eq!(doors.make_token(&id, &bad, at(0)).await.expect_err("refused").code(), code);
        }
        let (secret, made) = doors.make_token(&id, &token(&[TokenScope::Statistics], 1000), at(0)).await.expect("made");
        assert!(secret.as_str().starts_with("tg_") && secret.as_str().len() == 46, "{}", secret.as_str().len());
        let used = open(&place).await.token(secret.as_str(), at(10)).await.expect("asked").expect("it opens");
        assert_eq!((&used.token.id, &used.token.name, &used.account.id), (&made.id, &made.name, &id));
        assert_eq!(doors.tokens_of(&id).await.expect("listed")[0].last_used, Some(at(10)));
        assert!(doors.token(secret.as_str(), at(1000)).await.expect("asked").is_none(), "it ended");
        let status = |status| Change { status: Some(status), ..Change::default() };
        doors.change(&id, status(Status::Disabled), &by, at(20)).await.expect("closed");
        assert!(doors.token(secret.as_str(), at(21)).await.expect("asked").is_none(), "its account is closed");
        doors.change(&id, status(Status::Active), &by, at(30)).await.expect("opened");
        assert!(doors.token(secret.as_str(), at(31)).await.expect("asked").is_some());
        doors.revoke_token(&id, &made.id, &by, at(40)).await.expect("revoked");
        assert!(doors.token(secret.as_str(), at(41)).await.expect("asked").is_none());
        assert_eq!(doors.revoke_token(&id, &made.id, &by, at(42)).await.expect_err("gone").code(), "not-found");
        assert_eq!(doors.tokens_of(&id).await.expect("listed")[0].revoked, Some(at(40)));
    });
}

#[test]
fn a_token_never_can_more_than_its_account_nor_than_its_scopes() {
    on_both(|doors, _| async move {
        let by = administrator(&doors).await;
        organisations(&doors, &by).await;
        let officer = active(&doors, &by, "officer", Role::National, Scope::All).await.id;
        let approver = active(&doors, &by, "approver", Role::Approver, Scope::Handler(USCC.to_owned())).await.id;
        let every: Vec<TokenScope> = TokenScope::ALL.to_vec();
        let may = async |id: &doors::AccountId, scopes: &[TokenScope], action: Action<'_>| {
            let (secret, _) = doors.make_token(id, &token(scopes, 1000), at(0)).await.expect("made");
            let used = doors.token(secret.as_str(), at(1)).await.expect("asked").expect("it opens");
            doors.policies().allows(used.who(), action, Resource::Installation)
        };
        assert!(may(&officer, &[TokenScope::Statistics], Action::ReadStatistics).await.allowed);
        let other = may(&officer, &[TokenScope::Act, TokenScope::ReadCases], Action::ReadStatistics).await;
        assert_eq!((other.allowed, other.by), (false, vec!["token-scope".to_owned()]));
        assert!(!may(&approver, &every, Action::ReadStatistics).await.allowed, "its account may not");
        assert!(!may(&by, &every, Action::ManageAccounts).await.allowed, "no program makes accounts");
        assert!(may(&by, &every, Action::Backup).await.allowed);
        // Moved, the account takes its tokens along.
        let moved = Change { role: Some(Role::Auditor), ..Change::default() };
        let (secret, _) = doors.make_token(&officer, &token(&[TokenScope::Export], 1000), at(0)).await.expect("made");
        doors.change(&officer, moved, &by, at(2)).await.expect("changed");
        let used = doors.token(secret.as_str(), at(3)).await.expect("asked").expect("it opens");
        assert_eq!(used.account.role, Role::Auditor);
        assert_eq!(used.token.scopes, BTreeSet::from([TokenScope::Export]));
    });
}
