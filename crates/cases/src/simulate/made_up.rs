//! Made-up handlers, answers and payloads. Everything is drawn; nothing is anybody's.

use std::collections::BTreeMap;

use codes::check::uscc_check_char;
use dossier::Procedure as Forms;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::dice::Dice;
use crate::case::Case;
use crate::items::items;
use crate::payload::{Attachment, Handler, ItemDecision, Mark, Payload, Verdict};
use crate::procedure::{ActionDefinition, Ask, Part};
use crate::terms::{ActorId, CaseId};
use crate::world::World;

/// Provinces with the first two digits of their division.
const PROVINCES: [(&str, &str); 6] =
    [("CN-BJ", "11"), ("CN-SH", "31"), ("CN-ZJ", "33"), ("CN-GD", "44"), ("CN-TJ", "12"), ("CN-FJ", "35")];
/// Dossiers are made up from so many seeds.
const SEEDS: u64 = 7;
/// What is attached that is none of the materials.
const ATTACHED: &str = "attachment";
const SECTORS: [&str; 6] = ["health", "transport", "automotive", "retail", "finance", "pharma"];
/// A handler, by its number.
pub(super) fn handler(dice: &mut Dice, number: u64) -> Handler {
    let (region, division) = PROVINCES[dice.below(PROVINCES.len())];
    let body = format!("91{division}0000MA{:07}", number % 10_000_000);
    let uscc = format!("{body}{}", char::from(uscc_check_char(body.as_bytes())));
    let sector = SECTORS[dice.below(SECTORS.len())];
    Handler { uscc, name: format!("示例单位{number}"), region: region.to_owned(), sector: Some(sector.to_owned()) }
}

/// What fills a dossier's gaps on a day: answers and materials. What is there and not wrong stays.
pub(super) fn complete(world: &World<'_>, forms: Forms, case: &Case, day: Date) -> Payload {
    let mut payload = Payload::default();
    let gaps = dossier::gaps(world.forms, world.base, forms, &case.dossier, day);
    if gaps.is_empty() {
        return payload;
    }
    let example = dossier::example(world.forms, forms, day, case.history.len() as u64 % SEEDS);
    for (path, answer) in example.answers.iter() {
        let wrong = gaps.iter().any(|gap| gap.path == path.to_string());
        if wrong || case.dossier.answers.value(path).is_none() {
            let own = path.to_string() == "handler.uscc";
            let value = if own { Value::from(case.handler.uscc.clone()) } else { answer.value.clone() };
            payload.answers.insert(path.clone(), value);
        }
    }
    let missing =
        example.materials.into_iter().filter(|of| !case.dossier.materials.iter().any(|m| m.material == of.material));
    payload.attachments = missing
        .map(|of| Attachment {
            digest: of.digest,
            name: of.name,
            media_type: of.media_type,
            size: of.size,
            material: Some(of.material),
        })
        .collect();
    payload
}

/// The content of every paper that simulated people attach.
pub fn papers(forms: &dossier::Forms) -> Vec<Vec<u8>> {
    let of = |seed: u64| forms.materials().iter().map(move |material| dossier::example_paper(&material.id, seed));
    (0..SEEDS).flat_map(of).chain([dossier::example_paper(ATTACHED, 0)]).collect()
}

/// What an action takes along, drawn from what it asks for. `None`: nothing that could be drawn fits.
pub(super) fn payload(
    world: &World<'_>,
    case: &Case,
    action: &ActionDefinition,
    dice: &mut Dice,
    day: Date,
    acts_for_handler: bool,
) -> Option<Payload> {
    let mut payload = Payload::default();
    for ask in action.asks.iter().filter(|ask| ask.required) {
        part(world, case, ask, &mut payload, dice, day)?;
    }
    // What is optional comes along now and then.
    for ask in action.asks.iter().filter(|ask| !ask.required) {
        let skip = matches!(ask.part, Part::Marks | Part::Attachments | Part::Artefacts | Part::Answers);
        if !skip && dice.in_thousand(300) {
            part(world, case, ask, &mut payload, dice, day)?;
        }
    }
    if acts_for_handler && action.asks_for(Part::Answers).is_some() {
        let forms = world.procedure(&case.procedure)?.state(case.state.as_str())?.forms;
        let filled = forms.map(|forms| complete(world, forms, case, day)).unwrap_or_default();
        payload.answers = filled.answers;
        if action.asks_for(Part::Attachments).is_some() {
            payload.attachments = filled.attachments;
        }
        if action.asks_for(Part::Marks).is_some() {
            let open = case.open_marks().map(|mark| mark.at.clone()).collect::<Vec<_>>();
            payload.marks = open.into_iter().map(|at| Mark { at, text: "已核对，维持原内容".to_owned() }).collect();
        }
    }
    Some(payload)
}

fn part(world: &World<'_>, case: &Case, ask: &Ask, payload: &mut Payload, dice: &mut Dice, day: Date) -> Option<()> {
    match ask.part {
        Part::Opening => return None,
        Part::Text => payload.text = Some("情况说明".to_owned()),
        Part::Day => {
            let back = i64::try_from(dice.below(10)).unwrap_or(0);
            let drawn = day.saturating_sub(back.days());
            let fixed = ask.on.and_then(|(month, of)| Date::new(drawn.year(), month, of).ok());
            payload.days.insert(ask.name.clone()?, fixed.unwrap_or(drawn));
        }
        Part::Moment => payload.moment = Some(day.at(9, 30, 0, 0)),
        Part::Marks => {
            let procedure = world.procedure(&case.procedure)?;
            let forms = procedure.states.iter().rev().find_map(|state| state.forms)?;
            let fields: Vec<&str> = world.forms.fields_of(forms).map(|field| field.id.as_str()).collect();
            let at = (*dice.of(&fields)?).to_owned();
            payload.marks.push(Mark { at, text: "请补充说明".to_owned() });
        }
        Part::Answers => {
            let answers: Vec<_> = case.dossier.answers.iter().filter(|(_, answer)| answer.value.is_string()).collect();
            let (path, answer) = dice.of(&answers)?;
            payload.answers = BTreeMap::from([((*path).clone(), answer.value.clone())]);
        }
        Part::Decisions => payload.decisions = decisions(case, dice),
        Part::Number => payload.number = Some(format!("示例〔{}〕{:04}号", day.year(), dice.below(10_000))),
        Part::Workdays => payload.workdays = Some(5 + dice.below(30) as u32),
        Part::Attachments => {
            let paper = dossier::example_paper(ATTACHED, 0);
            payload.attachments.push(Attachment {
                digest: transfer::digest(&paper),
                name: "说明.pdf".to_owned(),
                media_type: "application/pdf".to_owned(),
                size: paper.len() as u64,
                material: None,
            });
        }
        Part::Assignee => payload.assignee = Some(ActorId::new(format!("officer-{}", dice.below(9)))),
        Part::Artefacts => {
            payload.artefacts.insert(crate::payload::ArtefactKind::Inventory, json!({"columns": []}));
        }
        Part::Receipt => payload.receipt = Some(super::releases::report(case, dice, day)?),
        Part::Publish => payload.publish = Some(dice.in_thousand(500)),
        Part::Member => {
            let number = dice.draw() % 10_000_000;
            payload.member = Some(handler(dice, number));
        }
        Part::Case => payload.case = Some(CaseId::new(format!("sa-{:010}", dice.draw() % 10_000_000_000))),
    }
    Some(())
}

fn decisions(case: &Case, dice: &mut Dice) -> Vec<ItemDecision> {
    let mood = dice.below(3);
    let decide = |item: String, dice: &mut Dice| {
        let approved = mood == 0 || (mood == 1 && dice.in_thousand(500));
        let decision = if approved { Verdict::Approved } else { Verdict::Refused };
        let reason = (!approved).then(|| "必要性不足".to_owned());
        let persons = (approved && dice.in_thousand(200)).then_some(50_000);
        ItemDecision { item, decision, forms: Vec::new(), persons, reason }
    };
    items(&case.dossier).into_iter().map(|item| decide(item.key, dice)).collect()
}
