//! Tables that are uploaded to be looked into. Nothing of them is kept but what was found: classes of columns, numbers of persons.

use axum::http::StatusCode;
use law::Text;
use tokio::sync::Semaphore;

use super::files::Upload;
use crate::ports::{Scan, Scanned};
use crate::problem::Problem;

/// Tables that are looked into at a time; others wait.
static ROOM: Semaphore = Semaphore::const_new(2);
/// The longest name of a file, in bytes, that every file system takes.
const LONGEST: usize = 200;

/// What a table is, by the ending of its name and by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Delimited,
    Lines,
    Parquet,
    Transport,
}

const ENDINGS: [(&str, Form); 10] = [
    ("csv", Form::Delimited),
    ("tsv", Form::Delimited),
    ("tab", Form::Delimited),
    ("psv", Form::Delimited),
    ("txt", Form::Delimited),
    ("ndjson", Form::Lines),
    ("jsonl", Form::Lines),
    ("json", Form::Lines),
    ("parquet", Form::Parquet),
    ("xpt", Form::Transport),
];

/// What begins so is no table, whatever it is called.
const NO_TABLES: [(&[u8], &str, &str); 11] = [
    (b"%PDF-", "PDF文件", "a PDF"),
    (b"PK\x03\x04", "压缩包或Office文档（请另存为CSV）", "an archive or office document (save the table as CSV)"),
    (
        b"\xd0\xcf\x11\xe0",
        "旧版Office文档（请另存为CSV）",
        "a document of an old office format (save the table as CSV)",
    ),
    (b"\x89PNG", "图片", "an image"),
    (b"\xff\xd8\xff", "图片", "an image"),
    (b"GIF8", "图片", "an image"),
    (b"\x1f\x8b", "压缩文件", "compressed"),
    (b"MZ", "程序", "a program"),
    (b"\x7fELF", "程序", "a program"),
    (b"#!", "脚本", "a script"),
    (b"SQLite format 3", "数据库", "a database"),
];

impl Form {
    fn of_name(name: &str) -> Option<Self> {
        let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
        ENDINGS.iter().find(|(known, _)| *known == ending).map(|(_, form)| *form)
    }

    /// By its content; what it is instead, where that is no table.
    fn of_bytes(bytes: &[u8]) -> Result<Self, Text> {
        if let Some((_, zh, en)) = NO_TABLES.iter().find(|(begins, _, _)| bytes.starts_with(begins)) {
            return Err(Text::new(*zh, *en));
        }
        if bytes.starts_with(b"PAR1") {
            return Ok(Self::Parquet);
        }
        if bytes.starts_with(b"HEADER RECORD*******") {
            return Ok(Self::Transport);
        }
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
        match text {
            [b'<', next, ..] if next.is_ascii_alphabetic() || matches!(next, b'!' | b'?' | b'/') => {
                Err(Text::new("网页或标记文件（HTML、SVG、XML）", "markup (HTML, SVG, XML)"))
            }
            [b'{', ..] => Ok(Self::Lines),
            [b'[', rest @ ..] if rest.trim_ascii_start().starts_with(b"{") => Ok(Self::Lines),
            _ => Ok(Self::Delimited),
        }
    }
}

/// Looks into an uploaded table. It lies in a file of its own while that is done, readable for nobody else, and is deleted then.
///
/// Errors: it is empty or too large, is not what its name says, or is no table. None of them tells what stands in it.
pub(crate) async fn scanned(scan: &dyn Scan, upload: &Upload) -> Result<Scanned, Problem> {
    let failed = |error: std::io::Error| Problem::internal(&error);
    let name = short(&upload.plain_name());
    is_table(&name, &upload.bytes)?;
    // The gate is never closed.
    let _place = ROOM.acquire().await;
    let folder = tempfile::tempdir().map_err(failed)?;
    let path = folder.path().join(&name);
    tokio::fs::write(&path, &upload.bytes).await.map_err(failed)?;
    scan.scan(&path, &name).await.map_err(not_a_table)
}

fn not_a_table(what: Text) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not-a-table", what)
}

fn is_table(name: &str, bytes: &[u8]) -> Result<(), Problem> {
    let most = cases::MAX_FILE;
    if bytes.len() as u64 > most {
        let mebibytes = most >> 20;
        let what = Text::new(
            format!("`{name}` 过大：至多 {mebibytes} MiB；更大的表请用 `tongguan inspect`，并上传其清单"),
            format!(
                "`{name}` is too large: at most {mebibytes} MiB; of a larger table upload the inventory that `tongguan inspect` writes"
            ),
        );
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "file-size", what));
    }
    if bytes.trim_ascii().is_empty() {
        let what = Text::new(format!("`{name}` 是空的"), format!("`{name}` is empty"));
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "file-size", what));
    }
    let endings = ENDINGS.map(|(ending, _)| ending).join(", ");
    let named = Form::of_name(name).ok_or_else(|| {
        not_a_table(Text::new(
            format!("`{name}` 的扩展名不是数据表：须为 {endings}"),
            format!("`{name}` has no ending of a table: {endings}"),
        ))
    })?;
    match Form::of_bytes(bytes) {
        Ok(found) if found == named => Ok(()),
        Ok(_) => Err(not_a_table(Text::new(
            format!("`{name}` 的内容与扩展名不符"),
            format!("`{name}` is not what its ending says"),
        ))),
        Err(what) => Err(not_a_table(Text::new(
            format!("`{name}` 不是数据表，而是{}", what.zh),
            format!("`{name}` is no table but {}", what.en),
        ))),
    }
}

/// A name that every file system takes: what is too long loses its middle, never its ending.
fn short(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let ending = if ending.len() > 10 { "" } else { ending };
    let most = LONGEST - ending.len() - 1;
    let cut = stem.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= most).last().unwrap_or(0);
    format!("{}.{ending}", &stem[..cut])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_one_by_its_name_and_by_its_content() {
        for (name, bytes, code) in [
            ("人员.csv", &b"id,name\n1,a\n"[..], ""),
            ("a.CSV", b"\xef\xbb\xbfid\n1\n", ""),
            ("a.ndjson", b"{\"id\":1}\n", ""),
            ("a.txt", b"a < b\n1\n", ""),
            ("a.csv", b"", "file-size"),
            ("a.csv", b" \n\r\n", "file-size"),
            ("a.csv", b"%PDF-1.7\n", "not-a-table"),
            ("a.csv", b"PK\x03\x04", "not-a-table"),
            ("a.csv", b"  <!doctype html><script>alert(1)</script>", "not-a-table"),
            ("a.csv", b"<svg onload=alert(1)/>", "not-a-table"),
            ("a.csv", b"PAR1", "not-a-table"),
            ("a.parquet", b"id\n1\n", "not-a-table"),
            ("a.ndjson", b"id\n1\n", "not-a-table"),
            ("a.html", b"id\n1\n", "not-a-table"),
            ("..", b"id\n1\n", "not-a-table"),
            ("a", b"id\n1\n", "not-a-table"),
        ] {
            let found = is_table(name, bytes).err();
            assert_eq!(found.as_ref().map_or("", |problem| problem.code), code, "{name}");
            assert!(found.is_none_or(|problem| !problem.what.en.contains('\n')));
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let long = short(&format!("{}.csv", "名".repeat(190)));
        assert!(long.len() <= LONGEST && long.ends_with("名.csv"), "{long}");
        assert_eq!(short("a.csv"), "a.csv");
    }
}
