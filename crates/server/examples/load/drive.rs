//! What is asked, and how long it takes.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cases::{Actor, ActorId, QueueQuery, Store};
use serde_json::{Value, json};

use crate::Failed;
use crate::ask::{Answer, Caller, Person};
use crate::fill::accounts;

/// The cases somebody sees first, newest and oldest.
async fn cases_of(store: &Store, login: &str) -> Result<Vec<String>, Failed> {
    let (_, role, scope) = accounts().into_iter().find(|(known, _, _)| known == login).ok_or("nobody")?;
    let actor = Actor { id: ActorId::new(login), role, scope };
    let queue = store.queue(&QueueQuery { most: 200, ..QueueQuery::of(actor) }).await?;
    Ok(queue.rows.iter().map(|row| row.case.to_string()).collect())
}

/// A stream of numbers that is the same each time (splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self, of: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % of
    }
}

/// Everybody with the cases that are theirs.
type Known = Vec<(Person, Vec<String>)>;

async fn known(people: &[Person], store: &Store) -> Result<Known, Failed> {
    let mut known = Vec::new();
    for person in people {
        known.push((person.clone(), cases_of(store, &person.login).await?));
    }
    Ok(known)
}

/// Four in five read, pages and API; one in five changes something.
pub(crate) async fn load(
    base: &str,
    people: &[Person],
    store: &Store,
    time: Duration,
    callers: u64,
) -> Result<(), Failed> {
    let known = Arc::new(known(people, store).await?);
    let (start, conflicts) = (Instant::now(), Arc::new(AtomicU64::new(0)));
    let until = start + time;
    let mut tasks = Vec::new();
    for nth in 0..callers {
        let (known, base, conflicts) = (Arc::clone(&known), base.to_owned(), Arc::clone(&conflicts));
        tasks.push(tokio::spawn(async move {
            let (caller, mut dice, mut waits) = (Caller::new(&base), Dice(nth), Vec::new());
            while Instant::now() < until {
                // Six turns in ten are the offices': half of all, and as many of the rest as they are among everybody.
                let who = if dice.next(2) == 0 { dice.next(10) } else { dice.next(known.len() as u64) };
                let (person, cases) = &known[who as usize];
                let case = &cases[dice.next(cases.len() as u64) as usize];
                // A change comes after a look at the case: one turn in four makes one request in five a change.
                let answers = if dice.next(4) == 0 {
                    change(&caller, person, case, &mut dice).await?
                } else {
                    vec![read(&caller, person, case, &mut dice).await?]
                };
                for Asked { what, wait, answer } in answers {
                    waits.push((what, wait));
                    match answer.status {
                        200..=399 => {}
                        // Two callers took the same case at once: as it is with people.
                        409 => drop(conflicts.fetch_add(1, Ordering::Relaxed)),
                        status => return Err(fault(&person.login, case, status, &answer)),
                    }
                }
            }
            Ok(waits)
        }));
    }
    let mut by: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    for task in tasks {
        for (what, wait) in task.await?? {
            by.entry(what).or_default().push(wait);
            by.entry("all").or_default().push(wait);
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let count = by["all"].len();
    let changes: usize = by.iter().filter(|(what, _)| what.starts_with("change")).map(|(_, waits)| waits.len()).sum();
    println!(
        "{callers} callers, {seconds:.0} s: {:.0} requests a second, {:.1} % of them changes, {} met another's",
        count as f64 / seconds,
        100.0 * changes as f64 / count as f64,
        conflicts.load(Ordering::Relaxed)
    );
    for (what, mut waits) in by {
        println!("  {what:<24} {:>7}  {}", waits.len(), spread(&mut waits));
    }
    Ok(())
}

fn fault(login: &str, case: &str, status: u16, answer: &Answer) -> Failed {
    let said: String = String::from_utf8_lossy(&answer.body).chars().take(300).collect();
    format!("{login} {case}: {status} {said}").into()
}

/// A request as it was answered.
struct Asked {
    what: &'static str,
    wait: Duration,
    answer: Answer,
}

async fn asked(what: &'static str, answer: impl Future<Output = Result<Answer, Failed>>) -> Result<Asked, Failed> {
    let start = Instant::now();
    let answer = answer.await?;
    Ok(Asked { what, wait: start.elapsed(), answer })
}

async fn read(caller: &Caller, person: &Person, case: &str, dice: &mut Dice) -> Result<Asked, Failed> {
    let (what, path) = match dice.next(16) {
        0 | 1 => ("page: home", "/".to_owned()),
        2 | 3 => ("page: queue", "/cases".to_owned()),
        4..=6 => ("page: case", format!("/cases/{case}")),
        7 => ("page: clocks", format!("/cases/{case}/clocks")),
        8 => ("page: items", format!("/cases/{case}/items")),
        9 => ("page: search", format!("/search?q={}", ["project%20401", "%E6%B5%B7%E5%B7%9D"][dice.next(2) as usize])),
        10 => ("page: statistics", "/statistics".to_owned()),
        11 | 12 => ("api: queue", "/api/cases?limit=50".to_owned()),
        13 | 14 => ("api: case", format!("/api/cases/{case}")),
        _ => ("api: clocks", format!("/api/cases/{case}/clocks")),
    };
    asked(what, caller.get(Some(person), &path)).await
}

/// A message, with the version the case has now; whoever may not write one opens a consultation, and the auditor only reads.
async fn change(caller: &Caller, person: &Person, case: &str, dice: &mut Dice) -> Result<Vec<Asked>, Failed> {
    if person.login == "auditor" {
        let path = format!("/cases/{case}/record");
        return Ok(vec![asked("page: record", caller.get(Some(person), &path)).await?]);
    }
    if person.login.starts_with("approver") && dice.next(4) == 0 {
        let opening = json!({"procedure": "consultation", "title": "请问期限"});
        return Ok(vec![asked("change: open", caller.post(Some(person), "/api/cases", &opening)).await?]);
    }
    let seen = asked("api: case", caller.get(Some(person), &format!("/api/cases/{case}"))).await?;
    let version = serde_json::from_slice::<Value>(&seen.answer.body)?["version"].clone();
    let body = json!({"action": "message", "seen": version, "payload": {"text": "请查收补充说明，谢谢。"}});
    let path = format!("/api/cases/{case}/actions");
    Ok(vec![seen, asked("change: message", caller.post(Some(person), &path, &body)).await?])
}

/// Every page by itself, as those see it for whom it takes longest.
pub(crate) async fn pages(base: &str, people: &[Person], store: &Store) -> Result<(), Failed> {
    let caller = Caller::new(base);
    let person = |login: &str| people.iter().find(|person| person.login == login).ok_or("nobody");
    let (handler, national, auditor) = (person("approver-4")?, person("national")?, person("auditor")?);
    let (own, all) = (cases_of(store, "approver-4").await?, cases_of(store, "national").await?);
    let (draft, case) = (own.first().ok_or("no case")?, all.first().ok_or("no case")?);
    let mut asked: Vec<(Option<&Person>, String)> = Vec::new();
    for path in [
        "/",
        "/path",
        "/path?on=2026-06-01&data.core=false",
        "/path?on=2026-06-01&data.core=false&data.important=no&handler.ciio=false",
        "/rules",
        "/lists",
        "/calendar",
        "/consultations",
        "/docs/errors",
        "/docs/api",
        "/statistics",
        "/statistics.csv",
        "/sign-in",
        "/api/openapi.json",
    ] {
        asked.push((None, path.to_owned()));
    }
    for who in [handler, national, auditor] {
        for path in [
            "/",
            "/cases",
            "/cases?late=true",
            "/cases?phase=held",
            "/search?q=%E6%9C%89%E9%99%90%E5%85%AC%E5%8F%B8",
            "/account",
            "/statistics",
        ] {
            asked.push((Some(who), path.to_owned()));
        }
    }
    asked.push((Some(handler), "/cases/new".to_owned()));
    for part in ["", "/items", "/clocks", "/documents", "/messages", "/comparison", "/releases", "/record"] {
        asked.push((Some(handler), format!("/cases/{draft}{part}")));
        asked.push((Some(national), format!("/cases/{case}{part}")));
    }
    asked.push((Some(handler), format!("/cases/{draft}/forms")));
    println!("pages, one at a time, milliseconds: median and longest of 30");
    for (who, path) in asked {
        let mut waits = Vec::new();
        let (mut status, mut bytes) = (0, 0);
        for _ in 0..30 {
            let start = Instant::now();
            let answer = caller.get(who, &path).await?;
            waits.push(start.elapsed());
            (status, bytes) = (answer.status, answer.body.len());
        }
        waits.sort();
        let ms = |wait: Duration| wait.as_secs_f64() * 1e3;
        let name = path.replace(draft.as_str(), "DRAFT").replace(case.as_str(), "CASE");
        println!(
            "  {:<10} {name:<44} {:>6.1} {:>6.1}  {status} {:>4} KiB",
            who.map_or("nobody", |who| who.login.as_str()),
            ms(waits[15]),
            ms(waits[29]),
            bytes / 1024
        );
    }
    Ok(())
}

fn spread(waits: &mut [Duration]) -> String {
    waits.sort();
    let at = |percent: usize| waits[(waits.len() * percent / 100).min(waits.len() - 1)].as_secs_f64() * 1e3;
    format!("p50 {:.1} ms, p99 {:.1} ms, longest {:.0} ms", at(50), at(99), at(100))
}
