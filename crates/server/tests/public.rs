//! What is open to all: the rule base, the calendar, statistics, consultations, what errors mean.
#![allow(clippy::unwrap_used, reason = "clippy.toml allows it in tests, but helpers of tests are not seen as such")]

mod support;

use support::{base, counter, words};

#[tokio::test]
async fn every_provision_and_every_list_has_a_page() {
    let counter = counter().await;
    for rule in base().rules() {
        let (status, page) = counter.get(&format!("/rules/{}", rule.id)).await;
        assert_eq!(status, 200, "{}", rule.id);
        let said = words(&page);
        assert!(page.contains(&rule.title.zh) && said.contains("reviewed by nobody yet"), "{}: {said}", rule.id);
    }
    for edition in base().lists() {
        let (status, page) = counter.get(&format!("/lists/{}", edition.id)).await;
        assert_eq!(status, 200, "{}", edition.id);
        assert!(words(&page).contains(&edition.users.en), "{}", edition.id);
    }
    assert_eq!(counter.get("/rules/cn.o16.99").await.0, 404);
    assert_eq!(counter.get("/lists/nowhere").await.0, 404);
}

#[tokio::test]
async fn provisions_are_found_by_words_by_path_and_by_the_day_they_bind() {
    let counter = counter().await;
    let found = async |query: &str| {
        let (status, page) = counter.get(&format!("/rules?{query}")).await;
        assert_eq!(status, 200, "{query}");
        let said = words(&page);
        let n = said.split(" provisions · ").next().unwrap().rsplit(' ').next().unwrap().replace(',', "");
        n.parse::<usize>().unwrap_or_else(|_| panic!("{query}: {said}"))
    };
    let all = base().rules().len();
    assert_eq!(found("on=any").await, all);
    let day = "2022-01-01".parse().unwrap();
    assert_eq!(found("on=2022-01-01").await, base().rules().iter().filter(|rule| rule.in_force(day)).count());
    assert_eq!(found("on=any&q=cn.o16.8").await, 1);
    let stops = base().rules().iter().filter(|rule| matches!(rule.effect, law::Effect::Stop(_))).count();
    assert_eq!(found("on=any&path=stop").await, stops);
    assert_eq!(counter.get("/rules?on=soon").await.0, 400);
}

#[tokio::test]
async fn a_period_is_counted_with_its_holidays_and_make_up_days() {
    let counter = counter().await;
    let (status, page) = counter.get("/calendar?from=2026-09-28&days=10").await;
    assert_eq!(status, 200);
    let said = words(&page);
    assert!(
        said.contains("10 working days from 28 Sep 2026 end on 16 Oct 2026; 8 days between do not count."),
        "{said}"
    );
    let (_, page) = counter.get("/calendar?from=2026-10-16&days=10&way=back").await;
    assert!(words(&page).contains("10 working days before 16 Oct 2026 is 28 Sep 2026"), "{}", words(&page));
    for (query, wrong) in [
        ("from=2026-01-01&days=0", "from 1 to 250"),
        ("from=soon&days=3", "cannot be read"),
        ("from=1949-10-01&days=3", "outside the calendar"),
    ] {
        let (status, page) = counter.get(&format!("/calendar?{query}")).await;
        assert_eq!(status, 200);
        assert!(words(&page).contains(wrong), "{query}: {}", words(&page));
    }
    assert_eq!(counter.get("/calendar?year=1900").await.0, 400);
}

#[tokio::test]
async fn pages_without_a_case_are_there_from_the_first_day() {
    let counter = counter().await;
    for (path, said) in [
        ("/statistics", "There is nothing to count yet"),
        ("/consultations", "Nothing has been published yet"),
        ("/docs/errors", "stale-version"),
    ] {
        let (status, page) = counter.get(path).await;
        assert_eq!(status, 200, "{path}");
        assert!(words(&page).contains(said), "{path}: {}", words(&page));
    }
    let (status, csv) = counter.get("/statistics.csv").await;
    assert_eq!((status, csv.as_str()), (200, "counted,procedure,by,key,n,note\r\n"));
    assert_eq!(counter.get("/statistics?from=2026-13").await.0, 400);
    assert_eq!(counter.get("/statistics?procedure=none").await.0, 404);
}
