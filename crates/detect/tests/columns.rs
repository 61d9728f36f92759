//! Labels of whole columns of the shared data, with the headers they have, with Chinese and pinyin ones, and with none.

mod common;

use common::{check, csv, decode, profiles, shared, split};

/// English header, Chinese, full pinyin, initials ("" where nobody abbreviates), label, whether values alone tell.
type Names = (&'static str, &'static str, &'static str, &'static str, &'static str, bool);

const PEOPLE: [Names; 27] = [
    ("cust_id", "客户编号", "kehubianhao", "khbh", "CUSTOMER_KEY", false),
    ("name", "姓名", "xingming", "xm", "PERSON", true),
    ("gender", "性别", "xingbie", "xb", "GENDER", true),
    ("birth_date", "出生日期", "chushengriqi", "csrq", "BIRTH_DATE", true),
    ("nationality", "国籍", "guoji", "", "NATIONALITY", false),
    ("resident_id", "身份证号", "shenfenzhenghao", "sfzh", "ID_CN", true),
    ("mobile", "手机号", "shoujihao", "sjh", "PHONE_CN", true),
    ("landline", "座机", "zuoji", "", "PHONE_LANDLINE", true),
    ("email", "电子邮箱", "dianziyouxiang", "dzyx", "EMAIL", true),
    ("address", "住址", "zhuzhi", "", "ADDRESS", true),
    ("bank_card", "银行卡号", "yinhangkahao", "yhkh", "BANK_CARD", true),
    ("passport", "护照号", "huzhaohao", "hzh", "PASSPORT_CN", true),
    ("plate", "车牌号", "chepaihao", "cph", "PLATE_CN", true),
    ("vin", "车架号", "chejiahao", "cjh", "VIN", true),
    ("imei", "设备串号", "shebeichuanhao", "sbch", "IMEI", true),
    ("ip", "登录IP", "dengluip", "dlip", "IP", true),
    ("lon", "经度", "jingdu", "", "GEO", true),
    ("lat", "纬度", "weidu", "", "GEO", true),
    ("employer", "工作单位", "gongzuodanwei", "gzdw", "ORG", true),
    ("uscc", "统一社会信用代码", "tongyishehuixinyongdaima", "tyshxydm", "USCC", true),
    ("disease", "疾病", "jibing", "", "HEALTH", true),
    ("balance", "账户余额", "zhanghuyue", "zhye", "AMOUNT", false),
    ("currency", "币种", "bizhong", "", "NONE", true),
    ("credit_score", "信用评分", "xinyongpingfen", "xypf", "CREDIT_SCORE", false),
    ("created_at", "创建时间", "chuangjianshijian", "cjsj", "TIMESTAMP", true),
    ("last_order", "最近下单日期", "zuijinxiadanriqi", "", "DATE", true),
    ("note", "备注", "beizhu", "", "FREE_TEXT", true),
];

const ORDERS: [Names; 11] = [
    ("order_id", "订单号", "dingdanhao", "ddh", "NONE", true),
    ("cust_id", "客户编号", "kehubianhao", "khbh", "CUSTOMER_KEY", false),
    ("consignee", "收货人", "shouhuoren", "shr", "PERSON", true),
    ("consignee_mobile", "收货人手机", "shouhuorenshouji", "shrsj", "PHONE_CN", true),
    ("ship_to", "收货地址", "shouhuodizhi", "shdz", "ADDRESS", true),
    ("pay_card", "付款卡号", "fukuankahao", "fkkh", "BANK_CARD", true),
    ("amount", "金额", "jine", "", "AMOUNT", false),
    ("qty", "数量", "shuliang", "", "NONE", true),
    ("sku", "货号", "huohao", "", "NONE", true),
    ("track_no", "快递单号", "kuaididanhao", "kddh", "NONE", true),
    ("ordered_at", "下单时间", "xiadanshijian", "xdsj", "TIMESTAMP", true),
];

fn all_headers(file: &str, names: &[Names]) {
    let Some(bytes) = shared(file) else { return };
    let rows = csv(&decode(&bytes), ',');
    let header: Vec<&str> = names.iter().map(|n| n.0).collect();
    assert_eq!(rows[0], header, "{file} has other columns");
    let profiles = profiles(&rows[1..], names.len());
    let with = |pick: fn(&Names) -> Option<&'static str>, keep: fn(&Names) -> bool| -> Vec<_> {
        names.iter().zip(&profiles).filter(|(n, _)| keep(n)).map(|(n, p)| (n.0, pick(n), p, n.4)).collect()
    };
    check(&format!("{file}, English"), &with(|n| Some(n.0), |_| true));
    check(&format!("{file}, Chinese"), &with(|n| Some(n.1), |_| true));
    check(&format!("{file}, pinyin"), &with(|n| Some(n.2), |_| true));
    check(&format!("{file}, initials"), &with(|n| Some(n.3), |n| !n.3.is_empty()));
    check(&format!("{file}, no header"), &with(|_| None, |n| n.5));
    // a header that lies loses against values that prove themselves
    let proven = ["ID_CN", "PHONE_CN", "EMAIL", "BANK_CARD", "VIN", "IMEI", "IP", "USCC", "PLATE_CN", "PHONE_LANDLINE"];
    let lies: Vec<_> = names
        .iter()
        .zip(&profiles)
        .filter(|(n, _)| proven.contains(&n.4))
        .map(|(n, p)| (n.0, Some("姓名"), p, n.4))
        .collect();
    check(&format!("{file}, lying header"), &lies);
    for (n, p) in names.iter().zip(&profiles) {
        let f = p.finish(Some(n.0));
        assert!(f.evidence.iter().all(|e| !e.contains("199") && e.len() < 120), "{:?}", f.evidence);
    }
}

#[test]
fn people() {
    all_headers("people/people/people.csv", &PEOPLE);
}

#[test]
fn orders() {
    all_headers("people/people/orders.csv", &ORDERS);
}

#[test]
fn people_figures() {
    let Some(bytes) = shared("people/people/people.csv") else {
        return;
    };
    let rows = csv(&decode(&bytes), ',');
    let profiles = profiles(&rows[1..], 27);
    let id = profiles[5].finish(Some("resident_id"));
    assert!(
        id.matched + id.suspected == id.nonnull && id.suspected > 0 && id.suspected < 200,
        "{}",
        common::line("resident_id", &id)
    );
    let card = profiles[10].finish(Some("bank_card"));
    assert!(
        card.matched + card.suspected == card.nonnull && card.suspected > 0,
        "{}",
        common::line("bank_card", &card)
    );
    let key = profiles[0].finish(Some("cust_id"));
    assert_eq!((key.distinct, key.distinct_estimated, key.nonnull), (10_000, false, 10_000));
    assert!(profiles[26].finish(Some("note")).sampled);
}

fn unnamed(file: &str, rows: &[Vec<String>], labels: &[&str]) {
    let profiles = profiles(rows, labels.len());
    let columns: Vec<_> = profiles.iter().zip(labels).map(|(p, l)| ("", None, p, *l)).collect();
    check(file, &columns);
}

/// AdventureWorks: odd delimiters, tabs, UTF-16, no headers.
#[test]
fn retail() {
    let folder = "retail/microsoft+sql-server-samples/oltp-install-script";
    let read = |name: &str| shared(&format!("{folder}/{name}")).map(|b| decode(&b));
    if let Some(text) = read("EmailAddress.csv") {
        unnamed("EmailAddress.csv", &split(&text, "+|", "&|"), &["NONE", "NONE", "EMAIL", "NONE", "TIMESTAMP"]);
    }
    if let Some(text) = read("PersonPhone.csv") {
        unnamed("PersonPhone.csv", &split(&text, "+|", "&|"), &["NONE", "PHONE_FOREIGN", "NONE", "TIMESTAMP"]);
    }
    if let Some(text) = read("Customer.csv") {
        unnamed(
            "Customer.csv",
            &split(&text, "\t", "\n"),
            &["NONE", "NONE", "NONE", "NONE", "NONE", "NONE", "TIMESTAMP"],
        );
    }
    if let Some(text) = read("PersonCreditCard.csv") {
        unnamed("PersonCreditCard.csv", &split(&text, "\t", "\n"), &["NONE", "NONE", "TIMESTAMP"]);
    }
    if let Some(text) = read("Employee.csv") {
        let rows = split(&text, "\t", "\n");
        let profiles = profiles(&rows, 16);
        let columns = [
            ("LoginID", Some("LoginID"), &profiles[2], "ONLINE_ACCOUNT"),
            ("BirthDate", Some("BirthDate"), &profiles[6], "BIRTH_DATE"),
            ("MaritalStatus", Some("MaritalStatus"), &profiles[7], "MARITAL_STATUS"),
            ("Gender", Some("Gender"), &profiles[8], "GENDER"),
            ("Gender", None, &profiles[8], "GENDER"),
            ("HireDate", Some("HireDate"), &profiles[9], "DATE"),
            ("NationalIDNumber", Some("NationalIDNumber"), &profiles[1], "NATIONAL_ID"),
            ("rowguid", None, &profiles[14], "NONE"),
            ("ModifiedDate", Some("ModifiedDate"), &profiles[15], "TIMESTAMP"),
        ];
        check("Employee.csv", &columns);
    }
    if let Some(text) = read("JobCandidate.csv") {
        let rows = split(&text, "+|", "&|");
        let profiles = profiles(&rows, 4);
        check("JobCandidate.csv", &[("Resume", None, &profiles[2], "FREE_TEXT")]);
    }
}

/// CDISC names of columns, here on the values of a trial of one row's kind.
#[test]
fn cdisc_names() {
    let values: [(&str, &[&str], &str); 22] = [
        ("USUBJID", &["01-701-1015", "01-701-1023"], "SUBJECT_KEY"),
        ("SUBJID", &["1015", "1023"], "SUBJECT_KEY"),
        ("BRTHDTC", &["1928", "1941-03", "1950-02-11"], "BIRTH_DATE"),
        ("SITEID", &["701", "702"], "SITE"),
        ("SEX", &["M", "F"], "GENDER"),
        ("AGE", &["84", "63"], "AGE"),
        ("RACE", &["WHITE", "ASIAN"], "ETHNICITY"),
        ("ETHNIC", &["HISPANIC OR LATINO", "NOT HISPANIC OR LATINO"], "ETHNICITY"),
        ("COUNTRY", &["USA", "CHN"], "NATIONALITY"),
        ("RFSTDTC", &["2012-11-30", "2013-01-23"], "DATE"),
        ("LBDTC", &["2012-11-23T11:20", "2012-11-24T09:00"], "TIMESTAMP"),
        ("CMSTDTC", &["2011", "2012-03"], "DATE"),
        ("DTHDTC", &[], "DATE"),
        ("AETERM", &["INJECTION SITE REACTION", "HEADACHE"], "HEALTH"),
        ("MHTERM", &["ALZHEIMER'S DISEASE"], "HEALTH"),
        ("CMTRT", &["ASPIRIN"], "HEALTH"),
        ("LBSTRESN", &["39", "4.2"], "HEALTH"),
        ("DMINIT", &["ZW", "LXM"], "INITIALS"),
        ("INVNAM", &["王伟", "李娜"], "PERSON"),
        ("STUDYID", &["CDISCPILOT01"], "NONE"),
        ("VISIT", &["SCREENING 1", "WEEK 2"], "NONE"),
        ("EPOCH", &["SCREENING", "TREATMENT"], "NONE"),
    ];
    let profiles: Vec<_> = values.iter().map(|v| common::profile(v.1.iter().copied())).collect();
    let columns: Vec<_> = values.iter().zip(&profiles).map(|(v, p)| (v.0, Some(v.0), p, v.2)).collect();
    check("CDISC", &columns);
}

#[test]
fn adult() {
    let Some(bytes) = shared("anon_bench/arx-deidentifier+arx/data/adult.csv") else {
        return;
    };
    let rows = csv(&decode(&bytes), ';');
    let labels = [
        "GENDER",
        "AGE",
        "ETHNICITY",
        "MARITAL_STATUS",
        "EDUCATION",
        "NATIONALITY",
        "OCCUPATION",
        "OCCUPATION",
        "SALARY",
    ];
    let profiles = profiles(&rows[1..], labels.len());
    let columns: Vec<_> =
        rows[0].iter().zip(&profiles).zip(labels).map(|((h, p), l)| (h.as_str(), Some(h.as_str()), p, l)).collect();
    check("adult.csv", &columns);
}

/// Masked values keep the class of the original, and a header for a thing does not hide people.
#[test]
fn masked_and_hidden() {
    let cases: [(&str, &[&str], &str); 8] = [
        ("mobile", &["138****8000", "139****1234"], "PHONE_CN"),
        ("身份证号", &["110***********002X", "3213***********091"], "ID_CN"),
        ("姓名", &["张**", "李*"], "PERSON"),
        ("order_id", &["13800138000", "13912345678"], "PHONE_CN"),
        ("product_name", &["手机壳", "数据线", "充电器"], "NONE"),
        ("status", &["联系人张伟，电话13800138000，已签收"], "FREE_TEXT"),
        ("xyz", &["A1", "B2"], "NONE"),
        ("联系电话", &["010-61234567", "0755-81234567"], "PHONE_LANDLINE"),
    ];
    let profiles: Vec<_> = cases.iter().map(|v| common::profile(v.1.iter().copied())).collect();
    let columns: Vec<_> = cases.iter().zip(&profiles).map(|(v, p)| (v.0, Some(v.0), p, v.2)).collect();
    check("masked and hidden", &columns);
}
