//! A candidate in, how many people of each cell of the target see a post out. `scoring.md` §8.
//!
//! Cells are gender × age × city tier: the bins that the brief wants, or all of them where it names none. Facets are taken as independent, as in
//! [`Joint`]; the cells' shares are scaled so that together they are the share of the audience that is in the target.

use super::{
    Scorer,
    lens::{self, Lens},
    reach::{self, Views},
    target::Joint,
    text::Hits,
};
use crate::{
    brief::AudienceAsk,
    knowledge::presets::Audience,
    normalize::{
        bin::{Bin, TIERS},
        candidate::Candidate,
        field::Facet,
    },
};

/// Facets by which the target is cut into cells.
const CUT_BY: [Facet; 3] = [Facet::Gender, Facet::Age, Facet::CityTier];

/// The target, cut into cells.
#[derive(Debug)]
pub struct Segments {
    /// By facet: its bins, each with how much of it is in the target and one lens for each base share of the norms.
    facets: Vec<Vec<Segment>>,
    /// The cells: position of a bin in each facet.
    pub cells: Vec<Cell>,
}

#[derive(Debug)]
struct Segment {
    bin: Bin,
    membership: f64,
    lenses: Vec<Lens>,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Position of its bin in each of the facets.
    bins: [usize; CUT_BY.len()],
    /// How much of it is in the target, above 0 to 1: a bin next to the target counts in part.
    pub membership: f64,
    /// Its part of everybody, 0 to 1, with the brief's other facets.
    pub people: f64,
}

/// Whom a candidate's post reaches.
#[derive(Debug, Clone)]
pub struct Footprint {
    /// Views of a post.
    pub views: Views,
    /// Share of the audience that is in the target.
    pub target: Joint,
    /// Share of the audience in each cell, 0 to 1.
    pub shares: Vec<f64>,
}

impl Segments {
    /// The facets that cells are cut by.
    #[must_use]
    pub fn facets() -> [Facet; 3] {
        CUT_BY
    }

    /// Labels of the bins of a facet, by its position.
    #[must_use]
    pub fn labels(&self, facet: usize) -> Vec<String> {
        self.facets[facet].iter().map(|segment| segment.bin.label()).collect()
    }

    /// Position of a cell's bin in a facet.
    #[must_use]
    pub fn bin_of(&self, cell: usize, facet: usize) -> usize {
        self.cells[cell].bins[facet]
    }
}

/// All bins of a facet that are wholly or partly in the target.
fn bins(facet: Facet, ask: Option<&AudienceAsk>, neighbour: f64) -> Vec<(Bin, f64)> {
    let all: Vec<Bin> = match facet {
        Facet::Gender => vec![Bin::Female, Bin::Male],
        Facet::CityTier => (0..TIERS.len()).map(|tier| Bin::Tier(tier as u8)).collect(),
        _ => lens::age_bands(ask),
    };
    let membership = |bin: &Bin| ask.map_or(1.0, |ask| lens::membership(bin, ask, neighbour));
    all.into_iter().map(|bin| (membership(&bin), bin)).filter(|(membership, _)| *membership > 0.0).map(|(membership, bin)| (bin, membership)).collect()
}

impl Scorer<'_> {
    /// The target of the brief, cut into cells.
    #[must_use]
    pub fn segments(&self) -> Segments {
        let constants = self.brief.constants.audience;
        let exact = Audience { neighbour: 0.0, base_low: 0.0, base_high: 1.0, ..constants };
        let facet = |facet: Facet| -> Vec<Segment> {
            let ask = self.brief.audience.iter().find(|ask| ask.facet == facet);
            let segment = |(bin, membership): (Bin, f64)| {
                let alone = AudienceAsk { facet, bins: vec![bin.clone()], weight: 1.0 };
                let lenses = self.norms.bases(facet).iter().map(|base| Lens::new(&alone, base, &exact, &self.knowledge.regions)).collect();
                Segment { bin, membership, lenses }
            };
            bins(facet, ask, constants.neighbour).into_iter().map(segment).collect()
        };
        let facets: Vec<Vec<Segment>> = CUT_BY.into_iter().map(facet).collect();
        let others: f64 = self.lenses().filter(|lens| !CUT_BY.contains(&lens.ask().facet)).map(Lens::usual).product();
        let mut cells = Vec::new();
        for (first, gender) in facets[0].iter().enumerate() {
            for (second, age) in facets[1].iter().enumerate() {
                for (third, tier) in facets[2].iter().enumerate() {
                    let segments = [gender, age, tier];
                    cells.push(Cell {
                        bins: [first, second, third],
                        membership: segments.iter().map(|segment| segment.membership).product(),
                        people: others * segments.iter().map(|segment| segment.lenses[0].usual()).product::<f64>(),
                    });
                }
            }
        }
        Segments { facets, cells }
    }

    /// Whom a candidate's post reaches; `None` where neither views nor followers are known.
    #[must_use]
    pub fn footprint(&self, segments: &Segments, candidate: &Candidate, hits: &Hits) -> Option<Footprint> {
        let scene = self.scene(candidate, self.kind(candidate, hits).kind, hits, None);
        let views = reach::views(&scene)?;
        let share = |facet: Facet, segment: &Segment| {
            let lens = &segment.lenses[scene.peers.base(facet).0];
            lens.target_share(candidate.audience(facet)).map_or_else(|| lens.usual(), |share| share.mid)
        };
        let of_bins: Vec<Vec<f64>> =
            CUT_BY.into_iter().zip(&segments.facets).map(|(facet, bins)| bins.iter().map(|segment| share(facet, segment)).collect()).collect();
        let raw = |cell: &Cell| cell.bins.iter().zip(&of_bins).map(|(bin, shares)| shares[*bin]).product::<f64>();
        let mut shares: Vec<f64> = segments.cells.iter().map(raw).collect();
        let in_target = |shares: &[f64]| shares.iter().zip(&segments.cells).map(|(share, cell)| share * cell.membership).sum::<f64>();
        let mut whole = in_target(&shares);
        if whole <= 0.0 {
            shares = segments.cells.iter().map(|cell| cell.people).collect();
            whole = in_target(&shares);
        }
        if whole > 0.0 {
            shares.iter_mut().for_each(|share| *share *= scene.target.mid / whole);
        }
        Some(Footprint { views, target: scene.target, shares })
    }
}
