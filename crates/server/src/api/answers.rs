//! Answers to the forms of a case.

use std::collections::BTreeMap;

use ::cases::{Payload, Role, Version};
use axum::http::Method;
use doors::TokenScope;
use dossier::{AnswerPath, Gap, Origin};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answer::Shown;
use super::asked::{Asked, Json};
use super::case::{AskedOf, OfCase};
use super::table::{Need, Operation, operation};
use crate::desk;
use crate::problem::Problem;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation(
            (Method::GET, "/api/cases/{case}/answers"),
            "getAnswers",
            "forms",
            Need::Scope(&[TokenScope::ReadCases]),
            ("Answers to its forms; personal ones only to whoever may read them", "表单答复；个人信息仅向有权者显示"),
            answers,
        ),
        operation(
            (Method::PATCH, "/api/cases/{case}/answers"),
            "saveAnswers",
            "forms",
            Need::Scope(&[TokenScope::Act]),
            ("Save some answers; `null` takes one away", "保存部分答复；`null` 为删除"),
            save,
        )
        .named()
        .problems(&[
            "bad-part",
            "wrong-state",
            "wrong-role",
            "stale-version",
            "request-reused",
            "part-not-asked-for",
            "missing-part",
        ]),
    ]
}

/// One answer.
#[derive(Debug, Serialize, JsonSchema)]
struct AnswerView {
    path: AnswerPath,
    /// Null where it is withheld.
    value: Value,
    origin: Origin,
    /// Of a derived answer: what it was derived from.
    from: Option<String>,
    /// Whether its field is personal.
    personal: bool,
    /// Whether it is not shown because whoever asks may not read what is personal.
    withheld: bool,
}

/// The answers of a case.
#[derive(Debug, Serialize, JsonSchema)]
struct AnswersView {
    version: Version,
    answers: Vec<AnswerView>,
}

async fn answers(asked: Asked<OfCase>) -> Result<Shown<AnswersView>, Problem> {
    let (house, who) = (&asked.house, asked.who()?);
    let case = desk::read_case(house, who, &asked.path.case, "answers").await?;
    let personal = desk::may_read_personal(house, who, &case);
    let all = case.dossier.answers.iter();
    let shown = all.filter(|(path, _)| who.role != Role::Recipient || desk::own_answer(&path.field()));
    let views = shown.map(|(path, answer)| {
        // What no form knows may be anything.
        let of_a_person = house.world.forms.field(&path.field()).is_none_or(|field| field.personal);
        let withheld = of_a_person && !personal;
        AnswerView {
            path: path.clone(),
            value: if withheld { Value::Null } else { answer.value.clone() },
            origin: answer.origin,
            from: answer.from.clone(),
            personal: of_a_person,
            withheld,
        }
    });
    Ok(Shown(AnswersView { version: case.version, answers: views.collect() }))
}

/// Answers to be saved.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AnswersWanted {
    /// The version that was seen; where it is left out, what somebody else saved meanwhile elsewhere is not in the way.
    #[serde(default)]
    seen: Option<Version>,
    /// Answers by path; null takes one away.
    answers: BTreeMap<AnswerPath, Value>,
}

/// What was saved.
#[derive(Debug, Serialize, JsonSchema)]
struct Saved {
    version: Version,
    /// How many gaps the forms have now.
    gaps: usize,
    /// Those at the answers that were sent.
    wrong: Vec<Gap>,
}

async fn save(asked: AskedOf<Json<AnswersWanted>>) -> Result<Shown<Saved>, Problem> {
    let (house, who) = (&asked.house, asked.visitor.signed_in()?);
    let case = desk::case_to_act(house, who, &asked.path.case, "edit").await?;
    let Json(wanted) = asked.body;
    let sent: Vec<String> = wanted.answers.keys().map(ToString::to_string).collect();
    let there = |path: &AnswerPath| case.dossier.answers.get(path).map_or(&Value::Null, |answer| &answer.value);
    let answers: BTreeMap<AnswerPath, Value> =
        wanted.answers.into_iter().filter(|(path, value)| there(path) != value).collect();
    desk::may_act(house, who, &case, "edit")?;
    let case = if answers.is_empty() {
        case
    } else {
        let seen = wanted.seen.unwrap_or(case.version);
        let payload = Payload { answers, ..Payload::default() };
        desk::acted(house, who, &case, "edit", seen, asked.key, payload).await?;
        desk::case_to_act(house, who, &asked.path.case, "edit").await?
    };
    let procedure = house.procedure(case.procedure.as_str())?;
    let forms = procedure.state(case.state.as_str()).and_then(|state| state.forms);
    let gaps =
        forms.map(|forms| dossier::gaps(house.world.forms, house.world.base, forms, &case.dossier, house.today()));
    let gaps = gaps.unwrap_or_default();
    let count = gaps.len();
    let wrong = gaps.into_iter().filter(|gap| sent.contains(&gap.path)).collect();
    Ok(Shown(Saved { version: case.version, gaps: count, wrong }))
}
