//! DMN 1.5: for each stretch of time one model in which the provisions that decide are rows of decision tables.
//!
//! Precedence is not left to the order of rows: a table collects the provisions that apply, a list names those that stand
//! because none that prevails over them applies, another the paths they open; the outcome is a table in which exactly one
//! row matches. What the tables cannot say (unknown facts split into cases, matters for a person's judgement) makes the
//! outcome heavier, never lighter, and stands in the model's description.

use std::collections::{BTreeMap, BTreeSet};

use law::{Condition, Effect, FactDefinition, FactType, Path, Rule, RuleBase, Test};

use super::File;
use super::feel::{cell, expression, rows, source, string};
use crate::View;
use crate::eras::{Era, decides, eras};
use crate::xml::Xml;

const MODEL: &str = "https://www.omg.org/spec/DMN/20230324/MODEL/";
const FEEL: &str = "https://www.omg.org/spec/DMN/20230324/FEEL/";

const LIMITS: &str = "Limits. The tables want every fact that the provisions in force read: one that is not stated gives \
    not-yet-known, even where Tongguan would see that it no longer matters. A fact that waits for a person's judgement gives \
    human-judgement and no paths, even where every judgement would come to the same. Contradictions between facts are not \
    looked for. Zones' negative lists are not part of the tables: for a handler under one they give the national answer \
    only. Certainty, duties, questions and reasons are not part of the tables: each row names provision and status.";

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
        // Rows of zones' lists exclude one another by conditions that no decision table holds without thousands of rows.
        let national = |rule: &&Rule| rule.in_force(era.from) && !rule.id.starts_with("cn.list.");
        let in_force: Vec<&Rule> = base.rules().iter().filter(national).collect();
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
                    let name =
                        format!("{} over {under} ({})", rule.id, beside.keys().filter(|name| here(name)).count() + 1);
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
                let part = if fact.sum.is_some() || fact.assumed.is_some() {
                    source(self.base, fact)
                } else {
                    format!("facts.{}", fact.id)
                };
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
        xml.within("itemDefinition", &[("name", "tTexts"), ("isCollection", "true")], |xml| {
            xml.leaf("typeRef", "string");
        });
        xml.within("itemDefinition", &[("name", "tLists"), ("isCollection", "true")], |xml| {
            xml.leaf("typeRef", "tTexts");
        });
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
            xml.within("literalExpression", &[], |xml| {
                xml.leaf("text", &format!("[{}][item != null]", each.join(", ")));
            });
        });
    }

    /// Which provisions apply: a row for each way in which one can.
    fn applies(&self, xml: &mut Xml) {
        let about = "The provisions whose conditions hold, and the conditions of exceptions that hold.";
        let columns = self.columns();
        xml.decision("applies", "tTexts", about, &["in_facts", "in_on"], &[], |xml| {
            xml.within("decisionTable", &[("hitPolicy", "COLLECT")], |xml| {
                for (place, test) in &columns {
                    let fact = &self.base.facts()[*place];
                    let value = source(self.base, fact);
                    let (label, kind, text) = match test {
                        None => (fact.id.clone(), kind(fact), value),
                        Some(test) => {
                            let value = if value.starts_with("if ") { format!("({value})") } else { value };
                            let text = expression(&value, test);
                            let label = crate::words::demand(fact, test).en;
                            (format!("{}: {label}", fact.id), "boolean", text)
                        }
                    };
                    xml.within("input", &[("label", &label)], |xml| {
                        xml.within("inputExpression", &[("typeRef", kind)], |xml| xml.leaf("text", &text));
                    });
                }
                xml.empty("output", &[("name", "applies"), ("typeRef", "string")]);
                annotations(xml, &["provision", "status", "title_zh", "title_en"]);
                for rule in &self.rules {
                    let status = crate::words::status(rule.status);
                    let cite = format!("{} {}", rule.instrument_short, rule.article);
                    let notes = [&cite, status, &rule.title.zh, &rule.title.en];
                    table_rows(xml, &columns, &rule.when, &rule.id, notes);
                }
                for (name, condition) in &self.beside {
                    table_rows(xml, &columns, condition, name, ["", "", "例外的条件", "condition of an exception"]);
                }
            });
        });
    }

    /// The columns that the rows need: a fact's own, and one for each test that has no short form.
    fn columns(&self) -> Vec<Column<'_>> {
        let mut columns: Vec<Column<'_>> = Vec::new();
        let conditions = self.rules.iter().map(|rule| &rule.when).chain(self.beside.values());
        for (place, tests) in conditions.flat_map(rows).flatten() {
            let wanted: Vec<Column<'_>> = match cell(&tests) {
                Some(_) => vec![(place, None)],
                None => tests.iter().map(|(_, test)| (place, Some(*test))).collect(),
            };
            for column in wanted {
                if !columns.contains(&column) {
                    columns.push(column);
                }
            }
        }
        // Stable, so a fact's own column stays before or after its tests as they came.
        columns.sort_by_key(|(place, _)| *place);
        columns
    }

    /// Which of them stand: a path rule gives way where one that prevails over it applies.
    fn stands(&self, xml: &mut Xml) {
        let about = "The provisions that apply and give way to none; null for each that does not.";
        xml.decision("stands", "tTexts", about, &[], &["applies"], |xml| {
            xml.within("list", &[], |xml| {
                for rule in self.rules.iter().filter(|rule| decides(rule)) {
                    let over = self.prevailing.get(rule.id.as_str()).map(Vec::as_slice).unwrap_or_default();
                    let mut test = has("applies", &rule.id);
                    for (other, condition) in over {
                        let both = condition
                            .iter()
                            .fold(has("applies", other), |both, name| format!("{both} and {}", has("applies", name)));
                        test = format!("{test} and not({both})");
                    }
                    let names: Vec<&str> = over.iter().map(|(other, _)| other.as_str()).collect();
                    let about = match names.as_slice() {
                        [] => format!("{}: gives way to none", rule.id),
                        names => format!("{}: gives way to {}", rule.id, names.join(", ")),
                    };
                    entry(xml, &about, &format!("if {test} then {} else null", string(&rule.id)));
                }
            });
        });
    }

    /// The paths that the standing provisions open.
    fn opens(&self, xml: &mut Xml) {
        let about =
            "The paths that the standing provisions open, and those a person's judgement may come to, a list for each.";
        xml.decision("opens", "tLists", about, &[], &["stands"], |xml| {
            xml.within("list", &[], |xml| {
                for rule in &self.rules {
                    let (test, open): (String, &[Path]) = match &rule.effect {
                        Effect::Paths(open) => (has("stands", &rule.id), open),
                        Effect::Judgement { possible, .. } => (has("stands", &rule.id), possible),
                        Effect::Adds { path, to } => {
                            let joins: Vec<String> = to.iter().map(|id| has("stands", id)).collect();
                            let test = format!("{} and ({})", has("stands", &rule.id), joins.join(" or "));
                            (test, std::slice::from_ref(path))
                        }
                        _ => continue,
                    };
                    let names: Vec<String> = open.iter().map(|path| string(path.name())).collect();
                    entry(xml, &rule.id, &format!("if {test} then [{}] else []", names.join(", ")));
                }
            });
        });
    }

    /// How it comes out: exactly one row matches.
    fn outcome(&self, xml: &mut Xml) {
        let some = |wanted: fn(&Effect) -> bool| {
            let ids = self.rules.iter().filter(|rule| wanted(&rule.effect)).map(|rule| string(&rule.id));
            format!(
                "some id in flatten([stands]) satisfies id in [{}]",
                ids.chain([string("")]).collect::<Vec<_>>().join(", ")
            )
        };
        let stop = some(|effect| matches!(effect, Effect::Stop(_)));
        let judgement = some(|effect| matches!(effect, Effect::Judgement { .. }));
        let open = "count(flatten([opens])[item != null]) > 0".to_owned();
        let inputs = [
            ("a prohibition stands", stop),
            ("a fact is missing", "count(missing) > 0".to_owned()),
            ("a person has to judge", format!("count(judged) > 0 or ({judgement})")),
            ("a path is open", open),
        ];
        xml.decision("outcome", "string", "How it comes out.", &[], &["missing", "judged", "stands", "opens"], |xml| {
            xml.within("decisionTable", &[("hitPolicy", "UNIQUE")], |xml| {
                for (label, expression) in &inputs {
                    xml.within("input", &[("label", label)], |xml| {
                        xml.within("inputExpression", &[("typeRef", "boolean")], |xml| xml.leaf("text", expression));
                    });
                }
                xml.empty("output", &[("name", "outcome"), ("typeRef", "string")]);
                for (cells, outcome) in [
                    (["true", "-", "-", "-"], "refused"),
                    (["false", "true", "-", "-"], "not-yet-known"),
                    (["false", "false", "true", "-"], "human-judgement"),
                    (["false", "false", "false", "true"], "determined"),
                    // No gap is known (`rules check`); if there is one, nothing leaves through it.
                    (["false", "false", "false", "false"], "no-path"),
                ] {
                    table_row(xml, &cells.map(str::to_owned), &string(outcome), &[]);
                }
            });
        });
    }
}

/// The paths in listing order; none while a fact is missing or a fact waits for judgement.
fn paths(xml: &mut Xml) {
    let open = Path::ALL.into_iter().filter(|path| *path != Path::Stop);
    let all: Vec<String> = open.map(|path| string(path.name())).collect();
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

/// A column of the first table: a fact, or one test of it.
type Column<'a> = (usize, Option<&'a Test>);

/// The rows of a condition, all with one output.
fn table_rows(xml: &mut Xml, columns: &[Column<'_>], condition: &Condition, output: &str, notes: [&str; 4]) {
    for row in rows(condition) {
        let entry = |(place, wanted): &Column<'_>| {
            let tests = row.get(place).map(Vec::as_slice).unwrap_or_default();
            let said = match (wanted, cell(tests)) {
                (None, short) => short,
                (Some(_), Some(_)) => None,
                (Some(wanted), None) => {
                    tests.iter().find(|(_, test)| test == wanted).map(|(holds, _)| holds.to_string())
                }
            };
            said.unwrap_or_else(|| "-".to_owned())
        };
        let cells: Vec<String> = columns.iter().map(entry).collect();
        table_row(xml, &cells, &string(output), &notes);
    }
}

fn kind(fact: &FactDefinition) -> &'static str {
    match fact.kind {
        FactType::Bool => "boolean",
        FactType::Count => "number",
        FactType::Date => "date",
        FactType::Choice | FactType::Code | FactType::Text => "string",
    }
}

/// Whether the result of another decision names something; an engine may make of one match no list, and of none null.
fn has(list: &str, id: &str) -> String {
    format!("list contains(flatten([{list}]), {})", string(id))
}

/// One entry of a boxed list.
fn entry(xml: &mut Xml, about: &str, text: &str) {
    xml.within("literalExpression", &[], |xml| {
        xml.leaf("description", about);
        xml.leaf("text", text);
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
