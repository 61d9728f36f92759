//! The necessity table is written once and read in every form that has it.

mod support;

use dossier::{Item, Origin, Procedure, forms, items, put_items, view};
use serde_json::{Value, json};
use support::{complete, path};

/// The words of a form, with their paths.
fn words(form: &str, procedure: Procedure, answers: &dossier::Answers) -> Vec<(String, String)> {
    let view = view(forms(), form, procedure, answers).expect("a form");
    let entries = view.sections.into_iter().flat_map(|section| section.entries);
    entries.filter_map(|entry| Some((entry.path.to_string(), entry.value?.as_str()?.to_owned()))).collect()
}

#[test]
fn an_edit_of_a_data_item_shows_in_report_impact_assessment_and_contract() {
    let mut answers = complete(Procedure::StandardContract).answers;
    let assessment = complete(Procedure::SecurityAssessment).answers;
    for (at, answer) in assessment.iter() {
        answers.put(at.clone(), answer.value.clone(), Origin::Typed);
    }
    answers.put(path("scenario[1].item[2].name"), "过敏史", Origin::Officer);
    answers.put(path("scenario[1].item[2].necessity"), "急救时须知", Origin::Officer);
    for (form, procedure) in
        [("sa-report", Procedure::SecurityAssessment), ("pipia-report", Procedure::StandardContract)]
    {
        let words = words(form, procedure, &answers);
        assert!(words.contains(&("scenario[1].item[2].name".into(), "过敏史".into())), "{form}");
        assert!(words.contains(&("scenario[1].item[2].necessity".into(), "急救时须知".into())), "{form}");
    }
    let contract = words("standard-contract", Procedure::StandardContract, &answers);
    assert!(contract.contains(&("scenario[1].sensitive_kinds".into(), "过敏史".into())), "{contract:?}");
    assert!(!contract.iter().any(|(at, kinds)| at == "scenario[1].kinds" && kinds.contains("过敏史")));
    // It is no longer sensitive: the contract says it elsewhere, nobody has to move it.
    answers.put(path("scenario[1].item[2].sensitive"), false, Origin::Typed);
    let contract = words("standard-contract", Procedure::StandardContract, &answers);
    assert!(contract.contains(&("scenario[1].sensitive_kinds".into(), "无".into())));
    assert!(contract.iter().any(|(at, kinds)| at == "scenario[1].kinds" && kinds.ends_with("、过敏史")));
}

#[test]
fn rows_are_numbered_by_their_place_and_forms_go_scenario_by_scenario() {
    let answers = complete(Procedure::SecurityAssessment).answers;
    let view = view(forms(), "sa-report", Procedure::SecurityAssessment, &answers).expect("a form");
    let table = view.sections.iter().find(|section| section.section.id == "2.2.3").expect("the table");
    let numbers = table.entries.iter().filter(|entry| entry.field.id == "scenario.item.no");
    assert_eq!(numbers.map(|entry| entry.value.clone()).collect::<Vec<_>>(), [Some(json!(1)), Some(json!(2))]);
    let rows = table.entries.iter().map(|entry| entry.path.rows()).collect::<Vec<_>>();
    assert!(rows.is_sorted());
}

#[test]
fn a_table_is_replaced_whole() {
    let mut answers = complete(Procedure::StandardContract).answers;
    let before = answers.len();
    let item = |name: &str| Item {
        name: name.into(),
        necessity: "为履行合同".into(),
        sensitive: Some(false),
        ..Item::default()
    };
    put_items(&mut answers, 1, &[item("姓名"), item("手机号码"), item("地址")], Origin::Typed);
    let names = items(&answers, 1).into_iter().map(|item| (item.no, item.name)).collect::<Vec<_>>();
    assert_eq!(names, [(1, "姓名".into()), (2, "手机号码".into()), (3, "地址".into())]);
    put_items(&mut answers, 1, &[item("姓名")], Origin::Typed);
    assert_eq!(items(&answers, 1).len(), 1);
    assert!(answers.len() < before, "nothing of the other rows stays");
    assert!(answers.value(&path("scenario[1].name")).is_some(), "the scenario is untouched");
    assert_eq!(items(&answers, 2), []);
}

#[test]
fn items_say_what_they_stand_for() {
    let answers = complete(Procedure::StandardContract).answers;
    let items = items(&answers, 1);
    assert_eq!(items[1].sensitive, Some(true));
    assert_eq!(items[1].columns, ["orders.column_2"]);
    assert_eq!(answers.value(&path("scenario[1].item[2].columns")), Some(&Value::from(vec!["orders.column_2"])));
}
