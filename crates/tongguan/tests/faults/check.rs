//! Whether folder, log, tally and receipt agree (I6).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use clearance::{Home, Scope, read_trust, recover, verify};
use sqlx::Connection as _;

use crate::desk::{Desk, HANDLER, TRANSFERS, contents};

/// Where a child finds its desk, and where it writes what it found.
const CHILD: [&str; 2] = ["TONGGUAN_FAULT_DESK", "TONGGUAN_FAULT_FOUND"];

/// What one recovery came to: the transfers that left, and everything the state store holds.
type Found = (BTreeSet<String>, Vec<String>);

/// Recovers, checks that everything agrees, and that a second recovery changes nothing. Gives the transfers that left.
pub(crate) fn agrees(desk: &Desk) -> Result<BTreeSet<String>, String> {
    let first = child(desk)?;
    let before = settled(desk);
    let second = child(desk)?;
    let after = settled(desk);
    if first.1 != second.1 {
        return Err("a second recovery changed the state store".to_owned());
    }
    if before != after {
        let changed = before.iter().chain(&after).filter(|entry| !(before.contains(entry) && after.contains(entry)));
        let changed = changed.map(|(path, _)| path).collect::<BTreeSet<_>>();
        return Err(format!("a second recovery changed {changed:?}"));
    }
    Ok(first.0)
}

/// Recovers in a process of its own: a store that this process still closes would meddle with the next state put there.
fn child(desk: &Desk) -> Result<Found, String> {
    let found = desk.path("found");
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    command.args(["check::a_process_that_recovers", "--exact"]).env(CHILD[0], desk.path("")).env(CHILD[1], &found);
    let output = command.output().map_err(|error| error.to_string())?;
    let text = std::fs::read_to_string(&found).map_err(|_| String::from_utf8_lossy(&output.stdout).into_owned())?;
    std::fs::remove_file(&found).map_err(|error| error.to_string())?;
    serde_json::from_str::<Result<Found, String>>(&text).map_err(|error| error.to_string())?
}

/// What [`child`] starts; without its desk it has nothing to do.
#[test]
fn a_process_that_recovers() {
    let [Some(desk), Some(found)] = CHILD.map(std::env::var_os) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let result = runtime.block_on(recovered(Path::new(&desk)));
    std::fs::write(found, serde_json::to_string(&result).expect("JSON")).expect("writes");
}

/// Everything but the state store, which is compared by what it holds, and what a running process holds.
fn settled(desk: &Desk) -> Vec<(PathBuf, Option<Vec<u8>>)> {
    let mut found = contents(&desk.path(""));
    let is_passing = |path: &Path| path.starts_with("home/locks") || path.starts_with("trace");
    found.retain(|(path, _)| !is_passing(path) && !path.to_string_lossy().starts_with("home/state.db"));
    found
}

async fn recovered(desk: &Path) -> Result<Found, String> {
    let home =
        Home::open(&desk.join("home")).await.map_err(|error| format!("the state folder does not open: {error}"))?;
    for (release, stuck) in recover(&home).await.map_err(|error| format!("recovery: {error}"))? {
        if let Some(why) = stuck {
            return Err(format!("{release} is stuck: {why}"));
        }
    }
    let left = compare(desk, &home).await?;
    home.store.close().await;
    Ok((left, rows(desk).await.map_err(|error| error.to_string())?))
}

/// Every row of every table of the state store.
async fn rows(desk: &Path) -> Result<Vec<String>, sqlx::Error> {
    let url = format!("sqlite://{}", desk.join("home/state.db").display());
    let mut store = sqlx::SqliteConnection::connect(&url).await?;
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
    let mut rows = Vec::new();
    for table in sqlx::query_scalar::<_, String>(tables).fetch_all(&mut store).await? {
        let columns = format!("SELECT group_concat('quote(' || name || ')', '||') FROM pragma_table_info('{table}')");
        let columns = sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(columns)).fetch_one(&mut store).await?;
        let all = format!("SELECT {columns} AS row FROM {table} ORDER BY row");
        rows.extend(sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(all)).fetch_all(&mut store).await?);
    }
    store.close().await?;
    Ok(rows)
}

async fn compare(desk: &Path, home: &Home) -> Result<BTreeSet<String>, String> {
    let text = |error: clearance::ClearanceError| error.to_string();
    let trust = read_trust(&home.trust_file()).map_err(text)?;
    let (log, _) = home.log().map_err(text)?;
    let report = log.fsck().map_err(|error| error.to_string())?;
    if !report.is_sound() {
        return Err("the log is not sound".to_owned());
    }
    let (mut left, mut persons, mut leaves) = (BTreeSet::new(), 0, 0);
    for line in home.store.entries(HANDLER, 2026).await.map_err(text)? {
        let (Some(release), Some(destination), Some(state)) = (line.release, line.destination, line.state) else {
            return Err("an entry that is no release".to_owned());
        };
        let folder = PathBuf::from(&destination);
        let name = destination.rsplit("out-").next().unwrap_or_default().to_owned();
        let Some((_, own)) = TRANSFERS.iter().find(|(known, _)| *known == name) else {
            return Err(format!("a release to {destination}"));
        };
        if state == "not-published" {
            // Its leaf says so; whether its receipt is in the log, too, depends on when it was cut short.
            leaves += 1;
            if folder.exists() {
                return Err(format!("{name} is closed, but its folder is there"));
            }
            let receipt = format!("\"release\":\"{release}\"");
            let said = (0..log.size())
                .filter_map(|index| log.leaf(index).ok())
                .map(|leaf| String::from_utf8_lossy(&leaf).into_owned());
            let said = said.filter(|leaf| leaf.contains(&receipt)).collect::<Vec<_>>();
            if said.iter().filter(|leaf| leaf.contains("tongguan/not-published/1")).count() != 1 {
                return Err(format!("{name} is closed, but not by one leaf"));
            }
            leaves += said.len() as u64 - 1;
            continue;
        }
        if state != "published" {
            return Err(format!("{name} is {state} after recovery"));
        }
        let verdict = verify(&folder, &trust).map_err(|error| format!("{name} is published: {error}"))?;
        if !verdict.holds() {
            return Err(format!("{name} does not verify: {:?}", verdict.faults));
        }
        let receipt = std::fs::read(folder.join("receipt.json")).map_err(|error| error.to_string())?;
        if verdict.receipt.map(|receipt| receipt.release) != Some(release) {
            return Err(format!("{name} holds another release"));
        }
        let hash = evidence::merkle::leaf_hash(&receipt);
        if log.find(&hash).map_err(|error| error.to_string())?.is_none() {
            return Err(format!("the receipt of {name} is not in the log"));
        }
        leaves += 1;
        persons += own;
        if !left.insert(name.clone()) {
            return Err(format!("{name} left twice"));
        }
    }
    if log.size() != leaves {
        return Err(format!("{} leaves in the log for {leaves} that should be there", log.size()));
    }
    let spill = home.spill().map_err(text)?;
    let tally = home.store.tally(HANDLER, 2026, Scope::Counted, false, &spill).await.map_err(text)?;
    if tally.ordinary() != persons {
        return Err(format!("{} persons are counted, {persons} left", tally.ordinary()));
    }
    if !home.store.abandoned().await.map_err(text)?.is_empty() {
        return Err("staging is still noted".to_owned());
    }
    for entry in std::fs::read_dir(desk).map_err(|error| error.to_string())? {
        let name = entry.map_err(|error| error.to_string())?.file_name().to_string_lossy().into_owned();
        let is_known = name.strip_prefix("out-").is_none_or(|name| left.contains(name));
        if name.starts_with(".tongguan") || !is_known {
            return Err(format!("{name} was left behind"));
        }
    }
    Ok(left)
}
