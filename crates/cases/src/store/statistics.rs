//! Statistics: counts by month, procedure, province and sector.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use database::{query, text};
use serde::Serialize;

use super::Store;
use super::error::StoreError;
use super::project::facts::Counted;

/// Between the values of a count, and between counts: no control character is in any of them.
const UNIT: char = '\u{1f}';
const ROW: char = '\u{1e}';

/// By what counts are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// By procedure.
    Procedure,
    /// By province.
    Province,
    /// By sector.
    Sector,
}

impl Group {
    fn bit(self) -> i64 {
        match self {
            Self::Procedure => 1,
            Self::Province => 2,
            Self::Sector => 4,
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatisticsQuery {
    /// The first month, such as `2026-01`.
    pub from: Option<String>,
    /// The last month.
    pub to: Option<String>,
    /// Only this procedure.
    pub procedure: Option<String>,
    /// Only this province.
    pub province: Option<String>,
    /// Only this sector.
    pub sector: Option<String>,
    /// Told apart by these; what is not named is added up.
    pub by: Vec<Group>,
    /// Whether months are told apart.
    pub by_month: bool,
}

/// One count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Count {
    /// What was counted.
    pub counted: Counted,
    /// The month, where they are told apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<String>,
    /// The procedure, where it is told apart or asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub procedure: Option<String>,
    /// The province.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
    /// The sector; `unknown` where none was stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sector: Option<String>,
    /// Of marks the field; of processing times the working days, `unknown` where the calendar does not cover them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    /// How many.
    pub n: u64,
}

impl Store {
    /// Counts, in the order of what is counted, month, procedure, province, sector, bucket.
    pub async fn statistics(&self, of: &StatisticsQuery) -> Result<Vec<Count>, StoreError> {
        let fixed = [(&of.procedure, 1), (&of.province, 2), (&of.sector, 4)];
        let named = fixed.iter().filter(|(value, _)| value.is_some()).map(|(_, bit)| bit);
        let dims = named.chain(of.by.iter().map(|group| match group.bit() {
            1 => &1,
            2 => &2,
            _ => &4,
        }));
        let dims = dims.fold(0, |dims, bit| dims | bit);
        let month = if of.by_month { "month" } else { "''" };
        // All in one value: handed over row by row, each waits for its turn between two threads, and on a busy machine a thousand
        // turns are what the whole takes.
        let mut statement = format!(
            "SELECT string_agg(kind || '{UNIT}' || of_month || '{UNIT}' || procedure || '{UNIT}' || province || '{UNIT}' \
             || sector || '{UNIT}' || bucket || '{UNIT}' || n, '{ROW}') AS counts FROM (SELECT kind, {month} AS of_month, \
             procedure, province, sector, bucket, CAST(CAST(sum(n) AS BIGINT) AS TEXT) AS n FROM statistic WHERE dims = {dims}"
        );
        // Writing to a string cannot fail.
        let mut values = Vec::new();
        for (condition, value) in [
            ("procedure =", &of.procedure),
            ("province =", &of.province),
            ("sector =", &of.sector),
            ("month >=", &of.from),
            ("month <=", &of.to),
        ] {
            if let Some(value) = value {
                values.push(value.clone());
                let _ = write!(statement, " AND {condition} ${}", values.len());
            }
        }
        let group = if of.by_month { "kind, month, " } else { "kind, " };
        let _ = write!(statement, " GROUP BY {group}procedure, province, sector, bucket HAVING sum(n) <> 0) AS c");
        let mut asked = query(statement);
        for value in values {
            asked = asked.bind(value);
        }
        let row = asked.fetch_one(&self.inner.readers).await?;
        let told = text(&row, "counts")?;
        // A later program may count more.
        let mut counts: Vec<Count> = told.split(ROW).filter_map(count).collect();
        counts.sort_by(|one, other| key(one).cmp(&key(other)));
        Ok(counts)
    }
}

/// A count as it was handed over; `None`: what is counted is not known here.
fn count(told: &str) -> Option<Count> {
    let mut parts = told.split(UNIT);
    let counted = Counted::from_word(parts.next()?)?;
    let mut some =
        || parts.next().filter(|text| !text.is_empty() && *text != super::projections::ALL).map(str::to_owned);
    let (month, procedure, province, sector, bucket) = (some(), some(), some(), some(), some());
    let n: i64 = parts.next()?.parse().ok()?;
    Some(Count { counted, month, procedure, province, sector, bucket, n: n.max(0) as u64 })
}

fn key(count: &Count) -> (Counted, [&Option<String>; 5]) {
    (count.counted, [&count.month, &count.procedure, &count.province, &count.sector, &count.bucket])
}

/// The working days within which `percent` of 100 of the cases had their result, out of counts of [`Counted::Days`]; cases whose days
/// are unknown do not count. `None`: there are none.
pub fn percentile(counts: &[Count], percent: u64) -> Option<u32> {
    let mut days: BTreeMap<u32, u64> = BTreeMap::new();
    for count in counts.iter().filter(|count| count.counted == Counted::Days) {
        if let Some(of) = count.bucket.as_ref().and_then(|bucket| bucket.parse().ok()) {
            *days.entry(of).or_default() += count.n;
        }
    }
    let all: u64 = days.values().sum();
    let wanted = (all * percent.min(100)).div_ceil(100).max(1);
    let mut so_far = 0;
    days.into_iter()
        .find(|(_, n)| {
            so_far += n;
            so_far >= wanted
        })
        .map(|(days, _)| days)
}
