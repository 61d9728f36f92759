//! Answers as JSON, as a tree, as TOML that people fill in; and the schema they are held against.

mod support;

use dossier::{Answers, Dossier, Lang, Origin, Procedure, forms, read_toml, schema, template};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{complete, path};

fn said(answers: &Answers) -> Vec<(String, Value)> {
    answers.iter().map(|(path, answer)| (path.to_string(), answer.value.clone())).collect()
}

#[test]
fn a_dossier_comes_back_from_its_canonical_form_and_digests_by_what_it_says() {
    for procedure in Procedure::ALL {
        let dossier = complete(procedure);
        let text = String::from_utf8(dossier.canonical_bytes()).expect("text");
        let back = Dossier::from_json(&text).expect("reads");
        assert_eq!((&back, back.digest()), (&dossier, dossier.digest()));
        let mut officer = dossier.clone();
        let (at, answer) = dossier.answers.iter().next().map(|(at, answer)| (at.clone(), answer.clone())).expect("one");
        officer.answers.put(at.clone(), answer.value, Origin::Officer);
        assert_eq!(officer.answers.digest(), dossier.answers.digest(), "who said it is no part of what is said");
        assert_ne!(officer.digest(), dossier.digest());
        officer.answers.put(at, json!("other"), Origin::Officer);
        assert_ne!(officer.answers.digest(), dossier.answers.digest());
    }
    for (text, expected) in [
        ("{\"form\":\"tongguan/dossier/2\"}", "tongguan/dossier/2"),
        ("{\"form\":\"tongguan/dossier/1\",\"colour\":1}", "colour"),
        (
            "{\"form\":\"tongguan/dossier/1\",\"answers\":{\"a[0]\":{\"value\":1,\"origin\":\"typed\"}}}",
            "`a[0]` is no place",
        ),
    ] {
        let error = Dossier::from_json(text).expect_err("refused").to_string();
        assert!(error.contains(expected) && error.lines().count() == 1, "{error}");
    }
}

#[test]
fn a_template_filled_in_reads_back_as_the_same_answers() {
    for procedure in Procedure::ALL {
        for lang in [Lang::Zh, Lang::En] {
            let whole = complete(procedure).answers;
            let text = template(forms(), procedure, &whole, lang);
            let back = read_toml(forms(), &text).expect("reads");
            assert_eq!(said(&back), said(&whole), "{procedure}");
            assert!(back.iter().all(|(_, answer)| answer.origin == Origin::Typed));
            let empty = template(forms(), procedure, &Answers::default(), lang);
            assert_eq!(read_toml(forms(), &empty).map(|answers| answers.len()), Ok(0), "{procedure}");
            let asked = forms().fields_of(procedure).filter(|field| field.kind.is_asked()).count();
            assert_eq!(empty.lines().filter(|line| line.ends_with(" = \"\"")).count(), asked, "{procedure}");
            let title =
                |field: &dossier::Field| if lang == Lang::Zh { field.title.zh.clone() } else { field.title.en.clone() };
            assert!(forms().fields_of(procedure).filter(|f| f.kind.is_asked()).all(|f| empty.contains(&title(f))));
        }
    }
}

#[test]
fn a_person_fills_in_a_template_by_hand() {
    let text = r#"
handler.name = "示例科技有限公司"
handler.staff = 120
handler.uscc = ""
undertaking.given = true
self_assessment.finished = 2026-11-01

[[scenario]]
[[scenario]]
brief = "跨境客服"
data = ["personal"]
important.size = { amount = 3, unit = "TB" }
[[scenario.recipient]]
[[scenario.recipient]]
country = "SG"
"#;
    let answers = read_toml(forms(), text).expect("reads");
    assert_eq!(answers.value(&path("handler.staff")), Some(&json!(120)));
    assert_eq!(answers.value(&path("self_assessment.finished")), Some(&json!("2026-11-01")));
    assert_eq!(answers.get(&path("handler.uscc")), None, "\"\" is no answer");
    // Rows nobody filled in are left out.
    assert_eq!(answers.value(&path("scenario[1].brief")), Some(&json!("跨境客服")));
    assert_eq!(answers.value(&path("scenario[1].recipient[1].country")), Some(&json!("SG")));
    assert_eq!(answers.value(&path("scenario[1].important.size")), Some(&json!({"amount": 3, "unit": "TB"})));
}

#[test]
fn bad_input_is_one_line_that_names_its_place() {
    for (text, expected) in [
        ("handler.name = \"a\"\nhandler.staff = \"many\"\n", "line 2: `handler.staff` takes a whole number"),
        ("\nhandler.staff = 1.5\n", "line 2: `handler.staff` takes a whole number"),
        ("handler.nam = \"a\"\n", "line 1: `handler.nam` is no line of any form"),
        ("[[scenario]]\nbrief = \"a\"\n[[scenario]]\nbrief = 7\n", "line 4: `scenario[2].brief` takes text"),
        (
            "[[scenario]]\n[[scenario.recipient]]\nstate = \"DE\"\n",
            "line 3: `scenario[1].recipient[1].state` is no line",
        ),
        ("[scenario]\nbrief = \"a\"\n", "line 2: `scenario.brief` is no line of any form; perhaps `scenario[1].brief`"),
        ("brief = \"a\"\n", "perhaps `scenario[1].brief`"),
        ("[[handler]]\nname = \"a\"\n", "line 1: `handler` is no line"),
        ("scenario = [1]\n", "line 1: `scenario[1]` is no line"),
        ("handler.name = \"a\"\nhandler.name = \"b\"\n", "line 2: duplicate key"),
        ("handler.name = \n", "line 1"),
        ("undertaking.given = \"yes\"\n", "line 1: `undertaking.given` takes true (ticked)"),
        ("self_assessment.finished = 2026-11-01T10:00:00\n", "line 1: `self_assessment.finished` takes a day"),
        ("\"a\\nb\" = 1\n", "line 1: `ab` is no line"),
    ] {
        let error = read_toml(forms(), text).expect_err(expected).to_string();
        assert!(error.contains(expected), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
    let mut answers = Answers::default();
    let refused = |at: &str, value: Value| {
        answers.answer(forms(), &path(at), value, Origin::Typed).expect_err("refused").to_string()
    };
    let mut refused = refused;
    assert!(refused("handler.staff", json!("many")).contains("`handler.staff` takes a whole number"));
    assert!(refused("scenario.brief", json!("a")).contains("perhaps `scenario[1].brief`"));
    assert!(answers.is_empty());
}

#[test]
fn every_complete_dossier_meets_its_schema_and_no_incomplete_one_does() {
    for procedure in Procedure::ALL {
        let schema = schema(forms(), procedure);
        let validator = jsonschema::draft202012::new(&schema).expect("a schema");
        let whole = complete(procedure).answers;
        let errors = validator.iter_errors(&whole.to_tree()).map(|error| error.to_string()).collect::<Vec<_>>();
        assert_eq!(errors, Vec::<String>::new(), "{procedure}");
        for (at, _) in whole.iter() {
            let field = forms().field(&at.field()).expect("a field");
            let mut without = whole.clone();
            without.remove(at);
            let required = field.needs.of(procedure) == Some(&dossier::Need::Required);
            assert_eq!(validator.is_valid(&without.to_tree()), !required, "{procedure} without {at}");
            let mut other = whole.clone();
            let wrong = if field.kind == dossier::Kind::YesNo { json!("x") } else { json!([false]) };
            other.put(at.clone(), wrong, Origin::Typed);
            assert!(!validator.is_valid(&other.to_tree()), "{procedure} {at}");
        }
        let mut more = whole.to_tree();
        more["colour"] = json!("red");
        assert!(!validator.is_valid(&more), "{procedure}");
    }
}

#[test]
fn trees_come_back() {
    for procedure in Procedure::ALL {
        let whole = complete(procedure).answers;
        let back = Answers::from_tree(forms(), &whole.to_tree(), Origin::Typed).expect("reads");
        assert_eq!(back, whole, "{procedure}");
    }
}

/// A key is one name: a path written as a key would be told as a place where nothing stands.
#[test]
fn a_key_that_is_no_plain_name_is_refused_with_its_line() {
    for (text, expected) in [
        ("\"handler.name\" = \"a\"\n", "line 1: `handler.name` is no line of any form"),
        ("[handler]\nstaff = 1\n\"name.first\" = \"a\"\n", "line 3: `handler.name.first` is no line"),
        ("\"scenario[1]\".brief = \"a\"\n", "line 1: `scenario[1]` is no line"),
        ("\"scenario[1]\" = { brief = \"a\" }\n", "line 1: `scenario[1]` is no line"),
        (
            "\n[[scenario]]\n\"recipient[1].country\" = \"SG\"\n",
            "line 3: `scenario[1].recipient[1].country` is no line",
        ),
        ("\"\" = \"a\"\n", "line 1: `` is no line"),
        ("[handler]\n\"\" = \"a\"\n", "line 2: `handler.` is no line"),
        ("handler.\" name\" = \"a\"\n", "line 1: `handler. name` is no line"),
        ("HANDLER.name = \"a\"\n", "line 1: `HANDLER` is no line"),
        ("\"处理者\" = \"a\"\n", "line 1: `处理者` is no line"),
        ("\"__proto__\" = { name = \"a\" }\n", "line 1: `__proto__"),
    ] {
        let error = read_toml(forms(), text).expect_err(text).to_string();
        assert!(error.starts_with(expected) || error.contains(expected), "{text:?}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
    for tree in [
        json!({"handler.name": "a"}),
        json!({"handler": {"name": "a", "": 1}}),
        json!({"scenario": [{"recipient[1].country": "SG"}]}),
        json!({"scenario[1]": {"brief": "a"}}),
        json!({"scenario": {"1": {"brief": "a"}}}),
        json!({"handler": {"name": {"": "a"}}}),
        json!({"": {"handler": {"name": "a"}}}),
        json!({"scenario": [["a"]]}),
        json!("handler.name"),
    ] {
        assert!(Answers::from_tree(forms(), &tree, Origin::Typed).is_err(), "{tree} is taken");
    }
}

/// Trees of keys that are names, nearly names and none, some as the forms have them.
fn trees() -> impl Strategy<Value = Value> {
    let key = prop::sample::select(vec![
        "handler",
        "name",
        "scenario",
        "recipient",
        "country",
        "brief",
        "staff",
        "",
        "handler.name",
        "scenario[1]",
        "a b",
        "[1]",
        "x",
    ]);
    let leaf = prop_oneof![Just(json!("a")), Just(json!("SG")), Just(json!(3)), Just(json!("")), Just(Value::Null)];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let object = prop::collection::btree_map(key.clone(), inner.clone(), 0..4)
            .prop_map(|map| Value::Object(map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()));
        prop_oneof![3 => object, 1 => prop::collection::vec(inner, 0..3).prop_map(Value::Array)]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_taken_of_a_tree_stands_where_it_stood_under_plain_names(tree in trees()) {
        let Ok(answers) = Answers::from_tree(forms(), &tree, Origin::Typed) else { return Ok(()) };
        for (at, answer) in answers.iter() {
            prop_assert_eq!(&at.to_string().parse::<dossier::AnswerPath>().expect("a path"), at);
            // Step by step through the tree as it was handed in.
            let mut here = &tree;
            for step in at.to_string().split('.') {
                let (name, row) = step.split_once('[').map_or((step, None), |(name, row)| (name, Some(row)));
                here = &here[name];
                if let Some(row) = row {
                    here = &here[row.trim_end_matches(']').parse::<usize>().expect("a row") - 1];
                }
            }
            prop_assert_eq!(here, &answer.value, "{}", at);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_a_person_types_survives_the_template(text in "\\PC*|[\\x00-\\x7f\u{85}\u{2028}\"'\\\\]*") {
        let mut answers = Answers::default();
        answers.put(path("handler.business"), text.clone(), Origin::Typed);
        answers.put(path("scenario[1].recipient[1].use"), text.clone(), Origin::Typed);
        let written = template(forms(), Procedure::SecurityAssessment, &answers, Lang::En);
        let back = read_toml(forms(), &written).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let expected = (!text.trim().is_empty()).then(|| Value::from(text));
        prop_assert_eq!(back.value(&path("handler.business")), expected.as_ref());
        prop_assert_eq!(back.value(&path("scenario[1].recipient[1].use")), expected.as_ref());
    }

    #[test]
    fn no_text_makes_reading_panic(text in "(handler|scenario|member|a|\\[|\\]|\\.|=|\"|\\{|\\}|1|true|\n| |,|brief|name)*") {
        if let Err(error) = read_toml(forms(), &text) {
            prop_assert_eq!(error.to_string().lines().count(), 1);
        }
    }
}
