//! Bytes to text: which encoding a file is in, and decoding it piece by piece while every character keeps its place in the file.

use encoding_rs::{Encoding, GB18030, UTF_16BE, UTF_16LE};
use serde::{Deserialize, Serialize};

/// The encodings that Chinese offices and laboratories save tables in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextEncoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// GB 18030 (and with it GBK and GB 2312).
    Gb18030,
    /// UTF-16, little end first.
    Utf16Le,
    /// UTF-16, big end first.
    Utf16Be,
}

impl TextEncoding {
    /// The name users know it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Gb18030 => "GB18030",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
        }
    }

    fn decoder(self) -> &'static Encoding {
        match self {
            Self::Utf8 => encoding_rs::UTF_8,
            Self::Gb18030 => GB18030,
            Self::Utf16Le => UTF_16LE,
            Self::Utf16Be => UTF_16BE,
        }
    }
}

/// The encoding of a text and the length of its byte order mark, or why it is none we know.
///
/// `sample` should reach well past the first non-ASCII byte. A text is UTF-8 when multi-byte characters far outnumber
/// broken ones (a few broken rows go to quarantine); GB 18030 when it decodes without error and most of its two-byte
/// characters lie in the GB 2312 range, which keeps Latin-1 from being taken for Chinese.
pub(crate) fn detect_encoding(sample: &[u8]) -> Result<(TextEncoding, usize), String> {
    match sample {
        [0xEF, 0xBB, 0xBF, ..] => return Ok((TextEncoding::Utf8, 3)),
        [0xFF, 0xFE, ..] => return Ok((TextEncoding::Utf16Le, 2)),
        [0xFE, 0xFF, ..] => return Ok((TextEncoding::Utf16Be, 2)),
        _ => {}
    }
    if let Some(encoding) = utf16_without_mark(sample) {
        return Ok((encoding, 0));
    }
    if memchr::memchr(0, sample).is_some() {
        return Err("holds zero bytes: not a text file, or in an encoding that is not known".to_owned());
    }
    let (good, broken) = utf8_characters(sample);
    if broken == 0 || good >= 20 * broken {
        return Ok((TextEncoding::Utf8, 0));
    }
    if gb18030_is_plausible(sample) {
        return Ok((TextEncoding::Gb18030, 0));
    }
    Err("is neither UTF-8 nor UTF-16 nor GB18030; save it as UTF-8".to_owned())
}

/// ASCII text in UTF-16 has a zero in every second byte.
fn utf16_without_mark(sample: &[u8]) -> Option<TextEncoding> {
    let pairs = sample.chunks_exact(2).take(4096);
    let (mut high_zero, mut low_zero, mut count) = (0usize, 0usize, 0usize);
    for pair in pairs {
        count += 1;
        high_zero += usize::from(pair[0] == 0 && pair[1] != 0);
        low_zero += usize::from(pair[1] == 0 && pair[0] != 0);
    }
    let most = |zeros: usize| count >= 4 && zeros * 10 >= count * 3;
    match (most(low_zero), most(high_zero)) {
        (true, false) => Some(TextEncoding::Utf16Le),
        (false, true) => Some(TextEncoding::Utf16Be),
        _ => None,
    }
}

/// Counts well-formed multi-byte characters and broken sequences.
fn utf8_characters(sample: &[u8]) -> (usize, usize) {
    let (mut good, mut broken, mut rest) = (0, 0, sample);
    loop {
        match std::str::from_utf8(rest) {
            Ok(text) => return (good + text.chars().filter(|c| !c.is_ascii()).count(), broken),
            Err(error) => {
                let (valid, after) = rest.split_at(error.valid_up_to());
                good += String::from_utf8_lossy(valid).chars().filter(|c| !c.is_ascii()).count();
                // A character cut off by the end of the sample is no fault.
                let Some(length) = error.error_len() else { return (good, broken) };
                broken += 1;
                rest = &after[length..];
            }
        }
    }
}

fn gb18030_is_plausible(sample: &[u8]) -> bool {
    // The sample's end may cut a character: leave out what follows the last line end.
    let end = memchr::memrchr(b'\n', sample).map_or(sample.len(), |at| at + 1);
    let sample = &sample[..end];
    let (_, had_errors) = GB18030.decode_without_bom_handling(sample);
    if had_errors {
        return false;
    }
    let (mut two_byte, mut common, mut at) = (0usize, 0usize, 0usize);
    while at + 1 < sample.len() {
        if sample[at] < 0x80 {
            at += 1;
            continue;
        }
        two_byte += 1;
        common += usize::from(sample[at] >= 0xA1 && sample[at + 1] >= 0xA1);
        at += if (0x30..=0x39).contains(&sample[at + 1]) { 4 } else { 2 };
    }
    two_byte > 0 && common * 10 >= two_byte * 7
}

/// Decoded text that waits to be cut into records, with the place in the file of each of its characters.
///
/// For UTF-8 a place is exact everywhere; for the other encodings it is exact at the beginning of a line, which is where
/// records begin and end.
pub(crate) struct TextBuffer {
    encoding: TextEncoding,
    /// Decoded and not yet taken.
    text: String,
    /// Undecoded bytes: a character or line not yet complete.
    pending: Vec<u8>,
    /// (position in `text`, position in the file): between two marks both run in step.
    marks: Vec<(usize, u64)>,
    /// Positions in `text` of replacement characters that stand for broken bytes.
    broken: Vec<usize>,
    /// Position in the file of the first byte of `pending`.
    file_at: u64,
}

impl TextBuffer {
    pub(crate) fn new(encoding: TextEncoding, file_at: u64) -> Self {
        Self {
            encoding,
            text: String::new(),
            pending: Vec::new(),
            marks: vec![(0, file_at)],
            broken: Vec::new(),
            file_at,
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Decodes the next bytes of the file.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if self.encoding == TextEncoding::Utf8 {
            if self.pending.is_empty() {
                self.decode_utf8(bytes, false);
            } else {
                let mut joined = std::mem::take(&mut self.pending);
                joined.extend_from_slice(bytes);
                self.decode_utf8(&joined, false);
            }
        } else {
            self.pending.extend_from_slice(bytes);
            self.decode_lines(false);
        }
    }

    /// No more bytes will come.
    pub(crate) fn finish(&mut self) {
        if self.encoding == TextEncoding::Utf8 {
            let rest = std::mem::take(&mut self.pending);
            self.decode_utf8(&rest, true);
        } else {
            self.decode_lines(true);
        }
    }

    /// Forgets the first `count` bytes of the text: they have become records.
    pub(crate) fn take(&mut self, count: usize) {
        if count == 0 {
            return;
        }
        let start = self.file_position(count);
        self.text.drain(..count);
        self.marks.retain_mut(|mark| {
            let keep = mark.0 > count;
            mark.0 = mark.0.saturating_sub(count);
            keep
        });
        self.marks.insert(0, (0, start));
        self.broken.retain_mut(|at| {
            let keep = *at >= count;
            *at = at.saturating_sub(count);
            keep
        });
    }

    /// The place in the file of a position in the text.
    pub(crate) fn file_position(&self, at: usize) -> u64 {
        let next = self.marks.partition_point(|mark| mark.0 <= at);
        let (text_at, file_at) = self.marks[next.saturating_sub(1)];
        file_at + (at - text_at) as u64
    }

    /// Whether a part of the text stands for bytes that are not of the encoding.
    pub(crate) fn is_broken(&self, start: usize, end: usize) -> bool {
        if self.broken.is_empty() {
            return false;
        }
        let first = self.broken.partition_point(|at| *at < start);
        self.broken.get(first).is_some_and(|at| *at < end)
    }

    fn decode_utf8(&mut self, bytes: &[u8], last: bool) {
        let tail = if last { 0 } else { unfinished_tail(bytes) };
        let (mut rest, unfinished) = bytes.split_at(bytes.len() - tail);
        self.pending = unfinished.to_vec();
        loop {
            match std::str::from_utf8(rest) {
                Ok(text) => {
                    self.text.push_str(text);
                    self.file_at += rest.len() as u64;
                    return;
                }
                Err(error) => {
                    let (valid, after) = rest.split_at(error.valid_up_to());
                    // `valid` was just found to be UTF-8: this copies and replaces nothing.
                    self.text.push_str(&String::from_utf8_lossy(valid));
                    self.file_at += valid.len() as u64;
                    let length = match error.error_len() {
                        Some(length) => length,
                        None => after.len(),
                    };
                    self.replace(length);
                    rest = &after[length..];
                }
            }
        }
    }

    /// Puts one replacement character for `length` broken bytes.
    fn replace(&mut self, length: usize) {
        self.broken.push(self.text.len());
        self.text.push('\u{FFFD}');
        self.file_at += length as u64;
        self.marks.push((self.text.len(), self.file_at));
    }

    /// Decodes whole lines, so that each line's beginning has its exact place.
    fn decode_lines(&mut self, last: bool) {
        let pending = std::mem::take(&mut self.pending);
        let mut at = 0;
        while at < pending.len() {
            let end = match self.line_end(&pending[at..]) {
                Some(length) => at + length,
                None if last => pending.len(),
                None => break,
            };
            let before = self.text.len();
            let (text, had_errors) = self.encoding.decoder().decode_without_bom_handling(&pending[at..end]);
            self.text.push_str(&text);
            if had_errors {
                let faults = text.match_indices('\u{FFFD}').map(|(offset, _)| before + offset);
                self.broken.extend(faults);
            }
            self.file_at += (end - at) as u64;
            self.marks.push((self.text.len(), self.file_at));
            at = end;
        }
        self.pending = pending[at..].to_vec();
    }

    /// The length of the first line with its end. A line feed never is part of another GB 18030 character; in UTF-16 it
    /// is looked for in whole code units.
    fn line_end(&self, bytes: &[u8]) -> Option<usize> {
        let unit = match self.encoding {
            TextEncoding::Utf8 | TextEncoding::Gb18030 => {
                return memchr::memchr(b'\n', bytes).map(|at| at + 1);
            }
            TextEncoding::Utf16Le => [b'\n', 0],
            TextEncoding::Utf16Be => [0, b'\n'],
        };
        bytes.chunks_exact(2).position(|pair| pair == unit).map(|at| 2 * at + 2)
    }
}

/// The length of a UTF-8 character cut off by the end of `bytes`, so that the whole rest is validated in one go.
fn unfinished_tail(bytes: &[u8]) -> usize {
    for back in 1..=bytes.len().min(3) {
        let needs = match bytes[bytes.len() - back] {
            0x80..=0xBF => continue,
            0xC0..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xFF => 4,
            _ => 1,
        };
        return if needs > back { back } else { 0 };
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    }

    #[test]
    fn encodings_are_told_apart() {
        let zh = "编号,姓名\n1,张三\n2,李四\n";
        let gb = GB18030.encode(zh).0.into_owned();
        let check = |bytes: &[u8], expected: Result<(TextEncoding, usize), ()>| {
            assert_eq!(detect_encoding(bytes).map_err(|_| ()), expected);
        };
        check(zh.as_bytes(), Ok((TextEncoding::Utf8, 0)));
        check(b"\xEF\xBB\xBFid\n1\n", Ok((TextEncoding::Utf8, 3)));
        check(&gb, Ok((TextEncoding::Gb18030, 0)));
        check(&utf16("id,name\n1,abc\n", true), Ok((TextEncoding::Utf16Le, 0)));
        check(&utf16("id,name\n1,abc\n", false), Ok((TextEncoding::Utf16Be, 0)));
        check(&[&[0xFF, 0xFE][..], &utf16(zh, true)].concat(), Ok((TextEncoding::Utf16Le, 2)));
        check(b"name\ncaf\xE9 bar\nna\xEFve man\n", Err(()));
        check(b"PK\x03\x04\x00\x00\x00\x01\x02", Err(()));
    }

    #[test]
    fn every_character_keeps_its_place_however_the_bytes_arrive() {
        let zh = "编号,姓名\n1,张三\n2,李四\n3,王五";
        for (encoding, bytes) in [
            (TextEncoding::Utf8, zh.as_bytes().to_vec()),
            (TextEncoding::Gb18030, GB18030.encode(zh).0.into_owned()),
            (TextEncoding::Utf16Le, utf16(zh, true)),
            (TextEncoding::Utf16Be, utf16(zh, false)),
        ] {
            for step in 1..bytes.len() {
                let mut buffer = TextBuffer::new(encoding, 100);
                for chunk in bytes.chunks(step) {
                    buffer.push(chunk);
                }
                buffer.finish();
                assert_eq!(buffer.text(), zh, "{encoding:?} in steps of {step}");
                let line = zh.find("2,").expect("the third line");
                let (before, _, _) = encoding.decoder().encode(&zh[..line]);
                let length = match encoding {
                    TextEncoding::Utf16Le | TextEncoding::Utf16Be => 2 * zh[..line].encode_utf16().count(),
                    _ => before.len(),
                };
                assert_eq!(buffer.file_position(line), 100 + length as u64);
            }
        }
    }

    #[test]
    fn broken_bytes_are_found_in_their_line_only() {
        let mut buffer = TextBuffer::new(TextEncoding::Utf8, 0);
        buffer.push(b"good\nb\xFFd\nfine\n");
        buffer.finish();
        assert!(!buffer.is_broken(0, 5));
        let second = 5;
        let third = buffer.text().find("fine").expect("third line");
        assert!(buffer.is_broken(second, third));
        assert!(!buffer.is_broken(third, buffer.text().len()));
        assert_eq!(buffer.file_position(third), 9);
    }
}
