//! Weights, thresholds and the multipliers of a brief's aim, as `data/presets.toml` holds them.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Everything in `data/presets.toml`.
#[derive(Debug, Deserialize)]
pub struct Presets {
    /// Balanced weights a kind.
    pub weights: PerKind<BTreeMap<String, f64>>,
    /// Thresholds a dimension, and the `floor`.
    pub gate: BTreeMap<String, f64>,
    /// What stands in for an unknown value.
    pub unknown: Unknown,
    /// Weights of the parts of the domain score.
    pub domain: PerKind<DomainParts>,
    /// Goals.
    pub goal: BTreeMap<String, Preset>,
    /// Modes.
    pub mode: BTreeMap<String, Preset>,
    /// Kinds of collaboration.
    pub collaboration: BTreeMap<String, Preset>,
}

/// One value for KOL and one for KOC.
#[derive(Debug, Deserialize)]
pub struct PerKind<T> {
    /// Key opinion leaders.
    pub kol: T,
    /// Key opinion consumers.
    pub koc: T,
}

/// The share of an interval at which an unknown value is counted.
#[derive(Debug, Deserialize)]
pub struct Unknown {
    /// 0 to 1.
    pub mean: f64,
}

/// Weights of T, K and P.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct DomainParts {
    /// Topic match T.
    pub topic: f64,
    /// Keyword match K.
    pub keywords: f64,
    /// Vertical purity P.
    pub purity: f64,
}

/// What one choice of a brief's aim does to the weights.
#[derive(Debug, Deserialize)]
pub struct Preset {
    /// Chinese name.
    pub name: String,
    /// Multiplier a dimension.
    pub multiply: BTreeMap<String, f64>,
    /// The reason.
    pub why: String,
}
