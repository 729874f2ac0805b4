//! All performance figures of a candidate in, the ones that the brief compares out: one scope, the nearest window, one basis. `scoring.md` §4.

use crate::{
    brief::{Brief, currency_code},
    normalize::{
        candidate::{Candidate, Performance},
        field::{Field, Metric},
        target::Scope,
    },
    norms::statistic::{Basis, PARTS},
};

/// The figures that count.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Views a post.
    pub views: Option<Performance>,
    /// Interactions a post, with what was added up.
    pub interactions: Option<(Basis, f64)>,
    /// The figures behind the interactions.
    pub of_interactions: [Option<Performance>; 5],
    /// Likes, comments, saves and shares, in the order of [`PARTS`].
    pub parts: [Option<Performance>; 4],
    /// Posts behind the figures.
    pub posts: Option<f64>,
    /// The quote that the brief buys, in its currency.
    pub price: Option<f64>,
    /// Whether figures are given, but none in the scope that the brief compares.
    pub only_other_scope: bool,
}

/// Sponsored against organic interactions or views.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lift {
    /// What is compared.
    pub metric: Metric,
    /// Sponsored figure.
    pub sponsored: f64,
    /// Organic figure.
    pub organic: f64,
}

impl Figures {
    /// The figures of one candidate that the brief compares.
    #[must_use]
    pub fn new(candidate: &Candidate, brief: &Brief) -> Self {
        let wanted = brief.metrics.scope;
        let pick = |metric: Metric| chosen(candidate, metric, wanted, brief.metrics.window_days);
        let parts = PARTS.map(pick);
        let reported = pick(Metric::Interactions);
        let (mut interactions, mut of_interactions) = (None, [None; 5]);
        if let Some(figure) = reported {
            interactions = Some((Basis::reported(figure.mean), figure.value));
            of_interactions[0] = Some(figure);
        } else if let Some(first) = parts.iter().flatten().next() {
            // Parts of one window and statistic only: a sum of a median and a mean is neither.
            let alike = |figure: &Performance| (figure.window_days, figure.mean) == (first.window_days, first.mean);
            let of = |at: usize| parts[at].filter(alike);
            let basis = Basis::sum((0..PARTS.len()).filter(|at| of(*at).is_some()), first.mean);
            interactions = Some((basis, (0..PARTS.len()).filter_map(of).map(|figure| figure.value).sum()));
            (0..PARTS.len()).for_each(|at| of_interactions[at] = of(at));
        }
        let views = pick(Metric::Views);
        let compared = |figure: &Performance| matches!(figure.metric, Metric::Views | Metric::Interactions) || PARTS.contains(&figure.metric);
        let any = candidate.metrics.iter().any(compared);
        Self {
            only_other_scope: any && views.is_none() && interactions.is_none(),
            views,
            interactions,
            of_interactions,
            parts,
            posts: pick(Metric::PostsSampled).map(|figure| figure.value),
            price: price(candidate, brief),
        }
    }

    /// One part of the interactions for each of another, such as comments a like; only of figures that were taken alike.
    #[must_use]
    pub fn ratio(&self, of: Metric, to: Metric) -> Option<f64> {
        let part = |metric: Metric| self.parts[PARTS.iter().position(|part| *part == metric)?];
        let (of, to) = (part(of)?, part(to)?);
        (to.value > 0.0 && (of.window_days, of.mean) == (to.window_days, to.mean)).then(|| of.value / to.value)
    }
}

/// The figure of a scope whose window is nearest; an export that names no scope or window serves every brief. A median comes before a mean.
fn chosen(candidate: &Candidate, metric: Metric, scope: Scope, window_days: u16) -> Option<Performance> {
    let of_scope = |figure: &&Performance| figure.metric == metric && figure.scope.is_none_or(|own| own == scope);
    let distance = |figure: &Performance| match figure.window_days {
        Some(days) => u32::from(days.abs_diff(window_days)) * 2,
        None => 1,
    };
    let figures = candidate.metrics.iter().filter(of_scope);
    figures.min_by_key(|figure| (figure.mean, figure.scope.is_none(), distance(figure), figure.window_days)).copied()
}

/// A number field, in the scope and window that the brief compares; `None` is unknown, or no number.
#[must_use]
pub fn number(candidate: &Candidate, field: Field, brief: &Brief) -> Option<f64> {
    match field {
        Field::Followers => candidate.followers,
        Field::FollowersGrowth => candidate.followers_growth_30d,
        Field::Posts => candidate.posts_30d,
        Field::Price(format) => candidate.prices[format as usize],
        Field::Quality(quality) => candidate.quality(quality),
        Field::Metric(metric) => chosen(candidate, metric, brief.metrics.scope, brief.metrics.window_days).map(|figure| figure.value),
        _ => None,
    }
}

/// Whether a field says anything of a candidate.
#[must_use]
pub fn is_known(candidate: &Candidate, field: Field, brief: &Brief) -> bool {
    match field {
        Field::Id => !candidate.id.is_empty(),
        Field::Handle => !candidate.handle.is_empty(),
        Field::Name => !candidate.name.is_empty(),
        Field::Url => !candidate.url.is_empty(),
        Field::Platform => candidate.platform.is_some() || !candidate.other_platform.is_empty(),
        Field::Kind => candidate.kind.is_some(),
        Field::Mcn => !candidate.mcn.is_empty(),
        Field::Verified => !candidate.verified.is_empty(),
        Field::Location => !candidate.location.is_empty(),
        Field::AsOf => candidate.as_of.is_some(),
        Field::Currency => !candidate.currency.is_empty(),
        Field::Categories => !candidate.categories.is_empty(),
        Field::StyleTags => candidate.has_style_tags,
        Field::Audience(facet) => !candidate.audience(facet).bins.is_empty(),
        Field::Bio | Field::Titles | Field::Hashtags => candidate.documents.of(field).next().is_some(),
        _ => number(candidate, field, brief).is_some(),
    }
}

/// The quote that the brief buys, if it is in the brief's currency.
#[must_use]
pub fn price(candidate: &Candidate, brief: &Brief) -> Option<f64> {
    let wanted = brief.budget.currency.as_str();
    let same = match candidate.currency.as_str() {
        "" => !candidate.price_in_yuan || wanted == "CNY",
        written => currency_code(written) == wanted,
    };
    candidate.price(brief.budget.format).filter(|_| same)
}

/// How sponsored posts do against organic ones, where at least so many sponsored posts are behind it.
#[must_use]
pub fn lift(candidate: &Candidate, least_posts: f64, window_days: u16) -> Option<Lift> {
    let of = |metric, scope| chosen(candidate, metric, scope, window_days).filter(|figure| figure.scope == Some(scope));
    let posts = of(Metric::PostsSampled, Scope::Sponsored)?;
    [Metric::Interactions, Metric::Views].into_iter().find_map(|metric| {
        let (sponsored, organic) = (of(metric, Scope::Sponsored)?, of(metric, Scope::Organic)?);
        let alike = sponsored.mean == organic.mean && organic.value > 0.0 && posts.value >= least_posts;
        alike.then_some(Lift { metric, sponsored: sponsored.value, organic: organic.value })
    })
}
