//! The day's reminders, of all cases.

use std::collections::BTreeMap;

use cases::{Actor, ActorId, Ahead, Case, QueueQuery, Reminder, Role, Scope, may_see};
use jiff::civil::Date;
use post::Letter;

use super::people::Person;
use super::{Hooks, letter, seen};
use crate::house::House;
use crate::problem::Problem;
use crate::words::of_day;

/// Cases read at once.
const AT_ONCE: u32 = 200;

/// Letters of what falls on the days after `after` up to `today`.
pub(super) async fn letters(
    house: &House,
    hooks: &Hooks,
    people: &[Person],
    after: Date,
    today: Date,
) -> Result<Vec<Letter>, Problem> {
    let mut letters = Vec::new();
    let mut lines: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    let wanting: Vec<_> = hooks.iter().filter(|(hook, _)| hook.wants("case.reminder")).collect();
    if wanting.is_empty() && people.is_empty() {
        return Ok(letters);
    }
    let everything = Actor { id: ActorId::new("reminders"), role: Role::Administrator, scope: Scope::All };
    let mut page = QueueQuery { most: AT_ONCE, ..QueueQuery::of(everything) };
    loop {
        let found = house.store.queue(&page).await?;
        for row in &found.rows {
            let case = house.store.case(&row.case).await?;
            for reminder in cases::reminders(&house.world, &case, &Ahead::default(), after, today) {
                let told = wanting.iter().filter(|(_, seen_by)| seen(house, seen_by, &case));
                letters.extend(told.map(|(hook, _)| letter::of_reminder(house, hook, &case, &reminder)));
                for (at, person) in
                    people.iter().enumerate().filter(|(_, person)| is_for(house, person, &case, &reminder))
                {
                    lines.entry(at).or_default().push(letter::line(house, person.lang, &case, &reminder));
                }
            }
        }
        let Some(last) = found.rows.last().filter(|_| found.more) else { break };
        page.after = Some((last.due, last.case.clone()));
    }
    let mails = lines.iter().map(|(at, lines)| {
        let person = &people[*at];
        letter::of_day_for(house, person, &of_day(person.lang, today), lines)
    });
    letters.extend(mails);
    Ok(letters)
}

/// Whether a reminder is for this person: it is their side's duty, and of an office's the officer's whom the case was given to, where it
/// was given to one.
fn is_for(house: &House, person: &Person, case: &Case, reminder: &Reminder) -> bool {
    let actor = &person.actor;
    let given = case.assigned.get(&actor.role).is_none_or(|officer| *officer == actor.id);
    actor.role.serves(reminder.party) && (actor.role.is_handlers() || given) && may_see(&house.world, actor, case)
}
