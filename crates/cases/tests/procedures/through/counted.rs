//! Statistics counted from cases as a clerk would, without the store's own way.

use std::collections::BTreeMap;

use cases::{Case, Counted, Effect, Group, Happened, Phase, StatisticsQuery, Store, To};
use jiff::civil::Date;

use crate::support::{base, procedures};

/// What, month, procedure, province, sector, and the field or the days.
type Cell = (Counted, String, String, String, String, String);

/// What cases come to.
pub(super) fn counted<'c>(cases: impl Iterator<Item = &'c Case>) -> BTreeMap<Cell, u64> {
    let mut cells = BTreeMap::new();
    for case in cases {
        for (what, day, bucket) in of(case) {
            let month = day.strftime("%Y-%m").to_string();
            let sector = case.handler.sector.clone().unwrap();
            let cell = (what, month, case.procedure.to_string(), case.handler.region.clone(), sector, bucket);
            *cells.entry(cell).or_default() += 1;
        }
    }
    cells
}

/// What the store says.
pub(super) async fn stored(store: &Store) -> BTreeMap<Cell, u64> {
    let every = StatisticsQuery {
        by: vec![Group::Procedure, Group::Province, Group::Sector],
        by_month: true,
        ..StatisticsQuery::default()
    };
    let counts = store.statistics(&every).await.unwrap().into_iter().map(|count| {
        let [month, procedure, province, sector] =
            [count.month, count.procedure, count.province, count.sector].map(|part| part.unwrap());
        ((count.counted, month, procedure, province, sector, count.bucket.unwrap_or_default()), count.n)
    });
    counts.collect()
}

fn phase(case: &Case, state: &cases::StateId) -> Phase {
    procedures().get(case.procedure.as_str()).unwrap().state(state.as_str()).unwrap().phase
}

fn of(case: &Case) -> Vec<(Counted, Date, String)> {
    let mut found = vec![(Counted::Opened, case.history[0].day, String::new())];
    let mut add = |what, day, bucket: &str| found.push((what, day, bucket.to_owned()));
    let open = |phase: Phase| !matches!(phase, Phase::Preparing | Phase::Closed);
    let steps: Vec<(&Happened, Phase, Phase)> =
        case.history[1..].iter().map(|one| (one, phase(case, &one.from), phase(case, &one.to))).collect();
    let submitted = steps.iter().find(|(_, from, to)| *from == Phase::Preparing && open(*to)).map(|(one, ..)| one.day);
    if let Some(day) = submitted {
        add(Counted::Submitted, day, "");
    }
    if let Some((one, ..)) = steps.iter().rfind(|(one, ..)| one.action.as_str() == "accept") {
        add(Counted::Accepted, one.day, "");
    }
    for (one, _, to) in &steps {
        if one.from != one.to && *to == Phase::Returned && !one.by.role.is_handlers() {
            add(Counted::Returned, one.day, "");
            for mark in case.marks.iter().filter(|mark| mark.made == one.version) {
                // A field without its rows.
                let at = mark.mark.at.replace(|c: char| c == '[' || c == ']' || c.is_ascii_digit(), "");
                add(Counted::Marked, one.day, &at);
            }
        }
    }
    for release in case.releases.iter().filter(|release| release.not_published.is_none()) {
        add(Counted::Released, release.day, "");
    }
    if let Some((what, day)) = steps.iter().rev().find_map(|step| result(case, *step)) {
        add(what, day, "");
        if let Some(from) = submitted.filter(|_| what != Counted::Withdrawn) {
            let days =
                std::iter::successors(from.tomorrow().ok(), |day| day.tomorrow().ok()).take_while(|of| *of <= day);
            let works = |of: Date| base().calendar().is_working_day(of).map(|kind| kind.counts());
            let days = days.map(works).collect::<Result<Vec<bool>, _>>();
            let days = days.map(|days| days.into_iter().filter(|works| *works).count().min(999));
            add(Counted::Days, day, &days.map_or("unknown".to_owned(), |days| format!("{days:03}")));
        }
    }
    found
}

/// How a step ended what was asked for.
fn result(case: &Case, (one, from, to): (&Happened, Phase, Phase)) -> Option<(Counted, Date)> {
    let action = procedures().get(case.procedure.as_str()).unwrap().action(one.action.as_str()).unwrap();
    let what = if let To::Result { approved, in_part, .. } = &action.to {
        if one.to == *approved {
            Counted::Approved
        } else if one.to == *in_part {
            Counted::ApprovedInPart
        } else {
            Counted::Refused
        }
    } else {
        match (from, to) {
            (Phase::Pending | Phase::Returned, Phase::InForce) if action.effect != Some(Effect::Prolong) => {
                Counted::Filed
            }
            (Phase::Preparing, Phase::Closed) => Counted::Withdrawn,
            (Phase::Pending | Phase::Returned, Phase::Closed) if one.by.role.is_handlers() => Counted::Withdrawn,
            (Phase::Pending | Phase::Returned, Phase::Closed) => Counted::Refused,
            _ => return None,
        }
    };
    Some((what, one.day))
}
