//! Arguments that are ids, names and files in, the candidates who are meant out.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::{inputs::OpenFile, pool::Ranked, setting::Setting};
use crate::{
    failure::Failure,
    normalize::{
        candidate::Candidate,
        row::{Findings, Outcome},
    },
    select::pool::Origin,
};

/// Files, and ids or names: what is no file is one.
pub(super) fn divided(arguments: &[String]) -> Result<(Vec<PathBuf>, Vec<&String>)> {
    let (files, wanted): (Vec<&String>, Vec<&String>) = arguments.iter().partition(|argument| *argument == "-" || Path::new(argument).is_file());
    let is_table =
        |name: &str| [".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".json", ".jsonl"].iter().any(|ending| name.to_ascii_lowercase().ends_with(ending));
    if let Some(missing) = wanted.iter().find(|name| is_table(name)) {
        bail!(Failure::usage(format!("`{missing}` does not exist")).hint("name the candidate file as it lies on the disk"));
    }
    Ok((files.into_iter().map(PathBuf::from).collect(), wanted))
}

/// Where somebody stands.
pub(super) enum Found {
    /// Position in the order.
    Ranked(usize),
    /// Position among the excluded.
    Excluded(usize),
}

/// Finds a candidate by id, profile address or handle, else by a name that only one has.
pub(super) fn found(wanted: &str, files: &[OpenFile<'_>], ranked: &Ranked, setting: &Setting<'_>, threads: usize) -> Result<Found> {
    let by_identity = |at: &usize| ranked.placed[*at].identity.as_deref().and_then(|identity| identity.split('\u{1f}').next()) == Some(wanted);
    let mut of_placed: Vec<usize> = (0..ranked.placed.len()).filter(by_identity).collect();
    let mut of_excluded: Vec<usize> = Vec::new();
    if of_placed.is_empty() {
        let named: Vec<Origin> = named(files, wanted, setting, threads)?;
        // A row that was joined to another one is explained with it.
        let kept = |origin: &Origin| ranked.joined.iter().find(|(_, others)| others.contains(origin)).map_or(*origin, |(kept, _)| *kept);
        let origins: Vec<Origin> = named.iter().map(kept).collect();
        of_placed = (0..ranked.placed.len()).filter(|at| origins.contains(&ranked.placed[*at].origin)).collect();
        of_excluded = (0..ranked.scan.excluded.len()).filter(|at| origins.contains(&ranked.scan.excluded[*at].origin)).collect();
    }
    match (of_placed.as_slice(), of_excluded.as_slice()) {
        ([one], []) => Ok(Found::Ranked(*one)),
        ([], [one]) => Ok(Found::Excluded(*one)),
        ([], []) => bail!(
            Failure::new(format!("no candidate has the id or the name `{wanted}`"))
                .hint("`kolscore rank … -f csv` lists ids and names; a file that does not exist is taken for an id")
        ),
        (several, more) => {
            let ids: Vec<&str> =
                several.iter().filter_map(|at| ranked.placed[*at].identity.as_deref()).filter_map(|identity| identity.split('\u{1f}').next()).collect();
            let advice = if ids.is_empty() { "give each an id column".to_owned() } else { format!("name one by id: {}", ids.join(", ")) };
            bail!(Failure::new(format!("{} candidates are called `{wanted}`", several.len() + more.len())).hint(advice))
        }
    }
}

/// Rows whose name, id, profile address or handle is this word.
fn named(files: &[OpenFile<'_>], wanted: &str, setting: &Setting<'_>, threads: usize) -> Result<Vec<Origin>> {
    let mut found = Vec::new();
    for file in files {
        let (parts, _) = file.source.scan(threads, |batch| {
            let normalizer = file.normalizer(setting.knowledge);
            let (mut candidate, mut findings, mut origins) = (Candidate::default(), Findings::new(file.plan.columns.len()), Vec::new());
            batch.for_each(|record| {
                if normalizer.fill(record, &mut candidate, &mut findings) == Outcome::Candidate
                    && [&candidate.id, &candidate.url, &candidate.handle, &candidate.name].contains(&&wanted.to_owned())
                {
                    origins.push(Origin { file: file.index as u32, batch: batch.span().index, row: record.row() });
                }
                Ok(())
            })?;
            Ok(origins)
        })?;
        found.extend(parts.into_iter().flatten());
    }
    Ok(found)
}
