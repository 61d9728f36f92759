//! The names of the transforms, and the one door to them.

use deid::{
    Ff1Key, Outcome, PseudonymKey, SetupError, Suppressed, TRANSFORMS, Tools, Transform, TransformError, describe,
};
use jiff::civil::date;

#[test]
fn names_read_as_the_contract_writes_them() {
    let cases = [
        ("keep", Transform::Keep),
        ("drop", Transform::Drop),
        ("mask", Transform::Mask),
        ("pseudonym", Transform::Pseudonym),
        ("ff1", Transform::Ff1),
        ("month", Transform::Month),
        ("year", Transform::Year),
        ("city", Transform::City),
        ("age-band:10", Transform::AgeBand(10)),
        ("age-band:5", Transform::AgeBand(5)),
    ];
    for (text, transform) in cases {
        assert_eq!(text.parse(), Ok(transform));
        assert_eq!(transform.to_string(), text);
        let json = format!("\"{text}\"");
        assert_eq!(serde_json::to_string(&transform).unwrap(), json);
        assert_eq!(serde_json::from_str::<Transform>(&json).unwrap(), transform);
        assert_eq!(transform.keyed(), ["pseudonym", "ff1"].contains(&text));
    }
    for text in ["age-band", "age-band:", "age-band:0", "age-band:05", "age-band:+5", "age-band:101", "age-band:x"] {
        assert_eq!(text.parse::<Transform>(), Err(TransformError::Width(text.to_owned())));
    }
    for text in ["", "Keep", "hash", "mask:4", "keep "] {
        let message = text.parse::<Transform>().unwrap_err().to_string();
        let expected = "is no transform; use one of `keep`, `drop`, `mask`, `pseudonym`, `ff1`, `month`, `year`, `city`, `age-band:10`";
        assert_eq!(message, format!("`{text}` {expected}"));
    }
}

#[test]
fn the_table_is_in_the_order_of_its_own_index() {
    for info in TRANSFORMS {
        assert_eq!(info.transform.info(), &info);
        let (zh, en) = describe(info.transform);
        assert!(!zh.is_empty() && !en.is_empty() && !zh.contains('{') && !en.contains('{'));
    }
    assert_eq!(describe(Transform::AgeBand(5)).1, "ages are put into bands of 5 years");
}

fn tools<'a>(pseudonym: &'a PseudonymKey, ff1: &'a Ff1Key, city: &'a deid::CityLookup) -> Tools<'a> {
    Tools { pseudonym: Some(pseudonym), ff1: Some(ff1), city: Some(city), on: Some(date(2026, 6, 27)) }
}

#[test]
fn each_transform_writes_its_form_or_says_why_not() {
    let (pseudonym, ff1) = (PseudonymKey::new(&[1; 32]), Ff1Key::new(&[2; 32]));
    let lookup = |address: &str| address.contains("深圳").then(|| "深圳市".to_owned());
    let tools = tools(&pseudonym, &ff1, &lookup);
    let cases = [
        ("keep", "NONE", "as it is", Ok("as it is")),
        ("drop", "NONE", "secret", Err(Suppressed::Dropped)),
        ("mask", "PHONE_CN", "13812345678", Ok("138****5678")),
        ("ff1", "PHONE_CN", "12345", Err(Suppressed::OutsideDomain)),
        ("month", "BIRTH_DATE", "1979/6/27", Ok("1979-06")),
        ("month", "BIRTH_DATE", "27.6.79", Err(Suppressed::Unreadable)),
        ("year", "BIRTH_DATE", "1979", Ok("1979")),
        ("city", "ADDRESS", "深圳南山", Ok("深圳市")),
        ("city", "ADDRESS", "某处", Err(Suppressed::Unreadable)),
        ("age-band:10", "AGE", "37", Ok("30-39")),
        ("age-band:10", "BIRTH_DATE", "1979-06-27", Ok("40-49")),
        ("age-band:10", "BIRTH_DATE", "47", Err(Suppressed::Unreadable)),
    ];
    for (name, label, value, expected) in cases {
        let mut out = String::new();
        let outcome = name.parse::<Transform>().unwrap().apply(label, value, &tools, &mut out).unwrap();
        let (outcome_expected, text) = match expected {
            Ok(text) => (Outcome::Written, text),
            Err(why) => (Outcome::Suppressed(why), ""),
        };
        assert_eq!((outcome, out.as_str()), (outcome_expected, text), "{name} {value}");
    }
    let mut out = String::new();
    let outcome = Transform::Pseudonym.apply("ID_CN", "a", &tools, &mut out);
    assert_eq!((outcome, out), (Ok(Outcome::Written), pseudonym.pseudonym("ID_CN", "a")));
}

#[test]
fn what_is_missing_is_an_error_and_nothing_is_written() {
    let cases = [
        (Transform::Pseudonym, SetupError::NoKey(Transform::Pseudonym)),
        (Transform::Ff1, SetupError::NoKey(Transform::Ff1)),
        (Transform::City, SetupError::NoLookup),
        (Transform::AgeBand(10), SetupError::NoDay(Transform::AgeBand(10))),
    ];
    for (transform, error) in cases {
        let mut out = String::new();
        assert_eq!(transform.apply("BIRTH_DATE", "1979-06-27", &Tools::default(), &mut out), Err(error));
        assert_eq!(out, "");
    }
}
