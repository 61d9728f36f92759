//! What changes between two states of the law, and which answers with it.

mod support;

use law::{
    Difference, ReplaySide, RuleChange, StoredFacts, Tallied, base_differences, day_differences, edition_differences,
    replay,
};
use support::{BASE, day};

fn of<'a>(differences: &'a [Difference], id: &str) -> &'a Difference {
    differences.iter().find(|d| d.id == id).unwrap_or_else(|| panic!("{id} is not among {differences:?}"))
}

#[test]
fn a_draft_is_compared_part_by_part() {
    let mut files = support::files();
    let eight = files.iter_mut().find(|(name, _)| name == "cn/o16/8.toml").expect("there");
    eight.1 =
        eight.1.replacen("status = \"confirmed\"", "status = \"secondary\"", 1).replace("1_000_000 }", "2_000_000 }");
    let seven = files.iter_mut().find(|(name, _)| name == "cn/o16/7.2.toml").expect("there");
    seven.1 = seven.1.replace("at_least = 1_000_000", "at_least = 2_000_000");
    files.retain(|(name, _)| name != "cn/o16/11.toml" && !name.starts_with("scenarios/"));
    let draft = support::parse(&files).expect("loads");
    let found = base_differences(&BASE, &draft);
    assert_eq!(of(&found, "cn.o16.11").change, RuleChange::Removed);
    let changed = of(&found, "cn.o16.8");
    let parts: Vec<&str> = changed.parts.iter().map(|part| part.part).collect();
    assert_eq!((changed.change, parts.as_slice()), (RuleChange::Changed, &["status", "when"][..]));
    assert!(changed.parts[1].before.contains("below 1,000,000") && changed.parts[1].after.contains("below 2,000,000"));
    assert!(base_differences(&BASE, &BASE).is_empty());

    // Replayed, only what lies between the figures changes.
    let (mut before, mut after) = (ReplaySide::new(&BASE, None), ReplaySide::new(&draft, None));
    let mut tallied = Tallied::default();
    for ordinary in [500_000, 999_999, 1_000_000, 1_999_999, 2_000_000] {
        let answer = support::answer("2026-11-22", &format!("persons.ordinary={ordinary}"));
        let line = serde_json::to_string(&answer).expect("JSON");
        let stored = StoredFacts::parse(&line).expect("what assess writes");
        let told = replay(&mut before, &mut after, &stored, &mut tallied).expect("answers");
        assert_eq!(told.is_some(), (1_000_000..2_000_000).contains(&ordinary), "{ordinary}");
    }
    assert_eq!((tallied.asked, tallied.changed), (5, 2));
    assert_eq!(tallied.by_change["security-assessment -> standard-contract, certification"], 2);
}

#[test]
fn two_days_differ_by_what_began_and_ended_between_them() {
    let found = day_differences(&BASE, day("2025-02-07"), day("2025-02-08"));
    assert!(
        found.iter().all(|d| d.id.starts_with("cn.list.shanghai-2024.") && d.change == RuleChange::Added),
        "{found:?}"
    );
    assert_eq!(of(&found, "cn.list.shanghai-2024.reinsurance.5").change, RuleChange::Added);
    let doubt = day_differences(&BASE, day("2026-05-08"), day("2026-05-11"));
    assert_eq!(of(&doubt, "cn.list.beijing-two-zones-2025.unseen-row").parts[0].part, "settled");
    assert!(day_differences(&BASE, day("2025-06-30"), day("2025-06-30")).is_empty());
}

#[test]
fn two_editions_differ_row_by_row() {
    let edition = |id: &str| BASE.list(id).expect("there");
    let found = edition_differences(&BASE, edition("shanghai-2024"), edition("shanghai-2025"));
    assert_eq!(of(&found, "reinsurance.5").change, RuleChange::Removed, "the rows of 2025 were not seen");
    assert_eq!(of(&found, "unseen-row").change, RuleChange::Added);
    let whole = of(&found, "edition");
    assert!(whole.parts.iter().any(|part| part.part == "known" && part.after == "partial"), "{whole:?}");
    assert!(edition_differences(&BASE, edition("zhejiang-2025"), edition("zhejiang-2025")).is_empty());
}

#[test]
fn what_cannot_be_replayed_says_why_in_one_line() {
    let mut side = ReplaySide::new(&BASE, None);
    let tell = |side: &mut ReplaySide<'_>, line: &str| match StoredFacts::parse(line) {
        Ok(stored) => side.tell(&stored).map_or_else(|error| error.to_string(), |_| String::new()),
        Err(error) => error,
    };
    for (line, said) in [
        ("{", "EOF"),
        (r#"{"facts":{}}"#, "has no day"),
        (r#"{"facts":{"handler.cio":true},"on":"2026-01-01"}"#, "`handler.cio`"),
        (r#"{"facts":{"handler.ciio":3},"on":"2026-01-01"}"#, "`handler.ciio`"),
        (r#"{"facts":{},"on":"2016-12-31"}"#, "too early"),
    ] {
        let error = tell(&mut side, line);
        assert!(error.contains(said) && !error.contains('\n'), "{line}: {error}");
    }
}
