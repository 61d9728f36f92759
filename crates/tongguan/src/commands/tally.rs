//! `tally`: who left in a year.

use std::path::Path;

use clearance::{Home, Loaded, Said, Scope, close_unpublished, rule_base};
use jiff::civil::Date;
use serde_json::json;
use transfer::EarlierKind;

use super::Context;
use crate::args::{CorrectArgs, Format, ImportArgs, Kind, TallyCommand};
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
        TallyCommand::Import(args) if args.path.is_dir() => take(context, &args.path, &args.by, false).await,
        TallyCommand::Import(args) => import(context, args).await,
        TallyCommand::Join { folder, by } => take(context, folder, by, true).await,
        TallyCommand::Correct(args) => match &args.not_published {
            Some(release) => close(context, release, &args.by, &args.why).await,
            None => correct(context, args).await,
        },
        TallyCommand::Forecast { transfer, lead, on } => forecast(context, transfer, *lead, *on).await,
    }
}

/// Puts in the persons of a file.
async fn import(context: &Context, args: &ImportArgs) -> Result<Answer, Failure> {
    let (Some(handler), Some(key), Some(kind)) = (&args.handler, &args.key, args.kind) else {
        return Err(Failure::Input(context.say.text("tally.import-needs").to_owned()));
    };
    let day = context.day(None);
    let said = Said { handler, year: args.year.unwrap_or(day.year()), day, by: &args.by, why: "" };
    let kind = match kind {
        Kind::Ordinary => EarlierKind::Ordinary,
        Kind::Sensitive => EarlierKind::Sensitive,
        Kind::Both => EarlierKind::Both,
    };
    let home = context.home().await?;
    let after = home.import_list(said, &args.path, key, kind).await?;
    home.store.close().await;
    after_that(context, handler, said.year, after)
}

/// Puts in a number.
async fn correct(context: &Context, args: &CorrectArgs) -> Result<Answer, Failure> {
    let handler = args.handler.as_deref().unwrap_or_default();
    if args.ordinary == 0 && args.sensitive == 0 {
        return Err(Failure::Input(context.say.text("tally.correct-needs").to_owned()));
    }
    let day = context.day(None);
    let said = Said { handler, year: args.year.unwrap_or(day.year()), day, by: &args.by, why: &args.why };
    let home = context.home().await?;
    let after = home.state_number(said, args.ordinary, args.sensitive).await?;
    home.store.close().await;
    after_that(context, handler, said.year, after)
}

fn after_that(context: &Context, handler: &str, year: i16, [ordinary, sensitive]: [u64; 2]) -> Result<Answer, Failure> {
    match context.format {
        Format::Json => context.json(&json!({
            "handler": handler, "year": year, "ordinary": ordinary, "sensitive": sensitive,
        }))?,
        Format::Text => {
            context.out(&paint(&format!("{handler}  {year}"), Paint::Strong))?;
            let counts = [("ordinary", &*grouped(ordinary)), ("sensitive", &grouped(sensitive))];
            context.out(&context.say.fill("tally.counts", &counts))?;
        }
    }
    Ok(Answer::Yes)
}

/// Takes over, or joins, another state folder.
async fn take(context: &Context, folder: &Path, by: &str, join: bool) -> Result<Answer, Failure> {
    if !folder.join("state.db").exists() {
        let folder = folder.display().to_string();
        return Err(Failure::Input(context.say.fill("tally.no-folder", &[("folder", &folder)])));
    }
    let (home, other) = (context.home().await?, Home::open_with(folder, context.opener(folder)?).await?);
    let taken = home.take_from(&other, context.day(None), by, join).await?;
    home.store.close().await;
    other.store.close().await;
    for taken in taken {
        if context.format == Format::Json {
            context.json(&taken)?;
            continue;
        }
        after_that(context, &taken.handler, taken.year, taken.after)?;
        let text = if taken.comparable { "tally.taken" } else { "tally.taken-whole" };
        context.out(&context.say.fill(text, &[("entries", &taken.entries.to_string())]))?;
    }
    Ok(Answer::Yes)
}

/// Where the numbers are going.
async fn forecast(context: &Context, transfer: &Path, lead: Option<u32>, on: Option<Date>) -> Result<Answer, Failure> {
    let say = context.say;
    let (base, loaded) = (rule_base()?, Loaded::open(transfer)?);
    let on = context.day(on.or(loaded.transfer.on));
    let home = context.home().await?;
    let outlooks = home.forecast(&base, &loaded, on, lead).await?;
    home.store.close().await;
    if context.format == Format::Json {
        context.json(&json!({ "on": on, "outlook": outlooks }))?;
        return Ok(Answer::Yes);
    }
    if outlooks.is_empty() {
        context.out(say.text("forecast.nothing"))?;
    }
    for outlook in outlooks {
        let fact = say.text(&format!("fact.{}", outlook.fact));
        let values = [grouped(outlook.now), grouped(outlook.per_hundred_days), grouped(outlook.until + 1)];
        let then = super::show::paths(say, &outlook.then);
        let parts = [("fact", fact), ("now", &values[0]), ("pace", &values[1]), ("limit", &values[2]), ("then", &then)];
        let Some(day) = outlook.crosses else {
            context.out(&say.fill("forecast.not-this-year", &parts))?;
            continue;
        };
        context.out(&say.fill("forecast.crosses", &[&parts[..], &[("day", &day.to_string())]].concat()))?;
        if let Some(start) = outlook.start_by {
            let days = outlook.workdays.to_string();
            let key = if outlook.statutory { "forecast.start-statutory" } else { "forecast.start" };
            context.out(&say.fill(key, &[("day", &start.to_string()), ("days", &days)]))?;
        }
    }
    Ok(Answer::Yes)
}

/// Closes a release that is counted and will never be out.
async fn close(context: &Context, release: &str, by: &str, why: &str) -> Result<Answer, Failure> {
    let home = context.home().await?;
    let closed = close_unpublished(&home, release, by, why, context.day(None)).await?;
    home.store.close().await;
    let leaf = closed.leaf.to_string();
    match context.format {
        Format::Json => context.json(&json!({ "release": release, "state": "not-published", "leaf": closed.leaf }))?,
        Format::Text => context.out(&context.say.fill("tally.closed", &[("release", release), ("leaf", &leaf)]))?,
    }
    Ok(Answer::Yes)
}

async fn show(context: &Context) -> Result<Answer, Failure> {
    let say = context.say;
    let home = context.home().await?;
    for (handler, year) in home.store.tallies().await? {
        let tally = home.store.tally(&handler, year, Scope::Counted, false, &home.spill()?).await?;
        let (ordinary, sensitive) = (tally.ordinary(), tally.sensitive());
        let entries = home.store.entries(&handler, year).await?;
        if context.format == Format::Json {
            let releases = entries.iter().filter(|entry| entry.release.is_some()).collect::<Vec<_>>();
            context.json(&json!({
                "handler": handler, "year": year, "ordinary": ordinary, "sensitive": sensitive, "exact": tally.exact,
                "releases": releases, "entries": entries,
            }))?;
            continue;
        }
        context.out(&paint(&format!("{handler}  {year}"), Paint::Strong))?;
        let counts = [("ordinary", &*grouped(ordinary)), ("sensitive", &grouped(sensitive))];
        context.out(&say.fill("tally.counts", &counts))?;
        // Narrow enough that a release can be copied whole from a terminal of 80 columns.
        let header = ["day", "entry", "ground", "new", "state"].map(|name| say.text(&format!("tally.column.{name}")));
        let rows = entries.into_iter().map(|entry| {
            let what = entry.release.unwrap_or_else(|| say.text(&format!("tally.what.{}", entry.what)).to_owned());
            let state = entry.state.map_or(entry.who, |state| say.text(&format!("tally.state.{state}")).to_owned());
            let new = format!("+{}/+{}", grouped(entry.new_ordinary), grouped(entry.new_sensitive));
            vec![entry.day, what, entry.ground, new, state]
        });
        context.out(&table(&header, &rows.collect::<Vec<_>>(), 2))?;
    }
    Ok(Answer::Yes)
}
