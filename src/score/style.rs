//! Style match: how the creator talks, against what is usual. `scoring.md` §3.2.

use super::{Scene, evidence::Evidence, logistic, text::Role, value::Value};
use crate::{
    brief::{Brief, StyleAsk},
    knowledge::{presets::Style, vocabulary::Meaning},
    normalize::field::Field,
    norms::Rate,
};

/// Whether the brief speaks of style.
#[must_use]
pub fn asked(brief: &Brief) -> bool {
    !brief.style.is_empty()
}

/// `1 − Σ v_j|s_j − t_j| / Σ v_j`; unknown without texts and style tags.
#[must_use]
pub fn value(scene: &Scene<'_>) -> Value {
    let (documents, tagged) = (scene.hits.documents, scene.candidate.has_style_tags);
    let parts = scene.brief.style.iter().map(|ask| {
        let value = (documents > 0 || tagged).then(|| 1.0 - (trait_strength(scene, ask) - ask.target).abs());
        let value =
            scene.part("style", &scene.knowledge.traits.get(ask.style).id, ask.weight, value.map_or(scene.unknown(), Value::exact), || evidence(scene, ask));
        (ask.weight, value)
    });
    Value::mean(&parts.collect::<Vec<_>>()).unwrap_or(scene.unknown())
}

/// As [`super::Dimension::most`]: who shows a trait in no text and no tag is at most as strong in it as is usual, which is .5.
#[must_use]
pub fn most(scene: &Scene<'_>) -> f64 {
    let (texts, tagged) = (scene.hits.documents > 0, scene.candidate.has_style_tags);
    if !texts && !tagged {
        return scene.constants.unknown.mean;
    }
    let shown = |ask: &StyleAsk| scene.hits.traits[usize::from(ask.style)] > 0 || scene.candidate.style_tags.contains(&ask.style);
    let of = |ask: &StyleAsk| if shown(ask) { 1.0 } else { 1.0 - (ask.target - USUAL).max(0.0) };
    let (sum, weights) = scene.brief.style.iter().fold((0.0, 0.0), |(sum, weights), ask| (sum + ask.weight * of(ask), weights + ask.weight));
    if weights > 0.0 { sum / weights } else { 1.0 }
}

/// The strength of a trait or marker that is as frequent as among peers.
pub(super) const USUAL: f64 = 0.5;

fn trait_strength(scene: &Scene<'_>, ask: &StyleAsk) -> f64 {
    let at = usize::from(ask.style);
    let has_tag = scene.candidate.style_tags.contains(&ask.style);
    let (usual, _) = scene.peers.rate(at);
    strength(f64::from(scene.hits.traits[at]), scene.hits.documents as f64, has_tag, scene.candidate.has_style_tags, usual, &scene.constants.style)
}

fn evidence(scene: &Scene<'_>, ask: &StyleAsk) -> Evidence {
    if scene.hits.documents == 0 && !scene.candidate.has_style_tags {
        return Evidence::new("neither texts nor style tags").ask(Field::Titles).ask(Field::StyleTags);
    }
    let (usual, source) = scene.peers.rate(usize::from(ask.style));
    let hits = scene.hits.traits[usize::from(ask.style)];
    let wanted = if ask.target == 0.0 { "none is wanted".to_owned() } else { format!("{:.2} is wanted", ask.target) };
    let evidence = Evidence::new(format!(
        "strength {:.2}, {wanted}: {hits} of {} texts, usual is {:.1} % ({source})",
        trait_strength(scene, ask),
        scene.hits.documents,
        usual.mean * 100.0
    ));
    let evidence = if scene.candidate.style_tags.contains(&ask.style) { evidence.say("a style tag says so").cell(Field::StyleTags) } else { evidence };
    scene.quoted_where(evidence, |role| *role == Role::Lexicon(Meaning::Trait(ask.style)))
}

/// How strong a trait is, 0 to 1: the logistic of its rate's distance from the usual rate; .5 is usual.
#[must_use]
pub fn strength(hits: f64, documents: f64, has_tag: bool, tagged: bool, usual: Rate, constants: &Style) -> f64 {
    let tags = |yes: bool| if yes { constants.tag_documents } else { 0.0 };
    let prior = constants.prior_documents;
    let rate = (hits + tags(has_tag) + prior * usual.mean) / (documents + tags(tagged) + prior);
    logistic((rate - usual.mean) / usual.deviation.max(constants.least_deviation))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_rate_is_half_strength() {
        let usual = Rate { mean: 0.1, deviation: 0.05 };
        let constants = Style { tag_documents: 5.0, prior_documents: 5.0, least_deviation: 0.02 };
        assert!((strength(1.0, 10.0, false, false, usual, &constants) - 0.5).abs() < 1e-12);
        assert!(strength(5.0, 10.0, false, false, usual, &constants) > 0.9);
        assert!(strength(0.0, 10.0, false, false, usual, &constants) < 0.3);
        assert!(strength(0.0, 0.0, true, true, usual, &constants) > 0.9, "a tag alone speaks");
    }
}
