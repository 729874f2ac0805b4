//! A ranking in, text and files out: every format walks one row model.

use std::{io::Write, path::Path};

use anyhow::Result;

mod arrow;
pub mod cart;
pub mod changes;
pub mod check;
pub mod checkup;
pub mod color;
mod columns;
mod delimited;
pub mod evaluation;
pub mod explain;
pub mod explanation;
pub mod file;
mod footer;
mod html;
mod json;
pub mod lang;
pub mod lexicon;
mod markdown;
mod paragraph;
pub mod plan;
pub mod report;
pub mod scored;
mod table;
mod width;
mod xlsx;

use crate::failure::{Failure, did_you_mean};
use report::Report;

pub use columns::is_ours;
pub use delimited::neutral;

/// One output format.
#[derive(Debug)]
pub struct Format {
    /// Name for `--format`, and the ending of files.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Whether it shows why each dimension is what it is.
    pub with_reasons: bool,
    /// Whether it shows the hash of each row's cells.
    pub with_digest: bool,
    /// Writes a report.
    pub write: fn(&Report, Medium, &mut dyn Write) -> Result<()>,
}

/// Where the output goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// A stream; columns it may use for a table.
    Stream {
        /// Display columns.
        width: usize,
        /// Whether a table is coloured.
        color: bool,
    },
    /// A file, for people and their spreadsheets.
    File,
}

/// Every output format there is.
#[rustfmt::skip]
pub static FORMATS: &[Format] = &[
    Format { name: "table", about: "aligned text for a terminal", with_reasons: false, with_digest: false, write: table::write },
    Format { name: "csv", about: "comma-separated, for spreadsheets and scripts", with_reasons: false, with_digest: false, write: |report, medium, out| delimited::write(report, medium, b',', out) },
    Format { name: "tsv", about: "tab-separated", with_reasons: false, with_digest: false, write: |report, medium, out| delimited::write(report, medium, b'\t', out) },
    Format { name: "json", about: "everything, nested, for programs", with_reasons: false, with_digest: true, write: json::write },
    Format { name: "jsonl", about: "one candidate a line, for programs that stream", with_reasons: false, with_digest: true, write: json::write_lines },
    Format { name: "xlsx", about: "a workbook for people", with_reasons: false, with_digest: false, write: xlsx::write },
    Format { name: "html", about: "a page that sorts, filters and explains, for sending on", with_reasons: true, with_digest: false, write: html::write },
    Format { name: "md", about: "Markdown tables, for tickets and wikis", with_reasons: false, with_digest: false, write: markdown::write },
];

/// The format with this name.
///
/// # Errors
/// No format is called so.
pub fn named(name: &str) -> Result<&'static Format> {
    FORMATS.iter().find(|format| format.name == name).ok_or_else(|| {
        let known: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
        let advice = did_you_mean(name, known.iter().copied()).map_or(String::new(), |close| format!("did you mean `{close}`? "));
        Failure::usage(format!("no output format is called `{name}`")).hint(format!("{advice}formats are {}", known.join(", "))).into()
    })
}

/// The format that a file's ending names; refused before any work where none does.
///
/// # Errors
/// The ending names no format.
pub fn of_file(path: &Path) -> Result<&'static Format> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    let ending = if ending == "txt" { "table" } else { &ending };
    FORMATS.iter().find(|format| format.name == ending).ok_or_else(|| {
        let endings: Vec<&str> = FORMATS.iter().map(|format| format.name).filter(|name| *name != "table").collect();
        Failure::usage(format!("cannot tell a format from `{}`", path.display()))
            .hint(format!("end the file in .{} or .txt, or name the format with `--format`", endings.join(", .")))
            .into()
    })
}

/// Writes the summary and the warnings that go to standard error.
///
/// # Errors
/// Standard error is gone.
pub fn write_warnings(report: &Report, with_footer: bool, out: &mut dyn Write) -> Result<()> {
    footer::warnings(report, out)?;
    if with_footer {
        footer::write(report, 100, false, out)?;
    }
    Ok(())
}
