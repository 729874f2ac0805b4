//! Offers with prices in, the rules that a portfolio must keep out: whole cents and whole counts, so that nothing is a matter of rounding.

/// Parts of one in which shares of spend are counted.
pub const WHOLE: i64 = 1_000_000;

/// What may be bought, and what every portfolio must keep.
#[derive(Debug, Clone, Default)]
pub struct Problem {
    /// Price of each offer, in cents (hundredths of the currency), 0 or more.
    pub prices: Vec<i64>,
    /// Most that may be spent, in cents; `None` is no bound.
    pub budget: Option<i64>,
    /// Rules on groups of offers.
    pub rules: Vec<Rule>,
    /// Positions of the offers that must be bought.
    pub must: Vec<usize>,
}

/// A rule on a group of offers.
#[derive(Debug, Clone)]
pub struct Rule {
    /// As the brief names it, such as `plan.kind.koc.min_share`.
    pub name: String,
    /// Whether each offer is in the group.
    pub members: Vec<bool>,
    /// What must hold for the group.
    pub bound: Bound,
}

/// What must hold for a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// At least so many creators.
    AtLeast(u32),
    /// At most so many creators.
    AtMost(u32),
    /// At least this part of the spend, in millionths.
    ShareAtLeast(i64),
    /// At most this part of the spend, in millionths.
    ShareAtMost(i64),
}

/// The rule that a set of offers breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// A position is no offer, or is there twice.
    NoSuchOffer(usize),
    /// An offer that must be bought is not.
    Must(usize),
    /// More is spent than there is: cents.
    Budget {
        /// Spent.
        spent: i64,
        /// Most.
        budget: i64,
    },
    /// A rule, by its position.
    Rule(usize),
}

/// One rule as a sum: `Σ coefficient · bought ≤ most`.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) coefficients: Vec<i128>,
    pub(super) most: i128,
}

impl Row {
    pub(super) fn sum(&self, picks: &[usize]) -> i128 {
        picks.iter().map(|pick| self.coefficients[*pick]).sum()
    }
}

impl Problem {
    /// How many offers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.prices.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.prices.is_empty()
    }

    /// What a set of offers costs, in cents.
    #[must_use]
    pub fn spend(&self, picks: &[usize]) -> i64 {
        picks.iter().map(|pick| self.prices[*pick]).sum()
    }

    /// The problem over some of the offers, ascending; those who must be bought are among them.
    #[must_use]
    pub fn only(&self, kept: &[usize]) -> Self {
        let rule = |rule: &Rule| Rule { members: kept.iter().map(|at| rule.members[*at]).collect(), ..rule.clone() };
        Self {
            prices: kept.iter().map(|at| self.prices[*at]).collect(),
            budget: self.budget,
            rules: self.rules.iter().map(rule).collect(),
            must: self.must.iter().filter_map(|must| kept.binary_search(must).ok()).collect(),
        }
    }

    /// The rows of the rules, in their order; the budget's, where there is one, is the last.
    pub(super) fn rows(&self) -> Vec<Row> {
        let rules = self.rules.iter().map(|rule| {
            let of_group = |inside: i128, outside: i128| rule.members.iter().map(move |member| if *member { inside } else { outside });
            let priced = |inside: i128, outside: i128| of_group(inside, outside).zip(&self.prices).map(|(part, price)| part * i128::from(*price)).collect();
            match rule.bound {
                Bound::AtLeast(count) => Row { coefficients: of_group(-1, 0).collect(), most: -i128::from(count) },
                Bound::AtMost(count) => Row { coefficients: of_group(1, 0).collect(), most: i128::from(count) },
                Bound::ShareAtLeast(part) => Row { coefficients: priced(i128::from(part - WHOLE), i128::from(part)), most: 0 },
                Bound::ShareAtMost(part) => Row { coefficients: priced(i128::from(WHOLE - part), i128::from(-part)), most: 0 },
            }
        });
        let budget = self.budget.map(|budget| Row { coefficients: self.prices.iter().map(|price| i128::from(*price)).collect(), most: i128::from(budget) });
        rules.chain(budget).collect()
    }

    /// Whether a set of offers keeps every rule, in whole numbers; gives back what it costs, in cents.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn verify(&self, picks: &[usize]) -> Result<i64, Broken> {
        let mut bought = vec![false; self.len()];
        for pick in picks {
            match bought.get_mut(*pick) {
                Some(bought) if !*bought => *bought = true,
                _ => return Err(Broken::NoSuchOffer(*pick)),
            }
        }
        if let Some(missing) = self.must.iter().find(|must| !bought[**must]) {
            return Err(Broken::Must(*missing));
        }
        let spent = self.spend(picks);
        if let Some(budget) = self.budget.filter(|budget| spent > *budget) {
            return Err(Broken::Budget { spent, budget });
        }
        let rows = self.rows();
        match (0..self.rules.len()).find(|at| rows[*at].sum(picks) > rows[*at].most) {
            Some(broken) => Err(Broken::Rule(broken)),
            None => Ok(spent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_hold_to_the_cent() {
        let koc = vec![true, false, true];
        let rule = |bound| Rule { name: "koc".into(), members: koc.clone(), bound };
        let problem = |bound, budget| Problem { prices: vec![3_000, 7_000, 1], budget: Some(budget), rules: vec![rule(bound)], must: vec![] };
        assert_eq!(problem(Bound::ShareAtLeast(300_000), 10_000).verify(&[0, 1]), Ok(10_000));
        assert_eq!(problem(Bound::ShareAtLeast(300_001), 10_000).verify(&[0, 1]), Err(Broken::Rule(0)));
        assert_eq!(problem(Bound::ShareAtMost(299_999), 10_000).verify(&[0, 1]), Err(Broken::Rule(0)));
        assert_eq!(problem(Bound::AtMost(1), 10_000).verify(&[0, 2]), Err(Broken::Rule(0)));
        assert_eq!(problem(Bound::AtLeast(2), 10_000).verify(&[0, 2]), Ok(3_001));
        assert_eq!(problem(Bound::AtLeast(0), 10_000).verify(&[0, 1, 2]), Err(Broken::Budget { spent: 10_001, budget: 10_000 }));
        assert_eq!(problem(Bound::AtLeast(0), 10_000).verify(&[0, 0]), Err(Broken::NoSuchOffer(0)));
        assert_eq!(Problem { must: vec![1], ..problem(Bound::AtLeast(0), 10_000) }.verify(&[0]), Err(Broken::Must(1)));
    }
}
