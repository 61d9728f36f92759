//! How likely Han characters are a person's name: surnames and given-name characters with their frequency, and pinyin syllables.

use std::sync::OnceLock;

/// First and last character of the tables: the CJK Unified Ideographs block.
const FIRST: u32 = 0x4E00;
const LAST: u32 = 0x9FFF;

/// What is known of one character; each figure is 1 + the whole base-2 logarithm of a count, 0 = never seen.
#[derive(Copy, Clone, Default, Debug)]
pub struct CharInfo {
    /// As a surname of one character.
    pub surname: u8,
    /// In a man's given name.
    pub male: u8,
    /// In a woman's given name.
    pub female: u8,
    /// Begins a surname of two or three characters.
    pub begins_compound: bool,
}

struct Table {
    chars: Vec<CharInfo>,
    compounds: Vec<&'static str>,
    singles: Vec<(char, u8)>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut t = Table {
            chars: vec![CharInfo::default(); (LAST - FIRST + 1) as usize],
            compounds: Vec::new(),
            singles: Vec::new(),
        };
        for line in include_str!("../../../taxonomy/data/surnames.txt").lines().filter(|l| !l.starts_with('#')) {
            let Some((level, list)) = line.split_once(' ') else {
                continue;
            };
            let level: u8 = level.parse().unwrap_or(0);
            for name in list.split(' ') {
                let mut chars = name.chars();
                match (chars.next(), chars.next()) {
                    (Some(c), None) => {
                        t.singles.push((c, level));
                        if let Some(info) = slot(&mut t.chars, c) {
                            info.surname = level + 1;
                        }
                    }
                    (Some(c), Some(_)) => {
                        t.compounds.push(name);
                        if let Some(info) = slot(&mut t.chars, c) {
                            info.begins_compound = true;
                        }
                    }
                    _ => {}
                }
            }
        }
        for line in include_str!("../../../taxonomy/data/given.txt").lines().filter(|l| !l.starts_with('#')) {
            let Some((head, list)) = line.split_once(' ') else {
                continue;
            };
            let (sex, level) = head.split_at(1);
            let level: u8 = level.parse().unwrap_or(0);
            for c in list.chars() {
                if let Some(info) = slot(&mut t.chars, c) {
                    *(if sex == "m" { &mut info.male } else { &mut info.female }) = level + 1;
                }
            }
        }
        t
    })
}

fn slot(chars: &mut [CharInfo], c: char) -> Option<&mut CharInfo> {
    chars.get_mut((c as u32).checked_sub(FIRST)? as usize)
}

/// What is known of a character.
#[inline]
pub fn info(c: char) -> CharInfo {
    (c as u32).checked_sub(FIRST).and_then(|i| table().chars.get(i as usize)).copied().unwrap_or_default()
}

/// Characters of the surname at the front of a text: 0, 1, 2 or 3.
#[inline]
pub fn surname_len(text: &[char]) -> usize {
    let Some(&first) = text.first() else { return 0 };
    let known = info(first);
    if known.begins_compound {
        let compound = table().compounds.iter().find_map(|name| {
            let len = name.chars().count();
            (text.len() >= len && name.chars().eq(text[..len].iter().copied())).then_some(len)
        });
        if let Some(len) = compound {
            return len;
        }
    }
    usize::from(known.surname > 0)
}

/// Surnames of one character with the base-2 logarithm of their count, most frequent first.
pub fn surnames() -> &'static [(char, u8)] {
    &table().singles
}

/// How likely a text is a name, 0 (not one) to 100. `text` is surname and one or two given characters, rarely three.
///
/// Frequent surname and frequent given characters give more; the figure is a sum of logarithms, scaled, not a probability.
#[inline]
pub fn score(text: &[char]) -> u32 {
    if !(2..=4).contains(&text.len()) {
        return 0;
    }
    let first = surname_len(text);
    let given = &text[first..];
    if first == 0 || given.is_empty() || given.len() > 2 {
        return 0;
    }
    let surname = if first > 1 { 10 } else { u32::from(info(text[0]).surname) };
    let mut sum = 0;
    for &c in given {
        let i = info(c);
        let level = u32::from(i.male.max(i.female));
        if level == 0 {
            return 0;
        }
        sum += level;
    }
    // 14 levels of surnames weigh 4 each, 19 levels of given characters 44 together
    (surname * 4 + (sum / given.len() as u32) * 44 / 19).min(100)
}

/// Whether a lower-case Latin word can be read as pinyin syllables (up to three).
pub fn is_pinyin(word: &str) -> bool {
    fn rest(word: &[u8], left: u8) -> bool {
        word.is_empty()
            || (left > 0 && (1..=6.min(word.len())).any(|n| syllable(&word[..n]) && rest(&word[n..], left - 1)))
    }
    !word.is_empty() && word.len() <= 18 && rest(word.as_bytes(), 3)
}

/// Whether bytes are one syllable of Hanyu Pinyin without tone: an initial that exists and a final that exists.
fn syllable(s: &[u8]) -> bool {
    const INITIALS: [&str; 23] = [
        "zh", "ch", "sh", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "r", "z", "c", "s",
        "y", "w",
    ];
    const FINALS: [&str; 34] = [
        "a", "o", "e", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "ong", "i", "ia", "ie", "iao", "iu", "ian",
        "in", "iang", "ing", "iong", "u", "ua", "uo", "uai", "ui", "uan", "un", "uang", "v", "ue", "ve", "er",
    ];
    const ALONE: [&str; 12] = ["a", "o", "e", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "er"];
    let Ok(s) = std::str::from_utf8(s) else {
        return false;
    };
    ALONE.contains(&s) || INITIALS.iter().any(|i| s.strip_prefix(i).is_some_and(|f| FINALS.contains(&f)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn names_score_above_words() {
        for (name, low, high) in [
            ("王伟", 60, 100),
            ("张建国", 60, 100),
            ("欧阳修远", 40, 100),
            ("李娜", 60, 100),
            ("的了", 0, 0),
            ("王", 0, 0),
            ("桌椅板凳", 0, 0),
        ] {
            let got = score(&chars(name));
            assert!((low..=high).contains(&got), "{name}: {got}");
        }
        assert_eq!(surname_len(&chars("欧阳修")), 2);
        assert!(is_pinyin("zhangwei") && is_pinyin("lv") && !is_pinyin("smith") && !is_pinyin(""));
    }
}
