//! What the artefacts of a transfer already say is put in, marked, and never over what a person wrote.

mod support;

use codes::Sensitivity;
use deid::Transform;
use dossier::{Answers, Artefacts, Origin, Procedure, Target, derive, forms, items};
use law::{Facts, Value as FactValue, determine};
use serde_json::{Value, json};
use support::{ON, base, gaps, path};
use transfer::{CountChange, Inventory, Persons, Plan, PlannedField, PlannedSource, PrivateReceipt, Transfer};

const TRANSFER: &str = r#"
[handler]
name = "示例科技有限公司"
uscc = "USCC"
ciio = false
persons_held = 500000
city = "440305"
zone = "none"
[recipient]
id = "acme"
name = "Acme Pte. Ltd."
country = "SG"
[recipient.storage]
place = "Singapore"
until = 2028-12-31
[purpose]
scenario = "会员服务"
text = "为境外会员提供客服"
[duties]
pipia = { done = 2026-10-01 }
[earlier]
none = true
by = "Li"
[[source]]
path = "orders.csv"
"#;

fn transfer() -> Transfer {
    Transfer::parse(&text()).expect("a transfer")
}

/// With a code whose check character holds.
fn text() -> String {
    TRANSFER.replace("USCC", &uscc())
}

fn uscc() -> String {
    format!("91440300MA5000049{}", char::from(codes::check::uscc_check_char(b"91440300MA5000049")))
}

fn field(name: &str, label: &str, sensitive: Sensitivity, transform: Transform, why: Option<&str>) -> PlannedField {
    PlannedField {
        name: name.into(),
        label: label.into(),
        personal: true,
        sensitive,
        transform,
        key: None,
        holds: Vec::new(),
        why: why.map(Into::into),
        item: None,
    }
}

fn plan() -> Plan {
    let no = Sensitivity::No;
    let orders = vec![
        field("mobile", "PHONE_CN", no, Transform::Keep, Some("联系会员")),
        field("illness", "HEALTH", Sensitivity::Yes, Transform::Mask, Some("安排陪护")),
        field("resident_id", "ID_CN", no, Transform::Drop, None),
    ];
    let members = vec![
        field("mobile", "PHONE_CN", no, Transform::Keep, Some("核对身份")),
        field("note", "NONE", no, Transform::Keep, None),
    ];
    let source = |source: &str, fields| PlannedSource { source: source.into(), fields };
    Plan { on: ON, inventory: String::new(), sources: vec![source("orders", orders), source("members", members)] }
}

fn derived(artefacts: &Artefacts<'_>, answers: &mut Answers) -> Vec<dossier::Difference> {
    derive(forms(), artefacts, Target::default(), answers)
}

fn value(answers: &Answers, at: &str) -> Option<Value> {
    answers.value(&path(at)).cloned()
}

#[test]
fn what_the_transfer_says_is_put_in_and_marked() {
    let transfer = transfer();
    let mut answers = Answers::default();
    let artefacts = Artefacts { transfer: Some(&transfer), ..Artefacts::default() };
    assert_eq!(derived(&artefacts, &mut answers), []);
    for (at, expected) in [
        ("handler.name", json!("示例科技有限公司")),
        ("handler.uscc", json!(uscc())),
        ("handler.ciio", json!(false)),
        ("handler.persons_held", json!(500_000)),
        ("handler.registered_place", json!("广东省深圳市南山区")),
        ("gba.city", json!("4403")),
        ("scenario[1].recipient[1].name", json!("Acme Pte. Ltd.")),
        ("scenario[1].recipient[1].country", json!("SG")),
        ("scenario[1].overseas_storage", json!("Singapore")),
        ("scenario[1].retention_until", json!("2028-12-31")),
        ("scenario[1].name", json!("会员服务")),
        ("scenario[1].brief", json!("为境外会员提供客服")),
        ("pipia.finished", json!("2026-10-01")),
    ] {
        assert_eq!(value(&answers, at), Some(expected), "{at}");
        assert_eq!(answers.get(&path(at)).map(|answer| answer.origin), Some(Origin::Derived));
    }
    assert_eq!(
        answers.get(&path("handler.uscc")).and_then(|a| a.from.clone()).as_deref(),
        Some("transfer.handler.uscc")
    );
    assert_eq!(value(&answers, "zone.name"), None, "`none` is no zone");
    assert_eq!(value(&answers, "contract.effective"), None, "there is no contract yet");
    // Nothing derived is wrong of itself.
    let dossier = dossier::Dossier { answers, ..Default::default() };
    let found = gaps(Procedure::SecurityAssessment, &dossier);
    assert!(found.iter().all(|(code, _)| {
        matches!(code, dossier::GapCode::Missing | dossier::GapCode::NoRow | dossier::GapCode::MissingMaterial)
    }));
    let long = Transfer::parse(&text().replace("为境外会员提供客服", &"长".repeat(101))).expect("a transfer");
    let mut answers = Answers::default();
    derived(&Artefacts { transfer: Some(&long), ..Artefacts::default() }, &mut answers);
    assert_eq!(value(&answers, "scenario[1].brief"), None, "too long a purpose is for a person to shorten");
    assert!(value(&answers, "scenario[1].purpose").is_some());
}

#[test]
fn what_a_person_wrote_stays_and_the_difference_is_told() {
    let transfer = transfer();
    let artefacts = Artefacts { transfer: Some(&transfer), ..Artefacts::default() };
    let mut answers = Answers::default();
    answers.put(path("handler.name"), "另一个名称", Origin::Typed);
    answers.put(path("handler.persons_held"), 7, Origin::Officer);
    answers.put(path("handler.uscc"), uscc(), Origin::Typed);
    let told = derived(&artefacts, &mut answers);
    assert_eq!(value(&answers, "handler.name"), Some(json!("另一个名称")));
    let told = told.iter().map(|d| (d.path.to_string(), d.origin, d.said.clone(), d.derived.clone(), d.from.as_str()));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            (
                "handler.name".into(),
                Origin::Typed,
                json!("另一个名称"),
                Some(json!("示例科技有限公司")),
                "transfer.handler.name"
            ),
            (
                "handler.persons_held".into(),
                Origin::Officer,
                json!(7),
                Some(json!(500_000)),
                "transfer.handler.persons_held"
            ),
        ]
    );
    assert_eq!(
        answers.get(&path("handler.uscc")).map(|a| a.origin),
        Some(Origin::Typed),
        "the same, and still a person's"
    );
    // Earlier derived answers are renewed, and go where the artefact no longer says so.
    let other = text().replace("place = \"Singapore\"", "").replace("会员服务", "售后");
    let other = Transfer::parse(&other).expect("a transfer");
    derived(&Artefacts { transfer: Some(&other), ..Artefacts::default() }, &mut answers);
    assert_eq!(value(&answers, "scenario[1].name"), Some(json!("售后")));
    assert_eq!(answers.get(&path("scenario[1].overseas_storage")), None);
    let again = answers.clone();
    derived(&Artefacts::default(), &mut answers);
    assert_eq!(answers, again, "without an artefact nothing changes");
}

#[test]
fn another_transfer_is_another_scenario_or_recipient() {
    let transfer = transfer();
    let artefacts = Artefacts { transfer: Some(&transfer), ..Artefacts::default() };
    let mut answers = Answers::default();
    derive(forms(), &artefacts, Target { scenario: 2, recipient: 3 }, &mut answers);
    assert_eq!(value(&answers, "scenario[2].recipient[3].name"), Some(json!("Acme Pte. Ltd.")));
    assert_eq!(value(&answers, "scenario[2].name"), Some(json!("会员服务")));
    assert_eq!(value(&answers, "scenario[1].name"), None);
}

#[test]
fn the_plan_gives_the_necessity_table_each_item_once() {
    let plan = plan();
    let artefacts = Artefacts { plan: Some(&plan), ..Artefacts::default() };
    let mut answers = Answers::default();
    assert_eq!(derived(&artefacts, &mut answers), []);
    let rows = items(&answers, 1);
    let told = rows.iter().map(|row| (row.name.as_str(), row.columns.join(" "), row.sensitive)).collect::<Vec<_>>();
    assert_eq!(
        told,
        [
            ("手机号码", "orders.mobile members.mobile".to_owned(), Some(false)),
            ("医疗健康信息", "orders.illness".to_owned(), Some(true)),
            ("note", "members.note".to_owned(), Some(false)),
        ],
        "what is dropped does not leave"
    );
    assert_eq!(rows[0].necessity, "联系会员；核对身份");
    assert_eq!(rows[0].class.as_deref(), Some("mobile-phone"));
    assert!(codes::check::mobile_cn(&rows[0].example).is_valid(), "a made-up number: {}", rows[0].example);
    assert_eq!(rows[0].remark, "原样出境");
    assert_eq!(rows[1].example, "", "a value in the clear would not be what leaves");
    assert_eq!(value(&answers, "scenario[1].personal.sensitive"), Some(json!(true)));
    let mut plan = plan.clone();
    plan.sources[0].fields[1].sensitive = Sensitivity::Depends;
    let mut answers = Answers::default();
    derived(&Artefacts { plan: Some(&plan), ..Artefacts::default() }, &mut answers);
    assert_eq!(value(&answers, "scenario[1].personal.sensitive"), None, "that is a question to a person");
    assert_eq!(items(&answers, 1)[1].sensitive, None);
}

#[test]
fn a_row_a_person_wrote_is_met_by_its_columns_and_kept_when_its_columns_stay_behind() {
    let whole = plan();
    let mut answers = Answers::default();
    derived(&Artefacts { plan: Some(&whole), ..Artefacts::default() }, &mut answers);
    answers.put(path("scenario[1].item[2].necessity"), "没有它不能安排陪护", Origin::Typed);
    // Another order of the plan, and one column less: rows stay where they are.
    let mut less = plan();
    less.sources.reverse();
    less.sources[1].fields.remove(1);
    let told = derived(&Artefacts { plan: Some(&less), ..Artefacts::default() }, &mut answers);
    let rows = items(&answers, 1);
    assert_eq!(
        rows.iter().map(|row| (row.no, row.name.as_str())).collect::<Vec<_>>(),
        [(1, "手机号码"), (2, ""), (3, "note")]
    );
    assert_eq!(rows[1].necessity, "没有它不能安排陪护", "what a person wrote is not thrown away");
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].path.to_string().as_str(), told[0].derived.clone()), ("scenario[1].item[2].necessity", None));
    // And back again: the row of that name is taken up, no second one is made.
    answers.put(path("scenario[1].item[2].name"), "医疗健康信息", Origin::Typed);
    derived(&Artefacts { plan: Some(&whole), ..Artefacts::default() }, &mut answers);
    let rows = items(&answers, 1);
    assert_eq!(rows.len(), 3, "{rows:?}");
    assert_eq!(rows[1].columns, ["orders.illness"]);
}

#[test]
fn determination_inventory_and_receipts_give_kinds_and_persons() {
    let mut facts = Facts::new();
    for (id, fact) in [
        ("data.personal", FactValue::Bool(true)),
        ("data.important", FactValue::Text("notified".into())),
        ("persons.ordinary", FactValue::Count(150_000)),
        ("persons.sensitive", FactValue::Count(20)),
    ] {
        facts.set(base(), id, fact).expect("a fact");
    }
    let determination = determine(base(), &facts, ON).expect("an answer");
    let inventory = |distinct| Inventory {
        source: "orders.csv".into(),
        format: String::new(),
        rows: 10,
        quarantined: 0,
        bad_rows: Vec::new(),
        columns: Vec::new(),
        persons: Some(Persons { distinct, key: vec!["id".into()], rows_without_key: 0, exact: true }),
    };
    let receipt = |ordinary: u64, sensitive: u64| PrivateReceipt {
        form: "tongguan/private-receipt/1".into(),
        release: "r".into(),
        salt: String::new(),
        made_on: ON,
        ordinary: CountChange { after: ordinary, ..CountChange::default() },
        sensitive: CountChange { after: sensitive, ..CountChange::default() },
        exact: true,
        ground: "counted".into(),
        spent: None,
        inputs: String::new(),
        facts: Value::Null,
        determination: determination.clone(),
        sources: Vec::new(),
        plan: plan(),
        keys: std::collections::BTreeMap::new(),
        egress: Vec::new(),
    };
    let transfer = transfer();
    let check = |inventories: &[Inventory], receipts: &[PrivateReceipt], total: Option<u64>, year: Option<u64>| {
        let artefacts = Artefacts {
            transfer: Some(&transfer),
            determination: Some(&determination),
            inventories: Some(inventories),
            receipts: Some(receipts),
            plan: None,
        };
        let mut answers = Answers::default();
        derived(&artefacts, &mut answers);
        assert_eq!(value(&answers, "scenario[1].data"), Some(json!(["important", "personal"])));
        assert_eq!(value(&answers, "persons.ordinary"), Some(json!(150_000)));
        assert_eq!(value(&answers, "scenario[1].persons.total"), total.map(Value::from));
        assert_eq!(value(&answers, "scenario[1].persons.this_year"), year.map(Value::from));
    };
    check(&[inventory(9)], &[receipt(5, 0), receipt(12, 0)], Some(9), Some(12));
    check(&[inventory(9)], &[], Some(9), Some(0));
    // Nobody can say who is in both: then nothing is said.
    check(&[inventory(9), inventory(4)], &[receipt(12, 3)], None, None);
}

#[test]
fn a_zones_rows_are_named_as_they_are_cited() {
    // A worked case of the lawbook: sensitive persons in life reinsurance, Shanghai.
    let case = law::scenarios(base()).find(|placed| placed.scenario.name.starts_with("the bands are tested apart"));
    let case = case.expect("a case").scenario;
    let determination = determine(base(), &case.facts(base()).expect("facts"), case.on).expect("an answer");
    let mut answers = Answers::default();
    derived(&Artefacts { determination: Some(&determination), ..Artefacts::default() }, &mut answers);
    let row = value(&answers, "zone.row").expect("a row");
    assert!(row.as_str().is_some_and(|row| row.contains("Shanghai") && !row.contains("cn.list")), "{row}");
}
