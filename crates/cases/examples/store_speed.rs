//! How fast the store is: `cargo run --release -p tongguan-cases --example store_speed -- ADDRESS [CASES]`, where ADDRESS is
//! `sqlite:PATH` or `postgres://…` of an empty database. First durable actions a second with 64 callers, then queue, search and
//! statistics over 100,000 cases, in milliseconds.

#[path = "../tests/store/support/acting.rs"]
mod acting;
#[path = "../tests/store/support/worlds.rs"]
mod worlds;

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use acting::{administrator, approver, filled, handler, national, opening, province, request, text};
use cases::{Group, Keys, Payload, QueueQuery, StatisticsQuery, Store};

const CALLERS: u64 = 64;
const SECONDS: u64 = 10;
const REGIONS: [&str; 8] = ["CN-BJ", "CN-SH", "CN-GD", "CN-ZJ", "CN-JS", "CN-SC", "CN-FJ", "CN-TJ"];
const NAMES: [&str; 6] = ["海川", "远航", "博瑞", "天衡", "云启", "嘉禾"];
const TRADES: [&str; 5] = ["汽车", "医药", "航空", "零售", "银行"];

fn keys() -> Keys {
    Keys::new([7; 32], Arc::new(|bytes: &mut [u8]| getrandom::fill(bytes).map_err(std::io::Error::other)))
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().ok_or("name a database: `sqlite:PATH` or `postgres://…`")?;
    let cases: u64 = arguments.next().map_or(Ok(100_000), |cases| cases.parse())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(run(&address, cases))
}

async fn run(address: &str, cases: u64) -> Result<(), Box<dyn Error>> {
    let store = Store::open(address, keys(), worlds::world()).await?;
    durable(&store).await?;
    fill(&store, cases).await?;
    queries(&store).await?;
    let start = Instant::now();
    let all = store.rebuild(acting::day("2025-06-02")).await?;
    println!("projections of {all} cases made anew: {:.1} s", start.elapsed().as_secs_f64());
    queries(&store).await?;
    store.close().await;
    Ok(())
}

/// Each caller works on a case of its own, as fast as it is acknowledged.
async fn durable(store: &Store) -> Result<(), Box<dyn Error>> {
    let until = Instant::now() + Duration::from_secs(SECONDS);
    let start = Instant::now();
    let mut tasks = Vec::new();
    for caller in 0..CALLERS {
        let store = store.clone();
        tasks.push(tokio::spawn(async move {
            let (mut done, mut waits) = (0_u64, Vec::new());
            while Instant::now() < until {
                let nth = 900_000_000 + caller;
                let case = acting::open(&store, nth, "2025-03-03").await;
                done += 1;
                for turn in 0..20 {
                    let (action, payload) = match turn {
                        0 => ("edit", filled()),
                        3 => ("submit", Payload::default()),
                        _ => ("message", text("请查收补充说明，谢谢。")),
                    };
                    let asked = request(&case, &approver(nth), "2025-03-04", turn + 1, action, payload);
                    let start = Instant::now();
                    store.act(asked).await.expect("it is recorded");
                    waits.push(start.elapsed());
                    done += 1;
                }
            }
            (done, waits)
        }));
    }
    let (mut done, mut waits) = (0, Vec::new());
    for task in tasks {
        let (of, waited) = task.await?;
        done += of;
        waits.extend(waited);
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "durable actions, {CALLERS} callers: {:.0} a second; one waits {}",
        done as f64 / seconds,
        spread(&mut waits)
    );
    Ok(())
}

/// Cases in every state a queue shows: drafts, checked, returned, assessed, decided.
async fn fill(store: &Store, cases: u64) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let mut tasks = Vec::new();
    for task in 0..CALLERS {
        let store = store.clone();
        tasks.push(tokio::spawn(async move {
            for nth in (task..cases).step_by(CALLERS as usize) {
                one(&store, nth).await;
            }
        }));
    }
    for task in tasks {
        task.await?;
    }
    println!("{cases} cases made: {:.0} s", start.elapsed().as_secs_f64());
    Ok(())
}

async fn one(store: &Store, nth: u64) {
    let pick = |of: &[&'static str], by: u64| of[((nth / by) % of.len() as u64) as usize];
    let region = pick(&REGIONS, 1);
    let name = format!("{}{}第{nth}有限公司", pick(&NAMES, 3), pick(&TRADES, 7));
    let mut handler = handler(nth, &name, region);
    handler.sector = Some(pick(&["automotive", "pharma", "aviation", "retail", "banking", "logistics"], 5).to_owned());
    let (month, day) = (1 + (nth / 11) % 5, 1 + (nth / 13) % 25);
    let on = |later: u64| format!("2025-{:02}-{:02}", month + later, day);
    let case = store.new_case_id("security-assessment").expect("an id");
    let payload = opening(handler, &format!("{}数据出境 project {}", pick(&TRADES, 7), nth % 977));
    let approver = approver(nth);
    store.act(request(&case, &approver, &on(0), 0, "open", payload)).await.expect("it opens");
    let number = Payload { number: Some(format!("数评2025第{nth}号")), ..Payload::default() };
    let steps = [
        (approver.clone(), "edit", filled()),
        (approver, "submit", Payload::default()),
        (province(region), "forward", Payload::default()),
        (national(), "accept", number),
        (national(), "decide", acting::decisions(cases::Verdict::Approved, cases::Verdict::Approved)),
    ];
    for (seen, (by, action, payload)) in steps.into_iter().enumerate().take((nth % 6) as usize) {
        let on = on(u64::from(seen > 2));
        store.act(request(&case, &by, &on, seen as u32 + 1, action, payload)).await.expect("it is recorded");
    }
}

async fn queries(store: &Store) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    store.search(&administrator(), "海川", 20).await?;
    println!("first search, which reads the words of all: {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    let queue = |actor| QueueQuery { most: 50, ..QueueQuery::of(actor) };
    let mut late = queue(national());
    late.due_before = Some(acting::day("2025-06-02"));
    for (what, of) in [
        ("queue of the national office", queue(national())),
        ("queue of a province", queue(province("CN-GD"))),
        ("queue of a handler", queue(approver(4_242))),
        ("queue of everything", queue(administrator())),
        ("queue of what is late", late.clone()),
    ] {
        measure(what, || async { store.queue(&of).await.map(|queue| queue.rows.len() as u64) }).await?;
    }
    measure("length of the national office's queue", || store.queue_length(&late)).await?;
    for words in [
        "数评2025第4241号",
        "海川",
        "有限公司",
        "security assessment",
        "project 401",
        "有限公司 安全评估 银行",
        "没有这样的词",
    ] {
        let what = format!("search `{words}`");
        measure(&what, || async { store.search(&national(), words, 20).await.map(|found| found.all) }).await?;
    }
    let all = StatisticsQuery::default();
    let months = StatisticsQuery { by_month: true, by: vec![Group::Province], ..StatisticsQuery::default() };
    let province = StatisticsQuery {
        province: Some("CN-GD".to_owned()),
        by: vec![Group::Sector, Group::Procedure],
        by_month: true,
        ..all.clone()
    };
    let every =
        StatisticsQuery { by: vec![Group::Procedure, Group::Province, Group::Sector], by_month: true, ..all.clone() };
    for (what, of) in [
        ("statistics in all", &all),
        ("statistics by month and province", &months),
        ("statistics of a province by month, procedure and sector", &province),
        ("statistics by month, procedure, province and sector", &every),
    ] {
        measure(what, || async { store.statistics(of).await.map(|counts| counts.len() as u64) }).await?;
    }
    Ok(())
}

async fn measure<F: Future<Output = Result<u64, cases::StoreError>>>(
    what: &str,
    ask: impl Fn() -> F,
) -> Result<(), Box<dyn Error>> {
    let mut took = Vec::new();
    let mut found = 0;
    for _ in 0..200 {
        let start = Instant::now();
        found = ask().await?;
        took.push(start.elapsed());
    }
    println!("{what} ({found}): {}", spread(&mut took));
    Ok(())
}

fn spread(took: &mut [Duration]) -> String {
    took.sort();
    let at = |percent: usize| took[(took.len() - 1) * percent / 100].as_secs_f64() * 1e3;
    format!("p50 {:.2} ms, p99 {:.2} ms", at(50), at(99))
}
