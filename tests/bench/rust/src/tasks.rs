//! The tasks, as `tasks.js` has them.

/// What is left of factorials is their remainder by this prime: small enough for every way to bring it back.
const PRIME: u64 = 1_000_000_007;

pub(crate) fn add((a, b): (u32, u32)) -> u32 {
    a + b
}

/// All digits of `n`!, then their remainder.
pub(crate) fn factorial(n: u32) -> u32 {
    let mut limbs = vec![1_u32];
    for factor in 2..=n {
        let mut carry = 0;
        for limb in &mut limbs {
            let product = u64::from(*limb) * u64::from(factor) + carry;
            *limb = low(product);
            carry = product >> 32;
        }
        if carry > 0 {
            limbs.push(low(carry));
        }
    }
    let remainder = limbs
        .iter()
        .rev()
        .fold(0, |rest, limb| ((rest << 32) + u64::from(*limb)) % PRIME);
    low(remainder)
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
fn low(value: u64) -> u32 {
    value as u32
}

/// How many primes there are in `from..to`, by trial division.
pub(crate) fn primes((from, to): (u32, u32)) -> u32 {
    let mut count = 0;
    for n in from.max(2)..to {
        let mut divisor = 2;
        let mut prime = true;
        while divisor * divisor <= n {
            if n.is_multiple_of(divisor) {
                prime = false;
                break;
            }
            divisor += 1;
        }
        count += u32::from(prime);
    }
    count
}

pub(crate) fn double(n: u32) -> u32 {
    n * 2
}
