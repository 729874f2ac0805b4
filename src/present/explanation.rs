//! What `kolscore explain` shows: one candidate's score taken apart, with no formula and no frame behind it.

use serde::Serialize;

use super::report::OwnData;

/// One or several candidates, explained.
#[derive(Debug, Serialize)]
pub struct Explanations {
    /// What was run on what.
    pub run: RunFacts,
    /// In the order in which they were asked for.
    pub candidates: Vec<Explanation>,
    /// What the brief's rules exclude of those who were asked for.
    pub excluded: Vec<Excluded>,
    /// For each pair that shares a board: what turns its order around.
    pub swaps: Vec<Swap>,
}

/// What was run on what.
#[derive(Debug, Serialize)]
pub struct RunFacts {
    /// Version of kolscore.
    pub version: &'static str,
    /// Name of the brand.
    pub brand: String,
    /// Hash of the brief.
    pub brief: String,
    /// Name of the norms.
    pub norms: String,
    /// Their hash.
    pub norms_hash: String,
    /// What the user laid over the built-in tables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<OwnData>,
    /// Why the weights are what they are, a sentence each.
    pub weights: Vec<String>,
}

/// One candidate's score, taken apart.
#[derive(Debug, Serialize)]
pub struct Explanation {
    /// Id, profile address or handle.
    pub id: String,
    /// Nickname.
    pub name: String,
    /// Platform.
    pub platform: String,
    /// `kol` or `koc`.
    pub kind: &'static str,
    /// What decided the kind.
    pub kind_from: String,
    /// File and line.
    pub place: String,
    /// Place on the board; none where nothing is known.
    pub rank: Option<usize>,
    /// Candidates on the board.
    pub of: usize,
    /// Places of the shortlist.
    pub top: usize,
    /// 0 to 100.
    pub score: Option<f64>,
    /// The score before rounding: points and gate add up to it.
    pub exact: f64,
    /// Pessimistic end.
    pub score_lo: f64,
    /// Optimistic end.
    pub score_hi: f64,
    /// Known mass, 0 to 1.
    pub coverage: f64,
    /// Dimensions that count.
    pub dimensions: Vec<DimensionFacts>,
    /// What failed minimums leave.
    pub gate: GateFacts,
    /// Flags, as the board has them.
    pub flags: Vec<String>,
    /// Whom the creator reaches, sponsored lift, and what else bears on the whole.
    pub facts: Vec<String>,
    /// What to look up next.
    pub look_up: Vec<LookUp>,
    /// Prices that change something.
    pub prices: Vec<String>,
    /// How firm the place is.
    pub stability: Vec<String>,
}

/// One dimension.
#[derive(Debug, Serialize)]
pub struct DimensionFacts {
    /// Name.
    pub name: &'static str,
    /// What is counted.
    pub value: f64,
    /// Least.
    pub lo: f64,
    /// Most.
    pub hi: f64,
    /// Known mass.
    pub known: f64,
    /// Weight.
    pub weight: f64,
    /// `100 · weight · value`.
    pub points: f64,
    /// What it is made of.
    pub parts: Vec<PartFacts>,
}

/// One part of a dimension.
#[derive(Debug, Serialize)]
pub struct PartFacts {
    /// Name.
    pub name: String,
    /// Share in its dimension; 0 where it would count if it were known.
    pub share: f64,
    /// What is counted.
    pub value: f64,
    /// Least.
    pub lo: f64,
    /// Most.
    pub hi: f64,
    /// Known mass.
    pub known: f64,
    /// Why, a sentence each.
    pub says: Vec<String>,
    /// The cells behind it.
    pub cells: Vec<CellFacts>,
    /// The texts behind it.
    pub quotes: Vec<Quote>,
}

/// A cell.
#[derive(Debug, Serialize)]
pub struct CellFacts {
    /// `file:line:column`.
    pub place: String,
    /// Header.
    pub column: String,
    /// The cell as it stands.
    pub cell: String,
}

/// A text with the words that counted.
#[derive(Debug, Serialize)]
pub struct Quote {
    /// `file:line:column`.
    pub place: String,
    /// Header.
    pub column: String,
    /// The text, folded as it was searched.
    pub text: String,
    /// The words.
    pub words: String,
}

/// The gate.
#[derive(Debug, Serialize)]
pub struct GateFacts {
    /// 1 where every minimum is met.
    pub factor: f64,
    /// The dimension that sets it.
    pub limited_by: Option<&'static str>,
    /// Its minimum.
    pub threshold: Option<f64>,
    /// `-100 · base · (1 - factor)`.
    pub points: f64,
}

/// Something that is not known, and what knowing it could do.
#[derive(Debug, Serialize)]
pub struct LookUp {
    /// Dimension and part.
    pub part: String,
    /// Fields that would tell.
    pub fields: Vec<&'static str>,
    /// Best rank that it could lead to.
    pub rank_best: usize,
    /// Worst rank.
    pub rank_worst: usize,
    /// Share of what it could be that would change whether the candidate is on the shortlist.
    pub chance: f64,
}

/// What turns the order of two candidates around.
#[derive(Debug, Serialize)]
pub struct Swap {
    /// The two names.
    pub between: [String; 2],
    /// Dimension and relative change of its weight; none where no single weight can.
    pub by: Option<(&'static str, f64)>,
}

/// A candidate whom a rule excludes.
#[derive(Debug, Serialize)]
pub struct Excluded {
    /// Id or name.
    pub who: String,
    /// File and line.
    pub place: String,
    /// The rule.
    pub rule: String,
    /// What broke it.
    pub detail: String,
}
