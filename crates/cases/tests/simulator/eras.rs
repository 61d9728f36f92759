//! The law as it is known year by year: the notice of a year's holidays comes out late in the year before, sometimes very late.

use std::path::Path;

use cases::simulate::Era;
use cases::{Procedures, World};
use jiff::civil::{Date, date};
use law::RuleBase;

/// The lawbook's files with their names.
fn lawbook() -> Vec<(String, String)> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../lawbook"));
    let mut files = Vec::new();
    collect(root, root, &mut files);
    files.sort();
    files
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).expect("the lawbook") {
        let path = entry.expect("an entry").path();
        let name = path.strip_prefix(root).expect("inside").to_string_lossy().into_owned();
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push((name, std::fs::read_to_string(&path).expect("text")));
        }
    }
}

/// The calendar with made-up years up to `last`, of which only those up to `known` have a notice.
fn calendar(text: &str, last: i16, known: i16) -> String {
    let mut calendar: toml::Table = text.parse().expect("the calendar");
    let years = calendar["year"].as_array_mut().expect("years");
    years.retain(|year| year["year"].as_integer().is_some_and(|year| year <= 2026));
    for year in 2027..=last {
        let days = format!(
            "year = {year}\nnotice = \"made up\"\nstatus = \"unconfirmed\"\nholiday = [\n\
             {{ zh = \"春节\", en = \"Spring Festival\", from = {year}-02-08, to = {year}-02-14, make_up = [{}] }},\n\
             {{ zh = \"国庆节\", en = \"National Day\", from = {year}-10-01, to = {year}-10-07 }} ]",
            saturday_before(date(year, 2, 8))
        );
        years.push(toml::Value::Table(days.parse().expect("a year")));
    }
    for year in years.iter_mut().filter_map(toml::Value::as_table_mut) {
        if year["year"].as_integer().is_some_and(|year| year > i64::from(known)) {
            year.insert("notice".into(), "".into());
            year.insert("status".into(), "unconfirmed".into());
            year.insert("holiday".into(), toml::Value::Array(Vec::new()));
        }
    }
    calendar.to_string()
}

fn saturday_before(day: Date) -> Date {
    let mut day = day.yesterday().expect("a day before");
    while day.weekday() != jiff::civil::Weekday::Saturday {
        day = day.yesterday().expect("a day before");
    }
    day
}

/// Rule bases with the day from which each is known.
pub(crate) fn bases(last: i16) -> Vec<(Date, RuleBase)> {
    let files = lawbook();
    let base = |known: i16| {
        let text = |name: &str, text: &str| {
            if name == "calendar.toml" { calendar(text, last, known) } else { text.to_owned() }
        };
        let files: Vec<(String, String)> = files.iter().map(|(n, t)| (n.clone(), text(n, t))).collect();
        RuleBase::parse(files.iter().map(|(name, text)| (name.as_str(), text.as_str()))).expect("a rule base")
    };
    let mut bases = vec![(date(2017, 6, 1), base(2022))];
    for year in 2023..=last {
        // Every third notice is out only days before the year begins.
        let from = if year % 3 == 0 { date(year - 1, 12, 28) } else { date(year - 1, 11, 5) };
        bases.push((from, base(year)));
    }
    bases
}

/// The eras of procedures under these bases.
pub(crate) fn known<'a>(procedures: &'a Procedures, bases: &'a [(Date, RuleBase)]) -> Vec<Era<'a>> {
    let world = |base| World::new(procedures, dossier::forms(), base).expect("a world");
    bases.iter().map(|(from, base)| Era { from: *from, world: world(base) }).collect()
}
