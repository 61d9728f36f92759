//! The course of one case: its steps, each on its day and by whoever may take it.

use cases::{
    ActionDefinition, ActionId, Actor, Case, CaseId, Phase, Procedure, Request, Role, Scope, Store, Version, World,
};
use doors::Account;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use law::Workdays;

use super::DemoError;
use super::people::People;
use super::script::{CaseScript, HandlerScript, On, Script, Step};
use crate::house::Signers;

/// From this day on a result of an assessment holds three years; what was decided before holds two (CAC Order 16 art 9).
const THREE_YEARS: Date = jiff::civil::date(2024, 3, 22);
/// The order in which whoever may act is looked for.
const TURNS: [Role; 9] = [
    Role::Approver,
    Role::Applicant,
    Role::Province,
    Role::National,
    Role::CertificationBody,
    Role::ZoneBody,
    Role::SectorAuthority,
    Role::Prefecture,
    Role::Administrator,
];

/// All that a case is driven with.
pub(super) struct Course<'a> {
    pub(super) store: &'a Store,
    pub(super) world: &'a World<'static>,
    pub(super) script: &'a Script,
    pub(super) people: &'a People,
    pub(super) signers: &'a Signers,
    pub(super) now: Timestamp,
    pub(super) today: Date,
}

/// One case on its way.
pub(super) struct Walk<'a> {
    pub(super) course: &'a Course<'a>,
    pub(super) handler: &'a HandlerScript,
    pub(super) script: &'a CaseScript,
    pub(super) procedure: &'a Procedure,
    pub(super) id: CaseId,
    /// The day from which its steps count back.
    base: Date,
    pub(super) last: Timestamp,
    pub(super) seed: u64,
}

impl<'a> Course<'a> {
    /// The id of a case by its name in the script.
    pub(super) fn id(&self, case: &CaseScript) -> CaseId {
        self.store.case_id_for(&case.procedure, &format!("demonstration/{}", case.key))
    }

    /// Lives a case. `None`: its procedure, or the state it is to show, is of other days.
    pub(super) async fn live(
        &'a self,
        handler: &'a HandlerScript,
        script: &'a CaseScript,
    ) -> Result<Option<CaseId>, DemoError> {
        let procedure = self.world.procedures.get(&script.procedure);
        let none = || self.wrong(script, "open", self.today, format!("there is no procedure `{}`", script.procedure));
        let procedure: &'a Procedure = procedure.ok_or_else(none)?;
        let base = match script.ended {
            None => self.today,
            Some(ago) => match decided(self.today.saturating_sub(ago.days())) {
                Some(day) => day,
                None => return Ok(None),
            },
        };
        let id = self.id(script);
        let seed = script.key.bytes().fold(7, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
        let mut walk =
            Walk { course: self, handler, script, procedure, id, base, last: Timestamp::MIN, seed: seed % 100_000 };
        let opened = script.steps.first().map_or(base, |first| walk.day(&first.on));
        if opened < procedure.from {
            return Ok(None);
        }
        for (no, step) in script.steps.iter().enumerate() {
            walk.step(no, step).await?;
        }
        Ok(Some(walk.id))
    }

    pub(super) fn wrong(&self, case: &CaseScript, step: &str, day: Date, what: impl Into<String>) -> DemoError {
        DemoError::Step { case: case.key.clone(), step: step.to_owned(), day, what: what.into() }
    }
}

/// The day of a result whose validity ends on a day; `None`: no result does.
fn decided(end: Date) -> Option<Date> {
    let three = end.saturating_sub(3.years());
    let two = end.saturating_sub(2.years());
    if three >= THREE_YEARS { Some(three) } else { Some(two).filter(|two| *two < THREE_YEARS) }
}

impl Walk<'_> {
    /// A day of the script.
    pub(super) fn day(&self, on: &On) -> Date {
        let today = self.course.today;
        match on {
            On::Days(ago) => self.base.saturating_sub((*ago).days()),
            On::Words(words) => {
                let count = words.get(1..).and_then(|count| count.parse::<u32>().ok()).unwrap_or(0);
                let calendar = self.course.world.base.calendar();
                match words.as_bytes().first() {
                    Some(b'w') => calendar.before(today, Workdays(count)).map_or(today, |found| found.day),
                    _ => today.saturating_sub(i64::from(count).days()),
                }
            }
        }
    }

    /// The moment of a step: office hours of a working day, after the step before and not after now.
    fn moment(&self, no: usize, step: &Step) -> (Date, Timestamp) {
        let calendar = self.course.world.base.calendar();
        let mut day = self.day(&step.on).min(self.course.today);
        let works = |day: Date| calendar.is_working_day(day).is_ok_and(|kind| kind.counts());
        // Whatever happens in an emergency happens on any day.
        if step.hours.is_none() {
            let back = (0..12).map(|back: i64| day.saturating_sub(back.days())).find(|day| works(*day));
            day = back.unwrap_or(day);
        }
        let before = self.course.zone().to_datetime(self.last).date();
        if self.last > Timestamp::MIN {
            day = day.max(before);
        }
        let minutes = (self.seed.wrapping_mul(37).wrapping_add(no as u64 * 73) % 430) as i64;
        let time = Time::constant(9, 5, 0, 0).saturating_add(minutes.minutes());
        let at = day.to_datetime(time).to_zoned(TimeZone::fixed(jiff::tz::offset(8)));
        let at = at.map_or(self.course.now, |zoned| zoned.timestamp());
        let after = if self.last > Timestamp::MIN { at.max(self.last + 11.minutes()) } else { at };
        let at = after.min(self.course.now);
        (self.course.zone().to_datetime(at).date(), at)
    }

    async fn step(&mut self, no: usize, step: &Step) -> Result<(), DemoError> {
        let (day, at) = self.moment(no, step);
        let wrong = |what: String| self.course.wrong(self.script, &step.action, day, what);
        let case = if no == 0 { None } else { Some(self.course.store.case(&self.id).await?) };
        let action = self.procedure.action(&step.action);
        let action = action.ok_or_else(|| wrong(format!("`{}` has no such action", self.procedure.id)))?;
        if !action.in_force(day) {
            return Ok(());
        }
        let by = self.actor(step, action).ok_or_else(|| wrong("nobody there may".to_owned()))?;
        let payload = self.payload(case.as_ref(), step, action, day, at).await?;
        let request = Request {
            case: self.id.clone(),
            action: ActionId::new(&step.action),
            signer: (self.course.signers)(&by),
            by,
            at,
            seen: case.as_ref().map_or(Version(0), |case| case.version),
            request: None,
            payload,
        };
        self.course.store.act(request).await.map_err(|error| wrong(format!("{error:?}")))?;
        self.last = at;
        Ok(())
    }

    /// Who takes a step: whoever is named, or the first of the case's own people or offices whose role may.
    fn actor(&self, step: &Step, action: &ActionDefinition) -> Option<Actor> {
        let people = self.course.people;
        if let Some(login) = &step.by {
            return people.account(login).map(Account::actor);
        }
        let fills = ["open", "edit"].contains(&action.id.as_str()) || action.id.as_str().starts_with("record-");
        let mut turns = TURNS;
        if fills {
            turns.swap(0, 1);
        }
        let mut roles = turns.into_iter().filter(|role| action.by.contains(role));
        roles.find_map(|role| people.with(role).find(|account| self.is_theirs(account))).map(Account::actor)
    }

    fn is_theirs(&self, account: &Account) -> bool {
        let handler = &self.handler.handler;
        match &account.scope {
            Scope::All => true,
            Scope::Handler(uscc) => *uscc == handler.uscc,
            Scope::Province(region) => *region == handler.region,
            Scope::Office(office) => self.script.office.as_ref() == Some(office),
            Scope::Case(case) => *case == self.id,
        }
    }

    /// The forms that are to be complete where the case stands.
    pub(super) fn forms(&self, case: Option<&Case>) -> Option<dossier::Procedure> {
        let state = case.map_or_else(|| self.procedure.first(), |case| &case.state);
        self.procedure.state(state.as_str())?.forms
    }

    /// Whether the handler still prepares.
    pub(super) fn prepares(&self, case: &Case) -> bool {
        self.procedure.state(case.state.as_str()).is_some_and(|state| state.phase == Phase::Preparing)
    }
}

impl Course<'_> {
    /// The zone of the law.
    #[allow(clippy::unused_self, reason = "read as a property of where this happens")]
    pub(super) fn zone(&self) -> jiff::tz::Offset {
        jiff::tz::offset(8)
    }
}
