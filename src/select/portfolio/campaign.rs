//! Creators with prices and reach in, the problem that a brief's `[plan]` poses and what each set of them is worth out. `scoring.md` §8.

use super::{
    problem::{Bound, Problem, Rule, WHOLE},
    worth::{Cells, Worth},
};
use crate::{
    brief::plan::{Group, Objective, PlanAsk},
    knowledge::{categories::CategoryId, platforms::PlatformId, presets::Plan as Constants},
    normalize::{candidate::Kind, fold::fold_label},
};

/// A creator who could be bought.
#[derive(Debug, Clone)]
pub struct Offer {
    /// What ranks, 0 to 100.
    pub score: f64,
    /// KOL or KOC.
    pub kind: Kind,
    /// Platform, where it is a known one.
    pub platform: Option<PlatformId>,
    /// The platform's name, or what the file calls it.
    pub platform_name: String,
    /// Monthly users of the platform.
    pub users: f64,
    /// The category that the creator speaks of most, and all above it; empty where nothing says.
    pub categories: Vec<CategoryId>,
    /// Agency; empty where none is named.
    pub agency: String,
    /// Size tier; empty where followers are unknown.
    pub tier: String,
    /// What buying costs, fee and rebate included, in cents.
    pub price: i64,
    /// How many of the target see a post: if all that is unlisted is out of it, as expected, if all is in it.
    pub reach: Reach,
    /// How many people of each cell see a post.
    pub cells: Vec<f64>,
}

/// People, with the least and most that they could be.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Reach {
    /// Least.
    pub lo: f64,
    /// Expected.
    pub mid: f64,
    /// Most.
    pub hi: f64,
}

/// What the offers are set against.
#[derive(Debug)]
pub struct Campaign<'a> {
    /// The offers.
    pub offers: &'a [Offer],
    /// For each cell of the target its part of everybody, and how much of it is in the target.
    pub cells: Vec<(f64, f64)>,
    /// Constants of the formulas.
    pub constants: Constants,
    /// Names of the platforms, in order.
    platforms: Vec<&'a str>,
}

/// What buying costs in cents, where a platform's fee comes on top of the quote and an agency gives a part of it back.
#[must_use]
pub fn price_in_cents(quote: f64, fee: f64, rebate: f64) -> i64 {
    (quote * (1.0 + fee - rebate).max(0.0) * 100.0).round().clamp(0.0, 9e15) as i64
}

/// Money as cents.
#[must_use]
pub fn cents(money: f64) -> i64 {
    (money * 100.0).round().clamp(0.0, 9e15) as i64
}

/// The offers to plan with: the best by score, and the best by worth for their price; positions in ascending order.
///
/// Each entry is score, worth, price in cents.
#[must_use]
pub fn screened(offers: &[(f64, f64, i64)], constants: &Constants) -> Vec<usize> {
    let by = |key: &dyn Fn(&(f64, f64, i64)) -> f64, count: f64| {
        let mut order: Vec<usize> = (0..offers.len()).collect();
        order.sort_by(|a, b| key(&offers[*b]).total_cmp(&key(&offers[*a])).then(a.cmp(b)));
        order.truncate(count.max(0.0) as usize);
        order
    };
    let rate = |(_, worth, price): &(f64, f64, i64)| if *price > 0 { worth / *price as f64 } else { f64::INFINITY };
    let mut kept = by(&|offer| offer.0, constants.top_score);
    kept.extend(by(&rate, constants.top_value));
    kept.sort_unstable();
    kept.dedup();
    kept
}

impl<'a> Campaign<'a> {
    /// A campaign over offers, with the target's cells.
    #[must_use]
    pub fn new(offers: &'a [Offer], cells: Vec<(f64, f64)>, constants: Constants) -> Self {
        let mut platforms: Vec<&str> = offers.iter().map(|offer| offer.platform_name.as_str()).collect();
        platforms.sort_unstable();
        platforms.dedup();
        Self { offers, cells, constants, platforms }
    }

    /// What sets of offers are worth.
    #[must_use]
    pub fn worth(&self, objective: Objective) -> Worth {
        match objective {
            Objective::Match => Worth::Match(self.offers.iter().map(|offer| offer.score / 100.0 * offer.reach.mid).collect()),
            Objective::Reach => Worth::Reach(self.covering(|offer| offer.score / 100.0)),
        }
    }

    /// How many people of the target a set reaches, each counted once: least, expected, most.
    #[must_use]
    pub fn people(&self, picks: &[usize]) -> Reach {
        let of = |end: fn(&Reach) -> f64| {
            let part = |offer: &Offer| if offer.reach.mid > 0.0 { end(&offer.reach) / offer.reach.mid } else { 0.0 };
            Worth::Reach(self.covering(part)).of(picks)
        };
        Reach { lo: of(|reach| reach.lo), mid: of(|reach| reach.mid), hi: of(|reach| reach.hi) }
    }

    /// How many people of each cell a set reaches, each counted once, and how many there are to be reached; over all platforms.
    #[must_use]
    pub fn by_cell(&self, picks: &[usize]) -> Vec<(f64, f64)> {
        let covering = self.covering(|_| 1.0);
        let mut left = vec![1.0; covering.weights.len()];
        for (cell, part) in picks.iter().flat_map(|pick| &covering.covers[*pick]) {
            left[*cell] *= 1.0 - part;
        }
        let bought: Vec<usize> =
            (0..self.platforms.len()).filter(|at| picks.iter().any(|pick| self.offers[*pick].platform_name == self.platforms[*at])).collect();
        let at = |platform: usize, cell: usize| platform * self.cells.len() + cell;
        let reached = |cell: usize| bought.iter().map(|platform| covering.weights[at(*platform, cell)] * (1.0 - left[at(*platform, cell)])).sum::<f64>() + 0.0;
        let all = |cell: usize| bought.iter().map(|platform| covering.weights[at(*platform, cell)]).sum::<f64>() + 0.0;
        (0..self.cells.len()).map(|cell| (reached(cell), all(cell))).collect()
    }

    /// Cells of every platform, with the part of them that a post covers; `part` scales how many see it.
    fn covering(&self, part: impl Fn(&Offer) -> f64) -> Cells {
        let Constants { concentration, most_of_a_cell, users, .. } = self.constants;
        let users_of = |name: &str| self.offers.iter().find(|offer| offer.platform_name == name).map_or(users, |offer| offer.users);
        let mut weights = Vec::with_capacity(self.platforms.len() * self.cells.len());
        for platform in &self.platforms {
            let users = users_of(platform);
            weights.extend(self.cells.iter().map(|(people, membership)| membership * users * people / concentration));
        }
        let covers = |offer: &Offer| {
            let platform = self.platforms.binary_search(&offer.platform_name.as_str()).unwrap_or(0);
            let part = part(offer);
            let cover = |(cell, seen): (usize, &f64)| {
                let people = offer.users * self.cells[cell].0 / concentration;
                let covered = if people > 0.0 { (part * seen / people).min(most_of_a_cell) } else { 0.0 };
                (covered > 0.0).then_some((platform * self.cells.len() + cell, covered))
            };
            offer.cells.iter().enumerate().filter_map(cover).collect()
        };
        Cells { covers: self.offers.iter().map(covers).collect(), weights }
    }

    /// The problem that a brief poses: quotas, numbers, the mix (KOL's part of the spend), places in the calendar.
    #[must_use]
    pub fn problem(&self, ask: &PlanAsk, budget: i64, mix: Option<f64>, places: Option<u32>, must: Vec<usize>) -> Problem {
        let mut rules: Vec<Rule> = Vec::new();
        let everybody = || vec![true; self.offers.len()];
        let mut add = |name: String, members: Vec<bool>, bound: Bound| rules.push(Rule { name, members, bound });
        if let Some(least) = ask.min_creators.filter(|least| *least > 0) {
            add("plan.min_creators".into(), everybody(), Bound::AtLeast(least));
        }
        if let Some(most) = ask.max_creators {
            add("plan.max_creators".into(), everybody(), Bound::AtMost(most));
        }
        if let Some(places) = places {
            add("plan.per_day".into(), everybody(), Bound::AtMost(places));
        }
        if let Some(kol) = mix {
            let members: Vec<bool> = self.offers.iter().map(|offer| offer.kind == Kind::Kol).collect();
            let share = |share: f64| (share.clamp(0.0, 1.0) * WHOLE as f64).round() as i64;
            let (low, high) = (share(kol - self.constants.mix_tolerance), share(kol + self.constants.mix_tolerance));
            if low > 0 {
                add("plan.mix (KOL at least)".into(), members.clone(), Bound::ShareAtLeast(low));
            }
            if high < WHOLE {
                add("plan.mix (KOL at most)".into(), members, Bound::ShareAtMost(high));
            }
        }
        for quota in &ask.quotas {
            for (name, members) in self.groups(&quota.key, &quota.group) {
                let share = |share: f64| (share * WHOLE as f64).round() as i64;
                let bounds = [
                    (quota.min.filter(|min| *min > 0).map(Bound::AtLeast), "min"),
                    (quota.max.map(Bound::AtMost), "max"),
                    (quota.min_share.filter(|least| *least > 0.0).map(|least| Bound::ShareAtLeast(share(least))), "min_share"),
                    (quota.max_share.map(|most| Bound::ShareAtMost(share(most))), "max_share"),
                ];
                for (bound, end) in bounds {
                    if let Some(bound) = bound {
                        add(name(end), members.clone(), bound);
                    }
                }
            }
        }
        Problem { prices: self.offers.iter().map(|offer| offer.price).collect(), budget: Some(budget), rules, must }
    }

    /// Who is in a group; for each agency by itself there are as many groups as agencies.
    fn groups(&self, key: &str, group: &Group) -> Vec<(impl Fn(&str) -> String + use<>, Vec<bool>)> {
        let name = |key: &str, of: Option<&str>| {
            let (key, of) = (key.to_owned(), of.map(|of| format!(" ({of})")).unwrap_or_default());
            move |end: &str| format!("{key}.{end}{of}")
        };
        let members = |of: &dyn Fn(&Offer) -> bool| self.offers.iter().map(of).collect::<Vec<bool>>();
        let one = |of: &dyn Fn(&Offer) -> bool| vec![(name(key, None), members(of))];
        match group {
            Group::Kind(kind) => one(&|offer| offer.kind == *kind),
            Group::Platform(platform) => one(&|offer| offer.platform == Some(*platform)),
            Group::Category(category, _) => one(&|offer| offer.categories.contains(category)),
            Group::Agency(agency) => one(&|offer| fold_label(&offer.agency) == fold_label(agency)),
            Group::Tier(tier) => one(&|offer| offer.tier == *tier),
            Group::EachAgency => {
                let mut agencies: Vec<&str> = self.offers.iter().map(|offer| offer.agency.as_str()).filter(|agency| !agency.is_empty()).collect();
                agencies.sort_unstable();
                agencies.dedup_by_key(|agency| fold_label(agency));
                agencies.into_iter().map(|agency| (name(key, Some(agency)), members(&|offer| fold_label(&offer.agency) == fold_label(agency)))).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_whole_cents_with_fee_and_rebate() {
        assert_eq!(price_in_cents(1_000.0, 0.1, 0.0), 110_000);
        assert_eq!(price_in_cents(333.33, 0.0, 0.2), 26_666);
        assert_eq!(price_in_cents(100.0, 0.05, 0.2), 8_500);
    }

    #[test]
    fn a_lone_creator_reaches_what_a_post_reaches_and_two_on_different_platforms_add_up() {
        let constants =
            Constants { cutoff: 50.0, top_score: 2.0, top_value: 1.0, concentration: 3.0, most_of_a_cell: 0.95, users: 1e8, mix_tolerance: 0.1, thin: 0.5 };
        let offer = |platform: &str, seen: f64| Offer {
            score: 80.0,
            kind: Kind::Kol,
            platform: None,
            platform_name: platform.to_owned(),
            users: 1e8,
            categories: Vec::new(),
            agency: String::new(),
            tier: String::new(),
            price: 100,
            reach: Reach { lo: seen, mid: 1.5 * seen, hi: 2.0 * seen },
            cells: vec![seen, seen],
        };
        let offers = [offer("a", 1_000.0), offer("b", 1_000.0), offer("a", 1e9)];
        // The second cell is next to the target and counts a half.
        let campaign = Campaign::new(&offers, vec![(0.1, 1.0), (0.1, 0.5)], constants);
        let worth = campaign.worth(Objective::Reach);
        assert!((worth.of(&[0]) - 0.8 * 1_500.0).abs() < 1e-6);
        assert!((worth.of(&[0, 1]) - 2.0 * worth.of(&[0])).abs() < 1e-6, "nobody is counted on two platforms");
        assert!((campaign.worth(Objective::Match).of(&[0]) - 1_200.0).abs() < 1e-9);
        assert!((campaign.people(&[0]).mid - 1_500.0).abs() < 1e-6 && (campaign.people(&[0]).lo - 1_000.0).abs() < 1e-6);
        let whole = 1.5 * 1e8 * 0.1 / 3.0;
        assert!((campaign.people(&[2]).mid - 0.95 * whole).abs() < 1.0, "no creator covers more than so much of a cell");
        assert_eq!(screened(&[(50.0, 1.0, 1), (70.0, 0.0, 1), (60.0, 0.0, 1), (50.0, 5.0, 1)], &constants), [1, 2, 3]);
    }
}
