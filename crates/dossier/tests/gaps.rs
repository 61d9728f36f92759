//! What is missing or wrong is named, exactly that, and in both languages.

mod support;

use dossier::{GapCode, Kind, Need, Origin, Procedure, example, forms, progress};
use serde_json::{Value, json};
use support::{ON, base, complete, gaps, path};

#[test]
fn a_complete_dossier_of_every_procedure_has_no_gap() {
    for procedure in Procedure::ALL {
        for seed in 0..40 {
            let dossier = example(forms(), procedure, ON, seed);
            let gaps = dossier::gaps(forms(), base(), procedure, &dossier, ON);
            assert_eq!(gaps, [], "{procedure} {seed}");
        }
        let progress = progress(forms(), procedure, &complete(procedure));
        assert_eq!(progress.answered, progress.required, "{procedure}");
        assert_eq!(progress.materials_attached, progress.materials_required, "{procedure}");
        assert!(progress.required > 0, "{procedure}");
    }
}

#[test]
fn an_answer_that_is_taken_away_is_named_where_it_is_needed_and_nowhere_else() {
    let mut required = 0;
    for procedure in Procedure::ALL {
        let whole = complete(procedure);
        for (at, _) in whole.answers.iter() {
            let field = forms().field(&at.field()).expect("a field");
            let mut without = whole.clone();
            without.answers.remove(at);
            let found = gaps(procedure, &without);
            // In the example every condition holds.
            let missing = vec![(GapCode::Missing, at.to_string())];
            match field.needs.of(procedure).expect("it is asked for") {
                Need::Required | Need::When(_) => {
                    required += 1;
                    assert_eq!(found, missing, "{procedure}");
                    let before = progress(forms(), procedure, &whole);
                    let after = progress(forms(), procedure, &without);
                    assert!(after.answered < before.answered && after.answered < after.required, "{procedure} {at}");
                }
                Need::Optional => assert_eq!(found, [], "{procedure} {at}"),
            }
        }
    }
    assert!(required > 200, "{required}");
}

#[test]
fn an_answer_of_another_kind_is_named_and_nothing_else() {
    for procedure in Procedure::ALL {
        let whole = complete(procedure);
        for (at, _) in whole.answers.iter() {
            let kind = &forms().field(&at.field()).expect("a field").kind;
            let wrong = match kind {
                Kind::YesNo | Kind::Tick => json!("yes"),
                _ => json!(true),
            };
            let mut other = whole.clone();
            other.answers.put(at.clone(), wrong, Origin::Typed);
            assert_eq!(gaps(procedure, &other), [(GapCode::WrongKind, at.to_string())], "{procedure}");
        }
    }
}

/// One answer of the security assessment changed, and the one gap it makes.
#[test]
fn values_that_cannot_be_right_are_named() {
    use GapCode::{Disagrees, TooLong, Wrong, WrongCheck, WrongKind};
    let uscc = complete(Procedure::SecurityAssessment).answers.value(&path("handler.uscc")).cloned().expect("answered");
    let uscc = uscc.as_str().expect("text");
    let flipped = if uscc.ends_with('0') { "1" } else { "0" };
    let bad_uscc = format!("{}{flipped}", &uscc[..17]);
    let cases: Vec<(&str, Value, GapCode)> = vec![
        ("handler.uscc", json!(bad_uscc), WrongCheck),
        ("handler.uscc", json!("9144"), Wrong),
        ("agent.id_number", json!("110101199001010011"), WrongCheck),
        ("agent.id_number", json!("E12345678"), Wrong),
        ("agent.phone", json!("call me"), Wrong),
        ("agent.email", json!("nobody"), Wrong),
        ("agent.nationality", json!("XX"), Wrong),
        ("agent.id_type", json!("library-card"), Wrong),
        ("scenario[1].brief", json!("字".repeat(101)), TooLong),
        ("scenario[1].data", json!(["personal", "personal"]), Wrong),
        ("scenario[1].important.size", json!({"amount": 0, "unit": "GB"}), Wrong),
        ("scenario[1].important.size", json!({"amount": 1, "unit": "KB"}), WrongKind),
        ("scenario[1].important.size", json!({"amount": 1.5, "unit": "GB"}), WrongKind),
        ("scenario[1].persons.this_year", json!(-1), WrongKind),
        ("scenario[1].persons.this_year", json!(1_000_000_000_000_000_u64), WrongKind),
        ("scenario[1].persons.this_year", json!(700_000), Disagrees),
        ("scenario[1].recipient[1].country", json!("CN"), Wrong),
        ("scenario[1].personal.sensitive", json!(false), Disagrees),
        ("scenario[1].item[1].class", json!("shoe-size"), Wrong),
        ("self_assessment.finished", json!("2026-11-24"), Wrong),
        ("self_assessment.finished", json!("20261101"), WrongKind),
        ("authorisation.until", json!("2026-11-22"), Disagrees),
        ("undertaking.given", json!(false), Wrong),
        ("member[1].uscc", json!(uscc), Disagrees),
    ];
    for (at, value, code) in cases {
        let mut dossier = complete(Procedure::SecurityAssessment);
        dossier.answers.put(path(at), value.clone(), Origin::Typed);
        let found = gaps(Procedure::SecurityAssessment, &dossier);
        assert_eq!(found.first(), Some(&(code, at.to_owned())), "{at} = {value}");
        // A day before another one and over: both are told, of the same line.
        assert!(found.iter().all(|(_, path)| path == at), "{at} = {value}: {found:?}");
    }
    let mut brief = complete(Procedure::SecurityAssessment);
    brief.answers.put(path("scenario[1].brief"), json!("字".repeat(100)), Origin::Typed);
    assert_eq!(gaps(Procedure::SecurityAssessment, &brief), []);
}

#[test]
fn an_identity_number_is_held_against_the_kind_of_its_paper() {
    for (kind, number, good) in [
        ("resident-id", "110101199003071090", false),
        ("passport", "E12345678", true),
        ("passport", "L8-?", false),
        ("hk-macao-permit", "H12345678", true),
        ("hk-macao-permit", "12345678", false),
        ("taiwan-permit", "12345678", true),
        ("taiwan-permit", "1234", false),
        ("other", "anything at all", true),
    ] {
        let mut dossier = complete(Procedure::SecurityAssessment);
        dossier.answers.put(path("agent.id_type"), kind, Origin::Typed);
        dossier.answers.put(path("agent.id_number"), number, Origin::Typed);
        let found = gaps(Procedure::SecurityAssessment, &dossier);
        assert_eq!(found.is_empty(), good, "{kind} {number}: {found:?}");
        assert!(found.iter().all(|(_, at)| at == "agent.id_number"));
    }
}

#[test]
fn an_assessment_is_fresh_for_three_months_to_the_day_by_the_laws_clock() {
    for (procedure, field) in
        [(Procedure::SecurityAssessment, "self_assessment.finished"), (Procedure::StandardContract, "pipia.finished")]
    {
        for (finished, fresh) in [("2026-08-23", true), ("2026-08-22", false)] {
            let mut dossier = complete(procedure);
            dossier.answers.remove(&path("self_assessment.started"));
            dossier.answers.put(path(field), finished, Origin::Typed);
            let found = dossier::gaps(forms(), base(), procedure, &dossier, ON);
            let stale = found.iter().find(|gap| gap.code == GapCode::Stale);
            assert_eq!(stale.is_none(), fresh, "{procedure} {finished}: {found:?}");
            if let Some(stale) = stale {
                assert_eq!(stale.field, field);
                assert!(stale.what.zh.contains("2026-08-23") && stale.what.en.contains("2026-08-23"));
            }
        }
    }
}

#[test]
fn before_the_guide_that_asks_for_it_no_assessment_is_stale() {
    let mut dossier = complete(Procedure::SecurityAssessment);
    dossier.answers.remove(&path("self_assessment.started"));
    dossier.answers.put(path("self_assessment.finished"), "2024-12-02", Origin::Typed);
    let stale = |on| {
        let found = dossier::gaps(forms(), base(), Procedure::SecurityAssessment, &dossier, on);
        found.iter().any(|gap| gap.code == GapCode::Stale)
    };
    assert!(!stale(jiff::civil::date(2025, 6, 26)) && stale(jiff::civil::date(2025, 6, 27)));
}

#[test]
fn where_a_table_has_no_row_that_is_said_once() {
    for (procedure, table) in [
        (Procedure::SecurityAssessment, "scenario"),
        (Procedure::SecurityAssessment, "scenario[1].recipient"),
        (Procedure::StandardContract, "scenario[1].item"),
        (Procedure::StandardContract, "member"),
    ] {
        let mut dossier = complete(procedure);
        let there = dossier.answers.iter().map(|(at, _)| at.clone()).collect::<Vec<_>>();
        for at in there.iter().filter(|at| at.to_string().starts_with(&format!("{table}["))) {
            dossier.answers.remove(at);
        }
        assert_eq!(gaps(procedure, &dossier), [(GapCode::NoRow, table.to_owned())], "{procedure}");
    }
    // Where recipients are too many to list, a note stands in their place.
    let mut dossier = complete(Procedure::SecurityAssessment);
    let there = dossier.answers.iter().map(|(at, _)| at.clone()).collect::<Vec<_>>();
    for at in there.iter().filter(|at| at.to_string().contains("recipient[")) {
        dossier.answers.remove(at);
    }
    dossier.answers.put(path("scenario[1].recipients_note"), "约三百家酒店，分布于欧盟各国", Origin::Typed);
    assert_eq!(gaps(Procedure::SecurityAssessment, &dossier), []);
}

#[test]
fn a_second_scenario_is_asked_everything_too() {
    let mut dossier = complete(Procedure::SecurityAssessment);
    dossier.answers.put(path("scenario[2].name"), "第二个场景", Origin::Typed);
    let found = gaps(Procedure::SecurityAssessment, &dossier);
    assert!(found.contains(&(GapCode::Missing, "scenario[2].brief".into())));
    assert!(found.contains(&(GapCode::NoRow, "scenario[2].recipient".into())));
    assert!(found.iter().all(|(_, at)| at.starts_with("scenario[2]")), "{found:?}");
    // What its data asks for depends on its own data, not on the first scenario's.
    assert!(!found.iter().any(|(_, at)| at.starts_with("scenario[2].important")));
}

#[test]
fn what_does_not_agree_is_told() {
    let contract = Procedure::StandardContract;
    let mut dossier = complete(contract);
    dossier.answers.put(
        path("scenario[1].item[2].name"),
        complete(contract).answers.value(&path("scenario[1].item[1].name")).cloned(),
        Origin::Typed,
    );
    assert_eq!(gaps(contract, &dossier), [(GapCode::Disagrees, "scenario[1].item[2].name".into())]);
    let mut dossier = complete(contract);
    for (at, answer) in complete(contract).answers.iter().filter(|(at, _)| at.to_string().contains("recipient[1]")) {
        dossier.answers.put(
            path(&at.to_string().replace("recipient[1]", "recipient[2]")),
            answer.value.clone(),
            Origin::Typed,
        );
    }
    assert_eq!(gaps(contract, &dossier), [], "the same recipient twice is one recipient");
    dossier.answers.put(path("scenario[1].recipient[2].name"), "另一家", Origin::Typed);
    assert_eq!(gaps(contract, &dossier), [(GapCode::Disagrees, "scenario[1].recipient[2].name".into())]);
    let mut area = complete(Procedure::GbaStandardContract);
    area.answers.put(path("scenario[1].recipient[1].country"), "SG", Origin::Typed);
    assert_eq!(
        gaps(Procedure::GbaStandardContract, &area),
        [(GapCode::Wrong, "scenario[1].recipient[1].country".into())]
    );
}

#[test]
fn materials_are_asked_for_by_the_procedure_and_held_against_the_answers() {
    for procedure in Procedure::ALL {
        let whole = complete(procedure);
        for (at, attached) in whole.materials.iter().enumerate() {
            let material = forms().material(&attached.material).expect("a material");
            let needed = material.needs.of(procedure) != Some(&Need::Optional);
            let mut without = whole.clone();
            without.materials.remove(at);
            let missing = if needed { vec![(GapCode::MissingMaterial, material.id.clone())] } else { vec![] };
            assert_eq!(gaps(procedure, &without), missing, "{procedure}");
            let mut other = whole.clone();
            other.materials[at].media_type = "application/x-msdownload".into();
            assert_eq!(gaps(procedure, &other), [(GapCode::WrongMedia, material.id.clone())], "{procedure}");
            let mut made = whole.clone();
            made.materials[at].answers = Some(whole.answers.digest());
            assert_eq!(gaps(procedure, &made), [], "made from these answers");
            made.materials[at].answers = Some("0".repeat(64));
            assert_eq!(gaps(procedure, &made), [(GapCode::Disagrees, material.id.clone())], "{procedure}");
        }
    }
    let mut dossier = complete(Procedure::SecurityAssessment);
    dossier.answers.put(path("legal_representative.none"), true, Origin::Typed);
    let there = dossier.answers.iter().map(|(at, _)| at.clone()).collect::<Vec<_>>();
    for at in there
        .iter()
        .filter(|at| at.field().starts_with("legal_representative.") && at.field() != "legal_representative.none")
    {
        dossier.answers.remove(at);
    }
    dossier.materials.retain(|attached| attached.material != "legal-representative-id");
    assert_eq!(gaps(Procedure::SecurityAssessment, &dossier), [], "none is needed where there is nobody");
    dossier.materials[0].material = "passport-photo".into();
    let codes = gaps(Procedure::SecurityAssessment, &dossier).into_iter().map(|(code, _)| code).collect::<Vec<_>>();
    assert_eq!(codes, [GapCode::MissingMaterial, GapCode::NoField]);
}

#[test]
fn an_answer_that_stands_nowhere_is_not_lost_in_silence() {
    for at in ["handler.nam", "scenario.brief", "handler[1].name", "scenario[1].item[1].no", "scenario[1].kinds"] {
        let mut dossier = complete(Procedure::SecurityAssessment);
        dossier.answers.put(path(at), "x", Origin::Typed);
        assert_eq!(gaps(Procedure::SecurityAssessment, &dossier), [(GapCode::NoField, at.to_owned())]);
    }
    // One dossier may serve several procedures: what this one does not ask is left alone.
    let mut dossier = complete(Procedure::SecurityAssessment);
    dossier.answers.put(path("pipia.conclusion"), "x", Origin::Typed);
    assert_eq!(gaps(Procedure::SecurityAssessment, &dossier), []);
}

#[test]
fn gaps_speak_both_languages_name_form_and_place_and_never_repeat_an_answer() {
    let mut dossier = dossier::Dossier::default();
    dossier.answers.put(path("agent.id_number"), "430103198807199999", Origin::Typed);
    dossier.answers.put(path("agent.id_type"), "resident-id", Origin::Typed);
    for procedure in Procedure::ALL {
        let found = dossier::gaps(forms(), base(), procedure, &dossier, ON);
        assert!(!found.is_empty());
        let again = dossier::gaps(forms(), base(), procedure, &dossier, ON);
        assert_eq!(found, again);
        for gap in found {
            for text in [&gap.what, &gap.mend] {
                assert!(!text.zh.is_empty() && !text.en.is_empty() && text.zh != text.en, "{gap:?}");
                assert!(!text.en.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{gap:?}");
                assert!(!text.zh.contains("430103") && !text.en.contains("430103"), "{gap:?}");
            }
            let material = forms().material(&gap.field).is_some();
            assert!(material || !gap.places.is_empty(), "{gap:?}");
            let shown = &forms().procedure(procedure).forms;
            assert!(material || gap.places.iter().all(|place| shown.contains(&place.form)), "{gap:?}");
        }
    }
}
