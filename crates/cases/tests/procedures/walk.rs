//! Plays one case of a page: every row is tried, and what it comes to is held against what the page says.

use std::collections::BTreeMap;

use cases::{Channel, ItemDecision, Mark, Part, Payload, Role, Running, Verdict, Version, clocks, items};
use jiff::civil::{Date, DateTime};

use crate::filled::{complete, file};
use crate::support::{Run, procedures};
use crate::walks::Seen;

/// One section: a line `procedure; region[; offline]` in backticks, and its table.
pub(crate) fn walk(run: &mut Run, section: &str, seen: &mut Seen, differs: &mut Vec<String>) -> Result<(), String> {
    let head = section.lines().find_map(|line| line.strip_prefix('`')?.strip_suffix('`')).ok_or("has no head")?;
    let head: Vec<&str> = head.split("; ").collect();
    let procedure = procedures().get(head[0]).ok_or_else(|| format!("`{}` is no procedure", head[0]))?;
    let channel = if head.contains(&"offline") { Channel::Offline } else { Channel::Online };
    head[1].clone_into(&mut run.region);
    let rows = section.lines().filter(|line| line.starts_with("| 2"));
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [at, who, action, with, then, clocks] = cells[..] else { return Err(format!("not six cells: {row}")) };
        let at: DateTime = match at.parse::<Date>() {
            Ok(day) => day.at(10, 0, 0, 0),
            Err(_) => at.parse().map_err(|error| format!("{at}: {error}"))?,
        };
        let role = Role::from_word(who).ok_or_else(|| format!("`{who}` is no role"))?;
        let done = if action == "open" {
            let days = with
                .split("; ")
                .filter_map(|word| word.split_once('='))
                .map(|(k, v)| (k.to_owned(), v.parse().unwrap()));
            run.open(procedure, role, at, days.collect(), channel)
        } else {
            let (payload, version) = payload(run, action, with, at.date())?;
            let version = version.unwrap_or(run.case().version);
            run.act_seen(role, at, version, action, payload)
        };
        let came = match &done {
            Ok(()) => run.case().state.to_string(),
            Err(refusal) => format!("refused: {}", refusal.code()),
        };
        if came != then {
            let why = done.err().map(|refusal| refusal.to_string()).unwrap_or_default();
            return Err(format!("{at} {action}: came to `{came}`, not `{then}`. {why}"));
        }
        if let Some(code) = then.strip_prefix("refused: ") {
            seen.refusals.insert(code.to_owned());
        } else {
            seen.states.insert((procedure.id.to_string(), then.to_owned()));
            seen.actions.insert((procedure.id.to_string(), action.to_owned()));
        }
        if run.case.is_some() && clocks != "…" {
            let open = open(run, at, seen);
            if open != clocks {
                differs.push(format!("{at} {action}: the clocks are `{open}`, not `{clocks}`"));
            }
        }
    }
    Ok(())
}

/// The open clocks of the case, each with its day.
fn open(run: &Run, now: DateTime, seen: &mut Seen) -> String {
    let running = clocks(&run.world, run.case(), now.date());
    seen.clocks.extend(running.iter().map(|clock| clock.clock.to_string()));
    let open = running.iter().filter(|clock| clock.is_open()).map(|clock| {
        let until = match (&*clock.due, clock.running) {
            (_, Running::Stands { .. }) => "stands".to_owned(),
            (cases::Due::Day { moment: Some(moment), .. }, _) => moment.to_string(),
            (due, _) => due.day().map_or("?".to_owned(), |day| day.to_string()),
        };
        let without = clock.without_pause.as_ref().and_then(cases::Due::day).filter(|_| until != "stands");
        let without = without.map_or(String::new(), |day| format!(" (unstopped {day})"));
        let late = if clock.is_late_at(now) { " late" } else { "" };
        format!("{} {until}{without}{late}", clock.clock)
    });
    let open: Vec<String> = open.collect();
    if open.is_empty() { "-".to_owned() } else { open.join(", ") }
}

/// What the action takes along: the words of the page, and what it cannot go without unless the page says `bare`.
fn payload(run: &Run, action: &str, with: &str, on: Date) -> Result<(Payload, Option<Version>), String> {
    let case = run.case();
    let mut payload = Payload::default();
    let mut version = None;
    let mut bare = false;
    for word in with.split("; ").filter(|word| *word != "-") {
        let (key, value) = word.split_once('=').unwrap_or((word, ""));
        match key {
            "bare" => bare = true,
            "complete" => payload = complete(&run.world, case, on),
            "items" => {
                for row in 1..=2 {
                    let path = format!("scenario[1].item[{row}].name").parse().unwrap();
                    payload.answers.insert(path, serde_json::json!(format!("数据项{row}")));
                }
            }
            "seen" => version = Some(Version(value.parse().map_err(|_| "seen")?)),
            "moment" => payload.moment = Some(value.parse().map_err(|_| format!("{value} is no moment"))?),
            "workdays" => payload.workdays = Some(value.parse().map_err(|_| "workdays")?),
            "mark" => payload.marks.push(Mark { at: value.to_owned(), text: "请说明".to_owned() }),
            "reply" => {
                let open = case.open_marks().map(|mark| mark.at.clone());
                payload.marks.extend(open.map(|at| Mark { at, text: "已核对，维持原内容".to_owned() }));
            }
            "answer" => {
                let (path, text) = value.split_once(':').ok_or("an answer is `path:text`")?;
                payload.answers.insert(path.parse().map_err(|_| "path")?, serde_json::json!(text));
            }
            "growth" => {
                let (path, by) = value.rsplit_once(':').ok_or("a growth is `path:percent`")?;
                let by: i64 = by.parse().map_err(|_| "percent")?;
                payload.answers.insert(path.parse().map_err(|_| "path")?, serde_json::json!(by));
            }
            "yes" | "no" => {
                payload.answers.insert(value.parse().map_err(|_| "path")?, serde_json::json!(key == "yes"));
            }
            "approve" => payload.decisions = decide(run, value),
            "publish" => payload.publish = Some(value == "yes"),
            "file" => payload.attachments.push(file(None, "application/pdf")),
            day => {
                let stated = value.parse().map_err(|_| format!("`{word}` is no word of a walk"))?;
                payload.days.insert(day.to_owned(), stated);
            }
        }
    }
    let procedure = run.world.procedures.get(case.procedure.as_str()).unwrap();
    if let Some(definition) = procedure.action(action).filter(|_| !bare) {
        let lacks = |ask: &&cases::Ask| ask.required && !payload.has(ask.part, ask.name.as_deref());
        for part in definition.asks.iter().filter(lacks).map(|ask| ask.part).collect::<Vec<_>>() {
            match part {
                Part::Text => payload.text = Some("情况说明".to_owned()),
                Part::Number => payload.number = Some("示例〔2026〕第1号".to_owned()),
                Part::Attachments => payload.attachments.push(file(None, "application/pdf")),
                Part::Case => payload.case = Some(cases::CaseId::new("sa-0000000002")),
                Part::Member => {
                    payload.member =
                        Some(cases::Handler { name: "示例子公司".to_owned(), ..case.handler.clone() });
                }
                Part::Assignee => payload.assignee = Some(cases::ActorId::new("officer-7")),
                Part::Artefacts => {
                    payload.artefacts = BTreeMap::from([(cases::ArtefactKind::Inventory, serde_json::json!({}))]);
                }
                _ => {}
            }
        }
    }
    Ok((payload, version))
}

/// `all`, `none`, or the row of the one item that is approved.
fn decide(run: &Run, which: &str) -> Vec<ItemDecision> {
    let items = items(&run.case().dossier).into_iter().enumerate();
    let decide = |(at, item): (usize, cases::Item)| {
        let approved = which == "all" || which == (at + 1).to_string();
        let decision = if approved { Verdict::Approved } else { Verdict::Refused };
        let reason = (!approved).then(|| "必要性不足".to_owned());
        ItemDecision { item: item.key, decision, forms: Vec::new(), persons: None, reason }
    };
    items.map(decide).collect()
}
