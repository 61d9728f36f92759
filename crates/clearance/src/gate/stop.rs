//! What keeps the gate shut, each with its article.

use jiff::civil::Date;
use law::Path;
use serde::Serialize;
use transfer::PermitKind;

use crate::egress::{Meeting, Misfit, Undeclared};

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
    /// The permit is signed by nobody whose key is pinned as an office's, or not at all.
    PermitNotTrusted {
        /// Who claims to have signed it.
        signers: Vec<String>,
    },
    /// The permit was given to another handler.
    OtherHandler {
        /// To whom.
        handler: String,
    },
    /// A field is not in the permit, or was not in what first left under it.
    FieldNotPermitted {
        /// The kind of permit.
        kind: PermitKind,
        /// The fields.
        fields: Vec<String>,
    },
    /// A field would leave in another form than the permit's.
    FormNotPermitted {
        /// The kind of permit.
        kind: PermitKind,
        /// The fields.
        fields: Vec<String>,
    },
    /// The recipient is not the permit's.
    RecipientNotPermitted {
        /// The kind of permit.
        kind: PermitKind,
        /// The recipient.
        recipient: String,
    },
    /// The purpose is not the permit's.
    PurposeNotPermitted {
        /// The kind of permit.
        kind: PermitKind,
        /// The purpose.
        purpose: String,
    },
    /// The recipient would keep the data longer than the permit says.
    StoredLonger {
        /// The kind of permit.
        kind: PermitKind,
        /// Until when; nothing where the transfer does not say.
        until: Option<Date>,
        /// Until when it may.
        permitted: Date,
    },
    /// The recipient would keep the data elsewhere.
    StoredElsewhere {
        /// The kind of permit.
        kind: PermitKind,
        /// Where; nothing where the transfer does not say.
        place: Option<String>,
        /// Where it may.
        permitted: Vec<String>,
    },
    /// More persons than the permit covers.
    TooManyPersons {
        /// Persons under this permit, this release included.
        persons: u64,
        /// What it covers.
        permitted: u64,
        /// The item it is the limit of; nothing: of the whole permit.
        #[serde(skip_serializing_if = "Option::is_none")]
        item: Option<String>,
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
    /// Consent is the ground, and the transfer does not say where the consents stand.
    NoConsents,
    /// No row has the live separate consent of everyone it is about.
    NobodyConsented,
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
            Self::PermitNotTrusted { .. }
            | Self::OtherHandler { .. }
            | Self::TooManyPersons { .. }
            | Self::Undeclared { .. }
            | Self::NotAsPlanned { .. }
            | Self::RawAmongSurrogates { .. } => "State Council Order 790 art 38",
            Self::FieldNotPermitted { kind, .. }
            | Self::FormNotPermitted { kind, .. }
            | Self::RecipientNotPermitted { kind, .. }
            | Self::PurposeNotPermitted { kind, .. }
            | Self::StoredLonger { kind, .. }
            | Self::StoredElsewhere { kind, .. } => declare_anew(*kind),
            Self::NotFiled { .. } | Self::PipiaStale { .. } | Self::PipiaAfterFiling { .. } => "CAC Order 13 art 7",
            Self::NoPipia => "PIPL 55",
            Self::NoNotice | Self::NoConsents | Self::NobodyConsented => "PIPL 39",
            Self::NoBasis => "PIPL 13",
        }
    }
}

/// The provision by which a transfer that changed has to be declared, filed or certified anew.
fn declare_anew(kind: PermitKind) -> &'static str {
    match kind {
        PermitKind::SecurityAssessment => "CAC Order 11 art 14",
        PermitKind::StandardContract | PermitKind::GbaStandardContract => "CAC Order 13 art 8",
        PermitKind::Certification => "CAC Order 20 art 10",
        PermitKind::ZoneFiling | PermitKind::Determination => "CAC Order 16 art 6",
    }
}
