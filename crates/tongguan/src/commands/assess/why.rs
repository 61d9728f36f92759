//! `--why`: the determination as a document, for a terminal or as Markdown.

use law::{Block, Determination, Document, RuleBase, Text};
use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

use super::Subject;
use crate::Failure;
use crate::args::{Format, WhyForm};
use crate::catalogue::Say;
use crate::commands::Context;
use crate::screen::{COLUMNS, Paint, paint, wrap};

#[derive(Serialize)]
struct WithDocument<'a> {
    #[serde(flatten)]
    determination: &'a Determination,
    why: &'a Document,
}

/// The text of a row begins this far right at most.
const ROW: usize = 54;

pub(super) fn run(context: &Context, base: &RuleBase, subject: &Subject, form: WhyForm) -> Result<(), Failure> {
    let determination = &subject.determination;
    let document = law::why(base, determination, subject.about.clone())?;
    match (context.format, form) {
        (Format::Json, _) => context.json(&WithDocument { determination, why: &document }),
        (Format::Text, WhyForm::Text) => context.out(&text(context.say, &document)),
        (Format::Text, WhyForm::Markdown) => context.out(&markdown(context.say, &document)),
    }
}

fn text(say: Say, document: &Document) -> String {
    let of = |text: &Text| say.of(text).to_owned();
    let mut lines = vec![paint(&of(&document.title), Paint::Strong)];
    for (n, section) in document.sections.iter().enumerate() {
        lines.push(String::new());
        lines.push(paint(&format!("{}. {}", n + 1, of(&section.heading)), Paint::Strong));
        let names = section.blocks.iter().filter_map(|block| match block {
            Block::Row(name, _) => Some(say.of(name).width() + 5),
            _ => None,
        });
        let column = names.max().unwrap_or(0).clamp(14, ROW);
        for block in &section.blocks {
            match block {
                Block::Paragraph(text) => lines.push(wrap("", &of(text), 3)),
                Block::Row(name, text) => lines.extend(row(&of(name), &of(text), column)),
                Block::Group(name) => {
                    lines.push(String::new());
                    lines.push(paint(&wrap("", &of(name), 3), Paint::Strong));
                }
                Block::Item(name, below) => {
                    lines.push(wrap("   -", &of(name), 5));
                    lines.extend(below.iter().map(|line| wrap("", &of(line), 5)));
                }
            }
        }
    }
    lines.join("\n")
}

/// A name and its text on one line, or on two where the name is long.
fn row(name: &str, text: &str, column: usize) -> Vec<String> {
    let name = format!("   {name}");
    // What cannot be broken, such as a digest, gets a line of its own.
    if text.is_ascii() && text.split(' ').any(|word| column + word.width() > COLUMNS) {
        return vec![name, wrap("", text, 5)];
    }
    if name.width() < column {
        return vec![wrap(&name, text, column)];
    }
    vec![name, wrap("", text, column)]
}

fn markdown(say: Say, document: &Document) -> String {
    let of = |text: &Text| escaped(say.of(text));
    let mut lines = vec![format!("# {}", of(&document.title))];
    for (n, section) in document.sections.iter().enumerate() {
        lines.push(format!("\n## {}. {}\n", n + 1, of(&section.heading)));
        let mut in_table = false;
        for block in &section.blocks {
            if in_table && !matches!(block, Block::Row(..)) {
                lines.push(String::new());
                in_table = false;
            }
            match block {
                Block::Paragraph(text) => lines.push(format!("{}\n", of(text))),
                Block::Group(name) => lines.push(format!("### {}\n", of(name))),
                Block::Row(name, text) => {
                    if !in_table {
                        let [item, text] = ["why.item", "why.text"].map(|key| say.text(key));
                        lines.push(format!("| {item} | {text} |\n|:--|:--|"));
                        in_table = true;
                    }
                    lines.push(format!("| {} | {} |", of(name), of(text)));
                }
                Block::Item(name, below) => {
                    lines.push(format!("- **{}**", of(name)));
                    lines.extend(below.iter().map(|line| format!("\n  {}", of(line))));
                    lines.push(String::new());
                }
            }
        }
    }
    let text = lines.join("\n");
    // One empty line is enough.
    let mut out = String::new();
    for line in text.lines() {
        if !(line.is_empty() && out.ends_with("\n\n")) {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.trim_end().to_owned()
}

/// A text in which nothing is mistaken for markup; addresses stay whole.
fn escaped(text: &str) -> String {
    let word = |word: &str| {
        if word.starts_with("https://") || word.starts_with("http://") {
            return format!("<{word}>");
        }
        let mut out = String::with_capacity(word.len());
        for character in word.chars() {
            if "\\*_[]<>|#".contains(character) {
                out.push('\\');
            }
            out.push(character);
        }
        out
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_mistaken_for_markup_and_addresses_stay_whole() {
        assert_eq!(escaped("a_b | *c* # <d>"), "a\\_b \\| \\*c\\* \\# \\<d\\>");
        assert_eq!(escaped("see https://example.org/c_1.htm ; x"), "see <https://example.org/c_1.htm> ; x");
    }
}
