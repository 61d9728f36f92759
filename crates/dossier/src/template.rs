//! The questions of a procedure as TOML that a person fills in, with guidance as comments.

use std::fmt::Write as _;

use law::Text;
use serde_json::Value;

use crate::answers::Answers;
use crate::contents::contents;
use crate::model::{Field, Forms, Kind, Need, Table};
use crate::procedure::Procedure;

/// The language of questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// Chinese.
    Zh,
    /// English.
    En,
}

impl Lang {
    fn of(self, text: &Text) -> &str {
        match self {
            Self::Zh => &text.zh,
            Self::En => &text.en,
        }
    }

    fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

/// Every question of a procedure as TOML, each with its guidance as a comment and with its answer where there is one;
/// `""` is no answer, of every kind. Tables that have no row get an empty one to copy.
pub fn template(forms: &Forms, procedure: Procedure, answers: &Answers, lang: Lang) -> String {
    let mut out = String::new();
    let of = forms.procedure(procedure);
    let _ = writeln!(out, "# {} ({procedure})", lang.of(&of.title));
    let zh = "填在引号里，或者去掉引号填写；\"\" 表示没有填写。以 [[…]] 开头的部分可以复制，一行一份。";
    let en = "Fill in between the quotes, or without them; \"\" means not answered. Parts that begin with [[…]] may be copied, one for each row.";
    let _ = writeln!(out, "# {}", lang.pick(zh, en));
    if let Some(unknown) = &of.unknown {
        let _ = writeln!(out, "# {}{}", lang.pick("未知：", "Not known: "), lang.of(unknown));
    }
    let steps = contents(forms, procedure);
    for (at, step) in steps.iter().enumerate() {
        let plain = step.fields.iter().filter(|field| forms.tables_around(&field.id).next().is_none());
        let plain = plain.copied().collect::<Vec<_>>();
        if !plain.is_empty() {
            let _ = writeln!(out, "\n# === {}. {} ===", at + 1, lang.of(&step.step.title));
        }
        for field in plain {
            write_field(&mut out, forms, procedure, field, None, &[], answers, lang);
        }
    }
    let fields = steps.iter().flat_map(|step| step.fields.iter().copied()).collect::<Vec<_>>();
    let tops = forms.tables().iter().filter(|table| !table.id.contains('.') && table.needs.of(procedure).is_some());
    for table in tops {
        write_table(&mut out, forms, procedure, table, &fields, &[], answers, lang);
    }
    out
}

#[expect(clippy::too_many_arguments, reason = "what a line is written from; it has one caller of its own kind")]
fn write_table(
    out: &mut String,
    forms: &Forms,
    procedure: Procedure,
    table: &Table,
    fields: &[&Field],
    above: &[u32],
    answers: &Answers,
    lang: Lang,
) {
    let mut rows = answers.rows(&table.id, above);
    // An empty row to copy.
    if rows.is_empty() {
        rows.push(1);
    }
    for row in rows {
        let _ = writeln!(out, "\n# === {} {row} ===", lang.of(&table.title));
        let _ = writeln!(out, "# {}\n[[{}]]", lang.of(&table.guidance), table.id);
        let at = [above, &[row]].concat();
        let own = |field: &&&Field| forms.tables_around(&field.id).last().is_some_and(|last| last.id == table.id);
        for field in fields.iter().filter(own) {
            write_field(out, forms, procedure, field, Some(table), &at, answers, lang);
        }
        let within = |inner: &&Table| inner.id.rsplit_once('.').is_some_and(|(above, _)| above == table.id);
        for inner in forms.tables().iter().filter(within).filter(|inner| inner.needs.of(procedure).is_some()) {
            write_table(out, forms, procedure, inner, fields, &at, answers, lang);
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "what a line is written from; it has one caller of its own kind")]
fn write_field(
    out: &mut String,
    forms: &Forms,
    procedure: Procedure,
    field: &Field,
    table: Option<&Table>,
    rows: &[u32],
    answers: &Answers,
    lang: Lang,
) {
    let need = match field.needs.of(procedure) {
        Some(Need::Required) => lang.pick("必填", "required").to_owned(),
        Some(Need::When(conditions)) => {
            let on = conditions.iter().map(|condition| format!("`{}`", condition.field)).collect::<Vec<_>>();
            format!("{} {}", lang.pick("是否必填取决于", "required depending on"), on.join(", "))
        }
        _ => lang.pick("选填", "optional").to_owned(),
    };
    // Of further rows of a table the questions are those of the first.
    if rows.iter().all(|row| *row == 1) {
        let certainty = field.certainty_for(forms.procedure(procedure));
        let doubt = if certainty == law::Status::Confirmed {
            ""
        } else {
            lang.pick("；未见官方表格原文", "; the official form was not seen to ask it")
        };
        let _ = writeln!(out, "\n# {} ({need}{doubt})", lang.of(&field.title));
        let _ = writeln!(out, "# {}", lang.of(&field.guidance));
        if field.kind != (Kind::Text { max: None }) {
            let _ = writeln!(out, "# {}", lang.of(&field.kind.expects()));
        }
    }
    let key = table.map_or(field.id.as_str(), |table| field.id[table.id.len()..].trim_start_matches('.'));
    let value = answers.value(&forms.path(&field.id, rows)).map_or_else(|| "\"\"".to_owned(), toml_value);
    let _ = writeln!(out, "{key} = {value}");
}

/// A value on one line. Answers are texts, truth values, whole numbers, lists of texts and sizes.
fn toml_value(value: &Value) -> String {
    match value {
        // JSON's escapes are TOML's, but for the slash JSON never escapes here and DEL, which TOML wants escaped.
        Value::String(text) => Value::from(text.as_str()).to_string().replace('\u{7f}', "\\u007f"),
        Value::Array(items) => format!("[{}]", items.iter().map(toml_value).collect::<Vec<_>>().join(", ")),
        Value::Object(object) => {
            let parts = object.iter().map(|(key, value)| format!("{key} = {}", toml_value(value)));
            format!("{{ {} }}", parts.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}
