//! The life of one case: opened, acted on by whoever may, to its end or the last day.

use evidence::SigningKey;
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::dice::Dice;
use super::invariants::{Broken, Yesterday, at_end, on_day};
use super::step::Tried;
use super::{Era, Report, Settings, era_on, made_up};
use crate::act::{Acting, open_case};
use crate::case::Case;
use crate::payload::{Opening, Payload, Recorded};
use crate::procedure::{Phase, Procedure, State};
use crate::refusal::Refusal;
use crate::terms::{Actor, ActorId, CaseId, Role, Scope, Version};
use crate::world::World;

/// Days for which a closed case is still looked at.
const AFTERWARDS: u32 = 30;
/// The name under which a made-up office goes.
const OFFICE: &str = "office";

/// One case and those who act on it.
pub struct Life<'e, 'a> {
    eras: &'e [Era<'a>],
    settings: Settings,
    id: CaseId,
    number: u64,
    pub(super) dice: Dice,
    key: Option<SigningKey>,
    pub(super) record: Vec<Recorded>,
    /// How readily its people act, times in a thousand a working day.
    pace: usize,
    /// Every attempt in its order, where somebody asks for them.
    pub(super) tried: Option<Vec<Tried>>,
}

impl<'e, 'a> Life<'e, 'a> {
    /// The life of the case with this number.
    pub fn new(eras: &'e [Era<'a>], settings: Settings, number: u64) -> Self {
        let mut dice = Dice::new(settings.seed, number);
        let pace = [60, 150, 400][dice.below(3)];
        let key = Self::office_key();
        let id = CaseId::new(format!("sim-{number:010}"));
        Self { eras, settings, id, number, dice, key, record: Vec::new(), pace, tried: None }
    }

    /// The key of the office that signs what is permitted.
    pub fn office_key() -> Option<SigningKey> {
        SigningKey::from_seed("example.gov/office", &[9; 32]).ok()
    }

    /// Lives it, and adds what came of it to the report.
    pub fn live(mut self, report: &mut Report) {
        self.whole(report);
    }

    /// The same, and gives the case's id, its record and everything that was tried on it, refused or not, in its order.
    pub fn told(mut self, report: &mut Report) -> (CaseId, Vec<Recorded>, Vec<Tried>) {
        self.tried = Some(Vec::new());
        self.whole(report);
        (self.id, self.record, self.tried.unwrap_or_default())
    }

    fn whole(&mut self, report: &mut Report) {
        let days = self.settings.from.until(self.settings.until).map_or(0, |span| span.get_days());
        let offset = self.dice.below((days / 2).max(1) as usize) as i64;
        let mut day = self.settings.from.saturating_add(offset.days());
        if let Err((day, what)) = self.days(&mut day, report) {
            report.broken.push(Broken { case: self.id.clone(), day, what });
        }
    }

    fn days(&mut self, day: &mut Date, report: &mut Report) -> Result<(), (Date, String)> {
        let at = |day: Date| move |what: String| (day, what);
        let Some(mut case) = self.open(*day, report).map_err(at(*day))? else { return Ok(()) };
        let mut yesterday = Yesterday::new();
        let mut afterwards = 0;
        let mut changed = true;
        let mut era = self.world(*day);
        while *day <= self.settings.until && afterwards < AFTERWARDS {
            let world = self.world(*day);
            changed |= !std::ptr::eq(world, era);
            era = world;
            let running = on_day(world, &case, *day, &mut yesterday, changed).map_err(at(*day))?;
            report.case_days += 1;
            let works = world.base.calendar().is_working_day(*day).is_ok_and(|kind| kind.counts());
            // Handlers act on any day now and then, also at night and on holidays.
            let waits =
                state(world, &case).is_some_and(|state| state.phase != Phase::InForce || state.holder.is_some());
            let busy = waits || running.iter().any(|clock| clock.is_late(*day));
            let pace = if works && busy { self.pace } else { self.pace / 10 };
            changed = self.dice.in_thousand(pace) && self.step(world, &mut case, *day, report).map_err(at(*day))?;
            if changed {
                let again = on_day(world, &case, *day, &mut yesterday, true).map_err(at(*day))?;
                for clock in again.iter().filter(|clock| !running.iter().any(|old| old.clock == clock.clock)) {
                    *report.clocks.entry(clock.clock.to_string()).or_default() += 1;
                }
            }
            afterwards += u32::from(phase(world, &case) == Some(Phase::Closed));
            *day = day.saturating_add(1.day());
        }
        report.cases += 1;
        *report.ended.entry((case.procedure.clone(), case.state.clone())).or_default() += 1;
        at_end(&case, &self.record).map_err(at(*day))
    }

    fn world(&self, day: Date) -> &'e World<'a> {
        era_on(self.eras, day)
    }

    /// Opens a case of some procedure of the day. `None`: that procedure has none on that day.
    fn open(&mut self, day: Date, report: &mut Report) -> Result<Option<Case>, String> {
        let world = self.world(day);
        let procedures: Vec<&Procedure> = world.procedures.all().iter().filter(|of| of.from <= day).collect();
        // Each procedure gets its share, however many there are.
        let Some(procedure) = procedures.get(self.number as usize % procedures.len().max(1)) else { return Ok(None) };
        let handler = made_up::handler(&mut self.dice, self.number);
        let office = Some(OFFICE.to_owned());
        let uscc = handler.uscc.clone();
        let mut payload = Payload {
            opening: Some(Opening {
                procedure: procedure.id.clone(),
                handler,
                channel: crate::Channel::default(),
                office,
                follows: None,
                title: "模拟案件".to_owned(),
            }),
            ..Payload::default()
        };
        if self.dice.in_thousand(300) {
            payload.days.insert("began".to_owned(), day.saturating_sub(400.days()));
        }
        let mut openers = procedure.action("open").map_or(Vec::new(), |open| open.by.clone());
        openers.retain(|role| *role != Role::Adviser);
        let turn = self.dice.below(openers.len());
        openers.rotate_left(turn);
        // An office opens what is its own; what is a handler's it may not.
        let mut recorded = Err(Refusal::NotYours { case: self.id.clone() });
        for role in openers {
            let by = self.actor(role, &uscc, "");
            let acting = self.acting(&by, day, Version(0));
            let at = acting.at;
            recorded = open_case(world, &self.id, acting, payload.clone());
            self.tell(&by, at, Version(0), "open", &payload, &recorded);
            if !matches!(recorded, Err(Refusal::NotYours { .. })) {
                break;
            }
        }
        let recorded = recorded.map_err(|refusal| format!("a case cannot be opened: {refusal}"))?;
        let case = Case::opened(&self.id, &recorded).map_err(|error| error.to_string())?;
        self.record.push(recorded);
        self.count(&case, report);
        Ok(Some(case))
    }

    pub(super) fn count(&self, case: &Case, report: &mut Report) {
        report.actions += 1;
        if let Some(recorded) = self.record.last() {
            *report.taken.entry((case.procedure.clone(), recorded.action.clone())).or_default() += 1;
        }
    }

    pub(super) fn acting<'x>(&'x self, by: &'x Actor, day: Date, seen: Version) -> Acting<'x> {
        // Morning or the last second of the day by Beijing time: both are that day.
        let time = if seen.0.is_multiple_of(2) { day.at(9, 30, 0, 0) } else { day.at(23, 59, 59, 0) };
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        let at = time.to_zoned(zone).map_or(jiff::Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp());
        let signer = self.key.as_ref().map(|key| key as &dyn evidence::NoteSigner);
        Acting { by, at, seen, request: None, signer }
    }

    pub(super) fn actor(&self, role: Role, uscc: &str, region: &str) -> Actor {
        let scope = match role {
            Role::Applicant | Role::Approver => Scope::Handler(uscc.to_owned()),
            Role::Adviser | Role::Recipient => Scope::Case(self.id.clone()),
            Role::Province => Scope::Province(region.to_owned()),
            Role::National | Role::Auditor | Role::Administrator => Scope::All,
            Role::Prefecture | Role::SectorAuthority | Role::CertificationBody | Role::ZoneBody => {
                Scope::Office(OFFICE.to_owned())
            }
        };
        Actor { id: ActorId::new(role.word()), role, scope }
    }
}

pub(super) fn phase(world: &World<'_>, case: &Case) -> Option<Phase> {
    state(world, case).map(|state| state.phase)
}

fn state<'a>(world: &World<'a>, case: &Case) -> Option<&'a State> {
    world.procedure(&case.procedure)?.state(case.state.as_str())
}
