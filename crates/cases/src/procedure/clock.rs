//! How a procedure uses the clocks of the law.

use law::Party;

use crate::terms::{ActionId, ClockId, StateId};

/// From when a clock runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// From the day an action was taken, or a day that it states.
    Action {
        /// The action.
        action: ActionId,
        /// The name of the day it states; none: the day it was taken.
        day: Option<String>,
        /// Only where it led to one of these states; none: wherever it led.
        to: Vec<StateId>,
    },
    /// From the end of another clock of this case, perhaps only once an action was taken.
    EndOf {
        /// The other clock.
        clock: ClockId,
        /// The action.
        after: Option<ActionId>,
    },
    /// From the day the law itself sets, once an action was taken.
    Fixed {
        /// The action.
        after: ActionId,
    },
    /// From the day the law itself sets, where the named day of the case lies before it.
    Law {
        /// The name of the day that an action stated.
        before: String,
    },
}

/// How a procedure uses a clock of the law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockUse {
    /// The clock; of several the one in force on the day it starts.
    pub clock: Vec<ClockId>,
    /// What starts it; each time anew.
    pub starts: Vec<Start>,
    /// Whose it is in this procedure, where the law names both sides.
    pub party: Option<Party>,
    /// Whether it is a right that lapses and not a duty that falls due: nobody is late who does not use it.
    pub right: bool,
    /// Actions that do what it asks for.
    pub ends: Vec<ActionId>,
    /// Actions by which what it was for falls away. Whatever closes a case does that too, but for what has to be kept or lasts.
    pub drops: Vec<ActionId>,
    /// Actions that stop it, each with those that let it run on.
    pub pauses: Vec<(ActionId, Vec<ActionId>)>,
    /// Actions that prolong it by the working days they state.
    pub prolonged_by: Vec<ActionId>,
    /// A reading that is less certain than the clock's text.
    pub reading: Option<law::ClockReading>,
}
