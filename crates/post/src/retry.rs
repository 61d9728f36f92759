//! When a letter that did not arrive is tried again.

use std::time::Duration;

/// Waits after each try, as Standard Webhooks advises: at once, then ever longer, for three days in all.
const WAITS: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
    Duration::from_hours(20),
    Duration::from_hours(24),
];

/// The wait after so many tries; none: that was the last. `dice` scatters it by a tenth, so that not all come back at one moment.
/// `asked` is how long the receiver asked to be left alone; it is granted up to a day.
pub(crate) fn wait(tries: u64, dice: u8, asked: Option<Duration>) -> Option<Duration> {
    let wait = WAITS.get(usize::try_from(tries).ok()?.checked_sub(1)?)?;
    let scattered = wait.mul_f64(0.9 + 0.2 * f64::from(dice) / 255.0);
    Some(scattered.max(asked.unwrap_or_default().min(Duration::from_hours(24))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_come_ever_later_and_end() {
        let waits: Vec<Duration> = (1..).map_while(|tries| wait(tries, 128, None)).collect();
        assert_eq!(waits.len(), 9);
        assert!(waits.windows(2).all(|pair| pair[0] < pair[1]), "{waits:?}");
        let all: Duration = waits.iter().sum();
        assert!((72..80).contains(&(all.as_secs() / 3600)), "{all:?}");
        assert_eq!(wait(10, 0, None), None);
        assert_eq!(wait(0, 0, None), None);
    }

    #[test]
    fn they_are_scattered_and_the_receiver_may_ask_for_more() {
        assert!(wait(2, 0, None) < wait(2, 255, None));
        assert_eq!(wait(1, 0, Some(Duration::from_mins(10))), Some(Duration::from_mins(10)));
        assert_eq!(wait(1, 0, Some(Duration::from_hours(1_000))), Some(Duration::from_hours(24)));
    }
}
