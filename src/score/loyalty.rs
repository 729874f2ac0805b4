//! Loyalty (粘性): how closely followers stay, against peers. `scoring.md` §4.

use super::{Scene, evidence::Evidence, logistic, value::Value};
use crate::{
    normalize::field::{Field, Metric, Quality},
    norms::statistic::Statistic,
};

/// The four signs of loyalty.
const SIGNS: [Statistic; 4] = [Statistic::ActiveShare, Statistic::InteractingShare, Statistic::CommentsPerLike, Statistic::SavesPerLike];

/// One sign, as the candidate's files give it.
#[must_use]
pub fn sign(scene: &Scene<'_>, statistic: Statistic) -> Option<f64> {
    match statistic {
        Statistic::ActiveShare => scene.candidate.quality(Quality::ActiveShare),
        Statistic::InteractingShare => scene.candidate.quality(Quality::InteractingShare),
        Statistic::CommentsPerLike => scene.figures.ratio(Metric::Comments, Metric::Likes),
        Statistic::SavesPerLike => scene.figures.ratio(Metric::Saves, Metric::Likes),
        _ => None,
    }
}

/// The mean of the signs that are there, each the logistic of its robust distance from the median; a missing sign widens the interval.
#[must_use]
pub fn value(scene: &Scene<'_>) -> Value {
    let compared = SIGNS.map(|statistic| (statistic, sign(scene, statistic), scene.peers.spread(statistic)));
    let seen = compared.map(|(_, given, spread)| {
        let (given, (spread, _)) = given.zip(spread)?;
        let scale = spread.deviation.max(scene.constants.norms.least_share_deviation);
        Some(logistic(scene.constants.norms.slope * (given - spread.median) / scale))
    });
    let value = mean_of_seen(&seen);
    for ((statistic, given, spread), seen) in compared.into_iter().zip(seen) {
        let evidence = || match (given, spread) {
            (Some(given), Some((spread, source))) => cited(&Evidence::new(format!("{given:.3}; usual is {:.3} ({source})", spread.median)), scene, statistic),
            (Some(given), None) => cited(&Evidence::new(format!("{given:.3}; no peers to compare with")), scene, statistic),
            (None, _) => cited(&Evidence::new("not given"), scene, statistic),
        };
        match (seen, value) {
            (Some(seen), _) => _ = scene.part("loyalty", statistic.name(), 1.0, Value::exact(seen), evidence),
            (None, None) => _ = scene.part("loyalty", statistic.name(), 1.0, scene.unknown(), evidence),
            (None, Some(mean)) => scene.missing_part("loyalty", statistic.name(), 1.0, Value::estimate(0.0, mean.mid, 1.0, 0.0), evidence),
        }
    }
    value.unwrap_or(scene.unknown())
}

/// The mean of what is there, within what the rest could make of it; nothing where nothing is there.
#[must_use]
pub fn mean_of_seen(seen: &[Option<f64>]) -> Option<Value> {
    let all = seen.len() as f64;
    let count = seen.iter().flatten().count() as f64;
    let sum: f64 = seen.iter().flatten().sum();
    (count > 0.0).then(|| Value::estimate(sum / all, sum / count, (sum + all - count) / all, count / all))
}

fn cited(evidence: &Evidence, scene: &Scene<'_>, statistic: Statistic) -> Evidence {
    let ratio = |of: Metric| {
        let wanted = [of, Metric::Likes];
        let given = scene.figures.parts.iter().flatten().filter(|figure| wanted.contains(&figure.metric));
        let missing = wanted.into_iter().filter(|metric| !scene.figures.parts.iter().flatten().any(|figure| figure.metric == *metric));
        missing.map(Field::Metric).fold(evidence.clone().figures(given), Evidence::ask)
    };
    let share = |quality: Quality| {
        let field = Field::Quality(quality);
        if scene.candidate.quality(quality).is_some() { evidence.clone().cell(field) } else { evidence.clone().ask(field) }
    };
    match statistic {
        Statistic::ActiveShare => share(Quality::ActiveShare),
        Statistic::InteractingShare => share(Quality::InteractingShare),
        Statistic::CommentsPerLike => ratio(Metric::Comments),
        _ => ratio(Metric::Saves),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_sign_widens_the_interval_and_moves_no_mean() {
        let value = mean_of_seen(&[Some(0.6), None, Some(0.8), None]).unwrap();
        assert!((value.mid - 0.7).abs() < 1e-12 && (value.known - 0.5).abs() < 1e-12);
        assert!((value.lo - 0.35).abs() < 1e-12 && (value.hi - 0.85).abs() < 1e-12);
        assert_eq!(mean_of_seen(&[None, None]), None);
    }
}
