//! Drawing from the stream of one row.

use codes::{check, divisions, names};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The stream of one row of one table.
pub(crate) struct Draw(ChaCha8Rng);

impl Draw {
    /// The stream of row `n` of the table `stream` under a seed.
    pub(crate) fn new(seed: u64, stream: u64, n: u64) -> Self {
        let mut key = [0u8; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&stream.to_le_bytes());
        key[16..24].copy_from_slice(&n.to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// A number below `n`; the bias of 2^-32 does not matter for examples.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(n)) >> 32) as u32
    }

    pub(crate) fn between(&mut self, from: u32, to: u32) -> u32 {
        from + self.below(to - from + 1)
    }

    pub(crate) fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len() as u32) as usize]
    }

    /// True in so many of a hundred cases.
    pub(crate) fn percent(&mut self, n: u32) -> bool {
        self.below(100) < n
    }

    pub(crate) fn digits(&mut self, n: usize) -> String {
        (0..n).map(|_| char::from(b'0' + self.below(10) as u8)).collect()
    }

    pub(crate) fn surname(&mut self) -> char {
        // the hundred most frequent ones, the first of them more often
        let list = &names::surnames()[..100];
        let a = self.below(100);
        let b = self.below(100);
        list[a.min(b) as usize].0
    }

    pub(crate) fn given(&mut self, female: bool) -> String {
        const MALE: [char; 40] = [
            '伟', '强', '军', '磊', '涛', '斌', '勇', '杰', '峰', '鹏', '浩', '宇', '明', '辉', '健', '俊', '波', '刚',
            '平', '亮', '建', '国', '志', '文', '海', '东', '林', '龙', '新', '飞', '凯', '晨', '轩', '博', '思', '远',
            '天', '永', '成', '安',
        ];
        const FEMALE: [char; 40] = [
            '芳', '娜', '敏', '静', '丽', '艳', '娟', '霞', '燕', '玲', '婷', '雪', '倩', '颖', '洁', '慧', '莉', '红',
            '琳', '梅', '萍', '佳', '欣', '怡', '雯', '晶', '丹', '悦', '瑶', '蕾', '晓', '文', '春', '玉', '淑', '秀',
            '美', '兰', '云', '思',
        ];
        let list = if female { &FEMALE } else { &MALE };
        let count = if self.percent(80) { 2 } else { 1 };
        (0..count).map(|_| *self.of(list)).collect()
    }

    /// A county-level division in force with a name of its own.
    pub(crate) fn district(&mut self) -> divisions::Division {
        let all = divisions::all();
        loop {
            let d = *self.of(all);
            let inland = d.code / 10_000 < 71;
            if d.current
                && inland
                && !d.code.is_multiple_of(100)
                && d.name.chars().count() >= 3
                && divisions::city(d.code).is_some()
            {
                return d;
            }
        }
    }

    /// Year, month, day of birth of someone of `from` to `to` years in 2025.
    pub(crate) fn birth(&mut self, from: u32, to: u32) -> (u32, u32, u32) {
        (2025 - self.between(from, to), self.between(1, 12), self.between(1, 28))
    }

    /// A resident number with its check character.
    pub(crate) fn resident_id(&mut self, district: u32, birth: (u32, u32, u32), female: bool) -> String {
        let order = self.below(499) * 2 + u32::from(!female);
        let body = format!("{district:06}{:04}{:02}{:02}{order:03}", birth.0, birth.1, birth.2);
        let last = check::resident_check_char(body.as_bytes());
        format!("{body}{}", char::from(last))
    }

    pub(crate) fn mobile(&mut self) -> String {
        let head = self.of(&["13", "15", "17", "18", "19"]);
        format!("{head}{}", self.digits(9))
    }

    pub(crate) fn card(&mut self) -> String {
        let cards: Vec<_> =
            codes::cards::prefixes().iter().filter(|p| p.digits.starts_with("62") && p.length >= 16).collect();
        let prefix = *self.of(&cards);
        let body = format!("{}{}", prefix.digits, self.digits(usize::from(prefix.length) - 1 - prefix.digits.len()));
        format!("{body}{}", char::from(check::luhn_digit(body.as_bytes())))
    }

    pub(crate) fn imei(&mut self) -> String {
        let body = format!("86{}", self.digits(12));
        format!("{body}{}", char::from(check::luhn_digit(body.as_bytes())))
    }

    pub(crate) fn vin(&mut self) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHJKLMNPRSTUVWXYZ";
        let maker = *self.of(&["LSV", "LFV", "LHG", "LGB", "LRW", "LDC"]);
        let kind: String = (0..5).map(|_| char::from(*self.of(LETTERS))).collect();
        let year = char::from(*self.of(b"JKLMNPRS"));
        let plant = char::from(*self.of(LETTERS));
        let draft = format!("{maker}{kind}0{year}{plant}{}", self.digits(6));
        let check = char::from(check::vin_check_char(draft.as_bytes()));
        format!("{}{check}{}", &draft[..8], &draft[9..])
    }

    pub(crate) fn uscc(&mut self) -> String {
        let district = self.district().code;
        let body = format!("91{district:06}{}", self.digits(9));
        format!("{body}{}", char::from(check::uscc_check_char(body.as_bytes())))
    }

    pub(crate) fn plate(&mut self, district: u32) -> String {
        let province = divisions::plate_of(district / 10_000).unwrap_or('京');
        let office = char::from(*self.of(b"ABCDEFG"));
        if self.percent(25) {
            format!("{province}{office}D{}", self.digits(5))
        } else {
            format!("{province}{office}{}", self.digits(5))
        }
    }

    /// Province, city, district, an invented road and a number.
    pub(crate) fn address(&mut self, d: divisions::Division) -> String {
        let province = divisions::province(d.code).unwrap_or("");
        let city = divisions::city(d.code).map_or("", |c| c.1);
        let city = if city == province || city == d.name { "" } else { city };
        let road = self.of(&["样例", "通关", "示范", "长桥", "青石", "望海", "云栖", "竹园"]);
        let kind = self.of(&["路", "大道", "街", "东路", "南路"]);
        let house = format!("{}号", self.between(1, 999));
        let flat = if self.percent(70) {
            format!("{}栋{}单元{}室", self.between(1, 30), self.between(1, 4), self.between(101, 2805))
        } else {
            String::new()
        };
        format!("{province}{city}{}{road}{kind}{house}{flat}", d.name)
    }

    pub(crate) fn company(&mut self) -> String {
        let a = self.of(&["样本", "示例", "通远", "青禾", "云海", "长风", "明川", "瑞林"]);
        let b = self.of(&["科技", "贸易", "物流", "医药", "电子", "汽车", "航空"]);
        let c = self.of(&["有限公司", "股份有限公司", "集团有限公司"]);
        format!("{a}{b}{c}")
    }
}
