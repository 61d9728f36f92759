//! How probable counts are: whether what looks like a number of a class is there by chance.
//!
//! Tails are summed term by term from the count outwards, where terms fall off at once; a term is made in logarithms
//! (Stirling's series for the factorial), so that millions are no trouble.

/// Less probable than this is no chance: once in a million columns.
///
/// One in 10^9 would be as good where many values are expected, but a single raw identity number among a million
/// surrogates, expected 10^-6 times, would then pass.
pub const RARE: f64 = 1e-6;

/// Poisson: the probability of `count` or more where `expected` are expected.
pub fn poisson_tail(expected: f64, count: u64) -> f64 {
    if count == 0 {
        return 1.0;
    }
    if expected <= 0.0 {
        return 0.0;
    }
    let n = count as f64;
    if n <= expected {
        // Not even above what is expected: nothing to explain.
        return 1.0;
    }
    let first = (n * expected.ln() - expected - ln_factorial(n)).exp();
    falling(first, |step| expected / (n + step))
}

/// Poisson: the greatest count that is still chance.
pub fn poisson_bound(expected: f64) -> u64 {
    let (mut low, mut high) = (expected.max(0.0).floor() as u64, 1u64);
    while poisson_tail(expected, low + high) > RARE {
        high *= 2;
    }
    // `low` is chance, `low + high` is not.
    while high > 1 {
        let half = high / 2;
        if poisson_tail(expected, low + half) > RARE {
            low += half;
            high -= half;
        } else {
            high = half;
        }
    }
    low
}

/// Binomial: the probability of a count as far out as `hits` of `trials`, on its side of what is expected, each trial
/// hitting with `probability`.
pub fn binomial_tail(trials: u64, probability: f64, hits: u64) -> f64 {
    let (n, k, p) = (trials as f64, hits as f64, probability);
    let first = (ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k) + k * p.ln() + (n - k) * (1.0 - p).ln()).exp();
    if k >= n * p {
        falling(first, |step| (n - k - step + 1.0) / (k + step) * p / (1.0 - p))
    } else {
        falling(first, |step| (k - step + 1.0) / (n - k + step) * (1.0 - p) / p)
    }
}

/// The sum of terms each of which is the one before it times a ratio.
fn falling(first: f64, ratio: impl Fn(f64) -> f64) -> f64 {
    let (mut sum, mut term, mut step) = (first, first, 1.0);
    while term > sum * 1e-12 && step < 1e7 {
        term *= ratio(step).max(0.0);
        sum += term;
        step += 1.0;
    }
    sum.min(1.0)
}

fn ln_factorial(n: f64) -> f64 {
    if n < 20.0 {
        return (2..=n.max(0.0) as u32).map(|k| f64::from(k).ln()).sum();
    }
    n * n.ln() - n + 0.5 * (std::f64::consts::TAU * n).ln() + 1.0 / (12.0 * n) - 1.0 / (360.0 * n * n * n)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() <= b * 1e-6, "{a} is not {b}");
    }

    /// Against what a few terms give by hand.
    #[test]
    fn tails_are_those_of_the_distributions() {
        close(poisson_tail(1.0, 2), 1.0 - 2.0 * (-1f64).exp());
        close(poisson_tail(1e-6, 1), 1e-6);
        close(poisson_tail(0.5, 3), 1.0 - (-0.5f64).exp() * (1.0 + 0.5 + 0.125));
        close(binomial_tail(5, 0.1, 1), 1.0 - 0.9f64.powi(5));
        close(binomial_tail(20, 1.0 / 11.0, 0), (10.0f64 / 11.0).powi(20));
        close(binomial_tail(3, 0.5, 3), 0.125);
        assert!(binomial_tail(1_000_000, 0.1, 100_300) > 0.1 && binomial_tail(1_000_000, 0.1, 103_000) < 1e-20);
    }

    #[test]
    fn a_bound_is_the_last_count_that_is_chance() {
        for expected in [0.0, 1e-12, 1e-6, 2e-6, 1e-3, 0.4, 1.0, 10.0, 999.5, 1e6] {
            let bound = poisson_bound(expected);
            assert!(poisson_tail(expected, bound + 1) <= RARE, "{expected}");
            assert!(bound == 0 || poisson_tail(expected, bound) > RARE, "{expected}");
        }
        assert_eq!((poisson_bound(1e-6), poisson_bound(1e-5)), (0, 1));
    }
}
