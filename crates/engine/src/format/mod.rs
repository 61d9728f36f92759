//! The forms of tables: how each is recognised, described, cut into units and decoded.

pub(crate) mod delimited;
pub(crate) mod dialect;
pub(crate) mod json_lines;
pub(crate) mod xpt;

use crate::error::EngineError;
use crate::rows::Rows;

/// Turns the bytes of one unit, arriving piece by piece, into rows.
pub(crate) trait Decoder: Send {
    /// Takes the next bytes; complete records become rows.
    fn push(&mut self, bytes: &[u8], rows: &mut Rows) -> Result<(), EngineError>;

    /// The unit has ended.
    fn finish(&mut self, rows: &mut Rows) -> Result<(), EngineError>;
}

/// Names every column and makes the names distinct: a second `x` becomes `x_2`, a nameless third column `column_3`.
pub(crate) fn distinct_names(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for (index, name) in names.into_iter().enumerate() {
        let name = name.trim();
        let base = if name.is_empty() { format!("column_{}", index + 1) } else { name.to_owned() };
        let mut candidate = base.clone();
        let mut copy = 2;
        while out.contains(&candidate) || candidate == crate::rows::ROW_ERROR {
            candidate = format!("{base}_{copy}");
            copy += 1;
        }
        out.push(candidate);
    }
    out
}
