//! Columns behind the fixed ones: candidate fields and the files' own headers, by name or all.

use std::collections::HashSet;

use anyhow::{Result, bail};

use super::{details::Row, inputs::OpenFile};
use crate::{
    failure::{Failure, did_you_mean},
    normalize::{candidate::Candidate, field::FIELDS, fold::fold_label},
    present,
};

/// Columns behind the fixed ones.
pub(super) struct ExtraColumns {
    pub(super) names: Vec<String>,
    sources: Vec<Extra>,
}

enum Extra {
    /// A candidate field.
    Field(&'static str),
    /// A column of each file, where it has one.
    Column(Vec<Option<usize>>),
}

/// Fields that `--columns` can add: those with one text or number.
const FIELD_COLUMNS: &[&str] = &["handle", "url", "mcn", "verified", "location", "as_of", "posts_30d", "followers_growth_30d", "currency"];

impl ExtraColumns {
    /// The columns that `--columns` and `--keep-all` ask for.
    pub(super) fn new(asked: &[String], keep_all: bool, files: &[OpenFile<'_>]) -> Result<Self> {
        let mut columns = Self { names: Vec::new(), sources: Vec::new() };
        let headers: Vec<&str> = files.iter().flat_map(|file| file.source.headers().iter().map(|header| header.name.as_str())).collect();
        let of_header = |header: &str| files.iter().map(|file| file.plan.columns.iter().position(|column| column.name == header)).collect();
        let of_field =
            |field: &str| files.iter().map(|file| file.plan.columns.iter().position(|column| column.target.text.split(':').next() == Some(field))).collect();
        for name in asked {
            let exact = headers.iter().find(|header| *header == name);
            if let Some(header) = exact.or_else(|| headers.iter().find(|header| fold_label(header) == fold_label(name))) {
                columns.add(header, Extra::Column(of_header(header)));
            } else if let Some(field) = FIELD_COLUMNS.iter().find(|field| *field == name) {
                columns.add(field, Extra::Field(field));
            } else if FIELDS.iter().any(|info| info.name == name) {
                columns.add(name, Extra::Column(of_field(name)));
            } else {
                let known = headers.iter().copied().chain(FIELD_COLUMNS.iter().copied());
                let close = did_you_mean(name, known).map_or(String::new(), |close| format!("did you mean `{close}`? "));
                bail!(
                    Failure::usage(format!("`--columns`: no file has the column `{name}`"))
                        .hint(format!("{close}besides the files' headers there are the fields of `kolscore list fields`"))
                );
            }
        }
        let mut taken: HashSet<&str> = HashSet::new();
        for header in headers.iter().copied().filter(|_| keep_all) {
            if taken.insert(header) {
                columns.add(header, Extra::Column(of_header(header)));
            }
        }
        Ok(columns)
    }

    /// Adds a column; a header that is called like a column before it says that it is the file's.
    fn add(&mut self, name: &str, source: Extra) {
        let one_line: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
        let is_taken = |name: &str| present::is_ours(name) || self.names.iter().any(|other| other == name);
        let numbered = (2..).map(|n| format!("{one_line} (file {n})"));
        let mut names = [one_line.clone(), format!("{one_line} (file)")].into_iter().chain(numbered);
        let free = names.find(|name| !is_taken(name)).unwrap_or_default();
        self.names.push(free);
        self.sources.push(source);
    }

    /// Their cells for one candidate: of its own row, else of the first joined row that has one.
    pub(super) fn cells(&self, candidate: &Candidate, row: &Row<'_>) -> Vec<String> {
        let text = |extra: &Extra| match extra {
            Extra::Field(name) => field_text(candidate, name),
            Extra::Column(columns) => {
                let mut cells = row.sources().filter_map(|source| Some(source.cell(columns[source.file.index]?)));
                cells.find(|cell| !cell.trim().is_empty()).unwrap_or_default()
            }
        };
        self.sources.iter().map(text).collect()
    }
}

fn field_text(candidate: &Candidate, field: &str) -> String {
    let number = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
    match field {
        "handle" => candidate.handle.clone(),
        "url" => candidate.url.clone(),
        "mcn" => candidate.mcn.clone(),
        "verified" => candidate.verified.clone(),
        "location" => candidate.location.clone(),
        "as_of" => candidate.as_of.map_or(String::new(), |(year, month, day)| format!("{year:04}-{month:02}-{day:02}")),
        "posts_30d" => number(candidate.posts_30d),
        "followers_growth_30d" => number(candidate.followers_growth_30d),
        _ => candidate.currency.clone(),
    }
}
