//! The format of a value: which of its characters are numerals, and of what kind.

use super::OutsideDomain;
use super::wide::Wide;

/// The most numerals of a value.
pub(super) const MAX_LEN: usize = 72;

/// What a character may become.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Digit,
    /// The last place of a resident id: a digit or X.
    Check,
    Lower,
    Upper,
    Han,
}

impl Kind {
    fn size(self) -> u64 {
        match self {
            Self::Digit => 10,
            Self::Check => 11,
            Self::Lower | Self::Upper => 26,
            Self::Han => 0x9fff - 0x4e00 + 1,
        }
    }

    fn char(self, value: u16) -> char {
        let first = match self {
            Self::Check if value == 10 => return 'X',
            Self::Digit | Self::Check => '0',
            Self::Lower => 'a',
            Self::Upper => 'A',
            Self::Han => '\u{4e00}',
        };
        char::from_u32(u32::from(first) + u32::from(value))
            .expect("a kind's characters are consecutive and none is a surrogate")
    }
}

/// What a character of a value is to FF1.
enum Part {
    Numeral(Kind, u16),
    Separator,
    /// Would leave in clear.
    Other,
}

fn part(c: char) -> Part {
    let numeral = |kind, first: char| Part::Numeral(kind, (u32::from(c) - u32::from(first)) as u16);
    match c {
        '0'..='9' => numeral(Kind::Digit, '0'),
        'a'..='z' => numeral(Kind::Lower, 'a'),
        'A'..='Z' => numeral(Kind::Upper, 'A'),
        '\u{4e00}'..='\u{9fff}' => numeral(Kind::Han, '\u{4e00}'),
        ' '..='~' | '\u{2010}'..='\u{2015}' | '·' | '\u{3000}' | '（' | '）' | '－' | '，' | '：' => {
            Part::Separator
        }
        _ => Part::Other,
    }
}

/// The numerals of a value, on the stack.
pub(super) struct Shape {
    len: usize,
    kinds: [Kind; MAX_LEN],
    values: [u16; MAX_LEN],
    decimal: bool,
}

impl Shape {
    pub(super) fn read(label: &str, value: &str) -> Result<Self, OutsideDomain> {
        let mut shape = Self { len: 0, kinds: [Kind::Digit; MAX_LEN], values: [0; MAX_LEN], decimal: true };
        for c in value.chars() {
            match part(c) {
                Part::Numeral(kind, value) => shape.push(kind, value)?,
                Part::Separator => {}
                Part::Other => return Err(OutsideDomain),
            }
        }
        if label == "ID_CN" {
            shape.mark_check_place();
        }
        Ok(shape)
    }

    fn push(&mut self, kind: Kind, value: u16) -> Result<(), OutsideDomain> {
        let place = self.len;
        *self.kinds.get_mut(place).ok_or(OutsideDomain)? = kind;
        self.values[place] = value;
        self.decimal &= kind == Kind::Digit;
        self.len += 1;
        Ok(())
    }

    /// Gives the last place of an 18-character resident id its eleven values, whichever of them it has.
    fn mark_check_place(&mut self) {
        if self.len != 18 || self.kinds[..17].iter().any(|kind| *kind != Kind::Digit) {
            return;
        }
        let x = u16::from(b'X' - b'A');
        match (self.kinds[17], self.values[17]) {
            (Kind::Digit, _) => {}
            (Kind::Upper | Kind::Lower, letter) if letter == x => self.values[17] = 10,
            _ => return,
        }
        self.kinds[17] = Kind::Check;
        self.decimal = false;
    }

    /// Whether the numerals are digits alone.
    pub(super) fn is_decimal(&self) -> bool {
        self.decimal
    }

    pub(super) fn values(&self) -> &[u16] {
        &self.values[..self.len]
    }

    pub(super) fn values_mut(&mut self) -> &mut [u16] {
        &mut self.values[..self.len]
    }

    fn kinds(&self) -> &[Kind] {
        &self.kinds[..self.len]
    }

    /// How many values have this format.
    pub(super) fn size(&self) -> Result<Wide, OutsideDomain> {
        let mut kinds = self.kinds().iter();
        kinds.try_fold(Wide::from(1), |size, kind| size.mul_add(kind.size(), 0)).ok_or(OutsideDomain)
    }

    /// Which of them this is, counted from 0.
    pub(super) fn number(&self) -> Result<Wide, OutsideDomain> {
        let mut places = self.kinds().iter().zip(self.values());
        places
            .try_fold(Wide::default(), |number, (kind, value)| number.mul_add(kind.size(), u64::from(*value)))
            .ok_or(OutsideDomain)
    }

    /// Becomes the value with that number.
    pub(super) fn set_number(&mut self, mut number: Wide) {
        for place in (0..self.len).rev() {
            // A remainder is below its kind's size, at most 20,992.
            self.values[place] = number.div_rem(self.kinds[place].size()) as u16;
        }
    }

    /// Appends `value` with its numerals replaced by those here.
    pub(super) fn write(&self, value: &str, out: &mut String) {
        let mut places = self.kinds().iter().zip(self.values());
        out.extend(value.chars().map(|c| match part(c) {
            Part::Numeral(..) => {
                let (kind, value) = places.next().expect("as many places as were read from this value");
                kind.char(*value)
            }
            Part::Separator | Part::Other => c,
        }));
    }
}
