//! Conditions of an extension that are wrong in a file, and what the guard says of answers.

use cases::{Available, Payload, Procedures, Refusal, Role, available_actions};
use jiff::civil::date;
use serde_json::{Value, json};

use crate::filled::complete;
use crate::support::{Run, base, procedures, world};

const FILE: &str = include_str!("../../../../procedures/security-assessment.toml");

/// What is said of the file of the assessment, or `fine`.
fn said(text: &str) -> String {
    let common = include_str!("../../../../procedures/common.toml");
    let read = Procedures::parse(&[("common.toml", common), ("security-assessment.toml", text)]);
    match read.and_then(|read| read.check_conditions(base().clock_book(), dossier::forms())) {
        Ok(()) => "fine".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn every_condition_of_the_law_is_told_by_questions_of_the_forms() {
    assert_eq!(said(FILE), "fine");
    let growth = "  { id = \"persons-growth\", growth = [\"scenario.growth.persons\"] },\n";
    let place = "procedures/security-assessment.toml: action `apply-extension` ";
    for (old, new, expected) in [
        (
            "id = \"no-incident\"",
            "id = \"no-accident\"",
            "needs the condition `no-accident`, which is none of an extension",
        ),
        (
            "id = \"no-incident\"",
            "id = \"terms-kept\"",
            "needs the condition `terms-kept` twice: put its fields together",
        ),
        (growth, "", "leaves out the condition `persons-growth`: all of them hold at once"),
        (
            ", said = [\"extension.incidents\"]",
            "",
            "needs the condition `no-incident`, which looks at no field: name some in `yes`, `growth` or `said`",
        ),
        (
            "said = [\"extension.incidents\"]",
            "said = [\"extension.accidents\"]",
            "needs the condition `no-incident`, which looks at `extension.accidents`, and that is no field",
        ),
        (
            "said = [\"extension.incidents\"]",
            "said = [\"certification.expires\"]",
            "needs the condition `no-incident`, which looks at `certification.expires`, for which the forms of its state do not ask",
        ),
        (
            "said = [\"extension.incidents\"]",
            "yes = [\"extension.incidents\"]",
            "needs the condition `no-incident`, which looks at `extension.incidents`, whose answer is of another kind",
        ),
        (
            "growth = [\"scenario.growth.size\"]",
            "yes = [\"extension.document_meets\"]",
            "needs the condition `size-growth`, which is a bound of a growth, and looks at none",
        ),
        (
            "said = [\"extension.incidents\"]",
            "growth = [\"scenario.growth.size\"]",
            "needs the condition `no-incident`, which looks at a `growth`, and the law names no percent",
        ),
        (
            "forms = \"assessment-extension\"\n\n[[state]]\nid = \"extension-completeness\"",
            "\n[[state]]\nid = \"extension-completeness\"",
            "needs conditions, and the state `extending` has no forms to answer them in",
        ),
    ] {
        assert_eq!(FILE.matches(old).count(), 1, "`{old}` stands once in the file");
        assert_eq!(said(&FILE.replace(old, new)), format!("{place}{expected}"));
    }
    let any = format!(
        "{FILE}\n[[action]]\nid = \"ask\"\nname = {{ zh = \"询问\", en = \"ask\" }}\nby = [\"approver\"]\nfrom = \"open\"\n\
         needs = [{{ conditions = [{}] }}]\n",
        ["scope-unchanged", "persons-growth", "size-growth", "document-sound", "terms-kept", "no-incident"]
            .map(|id| format!("{{ id = \"{id}\", said = [\"extension.incidents\"] }}"))
            .join(", ")
    );
    assert!(said(&any).contains("action `ask` needs conditions, so `from` has to list the states"), "{}", said(&any));
    let unknown = FILE.replace("growth = [\"scenario.growth.size\"]", "grows = [\"scenario.growth.size\"]");
    assert!(said(&unknown).starts_with("procedures/security-assessment.toml: line "), "{}", said(&unknown));
}

/// What keeps the extension from being applied for, with the answers changed; nothing: `given`.
fn kept(run: &mut Run, changes: &[(&str, Value)]) -> Option<Refusal> {
    let answers = changes.iter().map(|(path, value)| (path.parse().unwrap(), value.clone())).collect();
    let on = date(2025, 9, 1);
    run.act(Role::Applicant, on.at(10, 0, 0, 0), "edit", Payload { answers, ..Payload::default() }).unwrap();
    let given = available_actions(&run.world, run.case(), &crate::support::actor(Role::Approver, "CN-SH"), on);
    let apply = |one: &Available<'_>| one.action.id.as_str() == "apply-extension";
    given.into_iter().find(apply).unwrap().blocked
}

#[test]
fn an_answer_that_breaks_a_condition_is_named_and_a_new_declaration_asked_for() {
    let mut run = Run::opened("security-assessment", "CN-SH", date(2023, 7, 3));
    let fill = |run: &mut Run, on: jiff::civil::Date| {
        let payload = complete(&world(), run.case(), on);
        run.act(Role::Applicant, on.at(10, 0, 0, 0), "edit", payload).unwrap();
    };
    fill(&mut run, date(2023, 7, 3));
    for (role, on, action) in [
        (Role::Approver, date(2023, 7, 3), "submit"),
        (Role::Province, date(2023, 7, 10), "forward"),
        (Role::National, date(2023, 7, 19), "accept"),
        (Role::National, date(2023, 11, 1), "decide"),
        (Role::Applicant, date(2025, 9, 1), "prepare-extension"),
    ] {
        let mut payload = Payload::default();
        if action == "accept" {
            payload.number = Some("示例〔2023〕第1号".to_owned());
        }
        if action == "decide" {
            let approve = |item: cases::Item| cases::ItemDecision {
                item: item.key,
                decision: cases::Verdict::Approved,
                forms: Vec::new(),
                persons: None,
                reason: None,
            };
            payload.decisions = cases::items(&run.case().dossier).into_iter().map(approve).collect();
        }
        run.act(role, on.at(10, 0, 0, 0), action, payload).unwrap();
    }
    assert_eq!(
        procedures().get("security-assessment").unwrap().action("apply-extension").unwrap().by,
        [Role::Approver]
    );
    // Nothing is answered: all six are named.
    let open = kept(&mut run, &[("extension.acceptance_no", json!("示例"))]).unwrap();
    let Refusal::ConditionsOpen { conditions, at } = &open else { panic!("{open}") };
    assert_eq!((conditions.len(), at.len(), at[0].as_str()), (6, 7, "scenario[1].unchanged.purpose"));
    assert!(open.to_string().contains("6 conditions") && open.text().zh.contains("`no-incident`"), "{open}");
    fill(&mut run, date(2025, 9, 1));
    assert_eq!(kept(&mut run, &[("extension.acceptance_no", json!("示例"))]), None);
    for (at, good, bad, condition) in [
        ("scenario[1].unchanged.purpose", json!(true), json!(false), "scope-unchanged"),
        ("scenario[1].unchanged.parties", json!(true), json!(false), "scope-unchanged"),
        ("scenario[1].growth.persons", json!(20), json!(21), "persons-growth"),
        ("scenario[1].growth.size", json!("n/a"), json!(100), "size-growth"),
        ("extension.document_meets", json!(true), json!(false), "document-sound"),
    ] {
        let broken = kept(&mut run, &[(at, bad)]).unwrap_or_else(|| panic!("{at} breaks nothing"));
        assert_eq!(broken.code(), "condition-broken", "{broken}");
        let said = broken.to_string();
        assert!(said.contains(&format!("`{at}`")) && said.contains(&format!("`{condition}`")), "{said}");
        assert!(said.ends_with("; declare anew") && broken.text().zh.ends_with("须重新申报"), "{said}");
        assert_eq!(kept(&mut run, &[(at, Value::Null)]).map(|refusal| refusal.code()), Some("conditions-open"), "{at}");
        assert_eq!(kept(&mut run, &[(at, good)]), None, "{at}");
    }
    for at in ["extension.compliance", "extension.incidents"] {
        assert_eq!(kept(&mut run, &[(at, Value::Null)]).map(|refusal| refusal.code()), Some("conditions-open"), "{at}");
        // What the words mean is not for a program.
        assert_eq!(kept(&mut run, &[(at, json!("2024年受过一次警告"))]), None, "{at}");
    }
    // Each scenario by itself.
    let second = [("scenario[2].brief", json!("另一场景")), ("scenario[2].growth.persons", json!(50))];
    assert_eq!(kept(&mut run, &second).map(|refusal| refusal.code()), Some("condition-broken"));
}
