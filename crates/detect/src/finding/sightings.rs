//! Values that prove themselves wherever they stand: what a column holds beside its class, and whether by chance.
//!
//! Numbers of things (orders, parcels, meters) fit the form of some class now and then, and one in ten of those has a
//! fitting check digit. A column that visibly holds such numbers explains them; a single one in a column of other values
//! is explained by nothing.

use codes::{ClassId, taxonomy};

use super::class;
use super::proofs::{PROOFS, Proof};
use crate::chance::{RARE, binomial_tail, poisson_tail};
use crate::profile::ColumnProfile;
use crate::shape::Kind::{
    self, Digits11, Digits12, Digits13, Digits14, Digits15, Digits16, Digits17, Digits18, Digits19,
};
use crate::text::LABELS;

/// Values of a class in a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The class.
    pub class: ClassId,
    /// Values whose form and check digit fit.
    pub valid: u64,
    /// Values of the form whose check digit is wrong.
    pub suspected: u64,
    /// Whether the class has a check digit, a numbering plan or a form of its own; false: a mere shape, as codes of
    /// things have it.
    pub proven: bool,
    /// Whether the column's numbers explain them by chance.
    pub by_chance: bool,
}

/// How often digits alone pass for a class by chance: label, their length as a kind, how many of a million fit the form,
/// how many the check digit, too. Measured with evenly spread digits.
const FITS: [(&str, Kind, f64, f64); 13] = [
    ("ID_CN", Digits15, 270.0, 270.0),
    ("ID_CN", Digits18, 11.0, 1.0),
    ("IMEI", Digits15, 160_000.0, 16_000.0),
    ("PHONE_CN", Digits11, 70_000.0, 70_000.0),
    ("PHONE_CN", Digits13, 700.0, 700.0),
    ("PHONE_LANDLINE", Digits11, 72_000.0, 72_000.0),
    ("PHONE_LANDLINE", Digits12, 60_000.0, 60_000.0),
    ("BANK_CARD", Digits14, 20_000.0, 2_000.0),
    ("BANK_CARD", Digits15, 20_000.0, 2_000.0),
    ("BANK_CARD", Digits16, 230_000.0, 23_000.0),
    ("BANK_CARD", Digits17, 10_000.0, 1_000.0),
    ("BANK_CARD", Digits18, 10_000.0, 1_000.0),
    ("BANK_CARD", Digits19, 11_000.0, 1_100.0),
];
/// Numbers of things are not evenly spread: so many times what even ones give.
const UNEVEN: f64 = 4.0;

/// Numbers of a form that would come up less often than once in a thousand such columns are not there by chance: a single
/// identity number among hundreds of orders of the same length has to be told.
const STRANGE: f64 = 1e-3;

/// Forms with a check digit that one in so many numbers has by chance, and with how many numbers it says so. A form that is
/// little more than a length is no news by itself, and a few numbers tell.
const CHECKS: [(&[Kind], f64, u64); 7] = [
    (&[Kind::IdValid], 11.0, 20),
    (&[Kind::UsccValid], 31.0, 20),
    (&[Kind::CardValid], 10.0, 20),
    (&[Kind::ImeiValid], 10.0, 20),
    (&[Kind::VinValid], 11.0, 5),
    (&[Kind::HongKongId], 11.0, 5),
    (&[Kind::Iban], 97.0, 5),
];

/// Values of every class that proves itself.
pub(crate) fn values(p: &ColumnProfile) -> Vec<Sighting> {
    let count = |kinds: &[Kind]| kinds.iter().map(|&kind| p.counts[kind as usize]).sum::<u64>();
    let mut found: Vec<Sighting> = Vec::new();
    for proof in &PROOFS {
        let wrong = match proof.valid {
            [Kind::HongKongId] => &[Kind::HongKongWrong][..],
            [Kind::Iban] => &[Kind::IbanWrong],
            _ => proof.wrong,
        };
        let (valid, suspected) = (count(proof.valid), count(wrong));
        // A letter and seven digits, or two and thirteen, are a code as every shop has it.
        if valid == 0 && (suspected == 0 || proof.wrong.is_empty()) {
            continue;
        }
        let sighting = Sighting {
            class: class(proof.label),
            valid,
            suspected,
            proven: proof.checked,
            by_chance: by_chance(p, proof, valid, suspected),
        };
        match found.iter_mut().find(|other| other.class == sighting.class) {
            Some(other) => {
                other.valid += valid;
                other.suspected += suspected;
                other.by_chance &= sighting.by_chance;
            }
            None => found.push(sighting),
        }
    }
    found
}

/// Classes found inside running text.
pub(crate) fn in_text(p: &ColumnProfile) -> Vec<Sighting> {
    let counts = LABELS.iter().zip(p.found.iter().zip(&p.found_wrong));
    let proven = |label: &str| PROOFS.iter().any(|proof| proof.label == label && proof.checked);
    counts
        .filter(|(_, (all, _))| **all > 0)
        .filter_map(|(label, (all, wrong))| {
            let class = taxonomy().by_label(label)?;
            let (valid, suspected) = (all - wrong, *wrong);
            Some(Sighting { class, valid, suspected, proven: proven(label), by_chance: false })
        })
        .collect()
}

/// Whether numbers of things explain so many values of a class: by their length, or because check digits hold just as
/// often as they would by chance.
fn by_chance(p: &ColumnProfile, proof: &Proof, valid: u64, suspected: u64) -> bool {
    let form = valid + suspected;
    let (mut numbers, mut fit, mut hold) = (0, 0.0, 0.0);
    for (_, kind, of_form, of_check) in FITS.iter().filter(|fits| fits.0 == proof.label && proof.valid != [Kind::Iban])
    {
        let cells = p.counts[*kind as usize];
        numbers += cells;
        fit += cells as f64 * of_form / 1e6;
        hold += cells as f64 * of_check / 1e6;
    }
    // At least as many others of the same length, or these are no numbers among their like.
    let by_length = numbers >= 2 * form
        && poisson_tail(UNEVEN * fit, form) > STRANGE
        && poisson_tail(UNEVEN * hold, valid) > STRANGE;
    let by_check = CHECKS.iter().any(|(kinds, of, enough)| {
        let least = if form < 20 { STRANGE } else { RARE };
        *kinds == proof.valid && form >= *enough && binomial_tail(form, 1.0 / of, valid) > least
    });
    by_length || by_check
}

#[cfg(test)]
mod tests {
    use codes::{cards, check};

    use super::*;

    fn column<'a>(cells: impl IntoIterator<Item = &'a str>) -> ColumnProfile {
        let mut profile = ColumnProfile::new(true);
        cells.into_iter().for_each(|cell| profile.update(cell));
        profile
    }

    /// Digits that look random and are the same for ever.
    fn numbers(length: usize, count: usize) -> Vec<String> {
        let mut state = length as u64;
        let mut digit = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            char::from(b'0' + ((state >> 33) % 10) as u8)
        };
        (0..count).map(|_| (0..length).map(|_| digit()).collect()).collect()
    }

    #[test]
    fn fits_are_what_even_digits_give() {
        for (label, kind, of_form, of_check) in FITS {
            let length = 11 + (kind as usize - Digits11 as usize);
            let cells = numbers(length, 100_000);
            let (mut form, mut valid) = (0u32, 0u32);
            for cell in cells.iter().map(String::as_bytes) {
                let (fits, holds) = match label {
                    "ID_CN" if length == 15 => (check::resident_15(cell), check::resident_15(cell)),
                    "ID_CN" => {
                        let verdict = check::resident_18(cell);
                        (verdict != check::Verdict::No, verdict.is_valid())
                    }
                    "IMEI" => {
                        let verdict = check::imei_bytes(cell);
                        (verdict != check::Verdict::No, verdict.is_valid())
                    }
                    "PHONE_CN" => {
                        let phone = check::mobile_bytes(if length == 13 { &cell[2..] } else { cell });
                        (phone && (length == 11 || cell.starts_with(b"86")), phone && length == 11)
                    }
                    "PHONE_LANDLINE" => (check::landline_bytes(cell), check::landline_bytes(cell)),
                    _ => (cards::issued(cell), cards::issued(cell) && check::luhn(cell)),
                };
                form += u32::from(fits);
                valid += u32::from(holds);
            }
            let measured = f64::from(form) * 10.0;
            // 3 of 100,000 is what the eye can still tell from nothing.
            assert!(measured <= of_form * 1.5 + 30.0, "{label} {length}: {measured} of a million, not {of_form}");
            assert!(measured >= of_form / 2.0 - 30.0, "{label} {length}: {measured} of a million, not {of_form}");
            assert!(f64::from(valid) * 10.0 <= of_check * 1.5 + 30.0, "{label} {length}: {valid} hold");
        }
    }

    fn sighting(profile: &ColumnProfile, label: &str) -> Option<(u64, u64, bool)> {
        let found = profile.values().into_iter().find(|sighting| sighting.class.label() == label)?;
        Some((found.valid, found.suspected, found.by_chance))
    }

    #[test]
    fn numbers_of_things_are_explained() {
        for length in 11..=19 {
            for count in [50, 300, 20_000] {
                let cells = numbers(length, count);
                let profile = column(cells.iter().map(String::as_str));
                for sighting in profile.values() {
                    assert!(sighting.by_chance, "{count} of {length} digits: {sighting:?}");
                }
            }
        }
        // All orders begin like a card, and one in ten passes the check.
        let orders = numbers(12, 400).iter().map(|tail| format!("6222{tail}")).collect::<Vec<_>>();
        assert!(sighting(&column(orders.iter().map(String::as_str)), "BANK_CARD").is_some_and(|found| found.2));
    }

    #[test]
    fn one_among_other_values_is_explained_by_nothing() {
        let amounts = (0..100_000).map(|n| format!("{}.{:02}", n * 7, n % 100)).collect::<Vec<_>>();
        for (value, label) in [
            ("11010519491231002X", "ID_CN"),
            ("110105194912310021", "ID_CN"),
            ("13800138000", "PHONE_CN"),
            ("4111111111111111", "BANK_CARD"),
            ("1M8GDM9AXKP042788", "VIN"),
            ("490154203237518", "IMEI"),
            ("a.b@example.com", "EMAIL"),
        ] {
            let profile = column(amounts.iter().map(String::as_str).chain([value]));
            let (valid, suspected, by_chance) = sighting(&profile, label).expect(label);
            assert_eq!((valid + suspected, by_chance), (1, false), "{label}");
        }
        // In a column of orders of 18 digits an identity number still stands out.
        let orders = numbers(18, 200);
        let profile = column(orders.iter().map(String::as_str).chain(["110101197001010016"]));
        assert_eq!(sighting(&profile, "ID_CN"), Some((1, 0, false)));
    }
}
