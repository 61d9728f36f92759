//! `rules lists`: the editions of zones' lists.

use law::{Extent, RuleBase};
use serde_json::json;

use crate::args::Format;
use crate::commands::{Context, show};
use crate::screen::whole_table;
use crate::{Answer, Failure};

pub(crate) fn lists(context: &Context, base: &RuleBase) -> Result<Answer, Failure> {
    let say = context.say;
    let header = ["id", "in-force", "known", "rows", "status"].map(|name| say.text(&format!("rules.lists.{name}")));
    let mut rows = Vec::new();
    for edition in base.lists() {
        if context.format == Format::Json {
            context.json(&json!(edition))?;
        }
        let term = &edition.in_force;
        let to = term.to.map_or_else(String::new, |day| day.to_string());
        let known = if edition.known == Extent::Whole { "rules.lists.whole" } else { "rules.lists.partial" };
        let status = say.text(&format!("certainty.{}", show::word(edition.status)));
        let held = (edition.row.len() + edition.residual.len() + edition.scale.len()).to_string();
        rows.push(vec![
            edition.id.clone(),
            format!("{} – {to}", term.from),
            say.text(known).to_owned(),
            held,
            status.to_owned(),
        ]);
    }
    if context.format == Format::Text {
        whole_table(&header, &rows).iter().try_for_each(|row| context.out(row))?;
    }
    Ok(Answer::Yes)
}
