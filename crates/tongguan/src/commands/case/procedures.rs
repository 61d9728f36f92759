//! `case procedures`: which there are, and what can be done in each.

use cases::{Ask, From, Part, Procedure, To, World};
use law::Text;
use serde_json::json;

use crate::args::Format;
use crate::commands::Context;
use crate::screen::{Paint, paint, table, wrap};
use crate::{Answer, Failure};

pub(crate) fn run(context: &Context, world: &World<'_>, id: Option<&str>) -> Result<Answer, Failure> {
    let Some(id) = id else { return list(context, world) };
    let procedure = world.procedures.get(id).ok_or_else(|| {
        Failure::Input(context.say.fill("case.no-procedure", &[("id", id), ("known", &known(world))]))
    })?;
    match context.format {
        Format::Json => context.json(&as_json(procedure))?,
        Format::Text => show(context, procedure)?,
    }
    Ok(Answer::Yes)
}

/// The ids of all.
pub(crate) fn known(world: &World<'_>) -> String {
    world.procedures.all().iter().map(|procedure| procedure.id.as_str()).collect::<Vec<_>>().join(", ")
}

fn list(context: &Context, world: &World<'_>) -> Result<Answer, Failure> {
    let header = ["id", "name", "from"].map(|name| context.say.text(&format!("case.procedures.{name}")));
    let mut rows = Vec::new();
    for procedure in world.procedures.all() {
        if context.format == Format::Json {
            context.json(&as_json(procedure))?;
        }
        rows.push(vec![
            procedure.id.to_string(),
            context.say.of(&procedure.name).to_owned(),
            procedure.from.to_string(),
        ]);
    }
    if context.format == Format::Text {
        context.out(&table(&header, &rows, 0))?;
    }
    Ok(Answer::Yes)
}

fn show(context: &Context, procedure: &Procedure) -> Result<(), Failure> {
    let say = context.say;
    context.out(&paint(&format!("{}  {}", procedure.id, say.of(&procedure.name)), Paint::Strong))?;
    context.out(&wrap("", say.of(&procedure.cite), 0))?;
    context.out("")?;
    let header = ["state", "name", "holder"].map(|name| say.text(&format!("case.procedures.{name}")));
    let states = procedure.states.iter().map(|state| {
        let holder = state.holder.map(super::show::word);
        vec![state.id.to_string(), say.of(&state.name).to_owned(), holder.unwrap_or_default()]
    });
    context.out(&table(&header, &states.collect::<Vec<_>>(), 0))?;
    context.out("")?;
    for action in &procedure.actions {
        let by = action.by.iter().map(|role| role.word()).collect::<Vec<_>>().join(", ");
        context.out(&format!("{}  {}", paint(action.id.as_str(), Paint::Strong), say.of(&action.name)))?;
        let from = match &action.from {
            From::Any => say.text("case.from.any").to_owned(),
            From::Open => say.text("case.from.open").to_owned(),
            From::States(states) => states.iter().map(cases::StateId::as_str).collect::<Vec<_>>().join(", "),
        };
        let asks = action.asks.iter().map(|ask| asked(context, ask)).collect::<Vec<_>>().join(", ");
        let to = to(action);
        let facts = [("by", by), ("when", from), ("to", to), ("asks", asks)];
        for (name, value) in facts.into_iter().filter(|(_, value)| !value.is_empty()) {
            context.out(&wrap(&format!("  {}", say.text(&format!("case.action.{name}"))), &value, 14))?;
        }
        if let Some(cite) = &action.cite {
            context.out(&wrap(&format!("  {}", say.text("case.action.cite")), say.of(cite), 14))?;
        }
    }
    Ok(())
}

fn to(action: &cases::ActionDefinition) -> String {
    match &action.to {
        To::Stay => String::new(),
        To::State(state) => state.to_string(),
        To::InForce => "in-force".to_owned(),
        To::Result { approved, in_part, refused } => format!("{approved} / {in_part} / {refused}"),
    }
}

/// A part as a person reads it: how it is typed, and whether it can be left out.
pub(crate) fn asked(context: &Context, ask: &Ask) -> String {
    let word = match (&ask.part, &ask.name) {
        (Part::Day, Some(name)) => format!("--day {name}="),
        (part, _) => flag(*part).to_owned(),
    };
    let label = ask.label.as_ref().map_or(String::new(), |label: &Text| format!(" ({})", context.say.of(label)));
    if ask.required { format!("{word}{label}") } else { format!("[{word}{label}]") }
}

/// How a part is typed.
pub(crate) fn flag(part: Part) -> &'static str {
    match part {
        Part::Opening => "case new",
        Part::Text => "--text",
        Part::Day => "--day",
        Part::Moment => "--moment",
        Part::Marks => "--mark",
        Part::Answers => "--set, --answers",
        Part::Decisions => "--approve, --refuse",
        Part::Number => "--number",
        Part::Workdays => "--workdays",
        Part::Attachments => "--attach",
        Part::Assignee => "--assignee",
        Part::Artefacts => "--transfer",
        Part::Receipt => "--release",
        Part::Publish => "--publish",
        Part::Member => "--member",
        Part::Case => "--other",
    }
}

fn as_json(procedure: &Procedure) -> serde_json::Value {
    let states = procedure.states.iter().map(|state| {
        json!({"id": state.id, "name": state.name, "holder": state.holder, "phase": state.phase, "forms": state.forms})
    });
    let actions = procedure.actions.iter().map(|action| {
        let from = match &action.from {
            From::Any => json!("any"),
            From::Open => json!("open"),
            From::States(states) => json!(states),
        };
        let to = to(action);
        json!({"id": action.id, "name": action.name, "by": action.by, "from": from, "to": to, "asks": action.asks,
               "cite": action.cite, "status": action.status})
    });
    json!({
        "id": procedure.id, "name": procedure.name, "cite": procedure.cite, "status": procedure.status,
        "from": procedure.from, "states": states.collect::<Vec<_>>(), "actions": actions.collect::<Vec<_>>(),
        "clocks": procedure.clocks.iter().flat_map(|used| &used.clock).collect::<Vec<_>>(),
    })
}
