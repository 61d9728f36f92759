//! What is still missing or wrong in a dossier, and how to mend it.

mod agree;
mod fields;
mod fresh;
mod materials;

use jiff::civil::Date;
use law::{RuleBase, Text};
use serde::{Deserialize, Serialize};

use crate::dossier::Dossier;
use crate::model::{Field, Forms, Place};
use crate::procedure::Procedure;
use crate::walk::Walk;

/// The kind of a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GapCode {
    /// Nothing is answered.
    Missing,
    /// A table has no row.
    NoRow,
    /// The answer is of another kind than the field's.
    WrongKind,
    /// The answer is of the right kind and cannot be right.
    Wrong,
    /// A check character does not hold.
    WrongCheck,
    /// More characters than the form takes.
    TooLong,
    /// Finished too early before the filing.
    Stale,
    /// Two answers, or an answer and a paper, do not agree.
    Disagrees,
    /// A material is not attached.
    MissingMaterial,
    /// A material is of a type that is not taken.
    WrongMedia,
    /// An answer stands where no field is, or a paper is none of the materials.
    NoField,
}

/// One thing that keeps a dossier from being complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Gap {
    /// Its kind.
    pub code: GapCode,
    /// Where the answer stands or would stand, such as `scenario[1].brief`; of a material its id.
    pub path: String,
    /// The field's, table's or material's id.
    pub field: String,
    /// Where it stands in the forms of the procedure.
    pub places: Vec<Place>,
    /// What is missing or wrong; never the answer itself, which may be personal.
    pub what: Text,
    /// How to mend it.
    pub mend: Text,
}

/// Everything that keeps a dossier from being complete for a procedure on the day it would be filed.
///
/// First the fields in the order in which a person meets them, a scenario at a time, each with what is wrong with it alone;
/// then what does not agree; then materials; then answers that stand nowhere. Periods are run by the clocks of the rule base.
pub fn gaps(forms: &Forms, base: &RuleBase, procedure: Procedure, dossier: &Dossier, on: Date) -> Vec<Gap> {
    let walk = Walk::new(forms, procedure, &dossier.answers);
    let mut gaps = fields::gaps(&walk);
    agree::gaps(&walk, on, &mut gaps);
    fresh::gaps(&walk, base, on, &mut gaps);
    materials::gaps(&walk, dossier, &mut gaps);
    fields::strays(&walk, &mut gaps);
    gaps
}

/// How far a dossier is: what is needed as it stands now, and how much of it is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Progress {
    /// Answers that are needed; a table that needs a row and has none counts as one.
    pub required: usize,
    /// Of these, answered.
    pub answered: usize,
    /// Materials that are needed.
    pub materials_required: usize,
    /// Of these, attached.
    pub materials_attached: usize,
}

/// How far a dossier is. More may be needed once more is answered.
pub fn progress(forms: &Forms, procedure: Procedure, dossier: &Dossier) -> Progress {
    let walk = Walk::new(forms, procedure, &dossier.answers);
    let mut progress = fields::progress(&walk);
    for material in walk.materials() {
        progress.materials_required += 1;
        let attached = dossier.materials.iter().any(|attached| attached.material == material.id);
        progress.materials_attached += usize::from(attached);
    }
    progress
}

/// Where a field stands in the forms of the procedure.
fn places(walk: &Walk<'_>, field: &Field) -> Vec<Place> {
    let shown = &walk.forms.procedure(walk.procedure).forms;
    field.places.iter().filter(|place| shown.contains(&place.form)).cloned().collect()
}

/// A gap of a field; `mend` is its guidance where nothing better is said.
#[expect(clippy::needless_pass_by_value, reason = "every caller makes the words for this call")]
fn gap(walk: &Walk<'_>, field: &str, rows: &[u32], code: GapCode, what: Text, mend: Option<Text>) -> Option<Gap> {
    let field = walk.forms.field(field)?;
    let path = walk.forms.path(&field.id, rows).to_string();
    let expects = field.kind.expects();
    let guidance = || {
        Text::new(
            format!("填写 `{path}`：{}。{}", expects.zh, field.guidance.zh),
            format!("answer `{path}` with {}. {}", expects.en, field.guidance.en),
        )
    };
    let what = Text::new(format!("“{}”{}", field.title.zh, what.zh), format!("“{}” {}", field.title.en, what.en));
    let mend = mend.unwrap_or_else(guidance);
    Some(Gap { code, places: places(walk, field), field: field.id.clone(), what, mend, path })
}
