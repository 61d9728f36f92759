//! The tables of `lawbook/scenarios/*.md`: scenarios a lawyer can read and write, and the list of those that cannot be said.
//!
//! A page is Markdown: headings, prose, tables. Every table must be one of two kinds, by its first row; a table that cannot be
//! read stops the load with file and line, so that no row is skipped in silence. A line `Given: fact = value; …` holds for the
//! tables below it until the next heading.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::LawError;
use crate::book::definition::FactDefinition;
use crate::book::rule::{Effect, Rule};
use crate::book::scenario::Scenario;
use crate::book::scenario_row::{Column, Stated, columns, parse_facts, parse_row};

/// One row of a scenario table.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The page, relative to the lawbook.
    pub file: String,
    /// Its line there.
    pub line: usize,
    /// The case and what must come out.
    pub scenario: Scenario,
    /// What it shows, in the table's own words.
    pub shows: String,
}

impl Case {
    /// `scenarios/numbers.md:12`, for messages.
    pub fn place(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }
}

/// A case that no facts of the vocabulary can hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotExpressible {
    /// Its id.
    pub id: String,
    /// Why not.
    pub why: String,
}

/// Everything the pages hold.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tables {
    pub(crate) cases: Vec<Case>,
    pub(crate) not_expressible: Vec<NotExpressible>,
}

/// What a table's first row makes of it.
enum Kind {
    Cases(Vec<Column>),
    NotExpressible,
}

/// Reads one page and adds what it holds.
pub(crate) fn parse_page(
    file: &str,
    text: &str,
    names: &[FactDefinition],
    tables: &mut Tables,
) -> Result<(), LawError> {
    let mut given = Stated::default();
    let mut table: Option<(Kind, usize)> = None;
    let lines: Vec<&str> = text.lines().collect();
    for (n, line) in lines.iter().map(|line| line.trim()).enumerate() {
        let fault = |what: String| LawError::file(file, format!("line {}: {what}", n + 1));
        if !line.starts_with('|') {
            if is_rule_of_table(line) && line.contains('|') {
                return Err(fault("a table begins and ends each row with `|`; add them".into()));
            }
            table = None;
            if line.starts_with('#') {
                given = Stated::default();
            } else if let Some(facts) = line.strip_prefix("Given:") {
                given = parse_facts(facts, names).map_err(fault)?;
            }
            continue;
        }
        let cells = cells(line).ok_or_else(|| fault("a row ends with `|`; add it".into()))?;
        match &table {
            None => {
                let kind = kind(&cells).map_err(fault)?;
                let under = lines.get(n + 1).map(|l| l.trim()).unwrap_or_default();
                if !is_rule_of_table(under) {
                    return Err(fault("a table's first row stands above a line `|---|…|`; add it".into()));
                }
                table = Some((kind, cells.len()));
            }
            Some((_, width)) if cells.len() != *width => {
                return Err(fault(format!("the row has {} cells, the table {width}; mend it", cells.len())));
            }
            Some(_) if is_rule_of_table(line) => {}
            Some((Kind::NotExpressible, _)) => {
                tables.not_expressible.push(NotExpressible { id: cells[0].to_owned(), why: cells[1].to_owned() });
            }
            Some((Kind::Cases(columns), _)) => {
                let (scenario, shows) = parse_row(columns, &cells, &given, names).map_err(fault)?;
                tables.cases.push(Case { file: file.to_owned(), line: n + 1, scenario, shows });
            }
        }
    }
    Ok(())
}

fn kind(cells: &[&str]) -> Result<Kind, String> {
    if cells == ["case", "why"] { Ok(Kind::NotExpressible) } else { columns(cells).map(Kind::Cases) }
}

fn cells(line: &str) -> Option<Vec<&str>> {
    let inner = line.strip_prefix('|')?.strip_suffix('|')?;
    Some(inner.split('|').map(str::trim).collect())
}

/// The line of dashes under a table's first row.
fn is_rule_of_table(line: &str) -> bool {
    line.contains("--") && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '))
}

impl Tables {
    /// Every rule, duty, fine and regime that a row names exists; no row is given twice.
    pub(crate) fn check(&self, rules: &[Rule]) -> Result<(), LawError> {
        let mut named: [BTreeSet<&str>; 4] = Default::default();
        let [ids, duties, fines, regimes] = &mut named;
        for rule in rules {
            ids.insert(&rule.id);
            match &rule.effect {
                Effect::Obligations(all) => duties.extend(all.iter().map(|d| d.id.as_str())),
                Effect::Fines(all) => fines.extend(all.iter().map(|f| f.id.as_str())),
                Effect::AlsoCheck(all) => regimes.extend(all.iter().map(|r| r.regime.as_str())),
                _ => {}
            }
        }
        let mut seen = BTreeSet::new();
        for case in &self.cases {
            let fault = |what: String| Err(LawError::file(&case.file, format!("line {}: {what}", case.line)));
            let expect = &case.scenario.expect;
            let lists = [&expect.rules, &expect.obligations, &expect.fines, &expect.also_check];
            for ((list, known), kind) in lists.iter().zip(&named).zip(["rule", "duty", "fine", "regime"]) {
                let names = list.iter().map(|word| word.strip_prefix('!').unwrap_or(word));
                if let Some(missing) = names.into_iter().find(|name| !known.contains(name)) {
                    return fault(format!("names `{missing}`, which is no {kind}; mend the id"));
                }
            }
            if !seen.insert(&case.scenario.name) {
                return fault(format!("the case `{}` is given twice; rename one", case.scenario.name));
            }
        }
        Ok(())
    }
}
