//! The table of contents of a wizard: steps, and what each asks, in order.

use std::collections::BTreeSet;

use crate::model::{Field, Forms, Material, Step};
use crate::procedure::Procedure;
use crate::walk::sections;

/// One step with what it asks.
#[derive(Debug, Clone, PartialEq)]
pub struct StepContents<'a> {
    /// The step.
    pub step: &'a Step,
    /// Its fields; one that stands in several sections is asked where it comes first.
    pub fields: Vec<&'a Field>,
    /// The materials attached in it.
    pub materials: Vec<&'a Material>,
}

/// The steps of a procedure. Every field that somebody answers stands in exactly one of them.
pub fn contents(forms: &Forms, procedure: Procedure) -> Vec<StepContents<'_>> {
    let steps = forms.procedure(procedure).steps.iter().zip(&forms.asked[procedure as usize]);
    let contents = steps.map(|(step, asked)| {
        let materials = if step.materials { forms.materials_of(procedure).collect() } else { Vec::new() };
        StepContents { step, fields: asked.iter().map(|asked| &forms.fields[asked.field]).collect(), materials }
    });
    contents.collect()
}

/// One question of a step.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Question {
    /// The place in `fields`.
    pub(crate) field: usize,
    /// The place in the step of the first question of the same outermost table, or its own.
    pub(crate) group: usize,
    /// How deep the tables stand that the step meets here first, outermost first.
    pub(crate) opens: Vec<usize>,
}

/// Of each step what it asks; worked out once, when the forms are read.
pub(crate) fn asked(forms: &Forms, procedure: Procedure) -> Vec<Vec<Question>> {
    let asks = |field: &Field| field.kind.is_asked() && field.needs.of(procedure).is_some();
    let mut seen = BTreeSet::new();
    let steps = forms.procedure(procedure).steps.iter().map(|step| {
        let mut fields = Vec::new();
        for (form, section) in sections(step) {
            for (at, field) in forms.fields.iter().enumerate().filter(|(_, field)| asks(field)) {
                let here = field.places.iter().any(|place| place.form == form && place.section == section);
                if here && seen.insert(at) {
                    fields.push(at);
                }
            }
        }
        questions(forms, &fields)
    });
    steps.collect()
}

fn questions(forms: &Forms, fields: &[usize]) -> Vec<Question> {
    let around = |field: usize| forms.standing[field].around.as_slice();
    let mut met = BTreeSet::new();
    let questions = fields.iter().enumerate().map(|(at, &field)| {
        let top = around(field).first();
        let first = |_: &usize| fields.iter().position(|other| around(*other).first() == top);
        let group = top.and_then(first).unwrap_or(at);
        let opens = (0..around(field).len()).filter(|depth| met.insert(around(field)[*depth])).collect();
        Question { field, group, opens }
    });
    questions.collect()
}
