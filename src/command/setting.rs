//! What candidates are scored with, and what ranks them.

use clap::ValueEnum;

use crate::{
    brief::Brief,
    knowledge::Knowledge,
    normalize::candidate::Candidate,
    norms::Norms,
    score::{Scorer, value::Value},
};

/// What the files are scored with.
pub(super) struct Setting<'a> {
    pub(super) brief: &'a Brief,
    pub(super) knowledge: &'a Knowledge,
    pub(super) norms: &'a Norms,
    pub(super) scorer: Scorer<'a>,
    pub(super) by: RankBy,
    /// Whether the pool keeps the dimensions of every candidate.
    pub(super) vectors: bool,
}

/// What ranks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RankBy {
    /// The score, with what is unknown counted at its mean
    Score,
    /// The least that the score could be
    Lo,
}

impl RankBy {
    /// The end of a value's interval that ranks.
    pub(super) fn pick(self) -> fn(&Value) -> f64 {
        match self {
            Self::Score => |value| value.mid,
            Self::Lo => |value| value.lo,
        }
    }
}

impl Setting<'_> {
    /// The platform's name, or what the file calls it.
    pub(super) fn platform<'c>(&'c self, candidate: &'c Candidate) -> &'c str {
        candidate.platform.map_or(candidate.other_platform.as_str(), |id| self.knowledge.platforms.name(id))
    }
}
