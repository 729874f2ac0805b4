//! A scored candidate in, a text out whose order is the total order of a board (`scoring.md` §1): whoever sorts texts can rank.
//!
//! ```text
//! 0181500-01400-4085e00000000000-0ID…    9999999-10000-ffffffffffffffff-1NAME…
//! score   cover price            identity
//! ```
//! Score and coverage are rounded to the 4 decimals that ranking compares, so that whole numbers hold them exactly; they stand as what is missing to
//! 100 and to 1, because higher comes first. A quote is the bits of a number that is not negative, which sort as it does.

use super::pool::Entry;

/// The text; compare it byte by byte, within a board.
#[must_use]
pub fn key(entry: &Entry<'_>) -> String {
    let Entry { score, coverage, price, followers, identity, name, content, .. } = entry;
    let score = score.map_or(9_999_999, |score| missing(score, 100.0));
    let price = price.map_or(u64::MAX, f64::to_bits);
    let start = format!("{score:07}-{:05}-{price:016x}", missing(*coverage, 1.0));
    if identity.is_empty() {
        let followers = followers.map_or(u64::MAX, |followers| !(followers.to_bits() | 1 << 63));
        format!("{start}-1{}\t{followers:016x}\t{content:016x}", sorted(name))
    } else {
        // Rows of one creator are told apart by their cells, so that no order is left to chance.
        format!("{start}-0{}\t{content:016x}", sorted(identity))
    }
}

/// How many ten-thousandths are missing.
fn missing(value: f64, to: f64) -> u64 {
    ((to - value) * 1e4).round().max(0.0) as u64
}

/// The parts of an identity are separated by what sorts before any letter and may stand in a table.
fn sorted(text: &str) -> String {
    text.replace('\u{1f}', "\t")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        normalize::candidate::Kind,
        score::total::rounded,
        select::pool::{Origin, Pool, ordered},
    };

    proptest! {
        #[test]
        fn texts_in_order_are_candidates_in_order(rows in prop::collection::vec(
            (prop::option::of(0_u32..5), 0_u32..4, prop::option::of(0_u32..3), prop::option::of(0_u32..3), "[a-c ]{0,2}", "[ab甲]{0,2}"), 1..60))
        {
            let mut pool = Pool::default();
            let mut keys = Vec::new();
            for (row, (score, coverage, price, followers, identity, name)) in rows.iter().enumerate() {
                let identity = if identity.is_empty() { String::new() } else { format!("{identity}\u{1f}id\u{1f}小红书") };
                let entry = Entry {
                    origin: Origin { file: 0, batch: 0, row: row as u32 },
                    kind: Kind::Kol,
                    score: score.map(|score| rounded(f64::from(score) * 100.0 / 3.0).min(100.0)),
                    vector: Vec::new(),
                    coverage: rounded(f64::from(*coverage) / 3.0),
                    price: price.map(|price| f64::from(price) * 1_234.567_8),
                    followers: followers.map(|followers| f64::from(followers) * 1e6),
                    identity: &identity,
                    name: if identity.is_empty() { name } else { "" },
                    content: row as u64,
                };
                keys.push((key(&entry), row as u32));
                pool.push(&entry);
            }
            keys.sort();
            let ranked: Vec<u32> = ordered(vec![pool.into_frame().unwrap()]).unwrap().iter().map(|row| row.origin.row).collect();
            // Of rows of one creator, which ranking joins, followers do not decide.
            let identity = |row: &u32| rows[*row as usize].4.clone();
            let same = |(own, other): (&u32, &u32)| own == other || (!identity(own).is_empty() && identity(own) == identity(other));
            prop_assert!(keys.iter().map(|(_, row)| row).zip(&ranked).all(same), "{:?} {:?}", keys, ranked);
        }
    }
}
