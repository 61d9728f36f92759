//! Files of policies: what is taken, what is refused and how that is told.

use cases::{Role, Scope};
use doors::{Account, AccountId, Action, Policies, Resource, Status, TokenScope, Who};

use crate::support::at;

fn account(role: Role) -> Account {
    Account {
        id: AccountId::new("a-1"),
        login: "somebody".to_owned(),
        name: "某人".to_owned(),
        email: None,
        role,
        scope: Scope::All,
        organisation: None,
        lang: None,
        status: Status::Active,
        second_factor: false,
        created: at(0),
        last_sign_in: None,
    }
}

fn statistics(policies: &Policies, role: Role) -> (bool, Vec<String>) {
    let account = account(role);
    let who = Who { account: &account, scopes: None, must_enrol: false };
    let decision = policies.allows(who, Action::ReadStatistics, Resource::Installation);
    (decision.allowed, decision.by)
}

#[test]
fn what_no_policy_allows_is_refused_and_what_one_forbids_too() {
    let one = "@id(\"national\") permit (principal, action == Action::\"read-statistics\", resource) when { principal.role == \"national\" };";
    let policies = Policies::parse([("one.cedar", one)]).expect("they load");
    assert_eq!(statistics(&policies, Role::National), (true, vec!["national".to_owned()]));
    assert_eq!(statistics(&policies, Role::Auditor), (false, vec![]));
    let never = "@id(\"never\") forbid (principal, action, resource) when { principal.role == \"national\" };";
    let policies = Policies::parse([("one.cedar", one), ("two.cedar", never)]).expect("they load");
    assert_eq!(statistics(&policies, Role::National), (false, vec!["never".to_owned()]));
}

#[test]
fn a_bad_file_is_told_in_one_line_with_its_name() {
    let good = "@id(\"a\") permit (principal, action == Action::\"backup\", resource);\n";
    for (text, says) in [
        ("@id(\"a\")\npermit (principal, action, resource)\nwhen { principal.role = \"national\" };", "line 3"),
        (
            "@id(\"a\") permit (principal, action == Action::\"backup\", resource) when { principal.rank == \"x\" };",
            "rank",
        ),
        ("@id(\"a\") permit (principal, action == Action::\"bakcup\", resource);", "bakcup"),
        ("@id(\"a\") permit (principal, action == Action::\"backup\", resource) when { principal.role == 3 };", "a"),
        (
            "@id(\"a\") permit (principal, action == Action::\"backup\", resource) when { principal.office == \"x\" };",
            "office",
        ),
        ("permit (principal, action == Action::\"backup\", resource);", "@id"),
        ("@id(\"a\") permit (principal == ?principal, action, resource);", "templates"),
        (&good.repeat(2), "`a`"),
    ] {
        let error = Policies::parse([("bad.cedar", text)]).expect_err(text);
        let said = error.to_string();
        assert!(said.contains("bad.cedar") && said.contains(says) && !said.contains('\n'), "{text}: {said}");
        assert!(error.text().zh.contains("bad.cedar"), "{}", error.text().zh);
    }
}

#[test]
fn a_folder_takes_the_place_of_the_policies_that_are_compiled_in() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(Policies::from_folder(folder.path()).expect_err("empty").to_string().contains("nothing at all"));
    assert!(Policies::from_folder(&folder.path().join("none")).is_err());
    let text = "@id(\"only\") permit (principal, action == Action::\"read-statistics\", resource) when { principal.role == \"auditor\" };";
    std::fs::write(folder.path().join("own.cedar"), text).expect("written");
    std::fs::write(folder.path().join("README.md"), "no policy").expect("written");
    let own = Policies::from_folder(folder.path()).expect("they load");
    assert_eq!(statistics(&own, Role::Auditor), (true, vec!["only".to_owned()]));
    assert!(!statistics(&own, Role::National).0);
    // Those compiled in, as files, are the same.
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    assert_eq!(Policies::from_folder(&root).expect("they load").ids(), Policies::embedded().expect("they load").ids());
}

#[test]
fn no_policy_lets_a_program_or_a_half_way_sign_in_do_more() {
    let all = "@id(\"all\") permit (principal, action, resource);";
    let policies = Policies::parse([("all.cedar", all)]).expect("they load");
    let account = account(Role::Administrator);
    let every = TokenScope::ALL.iter().copied().collect();
    let asks = |scopes, must_enrol, action| {
        policies.allows(Who { account: &account, scopes, must_enrol }, action, Resource::Installation).allowed
    };
    assert!(asks(None, false, Action::ManageAccounts));
    assert!(!asks(None, true, Action::ManageAccounts));
    assert!(!asks(Some(&every), false, Action::ManageAccounts));
    assert!(asks(Some(&every), false, Action::Backup));
    assert!(!asks(Some(&[TokenScope::Act].into()), false, Action::Backup));
}
