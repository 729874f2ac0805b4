//! Engagement: interactions and views against peers of the same size, and activity. `scoring.md` §4.

use super::{
    Scene,
    evidence::{Evidence, grouped},
    logistic,
    value::Value,
};
use crate::{
    normalize::field::{Field, Metric},
    norms::statistic::{Basis, Figure},
};

/// `.5 interactions + .3 views + .2 activity`.
#[must_use]
pub fn value(scene: &Scene<'_>) -> Value {
    let parts = &scene.constants.engagement;
    let interactions = against_peers(scene, Figure::Interactions, scene.figures.interactions);
    let of_views = scene.figures.views.map(|figure| (Basis::reported(figure.mean), figure.value));
    let views = against_peers(scene, Figure::Views, of_views);
    let activity = activity(scene);
    Value::mean(&[(parts.interactions, interactions), (parts.views, views), (parts.activity, activity)]).unwrap_or(scene.unknown())
}

/// As [`super::Dimension::most`]: activity needs no peers, and without a size there are none.
#[must_use]
pub fn most(scene: &Scene<'_>) -> f64 {
    let parts = &scene.constants.engagement;
    let compared = if scene.candidate.followers.is_some() { 1.0 } else { scene.constants.unknown.mean };
    let activity = scene.candidate.posts_30d.map_or(scene.constants.unknown.mean, |posts| Value::exact(posts / parts.active_posts).mid);
    let weights = parts.interactions + parts.views + parts.activity;
    if weights > 0.0 { ((parts.interactions + parts.views) * compared + parts.activity * activity) / weights } else { 1.0 }
}

/// The distance of a figure from what peers of the same size have, in robust scales, shrunk by the posts behind it; unknown posts count as a few.
/// `None` where nothing can be compared.
#[must_use]
pub fn distance(scene: &Scene<'_>, figure: Figure, seen: Option<(Basis, f64)>) -> Option<f64> {
    let constants = &scene.constants.engagement;
    let (residual, scale) = compared(scene, figure, seen)?;
    Some(shrunk(residual, scene.figures.posts.unwrap_or(constants.unknown_posts), constants.prior_posts, scale))
}

/// The same for countless posts, where nobody tells how many there are.
#[must_use]
pub fn distance_at_most(scene: &Scene<'_>, figure: Figure, seen: Option<(Basis, f64)>) -> Option<f64> {
    let (residual, scale) = compared(scene, figure, seen)?;
    if scene.figures.posts.is_some() { distance(scene, figure, seen) } else { Some(residual / scale) }
}

/// Residual of ln(figure+1) from the peers' curve, and their scale.
fn compared(scene: &Scene<'_>, figure: Figure, seen: Option<(Basis, f64)>) -> Option<(f64, f64)> {
    let (basis, value) = seen?;
    let (curve, _) = scene.peers.curve(figure, basis)?;
    Some((curve.residual(scene.candidate.followers?, value), curve.deviation.max(scene.constants.norms.least_deviation)))
}

/// The value of a figure against peers; where nobody tells how many posts are behind it, anything from none to countless.
fn against_curve(scene: &Scene<'_>, figure: Figure, seen: Option<(Basis, f64)>) -> Option<Value> {
    let worth = |distance: f64| logistic(scene.constants.norms.slope * distance);
    let mid = worth(distance(scene, figure, seen)?);
    if scene.figures.posts.is_some() {
        return Some(Value::exact(mid));
    }
    let (none, countless) = (worth(0.0), worth(distance_at_most(scene, figure, seen)?));
    Some(Value::estimate(none.min(countless), mid, none.max(countless), 1.0))
}

/// `residual · posts/(posts+prior) / scale`.
#[must_use]
pub fn shrunk(residual: f64, posts: f64, prior_posts: f64, scale: f64) -> f64 {
    let trust = if posts + prior_posts > 0.0 { posts / (posts + prior_posts) } else { 0.0 };
    residual * trust / scale
}

fn against_peers(scene: &Scene<'_>, figure: Figure, seen: Option<(Basis, f64)>) -> Value {
    let value = against_curve(scene, figure, seen).unwrap_or(scene.unknown());
    let weight = match figure {
        Figure::Interactions => scene.constants.engagement.interactions,
        Figure::Views => scene.constants.engagement.views,
    };
    scene.part("engagement", figure.name(), weight, value, || {
        let metric = if figure == Figure::Views { Metric::Views } else { Metric::Interactions };
        let Some((basis, value)) = seen else {
            let why = if scene.figures.only_other_scope { "figures are given, but none in the scope that the brief compares" } else { "not given" };
            return Evidence::new(why).ask(Field::Metric(metric));
        };
        let counted = figures_of(scene, figure);
        let (Some((curve, source)), Some(followers)) = (scene.peers.curve(figure, basis), scene.candidate.followers) else {
            let why =
                if scene.candidate.followers.is_none() { "followers are unknown, so that there is no size to compare at" } else { "no peers count the same" };
            let evidence = Evidence::new(format!("{} a post ({}); {why}", grouped(value), basis.name())).figures(&counted);
            return if scene.candidate.followers.is_none() { evidence.ask(Field::Followers) } else { evidence.cell(Field::Followers) };
        };
        let ask = |evidence: Evidence| if scene.figures.posts.is_none() { evidence.ask(Field::Metric(Metric::PostsSampled)) } else { evidence };
        let posts = scene.figures.posts.map_or("of an unknown number of posts".to_owned(), |posts| format!("of {posts:.0} posts"));
        let evidence = Evidence::new(format!(
            "{} a post ({}), {posts}; usual at {} followers is {} ({source})",
            grouped(value),
            basis.name(),
            grouped(followers),
            grouped(curve.expected(followers))
        ));
        ask(evidence.figures(&counted).cell(Field::Followers))
    })
}

fn figures_of(scene: &Scene<'_>, figure: Figure) -> Vec<crate::normalize::candidate::Performance> {
    match figure {
        Figure::Views => scene.figures.views.into_iter().collect(),
        Figure::Interactions => scene.figures.of_interactions.into_iter().flatten().collect(),
    }
}

fn activity(scene: &Scene<'_>) -> Value {
    let constants = &scene.constants.engagement;
    let posts = scene.candidate.posts_30d;
    let value = posts.map_or(scene.unknown(), |posts| Value::exact(posts / constants.active_posts));
    scene.part("engagement", "activity", constants.activity, value, || {
        let says = posts.map_or("not given".to_owned(), |posts| format!("{posts:.0} posts in 30 days; {:.0} are active", constants.active_posts));
        let evidence = Evidence::new(says).cell(Field::Posts);
        if posts.is_none() { evidence.ask(Field::Posts) } else { evidence }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engagement_has_the_published_value() {
        let distance = shrunk(0.6, 8.0, 4.0, 0.9);
        assert!((distance - 0.444_444).abs() < 1e-6);
        assert!((logistic(1.702 * distance) - 0.680_581).abs() < 1e-6);
    }
}
