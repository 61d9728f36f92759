//! Faults that load and that `check` has to find: each is put into the lawbook on purpose.

mod support;

use law::{Finding, FindingKind, check, determine, survey};
use support::{BASE, changed, day, facts, parse, told, without_lists};

/// What the checks find in the lawbook with one file changed, and not in the lawbook as it is.
fn found(path: &str, change: impl Fn(&str) -> String) -> Vec<Finding> {
    found_in(&without_lists(changed(path, change)))
}

fn found_in(files: &[(String, String)]) -> Vec<Finding> {
    check(&parse(files).unwrap_or_else(|error| panic!("{error}")))
}

#[track_caller]
fn check_found(findings: &[Finding], kind: FindingKind, rule: &str, words: &str) {
    let hit = findings.iter().any(|f| f.kind == kind && f.rules.iter().any(|id| id == rule) && f.what.contains(words));
    assert!(hit, "no {kind:?} of `{rule}` with {words:?} in {findings:#?}");
}

/// A rule file of another rule, moved to an id of its own.
fn copy(of: &str) -> String {
    support::files().into_iter().find(|(name, _)| name == of).expect("a file of the lawbook").1
}

#[test]
fn a_rule_that_only_repeats_another_is_redundant() {
    let over =
        |rule: &&law::Rule| rule.exception_to.iter().any(|e| e.rule == "cn.o16.8") && !rule.id.starts_with("cn.list.");
    let over: Vec<String> = BASE.rules().iter().filter(over).map(|rule| format!("{:?}", rule.id)).collect();
    // Whether the fact is looked at before the rule it repeats is settled or after: repeated is repeated.
    for late in
        ["handler.sector\", is = \"retail\"", "recipient.region\", is = \"HK\"", "handler.persons_held\", at_least = 7"]
    {
        let findings = found("cn/o16/8b.toml", |_| {
            copy("cn/o16/8.toml").replacen("all = [", &format!("all = [\n  {{ fact = \"{late} }},"), 1).replacen(
                "reviewed_by",
                &format!("gives_way_to = [{}]\nreviewed_by", over.join(", ")),
                1,
            )
        });
        check_found(&findings, FindingKind::Redundant, "cn.o16.8b", "another provision says the same");
    }
}

#[test]
fn a_succession_with_a_hole_or_without_an_end_is_found() {
    let holed = found("cn/o16/9.toml", |text| {
        text.replacen(
            "in_force = { from = 2024-03-22 }",
            "in_force = { from = 2024-03-22, to = 2024-12-30 }\nsuperseded_by = [\"cn.ndr.35.6\"]",
            1,
        )
    });
    check_found(&holed, FindingKind::TimeGap, "cn.o16.9", "begins only on 2025-01-01");
    let endless = found("cn/o16/9.toml", |text| {
        text.replacen("reviewed_by", "superseded_by = [\"cn.ndr.35.6\"]\nreviewed_by", 1)
    });
    check_found(&endless, FindingKind::TimeGap, "cn.o16.9", "has no last day");
}

#[test]
fn a_path_that_nobody_reaches_is_found() {
    // Whoever runs critical infrastructure has no standard contract to which the one of the Greater Bay Area could be added.
    let mut files = without_lists(support::files());
    for (_, text) in files.iter_mut().filter(|(name, _)| name.starts_with("cn/gba/")) {
        if text.contains("path = \"gba-standard-contract\"") {
            *text = text.replacen("all = [", "all = [\n  { fact = \"handler.ciio\", is = true },", 1);
        }
    }
    let findings = found_in(&files);
    check_found(&findings, FindingKind::UnreachablePath, "cn.gba.hk-2023", "`gba-standard-contract`");
    check_found(&findings, FindingKind::Dead, "cn.gba.hk", "never decides");
}

#[test]
fn i1_a_greater_number_that_is_lighter_is_found_and_named() {
    let findings = found("cn/o16/5.4.toml", |text| text.replacen("below = 100_000", "at_least = 0", 1));
    let conflict = findings.iter().find(|f| f.kind == FindingKind::Conflict).unwrap_or_else(|| panic!("{findings:#?}"));
    assert_eq!(conflict.rules, ["cn.o16.5.4", "cn.o16.8"], "an exemption of any number meets the rule on 100,000");
    // An exemption for the many: sound by its exceptions, and against I1.
    let many = found("cn/o16/8m.toml", |_| {
        copy("cn/o16/5.3.toml").replacen(
            "fact = \"ground.emergency\", is = true",
            "fact = \"persons.ordinary\", at_least = 5_000_000",
            1,
        )
    });
    let lighter = many.iter().find(|f| f.kind == FindingKind::Lighter).unwrap_or_else(|| panic!("{many:#?}"));
    assert!(lighter.what.contains("`persons.ordinary`") && lighter.what.contains("exempt"), "{}", lighter.what);
}

#[test]
fn figures_in_another_unit_and_counts_in_no_unit_do_not_load() {
    let unit = |unit: &str| {
        changed("cn/o16/8.toml", |text| {
            text.replacen("below = 1_000_000", &format!("below = 1_000_000, unit = \"{unit}\""), 1)
        })
    };
    assert!(parse(&unit("persons")).is_ok());
    let error = parse(&unit("records")).expect_err("records are not persons").to_string();
    assert!(error.contains("`persons.ordinary`") && error.contains("unit"), "{error}");
    let error = parse(&changed("facts.toml", |text| text.replacen("unit = \"persons\"", "unit = \"heads\"", 1)));
    assert!(error.expect_err("heads").to_string().contains("unit"));
}

#[test]
fn an_exception_under_a_condition_prevails_only_where_the_condition_holds() {
    let files = changed("cn/o16/5.3.toml", |text| {
        text.replacen(
            "\"cn.o16.7.2\"",
            "{ rule = \"cn.o16.7.2\", when = { fact = \"handler.sector\", is = \"rescue\" } }",
            1,
        )
    });
    let base = parse(&files).expect("loads");
    let ask = |changes: &str| determine(&base, &facts(changes), day("2025-06-30"));
    let rescue = ask("ground.emergency=true persons.sensitive=10_000 handler.sector=rescue").expect("an answer");
    assert_eq!(told(&rescue), "determined: exempt");
    let other = ask("ground.emergency=true persons.sensitive=10_000 handler.sector=retail").expect_err("two paths");
    assert!(other.to_string().contains("`cn.o16.5.3` and `cn.o16.7.2`"), "{other}");
}

#[test]
fn provisions_that_decide_side_by_side_are_listed_with_their_day() {
    let found = survey(&parse(&without_lists(support::files())).expect("loads")).overlaps;
    let pair = found.iter().find(|((a, b), _)| a == "cn.o16.5.1" && b == "cn.o16.5.3");
    assert_eq!(pair.map(|(_, on)| on.to_string()).as_deref(), Some("2024-03-22"), "{found:?}");
}

#[test]
fn a_row_of_a_list_without_a_scenario_is_found() {
    let mut files = support::files();
    files.retain(|(name, _)| name != "scenarios/list-shanghai-2024.md" && name != "scenarios/zone-lists.md");
    for (name, text) in &mut files {
        if name == "lists/shanghai-2024.toml" {
            text.truncate(text.find("[[scenario]]").expect("scenarios come last"));
        }
    }
    let findings = found_in(&files);
    check_found(&findings, FindingKind::Untested, "cn.list.shanghai-2024.reinsurance.5", "applies in no scenario");
}
