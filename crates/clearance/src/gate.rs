//! The gate: what has to be true before anything leaves. A pure function; every stop names its article.

use crate::egress::{Meeting, Misfit, Undeclared};
use jiff::ToSpan as _;
use jiff::civil::Date;
use law::{Calendar, Determination, Outcome, Path, Workdays};
use serde::Serialize;
use transfer::{Basis, DeclaredPermit, PermitKind, PermitSource, Standing, Transfer};

/// Why nothing leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Stop {
    /// The law forbids it.
    Refused {
        /// The rules that do.
        rules: Vec<String>,
    },
    /// Facts are missing.
    NotYetKnown {
        /// The facts to state, best first.
        facts: Vec<String>,
    },
    /// A person has to judge.
    HumanJudgement {
        /// The facts to judge.
        facts: Vec<String>,
    },
    /// The path asks for something that is not there.
    NoPermit {
        /// The paths to choose from.
        paths: Vec<Path>,
    },
    /// The permit is for a lighter path than the law asks today.
    PermitTooLight {
        /// What there is.
        kind: PermitKind,
        /// What is needed.
        paths: Vec<Path>,
    },
    /// A zone's list frees only after filing.
    NoZoneFiling,
    /// Only signed permits are accepted by this handler.
    PermitNotSigned,
    /// The permit has no first day.
    PermitNotEffective {
        /// The day it begins, where stated.
        effective: Option<Date>,
    },
    /// The permit is over.
    PermitExpired {
        /// Its last day.
        expires: Date,
    },
    /// A field is not in the permit.
    FieldNotPermitted {
        /// The fields.
        fields: Vec<String>,
    },
    /// More persons than the permit covers.
    TooManyPersons {
        /// Persons under this permit, this release included.
        persons: u64,
        /// What it covers.
        permitted: u64,
    },
    /// The ten working days for filing the contract are over.
    NotFiled {
        /// The day they ended.
        due: Date,
    },
    /// No impact assessment, or one that is not finished yet.
    NoPipia,
    /// The impact assessment is older than three months at the filing.
    PipiaStale {
        /// The day it was finished.
        done: Date,
        /// The last day it was good for filing.
        until: Date,
    },
    /// The impact assessment was finished only after the filing that rests on it.
    PipiaAfterFiling {
        /// The day it was finished.
        done: Date,
        /// The day of the filing.
        filed: Date,
    },
    /// No notice to the individuals.
    NoNotice,
    /// No ground of PIPL 13.
    NoBasis,
    /// Consents are not read by this version.
    ConsentNotRead,
    /// Classes in the staged bytes that the plan does not declare.
    Undeclared {
        /// Where and how many.
        found: Vec<Undeclared>,
    },
    /// Staged values that are not what the plan makes of their rows.
    NotAsPlanned {
        /// Where and how many.
        found: Vec<Misfit>,
    },
    /// Surrogates that meet raw values more often than chance lets them.
    RawAmongSurrogates {
        /// Where and how many.
        found: Vec<Meeting>,
    },
}

impl Stop {
    /// The provision it rests on.
    pub fn cite(&self) -> &'static str {
        match self {
            Self::Refused { .. } | Self::NotYetKnown { .. } | Self::HumanJudgement { .. } => "PIPL 38",
            Self::NoPermit { .. } | Self::PermitTooLight { .. } => "PIPL 38; CAC Order 16 arts 7, 8",
            Self::NoZoneFiling => "CAC Order 16 art 6",
            Self::PermitNotSigned => "profile",
            Self::PermitNotEffective { .. } => "CAC Order 13 art 6",
            Self::PermitExpired { .. } => "CAC Order 16 art 9",
            Self::FieldNotPermitted { .. }
            | Self::TooManyPersons { .. }
            | Self::Undeclared { .. }
            | Self::NotAsPlanned { .. }
            | Self::RawAmongSurrogates { .. } => "State Council Order 790 art 38",
            Self::NotFiled { .. } | Self::PipiaStale { .. } | Self::PipiaAfterFiling { .. } => "CAC Order 13 art 7",
            Self::NoPipia => "PIPL 55",
            Self::NoNotice | Self::ConsentNotRead => "PIPL 39",
            Self::NoBasis => "PIPL 13",
        }
    }
}

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

/// What the gate looks at.
pub struct Look<'a> {
    /// The transfer.
    pub transfer: &'a Transfer,
    /// The determination of today, for all that leaves together.
    pub determination: &'a Determination,
    /// Whether the data is personal information.
    pub personal: bool,
    /// The fields that leave, as `source.field`.
    pub leaving: &'a [String],
    /// Persons under this permit so far and in this release, where the permit states a number.
    pub persons_under_permit: u64,
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
    let source = look.transfer.permit_source().unwrap_or(PermitSource::Absent);
    let opening = match source {
        PermitSource::Declared(kind, permit) if !exempt || filing => {
            permit_stops(look, kind, permit, &mut stops);
            let effective = permit.effective.unwrap_or(look.on);
            Some(Opening {
                kind,
                standing: Standing::Declared,
                number: permit.number.clone(),
                effective,
                expires: last_day(kind, permit),
            })
        }
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
            let decisive = determination.rules.iter().filter(|rule| rule.effect.contains("stop"));
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
        Some(Basis::Consent) => stops.push(Stop::ConsentNotRead),
        Some(_) => {}
    }
}

fn permit_stops(look: &Look<'_>, kind: PermitKind, permit: &DeclaredPermit, stops: &mut Vec<Stop>) {
    let on = look.on;
    let needed = &look.determination.paths;
    let heaviest = needed.iter().map(|path| path.weight()).max().unwrap_or(u8::MAX);
    let opens = if kind == PermitKind::ZoneFiling {
        needed == &[Path::Exempt]
    } else {
        needed.contains(&kind.path()) || kind.path().weight() > heaviest
    };
    if !opens && look.determination.outcome == Outcome::Determined {
        stops.push(Stop::PermitTooLight { kind, paths: needed.clone() });
    }
    if look.transfer.handler.require_signed_permit == Some(true) {
        stops.push(Stop::PermitNotSigned);
    }
    match permit.effective {
        Some(effective) if effective <= on => {}
        effective => stops.push(Stop::PermitNotEffective { effective }),
    }
    if let Some(expires) = last_day(kind, permit).filter(|expires| *expires < on) {
        stops.push(Stop::PermitExpired { expires });
    }
    if matches!(kind, PermitKind::StandardContract | PermitKind::GbaStandardContract) {
        contract_stops(look, permit, stops);
    }
    if let Some(fields) = &permit.fields {
        // A permit names fields with or without their source.
        let covered = |leaving: &&String| {
            let bare = leaving.split_once('.').map_or(leaving.as_str(), |(_, field)| field);
            !fields.iter().any(|field| field == *leaving || field == bare)
        };
        let missing = look.leaving.iter().filter(covered).cloned().collect::<Vec<_>>();
        if !missing.is_empty() {
            stops.push(Stop::FieldNotPermitted { fields: missing });
        }
    }
    if let Some(permitted) = permit.persons.filter(|permitted| *permitted < look.persons_under_permit) {
        stops.push(Stop::TooManyPersons { persons: look.persons_under_permit, permitted });
    }
}

/// The last day a permit is in force. A result of an assessment and a certificate run for three years where no day is
/// stated (Order 16 art 9, Order 20 art 8): what has an end by law never is without one.
fn last_day(kind: PermitKind, permit: &DeclaredPermit) -> Option<Date> {
    let by_law = match kind {
        PermitKind::SecurityAssessment | PermitKind::Certification => {
            permit.effective.and_then(|effective| effective.checked_add(3.years()).ok())
        }
        _ => None,
    };
    permit.expires.or(by_law)
}

/// A contract has to be filed within ten working days of its effect (Order 13 art 7), on an impact assessment finished
/// within the three months before; the filing number is never waited for.
fn contract_stops(look: &Look<'_>, permit: &DeclaredPermit, stops: &mut Vec<Stop>) {
    let filed = permit.filed.filter(|filed| *filed <= look.on);
    if let (Some(effective), None) = (permit.effective, filed) {
        match look.calendar.due(effective, Workdays(10)) {
            Ok(count) if count.day < look.on => stops.push(Stop::NotFiled { due: count.day }),
            Ok(_) => {}
            // A period that cannot be counted is a period that is over.
            Err(_) => stops.push(Stop::NotFiled { due: effective }),
        }
    }
    if let Some(pipia) = &look.transfer.duties.pipia {
        // Not filed yet: it would be filed today at the earliest.
        let filing = filed.unwrap_or(look.on);
        if pipia.done > filing {
            stops.push(Stop::PipiaAfterFiling { done: pipia.done, filed: filing });
        }
        let until = pipia.done.checked_add(3.months()).unwrap_or(Date::MAX);
        if filing > until {
            stops.push(Stop::PipiaStale { done: pipia.done, until });
        }
    }
}
