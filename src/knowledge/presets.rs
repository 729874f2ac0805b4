//! Weights, multipliers of a brief's aim, and the constants of all formulas, as `data/presets.toml` holds them.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;
use toml::{Table, Value};

/// Everything in `data/presets.toml`.
#[derive(Debug, Deserialize)]
pub struct Presets {
    /// Balanced weights a kind.
    pub weights: PerKind<BTreeMap<String, f64>>,
    /// Constants by dotted name, so that a brief can override them.
    constants: Table,
    /// Goals.
    pub goal: BTreeMap<String, Preset>,
    /// Modes.
    pub mode: BTreeMap<String, Preset>,
    /// Kinds of collaboration.
    pub collaboration: BTreeMap<String, Preset>,
    /// Stages of AISAS.
    pub stage: BTreeMap<String, Preset>,
    /// Phases of a campaign, in their order.
    pub phase: Vec<Phase>,
}

/// A phase of a campaign.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Name in briefs.
    pub id: String,
    /// Chinese name.
    pub name: String,
    /// Usual share of the spend, 0 to 1.
    pub share: f64,
    /// Usual days.
    pub days: u32,
    /// What it is for.
    pub why: String,
}

/// One value for KOL and one for KOC.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerKind<T> {
    /// Key opinion leaders.
    pub kol: T,
    /// Key opinion consumers.
    pub koc: T,
}

impl<T> PerKind<T> {
    /// The value of one kind.
    pub fn of(&self, kind: crate::normalize::candidate::Kind) -> &T {
        match kind {
            crate::normalize::candidate::Kind::Kol => &self.kol,
            crate::normalize::candidate::Kind::Koc => &self.koc,
        }
    }
}

/// What one choice of a brief's aim does to the weights.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// Chinese name.
    pub name: String,
    /// Multiplier a dimension.
    pub multiply: BTreeMap<String, f64>,
    /// Usual shares of KOL and KOC in the money, in per cent, where the choice says something about them.
    pub mix: Option<[u8; 2]>,
    /// The reason.
    pub why: String,
}

/// Constants of the formulas; `data/presets.toml` says what each one does.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)] // the data file documents each name
pub struct Constants {
    pub gate: BTreeMap<String, f64>,
    pub unknown: Unknown,
    pub domain: Domain,
    pub style: Style,
    pub audience: Audience,
    pub norms: NormRules,
    pub engagement: Engagement,
    pub credibility: Credibility,
    pub kind: KindRules,
    pub stability: Stability,
    pub lift: Lift,
    pub plan: Plan,
}

/// Constants of portfolios.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Plan {
    pub cutoff: f64,
    pub top_score: f64,
    pub top_value: f64,
    pub concentration: f64,
    pub most_of_a_cell: f64,
    pub users: f64,
    pub mix_tolerance: f64,
    pub thin: f64,
}

/// The share of an interval at which an unknown value is counted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unknown {
    /// 0 to 1.
    pub mean: f64,
}

/// Constants of the domain score.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Domain {
    pub tag_documents: f64,
    pub enough: f64,
    pub keyword_documents: f64,
    pub kol: DomainParts,
    pub koc: DomainParts,
}

/// Weights of T, K and P.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DomainParts {
    /// Topic match T.
    pub topic: f64,
    /// Keyword match K.
    pub keywords: f64,
    /// Vertical purity P.
    pub purity: f64,
}

/// Constants of the style score.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Style {
    pub tag_documents: f64,
    pub prior_documents: f64,
    pub least_deviation: f64,
}

/// Constants of the audience score.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Audience {
    pub neighbour: f64,
    pub base_low: f64,
    pub base_high: f64,
    pub whole: f64,
    pub location_documents: f64,
    pub location_lives: f64,
}

/// From how many rows peers count, and how a distance from them becomes a value.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct NormRules {
    pub rows: f64,
    pub curve_rows: f64,
    pub least_deviation: f64,
    pub least_share_deviation: f64,
    pub slope: f64,
    pub expected_views: f64,
}

/// Constants of the engagement score.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Engagement {
    pub interactions: f64,
    pub views: f64,
    pub activity: f64,
    pub prior_posts: f64,
    pub unknown_posts: f64,
    pub active_posts: f64,
}

/// Constants of the credibility score.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Credibility {
    pub kol: CredibilityParts,
    pub koc: CredibilityParts,
    pub checks: Checks,
    pub authority: Authority,
    pub first_hand: FirstHand,
}

/// What an unverified account counts as.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Authority {
    pub unverified: f64,
}

/// Weights of honesty, authority and first-hand voice.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct CredibilityParts {
    pub honesty: f64,
    pub authority: f64,
    pub first_hand: f64,
}

/// Where each check of honesty begins and how severe it is.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Checks {
    pub engagement_high: f64,
    pub engagement_low: f64,
    pub engagement_severity: f64,
    pub comments_severity: f64,
    pub active_share_from: f64,
    pub duplicate_titles: f64,
    pub duplicate_severity: f64,
    pub fake_share_from: f64,
    pub fake_share_slope: f64,
    pub fake_share_most: f64,
    pub sponsored_from: f64,
    pub sponsored_span: f64,
    pub sponsored_koc_from: f64,
    pub sponsored_koc_span: f64,
    pub sponsored_severity: f64,
}

/// What a first-hand voice gains and loses.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct FirstHand {
    pub balanced_bonus: f64,
    pub hardsell_malus: f64,
}

/// How texts decide a kind, and when a consumer is a professional.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct KindRules {
    pub opinions: f64,
    pub professional: f64,
}

/// How far weights are shaken, and from how many sponsored posts a lift is told.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Stability {
    pub r#box: f64,
    pub samples: f64,
}

/// Constants of sponsored lift.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Lift {
    pub posts: f64,
}

impl Presets {
    /// The constants, with a brief's own in place of the defaults.
    ///
    /// # Errors
    /// A default is missing or of the wrong type; overrides have been checked by [`Self::constant`].
    pub fn constants(&self, overrides: &[(String, f64)]) -> Result<Constants> {
        let mut table = self.constants.clone();
        for (path, value) in overrides {
            let (parents, name) = path.rsplit_once('.').unwrap_or(("", path));
            let mut inner = &mut table;
            for step in parents.split('.').filter(|step| !step.is_empty()) {
                inner = inner.get_mut(step).and_then(Value::as_table_mut).with_context(|| format!("no constant is called `{path}`"))?;
            }
            inner.insert(name.to_owned(), Value::Float(*value));
        }
        Value::Table(table).try_into().context("built-in `data/presets.toml` lacks a constant")
    }

    /// The default of a constant, by its dotted name.
    #[must_use]
    pub fn constant(&self, path: &str) -> Option<f64> {
        let (parents, name) = path.rsplit_once('.')?;
        let inner = parents.split('.').try_fold(&self.constants, |table, step| table.get(step)?.as_table())?;
        inner.get(name)?.as_float()
    }

    /// All constants: dotted name and default.
    #[must_use]
    pub fn constant_names(&self) -> Vec<(String, f64)> {
        fn walk(table: &Table, above: &str, found: &mut Vec<(String, f64)>) {
            for (name, value) in table {
                let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
                match value {
                    Value::Table(inner) => walk(inner, &path, found),
                    _ => found.extend(value.as_float().map(|value| (path, value))),
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.constants, "", &mut found);
        found
    }
}
