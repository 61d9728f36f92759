//! The staged files read back from disk: what each outgoing column holds, and whether it is what the plan made of the
//! source.
//!
//! Nothing here is taken from the run that wrote the files. They are read by readers of their own, each row is held
//! against the row of the source it came from, every form is judged by its own rules, and what could hide something is
//! profiled anew, running text whole.

mod forms;
mod met;
mod staged;

use std::hash::RandomState;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::record_batch::RecordBatch;
use deid::Transform;
use detect::ColumnProfile;
use futures::StreamExt as _;

use crate::counting::Rows;
use crate::error::EngineError;
use crate::functions::strings::Strings;
use crate::plan::{self, FieldStep};
use crate::runner::Runner;
use crate::source::Source;

use forms::Judge;
use met::Meetings;
pub use met::Surrogates;
use staged::Staged;

/// What a column of the staged files holds.
pub struct Outgoing {
    /// The field.
    pub field: String,
    /// Values that are not missing.
    pub values: u64,
    /// Values that are not what the plan makes of their row: of another form; for a kept column, others than came in; any
    /// value where none came in.
    pub misfits: u64,
    /// Everything of a kept column, of the others what is not of their form.
    pub profile: ColumnProfile,
    /// For keyed forms: how often what leaves meets what came in.
    pub surrogates: Option<Surrogates>,
}

/// A column while its cells go by.
struct Column {
    judge: Judge,
    values: u64,
    misfits: u64,
    profile: ColumnProfile,
    meetings: Meetings,
}

impl Column {
    fn new(step: &FieldStep) -> Self {
        Self {
            judge: Judge::new(step),
            values: 0,
            misfits: 0,
            profile: ColumnProfile::new(true),
            meetings: Meetings::default(),
        }
    }

    /// Holds cells against those they came from.
    fn compare(&mut self, raw: &ArrayRef, out: &ArrayRef, key: &RandomState) -> Result<(), EngineError> {
        let (raws, outs) = (Strings::of(raw)?, Strings::of(out)?);
        for row in 0..outs.len() {
            let (raw, out) = (raws.get(row), outs.get(row));
            self.values += u64::from(out.is_some());
            let fits = self.judge.fits(raw, out);
            self.misfits += u64::from(!fits);
            let Some(out) = out else { continue };
            if !fits || self.judge.is_kept() {
                self.profile.update(out);
            }
            if let Some(raw) = raw
                && let Some((size, raw_too)) = self.judge.domain(raw, out)
            {
                self.meetings.add(size, raw_too.then_some(raw), out, key);
            }
        }
        Ok(())
    }

    fn merge(&mut self, other: Self) {
        self.values += other.values;
        self.misfits += other.misfits;
        self.profile.merge(&other.profile);
        self.meetings.merge(other.meetings);
    }
}

impl Runner {
    /// Reads back the files (a folder and names in it) in which [`Runner::release`] staged these rows of a source, in their
    /// order. `key` is drawn for the run: raw values are held as keyed fingerprints of 64 bits, 16 bytes a row and encrypted
    /// column at most, and never as themselves.
    pub async fn egress(
        &self,
        source: &Arc<Source>,
        rows: Option<&Rows>,
        steps: &[FieldStep],
        staged: (&Path, &[String]),
        on: &str,
        key: &RandomState,
    ) -> Result<Vec<Outgoing>, EngineError> {
        let (folder, files) = staged;
        if files.len() != source.units.len() {
            return Err(EngineError::Plane(format!(
                "{} files were staged of {} parts of `{}`",
                files.len(),
                source.units.len(),
                source.name
            )));
        }
        let tasks = source.units.iter().zip(files).map(|(unit, file)| {
            let path = folder.join(file);
            let texts = steps.iter().map(|step| plan::text(&step.field).alias(&step.field)).collect::<Vec<_>>();
            let frame = self.leaving_rows(source, *unit, rows, on).and_then(|frame| Ok(frame.select(texts)?));
            let (steps, key, progress) = (steps.to_vec(), key.clone(), Arc::clone(&self.progress));
            let bytes = unit.end - unit.start;
            tokio::spawn(async move {
                let mut rows = frame?.execute_stream().await?;
                let mut columns = steps.iter().map(Column::new).collect::<Vec<_>>();
                let mut staged = Staged::open(&path, &steps)?;
                while let Some(batch) = rows.next().await {
                    let batch = batch?;
                    let mut at = 0;
                    while at < batch.num_rows() {
                        let Some(out) = staged.next(batch.num_rows() - at)? else {
                            return Err(staged.other_rows());
                        };
                        compare(&mut columns, &batch.slice(at, out.num_rows()), &out, &key)?;
                        at += out.num_rows();
                    }
                }
                if staged.next(1)?.is_some() {
                    return Err(staged.other_rows());
                }
                for column in &mut columns {
                    column.meetings.settle();
                }
                progress(bytes);
                Ok(columns)
            })
        });
        let mut whole = steps.iter().map(Column::new).collect::<Vec<_>>();
        for columns in self.ordered(tasks).await? {
            whole.iter_mut().zip(columns).for_each(|(all, column)| all.merge(column));
        }
        let outgoing = whole.into_iter().zip(steps).map(|(column, step)| {
            let keyed = matches!(step.transform, Transform::Ff1 | Transform::Pseudonym);
            Outgoing {
                field: step.field.clone(),
                values: column.values,
                misfits: column.misfits,
                profile: column.profile,
                surrogates: keyed.then(|| column.meetings.finish()),
            }
        });
        Ok(outgoing.collect())
    }
}

fn compare(columns: &mut [Column], raw: &RecordBatch, out: &RecordBatch, key: &RandomState) -> Result<(), EngineError> {
    for (column, (raw, out)) in columns.iter_mut().zip(raw.columns().iter().zip(out.columns())) {
        column.compare(raw, out, key)?;
    }
    Ok(())
}
