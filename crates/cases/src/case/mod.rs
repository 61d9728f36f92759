//! A case: the fold over its actions. Whatever stands in the record is taken as it stands there; what may be put into it is
//! decided before (`act`).

mod fold;
mod parts;

use std::collections::BTreeMap;

use dossier::Dossier;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

pub use fold::{FoldError, fold};
pub use parts::{Edit, Happened, Message, Open, Permitted, Release};

use crate::payload::{ArtefactKind, Attachment, Channel, Handler, ItemDecision, Mark};
use crate::terms::{ActionId, ActorId, CaseId, ProcedureId, RequestId, Role, StateId, Version};

/// The name of the day on which a reported release left.
pub(crate) const RELEASED: &str = "released";

/// A case as its actions made it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// Its procedure.
    pub procedure: ProcedureId,
    /// How many actions it has.
    pub version: Version,
    /// Its state.
    pub state: StateId,
    /// Who files.
    pub handler: Handler,
    /// How.
    pub channel: Channel,
    /// The office it goes to beside the province.
    pub office: Option<String>,
    /// A few words to know it by.
    pub title: String,
    /// The case it follows.
    pub follows: Option<CaseId>,
    /// The case that follows it.
    pub followed_by: Option<CaseId>,
    /// Handlers of the same group.
    pub members: Vec<Handler>,
    /// Answers and materials.
    pub dossier: Dossier,
    /// Inventory, determination and plan.
    pub artefacts: BTreeMap<ArtefactKind, Value>,
    /// Marks of offices.
    pub marks: Vec<Open>,
    /// Messages.
    pub messages: Vec<Message>,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// Officers, a role each.
    pub assigned: BTreeMap<Role, ActorId>,
    /// Fields officers changed.
    pub edits: Vec<Edit>,
    /// The number an office gave it.
    pub number: Option<String>,
    /// The last decision on its items.
    pub decisions: Vec<ItemDecision>,
    /// Its permits, in the order of issue: a decision again and an extension each issue a new one.
    pub permits: Vec<Permitted>,
    /// What left.
    pub releases: Vec<Release>,
    /// Whether its answer may be published, where that was said.
    pub publish: Option<bool>,
    /// What happened, in order.
    pub history: Vec<Happened>,
    /// Requests by their callers' names.
    #[serde(skip)]
    pub(crate) requests: BTreeMap<RequestId, Version>,
}

impl Case {
    /// The permit that was issued last, if it is not revoked.
    pub fn open_permit(&self) -> Option<&Permitted> {
        self.permits.last().filter(|permit| permit.revoked.is_none())
    }

    /// Marks that nobody answered.
    pub fn open_marks(&self) -> impl Iterator<Item = &Mark> {
        self.marks.iter().filter(|open| open.answered.is_none()).map(|open| &open.mark)
    }

    /// The action that a request became, if it was sent before.
    pub fn answered_as(&self, request: &RequestId) -> Option<Version> {
        self.requests.get(request).copied()
    }

    /// The last time an action was taken.
    pub(crate) fn last(&self, action: &ActionId) -> Option<&Happened> {
        self.history.iter().rev().find(|happened| happened.action == *action)
    }

    /// The last of the days that were stated under this name.
    pub fn day_of(&self, name: &str) -> Option<Date> {
        self.history.iter().rev().find_map(|happened| happened.days.get(name).copied())
    }
}
