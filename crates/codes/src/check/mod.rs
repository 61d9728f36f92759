//! Validators: does a value have the shape of its class, and does its check digit hold?
//!
//! Each comes in two forms: over text as people write it (spaces, hyphens, full-width digits), and over the bare bytes, which is what a
//! column scan calls.

mod contact;
mod identity;
mod number;
mod vehicle;

pub use contact::{email, ip, landline_bytes, landline_cn, mobile_bytes, mobile_cn};
pub use identity::{
    date_ymd, hong_kong_id, lift_15, passport_bytes, passport_cn, resident_15, resident_18, resident_check_char,
    resident_id, travel_permit,
};
pub use number::{bank_card, iban, imei, imei_bytes, luhn, luhn_digit, uscc, uscc_bytes, uscc_check_char};
pub use vehicle::{plate_cn, vin, vin_bytes, vin_check_char};

use crate::normalise::{fold_width, is_separator};

/// What a validator found.
#[derive(Copy, Clone, Eq, PartialEq, Debug)]
pub enum Verdict {
    /// Right shape, and the check digit holds where the class has one.
    Valid,
    /// Right shape, wrong check digit.
    WrongCheck,
    /// Another shape.
    No,
}

impl Verdict {
    /// Whether the value is of the class beyond doubt.
    pub fn is_valid(self) -> bool {
        self == Self::Valid
    }
}

/// The validator of a name that the taxonomy uses.
pub fn by_name(name: &str) -> Option<fn(&str) -> Verdict> {
    Some(match name {
        "resident_id" => resident_id,
        "passport_cn" => passport_cn,
        "travel_permit" => travel_permit,
        "hong_kong_id" => hong_kong_id,
        "mobile_cn" => mobile_cn,
        "landline_cn" => landline_cn,
        "email" => email,
        "ip" => ip,
        "bank_card" => bank_card,
        "plate_cn" => plate_cn,
        "vin" => vin,
        "imei" => imei,
        "uscc" => uscc,
        _ => return None,
    })
}

/// At most `N` ASCII characters of a value without its separators, upper case; `None` when it is longer or not ASCII.
pub(crate) fn compact<const N: usize>(value: &str) -> Option<([u8; N], usize)> {
    let mut out = [0; N];
    let mut len = 0;
    for c in value.chars().map(fold_width).filter(|&c| !is_separator(c)) {
        if !c.is_ascii() || len == N {
            return None;
        }
        out[len] = c.to_ascii_uppercase() as u8;
        len += 1;
    }
    Some((out, len))
}
