//! Consultations whose answer was published: what everybody may read of them.

use database::{query, text};
use jiff::civil::Date;
use serde::Serialize;

use super::Store;
use super::error::StoreError;
use crate::case::Case;
use crate::terms::{CaseId, Role};

/// The procedure of consultations, the state in which one is public, and the action that writes the text for the public.
const PROCEDURE: &str = "consultation";
const STATE: &str = "published";
const WRITTEN: &str = "redact";

/// A consultation as it was published: the text both sides agreed to, and nothing of who asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Published {
    /// The case; it is not shown to the public.
    #[serde(skip)]
    pub case: CaseId,
    /// The office's number, where it gave one.
    pub number: Option<String>,
    /// The day it was published.
    pub day: Date,
    /// What it is about, as the form's field `consultation.procedure` has it.
    pub about: Option<String>,
    /// Whose answer it is: the province's or the national office's.
    pub by: Role,
    /// The text for publication.
    pub text: String,
    /// What must not stand in it: the asker's name and code.
    #[serde(skip)]
    pub asker: Vec<String>,
}

impl Published {
    /// What a consultation would show if it were published as it stands; `None`: there is no text for publication, or it was
    /// forgotten.
    pub fn of(case: &Case) -> Option<Self> {
        if case.procedure.as_str() != PROCEDURE {
            return None;
        }
        if case.publish != Some(true) {
            return None;
        }
        let written = case.history.iter().rev().find(|happened| happened.action.as_str() == WRITTEN)?;
        let text = written.text.clone().filter(|text| !text.trim().is_empty())?;
        let answered = case
            .history
            .iter()
            .rev()
            .find(|happened| happened.to.as_str() == "answered" && !happened.by.role.is_handlers());
        let about = case.dossier.answers.iter().find(|(path, _)| path.to_string() == "consultation.procedure");
        Some(Self {
            case: case.id.clone(),
            number: case.number.clone(),
            day: case.history.last()?.day,
            about: about.and_then(|(_, answer)| answer.value.as_str().map(str::to_owned)),
            by: answered.map_or(Role::Province, |happened| happened.by.role),
            text,
            asker: vec![case.handler.name.clone(), case.handler.uscc.clone()],
        })
    }
}

impl Store {
    /// Every consultation that was published, the newest first. Cases are folded for it: whoever asks often keeps the answer for a while.
    pub async fn published(&self) -> Result<Vec<Published>, StoreError> {
        // Only columns of the index by day: the table itself is not read.
        let statement = "SELECT case_id FROM case_row WHERE procedure = $1 AND state = $2";
        let rows = query(statement).bind(PROCEDURE).bind(STATE).fetch_all(&self.inner.readers).await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let case = self.case(&CaseId::new(text(row, "case_id")?)).await?;
            // Between the two looks it may have changed.
            found.extend(Published::of(&case).filter(|_| case.state.as_str() == STATE));
        }
        found.sort_by(|one, other| (other.day, &other.case).cmp(&(one.day, &one.case)));
        Ok(found)
    }
}
