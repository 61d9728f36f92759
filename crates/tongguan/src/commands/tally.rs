//! `tally`: who left in a year.

use clearance::{Home, Scope};
use serde_json::json;

use super::Context;
use crate::args::{Format, TallyCommand};
use crate::screen::{Paint, grouped, paint, table};
use crate::{Answer, Failure};

pub(crate) async fn run(context: &Context, command: &TallyCommand) -> Result<Answer, Failure> {
    match command {
        TallyCommand::Show => show(context).await,
        TallyCommand::Begin => {
            let path = context.home_path()?;
            Home::begin_tally(&path, context.opener(&path)?).await?;
            context.note(context.say.text("tally.begun"));
            Ok(Answer::Yes)
        }
    }
}

async fn show(context: &Context) -> Result<Answer, Failure> {
    let say = context.say;
    let home = context.home().await?;
    for (handler, year) in home.store.tallies().await? {
        let tally = home.store.tally(&handler, year, Scope::Counted, false, &home.spill()?).await?;
        let (ordinary, sensitive) = (tally.ordinary(), tally.sensitive());
        let entries = home.store.entries(&handler, year).await?;
        if context.format == Format::Json {
            context.json(&json!({
                "handler": handler, "year": year, "ordinary": ordinary, "sensitive": sensitive, "exact": tally.exact,
                "entries": entries,
            }))?;
            continue;
        }
        context.out(&paint(&format!("{handler}  {year}"), Paint::Strong))?;
        let counts = [("ordinary", &*grouped(ordinary)), ("sensitive", &grouped(sensitive))];
        context.out(&say.fill("tally.counts", &counts))?;
        let header = ["day", "entry", "ground", "persons", "grew", "state"]
            .map(|name| say.text(&format!("tally.column.{name}")));
        let rows = entries.into_iter().map(|entry| {
            let what = entry.release.unwrap_or_else(|| say.text(&format!("tally.what.{}", entry.what)).to_owned());
            let state = entry
                .state
                .map_or_else(|| entry.who.clone(), |state| say.text(&format!("tally.state.{state}")).to_owned());
            let grew = format!("+{} / +{}", grouped(entry.new_ordinary), grouped(entry.new_sensitive));
            vec![entry.day, what, entry.ground, grouped(entry.persons), grew, state]
        });
        context.out(&table(&header, &rows.collect::<Vec<_>>(), 2))?;
    }
    Ok(Answer::Yes)
}
