//! Everything that is said, in Chinese and English, from files of messages.
//!
//! A [`Catalogue`] is read once; a message that lacks a language, or names other values in one than in the other, is refused then,
//! so that nothing can be missing when it is said.

use std::collections::BTreeMap;

use law::Text;
use serde::Deserialize;

/// A language of the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lang {
    /// Chinese.
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Both, Chinese first: it is the language in which anything is filed.
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// As a tag of BCP 47.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// Its short word: `zh` or `en`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// The language with this word, or a tag that begins with it.
    pub fn from_word(word: &str) -> Option<Self> {
        let primary = word.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|lang| primary.eq_ignore_ascii_case(lang.word()))
    }

    /// A text that comes in both languages.
    pub fn of(self, text: &Text) -> &str {
        match self {
            Self::Zh => &text.zh,
            Self::En => &text.en,
        }
    }
}

/// Messages by their keys.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    messages: BTreeMap<String, Text>,
}

/// Why files are no catalogue.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// It is not TOML, or has another shape than `["key"]` with `zh` and `en`.
    #[error("the messages cannot be read: {0}")]
    Read(#[from] toml::de::Error),
    /// A key stands in two files.
    #[error("the message `{0}` stands in two files: keep one")]
    Twice(String),
    /// A language is empty.
    #[error("the message `{0}` is empty in one language")]
    Gap(String),
    /// The languages name other values.
    #[error("the message `{0}` names other values in one language than in the other")]
    Names(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    zh: String,
    en: String,
}

impl Catalogue {
    /// Reads files of messages: `["key"]` with `zh` and `en`, in which `{name}` stands for a value.
    pub fn parse<'a>(files: impl IntoIterator<Item = &'a str>) -> Result<Self, CatalogueError> {
        let mut messages = BTreeMap::new();
        for file in files {
            for (key, Message { zh, en }) in toml::from_str::<BTreeMap<String, Message>>(file)? {
                if zh.trim().is_empty() || en.trim().is_empty() {
                    return Err(CatalogueError::Gap(key));
                }
                if names(&zh) != names(&en) {
                    return Err(CatalogueError::Names(key));
                }
                if messages.insert(key.clone(), Text::new(zh, en)).is_some() {
                    return Err(CatalogueError::Twice(key));
                }
            }
        }
        Ok(Self { messages })
    }

    /// A message in both languages.
    pub fn both(&self, key: &str) -> Option<&Text> {
        self.messages.get(key)
    }

    /// A message; none where there is no such key.
    pub fn text(&self, lang: Lang, key: &str) -> Option<&str> {
        self.both(key).map(|text| lang.of(text))
    }

    /// A message with its `{name}`s filled in. A value is never looked through for names itself.
    pub fn fill(&self, lang: Lang, key: &str, values: &[(&str, &str)]) -> Option<String> {
        let mut rest = self.text(lang, key)?;
        let mut filled = String::with_capacity(rest.len() + 32);
        while let Some((before, from)) = rest.split_once('{') {
            filled.push_str(before);
            let value = from.split_once('}').and_then(|(name, after)| {
                values.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value, after))
            });
            let (text, after) = value.unwrap_or(("{", from));
            filled.push_str(text);
            rest = after;
        }
        filled.push_str(rest);
        Some(filled)
    }

    /// Every key, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.messages.keys().map(String::as_str)
    }
}

/// The `{name}`s of a text, sorted. `{ done = … }` is an example to type, not a name.
fn names(text: &str) -> Vec<&str> {
    let inside = text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name));
    let is_name = |name: &&str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let mut names = inside.filter(is_name).collect::<Vec<_>>();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(files: &[&str]) -> String {
        Catalogue::parse(files.iter().copied()).map(|_| ()).expect_err("it is refused").to_string()
    }

    #[test]
    fn a_gap_in_a_language_is_refused_with_its_key() {
        assert!(error(&["[\"a\"]\nzh = \"一\"\nen = \" \""]).contains("`a` is empty"));
        assert!(error(&["[\"a\"]\nzh = \"{n} 件\"\nen = \"{m} cases\""]).contains("`a` names other values"));
        assert!(
            error(&["[\"a\"]\nzh = \"一\"\nen = \"one\"", "[\"a\"]\nzh = \"二\"\nen = \"two\""]).contains("two files")
        );
        assert!(error(&["[\"a\"]\nzh = \"一\""]).contains("missing field `en`"));
    }

    #[test]
    fn values_are_filled_in_and_never_looked_through() {
        let text = "[\"a\"]\nzh = \"{who} 有 {n} 件 {x\"\nen = \"{n} for {who}, { done = true }\"";
        let catalogue = Catalogue::parse([text]).expect("a catalogue");
        let values = [("n", "3"), ("who", "{n}")];
        assert_eq!(catalogue.fill(Lang::Zh, "a", &values).as_deref(), Some("{n} 有 3 件 {x"));
        assert_eq!(catalogue.fill(Lang::En, "a", &values).as_deref(), Some("3 for {n}, { done = true }"));
        assert_eq!(catalogue.fill(Lang::En, "b", &values), None);
    }

    #[test]
    fn a_language_is_found_by_its_word_or_tag() {
        assert_eq!(Lang::from_word("zh-Hans-CN"), Some(Lang::Zh));
        assert_eq!(Lang::from_word("EN"), Some(Lang::En));
        assert_eq!(Lang::from_word("nl"), None);
    }
}
