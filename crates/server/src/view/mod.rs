//! What is shown of a case: the same for programs and for pages. Texts come in both languages; a page takes one of them.

mod case;
mod clock;
mod items;
mod named;
mod people;
mod wizard;

pub(crate) use case::{CaseView, case_view};
pub(crate) use clock::{ClockView, workdays_between};
pub(crate) use items::ItemView;
pub(crate) use named::{ActionView, ProcedureView, StateView, procedure_view, state_view};
pub(crate) use people::{
    AccountView, EntryView, InvitationView, OrganisationView, SessionView, TokenView, account_view, entry_view,
    invitation_view, organisation_view, session_view, token_view,
};
pub(crate) use wizard::{Blank, Entry, FieldView, MaterialView, RowView, TableView, wizard};
