//! What left, held against what was permitted.

use jiff::civil::Date;
use serde::Serialize;
use transfer::{Permit, Receipt, is_same_name};

use crate::case::{Case, Permitted};
use crate::permit::text_digest;

/// How what left differs from what was permitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "what")]
pub enum Outside {
    /// No permit was in force.
    NoPermit,
    /// It does not name this case's signed permit as what it stood on.
    OtherPermit,
    /// It left under a permit of another kind.
    Kind,
    /// It was somebody else's.
    Handler,
    /// The recipient is none of the permit's.
    Recipient {
        /// As the receipt names it.
        recipient: String,
    },
    /// It left before the first or after the last day.
    Day {
        /// When.
        day: Date,
    },
    /// A column that no approved item has.
    Column {
        /// `source.name`.
        column: String,
    },
    /// A column in a form the permit does not give it.
    Form {
        /// `source.name`.
        column: String,
    },
    /// More persons than the permit covers.
    Persons {
        /// As the handler counts them.
        persons: u64,
        /// As permitted.
        permitted: u64,
    },
}

/// What a release shows that lies outside the case's permit.
pub(crate) fn outside(case: &Case, receipt: &Receipt, stood_on: &Permit, persons: Option<u64>) -> Vec<Outside> {
    let is_this =
        |permit: &&Permitted| stood_on.office_permit.is_some() && text_digest(&permit.note) == stood_on.office_permit;
    let named = case.permits.iter().find(is_this);
    let Some(permit) = named.or(case.permits.last()) else { return vec![Outside::NoPermit] };
    let terms = &permit.terms;
    let mut found = Vec::new();
    if named.is_none() {
        found.push(Outside::OtherPermit);
    }
    let revoked = case.history.iter().find(|happened| Some(happened.version) == permit.revoked);
    if revoked.is_some_and(|happened| happened.day < receipt.day) {
        found.push(Outside::NoPermit);
    }
    if terms.kind != receipt.permit_kind {
        found.push(Outside::Kind);
    }
    let handlers = [Some(&case.handler.uscc), Some(&case.handler.name)];
    if !handlers.into_iter().flatten().any(|handler| is_same_name(handler, &receipt.handler)) {
        found.push(Outside::Handler);
    }
    let is_recipient = |known: &String| {
        let names = std::iter::once(&receipt.recipient).chain(&stood_on.recipient_name);
        names.into_iter().any(|name| is_same_name(known, name))
    };
    if !terms.recipients.iter().flatten().any(is_recipient) {
        found.push(Outside::Recipient { recipient: receipt.recipient.clone() });
    }
    let early = terms.effective.is_some_and(|effective| receipt.day < effective);
    if early || terms.last_day().is_some_and(|last| receipt.day > last) {
        found.push(Outside::Day { day: receipt.day });
    }
    for column in &receipt.columns {
        let fields = terms.items.iter().flatten().flat_map(|item| &item.fields);
        let mut of_it = fields.filter(|field| field.is(&column.source, &column.name)).peekable();
        let name = || format!("{}.{}", column.source, column.name);
        if of_it.peek().is_none() {
            found.push(Outside::Column { column: name() });
        } else if !of_it.any(|field| field.allows(column.form)) {
            found.push(Outside::Form { column: name() });
        }
    }
    let most = most_persons(case, permit, receipt);
    if let Some((persons, permitted)) = persons.zip(most).filter(|(persons, permitted)| persons > permitted) {
        found.push(Outside::Persons { persons, permitted });
    }
    found
}

/// The most persons a permit lets leave: its own limit, and that of the items of which something left, all together. A handler reports
/// how many persons there are under the permit, not how many of each item, and one person may be in several: so only more than the
/// sum is surely too many. `None`: an item without a limit has left, or nothing is limited.
fn most_persons(case: &Case, permit: &Permitted, receipt: &Receipt) -> Option<u64> {
    let before = case.releases.iter().filter(|left| left.not_published.is_none() && left.reported > permit.issued);
    let before = before.flat_map(|left| &left.columns).filter_map(|column| column.split_once('.'));
    let now = receipt.columns.iter().map(|column| (column.source.as_str(), column.name.as_str()));
    let left: Vec<(&str, &str)> = before.chain(now).collect();
    let items = permit.terms.items.iter().flatten();
    let touched =
        items.filter(|item| left.iter().any(|(source, name)| item.fields.iter().any(|field| field.is(source, name))));
    let limits: Option<Vec<u64>> = touched.map(|item| item.persons).collect();
    let all = limits
        .filter(|limits| !limits.is_empty())
        .map(|limits| limits.iter().fold(0, |sum: u64, n| sum.saturating_add(*n)));
    permit.terms.persons.into_iter().chain(all).min()
}
