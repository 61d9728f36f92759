//! What leaving out fields would make of the numbers: counted anew, never guessed.

use codes::Sensitivity;
use deid::Transform;
use law::WithoutFields;
use transfer::Plan;

use crate::clear::{Assessment, Job};
use crate::error::ClearanceError;

/// More fields than these are left out all together only: each other choice costs one more reading of the data.
const ONE_BY_ONE: usize = 6;

impl Job<'_> {
    /// The persons of the year without the sensitive fields of this transfer: all of them, and, where there are few, each by
    /// itself. Fields without a value make no difference and are not among them.
    ///
    /// Empty where other exports of the year are not stated, so that no number can be said, where nothing would be left to
    /// send, and where nothing sensitive leaves.
    pub async fn without_sensitive(&self, assessment: &Assessment) -> Result<Vec<WithoutFields>, ClearanceError> {
        if !assessment.persons.is_some_and(|persons| persons.earlier_known) {
            return Ok(Vec::new());
        }
        let found = &assessment.found;
        let fields = found.plan.sources.iter().zip(&found.inventories).flat_map(|(source, (_, inventory))| {
            let filled = |name: &str| inventory.column(name).is_none_or(|column| column.nonnull > 0);
            let fields =
                source.leaving().filter(move |field| field.sensitive != Sensitivity::No && filled(&field.name));
            fields.map(|field| (source.source.clone(), field.name.clone()))
        });
        let fields = fields.collect::<Vec<_>>();
        let mut choices = vec![fields.clone()];
        if (2..=ONE_BY_ONE).contains(&fields.len()) {
            choices.extend(fields.iter().map(|field| vec![field.clone()]));
        }
        let mut counted = Vec::new();
        for choice in choices.into_iter().filter(|choice| !choice.is_empty()) {
            let plan = without(&found.plan, &choice);
            if plan.sources.iter().all(|source| source.leaving().next().is_none()) {
                continue;
            }
            let persons = self.count(&found.inventories, &plan, found.consents.as_ref()).await?;
            let persons = self.union(&persons).await?;
            let fields = choice.into_iter().map(|(source, field)| format!("{source}.{field}")).collect();
            let (ordinary, sensitive) = (persons.ordinary.after, persons.sensitive.after);
            counted.push(WithoutFields { fields, ordinary, sensitive });
        }
        Ok(counted)
    }
}

/// The plan with some fields dropped.
fn without(plan: &Plan, fields: &[(String, String)]) -> Plan {
    let mut plan = plan.clone();
    for source in &mut plan.sources {
        for field in &mut source.fields {
            if fields.iter().any(|(of, name)| *of == source.source && *name == field.name) {
                field.transform = Transform::Drop;
            }
        }
    }
    plan
}
