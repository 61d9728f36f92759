//! `deid`'s transforms as scalar functions over text columns.

use std::sync::Arc;

use codes::ClassId;
use datafusion::arrow::array::{Array, ArrayRef, StringBuilder};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{ScalarValue, exec_datafusion_err, exec_err};
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use deid::{Ff1Key, Outcome, PseudonymKey, Tools, Transform};
use jiff::civil::Date;

use super::strings::Strings;
use crate::error::EngineError;
use crate::keys::SharedKeys;

/// The functions, each with its literal arguments in order; the column comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Function {
    /// `tg_transform(need, key_name, label, day, column)`: the form in which a value leaves; null where it is suppressed.
    Transform,
    /// `tg_under_age(years, label, day, column)`: `under`, `over`, or `unknown` where the value cannot be read.
    UnderAge,
}

impl Function {
    fn name(self) -> &'static str {
        match self {
            Self::Transform => "tg_transform",
            Self::UnderAge => "tg_under_age",
        }
    }

    /// How many literals stand before the column.
    fn literals(self) -> usize {
        match self {
            Self::Transform => 4,
            Self::UnderAge => 3,
        }
    }

    fn volatility(self) -> Volatility {
        match self {
            // Keyed: no planner may fold it and write what comes out into a plan.
            Self::Transform => Volatility::Volatile,
            Self::UnderAge => Volatility::Immutable,
        }
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Transforming {
    function: Function,
    keys: SharedKeys,
    signature: Signature,
}

impl Transforming {
    pub(crate) fn new(function: Function, keys: SharedKeys) -> Self {
        let signature = Signature::any(function.literals() + 1, function.volatility());
        Self { function, keys, signature }
    }

    fn transform(&self, literals: &[&str], column: &Strings<'_>) -> Result<StringBuilder> {
        let [need, key_name, label, on] = literals else {
            return exec_err!("{} was called with the wrong arguments", self.function.name());
        };
        let transform: Transform = need.parse().map_err(|error| exec_datafusion_err!("{error}"))?;
        let secret = if transform.keyed() {
            let held = self.keys.0.key(key_name);
            Some(held.ok_or_else(|| EngineError::NoKey((*key_name).to_owned()))?)
        } else {
            None
        };
        let pseudonym = secret.as_ref().filter(|_| transform == Transform::Pseudonym);
        let pseudonym = pseudonym.map(|secret| PseudonymKey::new(secret.bytes()));
        let ff1 = secret.as_ref().filter(|_| transform == Transform::Ff1);
        let ff1 = ff1.map(|secret| Ff1Key::new(secret.bytes()));
        let city = |address: &str| codes::divisions::city_of_address(address).map(|(_, name)| name.to_owned());
        let tools = Tools { pseudonym: pseudonym.as_ref(), ff1: ff1.as_ref(), city: Some(&city), on: Some(day(on)?) };
        let class = class(label)?;
        write_column(column, |value, out| {
            // Values that are one key normalised get one pseudonym, however they were typed.
            let normalised = match transform {
                Transform::Pseudonym => codes::normalise::key(class, value),
                _ => Some(value.into()),
            };
            let Some(value) = normalised else { return Ok(false) };
            let outcome = transform.apply(label, &value, &tools, out);
            Ok(outcome.map_err(|error| exec_datafusion_err!("{error}"))? == Outcome::Written)
        })
    }

    fn under_age(&self, literals: &[&str], column: &Strings<'_>) -> Result<StringBuilder> {
        let [years, label, on] = literals else {
            return exec_err!("{} was called with the wrong arguments", self.function.name());
        };
        let years: u32 = years.parse().map_err(|_| exec_datafusion_err!("`{years}` is no number of years"))?;
        let on = day(on)?;
        let class = class(label)?;
        write_column(column, |value, out| {
            let value = codes::normalise::key(class, value).unwrap_or_default();
            let under = match *label {
                "UNDER_14" => flag(&value),
                _ => deid::age_on(label, &value, on).map(|age| age < years),
            };
            out.push_str(match under {
                Some(true) => "under",
                Some(false) => "over",
                None => "unknown",
            });
            Ok(true)
        })
    }
}

/// Fills a column with what `write` appends for each value; where it says false, or there is no value, with null.
fn write_column(
    values: &Strings<'_>,
    mut write: impl FnMut(&str, &mut String) -> Result<bool>,
) -> Result<StringBuilder> {
    let mut out = StringBuilder::with_capacity(values.len(), values.len() * 16);
    let mut scratch = String::new();
    for index in 0..values.len() {
        scratch.clear();
        match values.get(index) {
            Some(value) if write(value, &mut scratch)? => out.append_value(&scratch),
            _ => out.append_null(),
        }
    }
    Ok(out)
}

/// Yes or no, as tables write it.
fn flag(value: &str) -> Option<bool> {
    match value {
        "Y" | "YES" | "T" | "TRUE" | "1" | "是" => Some(true),
        "N" | "NO" | "F" | "FALSE" | "0" | "否" => Some(false),
        _ => None,
    }
}

/// The class of a label.
pub(super) fn class(label: &str) -> Result<ClassId> {
    let class = codes::taxonomy().by_label(label);
    Ok(class.ok_or_else(|| EngineError::Plane(format!("the taxonomy has no label `{label}`")))?)
}

fn day(text: &str) -> Result<Date> {
    text.parse().map_err(|_| exec_datafusion_err!("`{text}` is no day"))
}

/// The literal texts in front of a function's columns.
pub(super) fn literal_texts<'a>(literals: &'a [ColumnarValue], function: &str) -> Result<Vec<&'a str>> {
    let text = |literal: &'a ColumnarValue| match literal {
        ColumnarValue::Scalar(
            ScalarValue::Utf8(Some(text)) | ScalarValue::Utf8View(Some(text)) | ScalarValue::LargeUtf8(Some(text)),
        ) => Ok(text.as_str()),
        _ => exec_err!("{function} needs literal texts before its columns"),
    };
    literals.iter().map(text).collect()
}

impl ScalarUDFImpl for Transforming {
    fn name(&self) -> &'static str {
        self.function.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let (literals, column) = args.args.split_at(self.function.literals());
        let literals = literal_texts(literals, self.function.name())?;
        let column = column[0].to_array(args.number_rows)?;
        let values = Strings::of(&column)?;
        let mut out = match self.function {
            Function::Transform => self.transform(&literals, &values)?,
            Function::UnderAge => self.under_age(&literals, &values)?,
        };
        debug_assert_eq!(column.len(), args.number_rows, "one value a row");
        Ok(ColumnarValue::Array(Arc::new(out.finish()) as ArrayRef))
    }
}
