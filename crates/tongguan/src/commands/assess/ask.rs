//! `--ask`: the missing facts, one question at a time, best first.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use law::{Asking, FactDefinition, FactType, Interview, Question, RuleBase, Text, Value};
use serde::Serialize;

use super::{Subject, answers};
use crate::args::{AssessArgs, Format};
use crate::catalogue::Say;
use crate::commands::Context;
use crate::screen::{Paint, paint, wrap};
use crate::{Answer, Failure};

/// A question as a program reads it.
#[derive(Serialize)]
struct Asked<'a> {
    number: usize,
    fewest: usize,
    most: usize,
    #[serde(flatten)]
    question: &'a Question,
    title: &'a Text,
    #[serde(rename = "type")]
    kind_of_value: FactType,
    unit: &'a str,
    expects: Text,
    choices: Vec<Choice>,
    /// What to put into the file of facts, with an example's value.
    line: String,
}

/// One answer from a closed list.
#[derive(Serialize)]
struct Choice {
    value: Value,
    words: Text,
}

#[derive(Serialize)]
struct Driven<'a> {
    asking: Asked<'a>,
    determination: &'a law::Determination,
}

/// What was typed.
enum Typed {
    Is(Option<Value>),
    Back,
    Stop,
    Unclear,
}

/// Asks until the outcome is settled. `Some`: it ended here. Otherwise `subject` holds the new determination to be shown.
pub(super) fn run(
    context: &Context,
    base: &RuleBase,
    args: &AssessArgs,
    subject: &mut Subject,
) -> Result<Option<Answer>, Failure> {
    let say = context.say;
    let place = answers::place(context, args, subject)?;
    let mut interview = Interview::new(base, &subject.facts, subject.on);
    answers::resume(context, base, &place, &mut interview)?;
    for fact in &args.not_known {
        if base.fact(fact).is_none() {
            return Err(Failure::Input(say.fill("ask.no-such-fact", &[("fact", fact)])));
        }
        interview.answer(fact, None)?;
    }
    let terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal() && !context.quiet;
    let mut stopped = false;
    loop {
        let asking = asking(base, subject, &interview)?;
        let Some(definition) = asking.next.as_ref().and_then(|question| base.fact(&question.fact)) else { break };
        let Some(question) = &asking.next else { break };
        if context.format == Format::Json {
            subject.determination = determined(base, subject, &interview)?;
            let asking = asked(&asking, question, definition);
            context.json(&Driven { asking, determination: &subject.determination })?;
            return Ok(Some(Answer::No));
        }
        if !terminal {
            return Err(Failure::Input(line_to_add(say, base, subject, &asking, question, definition)));
        }
        put(say, base, &asking, question, definition)?;
        match typed(say, question, definition)? {
            Typed::Is(value) => {
                if let Err(error) = interview.answer(&question.fact, value) {
                    context.error(&error.to_string());
                    continue;
                }
                answers::keep(context, base, &place, &interview, subject.on)?;
            }
            Typed::Back => {
                if interview.back().is_none() {
                    context.note(say.text("ask.first"));
                } else {
                    answers::keep(context, base, &place, &interview, subject.on)?;
                }
            }
            Typed::Unclear => context.note(&say.fill("ask.unclear", &[("expects", say.of(&definition.expects()))])),
            Typed::Stop => {
                context.note(&say.fill("ask.stopped", &[("file", &place.display().to_string())]));
                stopped = true;
                break;
            }
        }
    }
    if !interview.answers().is_empty() {
        subject.determination = determined(base, subject, &interview)?;
        subject.facts = interview.facts()?;
        subject.fields = subject.determination.fields();
        if terminal && !stopped {
            context.note(&say.fill("ask.kept", &[("file", &place.display().to_string())]));
            if subject.is_transfer {
                context.note(&say.fill("ask.into-transfer", &[("file", &subject.path.display().to_string())]));
            }
        }
    }
    Ok(None)
}

/// What to ask now: of a transfer whose fields differ before the law, what the first of them that is still open needs.
fn asking(base: &RuleBase, subject: &Subject, interview: &Interview<'_>) -> Result<Asking, Failure> {
    for field in &subject.fields {
        let mut own = Interview::new(base, &field.applied(base, &subject.facts)?, subject.on);
        for (fact, value) in interview.answers() {
            // What is stated of the field stands; an answer is about the rest of the transfer.
            if field.facts.get(fact).is_none_or(Option::is_none) {
                own.answer(fact, value.clone())?;
            }
        }
        let asking = own.asking()?;
        if asking.next.is_some() {
            return Ok(Asking { number: interview.answers().len() + 1, ..asking });
        }
    }
    if subject.fields.is_empty() {
        return Ok(interview.asking()?);
    }
    let number = interview.answers().len() + 1;
    Ok(Asking { next: None, number, fewest: 0, most: 0, settled: true })
}

/// The determination with the answers, field by field where the fields differ.
fn determined(base: &RuleBase, subject: &Subject, interview: &Interview<'_>) -> Result<law::Determination, Failure> {
    let mut fields = subject.fields.clone();
    for (fact, answer) in interview.answers() {
        for value in fields.iter_mut().filter_map(|field| field.facts.get_mut(fact)) {
            *value = value.take().or_else(|| answer.clone());
        }
    }
    Ok(law::determine_by_field(base, &interview.facts()?, &fields, subject.on)?)
}

/// The answers of a closed list, in the order they are numbered.
fn choices(question: &Question, definition: &FactDefinition) -> Vec<Choice> {
    let words = |value: Value| Choice { words: definition.words_of(&value), value };
    match definition.kind {
        FactType::Bool => [true, false].map(|flag| words(Value::Bool(flag))).into(),
        FactType::Choice => question.options.iter().cloned().map(|word| words(Value::Text(word))).collect(),
        FactType::Count | FactType::Date | FactType::Code | FactType::Text => Vec::new(),
    }
}

fn asked<'a>(asking: &Asking, question: &'a Question, definition: &'a FactDefinition) -> Asked<'a> {
    Asked {
        number: asking.number,
        fewest: asking.fewest,
        most: asking.most,
        question,
        title: &definition.title,
        kind_of_value: definition.kind,
        unit: &definition.unit,
        expects: definition.expects(),
        choices: choices(question, definition),
        line: line(definition),
    }
}

/// The table and key of a fact with a value such as it takes.
fn line(definition: &FactDefinition) -> String {
    let (table, key) = definition.id.split_once('.').unwrap_or(("", &definition.id));
    let example = match definition.kind {
        FactType::Bool => "false".to_owned(),
        FactType::Count => "0".to_owned(),
        FactType::Date => "2025-06-30".to_owned(),
        FactType::Choice => format!("\"{}\"", definition.values.first().map_or("", String::as_str)),
        FactType::Code | FactType::Text => definition.plain.as_ref().map_or("\"…\"".to_owned(), answers::in_toml),
    };
    format!("[{table}] {key} = {example}")
}

/// Where nobody can be asked: the question and the line that answers it.
fn line_to_add(
    say: Say,
    base: &RuleBase,
    subject: &Subject,
    asking: &Asking,
    question: &Question,
    definition: &FactDefinition,
) -> String {
    // Persons of the year are counted; those of longer a person states.
    let counted = subject.is_transfer && matches!(question.fact.as_str(), "persons.ordinary" | "persons.sensitive");
    let line = if counted { say.text("ask.line-earlier").to_owned() } else { line(definition) };
    say.fill(
        "ask.add",
        &[
            ("file", &subject.path.display().to_string()),
            ("most", &asking.most.to_string()),
            ("question", say.of(&question.text)),
            ("cite", say.of(&base.cited(&question.cite))),
            ("line", &line),
            ("expects", say.of(&definition.expects())),
        ],
    )
}

/// Puts a question on the terminal.
fn put(
    say: Say,
    base: &RuleBase,
    asking: &Asking,
    question: &Question,
    definition: &FactDefinition,
) -> Result<(), Failure> {
    let mut screen = std::io::stderr();
    let (number, most) = (asking.number.to_string(), asking.most.to_string());
    let key = match (asking.is_judgement(), asking.most) {
        (true, _) => "ask.head-judgement",
        (false, 0) => "ask.head-last",
        (false, _) => "ask.head",
    };
    let head = say.fill(key, &[("number", &number), ("most", &most)]);
    writeln!(screen, "\n{}", paint(&head, Paint::Strong))?;
    writeln!(screen, "{}", wrap("", say.of(&question.text), 0))?;
    let cite = base.cited(&question.cite);
    let about = say
        .fill("ask.about", &[("title", say.of(&definition.title)), ("fact", &question.fact), ("cite", say.of(&cite))]);
    writeln!(screen, "{}", paint(&wrap("", &about, 0), Paint::Faint))?;
    let choices = choices(question, definition);
    for (n, choice) in choices.iter().enumerate() {
        writeln!(screen, "  {}  {}", n + 1, say.of(&choice.words))?;
    }
    if choices.is_empty() {
        writeln!(screen, "  {}", say.of(&definition.expects()))?;
    }
    write!(screen, "{}\n> ", say.text("ask.keys"))?;
    Ok(screen.flush()?)
}

fn typed(say: Say, question: &Question, definition: &FactDefinition) -> Result<Typed, Failure> {
    let mut text = String::new();
    if std::io::stdin().lock().read_line(&mut text)? == 0 {
        return Ok(Typed::Stop);
    }
    let text = text.trim();
    let is = |key: &str| say.text(key).split(' ').any(|word| word.eq_ignore_ascii_case(text));
    if is("ask.words-back") {
        return Ok(Typed::Back);
    }
    if is("ask.words-stop") {
        return Ok(Typed::Stop);
    }
    if is("ask.words-unknown") {
        return Ok(Typed::Is(None));
    }
    let choices = choices(question, definition);
    let place = text.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
    let named = |choice: &Choice| {
        let Text { zh, en } = &choice.words;
        let short =
            definition.kind == FactType::Bool && en.get(..1).is_some_and(|head| head.eq_ignore_ascii_case(text));
        short
            || zh == text
            || en.eq_ignore_ascii_case(text)
            || matches!(&choice.value, Value::Text(word) if word == text)
    };
    let number = || text.replace(['_', ',', '，', ' '], "").parse::<u64>().ok().map(Value::Count);
    let value = match definition.kind {
        FactType::Bool | FactType::Choice => {
            let at = place.filter(|n| *n < choices.len()).or_else(|| choices.iter().position(named));
            at.map(|n| choices[n].value.clone())
        }
        FactType::Count => number(),
        FactType::Date => text.parse().ok().map(Value::Date),
        FactType::Code | FactType::Text => (!text.is_empty()).then(|| Value::Text(text.to_owned())),
    };
    Ok(value.filter(|value| definition.accepts(value).is_ok()).map_or(Typed::Unclear, |value| Typed::Is(Some(value))))
}
