//! What each form of the plan looks like, told from the values alone: written a second time, apart from the transforms.

use std::collections::HashSet;
use std::sync::OnceLock;

use codes::divisions;
use deid::Transform;

use super::met::Size;
use crate::plan::FieldStep;

/// Judges the values of one outgoing column.
pub(super) struct Judge {
    transform: Transform,
    is_resident_id: bool,
    is_email: bool,
}

impl Judge {
    pub(super) fn new(step: &FieldStep) -> Self {
        Self { transform: step.transform, is_resident_id: step.label == "ID_CN", is_email: step.label == "EMAIL" }
    }

    pub(super) fn is_kept(&self) -> bool {
        self.transform == Transform::Keep
    }

    /// Whether `out` can be what the plan makes of `raw`. A value may always stay behind; nothing comes of nothing.
    pub(super) fn fits(&self, raw: Option<&str>, out: Option<&str>) -> bool {
        if self.is_kept() {
            return raw == out;
        }
        match (raw, out) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(raw), Some(out)) => match self.transform {
                Transform::Keep | Transform::Drop => false,
                Transform::Pseudonym => is_pseudonym(out),
                Transform::Ff1 => encrypted_size(self.is_resident_id, raw, out).is_some(),
                Transform::Mask if self.is_email => is_masked_email(out),
                Transform::Mask => is_masked(out),
                Transform::Month => is_month(out),
                Transform::Year => is_year(out),
                Transform::City => is_city(out),
                Transform::AgeBand(width) => is_band(out, width),
            },
        }
    }

    /// For keyed forms the number of values the format has, and whether `raw` is one of them.
    pub(super) fn domain(&self, raw: &str, out: &str) -> Option<(Size, bool)> {
        match self.transform {
            Transform::Ff1 => Some((encrypted_size(self.is_resident_id, raw, out)?, true)),
            Transform::Pseudonym if is_pseudonym(out) => Some((Size::PSEUDONYMS, is_pseudonym(raw))),
            _ => None,
        }
    }
}

/// 26 characters of the alphabet of RFC 4648, section 7, in lower case.
fn is_pseudonym(text: &str) -> bool {
    text.len() == 26 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'v'))
}

/// What a character may become under format-preserving encryption.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Digit,
    Upper,
    Lower,
    Han,
    Mark,
}

fn sort(c: char) -> Sort {
    match c {
        '0'..='9' => Sort::Digit,
        'A'..='Z' => Sort::Upper,
        'a'..='z' => Sort::Lower,
        '\u{4e00}'..='\u{9fff}' => Sort::Han,
        _ => Sort::Mark,
    }
}

/// The size of the format two values share; none where they are of two formats. Of a resident number of 18 places the
/// last is a digit or X, whichever of them it was.
fn encrypted_size(is_resident_id: bool, raw: &str, out: &str) -> Option<Size> {
    let mut size = Size::default();
    let (mut raws, mut outs) = (raw.chars(), out.chars());
    loop {
        match (raws.next(), outs.next()) {
            (None, None) => return Some(size),
            (Some(a), Some(b)) => {
                let is_check = is_resident_id && size.is_seventeen_digits();
                match sort(a) {
                    Sort::Mark if a == b => {}
                    _ if is_check && matches!(a, '0'..='9' | 'X' | 'x') && matches!(b, '0'..='9' | 'X') => {
                        size.check += 1;
                    }
                    of if of != sort(b) || of == Sort::Mark => return None,
                    Sort::Digit => size.digits += 1,
                    Sort::Han => size.han += 1,
                    _ => size.letters += 1,
                }
            }
            _ => return None,
        }
    }
}

/// Stars, and the host where there is one.
fn is_masked_email(text: &str) -> bool {
    let local = text.split_once('@').map_or(text, |(local, _)| local);
    !local.is_empty() && local.bytes().all(|b| b == b'*')
}

/// A few letters or digits and stars: no mask leaves more than eight in a row, or eleven in all.
fn is_masked(text: &str) -> bool {
    let (mut all, mut run, mut stars) = (0, 0, 0);
    for c in text.chars() {
        stars += usize::from(c == '*');
        run = if c.is_alphanumeric() { run + 1 } else { 0 };
        all += usize::from(c.is_alphanumeric());
        if run > 8 || all > 11 {
            return false;
        }
    }
    stars > 0
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_month(text: &str) -> bool {
    text.split_once('-').is_some_and(|(year, month)| {
        is_year(year) && month.len() == 2 && month.parse::<u8>().is_ok_and(|month| (1..=12).contains(&month))
    })
}

/// `30-39`; a band of one year is the year. No one is older than 150.
fn is_band(text: &str, width: u32) -> bool {
    let number = |text: &str| text.parse::<u32>().ok().filter(|n| n.to_string() == text);
    let (low, high) = match text.split_once('-') {
        Some((low, high)) => (number(low), number(high)),
        None if width == 1 => (number(text), number(text)),
        None => return false,
    };
    matches!((low, high), (Some(low), Some(high)) if low <= 150 && low % width == 0 && high == low + width - 1)
}

/// A city of the table of divisions.
fn is_city(text: &str) -> bool {
    static CITIES: OnceLock<HashSet<&'static str>> = OnceLock::new();
    let cities = CITIES.get_or_init(|| {
        let codes = divisions::all().iter().map(|division| division.code);
        codes.filter_map(divisions::city).map(|(_, name)| name).collect()
    });
    cities.contains(text)
}

#[cfg(test)]
mod tests {
    use codes::ClassId;

    use super::*;

    fn judge(transform: &str, label: &str) -> Judge {
        let transform = transform.parse().expect("a transform");
        Judge::new(&FieldStep { field: "f".to_owned(), label: label.to_owned(), transform, key: None, leaves_as: None })
    }

    #[test]
    fn what_a_form_is_and_what_it_is_not() {
        for (transform, label, raw, out, fits) in [
            ("keep", "NONE", "a", "a", true),
            ("keep", "NONE", "a", "b", false),
            ("pseudonym", "ID_CN", "11010519491231002X", "qhc9ruodibos7fhnimivofp584", true),
            ("pseudonym", "ID_CN", "11010519491231002X", "11010519491231002X", false),
            ("ff1", "PHONE_CN", "138-0013-8000", "772-1934-0081", true),
            ("ff1", "PHONE_CN", "138-0013-8000", "77219340081", false),
            ("ff1", "PHONE_CN", "13800138000", "11010519491231002X", false),
            ("ff1", "ID_CN", "11010519491231002x", "840293847561029384", true),
            ("ff1", "ID_CN", "110105194912310021", "84029384756102938X", true),
            ("ff1", "ID_CN", "110105194912310021", "8402938475610293XX", false),
            ("ff1", "PASSPORT_CN", "E12345678", "Q87654321", true),
            ("ff1", "PASSPORT_CN", "E12345678", "q87654321", false),
            ("ff1", "PERSON", "王小明", "丁丂七", true),
            ("mask", "PHONE_CN", "13800138000", "138****8000", true),
            ("mask", "PHONE_CN", "13800138000", "13800138000", false),
            ("mask", "EMAIL", "a@example.com", "***@example.com", true),
            ("mask", "EMAIL", "a.b@example.com", "a.b@example.com", false),
            ("mask", "EMAIL", "a.b@example.com", "*.b@example.com", false),
            ("mask", "EMAIL", "a@b", "***", true),
            ("mask", "IMEI", "490154203237518", "49015420*******", true),
            ("mask", "FREE_TEXT", "电话 13800138000", "电话 13800138000 *", false),
            ("month", "DATE", "2026-11-02", "2026-11", true),
            ("month", "DATE", "2026-11-02", "2026-11-02", false),
            ("month", "DATE", "2026-11-02", "2026-13", false),
            ("year", "DATE", "2026-11-02", "2026", true),
            ("year", "DATE", "2026-11-02", "20261102", false),
            ("age-band:10", "AGE", "37", "30-39", true),
            ("age-band:10", "AGE", "37", "37", false),
            ("age-band:10", "AGE", "37", "30-49", false),
            ("age-band:1", "AGE", "37", "37", true),
            ("city", "ADDRESS", "河南省洛阳市涧西区青石南路680号", "洛阳市", true),
            ("city", "ADDRESS", "河南省洛阳市涧西区青石南路680号", "洛阳市涧西区", false),
        ] {
            assert_eq!(judge(transform, label).fits(Some(raw), Some(out)), fits, "{transform} {label} {out}");
        }
        for transform in ["pseudonym", "ff1", "mask", "year"] {
            assert!(!judge(transform, "NONE").fits(None, Some("2026")), "of nothing comes nothing");
            assert!(judge(transform, "NONE").fits(Some("x"), None));
        }
        assert!(!judge("keep", "NONE").fits(Some("x"), None) && !judge("keep", "NONE").fits(None, Some("x")));
    }

    /// Every value a transform makes is of its form, as this module sees it.
    #[test]
    fn forms_are_those_of_the_transforms() {
        let (pseudonym, ff1) = (deid::PseudonymKey::new(&[7; 32]), deid::Ff1Key::new(&[7; 32]));
        let city = |address: &str| divisions::city_of_address(address).map(|(_, name)| name.to_owned());
        let on = "2026-11-02".parse().ok();
        let tools = deid::Tools { pseudonym: Some(&pseudonym), ff1: Some(&ff1), city: Some(&city), on };
        let mut written = 0;
        for kind in sample::Kind::ALL {
            let table = sample::table(kind, 150, 11);
            let labels = codes::taxonomy().classes().map(ClassId::label).collect::<Vec<_>>();
            for (row, cell) in table.rows.iter().flatten().flatten().enumerate() {
                let label = &labels[row % labels.len()];
                for transform in ["pseudonym", "ff1", "mask", "month", "year", "age-band:10", "age-band:1", "city"] {
                    let judge = judge(transform, label);
                    let mut out = String::new();
                    let made = judge.transform.apply(label, cell, &tools, &mut out).expect("set up");
                    if made == deid::Outcome::Written {
                        assert!(judge.fits(Some(cell), Some(&out)), "{transform} of {label}");
                        written += 1;
                    }
                }
            }
        }
        assert!(written > 20_000, "{written}");
    }
}
