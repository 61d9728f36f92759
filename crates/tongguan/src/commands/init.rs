//! `init`: a draft of a transfer file, made from the data itself.

use std::fmt::Write as _;
use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::Path;

use clearance::{InspectOptions, inspect, propose_key};
use transfer::Inventory;

use super::{Context, cores};
use crate::args::InitArgs;
use crate::{Answer, Failure};

pub(crate) async fn run(context: &Context, args: &InitArgs) -> Result<Answer, Failure> {
    let shown = args.out.display().to_string();
    let exists = || Failure::Input(context.say.fill("init.exists", &[("file", &shown)]));
    if args.out.symlink_metadata().is_ok() {
        return Err(exists());
    }
    let options =
        InspectOptions { on: context.day(None), full: false, cores: cores(), watch: context.progress.clone() };
    let mut inventories = Vec::new();
    for path in &args.sources {
        let found = inspect(path, &options).await;
        context.progress.end();
        inventories.push((path.as_path(), found?));
    }
    let draft = draft(context, &args.out, &inventories)?;
    // What is written must be readable by `clear`.
    transfer::Transfer::parse(&draft).map_err(|error| Failure::Other(error.to_string()))?;
    let mut file = std::fs::File::create_new(&args.out).map_err(|_| exists())?;
    file.write_all(draft.as_bytes())?;
    context.note(&context.say.fill("init.written", &[("file", &shown)]));
    Ok(Answer::Yes)
}

/// Asks on a terminal; elsewhere takes what stands in for the answer.
fn ask(context: &Context, question: &str, instead: &str) -> Result<String, Failure> {
    let terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    if !terminal || context.quiet {
        return Ok(instead.to_owned());
    }
    let mut answer = String::new();
    write!(std::io::stderr(), "{question} [{instead}]: ")?;
    std::io::stdin().lock().read_line(&mut answer)?;
    let answer = answer.trim();
    Ok(if answer.is_empty() { instead.to_owned() } else { answer.to_owned() })
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn draft(context: &Context, out: &Path, inventories: &[(&Path, Inventory)]) -> Result<String, Failure> {
    let say = context.say;
    let handler = ask(context, say.text("init.ask.handler"), "")?;
    let uscc = ask(context, say.text("init.ask.uscc"), "")?;
    let recipient = ask(context, say.text("init.ask.recipient"), "recipient")?;
    let country = ask(context, say.text("init.ask.country"), "")?;
    let purpose = ask(context, say.text("init.ask.purpose"), "")?;
    // A line whose value is not known yet is there to be filled in, commented out.
    let line = |name: &str, value: &str| {
        let comment = if value.is_empty() { "# " } else { "" };
        format!("{comment}{name} = {}\n", quoted(value))
    };
    let mut text = format!("# {}\n\n[handler]\n", say.text("init.comment.head"));
    text.push_str(&line("name", &handler));
    text.push_str(&line("uscc", &uscc));
    let facts = say.text("init.comment.facts");
    let _ = write!(text, "# {facts}\n# ciio = false\n# zone = \"none\"\n# region = \"CN-BJ\"\n\n[recipient]\n");
    text.push_str(&line("id", &recipient));
    text.push_str(&line("country", &country));
    let _ = write!(text, "\n[purpose]\n{}", line("text", &purpose));
    let _ = write!(text, "\n[data]\n# {facts}\n# important = \"no\"\n# core = false\n# state_secret = false\n");
    let _ = write!(
        text,
        "# overseas_origin_only = false\n\n[ground]\n# necessary = \"yes\"\n# contract_with_individual = false\n"
    );
    let _ = write!(
        text,
        "# hr_labour_rules = false\n# hr_collective_contract = false\n# emergency = false\n\n[list]\n# scenario = \"none\"\n\n"
    );
    let _ = write!(text, "[request]\n# foreign_authority = false\n");
    for (path, inventory) in inventories {
        let relative = relative_to(path, out);
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let _ = write!(text, "\n[[source]]\nname = {}\npath = {}\n", quoted(&name), quoted(&relative));
        if let Some(key) = propose_key(inventory) {
            let subject = say.text("init.comment.subject");
            let _ =
                write!(text, "\n# {subject}\n[[subject]]\nsource = {}\nkey = [{}]\n", quoted(&name), quoted(&key.name));
        }
        let _ = write!(text, "\n# {}\n", say.text("init.comment.field"));
        for column in &inventory.columns {
            let sensitive = say.text(&format!("sensitive.{}", column.sensitive));
            let about = format!("{}, {} {sensitive}", column.label, say.text("inspect.column.sensitive"));
            let field = [quoted(&name), quoted(&column.name)];
            let _ = write!(text, "[[field]]  # {about}\nsource = {}\nname = {}\nneed = \"drop\"\n", field[0], field[1]);
        }
    }
    let _ = write!(text, "\n# {}\n[duties]\n# pipia = {{ done = 2026-01-31 }}\n", say.text("init.comment.duties"));
    let _ = write!(text, "# notice = {{ version = \"1\", since = 2026-01-31 }}\n# basis = \"contract\"\n");
    let _ = write!(text, "\n# {}\n# [earlier]\n# none = true\n# by = \"\"\n", say.text("init.comment.earlier"));
    let _ = write!(text, "\n[destination]\npath = \"release\"\nformat = \"parquet\"\n");
    Ok(text)
}

/// The path of a source as the transfer file has to write it.
fn relative_to(path: &Path, out: &Path) -> String {
    let folder = out.parent().unwrap_or(Path::new(""));
    let same = folder.as_os_str().is_empty() || path.is_absolute();
    let written =
        if same { path.to_owned() } else { path.strip_prefix(folder).map_or_else(|_| absolute(path), Path::to_owned) };
    written.to_string_lossy().into_owned()
}

fn absolute(path: &Path) -> std::path::PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
