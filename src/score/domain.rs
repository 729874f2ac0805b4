//! Domain match: what the creator talks about, from tags and texts. `scoring.md` §3.1.

use super::{
    Scene,
    evidence::Evidence,
    text::{Role, Topics},
    value::Value,
};
use crate::{
    brief::{Brief, DomainAsk},
    knowledge::{
        categories::{Categories, CategoryId},
        vocabulary::Meaning,
    },
    normalize::{candidate::Kind, field::Field},
};

/// Whether the brief speaks of the domain.
#[must_use]
pub fn asked(brief: &Brief) -> bool {
    !brief.domain.categories.is_empty() || !brief.domain.keywords.is_empty()
}

/// The weighted mean of topic, keywords and purity; what the brief does not ask for leaves the mean.
#[must_use]
pub fn value(scene: &Scene<'_>) -> Value {
    let constants = &scene.constants.domain;
    let weights = match scene.kind {
        Kind::Kol => constants.kol,
        Kind::Koc => constants.koc,
    };
    let (ask, categories) = (&scene.brief.domain, &scene.knowledge.categories);
    let profile = profile(scene);
    let seen = |value: Option<f64>| value.map_or(scene.unknown(), Value::exact);
    let mut parts = Vec::with_capacity(3);
    if !ask.categories.is_empty() {
        let value = seen(profile.map(|profile| topic(profile, ask, constants.enough, categories)));
        parts.push((weights.topic, scene.part("domain", "topic", weights.topic, value, || topic_evidence(scene, profile))));
    }
    if !ask.keywords.is_empty() {
        let value = seen((scene.hits.documents > 0).then(|| keywords(&ask.keywords, &scene.hits.keywords, constants.keyword_documents)));
        parts.push((weights.keywords, scene.part("domain", "keywords", weights.keywords, value, || keyword_evidence(scene))));
    }
    // Purity in a topic that nobody asked for says nothing.
    if !ask.categories.is_empty() && weights.purity > 0.0 {
        let value = seen(profile.map(|profile| purity(profile, categories)));
        parts.push((weights.purity, scene.part("domain", "purity", weights.purity, value, || Evidence::new("how much of the content belongs together"))));
    }
    Value::mean(&parts).unwrap_or(scene.unknown())
}

/// As [`super::Dimension::most`]: the value itself, for no peer enters it.
#[must_use]
pub fn most(scene: &Scene<'_>) -> f64 {
    value(scene).mid
}

fn topic_evidence(scene: &Scene<'_>, profile: Option<&[(CategoryId, f64)]>) -> Evidence {
    const SHOWN: usize = 4;
    let categories = &scene.knowledge.categories;
    let Some(profile) = profile else {
        return Evidence::new("neither a tag nor a text with a known topic").ask(Field::Categories).ask(Field::Titles);
    };
    let mut largest: Vec<(CategoryId, f64)> = profile.to_vec();
    largest.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let listed: Vec<String> = largest.iter().take(SHOWN).map(|(id, share)| format!("{} {:.0} %", categories.path(*id), share * 100.0)).collect();
    let rest = largest.len().saturating_sub(SHOWN);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    let evidence = Evidence::new(format!("speaks of {}{more}", listed.join(", "))).say(format!(
        "from {} texts with a known topic of {}",
        scene.hits.topics.documents,
        scene.candidate.documents.len()
    ));
    let evidence = if scene.candidate.categories.is_empty() { evidence } else { evidence.say("and content tags").cell(Field::Categories) };
    let wanted = |id: CategoryId| scene.brief.domain.categories.iter().any(|(asked, _)| categories.similarity(*asked, id) > 0.0);
    scene.quoted_where(evidence, |role| matches!(role, Role::Lexicon(Meaning::Category(id)) if wanted(*id)))
}

fn keyword_evidence(scene: &Scene<'_>) -> Evidence {
    if scene.hits.documents == 0 {
        return Evidence::new("no texts").ask(Field::Titles).ask(Field::Hashtags);
    }
    let asked = scene.brief.domain.keywords.iter().zip(&scene.hits.keywords);
    let found: Vec<String> = asked.clone().filter(|(_, hits)| **hits > 0).map(|((word, _), hits)| format!("{word} in {hits}")).collect();
    let missing: Vec<&str> = asked.filter(|(_, hits)| **hits == 0).map(|((word, _), _)| word.as_str()).collect();
    let says = |what: &str, words: String| if words.is_empty() { String::new() } else { format!("{what}{words}") };
    let texts = format!("of {} texts: {}", scene.hits.documents, if found.is_empty() { "none of the keywords".to_owned() } else { found.join(", ") });
    let evidence = Evidence::new(texts);
    let missing = says("not found: ", missing.join(", "));
    let evidence = if missing.is_empty() { evidence } else { evidence.say(missing) };
    scene.quoted_where(evidence, |role| matches!(role, Role::Keyword(_)))
}

/// The share of each category in what the creator makes: tags count as five documents. `None` where there is neither tag nor hit.
#[must_use]
pub fn profile<'s>(scene: &'s Scene<'_>) -> Option<&'s [(CategoryId, f64)]> {
    let of = || shares(&scene.candidate.categories, &scene.hits.topics, scene.constants.domain.tag_documents);
    scene.profile.get_or_init(of).as_deref()
}

/// `p_c = (5·[has tags]·q_c + m_c) / (5·[has tags] + n)`, sorted by category.
#[must_use]
pub fn shares(tags: &[(CategoryId, f64)], topics: &Topics, tag_documents: f64) -> Option<Vec<(CategoryId, f64)>> {
    let tag_total: f64 = tags.iter().map(|(_, share)| share).sum();
    let has_tags = tag_total > 0.0;
    if !has_tags && topics.documents == 0 {
        return None;
    }
    let tag_weight = if has_tags { tag_documents } else { 0.0 };
    let total = tag_weight + topics.documents as f64;
    let mut mass = topics.mass.clone();
    for (id, share) in tags.iter().filter(|_| has_tags) {
        let more = tag_weight * share / tag_total;
        match mass.iter_mut().find(|(known, _)| known == id) {
            Some((_, mass)) => *mass += more,
            None => mass.push((*id, more)),
        }
    }
    mass.sort_unstable_by_key(|(id, _)| *id);
    Some(mass.into_iter().map(|(id, mass)| (id, mass / total)).collect())
}

/// T: how much of the content is on the brief's topics, 0 to 1.
#[must_use]
pub fn topic(profile: &[(CategoryId, f64)], ask: &DomainAsk, enough: f64, categories: &Categories) -> f64 {
    let on_topic = |asked: CategoryId| -> f64 { profile.iter().map(|(id, share)| share * categories.similarity(asked, *id)).sum() };
    if ask.all {
        let weights: f64 = ask.categories.iter().map(|(_, weight)| weight).sum();
        return ask.categories.iter().map(|(asked, weight)| weight * (on_topic(*asked) / enough).min(1.0)).sum::<f64>() / weights;
    }
    let heaviest = ask.categories.iter().map(|(_, weight)| *weight).fold(0.0, f64::max);
    let best = |id: CategoryId| ask.categories.iter().map(|(asked, weight)| weight / heaviest * categories.similarity(*asked, id)).fold(0.0, f64::max);
    (profile.iter().map(|(id, share)| share * best(*id)).sum::<f64>() / enough).min(1.0)
}

/// K: the weighted share of the brief's keywords that the documents hold, 0 to 1.
#[must_use]
pub fn keywords(asked: &[(String, f64)], documents: &[u32], enough: f64) -> f64 {
    let weights: f64 = asked.iter().map(|(_, weight)| weight).sum();
    let held: f64 = asked.iter().zip(documents).map(|((_, weight), count)| weight * (f64::from(*count) / enough).min(1.0)).sum();
    held / weights
}

/// P: vertical purity (垂直度), 0 to 1: skincare beside makeup is still vertical.
#[must_use]
pub fn purity(profile: &[(CategoryId, f64)], categories: &Categories) -> f64 {
    profile.iter().map(|(a, p)| profile.iter().map(|(b, q)| p * q * categories.similarity(*a, *b)).sum::<f64>()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_weigh_five_documents_and_a_document_is_shared_by_its_categories() {
        let mut topics = Topics::default();
        let documents = [vec![vec![1]; 9], vec![vec![2]; 4], vec![vec![1, 2], vec![]]].concat();
        documents.iter().for_each(|categories| topics.add(categories));
        let profile = shares(&[(1, 1.0)], &topics, 5.0).unwrap();
        assert!((profile[0].1 - 0.763_158).abs() < 1e-6 && (profile[1].1 - 0.236_842).abs() < 1e-6);
        assert_eq!(shares(&[], &Topics::default(), 5.0), None);
    }

    #[test]
    fn keywords_have_the_published_value() {
        let asked = [("a".to_owned(), 2.0), ("b".to_owned(), 1.0), ("c".to_owned(), 1.0)];
        assert!((keywords(&asked, &[3, 1, 0], 2.0) - 0.625).abs() < 1e-12);
    }
}
