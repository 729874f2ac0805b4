//! What a candidate's score can be at most in, whether it may come before the best so far out: most candidates of a large pool need not be scored.
//!
//! Scores are compared in ten-thousandths, as ranking rounds them. A score that nobody has computed yet is bounded from above; whoever is bounded below
//! the last place so far cannot be among the first, whatever is scored later.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use xxhash_rust::xxh3::xxh3_64;

use crate::normalize::candidate::Kind;

/// A candidate who may be considered, as a first reading saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prospect {
    /// Row of its batch.
    pub row: u32,
    /// Where its record begins in the batch, in bytes.
    pub offset: u32,
    /// Bytes of its record.
    pub length: u32,
    /// The ceiling, and the board in the highest bit.
    packed: u32,
}

const KOC: u32 = 1 << 31;
/// Above every score.
const ANY: u32 = KOC - 1;

impl Prospect {
    /// A candidate whose score is at most `ceiling` (0 to 100); `None` where it may be anything, or nothing at all.
    #[must_use]
    pub fn new(row: u32, (offset, length): (u32, u32), kind: Kind, ceiling: Option<f64>) -> Self {
        Self { row, offset, length, packed: 0 }.with(kind, ceiling.map_or(ANY, bound))
    }

    /// The same, scored.
    #[must_use]
    pub fn scored(self, kind: Kind, score: Option<f64>) -> Self {
        self.with(kind, score.map_or(0, points))
    }

    fn with(self, kind: Kind, ceiling: u32) -> Self {
        Self { packed: ceiling | if kind == Kind::Koc { KOC } else { 0 }, ..self }
    }

    /// Its board.
    #[must_use]
    pub fn kind(&self) -> Kind {
        if self.packed & KOC == 0 { Kind::Kol } else { Kind::Koc }
    }

    /// The most that its score can be, in ten-thousandths.
    #[must_use]
    pub fn ceiling(&self) -> u32 {
        self.packed & !KOC
    }
}

/// A score in ten-thousandths, 1 up: 0 has none.
#[must_use]
pub fn points(score: f64) -> u32 {
    (score * 1e4).round() as u32 + 1
}

/// The same of a number that a score is not above, by more than what sums lose in their last digits.
#[must_use]
pub fn bound(ceiling: f64) -> u32 {
    (ceiling * 1e4 + 1e-3).ceil() as u32 + 1
}

/// Rows that may be of one creator, by the hash of what they are joined by, in 12 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    hash: [u32; 2],
    /// Row of its batch.
    pub row: u32,
}

impl Trace {
    /// The trace of a row whose identity, as [`crate::normalize::candidate::Candidate::key`] writes it, is not empty.
    #[must_use]
    pub fn new(identity: &str, row: u32) -> Self {
        let hash = xxh3_64(identity.as_bytes());
        Self { hash: [hash as u32, (hash >> 32) as u32], row }
    }

    /// The hash.
    #[must_use]
    pub fn hash(&self) -> u64 {
        u64::from(self.hash[0]) | u64::from(self.hash[1]) << 32
    }
}

/// The last of the first places so far, on each board.
#[derive(Debug)]
pub struct Bar {
    /// Places of a board; `None` has one for everybody.
    places: Option<usize>,
    boards: [Board; 2],
}

#[derive(Debug, Default)]
struct Board {
    best: Mutex<BinaryHeap<Reverse<u32>>>,
    /// What must be reached; 0 while there are places for all.
    least: AtomicU32,
}

impl Bar {
    /// A bar for boards of so many places.
    #[must_use]
    pub fn new(places: Option<usize>) -> Self {
        Self { places: places.map(|places| places.max(1)), boards: Default::default() }
    }

    /// Whether a score that is at most this may be among the first; 0 is no score at all.
    #[must_use]
    pub fn admits(&self, kind: Kind, ceiling: u32) -> bool {
        ceiling >= self.boards[kind as usize].least.load(Ordering::Relaxed)
    }

    /// Takes in a score, which raises the bar where all places are taken.
    pub fn saw(&self, kind: Kind, points: u32) {
        let Some(places) = self.places else { return };
        let board = &self.boards[kind as usize];
        if points <= board.least.load(Ordering::Relaxed) {
            return;
        }
        let mut best = board.best.lock().unwrap_or_else(PoisonError::into_inner);
        best.push(Reverse(points));
        if best.len() > places {
            best.pop();
        }
        if best.len() == places
            && let Some(Reverse(least)) = best.peek()
        {
            board.least.store(*least, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_the_last_of_the_first_places() {
        let bar = Bar::new(Some(2));
        assert!(bar.admits(Kind::Kol, 0), "there is room for whoever has no score");
        for score in [10.0, 30.0, 20.0, 30.0] {
            bar.saw(Kind::Kol, points(score));
        }
        assert!(bar.admits(Kind::Kol, points(30.0)) && !bar.admits(Kind::Kol, points(29.9999)) && !bar.admits(Kind::Kol, 0));
        assert!(bar.admits(Kind::Koc, 0), "boards are apart");
        let all = Bar::new(None);
        (0..100).for_each(|score| all.saw(Kind::Koc, points(f64::from(score))));
        assert!(all.admits(Kind::Koc, 0));
    }

    #[test]
    fn a_prospect_keeps_its_board_and_a_bound() {
        let prospect = Prospect::new(3, (40, 5), Kind::Koc, Some(87.654_321));
        assert_eq!((prospect.kind(), prospect.row, prospect.offset, prospect.length), (Kind::Koc, 3, 40, 5));
        assert!(prospect.ceiling() >= points(87.6544) && prospect.ceiling() <= points(87.6546));
        assert!(Prospect::new(0, (0, 0), Kind::Kol, None).ceiling() > points(100.0));
        assert_eq!(prospect.scored(Kind::Kol, None).ceiling(), 0);
        assert_eq!(Trace::new("5f\u{1f}id\u{1f}小红书", 7).hash(), xxh3_64("5f\u{1f}id\u{1f}小红书".as_bytes()));
    }
}
