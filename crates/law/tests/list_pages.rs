//! The pages `lawbook/scenarios/list-*.md`: a worked case in and just outside every row of every edition of a zone's list.
//!
//! They are written from the editions' files by the naive reader in `raw_lists`, which knows nothing of rules, and are read and
//! tried like every other page. Where an edition was changed, `TONGGUAN_WRITE_PAGES=1 cargo test -p tongguan-law --test
//! list_pages` writes them anew; a lawyer reads the difference.

mod raw_lists;
mod support;

use std::fmt::Write as _;
use std::path::Path;

use jiff::ToSpan;
use jiff::civil::Date;
use law::slug;
use raw_lists::{
    KINDS, RAW, by_table, figure, first_day, inside, met, national, rows, scenarios, tables, weight, word,
};
use toml::Table;

/// Enough persons to need a procedure by the national numbers.
const MANY: [u64; 2] = [150_000, 0];

/// One edition and its page so far.
struct Page<'a> {
    id: &'a str,
    edition: &'a Table,
    on: Date,
    /// Whether the table under way has columns for duties and for other regimes.
    columns: [bool; 2],
    text: String,
}

/// How a case comes out.
struct Comes {
    outcome: &'static str,
    paths: &'static str,
}

/// By weight: 0 free, 1 free after filing, 2 contract or certificate, 3 assessment.
fn comes(weight: u8) -> Comes {
    let paths = ["exempt", "exempt", "standard-contract, certification", "security-assessment"][usize::from(weight)];
    Comes { outcome: "determined", paths }
}

/// What stands on a list and was not seen may be anything: a person reads the list.
const A_PERSON: Comes =
    Comes { outcome: "human-judgement", paths: "exempt, standard-contract, certification, security-assessment" };

fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn persons([ordinary, sensitive]: [u64; 2]) -> String {
    let say = |kind: &str, n: u64| (n > 0).then(|| format!("persons.{kind} = {}", grouped(n)));
    let all: Vec<String> = [say("ordinary", ordinary), say("sensitive", sensitive)].into_iter().flatten().collect();
    if all.is_empty() { "persons.ordinary = 0".to_owned() } else { all.join("; ") }
}

fn words(of: &Table, key: &str) -> Vec<String> {
    let list = of.get(key).and_then(toml::Value::as_array);
    list.map(|list| list.iter().filter_map(toml::Value::as_str).map(str::to_owned).collect()).unwrap_or_default()
}

/// The band's last figures on either side: one too few, the least, the greatest, one too many.
fn edges(band: &Table) -> Vec<u64> {
    let below = figure(band, "min").filter(|min| *min > 0).into_iter().flat_map(|min| [min - 1, min]);
    below.chain(figure(band, "max").into_iter().flat_map(|max| [max - 1, max])).collect()
}

fn bands(row: &Table) -> impl Iterator<Item = (usize, &Table)> {
    (0..2).filter_map(|kind| Some((kind, row.get(KINDS[kind])?.as_table()?)))
}

fn counts(kind: usize, n: u64) -> [u64; 2] {
    let mut counts = [0, 0];
    counts[kind] = n;
    counts
}

impl<'a> Page<'a> {
    fn rule(&self, id: &str) -> String {
        format!("cn.list.{}.{id}", self.id)
    }

    fn partial(&self) -> bool {
        word(self.edition, "known") == "partial"
    }

    fn files(&self) -> bool {
        tables(self.edition, "duty").iter().any(|duty| word(duty, "id") == "zone-filing")
    }

    fn zones(&self) -> Vec<String> {
        words(self.edition, "zones")
    }

    fn sectors(&self) -> Vec<(String, &'a str)> {
        let name = |sector: &&Table| sector["name"]["en"].as_str().expect("a name").to_owned();
        tables(self.edition, "sector")
            .iter()
            .map(|s| (slug(&name(s)), s["name"]["en"].as_str().expect("a name")))
            .collect()
    }

    /// A scenario of the sector, or one that nobody saw.
    fn scenario(&self, sector: &str) -> String {
        let found = scenarios(self.edition).into_iter().find(|(of, _)| of == sector);
        found.map_or_else(|| "as-the-list-names-it".to_owned(), |(_, scenario)| scenario)
    }

    fn section(&mut self, heading: &str, given: &str, columns: [bool; 2]) {
        self.columns = columns;
        let [duties, regimes] = columns;
        let beside = [(duties, "duties"), (regimes, "also check")].into_iter().filter(|(there, _)| *there);
        let names =
            ["case", "on", "facts", "outcome", "paths", "rules"].into_iter().chain(beside.map(|(_, name)| name));
        let names: Vec<&str> = names.chain(["what it shows"]).collect();
        let (head, dashes) = (names.join(" | "), "---|".repeat(names.len()));
        write!(self.text, "\n## {heading}\n\nGiven: `{given}`\n\n| {head} |\n|{dashes}\n").expect("text");
    }

    /// A row of the table under way; of `beside`: duties, other regimes.
    #[allow(clippy::too_many_arguments, reason = "the cells of a row")]
    fn case(&mut self, name: &str, on: Date, facts: &str, comes: &Comes, rules: &str, beside: [&str; 2], shows: &str) {
        let Comes { outcome, paths } = comes;
        let or_dash = |word: &str| if word.is_empty() { "-".to_owned() } else { word.to_owned() };
        let beside = beside.iter().zip(self.columns).filter(|(_, there)| *there).map(|(word, _)| or_dash(word) + " | ");
        let beside: String = beside.collect();
        let id = self.id;
        let rules = or_dash(rules);
        let line = format!("| {id} {name} | {on} | `{facts}` | {outcome} | {paths} | {rules} | {beside}{shows} |");
        writeln!(self.text, "{line}").expect("text");
    }

    /// What has to be filed before anything leaves.
    fn filing(&self, weight: u8) -> &'static str {
        match weight {
            _ if !self.files() => "",
            1 => "zone-filing",
            _ => "!zone-filing",
        }
    }

    /// In and just outside the numbers of a row.
    fn row(&mut self, row: &Table) {
        let name = word(row, "id");
        let says = word(row, "path").replace('-', " ");
        let scenes = words(row, "scenarios");
        for (kind, band) in bands(row) {
            for n in edges(band) {
                self.numbers(
                    row,
                    &scenes[0],
                    &format!("{name}, {} {}", KINDS[kind], grouped(n)),
                    counts(kind, n),
                    &says,
                );
            }
        }
        for scene in &scenes[1..] {
            let (kind, band) = bands(row).next().expect("numbers");
            let n = figure(band, "min").unwrap_or_else(|| figure(band, "max").expect("a figure") - 1);
            self.numbers(row, scene, &format!("{name}, {scene}"), counts(kind, n), &says);
        }
    }

    fn numbers(&mut self, row: &Table, scene: &str, name: &str, counts: [u64; 2], says: &str) {
        let all = rows(self.edition, scene);
        let here = met(row, counts);
        let seen = all.iter().any(|row| met(row, counts));
        let weighed = by_table(&all, counts);
        let decides = here && weighed == weight(word(row, "path"));
        let mark = if decides { "" } else { "!" };
        let outcome = if self.partial() && !seen { A_PERSON } else { comes(weighed) };
        let shows = match (decides, here) {
            (true, _) => format!("within the row: {says}"),
            (_, true) => "within the row, and a heavier one asks more".to_owned(),
            _ if self.partial() && !seen => "outside the row; what else the list says was not seen".to_owned(),
            _ => "outside the row".to_owned(),
        };
        let facts = format!("list.scenario = {scene}; {}", persons(counts));
        let rule = format!("{mark}{}", self.rule(word(row, "id")));
        let filing = self.filing(if outcome.outcome == "determined" { weighed } else { 0 });
        self.case(name, self.on, &facts, &outcome, &rule, [filing, ""], &shows);
    }

    /// Data that counts as important. Rows on the same scenarios are cited by the first of them.
    fn important(&mut self, row: &Table) {
        let alike = |other: &&&Table| {
            other.contains_key("important")
                && other["sector"] == row["sector"]
                && other["scenarios"] == row["scenarios"]
        };
        let all = tables(self.edition, "row");
        let first = word(all.iter().find(alike).expect("itself"), "id").to_owned();
        let (id, scenes) = (word(row, "id"), words(row, "scenarios"));
        let rule = self.rule(&first);
        let says = row["important"]["en"].as_str().expect("words");
        for scene in &scenes {
            let facts = format!("list.scenario = {scene}; data.important = notified");
            self.case(&format!("{id}, {scene}"), self.on, &facts, &comes(3), &rule, ["", ""], says);
        }
        if id == first {
            let facts = format!("list.scenario = {}; list.on_list = false; {}", scenes[0], persons(MANY));
            let (national, not) = (comes(national(MANY)), format!("!{rule}"));
            let shows = "none of the data the rows name: the national numbers";
            self.case(&format!("{id}, other data"), self.on, &facts, &national, &not, ["", ""], shows);
        }
    }

    /// What of a sector is not named: in and just outside the national numbers that the row repeats.
    fn residual(&mut self, row: &Table) {
        let id = word(row, "id");
        let scene = self.scenario(word(row, "sector"));
        for (kind, band) in bands(row) {
            for n in edges(band) {
                let counts = counts(kind, n);
                let within = inside(row, kind, counts) == Some(true);
                let mark = if within { "" } else { "!" };
                let facts = format!("list.scenario = {scene}; list.on_list = false; {}", persons(counts));
                let name = format!("{id}, {} {}", KINDS[kind], grouped(n));
                let shows =
                    if within { "not named: the national numbers, which the row repeats" } else { "outside the row" };
                let rule = format!("{mark}{}", self.rule(id));
                self.case(&name, self.on, &facts, &comes(national(counts)), &rule, ["", ""], shows);
            }
        }
    }

    fn sector(&mut self, sector: &str, name: &str) {
        let of = |row: &&Table| word(row, "sector") == sector;
        let all: Vec<&Table> = tables(self.edition, "row").into_iter().filter(of).collect();
        let rest: Vec<&Table> = tables(self.edition, "residual").into_iter().filter(of).collect();
        let zone = self.zones()[0].clone();
        self.section(
            &format!("Sector: {name}"),
            &format!("handler.zone = {zone}; handler.sector = {sector}; list.on_list = true"),
            [self.files(), false],
        );
        for row in all {
            if row.contains_key("important") { self.important(row) } else { self.row(row) }
        }
        for row in rest {
            self.residual(row);
        }
        if self.partial() {
            let facts = format!("list.scenario = as-the-list-names-it; {}", persons(MANY));
            let rule = self.rule("unseen-row");
            let shows = "on the list, and its row was not seen: a person reads it";
            self.case(&format!("{sector}, row not seen"), self.on, &facts, &A_PERSON, &rule, ["", ""], shows);
            let facts = format!("list.scenario = as-the-list-names-it; list.on_list = false; {}", persons(MANY));
            let rule = self.rule("off-list");
            let shows = "off a list known in part: it frees nothing";
            self.case(
                &format!("{sector}, off the list"),
                self.on,
                &facts,
                &comes(national(MANY)),
                &rule,
                ["", ""],
                shows,
            );
        }
    }

    /// What the edition says of all its sectors together: who and when, other lists, duties, other regimes.
    fn whole(&mut self) {
        let (sector, _) = self.sectors()[0].clone();
        let scene = self.scenario(&sector);
        let zone = self.zones()[0].clone();
        let given = format!("handler.zone = {zone}; list.on_list = false; {}", persons(MANY));
        self.section("The list as a whole", &given, [true, true]);
        let national = comes(national(MANY));
        let (on, within) = (self.on, format!("handler.sector = {sector}; list.scenario = {scene}"));
        let whose = if self.partial() { "off-list" } else { "no-such-scenario" };
        let (rule, none) = (self.rule(whose), format!("handler.sector = {sector}; list.scenario = not-on-any-list"));
        let line = if self.partial() { within.clone() } else { none };
        self.case(
            "who may use it",
            on,
            &line,
            &national,
            &rule,
            ["", ""],
            "a handler of the zone; the list frees nothing here",
        );
        for zone in &self.zones()[1..] {
            let facts = format!("handler.zone = {zone}; {line}");
            self.case(
                &format!("who may use it, {zone}"),
                on,
                &facts,
                &national,
                &rule,
                ["", ""],
                "the other zone's handlers as well",
            );
        }
        for city in words(self.edition, "cities") {
            let facts = format!("handler.zone = none; handler.city = {city}0115; {line}");
            self.case(
                &format!("who may use it, {city}0115"),
                on,
                &facts,
                &national,
                &rule,
                ["", ""],
                "in no zone, registered in the city",
            );
        }
        let not = format!("!{rule}");
        let term = self.edition["in_force"].as_table().expect("days");
        let day = |key: &str| term.get(key).map(|day| day.to_string().parse::<Date>().expect("a date"));
        let before = day("from").expect("a day").yesterday().expect("a day");
        self.case("the day before", before, &line, &national, &not, ["", ""], "not yet in force");
        if let Some(to) = day("to") {
            let after = to.saturating_add(1.day());
            self.case("the day after", after, &line, &national, &not, ["", ""], "no longer in force");
        }
        let facts = format!("handler.sector = education; list.scenario = {scene}");
        let rule = self.rule("no-such-sector");
        self.case(
            "another sector",
            on,
            &facts,
            &national,
            &rule,
            ["", ""],
            "the list does not cover it: the national numbers",
        );
        if word(self.edition, "kind") == "negative" {
            let other = if self.zones().iter().any(|zone| zone == "cn-sh-ftz") { "cn-tj-ftz" } else { "cn-sh-ftz" };
            let facts = format!("{within}; list.adopted = {other}");
            let rule = self.rule("adopted");
            if self.edition.contains_key("adopts") {
                self.case(
                    "another zone's list",
                    on,
                    &facts,
                    &A_PERSON,
                    &rule,
                    ["", ""],
                    "may be used by a person's word",
                );
            } else {
                let shows = "no provision was seen that lets one use it";
                self.case("another zone's list", on, &facts, &national, &rule, ["", ""], shows);
            }
        }
        self.beside(&sector, &within);
    }

    /// What stands beside the rows: reference rules by scale, duties, other regimes.
    fn beside(&mut self, sector: &str, within: &str) {
        let (on, national) = (self.on, comes(national(MANY)));
        for row in tables(self.edition, "scale") {
            let min = figure(row["persons_held"].as_table().expect("a band"), "min").expect("a figure");
            let few = [20_000, 0];
            for (held, weight, mark) in [(min - 1, raw_lists::national(few), "!"), (min, 3, "")] {
                let facts = format!("handler.persons_held = {}; {}", grouped(held), persons(few));
                let name = format!("{} {}", word(row, "id"), grouped(held));
                let rule = format!("{mark}{}", self.rule(word(row, "id")));
                self.case(&name, on, &facts, &comes(weight), &rule, ["", ""], "persons held, by the reference rules");
            }
        }
        for duty in tables(self.edition, "duty").iter().filter(|duty| word(duty, "id") != "zone-filing") {
            let id = word(duty, "id");
            let rule = self.rule(id);
            self.case(&format!("duty {id}"), on, within, &national, &rule, [id, ""], "owed by whoever uses the list");
        }
        for (n, regime) in tables(self.edition, "also_check").iter().enumerate() {
            let sector = words(regime, "sectors").into_iter().next().unwrap_or_else(|| sector.to_owned());
            let facts = format!("handler.sector = {sector}; list.scenario = {}", self.scenario(&sector));
            let rule = self.rule(&format!("also-check-{}", n + 1));
            let name = format!("regime {}", n + 1);
            self.case(&name, on, &facts, &national, &rule, ["", word(regime, "regime")], "stays beside the list");
        }
    }
}

/// The page of one edition.
fn page(id: &str, edition: &Table) -> String {
    let title = edition["title"]["en"].as_str().expect("a title");
    let text = format!(
        "# {title}\n\nEach row in and just outside its numbers, then what is said of the list as a whole. Written from \
         `lists/{id}.toml` by a reader that knows\nnothing of the rules made of it (`law/tests/list_pages.rs`): what must \
         come out is what the row itself says, and where no row speaks, Order 16.\n"
    );
    let mut page = Page { id, edition, on: first_day(edition), columns: [false; 2], text };
    for (sector, name) in page.sectors() {
        page.sector(&sector, name);
    }
    page.whole();
    page.text
}

#[test]
fn every_row_of_every_list_has_its_cases_on_a_page() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lawbook/scenarios");
    let write = std::env::var_os("TONGGUAN_WRITE_PAGES").is_some();
    let mut cases = 0;
    for (id, edition) in RAW.iter() {
        let (text, path) = (page(id, edition), folder.join(format!("list-{id}.md")));
        if write {
            std::fs::write(&path, &text).expect("writes");
        }
        let there = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            there == text,
            "{} is not what its list says; write it anew (see the head of this file)",
            path.display()
        );
        cases += text.lines().filter(|line| line.starts_with(&format!("| {id} "))).count();
    }
    assert!(cases > 400, "{cases}");
}
