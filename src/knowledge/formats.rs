//! Format packs: the headers of one export in, what each column is taken for out.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use compact_str::CompactString;
use serde::Deserialize;

use super::{files, regions::Regions};
use crate::normalize::{fold::fold_label, target::Target};

/// How one export writes its columns.
#[derive(Debug)]
pub struct Pack {
    /// Name of the file under `data/formats/`.
    pub id: String,
    /// What the export is.
    pub title: String,
    /// Where the column set was seen, and when.
    pub source: String,
    /// Platform of every row, where the export knows only one.
    pub platform: Option<String>,
    /// Folded headers that must all be there; empty serves every file.
    pub recognise: Vec<CompactString>,
    /// What a careful analyst should know.
    pub notes: Vec<String>,
    columns: BTreeMap<CompactString, Target>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PackFile {
    id: String,
    title: String,
    source: String,
    year: u16,
    platform: Option<String>,
    recognise: Vec<String>,
    #[serde(default)]
    notes: Vec<String>,
    columns: BTreeMap<String, String>,
}

impl Pack {
    fn parse(name: &str, text: &str, regions: &Regions) -> Result<Self> {
        let file: PackFile = files::parse(name, text)?;
        let mut columns = BTreeMap::new();
        for (header, target) in &file.columns {
            let target = Target::parse(target, regions).with_context(|| format!("`data/{name}`: header `{header}`"))?;
            columns.insert(fold_label(header), target);
        }
        Ok(Self {
            id: file.id,
            title: file.title,
            source: format!("{} ({})", file.source, file.year),
            platform: file.platform,
            recognise: file.recognise.iter().map(|header| fold_label(header)).collect(),
            notes: file.notes,
            columns,
        })
    }

    /// What the header is taken for; the header is folded.
    #[must_use]
    pub fn target(&self, header: &str) -> Option<&Target> {
        self.columns.get(header)
    }

    /// Headers and targets, in the order of the folded headers.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &Target)> {
        self.columns.iter().map(|(header, target)| (header.as_str(), target))
    }
}

/// All packs; the one that serves every file stands first.
pub(super) fn packs(regions: &Regions) -> Result<Vec<Pack>> {
    let mut packs = files::folder("formats").map(|(name, text)| Pack::parse(&format!("formats/{name}.toml"), text, regions)).collect::<Result<Vec<_>>>()?;
    packs.sort_by(|a, b| a.recognise.is_empty().cmp(&b.recognise.is_empty()).reverse().then_with(|| a.id.cmp(&b.id)));
    Ok(packs)
}

#[derive(Debug, Deserialize)]
struct Suggestions {
    suggestions: BTreeMap<String, String>,
}

/// Folded header words and the targets that they suggest.
pub(super) fn suggestions() -> Result<Vec<(CompactString, String)>> {
    let file: Suggestions = files::table("suggestions.toml")?;
    Ok(file.suggestions.into_iter().map(|(word, target)| (fold_label(&word), target)).collect())
}
