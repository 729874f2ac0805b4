//! The listed shares of one audience facet in, the same shares settled out: the other gender filled in, the sum judged.

use super::{bin::Bin, candidate::Distribution, field::Facet, reject::Rejects};

/// What follows from all of a facet's cells together.
pub(super) fn settle(facet: Facet, distribution: &mut Distribution, line: u64, rejects: &mut Rejects) {
    if facet == Facet::Gender && distribution.bins.len() == 1 {
        let (bin, share) = distribution.bins[0].clone();
        let other = if bin == Bin::Female { Bin::Male } else { Bin::Female };
        distribution.bins.push((other, (1.0 - share).max(0.0)));
    }
    settle_sum(facet, distribution, line, rejects);
}

/// Applies the rule for sums (`scoring.md` §3.3): up to 1.02 as listed, up to 1.10 scaled to 1, above it or negative unknown and reported.
fn settle_sum(facet: Facet, distribution: &mut Distribution, line: u64, rejects: &mut Rejects) {
    if distribution.bins.is_empty() {
        return;
    }
    // Summed in one order, whatever the order of columns and cells.
    distribution.bins.sort_by(|a, b| a.0.cmp(&b.0));
    let sum = distribution.listed();
    let negative = distribution.bins.iter().any(|(_, share)| *share < 0.0);
    if negative || sum > 1.10 || sum == 0.0 {
        // All-zero bands are how some tools write null.
        if sum != 0.0 || negative {
            let cell = format!("{:.1}%", sum * 100.0);
            let reason = if negative { "a negative share of the audience" } else { "shares of the audience add up to more than 110 %" };
            rejects.cell(line, &format!("audience.{}", facet.name()), &cell, reason);
        }
        distribution.bins.clear();
    } else if sum >= 0.98 - 1e-9 {
        distribution.scaled_from = (sum > 1.02).then_some(sum);
        for (_, share) in &mut distribution.bins {
            *share /= sum;
        }
    }
}
