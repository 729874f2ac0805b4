//! Values in, their order with ties out, for samples in which rows count several times or not at all.

/// Rows from the highest value to the lowest; rows of one value are tied.
#[derive(Debug)]
pub struct Order {
    rows: Vec<u32>,
    /// Where each group of ties ends.
    ends: Vec<usize>,
}

impl Order {
    /// The order of values; what is unknown stands behind all, tied.
    #[must_use]
    pub fn new(values: &[Option<f64>]) -> Self {
        let key = |row: &u32| values[*row as usize].unwrap_or(f64::NEG_INFINITY);
        let mut rows: Vec<u32> = (0..values.len() as u32).collect();
        rows.sort_by(|a, b| key(b).total_cmp(&key(a)).then(a.cmp(b)));
        let differs = |at: &usize| *at == rows.len() || key(&rows[*at]) != key(&rows[*at - 1]);
        let ends = (1..=rows.len()).filter(differs).collect();
        Self { rows, ends }
    }

    /// The groups of ties, the highest first.
    pub fn groups(&self) -> impl Iterator<Item = &[u32]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.rows[start..*end])
    }

    /// The group that each row belongs to, the highest 0.
    #[must_use]
    pub fn group_of_rows(&self) -> Vec<usize> {
        let mut groups = vec![0; self.rows.len()];
        for (at, group) in self.groups().enumerate() {
            group.iter().for_each(|row| groups[*row as usize] = at);
        }
        groups
    }

    /// The middle rank of each row's group, in a sample; rows that are not in it have none that counts.
    #[must_use]
    pub fn mid_ranks(&self, times: &[u32]) -> Vec<f64> {
        let (mut ranks, mut before) = (vec![0.0; self.rows.len()], 0.0);
        for group in self.groups() {
            let size: f64 = group.iter().map(|row| f64::from(times[*row as usize])).sum();
            group.iter().for_each(|row| ranks[*row as usize] = before + f64::midpoint(size, 1.0));
            before += size;
        }
        ranks
    }
}
