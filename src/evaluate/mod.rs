//! Rankings of the same candidates and their labels in, how well each ranking tells the labels out, with bootstrap intervals.

pub mod label;
pub mod measure;
pub mod order;

use measure::{Case, Measure, Truth};
use order::Order;

use crate::random::SplitMix64;

/// Fewer labelled candidates are refused: an interval of them would be as wide as the scale.
pub const LEAST: usize = 8;
/// Fewer labelled candidates are warned about.
pub const FEW: usize = 40;

/// One way to put the candidates in order.
#[derive(Debug, Clone)]
pub struct Ranking {
    /// Name in headers and files.
    pub name: String,
    /// Its value for each candidate, the best highest; `None` is unknown and stands behind all.
    pub values: Vec<Option<f64>>,
}

/// What is to be told: one label, and the rankings that try.
#[derive(Debug)]
pub struct Class {
    /// What is true of each candidate.
    pub truth: Truth,
    /// The rankings, named alike in all classes.
    pub rankings: Vec<Ranking>,
}

/// A figure with its interval (2.5 % and 97.5 % of the resamples); `None` where the labels cannot tell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Of all candidates.
    pub value: f64,
    /// Ends of the interval, where resamples were drawn.
    pub interval: Option<(f64, f64)>,
}

/// Figures by class, ranking and measure; and their plain mean over the classes.
#[derive(Debug)]
pub struct Figures {
    /// By class, ranking and measure.
    pub classes: Vec<Vec<Vec<Option<Estimate>>>>,
    /// By ranking and measure.
    pub mean: Vec<Vec<Option<Estimate>>>,
}

/// How often candidates are drawn anew.
#[derive(Debug, Clone, Copy)]
pub struct Resampling {
    /// Samples; 0 gives no intervals.
    pub resamples: usize,
    /// Threads that share them.
    pub threads: usize,
}

/// Judges all rankings of all classes by all measures, over the first `k` places where a measure looks at places.
#[must_use]
pub fn judge(classes: &[Class], measures: &[Measure], k: usize, resampling: Resampling) -> Figures {
    let orders: Vec<Vec<Order>> = classes.iter().map(|class| class.rankings.iter().map(|ranking| Order::new(&ranking.values)).collect()).collect();
    let rows = classes.first().map_or(0, |class| class.truth.gains.len());
    let rankings = orders.first().map_or(0, Vec::len);
    // All figures of one sample, one after the other: classes, their rankings, their measures.
    let figures = |times: &[u32]| -> Vec<Option<f64>> {
        let cases = classes.iter().zip(&orders).flat_map(|(class, orders)| orders.iter().map(|order| Case { order, truth: &class.truth, times, k }));
        cases.flat_map(|case| measures.iter().map(move |measure| (measure.of)(&case))).collect()
    };
    let whole = figures(&vec![1; rows]);
    let samples = resampled(rows, resampling, &figures);
    let a_class = rankings * measures.len();
    let estimate = |at: usize| {
        let drawn: Vec<f64> = samples.iter().filter_map(|sample| sample[at]).collect();
        whole[at].map(|value| Estimate { value, interval: interval(drawn) })
    };
    // A class of which the labels cannot tell has no part in the mean.
    let told = |at: usize| -> Vec<usize> { (0..classes.len()).map(|class| class * a_class + at).filter(|place| whole[*place].is_some()).collect() };
    let mean = |at: usize| {
        let places = told(at);
        let of = |sample: &[Option<f64>]| -> Option<f64> {
            let values: Option<Vec<f64>> = places.iter().map(|place| sample[*place]).collect();
            values.filter(|values| !values.is_empty()).map(|values| values.iter().sum::<f64>() / values.len() as f64)
        };
        of(&whole).map(|value| Estimate { value, interval: interval(samples.iter().filter_map(|sample| of(sample)).collect()) })
    };
    let by_measure = |start: usize, of: &dyn Fn(usize) -> Option<Estimate>| (start..start + measures.len()).map(of).collect();
    let by_ranking = |start: usize| (0..rankings).map(|at| by_measure(start + at * measures.len(), &estimate)).collect();
    Figures {
        classes: (0..classes.len()).map(|class| by_ranking(class * a_class)).collect(),
        mean: (0..rankings).map(|at| by_measure(at * measures.len(), &mean)).collect(),
    }
}

/// Figures of samples of the candidates, drawn with replacement; each sample has its own seed, so threads change nothing.
fn resampled(rows: usize, resampling: Resampling, figures: &(impl Fn(&[u32]) -> Vec<Option<f64>> + Sync)) -> Vec<Vec<Option<f64>>> {
    let one = |seed: usize| {
        let (mut random, mut times) = (SplitMix64(seed as u64), vec![0_u32; rows]);
        (0..rows).for_each(|_| times[random.below(rows)] += 1);
        figures(&times)
    };
    let share = resampling.resamples.div_ceil(resampling.threads.max(1)).max(1);
    let seeds: Vec<usize> = (0..resampling.resamples).collect();
    std::thread::scope(|scope| {
        let one = &one;
        let parts: Vec<_> = seeds.chunks(share).map(|seeds| scope.spawn(move || seeds.iter().map(|seed| one(*seed)).collect::<Vec<_>>())).collect();
        parts.into_iter().flat_map(|part| part.join().unwrap_or_default()).collect()
    })
}

/// The middle 95 % of figures (percentile bootstrap, Efron 1979).
fn interval(mut drawn: Vec<f64>) -> Option<(f64, f64)> {
    drawn.sort_by(f64::total_cmp);
    let last = drawn.len().checked_sub(1)?;
    let at = |share: f64| drawn[(share * last as f64).round() as usize];
    Some((at(0.025), at(0.975)))
}

/// A candidate that stands far from where its label belongs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Misplaced {
    /// Position of the class.
    pub class: usize,
    /// Position of the candidate.
    pub row: usize,
    /// Whether it carries the label.
    pub positive: bool,
    /// The share of the candidates of the other side that stand on the wrong side of it, ties half.
    pub wrong_side: f64,
}

/// The candidates that the first ranking puts farthest from where their label belongs, in rounds: of each class the worst that carries the label and the worst that
/// does not, then the next of each, the farthest of a round first. Only of labels that are yes or no.
#[must_use]
pub fn misplaced(classes: &[Class], count: usize) -> Vec<Misplaced> {
    let mut all = Vec::new();
    for (at, class) in classes.iter().enumerate().filter(|(_, class)| class.truth.gains.iter().all(|gain| [0.0, 1.0].contains(gain))) {
        let Some(ranking) = class.rankings.first() else { continue };
        let positive = |row: &u32| class.truth.gains[*row as usize] > 0.0;
        let order = Order::new(&ranking.values);
        let positives = class.truth.gains.iter().sum::<f64>();
        let negatives = class.truth.gains.len() as f64 - positives;
        let (mut good_above, mut bad_above) = (0.0, 0.0);
        for group in order.groups() {
            let good = group.iter().filter(|row| positive(row)).count() as f64;
            let bad = group.len() as f64 - good;
            for row in group {
                let side = if positive(row) { (bad_above + bad / 2.0) / negatives } else { 1.0 - (good_above + good / 2.0) / positives };
                all.push(Misplaced { class: at, row: *row as usize, positive: positive(row), wrong_side: side });
            }
            good_above += good;
            bad_above += bad;
        }
    }
    all.sort_by(|a, b| b.wrong_side.total_cmp(&a.wrong_side).then((a.class, a.row).cmp(&(b.class, b.row))));
    let mut taken = std::collections::HashMap::<(usize, bool), usize>::new();
    let mut rounds: Vec<(usize, Misplaced)> = Vec::with_capacity(all.len());
    for miss in all {
        let round = taken.entry((miss.class, miss.positive)).or_default();
        rounds.push((*round, miss));
        *round += 1;
    }
    rounds.sort_by_key(|(round, _)| *round);
    rounds.into_iter().take(count).map(|(_, miss)| miss).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_hold_their_value_and_do_not_depend_on_threads() {
        let truth = || Truth::new(&(0..200).map(|row| f64::from(row % 3 == 0)).collect::<Vec<_>>(), 0.0);
        let ranking = || Ranking { name: String::new(), values: (0..200).map(|row| Some(f64::from(row % 3 == 0) + f64::from(row * 37 % 50) / 20.0)).collect() };
        let classes = [Class { truth: truth(), rankings: vec![ranking()] }];
        let judged = |threads| judge(&classes, measure::OF_BINARY, 10, Resampling { resamples: 200, threads });
        let (one, three) = (judged(1), judged(3));
        assert_eq!(one.classes, three.classes);
        let auc = one.classes[0][0][0].unwrap();
        let (lo, hi) = auc.interval.unwrap();
        assert!(lo < auc.value && auc.value < hi && hi - lo < 0.2, "{auc:?}");
        assert_eq!(one.mean[0][0], Some(auc));
    }
}
