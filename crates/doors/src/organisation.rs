//! Organisations: handlers by their unified social credit codes, offices by words.

use std::fmt;

use cases::Scope;
use database::{query, text};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::account::{AccountId, code_of_handler, name, region};
use crate::error::DoorsError;
use crate::house::Doors;
use crate::record::{Event, NewEntry, append};

/// An organisation: a handler's unified social credit code, or a word for an office such as `cac-beijing`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrganisationId(String);

impl OrganisationId {
    /// From a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrganisationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// On which side of the counter an organisation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrganisationKind {
    /// A data handler.
    Handler,
    /// An office: of the network authorities, a certification body, a zone's body, an authority of a sector.
    Office,
}

impl OrganisationKind {
    /// Its word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Handler => "handler",
            Self::Office => "office",
        }
    }
}

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Its id.
    pub id: OrganisationId,
    /// On which side it stands.
    pub kind: OrganisationKind,
    /// Its name.
    pub name: String,
    /// Where it is, by ISO 3166-2.
    pub region: Option<String>,
    /// Its sector, in the words of the facts.
    pub sector: Option<String>,
    /// The one it belongs to.
    pub parent: Option<OrganisationId>,
}

impl Organisation {
    fn check(&self) -> Result<(), DoorsError> {
        match self.kind {
            OrganisationKind::Handler => code_of_handler(self.id.as_str())?,
            OrganisationKind::Office => {
                let id = self.id.as_str();
                let is_word = (2..=60).contains(&id.len())
                    && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
                if !is_word {
                    return Err(DoorsError::Bad {
                        field: "id",
                        what: "of an office has 2 to 60 lower-case letters, digits or `-`",
                        zh: "（机构）须为2至60个小写字母、数字或 `-`",
                    });
                }
            }
        }
        name(&self.name)?;
        self.region.as_deref().map_or(Ok(()), region)?;
        if self.parent.as_ref() == Some(&self.id) {
            return Err(DoorsError::Bad { field: "parent", what: "is itself", zh: "不得为其自身" });
        }
        Ok(())
    }

    fn read(row: &AnyRow) -> Result<Self, DoorsError> {
        let some = |column| Ok::<_, DoorsError>(Some(text(row, column)?).filter(|text| !text.is_empty()));
        let kind = text(row, "kind")?;
        Ok(Self {
            id: OrganisationId::new(text(row, "id")?),
            kind: if kind == "handler" { OrganisationKind::Handler } else { OrganisationKind::Office },
            name: text(row, "name")?,
            region: some("region")?,
            sector: some("sector")?,
            parent: some("parent")?.map(OrganisationId::new),
        })
    }
}

/// The organisation an account belongs to: that of its scope, or the one named, which has to be there.
pub(crate) async fn of_account(
    connection: &mut AnyConnection,
    scope: &Scope,
    named: Option<OrganisationId>,
) -> Result<Option<OrganisationId>, DoorsError> {
    let of_scope = match scope {
        Scope::Handler(code) => Some(OrganisationId::new(code.as_str())),
        Scope::Office(office) => Some(OrganisationId::new(office.as_str())),
        Scope::All | Scope::Province(_) | Scope::Case(_) => None,
    };
    // Whoever advises a handler works elsewhere.
    let mut all = of_scope.into_iter().collect::<Vec<_>>();
    all.extend(named);
    for organisation in &all {
        let known = query("SELECT id FROM door_organisation WHERE id = $1").bind(organisation.as_str());
        if known.fetch_optional(&mut *connection).await?.is_none() {
            return Err(DoorsError::NoOrganisation(organisation.to_string()));
        }
    }
    Ok(all.pop())
}

impl Doors {
    /// Makes an organisation. Errors: its id is none, there is one already.
    pub async fn make_organisation(
        &self,
        organisation: &Organisation,
        by: &AccountId,
        now: Timestamp,
    ) -> Result<(), DoorsError> {
        organisation.check()?;
        let put = "INSERT INTO door_organisation (id, kind, name, region, sector, parent) VALUES ($1, $2, $3, $4, $5, $6) \
                   ON CONFLICT (id) DO NOTHING";
        let exists = || DoorsError::OrganisationExists(organisation.id.to_string());
        self.put_organisation(put, organisation, NewEntry::new(Event::OrganisationMade, now).by(by), exists).await
    }

    /// Changes name, region, sector or parent of an organisation; its id and kind stay.
    pub async fn change_organisation(
        &self,
        organisation: &Organisation,
        by: &AccountId,
        now: Timestamp,
    ) -> Result<(), DoorsError> {
        organisation.check()?;
        let put =
            "UPDATE door_organisation SET name = $3, region = $4, sector = $5, parent = $6 WHERE id = $1 AND kind = $2";
        let none = || DoorsError::NoOrganisation(organisation.id.to_string());
        self.put_organisation(put, organisation, NewEntry::new(Event::OrganisationChanged, now).by(by), none).await
    }

    async fn put_organisation(
        &self,
        statement: &str,
        organisation: &Organisation,
        entry: NewEntry,
        otherwise: impl FnOnce() -> DoorsError,
    ) -> Result<(), DoorsError> {
        let mut pen = self.inner.pen().await;
        let mut writing = pen.begin().await?;
        if let Some(parent) = &organisation.parent {
            of_account(&mut writing, &Scope::All, Some(parent.clone())).await?;
        }
        let done = query(statement)
            .bind(organisation.id.as_str())
            .bind(organisation.kind.word())
            .bind(organisation.name.trim())
            .bind(organisation.region.as_deref())
            .bind(organisation.sector.as_deref())
            .bind(organisation.parent.as_ref().map(OrganisationId::as_str))
            .execute(&mut *writing)
            .await?;
        if done.rows_affected() == 0 {
            return Err(otherwise());
        }
        append(&self.inner, &mut writing, &[entry.what(organisation.id.as_str())]).await?;
        Ok(writing.commit().await?)
    }

    /// An organisation.
    pub async fn organisation(&self, id: &OrganisationId) -> Result<Option<Organisation>, DoorsError> {
        let of = query("SELECT * FROM door_organisation WHERE id = $1").bind(id.as_str());
        of.fetch_optional(&self.inner.readers).await?.as_ref().map(Organisation::read).transpose()
    }

    /// All organisations in the order of their ids, of one kind or of both.
    pub async fn organisations(&self, kind: Option<OrganisationKind>) -> Result<Vec<Organisation>, DoorsError> {
        let rows = query("SELECT * FROM door_organisation ORDER BY id").fetch_all(&self.inner.readers).await?;
        let all = rows.iter().map(Organisation::read).collect::<Result<Vec<_>, _>>()?;
        Ok(all.into_iter().filter(|one| kind.is_none_or(|kind| one.kind == kind)).collect())
    }
}
