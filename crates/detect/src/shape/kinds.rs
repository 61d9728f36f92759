//! The kinds of cells that are counted, and how a count is taken.

use codes::check::Verdict;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// What is counted of the cells of a column. The order is part of the state's form: new kinds go to the end.
        #[derive(Copy, Clone, Eq, PartialEq, Debug)]
        #[repr(u8)]
        pub(crate) enum Kind { $($(#[$doc])* $name),* }
        pub(crate) const KINDS: usize = [$(Kind::$name),*].len();
    };
}

kinds! {
    IdValid, IdWrong, Mobile, Landline, PhoneForeign, Email, CardValid, CardWrong, Passport, Plate, VinValid, VinWrong, ImeiValid, ImeiWrong, Ip,
    UsccValid, UsccWrong, Permit, HongKongId, Iban,
    /// A day.
    Date,
    /// A day before 2005: most people in a table of adults.
    DateOld,
    /// Eight digits that are a day.
    DateCompact, Timestamp,
    /// A year, or a year and month.
    DatePart,
    /// A whole number; of these from 0 to 120, and from 300 to 1000.
    Int, IntAge, IntScore,
    /// A number with a decimal point; of these with two places, and with four or more within ±180.
    Decimal, Money, Coordinate, Gender, Country, Currency, HanName,
    /// A name with one of the 150 or so most frequent surnames.
    HanNameFrequent, LatinName, PinyinName, Address, Org, Hospital, Health, Icd,
    /// Longer text.
    Text,
    /// One word of letters.
    Word,
    /// Letters and digits.
    Code, Guid,
    /// Has asterisks, as masked values have.
    Masked,
    /// Has four digits or more.
    Digits, Mac, Initials, Han,
    /// One or two characters.
    Short, Login,
    /// Digits alone, by how many: what a number of a class has to stand out from.
    Digits11, Digits12, Digits13, Digits14, Digits15, Digits16, Digits17, Digits18, Digits19,
    HongKongWrong, IbanWrong,
}

/// Counts by kind.
pub(crate) type Counts = [u64; KINDS];

#[inline]
pub(super) fn bump(counts: &mut Counts, kind: Kind) {
    counts[kind as usize] += 1;
}

/// Counts a value with a check digit by what its check says.
#[inline]
pub(super) fn verdict(v: Verdict, valid: Kind, wrong: Kind, counts: &mut Counts) {
    match v {
        Verdict::Valid => bump(counts, valid),
        Verdict::WrongCheck => bump(counts, wrong),
        Verdict::No => {}
    }
}
