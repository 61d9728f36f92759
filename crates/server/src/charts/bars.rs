//! Bars side by side, the name before each and the figure behind it.

use std::fmt::Write as _;

use super::scale::grouped;
use super::{Figure, escaped};

const WIDTH: u64 = 480;
const LEFT: u64 = 186;
const RIGHT: u64 = 64;
const ROW: u64 = 30;
/// Characters of a name, wide ones counted twice, that stand before a bar.
const MOST_NAME: usize = 26;

/// A bar a row, the longest the whole width. What is withheld has a dashed stub, what is at least so many a plus.
pub(crate) fn bars(title: &str, rows: &[(String, Figure)], class: u8) -> String {
    let most = rows.iter().map(|(_, figure)| figure.drawn()).max().unwrap_or(0).max(1);
    let height = ROW * rows.len() as u64 + 8;
    let mut svg =
        format!("<svg class=\"bars\" role=\"img\" viewBox=\"0 0 {WIDTH} {height}\"><title>{}</title>", escaped(title));
    for (n, (name, figure)) in rows.iter().enumerate() {
        let y = ROW * n as u64 + 6;
        let long = (u128::from(WIDTH - LEFT - RIGHT) * u128::from(figure.drawn()) / u128::from(most)) as u64;
        // Writing to a string cannot fail.
        let _ = write!(
            svg,
            "<text class=\"tick\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            LEFT - 10,
            y + 14,
            escaped(&short(name))
        );
        let _ = match figure {
            Figure::Withheld => {
                write!(svg, "<rect class=\"hole\" x=\"{LEFT}\" y=\"{y}\" width=\"26\" height=\"19\" rx=\"3\"/>")
            }
            Figure::Is(_) | Figure::AtLeast(_) => {
                let plus = if matches!(figure, Figure::AtLeast(_)) { "+" } else { "" };
                write!(
                    svg,
                    "<rect class=\"c{class}\" x=\"{LEFT}\" y=\"{y}\" width=\"{}\" height=\"19\" rx=\"3\"/><text class=\"value\" x=\"{}\" y=\"{}\">{}{plus}</text>",
                    long.max(2),
                    LEFT + long.max(2) + 8,
                    y + 14,
                    grouped(figure.drawn())
                )
            }
        };
    }
    svg.push_str("</svg>");
    svg
}

/// A name that fits before its bar; the whole of it stands in the table.
fn short(name: &str) -> String {
    let mut wide = 0;
    let mut out = String::new();
    for c in name.chars() {
        wide += if c.is_ascii() { 1 } else { 2 };
        if wide > MOST_NAME {
            out.push('…');
            break;
        }
        out.push(c);
    }
    out
}
