//! Which answers are needed as things stand: for whoever shows a form while it is filled in.

use crate::answers::Answers;
use crate::model::{Field, Forms, Material, Table};
use crate::procedure::Procedure;
use crate::walk::Walk;

/// Answers held against a procedure.
pub struct Asking<'a>(Walk<'a>);

impl<'a> Asking<'a> {
    /// Holds answers against a procedure.
    pub fn new(forms: &'a Forms, procedure: Procedure, answers: &'a Answers) -> Self {
        Self(Walk::new(forms, procedure, answers))
    }

    /// Whether a field is needed in these rows of the tables around it, outermost first.
    pub fn needs_field(&self, field: &Field, rows: &[u32]) -> bool {
        self.0.is_needed(&field.needs, &field.id, rows)
    }

    /// Whether a table needs a row, in these rows of the tables around it.
    pub fn needs_row(&self, table: &Table, above: &[u32]) -> bool {
        self.0.is_needed(&table.needs, &table.id, above)
    }

    /// Whether a material is needed.
    pub fn needs_material(&self, material: &Material) -> bool {
        self.0.is_needed(&material.needs, &material.id, &[])
    }

    /// The rows of a table that say anything.
    pub fn rows(&self, table: &str, above: &[u32]) -> &[u32] {
        self.0.rows.in_table(table, above)
    }
}
