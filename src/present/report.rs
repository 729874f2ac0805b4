//! The row model: everything that any output format shows, with no formula and no frame behind it.

use serde::Serialize;

use super::lang::Lang;
use crate::normalize::{candidate::Kind, decide::Decision, reject::Reject};

/// A finished ranking.
#[derive(Debug)]
pub struct Report {
    /// What was run on what.
    pub run: Run,
    /// Boards, KOL first.
    pub boards: Vec<Board>,
    /// Candidates that a rule of the brief excluded, where they were asked for.
    pub excluded: Vec<Excluded>,
    /// Names of the columns behind the fixed ones.
    pub extra_columns: Vec<String>,
}

/// What was run on what.
#[derive(Debug)]
pub struct Run {
    /// Version of kolscore.
    pub version: &'static str,
    /// Language of what people read.
    pub lang: Lang,
    /// Name of the brand.
    pub brand: String,
    /// Keys of the brief and their values, as it was used.
    pub settings: Vec<(String, String)>,
    /// Hash of the brief with all overrides.
    pub brief: String,
    /// What candidates were compared with.
    pub norms: NormFacts,
    /// What the user laid over the built-in tables.
    pub data: Option<OwnData>,
    /// What the brief is for, and what that does to the weights.
    pub aims: Vec<Aim>,
    /// Whether candidates are ranked by the least that their scores could be.
    pub by_least: bool,
    /// Weights by kind: dimension and weight, for dimensions that count.
    pub weights: Vec<(Kind, Vec<(&'static str, f64)>)>,
    /// What else turns values into a score.
    pub rules: Rules,
    /// Currency of quotes.
    pub currency: String,
    /// Files, in the order of the command line.
    pub inputs: Vec<InputFile>,
    /// Reasons why candidates were excluded, with their numbers.
    pub exclusions: Vec<(String, u64)>,
    /// What the files cannot tell, in plain words.
    pub notes: Vec<String>,
    /// Counts over all files.
    pub counts: Counts,
}

/// A user's data files, as outputs name them.
#[derive(Debug, Clone, Serialize)]
pub struct OwnData {
    /// The folder.
    pub folder: String,
    /// Hash of all names and texts in it.
    pub hash: String,
}

impl std::fmt::Display for OwnData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "data {} {}", self.folder, self.hash)
    }
}

/// Norms, as outputs name them.
#[derive(Debug)]
pub struct NormFacts {
    /// `pool`, or the file.
    pub id: String,
    /// Hash of all that they were made from.
    pub hash: String,
    /// Creators that were counted.
    pub rows: u64,
    /// Statistics that some creators have, but too few to be peers: built-in norms serve for them.
    pub built_in: Vec<String>,
}

/// One choice of the brief's aim.
#[derive(Debug)]
pub struct Aim {
    /// The choice, such as `conversion 转化`.
    pub name: String,
    /// Dimensions with their multipliers.
    pub multiplies: Vec<(String, f64)>,
    /// KOL to KOC, in per cent.
    pub mix: Option<(u32, u32)>,
    /// The reason.
    pub why: String,
}

/// What became of all records.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Records read, blank ones included.
    pub records: u64,
    /// Candidates with a score and a rank.
    pub ranked: u64,
    /// Candidates with a score whom nobody put into an order.
    pub scored: u64,
    /// Candidates of which nothing is known that the brief asks for.
    pub unscored: u64,
    /// Candidates that a rule of the brief excluded.
    pub excluded: u64,
    /// Rows of a creator who stands in another row.
    pub merged: u64,
    /// Rows that were refused.
    pub rejected_rows: u64,
    /// Cells that were refused; their rows stay.
    pub rejected_cells: u64,
    /// Rows without a value.
    pub blank: u64,
}

/// What is known of one file.
#[derive(Debug)]
pub struct InputFile {
    /// Path as given.
    pub path: String,
    /// Hash of its bytes.
    pub digest: String,
    /// Encoding, delimiter and line ends.
    pub container: String,
    /// Format pack.
    pub pack: String,
    /// Records in it.
    pub records: u64,
    /// What was decided about its columns.
    pub decisions: Vec<Decision>,
    /// The first refused cells and rows.
    pub rejects: Vec<Reject>,
    /// All refused cells and rows.
    pub rejected: u64,
    /// Headers that pass through.
    pub untouched: Vec<String>,
}

/// The ranking of one kind.
#[derive(Debug)]
pub struct Board {
    /// KOL or KOC.
    pub kind: Kind,
    /// Candidates before the cut.
    pub total: usize,
    /// The first of them.
    pub candidates: Vec<Row>,
    /// How many first places firmness speaks of.
    pub top: usize,
}

impl Board {
    /// Whether anybody on the board is known by a dimension, or all are unknown.
    pub(super) fn is_seen(&self, dimension: usize) -> bool {
        self.candidates.iter().any(|row| row.dimensions[dimension].seen().is_some())
    }
}

/// One candidate on a board.
#[derive(Debug, Clone)]
pub struct Row {
    /// 1 is first; `None` is unscored.
    pub rank: Option<usize>,
    /// KOL or KOC.
    pub kind: Kind,
    /// Id, profile address or handle.
    pub id: String,
    /// Nickname.
    pub name: String,
    /// Platform.
    pub platform: String,
    /// Profile address; empty where none is known.
    pub url: String,
    /// 0 to 100.
    pub score: Option<f64>,
    /// Pessimistic end.
    pub lo: f64,
    /// Optimistic end.
    pub hi: f64,
    /// Known mass, 0 to 1.
    pub coverage: f64,
    /// One entry a dimension, in their order.
    pub dimensions: Vec<DimensionCell>,
    /// The score before rounding: points and gate add up to it.
    pub exact: f64,
    /// Gate: factor, the dimension that sets it, points.
    pub gate: (f64, Option<&'static str>, f64),
    /// How firm the place is, where that was asked for.
    pub firmness: Option<Firm>,
    /// The category that the creator speaks of most; empty where nothing says.
    pub category: String,
    /// Size tier on the platform; empty where followers are unknown.
    pub tier: String,
    /// Followers.
    pub followers: Option<f64>,
    /// The quote that the brief buys.
    pub price: Option<f64>,
    /// What a reader should look at.
    pub flags: Vec<String>,
    /// Hash of everything that the files say of the candidate, whatever the order of columns.
    pub digest: String,
    /// Cells of the extra columns.
    pub extra: Vec<String>,
    /// Why, for formats that show it.
    pub why: Option<Why>,
}

/// Why a candidate's dimensions are what they are.
#[derive(Debug, Clone)]
pub struct Why {
    /// Sentences for each dimension.
    pub texts: Vec<Vec<String>>,
    /// How many of the target a post is expected to reach.
    pub reach: Option<f64>,
}

/// What turns values into a score, beside the weights.
#[derive(Debug)]
pub struct Rules {
    /// Where an unknown value counts.
    pub unknown_mean: f64,
    /// What is left of a score under a failed minimum of 0.
    pub floor: f64,
    /// The minimum of each dimension that has one.
    pub thresholds: Vec<Option<f64>>,
}

/// How firm a place is when weights change.
#[derive(Debug, Clone, PartialEq)]
pub struct Firm {
    /// Share of the weight vectors that leave the candidate among the first k.
    pub in_top: f64,
    /// 5th and 95th percentile of the rank.
    pub ranks: (usize, usize),
    /// The smallest change of one weight that drops it out of the first k: dimension, and relative change.
    pub drops: Option<(&'static str, f64)>,
}

/// One dimension of one candidate.
#[derive(Debug, Clone, Copy)]
pub struct DimensionCell {
    /// Name.
    pub name: &'static str,
    /// What is counted; `None` where the brief does not ask for it.
    pub value: Option<f64>,
    /// Least.
    pub lo: f64,
    /// Most.
    pub hi: f64,
    /// Weight.
    pub weight: f64,
    /// Points of the score.
    pub points: f64,
    /// Known mass.
    pub known: f64,
}

impl DimensionCell {
    /// What is counted, where the brief asks for it and something of it is known.
    pub(super) fn seen(&self) -> Option<f64> {
        self.value.filter(|_| self.known > 0.0)
    }
}

/// One excluded candidate.
#[derive(Debug)]
pub struct Excluded {
    /// File and line.
    pub place: String,
    /// Id, profile address or handle.
    pub id: String,
    /// Nickname.
    pub name: String,
    /// The rule, as the brief names it.
    pub rule: String,
    /// What broke it.
    pub detail: String,
}
