//! The gate: what has to be true before anything leaves. A pure function; every stop names its article.

mod permit;
mod stop;
mod warning;

use deid::Transform;
use jiff::civil::Date;
use law::{Calendar, Determination, Outcome, Path};
use serde::{Deserialize, Serialize};
use transfer::{Basis, PermitKind, Standing, Terms, Transfer};

pub use stop::Stop;
pub use warning::{Warning, warnings};

/// What opens the gate, once nothing stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The kind of permit.
    pub kind: PermitKind,
    /// Who stands behind it.
    pub standing: Standing,
    /// Its number.
    pub number: Option<String>,
    /// First day.
    pub effective: Date,
    /// Last day.
    pub expires: Option<Date>,
}

/// A permit the handler holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// What it says.
    pub terms: Terms,
    /// Who stands behind it.
    pub standing: Standing,
}

/// A field that leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaving {
    /// Its source.
    pub source: String,
    /// Its name.
    pub name: String,
    /// What is done to it.
    pub form: Transform,
    /// The item of the permit it is meant to belong to.
    pub item: Option<String>,
}

impl Leaving {
    /// `source.field`.
    pub fn place(&self) -> String {
        format!("{}.{}", self.source, self.name)
    }
}

/// What the first release under a permit sent, to whom, what for. Where the permit itself is silent, later ones must not go
/// beyond it: that is how a transfer drifts from what was declared (Order 11 art 14, Order 13 art 8).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// Fields as `source.field`, with the form in which they left.
    pub fields: Vec<(String, Transform)>,
    /// The recipient's id.
    pub recipient: String,
    /// The purpose, in words or by scenario.
    pub purpose: Option<String>,
    /// Until when the recipient keeps the data.
    pub stored_until: Option<Date>,
    /// Where.
    pub place: Option<String>,
}

/// What the gate looks at.
#[derive(Debug, Clone)]
pub struct Look<'a> {
    /// The transfer.
    pub transfer: &'a Transfer,
    /// The handler's id.
    pub handler: &'a str,
    /// The determination of today, for all that leaves together.
    pub determination: &'a Determination,
    /// Whether the data is personal information.
    pub personal: bool,
    /// The fields that leave.
    pub leaving: &'a [Leaving],
    /// The permit, or why it cannot be used.
    pub permit: Option<&'a Result<Held, Stop>>,
    /// What first left under it.
    pub baseline: Option<&'a Baseline>,
    /// Persons under this permit so far and in this release.
    pub persons_under_permit: u64,
    /// The same by item, in the order of the permit.
    pub persons_by_item: &'a [u64],
    /// Rows that leave, where consents decide that.
    pub consented_rows: Option<u64>,
    /// The day.
    pub on: Date,
    /// For the filing period.
    pub calendar: &'a Calendar,
}

/// What opens the gate, or everything that keeps it shut.
pub fn look(look: &Look<'_>) -> Result<Opening, Vec<Stop>> {
    let mut stops = determination_stops(look.determination);
    if look.personal {
        duty_stops(look, &mut stops);
    }
    let exempt = look.determination.paths == [Path::Exempt];
    let filing = look.determination.obligations.iter().any(|duty| duty.id == "zone-filing");
    let opening = match look.permit {
        Some(permit) if !exempt || filing => match permit {
            Ok(Held { terms, standing }) => {
                permit::stops(look, terms, *standing, &mut stops);
                Some(Opening {
                    kind: terms.kind,
                    standing: *standing,
                    number: terms.number.clone(),
                    effective: terms.effective.unwrap_or(look.on),
                    expires: terms.last_day(),
                })
            }
            Err(stop) => {
                stops.push(stop.clone());
                None
            }
        },
        _ if exempt && filing => {
            stops.push(Stop::NoZoneFiling);
            None
        }
        _ if exempt => Some(Opening {
            kind: PermitKind::Determination,
            standing: Standing::Determined,
            number: None,
            effective: look.on,
            expires: None,
        }),
        _ => {
            if look.determination.outcome == Outcome::Determined {
                stops.push(Stop::NoPermit { paths: look.determination.paths.clone() });
            }
            None
        }
    };
    match opening {
        Some(opening) if stops.is_empty() => Ok(opening),
        _ => Err(stops),
    }
}

fn determination_stops(determination: &Determination) -> Vec<Stop> {
    let facts = || determination.questions.iter().map(|question| question.fact.clone()).collect();
    match determination.outcome {
        Outcome::Determined => Vec::new(),
        Outcome::Refused => {
            let decisive = determination.rules.iter().filter(|rule| rule.effect == "stop");
            vec![Stop::Refused { rules: decisive.map(|rule| rule.id.clone()).collect() }]
        }
        Outcome::NotYetKnown => vec![Stop::NotYetKnown { facts: facts() }],
        Outcome::HumanJudgement => vec![Stop::HumanJudgement { facts: facts() }],
    }
}

/// Notice, impact assessment and the ground: exempt or not (I11).
fn duty_stops(look: &Look<'_>, stops: &mut Vec<Stop>) {
    let duties = &look.transfer.duties;
    if duties.pipia.as_ref().is_none_or(|pipia| pipia.done > look.on) {
        stops.push(Stop::NoPipia);
    }
    if duties.notice.as_ref().is_none_or(|notice| notice.since > look.on) {
        stops.push(Stop::NoNotice);
    }
    match duties.basis {
        None => stops.push(Stop::NoBasis),
        Some(Basis::Consent) if look.transfer.consent.is_empty() => stops.push(Stop::NoConsents),
        Some(_) => {}
    }
    if look.consented_rows == Some(0) {
        stops.push(Stop::NobodyConsented);
    }
}
