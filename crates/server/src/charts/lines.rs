//! Lines over time.

use std::fmt::Write as _;

use super::scale::{grouped, ticks};
use super::{Figure, Series, escaped};

const WIDTH: u64 = 1080;
const HEIGHT: u64 = 280;
/// Room for the figures of the axis, the labels below, and the edges.
const LEFT: u64 = 52;
const BOTTOM: u64 = 30;
const TOP: u64 = 12;
const RIGHT: u64 = 14;
/// Labels below that fit beside each other.
const MOST_LABELS: usize = 12;

/// A line a series, a point a label. A figure that is withheld breaks the line: an empty ring stands on the ground.
pub(crate) fn lines(title: &str, labels: &[String], series: &[Series]) -> String {
    let most = series.iter().flat_map(|one| &one.figures).map(|figure| figure.drawn()).max().unwrap_or(0);
    let ticks = ticks(most);
    let top = ticks.last().copied().unwrap_or(1).max(1);
    let across = |n: usize| {
        let steps = labels.len().saturating_sub(1).max(1) as u64;
        LEFT + (WIDTH - LEFT - RIGHT) * n as u64 / steps
    };
    let ground = HEIGHT - BOTTOM;
    let up = |n: u64| ground - (u128::from(ground - TOP) * u128::from(n) / u128::from(top)) as u64;
    let mut svg = format!("<svg role=\"img\" viewBox=\"0 0 {WIDTH} {HEIGHT}\"><title>{}</title>", escaped(title));
    // Writing to a string cannot fail.
    for tick in &ticks {
        let y = up(*tick);
        let _ = write!(
            svg,
            "<path class=\"grid-line\" d=\"M{LEFT} {y}H{}\"/><text class=\"tick\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            WIDTH - RIGHT,
            LEFT - 8,
            y + 4,
            grouped(*tick)
        );
    }
    let every = labels.len().div_ceil(MOST_LABELS).max(1);
    for (n, label) in labels.iter().enumerate().filter(|(n, _)| n % every == 0) {
        let _ = write!(
            svg,
            "<text class=\"tick\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            across(n),
            HEIGHT - 8,
            escaped(label)
        );
    }
    for one in series {
        let mut path = String::new();
        let mut pen_down = false;
        for (n, figure) in one.figures.iter().enumerate() {
            if *figure == Figure::Withheld {
                pen_down = false;
                continue;
            }
            let _ = write!(path, "{}{} {}", if pen_down { "L" } else { "M" }, across(n), up(figure.drawn()));
            pen_down = true;
        }
        let class = one.class;
        let _ = write!(svg, "<path class=\"line l{class}\" d=\"{path}\"/>");
        for (n, figure) in one.figures.iter().enumerate() {
            let (x, y) = (across(n), up(figure.drawn()));
            let label = labels.get(n).map(|label| escaped(label)).unwrap_or_default();
            let _ = match figure {
                Figure::Withheld => write!(svg, "<circle class=\"hole\" cx=\"{x}\" cy=\"{ground}\" r=\"4\"/>"),
                figure => write!(
                    svg,
                    "<circle class=\"c{class}\" cx=\"{x}\" cy=\"{y}\" r=\"3\"><title>{} {label}: {}</title></circle>",
                    escaped(&one.name),
                    grouped(figure.drawn())
                ),
            };
        }
    }
    svg.push_str("</svg>");
    svg
}
