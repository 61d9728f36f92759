//! Which national rules a list's rows prevail over, and to which they give way: said once, for all editions.

use serde::Deserialize;

use crate::{LawError, Rule, source};

/// The file, beside the editions.
pub(crate) const FILE: &str = "lists/precedence.toml";

/// Ids of national rules.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Precedence {
    /// Rules that rest on the national numbers: rows of a list prevail over them.
    pub(crate) prevails_over: Vec<String>,
    /// Exemptions that hold on and off every list.
    pub(crate) gives_way_to: Vec<String>,
    /// Of those, the ones to which reference rules by scale give way. Rows on important data give way to none.
    pub(crate) scale_gives_way_to: Vec<String>,
}

impl Precedence {
    pub(crate) fn parse(text: &str, rules: &[Rule]) -> Result<Precedence, LawError> {
        let read: Precedence = source::parse(FILE, text)?;
        let all = read.prevails_over.iter().chain(&read.gives_way_to).chain(&read.scale_gives_way_to);
        for id in all {
            if !rules.iter().any(|rule| &rule.id == id) {
                return Err(LawError::file(FILE, format!("names `{id}`, which is no rule; mend the id")));
            }
        }
        if let Some(id) = read.scale_gives_way_to.iter().find(|id| !read.gives_way_to.contains(id)) {
            return Err(LawError::file(FILE, format!("`{id}` is not in `gives_way_to`; add it there or take it out")));
        }
        Ok(read)
    }

    /// The rules over which a row on important data prevails: all.
    pub(crate) fn important_prevails_over(&self) -> Vec<String> {
        self.prevails_over.iter().chain(&self.gives_way_to).cloned().collect()
    }

    /// The rules over which a reference rule by scale prevails.
    pub(crate) fn scale_prevails_over(&self) -> Vec<String> {
        let kept = self.gives_way_to.iter().filter(|id| !self.scale_gives_way_to.contains(id));
        self.prevails_over.iter().chain(kept).cloned().collect()
    }
}
