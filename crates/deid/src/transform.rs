//! The names of the transforms, as `need` in a transfer.toml writes them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What happens to a field before it leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transform {
    /// Leaves as it is.
    Keep,
    /// Does not leave.
    Drop,
    /// See [`crate::mask`].
    Mask,
    /// See [`crate::PseudonymKey`].
    Pseudonym,
    /// See [`crate::Ff1Key`].
    Ff1,
    /// See [`crate::month`].
    Month,
    /// See [`crate::year`].
    Year,
    /// See [`crate::city`].
    City,
    /// See [`crate::age_band`]; the width in years, at least 1.
    AgeBand(u32),
}

/// One line of [`TRANSFORMS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransformInfo {
    /// An example of the transform; of those with a width, that with the usual one.
    pub transform: Transform,
    /// Its name in files, without a width.
    pub name: &'static str,
    /// What it does, in Chinese; `{n}` stands for the width.
    pub zh: &'static str,
    /// What it does, in English; `{n}` stands for the width.
    pub en: &'static str,
}

/// Every transform: names, help texts and documents are made from this table.
pub const TRANSFORMS: [TransformInfo; 9] = [
    TransformInfo { transform: Transform::Keep, name: "keep", zh: "原样出境", en: "leaves as it is" },
    TransformInfo { transform: Transform::Drop, name: "drop", zh: "不出境", en: "does not leave" },
    TransformInfo {
        transform: Transform::Mask,
        name: "mask",
        zh: "按数据类别遮盖，只留少数字符，其余以星号代替；不可还原",
        en: "a few characters stay, as the class of the data allows, stars for the rest; cannot be undone",
    },
    TransformInfo {
        transform: Transform::Pseudonym,
        name: "pseudonym",
        zh: "以境内保管的密钥作 HMAC-SHA-256，换成 26 位代号；同一密钥下同一值得同一代号，不可还原",
        en: "replaced by 26 characters of HMAC-SHA-256 under a key kept onshore; the same value gives the same ones, cannot be undone",
    },
    TransformInfo {
        transform: Transform::Ff1,
        name: "ff1",
        zh: "以境内保管的密钥作保留格式加密（NIST SP 800-38G FF1，AES-256）；持有密钥者可还原",
        en: "format-preserving encryption (NIST SP 800-38G FF1, AES-256) under a key kept onshore; who holds the key can undo it",
    },
    TransformInfo {
        transform: Transform::Month,
        name: "month",
        zh: "日期只留年月",
        en: "of a date the year and month stay",
    },
    TransformInfo {
        transform: Transform::Year, name: "year", zh: "日期只留年份", en: "of a date the year stays"
    },
    TransformInfo {
        transform: Transform::City,
        name: "city",
        zh: "地址只留到城市",
        en: "of an address the city stays",
    },
    TransformInfo {
        transform: Transform::AgeBand(10),
        name: "age-band",
        zh: "年龄归入每 {n} 岁一档",
        en: "ages are put into bands of {n} years",
    },
];

impl Transform {
    /// Whether it needs a key.
    pub fn keyed(self) -> bool {
        matches!(self, Self::Pseudonym | Self::Ff1)
    }

    /// Its line in [`TRANSFORMS`].
    pub fn info(self) -> &'static TransformInfo {
        &TRANSFORMS[match self {
            Self::Keep => 0,
            Self::Drop => 1,
            Self::Mask => 2,
            Self::Pseudonym => 3,
            Self::Ff1 => 4,
            Self::Month => 5,
            Self::Year => 6,
            Self::City => 7,
            Self::AgeBand(_) => 8,
        }]
    }

    fn width(self) -> Option<u32> {
        match self {
            Self::AgeBand(width) => Some(width),
            _ => None,
        }
    }
}

/// What a transform does, in Chinese and in English.
pub fn describe(transform: Transform) -> (String, String) {
    let info = transform.info();
    let fill = |text: &str| match transform.width() {
        Some(width) => text.replace("{n}", &width.to_string()),
        None => text.to_owned(),
    };
    (fill(info.zh), fill(info.en))
}

/// A word that is no transform.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransformError {
    /// The word is not in the table.
    #[error("`{word}` is no transform; use one of {}", names())]
    Unknown {
        /// The word.
        word: String,
    },
    /// A band without a usable width.
    #[error("`{0}` needs a width from 1 to 100 years, such as `age-band:10`")]
    Width(String),
}

fn names() -> String {
    let names: Vec<String> = TRANSFORMS.iter().map(|info| format!("`{}`", info.transform)).collect();
    names.join(", ")
}

impl fmt::Display for Transform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.info().name)?;
        self.width().map_or(Ok(()), |width| write!(f, ":{width}"))
    }
}

impl FromStr for Transform {
    type Err = TransformError;

    fn from_str(text: &str) -> Result<Self, TransformError> {
        let unknown = || TransformError::Unknown { word: text.to_owned() };
        let (name, width) = match text.split_once(':') {
            Some((name, width)) => (name, Some(width)),
            None => (text, None),
        };
        let info = TRANSFORMS.iter().find(|info| info.name == name).ok_or_else(unknown)?;
        match (info.transform, width) {
            (Self::AgeBand(_), width) => width
                .filter(|width| width.bytes().all(|b| b.is_ascii_digit()) && !width.starts_with('0'))
                .and_then(|width| width.parse().ok())
                .filter(|width| (1..=100).contains(width))
                .map(Self::AgeBand)
                .ok_or_else(|| TransformError::Width(text.to_owned())),
            (transform, None) => Ok(transform),
            (_, Some(_)) => Err(unknown()),
        }
    }
}

impl Serialize for Transform {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Transform {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
