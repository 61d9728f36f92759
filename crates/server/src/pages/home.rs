//! The first page: for the public what can be done here, for whoever signed in what is due.

use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use cases::{Phase, QueueQuery, Role};
use jiff::civil::Date;
use law::Party;
use serde_json::{Value, json};

use super::cases::{columns, rows};
use super::props::{Say, due_day};
use super::shown;
use crate::desk;
use crate::house::{House, Shared};
use crate::problem::Problem;
use crate::who::{Visitor, Who};

/// Cases on the first page.
const SHOWN: u32 = 12;

pub(super) async fn page(State(house): State<Shared>, visitor: Visitor) -> Result<Response, Problem> {
    if house.doors.is_new().await? {
        return Ok(Redirect::to("/set-up").into_response());
    }
    let Some(who) = visitor.who.clone() else { return Ok(start(&house, &visitor)?.into_response()) };
    match who.role {
        Role::Administrator => Ok(Redirect::to("/admin").into_response()),
        _ => Ok(desk_page(&house, &visitor, &who).await?.into_response()),
    }
}

/// The public's first page.
fn start(house: &House, visitor: &Visitor) -> Result<Html<String>, Problem> {
    let say = Say::new(house, visitor.lang);
    let procedures = house.world.procedures.all().iter().filter(|procedure| procedure.permit.is_some());
    let procedures = procedures.map(|procedure| {
        json!({"id": procedure.id, "name": say.of(&procedure.name), "cite": say.of(&procedure.cite), "status": procedure.status})
    });
    let context = json!({
        "title": say.title("start.title"),
        "procedures": procedures.collect::<Vec<_>>(),
        "rules": house.world.base.rules().len(),
        "demo_sign_in": house.installation.demo,
    });
    shown(house, visitor, "start.html", context)
}

/// What an actor's side of the counter has to do.
pub(super) fn parties(role: Role) -> &'static [Party] {
    match role {
        Role::Applicant | Role::Approver | Role::Adviser => &[Party::Handler, Party::BothSides],
        Role::Recipient => &[Party::Recipient],
        Role::Province => &[Party::Province],
        Role::National => &[Party::NationalOffice],
        Role::Prefecture => &[Party::Prefecture],
        Role::SectorAuthority => &[Party::SectorAuthority],
        Role::CertificationBody => &[Party::CertificationBody],
        Role::ZoneBody => &[Party::ZoneBody],
        Role::Auditor | Role::Administrator => &[],
    }
}

async fn desk_page(house: &House, visitor: &Visitor, who: &Who) -> Result<Html<String>, Problem> {
    let say = Say::new(house, visitor.lang);
    let today = house.today();
    let base = desk::queue_of(who);
    let holder = parties(who.role).first().copied();
    let waiting = QueueQuery { holder, most: SHOWN, ..base.clone() };
    let late = QueueQuery { holder, due_before: Some(today), ..base.clone() };
    let in_force = QueueQuery { phase: Some(Phase::InForce), ..base.clone() };
    let pending = QueueQuery { phase: Some(Phase::Pending), ..base.clone() };
    let store = &house.store;
    let (queue, waiting_n, late_n, force_n, pending_n) = tokio::try_join!(
        store.queue(&waiting),
        store.queue_length(&waiting),
        store.queue_length(&late),
        store.queue_length(&in_force),
        store.queue_length(&pending),
    )?;
    let number = |n: u64| crate::words::grouped(&minijinja::Value::from(n));
    let holder_word = holder.map(super::props::word).unwrap_or_default();
    let tiles = json!([
        {"label": say.text("desk.waiting"), "value": number(waiting_n), "href": format!("/cases?holder={holder_word}")},
        {"label": say.text("desk.late"), "value": number(late_n), "tone": if late_n > 0 { "late" } else { "" },
         "href": format!("/cases?holder={holder_word}&late=true")},
        {"label": say.text("desk.pending"), "value": number(pending_n), "href": "/cases?phase=pending"},
        {"label": say.text("desk.in-force"), "value": number(force_n), "href": "/cases?phase=in-force"},
    ]);
    let soon = agenda(house, say, today, &queue.rows);
    let context = json!({
        "title": say.title("nav.desk"),
        "greeting": say.fill("desk.greeting", &[("name", who.name())]),
        "today": format!("{} {}", say.day(today), say.text(&format!("weekday.{}", today.weekday().to_monday_one_offset()))),
        "tiles": tiles,
        "search": {"action": "/search", "value": ""},
        "queue": {"caption": say.text("desk.queue"), "columns": columns(say, who), "rows": rows(house, say, who, today, &queue.rows)},
        "all": format!("/cases?holder={holder_word}"),
        "more": queue.more,
        "soon": soon,
        "may_open": who.role.is_handlers() && !who.guest,
        "role_says": say.text(&format!("desk.role.{}", who.role)),
    });
    shown(house, visitor, "desk.html", context)
}

/// What is due next, day by day.
fn agenda(house: &House, say: Say<'_>, today: Date, queue: &[cases::QueueRow]) -> Vec<Value> {
    let mut days: Vec<(Date, Vec<Value>)> = Vec::new();
    for row in queue.iter().filter(|row| !row.stands) {
        let Some(day) = row.due.filter(|day| *day >= today) else { continue };
        let clock = row.clock.as_deref().and_then(|id| house.world.base.clock_book().clock(id).ok());
        let title = clock.map_or_else(String::new, |clock| say.of(&clock.title).to_owned());
        let item = json!({"href": format!("/cases/{}", row.case), "title": if row.title.is_empty() { row.handler.clone() } else { row.title.clone() },
                          "sub": title, "due": due_day(house, today, Some(day), false)});
        match days.iter_mut().find(|(known, _)| *known == day) {
            Some((_, items)) => items.push(item),
            None => days.push((day, vec![item])),
        }
    }
    let named = days.into_iter().take(6).map(|(day, items)| {
        json!({"day": say.day(day), "weekday": say.text(&format!("weekday.{}", day.weekday().to_monday_one_offset())), "items": items})
    });
    named.collect()
}
