//! Counts for Prometheus, in its text format (version 0.0.4).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::Method;

/// Upper ends of the bins of answering times, in seconds.
const BINS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// What was counted since the program began.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    answered: BTreeMap<(String, String, u16), u64>,
    times: BTreeMap<String, Times>,
    acted: BTreeMap<String, u64>,
}

#[derive(Debug, Default)]
struct Times {
    bins: [u64; BINS.len()],
    count: u64,
    sum: Duration,
}

impl Metrics {
    /// A request was answered.
    pub(crate) fn answered(&self, method: &Method, route: &str, status: u16, taken: Duration) {
        // A thread that panicked while it counted left whole numbers behind.
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.answered.entry((method.to_string(), route.to_owned(), status)).or_default() += 1;
        let times = counts.times.entry(route.to_owned()).or_default();
        times.count += 1;
        times.sum += taken;
        for (bin, end) in times.bins.iter_mut().zip(BINS) {
            *bin += u64::from(taken.as_secs_f64() <= end);
        }
    }

    /// An action was recorded.
    pub(crate) fn acted(&self, action: &str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.acted.entry(action.to_owned()).or_default() += 1;
    }

    /// Everything, and what is handed in as gauges beside it.
    pub(crate) fn text(&self, gauges: &[(&str, &str, u64)]) -> String {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ =
            writeln!(text, "# HELP tongguan_requests_total Requests answered.\n# TYPE tongguan_requests_total counter");
        for ((method, route, status), n) in &counts.answered {
            let _ = writeln!(
                text,
                "tongguan_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}} {n}"
            );
        }
        let _ = writeln!(
            text,
            "# HELP tongguan_request_seconds Time to answer.\n# TYPE tongguan_request_seconds histogram"
        );
        for (route, times) in &counts.times {
            for (end, n) in BINS.iter().zip(times.bins) {
                let _ = writeln!(text, "tongguan_request_seconds_bucket{{route=\"{route}\",le=\"{end}\"}} {n}");
            }
            let (count, sum) = (times.count, times.sum.as_secs_f64());
            let _ = writeln!(text, "tongguan_request_seconds_bucket{{route=\"{route}\",le=\"+Inf\"}} {count}");
            let _ = writeln!(text, "tongguan_request_seconds_sum{{route=\"{route}\"}} {sum}");
            let _ = writeln!(text, "tongguan_request_seconds_count{{route=\"{route}\"}} {count}");
        }
        let _ =
            writeln!(text, "# HELP tongguan_actions_total Actions recorded.\n# TYPE tongguan_actions_total counter");
        for (action, n) in &counts.acted {
            let _ = writeln!(text, "tongguan_actions_total{{action=\"{action}\"}} {n}");
        }
        for (name, help, value) in gauges {
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}");
        }
        text
    }
}
