//! Format-preserving encryption as a user meets it.

use std::collections::HashSet;

use deid::{Ff1Key, OutsideDomain};
use proptest::prelude::*;

type Way = fn(&Ff1Key, &str, &str, &mut String) -> Result<(), OutsideDomain>;

fn run(way: Way, key: &Ff1Key, label: &str, value: &str) -> Option<String> {
    let mut out = "kept:".to_owned();
    let done = way(key, label, value, &mut out);
    let added = out.strip_prefix("kept:").expect("what is there stays");
    assert!(done.is_ok() || added.is_empty(), "a refused value writes nothing");
    done.is_ok().then(|| added.to_owned())
}

fn encrypt(key: &Ff1Key, label: &str, value: &str) -> Option<String> {
    run(Ff1Key::encrypt, key, label, value)
}

fn decrypt(key: &Ff1Key, label: &str, value: &str) -> Option<String> {
    run(Ff1Key::decrypt, key, label, value)
}

/// The kind of each character, as documented; separators stand for themselves.
fn format_of(value: &str) -> String {
    let kind = |c: char| match c {
        '0'..='9' => '9',
        'a'..='z' => 'a',
        'A'..='Z' => 'A',
        '\u{4e00}'..='\u{9fff}' => '字',
        other => other,
    };
    value.chars().map(kind).collect()
}

/// NIST's FF1 samples 7 and 8: AES-256, radix 10. The tweak is the label.
#[test]
fn nist_samples_for_aes_256() {
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(&0x2b7e_1516_28ae_d2a6_abf7_1588_09cf_4f3c_u128.to_be_bytes());
    bytes[16..].copy_from_slice(&0xef43_59d8_d580_aa4f_7f03_6d6f_04fc_6a94_u128.to_be_bytes());
    let key = Ff1Key::new(&bytes);
    assert_eq!(encrypt(&key, "", "0123456789").as_deref(), Some("6657667009"));
    assert_eq!(encrypt(&key, "9876543210", "0123456789").as_deref(), Some("1001623463"));
    assert_eq!(encrypt(&key, "", "01-2345 (6789)").as_deref(), Some("66-5766 (7009)"));
}

#[test]
fn formats_are_kept_and_come_back() {
    let key = Ff1Key::new(&[7; 32]);
    let values = [
        ("PHONE_CN", "13812345678"),
        ("PHONE_CN", "+86 138-1234-5678"),
        ("BANK_CARD", "6222 0212 3456 7890 123"),
        ("PASSPORT_CN", "E12345678"),
        ("VIN", "LSVAM4187C2184841"),
        ("PLATE_CN", "京A·12345"),
        ("PERSON", "欧阳娜娜"),
        ("ID_CN", "110105491231002"),
        ("CUSTOMER_KEY", "d6a1f6e0-95a7-4be0-9ac4-0d1b1f7a2c55"),
        ("CUSTOMER_KEY", "000000"),
        ("CUSTOMER_KEY", "aaaaa"),
        ("CUSTOMER_KEY", "（0755）26001234"),
    ];
    for (label, value) in values {
        let hidden = encrypt(&key, label, value).expect(label);
        assert_eq!(format_of(&hidden), format_of(value), "{label}");
        assert_ne!(hidden, value, "{label}");
        assert_eq!(decrypt(&key, label, &hidden).as_deref(), Some(value), "{label}");
    }
}

#[test]
fn resident_ids_stay_resident_ids_in_form_with_and_without_x() {
    let key = Ff1Key::new(&[7; 32]);
    let mut with_x = 0;
    let mut seen = HashSet::new();
    for i in 0..2_000_u64 {
        let check = "0123456789X".chars().nth((i % 11) as usize).expect("eleven of them");
        let value = format!("{:017}{check}", 11_010_519_491_231_000 + i);
        let hidden = encrypt(&key, "ID_CN", &value).expect("in the domain");
        let (body, last) = hidden.split_at(17);
        assert!(body.bytes().all(|b| b.is_ascii_digit()));
        assert!(matches!(last.as_bytes(), [b'0'..=b'9' | b'X']), "{last}");
        with_x += u32::from(last == "X");
        assert_eq!(decrypt(&key, "ID_CN", &hidden).as_deref(), Some(value.as_str()));
        assert!(seen.insert(hidden), "two values met");
    }
    // One in eleven.
    assert!((100..270).contains(&with_x), "{with_x}");
    let (small, large) = (encrypt(&key, "ID_CN", "11010519491231002x"), encrypt(&key, "ID_CN", "11010519491231002X"));
    assert_eq!(small, large);
    assert_eq!(decrypt(&key, "ID_CN", &small.expect("in the domain")).as_deref(), Some("11010519491231002X"));
}

#[test]
fn what_is_outside_the_domain_is_refused() {
    let key = Ff1Key::new(&[7; 32]);
    let refused = [
        "",
        "-",
        "12345",
        "12-34-5",
        "abcd",
        "AB12",
        "王",
        "王-1",
        "1234567é",
        "１２３４５６７",
        "張三豐🙂",
        "1234567\u{7f}",
        "1234567\t",
    ];
    for value in refused {
        assert_eq!(encrypt(&key, "NONE", value), None, "{value:?}");
        assert_eq!(decrypt(&key, "NONE", value), None, "{value:?}");
    }
    let taken = ["123456", "12-34-56", "abcde", "AB123a", "张三丰", "王芳"];
    for value in taken {
        assert!(encrypt(&key, "NONE", value).is_some(), "{value:?}");
    }
    assert!(encrypt(&key, "NONE", &"9".repeat(72)).is_some());
    assert!(encrypt(&key, "NONE", &"9".repeat(73)).is_none());
    assert!(encrypt(&key, "NONE", &"z".repeat(54)).is_some());
    assert!(encrypt(&key, "NONE", &"z".repeat(55)).is_none());
}

#[test]
fn a_small_mixed_format_is_a_permutation() {
    // 26 * 10^5 - 2,600,000 values - is too many to list quickly; every fortieth shows no two meet.
    let key = Ff1Key::new(&[9; 32]);
    let mut seen = HashSet::new();
    for i in (0..2_600_000_u32).step_by(40) {
        let letter = char::from(b'A' + (i / 100_000) as u8);
        let hidden = encrypt(&key, "NONE", &format!("{letter}{:05}", i % 100_000)).expect("in the domain");
        assert!(seen.insert(hidden));
    }
}

#[test]
fn a_key_does_not_print_itself() {
    assert_eq!(format!("{:?}", Ff1Key::new(&[7; 32])), "Ff1Key { .. }");
}

proptest! {
    #[test]
    fn any_value_of_the_domain_comes_back(key: [u8; 32], label in "[A-Z_]{0,12}", value in "[0-9a-zA-Z +\\-]{6,40}") {
        let key = Ff1Key::new(&key);
        if let Some(hidden) = encrypt(&key, &label, &value) {
            prop_assert_eq!(format_of(&hidden), format_of(&value));
            prop_assert_eq!(decrypt(&key, &label, &hidden), Some(value));
        }
    }

    #[test]
    fn han_and_letters_come_back(value in "[\u{4e00}-\u{9fff}a-c]{4,20}") {
        let key = Ff1Key::new(&[3; 32]);
        if let Some(hidden) = encrypt(&key, "PERSON", &value) {
            prop_assert_eq!(format_of(&hidden), format_of(&value));
            prop_assert_eq!(decrypt(&key, "PERSON", &hidden), Some(value));
        }
    }

    #[test]
    fn keys_and_labels_give_other_results(value in "[0-9]{16,30}") {
        let (one, two) = (Ff1Key::new(&[1; 32]), Ff1Key::new(&[2; 32]));
        prop_assert_ne!(encrypt(&one, "A", &value), encrypt(&two, "A", &value));
        prop_assert_ne!(encrypt(&one, "A", &value), encrypt(&one, "B", &value));
    }

    #[test]
    fn arbitrary_text_never_panics(value in ".{0,100}") {
        let key = Ff1Key::new(&[1; 32]);
        let _ = encrypt(&key, "ID_CN", &value);
        let _ = decrypt(&key, "ID_CN", &value);
    }
}
