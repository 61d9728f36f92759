//! The state: split anyhow, the finding is the same; its bytes are stable and hold no value.

use detect::{ColumnProfile, StateError, scan_text};
use proptest::prelude::*;

fn profile<'a>(cells: impl IntoIterator<Item = &'a str>) -> ColumnProfile {
    let mut p = ColumnProfile::new(true);
    cells.into_iter().for_each(|c| p.update(c));
    p
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{1,19}",
        "1[3-9][0-9]{9}",
        "[1-9][0-9]{16}[0-9Xx]",
        "[A-Z0-9]{8,18}",
        "[a-z]{1,8}@[a-z]{1,8}\\.(com|cn)",
        "[王李张刘陈高][伟芳娜敏静]{1,2}",
        "(患者|客户)?[王李张][伟芳]{1,2}，电话1[3-9][0-9]{9}。诊断：高血压",
        "\\PC{0,40}",
        "[ -~\u{4e00}-\u{4e20}\u{ff10}-\u{ff19}·（）年月日岁号室病炎]{0,60}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn split_anyhow_same_finding(cells in prop::collection::vec((cell(), 0usize..3), 1..40), header in prop::option::of("[a-z_]{1,12}|姓名|备注|手机")) {
        let cells: Vec<_> = cells.into_iter().filter(|c| !c.0.is_empty()).collect();
        let whole = profile(cells.iter().map(|c| c.0.as_str()));
        let parts: Vec<_> = (0..3).map(|part| profile(cells.iter().filter(|c| c.1 == part).map(|c| c.0.as_str()))).collect();
        let expected = whole.finish(header.as_deref());
        for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
            let mut merged = ColumnProfile::new(true);
            for part in order {
                let carried = ColumnProfile::from_bytes(&parts[part].to_bytes()).expect("own bytes");
                merged.merge(&carried);
            }
            prop_assert_eq!(&merged.finish(header.as_deref()), &expected);
            prop_assert_eq!(merged.to_bytes(), whole.to_bytes());
        }
    }

    #[test]
    fn spans_lie_in_the_text(text in prop_oneof![cell(), prop::collection::vec(cell(), 1..6).prop_map(|v| v.concat())]) {
        let length = text.chars().count();
        let mut last = 0;
        for span in scan_text(&text) {
            prop_assert!(last <= span.start && span.start < span.end && span.end <= length, "{span:?} in {text:?}");
            prop_assert!((0.0..=1.0).contains(&span.score));
            last = span.end;
        }
    }

    #[test]
    fn bytes_of_anyone_are_refused_not_believed(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let mut good = b"TGCP\x02\x01".to_vec();
        good.extend(&bytes);
        let _ = ColumnProfile::from_bytes(&good);
        prop_assert!(bytes.starts_with(b"TGCP") || ColumnProfile::from_bytes(&bytes).is_err());
    }
}

#[test]
fn bytes_are_those_of_version_2() {
    let p = profile(["13800138000", "13912345678", "x"]);
    let hex: String = p.to_bytes().iter().fold(String::new(), |mut s, b| {
        use std::fmt::Write;
        let _ = write!(s, "{b:02x}");
        s
    });
    assert_eq!(hex, include_str!("state_v2.hex").trim());
}

#[test]
fn damaged_states_are_refused() {
    let bytes = profile(["13800138000", "张伟"]).to_bytes();
    assert_eq!(ColumnProfile::from_bytes(b"nope").err(), Some(StateError::Version));
    for cut in 5..bytes.len() {
        assert!(ColumnProfile::from_bytes(&bytes[..cut]).is_err(), "cut at {cut}");
    }
    let longer = [bytes.as_slice(), b"!"].concat();
    assert!(ColumnProfile::from_bytes(&longer).is_err());
}

#[test]
fn no_value_stands_in_the_state() {
    let cells = [
        "13800138000",
        "客户张伟，手机13912345678，住址北京市朝阳区建国路1号",
        "zhang.wei@example.com",
        "11010519491231002X",
    ];
    let bytes = profile(cells).to_bytes();
    for part in ["138001", "张伟", "zhang", "110105", "139123"] {
        assert!(!bytes.windows(part.len()).any(|w| w == part.as_bytes()), "{part}");
    }
}

#[test]
fn states_stay_small() {
    let mut p = ColumnProfile::new(true);
    for n in 0..65_536 {
        p.update(&n.to_string());
    }
    assert!(p.to_bytes().len() < 540_000);
    assert_eq!(p.finish(None).distinct, 65_536);
    for n in 65_536..80_000 {
        p.update(&n.to_string());
    }
    let f = p.finish(None);
    assert!(f.distinct_estimated && (77_000..83_000).contains(&f.distinct), "{}", f.distinct);
    assert!(p.to_bytes().len() < 20_000);
}
