//! What is personal: sealed where it lies, forgotten where that is asked for.

use std::path::Path;

use cases::{NewFile, Payload, Store, StoreError};

use crate::support::*;

/// What people filed, which must lie nowhere open.
const PLANTED: [&str; 6] = [
    "欧阳小明郑重",
    "13912345678",
    "Zaphod Beeblebrox",
    "身份证扫描件-欧阳",
    "请致电欧阳小明郑重",
    "PLANTED-IN-A-FILE",
];
/// What is no secret, and lies there.
const OPEN: &str = "整车制造与召回管理";

/// Which of the texts any file below holds, as they are or as JSON escapes them.
fn held<'a>(folder: &Path, texts: &[&'a str]) -> Vec<&'a str> {
    let escaped = |text: &str| text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<Vec<_>>().concat();
    let needles: Vec<(&str, [String; 2])> =
        texts.iter().map(|text| (*text, [(*text).to_owned(), escaped(text)])).collect();
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(bytes) = std::fs::read(&path) {
                let holds = |needle: &String| memchr::memmem::find(&bytes, needle.as_bytes()).is_some();
                found.extend(needles.iter().filter(|(_, writings)| writings.iter().any(holds)).map(|(text, _)| *text));
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

async fn planted(store: &Store) -> cases::CaseId {
    let case = open(store, 1, "2025-03-03").await;
    let filled = answers(&[
        ("contact.name", PLANTED[0].into()),
        ("contact.phone", PLANTED[1].into()),
        ("scenario[1].recipient[1].contact", PLANTED[2].into()),
        ("handler.brief", OPEN.into()),
    ]);
    act(store, &case, &approver(1), "2025-03-04", "edit", filled).await.expect("filled in");
    let file =
        NewFile { name: PLANTED[3], media_type: "text/plain", material: Some("id-copy"), bytes: PLANTED[5].as_bytes() };
    let file = store.put_file(&case, &file).await.expect("it is kept");
    let payload = Payload { attachments: vec![file], text: Some(PLANTED[4].to_owned()), ..Payload::default() };
    act(store, &case, &approver(1), "2025-03-04", "attach", payload).await.expect("attached");
    case
}

#[test]
fn i8_nothing_personal_lies_open_in_the_database() {
    on_both(|store, place| async move {
        let case = planted(&store).await;
        // It is there for whoever has the key.
        let read = store.case(&case).await.expect("the case");
        let answer = read.dossier.answers.value(&"contact.name".parse().expect("a path")).cloned();
        assert_eq!(answer, Some(PLANTED[0].into()));
        assert_eq!(read.messages[0].text, PLANTED[4]);
        assert_eq!(read.attachments[0].name, PLANTED[3]);
        for planted in PLANTED {
            assert_eq!(store.search(&administrator(), planted, 10).await.expect("a search").all, 0, "{planted}");
        }
        let errors = [
            act(&store, &case, &national(), "2025-03-05", "edit", answers(&[("contact.name", PLANTED[0].into())]))
                .await,
            act(&store, &case, &approver(1), "2025-03-05", "submit", text(PLANTED[4])).await,
            act(&store, &case, &approver(1), "2025-03-05", "edit", answers(&[("contact.unknown", PLANTED[1].into())]))
                .await,
        ];
        for error in errors {
            let error = error.expect_err("refused");
            let said = format!("{error} {error:?} {}", error.text().zh);
            assert!(!PLANTED.iter().any(|planted| said.contains(planted)), "{said}");
        }
        store.close().await;
        if !place.is_sqlite() {
            let server = database::testing::server().expect("it runs");
            let name = place.address.rsplit('/').next().expect("a name");
            server.psql(name, "CHECKPOINT").expect("what is written lies on disk");
        }
        // What is no secret is found: so the search itself is known to work.
        let texts: Vec<&str> = PLANTED.into_iter().chain([OPEN]).collect();
        assert_eq!(held(&place.folder, &texts), [OPEN]);
    });
}

#[test]
fn what_is_forgotten_cannot_be_read_and_the_record_still_holds() {
    on_both(|store, place| async move {
        let case = planted(&store).await;
        let other = decided(&store, 2).await;
        let before: Vec<_> =
            store.record(&case).await.expect("the record").into_iter().map(|entry| entry.digest).collect();
        let file = store.case(&case).await.expect("the case").attachments[0].digest.clone();
        assert_eq!(store.file(&case, &file).await.expect("the file").as_slice(), PLANTED[5].as_bytes());
        // A second process holds the case in memory.
        let second = place.open().await;
        second.case(&case).await.expect("the case");
        assert_eq!(store.forget(&case).await.expect("forgotten"), 1);
        for store in [&store, &second] {
            let read = store.case(&case).await.expect("the case");
            let value = |path: &str| read.dossier.answers.value(&path.parse().expect("a path")).cloned();
            assert_eq!(value("contact.name"), Some(serde_json::json!({ "forgotten": true })));
            assert_eq!(value("handler.brief"), Some(OPEN.into()));
            assert!(read.messages[0].text.contains("forgotten") && read.attachments[0].name.contains("forgotten"));
            assert!(matches!(
                store.file(&case, &file).await,
                Err(StoreError::NoFile { .. } | StoreError::Withheld { .. })
            ));
        }
        let after: Vec<_> =
            store.record(&case).await.expect("it holds").into_iter().map(|entry| entry.digest).collect();
        assert_eq!(after, before);
        assert_eq!(store.verify().await.expect("every digest holds"), 12);
        assert_eq!(store.verify_projections().await.expect("they can be read"), []);
        // Another case's data is its own.
        assert_eq!(store.case(&other).await.expect("the case").messages[0].text, "已按要求补正，联系13800138000");
        // Life goes on, under another key.
        act(&store, &case, &approver(1), "2025-03-05", "edit", answers(&[("contact.name", "新人".into())]))
            .await
            .expect("filled in");
        let read = second.case(&case).await.expect("the case");
        assert_eq!(read.dossier.answers.value(&"contact.name".parse().expect("a path")), Some(&"新人".into()));
        assert!(read.messages[0].text.contains("forgotten"));
    });
}

#[test]
fn another_master_key_is_told_at_once() {
    on_both(|store, place| async move {
        planted(&store).await;
        store.close().await;
        let random: cases::Random =
            std::sync::Arc::new(|bytes: &mut [u8]| getrandom::fill(bytes).map_err(std::io::Error::other));
        let opened = Store::open(&place.address, cases::Keys::new([8; 32], random), world()).await;
        assert_eq!(opened.expect_err("refused").code(), "wrong-master-key");
    });
}

#[test]
fn a_sealed_value_opens_nowhere_but_in_its_place() {
    // Whoever can write the database but has no key moves one case's values into another.
    let place = Place::sqlite();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let store = place.open().await;
        let case = planted(&store).await;
        store.close().await;
        let path = place.address.trim_start_matches("sqlite:").to_owned();
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
        let mut raw = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await.expect("it opens");
        let refused = sqlx::query("UPDATE action SET body = replace(body, 'contact.name', 'handler.brief')")
            .execute(&mut raw)
            .await;
        assert!(refused.expect_err("the record is append-only").to_string().contains("append-only"));
        assert!(sqlx::query("DELETE FROM action").execute(&mut raw).await.is_err());
        sqlx::raw_sql("DROP TRIGGER action_stands").execute(&mut raw).await.expect("an owner can");
        sqlx::query("UPDATE action SET body = replace(body, '整车', '整机') WHERE seq = 2")
            .execute(&mut raw)
            .await
            .expect("changed");
        let store = place.open().await;
        let error = store.case(&case).await.expect_err("it is noticed");
        assert!(matches!(error, StoreError::Broken { version: cases::Version(2), .. }), "{error}");
        assert_eq!(store.verify().await.expect_err("it is noticed").code(), "record-broken");
    });
}
