//! `tg_persons`: distinct persons as keyed fingerprints.

use codes::{ClassId, normalise};
use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{ScalarValue, exec_datafusion_err};
use datafusion::error::Result;
use datafusion::logical_expr::function::AccumulatorArgs;
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Signature, Volatility};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::literal_text;
use super::strings::Strings;
use super::transforms::class;
use crate::error::EngineError;
use crate::keys::{Secret, SharedKeys};
use crate::persons::{PersonSet, kind};

/// Arguments before the key columns: key name, classes, ordinary, sensitive.
const FIXED: usize = 4;

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct CountPersons {
    keys: SharedKeys,
    signature: Signature,
}

impl CountPersons {
    pub(super) fn new(keys: SharedKeys) -> Self {
        Self { keys, signature: Signature::variadic_any(Volatility::Volatile) }
    }
}

impl AggregateUDFImpl for CountPersons {
    fn name(&self) -> &'static str {
        "tg_persons"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Binary)
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let name = literal_text(args.exprs, 0, "the name of the fingerprint key")?;
        let spaces = literal_text(args.exprs, 1, "the spaces and classes of the key columns")?;
        let secret = self.keys.0.key(&name).ok_or(EngineError::NoKey(name))?;
        let parts = spaces.lines().filter_map(|line| line.split_once('\t'));
        let parts = parts.map(|(space, label)| Ok((space.to_owned(), class(label)?))).collect::<Result<Vec<_>>>()?;
        Ok(Box::new(Counting { fingerprint: Fingerprinter::new(&secret), parts, set: PersonSet::default() }))
    }
}

/// Makes fingerprints under one key.
#[derive(Clone)]
pub struct Fingerprinter(Hmac<Sha256>);

impl std::fmt::Debug for Fingerprinter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fingerprinter(..)")
    }
}

impl Fingerprinter {
    /// With this key.
    pub fn new(secret: &Secret) -> Self {
        // A key block is never longer than 64 bytes: this cannot fail for 32.
        Self(Hmac::new_from_slice(secret.bytes()).unwrap_or_else(|_| unreachable!("32 bytes are a key")))
    }

    /// The fingerprint of a key of one or more parts (space, class, raw value), or `None` where a part is missing.
    ///
    /// Each part is normalised for its class. Its space says within what equal values are one person: a strong key's
    /// space is its class, a weak key's is its column alone. Space and value stand in the digest with their lengths, so
    /// that no two keys read alike.
    pub fn of<'a>(&self, parts: impl IntoIterator<Item = (&'a str, ClassId, &'a str)>) -> Option<u128> {
        let mut mac = self.0.clone();
        for (space, class, value) in parts {
            let value = normalise::key(class, value)?;
            for text in [space.as_bytes(), value.as_bytes()] {
                mac.update(&(text.len() as u32).to_le_bytes());
                mac.update(text);
            }
        }
        let digest = mac.finalize().into_bytes();
        let mut first = [0u8; 16];
        first.copy_from_slice(&digest[..16]);
        Some(u128::from_le_bytes(first))
    }
}

#[derive(Debug)]
struct Counting {
    fingerprint: Fingerprinter,
    /// Space and class of each key column.
    parts: Vec<(String, ClassId)>,
    set: PersonSet,
}

impl Accumulator for Counting {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let (ordinary, sensitive) = (values[2].as_boolean(), values[3].as_boolean());
        let columns = values[FIXED..].iter().map(Strings::of).collect::<Result<Vec<_>>>()?;
        let is = |flags: &datafusion::arrow::array::BooleanArray, row: usize| flags.is_valid(row) && flags.value(row);
        let mut parts: Vec<(&str, ClassId, &str)> = Vec::with_capacity(columns.len());
        for row in 0..values[2].len() {
            let mut kinds = kind::PRESENT;
            if is(ordinary, row) {
                kinds |= kind::ORDINARY;
            }
            if is(sensitive, row) {
                kinds |= kind::SENSITIVE;
            }
            parts.clear();
            for ((space, class), column) in self.parts.iter().zip(&columns) {
                parts.extend(column.get(row).map(|value| (space.as_str(), *class, value)));
            }
            let whole = parts.len() == columns.len();
            match whole.then(|| self.fingerprint.of(parts.iter().copied())).flatten() {
                Some(fingerprint) => self.set.add(fingerprint, kinds),
                None => self.set.add_without_key(kinds),
            }
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Binary(Some(self.set.to_bytes())))
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for state in states[0].as_binary::<i32>().iter().flatten() {
            let other = PersonSet::from_bytes(state).map_err(|error| exec_datafusion_err!("{error}"))?;
            self.set.union(&other);
        }
        Ok(())
    }
}
