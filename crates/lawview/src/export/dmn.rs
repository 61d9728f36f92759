//! DMN 1.5: for each stretch of time one model in which the provisions that decide are rows of decision tables.
//!
//! Precedence is not left to the order of rows: a first table collects the provisions that apply, a second those that stand
//! because none that prevails over them applies, a third the paths they open; the outcome is a table in which exactly one
//! row matches. What the tables cannot say (unknown facts split into cases, matters for a person's judgement) makes the
//! outcome heavier, never lighter, and stands in the model's description.

use std::collections::{BTreeMap, BTreeSet};

use law::{Condition, Effect, FactDefinition, FactType, Path, Rule, RuleBase};

use super::File;
use super::feel::{cell, literal, rows, source, string};
use crate::View;
use crate::eras::{Era, decides, eras};
use crate::xml::Xml;

const MODEL: &str = "https://www.omg.org/spec/DMN/20230324/MODEL/";
const FEEL: &str = "https://www.omg.org/spec/DMN/20230324/FEEL/";

const LIMITS: &str = "Limits. The tables want every fact that the provisions in force read: one that is not stated gives \
    not-yet-known, even where Tongguan would see that it no longer matters. A fact that waits for a person's judgement gives \
    human-judgement and no paths, even where every judgement would come to the same. Contradictions between facts are not \
    looked for. Certainty, duties, questions and reasons are not part of the tables: each row names provision and status.";

/// The prevailing provisions of one that gives way, each with the name of its condition, if it has one.
type Prevailing = Vec<(String, Option<String>)>;

/// What one model is made from.
struct Model<'a> {
    base: &'a RuleBase,
    /// The provisions in force that decide or prevail over one that does.
    rules: Vec<&'a Rule>,
    /// For each path rule, who prevails.
    prevailing: BTreeMap<&'a str, Prevailing>,
    /// Conditions of exceptions by their names.
    beside: BTreeMap<String, Condition>,
    /// The facts that are read, by place.
    read: BTreeSet<usize>,
}

pub(super) fn models(base: &RuleBase, view: &View<'_>) -> Vec<File> {
    let mut files: Vec<(Vec<String>, Era)> = Vec::new();
    for era in eras(base) {
        let ids: Vec<String> = Model::of(base, &era).rules.iter().map(|rule| rule.id.clone()).collect();
        // Only certainty changed: the tables are the same.
        match files.last_mut() {
            Some((same, last)) if *same == ids => last.to = era.to,
            _ => files.push((ids, era)),
        }
    }
    let write = |(_, era): (Vec<String>, Era)| File {
        path: format!("dmn/{}.dmn", era.from),
        text: Model::of(base, &era).write(view, &era),
    };
    files.into_iter().map(write).collect()
}

impl<'a> Model<'a> {
    fn of(base: &'a RuleBase, era: &Era) -> Self {
        let in_force: Vec<&Rule> = base.rules().iter().filter(|rule| rule.in_force(era.from)).collect();
        let mut prevailing: BTreeMap<&str, Prevailing> = BTreeMap::new();
        let mut beside = BTreeMap::new();
        let mut wanted: BTreeSet<&str> =
            in_force.iter().filter(|rule| decides(rule)).map(|rule| rule.id.as_str()).collect();
        for rule in &in_force {
            for (under, conditions) in base.overridden_by(rule) {
                let path = in_force.iter().any(|r| r.id == under && matches!(r.effect, Effect::Paths(_)));
                if !path {
                    continue;
                }
                wanted.insert(&rule.id);
                let name = (!conditions.is_empty()).then(|| {
                    let here = |name: &String| name.starts_with(&format!("{} over {under}", rule.id));
                    let name = format!("{} over {under} ({})", rule.id, beside.keys().filter(|name| here(name)).count() + 1);
                    beside.insert(name.clone(), Condition::All(conditions.into_iter().cloned().collect()));
                    name
                });
                prevailing.entry(under).or_default().push((rule.id.clone(), name));
            }
        }
        let rules: Vec<&Rule> = in_force.into_iter().filter(|rule| wanted.contains(rule.id.as_str())).collect();
        let conditions = rules.iter().map(|rule| &rule.when).chain(beside.values());
        let read = conditions.flat_map(Condition::facts).map(law::FactIndex::place).collect();
        Model { base, rules, prevailing, beside, read }
    }

    fn write(&self, view: &View<'_>, era: &Era) -> String {
        let to = era.to.map_or_else(|| "on".to_owned(), |to| format!("to {to}"));
        let name = format!("Chinese law of data exports, {} {to}", era.from);
        let namespace = format!("urn:tongguan:dmn:{}", era.from);
        let mut xml = Xml::new();
        let attributes = [
            ("xmlns", MODEL),
            ("namespace", namespace.as_str()),
            ("id", "definitions"),
            ("name", name.as_str()),
            ("expressionLanguage", FEEL),
            ("typeLanguage", FEEL),
            ("exporter", "tongguan"),
            ("exporterVersion", view.program),
        ];
        xml.within("definitions", &attributes, |xml| {
            let about = format!(
                "{name}. Rule base {} ({}). Ask `outcome` and `paths`; `applies` and `stands` say why. {LIMITS}",
                self.base.version(),
                self.base.sha256()
            );
            xml.leaf("description", &about);
            self.types(xml);
            for (id, kind) in [("facts", "tFacts"), ("on", "date")] {
                xml.within("inputData", &[("id", &format!("in_{id}")), ("name", id)], |xml| {
                    xml.empty("variable", &[("name", id), ("typeRef", kind)]);
                });
            }
            self.open(xml, "missing", "Facts that are read and not stated.", |fact| {
                let part = if fact.sum.is_some() || fact.assumed.is_some() { source(self.base, fact) } else { format!("facts.{}", fact.id) };
                Some(format!("({part}) = null"))
            });
            self.open(xml, "judged", "Facts that wait for a person's judgement.", |fact| {
                let judgement = fact.judgement.as_ref()?;
                Some(format!("facts.{} = {}", fact.id, string(&judgement.value)))
            });
            self.applies(xml);
            self.stands(xml);
            self.opens(xml);
            self.outcome(xml);
            paths(xml);
        });
        xml.finish()
    }

    /// The facts as one context, table by table, as FACTS.toml has them.
    fn types(&self, xml: &mut Xml) {
        let mut tables: BTreeMap<&str, Vec<&FactDefinition>> = BTreeMap::new();
        for fact in self.base.facts() {
            let (table, _) = fact.id.split_once('.').unwrap_or(("", &fact.id));
            tables.entry(table).or_default().push(fact);
        }
        xml.within("itemDefinition", &[("name", "tTexts"), ("isCollection", "true")], |xml| xml.leaf("typeRef", "string"));
        xml.within("itemDefinition", &[("name", "tFacts")], |xml| {
            for (table, facts) in tables {
                xml.within("itemComponent", &[("name", table)], |xml| {
                    for fact in facts {
                        let key = fact.id.split_once('.').map_or(fact.id.as_str(), |(_, key)| key);
                        xml.within("itemComponent", &[("name", key)], |xml| {
                            xml.leaf("description", &format!("{} / {} ({})", fact.title.en, fact.title.zh, fact.cite));
                            xml.leaf("typeRef", kind(fact));
                            if fact.kind == FactType::Choice {
                                let values: Vec<String> = fact.values.iter().map(|value| string(value)).collect();
                                xml.within("allowedValues", &[], |xml| xml.leaf("text", &values.join(", ")));
                            }
                        });
                    }
                });
            }
        });
    }

    /// A list of the ids of facts that a test finds among those that are read.
    fn open(&self, xml: &mut Xml, name: &str, about: &str, test: impl Fn(&FactDefinition) -> Option<String>) {
        let facts = self.read.iter().map(|place| &self.base.facts()[*place]);
        let each = facts.filter_map(|fact| Some(format!("if {} then {} else null", test(fact)?, string(&fact.id))));
        let each: Vec<String> = each.collect();
        xml.decision(name, "tTexts", about, &["in_facts"], &[], |xml| {
            xml.within("literalExpression", &[], |xml| xml.leaf("text", &format!("[{}][item != null]", each.join(", "))));
        });
    }

    /// Which provisions apply: a row for each way in which one can.
    fn applies(&self, xml: &mut Xml) {
        let about = "The provisions whose conditions hold, and the conditions of exceptions that hold.";
        xml.decision("applies", "tTexts", about, &["in_facts", "in_on"], &[], |xml| {
            xml.within("decisionTable", &[("hitPolicy", "COLLECT")], |xml| {
                for place in &self.read {
                    let fact = &self.base.facts()[*place];
                    xml.within("input", &[("label", &fact.id)], |xml| {
                        xml.within("inputExpression", &[("typeRef", kind(fact))], |xml| {
                            xml.leaf("text", &source(self.base, fact));
                        });
                    });
                }
                xml.empty("output", &[("name", "applies"), ("typeRef", "string")]);
                annotations(xml, &["provision", "status", "title_zh", "title_en"]);
                for rule in &self.rules {
                    let status = crate::words::status(rule.status);
                    let cite = format!("{} {}", rule.instrument_short, rule.article);
                    self.rows(xml, &rule.when, &rule.id, [&cite, status, &rule.title.zh, &rule.title.en]);
                }
                for (name, condition) in &self.beside {
                    self.rows(xml, condition, name, ["", "", "例外的条件", "condition of an exception"]);
                }
            });
        });
    }

    fn rows(&self, xml: &mut Xml, condition: &Condition, output: &str, notes: [&str; 4]) {
        for row in rows(condition) {
            let cells: Vec<String> = self.read.iter().map(|place| cell(row.get(place))).collect();
            table_row(xml, &cells, &string(output), &notes);
        }
    }

    /// Which of them stand: a path rule gives way where one that prevails over it applies.
    fn stands(&self, xml: &mut Xml) {
        let about = "The provisions that apply and give way to none.";
        xml.decision("stands", "tTexts", about, &[], &["applies"], |xml| {
            xml.within("decisionTable", &[("hitPolicy", "COLLECT")], |xml| {
                list_input(xml, "applies");
                xml.empty("output", &[("name", "stands"), ("typeRef", "string")]);
                annotations(xml, &["gives way to"]);
                for rule in self.rules.iter().filter(|rule| decides(rule)) {
                    let over = self.prevailing.get(rule.id.as_str()).map(Vec::as_slice).unwrap_or_default();
                    let mut test = has(&rule.id);
                    for (other, condition) in over {
                        let both = condition.as_ref().map_or_else(|| has(other), |name| format!("{} and {}", has(other), has(name)));
                        test = format!("{test} and not({both})");
                    }
                    let names: Vec<&str> = over.iter().map(|(other, _)| other.as_str()).collect();
                    table_row(xml, &[test], &string(&rule.id), &[&names.join(", ")]);
                }
            });
        });
    }

    /// The paths that the standing provisions open.
    fn opens(&self, xml: &mut Xml) {
        let about = "The paths that the standing provisions open, and those a person's judgement may come to.";
        xml.decision("opens", "tTexts", about, &[], &["stands"], |xml| {
            xml.within("decisionTable", &[("hitPolicy", "COLLECT")], |xml| {
                list_input(xml, "stands");
                xml.empty("output", &[("name", "opens"), ("typeRef", "string")]);
                annotations(xml, &["provision"]);
                for rule in &self.rules {
                    let (test, open): (String, &[Path]) = match &rule.effect {
                        Effect::Paths(open) => (has(&rule.id), open),
                        Effect::Judgement { possible, .. } => (has(&rule.id), possible),
                        Effect::Adds { path, to } => {
                            let joins: Vec<String> = to.iter().map(|id| has(id)).collect();
                            (format!("{} and ({})", has(&rule.id), joins.join(" or ")), std::slice::from_ref(path))
                        }
                        _ => continue,
                    };
                    for path in open {
                        table_row(xml, std::slice::from_ref(&test), &string(path.name()), &[&rule.id]);
                    }
                }
            });
        });
    }

    /// How it comes out: exactly one row matches.
    fn outcome(&self, xml: &mut Xml) {
        let some = |wanted: fn(&Effect) -> bool| {
            let ids = self.rules.iter().filter(|rule| wanted(&rule.effect)).map(|rule| string(&rule.id));
            format!("some id in flatten([stands]) satisfies id in [{}]", ids.chain([string("")]).collect::<Vec<_>>().join(", "))
        };
        let stop = some(|effect| matches!(effect, Effect::Stop(_)));
        let judgement = some(|effect| matches!(effect, Effect::Judgement { .. }));
        let inputs = [
            ("a prohibition stands", stop),
            ("a fact is missing", "count(missing) > 0".to_owned()),
            ("a person has to judge", format!("count(judged) > 0 or ({judgement})")),
        ];
        xml.decision("outcome", "string", "How it comes out.", &[], &["missing", "judged", "stands"], |xml| {
            xml.within("decisionTable", &[("hitPolicy", "UNIQUE")], |xml| {
                for (label, expression) in &inputs {
                    xml.within("input", &[("label", label)], |xml| {
                        xml.within("inputExpression", &[("typeRef", "boolean")], |xml| xml.leaf("text", expression));
                    });
                }
                xml.empty("output", &[("name", "outcome"), ("typeRef", "string")]);
                for (cells, outcome) in [
                    (["true", "-", "-"], "refused"),
                    (["false", "true", "-"], "not-yet-known"),
                    (["false", "false", "true"], "human-judgement"),
                    (["false", "false", "false"], "determined"),
                ] {
                    table_row(xml, &cells.map(str::to_owned), &string(outcome), &[]);
                }
            });
        });
    }
}

/// The paths in listing order; none while a fact is missing or a fact waits for judgement.
fn paths(xml: &mut Xml) {
    let all = [
        Path::Exempt,
        Path::NoProcedureYet,
        Path::StandardContract,
        Path::Certification,
        Path::GbaStandardContract,
        Path::SecurityAssessment,
    ];
    let all: Vec<String> = all.iter().map(|path| string(path.name())).collect();
    let text = format!(
        "if outcome = \"refused\" then [\"stop\"] else if outcome = \"not-yet-known\" or count(judged) > 0 then [] else \
         [{}][list contains(flatten([opens]), item)]",
        all.join(", ")
    );
    let about = "The paths that are a free choice; after human-judgement, those it may come to.";
    xml.decision("paths", "tTexts", about, &[], &["outcome", "judged", "opens"], |xml| {
        xml.within("literalExpression", &[], |xml| xml.leaf("text", &text));
    });
}

fn kind(fact: &FactDefinition) -> &'static str {
    match fact.kind {
        FactType::Bool => "boolean",
        FactType::Count => "number",
        FactType::Date => "date",
        FactType::Choice | FactType::Code | FactType::Text => "string",
    }
}

/// Whether a list that is a column's value names something.
fn has(id: &str) -> String {
    format!("list contains(?, {})", literal(&law::Value::Text(id.to_owned())))
}

/// The result of a collecting table as a list, whatever an engine makes of one match or none.
fn list_input(xml: &mut Xml, from: &str) {
    xml.within("input", &[("label", from)], |xml| {
        xml.within("inputExpression", &[("typeRef", "tTexts")], |xml| {
            xml.leaf("text", &format!("flatten([{from}])[item != null]"));
        });
    });
}

fn annotations(xml: &mut Xml, names: &[&str]) {
    for name in names {
        xml.empty("annotation", &[("name", name)]);
    }
}

fn table_row(xml: &mut Xml, inputs: &[String], output: &str, notes: &[&str]) {
    xml.within("rule", &[], |xml| {
        for input in inputs {
            xml.within("inputEntry", &[], |xml| xml.leaf("text", input));
        }
        xml.within("outputEntry", &[], |xml| xml.leaf("text", output));
        for note in notes {
            xml.within("annotationEntry", &[], |xml| xml.leaf("text", note));
        }
    });
}
