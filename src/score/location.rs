//! How local a creator is: where the creator lives, and what place the texts name. A facet of the audience, for local campaigns. `scoring.md` §3.3.

use super::{
    Scene,
    evidence::Evidence,
    text::{Role, holds},
    value::Value,
};
use crate::{
    knowledge::regions::Regions,
    normalize::{field::Field, fold::fold},
};

/// How local the creator is: texts that name a wanted place, against as many as make a local voice, or as there are. Living there is worth some of them.
#[must_use]
pub(super) fn value(scene: &Scene<'_>) -> Value {
    let constants = &scene.constants.audience;
    let lives = lives(scene);
    let texts = scene.hits.documents as f64;
    if texts == 0.0 && lives.is_none() {
        return scene.unknown();
    }
    let voice = |lives: Option<bool>| local_voice(f64::from(scene.hits.location), texts, lives, constants.location_lives, constants.location_documents);
    match lives {
        Some(_) => Value::exact(voice(lives)),
        None => Value::estimate(voice(Some(false)), voice(None), voice(Some(true)), 1.0),
    }
}

/// `min(1, (h + residence) / min(n + residence, enough))`: many texts about a place make a local voice, whatever else the creator speaks of; of a few texts, most must.
#[must_use]
pub fn local_voice(hits: f64, texts: f64, lives: Option<bool>, residence: f64, enough: f64) -> f64 {
    let worth = if lives.is_some() { residence } else { 0.0 };
    let inside = if lives == Some(true) { residence } else { 0.0 };
    ((hits + inside) / (texts + worth).clamp(1.0, enough.max(1.0))).min(1.0)
}

/// Whether the creator lives in a wanted place.
fn lives(scene: &Scene<'_>) -> Option<bool> {
    lies_in(&scene.candidate.location, &scene.brief.location, &scene.knowledge.regions)
}

/// Whether a location names a wanted place or one inside it (杭州 in 浙江); a province or country that may hold the wanted place tells nothing.
#[must_use]
pub fn lies_in(location: &str, wanted: &[String], regions: &Regions) -> Option<bool> {
    let place = fold(location);
    if place.trim().is_empty() {
        return None;
    }
    if wanted.iter().any(|wanted| holds(&place, wanted)) {
        return Some(true);
    }
    if regions.place(location).is_none() {
        return Some(false);
    }
    let found: Vec<Option<bool>> = wanted.iter().map(|wanted| regions.lies_in(location, wanted)).collect();
    if found.contains(&Some(true)) {
        return Some(true);
    }
    // What is wanted may be a district or a shop street that no table knows: a place that does not name it is another one, unless it could hold it.
    let could_hold = |wanted: &String, found: &Option<bool>| found.is_none() && (regions.place(wanted).is_some() || regions.named(location).is_some());
    if wanted.iter().zip(&found).any(|(wanted, found)| could_hold(wanted, found)) { None } else { Some(false) }
}

/// Why.
pub(super) fn evidence(scene: &Scene<'_>) -> Evidence {
    let lives = lives(scene);
    let home = match lives {
        Some(true) => format!("lives in 「{}」", scene.candidate.location),
        Some(false) => format!("lives in 「{}」, another place", scene.candidate.location),
        None if scene.candidate.location.is_empty() => "no place of residence is given".to_owned(),
        None => format!("lives in 「{}」, which may hold the place", scene.candidate.location),
    };
    let evidence = Evidence::new(home).say(format!("{} of {} texts name the place", scene.hits.location, scene.hits.documents)).cell(Field::Location);
    let evidence = if lives.is_none() { evidence.ask(Field::Location) } else { evidence };
    let evidence = if scene.hits.documents == 0 { evidence.ask(Field::Titles) } else { evidence };
    scene.quoted_where(evidence, |role| *role == Role::Location)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_texts_make_a_local_voice_and_of_a_few_most_must() {
        let voice = |hits: f64, texts: f64, lives: Option<bool>| local_voice(hits, texts, lives, 5.0, 20.0);
        assert_eq!((voice(20.0, 50.0, None), voice(10.0, 50.0, None), voice(3.0, 3.0, None)), (1.0, 0.5, 1.0));
        assert_eq!((voice(10.0, 50.0, Some(true)), voice(10.0, 50.0, Some(false))), (0.75, 0.5));
        assert_eq!((voice(0.0, 0.0, Some(true)), voice(0.0, 0.0, Some(false))), (1.0, 0.0));
    }
}
