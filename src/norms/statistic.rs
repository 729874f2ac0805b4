//! What is counted of a creator, by name: spreads, figures and their bases.

use crate::normalize::field::Metric;

/// Statistics of which peers have a median and a robust scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Statistic {
    /// Share of active followers.
    ActiveShare,
    /// Share of followers who interact.
    InteractingShare,
    /// Comments a like.
    CommentsPerLike,
    /// Saves a like.
    SavesPerLike,
    /// ln(views+1).
    Views,
    /// ln of the price for a thousand views.
    Cpm,
    /// ln(views in the target + 1), for one target.
    TargetViews,
    /// ln of the price for a thousand views in the target (CPTR), for one target.
    Cptr,
}

impl Statistic {
    /// All of them, in the order of norm files.
    pub const ALL: [Self; 8] =
        [Self::ActiveShare, Self::InteractingShare, Self::CommentsPerLike, Self::SavesPerLike, Self::Views, Self::Cpm, Self::TargetViews, Self::Cptr];

    /// Name in norm files and explanations.
    #[must_use]
    pub fn name(self) -> &'static str {
        ["active_share", "interacting_share", "comments_per_like", "saves_per_like", "ln_views", "ln_cpm", "ln_target_views", "ln_cptr"][self as usize]
    }

    /// Width of a histogram's bins.
    pub(super) fn width(self) -> f64 {
        match self {
            Self::ActiveShare | Self::InteractingShare | Self::CommentsPerLike | Self::SavesPerLike => 0.002,
            _ => 0.02,
        }
    }
}

/// Figures that grow with the number of followers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Figure {
    /// Interactions a post.
    Interactions,
    /// Views a post.
    Views,
}

impl Figure {
    /// Name in norm files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Interactions => "interactions",
            Self::Views => "views",
        }
    }
}

/// What a figure counts. Figures of different bases are never compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Basis {
    /// Which of [`PARTS`] were added up, a bit each; 0 is the sum that the platform reports.
    parts: u8,
    /// Whether it is a mean rather than a median.
    pub mean: bool,
}

/// What interactions are added up from, where no sum is reported.
pub const PARTS: [Metric; 4] = [Metric::Likes, Metric::Comments, Metric::Saves, Metric::Shares];
const PART_NAMES: [&str; 4] = ["likes", "comments", "saves", "shares"];
const MEAN: &str = " mean";
const REPORTED: &str = "reported";

impl Basis {
    /// The figure as the export reports it.
    #[must_use]
    pub fn reported(mean: bool) -> Self {
        Self { parts: 0, mean }
    }

    /// The sum of the parts whose positions in [`PARTS`] are given.
    #[must_use]
    pub fn sum(parts: impl IntoIterator<Item = usize>, mean: bool) -> Self {
        Self { parts: parts.into_iter().fold(0, |bits, at| bits | 1 << at), mean }
    }

    /// Whether published curves of whole interactions may stand in: likes are most of every sum.
    #[must_use]
    pub fn is_whole(self) -> bool {
        self.parts == 0 || self.parts & 1 == 1
    }

    /// Name in norm files and explanations, such as `likes+comments mean`.
    #[must_use]
    pub fn name(self) -> String {
        let parts: Vec<&str> = PART_NAMES.iter().enumerate().filter(|(at, _)| self.parts >> at & 1 == 1).map(|(_, name)| *name).collect();
        format!("{}{}", if parts.is_empty() { REPORTED.to_owned() } else { parts.join("+") }, if self.mean { MEAN } else { "" })
    }

    /// Reads what [`Self::name`] writes.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let (parts, mean) = name.strip_suffix(MEAN).map_or((name, false), |parts| (parts, true));
        if parts == REPORTED {
            return Some(Self::reported(mean));
        }
        let positions: Option<Vec<usize>> = parts.split('+').map(|part| PART_NAMES.iter().position(|name| *name == part)).collect();
        Some(Self::sum(positions?, mean))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bases_are_read_as_they_are_written() {
        for parts in 0..16_u8 {
            for mean in [false, true] {
                let basis = Basis { parts, mean };
                assert_eq!(Basis::named(&basis.name()), Some(basis));
            }
        }
        assert_eq!(Basis::named("likes+claps"), None);
    }
}
