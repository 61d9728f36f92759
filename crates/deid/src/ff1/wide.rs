//! Unsigned numbers of 256 bits: just what counting through a format takes.

/// Limbs of 64 bits, the most significant first, so that the derived order is that of the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Wide([u64; 4]);

impl From<u64> for Wide {
    fn from(value: u64) -> Self {
        Self([0, 0, 0, value])
    }
}

impl Wide {
    /// The number `high << bits | low`, where `low` has at most `bits` bits, 1 to 128.
    pub(super) fn join(high: u128, low: u128, bits: u32) -> Self {
        let (over, low) = match bits {
            128 => (high, low),
            _ => (high >> (128 - bits), high << bits | low),
        };
        Self([(over >> 64) as u64, over as u64, (low >> 64) as u64, low as u64])
    }

    /// The number as `(self >> bits, self mod 2^bits)`, for numbers of at most `bits + 128` bits, `bits` 1 to 128.
    pub(super) fn split(&self, bits: u32) -> (u128, u128) {
        let over = u128::from(self.0[0]) << 64 | u128::from(self.0[1]);
        let low = u128::from(self.0[2]) << 64 | u128::from(self.0[3]);
        match bits {
            128 => (over, low),
            _ => (over << (128 - bits) | low >> bits, low & ((1 << bits) - 1)),
        }
    }

    /// `self * factor + add`, or nothing beyond 256 bits.
    pub(super) fn mul_add(&self, factor: u64, add: u64) -> Option<Self> {
        let mut carry = add;
        let mut product = [0; 4];
        for (limb, place) in self.0.iter().zip(&mut product).rev() {
            // (2^64 - 1)^2 + 2^64 - 1 is below 2^128.
            let wide = u128::from(*limb) * u128::from(factor) + u128::from(carry);
            *place = wide as u64;
            carry = (wide >> 64) as u64;
        }
        (carry == 0).then_some(Self(product))
    }

    /// Divides in place and returns the remainder.
    pub(super) fn div_rem(&mut self, divisor: u64) -> u64 {
        let mut rest = 0;
        for limb in &mut self.0 {
            if rest == 0 {
                (*limb, rest) = (*limb / divisor, *limb % divisor);
            } else {
                let wide = u128::from(rest) << 64 | u128::from(*limb);
                *limb = (wide / u128::from(divisor)) as u64;
                rest = (wide % u128::from(divisor)) as u64;
            }
        }
        rest
    }

    /// One less; the number is not zero.
    pub(super) fn minus_one(&self) -> Self {
        let mut limbs = self.0;
        for limb in limbs.iter_mut().rev() {
            let (less, borrows) = limb.overflowing_sub(1);
            *limb = less;
            if !borrows {
                break;
            }
        }
        Self(limbs)
    }

    /// How many bits the number has.
    pub(super) fn bits(&self) -> u32 {
        let zeros = self.0.iter().try_fold(0, |zeros, limb| match limb {
            0 => Ok(zeros + 64),
            _ => Err(zeros + limb.leading_zeros()),
        });
        256 - zeros.unwrap_or_else(|zeros| zeros)
    }
}
