//! Procedures, and the forms they ask for. Open to all.

use ::cases::{Ask, Channel, Effect, From, Role, To};
use ::law::{Status, Text};
use axum::http::Method;
use dossier::Answers;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answer::{Shown, Words};
use super::asked::Asked;
use super::table::{Need, Operation, operation};
use crate::problem::Problem;
use crate::view::{ProcedureView, StateView, procedure_view, state_view};

const TAG: &str = "forms";

pub(super) fn operations() -> Vec<Operation> {
    let open = Need::Public;
    vec![
        operation((Method::GET, "/api/procedures"), "listProcedures", TAG, open, ("Procedures", "程序"), procedures),
        operation(
            (Method::GET, "/api/procedures/{procedure}"),
            "getProcedure",
            TAG,
            open,
            ("A procedure with its states and actions", "一个程序的状态与操作"),
            procedure,
        )
        .problems(&["not-found"]),
        operation(
            (Method::GET, "/api/forms"),
            "listForms",
            TAG,
            open,
            ("What can be filled in", "可填写的表单"),
            forms,
        ),
        operation(
            (Method::GET, "/api/forms/{form}/schema"),
            "getFormSchema",
            TAG,
            open,
            ("The JSON schema of a procedure's answers", "程序答复的JSON Schema"),
            schema,
        ),
        operation(
            (Method::GET, "/api/forms/{form}/template"),
            "getFormTemplate",
            TAG,
            open,
            ("Every question of a procedure as TOML to fill in", "程序全部问题的TOML模板"),
            template,
        ),
    ]
}

async fn procedures(asked: Asked) -> Result<Shown<Vec<ProcedureView>>, Problem> {
    Ok(Shown(asked.house.world.procedures.all().iter().map(procedure_view).collect()))
}

#[derive(Deserialize, JsonSchema)]
struct OfProcedure {
    /// Its id, such as `security-assessment`.
    procedure: String,
}

/// A procedure with everything that can happen in it.
#[derive(Debug, Serialize, JsonSchema)]
struct WholeProcedure {
    #[serde(flatten)]
    head: ProcedureView,
    /// The first day on which cases can be opened.
    from: Date,
    channels: Vec<Channel>,
    states: Vec<StateView>,
    actions: Vec<ActionOf>,
}

/// An action of a procedure.
#[derive(Debug, Serialize, JsonSchema)]
struct ActionOf {
    id: String,
    name: Text,
    by: Vec<Role>,
    /// The states it goes out from; null: from any, or any that is open.
    from: Option<Vec<String>>,
    /// The states it can lead to; empty: it stays.
    to: Vec<String>,
    asks: Vec<Ask>,
    effect: Option<Effect>,
    cite: Option<Text>,
    status: Status,
}

async fn procedure(asked: Asked<OfProcedure>) -> Result<Shown<WholeProcedure>, Problem> {
    let of = asked.house.procedure(&asked.path.procedure)?;
    let actions = of.actions.iter().map(|action| ActionOf {
        id: action.id.to_string(),
        name: action.name.clone(),
        by: action.by.clone(),
        from: match &action.from {
            From::Open | From::Any => None,
            From::States(states) => Some(states.iter().map(ToString::to_string).collect()),
        },
        to: match &action.to {
            To::Stay | To::InForce => Vec::new(),
            To::State(state) => vec![state.to_string()],
            To::Result { approved, in_part, refused } => [approved, in_part, refused].map(ToString::to_string).to_vec(),
        },
        asks: action.asks.clone(),
        effect: action.effect,
        cite: action.cite.clone(),
        status: action.status,
    });
    Ok(Shown(WholeProcedure {
        head: procedure_view(of),
        from: of.from,
        channels: of.channels.clone(),
        states: of.states.iter().map(|state| state_view(of, state.id.as_str())).collect(),
        actions: actions.collect(),
    }))
}

/// Forms that can be filled in.
#[derive(Debug, Serialize, JsonSchema)]
struct FormHead {
    id: String,
    title: Text,
}

async fn forms(asked: Asked) -> Result<Shown<Vec<FormHead>>, Problem> {
    let forms = asked.house.world.forms;
    let heads = dossier::Procedure::ALL
        .iter()
        .map(|of| FormHead { id: of.to_string(), title: forms.procedure(*of).title.clone() });
    Ok(Shown(heads.collect()))
}

#[derive(Deserialize, JsonSchema)]
struct OfForm {
    /// What is filled in, such as `security-assessment` or `assessment-extension`.
    form: String,
}

fn form_of(id: &str) -> Result<dossier::Procedure, Problem> {
    let none = || Problem::not_found(Text::new("没有这种表单", "there are no such forms"));
    id.parse().map_err(|_| none())
}

async fn schema(asked: Asked<OfForm>) -> Result<Shown<Value>, Problem> {
    Ok(Shown(dossier::schema(asked.house.world.forms, form_of(&asked.path.form)?)))
}

/// In which language.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    lang: Option<Language>,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Language {
    Zh,
    En,
}

async fn template(asked: Asked<OfForm, Wanted>) -> Result<Words, Problem> {
    let of = form_of(&asked.path.form)?;
    let lang = match asked.query.lang {
        Some(Language::En) => dossier::Lang::En,
        None if asked.visitor.lang == catalogue::Lang::En => dossier::Lang::En,
        Some(Language::Zh) | None => dossier::Lang::Zh,
    };
    let text = dossier::template(asked.house.world.forms, of, &Answers::default(), lang);
    Ok(Words { name: format!("{of}.toml"), text })
}
