//! Candidates in as they are scored, one by one and whoever else there is; lines or Arrow messages out.

use anyhow::Result;

use super::{Medium, arrow, delimited, json, report::Row};
use crate::failure::{Failure, did_you_mean};

/// A candidate that was scored by itself.
#[derive(Debug)]
pub struct ScoredRow {
    /// What any board shows of it, except its place.
    pub row: Row,
    /// What sorts it on its board, byte by byte.
    pub key: String,
    /// The rule of the brief that excludes it.
    pub excluded: Option<&'static str>,
}

/// What all rows have in common.
#[derive(Debug)]
pub struct Layout {
    /// Names of the columns behind the fixed ones.
    pub extra: Vec<String>,
    /// Whether excluded candidates are among the rows, with a column that says why.
    pub with_excluded: bool,
    /// Where the rows go.
    pub medium: Medium,
    /// Hashes of what they are made with, where the format has room for them: `brief`, `norms` …
    pub made_with: Vec<(&'static str, String)>,
}

/// A format for rows that come one by one.
#[derive(Debug)]
pub struct RowFormat {
    /// Name for `--format`, and the ending of files.
    pub name: &'static str,
    /// Whether it tells the hash of a candidate's cells.
    pub with_digest: bool,
    /// What stands before the first row.
    pub begin: fn(&Layout, &mut Vec<u8>) -> Result<()>,
    /// Some consecutive rows; none depends on those before.
    pub rows: fn(&[ScoredRow], &Layout, &mut Vec<u8>) -> Result<()>,
    /// What stands behind the last row.
    pub end: fn(&mut Vec<u8>) -> Result<()>,
}

/// All of them.
#[rustfmt::skip]
pub static ROW_FORMATS: &[RowFormat] = &[
    RowFormat {
        name: "csv", with_digest: false, end: |_| Ok(()),
        begin: |layout, out| delimited::write_scored(None, layout, b',', out),
        rows: |rows, layout, out| delimited::write_scored(Some(rows), layout, b',', out),
    },
    RowFormat {
        name: "tsv", with_digest: false, end: |_| Ok(()),
        begin: |layout, out| delimited::write_scored(None, layout, b'\t', out),
        rows: |rows, layout, out| delimited::write_scored(Some(rows), layout, b'\t', out),
    },
    RowFormat { name: "jsonl", with_digest: true, begin: |_, _| Ok(()), rows: json::write_scored, end: |_| Ok(()) },
    RowFormat { name: "arrow", with_digest: false, begin: arrow::begin, rows: arrow::rows, end: arrow::end },
];

/// The format with this name.
///
/// # Errors
/// No format is called so, or it needs all rows at once.
pub fn row_format(name: &str) -> Result<&'static RowFormat> {
    ROW_FORMATS.iter().find(|format| format.name == name).ok_or_else(|| {
        let known: Vec<&str> = ROW_FORMATS.iter().map(|format| format.name).collect();
        let advice = did_you_mean(name, known.iter().copied()).map_or(String::new(), |close| format!("did you mean `{close}`? "));
        Failure::usage(format!("`{name}` is no format that is written row by row")).hint(format!("{advice}formats are {}", known.join(", "))).into()
    })
}
