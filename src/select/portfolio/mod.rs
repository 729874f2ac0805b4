//! Offers, a budget and rules in, the best portfolio out, with a proof of how good it is. `scoring.md` §8.
//!
//! ```text
//! problem ─greedy→ set ─swaps→ set ─┐
//!    └─relaxed→ tangent ─linear→ set ─swaps→ set ─┴→ the better one, verified in whole cents, with the lowest bound
//! ```

pub mod campaign;
mod greedy;
mod linear;
pub mod phases;
pub mod problem;
mod relaxed;
pub mod sensitivity;
pub mod shortfall;
pub mod solver;
pub mod worth;

use linear::{Linear, ROUNDING};
use problem::Problem;
use solver::{Effort, Solver};
use worth::Worth;

/// A portfolio that keeps all rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Portfolio {
    /// Positions of the offers, ascending.
    pub picks: Vec<usize>,
    /// What they are worth together.
    pub value: f64,
    /// What they cost, in cents.
    pub spent: i64,
    /// No portfolio is worth more: our own sum, whatever a solver said.
    pub bound: f64,
    /// Whether a search over all that could be better went to its end.
    pub best: bool,
}

impl Portfolio {
    /// By how much of its bound the portfolio may be short of the best, 0 to 1.
    #[must_use]
    pub fn gap(&self) -> f64 {
        if self.bound > 0.0 { (1.0 - self.value / self.bound).max(0.0) } else { 0.0 }
    }
}

/// What a search for a portfolio came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// A portfolio.
    Found(Portfolio),
    /// No set of offers keeps all rules.
    Impossible,
    /// None was found with this effort.
    Unknown,
}

/// The best portfolio that is found: of the sets that greedy taking, the solver and `starts` lead to, all of them verified.
#[must_use]
pub fn best(problem: &Problem, worth: &Worth, starts: &[Vec<usize>], solver: &dyn Solver, effort: Effort) -> Outcome {
    let linear = Linear::new(problem, solver, effort);
    let known = starts.iter().cloned().chain(greedy::greedy(problem, worth)).filter(|picks| problem.verify(picks).is_ok());
    let improved = |picks: Vec<usize>| greedy::swapped(&linear, worth, picks, || effort.is_over());
    let mut sets: Vec<Vec<usize>> = known.map(improved).collect();
    let (mut bound, mut searched, mut impossible) = (f64::INFINITY, false, false);
    match worth {
        Worth::Match(own) => {
            let best = linear.best(own, first_of(&sets, worth).as_deref());
            (bound, searched) = (best.bound, best.searched);
            impossible = best.searched && best.picks.is_none();
            sets.extend(best.picks.map(improved));
        }
        Worth::Reach(cells) => {
            if let Some(tangent) = relaxed::tangent(&linear, cells, || effort.is_over()) {
                bound = tangent.bound;
                let best = linear.best(&tangent.slopes, first_of(&sets, worth).as_deref());
                impossible = best.searched && best.picks.is_none();
                sets.extend(best.picks.map(improved));
                if let Some(known) = first_of(&sets, worth) {
                    let (picks, to_its_end) = linear.cut_search(worth, cells, &tangent, &known);
                    searched = to_its_end;
                    sets.push(picks);
                }
            } else if sets.is_empty() {
                let best = linear.best(&worth.gains(&problem.must), None);
                impossible = best.searched && best.picks.is_none();
                sets.extend(best.picks.map(improved));
            }
            if let Some(set) = first_of(&sets, worth) {
                bound = bound.min(knapsack_bound(problem, worth, &set));
            }
        }
    }
    let verified = first_of(&sets, worth).and_then(|picks| problem.verify(&picks).ok().map(|spent| (picks, spent)));
    match verified {
        Some((picks, spent)) => {
            let value = worth.of(&picks);
            // A solver that says the bound is below what was found has erred; what was found was verified.
            Outcome::Found(Portfolio { best: searched || value >= bound * (1.0 - ROUNDING), bound: bound.max(value), picks, value, spent })
        }
        None if impossible => Outcome::Impossible,
        None => Outcome::Unknown,
    }
}

/// The set that is worth most; the first of equals.
fn first_of(sets: &[Vec<usize>], worth: &Worth) -> Option<Vec<usize>> {
    let valued = sets.iter().map(|picks| (worth.of(picks), picks));
    valued.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, picks)| picks.clone())
}

/// What a set is worth, and what the whole budget would buy at most of what is left if it could be bought in parts.
fn knapsack_bound(problem: &Problem, worth: &Worth, picks: &[usize]) -> f64 {
    let value = worth.of(picks);
    let Some(budget) = problem.budget else { return f64::INFINITY };
    let gains = worth.gains(picks);
    let mut left: Vec<usize> = (0..problem.len()).filter(|offer| picks.binary_search(offer).is_err() && gains[*offer] > 0.0).collect();
    let rate = |offer: usize| if problem.prices[offer] > 0 { gains[offer] / problem.prices[offer] as f64 } else { f64::INFINITY };
    left.sort_by(|a, b| rate(*b).total_cmp(&rate(*a)).then(a.cmp(b)));
    let (mut room, mut bound) = (budget as f64, value);
    for offer in left {
        let price = problem.prices[offer] as f64;
        if price > room {
            bound += gains[offer] * room / price;
            break;
        }
        room -= price;
        bound += gains[offer];
    }
    bound * (1.0 + ROUNDING)
}
