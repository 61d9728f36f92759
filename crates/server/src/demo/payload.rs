//! What a step takes along: what the script says, and what the action asks for beside it.

use cases::{
    ActionDefinition, Ask, Attachment, Case, ItemDecision, Mark, NewFile, Opening, Part, Payload, ProcedureId, Verdict,
    items,
};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

use super::answers::filled;
use super::course::Walk;
use super::script::Step;
use super::{DemoError, paper, release};

/// What has to be of the day on which it is filed again.
const FRESH: [&str; 2] = ["authorisation.", "pipia.finished"];

impl Walk<'_> {
    pub(super) async fn payload(
        &self,
        case: Option<&Case>,
        step: &Step,
        action: &ActionDefinition,
        day: Date,
        at: Timestamp,
    ) -> Result<Payload, DemoError> {
        let mut payload = Payload { text: step.text.clone(), publish: step.publish, ..Payload::default() };
        let wrong = |what: String| self.course.wrong(self.script, &step.action, day, what);
        for (path, value) in &step.set {
            let path = path.parse().map_err(|_| wrong(format!("`{path}` is no path")))?;
            payload.answers.insert(path, value.clone());
        }
        payload.marks = step.marks.iter().map(|(at, text)| Mark { at: at.clone(), text: text.clone() }).collect();
        for (name, on) in &step.days {
            payload.days.insert(name.clone(), self.day(on).min(day));
        }
        for ask in &action.asks {
            self.asked(ask, case, step, &mut payload, day, at)?;
        }
        if let Some(case) = case {
            self.papers(case, step, action, &mut payload, day).await?;
        }
        Ok(payload)
    }

    /// A part that the script leaves to the action.
    fn asked(
        &self,
        ask: &Ask,
        case: Option<&Case>,
        step: &Step,
        payload: &mut Payload,
        day: Date,
        at: Timestamp,
    ) -> Result<(), DemoError> {
        let wrong = |what: &str| self.course.wrong(self.script, &step.action, day, what);
        match (ask.part, case) {
            (Part::Opening, _) => payload.opening = Some(self.opening()),
            (Part::Day, _) => {
                let Some(name) = ask.name.as_ref().filter(|name| ask.required && !payload.days.contains_key(*name))
                else {
                    return Ok(());
                };
                let fixed = ask.on.and_then(|(month, of)| {
                    let this = Date::new(day.year(), month, of).ok();
                    this.filter(|this| *this <= day).or_else(|| Date::new(day.year() - 1, month, of).ok())
                });
                payload.days.insert(name.clone(), fixed.unwrap_or(day));
            }
            (Part::Moment, _) => {
                let found = at - step.hours.unwrap_or(1).hours();
                payload.moment = Some(self.course.zone().to_datetime(found));
            }
            (Part::Decisions, Some(case)) => payload.decisions = decisions(case, step),
            (Part::Number, _) if ask.required || step.number.is_some() => {
                let number = || format!("示例{}第{:04}号", day.year(), self.seed % 10_000);
                payload.number = Some(step.number.clone().unwrap_or_else(number));
            }
            (Part::Workdays, _) => payload.workdays = step.workdays,
            (Part::Assignee, _) => {
                let officer = step.assign.as_ref().and_then(|login| self.course.people.account(login));
                payload.assignee = officer.map(|account| account.actor().id);
            }
            (Part::Receipt, Some(case)) => {
                let script = step.release.as_ref().ok_or_else(|| wrong("what left is not said"))?;
                let report = release::report(case, script, day, &step_name(step, case));
                payload.receipt = Some(report.ok_or_else(|| wrong("there is no permit to release under"))?);
            }
            (Part::Member, _) => {
                let member = step.member.as_ref().and_then(|id| self.course.script.handler(id));
                payload.member = member.map(super::script::HandlerWords::as_handler);
            }
            (Part::Case, _) => {
                let other = step.case.as_ref().and_then(|key| self.course.script.case(key));
                payload.case = other.map(|case| self.course.id(case));
            }
            _ => {}
        }
        Ok(())
    }

    fn opening(&self) -> Opening {
        let follows = self.script.follows.as_ref().and_then(|key| self.course.script.case(key));
        Opening {
            procedure: ProcedureId::new(&self.script.procedure),
            handler: self.handler.handler.as_handler(),
            channel: self.script.channel,
            office: self.script.office.clone(),
            follows: follows.map(|case| self.course.id(case)),
            title: self.script.title.clone(),
        }
    }

    /// Answers, materials and papers. Whoever first fills in fills in all that the script gives the case.
    async fn papers(
        &self,
        case: &Case,
        step: &Step,
        action: &ActionDefinition,
        payload: &mut Payload,
        day: Date,
    ) -> Result<(), DemoError> {
        let mut papers: Vec<(String, Option<String>)> = step.papers.iter().map(|name| (name.clone(), None)).collect();
        let needs = action.asks_for(Part::Attachments).is_some_and(|ask| ask.required);
        if needs && papers.is_empty() {
            papers.push((self.script.title.clone(), None));
        }
        let forms = self.forms(Some(case)).filter(|_| action.id.as_str() == "edit" && payload.answers.is_empty());
        if let Some(forms) = forms
            && payload.marks.is_empty()
        {
            let (course, seed) = (self.course, self.seed);
            let filled = filled(course.world, course.script, self.handler, self.script, forms, day, seed);
            // What was answered before stays, but for what has to be new.
            let anew = |path: &dossier::AnswerPath| FRESH.iter().any(|field| path.field().starts_with(field));
            let there = |path: &dossier::AnswerPath| {
                !self.prepares(case) && !anew(path) && case.dossier.answers.get(path).is_some()
            };
            payload.answers = filled.answers.into_iter().filter(|(path, _)| !there(path)).collect();
            let known = |id: &str| case.dossier.materials.iter().any(|known| known.material == id);
            let materials = filled.materials.into_iter().filter(|of| !known(&of.material));
            papers.extend(materials.map(|of| (of.name.trim_end_matches(".pdf").to_owned(), Some(of.material))));
        }
        for (name, material) in papers {
            payload.attachments.push(self.put(&name, material.as_deref(), day).await?);
        }
        Ok(())
    }

    async fn put(&self, name: &str, material: Option<&str>, day: Date) -> Result<Attachment, DemoError> {
        let handler = &self.handler.handler;
        let lines = [
            name,
            &handler.name,
            &self.script.title,
            &day.to_string(),
            "本文件为演示而作 / made up for a demonstration",
        ];
        let bytes = paper::page(&lines.map(str::to_owned));
        let file = NewFile { name: &format!("{name}.pdf"), media_type: "application/pdf", material, bytes: &bytes };
        Ok(self.course.store.put_file(&self.id, &file).await?)
    }
}

/// Tells releases of a case apart.
fn step_name(step: &Step, case: &Case) -> String {
    format!("{}/{}/{}", case.id, step.action, case.version)
}

fn decisions(case: &Case, step: &Step) -> Vec<ItemDecision> {
    let decide = |item: cases::Item| {
        let reason = step.refuse.get("*").or_else(|| step.refuse.get(&item.name)).cloned();
        let decision = if reason.is_some() { Verdict::Refused } else { Verdict::Approved };
        let persons = step.persons.get(&item.name).copied().filter(|_| reason.is_none());
        ItemDecision { item: item.key, decision, forms: Vec::new(), persons, reason }
    };
    items(&case.dossier).into_iter().map(decide).collect()
}
