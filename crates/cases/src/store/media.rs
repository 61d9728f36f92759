//! What a file is, by its content, held against what it is stated to be.

/// Beginnings of formats.
const PDF: &[u8] = b"%PDF-";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const JPEG: &[u8] = b"\xff\xd8\xff";
const ZIP: &[u8] = b"PK\x03\x04";
const TIFF: [&[u8]; 4] = [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"];
/// The old formats of office programs.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// The end record of a ZIP, and its size without a comment.
const ZIP_END: &[u8] = b"PK\x05\x06";
const ZIP_END_SIZE: usize = 22;
/// One file of a ZIP's directory, and its size without names.
const ZIP_FILE: &[u8] = b"PK\x01\x02";
const ZIP_FILE_SIZE: usize = 46;

/// Media types that are taken, each with what makes a file one.
pub(crate) const TYPES: [&str; 14] = [
    "application/pdf",
    "image/png",
    "image/jpeg",
    "image/tiff",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/ofd",
    "text/plain",
    "text/markdown",
    "text/csv",
    "application/json",
    "application/zip",
];

/// Whether the bytes are what they are stated to be; otherwise what they are instead.
pub(crate) fn check(stated: &str, bytes: &[u8]) -> Result<(), &'static str> {
    if !TYPES.contains(&stated) {
        return Err("of a type that is not taken");
    }
    let is = match stated {
        "application/pdf" => is_pdf(bytes),
        "image/png" => bytes.starts_with(PNG) && bytes.get(12..16) == Some(b"IHDR"),
        "image/jpeg" => bytes.starts_with(JPEG),
        "image/tiff" => TIFF.iter().any(|start| bytes.starts_with(start)),
        "text/plain" | "text/markdown" | "text/csv" => is_text(bytes),
        "application/json" => serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok(),
        _ => return check_zip(stated, bytes),
    };
    if is { Ok(()) } else { Err(what(bytes)) }
}

fn is_pdf(bytes: &[u8]) -> bool {
    let end = &bytes[bytes.len().saturating_sub(2048)..];
    bytes.starts_with(PDF) && memchr::memmem::find(end, b"%%EOF").is_some()
}

fn is_text(bytes: &[u8]) -> bool {
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}' | '\u{feff}');
    std::str::from_utf8(bytes).is_ok_and(|text| !text.contains(control))
}

fn check_zip(stated: &str, bytes: &[u8]) -> Result<(), &'static str> {
    let Some(names) = zip_names(bytes) else {
        return Err(if bytes.starts_with(ZIP) { "a ZIP that is cut off or broken" } else { what(bytes) });
    };
    let has = |name: &str| names.iter().any(|known| known == name);
    // An OpenDocument file begins with its own type, stored as it is.
    let opens_with = |kind: &str| bytes.get(38..38 + kind.len()) == Some(kind.as_bytes());
    let is = match stated {
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => {
            has("[Content_Types].xml") && has("word/document.xml") && !has("word/vbaProject.bin")
        }
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => {
            has("[Content_Types].xml") && has("xl/workbook.xml") && !has("xl/vbaProject.bin")
        }
        "application/vnd.oasis.opendocument.text" | "application/vnd.oasis.opendocument.spreadsheet" => {
            has("content.xml") && opens_with(&format!("{stated}PK"))
        }
        "application/ofd" => has("OFD.xml"),
        _ => true,
    };
    if is { Ok(()) } else { Err("a ZIP without the parts of that type, or with macros") }
}

/// The names in a ZIP's directory; `None`: it has none that holds together.
fn zip_names(bytes: &[u8]) -> Option<Vec<String>> {
    if !bytes.starts_with(ZIP) {
        return None;
    }
    // The end record has a comment of at most 65,535 bytes behind it.
    let tail = bytes.len().saturating_sub(ZIP_END_SIZE + 0xffff);
    let end = tail + memchr::memmem::rfind(&bytes[tail..], ZIP_END)?;
    let short = |at: usize| Some(usize::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
    let long = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize);
    let (count, mut at) = (short(end + 10)?, long(end + 16)?);
    let mut names = Vec::with_capacity(count);
    for _ in 0..count {
        if bytes.get(at..at + 4)? != ZIP_FILE {
            return None;
        }
        let (name, extra, comment) = (short(at + 28)?, short(at + 30)?, short(at + 32)?);
        let from = at + ZIP_FILE_SIZE;
        names.push(String::from_utf8_lossy(bytes.get(from..from + name)?).into_owned());
        at = from + name + extra + comment;
    }
    (at <= end).then_some(names)
}

/// What a file looks like, for a message.
fn what(bytes: &[u8]) -> &'static str {
    match bytes {
        [] => "empty",
        _ if bytes.starts_with(PDF) => "a PDF, or the beginning of one",
        _ if bytes.starts_with(PNG) => "a PNG image",
        _ if bytes.starts_with(JPEG) => "a JPEG image",
        _ if TIFF.iter().any(|start| bytes.starts_with(start)) => "a TIFF image",
        _ if bytes.starts_with(ZIP) => "a ZIP archive, as office documents are",
        _ if bytes.starts_with(COMPOUND) => "a document of an old office format",
        _ if bytes.starts_with(b"MZ") || bytes.starts_with(b"\x7fELF") => "a program",
        _ if is_text(bytes) => "plain text",
        _ => "of no type that is known here",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ZIP of empty stored files with these names.
    fn zip(names: &[&str], first: &[u8]) -> Vec<u8> {
        let (mut bytes, mut directory) = (Vec::new(), Vec::new());
        for (nth, name) in names.iter().enumerate() {
            let content = if nth == 0 { first } else { b"" };
            let at = bytes.len() as u32;
            let sizes = [(content.len() as u32).to_le_bytes(), (content.len() as u32).to_le_bytes()].concat();
            let length = (name.len() as u16).to_le_bytes();
            bytes.extend(
                [ZIP, &[20, 0, 0, 0, 0, 0, 0, 0, 0, 0], &[0; 4], &sizes, &length, &[0, 0], name.as_bytes(), content]
                    .concat(),
            );
            let head = [ZIP_FILE, &[20, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0], &[0; 4], &sizes, &length, &[0; 12]].concat();
            directory.extend([&head, &at.to_le_bytes()[..], name.as_bytes()].concat());
        }
        let (at, size, count) = (bytes.len() as u32, directory.len() as u32, (names.len() as u16).to_le_bytes());
        bytes.extend(directory);
        bytes.extend([ZIP_END, &[0; 4], &count, &count, &size.to_le_bytes(), &at.to_le_bytes(), &[0, 0]].concat());
        bytes
    }

    #[test]
    fn files_are_what_their_content_says() {
        let docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        let xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        let odt = "application/vnd.oasis.opendocument.text";
        let word = zip(&["[Content_Types].xml", "word/document.xml"], b"");
        let sheet = zip(&["[Content_Types].xml", "xl/workbook.xml"], b"");
        let text = zip(&["mimetype", "content.xml"], odt.as_bytes());
        let macros = zip(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"], b"");
        let pdf = b"%PDF-1.7\n1 0 obj\n%%EOF\n";
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        for (stated, bytes, holds) in [
            (docx, &word[..], true),
            (xlsx, &sheet, true),
            (odt, &text, true),
            ("application/ofd", &zip(&["OFD.xml"], b""), true),
            ("application/pdf", pdf, true),
            ("image/png", png, true),
            ("image/jpeg", b"\xff\xd8\xff\xe0", true),
            ("image/tiff", b"II*\0\x08\0\0\0", true),
            ("text/csv", "\u{feff}列,值\r\n一,1\r\n".as_bytes(), true),
            ("application/json", b"{\"a\":[1]}", true),
            (docx, &sheet, false),
            (docx, &macros, false),
            (docx, &word[..word.len() - 30], false),
            (odt, &word, false),
            ("application/pdf", b"%PDF-1.7 cut off", false),
            ("application/pdf", png, false),
            ("image/png", pdf, false),
            ("text/plain", b"\xc4\xe3\xba\xc3", false),
            ("text/plain", b"a\0b", false),
            ("application/json", b"{\"a\":", false),
            ("text/html", b"<script>", false),
            ("application/x-msdownload", b"MZ", false),
        ] {
            assert_eq!(check(stated, bytes).is_ok(), holds, "{stated}: {:?}", check(stated, bytes));
        }
    }
}
