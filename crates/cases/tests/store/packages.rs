//! Backups, and one case as a package.

use cases::{NewFile, Payload, Store};
use evidence::SigningKey;

use crate::support::*;

fn signer() -> SigningKey {
    SigningKey::from_seed("office.example/cases", &[3; 32]).expect("a key")
}

async fn with_files(store: &Store) -> cases::CaseId {
    let case = decided(store, 1).await;
    for (material, bytes) in [(Some("contract-text"), "open"), (None, "sealed")] {
        let file = NewFile { name: "a.txt", media_type: "text/plain", material, bytes: bytes.as_bytes() };
        let file = store.put_file(&case, &file).await.expect("it is kept");
        act(
            store,
            &case,
            &approver(1),
            "2025-05-05",
            "attach",
            Payload { attachments: vec![file], ..Payload::default() },
        )
        .await
        .expect("attached");
    }
    case
}

fn to_somebody() -> (age::x25519::Identity, transfer::AgeRecipient) {
    let identity = age::x25519::Identity::generate();
    let recipient = identity.to_public().to_string().parse().expect("a recipient");
    (identity, recipient)
}

#[test]
fn a_case_goes_to_another_installation_as_it_is() {
    on_both(|store, _| async move {
        let case = with_files(&store).await;
        let (identity, recipient) = to_somebody();
        let package = store.export_case(&case, &signer(), Some(&recipient)).await.expect("a package");
        assert!(!String::from_utf8_lossy(&package).contains("欧阳"));
        let trusted = [signer().verifier()];
        for place in Place::both() {
            let other = place.open().await;
            // Without the identity it stays sealed, and says so.
            let sealed = other.import_case(&package, &trusted, None).await.expect("taken in");
            assert_eq!((sealed.actions, sealed.files, sealed.readable), (11, 2, false));
            let read = other.case(&case).await.expect("the case");
            let name = "contact.name".parse().expect("a path");
            assert_eq!(read.dossier.answers.value(&name), Some(&serde_json::json!({ "sealed": true })));
            // With it everything is there, and taking it in once more changes nothing.
            let opened = other.import_case(&package, &trusted, Some(&identity)).await.expect("taken in");
            assert_eq!((opened.actions, opened.readable), (0, true));
            assert_eq!(other.case(&case).await.expect("the case"), store.case(&case).await.expect("the case"));
            let again = other.import_case(&package, &trusted, Some(&identity)).await.expect("taken in");
            assert_eq!((again.actions, again.files), (0, 0));
            let digest = transfer::digest(b"sealed");
            assert_eq!(other.file(&case, &digest).await.expect("the file").as_slice(), b"sealed");
            assert_eq!(other.verify().await.expect("every digest holds"), 11);
            assert_eq!(other.verify_projections().await.expect("they can be read"), []);
            assert_eq!(other.search(&administrator(), "海川", 10).await.expect("a search").all, 1);
        }
    });
}

#[test]
fn a_longer_history_is_added_and_another_one_is_refused() {
    on_both(|store, _| async move {
        let case = open(&store, 1, "2025-03-03").await;
        let (identity, recipient) = to_somebody();
        let trusted = [signer().verifier()];
        let place = Place::sqlite();
        let other = place.open().await;
        let first = store.export_case(&case, &signer(), Some(&recipient)).await.expect("a package");
        other.import_case(&first, &trusted, Some(&identity)).await.expect("taken in");
        act(&store, &case, &approver(1), "2025-03-04", "edit", filled()).await.expect("filled in");
        let longer = store.export_case(&case, &signer(), Some(&recipient)).await.expect("a package");
        let taken = other.import_case(&longer, &trusted, Some(&identity)).await.expect("taken in");
        assert_eq!((taken.actions, taken.readable), (1, true));
        // What is older than what is here changes nothing.
        assert_eq!(other.import_case(&first, &trusted, Some(&identity)).await.expect("taken in").actions, 0);
        // Both go on by themselves.
        act(&store, &case, &approver(1), "2025-03-05", "message", text("这里")).await.expect("said");
        act(&other, &case, &approver(1), "2025-03-05", "message", text("那里")).await.expect("said");
        let apart = store.export_case(&case, &signer(), Some(&recipient)).await.expect("a package");
        let refused = other.import_case(&apart, &trusted, Some(&identity)).await.expect_err("refused");
        assert_eq!(refused.code(), "other-history");
        assert!(refused.to_string().contains("action 3"), "{refused}");
        // What was forgotten here does not come back.
        other.forget(&case).await.expect("forgotten");
        let taken = other.import_case(&longer, &trusted, Some(&identity)).await.expect("taken in");
        assert!(!taken.readable);
    });
}

#[test]
fn i7_an_altered_package_is_refused_with_what_does_not_fit() {
    let place = Place::sqlite();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let store = place.open().await;
        let case = with_files(&store).await;
        let package = store.export_case(&case, &signer(), None).await.expect("a package");
        let trusted = [signer().verifier()];
        let other_place = Place::sqlite();
        let other = other_place.open().await;
        let text = String::from_utf8(package.clone()).expect("text");
        let lines: Vec<&str> = text.lines().collect();
        let without = |gone: usize| {
            let mut left = lines.clone();
            left.remove(gone);
            format!("{}\n", left.join("\n"))
        };
        let mut swapped = lines.clone();
        swapped.swap(3, 4);
        for (what, altered) in [
            ("a word of an action", text.replacen("整车制造与销售", "整车制造与租赁", 1)),
            ("a digest of the manifest", text.replacen(&transfer::digest(b"open"), &transfer::digest(b"else"), 1)),
            ("the case", text.replace(case.as_str(), "sa-0000000000")),
            ("an action that is missing", without(5)),
            ("a file that is missing", without(lines.len() - 1)),
            ("actions in another order", format!("{}\n", swapped.join("\n"))),
            ("a line more", format!("{text}{{\"file\":\"\"}}\n")),
            ("cut off", text[..text.len() / 2].to_owned()),
            ("no package", "{}\n".to_owned()),
        ] {
            assert_ne!(altered, text, "{what}");
            let error = other.import_case(altered.as_bytes(), &trusted, None).await.expect_err(what);
            assert_eq!(error.code(), "package", "{what}: {error}");
            assert!(!error.to_string().contains('\n') && error.to_string().len() < 400, "{error}");
        }
        let stranger = SigningKey::from_seed("stranger.example", &[4; 32]).expect("a key").verifier();
        assert_eq!(other.import_case(&package, &[stranger], None).await.expect_err("unknown").code(), "package");
        // No byte of it can be changed.
        for at in (0..package.len()).step_by(97) {
            let mut changed = package.clone();
            changed[at] ^= 1;
            assert!(other.import_case(&changed, &trusted, None).await.is_err(), "byte {at}");
        }
        assert_eq!(other.verify().await.expect("nothing was taken"), 0);
        other.import_case(&package, &trusted, None).await.expect("the package itself holds");
    });
}

#[test]
fn what_is_backed_up_comes_back_on_either_database() {
    on_both(|store, place| async move {
        let case = with_files(&store).await;
        open(&store, 2, "2025-03-03").await;
        let folder = tempfile::tempdir().expect("a folder");
        let lines = folder.path().join("all.ndjson");
        store.export_all(&lines).await.expect("a backup");
        let figures = store.statistics(&cases::StatisticsQuery::default()).await.expect("figures");
        for into in Place::both() {
            let restored = into.open().await;
            assert_eq!(restored.restore(&lines, day("2025-05-06")).await.expect("restored"), 12);
            assert_eq!(restored.case(&case).await.expect("the case"), store.case(&case).await.expect("the case"));
            assert_eq!(
                restored.file(&case, &transfer::digest(b"sealed")).await.expect("the file").as_slice(),
                b"sealed"
            );
            assert_eq!(restored.statistics(&cases::StatisticsQuery::default()).await.expect("figures"), figures);
            assert_eq!(restored.verify_projections().await.expect("they can be read"), []);
            assert_eq!(restored.search(&administrator(), "海川", 10).await.expect("a search").all, 2);
            assert_eq!(
                restored.restore(&lines, day("2025-05-06")).await.expect_err("it is not empty").code(),
                "backup"
            );
        }
        let text = std::fs::read_to_string(&lines).expect("text");
        for broken in [text[..text.len() - 200].to_owned(), text.replacen("2025-03-04", "2025-03-05", 1)] {
            let path = folder.path().join("broken.ndjson");
            std::fs::write(&path, broken).expect("written");
            let into = Place::sqlite();
            assert_eq!(
                into.open().await.restore(&path, day("2025-05-06")).await.expect_err("refused").code(),
                "backup"
            );
        }
        if place.is_sqlite() {
            let copy = folder.path().join("copy.db");
            store.backup(&copy).await.expect("a copy");
            assert_eq!(store.backup(&copy).await.expect_err("it is there").code(), "backup");
            let opened = Store::open(&format!("sqlite:{}", copy.display()), keys(), world()).await.expect("it opens");
            assert_eq!(opened.verify().await.expect("every digest holds"), 12);
            assert_eq!(opened.verify_projections().await.expect("they can be read"), []);
        }
    });
}
