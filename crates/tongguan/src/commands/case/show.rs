//! `case show`, `case permit`, `case compare`: what a case is, what waits for whom, and why.

use std::path::Path;

use cases::{ArtefactKind, Case, CaseClock, Due, Role, Running, available_actions, items};
use clearance::rule_base;
use dossier::Gap;
use law::Determination;
use serde_json::{Value, json};

use super::{Desk, procedures};
use crate::args::Format;
use crate::screen::{Paint, grouped, paint, table, wrap};
use crate::{Answer, Failure};

/// So many days are explained one by one, even where each of them counts.
const EXPLAINED: usize = 31;
/// Gaps shown at once.
const GAPS: usize = 20;

/// A word of a closed list as it stands on the wire.
pub(super) fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

pub(super) async fn run(desk: &Desk<'_>, id: &str, explain: bool, personal: bool) -> Result<Answer, Failure> {
    let case = desk.case(id).await?;
    if desk.context.format == Format::Json {
        desk.context.json(&as_json(desk, &case, personal))?;
        return Ok(Answer::Yes);
    }
    let context = desk.context;
    let say = context.say;
    let procedure = desk.world.procedures.get(case.procedure.as_str());
    let name = procedure.map_or("", |procedure| say.of(&procedure.name)).to_owned();
    context.out(&format!("{}  {name}", paint(case.id.as_str(), Paint::Strong)))?;
    let line = |key: &str, value: &str| context.out(&wrap(say.text(&format!("case.show.{key}")), value, 14));
    line("state", &state(desk, &case))?;
    line("handler", &format!("{} ({}, {})", case.handler.name, case.handler.uscc, case.handler.region))?;
    if let Some(number) = &case.number {
        line("number", number)?;
    }
    let opened = case.history.first().map_or(String::new(), |first| first.day.to_string());
    line("version", &say.fill("case.show.versions", &[("n", &case.version.to_string()), ("day", &opened)]))?;
    clocks(desk, &case, explain)?;
    marks(desk, &case)?;
    decided(desk, &case)?;
    permitted(desk, &case)?;
    context.out("")?;
    context.out(&paint(say.text("case.show.timeline"), Paint::Strong))?;
    for happened in &case.history {
        let action = procedure.and_then(|procedure| procedure.action(happened.action.as_str()));
        let name = action.map_or(happened.action.as_str(), |action| say.of(&action.name));
        context.out(&wrap(&format!("  {}", happened.day), &format!("{name} [{}]", happened.by.role), 14))?;
    }
    can_do(desk, &case)?;
    open_questions(desk, &case)?;
    Ok(Answer::Yes)
}

/// The state with who holds the case.
pub(super) fn state(desk: &Desk<'_>, case: &Case) -> String {
    let say = desk.context.say;
    let procedure = desk.world.procedures.get(case.procedure.as_str());
    let Some(state) = procedure.and_then(|procedure| procedure.state(case.state.as_str())) else {
        return case.state.to_string();
    };
    let holder =
        state.holder.map_or(String::new(), |party| format!(" [{}]", say.text(&format!("clock.party.{}", word(party)))));
    format!("{}{holder}", say.of(&state.name))
}

/// The forms of the state, or else the first the procedure has.
pub(super) fn forms(desk: &Desk<'_>, case: &Case) -> Option<dossier::Procedure> {
    let procedure = desk.world.procedures.get(case.procedure.as_str())?;
    let here = procedure.state(case.state.as_str()).and_then(|state| state.forms);
    here.or_else(|| procedure.states.iter().find_map(|state| state.forms))
}

/// The clocks that run, and those that are over where they were late.
pub(super) fn clocks(desk: &Desk<'_>, case: &Case, explain: bool) -> Result<(), Failure> {
    let say = desk.context.say;
    let running = cases::clocks(&desk.world, case, desk.today);
    let shown: Vec<&CaseClock> = running.iter().filter(|clock| clock.is_open()).collect();
    if shown.is_empty() {
        return Ok(());
    }
    desk.context.out("")?;
    let header = ["due", "clock", "party", "stands"].map(|name| say.text(&format!("case.clocks.{name}")));
    let rows = shown.iter().map(|clock| {
        let due = match &*clock.due {
            Due::Day { moment: Some(moment), .. } => moment.to_string(),
            Due::Day { day, provisional, .. } => format!("{day}{}", if *provisional { " ?" } else { "" }),
            Due::Unknown { .. } => "?".to_owned(),
        };
        let stands = match clock.running {
            Running::Stands { since } => say.fill("case.clocks.since", &[("day", &since.to_string())]),
            _ if clock.is_late(desk.today) => say.text("case.clocks.late").to_owned(),
            _ => String::new(),
        };
        let party = say.text(&format!("clock.party.{}", word(clock.party))).to_owned();
        vec![due, say.of(&clock.title).to_owned(), party, stands]
    });
    desk.context.out(&table(&header, &rows.collect::<Vec<_>>(), 2))?;
    for clock in shown.iter().filter(|clock| explain || clock.without_pause.is_some()) {
        if let Some(without) = clock.without_pause.as_ref().and_then(Due::day) {
            let text = clock.reading.as_ref().map_or("", |reading| say.of(&reading.text));
            desk.context.out(&wrap("", &format!("{}  {without}: {text}", say.of(&clock.title)), 4))?;
        }
        if explain && let Ok(run) = clock.explain(&desk.world) {
            desk.context.out(&format!("  {} ({})", clock.clock, clock.cite))?;
            // Of years of calendar days there is nothing to explain but where they begin and end.
            if run.days.len() > EXPLAINED && run.days.iter().all(|day| day.counts) {
                desk.context.out(&format!("      {} – {}", clock.start, run.day))?;
                continue;
            }
            for day in &run.days {
                let mark = if day.counts { "+" } else { " " };
                desk.context.out(&format!("    {mark} {}  {}", day.date, say.of(&day.why)))?;
            }
        }
    }
    Ok(())
}

fn marks(desk: &Desk<'_>, case: &Case) -> Result<(), Failure> {
    let open: Vec<_> = case.open_marks().collect();
    if open.is_empty() {
        return Ok(());
    }
    desk.context.out("")?;
    desk.context.out(&paint(desk.context.say.text("case.show.marks"), Paint::Bad))?;
    for mark in open {
        desk.context.out(&wrap("", &format!("{}  {}", mark.at, mark.text), 2))?;
    }
    Ok(())
}

fn decided(desk: &Desk<'_>, case: &Case) -> Result<(), Failure> {
    let items = items(&case.dossier);
    if items.is_empty() {
        return Ok(());
    }
    let say = desk.context.say;
    desk.context.out("")?;
    let header = ["item", "name", "columns", "decision"].map(|name| say.text(&format!("case.items.{name}")));
    let rows = items.into_iter().map(|item| {
        let decision = case.decisions.iter().find(|decision| decision.item == item.key);
        let word =
            decision.map_or(String::new(), |of| say.text(&format!("case.verdict.{}", word(of.decision))).to_owned());
        let reason = decision.and_then(|of| of.reason.clone()).map_or(String::new(), |reason| format!(": {reason}"));
        vec![item.key, item.name, item.columns.join(", "), format!("{word}{reason}")]
    });
    desk.context.out(&table(&header, &rows.collect::<Vec<_>>(), 2))?;
    Ok(())
}

fn permitted(desk: &Desk<'_>, case: &Case) -> Result<(), Failure> {
    let say = desk.context.say;
    if let Some(permit) = case.permits.last() {
        let number = permit.terms.number.clone().unwrap_or_default();
        let days = [permit.terms.effective, permit.terms.last_day()]
            .map(|day| day.map_or("…".into(), |day| day.to_string()));
        let key = if permit.revoked.is_some() { "case.permit.revoked" } else { "case.permit.in-force" };
        desk.context.out("")?;
        desk.context.out(&say.fill(key, &[("number", &number), ("from", &days[0]), ("to", &days[1])]))?;
    }
    for release in case.releases.iter().filter(|release| release.not_published.is_none()) {
        let count = release.columns.len().to_string();
        let what = if release.outside.is_empty() {
            paint(say.text("case.release.within"), Paint::Good)
        } else {
            let outside = release.outside.iter().map(|one| json!(one).to_string()).collect::<Vec<_>>().join(", ");
            paint(&say.fill("case.release.outside", &[("what", &outside)]), Paint::Bad)
        };
        let values = [("release", release.release.as_str()), ("day", &release.day.to_string()), ("count", &count)];
        desk.context.out(&format!("  {}  {what}", say.fill("case.release.line", &values)))?;
    }
    Ok(())
}

/// What everybody can do next.
fn can_do(desk: &Desk<'_>, case: &Case) -> Result<(), Failure> {
    let say = desk.context.say;
    let roles: Vec<Role> = desk.role.map_or_else(|| Role::ALL.to_vec(), |role| vec![role]);
    let mut lines: Vec<(String, String, Vec<&str>)> = Vec::new();
    for role in roles {
        for one in available_actions(&desk.world, case, &desk.actor(role, case), desk.today) {
            let asks =
                one.action.asks.iter().map(|ask| procedures::asked(desk.context, ask)).collect::<Vec<_>>().join(" ");
            let blocked = one.blocked.map_or(String::new(), |why| format!(" — {}", say.of(&why.text())));
            let id = one.action.id.to_string();
            let text = format!("{} {asks}{blocked}", say.of(&one.action.name));
            match lines.iter_mut().find(|(known, ..)| *known == id) {
                Some((_, _, by)) => by.push(role.word()),
                None => lines.push((id, text, vec![role.word()])),
            }
        }
    }
    desk.context.out("")?;
    desk.context.out(&paint(say.text("case.show.can-do"), Paint::Strong))?;
    for (id, text, by) in lines {
        desk.context.out(&wrap("", &format!("{id}  {text} [{}]", by.join(", ")), 2))?;
    }
    Ok(())
}

/// What the forms still lack.
pub(super) fn open_questions(desk: &Desk<'_>, case: &Case) -> Result<(), Failure> {
    let Some(of) = forms(desk, case) else { return Ok(()) };
    let found = dossier::gaps(desk.world.forms, desk.world.base, of, &case.dossier, desk.today);
    let progress = dossier::progress(desk.world.forms, of, &case.dossier);
    let say = desk.context.say;
    let values = [
        ("answered", grouped(progress.answered as u64)),
        ("required", grouped(progress.required as u64)),
        ("attached", grouped(progress.materials_attached as u64)),
        ("materials", grouped(progress.materials_required as u64)),
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    desk.context.out("")?;
    desk.context.out(&say.fill("case.progress", &values))?;
    gaps(desk, &found)
}

/// Gaps, a line each, to standard error where they explain a refusal and to the screen otherwise.
pub(super) fn gaps(desk: &Desk<'_>, gaps: &[Gap]) -> Result<(), Failure> {
    let say = desk.context.say;
    if desk.context.format == Format::Json {
        return Ok(());
    }
    for gap in gaps.iter().take(GAPS) {
        desk.context.out(&wrap("", &format!("{}  {}", gap.path, say.of(&gap.what)), 2))?;
    }
    if gaps.len() > GAPS {
        let more = (gaps.len() - GAPS).to_string();
        desk.context.out(&say.fill("case.more-gaps", &[("n", &more)]))?;
    }
    Ok(())
}

fn as_json(desk: &Desk<'_>, case: &Case, personal: bool) -> Value {
    let mut shown = json!(case);
    if !personal && let Some(answers) = shown.pointer_mut("/dossier/answers").and_then(Value::as_object_mut) {
        for (path, answer) in answers {
            let field = path.parse::<dossier::AnswerPath>().map(|path| path.field()).unwrap_or_default();
            if desk.world.forms.field(&field).is_none_or(|field| field.personal) {
                answer["value"] = json!("***");
            }
        }
    }
    let gaps = forms(desk, case)
        .map(|of| dossier::gaps(desk.world.forms, desk.world.base, of, &case.dossier, desk.today))
        .unwrap_or_default();
    let roles: Vec<Role> = desk.role.map_or_else(|| Role::ALL.to_vec(), |role| vec![role]);
    let actions = roles.into_iter().flat_map(|role| {
        let given = available_actions(&desk.world, case, &desk.actor(role, case), desk.today);
        given.into_iter().map(move |one| {
            json!({"action": one.action.id, "role": role, "asks": one.action.asks,
                   "blocked": one.blocked.map(|why| json!({"code": why.code(), "what": why.text()}))})
        })
    });
    json!({"case": shown, "clocks": cases::clocks(&desk.world, case, desk.today), "actions": actions.collect::<Vec<_>>(),
           "gaps": gaps, "items": items(&case.dossier)})
}

/// Writes the signed permit, as `[permit] file` takes it.
pub(super) async fn permit(desk: &Desk<'_>, id: &str, file: Option<&Path>) -> Result<Answer, Failure> {
    let case = desk.case(id).await?;
    let Some(permit) = case.open_permit() else {
        desk.context.error(&desk.context.say.fill("case.no-permit", &[("id", case.id.as_str())]));
        return Ok(Answer::No);
    };
    match file {
        None => desk.context.out(permit.note.trim_end())?,
        Some(file) => {
            std::fs::write(file, &permit.note)
                .map_err(|error| Failure::Other(format!("{}: {error}", file.display())))?;
            let own = desk.home.keys.office_key(super::act::OFFICE)?.verifier();
            let file = file.display().to_string();
            // The office may have signed by a key of its own, of which only the name is known here.
            let text = if evidence::open_note(permit.note.as_bytes(), std::slice::from_ref(&own)).is_ok() {
                desk.context.say.fill("case.permit-written", &[("file", &file), ("key", &own.to_string())])
            } else {
                let signers = evidence::note::signers(permit.note.as_bytes()).unwrap_or_default();
                let names = signers.iter().map(|(name, id)| format!("{name} ({id})")).collect::<Vec<_>>().join(", ");
                desk.context.say.fill("case.permit-written-other", &[("file", &file), ("names", &names)])
            };
            desk.context.note(&text);
        }
    }
    Ok(Answer::Yes)
}

/// The handler's determination asked anew of this rule base.
pub(super) async fn compare(desk: &Desk<'_>, id: &str) -> Result<Answer, Failure> {
    let case = desk.case(id).await?;
    let Some(recorded) = case.artefacts.get(&ArtefactKind::Determination) else {
        return Err(Failure::Input(desk.context.say.fill("case.no-determination", &[("id", case.id.as_str())])));
    };
    let there: Determination =
        serde_json::from_value(recorded.clone()).map_err(|error| Failure::Input(format!("{}: {error}", case.id)))?;
    let comparison = law::compare(&rule_base()?, &there, None)?;
    match desk.context.format {
        Format::Json => desk.context.json(&comparison)?,
        Format::Text => crate::commands::assess::show_comparison(desk.context, &comparison)?,
    }
    Ok(if comparison.agree { Answer::Yes } else { Answer::No })
}
