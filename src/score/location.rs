//! How local a creator is: where the creator lives, and what place the texts name. A facet of the audience, for local campaigns. `scoring.md` §3.3.

use super::{
    Scene,
    evidence::Evidence,
    text::{Role, holds},
    value::Value,
};
use crate::normalize::{field::Field, fold::fold};

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

/// Whether the location column names a wanted place; a bare province or country that may hold it tells nothing.
fn lives(scene: &Scene<'_>) -> Option<bool> {
    let place = fold(&scene.candidate.location);
    if place.trim().is_empty() {
        return None;
    }
    if scene.brief.location.iter().any(|wanted| holds(&place, wanted)) {
        return Some(true);
    }
    scene.knowledge.regions.named(&place).is_none().then_some(false)
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
