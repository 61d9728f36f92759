//! Pages from templates: one environment a language, so that a template never has to say which it speaks.

use std::path::{Path, PathBuf};

use catalogue::{Catalogue, Lang};
use minijinja::value::{Kwargs, Rest, Serde};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value};
use serde::Serialize;

use crate::assets::TEMPLATES;
use crate::words;

/// The templates in both languages.
pub(crate) struct Templates {
    zh: Environment<'static>,
    en: Environment<'static>,
    /// Where others stand in place of those compiled in: read anew for each page, so that whoever changes them sees it at once.
    folder: Option<PathBuf>,
    catalogue: &'static Catalogue,
}

impl Templates {
    pub(crate) fn new(catalogue: &'static Catalogue, folder: Option<&Path>) -> Self {
        let of = |lang| environment(catalogue, lang, folder);
        Self { zh: of(Lang::Zh), en: of(Lang::En), folder: folder.map(Path::to_path_buf), catalogue }
    }

    /// A page.
    pub(crate) fn page(&self, lang: Lang, template: &str, context: impl Serialize) -> Result<String, Error> {
        if self.folder.is_some() {
            return environment(self.catalogue, lang, self.folder.as_deref())
                .get_template(template)?
                .render(Serde(context));
        }
        let environment = match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        };
        environment.get_template(template)?.render(Serde(context))
    }

    #[cfg(test)]
    pub(crate) fn names(&self) -> Vec<&str> {
        self.zh.templates().map(|(name, _)| name).collect()
    }
}

fn environment(catalogue: &'static Catalogue, lang: Lang, folder: Option<&Path>) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    match folder {
        None => {
            for (name, text) in TEMPLATES {
                // Compiled in, and parsed by a test.
                let added = environment.add_template(name, text);
                added.unwrap_or_else(|error| unreachable!("{error}"));
            }
        }
        Some(folder) => {
            let folder = folder.to_path_buf();
            environment.set_loader(move |name| {
                let own = minijinja::path_loader(&folder)(name)?;
                let compiled = || TEMPLATES.iter().find(|(known, _)| *known == name);
                Ok(own.or_else(|| compiled().map(|(_, text)| (*text).into())))
            });
        }
    }
    environment.add_function("t", move |key: &str, values: Kwargs| said(catalogue, lang, key, &values));
    environment.add_function("has_t", move |key: &str| catalogue.both(key).is_some());
    environment.add_function("link", |path: &str, values: Kwargs| words::link(path, &values));
    environment.add_filter("say", move |value: &Value| words::of(lang, value));
    environment.add_filter("day", move |value: &Value| words::day(lang, value));
    environment.add_filter("moment", move |value: &Value| words::moment(lang, value));
    environment.add_filter("capital", |value: Value| match value.as_str() {
        Some(text) => Value::from(words::capital(text)),
        None => value,
    });
    environment.add_filter("grouped", |value: &Value| words::grouped(value));
    environment.add_filter("join_names", move |value: &Value, _: Rest<Value>| words::names(lang, value));
    environment.add_global("lang", lang.tag());
    environment
}

fn said(catalogue: &Catalogue, lang: Lang, key: &str, values: &Kwargs) -> Result<String, Error> {
    let mut filled: Vec<(&str, String)> = Vec::new();
    for name in values.args() {
        filled.push((name, values.get::<Value>(name)?.to_string()));
    }
    let pairs: Vec<(&str, &str)> = filled.iter().map(|(name, value)| (*name, value.as_str())).collect();
    catalogue
        .fill(lang, key, &pairs)
        .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("no message `{key}`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_can_be_read_and_says_only_what_the_catalogue_has() {
        let catalogue = crate::say::catalogue();
        let templates = Templates::new(catalogue, None);
        assert!(templates.names().len() > 10);
        for (name, text) in TEMPLATES {
            for (at, _) in text.match_indices("t(\"") {
                // `default("")` is no message.
                if text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                    continue;
                }
                let Some((key, rest)) = text[at + 3..].split_once('"') else { continue };
                // `t("phase." ~ phase)` is put together.
                let whole = rest.trim_start().starts_with([')', ',']);
                assert!(!whole || catalogue.both(key).is_some(), "{name} says `{key}`, which no file of messages has");
            }
        }
    }
}
