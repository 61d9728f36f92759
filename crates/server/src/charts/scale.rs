//! Round numbers along an axis.

/// The top of an axis that holds `most`, and its ticks from nought: round numbers, five at most above nought.
pub(super) fn ticks(most: u64) -> Vec<u64> {
    let most = most.max(4);
    let mut step = 1_u64;
    'found: loop {
        for times in [1, 2, 5] {
            if most.div_ceil(step.saturating_mul(times)) <= 5 {
                step = step.saturating_mul(times);
                break 'found;
            }
        }
        step = step.saturating_mul(10);
    }
    (0..=most.div_ceil(step)).map(|n| n.saturating_mul(step)).collect()
}

/// A number as an axis writes it.
pub(super) fn grouped(n: u64) -> String {
    crate::words::grouped(&minijinja::Value::from(n))
}

#[cfg(test)]
mod tests {
    use super::ticks;

    #[test]
    fn ticks_are_round_and_hold_everything() {
        assert_eq!(ticks(0), [0, 1, 2, 3, 4]);
        assert_eq!(ticks(7), [0, 2, 4, 6, 8]);
        assert_eq!(ticks(23), [0, 5, 10, 15, 20, 25]);
        for most in [1, 9, 10, 11, 99, 101, 12_345, 9_999_999] {
            let ticks = ticks(most);
            assert!(ticks.len() <= 6 && ticks.last().is_some_and(|top| *top >= most), "{most}: {ticks:?}");
        }
    }
}
