//! Conditions made ready for one day: every test is a set of region numbers, so that judging compares no values.

use std::collections::BTreeSet;

use crate::book::definition::FactIndex;
use crate::logic::condition::{Condition, Test, Truth};
use crate::logic::regions::{Code, Numbering, UNKNOWN};

/// A condition over the numbers of regions; the shape is that of the [`Condition`] it was made from.
#[derive(Debug, Clone)]
pub(crate) enum Compiled {
    All(Box<[Compiled]>),
    Any(Box<[Compiled]>),
    Not(Box<Compiled>),
    Fact(FactIndex, Holds),
}

/// The regions in which a test holds, a bit each.
#[derive(Debug, Clone)]
pub(crate) struct Holds(Box<[u64]>);

impl Holds {
    fn new(test: &Test, numbering: &Numbering) -> Self {
        let mut bits = vec![0_u64; numbering.len().div_ceil(64)];
        for place in 0..numbering.len() {
            let value = Code::try_from(place).ok().and_then(|code| numbering.value(code));
            if value.is_some_and(|value| test.holds(value)) {
                bits[place / 64] |= 1 << (place % 64);
            }
        }
        Holds(bits.into())
    }

    #[inline]
    fn has(&self, code: Code) -> bool {
        self.0.get(usize::from(code / 64)).is_some_and(|word| word >> (code % 64) & 1 == 1)
    }
}

impl Compiled {
    pub(crate) fn new(condition: &Condition, numberings: &[Numbering]) -> Self {
        let parts = |parts: &[Condition]| parts.iter().map(|part| Compiled::new(part, numberings)).collect();
        match condition {
            Condition::All(all) => Compiled::All(parts(all)),
            Condition::Any(any) => Compiled::Any(parts(any)),
            Condition::Not(part) => Compiled::Not(Box::new(Compiled::new(part, numberings))),
            Condition::Fact(fact, test) => Compiled::Fact(*fact, Holds::new(test, &numberings[fact.0])),
        }
    }

    /// Kleene's truth value; a part that settles the whole ends the search.
    pub(crate) fn truth(&self, codes: &[Code]) -> Truth {
        match self {
            Compiled::Fact(fact, holds) => match codes[fact.0] {
                UNKNOWN => Truth::Unknown,
                code if holds.has(code) => Truth::True,
                _ => Truth::False,
            },
            Compiled::All(parts) => {
                let mut whole = Truth::True;
                for part in parts {
                    whole = whole.min(part.truth(codes));
                    if whole == Truth::False {
                        break;
                    }
                }
                whole
            }
            Compiled::Any(parts) => {
                let mut whole = Truth::False;
                for part in parts {
                    whole = whole.max(part.truth(codes));
                    if whole == Truth::True {
                        break;
                    }
                }
                whole
            }
            Compiled::Not(part) => match part.truth(codes) {
                Truth::True => Truth::False,
                Truth::False => Truth::True,
                Truth::Unknown => Truth::Unknown,
            },
        }
    }

    /// The unknown facts on which the truth still rests: parts already settled are left out.
    pub(crate) fn open(&self, codes: &[Code], into: &mut BTreeSet<FactIndex>) {
        if self.truth(codes) != Truth::Unknown {
            return;
        }
        match self {
            Compiled::All(parts) | Compiled::Any(parts) => parts.iter().for_each(|part| part.open(codes, into)),
            Compiled::Not(part) => part.open(codes, into),
            Compiled::Fact(fact, _) => {
                into.insert(*fact);
            }
        }
    }

    /// The truth value, and written down behind `into` which parts are settled and how: what leaves the same trace leaves
    /// the same question open.
    pub(crate) fn trace(&self, codes: &[Code], into: &mut Vec<u8>) -> Truth {
        let at = into.len();
        into.push(0);
        let truth = match self {
            Compiled::Fact(..) => self.truth(codes),
            Compiled::Not(part) => match part.trace(codes, into) {
                Truth::True => Truth::False,
                Truth::False => Truth::True,
                Truth::Unknown => Truth::Unknown,
            },
            Compiled::All(parts) => trace_parts(parts, codes, into, Truth::True, Truth::min),
            Compiled::Any(parts) => trace_parts(parts, codes, into, Truth::False, Truth::max),
        };
        into[at] = truth as u8;
        if truth != Truth::Unknown {
            into.truncate(at + 1);
        }
        truth
    }

    /// The first test that fails, given the condition this was made from; `None` if nothing fails.
    pub(crate) fn failed<'c>(&self, from: &'c Condition, codes: &[Code]) -> Option<(FactIndex, &'c Test)> {
        if self.truth(codes) != Truth::False {
            return None;
        }
        match (self, from) {
            (Compiled::All(parts), Condition::All(from)) | (Compiled::Any(parts), Condition::Any(from)) => {
                parts.iter().zip(from).find_map(|(part, from)| part.failed(from, codes))
            }
            (Compiled::Not(part), Condition::Not(from)) => part.any_test(from),
            (Compiled::Fact(fact, _), Condition::Fact(_, test)) => Some((*fact, test)),
            // The shapes are one.
            _ => None,
        }
    }

    /// Of a part that must not hold and does, its first test.
    fn any_test<'c>(&self, from: &'c Condition) -> Option<(FactIndex, &'c Test)> {
        let mut found = None;
        from.each_test(&mut |fact, test| {
            found.get_or_insert((fact, test));
        });
        found
    }
}

/// Traces parts until one settles the whole.
fn trace_parts(
    parts: &[Compiled],
    codes: &[Code],
    into: &mut Vec<u8>,
    none: Truth,
    join: fn(Truth, Truth) -> Truth,
) -> Truth {
    let mut whole = none;
    for part in parts {
        whole = join(whole, part.trace(codes, into));
        if whole != none && whole != Truth::Unknown {
            break;
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Value;

    const WORLDS: [Truth; 3] = [Truth::False, Truth::Unknown, Truth::True];

    fn code(truth: Truth) -> Code {
        match truth {
            Truth::False => 0,
            Truth::True => 1,
            Truth::Unknown => UNKNOWN,
        }
    }

    fn flag(place: usize) -> Condition {
        Condition::Fact(FactIndex(place), Test::Is(Value::Bool(true)))
    }

    /// The truth table of one connective over two flags, row by row in the order false, unknown, true.
    fn table(connective: &Condition) -> Vec<Truth> {
        let definition = toml::from_str(
            "id = 'a.b'\ntype = 'bool'\ncite = 'x'\ntitle = { zh = 'x', en = 'x' }\nquestion = { zh = 'x', en = 'x' }",
        );
        let definition = definition.expect("a fact");
        let numbering = Numbering::new(&definition, [&Test::Is(Value::Bool(true))]);
        let compiled = Compiled::new(connective, &[numbering.clone(), numbering]);
        let rows = WORLDS.iter().flat_map(|a| WORLDS.map(|b| [code(*a), code(b)]));
        rows.map(|codes| compiled.truth(&codes)).collect()
    }

    /// The conformance cases of the Common Expression Language: an unknown operand is absorbed by one that settles the whole,
    /// on either side, and is the answer otherwise.
    #[test]
    fn unknowns_are_as_the_common_expression_language_has_them() {
        use Truth::{False as F, True as T, Unknown as U};
        assert_eq!(table(&Condition::All(vec![flag(0), flag(1)])), [F, F, F, F, U, U, F, U, T]);
        assert_eq!(table(&Condition::Any(vec![flag(0), flag(1)])), [F, U, T, U, U, T, T, T, T]);
        assert_eq!(table(&Condition::Not(Box::new(flag(0)))), [T, T, T, U, U, U, F, F, F]);
        assert_eq!(table(&Condition::All(vec![])), [T; 9]);
        assert_eq!(table(&Condition::Any(vec![])), [F; 9]);
    }
}
