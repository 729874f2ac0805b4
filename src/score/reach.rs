//! Reach: how many of the target see a post, against peers. `scoring.md` §4.

use super::{
    Scene,
    evidence::{Evidence, grouped},
    logistic,
    value::Value,
};
use crate::{
    normalize::field::{Field, Metric},
    norms::{
        Source,
        histogram::Spread,
        statistic::{Basis, Figure, Statistic},
    },
};

/// Views of a post, given or expected from followers.
#[derive(Debug, Clone, Copy)]
pub struct Views {
    /// Views.
    pub value: f64,
    /// 1 where they are given, less where they are expected.
    pub known: f64,
    /// What they are nine times in ten, where they are expected; the figure itself where it is given.
    pub range: (f64, f64),
}

/// A normal value is within so many deviations of its mean nine times in ten.
const NINE_IN_TEN: f64 = 1.645;

/// Given views, else those that peers of the same size have.
#[must_use]
pub fn views(scene: &Scene<'_>) -> Option<Views> {
    if let Some(figure) = scene.figures.views {
        return Some(Views { value: figure.value, known: 1.0, range: (figure.value, figure.value) });
    }
    let (curve, _) = scene.peers.curve(Figure::Views, Basis::reported(false))?;
    let value = curve.expected(scene.candidate.followers?);
    let factor = (NINE_IN_TEN * curve.deviation).exp();
    Some(Views { value, known: scene.constants.norms.expected_views, range: (value / factor, value * factor) })
}

/// The logistic of the robust distance of ln(views·TA+1) from its median among peers; .5 is typical.
#[must_use]
pub fn value(scene: &Scene<'_>) -> Value {
    let unknown = scene.unknown();
    let Some((spread, source)) = usual(scene) else {
        return scene.part("reach", "views", 1.0, unknown, || Evidence::new("no peers have views to compare with"));
    };
    let Some(views) = views(scene) else {
        return scene.part("reach", "views", 1.0, unknown, || {
            Evidence::new("neither views nor followers are given").ask(Field::Metric(Metric::Views)).ask(Field::Followers)
        });
    };
    let target = scene.target;
    let at = |share: f64| {
        let distance = ((views.value * share).ln_1p() - spread.median) / spread.deviation.max(scene.constants.norms.least_deviation);
        logistic(scene.constants.norms.slope * distance)
    };
    let given = views.known == 1.0;
    let (lo, hi) = if given { (at(target.lo), at(target.hi)) } else { (0.0, 1.0) };
    let value = Value::estimate(lo, at(target.mid), hi, views.known * (1.0 + target.known) / 2.0);
    scene.part("reach", "views", 1.0, value, || {
        let origin = if given { "given" } else { "expected from followers" };
        let usual = spread.median.exp_m1();
        let of_target = if scene.lenses().next().is_some() { format!(" × {:.1} % in the target", target.mid * 100.0) } else { String::new() };
        let evidence = Evidence::new(format!(
            "{} views a post ({origin}){of_target} = {}; usual is {} ({source})",
            grouped(views.value),
            grouped(views.value * target.mid),
            grouped(usual)
        ));
        match (scene.figures.views, given) {
            (Some(figure), true) => evidence.figure(&figure),
            _ => evidence.cell(Field::Followers).ask(Field::Metric(Metric::Views)),
        }
    })
}

/// Peers' ln(views·TA+1); where none was counted for this target, their views at the target's usual share.
fn usual<'a>(scene: &Scene<'a>) -> Option<(Spread, Source<'a>)> {
    scene.peers.spread(Statistic::TargetViews).or_else(|| {
        let (spread, source) = scene.peers.spread(Statistic::Views)?;
        Some((Spread { median: (spread.median.exp_m1() * scene.target.usual).ln_1p(), ..spread }, source))
    })
}
