//! Charts as SVG without a style of their own: classes of the stylesheet draw them, so that they follow theme, paper and contrast.
//! Each says in its `<title>` what it shows; its figures stand in a table beside it.

mod bars;
mod lines;
mod scale;

pub(crate) use bars::bars;
pub(crate) use lines::lines;

/// A figure: a whole one, at least so many, or none that is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Figure {
    /// So many.
    Is(u64),
    /// At least so many: a part is withheld.
    AtLeast(u64),
    /// Withheld.
    Withheld,
}

impl Figure {
    /// What is drawn of it.
    pub(crate) fn drawn(self) -> u64 {
        match self {
            Self::Is(n) | Self::AtLeast(n) => n,
            Self::Withheld => 0,
        }
    }
}

/// One line of figures with its name; `class` is its number of the palette, from 1 to 5.
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) class: u8,
    pub(crate) figures: Vec<Figure>,
}

/// Text between tags.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_says_what_it_shows_and_has_no_style_of_its_own() {
        let series = [Series {
            name: "a<b".to_owned(),
            class: 1,
            figures: vec![Figure::Is(3), Figure::Withheld, Figure::AtLeast(9)],
        }];
        let labels = ["1".to_owned(), "2".to_owned(), "\"3\"".to_owned()];
        for svg in [
            lines("t&t", &labels, &series),
            bars("t&t", &[("x<".to_owned(), Figure::Is(3)), ("y".to_owned(), Figure::AtLeast(2))], 1),
        ] {
            assert!(svg.contains("role=\"img\"") && svg.contains("<title>t&amp;t"), "{svg}");
            assert!(!svg.contains("style") && !svg.contains("a<b") && !svg.contains("x<\""), "{svg}");
            assert_eq!(svg.matches('<').count(), svg.matches('>').count(), "{svg}");
        }
        assert_eq!(lines("t", &labels, &series).matches("class=\"hole\"").count(), 1, "what is withheld is no nought");
    }
}
