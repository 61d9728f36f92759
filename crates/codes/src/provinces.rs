//! The provinces of China by ISO 3166-2:CN, each with its number in GB/T 2260 and its short names.

/// A province, municipality, autonomous region or special administrative region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Province {
    /// ISO 3166-2, such as `CN-BJ`.
    pub iso: &'static str,
    /// The first two digits of its divisions in GB/T 2260.
    pub division: u8,
    /// Its short name in Chinese.
    pub zh: &'static str,
    /// Its name in English.
    pub en: &'static str,
}

const fn province(iso: &'static str, division: u8, zh: &'static str, en: &'static str) -> Province {
    Province { iso, division, zh, en }
}

/// All of them, in the order of GB/T 2260.
pub const PROVINCES: [Province; 34] = [
    province("CN-BJ", 11, "北京", "Beijing"),
    province("CN-TJ", 12, "天津", "Tianjin"),
    province("CN-HE", 13, "河北", "Hebei"),
    province("CN-SX", 14, "山西", "Shanxi"),
    province("CN-NM", 15, "内蒙古", "Inner Mongolia"),
    province("CN-LN", 21, "辽宁", "Liaoning"),
    province("CN-JL", 22, "吉林", "Jilin"),
    province("CN-HL", 23, "黑龙江", "Heilongjiang"),
    province("CN-SH", 31, "上海", "Shanghai"),
    province("CN-JS", 32, "江苏", "Jiangsu"),
    province("CN-ZJ", 33, "浙江", "Zhejiang"),
    province("CN-AH", 34, "安徽", "Anhui"),
    province("CN-FJ", 35, "福建", "Fujian"),
    province("CN-JX", 36, "江西", "Jiangxi"),
    province("CN-SD", 37, "山东", "Shandong"),
    province("CN-HA", 41, "河南", "Henan"),
    province("CN-HB", 42, "湖北", "Hubei"),
    province("CN-HN", 43, "湖南", "Hunan"),
    province("CN-GD", 44, "广东", "Guangdong"),
    province("CN-GX", 45, "广西", "Guangxi"),
    province("CN-HI", 46, "海南", "Hainan"),
    province("CN-CQ", 50, "重庆", "Chongqing"),
    province("CN-SC", 51, "四川", "Sichuan"),
    province("CN-GZ", 52, "贵州", "Guizhou"),
    province("CN-YN", 53, "云南", "Yunnan"),
    province("CN-XZ", 54, "西藏", "Tibet"),
    province("CN-SN", 61, "陕西", "Shaanxi"),
    province("CN-GS", 62, "甘肃", "Gansu"),
    province("CN-QH", 63, "青海", "Qinghai"),
    province("CN-NX", 64, "宁夏", "Ningxia"),
    province("CN-XJ", 65, "新疆", "Xinjiang"),
    province("CN-TW", 71, "台湾", "Taiwan"),
    province("CN-HK", 81, "香港", "Hong Kong"),
    province("CN-MO", 82, "澳门", "Macao"),
];

/// The province of an ISO 3166-2 code.
pub fn by_iso(iso: &str) -> Option<&'static Province> {
    PROVINCES.iter().find(|province| province.iso == iso)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_stands_once_and_the_numbers_are_those_of_the_divisions() {
        for (at, province) in PROVINCES.iter().enumerate() {
            assert!(
                PROVINCES[at + 1..].iter().all(|other| other.iso != province.iso && other.division > province.division)
            );
            // The table of divisions has the mainland's.
            if let Some(name) = crate::divisions::province(u32::from(province.division) * 10_000) {
                assert!(name.starts_with(province.zh), "{} is {name}", province.iso);
            }
        }
        assert_eq!(by_iso("CN-SN").map(|province| province.zh), Some("陕西"));
        assert_eq!(by_iso("CN-XX"), None);
    }
}
