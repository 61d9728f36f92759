//! From an edition to rules: each row becomes one, beside what the list says of the rest.

use crate::book::rule::{Effect, Exception, Instrument, ObligationDefinition, Reading, RegimeDefinition, Rule};
use crate::lists::conditions::{Conditions, all, not};
use crate::lists::edition::{
    Band, Bands, Extent, ListDuty, ListEdition, ListKind, ListPath, ListReading, ListRow, PersonKind, ResidualRow,
    ScaleRule,
};
use crate::lists::precedence::Precedence;
use crate::lists::{check, words};
use crate::logic::condition::Condition;
use crate::{LawError, Path, Status, Text, Value};

/// What an edition is compiled with.
pub(crate) struct Compiler<'a> {
    pub(crate) edition: &'a ListEdition,
    pub(crate) conditions: Conditions<'a>,
    pub(crate) precedence: &'a Precedence,
    /// The national rules, of which the exemptions' conditions are read.
    pub(crate) rules: &'a [Rule],
}

/// The paths a person's reading of an unseen row may lead to.
const ANY_PATH: [Path; 4] = [Path::Exempt, Path::StandardContract, Path::Certification, Path::SecurityAssessment];

impl Compiler<'_> {
    /// The edition as an instrument that rules belong to.
    pub(crate) fn instrument(&self) -> Instrument {
        Instrument { short: self.edition.short.clone(), title: self.edition.title.clone() }
    }

    /// All rules of the edition.
    pub(crate) fn rules(&self) -> Result<Vec<Rule>, LawError> {
        let edition = self.edition;
        let mut found = Vec::new();
        for (n, row) in edition.row.iter().enumerate() {
            let alike = |other: &&ListRow| {
                other.important.is_some() && other.sector == row.sector && other.scenarios == row.scenarios
            };
            if row.important.is_none() {
                found.push(self.row(row)?);
            } else if !edition.row[..n].iter().any(|other| alike(&other)) {
                // Rows that name data of the same scenarios are one question: is it among them?
                found.push(self.important(&edition.row[n..].iter().filter(alike).collect::<Vec<_>>())?);
            }
        }
        for row in &edition.residual {
            found.push(self.residual(row)?);
        }
        for row in &edition.scale {
            found.push(self.scale(row)?);
        }
        found.push(self.no_such_sector()?);
        match edition.known {
            Extent::Whole => found.push(self.no_such_scenario()?),
            Extent::Partial => found.extend([self.unseen_row()?, self.off_a_partial_list()?]),
        }
        if edition.adopts.is_some() || edition.kind == ListKind::Negative {
            found.push(self.adopted()?);
        }
        for duty in &edition.duty {
            found.push(self.duty(duty)?);
        }
        for (n, regime) in edition.also_check.iter().enumerate() {
            let mut parts = vec![self.conditions.users(edition)?];
            let scenario = self.conditions.is_not("list.scenario", "none")?;
            parts.push(match regime.sectors.as_slice() {
                [] => scenario,
                sectors => self.conditions.one_of("handler.sector", sectors)?,
            });
            let what = RegimeDefinition { regime: regime.regime.clone(), why: regime.why.clone() };
            let title = Text::new("另行核查", "another regime");
            let rule = self.base(&format!("also-check-{}", n + 1), "notes", title, regime.why.clone(), regime.status);
            found.push(Rule { when: all(parts), effect: Effect::AlsoCheck(vec![what]), ..rule });
        }
        Ok(found)
    }

    /// A rule that does nothing yet, with all that every rule of the edition shares.
    fn base(&self, id: &str, article: &str, title: Text, provision: Text, status: Status) -> Rule {
        let edition = self.edition;
        let term = &edition.in_force;
        Rule {
            id: format!("{}.{id}", edition.rule_prefix()),
            instrument: edition.id.clone(),
            instrument_short: edition.short.clone(),
            article: article.to_owned(),
            title,
            provision,
            from: term.from,
            to: term.to,
            // A row is no better attested than that there is such a list.
            status: status.max(edition.status),
            source: edition.source.clone(),
            last_checked: edition.last_checked.clone(),
            reviewed_by: edition.reviewed_by.clone(),
            settled_from: term.settled_from,
            superseded_by: Vec::new(),
            exception_to: Vec::new(),
            gives_way_to: Vec::new(),
            when: Condition::All(Vec::new()),
            effect: Effect::Affirms(Vec::new()),
            persons_counted: true,
            readings: Vec::new(),
            scenarios: Vec::new(),
        }
    }

    fn row_base(&self, row: &ListRow) -> Result<Rule, LawError> {
        let article = words::article(&row.sector, row.n.as_deref(), &row.id);
        let title = words::row_title(self.edition, row);
        let rule = self.base(&row.id, &article, title, words::row(self.edition, row), row.status);
        let bands: Vec<(&str, Band)> = row.bands().each().map(|(kind, band)| (kind.fact(), band)).collect();
        let readings = self.readings(&row.reading, &bands)?;
        Ok(Rule { effect: Effect::Paths(row.path.paths().to_vec()), readings, ..rule })
    }

    fn readings(&self, readings: &[ListReading], bands: &[(&str, Band)]) -> Result<Vec<Reading>, LawError> {
        let read = |reading: &ListReading| {
            let when = self.conditions.reading(reading, bands)?;
            Ok(Reading { text: reading.text.clone(), status: reading.status, when })
        };
        readings.iter().map(read).collect()
    }

    /// Named fields of named scenarios, by the numbers of the row.
    fn row(&self, row: &ListRow) -> Result<Rule, LawError> {
        let c = &self.conditions;
        let mut parts = c.scene(self.edition, &row.sector, &row.scenarios)?;
        parts.push(c.is("list.on_list", Value::Bool(true))?);
        parts.extend(c.by_numbers()?);
        parts.push(c.numbers(row)?);
        if let Some(beside) = row.provided {
            parts.extend(c.within(beside)?);
        }
        if row.path == ListPath::StandardContractOrCertification {
            parts.extend(self.below_what_is_said(row)?);
        }
        let mut exception_to: Vec<String> = self.precedence.prevails_over.clone();
        let lighter = self.edition.row.iter().filter(|other| {
            other.important.is_none()
                && other.sector == row.sector
                && other.path < row.path
                && other.scenarios.iter().any(|scenario| row.scenarios.contains(scenario))
        });
        exception_to.extend(lighter.map(|other| format!("{}.{}", self.edition.rule_prefix(), other.id)));
        // Those who left free of a list are not counted only where the list's own rows leave them out.
        let counted = !(row.path.frees() && row.not_counted.iter().any(|article| article == "6"));
        Ok(Rule {
            when: Condition::All(parts),
            exception_to: always(exception_to),
            gives_way_to: self.precedence.gives_way_to.clone(),
            persons_counted: counted,
            ..self.row_base(row)?
        })
    }

    /// Of scenarios that have no row for one kind of person, but a free row that names its figure: a row of the other kind
    /// holds only below it. Beyond, the national numbers do.
    fn below_what_is_said(&self, row: &ListRow) -> Result<Vec<Condition>, LawError> {
        let mut found = Vec::new();
        for kind in PersonKind::BOTH {
            let mut limits: Vec<(u64, Vec<String>)> = Vec::new();
            for scenario in &row.scenarios {
                let rows: Vec<&ListRow> = check::rows_of(self.edition, &row.sector, scenario).collect();
                let asks = |row: &&ListRow| !row.path.frees() && row.bands().of(kind).is_some();
                if rows.iter().any(asks) {
                    continue;
                }
                let free = rows.iter().filter(|row| row.path.frees()).find_map(|row| row.bands().of(kind)?.max);
                if let Some(limit) = free {
                    match limits.iter_mut().find(|(other, _)| *other == limit) {
                        Some((_, scenarios)) => scenarios.push(scenario.clone()),
                        None => limits.push((limit, vec![scenario.clone()])),
                    }
                }
            }
            for (limit, scenarios) in limits {
                let band = Band { min: None, max: Some(limit) };
                let bands = match kind {
                    PersonKind::Ordinary => Bands { ordinary: Some(band), sensitive: None },
                    PersonKind::Sensitive => Bands { ordinary: None, sensitive: Some(band) },
                };
                let named = scenarios.iter().filter_map(|slug| self.edition.scenario(&row.sector, slug));
                let slugs: Vec<String> = named.flat_map(super::edition::ListScenario::slugs).collect();
                let mut either = vec![not(self.conditions.one_of("list.scenario", &slugs)?)];
                either.extend(self.conditions.within(bands)?);
                found.push(Condition::Any(either));
            }
        }
        Ok(found)
    }

    /// Data that counts as important: notified or published, or, in a scenario of which the list names no other fields, on it.
    fn important(&self, rows: &[&ListRow]) -> Result<Rule, LawError> {
        let c = &self.conditions;
        let Some((row, more)) = rows.split_first() else {
            return Err(LawError::file(&self.edition.id, "has no row here"));
        };
        let mut parts = c.scene(self.edition, &row.sector, &row.scenarios)?;
        let told = c.one_of("data.important", &["notified".to_owned(), "published".to_owned()])?;
        let scenarios = row.scenarios.iter().filter_map(|slug| self.edition.scenario(&row.sector, slug));
        let names_fields = scenarios.into_iter().any(|scenario| !scenario.fields.is_empty());
        let mut rule = self.row_base(row)?;
        if let Some(last) = more.last().and_then(|last| last.n.as_deref()) {
            rule.article = format!("{} to {last}", rule.article);
        }
        for other in more {
            let said = words::row(self.edition, other);
            rule.provision =
                Text::new(format!("{}{}", rule.provision.zh, said.zh), format!("{} {}", rule.provision.en, said.en));
            rule.status = rule.status.max(other.status);
        }
        if names_fields {
            parts.push(told);
        } else {
            let on_list = c.is("list.on_list", Value::Bool(true))?;
            parts.push(Condition::Any(vec![on_list, told]));
            rule.readings.push(Reading {
                text: Text::new(
                    "清单列明的数据，即使没有另行告知，也按重要数据对待：我们从严的理解。",
                    "That data the list names counts as important even where nobody was told of it apart is our strict reading.",
                ),
                status: Status::Unconfirmed,
                when: c.is_word("data.important", "no")?,
            });
        }
        Ok(Rule {
            when: Condition::All(parts),
            exception_to: always(self.precedence.important_prevails_over()),
            ..rule
        })
    }

    /// The rest of a sector: it stays with the national numbers, and the row that says so is cited.
    fn residual(&self, row: &ResidualRow) -> Result<Rule, LawError> {
        let c = &self.conditions;
        let article = words::article(&row.sector, row.n.as_deref(), &row.id);
        let says = words::residual(self.edition, row);
        let title = Text::new("未列明的按全国人数标准", "not named: the national numbers");
        let mut parts = vec![c.users(self.edition)?, self.rest_of(&row.sector)?];
        parts.extend(c.by_numbers()?);
        let (ordinary, sensitive) = (c.within(only(row.ordinary))?, c.within(sensitive_only(row.sensitive))?);
        parts.push(Condition::Any(vec![all(ordinary), all(sensitive)]));
        Ok(Rule {
            when: Condition::All(parts),
            effect: Effect::Refers(says.clone()),
            ..self.base(&row.id, &article, title, says, row.status)
        })
    }

    /// A scenario of the sector with fields that are not named, or the sector without a scenario of the list.
    fn rest_of(&self, sector: &str) -> Result<Condition, LawError> {
        let c = &self.conditions;
        let slugs = self.edition.sector(sector).into_iter().flat_map(|sector| &sector.scenario);
        let slugs: Vec<String> = slugs.flat_map(super::edition::ListScenario::slugs).collect();
        let off = vec![
            c.one_of("list.scenario", &slugs)?,
            c.sector([sector.to_owned()])?,
            c.is("list.on_list", Value::Bool(false))?,
        ];
        let without = vec![c.is_word("list.scenario", "none")?, c.is_word("handler.sector", sector)?];
        Ok(Condition::Any(vec![Condition::All(off), Condition::All(without)]))
    }

    /// Reference rules under which all a handler holds counts as important data.
    fn scale(&self, row: &ScaleRule) -> Result<Rule, LawError> {
        let c = &self.conditions;
        let mut parts = vec![c.users(self.edition)?, c.is("data.personal", Value::Bool(true))?];
        parts.extend(c.at_least_held(row.persons_held)?);
        let mut rule = self.base(
            &row.id,
            "reference rules",
            Text::new("大规模个人信息按重要数据对待", "large-scale personal information counts as important data"),
            row.what.clone(),
            row.status,
        );
        rule.readings = self.readings(&row.reading, &[("handler.persons_held", row.persons_held)])?;
        Ok(Rule {
            when: Condition::All(parts),
            effect: Effect::Paths(vec![Path::SecurityAssessment]),
            exception_to: always(self.precedence.scale_prevails_over()),
            gives_way_to: self.precedence.scale_gives_way_to.clone(),
            ..rule
        })
    }

    /// A sector or scenario the whole list does not have stays under the national rules; the answer says so.
    fn no_such_scenario(&self) -> Result<Rule, LawError> {
        let c = &self.conditions;
        let known = c.one_of("list.scenario", &self.edition.scenario_slugs())?;
        let parts = vec![c.users(self.edition)?, c.is_not("list.scenario", "none")?, not(known)];
        let names = self.edition.scenario_slugs().iter().map(|slug| format!("`{slug}`")).collect::<Vec<_>>().join(", ");
        let says = Text::new(
            format!("本清单没有所填的场景，按全国规定；清单的场景为：{names}。"),
            format!("This list has no such scenario, so the national rules apply; its scenarios: {names}."),
        );
        let title = Text::new("清单没有的场景", "a scenario the list does not have");
        let rule = self.base("no-such-scenario", "as a whole", title, says.clone(), self.edition.status);
        Ok(Rule { when: Condition::All(parts), effect: Effect::Refers(says), ..rule })
    }

    /// A scenario named together with a sector that is not the list's.
    fn no_such_sector(&self) -> Result<Rule, LawError> {
        let c = &self.conditions;
        let sectors = c.sector(self.edition.sector.iter().map(super::edition::ListSector::slug))?;
        let parts = vec![c.users(self.edition)?, c.is_not("list.scenario", "none")?, not(sectors)];
        let names = words::sectors(self.edition);
        let says = Text::new(
            format!("所填行业不在本清单内，按全国规定；清单的行业为：{}。", names.zh),
            format!(
                "The list does not cover the sector stated, so the national rules apply; its sectors: {}.",
                names.en
            ),
        );
        let title = Text::new("清单未涉及的行业", "a sector the list does not cover");
        let rule = self.base("no-such-sector", "as a whole", title, says.clone(), self.edition.status);
        Ok(Rule { when: Condition::All(parts), effect: Effect::Refers(says), ..rule })
    }

    /// On a list of which the row was not seen: a person reads the list.
    fn unseen_row(&self) -> Result<Rule, LawError> {
        let c = &self.conditions;
        let mut parts = vec![
            c.users(self.edition)?,
            c.is_not("list.scenario", "none")?,
            c.sector(self.edition.sector.iter().map(super::edition::ListSector::slug))?,
            c.is_word("list.adopted", "none")?,
            c.is_word("data.important", "no")?,
            c.is("data.core", Value::Bool(false))?,
            not(Condition::All(vec![
                c.is("handler.ciio", Value::Bool(true))?,
                c.is("data.personal", Value::Bool(true))?,
            ])),
        ];
        for row in &self.edition.row {
            let mut seen = vec![self.scenarios_of(row)?];
            if row.important.is_none() {
                seen.push(c.numbers(row)?);
            }
            parts.push(not(all(seen)));
        }
        parts.extend(self.no_exemption());
        // Last, because a question of judgement is put to the fact its condition reads last.
        parts.push(c.is("list.on_list", Value::Bool(true))?);
        let missing = self.edition.missing.clone().unwrap_or_default();
        let kind = match self.edition.kind {
            ListKind::Negative => Text::new("负面清单", "negative list"),
            ListKind::General => Text::new("一般数据清单", "general list"),
        };
        let asks = Text::new(
            format!(
                "所在区域的{}（{}）对该场景和字段如何规定？本规则库只收入了一部分：{}请查阅原文后判断。",
                kind.zh, self.edition.title.zh, missing.zh
            ),
            format!(
                "What does the {} ({}) say of this scenario and these fields? Only part of it is held here: {} Read the \
                 list and decide.",
                kind.en, self.edition.title.en, missing.en
            ),
        );
        let title = Text::new("清单中未见的行", "a row that was not seen");
        let rule = self.base("unseen-row", "as a whole", title, asks.clone(), self.edition.status);
        let effect = Effect::Judgement { asks, possible: ANY_PATH.to_vec() };
        Ok(Rule { when: Condition::All(parts), effect, ..rule })
    }

    fn scenarios_of(&self, row: &ListRow) -> Result<Condition, LawError> {
        let scenarios = row.scenarios.iter().filter_map(|slug| self.edition.scenario(&row.sector, slug));
        let slugs: Vec<String> = scenarios.flat_map(super::edition::ListScenario::slugs).collect();
        self.conditions.one_of("list.scenario", &slugs)
    }

    /// None of the exemptions that hold on and off every list, so that nobody is asked in vain.
    fn no_exemption(&self) -> Vec<Condition> {
        let term = &self.edition.in_force;
        let covers =
            |rule: &&Rule| rule.from <= term.from && rule.to.is_none_or(|to| term.to.is_some_and(|end| end <= to));
        let exempting = self.rules.iter().filter(|rule| self.precedence.gives_way_to.contains(&rule.id));
        exempting.filter(covers).map(|rule| not(rule.when.clone())).collect()
    }

    /// Off a list known in part: no exemption, but a word that there may be one.
    fn off_a_partial_list(&self) -> Result<Rule, LawError> {
        let c = &self.conditions;
        let mut parts = vec![c.users(self.edition)?, c.is_not("list.scenario", "none")?];
        parts.push(c.is("list.on_list", Value::Bool(false))?);
        let says = Text::new(
            format!("{}只收入了一部分，因此仍按全国人数标准；清单可能另有放宽，请查阅原文。", self.edition.title.zh),
            format!(
                "Only part of the {} is held here, so the national numbers stay; the list itself may free these fields: \
                 read it.",
                self.edition.title.en
            ),
        );
        let title = Text::new("清单之外（清单仅部分收入）", "off a list known in part");
        let rule = self.base("off-list", "as a whole", title, says.clone(), self.edition.status);
        Ok(Rule { when: Condition::All(parts), effect: Effect::Refers(says), ..rule })
    }

    /// Another zone's list: possible where the edition's measures say so, by a person's word.
    fn adopted(&self) -> Result<Rule, LawError> {
        let c = &self.conditions;
        let mut own = self.edition.zones.clone();
        own.push("none".to_owned());
        let another = not(c.one_of("list.adopted", &own)?);
        let mut parts = vec![c.users(self.edition)?];
        let title = Text::new("借用其他地区清单", "using another zone's list");
        let Some(adopts) = &self.edition.adopts else {
            let says = Text::new(
                "未见到允许本区借用其他地区清单的规定，按本区清单和全国规定。",
                "No provision was seen that lets this zone use another's list; its own list and the national rules apply.",
            );
            parts.push(another);
            let rule = self.base("adopted", "as a whole", title, says.clone(), Status::Unconfirmed);
            return Ok(Rule { when: Condition::All(parts), effect: Effect::Refers(says), ..rule });
        };
        parts.extend([
            c.is_word("data.important", "no")?,
            c.is("data.core", Value::Bool(false))?,
            not(c.is("handler.ciio", Value::Bool(true))?),
            c.is("data.personal", Value::Bool(true))?,
        ]);
        parts.extend(self.no_exemption());
        parts.push(another);
        let asks = adopts.text.clone();
        let rule = self.base("adopted", &adopts.cite, title, asks.clone(), adopts.status);
        let effect = Effect::Judgement { asks, possible: ANY_PATH.to_vec() };
        Ok(Rule { when: Condition::All(parts), effect, ..rule })
    }

    /// A filing before anything leaves is owed by free-after-filing rows alone; a report by whoever uses the list.
    fn duty(&self, duty: &ListDuty) -> Result<Rule, LawError> {
        let c = &self.conditions;
        let mut parts = vec![c.users(self.edition)?];
        if duty.id == "zone-filing" {
            let mut any = Vec::new();
            for row in self.edition.row.iter().filter(|row| row.path == ListPath::FreeAfterFiling) {
                let scene = c.scene(self.edition, &row.sector, &row.scenarios)?;
                any.push(Condition::All(scene.into_iter().skip(1).chain([c.numbers(row)?]).collect()));
            }
            parts.push(Condition::Any(any));
            parts.push(c.is("list.on_list", Value::Bool(true))?);
            parts.extend(c.by_numbers()?);
            parts.extend(self.no_exemption());
        } else {
            let sectors: Vec<String> = self.edition.sector.iter().map(super::edition::ListSector::slug).collect();
            let scenario = c.is_not("list.scenario", "none")?;
            let sector = c.one_of("handler.sector", &sectors)?;
            parts.push(Condition::Any(vec![Condition::All(vec![scenario, c.sector(sectors)?]), sector]));
        }
        let title = match duty.id.as_str() {
            "zone-filing" => Text::new("出境前备案", "filing before the export"),
            _ => Text::new("清单使用者的义务", "duty of whoever uses the list"),
        };
        let owed = ObligationDefinition {
            id: duty.id.clone(),
            cite: duty.cite.clone(),
            text: duty.text.clone(),
            for_paths: if duty.id == "zone-filing" { vec![Path::Exempt] } else { Vec::new() },
        };
        let rule = self.base(&duty.id, &duty.cite, title, duty.text.clone(), duty.status);
        Ok(Rule { when: Condition::All(parts), effect: Effect::Obligations(vec![owed]), ..rule })
    }
}

fn only(band: Band) -> Bands {
    Bands { ordinary: Some(band), sensitive: None }
}

fn sensitive_only(band: Band) -> Bands {
    Bands { ordinary: None, sensitive: Some(band) }
}

fn always(ids: Vec<String>) -> Vec<Exception> {
    ids.into_iter().map(|rule| Exception { rule, when: None }).collect()
}
