//! Bought creators and the phases of a campaign in, who publishes when out: those who know the topic first, the largest reach together, consumers behind them.

use crate::normalize::candidate::Kind;

/// A phase to fill.
#[derive(Debug, Clone, PartialEq)]
pub struct Phase {
    /// `preheat`, `ignite` or `spread`.
    pub id: String,
    /// Part of the spend, 0 to 1.
    pub share: f64,
    /// First and last day.
    pub days: (i64, i64),
}

/// Somebody to place.
#[derive(Debug, Clone, Copy)]
pub struct Creator {
    /// KOL or KOC.
    pub kind: Kind,
    /// Cents.
    pub price: i64,
    /// How many of the target see a post.
    pub reach: f64,
    /// How well the topic is known, and how far the voice is believed, 0 to 1.
    pub authority: f64,
    /// What ranks, 0 to 100.
    pub score: f64,
}

/// Where somebody was placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Position of the phase.
    pub phase: usize,
    /// The day.
    pub day: i64,
}

/// How many creators the phases have room for, at so many a day.
#[must_use]
pub fn places(phases: &[Phase], per_day: u32) -> u32 {
    phases.iter().map(|phase| room(phase, Some(per_day))).sum::<usize>().min(u32::MAX as usize) as u32
}

fn room(phase: &Phase, per_day: Option<u32>) -> usize {
    per_day.map_or(usize::MAX / 8, |per_day| (phase.days.1 - phase.days.0 + 1).max(0) as usize * per_day as usize)
}

/// A place for everybody, in the order given; there must be room.
///
/// KOL with the largest target reach ignite, up to the phase's part of the spend; those of the others who know the topic best preheat, KOL first;
/// the rest spread. Within a phase creators are set evenly over its days.
#[must_use]
pub fn scheduled(creators: &[Creator], phases: &[Phase], per_day: Option<u32>) -> Vec<Place> {
    let total: i64 = creators.iter().map(|creator| creator.price).sum();
    let mut of_phase: Vec<Vec<usize>> = vec![Vec::new(); phases.len()];
    let mut left: Vec<usize> = (0..creators.len()).collect();
    for wanted in ["ignite", "preheat"] {
        let Some(at) = phases.iter().position(|phase| phase.id == wanted) else { continue };
        let by = |creator: &Creator| if wanted == "ignite" { creator.reach } else { creator.authority };
        left.sort_by(|a, b| {
            let (first, second) = (&creators[*a], &creators[*b]);
            (first.kind as u8).cmp(&(second.kind as u8)).then(by(second).total_cmp(&by(first))).then(a.cmp(b))
        });
        let target = phases[at].share * total as f64;
        // Consumers do not ignite where there is anybody else to do it.
        let only_kol = wanted == "ignite" && left.iter().any(|creator| creators[*creator].kind == Kind::Kol);
        let mut spent = 0.0;
        let mut kept = Vec::new();
        for creator in left {
            let price = creators[creator].price as f64;
            let nearer = (spent + price - target).abs() < (spent - target).abs();
            let fits = !only_kol || creators[creator].kind == Kind::Kol;
            if fits && nearer && of_phase[at].len() < room(&phases[at], per_day) {
                spent += price;
                of_phase[at].push(creator);
            } else {
                kept.push(creator);
            }
        }
        left = kept;
    }
    left.sort_by(|a, b| creators[*b].score.total_cmp(&creators[*a].score).then(a.cmp(b)));
    for creator in left {
        let short = |at: &usize| phases[*at].share * total as f64 - of_phase[*at].iter().map(|placed| creators[*placed].price as f64).sum::<f64>();
        let has_room = |at: &usize| of_phase[*at].len() < room(&phases[*at], per_day);
        let spread = phases.iter().position(|phase| phase.id == "spread").filter(has_room);
        let other = || (0..phases.len()).filter(has_room).max_by(|a, b| short(a).total_cmp(&short(b)).then(b.cmp(a)));
        if let Some(at) = spread.or_else(other).or(phases.len().checked_sub(1)) {
            of_phase[at].push(creator);
        }
    }
    let mut placed = vec![Place { phase: 0, day: 0 }; creators.len()];
    for (phase, members) in of_phase.iter().enumerate() {
        let (first, last) = phases[phase].days;
        let days = (last - first + 1).max(1) as usize;
        for (at, creator) in members.iter().enumerate() {
            placed[*creator] = Place { phase, day: first.saturating_add_unsigned((at * days / members.len()) as u64) };
        }
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phases() -> Vec<Phase> {
        [("preheat", 0.2, (0, 4)), ("ignite", 0.5, (5, 7)), ("spread", 0.3, (8, 17))].map(|(id, share, days)| Phase { id: id.to_owned(), share, days }).to_vec()
    }

    fn creator(kind: Kind, price: i64, reach: f64, authority: f64) -> Creator {
        Creator { kind, price, reach, authority, score: 60.0 }
    }

    #[test]
    fn the_largest_ignite_the_knowing_preheat_and_consumers_spread() {
        let mut creators = vec![creator(Kind::Kol, 5_000, 9_000.0, 0.3), creator(Kind::Kol, 2_000, 1_000.0, 0.9), creator(Kind::Kol, 100, 2_000.0, 0.2)];
        creators.extend((0..10).map(|_| creator(Kind::Koc, 290, 100.0, 0.5)));
        let placed = scheduled(&creators, &phases(), Some(2));
        assert_eq!((placed[0].phase, placed[1].phase), (1, 0));
        assert!(placed[3..].iter().filter(|place| place.phase == 2).count() >= 9, "{placed:?}");
        let in_spread: Vec<i64> = placed.iter().filter(|place| place.phase == 2).map(|place| place.day).collect();
        assert!(in_spread.iter().all(|day| (8..=17).contains(day)));
        assert!(in_spread.iter().all(|day| in_spread.iter().filter(|other| *other == day).count() <= 2));
        assert_eq!(places(&phases(), 2), 36);
    }

    #[test]
    fn no_day_takes_more_than_it_has_room_for() {
        let creators: Vec<Creator> = (0..18).map(|at| creator(Kind::Koc, 100, f64::from(at), 0.5)).collect();
        let placed = scheduled(&creators, &phases(), Some(1));
        let mut days: Vec<i64> = placed.iter().map(|place| place.day).collect();
        days.sort_unstable();
        days.dedup();
        assert_eq!(days.len(), 18, "{placed:?}");
    }
}
