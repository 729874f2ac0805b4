//! Cost: the price for a thousand views in the target (CPTR), against peers. `scoring.md` §4.

use super::{
    Scene,
    evidence::{Evidence, grouped},
    figures, reach,
    value::Value,
};
use crate::{
    normalize::field::{Field, Metric},
    norms::{Source, statistic::Statistic},
};

/// `1 / (1 + CPTR/median)`: .5 is usual; 1 where the creator is paid in goods.
#[must_use]
pub fn value(scene: &Scene<'_>) -> Value {
    let unknown = |why: &'static str, ask: Option<Field>| {
        scene.part("cost", "price", 1.0, scene.unknown(), || ask.into_iter().fold(Evidence::new(why).cell(scene.price_field()), Evidence::ask))
    };
    let Some(price) = scene.figures.price else {
        if scene.candidate.barter {
            return scene.part("cost", "price", 1.0, Value::exact(1.0), || Evidence::new("takes payment in goods").cell(scene.price_field()));
        }
        return unknown("no quote for the format that the brief buys", Some(scene.price_field()));
    };
    let Some(views) = reach::views(scene) else {
        return unknown("a quote, but neither views nor followers to set it against", Some(Field::Metric(Metric::Views)));
    };
    let Some((median, source)) = usual(scene) else { return unknown("no peers have prices in this currency to compare with", None) };
    let target = scene.target;
    let at = |share: f64| worth(price, views.value * share, median);
    let given = views.known == 1.0;
    let (lo, hi) = if given { (at(target.lo), at(target.hi)) } else { (0.0, 1.0) };
    let value = Value::estimate(lo, at(target.mid), hi, views.known * (1.0 + target.known) / 2.0);
    scene.part("cost", "price", 1.0, value, || {
        let cptr = price / (views.value * target.mid) * 1000.0;
        let evidence = Evidence::new(format!(
            "{} for {} views in the target is {} a thousand; usual is {} ({source})",
            grouped(price),
            grouped(views.value * target.mid),
            grouped(cptr),
            grouped(median)
        ));
        let evidence = evidence.cell(scene.price_field());
        match scene.figures.views {
            Some(figure) => evidence.figure(&figure),
            None => evidence.cell(Field::Followers).ask(Field::Metric(Metric::Views)),
        }
    })
}

/// As [`super::Dimension::most`]: without a quote it counts as what is unknown does.
#[must_use]
pub fn most(scene: &Scene<'_>) -> f64 {
    let quoted = figures::price(scene.candidate, scene.brief).is_some() || scene.candidate.barter;
    if quoted { 1.0 } else { scene.constants.unknown.mean }
}

/// The value of a price for so many views in the target, where `median` for a thousand is usual.
#[must_use]
pub fn worth(price: f64, views: f64, median: f64) -> f64 {
    if price <= 0.0 {
        return 1.0;
    }
    let thousands = views / 1000.0;
    // 1 / (1 + price / thousands / median), without a division by no views at all.
    thousands * median / (thousands * median + price)
}

/// The price that has this value: the inverse of [`worth`]; infinite at 0.
#[must_use]
pub fn price_worth(value: f64, views: f64, median: f64) -> f64 {
    views / 1000.0 * median * (1.0 / value - 1.0)
}

/// Peers' median price for a thousand views in the target; where none was counted for this target, their price for a thousand views at its usual share.
#[must_use]
pub fn usual<'a>(scene: &Scene<'a>) -> Option<(f64, Source<'a>)> {
    if let Some((spread, source)) = scene.peers.spread(Statistic::Cptr) {
        return Some((spread.median.exp(), source));
    }
    let (spread, source) = scene.peers.spread(Statistic::Cpm)?;
    Some((spread.median.exp() / scene.target.usual, source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_price_is_worth_a_half() {
        for (cptr, expected) in [(0.0, 1.0), (50.0, 0.666_667), (100.0, 0.5), (300.0, 0.25)] {
            assert!((worth(cptr * 5.0, 5_000.0, 100.0) - expected).abs() < 1e-6, "{cptr}");
        }
        assert!((worth(price_worth(0.3, 5_000.0, 100.0), 5_000.0, 100.0) - 0.3).abs() < 1e-12);
        assert!(worth(100.0, 0.0, 100.0) == 0.0, "a price for nobody");
    }
}
