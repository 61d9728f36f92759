//! A complete made-up dossier for any procedure: for examples, tests and simulations. Nobody is described.

use std::cell::OnceCell;

use codes::check::uscc_check_char;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::answers::{Answers, Origin};
use crate::dossier::{Attached, Dossier};
use crate::model::{Field, Forms, Kind};
use crate::paper::example_paper;
use crate::procedure::Procedure;

/// Every question of a procedure answered, and every material attached ([`example_paper`]), so that nothing is missing on the day it
/// is filed.
/// The same seed and day give the same dossier.
pub fn example(forms: &Forms, procedure: Procedure, on: Date, seed: u64) -> Dossier {
    let people = People::new(seed);
    let mut answers = Answers::default();
    for field in forms.fields_of(procedure).filter(|field| field.kind.is_asked()) {
        // Recipients are listed; a note would stand in their place.
        if field.id == "scenario.recipients_note" {
            continue;
        }
        let tables = forms.tables_around(&field.id).collect::<Vec<_>>();
        // Two data items, one of them sensitive; one row of everything else.
        let rows = match tables.last().map(|table| table.id.as_str()) {
            None => vec![vec![]],
            Some("scenario.item") => vec![vec![1, 1], vec![1, 2]],
            Some(_) => vec![vec![1; tables.len()]],
        };
        for rows in rows {
            let value = people.value(field, procedure, rows.last().copied().unwrap_or(1), on);
            answers.put(forms.path(&field.id, &rows), value, Origin::Typed);
        }
    }
    let materials = forms.materials_of(procedure).map(|material| {
        let paper = example_paper(&material.id, seed);
        Attached {
            material: material.id.clone(),
            digest: transfer::digest(&paper),
            name: format!("{}.pdf", material.title.zh),
            size: paper.len() as u64,
            media_type: material.media_types[0].clone(),
            answers: None,
        }
    });
    Dossier { materials: materials.collect(), answers, ..Dossier::default() }
}

/// Made-up people and codes of one seed.
struct People {
    /// The legal representative, the security officer, and whoever else is asked for; made when first asked for.
    filing: [OnceCell<Person>; 3],
    seed: u64,
}

/// Cells of the people the generator makes. Some of its cells are empty, and some of its numbers are made wrong.
#[derive(Default)]
struct Person {
    name: String,
    mobile: String,
    email: String,
    resident_id: String,
}

/// The place of a column, what was found in it so far, and what is a good value.
type Wanted<'a> = (Option<usize>, &'a mut String, fn(&str) -> bool);

/// People are looked for among the first so many.
const PEOPLE: u64 = 40;

impl Person {
    /// Of each column the first good value at or after a row.
    fn from(seed: u64, row: u64) -> Self {
        let columns = sample::columns(sample::Kind::People);
        let place = |column: &str| columns.iter().position(|name| *name == column);
        let mut person = Self::default();
        let Self { name, mobile, email, resident_id } = &mut person;
        let mut wanted: [Wanted<'_>; 4] = [
            (place("name"), name, |cell| !cell.trim().is_empty()),
            (place("mobile"), mobile, |cell| codes::check::mobile_cn(cell).is_valid()),
            (place("email"), email, |cell| codes::check::email(cell).is_valid()),
            (place("resident_id"), resident_id, |cell| codes::check::resident_id(cell).is_valid()),
        ];
        for row in row..PEOPLE {
            if wanted.iter().all(|(_, found, _)| !found.is_empty()) {
                break;
            }
            let cells = sample::row(sample::Kind::People, row, seed);
            for (place, found, good) in wanted.iter_mut().filter(|(_, found, _)| found.is_empty()) {
                let cell = place.and_then(|place| cells[place].as_deref()).filter(|cell| good(cell));
                cell.unwrap_or_default().clone_into(found);
            }
        }
        person
    }
}

impl People {
    fn new(seed: u64) -> Self {
        Self { filing: Default::default(), seed }
    }

    /// Three people file: who is meant is the beginning of the field's id.
    fn person(&self, field: &Field) -> &Person {
        let at = match field.id.split('.').next() {
            Some("legal_representative") => 0,
            Some("security_officer") => 1,
            _ => 2,
        };
        self.filing[at].get_or_init(|| Person::from(self.seed, 8 * at as u64))
    }

    /// A code with a check character that holds.
    fn uscc(&self, n: u64) -> String {
        // The alphabet of the code has neither I nor O, so that digits are always in it.
        let body = format!("91440300MA5{:06}", (self.seed.wrapping_mul(7).wrapping_add(n)) % 1_000_000);
        let check = char::from(uscc_check_char(body.as_bytes()));
        format!("{body}{check}")
    }

    fn value(&self, field: &Field, procedure: Procedure, row: u32, on: Date) -> Value {
        let later = |years: i32| on.checked_add(years.years()).unwrap_or(on).to_string();
        match (field.id.as_str(), &field.kind) {
            ("handler.persons_held", _) => json!(500_000 + self.seed % 100_000),
            ("handler.ciio" | "legal_representative.none" | "scenario.unchanged.link", _) => json!(false),
            ("scenario.persons.this_year", _) => json!(12_000 + self.seed % 1_000),
            ("scenario.data", _) => json!(["important", "personal"]),
            ("scenario.recipient.country", _) => {
                json!(if procedure == Procedure::GbaStandardContract { "HK" } else { "SG" })
            }
            ("scenario.item.sensitive", _) => json!(row == 2),
            ("scenario.item.class", _) => json!(if row == 2 { "health" } else { "mobile-phone" }),
            ("scenario.item.columns", _) => json!([format!("orders.column_{row}")]),
            ("contract.arbitration_body", _) => json!("other"),
            ("contract.commercial", _) => json!(format!("服务合同，{on}")),
            ("self_assessment.started" | "authorisation.from", _) => json!(on.to_string()),
            ("authorisation.until" | "scenario.retention_until" | "certification.expires", _) => json!(later(2)),
            (id, Kind::Text { .. }) if id.rsplit('.').next() == Some("name") => {
                json!(format!("示例{}{}", field.title.zh, self.seed % 1_000 * 10 + u64::from(row)))
            }
            (_, Kind::Text { .. }) => json!(format!("示例：{}。", field.title.zh)),
            (_, Kind::Choice { options }) => json!(options[0].id),
            (_, Kind::Choices { options }) => json!([options[0].id]),
            (_, Kind::YesNo | Kind::Tick) => json!(true),
            (_, Kind::Day) => json!(on.to_string()),
            (_, Kind::Persons) => json!(30_000 + self.seed % 1_000),
            (_, Kind::Number) => json!(20 + self.seed % 100),
            (_, Kind::Growth) => json!(10),
            (_, Kind::Size) => json!({"amount": 12, "unit": "GB"}),
            (_, Kind::Phone) => json!(self.person(field).mobile),
            (_, Kind::Email) => json!(self.person(field).email),
            (_, Kind::Uscc) => json!(self.uscc(if field.id == "member.uscc" { u64::from(row) } else { 0 })),
            (_, Kind::IdNumber { .. }) => json!(self.person(field).resident_id),
            (_, Kind::Country) => json!("CN"),
            (_, Kind::PersonName) => json!(self.person(field).name),
            (_, Kind::Columns | Kind::Class | Kind::Computed { .. }) => Value::Null,
        }
    }
}
