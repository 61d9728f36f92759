//! Invitations: to an account, and to one case without one.

use cases::{CaseId, Role, Scope};
use doors::{Change, NewInvitation, SignInRefused, Status, Uses};

use crate::support::*;

fn to_case(role: Role, uses: Uses, ends: i64) -> NewInvitation {
    NewInvitation {
        case: CaseId::new("sa-7k3m9qx2pd"),
        role,
        name: "Jan de Vries".to_owned(),
        email: Some("jan@example.nl".to_owned()),
        lang: Some(doors::Lang::En),
        ends: at(ends),
        uses,
    }
}

#[test]
fn a_colleague_sets_a_password_by_a_link_that_opens_once() {
    on_both(|doors, place| async move {
        let by = administrator(&doors).await;
        let id = doors.create(new("officer", Role::National, Scope::All), &by, at(0)).await.expect("made").id;
        let (stale, _) = doors.invite_to_account(&id, at(1000), &by, at(0)).await.expect("invited");
        let (link, _) = doors.invite_to_account(&id, at(1000), &by, at(1)).await.expect("invited again");
        assert!(doors.invitation(stale.as_str(), at(2)).await.expect("asked").is_none(), "another link was sent");
        let shown = doors.invitation(link.as_str(), at(2)).await.expect("asked").expect("it opens");
        assert_eq!((shown.name.as_str(), &shown.by), ("王小明", &by));
        assert!(doors.invitation(link.as_str(), at(1000)).await.expect("asked").is_none(), "it ended");
        let common = doors.accept(link.as_str(), "password1234", HERE, at(3)).await.expect_err("refused");
        assert_eq!(common.code(), "password-refused");
        let second = open(&place).await;
        let (one, two) = tokio::join!(
            doors.accept(link.as_str(), GOOD, HERE, at(4)),
            second.accept(link.as_str(), GOOD, HERE, at(4))
        );
        assert!(one.is_ok() != two.is_ok(), "once: {one:?} {two:?}");
        let came = one.or(two).expect("one of them").expect("let in");
        assert_eq!(came.account.status, Status::Active);
        come(&doors, "officer", at(5)).await;
        // A link for one who lost the password ends the sessions of whoever found it.
        let (link, _) = doors.invite_to_account(&id, at(1000), &by, at(6)).await.expect("invited");
        doors.accept(link.as_str(), "Schnee im Januar", HERE, at(7)).await.expect("accepted").expect("let in");
        assert!(doors.session(came.secret.as_str(), at(8)).await.expect("asked").is_none());
        assert!(matches!(doors.sign_in("officer", GOOD, None, HERE, at(9)).await, Err(SignInRefused::Wrong)));
        // Nobody is invited into an account that was closed, nor comes in by an older link.
        let (link, _) = doors.invite_to_account(&id, at(1000), &by, at(10)).await.expect("invited");
        let close = Change { status: Some(Status::Disabled), ..Change::default() };
        doors.change(&id, close, &by, at(11)).await.expect("closed");
        let error = doors.accept(link.as_str(), GOOD, HERE, at(12)).await.expect_err("closed");
        assert_eq!(error.code(), "no-invitation");
        assert_eq!(
            doors.invite_to_account(&id, at(99), &by, at(12)).await.expect_err("closed").code(),
            "account-not-active"
        );
    });
}

#[test]
fn a_guest_sees_one_case_until_the_invitation_ends_or_is_revoked() {
    on_both(|doors, place| async move {
        let by = administrator(&doors).await;
        for role in [Role::Approver, Role::National, Role::Administrator] {
            let error = doors.invite_to_case(&to_case(role, Uses::Once, 100), &by, at(0)).await.expect_err("refused");
            assert_eq!(error.code(), "role-and-scope");
        }
        let new = to_case(Role::Recipient, Uses::UntilRevoked, 1200);
        let (link, id) = doors.invite_to_case(&new, &by, at(0)).await.expect("invited");
        let first = doors.enter(link.as_str(), HERE, at(1)).await.expect("let in");
        let second = doors.enter(link.as_str(), HERE, at(2)).await.expect("and again");
        let session = open(&place).await.session(first.secret.as_str(), at(3)).await.expect("asked").expect("open");
        assert_eq!((&session.guest, session.account.role), (&Some(id.clone()), Role::Recipient));
        assert_eq!(session.account.actor().scope, Scope::Case(new.case.clone()));
        assert_eq!(session.account.actor().id.as_str(), id.as_str());
        assert_eq!(session.account.name, "Jan de Vries");
        assert_eq!(session.ends, at(1200), "no longer than the invitation");
        assert!(doors.session(first.secret.as_str(), at(1200)).await.expect("asked").is_none());
        let listed = doors.invitations_to(&new.case).await.expect("listed");
        assert_eq!((listed.len(), &listed[0].by, listed[0].used), (1, &by, Some(at(2))));
        doors.revoke_invitation(&id, &by, at(10)).await.expect("revoked");
        for secret in [first.secret, second.secret] {
            assert!(doors.session(secret.as_str(), at(11)).await.expect("asked").is_none());
        }
        assert_eq!(doors.enter(link.as_str(), HERE, at(12)).await.expect_err("revoked").code(), "no-invitation");
        // A guest is no account.
        assert_eq!(
            doors.accept(link.as_str(), GOOD, HERE, at(12)).await.expect_err("no account").code(),
            "no-invitation"
        );
        assert_eq!(doors.account(&doors::AccountId::new(id.as_str())).await.expect("asked"), None);
    });
}

#[test]
fn a_link_that_opens_once_opens_once() {
    on_both(|doors, place| async move {
        let by = administrator(&doors).await;
        let (link, _) =
            doors.invite_to_case(&to_case(Role::Adviser, Uses::Once, 500), &by, at(0)).await.expect("invited");
        let second = open(&place).await;
        let (one, two) =
            tokio::join!(doors.enter(link.as_str(), HERE, at(1)), second.enter(link.as_str(), HERE, at(1)));
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        // The session goes on.
        let came = one.or(two).expect("one");
        assert!(doors.session(came.secret.as_str(), at(400)).await.expect("asked").is_some());
        assert!(doors.enter(link.as_str(), HERE, at(2)).await.is_err());
    });
}

#[test]
fn an_identity_of_a_provider_belongs_to_one_account() {
    on_both(|doors, _| async move {
        let by = administrator(&doors).await;
        let id = active(&doors, &by, "officer", Role::National, Scope::All).await.id;
        let external =
            doors::External { issuer: "https://login.example.cn".to_owned(), subject: "248289761001".to_owned() };
        assert_eq!(doors.by_external(&external).await.expect("asked"), None);
        doors.join_external(&id, &external, &by, at(0)).await.expect("joined");
        assert_eq!(doors.join_external(&by, &external, &by, at(0)).await.expect_err("taken").code(), "identity-taken");
        assert_eq!(doors.by_external(&external).await.expect("asked").expect("found").id, id);
        let elsewhere = doors::External { issuer: "https://other.example.cn".to_owned(), ..external.clone() };
        assert_eq!(doors.by_external(&elsewhere).await.expect("asked"), None);
        let came = doors.admit(&id, "openid", HERE, at(1)).await.expect("let in");
        assert!(doors.session(came.secret.as_str(), at(2)).await.expect("asked").is_some());
        assert_eq!(doors.part_external(&id, &external.issuer, &by, at(3)).await.expect("parted"), 1);
        assert_eq!(doors.by_external(&external).await.expect("asked"), None);
        let invited = doors.create(new("invited", Role::National, Scope::All), &by, at(3)).await.expect("made").id;
        assert_eq!(
            doors.admit(&invited, "openid", HERE, at(4)).await.expect_err("never came").code(),
            "account-not-active"
        );
    });
}
