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

/// Rows under a header, columns as wide as they need while the whole fits [`COLUMNS`]: the widest give way.
pub(crate) fn table(header: &[&str], rows: &[Vec<String>], indent: usize) -> String {
    let mut widths = header.iter().map(|cell| cell.width()).collect::<Vec<_>>();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let space = COLUMNS - indent - 2 * (widths.len().saturating_sub(1));
    while widths.iter().sum::<usize>() > space {
        let Some(widest) = (0..widths.len()).max_by_key(|&i| widths[i]) else { break };
        if widths[widest] <= 4 {
            break;
        }
        widths[widest] -= 1;
    }
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

/// Wraps a text to [`COLUMNS`], its lines after the first indented alike. Breaks at spaces and between Chinese characters.
pub(crate) fn wrap(first: &str, text: &str, indent: usize) -> String {
    let mut out = fit(first, indent);
    let mut used = indent;
    let mut word = String::new();
    let put = |word: &mut String, out: &mut String, used: &mut usize| {
        let width = word.trim_end().width();
        if *used + width > COLUMNS && *used > indent {
            out.truncate(out.trim_end().len());
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            *used = indent;
        }
        out.push_str(word);
        *used += word.width();
        word.clear();
    };
    for character in text.chars() {
        // Closing punctuation stays with what it closes.
        let wide = character.width() == Some(2) && !"，。；：、）”』」！？".contains(character);
        if wide && !word.is_empty() {
            put(&mut word, &mut out, &mut used);
        }
        word.push(character);
        if character == ' ' {
            put(&mut word, &mut out, &mut used);
        }
    }
    put(&mut word, &mut out, &mut used);
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
    fn text_wraps_with_a_hanging_indent() {
        let text = wrap("路径", &"满十万人的个人信息须订立标准合同。".repeat(6), 8);
        assert!(text.lines().all(|line| line.width() <= COLUMNS));
        assert!(text.lines().skip(1).all(|line| line.starts_with("        ")));
        assert!(!text.lines().any(|line| line.trim_start().starts_with('。')));
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
