//! Every field of every form, defined once; the answers to them; and what is still missing.
//!
//! The forms are data (`forms/`, compiled in): [`forms`] gives them, [`Forms`] is the one definition from which the completeness
//! check ([`gaps`]), schemas, templates and documents are made. A [`Dossier`] holds answers by path and attached materials.
//! Nothing here reads a file, a clock or a network.

mod answers;
mod asking;
mod contents;
mod derive;
mod dossier;
mod example;
mod fault;
mod gaps;
mod items;
mod model;
mod nested;
mod paper;
mod path;
mod procedure;
mod rows;
mod schema;
mod template;
mod toml_text;
mod view;
mod walk;

pub use answers::{Answer, Answers, Origin};
pub use asking::Asking;
pub use contents::{StepContents, contents};
pub use derive::{Artefacts, Difference, Target, derive};
pub use dossier::{Attached, Dossier, DossierForm, NoDossier};
pub use example::example;
pub use gaps::{Gap, GapCode, Progress, gaps, progress};
pub use items::{Item, items, put_items};
pub use model::{
    Choice, Computed, Condition, Edition, Field, Form, Forms, FormsError, Kind, Layout, Material, Need, Needs, Place,
    ProcedureForms, Section, Source, Step, Table, Test, forms,
};
pub use nested::AnswerError;
pub use paper::example_paper;
pub use path::{AnswerPath, MAX_ROWS, NoPath};
pub use procedure::{Procedure, UnknownProcedure};
pub use schema::schema;
pub use template::{Lang, template};
pub use toml_text::{AnswersTextError, read_toml};
pub use view::{Entry, FormView, SectionView, view};
