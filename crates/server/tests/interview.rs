//! The interview as its visitors meet it: from the first question to a determination, all of it in the address.
#![allow(clippy::unwrap_used, reason = "clippy.toml allows it in tests, but helpers of tests are not seen as such")]

mod support;

use law::{Facts, Outcome, Value, determine};
use support::{Counter, base, counter, words};

/// The fields of the form of a question: what travels along, and which fact is asked.
fn form(page: &str) -> (Vec<(String, String)>, Option<String>) {
    let form = page.split("action=\"/path\"").nth(1).and_then(|rest| rest.split("</form>").next()).unwrap_or_default();
    let attribute = |tag: &str, name: &str| {
        let from = tag.split(&format!("{name}=\"")).nth(1)?;
        from.split('"').next().map(|value| value.replace("&#x2f;", "/").replace("&amp;", "&"))
    };
    let hidden = form.split("<input type=\"hidden\"").skip(1);
    let pairs = hidden.filter_map(|tag| Some((attribute(tag, " name")?, attribute(tag, " value")?))).collect();
    (pairs, attribute(form, "data-field"))
}

fn address(pairs: &[(String, String)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs);
    format!("/path?{}", query.finish())
}

/// Answers what is asked until nothing is; gives the last page and its address.
async fn walked(counter: &Counter, known: &Facts) -> (String, String) {
    let mut at = "/path".to_owned();
    for _ in 0..60 {
        let (status, page) = counter.get(&at).await;
        assert_eq!(status, 200, "{at}");
        let (mut pairs, asked) = form(&page);
        let Some(fact) = asked else { return (page, at) };
        let value = match known.get(&fact) {
            Some(Value::Bool(flag)) => flag.to_string(),
            Some(Value::Count(n)) => n.to_string(),
            Some(Value::Date(day)) => day.to_string(),
            Some(Value::Text(text)) => text.clone(),
            None => "?".to_owned(),
        };
        assert!(!pairs.iter().any(|(name, _)| *name == fact), "{fact} is asked twice");
        pairs.push((fact, value));
        at = address(&pairs);
    }
    panic!("the interview does not end: {at}");
}

/// The plain facts of the vocabulary with some changed: a made-up transfer.
fn transfer(changes: &[(&str, Value)]) -> Facts {
    let mut facts = Facts::new();
    for definition in base().facts() {
        if let Some(plain) = &definition.plain {
            facts.set(base(), &definition.id, plain.clone()).unwrap();
        }
    }
    for (fact, value) in changes {
        facts.set(base(), fact, value.clone()).unwrap();
    }
    facts
}

#[tokio::test]
async fn an_interview_ends_in_the_determination_of_all_facts() {
    let counter = counter().await;
    let word = |word: &str| Value::Text(word.to_owned());
    let transfers: [&[(&str, Value)]; 6] = [
        &[("persons.ordinary", Value::Count(120_000)), ("persons.sensitive", Value::Count(5_000))],
        &[("persons.ordinary", Value::Count(500))],
        &[("data.important", word("notified"))],
        &[("handler.ciio", Value::Bool(true)), ("persons.ordinary", Value::Count(1))],
        &[("data.state_secret", Value::Bool(true))],
        &[("data.important", word("suspected"))],
    ];
    let on = "2026-11-23".parse().unwrap();
    for changes in transfers {
        let facts = transfer(changes);
        let (page, at) = walked(&counter, &facts).await;
        let expected = determine(base(), &facts, on).unwrap();
        let said =
            words(page.split("class=\"verdict-card").nth(1).and_then(|rest| rest.split("</section>").next()).unwrap());
        for path in &expected.paths {
            // A heading begins with a capital.
            let shown = expected.outcome == Outcome::Refused || said.to_lowercase().contains(&path.title().en);
            assert!(shown, "{changes:?}: `{}` is missing in {said}", path.title().en);
        }
        let head = match expected.outcome {
            Outcome::Determined if expected.paths.len() == 1 => "The path for your export",
            Outcome::Determined => "Any one of these paths",
            Outcome::Refused => "Nothing may leave",
            Outcome::NotYetKnown => "Not yet known",
            Outcome::HumanJudgement => "A person has to judge first",
        };
        assert!(said.contains(head), "{changes:?}: {said}");
        // The address alone brings it back, on paper, too.
        let (_, again) = counter.get(&at).await;
        assert_eq!(words(&again), words(&page));
        let (status, paper) = counter.get(&format!("{at}&print=1")).await;
        assert_eq!(status, 200);
        assert!(paper.contains(base().sha256()) && paper.contains(base().version()), "paper names its rule base");
    }
}

#[tokio::test]
async fn i1_who_knows_nothing_is_told_that_nothing_leaves_yet() {
    let counter = counter().await;
    let (page, _) = walked(&counter, &Facts::new()).await;
    let said = words(&page);
    assert!(said.contains("Nothing leaves before the missing facts are"), "{said}");
    assert!(said.contains("security assessment") && said.contains("exempt"), "all that is possible is named");
}

#[tokio::test]
async fn a_query_made_by_hand_is_told_in_one_line_what_is_wrong() {
    let counter = counter().await;
    let check = async |query: &str, expected: u16, what: &str| {
        let (status, page) = counter.get(&format!("/path?{query}")).await;
        assert_eq!(status, expected, "{query}");
        assert!(words(&page).contains(what), "{query}: {}", words(&page));
    };
    check("data.soul=true", 400, "There is no fact `data.soul`").await;
    check("on=yesterday", 400, "`on` has to be a day such as 2026-11-23").await;
    check("on=1999-01-01", 400, "The rule base begins on").await;
    check("data.core=perhaps", 200, "“core data” cannot be “perhaps”: it has to be yes or no").await;
    check("persons.sensitive=-3", 200, "cannot be “-3”: it has to be a whole number from 0").await;
    check("recipient.region=XX", 200, "cannot be “XX”").await;
    check("data.important=maybe", 200, "it has to be one of those listed").await;
    check("data.personal=false&persons.ordinary=5", 200, "this contradicts an earlier answer").await;
    check(&"data.core=false&".repeat(300), 400, "The address holds more than an interview has answers").await;
    check("data.core=%3Cscript%3Ealert(1)%3C/script%3E", 200, "cannot be").await;
    let (_, page) = counter.get("/path?data.core=%3Cscript%3Ealert(1)%3C/script%3E").await;
    assert!(!page.contains("<script>alert"), "what was typed is shown as text");
}

#[tokio::test]
async fn an_answer_is_changed_in_its_place_and_the_rest_stays() {
    let counter = counter().await;
    let at = "/path?on=2026-11-23&data.state_secret=false&data.core=false&data.important=no";
    let (_, page) = counter.get(&format!("{at}&ask=data.core")).await;
    let (pairs, asked) = form(&page);
    assert_eq!(asked.as_deref(), Some("data.core"));
    let facts: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(facts, ["on", "data.state_secret", "data.important"]);
    assert!(page.contains("value=\"false\" checked"), "what was answered is chosen");
    // The button beside the field sends the same name behind it: it holds.
    let (_, page) = counter.get("/path?data.state_secret=false&data.state_secret=%3F").await;
    assert!(words(&page).contains("state secrets I do not know"), "{}", words(&page));
}
