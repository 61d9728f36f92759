//! What may happen to a clock: whether its provision knows a pause or an extension.

use crate::Text;
use crate::clock::{Clock, ClockError, ClockUnit, Events, Extension, Pauses, Unsaid};

impl Clock {
    /// Whether what happened may happen to this clock; gives what is not known of it.
    pub(crate) fn allow(&self, events: &Events) -> Result<Vec<Text>, ClockError> {
        let fault = |what: &str| Err(ClockError::run(&self.id, what));
        let mut unknown = Vec::new();
        if let Some(pause) = events.pauses.iter().find(|pause| pause.to < pause.from) {
            return fault(&format!("the pause {}..{} ends before it begins", pause.from, pause.to));
        }
        match &self.pauses {
            _ if events.pauses.is_empty() => {}
            _ if self.unit == ClockUnit::Hours => return fault("runs in hours; pauses are whole days"),
            Pauses::Not(Unsaid::None) => return fault("its provision has nothing that stops it; leave the pause out"),
            Pauses::Not(Unsaid::Unknown) => unknown.push(Text::new(
                "法律是否允许中止该期间：未知。",
                "Whether the law lets this clock be stopped is unknown.",
            )),
            Pauses::By(_) => {}
        }
        match &self.extension {
            _ if events.extended == 0 => {}
            Extension::Not(Unsaid::None) => return fault("its provision has no extension; leave it out"),
            Extension::Not(Unsaid::Unknown) => unknown.push(Text::new(
                "法律是否允许延长该期间：未知。",
                "Whether the law lets this clock be prolonged is unknown.",
            )),
            Extension::By { cap: Some(cap), .. } if cap.unit == self.unit && events.extended > cap.length => {
                return fault(&format!("may be prolonged by {} at most", cap.length));
            }
            Extension::By { .. } => {}
        }
        Ok(unknown)
    }
}
