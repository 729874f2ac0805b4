//! Format packs: the headers of one export in, what each column is taken for out.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Result, bail};
use compact_str::CompactString;
use serde::Deserialize;

use super::{
    files::{self, Files},
    regions::Regions,
};
use crate::{
    failure::Failure,
    normalize::{fold::fold_label, target::Target},
};

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
    fn new(name: &str, file: PackFile, regions: &Regions) -> Result<Self> {
        let mut columns = BTreeMap::new();
        for (header, target) in &file.columns {
            let target = Target::parse(target, regions).map_err(|failure| {
                let hint = failure.hint.clone().unwrap_or_default();
                Failure::new(format!("`{name}`: header `{header}`: {}", failure.message)).hint(hint)
            })?;
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
    let read = |(name, text): (&str, &str)| Pack::new(&format!("data/{name}"), files::parse(name, text)?, regions);
    let mut packs = files::within("formats").map(read).collect::<Result<Vec<_>>>()?;
    sort(&mut packs);
    Ok(packs)
}

fn sort(packs: &mut [Pack]) {
    packs.sort_by(|a, b| a.recognise.is_empty().cmp(&b.recognise.is_empty()).reverse().then_with(|| a.id.cmp(&b.id)));
}

/// Adds the packs of a user's folder; one with the id of another takes its place.
///
/// # Errors
/// The folder or a pack in it cannot be read, or a pack recognises nothing.
pub(super) fn add(folder: &Path, packs: &mut Vec<Pack>, regions: &Regions) -> Result<()> {
    let unreadable = |error: &std::io::Error| Failure::new(format!("cannot read the folder of format packs `{}`: {error}", folder.display()));
    let entries = std::fs::read_dir(folder).map_err(|error| unreadable(&error))?;
    let mut paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<std::io::Result<Vec<_>>>().map_err(|error| unreadable(&error))?;
    paths.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    paths.sort();
    if paths.is_empty() {
        bail!(Failure::new(format!("`{}` holds no format pack", folder.display())).hint("a pack is a `.toml` file such as those of `kolscore list formats`"));
    }
    for path in paths {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(&path).map_err(|error| Failure::new(format!("cannot read the format pack `{name}`: {error}")))?;
        let file: PackFile = toml::from_str(&text).map_err(|error| Failure::new(format!("`{name}` is no format pack: {}", error.to_string().trim_end())))?;
        // Only the pack of plain field names, which serves where no other does, recognises nothing.
        let takes_its_place = |other: &Pack| other.id == file.id && other.recognise.is_empty();
        if file.recognise.is_empty() && !packs.iter().any(takes_its_place) {
            let message = format!("the format pack `{name}` recognises nothing");
            bail!(Failure::new(message).hint("list headers that only this export has: `recognise = [\"HEADER\", …]`"));
        }
        let pack = Pack::new(&name, file, regions)?;
        packs.retain(|other| other.id != pack.id);
        packs.push(pack);
    }
    sort(packs);
    Ok(())
}

#[derive(Debug, Deserialize)]
struct Suggestions {
    suggestions: BTreeMap<String, String>,
}

/// Folded header words and the targets that they suggest.
pub(super) fn suggestions(files: &Files) -> Result<Vec<(CompactString, String)>> {
    let file: Suggestions = files.table("suggestions.toml")?;
    Ok(file.suggestions.into_iter().map(|(word, target)| (fold_label(&word), target)).collect())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contacts {
    #[expect(dead_code, reason = "for readers of the file")]
    source: String,
    #[expect(dead_code, reason = "for readers of the file")]
    year: u16,
    words: Vec<String>,
}

/// Folded words of headers whose cells are contact data.
pub(super) fn contacts(files: &Files) -> Result<Vec<CompactString>> {
    let file: Contacts = files.table("contacts.toml")?;
    Ok(file.words.iter().map(|word| fold_label(word)).collect())
}
