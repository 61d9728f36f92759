//! Asking one question at a time: the fewest that settle the matter, with exact bounds on how many are still to come.

mod lookahead;
mod ranking;

use std::collections::BTreeSet;

use jiff::civil::Date;

pub(crate) use ranking::{Costs, ranked};

use crate::answer::determination::{Question, QuestionKind};
use crate::answer::questions::{judgement, plain};
use crate::book::definition::FactIndex;
use crate::logic::diagram::Signature;
use crate::logic::facts::grouped;
use crate::logic::inforce::Law;
use crate::logic::known::Known;
use crate::logic::possible::explore;
use crate::{Facts, LawError, RuleBase, Value};
use lookahead::Lookahead;

/// Questions and answers about one transfer. Pure: it asks nobody and keeps nothing; whoever holds it does.
#[derive(Debug, Clone)]
pub struct Interview<'a> {
    base: &'a RuleBase,
    on: Date,
    given: Facts,
    answers: Vec<(String, Option<Value>)>,
}

/// Where an interview stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// What to ask now; `None` where no answer can change the outcome any more, or nobody knows one that could.
    pub next: Option<Question>,
    /// The number of the next question, from 1.
    pub number: usize,
    /// Questions still to come after this one, at best.
    pub fewest: usize,
    /// Questions still to come after this one, at worst.
    pub most: usize,
    /// Whether the outcome is settled.
    pub settled: bool,
}

impl<'a> Interview<'a> {
    /// An interview that begins with what is known.
    pub fn new(base: &'a RuleBase, facts: &Facts, on: Date) -> Self {
        Interview { base, on, given: facts.clone(), answers: Vec::new() }
    }

    /// What is known by now.
    pub fn facts(&self) -> Result<Facts, LawError> {
        let mut facts = self.given.clone();
        for (fact, value) in &self.answers {
            if let Some(value) = value {
                facts.set(self.base, fact, value.clone())?;
            }
        }
        Ok(facts)
    }

    /// The answers in the order given; `None`: not known.
    pub fn answers(&self) -> &[(String, Option<Value>)] {
        &self.answers
    }

    /// Takes an answer, or with `None` that nobody knows. An error leaves everything as it was: a value of the wrong kind, or
    /// one that contradicts what is known.
    pub fn answer(&mut self, fact: &str, value: Option<Value>) -> Result<(), LawError> {
        if let Some(Value::Count(count)) = &value
            && *count < self.given.at_least(fact)
        {
            let least = grouped(self.given.at_least(fact));
            return Err(LawError::fact(fact, format!("cannot be less than the {least} already counted")));
        }
        let mut next = self.clone();
        next.answers.retain(|(earlier, _)| earlier != fact);
        next.answers.push((fact.to_owned(), value));
        next.facts()?.check()?;
        *self = next;
        Ok(())
    }

    /// Takes the last answer back; gives the fact it was about.
    pub fn back(&mut self) -> Option<String> {
        self.answers.pop().map(|(fact, _)| fact)
    }

    /// What to ask now.
    ///
    /// `fewest` and `most` hold for every course the answers can take, by the decision diagram; where its courses are too
    /// many to follow, `most` is the number of facts that still matter. A figure far inside its band may settle more than the
    /// band does and end the interview sooner.
    pub fn asking(&self) -> Result<Asking, LawError> {
        let facts = self.facts()?;
        facts.check_against(self.base.vocabulary())?;
        let law = Law::on(self.base, self.on)?;
        let known = Known::new(law.names(), &facts);
        let mut possible = explore(&law, &known)?;
        let number = self.answers.len() + 1;
        let settled = possible.settled().cloned();
        if let Some(Signature::Judgement(ids)) = &settled {
            // A matter for a person is asked, too; the law gives the question, somebody has to give the answer.
            let unasked = |question: &Question| !self.answers.iter().any(|(fact, _)| *fact == question.fact);
            let left: Vec<Question> = ids.iter().filter_map(|id| judgement(&law, id)).filter(unasked).collect();
            let left: Vec<Question> = left.into_iter().filter(|question| !question.options.is_empty()).collect();
            let most = left.len().saturating_sub(1);
            return Ok(Asking { next: left.into_iter().next(), number, fewest: 0, most, settled: true });
        }
        if settled.is_some() {
            return Ok(Asking { next: None, number, fewest: 0, most: 0, settled: true });
        }
        let declined: BTreeSet<FactIndex> = self
            .answers
            .iter()
            .filter(|(_, value)| value.is_none())
            .filter_map(|(fact, _)| law.names().iter().position(|f| &f.id == fact).map(FactIndex))
            .collect();
        let mut ahead = Lookahead::new(&law, known, declined);
        let root = possible.root;
        let Some(next) = ahead.choose(&mut possible, root) else {
            return Ok(Asking { next: None, number, fewest: 0, most: 0, settled: false });
        };
        let (fewest, most) = ahead.bounds(&mut possible, root);
        let next = Some(plain(&law, next));
        Ok(Asking { next, number, fewest: fewest.saturating_sub(1), most: most.saturating_sub(1), settled: false })
    }
}

impl Asking {
    /// Whether the next question is one of law for a person, rather than a fact.
    pub fn is_judgement(&self) -> bool {
        self.next.as_ref().is_some_and(|question| question.kind == QuestionKind::Judgement)
    }
}

#[cfg(test)]
mod tests;
