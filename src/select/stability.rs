//! A board in its order in, how firm each place is when weights change out. `scoring.md` §7.
//!
//! A score is `Σ u_j·c_j / Σ u_j`, where `c` is a candidate's vector (its dimensions under its gate) and `u` are the weights: under other positive weights
//! only `u` moves. 1,000 weight vectors are drawn from a box around the weights; candidates who cannot come before anybody that is shown, wherever in the
//! box the weights lie, are left out of the drawing. That changes no result.

use crate::random::SplitMix64;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Draw {
    /// Weight vectors.
    pub samples: usize,
    /// Weights lie between `w·(1 − reach)` and `w·(1 + reach)`.
    pub reach: f64,
    /// Same seed, same vectors.
    pub seed: u64,
    /// Whether candidates who cannot matter are left out of the drawing.
    pub prune: bool,
}

/// How firm a place is.
#[derive(Debug, Clone, PartialEq)]
pub struct Firmness {
    /// Share of the weight vectors under which the candidate is among the first k, 0 to 1.
    pub in_top: f64,
    /// 5th and 95th percentile of its rank.
    pub ranks: (usize, usize),
    /// The smallest change of one weight that drops it out of the first k; `None` where it is not among them, or no single weight can.
    pub drops: Option<Change>,
}

/// A change of one weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// Position of the dimension.
    pub dimension: usize,
    /// Relative: .38 raises the weight by 38 %, −1 takes it away.
    pub by: f64,
}

/// How firm the first `shown` places of a board are, for the first `k`. `vectors` are in the board's order, which decides between equals.
#[must_use]
pub fn firmness(vectors: &[&[f64]], weights: &[f64], k: usize, shown: usize, draw: &Draw, threads: usize) -> Vec<Firmness> {
    let shown = shown.min(vectors.len());
    let rivals = rivals(vectors, weights, shown, draw);
    let ranks = ranks(vectors, weights, shown, &rivals, draw, threads);
    let quantile = |sorted: &[u32], at: f64| sorted[((sorted.len() as f64 * at).ceil() as usize).clamp(1, sorted.len()) - 1] as usize;
    let firm = |(at, mut ranks): (usize, Vec<u32>)| {
        ranks.sort_unstable();
        Firmness {
            in_top: ranks.partition_point(|rank| *rank as usize <= k) as f64 / ranks.len().max(1) as f64,
            ranks: (quantile(&ranks, 0.05), quantile(&ranks, 0.95)),
            drops: if at < k { smallest_drop(vectors, weights, at, k) } else { None },
        }
    };
    ranks.into_iter().enumerate().map(firm).collect()
}

/// Those behind the shown ones who could come before one of them: `max over the box of Σ u_j·(c_j − r_j) > 0` for some shown `r`.
fn rivals(vectors: &[&[f64]], weights: &[f64], shown: usize, draw: &Draw) -> Vec<usize> {
    // The tie of two equal sums may round either way.
    const DOUBT: f64 = -1e-3;
    let could_pass = |own: &[f64], other: &[f64]| {
        let most = own.iter().zip(other).zip(weights).map(|((own, other), weight)| (own - other + draw.reach * (own - other).abs()) * weight);
        most.sum::<f64>() > DOUBT
    };
    // The last of the shown is the easiest to pass.
    let matters = |at: &usize| !draw.prune || vectors[..shown].iter().rev().any(|of_shown| could_pass(vectors[*at], of_shown));
    (shown..vectors.len()).filter(matters).collect()
}

/// The rank of each shown candidate under each weight vector.
fn ranks(vectors: &[&[f64]], weights: &[f64], shown: usize, rivals: &[usize], draw: &Draw, threads: usize) -> Vec<Vec<u32>> {
    // One column a dimension: sums over many candidates at once.
    let columns: Vec<Vec<f64>> = (0..weights.len()).map(|at| (0..shown).chain(rivals.iter().copied()).map(|row| vectors[row][at]).collect()).collect();
    let drawn = drawn_weights(weights, &Draw { samples: draw.samples.max(1), ..*draw });
    let part = drawn.len().div_ceil(threads.max(1)).max(1);
    let mut ranks = vec![Vec::with_capacity(drawn.len()); shown];
    let of_parts: Vec<Vec<Vec<u32>>> = std::thread::scope(|scope| {
        let columns = &columns;
        let parts: Vec<_> =
            drawn.chunks(part).map(|part| scope.spawn(move || part.iter().map(|weights| ranks_under(columns, weights, shown)).collect())).collect();
        parts.into_iter().filter_map(|part| part.join().ok()).collect()
    });
    for under_one in of_parts.into_iter().flatten() {
        ranks.iter_mut().zip(under_one).for_each(|(ranks, rank)| ranks.push(rank));
    }
    ranks
}

fn drawn_weights(weights: &[f64], draw: &Draw) -> Vec<Vec<f64>> {
    let mut random = SplitMix64(draw.seed);
    let mut one = |weight: &f64| weight * (1.0 - draw.reach + 2.0 * draw.reach * random.uniform());
    (0..draw.samples).map(|_| weights.iter().map(&mut one).collect()).collect()
}

fn ranks_under(columns: &[Vec<f64>], weights: &[f64], shown: usize) -> Vec<u32> {
    let total: f64 = weights.iter().sum();
    let mut scores = vec![0.0; columns.first().map_or(0, Vec::len)];
    for (column, weight) in columns.iter().zip(weights) {
        scores.iter_mut().zip(column).for_each(|(score, value)| *score += weight / total * value);
    }
    // The ranking compares 4 decimals, and between equals the order of the board decides.
    let key = |at: usize| (scores[at] * 1e4).round();
    let mut order: Vec<usize> = (0..shown).collect();
    order.sort_by(|a, b| key(*b).total_cmp(&key(*a)).then(a.cmp(b)));
    let keys: Vec<f64> = order.iter().map(|at| key(*at)).collect();
    let last = keys.last().copied().unwrap_or(f64::INFINITY);
    // How many of the others come before the shown one at each place; these stand behind all shown ones that have the same score.
    let mut passed = vec![0_u32; shown + 1];
    for score in &scores[shown..] {
        let own = (score * 1e4).round();
        if own > last {
            passed[keys.partition_point(|key| *key >= own)] += 1;
        }
    }
    let mut ranks = vec![0; shown];
    let mut before = 0;
    for (place, at) in order.into_iter().enumerate() {
        before += passed[place];
        ranks[at] = place as u32 + 1 + before;
    }
    ranks
}

/// The smallest change of one weight after which at least k candidates come before the one at `at`.
#[must_use]
pub fn smallest_drop(vectors: &[&[f64]], weights: &[f64], at: usize, k: usize) -> Option<Change> {
    let mut best: Option<Change> = None;
    for dimension in (0..weights.len()).filter(|dimension| weights[*dimension] > 0.0) {
        for direction in [1.0, -1.0] {
            let limit = best.map_or(f64::INFINITY, |best| best.by.abs());
            if let Some(by) = drop_by(vectors, weights, at, k, dimension, direction, limit) {
                best = Some(Change { dimension, by: direction * by });
            }
        }
    }
    best
}

/// How far one weight must move in one direction, below the limit; a weight taken away altogether would take its gate with it, so that is no answer.
fn drop_by(vectors: &[&[f64]], weights: &[f64], at: usize, k: usize, dimension: usize, direction: f64, limit: f64) -> Option<f64> {
    let own = vectors[at];
    let limit = if direction < 0.0 { limit.min(1.0) } else { limit };
    let mut before = at;
    let mut events: Vec<(f64, bool)> = Vec::new();
    for (other_at, other) in vectors.iter().enumerate().filter(|(other, _)| *other != at) {
        let gap: f64 = own.iter().zip(*other).zip(weights).map(|((own, other), weight)| weight * (own - other)).sum();
        let slope = direction * weights[dimension] * (own[dimension] - other[dimension]);
        let stands_before = other_at < at;
        // Those before have a gap of at most 0, those behind of at least 0; rounding may have made a tie of a little.
        let meets = if stands_before { slope > 0.0 } else { slope < 0.0 };
        if meets {
            let by = (-gap / slope).max(0.0);
            if by < limit {
                events.push((by, !stands_before));
            }
        }
    }
    events.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    for (by, passes) in events {
        before = if passes { before + 1 } else { before - 1 };
        if before >= k {
            return Some(by);
        }
    }
    None
}

/// The smallest change of one weight that turns the order of two candidates around; `None` where no single weight can.
#[must_use]
pub fn smallest_swap(a: &[f64], b: &[f64], weights: &[f64]) -> Option<Change> {
    let gap: f64 = a.iter().zip(b).zip(weights).map(|((a, b), weight)| weight * (a - b)).sum();
    let change = |dimension: usize| {
        let slope = weights[dimension] * (a[dimension] - b[dimension]);
        let by = -gap / slope;
        (slope != 0.0 && by > -1.0).then_some(Change { dimension, by })
    };
    (0..weights.len()).filter_map(change).min_by(|one, other| one.by.abs().total_cmp(&other.by.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(n: usize) -> (Vec<Vec<f64>>, Vec<f64>) {
        let mut random = SplitMix64(7);
        let weights = vec![0.25, 0.13, 0.22, 0.05, 0.12, 0.03, 0.12, 0.08];
        let mut pool: Vec<Vec<f64>> = (0..n).map(|_| weights.iter().map(|_| 100.0 * random.uniform()).collect()).collect();
        let score = |row: &[f64]| (row.iter().zip(&weights).map(|(value, weight)| value * weight).sum::<f64>() * 1e4).round();
        pool.sort_by(|a, b| score(b).total_cmp(&score(a)));
        (pool, weights)
    }

    const DRAW: Draw = Draw { samples: 1_000, reach: 0.5, seed: 42, prune: true };

    #[test]
    fn leaving_out_who_cannot_matter_changes_nothing() {
        let (pool, weights) = pool(5_000);
        let vectors: Vec<&[f64]> = pool.iter().map(Vec::as_slice).collect();
        let all = firmness(&vectors, &weights, 20, 30, &Draw { prune: false, ..DRAW }, 2);
        assert!(rivals(&vectors, &weights, 30, &DRAW).len() < 4_970, "somebody is left out");
        assert_eq!(firmness(&vectors, &weights, 20, 30, &DRAW, 1), all);
        assert!(all[0].in_top > all[29].in_top && all[0].ranks.0 == 1);
    }

    #[test]
    fn the_smallest_change_is_where_the_place_is_lost() {
        let (pool, weights) = pool(300);
        let vectors: Vec<&[f64]> = pool.iter().map(Vec::as_slice).collect();
        let better = |at: usize, dimension: usize, by: f64| {
            let mut changed = weights.clone();
            changed[dimension] *= 1.0 + by;
            let score = |row: &[f64]| row.iter().zip(&changed).map(|(value, weight)| value * weight).sum::<f64>();
            vectors.iter().filter(|row| score(row) > score(vectors[at])).count()
        };
        for at in 0..20 {
            let change = smallest_drop(&vectors, &weights, at, 20).unwrap();
            assert!(better(at, change.dimension, change.by * (1.0 + 1e-6)) >= 20, "{at} {change:?}");
            let smaller = change.by.abs() * (1.0 - 1e-6);
            for dimension in 0..8 {
                for by in [smaller, -smaller] {
                    assert!(by < -1.0 || better(at, dimension, by) < 20, "{at} {dimension} {by} {change:?}");
                }
            }
        }
    }

    #[test]
    fn two_candidates_swap_where_their_scores_meet() {
        let weights = [0.5, 0.5];
        let change = smallest_swap(&[80.0, 40.0], &[60.0, 50.0], &weights).unwrap();
        // 40(1+d) + 20 = 30(1+d) + 25 at d = -.5; 40 + 20(1+d) = 30 + 25(1+d) at d = 1.
        assert_eq!((change.dimension, change.by), (0, -0.5));
        assert_eq!(smallest_swap(&[80.0, 40.0], &[60.0, 40.0], &weights), None);
    }
}
