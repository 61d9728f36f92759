//! `rules export`: the rule base for other tools.

use law::RuleBase;
use lawview::{ExportOptions, Form};
use serde_json::json;

use super::{book, write};
use crate::args::{ExportArgs, ExportForm, Format};
use crate::commands::Context;
use crate::{Answer, Failure};

pub(crate) fn run(context: &Context, base: &RuleBase, args: &ExportArgs) -> Result<Answer, Failure> {
    let form = match args.form {
        ExportForm::Csv => Form::Csv,
        ExportForm::Dmn => Form::Dmn,
        ExportForm::Schemas => Form::Schemas,
        ExportForm::Scenarios => Form::Scenarios,
        ExportForm::All => Form::All,
    };
    let name = book::names;
    let view = book::view(context, &name);
    let files = lawview::export(base, &view, ExportOptions { form, bom: args.bom })
        .map_err(|error| Failure::Other(error.to_string()))?;
    for file in &files {
        write(&args.out.join(&file.path), &file.text)?;
    }
    match context.format {
        Format::Json => {
            let paths = files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>();
            context.json(&json!({ "folder": args.out.display().to_string(), "files": paths }))?;
        }
        Format::Text => {
            for file in &files {
                context.out(&args.out.join(&file.path).display().to_string())?;
            }
        }
    }
    Ok(Answer::Yes)
}
