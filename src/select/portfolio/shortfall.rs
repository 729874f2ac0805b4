//! A problem that has no answer in, the rules that stand against each other and the smallest budget that would do out.

use super::{
    Outcome, best,
    problem::{Problem, Rule},
    solver::{Effort, Solver},
    worth::Worth,
};

/// Why there is no portfolio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shortfall {
    /// The budget is too small: this one would do, in cents; whether none smaller would.
    Budget(i64, bool),
    /// These rules cannot hold together, whatever the budget: positions, and whether those who must be bought are in it.
    Rules(Vec<usize>, bool),
    /// It could not be found out.
    Unknown,
}

/// Why no set of offers keeps all rules.
#[must_use]
pub fn shortfall(problem: &Problem, solver: &dyn Solver, effort: Effort) -> Shortfall {
    let unbounded = Problem { budget: None, ..problem.clone() };
    match cheapest(&unbounded, solver, effort) {
        Outcome::Found(found) => Shortfall::Budget(found.spent, found.best),
        Outcome::Unknown => Shortfall::Unknown,
        Outcome::Impossible => conflict(unbounded, solver, effort),
    }
}

/// The set that costs least.
fn cheapest(problem: &Problem, solver: &dyn Solver, effort: Effort) -> Outcome {
    let saved = Worth::Match(problem.prices.iter().map(|price| -(*price as f64)).collect());
    best(problem, &saved, &[], solver, effort)
}

/// Rules of which none can be left out without making room for a portfolio.
fn conflict(problem: Problem, solver: &dyn Solver, effort: Effort) -> Shortfall {
    let impossible = |problem: &Problem| cheapest(problem, solver, effort) == Outcome::Impossible;
    let mut kept: Vec<(usize, Rule)> = problem.rules.iter().cloned().enumerate().collect();
    let with = |kept: &[(usize, Rule)], must: &[usize]| Problem {
        rules: kept.iter().map(|(_, rule)| rule.clone()).collect(),
        must: must.to_vec(),
        ..problem.clone()
    };
    for (at, _) in kept.clone() {
        let fewer: Vec<(usize, Rule)> = kept.iter().filter(|(other, _)| *other != at).cloned().collect();
        if impossible(&with(&fewer, &problem.must)) {
            kept = fewer;
        }
    }
    let must = !problem.must.is_empty() && !impossible(&with(&kept, &[]));
    Shortfall::Rules(kept.into_iter().map(|(at, _)| at).collect(), must)
}
