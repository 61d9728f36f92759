//! What letters say.

use cases::{Case, Happened, Part, Reminder, may_see};
use catalogue::Lang;
use post::{Content, Hook, Letter, Mail};
use serde_json::{Value, json};

use super::people::Person;
use crate::house::House;
use crate::words::of_day;

/// Of what kind a step of a case is.
pub(super) fn kind(step: &Happened) -> &'static str {
    match (step.action.as_str(), step.from == step.to) {
        ("open", _) => "case.opened",
        (_, false) => "case.moved",
        (_, true) => "case.changed",
    }
}

fn where_it_is(house: &House, case: &Case) -> String {
    format!("{}/cases/{}", house.installation.url, case.id)
}

/// The letter to a hook of what happened to a case.
pub(super) fn of_step(house: &House, hook: &Hook, case: &Case, step: &Happened) -> Letter {
    let data = json!({
        "case": case.id, "procedure": case.procedure, "version": step.version, "action": step.action, "by": step.by.role.word(),
        "from": step.from, "state": step.to, "day": step.day, "url": where_it_is(house, case),
    });
    let once = format!("{}/{}/{}", hook.id, case.id, step.version.0);
    to_hook(hook, kind(step), &once, &step.at.to_string(), &data)
}

/// The letter to a hook of a reminder.
pub(super) fn of_reminder(house: &House, hook: &Hook, case: &Case, reminder: &Reminder) -> Letter {
    let data = json!({
        "case": case.id, "procedure": case.procedure, "version": case.version, "state": case.state,
        "url": where_it_is(house, case), "reminder": reminder,
    });
    let once = format!("{}/{}/{}/{}", hook.id, case.id, reminder.clock, reminder.day);
    to_hook(hook, "case.reminder", &once, &house.now().to_string(), &data)
}

/// A letter by which a hook is tried.
pub(crate) fn of_trial(house: &House, hook: &Hook) -> Letter {
    let at = house.now().to_string();
    to_hook(hook, "test", &format!("{}/test/{at}", hook.id), &at, &json!({ "url": house.installation.url }))
}

fn to_hook(hook: &Hook, kind: &str, once: &str, at: &str, data: &Value) -> Letter {
    let body = json!({ "type": kind, "timestamp": at, "data": data }).to_string();
    Letter { once: once.to_owned(), kind: kind.to_owned(), content: Content::Hook { hook: hook.id.clone(), body } }
}

/// Whether news of a case is for this person: an office's doings are for its handler's people, the handler's for the officer it was
/// given to. Nobody is told of what they did themselves.
fn is_for(house: &House, person: &Person, case: &Case, step: &Happened) -> bool {
    let actor = &person.actor;
    if step.by.id == actor.id || !may_see(&house.world, actor, case) {
        return false;
    }
    if actor.role.is_handlers() {
        !step.by.role.is_handlers() && is_outward(house, case, step)
    } else {
        step.by.role.is_handlers() && case.assigned.get(&actor.role) == Some(&actor.id)
    }
}

/// Whether a step is one the other side has to know of: it moved the case, or says something.
fn is_outward(house: &House, case: &Case, step: &Happened) -> bool {
    let procedure = house.world.procedures.get(case.procedure.as_str());
    let action = procedure.and_then(|procedure| procedure.action(step.action.as_str()));
    step.from != step.to
        || action.is_some_and(|action| action.id.as_str() == "message" || action.asks_for(Part::Marks).is_some())
}

/// The mail to somebody of what happened to a case; none where nothing of it is for them.
pub(super) fn of_news(house: &House, person: &Person, case: &Case, new: &[&Happened]) -> Option<Letter> {
    let own: Vec<&&Happened> = new.iter().filter(|step| is_for(house, person, case, step)).collect();
    let last = own.last()?;
    let lang = person.lang;
    let procedure = house.world.procedures.get(case.procedure.as_str())?;
    let state = procedure.state(case.state.as_str()).map_or("", |state| lang.of(&state.name));
    let steps = own.iter().map(|step| {
        let action = procedure.action(step.action.as_str()).map_or("", |action| lang.of(&action.name));
        format!("- {} · {action}", of_day(lang, step.day))
    });
    let steps = steps.collect::<Vec<_>>().join("\n");
    let url = where_it_is(house, case);
    let values = [
        ("case", case.id.as_str()),
        ("procedure", lang.of(&procedure.name)),
        ("state", state),
        ("steps", &steps),
        ("url", &url),
    ];
    let once = format!("mail/{}/{}/{}", person.actor.id, case.id, last.version.0);
    Some(to_person(house, person, "news", &once, &values))
}

/// The mail to somebody of the day's reminders.
pub(super) fn of_day_for(house: &House, person: &Person, day: &str, lines: &[String]) -> Letter {
    let (count, lines) = (lines.len().to_string(), lines.join("\n"));
    let values = [("count", count.as_str()), ("lines", &lines), ("url", &house.installation.url), ("day", day)];
    to_person(house, person, "reminders", &format!("mail/{}/{day}", person.actor.id), &values)
}

/// One line of it.
pub(super) fn line(house: &House, lang: Lang, case: &Case, reminder: &Reminder) -> String {
    use cases::Because as B;
    let (key, n) = match reminder.because {
        B::Due { workdays: 0 } => ("post.due-today", 0),
        B::Due { workdays } => ("post.due", workdays),
        B::Late { workdays } => ("post.late", workdays),
        B::Opens => ("post.opens", 0),
        B::Ends { days: 0 } => ("post.ends-today", 0),
        B::Ends { days } => ("post.ends", days),
    };
    let (n, due) = (n.to_string(), of_day(lang, reminder.due));
    let values = [("n", n.as_str()), ("day", &due), ("clock", lang.of(&reminder.title)), ("case", case.id.as_str())];
    let said = house.catalogue.fill(lang, key, &values).unwrap_or_default();
    format!("- {said}\n  {}", where_it_is(house, case))
}

fn to_person(house: &House, person: &Person, kind: &str, once: &str, values: &[(&str, &str)]) -> Letter {
    let say =
        |part: &str| house.catalogue.fill(person.lang, &format!("post.{kind}.{part}"), values).unwrap_or_default();
    let text = format!("{}\n\n{}\n", say("text"), house.say(person.lang, "post.foot"));
    let mail = Mail { to: person.address.clone(), subject: say("subject"), text };
    Letter { once: once.to_owned(), kind: format!("mail.{kind}"), content: Content::Mail(mail) }
}
