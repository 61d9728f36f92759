//! `tg_persons`: distinct persons as keyed fingerprints, under each of several keys.

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

/// Literals in front: names of keys, spaces and classes of key columns, kinds. Then a flag a kind, then the key columns.
const LITERALS: usize = 3;

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
        let names = literal_text(args.exprs, 0, "the names of the keys")?;
        let spaces = literal_text(args.exprs, 1, "the spaces and classes of the key columns")?;
        let kinds = literal_text(args.exprs, 2, "the kinds that are flagged")?;
        let key = |name: &str| self.keys.0.key(name).ok_or_else(|| EngineError::NoKey(name.to_owned()));
        let counts = names.lines().map(|name| Ok((Fingerprinter::new(&key(name)?), PersonSet::default())));
        let kind = |kind: &str| kind.parse().map_err(|_| exec_datafusion_err!("`{kind}` is no kind"));
        Ok(Box::new(Counting {
            counts: counts.collect::<Result<_>>()?,
            parts: key_parts(&spaces)?,
            kinds: kinds.lines().map(kind).collect::<Result<_>>()?,
        }))
    }
}

/// Space and class of each key column, a line each.
pub(super) fn key_parts(spaces: &str) -> Result<Vec<(String, ClassId)>> {
    let parts = spaces.lines().filter_map(|line| line.split_once('\t'));
    parts.map(|(space, label)| Ok((space.to_owned(), class(label)?))).collect()
}

/// The sets of persons, one a key, as one value.
pub(crate) fn split_sets(mut bytes: &[u8]) -> std::result::Result<Vec<PersonSet>, EngineError> {
    let mut sets = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<8>() {
        let (set, rest) = rest
            .split_at_checked(u64::from_le_bytes(*length) as usize)
            .ok_or_else(|| EngineError::Plane("the persons of a unit were cut off".to_owned()))?;
        sets.push(PersonSet::from_bytes(set)?);
        bytes = rest;
    }
    Ok(sets)
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
    /// One a key.
    counts: Vec<(Fingerprinter, PersonSet)>,
    /// Space and class of each key column.
    parts: Vec<(String, ClassId)>,
    /// The kind that each flag stands for.
    kinds: Vec<u64>,
}

impl Accumulator for Counting {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let (flags, columns) = values[LITERALS..].split_at(self.kinds.len());
        let flags = flags.iter().map(AsArray::as_boolean).collect::<Vec<_>>();
        let columns = columns.iter().map(Strings::of).collect::<Result<Vec<_>>>()?;
        let mut parts: Vec<(&str, ClassId, &str)> = Vec::with_capacity(columns.len());
        for row in 0..values[0].len() {
            let set = flags.iter().zip(&self.kinds).filter(|(flags, _)| flags.is_valid(row) && flags.value(row));
            let kinds = set.fold(kind::PRESENT, |kinds, (_, kind)| kinds | kind);
            parts.clear();
            for ((space, class), column) in self.parts.iter().zip(&columns) {
                parts.extend(column.get(row).map(|value| (space.as_str(), *class, value)));
            }
            let whole = parts.len() == columns.len();
            for (fingerprint, set) in &mut self.counts {
                match whole.then(|| fingerprint.of(parts.iter().copied())).flatten() {
                    Some(fingerprint) => set.add(fingerprint, kinds),
                    None => set.add_without_key(kinds),
                }
            }
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mut bytes = Vec::new();
        for (_, set) in &mut self.counts {
            let set = set.to_bytes();
            bytes.extend_from_slice(&(set.len() as u64).to_le_bytes());
            bytes.extend(set);
        }
        Ok(ScalarValue::Binary(Some(bytes)))
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for state in states[0].as_binary::<i32>().iter().flatten() {
            let others = split_sets(state).map_err(|error| exec_datafusion_err!("{error}"))?;
            for ((_, set), other) in self.counts.iter_mut().zip(&others) {
                set.union(other);
            }
        }
        Ok(())
    }
}
