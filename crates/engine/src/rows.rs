//! Rows on their way into Arrow: one text column a field, and one column that says where a bad row stands and why.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StringBuilder};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use serde::{Deserialize, Serialize};

/// The name of the column that is null in every good row and locates a bad one.
///
/// A bad row has nothing but this: its cells are null, it is counted apart and never leaves.
pub(crate) const ROW_ERROR: &str = "__row_error";

/// The schema of a text table: its fields, then [`ROW_ERROR`].
pub(crate) fn text_schema(columns: &[String]) -> SchemaRef {
    let fields = columns
        .iter()
        .map(String::as_str)
        .chain([ROW_ERROR])
        .map(|name| Field::new(name, DataType::Utf8, true))
        .collect::<Vec<_>>();
    Arc::new(Schema::new(fields))
}

/// Where a bad row stands and what is wrong with it; never what it says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BadRow {
    /// Ordinal of the record in its file, the first data row being 1.
    pub row: u64,
    /// First byte in the file.
    pub start: u64,
    /// One past its last byte.
    pub end: u64,
    /// What is wrong: a short code from a fixed list.
    pub reason: String,
}

impl BadRow {
    pub(crate) fn encode(&self) -> String {
        format!("{} {} {} {}", self.row, self.start, self.end, self.reason)
    }

    pub(crate) fn decode(text: &str) -> Option<Self> {
        let mut parts = text.splitn(4, ' ');
        let mut number = || parts.next()?.parse().ok();
        let (row, start, end) = (number()?, number()?, number()?);
        Some(Self { row, start, end, reason: parts.next()?.to_owned() })
    }
}

/// Collects rows of the projected columns until a batch is full.
pub(crate) struct Rows {
    schema: SchemaRef,
    /// For each file column its place among the builders.
    slots: Vec<Option<usize>>,
    builders: Vec<StringBuilder>,
    error_slot: Option<usize>,
    len: usize,
    /// The next record's ordinal in the file.
    next_row: u64,
}

impl Rows {
    /// `projection`: the indices, ascending, of the file schema's columns that are wanted.
    pub(crate) fn new(file_schema: &Schema, projection: &[usize], first_row: u64) -> Self {
        let columns = file_schema.fields().len() - 1;
        let mut slots = vec![None; columns];
        let mut error_slot = None;
        for (place, &index) in projection.iter().enumerate() {
            match slots.get_mut(index) {
                Some(slot) => *slot = Some(place),
                None => error_slot = Some(place),
            }
        }
        let fields = projection.iter().map(|&index| file_schema.field(index).clone());
        Self {
            schema: Arc::new(Schema::new(fields.collect::<Vec<_>>())),
            slots,
            builders: projection.iter().map(|_| StringBuilder::new()).collect(),
            error_slot,
            len: 0,
            next_row: first_row,
        }
    }

    /// How many columns the file has.
    pub(crate) fn columns(&self) -> usize {
        self.slots.len()
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Whether anyone asked for this column.
    pub(crate) fn wants(&self, column: usize) -> bool {
        self.slots[column].is_some()
    }

    /// Appends one cell of the row being built; an empty cell is null. Each column gets exactly one cell a row.
    pub(crate) fn cell(&mut self, column: usize, value: &str) {
        if let Some(slot) = self.slots[column] {
            if value.is_empty() {
                self.builders[slot].append_null();
            } else {
                self.builders[slot].append_value(value);
            }
        }
    }

    /// Ends a good row, each of whose cells was given.
    pub(crate) fn end_row(&mut self) {
        if let Some(slot) = self.error_slot {
            self.builders[slot].append_null();
        }
        self.len += 1;
        self.next_row += 1;
    }

    /// Puts a bad row, no cell of which was given.
    pub(crate) fn bad_row(&mut self, start: u64, end: u64, reason: &str) {
        let bad = BadRow { row: self.next_row, start, end, reason: reason.to_owned() };
        for (slot, builder) in self.builders.iter_mut().enumerate() {
            if self.error_slot == Some(slot) {
                builder.append_value(bad.encode());
            } else {
                builder.append_null();
            }
        }
        self.len += 1;
        self.next_row += 1;
    }

    /// The rows collected so far.
    pub(crate) fn take_batch(&mut self) -> datafusion::error::Result<RecordBatch> {
        let arrays = self.builders.iter_mut().map(|b| Arc::new(b.finish()) as ArrayRef).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(self.len));
        self.len = 0;
        Ok(RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options)?)
    }
}
