//! A candidate in, what norms count of it out.

use super::{Scorer, figures::Figures, text::Hits};
use crate::{
    knowledge::{traits::TRAITS, vocabulary::Marker},
    normalize::{
        candidate::{Candidate, Kind},
        field::{Metric, Quality},
    },
    norms::{
        statistic::{Basis, Figure, Statistic},
        tally::{Observation, RATES, Stratum, marker_rate},
    },
};

impl Scorer<'_> {
    /// What norms count of a candidate. Unlisted followers are counted at published base shares, so that no candidate's count depends on another.
    #[must_use]
    pub fn observe<'c>(&self, candidate: &'c Candidate, hits: &Hits, kind: Kind) -> Observation<'c> {
        let figures = Figures::new(candidate, self.brief);
        let tier = candidate.followers.and_then(|followers| self.knowledge.platforms.tier(candidate.platform, followers));
        let views = figures.views.map(|figure| figure.value);
        let cpm = figures.price.zip(views).filter(|(price, views)| *price > 0.0 && *views > 0.0).map(|(price, views)| price / views * 1000.0);
        let mut shares = self.lenses().map(|lens| lens.target_share(candidate.audience(lens.ask().facet)));
        let target = shares.try_fold(1.0, |product, share| share.map(|share| product * share.mid));
        let mut statistics = [None; Statistic::ALL.len()];
        for (statistic, value) in [
            (Statistic::ActiveShare, candidate.quality(Quality::ActiveShare)),
            (Statistic::InteractingShare, candidate.quality(Quality::InteractingShare)),
            (Statistic::CommentsPerLike, figures.ratio(Metric::Comments, Metric::Likes)),
            (Statistic::SavesPerLike, figures.ratio(Metric::Saves, Metric::Likes)),
            (Statistic::Views, views.map(f64::ln_1p)),
            (Statistic::Cpm, cpm.map(f64::ln)),
            (Statistic::TargetViews, views.zip(target).map(|(views, share)| (views * share).ln_1p())),
            (Statistic::Cptr, cpm.zip(target).filter(|(_, share)| *share > 0.0).map(|(cpm, share)| (cpm / share).ln())),
        ] {
            statistics[statistic as usize] = value;
        }
        let mut counted = [0; RATES];
        counted[..TRAITS].copy_from_slice(&hits.traits);
        counted[marker_rate(Marker::FirstHand)] = hits.first_hand;
        counted[marker_rate(Marker::Authority)] = hits.authority;
        let of_views = figures.views.map(|figure| (Figure::Views, Basis::reported(figure.mean), figure.value));
        Observation {
            stratum: Stratum { platform: candidate.platform, kind: Some(kind), tier },
            followers: candidate.followers,
            figures: [figures.interactions.map(|(basis, value)| (Figure::Interactions, basis, value)), of_views],
            statistics,
            documents: hits.documents,
            hits: counted,
            audience: &candidate.audience,
            whole: self.brief.constants.audience.whole,
        }
    }
}
