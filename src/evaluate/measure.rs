//! An order of candidates and what is true of them in, how well the order tells it out. Ties count by what any order of them gives on average.

use super::order::Order;

/// What is true of each candidate: a gain, 0 or more; 1 and 0 where it is yes or no.
#[derive(Debug)]
pub struct Truth {
    /// Gain of each row.
    pub gains: Vec<f64>,
    /// Rows by their gain.
    pub order: Order,
}

impl Truth {
    /// The truth that values tell; what lies below `worthless` gains nothing, and the rest gains its distance from it.
    #[must_use]
    pub fn new(values: &[f64], worthless: f64) -> Self {
        let order = Order::new(&values.iter().copied().map(Some).collect::<Vec<_>>());
        Self { gains: values.iter().map(|value| (value - worthless).max(0.0)).collect(), order }
    }
}

/// One order against one truth, in a sample that holds row `i` `times[i]` times; the first `k` places are looked at.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The order that is judged.
    pub order: &'a Order,
    /// What is true.
    pub truth: &'a Truth,
    /// How often each row counts.
    pub times: &'a [u32],
    /// Places of a shortlist.
    pub k: usize,
}

/// One measure.
#[derive(Debug)]
pub struct Measure {
    /// Name in headers and files.
    pub name: &'static str,
    /// What a random order gives, where that does not depend on the labels.
    pub chance: Option<f64>,
    /// Its value; `None` where the sample cannot tell, such as one without a positive.
    pub of: fn(&Case<'_>) -> Option<f64>,
}

/// Measures of labels that are yes or no.
pub static OF_BINARY: &[Measure] = &[
    Measure { name: "auc", chance: Some(0.5), of: auc },
    Measure { name: "ap", chance: None, of: average_precision },
    Measure { name: "p@k", chance: None, of: precision },
    Measure { name: "ndcg@k", chance: None, of: ndcg },
];

/// Measures of grades and outcomes.
pub static OF_GRADES: &[Measure] = &[
    Measure { name: "spearman", chance: Some(0.0), of: spearman },
    Measure { name: "kendall", chance: Some(0.0), of: kendall },
    Measure { name: "ndcg@k", chance: None, of: ndcg },
    Measure { name: "top@k", chance: None, of: best_found },
];

impl Case<'_> {
    fn times(&self, row: u32) -> f64 {
        f64::from(self.times[row as usize])
    }

    fn gain(&self, row: u32) -> f64 {
        self.truth.gains[row as usize]
    }

    /// Rows and gain of a group.
    fn group(&self, rows: &[u32]) -> (f64, f64) {
        rows.iter().fold((0.0, 0.0), |(size, gain), row| (size + self.times(*row), gain + self.times(*row) * self.gain(*row)))
    }

    fn size(&self) -> f64 {
        self.times.iter().map(|times| f64::from(*times)).sum()
    }

    /// Σ over the first k places of the gain there, each times what its place is worth.
    fn collected(&self, order: &Order, worth: fn(f64) -> f64) -> f64 {
        let (mut place, mut sum) = (0_usize, 0.0);
        for group in order.groups() {
            let (size, gain) = self.group(group);
            let end = place + size as usize;
            // Tied rows stand in any order, so each of their places holds the mean gain.
            sum += (place..end.min(self.k)).map(|place| gain / size * worth(place as f64)).sum::<f64>();
            place = end;
            if place >= self.k {
                break;
            }
        }
        sum
    }
}

/// Area under the ROC curve: how often a positive stands above a negative, ties half (Hanley & `McNeil` 1982).
fn auc(case: &Case<'_>) -> Option<f64> {
    let positives: f64 = (0..case.times.len() as u32).map(|row| case.times(row) * case.gain(row)).sum();
    let negatives = case.size() - positives;
    let (mut wins, mut below) = (0.0, negatives);
    for group in case.order.groups() {
        let (size, good) = case.group(group);
        below -= size - good;
        wins += good * (below + (size - good) / 2.0);
    }
    (positives > 0.0 && negatives > 0.0).then(|| wins / (positives * negatives))
}

/// Average precision: the precision at the end of each group of ties, weighted by the positives found there.
fn average_precision(case: &Case<'_>) -> Option<f64> {
    let (mut seen, mut found, mut sum) = (0.0, 0.0, 0.0);
    for group in case.order.groups() {
        let (size, good) = case.group(group);
        seen += size;
        found += good;
        if good > 0.0 {
            sum += good * found / seen;
        }
    }
    (found > 0.0).then(|| sum / found)
}

/// Precision at k: the share of positives in the first k places.
fn precision(case: &Case<'_>) -> Option<f64> {
    let places = (case.k as f64).min(case.size());
    (places > 0.0).then(|| case.collected(case.order, |_| 1.0) / places)
}

/// Normalized discounted cumulative gain at k, with linear gains (Järvelin and Kekäläinen 2002; ties as in `McSherry` & Najork 2008).
fn ndcg(case: &Case<'_>) -> Option<f64> {
    let discount = |place: f64| 1.0 / (place + 2.0).log2();
    let ideal = case.collected(&case.truth.order, discount);
    (ideal > 0.0).then(|| case.collected(case.order, discount) / ideal)
}

/// The share of the gain of the best k candidates that the first k places hold.
fn best_found(case: &Case<'_>) -> Option<f64> {
    let best = case.collected(&case.truth.order, |_| 1.0);
    (best > 0.0).then(|| case.collected(case.order, |_| 1.0) / best)
}

/// Spearman's rank correlation, with middle ranks.
fn spearman(case: &Case<'_>) -> Option<f64> {
    let (own, truth) = (case.order.mid_ranks(case.times), case.truth.order.mid_ranks(case.times));
    let mean = f64::midpoint(case.size(), 1.0);
    let (mut both, mut of_own, mut of_truth) = (0.0, 0.0, 0.0);
    for row in 0..case.times.len() {
        let (times, own, truth) = (f64::from(case.times[row]), own[row] - mean, truth[row] - mean);
        both += times * own * truth;
        of_own += times * own * own;
        of_truth += times * truth * truth;
    }
    (of_own > 0.0 && of_truth > 0.0).then(|| both / (of_own * of_truth).sqrt())
}

/// Kendall's tau-b.
fn kendall(case: &Case<'_>) -> Option<f64> {
    let groups = case.truth.order.group_of_rows();
    let last = groups.iter().copied().max()?;
    let mut seen = Counts(vec![0.0; last + 2]);
    let (mut balance, mut before, mut tied_own) = (0.0, 0.0, 0.0);
    for group in case.order.groups() {
        for row in group {
            // Rows before this one that are truly better agree with it; those that are truly worse do not.
            let (better, not_worse) = (seen.below(groups[*row as usize]), seen.below(groups[*row as usize] + 1));
            balance += case.times(*row) * (better - (before - not_worse));
        }
        group.iter().for_each(|row| seen.add(groups[*row as usize], case.times(*row)));
        let size = case.group(group).0;
        before += size;
        tied_own += pairs(size);
    }
    let tied_truth: f64 = case.truth.order.groups().map(|group| pairs(case.group(group).0)).sum();
    let (own, truth) = (pairs(before) - tied_own, pairs(before) - tied_truth);
    (own > 0.0 && truth > 0.0).then(|| balance / (own * truth).sqrt())
}

fn pairs(size: f64) -> f64 {
    size * (size - 1.0) / 2.0
}

/// Sums of the first so many counts, each step in logarithmic time (Fenwick 1994).
struct Counts(Vec<f64>);

impl Counts {
    fn add(&mut self, at: usize, more: f64) {
        let mut at = at + 1;
        while at < self.0.len() {
            self.0[at] += more;
            at += at & at.wrapping_neg();
        }
    }

    fn below(&self, end: usize) -> f64 {
        let (mut at, mut sum) = (end, 0.0);
        while at > 0 {
            sum += self.0[at];
            at -= at & at.wrapping_neg();
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(of: fn(&Case<'_>) -> Option<f64>, values: &[f64], gains: &[f64], k: usize) -> f64 {
        let order = Order::new(&values.iter().copied().map(Some).collect::<Vec<_>>());
        let truth = Truth::new(gains, 0.0);
        of(&Case { order: &order, truth: &truth, times: &vec![1; values.len()], k }).unwrap()
    }

    fn close(own: f64, expected: f64) {
        assert!((own - expected).abs() < 1e-12, "{own} is not {expected}");
    }

    #[test]
    fn measures_have_the_values_worked_out_by_hand() {
        let (values, yes) = ([0.1, 0.4, 0.35, 0.8], [0.0, 0.0, 1.0, 1.0]);
        close(value(auc, &values, &yes, 2), 0.75);
        close(value(average_precision, &values, &yes, 2), 5.0 / 6.0);
        close(value(precision, &values, &yes, 2), 0.5);
        close(value(ndcg, &values, &yes, 2), 1.0 / (1.0 + 1.0 / 3.0_f64.log2()));
        close(value(spearman, &[1.0, 2.0, 3.0, 4.0, 5.0], &[5.0, 6.0, 7.0, 8.0, 7.0], 5), 0.820_782_681_668_123_3);
        // 12, 2, 1, 12, 2 against 1, 4, 7, 1, 0: tau-b as scipy documents it.
        close(value(kendall, &[12.0, 2.0, 1.0, 12.0, 2.0], &[1.0, 4.0, 7.0, 1.0, 0.0], 5), -0.471_404_520_791_031_8);
    }

    #[test]
    fn ties_count_as_any_order_of_them_does_on_average() {
        let yes = [1.0, 0.0, 1.0, 0.0];
        close(value(auc, &[0.5; 4], &yes, 2), 0.5);
        close(value(precision, &[0.5; 4], &yes, 3), 0.5);
        close(value(auc, &[0.9, 0.5, 0.5, 0.1], &yes, 2), 0.875);
        close(value(best_found, &[2.0, 2.0, 1.0], &[4.0, 0.0, 2.0], 1), 0.5);
    }

    #[test]
    fn a_row_that_counts_twice_is_two_rows() {
        let once = Order::new(&[Some(3.0), Some(2.0), Some(1.0)]);
        let twice = Order::new(&[Some(3.0), Some(2.0), Some(2.0), Some(1.0)]);
        let (truth, truth_twice) = (Truth::new(&[1.0, 2.0, 0.0], 0.0), Truth::new(&[1.0, 2.0, 2.0, 0.0], 0.0));
        for measure in OF_GRADES {
            let of_once = (measure.of)(&Case { order: &once, truth: &truth, times: &[1, 2, 1], k: 2 }).unwrap();
            let of_twice = (measure.of)(&Case { order: &twice, truth: &truth_twice, times: &[1; 4], k: 2 }).unwrap();
            close(of_once, of_twice);
        }
    }
}
