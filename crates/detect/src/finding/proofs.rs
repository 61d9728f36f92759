//! Values that prove themselves: check digits, prefixes, numbering plans.

use codes::{HeaderMatch, Strength};

use super::{Choice, Column, header_evidence, says};
use crate::shape::Kind::{
    self, CardValid, CardWrong, Email, HongKongId, Iban, IdValid, IdWrong, ImeiValid, ImeiWrong, Ip, Landline, Mac,
    Mobile, Passport, Permit, PhoneForeign, Plate, UsccValid, UsccWrong, VinValid, VinWrong,
};

/// A class whose values prove themselves.
pub(super) struct Proof {
    pub(super) label: &'static str,
    pub(super) valid: &'static [Kind],
    pub(super) wrong: &'static [Kind],
    /// Whether a check digit stands behind it, or only a shape.
    pub(super) checked: bool,
    pub(super) says: &'static str,
}

const fn proof(
    label: &'static str,
    valid: &'static [Kind],
    wrong: &'static [Kind],
    checked: bool,
    says: &'static str,
) -> Proof {
    Proof { label, valid, wrong, checked, says }
}

const DIGIT_HOLDS: &str = "check digit holds";
const SHAPE_FITS: &str = "shape fits";

/// All such classes. Of two whose values are as many, the later one is taken.
pub(super) const PROOFS: [Proof; 16] = [
    proof("ID_CN", &[IdValid], &[IdWrong], true, DIGIT_HOLDS),
    proof("USCC", &[UsccValid], &[UsccWrong], true, DIGIT_HOLDS),
    proof("BANK_CARD", &[CardValid], &[CardWrong], true, "issuer prefix and check digit hold"),
    proof("VIN", &[VinValid], &[VinWrong], true, DIGIT_HOLDS),
    proof("IMEI", &[ImeiValid], &[ImeiWrong], true, DIGIT_HOLDS),
    proof("EMAIL", &[Email], &[], true, "form of an e-mail address"),
    proof("IP", &[Ip], &[], true, "form of an IP address"),
    proof("PLATE_CN", &[Plate], &[], true, "form of a number plate"),
    proof("PHONE_CN", &[Mobile], &[], true, "numbering plan holds"),
    proof("PHONE_LANDLINE", &[Landline], &[], true, "numbering plan holds"),
    proof("BANK_CARD", &[Iban], &[], true, DIGIT_HOLDS),
    proof("DEVICE_ID", &[Mac], &[], false, SHAPE_FITS),
    proof("PASSPORT_CN", &[Passport], &[], false, SHAPE_FITS),
    proof("HK_ID", &[HongKongId], &[], true, DIGIT_HOLDS),
    proof("PERMIT_HMT", &[Permit], &[], false, SHAPE_FITS),
    proof("PHONE_FOREIGN", &[PhoneForeign], &[], false, SHAPE_FITS),
];

/// The class that most values prove. A header that says otherwise loses.
pub(super) fn by_proof(column: &Column<'_>, matches: &[HeaderMatch], header: Option<&str>) -> Option<Choice> {
    let named = |label: &str| matches.iter().any(|m| m.class.label() == label);
    let best = PROOFS.iter().max_by(|a, b| column.share(a.valid).total_cmp(&column.share(b.valid)))?;
    let (valid, wrong) = (column.share(best.valid), column.share(best.wrong));
    let agrees = named(best.label);
    // a header that names a thing (order number, batch) beats a mere shape
    let thing = matches.first().is_some_and(|m| m.class.label() == "NONE");
    let enough = if agrees {
        valid + wrong >= 0.3 && valid > 0.0
    } else if !best.checked {
        valid >= 0.6 && !thing && matches.first().is_none_or(|m| m.strength < Strength::End)
    } else {
        valid >= 0.5 && valid + wrong >= 0.6
    };
    if !enough {
        return None;
    }
    let label = if best.label == "PASSPORT_CN" && named("PASSPORT_FOREIGN") { "PASSPORT_FOREIGN" } else { best.label };
    let mut evidence: Vec<String> = header_evidence(header).filter(|_| agrees).into_iter().collect();
    evidence.push(says(best.says, valid));
    if wrong > 0.0 {
        evidence.push(says("right shape, wrong check digit", wrong));
    }
    Some(Choice {
        label,
        confidence: 0.7 + 0.2 * (valid + wrong) + if agrees { 0.09 } else { 0.0 },
        matched: column.count(best.valid),
        suspected: column.count(best.wrong),
        evidence,
    })
}
