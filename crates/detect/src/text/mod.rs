//! Personal data in running text, Chinese and English.
//!
//! The text is read as characters with full-width forms folded, one to one, so that positions are those of the text given. First comes
//! everything with letters and digits (tokens), then what Han characters say around it. There are no word boundaries next to Han: a
//! number glued to 号 is found. Words such as 订单 or `tracking no` before a number make it the number of a thing.

mod han;
mod tokens;

use codes::{ClassId, normalise::fold_width, taxonomy};
use std::sync::OnceLock;

use crate::words::Words;

/// Personal data found in a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// The class.
    pub class: ClassId,
    /// From 0 to 1: a rank, not a probability.
    pub score: f32,
    /// False when the shape is right and the check digit is wrong.
    pub valid: bool,
}

macro_rules! found {
    ($($name:ident = $label:literal),* $(,)?) => {
        /// A class that text is searched for. The order is part of the state's form: new ones go to the end.
        #[derive(Copy, Clone, Eq, PartialEq, Debug)]
        pub(crate) enum Found { $($name),* }
        /// Labels in the order of [`Found`].
        pub(crate) const LABELS: [&str; [$($label),*].len()] = [$($label),*];
    };
}

found! {
    Person = "PERSON", IdCn = "ID_CN", PhoneCn = "PHONE_CN", Landline = "PHONE_LANDLINE", Email = "EMAIL", Address = "ADDRESS", BankCard = "BANK_CARD",
    Passport = "PASSPORT_CN", Plate = "PLATE_CN", Vin = "VIN", Imei = "IMEI", Ip = "IP", Uscc = "USCC", Geo = "GEO", Org = "ORG", Hospital = "ORG_HOSPITAL",
    Health = "HEALTH", Amount = "AMOUNT", BirthDate = "BIRTH_DATE", Gender = "GENDER", Age = "AGE", Date = "DATE", Timestamp = "TIMESTAMP",
    RecordNo = "MEDICAL_RECORD_NO", CaseId = "CASE_ID", Pnr = "PNR_LOCATOR", Permit = "PERMIT_HMT",
}

/// A span before its class is looked up.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Raw {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) found: Found,
    pub(crate) score: f32,
    pub(crate) valid: bool,
}

/// The text under the reader, and what was found so far.
pub(crate) struct Scanner<'a> {
    pub(crate) c: &'a [char],
    pub(crate) out: Vec<Raw>,
    /// Characters that belong to a span already.
    pub(crate) taken: Vec<bool>,
}

impl Scanner<'_> {
    pub(crate) fn add(&mut self, start: usize, end: usize, found: Found, score: f32, valid: bool) {
        if start < end && end <= self.c.len() && !self.taken[start..end].contains(&true) {
            self.taken[start..end].fill(true);
            self.out.push(Raw { start, end, found, score, valid });
        }
    }

    /// Where characters that fit end, from a place on.
    pub(crate) fn run(&self, from: usize, fits: impl Fn(char) -> bool) -> usize {
        from + self.c[from..].iter().take_while(|&&c| fits(c)).count()
    }

    /// The characters from a place to another.
    pub(crate) fn text(&self, start: usize, end: usize) -> String {
        self.c[start..end].iter().collect()
    }

    /// Length of the longest of the words that stands before `at`, past marks and spaces in between; 0 when there is none.
    pub(crate) fn before(&self, at: usize, words: &Words) -> usize {
        let mut end = at;
        loop {
            let n = words.before(&self.c[..end]);
            let between = end > 0
                && at - end < 4
                && matches!(
                    self.c[end - 1],
                    ' ' | ':' | '=' | '#' | '(' | '"' | '\'' | '【' | '[' | '“' | '为' | '是' | '号' | '码' | '、'
                );
            if n > 0 || !between {
                return n;
            }
            end -= 1;
        }
    }

    /// Length of the longest of the words that ends at a place.
    pub(crate) fn ends_with(&self, end: usize, words: &Words) -> usize {
        words.before(&self.c[..end])
    }

    /// Length of the longest of the words that stands at a place.
    pub(crate) fn starts_with(&self, at: usize, words: &Words) -> usize {
        self.c.get(at..).map_or(0, |text| words.at(text))
    }
}

fn scan(text: &str) -> Vec<Raw> {
    let chars: Vec<char> = text.chars().map(fold_width).collect();
    let mut s = Scanner { c: &chars, out: Vec::new(), taken: vec![false; chars.len()] };
    s.tokens();
    s.han();
    s.out.sort_by_key(|r| r.start);
    s.out
}

/// Personal data in a text, in order, without overlaps. Positions count characters.
pub fn scan_text(text: &str) -> Vec<Span> {
    static IDS: OnceLock<Vec<ClassId>> = OnceLock::new();
    let ids = IDS.get_or_init(|| LABELS.iter().filter_map(|label| taxonomy().by_label(label)).collect());
    scan(text)
        .into_iter()
        .filter_map(|r| {
            Some(Span {
                start: r.start,
                end: r.end,
                class: *ids.get(r.found as usize)?,
                score: r.score,
                valid: r.valid,
            })
        })
        .collect()
}

/// Counts what is in a text, by label; once more where the check digit is wrong.
pub(crate) fn scan_labels(text: &str, found: &mut [u64; LABELS.len()], wrong: &mut [u64; LABELS.len()]) {
    for r in scan(text) {
        found[r.found as usize] += 1;
        wrong[r.found as usize] += u64::from(!r.valid);
    }
}
