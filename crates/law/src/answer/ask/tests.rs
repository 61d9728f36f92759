//! The choice of questions against the best there is, by brute force.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::ranking::{Costs, answers, ranked, ranked_within};
use crate::logic::diagram::{Node, NodeId, Possible};
use crate::logic::inforce::Law;
use crate::logic::known::Known;
use crate::logic::possible::explore;
use crate::{FactIndex, Facts, RuleBase, Value};

fn base() -> RuleBase {
    fn walk(root: &Path, folder: &Path, into: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(root, &path, into);
            } else {
                let name = path.strip_prefix(root).expect("inside").to_string_lossy().into_owned();
                into.push((name, std::fs::read_to_string(&path).expect("text")));
            }
        }
    }
    let mut files = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lawbook");
    walk(&root, &root, &mut files);
    RuleBase::parse(files.iter().map(|(path, text)| (path.as_str(), text.as_str()))).expect("the lawbook loads")
}

/// How one state of knowledge picks its next question.
type Choice = fn(&mut Possible, NodeId) -> FactIndex;

/// How many questions on average, every answer weighing the same, if they are chosen so.
fn asked(possible: &mut Possible, node: NodeId, choose: Choice, memo: &mut HashMap<NodeId, f64>) -> f64 {
    if let Some(known) = memo.get(&node) {
        return *known;
    }
    let value = if possible.support(node).is_empty() {
        0.0
    } else {
        let fact = choose(possible, node);
        let answers = answers(possible, node, fact);
        let count = answers.len() as f64;
        1.0 + answers.into_iter().map(|next| asked(possible, next, choose, memo)).sum::<f64>() / count
    };
    memo.insert(node, value);
    value
}

/// The best there is, naively: every fact is tried first in every state, a state is the table of what every completion comes
/// to, and answers after which the tables are the same are one. Of the diagram only what a completion comes to is read.
struct Best<'p> {
    possible: &'p Possible,
    regions: Vec<(FactIndex, usize)>,
    memo: HashMap<Vec<Option<usize>>, f64>,
}

impl<'p> Best<'p> {
    fn new(possible: &'p Possible) -> Self {
        let mut regions = BTreeMap::new();
        let mut waiting = vec![possible.root];
        while let Some(id) = waiting.pop() {
            if let Node::Split(fact, children) = possible.node(id) {
                regions.insert(*fact, children.len());
                waiting.extend(children.iter());
            }
        }
        Best { possible, regions: regions.into_iter().collect(), memo: HashMap::new() }
    }

    /// What every completion comes to, one after another.
    fn table(&self, told: &mut Vec<Option<usize>>, into: &mut Vec<NodeId>) {
        if let Some(place) = told.iter().position(Option::is_none) {
            for region in 0..self.regions[place].1 {
                told[place] = Some(region);
                self.table(told, into);
            }
            told[place] = None;
            return;
        }
        let mut at = self.possible.root;
        while let Node::Split(fact, children) = self.possible.node(at) {
            let place = self.regions.iter().position(|(other, _)| other == fact).expect("a fact of the diagram");
            at = children[told[place].expect("told")];
        }
        into.push(at);
    }

    fn questions(&mut self, told: &mut Vec<Option<usize>>) -> f64 {
        if let Some(known) = self.memo.get(told) {
            return *known;
        }
        let mut all = Vec::new();
        self.table(told, &mut all);
        let open = all.iter().any(|leaf| *leaf != all[0]);
        let mut best = if open { f64::INFINITY } else { 0.0 };
        for place in (0..told.len()).filter(|_| open) {
            if told[place].is_some() {
                continue;
            }
            let mut answers: BTreeMap<Vec<NodeId>, f64> = BTreeMap::new();
            for region in 0..self.regions[place].1 {
                told[place] = Some(region);
                let mut table = Vec::new();
                self.table(told, &mut table);
                answers.insert(table, self.questions(told));
            }
            told[place] = None;
            best = f64::min(best, 1.0 + answers.values().sum::<f64>() / answers.len() as f64);
        }
        self.memo.insert(told.clone(), best);
        best
    }
}

/// Of up to eight missing facts in 400 states of knowledge: ours is the best order there is in every single one. Where the
/// states are too many to work that out it is a guess: here at most 1 in 100 above the best on average, 1 in 10 in any one
/// state, and below the order of the file.
#[test]
fn questions_are_few_measured_against_every_order_there_is() {
    let base: &'static RuleBase = Box::leak(Box::new(base()));
    let on = "2026-11-22".parse().expect("a day");
    let law = Law::on(base, on).expect("law");
    let ids: Vec<&str> = base.facts().iter().filter(|f| f.assumed.is_none()).map(|f| f.id.as_str()).collect();
    let ids: Vec<&str> = ids
        .into_iter()
        .filter(|id| law.rules.iter().any(|rule| rule.when.facts().iter().any(|f| base.facts()[f.0].id == *id)))
        .collect();
    let states = (
        subsequence(ids.clone(), 1..=8),
        prop::collection::vec(any::<prop::sample::Index>(), 40),
        select(vec![0, 150_000, 2_000_000_u64]),
    );
    let mut runner = TestRunner::deterministic();
    let (mut guessed, mut best, mut fixed, mut open, mut worst) = (0.0, 0.0, 0.0, 0, 0.0_f64);
    for _ in 0..400 {
        let (unknown, picks, persons) = states.new_tree(&mut runner).expect("a tree").current();
        let mut facts = Facts::new();
        for (n, definition) in base.facts().iter().enumerate() {
            if unknown.contains(&definition.id.as_str()) {
                continue;
            }
            let Some(plain) = definition.plain.clone() else { continue };
            let mut value = plain;
            if definition.id == "persons.ordinary" {
                value = Value::Count(persons);
            } else if matches!(value, Value::Bool(_)) && definition.id.starts_with("ground.") && picks[n].index(4) == 0
            {
                value = Value::Bool(true);
            } else if definition.id == "recipient.region" && picks[n].index(2) == 0 {
                value = Value::Text("HK".into());
            } else if definition.id == "handler.city" && picks[n].index(2) == 0 {
                value = Value::Text("4403".into());
            }
            facts.set(base, &definition.id, value).expect("fits");
        }
        let Ok(mut possible) = explore(&law, &Known::new(law.names(), &facts)) else { continue };
        let root = possible.root;
        if possible.settled().is_some() {
            continue;
        }
        open += 1;
        let least = {
            let mut search = Best::new(&possible);
            let nothing = search.regions.len();
            search.questions(&mut vec![None; nothing])
        };
        let mut on_average = |choose: Choice| asked(&mut possible, root, choose, &mut HashMap::new());
        let one = on_average(|p, node| ranked(p, node, &mut Costs::new())[0]);
        assert!((one - least).abs() < 1e-9, "ours {one}, best {least}: {facts:?}");
        let guess = on_average(|p, node| ranked_within(p, node, 0, &mut Costs::new())[0]);
        best += least;
        guessed += guess;
        fixed += on_average(|p, node| *p.support(node).first().expect("some"));
        worst = worst.max(guess / least);
    }
    // 22 November 2026: 251 open states, best 360.7, guessed 361.1, file order 377.1, worst guess 1.054.
    println!("{open} open states: best {best:.1}, guessed {guessed:.1}, file order {fixed:.1}, worst guess {worst:.3}");
    assert!(open > 150, "{open}");
    assert!(guessed <= best * 1.01, "guessed {guessed}, best {best}");
    assert!(worst <= 1.10, "{worst}");
    assert!(guessed < fixed, "guessed {guessed}, fixed {fixed}");
}
