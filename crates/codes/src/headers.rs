//! Which classes a column header speaks for.
//!
//! English words count as whole words (`consignee_mobile`, `birthDate`), Chinese ones anywhere (`收货人手机号`), pinyin as the whole header
//! or as its end. The end of a header weighs most: in `consignee_mobile` and `收货人手机号` it names the thing.

use std::collections::HashMap;

use crate::class::Class;
use crate::normalise::fold_width;
use crate::taxonomy::ClassId;

/// How well a header matches.
#[derive(Copy, Clone, Eq, PartialEq, Ord, PartialOrd, Debug)]
pub enum Strength {
    /// A word somewhere in the header.
    Within,
    /// The last words of the header.
    End,
    /// The whole header.
    Whole,
}

/// A class that a header speaks for.
#[derive(Copy, Clone, Eq, PartialEq, Debug)]
pub struct HeaderMatch {
    /// The class.
    pub class: ClassId,
    /// How well the header matches.
    pub strength: Strength,
    /// Characters matched: of two words of one strength the longer says more.
    pub chars: usize,
}

#[derive(Debug, Default)]
pub(crate) struct HeaderIndex {
    whole: HashMap<String, Vec<ClassId>>,
    english: HashMap<String, Vec<ClassId>>,
    chinese: Vec<(String, ClassId)>,
    pinyin: Vec<(String, ClassId)>,
}

impl HeaderIndex {
    pub(crate) fn new<'a>(classes: impl Iterator<Item = (ClassId, &'a Class)>) -> Self {
        let mut index = Self::default();
        for (id, class) in classes {
            for word in &class.en_words {
                let (word, only_whole) = exact(word);
                let tokens = tokens(word);
                index.whole.entry(tokens.concat()).or_default().push(id);
                if !only_whole {
                    index.english.entry(tokens.join(" ")).or_default().push(id);
                }
            }
            for word in &class.zh_words {
                index.whole.entry(word.clone()).or_default().push(id);
                index.chinese.push((word.clone(), id));
            }
            for word in &class.pinyin {
                let (word, only_whole) = exact(word);
                index.whole.entry(word.to_owned()).or_default().push(id);
                if !only_whole && word.len() >= 6 {
                    index.pinyin.push((word.to_owned(), id));
                }
            }
        }
        index
    }

    pub(crate) fn find(&self, header: &str) -> Vec<HeaderMatch> {
        let tokens = tokens(header);
        let compact = tokens.concat();
        let mut found: Vec<HeaderMatch> = Vec::new();
        let mut add = |class, strength, chars| match found.iter_mut().find(|m| m.class == class) {
            Some(old) if (old.strength, old.chars) < (strength, chars) => (old.strength, old.chars) = (strength, chars),
            Some(_) => {}
            None => found.push(HeaderMatch { class, strength, chars }),
        };
        for &class in self.whole.get(&compact).into_iter().flatten() {
            add(class, Strength::Whole, compact.chars().count());
        }
        for from in 0..tokens.len() {
            for to in from + 1..=tokens.len().min(from + 4) {
                for &class in self.english.get(&tokens[from..to].join(" ")).into_iter().flatten() {
                    let strength = if to == tokens.len() { Strength::End } else { Strength::Within };
                    add(class, strength, tokens[from..to].iter().map(String::len).sum());
                }
            }
        }
        for (word, class) in &self.chinese {
            if compact.ends_with(word.as_str()) {
                add(*class, Strength::End, word.chars().count());
            } else if compact.contains(word.as_str()) {
                add(*class, Strength::Within, word.chars().count());
            }
        }
        for (word, class) in &self.pinyin {
            if compact.ends_with(word.as_str()) {
                add(*class, Strength::End, word.len());
            }
        }
        found.sort_by(|a, b| (b.strength, b.chars).cmp(&(a.strength, a.chars)).then(a.class.cmp(&b.class)));
        found
    }
}

fn exact(word: &str) -> (&str, bool) {
    word.strip_suffix('!').map_or((word, false), |w| (w, true))
}

/// Lower-case words of a header: split at what is not a letter or digit, and where lower case meets upper case.
fn tokens(header: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut word = String::new();
    let mut before_lower = false;
    for c in header.chars().map(fold_width) {
        if !c.is_alphanumeric() || (before_lower && c.is_uppercase()) {
            if !word.is_empty() {
                out.push(std::mem::take(&mut word));
            }
            if !c.is_alphanumeric() {
                before_lower = false;
                continue;
            }
        }
        before_lower = c.is_lowercase();
        word.extend(c.to_lowercase());
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::taxonomy;

    fn check(header: &str, label: &str) {
        let found = taxonomy().by_header(header);
        assert_eq!(found.first().map_or("-", |m| m.class.label()), label, "{header}: {found:?}");
    }

    #[test]
    fn headers_in_english_chinese_and_pinyin() {
        for (header, label) in [
            ("resident_id", "ID_CN"),
            ("身份证号", "ID_CN"),
            ("客户身份证号码", "ID_CN"),
            ("shenfenzhenghao", "ID_CN"),
            ("sfzh", "ID_CN"),
            ("consignee_mobile", "PHONE_CN"),
            ("consigneeMobile", "PHONE_CN"),
            ("收货人手机号", "PHONE_CN"),
            ("shouhuorenshoujihao", "PHONE_CN"),
            ("consignee", "PERSON"),
            ("ship_to", "ADDRESS"),
            ("pay_card", "BANK_CARD"),
            ("USUBJID", "SUBJECT_KEY"),
            ("BRTHDTC", "BIRTH_DATE"),
            ("SITEID", "SITE"),
            ("DMINIT", "INITIALS"),
            ("marital-status", "MARITAL_STATUS"),
            ("native-country", "NATIONALITY"),
            ("salary-class", "SALARY"),
            ("order_id", "NONE"),
            ("track_no", "NONE"),
            ("product_name", "NONE"),
            ("信用评分", "CREDIT_SCORE"),
            ("xyz", "-"),
        ] {
            check(header, label);
        }
    }
}
