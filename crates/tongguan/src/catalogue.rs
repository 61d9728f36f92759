//! Everything that is said, in Chinese and English, from one file.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::args::Lang;

/// One message.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Message {
    zh: String,
    en: String,
}

/// Says things in one language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Say(pub(crate) Lang);

fn messages() -> &'static BTreeMap<String, Message> {
    static MESSAGES: OnceLock<BTreeMap<String, Message>> = OnceLock::new();
    MESSAGES.get_or_init(|| {
        // The file is compiled in and parsed by a test: it cannot fail for a user.
        toml::from_str(include_str!("../messages.toml")).unwrap_or_else(|error| unreachable!("messages.toml: {error}"))
    })
}

impl Say {
    /// The message of a key.
    pub(crate) fn text(self, key: &str) -> &'static str {
        match messages().get(key) {
            Some(message) if self.0 == Lang::Zh => &message.zh,
            Some(message) => &message.en,
            None => "",
        }
    }

    /// The message of a key with its `{name}`s filled in.
    pub(crate) fn fill(self, key: &str, values: &[(&str, &str)]) -> String {
        values.iter().fold(self.text(key).to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    /// A text that comes in both languages.
    pub(crate) fn of(self, text: &law::Text) -> &str {
        match self.0 {
            Lang::Zh => &text.zh,
            Lang::En => &text.en,
        }
    }
}

/// A message in both languages.
pub(crate) fn both(key: &str) -> law::Text {
    law::Text::new(Say(Lang::Zh).text(key), Say(Lang::En).text(key))
}

/// The language: what was typed, or else the locale.
pub(crate) fn language(typed: Option<Lang>) -> Lang {
    let locale = || {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()))
    };
    typed.unwrap_or_else(|| if locale().is_some_and(|locale| locale.starts_with("zh")) { Lang::Zh } else { Lang::En })
}

/// `--lang` as typed, found before the arguments are parsed: help is asked for while parsing.
pub(crate) fn typed_language(args: &[String]) -> Option<Lang> {
    let value = args.iter().enumerate().find_map(|(index, arg)| match arg.strip_prefix("--lang") {
        Some("") => args.get(index + 1).map(String::as_str),
        Some(rest) => rest.strip_prefix('='),
        None => None,
    });
    match value {
        Some("zh") => Some(Lang::Zh),
        Some("en") => Some(Lang::En),
        _ => None,
    }
}

/// Puts the help texts of the catalogue to a command and all below it: `help`, `help.clear`, `help.clear.strict`.
pub(crate) fn put_help(command: clap::Command, key: &str, say: Say) -> clap::Command {
    let names = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect::<Vec<_>>();
    let args = command.get_arguments().map(|arg| arg.get_id().to_string()).collect::<Vec<_>>();
    let mut command = command.about(say.text(key));
    for arg in args {
        let global = ["format", "quiet", "lang", "home"].contains(&arg.as_str());
        let own = if global { format!("help.{arg}") } else { format!("{key}.{arg}") };
        command = command.mut_arg(&arg, |found| found.help(say.text(&own)));
    }
    for name in names {
        let below = format!("{key}.{name}");
        command = command.mut_subcommand(&name, |sub| put_help(sub, &below, say));
    }
    command
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::args::Cli;

    /// The `{name}`s of a text, sorted.
    fn names(text: &str) -> Vec<&str> {
        let inside = text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name));
        // `{ done = … }` is an example to type, not a name.
        let mut names = inside.filter(|name| name.bytes().all(|b| b.is_ascii_lowercase())).collect::<Vec<_>>();
        names.sort_unstable();
        names
    }

    #[test]
    fn every_message_is_in_both_languages_with_the_same_names() {
        for (key, Message { zh, en }) in messages() {
            assert!(!zh.trim().is_empty() && !en.trim().is_empty(), "{key} has a gap");
            assert_eq!(names(zh), names(en), "{key} names different values");
        }
    }

    #[test]
    fn every_key_in_the_code_is_in_the_catalogue_and_every_message_is_used() {
        let mut code = String::new();
        let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("the sources") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    code.push_str(&std::fs::read_to_string(path).expect("a source"));
                }
            }
        }
        for call in ["say.text(\"", "say.fill(\""] {
            for key in code.split(call).skip(1).filter_map(|rest| rest.split_once('"').map(|(key, _)| key)) {
                assert!(messages().contains_key(key), "`{key}` is said but not in messages.toml");
            }
        }
        for key in messages().keys().filter(|key| !key.starts_with("help")) {
            let stem = key.rsplit_once('.').map_or(key.as_str(), |(stem, _)| stem);
            let part = stem.rsplit_once('.').map_or(stem, |(part, _)| part);
            let used = [stem, part].iter().any(|stem| code.contains(&format!("\"{stem}.{{")))
                || code.contains(&format!("\"{key}\""));
            assert!(used, "`{key}` is never said");
        }
    }

    #[test]
    fn every_command_and_argument_is_explained() {
        fn check(command: &clap::Command, key: &str) {
            assert!(messages().contains_key(key), "{key} is not explained");
            for arg in command.get_arguments().map(|arg| arg.get_id().as_str()) {
                let global = ["format", "quiet", "lang", "home"].contains(&arg);
                if !["help", "version"].contains(&arg) {
                    let own = if global { format!("help.{arg}") } else { format!("{key}.{arg}") };
                    assert!(messages().contains_key(&own), "{own} is not explained");
                }
            }
            for sub in command.get_subcommands() {
                check(sub, &format!("{key}.{}", sub.get_name()));
            }
        }
        check(&Cli::command(), "help");
    }
}
