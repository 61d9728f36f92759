//! Tables by RFC 4180: commas, CRLF, UTF-8, quoted where needed, the first row names the columns.
//!
//! A text that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a tab or a return) gets an
//! apostrophe in front.

use csv::{Terminator, Writer, WriterBuilder};
use law::{Effect, Path, RuleBase, Text};

use super::{ExportError, File, lists};
use crate::View;
use crate::matrix::{Band, Cell, matrices};
use crate::tried::Tried;
use crate::words;

/// A table under way.
pub(super) struct Table {
    name: &'static str,
    writer: Writer<Vec<u8>>,
    fault: Option<csv::Error>,
}

impl Table {
    pub(super) fn new(name: &'static str, columns: &[&str], bom: bool) -> Self {
        let start = if bom { "\u{feff}".as_bytes().to_vec() } else { Vec::new() };
        let writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(start);
        let mut table = Table { name, writer, fault: None };
        table.row(columns.iter().map(|column| (*column).to_owned()));
        table
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        if let Err(error) = self.writer.write_record(cells.into_iter().map(harmless)) {
            self.fault.get_or_insert(error);
        }
    }

    pub(super) fn file(self) -> Result<File, ExportError> {
        let table = self.name;
        let fault = |source: csv::Error| ExportError::Table { table, source };
        if let Some(error) = self.fault {
            return Err(fault(error));
        }
        let bytes = self.writer.into_inner().map_err(|error| fault(error.into_error().into()))?;
        let text = String::from_utf8(bytes).map_err(|error| fault(std::io::Error::other(error).into()))?;
        Ok(File { path: format!("{table}.csv"), text })
    }
}

fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

pub(super) fn listed<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    items.into_iter().collect::<Vec<_>>().join("; ")
}

pub(super) fn names(paths: &[Path]) -> String {
    listed(paths.iter().map(|path| path.name()))
}

pub(super) fn day(day: Option<jiff::civil::Date>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}

/// The word an enum without fields has on the wire.
pub(super) fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

pub(super) fn tables(
    base: &RuleBase,
    view: &View<'_>,
    tried: &[Tried<'_>],
    bom: bool,
) -> Result<Vec<File>, ExportError> {
    let mut files = vec![
        rules(base, view, bom)?,
        facts(base, bom)?,
        scenarios(tried, bom)?,
        clocks(base, bom)?,
        matrix(base, bom)?,
    ];
    if !base.lists().is_empty() {
        files.extend(lists::tables(base, bom)?);
    }
    Ok(files)
}

fn rules(base: &RuleBase, view: &View<'_>, bom: bool) -> Result<File, ExportError> {
    let columns = [
        "id",
        "instrument",
        "article",
        "title_zh",
        "title_en",
        "provision_zh",
        "provision_en",
        "from",
        "to",
        "settled_from",
        "status",
        "status_zh",
        "status_en",
        "source",
        "last_checked_on",
        "last_checked_against",
        "reviewed_by",
        "superseded_by",
        "exception_to",
        "gives_way_to",
        "kind",
        "paths",
        "effect_zh",
        "effect_en",
        "when_zh",
        "when_en",
        "persons_counted",
        "scenarios",
    ];
    let mut table = Table::new("rules", &columns, bom);
    for rule in base.rules() {
        let when = words::condition(base, &rule.when);
        let (kind, _) = words::kind(&rule.effect);
        let (paths, effect) = effect(view, &rule.effect);
        let status = view.status(rule.status);
        let over = rule.exception_to.iter().map(|exception| match &exception.when {
            None => exception.rule.clone(),
            Some(when) => format!("{} ({})", exception.rule, words::condition(base, when).en),
        });
        table.row([
            rule.id.clone(),
            rule.instrument_short.clone(),
            rule.article.clone(),
            rule.title.zh.clone(),
            rule.title.en.clone(),
            rule.provision.zh.clone(),
            rule.provision.en.clone(),
            rule.from.to_string(),
            day(rule.to),
            day(rule.settled_from),
            words::status(rule.status).to_owned(),
            status.zh,
            status.en,
            listed(rule.source.iter().map(String::as_str)),
            rule.last_checked.on.to_string(),
            rule.last_checked.against.clone(),
            rule.reviewed_by.clone(),
            listed(rule.superseded_by.iter().map(String::as_str)),
            over.collect::<Vec<_>>().join("; "),
            listed(rule.gives_way_to.iter().map(String::as_str)),
            kind.to_owned(),
            paths,
            effect.zh,
            effect.en,
            when.zh,
            when.en,
            rule.persons_counted.to_string(),
            rule.scenarios.len().to_string(),
        ]);
    }
    table.file()
}

/// The paths an effect opens, and the effect in words.
fn effect(view: &View<'_>, effect: &Effect) -> (String, Text) {
    let join = |texts: Vec<Text>| {
        let (zh, en): (Vec<String>, Vec<String>) = texts.into_iter().map(|text| (text.zh, text.en)).unzip();
        Text::new(zh.join("；"), en.join("; "))
    };
    let say = |paths: &[Path]| join(paths.iter().map(|path| view.path(*path)).collect());
    match effect {
        Effect::Paths(paths) => (names(paths), say(paths)),
        Effect::Stop(why) => (names(&[Path::Stop]), why.clone()),
        Effect::Adds { path, to } => {
            let to = listed(to.iter().map(String::as_str));
            let path_text = view.path(*path);
            let text = Text::new(format!("{}（{to}）", path_text.zh), format!("{} ({to})", path_text.en));
            (names(&[*path]), text)
        }
        Effect::Judgement { asks, possible } => (names(possible), asks.clone()),
        Effect::Obligations(duties) => (String::new(), join(duties.iter().map(|duty| duty.text.clone()).collect())),
        Effect::Affirms(ids) => {
            let ids = listed(ids.iter().map(String::as_str));
            (String::new(), Text::new(ids.clone(), ids))
        }
        Effect::AlsoCheck(regimes) => (String::new(), join(regimes.iter().map(|regime| regime.why.clone()).collect())),
        Effect::Fines(fines) => (String::new(), join(fines.iter().map(|fine| fine.text.clone()).collect())),
        Effect::Refers(to) => (String::new(), to.clone()),
    }
}

fn facts(base: &RuleBase, bom: bool) -> Result<File, ExportError> {
    let columns = [
        "id",
        "type",
        "unit",
        "form",
        "values",
        "title_zh",
        "title_en",
        "question_zh",
        "question_en",
        "cite",
        "assumed",
        "never_below",
        "judgement",
    ];
    let mut table = Table::new("facts", &columns, bom);
    for fact in base.facts() {
        table.row([
            fact.id.clone(),
            word(&fact.kind),
            fact.unit.clone(),
            fact.form.map(|form| word(&form)).unwrap_or_default(),
            listed(fact.values.iter().map(String::as_str)),
            fact.title.zh.clone(),
            fact.title.en.clone(),
            fact.question.zh.clone(),
            fact.question.en.clone(),
            fact.cite.clone(),
            fact.assumed.as_ref().map(plain).unwrap_or_default(),
            listed(fact.never_below.iter().map(String::as_str)),
            fact.judgement.as_ref().map(|judgement| judgement.value.clone()).unwrap_or_default(),
        ]);
    }
    table.file()
}

/// A value without marks for people: 1000000 and no `1,000,000`.
fn plain(value: &law::Value) -> String {
    match value {
        law::Value::Count(n) => n.to_string(),
        other => words::value(other),
    }
}

fn scenarios(tried: &[Tried<'_>], bom: bool) -> Result<File, ExportError> {
    let columns = [
        "id",
        "rule",
        "name",
        "on",
        "facts",
        "unknown",
        "expected_outcome",
        "expected_paths",
        "outcome",
        "paths",
        "certainty",
        "rules",
        "holds",
    ];
    let mut table = Table::new("scenarios", &columns, bom);
    for one in tried {
        let expect = &one.scenario.expect;
        let stated = one.facts.as_ref().ok().map(|facts| {
            let differs = facts.iter().filter(|(id, _)| one.scenario.facts.contains_key(*id));
            differs.map(|(id, value)| format!("{id} = {}", plain(value))).collect::<Vec<_>>().join("; ")
        });
        let answer = one.answer.as_ref().ok();
        table.row([
            one.id.clone(),
            one.rule.map(|rule| rule.id.clone()).unwrap_or_default(),
            one.scenario.name.clone(),
            one.scenario.on.to_string(),
            stated.unwrap_or_default(),
            listed(one.scenario.unknown.iter().map(String::as_str)),
            word(&expect.outcome),
            names(&expect.paths),
            answer.map(|answer| word(&answer.outcome)).unwrap_or_default(),
            answer.map(|answer| names(&answer.paths)).unwrap_or_default(),
            answer.map(|answer| word(&answer.certainty)).unwrap_or_default(),
            answer.map(|answer| listed(answer.rules.iter().map(|rule| rule.id.as_str()))).unwrap_or_default(),
            one.fault.is_none().to_string(),
        ]);
    }
    table.file()
}

fn clocks(base: &RuleBase, bom: bool) -> Result<File, ExportError> {
    let columns = [
        "id",
        "title_zh",
        "title_en",
        "instrument",
        "article",
        "length",
        "unit",
        "direction",
        "from_zh",
        "from_en",
        "status",
        "document",
    ];
    let mut table = Table::new("clocks", &columns, bom);
    for clock in base.clocks() {
        table.row([
            clock.id.clone(),
            clock.title.zh.clone(),
            clock.title.en.clone(),
            clock.instrument.clone(),
            clock.article.clone(),
            clock.length.to_string(),
            word(&clock.unit),
            word(&clock.direction),
            clock.from.zh.clone(),
            clock.from.en.clone(),
            words::status(clock.status).to_owned(),
            // Whatever else the rule base says of it, as JSON.
            serde_json::to_string(clock)?,
        ]);
    }
    table.file()
}

fn matrix(base: &RuleBase, bom: bool) -> Result<File, ExportError> {
    let columns = [
        "from",
        "to",
        "ciio",
        "held_from",
        "held_below",
        "ordinary_from",
        "ordinary_below",
        "sensitive_from",
        "sensitive_below",
        "outcome",
        "paths",
        "certainty",
        "rules",
    ];
    let mut table = Table::new("matrix", &columns, bom);
    let band = |band: Option<Band>| match band {
        Some(band) => [band.from.to_string(), band.below.map_or_else(String::new, |below| below.to_string())],
        None => [String::new(), String::new()],
    };
    for matrix in matrices(base) {
        for slice in &matrix.slices {
            for (row, line) in matrix.ordinary.iter().zip(&slice.cells) {
                for (column, cell) in matrix.sensitive.iter().zip(line) {
                    let mut cells = vec![matrix.era.from.to_string(), day(matrix.era.to), slice.ciio.to_string()];
                    for one in [slice.held, Some(*row), Some(*column)] {
                        cells.extend(band(one));
                    }
                    cells.extend(match cell {
                        Cell::Answer { outcome, paths, certainty, rules } => {
                            [word(outcome), names(paths), word(certainty), listed(rules.iter().map(String::as_str))]
                        }
                        Cell::None(why) => ["none".to_owned(), String::new(), String::new(), why.clone()],
                    });
                    table.row(cells);
                }
            }
        }
    }
    table.file()
}
