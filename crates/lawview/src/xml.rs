//! XML written element by element, indented, everything escaped.

use std::fmt::Write as _;

/// A document under way.
pub(crate) struct Xml {
    text: String,
    depth: usize,
}

impl Xml {
    pub(crate) fn new() -> Self {
        Xml { text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(), depth: 0 }
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &str)], end: &str) {
        let indent = "  ".repeat(self.depth);
        let _ = write!(self.text, "{indent}<{name}");
        for (key, value) in attributes {
            let _ = write!(self.text, " {key}=\"{}\"", escaped(value));
        }
        self.text.push_str(end);
    }

    /// An element with others inside.
    pub(crate) fn within(&mut self, name: &str, attributes: &[(&str, &str)], inside: impl FnOnce(&mut Self)) {
        self.open(name, attributes, ">\n");
        self.depth += 1;
        inside(self);
        self.depth -= 1;
        let indent = "  ".repeat(self.depth);
        let _ = writeln!(self.text, "{indent}</{name}>");
    }

    /// An element with nothing inside.
    pub(crate) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.open(name, attributes, "/>\n");
    }

    /// An element with a text inside.
    pub(crate) fn leaf(&mut self, name: &str, text: &str) {
        self.open(name, &[], ">");
        let _ = writeln!(self.text, "{}</{name}>", escaped(text));
    }

    /// A decision of DMN with what it needs: inputs, and other decisions.
    pub(crate) fn decision(
        &mut self,
        name: &str,
        kind: &str,
        about: &str,
        inputs: &[&str],
        decisions: &[&str],
        inside: impl FnOnce(&mut Self),
    ) {
        self.within("decision", &[("id", &format!("d_{name}")), ("name", name)], |xml| {
            xml.leaf("description", about);
            xml.empty("variable", &[("name", name), ("typeRef", kind)]);
            for input in inputs {
                xml.within("informationRequirement", &[], |xml| {
                    xml.empty("requiredInput", &[("href", &format!("#{input}"))]);
                });
            }
            for decision in decisions {
                xml.within("informationRequirement", &[], |xml| {
                    xml.empty("requiredDecision", &[("href", &format!("#d_{decision}"))]);
                });
            }
            inside(xml);
        });
    }
}

/// Characters that XML 1.0 does not allow are left out: no text of the lawbook has any use for them.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}
