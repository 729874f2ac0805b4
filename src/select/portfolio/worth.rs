//! What offers reach in, what a set of them is worth out. `scoring.md` §8.
//!
//! *Match* adds up; *reach* counts a follower once, however many of the creators are followed: with `a = -ln(1 - ρ)` it is
//! `Σ weight · (1 - exp(-Σ a))`, which is concave in what is bought, so that fractions of offers bound it from above.

/// What a set of offers is worth.
#[derive(Debug, Clone)]
pub enum Worth {
    /// Each offer's own worth, 0 or more; they add up.
    Match(Vec<f64>),
    /// People in the cells of the target, each counted once.
    Reach(Cells),
}

/// The cells of the target, and how much of each an offer covers.
#[derive(Debug, Clone, Default)]
pub struct Cells {
    /// What a whole cell is worth, 0 or more.
    pub weights: Vec<f64>,
    /// For each offer the cells that it touches, each with the part of it that it covers (ρ), 0 to below 1.
    pub covers: Vec<Vec<(usize, f64)>>,
}

/// What a set of offers has covered so far.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// The part of each cell that nobody covers; empty where worth adds up.
    left: Vec<f64>,
}

impl Worth {
    /// How many offers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Match(own) => own.len(),
            Self::Reach(cells) => cells.covers.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The worth of sets of some of the offers.
    #[must_use]
    pub fn only(&self, kept: &[usize]) -> Self {
        match self {
            Self::Match(own) => Self::Match(kept.iter().map(|at| own[*at]).collect()),
            Self::Reach(cells) => Self::Reach(Cells { weights: cells.weights.clone(), covers: kept.iter().map(|at| cells.covers[*at].clone()).collect() }),
        }
    }

    /// What a set of offers is worth together.
    #[must_use]
    pub fn of(&self, picks: &[usize]) -> f64 {
        match self {
            Self::Match(own) => picks.iter().map(|pick| own[*pick]).sum::<f64>() + 0.0,
            Self::Reach(cells) => {
                let left = self.state(picks).left;
                cells.weights.iter().zip(left).map(|(weight, left)| weight * (1.0 - left)).sum::<f64>() + 0.0
            }
        }
    }

    pub(super) fn state(&self, picks: &[usize]) -> State {
        let Self::Reach(cells) = self else { return State { left: Vec::new() } };
        let mut state = State { left: vec![1.0; cells.weights.len()] };
        picks.iter().for_each(|pick| self.add(&mut state, *pick));
        state
    }

    pub(super) fn add(&self, state: &mut State, pick: usize) {
        if let Self::Reach(cells) = self {
            cells.covers[pick].iter().for_each(|(cell, part)| state.left[*cell] *= 1.0 - part);
        }
    }

    /// What one more offer adds to what is covered.
    pub(super) fn gain(&self, state: &State, offer: usize) -> f64 {
        match self {
            Self::Match(own) => own[offer],
            Self::Reach(cells) => cells.covers[offer].iter().map(|(cell, part)| cells.weights[*cell] * state.left[*cell] * part).sum::<f64>() + 0.0,
        }
    }

    /// What each offer of a set adds to the others.
    #[must_use]
    pub fn margins(&self, picks: &[usize]) -> Vec<f64> {
        let others = |at: usize| picks.iter().enumerate().filter(move |(other, _)| *other != at).map(|(_, pick)| *pick).collect::<Vec<_>>();
        picks.iter().enumerate().map(|(at, pick)| self.gain(&self.state(&others(at)), *pick)).collect()
    }

    /// What each offer would add to a set.
    #[must_use]
    pub fn gains(&self, picks: &[usize]) -> Vec<f64> {
        let state = self.state(picks);
        (0..self.len()).map(|offer| self.gain(&state, offer)).collect()
    }
}

impl Cells {
    /// How much of each cell's exponent a fractional purchase has: `Σ a · bought`.
    pub(super) fn exponents(&self, bought: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.weights.len()];
        for (covers, part) in self.covers.iter().zip(bought).filter(|(_, part)| **part > 0.0) {
            covers.iter().for_each(|(cell, cover)| sums[*cell] -= part * (-cover).ln_1p());
        }
        sums
    }

    /// What exponents are worth.
    pub(super) fn value(&self, exponents: &[f64]) -> f64 {
        self.weights.iter().zip(exponents).map(|(weight, sum)| weight * -(-sum).exp_m1()).sum()
    }

    /// How fast worth grows with each offer, at exponents.
    pub(super) fn slopes(&self, exponents: &[f64]) -> Vec<f64> {
        let left: Vec<f64> = self.weights.iter().zip(exponents).map(|(weight, sum)| weight * (-sum).exp()).collect();
        self.covers.iter().map(|covers| covers.iter().map(|(cell, cover)| -left[*cell] * (-cover).ln_1p()).sum::<f64>() + 0.0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn followers_of_two_creators_count_once() {
        let one = Worth::Reach(Cells { weights: vec![1_000.0 / 3.0], covers: vec![vec![(0, 0.3)], vec![(0, 0.3)]] });
        assert!((one.of(&[0]) - 100.0).abs() < 1e-9);
        assert!((one.of(&[0, 1]) - 170.0).abs() < 1e-9, "30 % of the rest");
        let three = Worth::Reach(Cells { weights: vec![1.0], covers: vec![vec![(0, 0.3)], vec![(0, 0.2)], vec![(0, 0.1)]] });
        assert!((three.of(&[0, 1, 2]) - 0.496).abs() < 1e-12, "the published value");
        assert!((three.margins(&[0, 1, 2])[2] - 0.7 * 0.8 * 0.1).abs() < 1e-12);
    }
}
