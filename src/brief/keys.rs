//! Every key that a brief may hold. The parser, `--set` and the documentation test loop over this list.

use crate::failure::{Failure, did_you_mean};

/// One key, or a table whose keys are the user's own words.
#[derive(Debug)]
pub struct Key {
    /// Dotted path; `*` stands for a word of the user's, `**` for several.
    pub path: &'static str,
    /// What it does.
    pub about: &'static str,
}

const fn key(path: &'static str, about: &'static str) -> Key {
    Key { path, about }
}

/// All keys, in the order of the brief.
#[rustfmt::skip]
pub static KEYS: &[Key] = &[
    key("brand.name", "name of the brand"),
    key("brand.competitors", "names; creators who promoted them are ineligible"),
    key("aim.goal", "acquisition | conversion | activation | branding"),
    key("aim.mode", "seeding | direct_sale | buzz | local"),
    key("aim.collaboration", "co_creation | traffic | community"),
    key("aim.stage", "attention | interest | search | action | share"),
    key("domain.categories.*", "category and its weight"),
    key("domain.keywords.*", "keyword and its weight"),
    key("domain.match", "any | all: one of the categories is enough, or each counts"),
    key("style.avoid", "traits that a creator should not show"),
    key("style.*", "trait (or a word for it) and its weight"),
    key("audience.gender", "女 | 男"),
    key("audience.age", "bands such as 25-34, <18, 45+"),
    key("audience.region", "provinces, 海外, countries"),
    key("audience.city", "cities"),
    key("audience.city_tier", "一线 | 新一线 | 二线 | 三线 | 四线 | 五线"),
    key("audience.interest", "interests as the platform names them"),
    key("audience.crowd", "crowds (八大人群)"),
    key("audience.location", "where creators live or what place they speak of, for local campaigns"),
    key("audience.weights.*", "facet (or location) and how much it counts among the others, 1 unless said"),
    key("budget.total", "total, in the budget's currency"),
    key("budget.format", "image | video | video_short | video_mid | video_long: which quote is bought"),
    key("budget.currency", "currency of all money in the brief, CNY unless said"),
    key("budget.target_cpe", "target cost per engagement"),
    key("budget.target_cpm", "target cost per thousand views"),
    key("eligible.platforms", "platforms"),
    key("eligible.followers.min", "least followers"),
    key("eligible.followers.max", "most followers"),
    key("eligible.price.min", "least price"),
    key("eligible.price.max", "most price"),
    key("eligible.numbers.*.min", "least of any number field, such as views, active_share or price_video"),
    key("eligible.numbers.*.max", "most of any number field"),
    key("eligible.known", "fields that must be known"),
    key("eligible.exclude_keywords", "words that no title, hashtag or bio may hold"),
    key("eligible.exclude_ids", "ids that are left out"),
    key("eligible.exclude_categories", "categories that a creator must not be tagged with"),
    key("eligible.only_ids", "ids beside which nobody is considered"),
    key("eligible.require_categories", "categories of which a creator must be tagged with one or speak of it"),
    key("eligible.require_keywords", "words of which each must be in a title, hashtag or bio"),
    key("eligible.locations", "places; a creator who is known to live elsewhere is left out"),
    key("eligible.as_of_from", "oldest date of data that counts, such as 2026-08-01"),
    key("plan.objective", "reach | match: people of the target, each counted once, or the sum of score x target reach"),
    key("plan.min_creators", "least number of creators"),
    key("plan.max_creators", "most creators"),
    key("plan.max_share", "most of the budget that one creator may cost, 0 to 1"),
    key("plan.goods_cost", "what a creator who is paid in goods costs; without it they are not planned with"),
    key("plan.must", "ids of creators who must be in the plan"),
    key("plan.never", "ids of creators who must not"),
    key("plan.mix", "KOL:KOC in the spend, such as 40:60, instead of the aim's; any for none"),
    key("plan.fee.*", "platform and its fee on a quote, such as 0.1"),
    key("plan.rebate.*", "agency (or * for every agency) and its rebate on a quote, such as 0.2"),
    key("plan.kind.*.*", "kol | koc: min, max (creators), min_share, max_share (of the spend, 0 to 1)"),
    key("plan.platform.*.*", "platform: min, max, min_share, max_share"),
    key("plan.category.*.*", "category with all below it: min, max, min_share, max_share"),
    key("plan.agency.*.*", "agency (or * for each of them): min, max, min_share, max_share"),
    key("plan.tier.*.*", "size tier: min, max, min_share, max_share"),
    key("plan.per_day", "most creators who publish on one day"),
    key("plan.phases.*.from", "preheat | ignite | spread: first day, such as 2026-12-01"),
    key("plan.phases.*.to", "last day"),
    key("plan.phases.*.share", "share of the spend, 0 to 1"),
    key("metrics.scope", "organic | sponsored"),
    key("metrics.window_days", "days that the figures cover"),
    key("columns.*", "header and what it is"),
    key("weights.*", "dimension and its weight, instead of the preset's"),
    key("constants.**", "constant of a formula (`kolscore list constants`) and its value, instead of the default"),
];

/// Whether a dotted path is a key, or a table that holds keys.
#[must_use]
pub fn is_known(path: &[&str]) -> bool {
    KEYS.iter().any(|key| {
        let steps: Vec<&str> = key.path.split('.').collect();
        let fits = path.iter().zip(&steps).all(|(step, known)| known.starts_with('*') || step == known);
        fits && (path.len() <= steps.len() || steps.last() == Some(&"**"))
    })
}

/// Words that could stand at the end of this path instead.
pub fn siblings<'a>(path: &'a [&'a str]) -> impl Iterator<Item = &'static str> + 'a {
    let depth = path.len() - 1;
    KEYS.iter().filter_map(move |key| {
        let mut steps = key.path.split('.');
        let same = path[..depth].iter().all(|step| steps.next() == Some(step));
        steps.next().filter(|word| same && !word.starts_with('*'))
    })
}

/// The failure for a key that is none, with *did you mean*; line 0 is no line.
pub(super) fn unknown(path: &str, line: usize, steps: &[&str]) -> Failure {
    let siblings: Vec<&str> = siblings(steps).collect();
    let last = steps.last().copied().unwrap_or_default();
    let place = if line > 0 { format!("{path}:{line}") } else { path.to_owned() };
    let mut known: Vec<&str> = siblings.clone();
    known.dedup();
    let advice = match did_you_mean(last, siblings) {
        Some(close) => format!("did you mean `{close}`?"),
        None if known.is_empty() => "`kolscore list keys` prints every key of a brief".into(),
        None => format!("known here: {}", known.join(", ")),
    };
    Failure::new(format!("{place}: unknown key `{}`", steps.join("."))).hint(advice)
}
