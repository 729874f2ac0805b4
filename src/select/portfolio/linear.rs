//! Values that add up in, the best set of offers under all rules out, with a bound that no set can pass.
//!
//! The bound is Lagrange's: whatever multipliers `λ ≥ 0` stand for the rules' prices, no portfolio is worth more than
//! `Σ λ·most + Σ max(0, value − λ·coefficients)`. A solver finds good multipliers; the sum is ours, so a wrong solver can only make it loose.
//! An offer whose own term is larger than what is between the bound and the best known set is decided; the few that are left are searched.

use super::{
    problem::{Broken, Problem, Row},
    relaxed::Tangent,
    solver::{Answer, Effort, Programme, Solver},
    worth::{Cells, Worth},
};

/// Rounds in which a search is told that its answer breaks a rule by less than it can see.
const ROUNDS: usize = 60;
/// Offers that a search looks at while no portfolio is known.
const CORE: usize = 240;
/// Rounds of a search by tangents, where many offers are free.
const FEW_ROUNDS: usize = 6;
/// Free offers up to which it goes on to its end.
const SMALL: usize = 48;
/// What two sets may differ by and count as worth the same.
const CLOSE_ENOUGH: f64 = 1e-7;
/// What rounding may add to a sum of some thousand terms.
pub(super) const ROUNDING: f64 = 1e-9;

/// The rules as numbers of like size, and who solves.
pub(super) struct Linear<'p> {
    pub(super) problem: &'p Problem,
    pub(super) exact: Vec<Row>,
    rows: Vec<(Vec<f64>, f64)>,
    must: Vec<bool>,
    solver: &'p dyn Solver,
    effort: Effort,
}

/// What was found for values that add up.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Best {
    /// The best set that is known, in ascending order; `None` where none is.
    pub(super) picks: Option<Vec<usize>>,
    /// No set is worth more.
    pub(super) bound: f64,
    /// Whether a search went to its end: then the set is the best there is, or there is none.
    pub(super) searched: bool,
}

impl<'p> Linear<'p> {
    pub(super) fn new(problem: &'p Problem, solver: &'p dyn Solver, effort: Effort) -> Self {
        let exact = problem.rows();
        let scaled = |row: &Row| {
            let largest = row.coefficients.iter().map(|coefficient| coefficient.unsigned_abs()).max().unwrap_or(1).max(1) as f64;
            (row.coefficients.iter().map(|coefficient| *coefficient as f64 / largest).collect(), row.most as f64 / largest)
        };
        let rows = exact.iter().map(scaled).collect();
        let mut must = vec![false; problem.len()];
        problem.must.iter().for_each(|at| must[*at] = true);
        Self { problem, exact, rows, must, solver, effort }
    }

    /// What every rule costs at the best fractions of offers; 0 for rules that cost nothing.
    pub(super) fn multipliers(&self, values: &[f64]) -> Option<Vec<f64>> {
        let unit = unit(values);
        let free: Vec<usize> = (0..values.len()).filter(|at| !self.must[*at]).collect();
        let count = self.rows.len();
        // The dual: a price for each rule, and for each offer what it is worth beyond its rules' prices.
        let paid = |(coefficients, most): &(Vec<f64>, f64)| {
            -(most - coefficients.iter().zip(&self.must).filter(|(_, must)| **must).map(|(coefficient, _)| coefficient).sum::<f64>())
        };
        let dual = Programme {
            values: self.rows.iter().map(paid).chain(free.iter().map(|_| -1.0)).collect(),
            ranges: vec![(0.0, f64::INFINITY); count + free.len()],
            rows: free
                .iter()
                .enumerate()
                .map(|(at, offer)| {
                    let prices = (0..count).map(|row| (row, -self.rows[row].0[*offer])).filter(|(_, coefficient)| *coefficient != 0.0);
                    (prices.chain([(count + at, -1.0)]).collect(), -values[*offer] / unit)
                })
                .collect(),
            whole: 0,
        };
        match self.solver.solve(&dual, self.effort) {
            Answer::Values(found, _) if found.len() == count + free.len() => Some(found[..count].iter().map(|price| price.max(0.0) * unit).collect()),
            _ => None,
        }
    }

    /// What an offer is worth beyond its rules' prices.
    fn beyond(&self, values: &[f64], multipliers: &[f64], offer: usize) -> f64 {
        values[offer] - self.rows.iter().zip(multipliers).map(|((coefficients, _), price)| price * coefficients[offer]).sum::<f64>()
    }

    /// What no portfolio can be worth more than, for any multipliers from 0 up.
    pub(super) fn bound(&self, values: &[f64], multipliers: &[f64]) -> f64 {
        let rules: f64 = self.rows.iter().zip(multipliers).map(|((_, most), price)| price * most).sum();
        let worth = |offer: usize| {
            let beyond = self.beyond(values, multipliers, offer);
            if self.must[offer] { beyond } else { beyond.max(0.0) }
        };
        let offers: f64 = (0..values.len()).map(worth).sum();
        rules + offers + ROUNDING * (rules.abs() + values.iter().map(|value| value.abs()).sum::<f64>())
    }

    /// The best fractions of offers.
    pub(super) fn fractions(&self, values: &[f64]) -> Option<Vec<f64>> {
        let all: Vec<usize> = (0..values.len()).collect();
        match self.solver.solve(&Programme { whole: 0, ..self.programme(values, &all, &[], &[]) }, self.effort) {
            Answer::Values(found, _) if found.len() == values.len() => Some(found.into_iter().map(|part| part.clamp(0.0, 1.0)).collect()),
            _ => None,
        }
    }

    /// The programme over some offers, where others are bought for certain and sets that were refused are cut off.
    fn programme(&self, values: &[f64], free: &[usize], bought: &[usize], cuts: &[Cut]) -> Programme {
        let unit = unit(values);
        let mut rows: Vec<(Vec<(usize, f64)>, f64)> = Vec::new();
        for (coefficients, most) in &self.rows {
            let used: f64 = bought.iter().map(|offer| coefficients[*offer]).sum();
            let row = free.iter().enumerate().map(|(at, offer)| (at, coefficients[*offer])).filter(|(_, coefficient)| *coefficient != 0.0).collect();
            rows.push((row, most - used));
        }
        rows.extend(cuts.iter().map(|cut| cut.row(free)));
        let range = |offer: &usize| if self.must[*offer] { (1.0, 1.0) } else { (0.0, 1.0) };
        Programme { values: free.iter().map(|offer| values[*offer] / unit).collect(), ranges: free.iter().map(range).collect(), rows, whole: free.len() }
    }

    /// The best set of offers, where their values add up; better than `known`, or that.
    pub(super) fn best(&self, values: &[f64], known: Option<&[usize]>) -> Best {
        let worth = |picks: &[usize]| picks.iter().map(|pick| values[*pick]).sum::<f64>();
        let multipliers = self.multipliers(values);
        let everything = values.iter().map(|value| value.max(0.0)).sum();
        let bound = multipliers.as_ref().map_or(everything, |multipliers| self.bound(values, multipliers));
        let mut best = Best { picks: known.filter(|picks| self.problem.verify(picks).is_ok()).map(<[usize]>::to_vec), bound, searched: false };
        let all: Vec<usize> = (0..values.len()).collect();
        if let Some(multipliers) = multipliers.as_ref().filter(|_| best.picks.is_none() && all.len() > CORE) {
            let (free, bought) = self.near(values, multipliers);
            best.picks = self.search(values, &free, &bought).0;
        }
        let (free, bought) = match (&multipliers, &best.picks) {
            (Some(multipliers), Some(picks)) => self.undecided(values, multipliers, bound, worth(picks)),
            _ => (all, Vec::new()),
        };
        let (found, searched) = self.search(values, &free, &bought);
        let better = |found: &Vec<usize>| best.picks.as_ref().is_none_or(|known| worth(found) > worth(known));
        if let Some(found) = found.filter(better) {
            best.picks = Some(found);
        }
        best.searched = searched;
        best
    }

    /// Offers that no better set than a known one would decide otherwise are decided; the others are free.
    fn undecided(&self, values: &[f64], multipliers: &[f64], bound: f64, known: f64) -> (Vec<usize>, Vec<usize>) {
        let least = known - ROUNDING * known.abs();
        let (mut free, mut bought) = (Vec::new(), Vec::new());
        for offer in 0..values.len() {
            let beyond = self.beyond(values, multipliers, offer);
            if self.must[offer] || bound - beyond.abs() >= least {
                free.push(offer);
            } else if beyond > 0.0 {
                bought.push(offer);
            }
        }
        (free, bought)
    }

    /// The offers nearest to the edge of being bought are free; those beyond it are bought.
    fn near(&self, values: &[f64], multipliers: &[f64]) -> (Vec<usize>, Vec<usize>) {
        let beyond: Vec<f64> = (0..values.len()).map(|offer| self.beyond(values, multipliers, offer)).collect();
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|a, b| self.must[*b].cmp(&self.must[*a]).then(beyond[*a].abs().total_cmp(&beyond[*b].abs())).then(a.cmp(b)));
        let mut free = order[..CORE.min(order.len())].to_vec();
        free.sort_unstable();
        (free, order[CORE.min(order.len())..].iter().copied().filter(|offer| beyond[*offer] > 0.0).collect())
    }

    /// Searches the free offers for the best set by values; what the solver says is verified, and what breaks a rule is cut off and searched again.
    fn search(&self, values: &[f64], free: &[usize], bought: &[usize]) -> (Option<Vec<usize>>, bool) {
        let mut cuts: Vec<Cut> = Vec::new();
        for _ in 0..ROUNDS {
            match self.answer(&self.programme(values, free, bought, &cuts), free, bought) {
                Search::Set(picks, _, best) => return (Some(picks), best),
                Search::Refused(cut) => cuts.push(cut),
                Search::Impossible => return (None, true),
                Search::Nothing => break,
            }
        }
        (None, false)
    }

    /// Searches for a set that reaches more than a known one, by tangents of reach: each answer that is found to reach less than the solver
    /// took it for gets a tangent of its own. Gives back the best set, and whether the search went to its end.
    pub(super) fn cut_search(&self, worth: &Worth, cells: &Cells, tangent: &Tangent, known: &[usize]) -> (Vec<usize>, bool) {
        let (mut best, mut value) = (known.to_vec(), worth.of(known));
        let (free, bought) = self.undecided(&tangent.slopes, &tangent.multipliers, tangent.bound, value);
        let rounds = if free.len() <= SMALL { ROUNDS } else { FEW_ROUNDS };
        let (mut cuts, mut tangents) = (Vec::new(), vec![(tangent.constant, tangent.slopes.clone()), at_set(cells, &best)]);
        for _ in 0..rounds {
            let nothing = vec![0.0; worth.len()];
            let mut programme = self.programme(&nothing, &free, &bought, &cuts);
            // One more variable: what the set reaches, in parts of the bound; below every tangent.
            let reach = free.len();
            programme.values.push(1.0);
            programme.ranges.push((0.0, 1.0));
            for (constant, slopes) in &tangents {
                let of_bought: f64 = bought.iter().map(|offer| slopes[*offer]).sum();
                let row = free.iter().enumerate().map(|(at, offer)| (at, -slopes[*offer] / tangent.bound)).filter(|(_, slope)| *slope != 0.0);
                programme.rows.push((row.chain([(reach, 1.0)]).collect(), (constant + of_bought) / tangent.bound));
            }
            match self.answer(&programme, &free, &bought) {
                Search::Set(picks, claimed, searched) => {
                    let found = worth.of(&picks);
                    tangents.push(at_set(cells, &picks));
                    if found > value {
                        (best, value) = (picks, found);
                    }
                    if claimed.last().is_none_or(|claimed| claimed * tangent.bound <= value * (1.0 + CLOSE_ENOUGH)) {
                        return (best, searched);
                    }
                }
                Search::Refused(cut) => cuts.push(cut),
                Search::Impossible => return (best, true),
                Search::Nothing => break,
            }
        }
        (best, false)
    }

    /// One answer of the solver over the free offers, verified.
    fn answer(&self, programme: &Programme, free: &[usize], bought: &[usize]) -> Search {
        if self.effort.is_over() {
            return Search::Nothing;
        }
        match self.solver.solve(programme, self.effort) {
            Answer::Values(found, best) if found.len() == programme.values.len() => {
                let chosen: Vec<usize> = free.iter().zip(&found).filter(|(_, part)| **part > 0.5).map(|(offer, _)| *offer).collect();
                let mut picks = [bought, &chosen].concat();
                picks.sort_unstable();
                match self.problem.verify(&picks) {
                    Ok(_) => Search::Set(picks, found, best),
                    Err(broken) => Search::Refused(Cut { chosen, with_more: matches!(broken, Broken::Budget { .. }) }),
                }
            }
            Answer::Impossible => Search::Impossible,
            _ => Search::Nothing,
        }
    }
}

/// What came of one search.
enum Search {
    /// A set that keeps all rules, all values that the solver gave, and whether it says that there is none better.
    Set(Vec<usize>, Vec<f64>, bool),
    /// A set that breaks a rule.
    Refused(Cut),
    Impossible,
    Nothing,
}

/// The tangent of reach at a set: its value where nothing is bought, and its slopes.
fn at_set(cells: &Cells, picks: &[usize]) -> (f64, Vec<f64>) {
    let mut bought = vec![0.0; cells.covers.len()];
    picks.iter().for_each(|pick| bought[*pick] = 1.0);
    let exponents = cells.exponents(&bought);
    let slopes = cells.slopes(&exponents);
    let constant = cells.value(&exponents) - picks.iter().map(|pick| slopes[*pick]).sum::<f64>();
    (constant, slopes)
}

/// The largest of values, so that a solver sees numbers of like size.
fn unit(values: &[f64]) -> f64 {
    let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    if largest > 0.0 { largest } else { 1.0 }
}

/// A set of offers that a search must not come back with.
struct Cut {
    chosen: Vec<usize>,
    /// Whether sets that hold it are refused too.
    with_more: bool,
}

impl Cut {
    fn row(&self, free: &[usize]) -> (Vec<(usize, f64)>, f64) {
        let chosen = |offer: &usize| self.chosen.binary_search(offer).is_ok();
        let outside = if self.with_more { 0.0 } else { -1.0 };
        let row = free.iter().enumerate().map(|(at, offer)| (at, if chosen(offer) { 1.0 } else { outside })).filter(|(_, coefficient)| *coefficient != 0.0);
        (row.collect(), self.chosen.len() as f64 - 1.0)
    }
}
