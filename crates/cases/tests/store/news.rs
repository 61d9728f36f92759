//! What happened is told once, whoever dies over it.

use cases::{News, Payload};

use crate::support::*;

#[test]
fn every_action_is_news_until_it_is_ticked_off() {
    on_both(|store, place| async move {
        let before = open(&store, 1, "2025-03-03").await;
        assert_eq!(store.news(10).await.expect("read"), [], "nobody tells, so nothing is kept");
        store.keep_news().await.expect("set");
        store.keep_news().await.expect("and set again");
        act(&store, &before, &approver(1), "2025-03-04", "edit", filled()).await.expect("recorded");
        // Another program on the same database, and one that knows nothing of those who tell.
        let second = place.open().await;
        act(&second, &before, &approver(1), "2025-03-05", "submit", Payload::default()).await.expect("recorded");
        let later = open(&second, 2, "2025-03-05").await;
        let refused = act(&store, &later, &approver(2), "2025-03-05", "no-such", Payload::default()).await;
        assert!(refused.is_err(), "what is refused is no news");
        let mut all = vec![(before.clone(), 2), (before.clone(), 3), (later.clone(), 1)];
        all.sort();
        let news = store.news(10).await.expect("read");
        assert_eq!(news.iter().map(|one| (one.case.clone(), one.version.0)).collect::<Vec<_>>(), all);
        assert_eq!(store.news(2).await.expect("read"), news[..2], "some at a time");
        store.told(&news[..1]).await.expect("ticked off");
        store.told(&news[..1]).await.expect("once more changes nothing");
        assert_eq!(second.news(10).await.expect("read"), news[1..]);
        store.told(&[News { case: later, version: cases::Version(7) }]).await.expect("nothing such");
        assert_eq!(second.news(10).await.expect("read").len(), 2);
    });
}
