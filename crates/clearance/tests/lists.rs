//! Transfers under a zone's list: each field has paths of its own, and what is free after filing leaves only once filed.

mod support;

use clearance::Stop;
use law::Path::{Certification, Exempt, StandardContract};
use support::{Desk, USUAL, transfer};
use transfer::PermitKind;

const FIELDS: [(&str, &str); 2] = [("cust_id", "keep"), ("gender", "keep")];
const FILED: &str = "[permit]\nkind = \"zone-filing\"\nnumber = \"ZJ-1\"\neffective = 2026-10-01\n";

/// The usual transfer of a merchant in the Zhejiang zone that exported of 200,000 persons before; its fields marked.
fn zhejiang(marks: [Option<bool>; 2], more: &str, out: &str) -> String {
    let usual = USUAL.replace("none = true\nby = \"tester\"", "ordinary = 200_000\nsensitive = 0");
    let mut text = transfer(&FIELDS, &format!("{usual}{more}"), out)
        .replace("region = \"CN-BJ\"", "region = \"CN-ZJ\"")
        .replace("city = \"110105\"", "city = \"330200\"")
        .replace("zone = \"none\"", "zone = \"cn-zj-ftz\"")
        .replace("sector = \"none\"", "sector = \"e-commerce\"")
        .replace("scenario = \"none\"", "scenario = \"merchant-onboarding-and-display\"");
    for ((name, need), mark) in FIELDS.iter().zip(marks) {
        let field = format!("name = \"{name}\"\nneed = \"{need}\"\n");
        let mark = mark.map_or_else(String::new, |mark| format!("on_list = {mark}\n"));
        text = text.replace(&field, &format!("{field}{mark}"));
    }
    text
}

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("people.csv", "cust_id,gender\nA1,F\nB2,M\nC3,F\n");
    desk
}

#[tokio::test]
async fn each_field_has_its_paths_and_the_heaviest_is_the_transfers() {
    let desk = desk();
    let (assessment, stops) = desk.stopped(&zhejiang([Some(false), Some(true)], "", "out")).await;
    let answer = &assessment.determination;
    assert_eq!(answer.paths, [StandardContract, Certification]);
    let fields: Vec<(&str, &[law::Path])> =
        answer.by_field.iter().map(|field| (field.field.as_str(), field.paths.as_slice())).collect();
    assert_eq!(fields, [("people.cust_id", &[StandardContract, Certification][..]), ("people.gender", &[Exempt][..])]);
    let named = &answer.by_field[1].rules;
    assert!(named.contains(&"cn.list.zhejiang-2025.e-commerce.7".to_owned()), "{named:?}");
    assert!(matches!(&stops[..], [Stop::NoPermit { paths }] if paths == &answer.paths), "{stops:?}");
    // A filing with the zone frees what is below its figures and nothing else.
    let (_, stops) = desk.stopped(&zhejiang([Some(false), Some(true)], FILED, "out")).await;
    assert!(
        stops.iter().any(|stop| matches!(stop, Stop::PermitTooLight { kind: PermitKind::ZoneFiling, .. })),
        "{stops:?}"
    );
}

#[tokio::test]
async fn what_a_list_frees_after_filing_leaves_only_once_filed() {
    let desk = desk();
    let (assessment, stops) = desk.stopped(&zhejiang([Some(true), Some(true)], "", "out")).await;
    assert_eq!(assessment.determination.paths, [Exempt]);
    assert!(matches!(&stops[..], [Stop::NoZoneFiling]), "{stops:?}");
    let released = desk.released(&zhejiang([Some(true), Some(true)], FILED, "out")).await;
    assert_eq!(released.assessment.determination.by_field.len(), 2);
    // All rows of this list leave out whoever left by it.
    assert_eq!(desk.tally().await.ordinary(), 0);
}

#[tokio::test]
async fn a_field_without_a_mark_is_as_the_list_table_says_and_else_asked() {
    let desk = desk();
    let (assessment, stops) = desk.stopped(&zhejiang([None, Some(true)], "", "out")).await;
    let cust = &assessment.determination.by_field[0];
    assert_eq!(cust.paths, [Exempt, StandardContract, Certification], "not known whether the list names it");
    assert!(matches!(&stops[..], [Stop::NotYetKnown { facts }] if facts == &["list.on_list"]), "{stops:?}");
    let stated = zhejiang([None, Some(true)], FILED, "out").replace("[list]\n", "[list]\non_list = true\n");
    assert_eq!(desk.released(&stated).await.assessment.determination.paths, [Exempt]);
}
