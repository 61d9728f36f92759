//! Subjects of a clinical trial, with CDISC names of columns where there are such.

use crate::draw::Draw;
use crate::people::day;

pub(crate) const HEADER: [&str; 15] = [
    "STUDYID",
    "USUBJID",
    "SUBJID",
    "SITEID",
    "DMINIT",
    "BRTHDTC",
    "AGE",
    "SEX",
    "COUNTRY",
    "RFSTDTC",
    "diagnosis",
    "hba1c",
    "systolic_blood_pressure",
    "hospital",
    "remark",
];

const STREAM: u64 = 3;

pub(crate) fn subject_row(seed: u64, n: u64) -> Vec<Option<String>> {
    let mut d = Draw::new(seed, STREAM, n);
    let female = d.percent(50);
    let birth = d.birth(18, 75);
    let site = 101 + d.below(8);
    let subject = format!("{site}{:04}", n + 1);
    let initials: String = (0..2 + d.below(2)).map(|_| char::from(b'A' + d.below(26) as u8)).collect();
    let diagnosis = *d.of(&["2型糖尿病", "高血压", "慢性阻塞性肺疾病", "类风湿关节炎", "非小细胞肺癌", "乳腺癌"]);
    let hospital =
        format!("{}{}医院", d.of(&["样城", "示州", "通海", "青江"]), d.of(&["仁和", "协安", "第一人民", "中心"]));
    let start = (2024 + d.below(2), d.between(1, 12), d.between(1, 28));
    let remark = d.percent(60).then(|| match d.below(3) {
        0 => format!("受试者{}{}于访视后出现头痛，休息后缓解，未停药。", d.surname(), d.given(female)),
        1 => format!("电话随访{}，服药依从性良好，下次访视按计划进行。", d.mobile()),
        _ => "无不良事件，按方案继续用药，下次访视前空腹抽血。".to_owned(),
    });
    vec![
        Some("TG-2025-01".to_owned()),
        Some(format!("TG-2025-01-{subject}")),
        Some(subject),
        Some(site.to_string()),
        Some(initials),
        Some(day(birth)),
        Some((start.0 - birth.0).to_string()),
        Some(if female { "F" } else { "M" }.to_owned()),
        Some("CHN".to_owned()),
        Some(day(start)),
        Some(diagnosis.to_owned()),
        Some(format!("{}.{}", d.between(5, 11), d.below(10))),
        Some(d.between(95, 180).to_string()),
        Some(hospital),
        remark,
    ]
}
