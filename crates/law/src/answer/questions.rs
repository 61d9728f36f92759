//! What to ask next: only what can still change the outcome, and first what decides soonest.

use crate::answer::ask::{Costs, ranked};
use crate::answer::determination::{Question, QuestionKind};
use crate::book::definition::FactIndex;
use crate::book::rule::Effect;
use crate::logic::diagram::{Possible, Signature};
use crate::logic::inforce::Law;

/// The questions on which the outcome still rests.
///
/// Best first, as [`ranked`] has it.
pub(crate) fn questions(law: &Law<'_>, possible: &mut Possible) -> Vec<Question> {
    match possible.settled().cloned() {
        Some(Signature::Judgement(ids)) => ids.iter().filter_map(|id| judgement(law, id)).collect(),
        Some(Signature::Paths(_) | Signature::Refused) => Vec::new(),
        None => {
            let root = possible.root;
            ranked(possible, root, &mut Costs::new()).into_iter().map(|fact| plain(law, fact)).collect()
        }
    }
}

pub(crate) fn plain(law: &Law<'_>, fact: FactIndex) -> Question {
    let definition = &law.names()[fact.0];
    Question {
        fact: definition.id.clone(),
        kind: QuestionKind::Fact,
        text: definition.question.clone(),
        cite: definition.cite.clone(),
        options: definition.values.clone(),
    }
}

/// The legal question behind an id: a judgement rule's own, or that of a fact's judgement value.
pub(crate) fn judgement(law: &Law<'_>, id: &str) -> Option<Question> {
    if let Some(rule) = law.rules.iter().find(|r| r.id == id) {
        let Effect::Judgement { asks, .. } = &rule.effect else {
            return None;
        };
        let mut fact = None;
        rule.when.each_test(&mut |read, _| fact = Some(read));
        return Some(Question {
            fact: fact.map(|f| law.names()[f.0].id.clone()).unwrap_or_default(),
            kind: QuestionKind::Judgement,
            text: asks.clone(),
            cite: format!("{} art {}", rule.instrument_short, rule.article),
            // Where the fact's own value waits for the judgement, its settled values are the answers.
            options: fact
                .and_then(|f| law.names()[f.0].judgement.as_ref())
                .map(|judgement| judgement.stands_for.clone())
                .unwrap_or_default(),
        });
    }
    let definition = law.names().iter().find(|f| f.id == id)?;
    let judgement = definition.judgement.as_ref()?;
    Some(Question {
        fact: definition.id.clone(),
        kind: QuestionKind::Judgement,
        text: judgement.asks.clone(),
        cite: judgement.cite.clone(),
        options: judgement.stands_for.clone(),
    })
}
