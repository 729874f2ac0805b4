//! Portfolios against brute force, random sets and a solver that lies. `scoring.md` §8 and §10.

use kolscore::{
    random::SplitMix64,
    select::portfolio::{
        Outcome, Portfolio, best,
        problem::{Bound, Broken, Problem, Rule},
        shortfall::{Need, Shortfall, shortfall},
        solver::{Answer, Effort, Microlp, Programme, Solver},
        worth::{Cells, Worth},
    },
};

const EFFORT: Effort = Effort { nodes: 20_000, until: None };

/// Some cells, each with the part of it that an offer covers.
fn touched(cells: usize, random: &mut SplitMix64) -> Vec<(usize, f64)> {
    let mut covers = Vec::new();
    for cell in 0..cells {
        if random.uniform() < 0.6 {
            covers.push((cell, 0.95 * random.uniform() * random.uniform()));
        }
    }
    covers
}

/// Up to so many offers in three groups, with two to four rules that may not hold together.
fn instance(seed: u64, largest: usize) -> (Problem, Worth, Worth) {
    let mut random = SplitMix64(seed);
    let count = 2 + random.below(largest - 1);
    let prices: Vec<i64> = (0..count).map(|_| if random.uniform() < 0.05 { 0 } else { 1 + i64::from(random.below(50_000) as u32) }).collect();
    let total: i64 = prices.iter().sum();
    let budget = (total as f64 * (0.1 + 0.7 * random.uniform())) as i64;
    let groups: Vec<usize> = (0..count).map(|_| random.below(3)).collect();
    let rules = (0..2 + random.below(3)).map(|at| {
        let group = random.below(4);
        let members = groups.iter().map(|own| group == 3 || *own == group).collect();
        let share = (random.uniform() * 600_000.0) as i64;
        let bound = match random.below(4) {
            0 => Bound::AtLeast(random.below(3) as u32),
            1 => Bound::AtMost(1 + random.below(5) as u32),
            2 => Bound::ShareAtLeast(share / 2),
            _ => Bound::ShareAtMost(400_000 + share),
        };
        Rule { name: format!("rule {at}"), members, bound }
    });
    let rules: Vec<Rule> = rules.collect();
    let must = if random.uniform() < 0.2 { vec![random.below(count)] } else { Vec::new() };
    let own = (0..count).map(|_| (random.uniform() * 100_000.0).floor() / 8.0).collect();
    let cells = 1 + random.below(6);
    let weights = (0..cells).map(|_| 1_000.0 + random.uniform() * 50_000.0).collect();
    let covers = (0..count).map(|_| touched(cells, &mut random));
    let covers: Vec<Vec<(usize, f64)>> = covers.collect();
    (Problem { prices, budget: Some(budget), rules, must }, Worth::Match(own), Worth::Reach(Cells { weights, covers }))
}

fn subsets(count: usize) -> impl Iterator<Item = Vec<usize>> {
    (0..1_u32 << count).map(move |set| (0..count).filter(|at| set & (1 << at) != 0).collect())
}

fn by_brute_force(problem: &Problem, worth: &Worth) -> Option<f64> {
    subsets(problem.len()).filter(|picks| problem.verify(picks).is_ok()).map(|picks| worth.of(&picks)).reduce(f64::max)
}

fn found(problem: &Problem, worth: &Worth) -> Option<Portfolio> {
    match best(problem, worth, &[], &Microlp, EFFORT) {
        Outcome::Found(found) => Some(found),
        Outcome::Impossible => None,
        Outcome::Unknown => panic!("not found out: {problem:?}"),
    }
}

#[test]
fn a_match_portfolio_is_what_brute_force_finds_on_a_thousand_instances() {
    let mut feasible = 0;
    for seed in 0..1_000 {
        let (problem, worth, _) = instance(seed, 15);
        let expected = by_brute_force(&problem, &worth);
        let found = found(&problem, &worth);
        assert_eq!(found.is_some(), expected.is_some(), "seed {seed}: {problem:?}");
        let Some((found, expected)) = found.zip(expected) else { continue };
        feasible += 1;
        assert!((found.value - expected).abs() <= 1e-9 * expected, "seed {seed}: {found:?} of {expected}");
        assert!(found.best && found.bound >= expected, "seed {seed}: {found:?}");
        assert_eq!(problem.verify(&found.picks), Ok(found.spent), "seed {seed}");
        assert!(problem.budget.is_some_and(|budget| found.spent <= budget), "seed {seed}");
    }
    assert!(feasible > 600, "{feasible} of 1,000 instances have a portfolio");
}

#[test]
fn the_bound_of_a_reach_portfolio_is_never_below_what_brute_force_finds() {
    let (mut same, mut feasible) = (0, 0);
    for seed in 0..1_000 {
        let (problem, _, worth) = instance(seed, 12);
        let expected = by_brute_force(&problem, &worth);
        let found = found(&problem, &worth);
        assert_eq!(found.is_some(), expected.is_some(), "seed {seed}: {problem:?}");
        let Some((found, expected)) = found.zip(expected) else { continue };
        feasible += 1;
        assert!(found.bound >= expected, "seed {seed}: {found:?} of {expected}");
        assert!(found.value <= expected * (1.0 + 1e-9), "seed {seed}: {found:?} of {expected}");
        assert_eq!(problem.verify(&found.picks), Ok(found.spent), "seed {seed}");
        same += usize::from(found.value >= expected * (1.0 - 1e-9));
        assert!(!found.best || found.value >= expected * (1.0 - 1e-6), "seed {seed}: {found:?} of {expected}");
    }
    assert!(same * 1_000 >= feasible * 999, "{same} of {feasible} are the best there is");
}

#[test]
fn more_budget_never_lowers_the_best() {
    for seed in 0..200 {
        let (problem, worth, _) = instance(seed, 12);
        let mut last: Option<Portfolio> = None;
        for part in 1..=6 {
            let problem = Problem { budget: problem.budget.map(|budget| budget * part / 4), ..problem.clone() };
            let now = found(&problem, &worth);
            if let Some(last) = &last {
                let now = now.as_ref().unwrap_or_else(|| panic!("seed {seed}: more money, no portfolio"));
                assert!(now.value >= last.value * (1.0 - 1e-12), "seed {seed}: {now:?} after {last:?}");
            }
            last = now;
        }
    }
}

#[test]
fn reach_is_monotone_and_submodular() {
    for seed in 0..300 {
        let (problem, _, worth) = instance(seed, 12);
        let mut random = SplitMix64(seed ^ 7);
        let larger: Vec<usize> = (0..problem.len()).filter(|_| random.uniform() < 0.6).collect();
        let smaller: Vec<usize> = larger.iter().copied().filter(|_| random.uniform() < 0.5).collect();
        assert!(worth.of(&larger) >= worth.of(&smaller) - 1e-9);
        for offer in (0..problem.len()).filter(|offer| !larger.contains(offer)) {
            let gain = |set: &[usize]| worth.of(&[set, &[offer]].concat()) - worth.of(set);
            assert!(gain(&smaller) >= gain(&larger) - 1e-9 && gain(&larger) >= -1e-9, "seed {seed}");
            assert!((worth.gains(&larger)[offer] - gain(&larger)).abs() < 1e-6);
        }
    }
}

#[test]
fn two_copies_of_one_audience_reach_less_than_twice_as_many() {
    for seed in 0..100 {
        let (_, _, Worth::Reach(cells)) = instance(seed, 6) else { unreachable!() };
        let twice = Cells { covers: vec![cells.covers[0].clone(), cells.covers[0].clone()], ..cells };
        let worth = Worth::Reach(twice);
        let (one, both) = (worth.of(&[0]), worth.of(&[0, 1]));
        assert!(one == 0.0 || both < 2.0 * one && both > one, "seed {seed}: {one}, {both}");
    }
}

/// Says that everything should be bought.
struct Liar;

impl Solver for Liar {
    fn solve(&self, programme: &Programme, _: Effort) -> Answer {
        Answer::Values(vec![1.0; programme.values.len()], true)
    }
}

/// Says that nothing can be done.
struct Pessimist;

impl Solver for Pessimist {
    fn solve(&self, _: &Programme, _: Effort) -> Answer {
        Answer::Nothing
    }
}

#[test]
fn a_wrong_answer_of_the_solver_is_refused() {
    let everything = |problem: &Problem| problem.verify(&(0..problem.len()).collect::<Vec<_>>());
    let mut refused = 0;
    for seed in 0..300 {
        let (problem, own, reach) = instance(seed, 10);
        if everything(&problem).is_ok() {
            continue;
        }
        refused += usize::from(matches!(everything(&problem), Err(Broken::Budget { .. })));
        for worth in [own, reach] {
            let truth = by_brute_force(&problem, &worth);
            for solver in [&Liar as &dyn Solver, &Pessimist] {
                let Outcome::Found(found) = best(&problem, &worth, &[], solver, EFFORT) else { continue };
                assert_eq!(problem.verify(&found.picks), Ok(found.spent), "seed {seed}");
                let truth = truth.unwrap_or_else(|| panic!("seed {seed}: a portfolio where there is none"));
                assert!(found.value <= truth * (1.0 + 1e-9) && found.bound >= truth * (1.0 - 1e-9), "seed {seed}: {found:?} of {truth}");
            }
        }
    }
    assert!(refused > 200);
}

#[test]
fn what_cannot_be_says_which_rules_or_which_budget() {
    let (mut budgets, mut conflicts) = (0, 0);
    for seed in 0..600 {
        let (problem, worth, _) = instance(seed, 10);
        if found(&problem, &worth).is_some() {
            continue;
        }
        let cheapest = |problem: &Problem| subsets(problem.len()).filter(|picks| problem.verify(picks).is_ok()).map(|picks| problem.spend(&picks)).min();
        let unbounded = Problem { budget: None, ..problem.clone() };
        let Shortfall { rules, must, needs } = shortfall(&problem, None, &Microlp, EFFORT);
        let within = match needs {
            Need::Budget(least, exact) => {
                budgets += 1;
                assert!(exact && cheapest(&unbounded) == Some(least), "seed {seed}: {least}");
                problem.budget
            }
            Need::OtherRules => {
                conflicts += 1;
                None
            }
            Need::Unknown => panic!("seed {seed}: not found out"),
        };
        let only = Problem {
            rules: rules.iter().map(|at| problem.rules[*at].clone()).collect(),
            must: if must { problem.must.clone() } else { Vec::new() },
            budget: within,
            ..problem.clone()
        };
        assert_eq!(cheapest(&only), None, "seed {seed}: these rules alone cannot hold");
        for left_out in 0..only.rules.len() {
            let mut fewer = only.clone();
            fewer.rules.remove(left_out);
            assert!(cheapest(&Problem { must: problem.must.clone(), ..fewer }).is_some(), "seed {seed}: rule {left_out} is not part of it");
        }
    }
    assert!(budgets > 20 && conflicts > 20, "{budgets} {conflicts}");
}

#[test]
fn the_smallest_budget_allows_the_share_that_one_creator_may_cost() {
    let (mut looked_at, share) = (0, 400_000);
    for seed in 0..200 {
        let (problem, ..) = instance(seed, 8);
        let problem = Problem { budget: Some(1), ..problem };
        let Need::Budget(least, true) = shortfall(&problem, Some(share), &Microlp, EFFORT).needs else { continue };
        let does = |budget: i64| {
            let allowed = |pick: &usize| problem.must.contains(pick) || problem.prices[*pick] <= budget * share / 1_000_000;
            let problem = Problem { budget: Some(budget), ..problem.clone() };
            subsets(problem.len()).any(|picks| problem.verify(&picks).is_ok() && picks.iter().all(allowed))
        };
        looked_at += 1;
        assert!(does(least) && (least == 0 || !does(least - 1)), "seed {seed}: {least}");
    }
    assert!(looked_at > 100, "{looked_at}");
}

/// Offers of five platforms, six categories and four tiers, with the rules of a brief.
fn campaign(count: usize, seed: u64) -> (Problem, Worth, Worth) {
    const CELLS: usize = 36;
    let mut random = SplitMix64(seed);
    let people: Vec<f64> = (0..5 * CELLS).map(|_| 50_000.0 + random.uniform() * 2e6).collect();
    let (mut prices, mut own, mut covers, mut groups) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..count {
        let views = f64::exp(6.0 + random.uniform() * 7.0);
        let (score, target, platform) = (0.5 + 0.4 * random.uniform(), 0.1 + 0.6 * random.uniform(), random.below(5));
        prices.push((views * (0.02 + 0.3 * random.uniform() * random.uniform())).max(50.0).round() as i64 * 100);
        let shares: Vec<f64> = (0..CELLS).map(|_| random.uniform() * random.uniform()).collect();
        let whole: f64 = shares.iter().sum();
        let cell = |(at, share): (usize, &f64)| {
            let at = platform * CELLS + at;
            (at, (3.0 * score * views * target * share / whole / people[at]).min(0.95))
        };
        covers.push(shares.iter().enumerate().map(cell).collect());
        own.push(score * views * target);
        groups.push([platform, random.below(2), random.below(6), random.below(30), random.below(4)]);
    }
    let rule =
        |facet: usize, value: usize, bound| Rule { name: format!("{facet} {value}"), members: groups.iter().map(|own| own[facet] == value).collect(), bound };
    let rules = vec![
        rule(1, 1, Bound::ShareAtLeast(400_000)),
        rule(0, 0, Bound::AtLeast(20)),
        rule(2, 0, Bound::ShareAtMost(250_000)),
        rule(3, 3, Bound::AtMost(2)),
        rule(4, 0, Bound::ShareAtLeast(300_000)),
    ];
    let weights = people.iter().map(|people| people / 3.0).collect();
    (Problem { prices, budget: Some(20_000_000), rules, must: vec![5] }, Worth::Match(own), Worth::Reach(Cells { weights, covers }))
}

#[test]
fn two_thousand_candidates_under_five_rules_are_within_a_per_cent_of_the_bound() {
    for seed in 1..=2 {
        let (problem, own, reach) = campaign(2_000, seed);
        for worth in [own, reach] {
            let found = found(&problem, &worth).unwrap();
            eprintln!("{} offers: {:.4} %, {}", problem.len(), found.gap() * 100.0, found.best);
            assert!(found.gap() < 0.01, "{} of {}: {:.2} %", found.value, found.bound, found.gap() * 100.0);
        }
    }
}

#[test]
fn without_time_the_best_that_is_known_comes_with_its_gap() {
    let (problem, own, reach) = campaign(600, 3);
    let over = Effort { nodes: 1, until: Some(std::time::Instant::now()) };
    for worth in [own, reach] {
        let Outcome::Found(found) = best(&problem, &worth, &[], &Microlp, over) else { panic!("nothing is known") };
        assert!(problem.verify(&found.picks).is_ok() && found.bound >= found.value && found.gap() < 1.0, "{found:?}");
    }
}
