//! The fold: each action as it changes a case.

use std::collections::BTreeMap;

use dossier::{Attached, Dossier, Origin};
use jiff::civil::Date;
use serde_json::Value;

use super::{Case, Edit, Happened, Message, Open, Permitted, RELEASED, Release};
use crate::outside::outside;
use crate::payload::{Attachment, Opening, Payload, Recorded, Report};
use crate::permit;
use crate::procedure::Effect;
use crate::terms::{Actor, CaseId, Version};

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
                let outside = outside(self, receipt, permit, *persons);
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
}

/// The days an action stated; of a release that is reported, the day it left.
fn days(payload: &Payload) -> BTreeMap<String, Date> {
    let mut days = payload.days.clone();
    if let Some(Report::Released { receipt, .. }) = &payload.receipt {
        days.insert(RELEASED.to_owned(), receipt.day);
    }
    days
}

fn attached(material: &str, file: &Attachment) -> Attached {
    Attached {
        material: material.to_owned(),
        digest: file.digest.clone(),
        name: file.name.clone(),
        size: file.size,
        media_type: file.media_type.clone(),
        answers: None,
    }
}
