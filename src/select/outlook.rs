//! A candidate's score with its parts in, what could change its place out: what to look up, and the price at which it enters or leaves. `scoring.md` §7.

use crate::score::{DIMENSIONS, cost::price_worth, evidence::Part, total::total, value::Value, weights::Weights};

/// The others on a board, and how many places the shortlist has.
#[derive(Debug, Clone, Copy)]
pub struct Others<'a> {
    /// Scores of all other candidates of the board, descending.
    pub scores: &'a [f64],
    /// Places of the shortlist.
    pub k: usize,
}

impl Others<'_> {
    /// The place that a score would have.
    #[must_use]
    pub fn rank(&self, score: f64) -> usize {
        1 + self.scores.partition_point(|other| *other > score)
    }

    /// The score that must be reached to be among the first k; `None` where there is room for all.
    fn needed(&self) -> Option<f64> {
        self.k.checked_sub(1).and_then(|last| self.scores.get(last)).copied()
    }
}

/// A part of which a field would tell more, and what knowing it could do.
#[derive(Debug, Clone, PartialEq)]
pub struct Lookup {
    /// Position of the part.
    pub part: usize,
    /// Best and worst rank that it could lead to.
    pub ranks: (usize, usize),
    /// The scores at these.
    pub scores: (f64, f64),
    /// Share of its interval that would change whether the candidate is among the first k, 0 to 1.
    pub chance: f64,
}

/// What to look up next: by the chance that knowing it changes the cut, then by how far the rank could move.
#[must_use]
pub fn lookups(values: &[Value], parts: &[Part], weights: &Weights, others: &Others<'_>) -> Vec<Lookup> {
    const STEPS: u32 = 100;
    let exact = |values: &[Value]| total(values, weights).exact;
    let is_in = |score: f64| others.rank(score) <= others.k;
    let now = is_in(exact(values));
    let mut found: Vec<Lookup> = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let Some(dimension) = DIMENSIONS.iter().position(|dimension| dimension.name == part.dimension) else { continue };
        if part.evidence.asks.is_empty() || part.value.hi - part.value.lo < 1e-9 || weights.weights[dimension] == 0.0 {
            continue;
        }
        let counted = parts.iter().filter(|other| other.dimension == part.dimension && other.counted);
        let of_all: f64 = counted.map(|other| other.weight).sum::<f64>() + if part.counted { 0.0 } else { part.weight };
        // A dimension is the mean of its parts.
        let score_at = |own: f64| {
            let mut known = values.to_vec();
            known[dimension] = Value::exact(values[dimension].mid + part.weight / of_all * (own - part.value.mid));
            exact(&known)
        };
        let (worst, best) = (score_at(part.value.lo), score_at(part.value.hi));
        let along = |step: u32| part.value.lo + (part.value.hi - part.value.lo) * f64::from(step) / f64::from(STEPS);
        let changes = (0..=STEPS).filter(|step| is_in(score_at(along(*step))) != now).count();
        found.push(Lookup { part: at, ranks: (others.rank(best), others.rank(worst)), scores: (worst, best), chance: changes as f64 / f64::from(STEPS + 1) });
    }
    found.sort_by(|a, b| b.chance.total_cmp(&a.chance).then((b.scores.1 - b.scores.0).total_cmp(&(a.scores.1 - a.scores.0))).then(a.part.cmp(&b.part)));
    found
}

/// The price at which a candidate enters or leaves the first k.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum BreakEven {
    /// Up to this price it is among them.
    UpTo(f64),
    /// It is among them at any price.
    AtAnyPrice,
    /// It is not among them even for nothing.
    AtNoPrice,
}

/// The break-even price, where `views` in the target are bought and `median` for a thousand of them is usual.
#[must_use]
pub fn break_even(values: &[Value], weights: &Weights, others: &Others<'_>, views: f64, median: f64) -> Option<BreakEven> {
    let cost = DIMENSIONS.iter().position(|dimension| dimension.name == "cost")?;
    if weights.weights[cost] == 0.0 || views <= 0.0 {
        return None;
    }
    let Some(needed) = others.needed() else { return Some(BreakEven::AtAnyPrice) };
    let reaches = |worth: f64| {
        let mut known = values.to_vec();
        known[cost] = Value::exact(worth);
        total(&known, weights).exact >= needed
    };
    if reaches(0.0) {
        return Some(BreakEven::AtAnyPrice);
    }
    if !reaches(1.0) {
        return Some(BreakEven::AtNoPrice);
    }
    let (mut out, mut inside) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(out, inside);
        if reaches(middle) { inside = middle } else { out = middle }
    }
    Some(BreakEven::UpTo(price_worth(inside, views, median)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::cost::worth;

    fn balanced() -> Weights {
        Weights { weights: vec![0.25, 0.13, 0.22, 0.05, 0.12, 0.03, 0.12, 0.08], thresholds: vec![None; 8], floor: 0.3 }
    }

    #[test]
    fn at_the_break_even_price_the_candidate_is_the_last_of_the_shortlist() {
        let values = [Value::exact(0.5); 8];
        let others = Others { scores: &[80.0, 52.0, 40.0], k: 2 };
        let Some(BreakEven::UpTo(price)) = break_even(&values, &balanced(), &others, 10_000.0, 100.0) else { panic!("there is an edge") };
        let score = |price: f64| {
            let mut values = values.to_vec();
            values[7] = Value::exact(worth(price, 10_000.0, 100.0));
            total(&values, &balanced()).exact
        };
        assert!(others.rank(score(price * 0.999)) <= 2 && others.rank(score(price * 1.001)) == 3, "{price}");
        let bounded = |scores: &[f64]| break_even(&values, &balanced(), &Others { scores, k: 1 }, 10_000.0, 100.0);
        assert_eq!(bounded(&[90.0]), Some(BreakEven::AtNoPrice));
        assert_eq!(bounded(&[10.0]), Some(BreakEven::AtAnyPrice));
    }

    #[test]
    fn what_could_change_the_cut_comes_first() {
        let mut values = [Value::exact(0.5); 8];
        values[0] = Value::unknown(0.4);
        values[5] = Value::unknown(0.4);
        let part = |dimension: &'static str| Part {
            dimension,
            name: dimension.to_owned(),
            weight: 1.0,
            value: Value::unknown(0.4),
            counted: true,
            evidence: crate::score::evidence::Evidence::default().ask(crate::normalize::field::Field::Titles),
        };
        let others = Others { scores: &[60.0, 49.0, 20.0], k: 2 };
        let found = lookups(&values, &[part("loyalty"), part("domain")], &balanced(), &others);
        assert_eq!(found.iter().map(|one| one.part).collect::<Vec<_>>(), [1, 0]);
        assert!(found[0].chance > 0.3 && found[0].ranks == (1, 3), "{found:?}");
    }
}
