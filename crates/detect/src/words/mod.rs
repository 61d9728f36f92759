//! Words and endings by which Chinese text is read.

/// Lists of words. It stands before the modules because they use it.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident: $list:expr;)*) => {
        $($(#[$doc])* pub(crate) static $name: std::sync::LazyLock<$crate::words::Words> =
            std::sync::LazyLock::new(|| $crate::words::Words::new($list));)*
    };
}

pub(crate) mod addresses;
pub(crate) mod health;
pub(crate) mod numbers;
pub(crate) mod organisations;
pub(crate) mod persons;

/// A list of words that can be asked quickly whether one stands at, or before, a place in a text.
pub(crate) struct Words {
    list: Vec<Vec<char>>,
    /// One bit per first and per last character, by its low ten bits: most places are ruled out by one look.
    heads: [u64; 16],
    tails: [u64; 16],
}

impl Words {
    fn new(list: &[&str]) -> Self {
        let mut list: Vec<Vec<char>> = list.iter().map(|w| w.chars().collect()).collect();
        list.sort_by_key(|w| std::cmp::Reverse(w.len()));
        let mut heads = [0; 16];
        let mut tails = [0; 16];
        for w in &list {
            if let (Some(&a), Some(&z)) = (w.first(), w.last()) {
                heads[slot(a).0] |= slot(a).1;
                tails[slot(z).0] |= slot(z).1;
            }
        }
        Self { list, heads, tails }
    }

    /// Length of the longest word at the front of a text, 0 when there is none.
    #[inline]
    pub(crate) fn at(&self, text: &[char]) -> usize {
        match text.first() {
            Some(&c) if self.heads[slot(c).0] & slot(c).1 != 0 => {
                self.list.iter().find(|w| text.starts_with(w)).map_or(0, Vec::len)
            }
            _ => 0,
        }
    }

    /// Length of the longest word at the end of a text, 0 when there is none. An English word must begin where a word begins.
    #[inline]
    pub(crate) fn before(&self, text: &[char]) -> usize {
        match text.last() {
            Some(&c) if self.tails[slot(c).0] & slot(c).1 != 0 => self
                .list
                .iter()
                .find(|w| {
                    text.ends_with(w) && {
                        let start = text.len() - w.len();
                        !(w[0].is_ascii_alphabetic() && start > 0 && text[start - 1].is_ascii_alphanumeric())
                    }
                })
                .map_or(0, Vec::len),
            _ => 0,
        }
    }

    /// The last characters of the words.
    pub(crate) fn last_chars(&self) -> impl Iterator<Item = char> {
        self.list.iter().filter_map(|w| w.last().copied())
    }
}

#[inline]
fn slot(c: char) -> (usize, u64) {
    let low = c as usize & 1023;
    (low / 64, 1 << (low % 64))
}
