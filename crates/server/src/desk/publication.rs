//! What the public may read of a consultation: the text both sides agreed to, with whatever still looks personal left blank.

use std::sync::{Arc, Mutex, PoisonError};

use ::cases::Published;
use jiff::{SignedDuration, Timestamp};
use law::Text;

use crate::house::House;
use crate::problem::Problem;

/// How long what is published is kept in memory: what is forgotten or published shows after that.
const KEPT: SignedDuration = SignedDuration::from_secs(60);
/// What stands before a question and before its answer.
const QUESTION: [&str; 6] = ["问：", "问:", "问题：", "Q:", "Q：", "Question:"];
const ANSWER: [&str; 6] = ["答：", "答:", "答复：", "A:", "A：", "Answer:"];

/// A piece of a text that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    Text(String),
    /// Something was here; of what kind.
    Blank(Text),
}

/// A text in pieces: whatever the recognisers take for personal data, and every name of `asker`, is a blank.
pub(crate) fn blanked(text: &str, asker: &[String]) -> Vec<Piece> {
    let chars: Vec<char> = text.chars().collect();
    // Who asked comes first: of two readings of one place the first stands.
    let mut blanks: Vec<(usize, usize, Text)> = Vec::new();
    for name in asker.iter().filter(|name| name.chars().count() > 1) {
        let name: Vec<char> = name.chars().collect();
        let at = (0..chars.len().saturating_sub(name.len() - 1)).filter(|at| chars[*at..].starts_with(&name));
        blanks.extend(at.map(|at| (at, at + name.len(), Text::new("咨询人", "who asked"))));
    }
    blanks.extend(detect::scan_text(text).into_iter().map(|span| {
        let class = span.class.class();
        (span.start, span.end, Text::new(class.zh.clone(), class.en.clone()))
    }));
    blanks.sort_by_key(|(start, end, _)| (*start, usize::MAX - end));
    let mut pieces = Vec::new();
    let mut done = 0;
    for (start, end, what) in blanks {
        if end <= done {
            continue;
        }
        if start > done {
            pieces.push(Piece::Text(chars[done..start].iter().collect()));
        }
        pieces.push(Piece::Blank(what));
        done = end.max(done);
    }
    if done < chars.len() {
        pieces.push(Piece::Text(chars[done..].iter().collect()));
    }
    pieces
}

/// A text with its blanks written into it, as both languages read them.
pub(crate) fn written(pieces: &[Piece]) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Blank(what) => format!("〔{}〕", what.zh),
        })
        .collect()
}

/// A consultation as it is shown.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) of: Published,
    pub(crate) question: Vec<Piece>,
    pub(crate) answer: Vec<Piece>,
    /// Everything it says, in small letters, for searching.
    words: String,
}

impl Shown {
    /// A published text in its two parts; where it names none, all of it is the answer.
    pub(crate) fn new(of: Published) -> Self {
        let (question, answer) = parts(&of.text);
        let (question, answer) = (blanked(question, &of.asker), blanked(answer, &of.asker));
        let words =
            format!("{}\n{}\n{}", written(&question), written(&answer), of.number.as_deref().unwrap_or_default())
                .to_lowercase();
        Self { of, question, answer, words }
    }

    /// Whether it contains every word, and is about this.
    pub(crate) fn fits(&self, words: &[String], about: &str) -> bool {
        (about.is_empty() || self.of.about.as_deref() == Some(about))
            && words.iter().all(|word| self.words.contains(word.as_str()))
    }
}

/// Question and answer of a text: `问：…` and on a later line `答：…`.
fn parts(text: &str) -> (&str, &str) {
    let head = |line: &str, heads: &[&str]| {
        heads.iter().find(|head| line.trim_start().starts_with(**head)).map(|head| head.len())
    };
    let mut at = 0;
    let mut answer = None;
    for line in text.split_inclusive('\n') {
        if let Some(len) = head(line, &ANSWER) {
            let indent = line.len() - line.trim_start().len();
            answer = Some((at, at + indent + len));
            break;
        }
        at += line.len();
    }
    let Some((end, begin)) = answer else { return ("", text.trim()) };
    let question = text[..end].trim();
    let question = head(question, &QUESTION).map_or(question, |len| question[len..].trim());
    (question, text[begin..].trim())
}

/// What the text for publication begins as: the question as it was asked and the last answer, both with their blanks.
pub(crate) fn draft(case: &::cases::Case) -> Option<String> {
    let asker = [case.handler.name.clone(), case.handler.uscc.clone()];
    let answer = case
        .history
        .iter()
        .rev()
        .find(|happened| happened.to.as_str() == "answered" && !happened.by.role.is_handlers())?
        .text
        .as_deref()?;
    let question = case.dossier.answers.iter().find(|(path, _)| path.to_string() == "consultation.question");
    let question = question.and_then(|(_, answer)| answer.value.as_str());
    let question = question
        .or_else(|| case.history.iter().find(|happened| happened.action.as_str() == "ask")?.text.as_deref())
        .unwrap_or_default();
    let blank = |text: &str| written(&blanked(text, &asker));
    Some(format!("问：{}\n\n答：{}", blank(question.trim()), blank(answer.trim())))
}

/// Everything that is published, newest first; kept for a minute.
pub(crate) async fn published(house: &House) -> Result<Arc<Vec<Shown>>, Problem> {
    if let Some(held) = house.published.held(house.now()) {
        return Ok(held);
    }
    let all = Arc::new(house.store.published().await?.into_iter().map(Shown::new).collect::<Vec<_>>());
    *house.published.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((house.now(), Arc::clone(&all)));
    Ok(all)
}

/// What is published, and since when that is known.
#[derive(Debug, Default)]
pub(crate) struct Kept(Mutex<Option<(Timestamp, Arc<Vec<Shown>>)>>);

impl Kept {
    fn held(&self, now: Timestamp) -> Option<Arc<Vec<Shown>>> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |since: &Timestamp| *since <= now && now.duration_since(*since) < KEPT;
        held.as_ref().filter(|(since, _)| fresh(since)).map(|(_, all)| Arc::clone(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_personal_and_who_asked_are_blanks_with_their_names() {
        let asker = ["示例市友好医院".to_owned(), "121100004000000001".to_owned()];
        let said = written(&blanked(
            "示例市友好医院（121100004000000001）张伟，手机13800138000，邮箱 a.b@example.com。",
            &asker,
        ));
        for secret in ["友好医院", "121100004000000001", "13800138000", "a.b@example.com"] {
            assert!(!said.contains(secret), "{said}");
        }
        assert!(said.contains("〔咨询人〕") && said.contains("手机"), "{said}");
        assert_eq!(written(&blanked("跨境购物是否豁免？", &asker)), "跨境购物是否豁免？");
        assert_eq!(blanked("", &asker), []);
    }

    #[test]
    fn a_text_is_read_as_question_and_answer() {
        assert_eq!(parts("问：甲？\n\n答：乙。\n丙。"), ("甲？", "乙。\n丙。"));
        assert_eq!(parts("Q: one?\n  A: two"), ("one?", "two"));
        assert_eq!(parts("只有一段"), ("", "只有一段"));
        assert_eq!(parts("甲？\n答复：乙"), ("甲？", "乙"));
    }
}
