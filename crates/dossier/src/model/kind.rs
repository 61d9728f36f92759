//! What kind of answer a field takes.

use law::Text;
use serde::{Deserialize, Serialize};

/// One of the answers a field offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Its id: the value of the answer.
    pub id: String,
    /// Its name.
    pub title: Text,
}

/// What is worked out from other answers and typed nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Computed {
    /// The number of the row.
    RowNumber,
    /// Names of the data items that are personal and not sensitive.
    OrdinaryItems,
    /// Names of the data items that are sensitive.
    SensitiveItems,
}

/// The kind of a field's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "type")]
pub enum Kind {
    /// Text; a form may limit its characters.
    Text {
        /// The most characters.
        #[serde(skip_serializing_if = "Option::is_none")]
        max: Option<u32>,
    },
    /// One of several.
    Choice {
        /// Which.
        options: Vec<Choice>,
    },
    /// At least one of several; a list of ids.
    Choices {
        /// Which.
        options: Vec<Choice>,
    },
    /// True or false.
    YesNo,
    /// A box that has to be ticked: true.
    Tick,
    /// A civil day.
    Day,
    /// How many persons: a whole number.
    Persons,
    /// How many of something else: a whole number.
    Number,
    /// Growth in whole percent, or `n/a` where there is nothing to compare.
    Growth,
    /// The size of data: `{"amount": whole number, "unit": "MB" | "GB" | "TB"}`.
    Size,
    /// A phone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A unified social credit code with its check character.
    Uscc,
    /// The number of an identity paper; another field says of which kind.
    IdNumber {
        /// The field that says the kind.
        by: String,
    },
    /// A country or region: ISO 3166-1 alpha-2.
    Country,
    /// The name of a person.
    PersonName,
    /// Columns of the inventory, each `source.column`: a list of texts.
    Columns,
    /// The id of a class of the taxonomy.
    Class,
    /// Nobody answers it: it is worked out from other answers.
    Computed {
        /// How.
        computed: Computed,
    },
}

impl Kind {
    /// What it offers to choose from.
    pub fn options(&self) -> &[Choice] {
        match self {
            Self::Choice { options } | Self::Choices { options } => options,
            _ => &[],
        }
    }

    /// Whether somebody answers it.
    pub fn is_asked(&self) -> bool {
        !matches!(self, Self::Computed { .. })
    }

    /// What an answer looks like, in few words.
    pub fn expects(&self) -> Text {
        let names = |of: fn(&Choice) -> String| self.options().iter().map(of).collect::<Vec<_>>().join(", ");
        let zh = || names(|option| format!("\"{}\"（{}）", option.id, option.title.zh));
        let en = || names(|option| format!("\"{}\" ({})", option.id, option.title.en));
        match self {
            Self::Text { max: Some(max) } => {
                Text::new(format!("文字，不超过{max}个字"), format!("text of at most {max} characters"))
            }
            Self::Text { max: None } => Text::new("文字", "text"),
            Self::Choice { .. } => Text::new(format!("其一：{}", zh()), format!("one of {}", en())),
            Self::Choices { .. } => Text::new(format!("列出其中几项：{}", zh()), format!("a list of some of {}", en())),
            Self::YesNo => Text::new("true（是）或 false（否）", "true or false"),
            Self::Tick => Text::new("true（勾选）", "true (ticked)"),
            Self::Day => Text::new("日期，如 \"2026-11-22\"", "a day, such as \"2026-11-22\""),
            Self::Persons => Text::new("人数，整数，去重的自然人", "a whole number of distinct natural persons"),
            Self::Number => Text::new("整数", "a whole number"),
            Self::Growth => Text::new(
                "增长百分比，整数（向上取整），或 \"n/a\"（不适用）",
                "growth in whole percent, rounded up, or \"n/a\"",
            ),
            Self::Size => Text::new(
                "规模，如 { amount = 12, unit = \"GB\" }；单位为 MB、GB 或 TB",
                "a size such as { amount = 12, unit = \"GB\" }; the unit is MB, GB or TB",
            ),
            Self::Phone => Text::new("电话号码", "a phone number"),
            Self::Email => Text::new("电子邮箱", "an e-mail address"),
            Self::Uscc => Text::new("统一社会信用代码，18位", "a unified social credit code, 18 characters"),
            Self::IdNumber { .. } => Text::new("证件号码", "the number of the identity paper"),
            Self::Country => Text::new("国家或地区代码，如 \"DE\"", "a country or region code, such as \"DE\""),
            Self::PersonName => Text::new("人名", "the name of a person"),
            Self::Columns => Text::new("列名，如 [\"orders.mobile\"]", "columns, such as [\"orders.mobile\"]"),
            Self::Class => Text::new("数据类别，如 \"mobile-phone\"", "a class of data, such as \"mobile-phone\""),
            Self::Computed { .. } => {
                Text::new("由其他答案得出，不必填写", "worked out from other answers; nobody fills it in")
            }
        }
    }
}
