//! `clock renewal`: the end of an assessment's result or of a certificate, and what to do by when.

use law::{
    AssessmentEnd, AssessmentRenewal, Changed, ExtensionFacts, RenewalWay, RuleBase, Stage, assessment_renewal,
    certificate_renewal,
};
use serde_json::Value;

use super::super::Context;
use super::super::show::{line, with_cite};
use super::{certainty, changes, days, headline, word};
use crate::args::{Format, RenewalArgs, Renewed};
use crate::screen::{Paint, paint};
use crate::{Answer, Failure};

pub(super) fn run(context: &Context, base: &RuleBase, args: &RenewalArgs) -> Result<Answer, Failure> {
    let on = context.day(args.on);
    let changes = changes(&args.convention)?;
    match args.kind {
        Renewed::Certification => {
            if args.persons.is_some() || args.size.is_some() || !args.met.is_empty() || args.changed {
                return Err(Failure::Input(context.say.text("clock.renewal.no-conditions").to_owned()));
            }
            let (book, calendar) = (base.clock_book(), base.calendar());
            let plan = certificate_renewal(book, calendar, changes, args.until, on, args.prepare)?;
            if context.format == Format::Json {
                context.json(&plan)?;
            } else {
                now(context, plan.stage, plan.until, "certification")?;
                day(context, "decide", plan.decide_by, Some(plan.prepare_workdays))?;
                day(context, "apply", Some(plan.apply_by), None)?;
                line(context, "", context.say.text("clock.renewal.no-period"))?;
                provisional(context, plan.provisional)?;
            }
            Ok(if matches!(plan.stage, Stage::Early | Stage::Decide) { Answer::Yes } else { Answer::No })
        }
        Renewed::SecurityAssessment => {
            let facts =
                ExtensionFacts { persons: args.persons, size: args.size, met: args.met.iter().cloned().collect() };
            let changed = if args.changed { Changed::Yes } else { Changed::No };
            let asked = AssessmentEnd { until: args.until, on, facts: &facts, changed, prepare: args.prepare };
            let plan = assessment_renewal(base.clock_book(), base.calendar(), changes, &asked)?;
            if context.format == Format::Json {
                let mut value = serde_json::to_value(&plan).map_err(|error| Failure::Other(error.to_string()))?;
                value["days"] = serde_json::to_value(days(context, &plan.days)).unwrap_or(Value::Null);
                context.json(&value)?;
            } else {
                assessment(context, base, &plan)?;
            }
            Ok(if plan.can_go_on() { Answer::Yes } else { Answer::No })
        }
    }
}

fn assessment(context: &Context, base: &RuleBase, plan: &AssessmentRenewal) -> Result<(), Failure> {
    let say = context.say;
    now(context, plan.stage, plan.until, "security-assessment")?;
    day(context, "decide", Some(plan.decide_by), Some(plan.prepare_workdays))?;
    day(context, "offered", Some(plan.offered_from), None)?;
    day(context, "redeclare", Some(plan.redeclare_by), None)?;
    day(context, "window", Some(plan.window_from), None)?;
    provisional(context, plan.provisional)?;
    let book = base.clock_book();
    if let Some(reading) = &book.clock(&book.renewal().redeclare_by)?.reading {
        line(context, "", &format!("{} [{}]", say.of(&reading.text), certainty(say, reading.status)))?;
    }
    for way in &plan.ways {
        context.out("")?;
        self::way(context, base, way)?;
    }
    context.out("")?;
    let conditions = match plan.may_extend {
        Some(true) => "clock.renewal.open",
        Some(false) => "clock.renewal.closed",
        None => "clock.renewal.unsettled",
    };
    context.out(&paint(say.text(conditions), Paint::Strong))?;
    for answer in &plan.conditions {
        let met = match answer.met {
            Some(true) => paint("✓", Paint::Good),
            Some(false) => paint("✗", Paint::Bad),
            None => "?".to_owned(),
        };
        let condition = &answer.condition;
        context.out(&format!("  {met} {}", condition.id))?;
        line(context, "", say.of(&condition.text))?;
    }
    if let Some(first) = plan.conditions.first().map(|answer| &answer.condition) {
        line(context, "", &format!("({}, {})", say.of(&base.cited(&first.cite)), certainty(say, first.status)))?;
    }
    context.out("")?;
    context.out(&paint(say.text("clock.renewal.events"), Paint::Strong))?;
    for event in &plan.events {
        line(context, "", &with_cite(context, base, &event.text, &event.cite))?;
    }
    Ok(())
}

fn now(context: &Context, stage: Stage, until: jiff::civil::Date, kind: &str) -> Result<(), Failure> {
    let say = context.say;
    let what = say.text(&format!("path.{kind}"));
    context
        .out(&paint(&say.fill("clock.renewal.until", &[("what", what), ("day", &until.to_string())]), Paint::Strong))?;
    let good = matches!(stage, Stage::Early);
    let text = say.text(&format!("clock.stage.{}", word(&stage)));
    line(context, say.text("clock.label.now"), &paint(text, if good { Paint::Good } else { Paint::Bad }))
}

/// A day of the plan with what it is for.
fn day(context: &Context, what: &str, day: Option<jiff::civil::Date>, number: Option<u32>) -> Result<(), Failure> {
    let day = day.map_or_else(|| context.say.text("clock.renewal.outside").to_owned(), |day| day.to_string());
    let number = number.map_or_else(String::new, |number| number.to_string());
    line(context, &day, &context.say.fill(&format!("clock.renewal.day.{what}"), &[("workdays", &number)]))
}

fn provisional(context: &Context, is: bool) -> Result<(), Failure> {
    if is { line(context, "", &paint(context.say.text("clock.provisional"), Paint::Bad)) } else { Ok(()) }
}

/// One way, its steps, and whether it ends in time.
fn way(context: &Context, base: &RuleBase, way: &RenewalWay) -> Result<(), Failure> {
    let say = context.say;
    let name = say.text(&format!("clock.way.{}", word(&way.way)));
    let window = say.text(&format!("clock.window.{}", word(&way.window)));
    headline(context, name, window)?;
    let (begun, workdays) = (way.begun.to_string(), way.workdays.to_string());
    line(context, &begun, &say.fill("clock.renewal.begun", &[("workdays", &workdays)]))?;
    for step in &way.steps {
        line(context, &step.day.to_string(), say.of(&base.clock_book().clock(&step.clock)?.title))?;
    }
    let verdict = if way.before_end { "clock.renewal.in-time" } else { "clock.renewal.too-late" };
    let ends = way.ends.map_or_else(|| say.text("clock.renewal.outside").to_owned(), |day| day.to_string());
    let paint_as = if way.before_end { Paint::Good } else { Paint::Bad };
    line(context, &ends, &paint(say.text(verdict), paint_as))?;
    line(context, &way.latest.to_string(), say.text("clock.renewal.latest"))
}
