//! A kind and a brief's aim in, the weight and threshold of each dimension out. `scoring.md` §5.

use anyhow::{Result, bail};

use super::DIMENSIONS;
use crate::{
    brief::Brief,
    failure::{Failure, did_you_mean},
    knowledge::presets::{Preset, Presets},
    normalize::candidate::Kind,
};

/// Weights and thresholds of one kind, in the order of the dimensions.
#[derive(Debug, Clone)]
pub struct Weights {
    /// Weights, summing to 1.
    pub weights: Vec<f64>,
    /// Thresholds below which the gate closes; `None` has no gate.
    pub thresholds: Vec<Option<f64>>,
    /// What is left of the score where a value under a threshold is 0.
    pub floor: f64,
}

impl Weights {
    /// The balanced weights, shifted by the aim, without the dimensions that the brief does not ask for; or the brief's own.
    ///
    /// # Errors
    /// A weight for what is no dimension, or none above 0.
    pub fn new(kind: Kind, brief: &Brief, presets: &Presets) -> Result<Self> {
        let known: Vec<&str> = DIMENSIONS.iter().map(|dimension| dimension.name).collect();
        if let Some((name, _)) = brief.weights.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            let close = did_you_mean(name, known.iter().copied()).map_or(String::new(), |close| format!("did you mean `{close}`? "));
            bail!(Failure::new(format!("`weights.{name}`: no dimension is called `{name}`")).hint(format!("{close}dimensions are {}", known.join(", "))));
        }
        let balanced = presets.weights.of(kind);
        let weight = |name: &str| {
            let given = brief.weights.iter().find(|(dimension, _)| dimension == name).map(|(_, weight)| *weight);
            let own = if brief.weights.is_empty() { balanced.get(name).copied() } else { given };
            let shift: f64 = if brief.weights.is_empty() {
                chosen(brief, presets).map(|(_, preset)| preset.multiply.get(name).copied().unwrap_or(1.0)).product()
            } else {
                1.0
            };
            own.unwrap_or(0.0) * shift
        };
        let raw: Vec<f64> = DIMENSIONS.iter().map(|dimension| if (dimension.asked)(brief) { weight(dimension.name) } else { 0.0 }).collect();
        let total: f64 = raw.iter().sum();
        if total <= 0.0 {
            bail!(
                Failure::new("no dimension that the brief asks for has a weight above 0")
                    .hint("give [weights] to a dimension that [domain], [style] or [audience] speaks of")
            );
        }
        Ok(Self {
            weights: raw.iter().map(|weight| weight / total).collect(),
            thresholds: DIMENSIONS.iter().map(|dimension| brief.constants.gate.get(dimension.name).copied()).collect(),
            floor: brief.constants.gate.get("floor").copied().unwrap_or(0.30),
        })
    }
}

/// The presets that the brief's aim names, with their names.
pub fn chosen<'p>(brief: &'p Brief, presets: &'p Presets) -> impl Iterator<Item = (&'p str, &'p Preset)> {
    let aim = &brief.aim;
    let tables = [(&aim.goal, &presets.goal), (&aim.mode, &presets.mode), (&aim.collaboration, &presets.collaboration), (&aim.stage, &presets.stage)];
    tables.into_iter().filter_map(|(name, table)| name.as_deref().and_then(|name| Some((name, table.get(name)?))))
}
