//! How long a million stored questions take under a draft of the law: each line read as `rules diff --replay` reads it, asked of
//! both sides, and written out only where it comes out otherwise.
//!
//! `cargo run --release -p tongguan-law --example replay_speed [LINES]`

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use law::{ReplaySide, RuleBase, StoredFacts, Tallied, Value, replay};

/// What a draft might change: the figure of the exemption for ordinary information, and of the contract above it.
const DRAFT: [(&str, &str, &str); 2] = [
    ("cn/o16/5.4.toml", "below = 100_000", "below = 50_000"),
    ("cn/o16/8.toml", "at_least = 100_000", "at_least = 50_000"),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lines = std::env::args().nth(1).map_or(Ok(1_000_000), |n| n.parse())?;
    let mut files = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lawbook");
    walk(&root, &root, &mut files)?;
    let now = parse(&files)?;
    for (name, text) in &mut files {
        for (_, from, to) in DRAFT.iter().filter(|(file, ..)| file == name) {
            assert!(text.contains(from), "{name} has no `{from}`");
            *text = text.replacen(from, to, 1);
        }
    }
    files.retain(|(name, _)| !name.starts_with("scenarios/"));
    let draft = parse(&files)?;

    let stored = questions(&now, lines)?;
    let (mut before, mut after) = (ReplaySide::new(&now, None), ReplaySide::new(&draft, None));
    let (mut tallied, mut written) = (Tallied::default(), String::new());
    let begun = Instant::now();
    for (n, line) in stored.lines().enumerate() {
        if let Some((one, other)) = replay(&mut before, &mut after, &StoredFacts::parse(line)?, &mut tallied)? {
            writeln!(written, "line {}: {one} -> {other}", n + 1)?;
        }
    }
    let took = begun.elapsed();
    let read = Instant::now();
    for line in stored.lines() {
        std::hint::black_box(StoredFacts::parse(line)?);
    }
    println!(
        "{} questions asked of both sides in {:.2} s, of which reading {:.2} s; {} changed",
        tallied.asked,
        took.as_secs_f64(),
        read.elapsed().as_secs_f64(),
        tallied.changed
    );
    for (change, times) in &tallied.by_change {
        println!("{times:>9} {change}");
    }
    Ok(())
}

/// Transfers of all sizes and grounds, every fact stated, one JSON a line as `assess` stores them.
fn questions(base: &RuleBase, lines: usize) -> Result<String, Box<dyn std::error::Error>> {
    let mut dice = Dice(42);
    let mut text = String::new();
    for _ in 0..lines {
        let mut facts = serde_json::Map::new();
        for definition in base.facts() {
            let Some(plain) = &definition.plain else { continue };
            let value = match plain {
                Value::Bool(plain) => {
                    Value::Bool(*plain ^ (dice.below(12) == 0 && definition.id.starts_with("ground.")))
                }
                Value::Count(_) if definition.id == "persons.ordinary" => Value::Count(10_u64.pow(dice.below(8)) * 7),
                Value::Count(_) if definition.id == "persons.sensitive" => Value::Count(dice.below(3).into()),
                Value::Text(_) if definition.id == "recipient.region" && dice.below(3) == 0 => Value::Text("HK".into()),
                other => other.clone(),
            };
            if definition.never_below.is_empty() {
                facts.insert(definition.id.clone(), serde_json::to_value(value)?);
            }
        }
        let on = ["2024-06-03", "2025-06-30", "2026-11-22"][dice.below(3) as usize];
        writeln!(text, "{}", serde_json::json!({ "facts": facts, "on": on }))?;
    }
    Ok(text)
}

/// Numbers that are the same for ever.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(bound)) as u32
    }
}

fn parse(files: &[(String, String)]) -> Result<RuleBase, law::LawError> {
    RuleBase::parse(files.iter().map(|(path, text)| (path.as_str(), text.as_str())))
}

fn walk(root: &Path, folder: &Path, into: &mut Vec<(String, String)>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(root, &path, into)?;
        } else if let Ok(name) = path.strip_prefix(root) {
            into.push((name.to_string_lossy().replace('\\', "/"), std::fs::read_to_string(&path)?));
        }
    }
    Ok(())
}
