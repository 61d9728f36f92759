//! Administrative divisions (GB/T 2260): codes of every year the sources know, names, and places in addresses.

use std::sync::OnceLock;

/// One division.
#[derive(Copy, Clone, Eq, PartialEq, Debug)]
pub struct Division {
    /// Six digits; a province ends in 0000, a city in 00.
    pub code: u32,
    /// Its name, as it stands in the code table.
    pub name: &'static str,
    /// Whether the code is in force.
    pub current: bool,
}

/// Places named at the front of an address.
#[derive(Copy, Clone, Eq, PartialEq, Debug, Default)]
pub struct Place {
    /// The most precise code the words give: six digits.
    pub code: u32,
    /// How many divisions are named.
    pub named: u8,
    /// Characters they take.
    pub chars: usize,
}

/// A name without its first character, by which it is found; the second is compared before anything is followed.
#[derive(Clone)]
struct Name {
    second: char,
    code: u32,
    rest: Box<[char]>,
}

struct Table {
    all: Vec<Division>,
    known: Vec<u64>,
    /// For each Han character the names that begin with it, longest first.
    by_head: Vec<Vec<Name>>,
    plates: Vec<(u32, char)>,
}

const FIRST: u32 = 0x4E00;
const LAST: u32 = 0x9FFF;

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut all = Vec::with_capacity(7_600);
        let mut before = "";
        for line in include_str!("../../../taxonomy/data/divisions.txt").lines().filter(|l| !l.starts_with('#')) {
            let (head, name) = line.split_once(' ').unwrap_or((line, ""));
            let digits = head.trim_end_matches('-');
            let code = if digits.len() == 6 {
                before = &digits[..4];
                digits.parse()
            } else {
                format!("{before}{digits}").parse()
            };
            let name = if name == "西沙群岛、南沙群岛、中沙群岛" { "" } else { name };
            all.push(Division { code: code.unwrap_or(0), name, current: !head.ends_with('-') });
        }
        let mut known = vec![0u64; 1_000_000 / 64 + 1];
        for d in &all {
            known[d.code as usize / 64] |= 1 << (d.code % 64);
        }
        let mut by_head: Vec<Vec<Name>> = vec![Vec::new(); (LAST - FIRST + 1) as usize];
        // codes in force first, so that they win where an old code had the same name
        for current in [true, false] {
            for d in all.iter().filter(|d| d.current == current && !d.name.is_empty()) {
                let name: Vec<char> = d.name.chars().collect();
                let short = short_form(d, &name);
                for form in [Some(name.as_slice()), short].into_iter().flatten() {
                    let Some(names) = (form[0] as u32).checked_sub(FIRST).and_then(|i| by_head.get_mut(i as usize))
                    else {
                        continue;
                    };
                    names.push(Name {
                        second: form.get(1).copied().unwrap_or('\0'),
                        code: d.code,
                        rest: form.iter().skip(2).copied().collect(),
                    });
                }
            }
        }
        for names in &mut by_head {
            names.sort_by_key(|name| std::cmp::Reverse(name.rest.len()));
        }
        let plates = include_str!("../../../taxonomy/data/plates.txt")
            .lines()
            .filter_map(|l| l.split_once(' '))
            .filter_map(|(code, c)| Some((code.parse().ok()?, c.chars().next()?)))
            .collect();
        Table { all, known, by_head, plates }
    })
}

/// Province and city names as people write them: 广东 for 广东省, 内蒙古 for 内蒙古自治区, 深圳 for 深圳市.
fn short_form<'a>(d: &Division, name: &'a [char]) -> Option<&'a [char]> {
    if d.code.is_multiple_of(10_000) {
        let len = if matches!(name, ['内', '蒙', '古', ..] | ['黑', '龙', '江', ..]) { 3 } else { 2 };
        (name.len() > len).then(|| &name[..len])
    } else if d.code.is_multiple_of(100) && name.len() >= 3 && name.last() == Some(&'市') {
        Some(&name[..name.len() - 1])
    } else {
        None
    }
}

/// Whether six digits were a division code in any year the sources know.
#[inline]
pub fn known_code(code: u32) -> bool {
    table().known.get(code as usize / 64).is_some_and(|bits| bits & (1 << (code % 64)) != 0)
}

/// Whether two ASCII digits begin a province code (or 00 and 10, which registers of central bodies use).
#[inline]
pub fn known_province(a: u8, b: u8) -> bool {
    let code = u32::from(a.wrapping_sub(b'0')) * 10 + u32::from(b.wrapping_sub(b'0'));
    code == 0 || code == 10 || (code < 100 && known_code(code * 10_000))
}

/// The division of a six-digit code.
pub fn by_code(code: u32) -> Option<Division> {
    let all = &table().all;
    all.binary_search_by_key(&code, |d| d.code).ok().map(|i| all[i])
}

/// Every division, in order of code.
pub fn all() -> &'static [Division] {
    &table().all
}

/// Name of the province of any code of two, four or six digits.
pub fn province(code: u32) -> Option<&'static str> {
    let two = if code >= 100_000 {
        code / 10_000
    } else if code >= 1_000 {
        code / 100
    } else {
        code
    };
    by_code(two * 10_000).map(|d| d.name)
}

/// Four-digit code and name of the city of a six-digit code.
///
/// Of a municipality that is the municipality (1101, 北京市); a county-level city under its province directly stands for itself with its six digits.
pub fn city(code: u32) -> Option<(u32, &'static str)> {
    let four = code / 100;
    let two = four / 100;
    if matches!(two, 11 | 12 | 31 | 50 | 71 | 81 | 82 | 83) {
        return province(two).map(|name| (two * 100 + 1, name));
    }
    match by_code(four * 100) {
        Some(d) if !d.name.is_empty() && !code.is_multiple_of(10_000) => Some((four, d.name)),
        _ if four % 100 == 90 => by_code(code).filter(|d| !d.name.is_empty()).map(|d| (code, d.name)),
        _ => None,
    }
}

/// Divisions named at the front of an address, each within the one before it.
pub fn in_address(text: &[char]) -> Place {
    let mut place = Place::default();
    while let Some((code, chars)) = name_at(&text[place.chars..], place.code) {
        place = Place { code, named: place.named + 1, chars: place.chars + chars };
        if code % 100 != 0 || place.named == 3 {
            break;
        }
    }
    place
}

/// The longest division name at the front of a text that lies within a code (0 = anywhere): its code and length in characters.
///
/// Names of former divisions count when no name in force fits; districts alone (东城区) count only within what was named before.
#[inline]
pub fn name_at(text: &[char], within: u32) -> Option<(u32, usize)> {
    let first = *text.first()?;
    let names = table().by_head.get((first as u32).checked_sub(FIRST)? as usize)?;
    // longest first, and of one length those in force first
    let second = *text.get(1)?;
    names
        .iter()
        .find(|n| n.second == second && inside(n.code, within) && text[2..].starts_with(&n.rest))
        .map(|n| (n.code, n.rest.len() + 2))
}

fn inside(code: u32, within: u32) -> bool {
    match within {
        0 => true,
        w if w % 10_000 == 0 => code / 10_000 == w / 10_000 && !code.is_multiple_of(10_000),
        w if w % 100 == 0 => code / 100 == w / 100 && !code.is_multiple_of(100),
        _ => false,
    }
}

/// City named in an address: code and name as [`city`] gives them.
pub fn city_of_address(address: &str) -> Option<(u32, &'static str)> {
    let chars: Vec<char> = address.trim().chars().take(40).collect();
    let place = in_address(&chars);
    if place.named == 0 { None } else { city(place.code) }
}

/// Abbreviation on number plates of a province (two digits).
pub fn plate_of(province: u32) -> Option<char> {
    table().plates.iter().find(|p| p.0 == province).map(|p| p.1)
}

/// Whether a character stands for a province on number plates.
#[inline]
pub fn is_plate_province(c: char) -> bool {
    !matches!(c, '台' | '港' | '澳') && table().plates.iter().any(|p| p.1 == c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names() {
        assert!(all().len() > 7_500 && all().is_sorted_by_key(|d| d.code));
        assert!(known_code(110_101) && known_code(110_103) && !known_code(999_999) && !known_code(10_101));
        assert!(by_code(110_101).is_some_and(|d| d.current) && by_code(110_103).is_some_and(|d| !d.current));
        assert_eq!(province(440_305), Some("广东省"));
        assert_eq!(city(440_305), Some((4403, "深圳市")));
        assert_eq!(city(110_105), Some((1101, "北京市")));
        assert_eq!(city(419_001), Some((419_001, "济源市")));
        assert_eq!(city(440_000), None);
    }

    #[test]
    fn addresses() {
        for (address, code, name) in [
            ("广东省深圳市宝安区松岗街道朝阳街550号", 4403, "深圳市"),
            ("深圳宝安区松岗街道", 4403, "深圳市"),
            ("北京市朝阳区建国路1号", 1101, "北京市"),
            ("内蒙古呼和浩特市新城区", 1501, "呼和浩特市"),
            ("湖北省仙桃市某路", 429_004, "仙桃市"),
        ] {
            assert_eq!(city_of_address(address), Some((code, name)), "{address}");
        }
        assert_eq!(city_of_address("somewhere"), None);
        assert_eq!(city_of_address(""), None);
    }
}
