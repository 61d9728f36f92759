//! A case: the fold over its actions. Whatever stands in the record is taken as it stands there; what may be put into it is
//! decided before (`act`).

use std::collections::BTreeMap;

use dossier::{Attached, Dossier, Origin};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::Serialize;
use serde_json::Value;
use transfer::Terms;

use crate::payload::{
    ArtefactKind, Attachment, Channel, Handler, ItemDecision, Mark, Opening, Payload, Recorded, Report,
};
use crate::permit::{self, Outside};
use crate::procedure::Effect;
use crate::terms::{ActionId, Actor, ActorId, CaseId, ProcedureId, RequestId, Role, StateId, Version};

/// The name of the day on which a reported release left.
pub(crate) const RELEASED: &str = "released";

/// What happened, without what it took along: enough for clocks and a time line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Happened {
    /// Its place.
    pub version: Version,
    /// When.
    pub at: Timestamp,
    /// The day in UTC+8.
    pub day: Date,
    /// Who.
    pub by: Actor,
    /// What.
    pub action: ActionId,
    /// The state before.
    pub from: StateId,
    /// The state after.
    pub to: StateId,
    /// The days it stated.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub days: BTreeMap<String, Date>,
    /// The moment it stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moment: Option<DateTime>,
    /// The working days it stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workdays: Option<u32>,
    /// Its words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A mark of an office and whether it is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Open {
    /// The mark.
    pub mark: Mark,
    /// The action that made it.
    pub made: Version,
    /// The action that answered it.
    pub answered: Option<Version>,
    /// Why it was not followed, where the handler said so.
    pub reply: Option<String>,
}

/// What somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Where it stands in the record.
    pub version: Version,
    /// Who wrote.
    pub by: Actor,
    /// The words.
    pub text: String,
}

/// A field that an officer changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Edit {
    /// The action.
    pub version: Version,
    /// The field.
    pub at: String,
    /// Who.
    pub by: Actor,
    /// What stood there before.
    pub before: Option<Value>,
}

/// The permit of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Permitted {
    /// What it covers.
    pub terms: Terms,
    /// The signed note.
    pub note: String,
    /// The action that issued it.
    pub issued: Version,
    /// The action that revoked it.
    pub revoked: Option<Version>,
}

/// A release that was reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Release {
    /// Its id.
    pub release: String,
    /// The day it left.
    pub day: Date,
    /// The action that reported it.
    pub reported: Version,
    /// The columns that left, `source.name`.
    pub columns: Vec<String>,
    /// Persons under the permit so far, as the handler counts them.
    pub persons: Option<u64>,
    /// What of it lies outside the permit.
    pub outside: Vec<Outside>,
    /// The log of the handler that holds the receipt, by its verifier key.
    pub log: String,
    /// The action that said it was never published.
    pub not_published: Option<Version>,
}

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

/// Why a record is none of a case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    /// It does not begin with an opening.
    #[error("case `{0}`: its record does not begin by opening it")]
    NotOpened(CaseId),
    /// An action is missing or stands there twice.
    #[error("case `{case}`: action {found} stands where {expected} belongs")]
    OutOfOrder {
        /// The case.
        case: CaseId,
        /// The place.
        expected: Version,
        /// What stands there.
        found: Version,
    },
    /// Its permit cannot be read.
    #[error("case `{case}`: the permit of action {version} cannot be read")]
    Permit {
        /// The case.
        case: CaseId,
        /// The action.
        version: Version,
    },
}

/// Folds a record into a case.
pub fn fold(id: &CaseId, record: &[Recorded]) -> Result<Case, FoldError> {
    let (first, rest) = record.split_first().ok_or_else(|| FoldError::NotOpened(id.clone()))?;
    let mut case = Case::opened(id, first)?;
    for recorded in rest {
        case.apply(recorded)?;
    }
    Ok(case)
}

impl Case {
    /// A case by its first action.
    pub(crate) fn opened(id: &CaseId, first: &Recorded) -> Result<Self, FoldError> {
        let opening = first.payload.opening.clone().ok_or_else(|| FoldError::NotOpened(id.clone()))?;
        let Opening { procedure, handler, channel, office, follows, title } = opening;
        let mut case = Self {
            id: id.clone(),
            procedure,
            version: Version(0),
            state: first.state.clone(),
            handler,
            channel,
            office,
            title,
            follows,
            followed_by: None,
            members: Vec::new(),
            dossier: Dossier::default(),
            artefacts: BTreeMap::new(),
            marks: Vec::new(),
            messages: Vec::new(),
            attachments: Vec::new(),
            assigned: BTreeMap::new(),
            edits: Vec::new(),
            number: None,
            decisions: Vec::new(),
            permits: Vec::new(),
            releases: Vec::new(),
            publish: None,
            history: Vec::new(),
            requests: BTreeMap::new(),
        };
        case.apply(first)?;
        Ok(case)
    }

    /// Takes one more action.
    pub fn apply(&mut self, recorded: &Recorded) -> Result<(), FoldError> {
        let expected = Version(self.version.0 + 1);
        if recorded.version != expected {
            return Err(FoldError::OutOfOrder { case: self.id.clone(), expected, found: recorded.version });
        }
        self.version = expected;
        self.take(&recorded.by, &recorded.payload);
        self.take_permit(recorded)?;
        if let Some(report) = &recorded.payload.receipt {
            self.take_report(report);
        }
        if let Some(request) = &recorded.request {
            self.requests.insert(request.clone(), expected);
        }
        self.history.push(Happened {
            version: expected,
            at: recorded.at,
            day: recorded.day,
            by: recorded.by.clone(),
            action: recorded.action.clone(),
            from: std::mem::replace(&mut self.state, recorded.state.clone()),
            to: recorded.state.clone(),
            days: days(&recorded.payload),
            moment: recorded.payload.moment,
            workdays: recorded.payload.workdays,
            text: recorded.payload.text.clone(),
        });
        Ok(())
    }

    fn take(&mut self, by: &Actor, payload: &Payload) {
        let version = self.version;
        let origin = if by.role.is_handlers() { Origin::Typed } else { Origin::Officer };
        for (path, value) in &payload.answers {
            let before = match value {
                Value::Null => self.dossier.answers.remove(path),
                _ => self.dossier.answers.put(path.clone(), value.clone(), origin),
            };
            let at = path.to_string();
            if origin == Origin::Officer {
                self.edits.push(Edit { version, at, by: by.clone(), before: before.map(|answer| answer.value) });
            } else {
                self.answer(&at, None);
            }
        }
        for file in &payload.attachments {
            if let Some(material) = &file.material {
                self.dossier.materials.retain(|attached| attached.material != *material);
                self.dossier.materials.push(attached(material, file));
                self.answer(material, None);
            }
            self.attachments.push(file.clone());
        }
        for mark in &payload.marks {
            if origin == Origin::Officer {
                self.marks.push(Open { mark: mark.clone(), made: version, answered: None, reply: None });
            } else {
                self.answer(&mark.at, Some(&mark.text));
            }
        }
        if let Some(text) = &payload.text {
            self.messages.push(Message { version, by: by.clone(), text: text.clone() });
        }
        if let Some(officer) = &payload.assignee {
            self.assigned.insert(by.role, officer.clone());
        }
        for (kind, artefact) in &payload.artefacts {
            self.artefacts.insert(*kind, artefact.clone());
        }
        self.members.extend(payload.member.clone());
        if payload.number.is_some() {
            self.number.clone_from(&payload.number);
        }
        if !payload.decisions.is_empty() {
            self.decisions.clone_from(&payload.decisions);
        }
        if payload.publish.is_some() {
            self.publish = payload.publish;
        }
        if payload.case.is_some() {
            self.followed_by.clone_from(&payload.case);
        }
    }

    /// Marks at this place, and at rows within it, are answered.
    fn answer(&mut self, at: &str, reply: Option<&String>) {
        let version = self.version;
        for open in self.marks.iter_mut().filter(|open| open.answered.is_none()) {
            let place = open.mark.at.as_str();
            let within = at.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
            if within {
                open.answered = Some(version);
                open.reply = reply.cloned();
            }
        }
    }

    fn take_permit(&mut self, recorded: &Recorded) -> Result<(), FoldError> {
        let version = recorded.version;
        // A decision takes the place of an earlier one, also where nothing may leave by it; an extension goes on from it.
        if matches!(recorded.effect, Some(Effect::Revoke | Effect::Permit)) {
            for permit in self.permits.iter_mut().filter(|permit| permit.revoked.is_none()) {
                permit.revoked = Some(version);
            }
        }
        if let Some(note) = &recorded.payload.permit {
            let terms = permit::read(note).ok_or_else(|| FoldError::Permit { case: self.id.clone(), version })?;
            self.permits.push(Permitted { terms, note: note.clone(), issued: version, revoked: None });
        }
        Ok(())
    }

    fn take_report(&mut self, report: &Report) {
        let version = self.version;
        match report {
            Report::Released { receipt, permit, persons, .. } => {
                let outside = permit::outside(self, receipt, permit, *persons);
                let columns = receipt.columns.iter().map(|column| format!("{}.{}", column.source, column.name));
                self.releases.push(Release {
                    release: receipt.release.clone(),
                    day: receipt.day,
                    reported: version,
                    columns: columns.collect(),
                    persons: *persons,
                    outside,
                    log: receipt.log.clone(),
                    not_published: None,
                });
            }
            Report::NotPublished { entry, .. } => {
                for release in self.releases.iter_mut().filter(|release| release.release == entry.release) {
                    release.not_published = Some(version);
                }
            }
        }
    }

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

/// The days an action stated; of a release that is reported, the day it left.
fn days(payload: &Payload) -> BTreeMap<String, Date> {
    let mut days = payload.days.clone();
    if let Some(Report::Released { receipt, .. }) = &payload.receipt {
        days.insert(RELEASED.to_owned(), receipt.day);
    }
    days
}

pub(crate) fn attached(material: &str, file: &Attachment) -> Attached {
    Attached {
        material: material.to_owned(),
        digest: file.digest.clone(),
        name: file.name.clone(),
        size: file.size,
        media_type: file.media_type.clone(),
        answers: None,
    }
}
