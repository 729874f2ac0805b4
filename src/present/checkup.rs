//! What `check` found, as every format of it shows it.

use serde::Serialize;

/// All files, and the pool that they make together.
#[derive(Debug, Serialize)]
pub struct Checkup {
    /// Version of kolscore.
    pub version: &'static str,
    /// One entry a file, in the order of the command line.
    pub files: Vec<FileCheck>,
    /// Candidates of all files that could be read, creators in several rows counted once a row.
    pub candidates: u64,
    /// Rows of the same creator.
    pub duplicates: Duplicates,
    /// Mean known mass over all candidates, 0 to 1; `None` where no brief asks for anything.
    pub coverage: Option<f64>,
    /// Fields that the brief would need, the most telling first.
    pub missing: Vec<Missing>,
    /// What concerns all files together.
    pub findings: Vec<Finding>,
    /// Findings that would change a ranking silently, or stop it.
    pub errors: usize,
    /// Findings that `--strict` stops at.
    pub warnings: usize,
}

/// One file.
#[derive(Debug, Serialize)]
pub struct FileCheck {
    /// As it was named.
    pub path: String,
    /// Encoding, delimiter and line ends, or format and sheet.
    pub container: String,
    /// Size on the disk.
    pub bytes: u64,
    /// Records read.
    pub records: u64,
    /// Records without a filled cell.
    pub blank: u64,
    /// Candidates among them.
    pub candidates: u64,
    /// What it was recognised as.
    pub pack: Option<PackFacts>,
    /// One entry a column.
    pub columns: Vec<ColumnCheck>,
    /// Refused rows and cells, all of them.
    pub rejects: Vec<RejectFacts>,
    /// What a reader should know.
    pub findings: Vec<Finding>,
}

/// The pack that recognised a file.
#[derive(Debug, Serialize)]
pub struct PackFacts {
    /// Its name.
    pub id: String,
    /// What the export is.
    pub title: String,
    /// Headers by which it was recognised; none where the general list serves.
    pub because: Vec<String>,
    /// What a careful analyst should know of such exports.
    pub notes: Vec<String>,
}

/// One column.
#[derive(Debug, Serialize)]
pub struct ColumnCheck {
    /// Header, unique in the file.
    pub column: String,
    /// What it is taken for, as a mapping would say it; `None` passes through.
    pub target: Option<String>,
    /// The field alone.
    pub field: Option<String>,
    /// Unit of bare numbers.
    pub unit: Option<&'static str>,
    /// `organic` or `sponsored`.
    pub scope: Option<&'static str>,
    /// Days that the figures cover.
    pub window_days: Option<u16>,
    /// Who decided, and why.
    pub reason: String,
    /// Share of the file's candidates and refused rows that have it filled, 0 to 1.
    pub filled: f64,
    /// Least and greatest value in units, shares as per cent, or the first and last day.
    pub range: Option<(String, String)>,
    /// The first few different cells; contact data is masked.
    pub samples: Vec<String>,
    /// What the header might mean, where nobody knows it; never acted upon.
    pub perhaps: Option<String>,
}

/// A refused row or cell.
#[derive(Debug, Serialize)]
pub struct RejectFacts {
    /// Line of the file, row of the sheet, or number of the object.
    pub line: u64,
    /// Header; empty where the whole row is meant.
    pub column: String,
    /// The cell, shortened.
    pub cell: String,
    /// Why.
    pub reason: String,
    /// Whether the whole row was left out.
    pub row: bool,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Would change a ranking silently, or stops it.
    Error,
    /// Should be looked at.
    Warning,
    /// A decision that was made by rule.
    Note,
}

/// One finding.
#[derive(Debug, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// What kind of trap it is, in a word or two.
    pub about: &'static str,
    /// What was found.
    pub text: String,
    /// What to do.
    pub hint: Option<String>,
}

impl Finding {
    /// A finding without advice.
    pub fn new(severity: Severity, about: &'static str, text: impl Into<String>) -> Self {
        Self { severity, about, text: text.into(), hint: None }
    }

    /// The same finding with advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Rows of the same creator.
#[derive(Debug, Default, Serialize)]
pub struct Duplicates {
    /// Creators in more than one row.
    pub creators: u64,
    /// Rows beyond the first of each.
    pub rows: u64,
    /// Creators whose rows contradict each other.
    pub contradicting: u64,
    /// The contradictions.
    pub conflicts: Vec<Conflict>,
}

/// Two rows of one creator that contradict each other.
#[derive(Debug, Serialize)]
pub struct Conflict {
    /// Id, profile address or handle.
    pub id: String,
    /// Nickname.
    pub name: String,
    /// File and line of both rows.
    pub places: (String, String),
    /// The field.
    pub field: String,
    /// Its values there.
    pub values: (String, String),
}

/// Fields that would tell more.
#[derive(Debug, Serialize)]
pub struct Missing {
    /// Candidate fields, any of which serves.
    pub fields: Vec<&'static str>,
    /// What they would tell, as dimension and part.
    pub part: String,
    /// Mean coverage that they would add, 0 to 1.
    pub adds: f64,
}
