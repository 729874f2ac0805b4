//! KOL or KOC: decided by the nature of the opinion, not by size and not by whether they sell. `scoring.md` §5.

use super::text::Hits;
use crate::{
    knowledge::{Knowledge, presets::KindRules},
    normalize::{
        candidate::{Candidate, Kind},
        field::Quality,
    },
};

/// A kind and how it was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindEvidence {
    /// KOL or KOC.
    pub kind: Kind,
    /// What decided.
    pub decided_by: DecidedBy,
    /// Whether a KOC lives from sponsorship.
    pub professional: bool,
}

/// What decided a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecidedBy {
    /// The file says so.
    Column,
    /// First-hand and authority markers in the texts.
    Opinions,
    /// The size bound of the platform's tiers.
    Size,
    /// Nothing is known; a consumer until shown otherwise.
    Nothing,
}

/// Decides the kind of one candidate.
#[must_use]
pub fn decide(candidate: &Candidate, hits: &Hits, rules: &KindRules, knowledge: &Knowledge) -> KindEvidence {
    let (first_hand, authority) = (hits.first_hand, hits.authority);
    let (kind, decided_by) = if let Some(kind) = candidate.kind {
        (kind, DecidedBy::Column)
    } else if f64::from(first_hand + authority) >= rules.opinions {
        (if first_hand > authority { Kind::Koc } else { Kind::Kol }, DecidedBy::Opinions)
    } else if let Some(followers) = candidate.followers {
        let large = followers >= knowledge.platforms.kol_from(candidate.platform);
        (if large { Kind::Kol } else { Kind::Koc }, DecidedBy::Size)
    } else {
        (Kind::Koc, DecidedBy::Nothing)
    };
    let sponsored = candidate.quality(Quality::SponsoredShare).unwrap_or(0.0);
    KindEvidence { kind, decided_by, professional: kind == Kind::Koc && sponsored > rules.professional }
}
