//! Files that are handed in with bad intent, and how files are given out.

use axum::body::Body;
use axum::http::{Method, header};
use serde_json::json;

use crate::support::{As, Counter, on_both, on_one};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n";

#[test]
fn a_file_is_what_it_says_or_it_is_not_taken() {
    on_both(|counter| async move {
        let case = counter.post("approver", "/api/cases", &json!({"procedure": "consultation"})).await.ok()["case"]
            .as_str()
            .expect("an id")
            .to_owned();
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
        let html = b"<!doctype html><script>alert(1)</script>";
        for (query, kind, bytes) in [
            ("name=a.pdf", "application/pdf", &svg[..]),
            ("name=a.pdf", "application/pdf", html),
            ("name=a.png", "image/png", html),
            ("name=a.svg", "image/svg+xml", svg),
            ("name=a.html", "text/html", html),
            ("name=a.exe", "application/octet-stream", b"MZ\x90\0"),
            ("name=a.docx", "application/pdf", PDF),
            ("name=a.pdf", "image/png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
            ("name=a", "", PDF),
            ("name=a", "text/plain", b"\xff\xfe\0"),
        ] {
            counter.hand_in("approver", &case, query, kind, bytes).await.refused(415, "file-type");
        }
        counter.hand_in("approver", &case, "name=a.pdf", "application/pdf", b"").await.refused(413, "file-size");
        let large = vec![b'a'; 20 * 1024 * 1024 + 1];
        counter.hand_in("approver", &case, "name=a.txt", "text/plain", &large).await.refused(413, "file-size");
        let larger = vec![b'a'; 21 * 1024 * 1024];
        counter.hand_in("approver", &case, "name=a.txt", "text/plain", &larger).await.refused(413, "too-large");
        counter
            .hand_in("approver", &case, "name=a.pdf&material=no-such", "application/pdf", PDF)
            .await
            .refused(400, "bad-request");
        for (name, status) in [("auditor", 404), ("stranger", 404), ("national", 404), ("province", 404)] {
            counter.hand_in(name, &case, "name=a.pdf", "application/pdf", PDF).await.refused(status, "not-found");
        }
    });
}

#[test]
fn names_lead_nowhere_and_files_are_saved_never_shown() {
    on_both(|counter| async move {
        let case = counter.post("approver", "/api/cases", &json!({"procedure": "consultation"})).await.ok()["case"]
            .as_str()
            .expect("an id")
            .to_owned();
        for (given, kept) in [
            ("..%2F..%2Fetc%2Fpasswd.pdf", "passwd.pdf"),
            ("..%5C..%5Cboot.pdf", "boot.pdf"),
            ("%2Fetc%2Fcron.d%2Fx.pdf", "x.pdf"),
            ("%22%3E%3Cscript%3Ealert(1).pdf", "\"><script>alert(1).pdf"),
            ("%E5%90%88%E5%90%8C.pdf", "合同.pdf"),
            ("..", ".."),
        ] {
            let answer = counter.hand_in("approver", &case, &format!("name={given}"), "application/pdf", PDF).await;
            let file = answer.ok();
            assert_eq!(file["name"], kept);
            // What was not attached yet is given to nobody.
            let place = format!("/api/cases/{case}/files/{}", file["digest"].as_str().expect("a digest"));
            if given == "..%2F..%2Fetc%2Fpasswd.pdf" {
                counter.get(As::One("approver"), &place).await.refused(404, "not-found");
            }
            counter.act("approver", &case, "attach", json!({"attachments": [file]})).await.ok();
            let got = counter.get(As::One("approver"), &place).await;
            assert_eq!((got.status, &got.bytes[..]), (200, PDF));
            saved(&got);
        }
        // What stands in the path is looked up, never opened.
        for digest in ["..%2F..%2Fcounter.db", "%2Fetc%2Fpasswd", "..", "%00", "a%0Ab"] {
            let answer = counter.get(As::One("approver"), &format!("/api/cases/{case}/files/{digest}")).await;
            assert!(matches!(answer.status, 400 | 404), "{digest}: {}", answer.status);
        }
        // A file that the case does not have cannot be attached, nor one under another size.
        let made_up = json!({"digest": "0".repeat(64), "name": "x.pdf", "media_type": "application/pdf", "size": 10});
        let refused = counter.act("approver", &case, "attach", json!({"attachments": [made_up]})).await;
        assert!(matches!(refused.status, 404 | 422), "{}", refused.status);
    });
}

fn saved(answer: &crate::support::Answer) {
    assert!(answer.header("content-disposition").starts_with("attachment;"), "{:?}", answer.headers);
    assert_eq!(answer.header("content-type"), "application/octet-stream");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(answer.header("content-security-policy").contains("sandbox"));
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[test]
fn a_form_with_a_file_is_taken_too() {
    on_one(|counter| async move {
        let case = counter.post("approver", "/api/cases", &json!({"procedure": "consultation"})).await.ok()["case"]
            .as_str()
            .expect("an id")
            .to_owned();
        let form = |name: &str| {
            let mut body = format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"../x.pdf\"\r\ncontent-type: text/html\r\n\r\n").into_bytes();
            body.extend(PDF);
            body.extend(b"\r\n--b--\r\n");
            body
        };
        let send = |body: Vec<u8>, kind: &'static str| {
            let request = Counter::request(
                &As::One("approver"),
                &counter.people,
                Method::POST,
                &format!("/api/cases/{case}/files"),
            );
            counter.send(request.header(header::CONTENT_TYPE, kind).body(Body::from(body)).expect("a request"))
        };
        let kept = send(form("file"), "multipart/form-data; boundary=b").await.ok();
        assert_eq!((&kept["name"], &kept["media_type"]), (&json!("x.pdf"), &json!("application/pdf")));
        send(form("other"), "multipart/form-data; boundary=b").await.refused(400, "bad-request");
        send(form("file"), "multipart/form-data; boundary=c").await.refused(400, "bad-request");
        send(form("file"), "multipart/form-data").await.refused(415, "media-type");
    });
}
