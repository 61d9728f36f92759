//! Answers as a tree, `{"handler": {"name": …}, "scenario": [{…}]}`, and back; and what may be put at which path.

use serde_json::{Map, Value};

use crate::answers::{Answer, Answers, Origin, is_blank};
use crate::fault::fault;
use crate::gaps::GapCode;
use crate::model::{Forms, Kind};
use crate::path::{AnswerPath, MAX_ROWS, is_name};

/// Why an answer cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// No field stands there.
    #[error("`{path}` is no line of any form{hint}")]
    NoField {
        /// The path as given.
        path: String,
        /// A field that was perhaps meant.
        hint: String,
    },
    /// The value has another form than the field's kind.
    #[error("`{path}` takes {expects}")]
    WrongKind {
        /// The path.
        path: String,
        /// What the field takes.
        expects: String,
    },
    /// A table has more rows than a form can hold.
    #[error("`{path}` has more than {MAX_ROWS} rows")]
    TooManyRows {
        /// The path.
        path: String,
    },
}

impl Forms {
    /// Whether a path is that of a field somebody answers, with a row for each table it stands in and no other.
    pub fn takes(&self, path: &AnswerPath) -> bool {
        let Some(at) = self.index.get(path.id()) else { return false };
        self.fields[*at].kind.is_asked() && path.ends().eq(self.standing[*at].ends.iter().copied())
    }

    /// Whether a value has the form of the answers to a field; whether it is right is for [`crate::gaps`] to say.
    pub fn accepts(&self, path: &AnswerPath, value: &Value) -> Result<(), AnswerError> {
        if !self.takes(path) {
            return Err(self.no_field(&path.to_string()));
        }
        let kind = self.field(path.id()).map(|field| &field.kind);
        let wrong = |kind: &Kind| fault(kind, value, None).is_some_and(|fault| fault.code == GapCode::WrongKind);
        match kind {
            Some(kind) if !is_blank(value) && wrong(kind) => {
                Err(AnswerError::WrongKind { path: path.to_string(), expects: kind.expects().en })
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn no_field(&self, path: &str) -> AnswerError {
        let plain: String = path.chars().filter(|c| !c.is_ascii_digit() && !matches!(c, '[' | ']')).collect();
        let last = plain.rsplit('.').next().unwrap_or_default();
        let alike = |field: &&crate::Field| field.id == plain || field.id.rsplit('.').next() == Some(last);
        let mut meant = self.fields.iter().filter(alike).map(|field| field.id.as_str());
        let hint = match (meant.next(), meant.next()) {
            (Some(one), None) => {
                let tables = self.tables_around(one).map(|table| table.id.as_str()).collect::<Vec<_>>();
                format!("; perhaps `{}`", AnswerPath::of(one, &tables, &[1, 1]))
            }
            _ => String::new(),
        };
        let path = path.chars().filter(|c| !c.is_control()).take(120).collect();
        AnswerError::NoField { path, hint }
    }
}

impl Answers {
    /// Puts an answer where a field takes it, in place of an earlier one, which it gives back.
    pub fn answer(
        &mut self,
        forms: &Forms,
        path: &AnswerPath,
        value: impl Into<Value>,
        origin: Origin,
    ) -> Result<Option<Answer>, AnswerError> {
        let value = value.into();
        forms.accepts(path, &value)?;
        Ok(self.put(path.clone(), value, origin))
    }

    /// The answers as a tree; tables are lists, a row without an answer is empty. Blank answers are left out.
    pub fn to_tree(&self) -> Value {
        let mut root = Value::Object(Map::new());
        for (path, answer) in self.iter().filter(|(_, answer)| !is_blank(&answer.value)) {
            let mut here = &mut root;
            for (name, row) in path.steps() {
                // Each step makes what it needs; a tree of paths has no other shape.
                if !here.is_object() {
                    *here = Value::Object(Map::new());
                }
                here = &mut here[name];
                if let Some(row) = row {
                    if !here.is_array() {
                        *here = Value::Array(Vec::new());
                    }
                    if let Value::Array(rows) = here {
                        let row = row as usize;
                        if rows.len() < row {
                            rows.resize_with(row, || Value::Object(Map::new()));
                        }
                        here = &mut rows[row - 1];
                    }
                }
            }
            *here = answer.value.clone();
        }
        root
    }

    /// Reads a tree; every answer gets the origin. Blank values are no answers.
    pub fn from_tree(forms: &Forms, tree: &Value, origin: Origin) -> Result<Self, AnswerError> {
        let mut answers = Self::default();
        read(forms, tree, &mut Above::default(), &mut |path, value| {
            answers.put(path, value.clone(), origin);
        })?;
        Ok(answers)
    }
}

/// Where in a tree we are: the id so far, and the rows of the tables we are in.
#[derive(Default)]
struct Above {
    id: String,
    ends: Vec<u32>,
    rows: Vec<u32>,
}

impl Above {
    fn path(&self) -> AnswerPath {
        AnswerPath::at(&self.id.as_str().into(), &self.ends, &self.rows)
    }
}

/// Goes through a tree along fields and tables.
fn read(
    forms: &Forms,
    tree: &Value,
    above: &mut Above,
    put: &mut impl FnMut(AnswerPath, &Value),
) -> Result<(), AnswerError> {
    if forms.field(&above.id).is_some() {
        let path = above.path();
        forms.accepts(&path, tree)?;
        if !is_blank(tree) {
            put(path, tree);
        }
        return Ok(());
    }
    match tree {
        Value::Object(object) => {
            for (name, below) in object {
                let before = above.id.len();
                if !above.id.is_empty() {
                    above.id.push('.');
                }
                above.id.push_str(name);
                // `"handler.name"` as one key, or no name at all, would be told as a path it is not.
                if !is_name(name) && !is_blank(below) {
                    return Err(forms.no_field(&above.path().to_string()));
                }
                read(forms, below, above, put)?;
                above.id.truncate(before);
            }
            Ok(())
        }
        Value::Array(rows) if forms.table(&above.id).is_some() => {
            if rows.len() > MAX_ROWS as usize {
                return Err(AnswerError::TooManyRows { path: above.path().to_string() });
            }
            above.ends.push(above.id.len() as u32);
            for (row, below) in (1..).zip(rows) {
                above.rows.push(row);
                // A row is a table of names; anything else in its place has no field.
                if !below.is_object() {
                    return Err(forms.no_field(&above.path().to_string()));
                }
                read(forms, below, above, put)?;
                above.rows.pop();
            }
            above.ends.pop();
            Ok(())
        }
        value if is_blank(value) => Ok(()),
        _ => Err(forms.no_field(&above.path().to_string())),
    }
}
