//! Attachments.

use cases::{NewFile, Payload};

use crate::support::*;

#[test]
fn a_file_is_kept_by_its_content_and_attached_once_it_is_there() {
    on_both(|store, _| async move {
        let case = open(&store, 1, "2025-03-03").await;
        let bytes = b"%PDF-1.7\ncontract\n%%EOF\n";
        let file =
            NewFile { name: "合同.pdf", media_type: "application/pdf", material: Some("contract-text"), bytes };
        let kept = store.put_file(&case, &file).await.expect("it is kept");
        assert_eq!(store.put_file(&case, &file).await.expect("the same again"), kept);
        assert_eq!(store.file(&case, &kept.digest).await.expect("the file").as_slice(), bytes);
        let attach = |file: cases::Attachment| Payload { attachments: vec![file], ..Payload::default() };
        act(&store, &case, &approver(1), "2025-03-04", "attach", attach(kept.clone())).await.expect("attached");
        assert_eq!(store.case(&case).await.expect("the case").dossier.materials[0].digest, kept.digest);
        let refused = |file: cases::Attachment| {
            let (store, case) = (store.clone(), case.clone());
            async move {
                act(&store, &case, &approver(1), "2025-03-04", "attach", attach(file))
                    .await
                    .expect_err("refused")
                    .code()
            }
        };
        let nowhere = cases::Attachment { digest: "0".repeat(64), ..kept.clone() };
        assert_eq!(refused(nowhere).await, "no-file");
        assert_eq!(refused(cases::Attachment { size: kept.size + 1, ..kept.clone() }).await, "no-file");
        // It was handed in as one that holds nothing personal, and lies open.
        let personal = cases::Attachment { material: Some("id-copy".to_owned()), ..kept.clone() };
        assert_eq!(refused(personal).await, "no-file");
        let again = NewFile { material: Some("id-copy"), ..file };
        let sealed = store.put_file(&case, &again).await.expect("sealed now");
        act(&store, &case, &approver(1), "2025-03-04", "attach", attach(sealed)).await.expect("attached");
        assert_eq!(store.file(&case, &kept.digest).await.expect("the file").as_slice(), bytes);
    });
}

#[test]
fn a_file_that_is_too_large_or_not_what_it_says_is_refused_in_one_line() {
    on_both(|store, _| async move {
        let case = open(&store, 1, "2025-03-03").await;
        let large = vec![b'a'; cases::MAX_FILE as usize + 1];
        let most = &large[..cases::MAX_FILE as usize];
        for (media_type, bytes, code) in [
            ("text/plain", &large[..], "file-size"),
            ("text/plain", b"", "file-size"),
            ("application/pdf", b"MZ\x90", "file-type"),
            ("text/html", b"<p>", "file-type"),
            ("image/png\nx", b"<p>", "file-type"),
        ] {
            let error = store
                .put_file(&case, &NewFile { name: "a", media_type, material: None, bytes })
                .await
                .expect_err("refused");
            assert_eq!(error.code(), code);
            assert!(!error.to_string().contains('\n') && !error.text().zh.is_empty());
        }
        store
            .put_file(&case, &NewFile { name: "a", media_type: "text/plain", material: None, bytes: most })
            .await
            .expect("as large as may be");
        let nowhere = store
            .put_file(
                &cases::CaseId::new("sa-no"),
                &NewFile { name: "a", media_type: "text/plain", material: None, bytes: b"a" },
            )
            .await;
        assert_eq!(nowhere.expect_err("refused").code(), "no-case");
    });
}
