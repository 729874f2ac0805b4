//! Style match: how the creator talks, against what is usual. `scoring.md` §3.2.

use super::{Scene, value::Value};
use crate::{
    brief::{Brief, StyleAsk},
    knowledge::norms::Rate,
};

/// A style tag weighs as much as this many documents; so does the prior.
const TAG_WEIGHT: f64 = 5.0;
const PRIOR_WEIGHT: f64 = 5.0;
/// No trait is so rare that a single document makes it extreme.
const LEAST_DEVIATION: f64 = 0.02;

/// Whether the brief speaks of style.
#[must_use]
pub fn asked(brief: &Brief) -> bool {
    !brief.style.is_empty()
}

/// `1 − Σ v_j|s_j − t_j| / Σ v_j`; unknown without texts and style tags.
#[must_use]
pub fn value(scene: &Scene<'_>) -> Value {
    let (documents, tagged) = (scene.hits.documents, scene.candidate.has_style_tags);
    if documents == 0 && !tagged {
        return Value::unknown(scene.knowledge.presets.unknown.mean);
    }
    let strength = |ask: &StyleAsk| {
        let hits = f64::from(scene.hits.traits[usize::from(ask.style)]);
        let has_tag = scene.candidate.style_tags.contains(&ask.style);
        strength(hits, documents as f64, has_tag, tagged, scene.norms.traits[usize::from(ask.style)])
    };
    let asks = &scene.brief.style;
    let weights: f64 = asks.iter().map(|ask| ask.weight).sum();
    Value::exact(1.0 - asks.iter().map(|ask| ask.weight * (strength(ask) - ask.target).abs()).sum::<f64>() / weights)
}

/// How strong a trait is, 0 to 1: the logistic of its rate's distance from the usual rate; .5 is usual.
#[must_use]
pub fn strength(hits: f64, documents: f64, has_tag: bool, tagged: bool, usual: Rate) -> f64 {
    let tags = |yes: bool| if yes { TAG_WEIGHT } else { 0.0 };
    let rate = (hits + tags(has_tag) + PRIOR_WEIGHT * usual.mean) / (documents + tags(tagged) + PRIOR_WEIGHT);
    let distance = (rate - usual.mean) / usual.deviation.max(LEAST_DEVIATION);
    1.0 / (1.0 + (-distance).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_rate_is_half_strength() {
        let usual = Rate { mean: 0.1, deviation: 0.05 };
        assert!((strength(1.0, 10.0, false, false, usual) - 0.5).abs() < 1e-12);
        assert!(strength(5.0, 10.0, false, false, usual) > 0.9);
        assert!(strength(0.0, 10.0, false, false, usual) < 0.3);
        assert!(strength(0.0, 0.0, true, true, usual) > 0.9, "a tag alone speaks");
    }
}
