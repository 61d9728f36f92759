//! `verify`: a release, offline.

use clearance::{Fault, Identities, read_trust, verify_at};
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
    signers: Vec<Signer>,
    witnesses: Vec<Cosigner<'a>>,
    faults: &'a [Fault],
    unopened: &'a [String],
}

/// A key of the log whose signature holds.
#[derive(Serialize)]
struct Signer {
    key: String,
    algorithm: String,
    pinned: bool,
}

/// A pinned witness that has cosigned.
#[derive(Serialize)]
struct Cosigner<'a> {
    name: &'a str,
    key: String,
    at: String,
}

/// A witness's time as one reads it; what no calendar holds stays a number of seconds.
fn instant(unix_seconds: u64) -> String {
    let instant = i64::try_from(unix_seconds).ok().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    instant.map_or_else(|| unix_seconds.to_string(), |instant| instant.to_string())
}

pub(crate) async fn run(context: &Context, args: &VerifyArgs) -> Result<Answer, Failure> {
    let say = context.say;
    let own = context.home_path()?.join("trust");
    let trust = match &args.trust {
        Some(path) => read_trust(path)?,
        None if own.exists() => read_trust(&own)?,
        None => evidence::Trust::default(),
    };
    let identities = args.identity.as_deref().map(Identities::read).transpose()?.unwrap_or_default();
    let scratch = std::env::temp_dir();
    let mut verdict = verify_at(&args.folder, &trust, &identities, &context.stores(), &scratch).await?;
    verdict.require_witnesses(args.witnesses);
    let pinned = trust.keys(evidence::Role::Log);
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
            signers: verdict.signers.iter().map(|key| signer(key, &pinned)).collect(),
            witnesses: verdict.witnesses.iter().map(cosigner).collect(),
            faults: &verdict.faults,
            unopened: &verdict.unopened,
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
    for key in verdict.signers.iter().filter(|key| pinned.contains(key)) {
        let algorithm = if key.algorithm() == evidence::Algorithm::Sm2 { "SM2" } else { "Ed25519" };
        context.out(&say.fill("verify.signed", &[("algorithm", algorithm), ("key", &key.fingerprint())]))?;
    }
    for cosigned in &verdict.witnesses {
        let (name, at) = (cosigned.key.name(), instant(cosigned.unix_seconds));
        context.out(&say.fill("verify.cosigned", &[("name", name), ("at", &at)]))?;
    }
    let files = receipt.files.len().to_string();
    let columns = receipt.columns.len().to_string();
    context.out(&say.fill("verify.what", &[("day", &day), ("recipient", recipient), ("standing", standing)]))?;
    context.out(&say.fill("verify.size", &[("files", &files), ("rows", &rows), ("columns", &columns)]))?;
    if !verdict.unopened.is_empty() {
        let unopened = verdict.unopened.len().to_string();
        context.out(&say.fill("verify.unopened", &[("files", &unopened)]))?;
    }
    Ok(answer)
}

fn signer(key: &evidence::VerifierKey, pinned: &[evidence::VerifierKey]) -> Signer {
    Signer { key: key.fingerprint(), algorithm: key.algorithm().to_string(), pinned: pinned.contains(key) }
}

fn cosigner(cosigned: &evidence::Cosigned) -> Cosigner<'_> {
    let key = &cosigned.key;
    Cosigner { name: key.name(), key: key.fingerprint(), at: instant(cosigned.unix_seconds) }
}

fn fault_text(context: &Context, fault: &Fault) -> String {
    let say = context.say;
    match fault {
        Fault::Proof { what } | Fault::Permit { what } => what.clone(),
        Fault::OtherCheckpoint => say.text("fault.other-checkpoint").to_owned(),
        Fault::TooFewWitnesses { have, need } => {
            say.fill("fault.too-few-witnesses", &[("have", &have.to_string()), ("need", &need.to_string())])
        }
        Fault::OtherPermit => say.text("fault.other-permit").to_owned(),
        Fault::Missing { path } => say.fill("fault.missing", &[("path", path)]),
        Fault::NotAFile { path } => say.fill("fault.not-a-file", &[("path", path)]),
        Fault::Changed { path } => say.fill("fault.changed", &[("path", path)]),
        Fault::Unknown { path } => say.fill("fault.unknown", &[("path", path)]),
        Fault::OtherColumns { path } => say.fill("fault.other-columns", &[("path", path)]),
        Fault::OtherContent { path } => say.fill("fault.other-content", &[("path", path)]),
        Fault::NotPermitted { column } => say.fill("fault.not-permitted", &[("column", column)]),
        Fault::OutsidePermit { what } => say.fill("fault.outside-permit", &[("what", what)]),
    }
}
