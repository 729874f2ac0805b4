//! Columns behind the fixed ones: candidate fields and the files' own headers, by name or all.

use anyhow::{Result, bail};
use compact_str::CompactString;

use super::inputs::OpenFile;
use crate::{
    failure::{Failure, did_you_mean},
    normalize::{candidate::Candidate, field::FIELDS, fold::fold_label},
    read::Record,
    score::DIMENSIONS,
};

/// Columns behind the fixed ones.
pub(super) struct ExtraColumns {
    pub(super) names: Vec<String>,
    sources: Vec<Extra>,
}

enum Extra {
    /// A candidate field.
    Field(&'static str),
    /// The cell of whatever column is taken for this field.
    Column(String),
    /// A column of the files, by its folded name.
    Header(CompactString),
}

/// Fields that `--columns` can add: those with one text or number.
const FIELD_COLUMNS: &[&str] = &["handle", "url", "mcn", "verified", "location", "as_of", "posts_30d", "followers_growth_30d", "currency"];

impl ExtraColumns {
    /// The columns that `--columns` and `--keep-all` ask for.
    pub(super) fn new(asked: &[String], keep_all: bool, files: &[OpenFile<'_>]) -> Result<Self> {
        let mut columns = Self { names: Vec::new(), sources: Vec::new() };
        let headers: Vec<&str> = files.iter().flat_map(|file| file.source.headers().iter().map(|header| header.name.as_str())).collect();
        for name in asked {
            if let Some(header) = headers.iter().find(|header| fold_label(header) == fold_label(name)) {
                columns.add(header, Extra::Header(fold_label(header)));
            } else if let Some(field) = FIELD_COLUMNS.iter().find(|field| *field == name) {
                columns.add(field, Extra::Field(field));
            } else if FIELDS.iter().any(|info| info.name == name) {
                columns.add(name, Extra::Column(name.clone()));
            } else {
                let known = headers.iter().copied().chain(FIELD_COLUMNS.iter().copied());
                let close = did_you_mean(name, known).map_or(String::new(), |close| format!("did you mean `{close}`? "));
                bail!(
                    Failure::usage(format!("`--columns`: no file has the column `{name}`"))
                        .hint(format!("{close}besides the files' headers there are the fields of `kolscore list fields`"))
                );
            }
        }
        if keep_all {
            for header in headers {
                let folded = fold_label(header);
                if !columns.sources.iter().any(|source| matches!(source, Extra::Header(known) if *known == folded)) {
                    columns.add(header, Extra::Header(folded));
                }
            }
        }
        Ok(columns)
    }

    /// Adds a column; a header that is called like one of ours says that it is the file's.
    fn add(&mut self, name: &str, source: Extra) {
        let ours = ["rank", "kind", "id", "name", "platform", "score", "score_lo", "score_hi", "coverage", "followers", "price", "flags"];
        let clashes = ours.contains(&name) || DIMENSIONS.iter().any(|dimension| dimension.name == name);
        let one_line: String = name.split_whitespace().collect::<Vec<_>>().join(" ");
        self.names.push(if clashes { format!("{one_line} (file)") } else { one_line });
        self.sources.push(source);
    }

    /// Their cells for one row.
    pub(super) fn cells(&self, candidate: &Candidate, record: &Record<'_>, file: &OpenFile<'_>) -> Vec<String> {
        let header = |folded: &CompactString| {
            let at = file.plan.columns.iter().position(|column| fold_label(&column.name) == *folded)?;
            Some(record.cell(at).map_or_else(|invalid| invalid.shown, str::to_owned))
        };
        self.sources
            .iter()
            .map(|source| match source {
                Extra::Header(folded) => header(folded).unwrap_or_default(),
                Extra::Field(name) => field_text(candidate, name),
                Extra::Column(field) => {
                    let at = file.plan.columns.iter().position(|column| column.target.text.split(':').next() == Some(field.as_str()));
                    at.map_or(String::new(), |at| record.cell(at).map_or_else(|invalid| invalid.shown, str::to_owned))
                }
            })
            .collect()
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
