//! What an action takes along, from what was typed and from files.

use std::collections::BTreeMap;
use std::path::Path;

use cases::{
    ActorId, ArtefactKind, Attachment, Case, CaseId, Handler, ItemDecision, Mark, NewFile, Payload, Report, Verdict,
    items,
};
use clearance::{Job, Loaded, rule_base};
use dossier::{AnswerPath, Answers, Artefacts, Kind, Target, read_toml};
use serde_json::{Value, json};

use super::Desk;
use crate::Failure;
use crate::args::ActArgs;

impl Desk<'_> {
    /// The payload of an action. Files are put into the store first.
    pub(super) async fn payload(&self, case: &Case, args: &ActArgs) -> Result<Payload, Failure> {
        let mut payload = Payload {
            text: args.text.clone(),
            days: args.day.iter().cloned().collect(),
            moment: args.moment,
            marks: args.mark.iter().map(|(at, text)| Mark { at: at.clone(), text: text.clone() }).collect(),
            number: args.number.clone(),
            workdays: args.workdays,
            assignee: args.assignee.clone().map(ActorId::new),
            publish: args.publish,
            case: args.other.clone().map(CaseId::new),
            ..Payload::default()
        };
        if let Some(file) = &args.answers {
            payload.answers = self.changed(case, file)?;
        }
        if let Some(transfer) = &args.transfer {
            let (artefacts, derived) = self.of_transfer(transfer, &case.dossier.answers).await?;
            payload.artefacts = artefacts;
            payload.answers.extend(difference(&case.dossier.answers, &derived));
        }
        for (path, value) in &args.set {
            let (path, value) = self.set(path, value)?;
            payload.answers.insert(path, value);
        }
        for file in &args.attach {
            payload.attachments.push(self.attach(&case.id, file).await?);
        }
        payload.decisions = decisions(case, args)?;
        if let Some(folder) = &args.release {
            payload.receipt = Some(report(folder)?);
        }
        payload.member = args.member.as_deref().map(handler).transpose()?;
        Ok(payload)
    }

    /// The answers of a file that are not those of the case.
    fn changed(&self, case: &Case, file: &Path) -> Result<BTreeMap<AnswerPath, Value>, Failure> {
        Ok(difference(&case.dossier.answers, &self.answers(file)?))
    }

    /// Answers as TOML, by the template of `case form`.
    pub(super) fn answers(&self, file: &Path) -> Result<Answers, Failure> {
        let text = read(file)?;
        read_toml(self.world.forms, &text).map_err(|error| Failure::Input(format!("{}: {error}", file.display())))
    }

    /// What a transfer shows of itself, and the answers that follow from it.
    pub(super) async fn of_transfer(
        &self,
        file: &Path,
        answers: &Answers,
    ) -> Result<(BTreeMap<ArtefactKind, Value>, Answers), Failure> {
        let base = rule_base()?;
        let loaded = Loaded::open(file)?;
        let options = self.context.options(loaded.transfer.on.unwrap_or(self.today));
        let job = Job::new(&self.home, &base, &loaded, &options).await?;
        let assessed = job.assess().await;
        self.context.progress.end();
        let assessment = assessed?;
        let inventories: Vec<_> = assessment.found.inventories.iter().map(|(_, inventory)| inventory.clone()).collect();
        let artefacts = Artefacts {
            transfer: Some(&loaded.transfer),
            inventories: Some(&inventories),
            plan: Some(&assessment.found.plan),
            determination: Some(&assessment.determination),
            receipts: None,
        };
        let mut derived = answers.clone();
        for difference in dossier::derive(self.world.forms, &artefacts, Target::default(), &mut derived) {
            let (path, from) = (difference.path.to_string(), difference.from);
            self.context.note(&self.context.say.fill("case.differs", &[("path", &path), ("from", &from)]));
        }
        let artefacts = BTreeMap::from([
            (ArtefactKind::Inventory, json!(inventories)),
            (ArtefactKind::Determination, json!(assessment.determination)),
            (ArtefactKind::Plan, json!(assessment.found.plan)),
        ]);
        Ok((artefacts, derived))
    }

    /// One answer as typed, read by the kind of its field; nothing takes it away.
    fn set(&self, path: &str, value: &str) -> Result<(AnswerPath, Value), Failure> {
        let path: AnswerPath = path.parse().map_err(|error: dossier::NoPath| Failure::Input(error.to_string()))?;
        let field =
            self.world.forms.field(&path.field()).ok_or_else(|| {
                Failure::Input(self.context.say.fill("case.no-field", &[("path", &path.to_string())]))
            })?;
        if value.is_empty() {
            return Ok((path, Value::Null));
        }
        let list = || value.split(',').map(|part| part.trim().to_owned()).collect::<Vec<_>>();
        let read = match field.kind {
            Kind::YesNo | Kind::Tick | Kind::Persons | Kind::Number | Kind::Growth | Kind::Size => {
                serde_json::from_str(value).unwrap_or_else(|_| json!(value))
            }
            Kind::Choices { .. } | Kind::Columns => json!(list()),
            _ => json!(value),
        };
        Ok((path, read))
    }

    /// Puts a file into the store: `FILE`, or `MATERIAL=FILE`.
    async fn attach(&self, case: &CaseId, given: &str) -> Result<Attachment, Failure> {
        let (material, file) = match given.split_once('=') {
            Some((material, file)) if self.world.forms.material(material).is_some() => (Some(material), file),
            _ => (None, given),
        };
        let path = Path::new(file);
        let bytes = std::fs::read(path).map_err(|error| Failure::Input(format!("{file}: {error}")))?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let media_type = media_type(path);
        let file = NewFile { name: &name, media_type, material, bytes: &bytes };
        Ok(self.store.put_file(case, &file).await?)
    }
}

/// The media type that a file's name says; what it is, is checked where it is taken.
fn media_type(path: &Path) -> &'static str {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref() {
        Some("pdf") => "application/pdf",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("odt") => "application/vnd.oasis.opendocument.text",
        Some("ofd") => "application/ofd",
        Some("json") => "application/json",
        Some("csv") => "text/csv",
        Some("txt" | "md") => "text/plain",
        _ => "application/octet-stream",
    }
}

/// Answers that are new or other; those that are gone become nothing.
pub(super) fn difference(from: &Answers, to: &Answers) -> BTreeMap<AnswerPath, Value> {
    let mut changed = BTreeMap::new();
    for (path, answer) in to.iter() {
        if from.get(path).is_none_or(|before| before.value != answer.value) {
            changed.insert(path.clone(), answer.value.clone());
        }
    }
    for (path, _) in from.iter().filter(|(path, _)| to.get(path).is_none()) {
        changed.insert(path.clone(), Value::Null);
    }
    changed
}

fn decisions(case: &Case, args: &ActArgs) -> Result<Vec<ItemDecision>, Failure> {
    let mut decisions: Vec<ItemDecision> = Vec::new();
    let mut decide = |item: &str, decision: Verdict, reason: Option<String>| {
        let (item, forms, persons) = (item.to_owned(), Vec::new(), None);
        decisions.push(ItemDecision { item, decision, forms, persons, reason });
    };
    for item in &args.approve {
        decide(item, Verdict::Approved, None);
    }
    for (item, reason) in &args.refuse {
        decide(item, Verdict::Refused, Some(reason.clone()));
    }
    if args.approve_rest {
        let named = |key: &String| args.approve.contains(key) || args.refuse.iter().any(|(item, _)| item == key);
        for item in items(&case.dossier).into_iter().filter(|item| !named(&item.key)) {
            decide(&item.key, Verdict::Approved, None);
        }
    }
    for (item, persons) in &args.persons {
        let count =
            persons.parse().map_err(|_| Failure::Input(format!("`{item}`: how many persons is a whole number")))?;
        match decisions.iter_mut().find(|decision| decision.item == *item) {
            Some(decision) => decision.persons = Some(count),
            None => return Err(Failure::Input(format!("`{item}` is not among the items decided on"))),
        }
    }
    Ok(decisions)
}

/// What a release folder shows: receipt, permit and proof.
fn report(folder: &Path) -> Result<Report, Failure> {
    let receipt = json_file(&folder.join("receipt.json"))?;
    let permit = json_file(&folder.join("permit.json"))?;
    let proof = read(&folder.join("receipt.proof"))?;
    Ok(Report::Released { receipt: Box::new(receipt), permit: Box::new(permit), proof, persons: None })
}

fn json_file<T: serde::de::DeserializeOwned>(file: &Path) -> Result<T, Failure> {
    serde_json::from_str(&read(file)?).map_err(|error| Failure::Input(format!("{}: {error}", file.display())))
}

pub(super) fn read(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| Failure::Input(format!("{}: {error}", file.display())))
}

/// A handler as a TOML file: `uscc`, `name`, `region`, perhaps `sector`.
pub(super) fn handler(file: &Path) -> Result<Handler, Failure> {
    let text = read(file)?;
    toml::from_str(&text).map_err(|error| Failure::Input(format!("{}: {}", file.display(), error.message())))
}
