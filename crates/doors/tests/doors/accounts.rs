//! Accounts: the first, the last administrator, who fits where.

use cases::{CaseId, Role, Scope};
use doors::{AccountFilter, Change, DoorsError, Lang, Page, Status};

use crate::support::*;

#[test]
fn of_many_that_set_up_at_once_one_is_the_first() {
    on_both(|doors, place| async move {
        assert!(doors.is_new().await.expect("asked"));
        // As many processes would: doors of their own on the same database.
        let mut all = Vec::new();
        for nth in 0..6 {
            let doors = if nth % 2 == 0 { doors.clone() } else { open(&place).await };
            let first = new(&format!("admin-{nth}"), Role::Administrator, Scope::All);
            all.push(tokio::spawn(async move { doors.set_up(first, GOOD, at(0)).await }));
        }
        let mut made = 0;
        for one in all {
            match one.await.expect("no panic") {
                Ok(account) => {
                    assert_eq!((account.role, account.status), (Role::Administrator, Status::Active));
                    made += 1;
                }
                Err(error) => assert_eq!(error.code(), "set-up-already", "{error}"),
            }
        }
        assert_eq!(made, 1);
        assert!(!doors.is_new().await.expect("asked"));
        assert_eq!(doors.accounts(Page::default(), &AccountFilter::default()).await.expect("listed").1, 1);
    });
}

#[test]
fn the_last_active_administrator_stays_one() {
    on_both(|doors, place| async move {
        let first = administrator(&doors).await;
        let closed = || Change { status: Some(Status::Disabled), ..Change::default() };
        let moved = Change { role: Some(Role::National), ..Change::default() };
        for change in [closed(), moved] {
            let error = doors.change(&first, change, &first, at(1)).await.expect_err("the last");
            assert_eq!(error.code(), "last-administrator");
        }
        // Somebody who was invited and never came cannot run the installation.
        doors.create(new("admin-2", Role::Administrator, Scope::All), &first, at(1)).await.expect("made");
        assert!(doors.change(&first, closed(), &first, at(2)).await.is_err());
        let second = active(&doors, &first, "admin-3", Role::Administrator, Scope::All).await.id;
        // Each of two closes the other at the same time, from two processes: one of them stays.
        let others = open(&place).await;
        let (one, other) = tokio::join!(
            doors.change(&first, closed(), &second, at(3)),
            others.change(&second, closed(), &first, at(3))
        );
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    });
}

#[test]
fn role_and_scope_have_to_fit() {
    on_both(|doors, _| async move {
        let by = administrator(&doors).await;
        organisations(&doors, &by).await;
        let handler = || Scope::Handler(USCC.to_owned());
        let office = || Scope::Office("body-1".to_owned());
        let case = || Scope::Case(CaseId::new("sa-1"));
        let province = |region: &str| Scope::Province(region.to_owned());
        let fits = [
            (Role::Applicant, handler()),
            (Role::Adviser, handler()),
            (Role::Adviser, case()),
            (Role::Recipient, case()),
            (Role::Province, province("CN-BJ")),
            (Role::Auditor, province("CN-BJ")),
            (Role::National, Scope::All),
            (Role::ZoneBody, office()),
        ];
        for (nth, (role, scope)) in fits.into_iter().enumerate() {
            let made = doors.create(new(&format!("fits-{nth}"), role, scope), &by, at(1)).await.expect("it fits");
            assert_eq!(made.status, Status::Invited);
            assert_eq!(made.actor().role, role);
        }
        let other = [
            (Role::Applicant, Scope::All, "role-and-scope"),
            (Role::Recipient, handler(), "role-and-scope"),
            (Role::Province, Scope::All, "role-and-scope"),
            (Role::Province, province("Beijing"), "bad-field"),
            (Role::National, province("CN-BJ"), "role-and-scope"),
            (Role::Administrator, handler(), "role-and-scope"),
            (Role::CertificationBody, Scope::Office("nobody".to_owned()), "no-organisation"),
            (Role::Approver, Scope::Handler("91350100M000100Y44".to_owned()), "bad-field"),
            (Role::Approver, Scope::Handler("91110105000000001X".to_owned()), "bad-field"),
        ];
        for (role, scope, code) in other {
            let error = doors.create(new("other", role, scope.clone()), &by, at(1)).await.expect_err("refused");
            assert_eq!(error.code(), code, "{role} {scope:?}: {error}");
        }
        let error = doors.create(new("Fits-0", Role::National, Scope::All), &by, at(1)).await.expect_err("taken");
        assert!(matches!(error, DoorsError::LoginTaken), "{error}");
    });
}

#[test]
fn accounts_are_found_by_words_that_lie_sealed() {
    on_both(|doors, place| async move {
        let by = administrator(&doors).await;
        organisations(&doors, &by).await;
        for nth in 0..5 {
            let mut one = new(&format!("officer-{nth}"), Role::Province, Scope::Province("CN-BJ".to_owned()));
            one.name = format!("李{nth}号");
            one.lang = Some(Lang::En);
            doors.create(one, &by, at(nth)).await.expect("made");
        }
        active(&doors, &by, "approver", Role::Approver, Scope::Handler(USCC.to_owned())).await;
        let named = |text: &str| AccountFilter { text: Some(text.to_owned()), ..AccountFilter::default() };
        let (found, all) = doors.accounts(Page { skip: 1, most: 2 }, &named("李")).await.expect("listed");
        assert_eq!((found.len(), all), (2, 5));
        assert_eq!(found[0].name, "李1号");
        let of = AccountFilter { status: Some(Status::Active), role: Some(Role::Approver), ..AccountFilter::default() };
        let (found, all) = doors.accounts(Page::default(), &of).await.expect("listed");
        assert_eq!((found[0].login.as_str(), all), ("approver", 1));
        assert_eq!(found[0].organisation.as_ref().map(doors::OrganisationId::as_str), Some(USCC), "that of its scope");
        // Another process finds the same.
        let others = open(&place).await;
        let found = others.by_login(" OFFICER-3 ").await.expect("asked").expect("found");
        assert_eq!((found.name.as_str(), found.lang), ("李3号", Some(Lang::En)));
        assert_eq!(others.account(&found.id).await.expect("asked").as_ref(), Some(&found));
        assert_eq!(others.by_login("officer-9").await.expect("asked"), None);
    });
}

#[test]
fn another_master_key_is_told_at_once() {
    on_both(|doors, place| async move {
        administrator(&doors).await;
        let database = database::Database::at(&place.address).expect("an address");
        let policies = std::sync::Arc::new(doors::Policies::embedded().expect("they load"));
        let error = doors::Doors::open(&database, keys(8), policies).await.expect_err("refused");
        assert_eq!(error.code(), "wrong-master-key");
    });
}

#[test]
fn of_whoever_is_forgotten_an_id_is_left() {
    on_both(|doors, place| async move {
        let first = administrator(&doors).await;
        let who = active(&doors, &first, "li.leaving", Role::National, Scope::All).await.id;
        let session = come(&doors, "li.leaving", at(10)).await;
        let error = doors.forget(&who, &first, at(11)).await.expect_err("it is not closed");
        assert_eq!(error.code(), "account-not-closed");
        let closed = Change { status: Some(Status::Disabled), ..Change::default() };
        doors.change(&who, closed.clone(), &first, at(12)).await.expect("closed");
        let before = sealed(&place, &who).await;

        let left = doors.forget(&who, &first, at(13)).await.expect("forgotten");
        assert_eq!(
            (left.status, left.login.as_str(), left.name.as_str(), &left.email),
            (Status::Forgotten, "", "", &None)
        );
        assert_eq!(doors.account(&who).await.expect("asked"), Some(left));
        assert!(doors.session(session.secret.as_str(), at(14)).await.expect("asked").is_none());
        assert!(doors.by_login("li.leaving").await.expect("asked").is_none());
        let after = sealed(&place, &who).await;
        assert!(before.1.is_some() && after.1.is_none(), "the password is gone");
        assert_ne!(before.0, after.0);
        if place.is_sqlite() {
            let path = place.address.strip_prefix("sqlite:").expect("a file");
            for file in [path.to_owned(), format!("{path}-wal")] {
                let bytes = std::fs::read(&file).unwrap_or_default();
                assert!(memchr::memmem::find(&bytes, before.0.as_bytes()).is_none(), "{file} still holds it");
            }
        }

        // It comes back by no way, and the login is free for another.
        let opened = Change { status: Some(Status::Active), ..Change::default() };
        let named = Change { name: Some("李某".to_owned()), ..Change::default() };
        for change in [opened, named, closed] {
            assert_eq!(
                doors.change(&who, change, &first, at(15)).await.expect_err("forgotten").code(),
                "account-not-active"
            );
        }
        let error = doors.invite_to_account(&who, at(99), &first, at(15)).await.expect_err("forgotten");
        assert_eq!(error.code(), "account-not-active");
        assert_eq!(doors.forget(&who, &first, at(15)).await.expect_err("again").code(), "account-not-closed");
        active(&doors, &first, "li.leaving", Role::National, Scope::All).await;
        doors.verify_record().await.expect("the record holds");
    });
}

/// The sealed person and password of an account as they lie in the database.
async fn sealed(place: &Place, id: &doors::AccountId) -> (String, Option<String>) {
    let database = database::Database::at(&place.address).expect("an address");
    let mut connection = database.connect().await.expect("it opens");
    let of = "SELECT person, coalesce(password, '') AS password FROM door_account WHERE id = $1";
    let row = database::query(of).bind(id.as_str()).fetch_one(&mut connection).await.expect("a row");
    let text = |column| database::text(&row, column).expect("text");
    (text("person"), Some(text("password")).filter(|text| !text.is_empty()))
}
