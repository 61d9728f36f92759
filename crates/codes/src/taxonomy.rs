//! The taxonomy, parsed once from the file that is compiled in.

use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::class::Class;
use crate::headers::{HeaderIndex, HeaderMatch};

const SOURCE: &str = include_str!("../../../taxonomy/classes.toml");

/// A class, by its place in the taxonomy. Not stable between versions: on the wire stand [`ClassId::label`] and [`ClassId::id`].
#[derive(Copy, Clone, Eq, PartialEq, Ord, PartialOrd, Hash, Debug)]
pub struct ClassId(u16);

impl ClassId {
    /// What the taxonomy says of it.
    pub fn class(self) -> &'static Class {
        &taxonomy().classes[usize::from(self.0)]
    }

    /// Label on the wire, such as `ID_CN`.
    pub fn label(self) -> &'static str {
        &self.class().label
    }

    /// Kebab-case name, such as `resident-id`.
    pub fn id(self) -> &'static str {
        &self.class().id
    }
}

impl fmt::Display for ClassId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// Why a taxonomy cannot be used.
#[derive(Debug)]
pub enum TaxonomyError {
    /// Not TOML, or a field is missing, unknown or of the wrong kind.
    Form(String),
    /// Two classes of one id or label.
    Twice(String),
    /// A class without sensitivity, or not exactly one row, the last, without `until`.
    Sensitivity(String),
    /// The class `NONE` is missing or personal.
    NoneClass,
}

impl fmt::Display for TaxonomyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(why) => write!(f, "taxonomy/classes.toml: {why}"),
            Self::Twice(name) => write!(f, "taxonomy/classes.toml: `{name}` stands there twice; rename one"),
            Self::Sensitivity(id) => {
                write!(
                    f,
                    "taxonomy/classes.toml: `{id}` needs sensitivity rows in order of `until`, the last one without it"
                )
            }
            Self::NoneClass => f.write_str("taxonomy/classes.toml: there must be a class `NONE` that is not personal"),
        }
    }
}

impl std::error::Error for TaxonomyError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    class: Vec<Class>,
}

/// All classes, with lookups.
#[derive(Debug)]
pub struct Taxonomy {
    classes: Vec<Class>,
    by_name: HashMap<String, ClassId>,
    headers: HeaderIndex,
}

impl Taxonomy {
    /// Reads and checks a taxonomy.
    pub fn parse(text: &str) -> Result<Self, TaxonomyError> {
        let file: File = toml::from_str(text).map_err(|e| TaxonomyError::Form(e.to_string()))?;
        let mut by_name = HashMap::new();
        for (index, class) in (0u16..).zip(&file.class) {
            for name in [&class.id, &class.label] {
                if by_name.insert(name.clone(), ClassId(index)).is_some() {
                    return Err(TaxonomyError::Twice(name.clone()));
                }
            }
            let (last, before) =
                class.sensitivity.split_last().ok_or_else(|| TaxonomyError::Sensitivity(class.id.clone()))?;
            let ordered = before.is_sorted_by(|a, b| a.until < b.until);
            if last.until.is_some() || before.iter().any(|row| row.until.is_none()) || !ordered {
                return Err(TaxonomyError::Sensitivity(class.id.clone()));
            }
        }
        if by_name.get("NONE").is_none_or(|id| file.class[usize::from(id.0)].personal) {
            return Err(TaxonomyError::NoneClass);
        }
        let headers = HeaderIndex::new((0u16..).map(ClassId).zip(&file.class));
        Ok(Self { classes: file.class, by_name, headers })
    }

    /// Every class, in the order of the file.
    pub fn classes(&self) -> impl ExactSizeIterator<Item = ClassId> + use<> {
        (0..self.classes.len() as u16).map(ClassId)
    }

    /// The class of a label such as `ID_CN`.
    pub fn by_label(&self, label: &str) -> Option<ClassId> {
        self.by_name.get(label).copied().filter(|id| self.classes[usize::from(id.0)].label == label)
    }

    /// The class of an id such as `resident-id`.
    pub fn by_id(&self, id: &str) -> Option<ClassId> {
        self.by_name.get(id).copied().filter(|c| self.classes[usize::from(c.0)].id == id)
    }

    /// The classes a column header speaks for, best first.
    pub fn by_header(&self, header: &str) -> Vec<HeaderMatch> {
        self.headers.find(header)
    }
}

/// The taxonomy that is compiled in.
///
/// # Panics
/// When `taxonomy/classes.toml` is bad, which the tests of this crate rule out before it ships.
pub fn taxonomy() -> &'static Taxonomy {
    static TAXONOMY: OnceLock<Taxonomy> = OnceLock::new();
    TAXONOMY.get_or_init(|| Taxonomy::parse(SOURCE).unwrap_or_else(|e| panic!("{e}")))
}
