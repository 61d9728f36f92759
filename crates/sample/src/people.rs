//! Customers and their orders.

use crate::draw::Draw;

pub(crate) const PEOPLE: [&str; 25] = [
    "cust_id",
    "name",
    "gender",
    "birth_date",
    "nationality",
    "resident_id",
    "mobile",
    "landline",
    "email",
    "address",
    "bank_card",
    "passport",
    "plate",
    "vin",
    "imei",
    "ip",
    "lon",
    "lat",
    "employer",
    "uscc",
    "disease",
    "balance",
    "credit_score",
    "created_at",
    "note",
];
pub(crate) const ORDERS: [&str; 11] = [
    "order_id",
    "cust_id",
    "consignee",
    "consignee_mobile",
    "ship_to",
    "pay_card",
    "amount",
    "qty",
    "sku",
    "track_no",
    "ordered_at",
];

const STREAM_PEOPLE: u64 = 1;
const STREAM_ORDERS: u64 = 2;
const DISEASES: [&str; 10] =
    ["高血压", "2型糖尿病", "冠心病", "胃溃疡", "过敏性鼻炎", "甲状腺结节", "支气管哮喘", "痛风", "偏头痛", "慢性胃炎"];

/// A customer, as the order table needs it too.
struct Person {
    id: u64,
    name: String,
    female: bool,
    birth: (u32, u32, u32),
    mobile: String,
    address: String,
    card: String,
    resident_id: String,
    district: u32,
}

fn person(draw: &mut Draw, n: u64) -> Person {
    let female = draw.percent(50);
    let name = format!("{}{}", draw.surname(), draw.given(female));
    let birth = draw.birth(18, 80);
    let district = draw.district();
    Person {
        id: 500_000_000 + n,
        resident_id: draw.resident_id(district.code, birth, female),
        mobile: draw.mobile(),
        address: draw.address(district),
        card: draw.card(),
        district: district.code,
        name,
        female,
        birth,
    }
}

pub(crate) fn person_row(seed: u64, n: u64) -> Vec<Option<String>> {
    let mut d = Draw::new(seed, STREAM_PEOPLE, n);
    let p = person(&mut d, n);
    let landline = format!("0{}-{}{}", d.between(310, 999), d.between(2, 8), d.digits(7));
    let login: String = (0..6).map(|_| char::from(b'a' + d.below(26) as u8)).collect();
    let email = format!("{login}{}@example.{}", d.below(1000), d.of(&["com", "cn", "org"]));
    let passport = format!("E{}{}", char::from(*d.of(b"ABCDEFGH")), d.digits(7));
    let (plate, vin) = (d.plate(p.district), d.vin());
    let (imei, ip) =
        (d.imei(), format!("{}.{}.{}.{}", d.between(1, 223), d.below(256), d.below(256), d.between(1, 254)));
    let (lon, lat) = (
        format!("{}.{}", d.between(87, 124), d.digits(5) + "7"),
        format!("{}.{}", d.between(21, 45), d.digits(5) + "3"),
    );
    let (company, uscc) = (d.company(), d.uscc());
    let disease = (*d.of(&DISEASES)).to_owned();
    let balance = format!("{}.{}", d.below(90_000), d.digits(2));
    let score = d.between(350, 900).to_string();
    let created = stamp(&mut d, 2016, 2025);
    let note = match d.below(5) {
        0 => format!("客户{}来电，手机{}，要求改收货地址。", p.name, p.mobile),
        1 => format!("已核验身份证{}，与登记姓名{}一致。", p.resident_id, p.name),
        2 => format!("车牌{plate}到店保养，联系{}。", p.mobile),
        3 => "客户对物流满意，无其他要求，下次优先安排早班配送。".to_owned(),
        _ => format!("退款至银行卡{}，金额{balance}元。", p.card),
    };
    let some = |d: &mut Draw, share: u32, value: String| d.percent(share).then_some(value);
    vec![
        Some(p.id.to_string()),
        Some(p.name),
        Some(if p.female { "女" } else { "男" }.to_owned()),
        Some(day(p.birth)),
        Some((*d.of(&["CHN", "CHN", "CHN", "CHN", "CHN", "CHN", "CHN", "CHN", "CHN", "DEU"])).to_owned()),
        some(&mut d, 98, p.resident_id),
        Some(p.mobile),
        Some(landline),
        Some(email),
        Some(p.address),
        Some(p.card),
        some(&mut d, 60, passport),
        some(&mut d, 65, plate),
        some(&mut d, 65, vin),
        Some(imei),
        Some(ip),
        Some(lon),
        Some(lat),
        Some(company),
        Some(uscc),
        Some(disease),
        Some(balance),
        Some(score),
        Some(created),
        Some(note),
    ]
}

pub(crate) fn order_row(seed: u64, n: u64) -> Vec<Option<String>> {
    let mut d = Draw::new(seed, STREAM_ORDERS, n);
    // customers order more than once: some five lines for four of them
    let who = u64::from(d.below((n * 4 / 5 + 1).min(u64::from(u32::MAX)) as u32));
    let p = person(&mut Draw::new(seed, STREAM_PEOPLE, who), who);
    let amount = format!("{}.{}", d.between(5, 2000), d.digits(2));
    vec![
        Some(format!("SO{:012}", 100_000_000_000 + n)),
        Some(p.id.to_string()),
        Some(p.name),
        Some(p.mobile),
        Some(p.address),
        Some(p.card),
        Some(amount),
        Some(d.between(1, 9).to_string()),
        Some(format!("LOT{}", d.digits(8))),
        Some(format!("SF7{}", d.digits(12))),
        Some(stamp(&mut d, 2024, 2025)),
    ]
}

pub(crate) fn day((year, month, day): (u32, u32, u32)) -> String {
    format!("{year:04}-{month:02}-{day:02}")
}

fn stamp(d: &mut Draw, from: u32, to: u32) -> String {
    let date = (d.between(from, to), d.between(1, 12), d.between(1, 28));
    format!("{} {:02}:{:02}:{:02}", day(date), d.below(24), d.below(60), d.below(60))
}
