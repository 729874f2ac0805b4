//! Two finished rankings in, who entered, left and moved out, and what made each score change.
//!
//! A change of a score is what other weights would have made of the old values, and what the new values make of it; the two add up to it exactly.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::{
    failure::Failure,
    score::{DIMENSIONS, total, value::Value, weights::Weights},
};

/// Less than this is rounding: values in files have 6 decimals.
const LEAST: f64 = 1e-3;

/// A ranking as `rank -f json` writes it, as far as changes need it.
#[derive(Debug, Deserialize)]
pub struct Ranking {
    run: Run,
    boards: Vec<Board>,
}

#[derive(Debug, Deserialize)]
struct Run {
    version: String,
    brief: Hashed,
    norms: Hashed,
    #[serde(default)]
    data: Option<Hashed>,
    weights: BTreeMap<String, BTreeMap<String, f64>>,
    rules: Rules,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Hashed {
    hash: String,
}

#[derive(Debug, Deserialize)]
struct Rules {
    floor: f64,
    thresholds: BTreeMap<String, f64>,
}

#[derive(Debug, Deserialize)]
struct Board {
    kind: String,
    candidates: Vec<Candidate>,
}

#[derive(Debug, Deserialize)]
struct Candidate {
    rank: Option<usize>,
    id: String,
    name: String,
    platform: String,
    score: Option<f64>,
    #[serde(default)]
    data: String,
    dimensions: BTreeMap<String, Option<Dimension>>,
}

#[derive(Debug, Deserialize)]
struct Dimension {
    value: f64,
}

/// What became of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// Into the first places.
    Entered,
    /// Out of the first places.
    Left,
    /// By more places than are let pass.
    Moved,
    /// Only the score.
    Changed,
}

impl Fate {
    /// Name in arguments and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Left => "left",
            Self::Moved => "moved",
            Self::Changed => "changed",
        }
    }
}

/// One candidate whose place or score is another one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// What became of it.
    pub fate: Fate,
    /// Board: of the new ranking, else of the old.
    pub kind: String,
    /// Id.
    pub id: String,
    /// Nickname.
    pub name: String,
    /// Platform.
    pub platform: String,
    /// Places, where it has one.
    pub rank: (Option<usize>, Option<usize>),
    /// Scores, where it has one.
    pub score: (Option<f64>, Option<f64>),
    /// What made the change of the score, in points; they add up to it. Empty where one of the scores is missing.
    pub causes: Vec<(String, f64)>,
    /// The dimension whose points changed most, and by how much.
    pub dimension: Option<(String, f64)>,
}

/// Two rankings compared.
#[derive(Debug, Serialize)]
pub struct Changes {
    /// What differs between the runs: version, brief, norms, data.
    pub differs: Vec<String>,
    /// Places that count as the first ones.
    pub top: usize,
    /// Candidates, the entered first, then the left and the moved, then the largest changes of the score.
    pub changes: Vec<Change>,
    /// Candidates of both rankings with the same place and score.
    pub same: usize,
}

/// Reads a ranking.
///
/// # Errors
/// The text is no ranking that says enough.
pub fn read(name: &str, text: &str) -> Result<Ranking> {
    let wrong = |error: serde_json::Error| {
        Failure::new(format!("`{name}` is no ranking: {error}")).hint("write rankings to compare with `kolscore rank … -o week-1.json`")
    };
    Ok(serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(wrong)?)
}

/// Compares an old and a new ranking: the first `top` places count, and moves by more than `beyond` places.
///
/// # Errors
/// Neither holds a candidate.
pub fn compare(old: &Ranking, new: &Ranking, top: usize, beyond: usize) -> Result<Changes> {
    let (olds, news) = (by_identity(old), by_identity(new));
    if olds.is_empty() && news.is_empty() {
        bail!(Failure::new("neither ranking holds a candidate with an id").hint("candidates without an id cannot be found again"));
    }
    let identities: std::collections::BTreeSet<&(&str, &str)> = olds.keys().chain(news.keys()).collect();
    let (mut changes, mut same) = (Vec::new(), 0);
    for identity in identities {
        let change = change((old, olds.get(identity)), (new, news.get(identity)), top, beyond)?;
        match change {
            Some(change) => changes.push(change),
            None => same += 1,
        }
    }
    let size = |change: &Change| change.score.0.zip(change.score.1).map_or(f64::INFINITY, |(old, new)| (new - old).abs());
    changes.sort_by(|a, b| {
        let place = |change: &Change| change.rank.1.or(change.rank.0).unwrap_or(usize::MAX);
        a.fate
            .cmp(&b.fate)
            .then(a.kind.cmp(&b.kind))
            .then(if a.fate == Fate::Changed { size(b).total_cmp(&size(a)) } else { place(a).cmp(&place(b)) })
            .then(a.id.cmp(&b.id))
    });
    Ok(Changes { differs: differs(&old.run, &new.run), top, changes, same })
}

type Placed<'r> = (&'r str, &'r Candidate);

fn by_identity(ranking: &Ranking) -> BTreeMap<(&str, &str), Placed<'_>> {
    let all = ranking.boards.iter().flat_map(|board| board.candidates.iter().map(|candidate| (board.kind.as_str(), candidate)));
    all.filter(|(_, candidate)| !candidate.id.is_empty()).map(|placed| ((placed.1.platform.as_str(), placed.1.id.as_str()), placed)).collect()
}

fn differs(old: &Run, new: &Run) -> Vec<String> {
    let mut differs = Vec::new();
    let mut note = |what: &str, old: &str, new: &str| {
        if old != new {
            differs.push(format!("{what} {old} → {new}"));
        }
    };
    note("version", &old.version, &new.version);
    note("brief", &old.brief.hash, &new.brief.hash);
    note("norms", &old.norms.hash, &new.norms.hash);
    let data = |run: &Run| run.data.as_ref().map_or("built in".to_owned(), |data| data.hash.clone());
    note("knowledge", &data(old), &data(new));
    differs
}

fn change((old, before): (&Ranking, Option<&Placed<'_>>), (new, after): (&Ranking, Option<&Placed<'_>>), top: usize, beyond: usize) -> Result<Option<Change>> {
    let any = after.or(before).context("a candidate of neither ranking")?;
    let rank = |placed: Option<&Placed<'_>>| placed.and_then(|(_, candidate)| candidate.rank);
    let ranks = (rank(before), rank(after));
    let score = (before.and_then(|(_, candidate)| candidate.score), after.and_then(|(_, candidate)| candidate.score));
    let within = |rank: Option<usize>| rank.is_some_and(|rank| rank <= top);
    let other_board = before.zip(after).is_some_and(|(before, after)| before.0 != after.0);
    let fate = match (within(ranks.0), within(ranks.1)) {
        (false, true) => Fate::Entered,
        (true, false) => Fate::Left,
        _ if other_board || ranks.0.zip(ranks.1).is_some_and(|(old, new)| old.abs_diff(new) > beyond) => Fate::Moved,
        _ if score.0 == score.1 && before.is_some() == after.is_some() => return Ok(None),
        _ => Fate::Changed,
    };
    let (causes, dimension) = match (before, after, score.0, score.1) {
        (Some(before), Some(after), Some(from), Some(to)) => (causes((old, before), (new, after), to - from), largest((old, before), (new, after))),
        _ => (Vec::new(), None),
    };
    let candidate = any.1;
    let (id, name, platform) = (candidate.id.clone(), candidate.name.clone(), candidate.platform.clone());
    Ok(Some(Change { fate, kind: any.0.to_owned(), id, name, platform, rank: ranks, score, causes, dimension }))
}

/// What the change of a score is made of: other weights on the old values, then other values.
fn causes((old, before): (&Ranking, &Placed<'_>), (new, after): (&Ranking, &Placed<'_>), by: f64) -> Vec<(String, f64)> {
    let of_weights = total(&new.run, after.0, before.1) - total(&old.run, before.0, before.1);
    let weights = if before.0 == after.0 { "weights" } else { "weights of the other board" }.to_owned();
    let of_values = by - of_weights;
    match (of_weights.abs() < LEAST, of_values.abs() < LEAST) {
        _ if by == 0.0 => Vec::new(),
        (true, _) => vec![(reasons((old, before), (new, after)), by)],
        (false, true) => vec![(weights, by)],
        (false, false) => vec![(weights, of_weights), (reasons((old, before), (new, after)), of_values)],
    }
}

/// Why values are other ones. Where several things changed at once they are named together: only running again with one of them as it was would tell them apart.
fn reasons((old, before): (&Ranking, &Placed<'_>), (new, after): (&Ranking, &Placed<'_>)) -> String {
    let mut reasons = Vec::new();
    let mut reason = |yes: bool, name: &'static str| {
        if yes {
            reasons.push(name);
        }
    };
    reason(before.1.data != after.1.data, "data");
    reason(old.run.norms != new.run.norms, "norms");
    reason(old.run.brief != new.run.brief, "brief");
    reason(old.run.version != new.run.version || old.run.data != new.run.data, "version");
    if reasons.is_empty() { "data".to_owned() } else { reasons.join(" + ") }
}

/// The score that a run's weights and minimums make of a candidate's values. A dimension that is not asked for has no weight.
fn total(run: &Run, kind: &str, candidate: &Candidate) -> f64 {
    let weight = |name: &str| run.weights.get(kind).and_then(|weights| weights.get(name)).copied().unwrap_or(0.0);
    let value = |name: &str| candidate.dimensions.get(name).and_then(Option::as_ref).map_or(0.0, |dimension| dimension.value);
    let values: Vec<Value> = DIMENSIONS.iter().map(|dimension| Value::exact(value(dimension.name))).collect();
    let weights = Weights {
        weights: DIMENSIONS.iter().map(|dimension| weight(dimension.name)).collect(),
        thresholds: DIMENSIONS.iter().map(|dimension| run.rules.thresholds.get(dimension.name).copied()).collect(),
        floor: run.rules.floor,
    };
    total::total(&values, &weights).exact
}

/// The dimension whose points changed most.
fn largest((old, before): (&Ranking, &Placed<'_>), (new, after): (&Ranking, &Placed<'_>)) -> Option<(String, f64)> {
    let points = |run: &Run, placed: &Placed<'_>, name: &str| {
        let weight = run.weights.get(placed.0).and_then(|weights| weights.get(name)).copied().unwrap_or(0.0);
        100.0 * weight * placed.1.dimensions.get(name).and_then(Option::as_ref).map_or(0.0, |dimension| dimension.value)
    };
    let all = after.1.dimensions.keys().map(|name| (name.clone(), points(&new.run, after, name) - points(&old.run, before, name)));
    all.reduce(|best, next| if next.1.abs() > best.1.abs() { next } else { best }).filter(|(_, by)| by.abs() >= LEAST)
}
