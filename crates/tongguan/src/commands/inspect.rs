//! `inspect`: what is in a file.

use clearance::{InspectOptions, inspect, tables};
use transfer::Inventory;

use super::{Context, cores};
use crate::args::{Format, InspectArgs};
use crate::screen::{Paint, grouped, paint, table};
use crate::{Answer, Failure};

pub(crate) async fn run(context: &Context, args: &InspectArgs) -> Result<Answer, Failure> {
    let options =
        InspectOptions { on: context.day(args.on), full: args.full, cores: cores(), watch: context.progress.clone() };
    let paths = tables(&args.sources)?;
    let mut failed = None;
    for (index, path) in paths.iter().enumerate() {
        let found = inspect(path, &options).await;
        context.progress.end();
        let inventory = match found {
            Ok(inventory) => inventory,
            // One file that cannot be read does not hide what is in the others.
            Err(error) => {
                let earlier = failed.replace(Failure::from(error));
                if let Some((text, _)) = earlier.as_ref().and_then(|earlier| earlier.line(context.say)) {
                    context.error(text);
                }
                continue;
            }
        };
        match context.format {
            Format::Json => context.json(&inventory)?,
            Format::Text => {
                if index > 0 {
                    context.out("")?;
                }
                show(context, &inventory)?;
            }
        }
    }
    failed.map_or(Ok(Answer::Yes), Err)
}

/// One table for people.
pub(crate) fn show(context: &Context, inventory: &Inventory) -> Result<(), Failure> {
    let say = context.say;
    context.out(&paint(&inventory.source, Paint::Strong))?;
    let mut head = say.fill(
        "inspect.rows",
        &[
            ("rows", &grouped(inventory.rows)),
            ("columns", &inventory.columns.len().to_string()),
            ("format", &inventory.format),
        ],
    );
    if inventory.quarantined > 0 {
        head.push_str(&say.fill("inspect.quarantined", &[("rows", &grouped(inventory.quarantined))]));
    }
    context.out(&format!("  {head}"))?;
    for (row, start, end, reason) in &inventory.bad_rows {
        let place = [("row", row.to_string()), ("start", start.to_string()), ("end", end.to_string())];
        let mut values = place.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>();
        let reason = say.text(&format!("bad-row.{reason}"));
        values.push(("reason", reason));
        context.out(&format!("    {}", say.fill("inspect.bad-row", &values)))?;
    }
    if let Some(persons) = &inventory.persons {
        let key = persons.key.join(", ");
        let distinct = grouped(persons.distinct);
        let text = match (persons.exact, key.is_empty()) {
            (true, _) => say.fill("inspect.persons", &[("persons", &distinct), ("key", &key)]),
            (false, false) => say.fill("inspect.persons-at-most", &[("persons", &distinct), ("key", &key)]),
            (false, true) => say.fill("inspect.persons-no-key", &[("persons", &distinct)]),
        };
        context.out(&format!("  {text}"))?;
    }
    let header = ["field", "class", "sensitive", "values", "distinct", "suspected"]
        .map(|name| say.text(&format!("inspect.column.{name}")));
    let rows = inventory
        .columns
        .iter()
        .map(|column| {
            let about = if column.distinct_estimated { "~" } else { "" };
            let mut label = column.label.clone();
            // What chance explains is in the JSON form only.
            let strays = column.strays.iter().filter(|stray| !stray.by_chance).map(|stray| &stray.label);
            let mut found = column.found_in_text.iter().map(|(label, _)| label).collect::<Vec<_>>();
            found.extend(strays);
            found.dedup();
            if !found.is_empty() {
                let found = found.iter().map(|label| label.as_str()).collect::<Vec<_>>();
                label = format!("{label}: {}", found.join(" "));
            }
            let sensitive = match (column.personal, column.sensitive) {
                (false, codes::Sensitivity::No) => "",
                (_, sensitive) => say.text(&format!("sensitive.{sensitive}")),
            };
            let suspected = if column.suspected == 0 { String::new() } else { grouped(column.suspected) };
            vec![
                column.name.clone(),
                label,
                sensitive.to_owned(),
                grouped(column.nonnull),
                format!("{about}{}", grouped(column.distinct)),
                suspected,
            ]
        })
        .collect::<Vec<_>>();
    context.out(&table(&header, &rows, 2))
}
