//! Zones' lists as tables: `lists.csv` has a row for each row of each edition, `list-fields.csv` one for each field.

use law::{Band, Bands, FieldSet, ListEdition, ListReading, ListRow, ListScenario, ListSector, RuleBase, Status, Text};

use super::csv::{Table, day, listed, names, word};
use super::{ExportError, File};
use crate::words::{self, joined};

/// A figure in a column that ends in `_from` is included, one in `_below` is not.
const COLUMNS: [&str; 52] = [
    "list",
    "title_zh",
    "title_en",
    "list_kind",
    "edition",
    "zones",
    "cities",
    "from",
    "to",
    "settled_from",
    "superseded_by",
    "held",
    "missing_zh",
    "missing_en",
    "users_zh",
    "users_en",
    "ciio_zh",
    "ciio_en",
    "duties",
    "duties_zh",
    "duties_en",
    "record",
    "rule",
    "n",
    "sector",
    "sector_zh",
    "sector_en",
    "scenarios",
    "scenarios_zh",
    "scenarios_en",
    "ordinary_from",
    "ordinary_below",
    "sensitive_from",
    "sensitive_below",
    "numbers",
    "provided_ordinary_from",
    "provided_ordinary_below",
    "provided_sensitive_from",
    "provided_sensitive_below",
    "held_from",
    "held_below",
    "path",
    "paths",
    "what_zh",
    "what_en",
    "not_counted",
    "status",
    "readings_zh",
    "readings_en",
    "source",
    "last_checked_on",
    "reviewed_by",
];

pub(super) fn tables(base: &RuleBase, bom: bool) -> Result<[File; 2], ExportError> {
    let mut rows = Table::new("lists", &COLUMNS, bom);
    for edition in base.lists() {
        let records = records(base, edition);
        // An edition of which no row was seen has a line, too.
        let records = if records.is_empty() { vec![Record::default()] } else { records };
        for record in records {
            rows.row(head(edition).into_iter().chain(record.cells()).chain(tail(edition)));
        }
    }
    Ok([rows.file()?, fields(base, bom)?])
}

/// What one line says beside its edition.
#[derive(Default)]
struct Record {
    /// `row`, `residual` or `scale`; nothing where no row was seen.
    record: &'static str,
    rule: String,
    n: String,
    sector: [String; 3],
    scenarios: [String; 3],
    bands: Bands,
    /// How the two numbers stand to each other: `either` or `both`.
    numbers: &'static str,
    provided: Bands,
    held: Option<Band>,
    path: String,
    paths: String,
    what: Text,
    not_counted: String,
    status: Option<Status>,
    readings: Text,
}

impl Record {
    fn cells(self) -> Vec<String> {
        let mut cells = vec![self.record.to_owned(), self.rule, self.n];
        cells.extend(self.sector.into_iter().chain(self.scenarios));
        cells.extend([self.bands.ordinary, self.bands.sensitive].into_iter().flat_map(ends));
        cells.push(self.numbers.to_owned());
        cells.extend([self.provided.ordinary, self.provided.sensitive, self.held].into_iter().flat_map(ends));
        let status = self.status.map_or_else(String::new, |status| words::status(status).to_owned());
        cells.extend([self.path, self.paths, self.what.zh, self.what.en, self.not_counted, status]);
        cells.extend([self.readings.zh, self.readings.en]);
        cells
    }
}

fn records(base: &RuleBase, edition: &ListEdition) -> Vec<Record> {
    let place = |id: &str| format!("{}.{id}", edition.rule_prefix());
    let text = |rule: &str| base.rule(rule).map_or_else(Text::default, |rule| rule.provision.clone());
    let mut records: Vec<Record> = Vec::new();
    for row in &edition.row {
        // Rows on important data of the same scenarios are one provision, the first's.
        let alike = |other: &&ListRow| {
            other.important.is_some()
                && row.important.is_some()
                && other.sector == row.sector
                && other.scenarios == row.scenarios
        };
        let rule = place(edition.row.iter().find(alike).map_or(&row.id, |first| &first.id));
        let scenarios = row.scenarios.iter().filter_map(|slug| edition.scenario(&row.sector, slug));
        let named = joined(scenarios.map(|scenario| &scenario.name));
        records.push(Record {
            record: "row",
            n: row.n.clone().unwrap_or_default(),
            sector: sector(edition, &row.sector),
            scenarios: [listed(row.scenarios.iter().map(String::as_str)), named.zh, named.en],
            bands: row.bands(),
            numbers: numbers(row.bands(), row.path.frees()),
            provided: row.provided.unwrap_or_default(),
            path: word(&row.path),
            paths: names(row.path.paths()),
            what: row.important.clone().unwrap_or_else(|| text(&rule)),
            not_counted: listed(row.not_counted.iter().map(String::as_str)),
            status: Some(row.status),
            readings: readings(&row.reading, row.note.as_ref()),
            rule,
            ..Record::default()
        });
    }
    for row in &edition.residual {
        let (rule, bands) = (place(&row.id), Bands { ordinary: Some(row.ordinary), sensitive: Some(row.sensitive) });
        records.push(Record {
            record: "residual",
            n: row.n.clone().unwrap_or_default(),
            sector: sector(edition, &row.sector),
            bands,
            numbers: numbers(bands, false),
            path: word(&row.path),
            paths: names(row.path.paths()),
            what: text(&rule),
            not_counted: listed(row.not_counted.iter().map(String::as_str)),
            status: Some(row.status),
            rule,
            ..Record::default()
        });
    }
    records.extend(edition.scale.iter().map(|row| Record {
        record: "scale",
        rule: place(&row.id),
        held: Some(row.persons_held),
        path: "security-assessment".to_owned(),
        paths: names(&[law::Path::SecurityAssessment]),
        what: row.what.clone(),
        status: Some(row.status),
        readings: readings(&row.reading, None),
        ..Record::default()
    }));
    records
}

/// A row that asks for a procedure is met by either number, one that frees only by both.
fn numbers(bands: Bands, frees: bool) -> &'static str {
    match (bands.each().count(), frees) {
        (2, true) => "both",
        (2, false) => "either",
        _ => "",
    }
}

fn ends(band: Option<Band>) -> [String; 2] {
    let figure = |n: Option<u64>| n.map_or_else(String::new, |n| n.to_string());
    [figure(band.and_then(|band| band.min)), figure(band.and_then(|band| band.max))]
}

fn sector(edition: &ListEdition, slug: &str) -> [String; 3] {
    let name = edition.sector(slug).map_or_else(Text::default, |sector| sector.name.clone());
    [slug.to_owned(), name.zh, name.en]
}

fn readings(readings: &[ListReading], note: Option<&Text>) -> Text {
    let texts = readings.iter().map(|reading| {
        let status = words::status(reading.status);
        let figure =
            if reading.at_the_figure { ("，仅在恰为该数时", ", at exactly the figure only") } else { ("", "") };
        let Text { zh, en } = &reading.text;
        Text::new(format!("{zh}（{status}{}）", figure.0), format!("{en} ({status}{})", figure.1))
    });
    let (zh, en): (Vec<_>, Vec<_>) = texts.chain(note.cloned()).map(|text| (text.zh, text.en)).unzip();
    Text::new(zh.join("；"), en.join("; "))
}

fn head(edition: &ListEdition) -> Vec<String> {
    let missing = edition.missing.clone().unwrap_or_default();
    let term = &edition.in_force;
    let each = |of: fn(&law::ListDuty) -> &str| listed(edition.duty.iter().map(of));
    vec![
        edition.id.clone(),
        edition.title.zh.clone(),
        edition.title.en.clone(),
        word(&edition.kind),
        edition.edition.clone(),
        listed(edition.zones.iter().map(String::as_str)),
        listed(edition.cities.iter().map(String::as_str)),
        term.from.to_string(),
        day(term.to),
        day(term.settled_from),
        edition.superseded_by.clone().unwrap_or_default(),
        word(&edition.known),
        missing.zh,
        missing.en,
        edition.users.zh.clone(),
        edition.users.en.clone(),
        edition.ciio.zh.clone(),
        edition.ciio.en.clone(),
        each(|duty| &duty.id),
        each(|duty| &duty.text.zh),
        each(|duty| &duty.text.en),
    ]
}

fn tail(edition: &ListEdition) -> [String; 3] {
    let source = listed(edition.source.iter().map(String::as_str));
    [source, edition.last_checked.on.to_string(), edition.reviewed_by.clone()]
}

fn fields(base: &RuleBase, bom: bool) -> Result<File, ExportError> {
    let columns = [
        "list",
        "sector",
        "scenario",
        "scenario_zh",
        "scenario_en",
        "definition_zh",
        "definition_en",
        "set",
        "kind",
        "field_zh",
        "field_en",
        "open_ended",
        "limits_zh",
        "limits_en",
        "status",
    ];
    let mut table = Table::new("list-fields", &columns, bom);
    for edition in base.lists() {
        for sector in &edition.sector {
            for scenario in &sector.scenario {
                let sets = edition.field_set.iter().filter(|set| scenario.fields.contains(&set.id));
                let named = sets.flat_map(|set| set.fields.iter().map(move |field| Some((set, field))));
                let named: Vec<_> = named.collect();
                // A scenario whose fields were not seen has a line, too.
                let named = if named.is_empty() { vec![None] } else { named };
                for field in named {
                    table.row(line(edition, sector, scenario, field));
                }
            }
        }
    }
    table.file()
}

fn line(
    edition: &ListEdition,
    sector: &ListSector,
    scenario: &ListScenario,
    field: Option<(&FieldSet, &Text)>,
) -> Vec<String> {
    let definition = scenario.definition.clone().unwrap_or_default();
    let mut cells = vec![
        edition.id.clone(),
        sector.slug(),
        scenario.slug(),
        scenario.name.zh.clone(),
        scenario.name.en.clone(),
        definition.zh,
        definition.en,
    ];
    match field {
        None => cells.extend(vec![String::new(); 8]),
        Some((set, name)) => {
            let limits = set.limits.clone().unwrap_or_default();
            cells.extend([set.id.clone(), word(&set.kind), name.zh.clone(), name.en.clone()]);
            cells.extend([set.open_ended.to_string(), limits.zh, limits.en, words::status(set.status).to_owned()]);
        }
    }
    cells
}
