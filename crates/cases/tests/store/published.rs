//! Consultations that everybody may read.

use cases::{Payload, Published, Role};

use crate::support::*;

async fn consulted(store: &cases::Store, nth: u64, name: &str, text: &str, publish: bool) -> cases::CaseId {
    let case = store.new_case_id("consultation").expect("an id");
    let mut payload = opening(handler(nth, name, "CN-BJ"), "a question");
    if let Some(opening) = &mut payload.opening {
        opening.procedure = cases::ProcedureId::new("consultation");
    }
    store.act(request(&case, &approver(nth), "2026-07-01", 0, "open", payload)).await.expect("opened");
    let written = answers(&[
        ("consultation.question", "May we send it?".into()),
        ("consultation.procedure", "standard-contract".into()),
    ]);
    act(store, &case, &approver(nth), "2026-07-01", "edit", written).await.expect("written");
    let words = |text: &str| Payload { text: Some(text.to_owned()), ..Payload::default() };
    let ask = Payload { publish: Some(true), ..words("please") };
    act(store, &case, &approver(nth), "2026-07-02", "ask", ask).await.expect("asked");
    act(store, &case, &province("CN-BJ"), "2026-07-03", "answer", words("yes, Ms Li")).await.expect("answered");
    act(store, &case, &province("CN-BJ"), "2026-07-06", "redact", words(text)).await.expect("redacted");
    if publish {
        act(store, &case, &approver(nth), "2026-07-07", "agree", Payload::default()).await.expect("agreed");
        act(store, &case, &province("CN-BJ"), &format!("2026-07-{:02}", 8 + nth), "publish", Payload::default())
            .await
            .expect("published");
    }
    case
}

#[test]
fn only_the_agreed_text_of_what_was_published_is_given_newest_first() {
    on_both(|store, _| async move {
        assert_eq!(store.published().await.expect("none"), []);
        let first = consulted(&store, 1, "Example One", "Q: may it leave?\nA: yes", true).await;
        let second = consulted(&store, 2, "Example Two", "Q: and that?\nA: no", true).await;
        let waiting = consulted(&store, 3, "Example Three", "Q: not yet?\nA: no", false).await;
        let all = store.published().await.expect("they can be read");
        assert_eq!(all.iter().map(|one| &one.case).collect::<Vec<_>>(), [&second, &first]);
        let Published { text, about, by, day, .. } = &all[1];
        assert_eq!(
            (text.as_str(), about.as_deref(), *by),
            ("Q: may it leave?\nA: yes", Some("standard-contract"), Role::Province)
        );
        assert_eq!(day.to_string(), "2026-07-09");
        // As it goes over a wire there is nothing of who asked, nor which case it was.
        let wire = serde_json::to_string(&all).expect("JSON");
        for secret in ["Example One", "Ms Li", first.as_str(), "asker"] {
            assert!(!wire.contains(secret), "{wire}");
        }
        let shown = Published::of(&store.case(&waiting).await.expect("the case")).expect("what would be published");
        assert_eq!(shown.text, "Q: not yet?\nA: no");
    });
}
