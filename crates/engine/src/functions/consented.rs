//! `tg_consented`: whether the person of a row has a live separate consent.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StringBuilder};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::exec_err;
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use super::count_persons::{Fingerprinter, key_parts};
use super::strings::Strings;
use super::transforms::literal_texts;
use crate::consents::Consent;
use crate::error::EngineError;
use crate::keys::SharedKeys;

/// Literals before the key columns: key name, name of the consents, spaces and classes.
const LITERALS: usize = 3;

/// What the function says of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// A guardian's consent is live.
    Guardian,
    /// The person's own consent is live.
    Live,
    /// It was withdrawn.
    Withdrawn,
    /// There is none, or nobody can tell whose row it is.
    None,
}

impl State {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Guardian => "guardian",
            Self::Live => "live",
            Self::Withdrawn => "withdrawn",
            Self::None => "none",
        }
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Consented {
    keys: SharedKeys,
    signature: Signature,
}

impl Consented {
    pub(crate) fn new(keys: SharedKeys) -> Self {
        Self { keys, signature: Signature::variadic_any(Volatility::Volatile) }
    }
}

impl ScalarUDFImpl for Consented {
    fn name(&self) -> &'static str {
        "tg_consented"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let (literals, columns) = args.args.split_at(LITERALS);
        let [key_name, name, spaces] = literal_texts(literals, self.name())?[..] else {
            return exec_err!("{} was called with the wrong arguments", self.name());
        };
        let secret = self.keys.0.key(key_name).ok_or_else(|| EngineError::NoKey(key_name.to_owned()))?;
        let Some(consents) = self.keys.0.consents(name) else {
            return exec_err!("the consents `{name}` are not held here");
        };
        let fingerprint = Fingerprinter::new(&secret);
        let parts = key_parts(spaces)?;
        let arrays = columns.iter().map(|column| column.to_array(args.number_rows)).collect::<Result<Vec<_>>>()?;
        let columns = arrays.iter().map(Strings::of).collect::<Result<Vec<_>>>()?;
        let mut out = StringBuilder::with_capacity(args.number_rows, args.number_rows * 5);
        let mut row_parts = Vec::with_capacity(columns.len());
        for row in 0..args.number_rows {
            row_parts.clear();
            for ((space, class), column) in parts.iter().zip(&columns) {
                row_parts.extend(column.get(row).map(|value| (space.as_str(), *class, value)));
            }
            let whole = row_parts.len() == columns.len();
            let person = whole.then(|| fingerprint.of(row_parts.iter().copied())).flatten();
            let state = match person.and_then(|person| consents.of(person)) {
                Some(Consent { live: true, guardian: true }) => State::Guardian,
                Some(Consent { live: true, guardian: false }) => State::Live,
                Some(Consent { live: false, .. }) => State::Withdrawn,
                None => State::None,
            };
            out.append_value(state.word());
        }
        Ok(ColumnarValue::Array(Arc::new(out.finish()) as ArrayRef))
    }
}
