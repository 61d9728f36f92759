//! Separate consents (PIPL 39): who has a live one, which rows stay, and who has to be deleted by the recipient.

use std::sync::Arc;

use engine::{
    Consent as Standing, ConsentBook, ConsentEvent, Consented, Consents, FieldStep, KeyColumn, People, Source, ToDelete,
};
use transfer::{Column, Consent, Inventory, Plan, PlannedField, PlannedSource};

use crate::clear::Job;
use crate::count::{FINGERPRINT, RECIPIENT, ages, key_columns};
use crate::error::ClearanceError;
use crate::inventory;
use crate::planning;

/// The name of the consents in plans.
const CONSENTS: &str = "consents";
/// The name of those who were sent to the recipient before.
const SENT: &str = "sent";

/// The consents of a transfer, as of its day.
#[derive(Debug, Clone, Default)]
pub(crate) struct ConsentsRead {
    /// One a source of the transfer, in their order.
    pub(crate) rows: Vec<Option<Consented>>,
    /// Values of `given` that could not be read: those consents do not count.
    pub(crate) unreadable: u64,
    tables: Vec<ConsentTable>,
}

/// One table of consents.
#[derive(Debug, Clone)]
struct ConsentTable {
    source: Arc<Source>,
    key: Vec<KeyColumn>,
    /// The source and subject key the consents are matched with.
    of: String,
    fields: Vec<String>,
    inventory: Inventory,
}

impl Job<'_> {
    /// Reads the consents, where the transfer names any.
    pub(crate) async fn read_consents(
        &self,
        inventories: &[(String, Inventory)],
    ) -> Result<Option<ConsentsRead>, ClearanceError> {
        let transfer = &self.loaded.transfer;
        if transfer.consent.is_empty() {
            return Ok(None);
        }
        let mut read = ConsentsRead::default();
        let mut book = ConsentBook::new(&self.spill);
        for consent in &transfer.consent {
            let table = self.consent_table(consent, inventories).await?;
            read.unreadable += self.note_consents(consent, &table, &mut book).await?;
            read.tables.push(table);
        }
        self.keys.hold_consents(CONSENTS, book.on(self.options.on)?);
        for (name, inventory) in inventories {
            let source = self.loaded.sources.iter().find(|source| source.name == *name);
            let subjects = source
                .into_iter()
                .flat_map(|source| transfer.subjects(name).map(|subject| key_columns(source, inventory, &subject.key)));
            let subjects = subjects.collect::<Result<Vec<_>, _>>()?;
            // A table about nobody needs nobody's consent.
            read.rows.push((!subjects.is_empty()).then(|| Consented {
                key_name: FINGERPRINT.to_owned(),
                consents: CONSENTS.to_owned(),
                subjects,
                ages: ages(inventory),
            }));
        }
        Ok(Some(read))
    }

    /// Opens a table of consents and finds whose they are.
    async fn consent_table(
        &self,
        consent: &Consent,
        inventories: &[(String, Inventory)],
    ) -> Result<ConsentTable, ClearanceError> {
        let transfer = &self.loaded.transfer;
        let own = self.loaded.sources.iter().find(|source| source.name == consent.source);
        let source = match own {
            Some(source) => Arc::clone(source),
            None => Arc::new(Source::open("consents", &self.loaded.beside(&consent.source))?),
        };
        for column in consent.key.iter().chain([&consent.given]).chain(&consent.withdrawn).chain(&consent.guardian) {
            source.column(column)?;
        }
        let found = match inventories.iter().find(|(name, _)| own.is_some() && *name == consent.source) {
            Some((_, inventory)) => inventory.clone(),
            None => {
                let inspection = self.runner.inspect(&source, false).await?;
                inventory::inventory("consents", &source, &inspection, self.options.on)
            }
        };
        let label = |field: &String| found.column(field).map(|column| column.label.as_str());
        // The subject whose key has the same names, or else the same classes, or else the only one there is.
        let mut subjects = Vec::new();
        for ((name, inventory), source) in inventories.iter().zip(&self.loaded.sources) {
            for subject in transfer.subjects(name).filter(|subject| subject.key.len() == consent.key.len()) {
                let columns = key_columns(source, inventory, &subject.key)?;
                let pairs = || columns.iter().zip(&consent.key);
                let names = pairs().all(|(column, field)| column.field.eq_ignore_ascii_case(field));
                let classes = pairs()
                    .all(|(column, field)| column.label != "NONE" && label(field) == Some(column.label.as_str()));
                subjects.push((usize::from(!names) + usize::from(!names && !classes), name, columns));
            }
        }
        let only = subjects.len() == 1;
        let best = subjects.into_iter().min_by_key(|(rank, ..)| *rank).filter(|(rank, ..)| *rank < 2 || only);
        let (_, of, key) = best.ok_or_else(|| {
            self.loaded.fault(format!(
                "[consent]: no [[subject]] has a key like `{}`: name the column as the subject's key is named",
                consent.key.join(", ")
            ))
        })?;
        let fields = key.iter().map(|column| column.field.clone()).collect();
        let mine = key.into_iter().zip(&consent.key);
        let key = mine.map(|(column, field)| KeyColumn { field: field.clone(), ..column }).collect();
        Ok(ConsentTable { source, key, of: of.clone(), fields, inventory: found })
    }

    /// Notes every event of a table; returns how many days of giving could not be read.
    async fn note_consents(
        &self,
        consent: &Consent,
        table: &ConsentTable,
        book: &mut ConsentBook,
    ) -> Result<u64, ClearanceError> {
        let day = |text: Option<&str>| text.filter(|text| !text.trim().is_empty()).map(deid::day);
        let columns = [Some(&consent.given), consent.withdrawn.as_ref(), consent.guardian.as_ref()];
        let named = columns.iter().flatten().map(|name| (*name).clone()).collect::<Vec<_>>();
        let place = |index: usize| columns[..index].iter().flatten().count();
        let (mut unreadable, on) = (0, self.options.on);
        self.runner
            .each_person(&table.source, FINGERPRINT, &table.key, &named, |person, values| {
                let Some(person) = person else { return Ok(()) };
                match day(values[0]) {
                    Some(Some(given)) => {
                        let filled = consent.guardian.as_ref().and_then(|_| values[place(2)]);
                        let guardian = filled.is_some_and(|value| !value.trim().is_empty());
                        book.note(person, given, ConsentEvent::Given { guardian })?;
                    }
                    Some(None) => unreadable += 1,
                    None => {}
                }
                if consent.withdrawn.is_some()
                    && let Some(withdrawn) = day(values[place(1)])
                {
                    // A day that cannot be read is no reason to go on sending.
                    book.note(person, withdrawn.unwrap_or(on), ConsentEvent::Withdrawn)?;
                }
                Ok(())
            })
            .await?;
        Ok(unreadable)
    }

    /// What tells the recipient whom to delete: for each table of consents a source with one row a person who withdrew and was
    /// sent before, and the plan for it: the subject's key under the name and in the form in which it left, whatever the table
    /// of consents calls it. Persons whose key never leaves cannot be named to the recipient; their number is returned.
    pub(crate) async fn withdrawals(
        &self,
        consents: &ConsentsRead,
        plan: &Plan,
        sent: &People,
    ) -> Result<(Vec<Withdrawals>, u64), ClearanceError> {
        let on = self.options.on.to_string();
        let (mut lists, mut unnamed) = (Vec::<Withdrawals>::new(), 0);
        self.keys.hold_consents(SENT, Consents::all(sent, Standing { live: true, guardian: false })?);
        for table in &consents.tables {
            let rows = ToDelete {
                key_name: FINGERPRINT.to_owned(),
                consents: CONSENTS.to_owned(),
                sent_key_name: RECIPIENT.to_owned(),
                sent: SENT.to_owned(),
                key: table.key.clone(),
            };
            let persons = self.runner.count_rows(&table.source, &rows.clone().into(), &on).await?;
            if persons == 0 {
                continue;
            }
            let planned = plan.sources.iter().find(|planned| planned.source == table.of);
            let fields = planned.into_iter().flat_map(PlannedSource::leaving);
            let fields = fields.filter(|field| table.fields.contains(&field.name)).map(|field| PlannedField {
                why: None,
                item: None,
                holds: Vec::new(),
                ..field.clone()
            });
            let fields = fields.collect::<Vec<_>>();
            if fields.len() < table.key.len() {
                unnamed += persons;
                continue;
            }
            let taken = |name: &String| {
                let sources = self.loaded.sources.iter().chain(lists.iter().map(|list| &list.source));
                sources.into_iter().any(|source| source.name == *name)
            };
            // A source may have several tables of consents, or be called like a list.
            let names = (2_u64..).map(|number| format!("withdrawn-{}-{number}", table.of));
            let mut names = std::iter::once(format!("withdrawn-{}", table.of)).chain(names);
            let name = names.find(|name| !taken(name)).unwrap_or_default();
            let source = Arc::new(table.source.renamed(&name));
            let planned = PlannedSource { source: name, fields };
            let (steps, inventory) = table.as_subject(&planned);
            lists.push(Withdrawals { source, rows, of: table.of.clone(), planned, steps, persons, inventory });
        }
        Ok((lists, unnamed))
    }
}

impl ConsentTable {
    /// The steps of a list of this table, which read its key, and what is known of those columns, both under the names of the
    /// subject's key.
    fn as_subject(&self, planned: &PlannedSource) -> (Vec<FieldStep>, Inventory) {
        let own = |name: &String| {
            let mut pairs = self.fields.iter().zip(&self.key);
            pairs.find(|(field, _)| *field == name).map(|(_, column)| column.field.clone())
        };
        let steps = planning::steps(planned)
            .into_iter()
            .filter_map(|step| Some(FieldStep { field: own(&step.field)?, leaves_as: Some(step.field), ..step }));
        let columns = planned.leaving().filter_map(|field| {
            let column = self.inventory.column(&own(&field.name)?)?.clone();
            Some(Column { name: field.name.clone(), ..column })
        });
        (steps.collect(), Inventory { columns: columns.collect(), ..self.inventory.clone() })
    }
}

/// A list of persons for the recipient to delete.
pub(crate) struct Withdrawals {
    pub(crate) source: Arc<Source>,
    pub(crate) rows: ToDelete,
    /// The source they withdrew from.
    pub(crate) of: String,
    /// Its plan, with the names of that source's fields.
    pub(crate) planned: PlannedSource,
    pub(crate) steps: Vec<FieldStep>,
    pub(crate) persons: u64,
    pub(crate) inventory: Inventory,
}
