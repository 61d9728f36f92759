//! How long a question to the policies takes. A page asks a few; below 50 µs each nobody feels them.
//!
//! `cargo bench -p tongguan-doors --bench policies`

use std::hint::black_box;

use cases::{CaseId, Channel, Handler, Opening, ProcedureId, Procedures, Role, Scope, World};
use criterion::{Criterion, criterion_group, criterion_main};
use doors::{Account, AccountId, Action, CaseFacts, Policies, Resource, Status, Who};
use jiff::Timestamp;
use law::RuleBase;

fn rule_base() -> RuleBase {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lawbook");
    let (mut folders, mut files) = (vec![root.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&root).expect("inside").to_string_lossy().into_owned();
                files.push((name, std::fs::read_to_string(&path).expect("text")));
            }
        }
    }
    files.sort();
    RuleBase::parse(files.iter().map(|(name, text)| (name.as_str(), text.as_str()))).expect("the lawbook loads")
}

fn policies(criterion: &mut Criterion) {
    let (base, procedures) = (rule_base(), Procedures::embedded().expect("they load"));
    let world = World::new(&procedures, dossier::forms(), &base).expect("they fit");
    let policies = Policies::embedded().expect("they load");
    let uscc = "91350100M000100Y43";
    let opening = Opening {
        procedure: ProcedureId::new("security-assessment"),
        handler: Handler { uscc: uscc.to_owned(), name: "示例".to_owned(), region: "CN-FJ".to_owned(), sector: None },
        channel: Channel::Online,
        office: None,
        follows: None,
        title: String::new(),
    };
    let facts = CaseFacts::opening(&world, &CaseId::new("sa-1"), &opening).expect("it is known");
    let account = |role, scope| Account {
        id: AccountId::new("a-7k3m9qx2pd"),
        login: "somebody".to_owned(),
        name: "某人".to_owned(),
        email: None,
        role,
        scope,
        organisation: None,
        lang: None,
        status: Status::Active,
        second_factor: false,
        created: Timestamp::UNIX_EPOCH,
        last_sign_in: None,
    };
    let approver = account(Role::Approver, Scope::Handler(uscc.to_owned()));
    let national = account(Role::National, Scope::All);
    let open = procedures.get("security-assessment").and_then(|of| of.action("open")).expect("it is known");
    let case = Resource::Case(&facts);
    for (name, account, action, resource) in [
        ("read-case, allowed", &approver, Action::ReadCase, case),
        ("read-case, refused", &national, Action::ReadCase, case),
        ("act, allowed", &approver, Action::Act(open), case),
        ("read-statistics, allowed", &national, Action::ReadStatistics, Resource::Installation),
    ] {
        let who = Who { account, scopes: None, must_enrol: false };
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| policies.allows(black_box(who), black_box(action), black_box(resource)));
        });
    }
    criterion.bench_function("all policies loaded", |bencher| bencher.iter(Policies::embedded));
}

criterion_group!(benches, policies);
criterion_main!(benches);
