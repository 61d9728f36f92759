//! A case as its page and the API show it. Answers to personal fields are not in it: they stand in the forms.

use std::collections::BTreeMap;

use cases::{
    Actor, ArtefactKind, Attachment, Case, Channel, Edit, Handler, Happened, Message, Open, Release, Role, Version,
    World, available_actions,
};
use dossier::Progress;
use jiff::Timestamp;
use jiff::civil::Date;
use law::Text;
use serde::Serialize;
use transfer::Terms;

use super::clock::{ClockView, clock_views};
use super::items::{ItemView, item_views};
use super::named::{ActionView, ProcedureView, StateView, action_view, procedure_view, state_view};

/// A case.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(crate) struct CaseView {
    pub(crate) id: String,
    pub(crate) version: Version,
    pub(crate) procedure: ProcedureView,
    pub(crate) state: StateView,
    pub(crate) handler: Handler,
    pub(crate) channel: Channel,
    pub(crate) office: Option<String>,
    pub(crate) title: String,
    pub(crate) number: Option<String>,
    pub(crate) follows: Option<String>,
    pub(crate) followed_by: Option<String>,
    pub(crate) members: Vec<Handler>,
    pub(crate) assigned: BTreeMap<Role, String>,
    pub(crate) opened: Date,
    pub(crate) updated: Option<Timestamp>,
    pub(crate) clocks: Vec<ClockView>,
    pub(crate) actions: Vec<ActionView>,
    pub(crate) marks: Vec<MarkView>,
    pub(crate) messages: Vec<Said<Message>>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) edits: Vec<EditView>,
    pub(crate) items: Vec<ItemView>,
    pub(crate) permits: Vec<PermitView>,
    pub(crate) releases: Vec<Release>,
    pub(crate) artefacts: Vec<ArtefactKind>,
    pub(crate) publish: Option<bool>,
    /// How far its forms are; none where the state asks for none.
    pub(crate) progress: Option<Progress>,
    pub(crate) history: Vec<Step>,
}

/// One step of the time line, newest last.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(crate) struct Step {
    pub(crate) action_name: Text,
    pub(crate) to_name: Text,
    pub(crate) to_phase: Option<cases::Phase>,
    /// Whether it led to another state.
    pub(crate) moved: bool,
    #[serde(flatten)]
    pub(crate) happened: Happened,
}

/// Words with the moment they were said.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[schemars(rename = "Said{T}")]
pub(crate) struct Said<T> {
    pub(crate) at: Option<Timestamp>,
    /// Whether the one who looks said it.
    pub(crate) own: bool,
    #[serde(flatten)]
    pub(crate) what: T,
}

/// A mark of an office with the name of what is marked.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(crate) struct MarkView {
    pub(crate) title: Text,
    /// The step of the wizard in which it is mended.
    pub(crate) step: Option<String>,
    #[serde(flatten)]
    pub(crate) open: Open,
}

/// A field that an officer changed; what stood there is not repeated here.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(crate) struct EditView {
    pub(crate) version: Version,
    pub(crate) at: String,
    pub(crate) title: Text,
    pub(crate) by: Actor,
}

/// A permit.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(crate) struct PermitView {
    pub(crate) terms: Terms,
    pub(crate) issued: Version,
    pub(crate) revoked: Option<Version>,
    /// Whether it opens the gate on the day.
    pub(crate) in_force: bool,
    pub(crate) last_day: Option<Date>,
    /// Persons that have left under it, as the handler counted them last.
    pub(crate) persons: Option<u64>,
}

/// The case as an actor sees it on a day.
pub(crate) fn case_view(world: &World<'static>, case: &Case, actor: &Actor, today: Date, explained: bool) -> CaseView {
    let procedure = world.procedures.get(case.procedure.as_str());
    let at: BTreeMap<Version, Timestamp> =
        case.history.iter().map(|happened| (happened.version, happened.at)).collect();
    let actions = available_actions(world, case, actor, today);
    let forms = procedure.and_then(|procedure| procedure.state(case.state.as_str())).and_then(|state| state.forms);
    let unknown = || ProcedureView {
        id: case.procedure.to_string(),
        name: Text::new(case.procedure.as_str(), case.procedure.as_str()),
        cite: Text::default(),
        status: law::Status::Unconfirmed,
    };
    CaseView {
        id: case.id.to_string(),
        version: case.version,
        procedure: procedure.map_or_else(unknown, procedure_view),
        state: procedure
            .map_or_else(|| unnamed(case.state.as_str()), |procedure| state_view(procedure, case.state.as_str())),
        handler: case.handler.clone(),
        channel: case.channel,
        office: case.office.clone(),
        title: case.title.clone(),
        number: case.number.clone(),
        follows: case.follows.as_ref().map(ToString::to_string),
        followed_by: case.followed_by.as_ref().map(ToString::to_string),
        members: case.members.clone(),
        assigned: case.assigned.iter().map(|(role, officer)| (*role, officer.to_string())).collect(),
        opened: case.history.first().map_or(today, |first| first.day),
        updated: case.history.last().map(|last| last.at),
        clocks: clock_views(world, case, today, explained),
        actions: actions.iter().map(|one| action_view(one.action, one.blocked.as_ref())).collect(),
        marks: case.marks.iter().map(|open| mark(world, forms, open)).collect(),
        messages: case
            .messages
            .iter()
            .map(|said| Said { at: at.get(&said.version).copied(), own: said.by.id == actor.id, what: said.clone() })
            .collect(),
        attachments: case.attachments.clone(),
        edits: case.edits.iter().map(|one| edit(world, one)).collect(),
        items: item_views(case),
        permits: permits(case, today),
        releases: case.releases.clone(),
        artefacts: case.artefacts.keys().copied().collect(),
        publish: case.publish,
        progress: forms.map(|forms| dossier::progress(world.forms, forms, &case.dossier)),
        history: case.history.iter().map(|happened| step(procedure, happened)).collect(),
    }
}

fn unnamed(id: &str) -> StateView {
    StateView { id: id.to_owned(), name: Text::new(id, id), phase: None, holder: None }
}

fn step(procedure: Option<&cases::Procedure>, happened: &Happened) -> Step {
    let action = procedure.and_then(|procedure| procedure.action(happened.action.as_str()));
    let to = procedure
        .map_or_else(|| unnamed(happened.to.as_str()), |procedure| state_view(procedure, happened.to.as_str()));
    Step {
        action_name: action
            .map_or_else(|| Text::new(happened.action.as_str(), happened.action.as_str()), |a| a.name.clone()),
        to_name: to.name,
        to_phase: to.phase,
        moved: happened.from != happened.to,
        happened: happened.clone(),
    }
}

fn mark(world: &World<'_>, forms: Option<dossier::Procedure>, open: &Open) -> MarkView {
    let title = place_title(world, &open.mark.at);
    let step = forms.and_then(|forms| super::wizard::step_of(world.forms, forms, &open.mark.at));
    MarkView { title, step, open: open.clone() }
}

fn edit(world: &World<'_>, edit: &Edit) -> EditView {
    EditView { version: edit.version, at: edit.at.clone(), title: place_title(world, &edit.at), by: edit.by.clone() }
}

/// What a place of the forms is called: a field, a table or a material.
fn place_title(world: &World<'_>, at: &str) -> Text {
    let forms = world.forms;
    let field = at.parse::<dossier::AnswerPath>().map(|path| path.field()).unwrap_or_default();
    let title = forms.field(&field).map(|field| &field.title);
    let title = title.or_else(|| forms.table(&field).map(|table| &table.title));
    let title = title.or_else(|| forms.material(at).map(|material| &material.title));
    title.cloned().unwrap_or_else(|| Text::new(at, at))
}

fn permits(case: &Case, today: Date) -> Vec<PermitView> {
    let last = case.permits.len().saturating_sub(1);
    let views = case.permits.iter().enumerate().map(|(place, permit)| {
        let last_day = permit.terms.last_day();
        let begun = permit.terms.effective.is_none_or(|first| first <= today);
        let left =
            case.releases.iter().filter(|release| release.not_published.is_none() && release.reported > permit.issued);
        PermitView {
            terms: permit.terms.clone(),
            issued: permit.issued,
            revoked: permit.revoked,
            in_force: place == last && permit.revoked.is_none() && begun && last_day.is_none_or(|last| today <= last),
            last_day,
            persons: left.filter_map(|release| release.persons).max(),
        }
    });
    views.collect()
}
