//! Both gates agree: for every procedure, state, action, role and relation to the case, what policies say is what the cases' own rules
//! say. And what each role may do, as a table.

use std::fmt::Write as _;
use std::path::PathBuf;

use cases::{
    Acting, ActionId, Actor, ActorId, Case, CaseId, Handler, Opening, Payload, Procedure, Refusal, Role, Scope,
    Version, World, available_actions, may_see, open_case,
};
use doors::{
    Account, AccountId, Action, CaseFacts, Organisation, OrganisationId, OrganisationKind, Policies, Resource, Status,
    Who,
};
use jiff::civil::{Date, date};

use crate::procedures::{OFFICE, USCC, actor, beijing, id, in_state, procedures, world};

const DAY: Date = date(2026, 11, 23);
const REGION: &str = "CN-SH";
const OTHER: &str = "91110105000000001X";
const MEMBER: &str = "911101050000000028";

fn account(actor: &Actor) -> Account {
    Account {
        id: AccountId::new(actor.id.as_str()),
        login: "somebody".to_owned(),
        name: "某人".to_owned(),
        email: None,
        role: actor.role,
        scope: actor.scope.clone(),
        organisation: None,
        lang: None,
        status: Status::Active,
        second_factor: false,
        created: beijing(DAY.at(9, 0, 0, 0)),
        last_sign_in: None,
    }
}

/// Everybody of a role by how they stand to the cases of these tests.
fn everybody(role: Role) -> Vec<(&'static str, Actor)> {
    let with = |scope| Actor { id: ActorId::new(format!("{role}-1")), role, scope };
    let mut all = vec![("own", actor(role, REGION))];
    let other = match role {
        Role::Applicant | Role::Approver => vec![
            ("other handler", Scope::Handler(OTHER.to_owned())),
            ("of the group", Scope::Handler(MEMBER.to_owned())),
        ],
        Role::Adviser => vec![
            ("other case", Scope::Case(CaseId::new("case-2"))),
            ("own handler", Scope::Handler(USCC.to_owned())),
            ("other handler", Scope::Handler(OTHER.to_owned())),
        ],
        Role::Recipient => vec![("other case", Scope::Case(CaseId::new("case-2")))],
        Role::Province => vec![("other province", Scope::Province("CN-BJ".to_owned()))],
        Role::Auditor => vec![
            ("own province", Scope::Province(REGION.to_owned())),
            ("other province", Scope::Province("CN-BJ".to_owned())),
        ],
        Role::National | Role::Administrator => vec![],
        Role::Prefecture | Role::SectorAuthority | Role::CertificationBody | Role::ZoneBody => {
            vec![("other office", Scope::Office("office-2".to_owned()))]
        }
    };
    all.extend(other.into_iter().map(|(how, scope)| (how, with(scope))));
    all
}

fn member() -> Handler {
    Handler { uscc: MEMBER.to_owned(), name: "集团公司".to_owned(), region: REGION.to_owned(), sector: None }
}

fn who(account: &Account) -> Who<'_> {
    Who { account, scopes: None, must_enrol: false }
}

/// The cell's two answers for everything that can be asked of a case.
fn compare(
    policies: &Policies,
    world: &World<'_>,
    case: &Case,
    actor: &Actor,
    cell: &str,
    differ: &mut Vec<String>,
) -> u32 {
    let facts = CaseFacts::of(world, case).expect("its procedure is known");
    let account = account(actor);
    let allows = |action| policies.allows(who(&account), action, Resource::Case(&facts)).allowed;
    let mut asked = 1;
    let (seen, read) = (may_see(world, actor, case), allows(Action::ReadCase));
    if seen != read {
        differ.push(format!("{cell}: read-case: cases say {seen}, policies {read}"));
    }
    // Nobody reads what is personal, or fetches files, or takes it along, where they may not see the case.
    for action in [Action::ReadPersonal, Action::ReadFile, Action::Export, Action::Invite] {
        if allows(action) && !seen {
            differ.push(format!("{cell}: {}: of a case that may not be seen", action.word()));
        }
    }
    let procedure = procedures().get(case.procedure.as_str()).expect("it is known");
    let state = procedure.state(case.state.as_str()).expect("it is known");
    let given = available_actions(world, case, actor, DAY);
    for action in procedure.actions.iter().filter(|action| action.id.as_str() != "open") {
        asked += 1;
        let own = given.iter().any(|available| available.action.id == action.id);
        let here = action.is_from(state) && action.in_force(DAY);
        let policy = allows(Action::Act(action));
        if own != (policy && here) {
            differ.push(format!("{cell}: {}: cases say {own}, policies {policy}", action.id));
        }
    }
    asked
}

#[test]
fn policies_and_cases_agree_in_every_cell() {
    let (policies, world) = (Policies::embedded().expect("they load"), world());
    let of_all: Vec<(Vec<String>, u32)> = std::thread::scope(|scope| {
        let (policies, world) = (&policies, &world);
        let running = procedures().all().iter().map(|procedure| scope.spawn(|| cells_of(policies, world, procedure)));
        running.collect::<Vec<_>>().into_iter().map(|one| one.join().expect("no panic")).collect()
    });
    let asked: u32 = of_all.iter().map(|(_, asked)| asked).sum();
    let differ: Vec<&String> = of_all.iter().flat_map(|(differ, _)| differ).collect();
    eprintln!("{asked} questions");
    assert!(asked > 200_000, "{asked}");
    let first: Vec<&str> = differ.iter().take(40).map(|cell| cell.as_str()).collect();
    assert!(differ.is_empty(), "{} cells differ:\n{}", differ.len(), first.join("\n"));
}

/// Every cell of one procedure: where the two differ, and how much was asked.
fn cells_of(policies: &Policies, world: &World<'_>, procedure: &Procedure) -> (Vec<String>, u32) {
    let (mut differ, mut asked) = (Vec::new(), 0);
    for state in &procedure.states {
        let mut submitted = in_state(procedure, state.id.as_str(), REGION, DAY);
        submitted.members.push(member());
        // The same state as if nobody but its filer had seen it.
        let mut draft = submitted.clone();
        draft.history.truncate(1);
        let mut nowhere = submitted.clone();
        nowhere.office = None;
        for (how, case) in [("submitted", &submitted), ("draft", &draft), ("given to no office", &nowhere)] {
            for role in Role::ALL {
                for (relation, actor) in everybody(role) {
                    let cell = format!("{} / {} / {how} / {role}, {relation}", procedure.id, state.id);
                    asked += compare(policies, world, case, &actor, &cell, &mut differ);
                }
            }
        }
    }
    (differ, asked)
}

#[test]
fn policies_and_cases_agree_on_who_opens_what() {
    let (policies, world) = (Policies::embedded().expect("they load"), world());
    let (mut differ, mut opened) = (Vec::new(), 0);
    for procedure in procedures().all() {
        let action = procedure.action("open").expect("every case is opened");
        let opening = Opening {
            procedure: procedure.id.clone(),
            handler: Handler {
                uscc: USCC.to_owned(),
                name: "示例".to_owned(),
                region: REGION.to_owned(),
                sector: None,
            },
            channel: procedure.channels[0],
            office: Some(OFFICE.to_owned()),
            follows: None,
            title: "示例".to_owned(),
        };
        let facts = CaseFacts::opening(&world, &id(), &opening).expect("it is known");
        for role in Role::ALL {
            for (relation, actor) in everybody(role) {
                let acting = Acting {
                    by: &actor,
                    at: beijing(DAY.at(9, 0, 0, 0)),
                    seen: Version(0),
                    request: None,
                    signer: None,
                };
                let payload = Payload { opening: Some(opening.clone()), ..Payload::default() };
                let own = match open_case(&world, &id(), acting, payload) {
                    Ok(_) => true,
                    Err(Refusal::NotYours { .. } | Refusal::WrongRole { .. }) => false,
                    Err(other) => panic!("{}: {role}, {relation}: {other}", procedure.id),
                };
                let account = account(&actor);
                let policy = policies.allows(who(&account), Action::Act(action), Resource::Case(&facts)).allowed;
                opened += u32::from(own);
                if own != policy {
                    differ.push(format!(
                        "{} / open / {role}, {relation}: cases say {own}, policies {policy}",
                        procedure.id
                    ));
                }
            }
        }
    }
    assert!(opened > 20, "{opened}");
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[test]
fn what_each_role_may_do_is_the_committed_table() {
    const WRITE: &str = "TONGGUAN_WRITE_SNAPSHOTS";
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/roles.md");
    let now = table();
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, &now).expect("written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let line = committed.lines().zip(now.lines()).position(|(a, b)| a != b).map_or(0, |at| at + 1);
    assert!(committed == now, "look at what changed, from line {line} of {}, then set {WRITE}=1", path.display());
}

fn table() -> String {
    let (policies, world) = (Policies::embedded().expect("they load"), world());
    let procedure = procedures().get("security-assessment").expect("it is known");
    let mut submitted = in_state(procedure, procedure.states.last().expect("some").id.as_str(), REGION, DAY);
    submitted.members.push(member());
    let mut draft = submitted.clone();
    draft.history.truncate(1);
    let facts = |case| CaseFacts::of(&world, case).expect("it is known");
    let (draft, submitted) = (facts(&draft), facts(&submitted));
    let organisation = |id: &str| Organisation {
        id: OrganisationId::new(id),
        kind: OrganisationKind::Handler,
        name: "示例".to_owned(),
        region: None,
        sector: None,
        parent: None,
    };
    let (own, other) = (organisation(USCC), organisation(OTHER));
    let mut out = String::from(
        "# What each role may do, apart from the actions of procedures\n\nWritten by a test, do not edit. In each cell the policies an \
         answer rests on; empty: refused.\n",
    );
    let of_case =
        [Action::ReadCase, Action::ReadPersonal, Action::ReadFile, Action::Invite, Action::Export, Action::ReadReads];
    let of_all = [
        Action::ReadStatistics,
        Action::ReadReads,
        Action::ReadRecord,
        Action::ManageAccounts,
        Action::ManageOrganisations,
        Action::ManageWebhooks,
        Action::Backup,
    ];
    let of_own = [Action::ManageAccounts, Action::ManageWebhooks];
    let tables: [(&str, &[Action<'_>], Resource<'_>); 5] = [
        ("a case that is a draft", &of_case, Resource::Case(&draft)),
        ("a case that was submitted", &of_case, Resource::Case(&submitted)),
        ("the installation", &of_all, Resource::Installation),
        ("the handler of that case", &of_own, Resource::Organisation(&own)),
        ("another handler", &of_own, Resource::Organisation(&other)),
    ];
    for (title, actions, resource) in tables {
        let words: Vec<&str> = actions.iter().map(Action::word).collect();
        let _ =
            write!(out, "\n## With {title}\n\n| role | {} |\n|---|{}\n", words.join(" | "), "---|".repeat(words.len()));
        for role in Role::ALL {
            for (relation, actor) in everybody(role) {
                let account = account(&actor);
                let cells: Vec<String> = actions
                    .iter()
                    .map(|action| {
                        let decision = policies.allows(who(&account), *action, resource);
                        if decision.allowed { decision.by.join(", ") } else { String::new() }
                    })
                    .collect();
                let _ = writeln!(out, "| {role}, {relation} | {} |", cells.join(" | "));
            }
        }
    }
    out
}

#[test]
fn an_action_of_its_own_is_never_asked_under_the_name_of_another() {
    let (policies, world) = (Policies::embedded().expect("they load"), world());
    let procedure = procedures().get("security-assessment").expect("it is known");
    let case = in_state(procedure, procedure.first().as_str(), REGION, DAY);
    let facts = CaseFacts::of(&world, &case).expect("it is known");
    let account = account(&actor(Role::Approver, REGION));
    let submit = procedure.action("submit").expect("it is known");
    assert!(policies.allows(who(&account), Action::Act(submit), Resource::Case(&facts)).allowed);
    // The procedure's file says whose an action is, not whoever asks.
    let mut of_others = submit.clone();
    of_others.by = vec![Role::National];
    of_others.id = ActionId::new("submit");
    assert!(!policies.allows(who(&account), Action::Act(&of_others), Resource::Case(&facts)).allowed);
    // An action of a case is refused of anything else.
    assert!(!policies.allows(who(&account), Action::Act(submit), Resource::Installation).allowed);
}

#[test]
fn nobody_makes_an_account_that_can_more_than_they_may_give() {
    let policies = Policies::embedded().expect("they load");
    let scopes = [
        ("own handler", Scope::Handler(USCC.to_owned())),
        ("other handler", Scope::Handler(OTHER.to_owned())),
        ("office", Scope::Office(OFFICE.to_owned())),
        // Named like a handler, an office is none.
        ("office named as a handler", Scope::Office(USCC.to_owned())),
        ("province", Scope::Province(REGION.to_owned())),
        ("one case", Scope::Case(id())),
        ("all", Scope::All),
    ];
    for role in Role::ALL {
        let account = account(&actor(role, REGION));
        let given = scopes.iter().filter(|(_, scope)| policies.allows_account(who(&account), scope).allowed);
        let given: Vec<&str> = given.map(|(name, _)| *name).collect();
        match role {
            Role::Administrator => assert_eq!(given.len(), scopes.len()),
            Role::Approver => assert_eq!(given, ["own handler"]),
            _ => assert!(given.is_empty(), "{role}: {given:?}"),
        }
    }
}
