//! `rules check` and `rules test`: whether the rule base is sound, and whether it says what its scenarios say.

use law::{RuleBase, Survey, run_scenarios};
use serde_json::json;

use crate::args::Format;
use crate::commands::Context;
use crate::{Answer, Failure};

pub(crate) fn check(context: &Context, base: &RuleBase, overlaps: bool) -> Result<Answer, Failure> {
    let say = context.say;
    let Survey { findings, overlaps: pairs } = law::survey(base);
    for finding in &findings {
        match context.format {
            Format::Json => context.json(&json!({
                "kind": format!("{:?}", finding.kind).to_lowercase(), "rules": finding.rules, "on": finding.on, "what": finding.what,
            }))?,
            Format::Text => context.out(&finding.what)?,
        }
    }
    // No faults, so only where somebody asks: they change no answer of the command.
    for ((first, second), on) in pairs.iter().filter(|_| overlaps) {
        match context.format {
            Format::Json => context.json(&json!({ "kind": "overlap", "rules": [first, second], "on": on }))?,
            Format::Text => {
                let on = on.to_string();
                context.out(&say.fill("rules.overlap", &[("first", first), ("second", second), ("on", &on)]))?;
            }
        }
    }
    if findings.is_empty() && context.format == Format::Text {
        context.out(&say.fill("rules.sound", &[("rules", &base.rules().len().to_string())]))?;
    }
    Ok(if findings.is_empty() { Answer::Yes } else { Answer::No })
}

pub(crate) fn test(context: &Context, base: &RuleBase) -> Result<Answer, Failure> {
    let say = context.say;
    let (ran, failures) = run_scenarios(base);
    let named = failures.iter().map(|failure| format!("{} `{}`: {}", failure.rule, failure.scenario, failure.what));
    let named = named.collect::<Vec<_>>();
    match context.format {
        Format::Json => context.json(&json!({
            "ran": ran, "failed": failures.len(), "failures": named, "not_expressible": base.not_expressible(),
        }))?,
        Format::Text => {
            for failure in &named {
                context.out(failure)?;
            }
            for case in base.not_expressible() {
                context.out(&say.fill("rules.not-expressible", &[("id", &case.id), ("why", &case.why)]))?;
            }
            let (ran, failed) = (ran.to_string(), failures.len().to_string());
            context.out(&say.fill("rules.tested", &[("ran", &ran), ("failed", &failed)]))?;
        }
    }
    Ok(if failures.is_empty() { Answer::Yes } else { Answer::No })
}
