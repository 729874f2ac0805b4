//! A candidate in, what an analyst without this tool would sort by out: every evaluation shows these beside the score.

use super::{Scene, domain, text};
use crate::normalize::fold::fold;

/// One naive ranking.
#[derive(Debug)]
pub struct Baseline {
    /// Name in headers and files.
    pub name: &'static str,
    /// What it sorts by.
    pub about: &'static str,
    /// Its value, the best highest; `None` is unknown.
    pub value: fn(&Scene<'_>) -> Option<f64>,
}

/// Every naive ranking there is.
pub static BASELINES: &[Baseline] = &[
    Baseline { name: "tags", about: "topic by content tags alone", value: tags },
    Baseline { name: "keyword", about: "texts that hold the brief's keywords, or the category's name where it has none", value: keyword },
    Baseline { name: "followers", about: "followers", value: |scene| scene.candidate.followers },
    Baseline { name: "eng. rate", about: "interactions a post, by followers", value: engagement_rate },
];

fn tags(scene: &Scene<'_>) -> Option<f64> {
    let (ask, constants) = (&scene.brief.domain, &scene.constants.domain);
    if ask.categories.is_empty() {
        return None;
    }
    let profile = domain::shares(&scene.candidate.categories, &text::Topics::default(), constants.tag_documents)?;
    Some(domain::topic(&profile, ask, constants.enough, &scene.knowledge.categories))
}

fn keyword(scene: &Scene<'_>) -> Option<f64> {
    let (ask, documents) = (&scene.brief.domain, &scene.candidate.documents);
    if documents.is_empty() {
        return None;
    }
    if !ask.keywords.is_empty() {
        return Some(domain::keywords(&ask.keywords, &scene.hits.keywords, scene.constants.domain.keyword_documents));
    }
    let wanted = |id| scene.knowledge.categories.get(id);
    let names: Vec<String> = ask.categories.iter().flat_map(|(id, _)| [fold(&wanted(*id).zh), fold(&wanted(*id).en)]).collect();
    let held = (0..documents.len()).filter(|document| names.iter().any(|name| text::holds(documents.get(*document), name))).count();
    (!names.is_empty()).then_some(held as f64)
}

fn engagement_rate(scene: &Scene<'_>) -> Option<f64> {
    let (_, interactions) = scene.figures.interactions?;
    scene.candidate.followers.filter(|followers| *followers > 0.0).map(|followers| interactions / followers)
}
