//! A problem that has no answer in, the rules that stand against each other and the smallest budget that would do out.

use super::{
    Outcome, best,
    problem::{Problem, Rule, WHOLE},
    solver::{Effort, Solver},
    worth::Worth,
};

/// Why there is no portfolio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortfall {
    /// Rules that cannot hold together (within the budget, where one would do): positions, none of which could be left out.
    pub rules: Vec<usize>,
    /// Whether it takes those who must be bought for the conflict.
    pub must: bool,
    /// What would do.
    pub needs: Need,
}

/// What it would take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// This budget, in cents, and whether none smaller would do.
    Budget(i64, bool),
    /// No budget would do.
    OtherRules,
    /// It could not be found out.
    Unknown,
}

/// Why no set of offers keeps all rules. No offer may cost more than `share` of the budget, in millionths, but those who must be bought.
///
/// The offers are all that there are, also those that are too dear for the budget.
#[must_use]
pub fn shortfall(problem: &Problem, share: Option<i64>, solver: &dyn Solver, effort: Effort) -> Shortfall {
    let (least, exact) = match cheapest(&Problem { budget: None, ..problem.clone() }, solver, effort) {
        Outcome::Found(found) => (found, true),
        Outcome::Impossible => {
            let (rules, must) = conflict(&Problem { budget: None, ..problem.clone() }, None, solver, effort);
            return Shortfall { rules, must, needs: Need::OtherRules };
        }
        Outcome::Unknown => return Shortfall { rules: Vec::new(), must: false, needs: Need::Unknown },
    };
    let (rules, must) = conflict(problem, share, solver, effort);
    let dearest = least.picks.iter().filter(|pick| !problem.must.contains(pick)).map(|pick| problem.prices[*pick]).max().unwrap_or(0);
    let capped =
        share.filter(|share| *share > 0).map_or(0, |share| ((i128::from(dearest) * i128::from(WHOLE) + i128::from(share) - 1) / i128::from(share)) as i64);
    // Between what the cheapest set costs and the budget that allows its dearest offer lies the smallest budget that would do.
    let (mut below, mut enough, mut sure) = (least.spent - 1, least.spent.max(capped), exact && least.best);
    while enough - below > 1 && capped > least.spent {
        let middle = i64::midpoint(below, enough);
        match within(&Problem { budget: Some(middle), ..problem.clone() }, share, solver, effort) {
            Outcome::Found(_) => enough = middle,
            Outcome::Impossible => below = middle,
            Outcome::Unknown => (below, sure) = (middle, false),
        }
    }
    Shortfall { rules, must, needs: Need::Budget(enough, sure) }
}

/// The set that costs least.
fn cheapest(problem: &Problem, solver: &dyn Solver, effort: Effort) -> Outcome {
    let saved = Worth::Match(problem.prices.iter().map(|price| -(*price as f64)).collect());
    best(problem, &saved, &[], solver, effort)
}

/// The same of the offers that a share of the budget allows.
fn within(problem: &Problem, share: Option<i64>, solver: &dyn Solver, effort: Effort) -> Outcome {
    let Some((share, budget)) = share.zip(problem.budget) else { return cheapest(problem, solver, effort) };
    let most = i128::from(budget) * i128::from(share) / i128::from(WHOLE);
    let kept: Vec<usize> = (0..problem.len()).filter(|at| i128::from(problem.prices[*at]) <= most || problem.must.contains(at)).collect();
    cheapest(&problem.only(&kept), solver, effort)
}

/// Rules of which none can be left out without making room for a portfolio.
fn conflict(problem: &Problem, share: Option<i64>, solver: &dyn Solver, effort: Effort) -> (Vec<usize>, bool) {
    let impossible = |rules: &[(usize, Rule)], must: &[usize]| {
        let rules = rules.iter().map(|(_, rule)| rule.clone()).collect();
        within(&Problem { rules, must: must.to_vec(), ..problem.clone() }, share, solver, effort) == Outcome::Impossible
    };
    let mut kept: Vec<(usize, Rule)> = problem.rules.iter().cloned().enumerate().collect();
    for (at, _) in kept.clone() {
        let fewer: Vec<(usize, Rule)> = kept.iter().filter(|(other, _)| *other != at).cloned().collect();
        if impossible(&fewer, &problem.must) {
            kept = fewer;
        }
    }
    let must = !problem.must.is_empty() && !impossible(&kept, &[]);
    (kept.into_iter().map(|(at, _)| at).collect(), must)
}
