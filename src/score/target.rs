//! Each facet's target share in, the share of the audience that is in the whole target out: a product with its bounds. `scoring.md` §3.3.

use super::audience::TargetShare;

/// The share of an audience that is in all facets of the target at once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Joint {
    /// If all that is unlisted were out of the target.
    pub lo: f64,
    /// The product of the facets: they are taken as independent.
    pub mid: f64,
    /// If all that is unlisted were in the target.
    pub hi: f64,
    /// The least and most that the facets' own shares allow, whatever hangs together (Fréchet).
    pub bounds: (f64, f64),
    /// Share of the target among everybody, facets taken as independent; above 0.
    pub usual: f64,
    /// Mean known mass of the facets; 1 where nobody in particular is wanted.
    pub known: f64,
}

impl Joint {
    /// The joint share of facets: what is seen of each (`None` is unknown) and its base share.
    #[must_use]
    pub fn new(facets: impl IntoIterator<Item = (Option<TargetShare>, f64)>) -> Self {
        let mut joint = Self { lo: 1.0, mid: 1.0, hi: 1.0, bounds: (1.0, 1.0), usual: 1.0, known: 0.0 };
        let (mut sum, mut count) = (0.0, 0.0);
        for (seen, base) in facets {
            let (lo, mid, hi, known) = seen.map_or((0.0, base, 1.0, 0.0), |share| (share.lo, share.mid, share.hi, share.listed));
            joint.lo *= lo;
            joint.mid *= mid;
            joint.hi *= hi;
            joint.usual *= base;
            joint.known += known;
            joint.bounds.1 = joint.bounds.1.min(mid);
            sum += mid;
            count += 1.0;
        }
        if count > 0.0 {
            joint.bounds.0 = (sum - (count - 1.0)).max(0.0);
            joint.known /= count;
        } else {
            joint.known = 1.0;
        }
        joint
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_joint_share_has_the_published_bounds() {
        let share = |mid: f64| (Some(TargetShare { lo: mid, mid, hi: mid, base: 0.5, listed: 1.0 }), 0.5);
        let joint = Joint::new([share(0.8), share(0.7)]);
        assert!((joint.mid - 0.56).abs() < 1e-12);
        assert!((joint.bounds.0 - 0.50).abs() < 1e-12 && (joint.bounds.1 - 0.70).abs() < 1e-12);
        assert!((joint.usual - 0.25).abs() < 1e-12 && (joint.known - 1.0).abs() < 1e-12);
        assert!((Joint::new([]).mid - 1.0).abs() < 1e-12);
    }

    #[test]
    fn reach_has_the_published_value() {
        let joint = Joint::new([(Some(TargetShare { lo: 0.56, mid: 0.56, hi: 0.56, base: 0.5, listed: 1.0 }), 0.5)]);
        let z = ((10_000.0 * joint.mid).ln_1p() - 2_001_f64.ln()) / (1.4826 * 0.8);
        assert!((z - 0.867_815).abs() < 1e-5, "{z}");
        assert!((super::super::logistic(1.702 * z) - 0.814_122).abs() < 1e-5);
    }
}
