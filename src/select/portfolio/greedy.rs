//! Offers taken one by one, each time the one that adds most for its price; then single swaps until none helps. `scoring.md` §8.

use std::collections::BinaryHeap;

use super::{
    linear::Linear,
    problem::{Bound, Problem, Row, WHOLE},
    worth::Worth,
};

/// Passes over all swaps.
const PASSES: usize = 60;
/// A swap must gain this part of what there is: less is rounding.
const LEAST: f64 = 1e-9;

/// An offer with what it adds for its price, as far as that was last looked at.
#[derive(Debug, PartialEq)]
struct Promise {
    rate: f64,
    offer: usize,
    round: usize,
}

impl Eq for Promise {}

impl Ord for Promise {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.rate.total_cmp(&other.rate).then(other.offer.cmp(&self.offer))
    }
}

impl PartialOrd for Promise {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// A set by cost-benefit, or the best single offer where that is worth more; `None` where neither keeps all rules.
pub(super) fn greedy(problem: &Problem, worth: &Worth) -> Option<Vec<usize>> {
    let mut picks = problem.must.clone();
    for rule in &problem.rules {
        let Bound::AtLeast(count) = rule.bound else { continue };
        fill(problem, worth, &mut picks, Some((&rule.members, count as usize)));
    }
    fill(problem, worth, &mut picks, None);
    picks.sort_unstable();
    let single = |offer: usize| {
        let mut picks = [problem.must.as_slice(), &[offer]].concat();
        picks.sort_unstable();
        picks.dedup();
        picks
    };
    let sets = (0..problem.len()).map(single).chain([picks]).filter(|picks| problem.verify(picks).is_ok());
    sets.map(|picks| (worth.of(&picks), picks)).reduce(|best, next| if next.0 >= best.0 { next } else { best }).map(|(_, picks)| picks)
}

/// Adds offers (of a group, until so many are in) by what they add for their price, as long as there is room. Looks again only at offers whose last promise leads.
fn fill(problem: &Problem, worth: &Worth, picks: &mut Vec<usize>, until: Option<(&[bool], usize)>) {
    let mut state = worth.state(picks);
    let rate = |gain: f64, offer: usize| if problem.prices[offer] > 0 { gain / problem.prices[offer] as f64 } else { gain * f64::from(u32::MAX) };
    let wanted = |offer: &usize| until.is_none_or(|(members, _)| members[*offer]) && !picks.contains(offer);
    let mut heap: BinaryHeap<Promise> =
        (0..problem.len()).filter(wanted).map(|offer| Promise { rate: rate(worth.gain(&state, offer), offer), offer, round: 0 }).collect();
    let mut room = Room::new(problem, picks);
    let mut round = 0;
    while let Some(promise) = heap.pop() {
        if until.is_some_and(|(members, count)| picks.iter().filter(|pick| members[**pick]).count() >= count) {
            return;
        }
        if promise.rate <= 0.0 && until.is_none() {
            return;
        }
        if !room.has(promise.offer) {
            continue;
        }
        if promise.round == round {
            room.take(promise.offer);
            worth.add(&mut state, promise.offer);
            picks.push(promise.offer);
            round += 1;
        } else {
            heap.push(Promise { rate: rate(worth.gain(&state, promise.offer), promise.offer), round, ..promise });
        }
    }
}

/// What is left of the budget and of the upper bounds; a share of the spend is taken as a share of the budget.
struct Room<'p> {
    problem: &'p Problem,
    /// For each rule what is left: creators or cents; `None` bounds nothing from above.
    rules: Vec<Option<i128>>,
    budget: i128,
}

impl<'p> Room<'p> {
    fn new(problem: &'p Problem, picks: &[usize]) -> Self {
        let budget = problem.budget.map_or(i128::MAX / 4, i128::from);
        let part = |share: i64| problem.budget.map(|budget| i128::from(budget) * i128::from(share) / i128::from(WHOLE));
        let most = |bound| match bound {
            Bound::AtMost(count) => Some(i128::from(count)),
            Bound::ShareAtMost(share) => part(share),
            Bound::ShareAtLeast(share) => part(WHOLE - share),
            Bound::AtLeast(_) => None,
        };
        let mut room = Self { problem, rules: problem.rules.iter().map(|rule| most(rule.bound)).collect(), budget };
        picks.iter().for_each(|pick| room.take(*pick));
        room
    }

    /// What an offer takes from a rule.
    fn takes(&self, rule: usize, offer: usize) -> i128 {
        let rule = &self.problem.rules[rule];
        let counted = rule.members[offer] != matches!(rule.bound, Bound::ShareAtLeast(_));
        match rule.bound {
            _ if !counted => 0,
            Bound::AtMost(_) | Bound::AtLeast(_) => 1,
            Bound::ShareAtMost(_) | Bound::ShareAtLeast(_) => i128::from(self.problem.prices[offer]),
        }
    }

    fn has(&self, offer: usize) -> bool {
        let fits = |(rule, left): (usize, &Option<i128>)| left.is_none_or(|left| self.takes(rule, offer) <= left);
        i128::from(self.problem.prices[offer]) <= self.budget && self.rules.iter().enumerate().all(fits)
    }

    fn take(&mut self, offer: usize) {
        self.budget -= i128::from(self.problem.prices[offer]);
        for rule in 0..self.rules.len() {
            let takes = self.takes(rule, offer);
            if let Some(left) = &mut self.rules[rule] {
                *left -= takes;
            }
        }
    }
}

/// Improves a set that keeps all rules: adds what fits, and swaps one for another while that is worth more.
pub(super) fn swapped(linear: &Linear<'_>, worth: &Worth, picks: Vec<usize>, stop: impl Fn() -> bool) -> Vec<usize> {
    let problem = linear.problem;
    let mut picks = picks;
    for _ in 0..PASSES {
        let least = LEAST * worth.of(&picks).abs();
        let Some((at, offer)) = best_move(problem, &linear.exact, worth, &picks, least) else { break };
        match at {
            Some(at) => picks[at] = offer,
            None => picks.push(offer),
        }
        picks.sort_unstable();
        if stop() {
            break;
        }
    }
    picks
}

/// The swap (or addition) that gains most and keeps all rules.
fn best_move(problem: &Problem, rows: &[Row], worth: &Worth, picks: &[usize], least: f64) -> Option<(Option<usize>, usize)> {
    let sums: Vec<i128> = rows.iter().map(|row| row.sum(picks)).collect();
    let bought = |offer: usize| picks.binary_search(&offer).is_ok();
    let fits = |gone: Option<usize>, offer: usize| {
        let change = |row: &Row| row.coefficients[offer] - gone.map_or(0, |gone| row.coefficients[gone]);
        rows.iter().zip(&sums).all(|(row, sum)| sum + change(row) <= row.most)
    };
    let mut best: Option<(f64, Option<usize>, usize)> = None;
    for at in (0..picks.len()).map(Some).chain([None]) {
        let gone = at.map(|at| picks[at]);
        if gone.is_some_and(|gone| problem.must.contains(&gone)) {
            continue;
        }
        let others: Vec<usize> = picks.iter().copied().filter(|pick| Some(*pick) != gone).collect();
        let state = worth.state(&others);
        let lost = gone.map_or(0.0, |gone| worth.gain(&state, gone));
        for offer in (0..problem.len()).filter(|offer| !bought(*offer)) {
            let gain = worth.gain(&state, offer) - lost;
            if gain > best.map_or(least, |(best, ..)| best) && fits(gone, offer) {
                best = Some((gain, at, offer));
            }
        }
    }
    best.map(|(_, at, offer)| (at, offer))
}
