//! What is open to all: which path, rules, lists, calendar, periods, forms.

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{As, on_one};

#[test]
fn the_law_is_asked_at_once_and_one_question_at_a_time() {
    on_one(|counter| async move {
        let base = crate::support::world().base;
        let mut answers: Vec<Value> = Vec::new();
        let mut known = serde_json::Map::new();
        let mut last = Value::Null;
        for _ in 0..60 {
            let asked = counter
                .call(As::Nobody, Method::POST, "/api/interview", &json!({"answers": answers, "on": "2026-03-02"}))
                .await
                .ok();
            last = asked.clone();
            let Some(fact) = asked["next"]["fact"].as_str() else { break };
            let definition = base.fact(fact).expect("known");
            let value = match serde_json::to_value(definition.kind).expect("a word").as_str() {
                Some("bool") => json!(false),
                Some("count") => json!(12),
                _ => definition.values.first().map_or(Value::Null, |first| json!(first)),
            };
            if !value.is_null() {
                known.insert(fact.to_owned(), value.clone());
            }
            answers.push(json!({"fact": fact, "value": value}));
        }
        assert!(!answers.is_empty() && last["next"].is_null(), "it ended: {last}");
        let at_once = counter
            .call(
                As::Nobody,
                Method::POST,
                "/api/determinations",
                &json!({"facts": known, "on": "2026-03-02", "lighter": true}),
            )
            .await
            .ok();
        assert_eq!(at_once["determination"], last["determination"], "asked at once it is the same answer");
        assert!(at_once["lighter"]["warning"]["en"].is_string());
        let wrong = json!({"facts": {"no.such": 1}});
        counter.call(As::Nobody, Method::POST, "/api/determinations", &wrong).await.refused(422, "fact-value");
        let early = json!({"facts": {}, "on": "1900-01-01"});
        counter.call(As::Nobody, Method::POST, "/api/determinations", &early).await.refused(422, "before-rule-base");
    });
}

#[test]
fn rules_lists_calendar_and_periods_are_there_to_read() {
    on_one(|counter| async move {
        let open = async |path: String| counter.get(As::Nobody, &path).await.ok();
        let (mut cursor, mut rules) = (String::new(), 0);
        loop {
            let page = open(format!("/api/rules?limit=100{cursor}")).await;
            rules += page["rows"].as_array().expect("rows").len();
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(rules, crate::support::world().base.rules().len());
        assert_eq!(open("/api/rules/cn.o16.8".to_owned()).await["id"], "cn.o16.8");
        for list in open("/api/lists".to_owned()).await.as_array().expect("lists") {
            open(format!("/api/lists/{}", list["id"].as_str().expect("an id"))).await;
        }
        let year = open("/api/calendar/2026".to_owned()).await;
        let worked =
            year["days"].as_array().expect("days").iter().find(|day| day["date"] == "2026-02-14").expect("a day");
        assert_eq!(worked["counts"], true, "a Saturday worked for the Spring Festival");
        for clock in open("/api/clocks".to_owned()).await.as_array().expect("clocks") {
            open(format!("/api/clocks/{}", clock["id"].as_str().expect("an id"))).await;
        }
        let run = counter
            .call(As::Nobody, Method::POST, "/api/clocks/sa-completeness/runs", &json!({"from": "2026-02-10"}))
            .await
            .ok();
        assert_eq!(run["day"], "2026-02-24", "over the festival");
        for wrong in [
            json!({"from": "2026-02-10", "extended": 4_000_000}),
            json!({"from": "9999-12-31"}),
            json!({"from": "-009999-01-01"}),
            json!({"from": "2026-02-10", "pauses": [{"from": "2026-02-11", "to": "9999-12-31"}]}),
        ] {
            counter
                .call(As::Nobody, Method::POST, "/api/clocks/sa-completeness/runs", &wrong)
                .await
                .refused(422, "clock-range");
        }
        for procedure in open("/api/procedures".to_owned()).await.as_array().expect("procedures") {
            let whole = open(format!("/api/procedures/{}", procedure["id"].as_str().expect("an id"))).await;
            assert!(whole["states"].as_array().is_some_and(|states| !states.is_empty()));
        }
        for form in open("/api/forms".to_owned()).await.as_array().expect("forms") {
            let id = form["id"].as_str().expect("an id");
            let schema = open(format!("/api/forms/{id}/schema")).await;
            jsonschema::draft202012::meta::validate(&schema).expect("a schema");
            let template = counter.get(As::Nobody, &format!("/api/forms/{id}/template?lang=en")).await;
            assert_eq!(template.header("content-type"), "text/plain; charset=utf-8");
        }
    });
}
