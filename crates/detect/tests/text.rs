//! Personal data in running text.

mod common;

use common::{csv, decode, shared};
use detect::scan_text;

/// Spans as `LABEL:text`, a wrong check digit with a `?`.
fn found(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    scan_text(text)
        .into_iter()
        .map(|s| {
            format!(
                "{}{}:{}",
                s.class.label(),
                if s.valid { "" } else { "?" },
                chars[s.start..s.end].iter().collect::<String>()
            )
        })
        .collect()
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(found(text), expected, "{text}");
}

#[test]
fn chinese() {
    check("已核验身份证11010519491231002X，与登记姓名张伟一致。", &["ID_CN:11010519491231002X", "PERSON:张伟"]);
    check(
        "患者王建国，56岁，诊断：2型糖尿病，主治医师李娜。",
        &["PERSON:王建国", "AGE:56", "HEALTH:2型糖尿病", "PERSON:李娜"],
    );
    check("客户李晓明来电，手机+86 138-0013-8000，要求改址", &["PERSON:李晓明", "PHONE_CN:+86 138-0013-8000"]);
    check(
        "收货地址改为广东省深圳市南山区科技路12号3栋2单元501室。",
        &["ADDRESS:广东省深圳市南山区科技路12号3栋2单元501室"],
    );
    check("车牌粤B12345，座机0755-81234567，分机123", &["PLATE_CN:粤B12345", "PHONE_LANDLINE:0755-81234567"]);
    check("卡号4111 1111 1111 1111到账", &["BANK_CARD:4111 1111 1111 1111"]);
    check("于北京协安医院就诊，病历号ZY20246633", &["ORG_HOSPITAL:北京协安医院", "MEDICAL_RECORD_NO:ZY20246633"]);
    check("发票抬头：鼎盛科技有限公司，收件人陈静", &["ORG:鼎盛科技有限公司", "PERSON:陈静"]);
    check("张伟（男，1979年6月27日生）", &["PERSON:张伟", "GENDER:男", "BIRTH_DATE:1979年6月27日"]);
    check("坐标(101.280297,44.92311)附近", &["GEO:101.280297", "GEO:44.92311"]);
    check("身份证110105 19491231 002x", &["ID_CN:110105 19491231 002x"]);
    check("身份证１１０１０５１９４９１２３１００２Ｘ", &["ID_CN:１１０１０５１９４９１２３１００２Ｘ"]);
    check("身份证110105194912310021", &["ID_CN?:110105194912310021"]);
}

#[test]
fn english() {
    check(
        "mobile=13800138000;id=11010519491231002X;email=a.b@example.com",
        &["PHONE_CN:13800138000", "ID_CN:11010519491231002X", "EMAIL:a.b@example.com"],
    );
    check("Dear Mr. John Smith, call +86 13800138000.", &["PERSON:John Smith", "PHONE_CN:+86 13800138000"]);
    check("login from 10.1.2.3 and 2001:db8::1", &["IP:10.1.2.3", "IP:2001:db8::1"]);
    check("passport EA1234567, VIN 1M8GDM9AXKP042788", &["PASSPORT_CN:EA1234567", "VIN:1M8GDM9AXKP042788"]);
}

#[test]
fn numbers_of_things_are_not_people() {
    for text in [
        "订单000012345678901234由仓库发出",
        "快递单号SF7199294850526",
        "运单号13800138000",
        "批次号P90551264，型号X123-PRO",
        "SKU LOT03106556 数量2",
        "tracking no 13912345678",
        "order no. 6222021234567890",
        "无",
        "客户对物流不满意，希望尽快处理",
        "合同编号202412345678901234",
        "版本1.2.3.4",
        "会员积分38128，等级金卡",
    ] {
        check(text, &[]);
    }
}

/// Every own value of a row that stands in its note is found under its label, and no order, parcel or batch number is.
#[test]
fn notes_of_people() {
    let Some(bytes) = shared("people/people/people.csv") else {
        return;
    };
    let rows = csv(&decode(&bytes), ',');
    let labels = [
        (1, "PERSON"),
        (5, "ID_CN"),
        (6, "PHONE_CN"),
        (7, "PHONE_LANDLINE"),
        (8, "EMAIL"),
        (9, "ADDRESS"),
        (10, "BANK_CARD"),
        (11, "PASSPORT_CN"),
        (12, "PLATE_CN"),
        (13, "VIN"),
        (14, "IMEI"),
        (15, "IP"),
        (18, "ORG"),
        (19, "USCC"),
        (20, "HEALTH"),
    ];
    let mut hit = [0usize; 15];
    let mut all = [0usize; 15];
    let mut shown = 0;
    for row in &rows[1..] {
        let note = &row[26];
        let spans = found(note);
        for (i, (column, label)) in labels.iter().enumerate() {
            let value = &row[*column];
            if value.is_empty() || !note.contains(value.as_str()) {
                continue;
            }
            all[i] += 1;
            let bare = |s: &str| {
                s.chars().filter(|c| c.is_alphanumeric()).collect::<String>().trim_start_matches("86").to_owned()
            };
            let good = spans.iter().any(|s| {
                s.split_once(':').is_some_and(|(l, t)| l.trim_end_matches('?') == *label && bare(t) == bare(value))
            });
            hit[i] += usize::from(good);
            if !good && shown < 40 {
                shown += 1;
                println!("missed {label} in {note}: {spans:?}");
            }
        }
        for wrong in ["SF7", "LOT", "BN"] {
            assert!(
                !spans.iter().any(|s| s.contains(wrong) && !s.starts_with("EMAIL") && !s.starts_with("VIN")),
                "{note}: {spans:?}"
            );
        }
    }
    for (i, (_, label)) in labels.iter().enumerate() {
        let share = hit[i] as f64 / all[i].max(1) as f64;
        println!("{label:15} {} of {} ({:.2} %)", hit[i], all[i], share * 100.0);
        let least = match *label {
            "PERSON" | "ADDRESS" | "ORG" | "HEALTH" => 0.95,
            _ => 0.99,
        };
        assert!(share >= least, "{label}: {} of {}", hit[i], all[i]);
    }
}
