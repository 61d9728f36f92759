//! A case as somebody sees it: cut to what is theirs to see, and written down where an officer looks.

use ::cases::{Case, Role, Version};

use super::cases::read_case;
use super::permission;
use crate::house::House;
use crate::problem::Problem;
use crate::view::{CaseView, case_view};
use crate::who::Who;

/// What stands for words that whoever looks may not read.
const HIDDEN: &str = "＊＊＊";

/// A case, and what is shown of it.
pub(crate) struct Looked {
    pub(crate) case: Case,
    pub(crate) view: CaseView,
}

/// Reads a case to show it. What an officer reads is written down first; `what` names the part.
pub(crate) async fn look(house: &House, who: &Who, id: &str, what: &str, explained: bool) -> Result<Looked, Problem> {
    let case = read_case(house, who, id, what).await?;
    Ok(seen(house, who, case, explained))
}

/// What somebody sees of a case that was read.
pub(crate) fn seen(house: &House, who: &Who, case: Case, explained: bool) -> Looked {
    let mut view = case_view(&house.world, &case, &who.actor(), house.today(), explained);
    if who.role == Role::Recipient {
        own_part(&mut view, who);
    } else if !permission::may_read_personal(house, who, &case) {
        without_words(&mut view, who);
    }
    Looked { case, view }
}

/// A recipient abroad sees its own part: what is asked of it, and what it wrote and handed in itself.
fn own_part(view: &mut CaseView, who: &Who) {
    view.messages.retain(|said| said.own);
    let own: Vec<Version> =
        view.history.iter().filter(|step| step.happened.by.id == who.id).map(|step| step.happened.version).collect();
    view.history.retain(|step| own.contains(&step.happened.version) || step.moved);
    for step in &mut view.history {
        if !own.contains(&step.happened.version) {
            step.happened.text = None;
        }
    }
    view.marks.clear();
    view.edits.clear();
    view.attachments.clear();
    view.releases.clear();
    view.permits.clear();
}

/// Whoever has no business with persons does not read what was written about them either: words of the handler's side, and the names
/// of its files, are where such things stand.
fn without_words(view: &mut CaseView, who: &Who) {
    let hide = |text: &mut String| HIDDEN.clone_into(text);
    for said in view.messages.iter_mut().filter(|said| said.what.by.role.is_handlers() && said.what.by.id != who.id) {
        hide(&mut said.what.text);
    }
    for step in
        view.history.iter_mut().filter(|step| step.happened.by.role.is_handlers() && step.happened.by.id != who.id)
    {
        if let Some(text) = &mut step.happened.text {
            hide(text);
        }
    }
    for mark in &mut view.marks {
        if let Some(reply) = &mut mark.open.reply {
            hide(reply);
        }
    }
    for file in &mut view.attachments {
        hide(&mut file.name);
    }
}

/// Whether a field is part of what a recipient abroad answers for.
pub(crate) fn own_answer(field: &str) -> bool {
    field.starts_with("scenario.recipient.")
}
