//! The demonstration as those who look around in it meet it.
#![allow(clippy::unwrap_used, reason = "clippy.toml allows it in tests, but helpers of tests are not seen as such")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use cases::{Case, Phase, QueueQuery, Role, Scope};
use jiff::Timestamp;
use jiff::tz::Offset;
use support::House;

/// A working Monday.
const MONDAY: &str = "2026-11-23T02:30:00Z";
/// A day on which results of early 2024 come to their end.
const LATER: &str = "2027-03-03T06:00:00Z";

/// States that have a case on every day.
const STATES: &[(&str, &[&str])] = &[
    (
        "security-assessment",
        &[
            "draft",
            "completeness",
            "returned",
            "forwarded",
            "not-accepted",
            "assessing",
            "supplementing",
            "approved",
            "approved-in-part",
            "reassessing",
            "refused",
            "stopped",
            "lighter-path",
            "superseded",
            "withdrawn",
            "terminated",
        ],
    ),
    (
        "standard-contract",
        &[
            "draft",
            "checking",
            "supplementing",
            "filed",
            "changing",
            "change-checking",
            "change-supplementing",
            "suspended",
            "not-passed",
            "procedure-ended",
            "cancelled",
            "contract-ended",
            "superseded",
            "withdrawn",
        ],
    ),
    (
        "gba-standard-contract",
        &["draft", "checking", "supplementing", "filed", "not-passed", "ended", "refiled", "withdrawn"],
    ),
    (
        "certification",
        &[
            "draft",
            "examining",
            "supplementing",
            "certified",
            "suspended",
            "not-certified",
            "revoked",
            "given-up",
            "superseded",
        ],
    ),
    (
        "zone-list-filing",
        &[
            "applied",
            "filing",
            "filed",
            "supplementing",
            "confirming",
            "in-use",
            "not-agreed",
            "not-confirmed",
            "stopped",
            "list-ended",
        ],
    ),
    ("zone-list-report", &["reported", "supplementing", "noted", "objected"]),
    (
        "consultation",
        &["draft", "asked", "passed-up", "clarifying", "answered", "redacted", "publishing", "published", "closed"],
    ),
    ("face-filing", &["returned", "change-checking"]),
    ("flaw-report", &["reported", "closed"]),
    ("important-data-report", &["amending"]),
    ("incident-report", &["found", "reported-to-authority", "summing-up", "closed"]),
    ("miit-directory", &["update-reviewing"]),
    ("minors-audit-report", &["reported"]),
    ("officer-filing", &["change-checking"]),
    ("personal-information-audit", &["due", "audited", "ordered"]),
    ("automotive-duties", &["preparing", "reported"]),
    ("certification-body", &["deciding", "filed"]),
    ("zone-body-report", &["reported"]),
];

fn run<F: Future>(test: F) -> F::Output {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(test)
}

async fn all(house: &House) -> Vec<Case> {
    let mut all = Vec::new();
    for id in &house.demo.cases {
        all.push(house.store.case(id).await.unwrap());
    }
    all
}

#[test]
fn there_is_a_case_in_every_state_of_the_table_and_all_of_it_happened_by_the_rules() {
    run(async {
        let begun = std::time::Instant::now();
        let house = House::at(&support::world(), MONDAY)
            .await
            .unwrap_or_else(|error| panic!("{}", error.to_string().replace("; ", "\n")));
        let took = begun.elapsed();
        eprintln!("{} cases in {took:?}", house.demo.cases.len());
        let cases = all(&house).await;
        let mut there: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for case in &cases {
            there.entry(case.procedure.as_str()).or_default().insert(case.state.as_str());
        }
        let mut missing = Vec::new();
        for (procedure, states) in STATES {
            let known = house.world.procedures.get(procedure).unwrap();
            for state in *states {
                assert!(known.state(state).is_some(), "`{procedure}` has no state `{state}`");
                if !there.get(procedure).is_some_and(|there| there.contains(state)) {
                    missing.push(format!("{procedure}/{state}"));
                }
            }
        }
        assert!(missing.is_empty(), "nothing is in {missing:?}; there is {there:?}");
        let procedures: BTreeSet<&str> = house.world.procedures.all().iter().map(|of| of.id.as_str()).collect();
        assert_eq!(there.keys().copied().collect::<BTreeSet<_>>(), procedures, "every procedure has a case");
        assert!(house.store.verify().await.unwrap() > 600, "actions");
        assert_eq!(house.store.verify_projections().await.unwrap(), Vec::new());
        // Generous, since other tests run beside this one.
        assert!(took.as_secs() < 30, "it takes {took:?}");
    });
}

#[test]
fn every_handler_has_something_in_hand_and_every_office_something_to_do() {
    run(async {
        let house = House::at(&support::world(), MONDAY).await.unwrap();
        let today = Offset::constant(8).to_datetime(MONDAY.parse::<Timestamp>().unwrap()).date();
        for persona in &house.demo.people {
            let actor = persona.actor.clone();
            let all = house.store.queue_length(&QueueQuery::of(actor.clone())).await.unwrap();
            assert!(all > 0, "`{}` sees nothing", persona.login);
            let parties = [
                law::Party::Handler,
                law::Party::Province,
                law::Party::NationalOffice,
                law::Party::Prefecture,
                law::Party::SectorAuthority,
                law::Party::CertificationBody,
                law::Party::ZoneBody,
            ];
            for party in parties.into_iter().filter(|party| actor.role.serves(*party)) {
                let waits = QueueQuery { holder: Some(party), ..QueueQuery::of(actor.clone()) };
                assert!(house.store.queue_length(&waits).await.unwrap() > 0, "nothing waits for `{}`", persona.login);
            }
        }
        // Of the clocks in a province's queue, some are due today, some soon, and one or two are late.
        let province =
            QueueQuery { holder: Some(law::Party::Province), most: 500, ..QueueQuery::of(house.actor("province")) };
        let due: Vec<_> = house.store.queue(&province).await.unwrap().rows.iter().filter_map(|row| row.due).collect();
        assert!(due.contains(&today), "nothing is due today: {due:?}");
        let soon = due.iter().filter(|day| (1..=7).contains(&today.until(**day).unwrap().get_days())).count();
        let late = due.iter().filter(|day| **day < today).count();
        assert!(soon >= 2, "{due:?}");
        assert!((1..=3).contains(&late), "{due:?}");
        for phase in [Phase::Preparing, Phase::Pending, Phase::Returned, Phase::InForce, Phase::Held, Phase::Closed] {
            let of = QueueQuery { phase: Some(phase), ..QueueQuery::of(house.actor("admin")) };
            assert!(house.store.queue_length(&of).await.unwrap() > 1, "{phase:?}");
        }
        // Guests see the case they were invited to.
        for link in &house.demo.links {
            let secret = link.path.rsplit('/').next().unwrap();
            let in_ = house.doors.enter(secret, "192.0.2.9", MONDAY.parse().unwrap()).await.unwrap();
            assert_eq!((in_.account.role, in_.account.scope), (Role::Recipient, Scope::Case(link.case.clone())));
        }
        assert_eq!(house.demo.links.len(), 2);
    });
}

#[test]
fn provinces_do_not_see_each_others_cases() {
    run(async {
        let house = House::at(&support::world(), MONDAY).await.unwrap();
        for (login, region) in [("province", "CN-ZJ"), ("province-south", "CN-GD")] {
            let rows =
                house.store.queue(&QueueQuery { most: 500, ..QueueQuery::of(house.actor(login)) }).await.unwrap().rows;
            assert!(rows.len() > 8);
            assert!(rows.iter().all(|row| row.province == region), "{login}");
        }
    });
}

/// What somebody who looks at a case sees of it.
fn seen(case: &Case) -> String {
    let history: Vec<_> =
        case.history.iter().map(|happened| (happened.at, happened.action.clone(), happened.to.clone())).collect();
    let answers: Vec<_> =
        case.dossier.answers.iter().map(|(path, answer)| (path.to_string(), answer.value.clone())).collect();
    let files: Vec<_> = case.attachments.iter().map(|file| &file.digest).collect();
    format!("{:?}", (&case.id, &case.title, &case.state, history, answers, files, &case.number))
}

#[test]
fn the_same_day_gives_the_same_cases_and_none_lies_in_the_future() {
    run(async {
        let world = support::world();
        let (one, two) = (House::at(&world, MONDAY).await.unwrap(), House::at(&world, MONDAY).await.unwrap());
        let now: Timestamp = MONDAY.parse().unwrap();
        for (one, two) in all(&one).await.iter().zip(all(&two).await) {
            assert_eq!(seen(one), seen(&two));
            assert!(one.history.iter().all(|happened| happened.at <= now), "{}", one.title);
            assert!(one.history.is_sorted_by_key(|happened| happened.at), "{}", one.title);
            assert!(one.releases.iter().all(|release| release.day <= Offset::constant(8).to_datetime(now).date()));
        }
    });
}

#[test]
fn on_other_days_extensions_are_under_way() {
    run(async {
        let house = House::at(&support::world(), LATER)
            .await
            .unwrap_or_else(|error| panic!("{}", error.to_string().replace("; ", "\n")));
        let states: BTreeSet<String> = all(&house).await.iter().map(|case| case.state.to_string()).collect();
        for state in ["extending", "extension-completeness", "extension-deciding"] {
            assert!(states.contains(state), "`{state}` is missing: {states:?}");
        }
    });
}

#[test]
fn people_write_as_people_do_and_receipts_lie_within_and_outside_of_permits() {
    run(async {
        let house = House::at(&support::world(), MONDAY).await.unwrap();
        let cases = all(&house).await;
        for case in &cases {
            for (path, answer) in case.dossier.answers.iter() {
                let text = answer.value.as_str().unwrap_or_default();
                assert!(!text.starts_with("示例：") && !text.contains('{'), "{} {path}: {text}", case.title);
            }
        }
        let releases: Vec<_> = cases.iter().flat_map(|case| &case.releases).collect();
        assert!(releases.iter().filter(|release| release.outside.is_empty()).count() >= 15);
        assert!(releases.iter().filter(|release| !release.outside.is_empty()).count() >= 3);
        assert!(cases.iter().filter(|case| case.open_marks().next().is_some()).count() >= 6, "marks to be answered");
        // A paper that was handed in can be opened.
        let case = cases.iter().find(|case| !case.attachments.is_empty()).unwrap();
        let file = house.store.file(&case.id, &case.attachments[0].digest).await.unwrap();
        assert!(file.starts_with(b"%PDF-1.4"));
    });
}
