//! The closed words of an answer: how it came out, by which path, how certain.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How well a provision or a reading is attested. Greater is weaker, so the weakest of several is their maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// The instrument's text was seen in a copy.
    Confirmed,
    /// Someone else's account of the text was seen.
    Secondary,
    /// From memory, or our own reading.
    Unconfirmed,
}

/// How a question of law came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The path is settled, whatever is still unknown.
    Determined,
    /// The law forbids the transfer as it stands.
    Refused,
    /// Facts are missing that can still change the answer.
    NotYetKnown,
    /// The law asks for a person's judgement (I10).
    HumanJudgement,
}

/// A way out of the country, or the lack of one. The order is that of listing; [`Path::weight`] is that of lightness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Path {
    /// No procedure is needed; the duties beside the path stay.
    Exempt,
    /// The law binds but no procedure ran that day.
    NoProcedureYet,
    /// Standard contract, filed with the provincial office.
    StandardContract,
    /// Certification by a specialised body.
    Certification,
    /// The standard contract of the Greater Bay Area.
    GbaStandardContract,
    /// Security assessment by the national office.
    SecurityAssessment,
    /// Nothing may leave.
    Stop,
}

impl Path {
    /// All paths in the order of listing.
    pub const ALL: [Path; 7] = [
        Path::Exempt,
        Path::NoProcedureYet,
        Path::StandardContract,
        Path::Certification,
        Path::GbaStandardContract,
        Path::SecurityAssessment,
        Path::Stop,
    ];

    /// Heaviness in the order of invariant I1; the three contract-like paths weigh the same.
    pub fn weight(self) -> u8 {
        match self {
            Path::Exempt => 0,
            Path::NoProcedureYet => 1,
            Path::StandardContract | Path::Certification | Path::GbaStandardContract => 2,
            Path::SecurityAssessment => 3,
            Path::Stop => 4,
        }
    }

    /// The name on the wire, as docs/INTERFACE.md has it.
    pub fn name(self) -> &'static str {
        match self {
            Path::Exempt => "exempt",
            Path::NoProcedureYet => "no-procedure-yet",
            Path::StandardContract => "standard-contract",
            Path::Certification => "certification",
            Path::GbaStandardContract => "gba-standard-contract",
            Path::SecurityAssessment => "security-assessment",
            Path::Stop => "stop",
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of paths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Paths(u8);

impl Paths {
    /// Adds a path.
    pub fn insert(&mut self, path: Path) {
        self.0 |= 1 << path as u8;
    }

    /// Whether the path is among them.
    pub fn contains(self, path: Path) -> bool {
        self.0 >> path as u8 & 1 == 1
    }

    /// The paths in the order of listing.
    pub fn iter(self) -> impl Iterator<Item = Path> {
        Path::ALL.into_iter().filter(move |path| self.contains(*path))
    }

    /// The heaviest of them, in the order of invariant I1.
    pub fn weight(self) -> u8 {
        self.iter().map(Path::weight).max().unwrap_or(0)
    }
}

impl From<Path> for Paths {
    fn from(path: Path) -> Self {
        [path].into_iter().collect()
    }
}

impl Extend<Path> for Paths {
    fn extend<I: IntoIterator<Item = Path>>(&mut self, paths: I) {
        paths.into_iter().for_each(|path| self.insert(path));
    }
}

impl FromIterator<Path> for Paths {
    fn from_iter<I: IntoIterator<Item = Path>>(paths: I) -> Self {
        let mut set = Paths::default();
        set.extend(paths);
        set
    }
}
