//! `verify`: a release, offline.

use clearance::{Fault, read_trust, verify_at};
use serde::Serialize;

use super::{Context, show};
use crate::args::{Format, VerifyArgs};
use crate::screen::{Paint, grouped, paint};
use crate::{Answer, Failure};

#[derive(Serialize)]
struct Report<'a> {
    holds: bool,
    release: Option<&'a str>,
    day: Option<String>,
    recipient: Option<&'a str>,
    permit: Option<transfer::PermitKind>,
    standing: transfer::Standing,
    key: &'a str,
    pinned: bool,
    log_size: Option<u64>,
    faults: &'a [Fault],
}

pub(crate) async fn run(context: &Context, args: &VerifyArgs) -> Result<Answer, Failure> {
    let say = context.say;
    let own = context.home_path()?.join("trust");
    let trust = match &args.trust {
        Some(path) => read_trust(path)?,
        None if own.exists() => read_trust(&own)?,
        None => evidence::Trust::default(),
    };
    let scratch = std::env::temp_dir();
    let verdict = verify_at(&args.folder, &trust, &context.stores(), &scratch).await?;
    let answer = if verdict.holds() { Answer::Yes } else { Answer::No };
    let receipt = verdict.receipt.as_ref();
    if context.format == Format::Json {
        context.json(&Report {
            holds: verdict.holds(),
            release: receipt.map(|receipt| receipt.release.as_str()),
            day: receipt.map(|receipt| receipt.day.to_string()),
            recipient: receipt.map(|receipt| receipt.recipient.as_str()),
            permit: receipt.map(|receipt| receipt.permit_kind),
            standing: verdict.standing,
            key: &verdict.fingerprint,
            pinned: verdict.pinned,
            log_size: verdict.log_size,
            faults: &verdict.faults,
        })?;
        return Ok(answer);
    }
    for fault in &verdict.faults {
        show::line(context, say.text("verify.fault"), &paint(&fault_text(context, fault), Paint::Bad))?;
    }
    let Some(receipt) = receipt.filter(|_| verdict.faults.is_empty()) else { return Ok(answer) };
    let standing = say.text(match verdict.standing {
        transfer::Standing::Determined => "verify.standing.determined",
        transfer::Standing::Declared => "verify.standing.declared",
        transfer::Standing::Signed => "verify.standing.signed",
    });
    let rows = grouped(receipt.files.iter().map(|file| file.rows).sum());
    let day = receipt.day.to_string();
    let release = &receipt.release;
    let recipient = &receipt.recipient;
    if verdict.pinned {
        let text = say.fill("verify.holds", &[("release", release)]);
        context.out(&paint(&text, Paint::Good))?;
    } else {
        let text = say.fill("verify.unknown-key", &[("key", &verdict.fingerprint)]);
        context.out(&paint(&text, Paint::Bad))?;
    }
    let files = receipt.files.len().to_string();
    let columns = receipt.columns.len().to_string();
    context.out(&say.fill("verify.what", &[("day", &day), ("recipient", recipient), ("standing", standing)]))?;
    context.out(&say.fill("verify.size", &[("files", &files), ("rows", &rows), ("columns", &columns)]))?;
    Ok(answer)
}

fn fault_text(context: &Context, fault: &Fault) -> String {
    let say = context.say;
    match fault {
        Fault::Proof { what } => what.clone(),
        Fault::OtherCheckpoint => say.text("fault.other-checkpoint").to_owned(),
        Fault::OtherPermit => say.text("fault.other-permit").to_owned(),
        Fault::Missing { path } => say.fill("fault.missing", &[("path", path)]),
        Fault::Changed { path } => say.fill("fault.changed", &[("path", path)]),
        Fault::Unknown { path } => say.fill("fault.unknown", &[("path", path)]),
        Fault::OtherColumns { path } => say.fill("fault.other-columns", &[("path", path)]),
        Fault::NotPermitted { column } => say.fill("fault.not-permitted", &[("column", column)]),
        Fault::OutsidePermit { what } => say.fill("fault.outside-permit", &[("what", what)]),
    }
}
