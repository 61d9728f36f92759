//! The truth of every rule for one case, each worked out once, and what follows of who gives way to whom.

use std::cell::Cell;

use crate::logic::compiled::Compiled;
use crate::logic::condition::Truth;
use crate::logic::inforce::Law;
use crate::logic::regions::Code;

/// One case before the law of a day.
pub(crate) struct Truths<'l, 'a, 'c> {
    pub(crate) law: &'l Law<'a>,
    pub(crate) codes: &'c [Code],
    known: Vec<Cell<Option<Truth>>>,
}

impl<'l, 'a, 'c> Truths<'l, 'a, 'c> {
    /// Nothing is worked out yet.
    pub(crate) fn new(law: &'l Law<'a>, codes: &'c [Code]) -> Self {
        Truths { law, codes, known: vec![Cell::new(None); law.rules.len()] }
    }

    /// Some truths are known already.
    pub(crate) fn knowing(law: &'l Law<'a>, codes: &'c [Code], truths: impl Iterator<Item = (usize, Truth)>) -> Self {
        let these = Self::new(law, codes);
        for (rule, truth) in truths {
            these.known[rule].set(Some(truth));
        }
        these
    }

    /// Whether the condition of a rule holds.
    #[inline]
    pub(crate) fn of(&self, rule: usize) -> Truth {
        let known = &self.known[rule];
        known.get().unwrap_or_else(|| {
            let truth = self.law.when(rule).truth(self.codes);
            known.set(Some(truth));
            truth
        })
    }

    /// The rule that holds and prevails over this one, if one does.
    pub(crate) fn gives_way_to(&self, rule: usize) -> Option<usize> {
        let holds = |beside: &Compiled| beside.truth(self.codes) == Truth::True;
        let mut prevailing = self.law.prevailing(rule).iter();
        let prevails = |(other, beside): &&(usize, Option<Compiled>)| {
            self.of(*other) == Truth::True && beside.as_ref().is_none_or(holds)
        };
        prevailing.find(prevails).map(|(other, _)| *other)
    }

    /// The conditions on which alone it rests whether the rule gives way to another that holds.
    pub(crate) fn may_give_way(&self, rule: usize) -> impl Iterator<Item = &'l Compiled> {
        self.law.prevailing(rule).iter().filter_map(|(other, beside)| {
            let beside = beside.as_ref()?;
            let undecided = self.of(*other) == Truth::True && beside.truth(self.codes) == Truth::Unknown;
            undecided.then_some(beside)
        })
    }
}
