//! The requests of one transaction, each against the cases as those before it left them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sqlx::AnyConnection;

use super::Inner;
use super::body;
use super::cache::Held;
use super::error::StoreError;
use super::keys::CaseKeys;
use super::load::{self, Head, ids, json as rows};
use super::project::facts::Facts;
use super::projections::Changes;
use super::request::{Done, Request, acting, is_opening, names};
use super::rewrap::still_ours;
use super::writer::Failed;
use crate::act::{act, open_case};
use crate::case::Case;
use crate::payload::{Payload, Recorded};
use crate::terms::{CaseId, Version};
use database::{number, query, text};

/// What is under way in one transaction.
pub(super) struct Work<'a> {
    inner: &'a Inner,
    heads: BTreeMap<CaseId, Head>,
    held: BTreeMap<CaseId, Held>,
    /// Files by case and digest: size, media type, key.
    files: BTreeMap<(CaseId, String), (i64, String, i64)>,
    changes: Changes,
    actions: Vec<Value>,
    keys: Vec<Value>,
    /// Cases with new actions.
    touched: BTreeSet<CaseId>,
}

impl<'a> Work<'a> {
    /// Locks the heads, brings the cases up to date.
    pub(super) async fn begin(
        inner: &'a Inner,
        connection: &mut AnyConnection,
        requests: &[Request],
    ) -> Result<Self, Failed> {
        let sql = inner.sql;
        let opened: BTreeSet<&CaseId> = requests.iter().filter(|r| is_opening(r)).map(|r| &r.case).collect();
        if !opened.is_empty() {
            query(sql.claim.as_str()).bind(ids(opened)).execute(&mut *connection).await?;
        }
        let named: BTreeSet<&CaseId> = requests.iter().map(|request| &request.case).collect();
        let heads = load::heads(connection, &sql.heads, &ids(named)).await?;
        let mut held = BTreeMap::new();
        let mut missing = BTreeMap::new();
        for (id, head) in heads.iter().filter(|(_, head)| !load::is_new(head)) {
            match inner.cache().take(id, &head.digest, head.changes).filter(|held| load::fits(&held.case, head)) {
                Some(known) => {
                    held.insert(id.clone(), known);
                }
                None => {
                    missing.insert(id.clone(), head.clone());
                }
            }
        }
        for loaded in load::load(connection, sql, &inner.keys, &missing).await? {
            held.insert(loaded.case.id.clone(), loaded);
        }
        let mut changes = Changes::default();
        let known = query(sql.facts.as_str()).bind(ids(held.keys())).fetch_all(&mut *connection).await?;
        for row in &known {
            changes.was(CaseId::new(text(row, "case_id")?), Facts::from_text(&text(row, "facts")?));
        }
        let files = files(inner, connection, requests).await?;
        let (actions, keys, touched) = (Vec::new(), Vec::new(), BTreeSet::new());
        Ok(Self { inner, heads, held, files, changes, actions, keys, touched })
    }

    /// One request, against the cases as the requests before it left them.
    pub(super) async fn take(
        &mut self,
        connection: &mut AnyConnection,
        request: &Request,
    ) -> Result<Result<Done, StoreError>, Failed> {
        if let Err(error) = names(request) {
            return Ok(Err(error));
        }
        let Some(held) = self.held.get(&request.case) else {
            let no_case = || StoreError::NoCase(request.case.clone());
            return if is_opening(request) { self.open(request) } else { Ok(Err(no_case())) };
        };
        let known = request.request.as_ref().and_then(|request| held.case.answered_as(request));
        match known {
            Some(version) => self.again(connection, request, version).await,
            None if is_opening(request) => Ok(Err(StoreError::Exists(request.case.clone()))),
            None => self.act(request),
        }
    }

    fn open(&mut self, request: &Request) -> Result<Result<Done, StoreError>, Failed> {
        match open_case(&self.inner.world, &request.case, acting(request), request.payload.clone()) {
            Ok(recorded) => {
                let held = (body::first_digest(&request.case), 0, CaseKeys::default());
                Ok(Ok(self.append(None, held, request, recorded)?))
            }
            Err(refusal) => Ok(Err(refusal.into())),
        }
    }

    fn act(&mut self, request: &Request) -> Result<Result<Done, StoreError>, Failed> {
        let world = &self.inner.world;
        let no_case = || Ok(Err(StoreError::NoCase(request.case.clone())));
        let Some(held) = self.held.get(&request.case) else { return no_case() };
        let recorded = match act(world, &held.case, acting(request), &request.action, request.payload.clone()) {
            Ok(recorded) => recorded,
            Err(refusal) => return Ok(Err(refusal.into())),
        };
        for file in &recorded.payload.attachments {
            let known = self.files.get(&(request.case.clone(), file.digest.clone()));
            let fits = known.is_some_and(|(size, media_type, key)| {
                let sealed = body::is_personal_file(world.forms, file.material.as_deref());
                *size == file.size as i64 && *media_type == file.media_type && (*key != 0 || !sealed)
            });
            if !fits {
                return Ok(Err(StoreError::NoFile { digest: file.digest.clone() }));
            }
        }
        let Some(held) = self.held.remove(&request.case) else { return no_case() };
        let Held { case, digest, changes, keys } = held;
        if !self.touched.contains(&request.case) {
            self.changes.before(world, &case);
        }
        Ok(Ok(self.append(Some(case), (digest, changes, keys), request, recorded)?))
    }

    /// Puts an action behind those of its case. An error ends the group: the case is no longer what it was.
    fn append(
        &mut self,
        case: Option<Case>,
        (before, mut changes, mut keys): (String, i64, CaseKeys),
        request: &Request,
        recorded: Recorded,
    ) -> Result<Done, StoreError> {
        let inner = self.inner;
        let personal = body::personal(inner.world.forms, &recorded);
        if !personal.is_empty() && keys.current().is_none() {
            let key = inner.keys.new_data_key(keys.next_no())?;
            let wrapped = inner.keys.wrap(&request.case, &key)?;
            self.keys.push(json!({ "case_id": request.case, "no": key.no, "wrapped": wrapped }));
            changes += 1;
            keys.0.insert(key.no, Ok(key));
        }
        let text = body::write(&inner.keys, keys.current(), &request.case, &recorded, &personal)?;
        let digest = body::next_digest(&before, &text);
        // What was read is what will be read: numbers have one writing in canonical JSON.
        let recorded =
            if may_change(&recorded) { body::read(&keys, &request.case, recorded.version, &text)?.0 } else { recorded };
        let case = match case {
            Some(mut case) => {
                case.apply(&recorded)?;
                case
            }
            None => Case::opened(&request.case, &recorded)?,
        };
        self.actions.push(json!({
            "case_id": request.case, "seq": recorded.version, "at": recorded.at, "day": recorded.day,
            "request": recorded.request, "actor": recorded.by.id, "role": recorded.by.role, "action": recorded.action,
            "body": text, "digest": digest,
        }));
        self.touched.insert(request.case.clone());
        self.held.insert(request.case.clone(), Held { case, digest: digest.clone(), changes, keys });
        Ok(Done { case: request.case.clone(), recorded, digest, again: false })
    }

    /// The answer to a request that was recorded before.
    async fn again(
        &self,
        connection: &mut AnyConnection,
        request: &Request,
        version: Version,
    ) -> Result<Result<Done, StoreError>, Failed> {
        let Some(held) = self.held.get(&request.case) else {
            return Ok(Err(StoreError::NoCase(request.case.clone())));
        };
        // It may be one of this group.
        let here = |action: &&Value| {
            action["case_id"] == *request.case.as_str() && action["seq"].as_u64() == Some(u64::from(version.0))
        };
        let (text, digest) = match self.actions.iter().find(here) {
            Some(action) => (word(&action["body"]), word(&action["digest"])),
            None => {
                let statement = "SELECT body, digest FROM action WHERE case_id = $1 AND seq = $2";
                let of = query(statement).bind(request.case.as_str()).bind(i64::from(version.0));
                let row = of.fetch_one(connection).await?;
                (text(&row, "body")?, text(&row, "digest")?)
            }
        };
        let (recorded, whole) = body::read(&held.keys, &request.case, version, &text)?;
        let mut taken = recorded.payload.clone();
        // The permit was put in by the action.
        taken.permit = None;
        let said = |payload: &Payload| transfer::canonical_bytes(payload);
        let same = recorded.action == request.action
            && recorded.by == request.by
            && (!whole || said(&taken) == said(&request.payload));
        let name = recorded.request.clone();
        Ok(match name {
            Some(request_name) if !same => {
                Err(StoreError::RequestReused { case: request.case.clone(), request: request_name })
            }
            _ => Ok(Done { case: request.case.clone(), recorded, digest, again: true }),
        })
    }

    /// Everything in as many statements as there are tables.
    pub(super) async fn write(&mut self, connection: &mut AnyConnection) -> Result<(), Failed> {
        let (inner, sql) = (self.inner, self.inner.sql);
        let unused: Vec<&CaseId> = self
            .heads
            .iter()
            .filter(|(id, head)| load::is_new(head) && !self.touched.contains(*id))
            .map(|(id, _)| id)
            .collect();
        if !unused.is_empty() {
            query(sql.unclaim.as_str()).bind(ids(unused)).execute(&mut *connection).await?;
        }
        if self.actions.is_empty() {
            return Ok(());
        }
        if !self.keys.is_empty() {
            still_ours(inner, connection).await?;
            query(sql.put_keys.as_str()).bind(rows(&self.keys)).execute(&mut *connection).await?;
        }
        query(sql.insert_actions.as_str()).bind(rows(&self.actions)).execute(&mut *connection).await?;
        let news: Vec<Value> =
            self.actions.iter().map(|action| json!({ "case_id": action["case_id"], "seq": action["seq"] })).collect();
        query(sql.insert_news.as_str()).bind(rows(&news)).execute(&mut *connection).await?;
        let touched = self.touched.iter().filter_map(|id| self.held.get(id));
        let heads = touched.map(|held| {
            let Held { case, digest, changes, .. } = held;
            json!({ "case_id": case.id, "seq": case.version, "digest": digest, "keys": changes })
        });
        let heads: Vec<Value> = heads.collect();
        query(sql.put_heads.as_str()).bind(rows(&heads)).execute(&mut *connection).await?;
        for id in &self.touched {
            let Some(held) = self.held.get(id) else { continue };
            let asof = held.case.history.last().map(|last| last.day).unwrap_or_default();
            self.changes.after(&inner.world, &held.case, asof);
        }
        self.changes.write(connection, sql).await?;
        Ok(())
    }

    /// What is durable may be gone on from.
    pub(super) fn keep(self) {
        let mut cache = self.inner.cache();
        for (_, held) in self.held {
            cache.put(held);
        }
    }
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Whether canonical JSON may write the values otherwise than they were handed in.
fn may_change(recorded: &Recorded) -> bool {
    let plain = |value: &Value| value.is_string() || value.is_boolean() || value.is_null();
    let payload = &recorded.payload;
    !payload.artefacts.is_empty() || payload.receipt.is_some() || !payload.answers.values().all(plain)
}

/// The files of the cases to which requests attach some.
async fn files(
    inner: &Inner,
    connection: &mut AnyConnection,
    requests: &[Request],
) -> Result<BTreeMap<(CaseId, String), (i64, String, i64)>, Failed> {
    let with: BTreeSet<&CaseId> = requests
        .iter()
        .filter(|request| !request.payload.attachments.is_empty())
        .map(|request| &request.case)
        .collect();
    let mut files = BTreeMap::new();
    if with.is_empty() {
        return Ok(files);
    }
    for row in query(inner.sql.blobs.as_str()).bind(ids(with)).fetch_all(connection).await? {
        let at = (CaseId::new(text(&row, "case_id")?), text(&row, "digest")?);
        files.insert(at, (number(&row, "size")?, text(&row, "media_type")?, number(&row, "key")?));
    }
    Ok(files)
}
