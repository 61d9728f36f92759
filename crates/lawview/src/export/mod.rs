//! The rule base for other tools: tables, decision models, schemas, and the scenarios as a suite.

mod csv;
mod dmn;
mod documents;
mod feel;
mod lists;
mod schemas;
mod suite;

use law::RuleBase;

use crate::View;
use crate::tried::tried;

/// What is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Tables: rules, facts, scenarios, clocks, the decision matrix, rows of lists.
    Csv,
    /// DMN 1.5, one model for each stretch of time in which the same provisions decide.
    Dmn,
    /// JSON Schemas (2020-12).
    Schemas,
    /// Rules, clocks and the scenarios as JSON.
    Scenarios,
    /// All of them.
    All,
}

/// How it is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportOptions {
    /// What.
    pub form: Form,
    /// Whether tables begin with a byte order mark, which some spreadsheets need to see UTF-8.
    pub bom: bool,
}

/// A file to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path, relative, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A table could not be put together.
    #[error("table `{table}`: {source}")]
    Table {
        /// Which.
        table: &'static str,
        /// Why.
        source: ::csv::Error,
    },
    /// A document could not be put together.
    #[error("document: {0}")]
    Document(#[from] serde_json::Error),
}

/// The files of a form, each with its path; the same for the same rule base and program.
pub fn export(base: &RuleBase, view: &View<'_>, options: ExportOptions) -> Result<Vec<File>, ExportError> {
    let wants = |form: Form| matches!(options.form, Form::All) || options.form == form;
    let mut files = Vec::new();
    let tried = if wants(Form::Csv) || wants(Form::Scenarios) { tried(base) } else { Vec::new() };
    if wants(Form::Csv) {
        files.extend(csv::tables(base, view, &tried, options.bom)?);
    }
    if wants(Form::Dmn) {
        files.extend(dmn::models(base, view));
    }
    if wants(Form::Schemas) {
        files.extend(schemas::schemas(base)?);
    }
    if wants(Form::Scenarios) {
        files.push(document("scenarios.json", &suite::suite(base, view, &tried))?);
        files.push(document("rules.json", &documents::rules(base))?);
        files.push(document("clocks.json", &base.clocks())?);
    }
    Ok(files)
}

/// A JSON document as people can read it, too.
fn document(path: &str, value: &impl serde::Serialize) -> Result<File, ExportError> {
    Ok(File { path: path.to_owned(), text: serde_json::to_string_pretty(value)? + "\n" })
}
