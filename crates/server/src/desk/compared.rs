//! The handler's determination beside that of this rule base.

use ::cases::{ArtefactKind, Case};
use law::Determination;

use crate::house::House;
use crate::problem::Problem;

/// The handler's determination, and the same facts asked anew of this rule base.
pub(crate) fn compared(house: &House, case: &Case) -> Result<Option<law::Comparison>, Problem> {
    let Some(recorded) = case.artefacts.get(&ArtefactKind::Determination) else { return Ok(None) };
    let wrong = |_| Problem::bad("案件中的判定无法读取", "the determination of the case cannot be read");
    let there: Determination = serde_json::from_value(recorded.clone()).map_err(wrong)?;
    Ok(Some(law::compare(house.world.base, &there, None)?))
}
