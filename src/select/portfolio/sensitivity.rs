//! A portfolio in, what each rule costs and who just missed it out.

use super::{
    Outcome, Portfolio, best,
    problem::{Bound, Problem, WHOLE},
    solver::{Effort, Solver},
    worth::Worth,
};

/// Offers that are looked at beside those of the portfolio, to price a rule.
const OTHERS: usize = 250;

/// One thing that could be given a little more room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// One per cent more budget.
    Budget,
    /// A rule, by its position: one creator, or one hundredth of the spend.
    Rule(usize),
    /// An offer that would not have to be bought.
    Must(usize),
}

/// What room is worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Easing {
    /// What is given room.
    pub room: Room,
    /// What the portfolio would be worth more, at least; 0 where nothing better was found.
    pub gain: f64,
}

/// Somebody who is not in the portfolio.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Miss {
    /// The offer.
    pub offer: usize,
    /// Whom it would best stand in for; `None` where it would come on top.
    pub instead_of: Option<usize>,
    /// By how much the portfolio's worth would change then.
    pub change: f64,
    /// The lower price, in cents, from which a swap would be worth it and within the budget; `None` where the price is not what keeps it out.
    pub enters_at: Option<i64>,
}

/// What a little more room would be worth, for the budget, every rule and everybody who must be bought.
#[must_use]
pub fn easings(problem: &Problem, worth: &Worth, found: &Portfolio, solver: &dyn Solver, effort: Effort) -> Vec<Easing> {
    let rooms = [Room::Budget].into_iter().chain((0..problem.rules.len()).map(Room::Rule)).chain(problem.must.iter().map(|must| Room::Must(*must)));
    let kept = near(problem, worth, &found.picks);
    let (part, part_worth) = (problem.only(&kept), worth.only(&kept));
    let start: Vec<usize> = (0..kept.len()).filter(|at| found.picks.binary_search(&kept[*at]).is_ok()).collect();
    let gain = |room: Room| match best(&eased(&part, room, &kept), &part_worth, std::slice::from_ref(&start), solver, effort) {
        Outcome::Found(more) => (more.value - found.value).max(0.0),
        _ => 0.0,
    };
    rooms.map(|room| Easing { room, gain: gain(room) }).collect()
}

/// The portfolio and the offers that promise most for their price, over all and in every group; ascending.
fn near(problem: &Problem, worth: &Worth, picks: &[usize]) -> Vec<usize> {
    let gains = worth.gains(picks);
    let rate = |offer: usize| gains[offer] / (problem.prices[offer].max(1)) as f64;
    let mut order: Vec<usize> = (0..problem.len()).filter(|offer| picks.binary_search(offer).is_err()).collect();
    order.sort_by(|a, b| rate(*b).total_cmp(&rate(*a)).then(a.cmp(b)));
    let mut kept: Vec<usize> = [picks, &problem.must].concat();
    kept.extend(order.iter().take(OTHERS));
    for rule in &problem.rules {
        kept.extend(order.iter().filter(|offer| rule.members[**offer]).take(OTHERS / 10));
    }
    kept.sort_unstable();
    kept.dedup();
    kept
}

fn eased(problem: &Problem, room: Room, kept: &[usize]) -> Problem {
    let mut eased = problem.clone();
    match room {
        Room::Budget => eased.budget = problem.budget.map(|budget| budget + budget / 100),
        Room::Must(must) => eased.must.retain(|at| kept[*at] != must),
        Room::Rule(at) => {
            let hundredth = WHOLE / 100;
            eased.rules[at].bound = match problem.rules[at].bound {
                Bound::AtLeast(count) => Bound::AtLeast(count.saturating_sub(1)),
                Bound::AtMost(count) => Bound::AtMost(count + 1),
                Bound::ShareAtLeast(share) => Bound::ShareAtLeast((share - hundredth).max(0)),
                Bound::ShareAtMost(share) => Bound::ShareAtMost((share + hundredth).min(WHOLE)),
            };
        }
    }
    eased
}

/// Who comes nearest to being bought: the offers whose best swap loses least.
#[must_use]
pub fn nearest_misses(problem: &Problem, worth: &Worth, picks: &[usize], count: usize) -> Vec<Miss> {
    let rows = problem.rows();
    let sums: Vec<i128> = rows.iter().map(|row| row.sum(picks)).collect();
    let spent = problem.spend(picks);
    let mut misses: Vec<Option<Miss>> = vec![None; problem.len()];
    let mut edges: Vec<Option<i64>> = vec![None; problem.len()];
    for gone in picks.iter().copied().filter(|pick| !problem.must.contains(pick)).map(Some).chain([None]) {
        let others: Vec<usize> = picks.iter().copied().filter(|pick| Some(*pick) != gone).collect();
        let state = worth.state(&others);
        let lost = gone.map_or(0.0, |gone| worth.gain(&state, gone));
        let room = problem.budget.unwrap_or(i64::MAX) - spent + gone.map_or(0, |gone| problem.prices[gone]);
        for offer in (0..problem.len()).filter(|offer| picks.binary_search(offer).is_err()) {
            let change = worth.gain(&state, offer) - lost;
            if change > 0.0 {
                edges[offer] = edges[offer].max(Some(room));
            }
            let moved = |row: usize| sums[row] + rows[row].coefficients[offer] - gone.map_or(0, |gone| rows[row].coefficients[gone]);
            if misses[offer].is_none_or(|miss| change > miss.change) && (0..rows.len()).all(|row| moved(row) <= rows[row].most) {
                misses[offer] = Some(Miss { offer, instead_of: gone, change, enters_at: None });
            }
        }
    }
    let mut misses: Vec<Miss> = misses
        .into_iter()
        .flatten()
        .map(|miss| Miss { enters_at: edges[miss.offer].filter(|price| *price > 0 && *price < problem.prices[miss.offer]), ..miss })
        .collect();
    misses.sort_by(|a, b| b.change.total_cmp(&a.change).then(a.offer.cmp(&b.offer)));
    misses.truncate(count);
    misses
}
