//! What a person sees: tables that fit 80 columns, a little colour on a terminal, progress on long work.

use std::io::{IsTerminal as _, Write as _};
use std::sync::Mutex;

use clearance::{Step, Watch};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::catalogue::Say;

/// The width tables keep to.
pub(crate) const COLUMNS: usize = 80;

/// Whether standard output shows colours.
pub(crate) fn colours() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

/// How a piece of text is painted.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Paint {
    Good,
    Bad,
    Faint,
    Strong,
}

/// Paints a text where standard output is a terminal.
pub(crate) fn paint(text: &str, paint: Paint) -> String {
    if !colours() {
        return text.to_owned();
    }
    let code = match paint {
        Paint::Good => "32",
        Paint::Bad => "31",
        Paint::Faint => "2",
        Paint::Strong => "1",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}

/// A text cut or filled to a width in columns; Chinese characters take two.
pub(crate) fn fit(text: &str, width: usize) -> String {
    let have = text.width();
    if have <= width {
        return format!("{text}{}", " ".repeat(width - have));
    }
    let mut out = String::new();
    let mut used = 0;
    for character in text.chars() {
        let more = character.width().unwrap_or(0);
        if used + more + 1 > width {
            break;
        }
        out.push(character);
        used += more;
    }
    out.push('…');
    out + &" ".repeat(width.saturating_sub(used + 1))
}

/// Rows under a header, columns as wide as they need while the whole fits [`COLUMNS`]: the widest give way and their cells
/// are cut.
pub(crate) fn table(header: &[&str], rows: &[Vec<String>], indent: usize) -> String {
    let widths = widths(header, rows, indent, 0);
    let line = |cells: Vec<&str>| {
        let cells = cells.iter().zip(&widths).map(|(cell, width)| fit(cell, *width)).collect::<Vec<_>>();
        format!("{}{}", " ".repeat(indent), cells.join("  ")).trim_end().to_owned()
    };
    let mut out = paint(&line(header.to_vec()), Paint::Faint);
    for row in rows {
        out.push('\n');
        out.push_str(&line(row.iter().map(String::as_str).collect()));
    }
    out
}

/// The same for what has to be read whole, each row a text of its own after the header's: cells break over lines. The first
/// column, a name to be copied, never gives way.
pub(crate) fn whole_table(header: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let widths = widths(header, rows, 0, 1);
    let row = |cells: &[&str]| {
        let cells = cells.iter().zip(&widths).map(|(cell, width)| broken(cell, *width)).collect::<Vec<_>>();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        let line = |n: usize| {
            let part = |(lines, width): (&Vec<String>, &usize)| fit(lines.get(n).map_or("", String::as_str), *width);
            cells.iter().zip(&widths).map(part).collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        (0..height).map(line).collect::<Vec<_>>().join("\n")
    };
    let head = paint(&row(header), Paint::Faint);
    let body = rows.iter().map(|cells| row(&cells.iter().map(String::as_str).collect::<Vec<_>>()));
    [head].into_iter().chain(body).collect()
}

/// How wide each column is; the first `fixed` are as wide as they need.
fn widths(header: &[&str], rows: &[Vec<String>], indent: usize, fixed: usize) -> Vec<usize> {
    let mut widths = header.iter().map(|cell| cell.width()).collect::<Vec<_>>();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let space = COLUMNS - indent - 2 * (widths.len().saturating_sub(1));
    while widths.iter().sum::<usize>() > space {
        let Some(widest) = (fixed..widths.len()).max_by_key(|&i| widths[i]) else { break };
        if widths[widest] <= 4 {
            break;
        }
        widths[widest] -= 1;
    }
    widths
}

/// A text in lines of a width: broken at spaces and between Chinese characters, and within a word only where it is longer
/// than a line.
fn broken(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for piece in pieces(text) {
        let last = lines.len() - 1;
        if !lines[last].is_empty() && lines[last].width() + piece.trim_end().width() > width {
            lines.push(String::new());
        }
        for character in piece.chars() {
            let last = lines.len() - 1;
            if character != ' ' && lines[last].width() + character.width().unwrap_or(0) > width {
                lines.push(String::new());
            }
            let last = lines.len() - 1;
            lines[last].push(character);
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// What stays together on a line: a word with the space after it, a Chinese character with the punctuation that closes or
/// opens beside it.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    for character in text.chars() {
        // Closing punctuation stays with what it closes, opening with what it opens.
        let wide = character.width() == Some(2) && !"，。；：、）”』」》！？".contains(character);
        if wide && !piece.is_empty() && !piece.ends_with(['《', '（', '“', '「', '『']) {
            pieces.push(std::mem::take(&mut piece));
        }
        piece.push(character);
        if character == ' ' {
            pieces.push(std::mem::take(&mut piece));
        }
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}

/// Wraps a text to [`COLUMNS`], its lines after the first indented alike. Breaks at spaces and between Chinese characters.
pub(crate) fn wrap(first: &str, text: &str, indent: usize) -> String {
    let mut out = fit(first, indent);
    let mut used = indent;
    for piece in pieces(text) {
        if used + piece.trim_end().width() > COLUMNS && used > indent {
            out.truncate(out.trim_end().len());
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            used = indent;
        }
        out.push_str(&piece);
        used += piece.width();
    }
    out.trim_end().to_owned()
}

/// A count with its thousands apart.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// One line on standard error that shows how far the job is; only on a terminal, and not at all where it should be quiet.
pub(crate) struct Progress {
    say: Say,
    shown: bool,
    state: Mutex<Option<(Step, u64, u64)>>,
}

impl Progress {
    pub(crate) fn new(say: Say, quiet: bool) -> Self {
        Self { say, shown: !quiet && std::io::stderr().is_terminal(), state: Mutex::new(None) }
    }

    fn draw(&self, state: Option<(Step, u64, u64)>) {
        let Some((step, done, total)) = state.filter(|_| self.shown) else { return };
        let name = match step {
            Step::Inspect => self.say.text("progress.inspect"),
            Step::Count => self.say.text("progress.count"),
            Step::Release => self.say.text("progress.release"),
            Step::Egress => self.say.text("progress.egress"),
        };
        let share = (done * 100).checked_div(total).unwrap_or(100).min(100);
        let bar = "█".repeat(share as usize * 40 / 100);
        // What progress cannot show must not stop the work.
        let _ = write!(std::io::stderr(), "\r\u{1b}[K{} {} {share:3} %", fit(name, 14), fit(&bar, 40));
        let _ = std::io::stderr().flush();
    }

    /// Takes the line away.
    pub(crate) fn end(&self) {
        if self.shown {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K");
        }
    }
}

impl Watch for Progress {
    fn begin(&self, step: Step, bytes: u64) {
        if let Ok(mut state) = self.state.lock() {
            *state = Some((step, 0, bytes));
            self.draw(*state);
        }
    }

    fn advance(&self, bytes: u64) {
        if let Ok(mut state) = self.state.lock() {
            if let Some((_, done, _)) = state.as_mut() {
                *done += bytes;
            }
            self.draw(*state);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_fit_eighty_columns_whatever_they_hold() {
        let rows =
            vec![vec!["名称".repeat(30), "x".repeat(70), "1".to_owned()], vec!["a".into(), "b".into(), "c".into()]];
        for line in table(&["字段", "evidence", "n"], &rows, 2).lines() {
            assert!(line.width() <= COLUMNS, "{line}");
        }
    }

    #[test]
    fn a_whole_table_loses_nothing_and_never_breaks_its_names() {
        let name = "beijing-two-zones-2025";
        let rows = vec![vec![name.to_owned(), "《促进和规范数据跨境流动规定》".repeat(3), "word ".repeat(12)]];
        let text = whole_table(&["清单", "article", "n"], &rows);
        assert!(text.iter().flat_map(|row| row.lines()).all(|line| line.width() <= COLUMNS), "{text:?}");
        assert!(text[1].starts_with(name) && !text[1].contains('…'), "{text:?}");
        for c in ['促', '》', '定'] {
            assert_eq!(text[1].matches(c).count(), rows[0][1].matches(c).count(), "{text:?}");
        }
        assert_eq!(text[1].matches("word").count(), 12);
        assert!(!text[1].lines().any(|line| line.trim_end().ends_with('《')), "{text:?}");
        assert_eq!(broken("cn.list.very-long-name", 8).concat(), "cn.list.very-long-name");
    }

    #[test]
    fn text_wraps_with_a_hanging_indent() {
        let text = wrap("路径", &"满十万人的个人信息须订立标准合同。".repeat(6), 8);
        assert!(text.lines().all(|line| line.width() <= COLUMNS));
        assert!(text.lines().skip(1).all(|line| line.starts_with("        ")));
        assert!(!text.lines().any(|line| line.trim_start().starts_with('。')));
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
