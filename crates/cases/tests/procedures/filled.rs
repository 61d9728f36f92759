//! Made-up answers: whatever the completeness check still asks for, until it asks for nothing.

use cases::{Attachment, Case, Payload, World};
use dossier::{AnswerPath, Attached, GapCode, Kind, Origin};
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::{Value, json};

/// What makes the forms of the case's state complete on the day, with two data items; where the state has no forms, nothing.
pub(crate) fn complete(world: &World<'_>, case: &Case, on: Date) -> Payload {
    let procedure = world.procedures.get(case.procedure.as_str()).unwrap();
    let mut payload = Payload::default();
    let Some(forms) = procedure.state(case.state.as_str()).unwrap().forms else { return payload };
    let mut dossier = case.dossier.clone();
    let mut put = |dossier: &mut dossier::Dossier, path: &str, value: Value| {
        let path: AnswerPath = path.parse().unwrap();
        dossier.answers.put(path.clone(), value.clone(), Origin::Typed);
        payload.answers.insert(path, value);
    };
    if world.forms.table("scenario.item").is_some_and(|table| table.needs.of(forms).is_some()) {
        for (row, name) in [(1, "客户姓名"), (2, "所在城市")] {
            put(&mut dossier, &format!("scenario[1].item[{row}].name"), json!(name));
        }
    }
    let mut files: Vec<Attachment> = Vec::new();
    for _ in 0..20 {
        for gap in dossier::gaps(world.forms, world.base, forms, &dossier, on) {
            if matches!(gap.code, GapCode::MissingMaterial | GapCode::WrongMedia) {
                let types = &world.forms.material(&gap.path).unwrap().media_types;
                let file = file(Some(&gap.path), &types[0]);
                dossier.materials.push(Attached {
                    material: gap.path,
                    digest: file.digest.clone(),
                    name: file.name.clone(),
                    size: file.size,
                    media_type: file.media_type.clone(),
                    answers: None,
                });
                files.push(file);
            } else if gap.code == GapCode::NoRow {
                let first = world.forms.fields().iter().find(|field| {
                    let rest = field.id.strip_prefix(&gap.field).and_then(|rest| rest.strip_prefix('.'));
                    rest.is_some_and(|rest| !rest.contains('.')) && field.needs.of(forms).is_some()
                });
                let first = first.unwrap_or_else(|| panic!("`{}` has no field", gap.field));
                let name = first.id.rsplit('.').next().unwrap();
                put(&mut dossier, &format!("{}[1].{name}", gap.path), value(&first.kind, &first.id, on));
            } else {
                let field = world.forms.field(&gap.field).unwrap_or_else(|| panic!("{gap:?}"));
                put(&mut dossier, &gap.path, value(&field.kind, &field.id, on));
            }
        }
    }
    let left = dossier::gaps(world.forms, world.base, forms, &dossier, on);
    assert!(left.is_empty(), "{forms:?} on {on} still lacks {left:#?}");
    payload.attachments = files;
    payload
}

/// A made-up file, perhaps as one of the materials.
pub(crate) fn file(material: Option<&str>, media_type: &str) -> Attachment {
    let paper = paper(material);
    Attachment {
        digest: transfer::digest(&paper),
        name: format!("{}.pdf", material.unwrap_or("paper")),
        media_type: media_type.to_owned(),
        size: paper.len() as u64,
        material: material.map(str::to_owned),
    }
}

/// The content of such a file.
pub(crate) fn paper(material: Option<&str>) -> Vec<u8> {
    dossier::example_paper(material.unwrap_or("paper"), 1)
}

fn value(kind: &Kind, id: &str, on: Date) -> Value {
    let later = ["until", "expires"].iter().any(|end| id.ends_with(end));
    match kind {
        Kind::Text { max } => json!("示例".chars().take(max.map_or(9, |max| max as usize)).collect::<String>()),
        Kind::Choice { options } => json!(options.last().unwrap().id),
        Kind::Choices { options } => json!([options.last().unwrap().id]),
        // What an extension asks to be so, or to be explained.
        Kind::YesNo => json!(id.starts_with("scenario.unchanged.") || id == "extension.document_meets"),
        Kind::Tick => json!(true),
        Kind::Day => json!(if later { on.saturating_add(2.years()) } else { on }.to_string()),
        Kind::Persons | Kind::Number => json!(20),
        Kind::Growth => json!(5),
        Kind::Size => json!({"amount": 3, "unit": "GB"}),
        Kind::Phone => json!("010-55627135"),
        Kind::Email => json!("office@example.com"),
        Kind::Uscc => json!(crate::support::USCC),
        Kind::IdNumber { .. } => json!("E00000000"),
        Kind::Country => json!(if id.contains("recipient") { "HK" } else { "CN" }),
        Kind::PersonName => json!("张三"),
        Kind::Columns => json!(["people.city"]),
        Kind::Class => json!("city"),
        Kind::Computed { .. } => Value::Null,
    }
}
