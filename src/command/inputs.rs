//! Paths in, opened files with planned columns out.

use std::path::Path;

use anyhow::{Result, bail};

use crate::{
    failure::{Failure, did_you_mean},
    knowledge::{Knowledge, platforms::PlatformId},
    normalize::{
        decide::Decision,
        fold::fold_label,
        plan::{self, Mapping, Plan},
        row::Normalizer,
        target::Target,
    },
    read::{Input, Layout, Source},
};

/// One file, ready to be read.
pub(super) struct OpenFile<'k> {
    /// Position on the command line.
    pub(super) index: usize,
    pub(super) source: Source,
    pub(super) plan: Plan<'k>,
    pub(super) decisions: Vec<Decision>,
    pub(super) platform: Option<PlatformId>,
}

impl OpenFile<'_> {
    /// Turns the file's records into candidates.
    pub(super) fn normalizer<'a>(&'a self, knowledge: &'a Knowledge) -> Normalizer<'a> {
        Normalizer::new(&self.plan, knowledge, self.platform)
    }
}

/// `--map 'Header=field:unit'`.
pub(super) fn mapping(argument: &str, knowledge: &Knowledge) -> Result<Mapping> {
    let Some((header, target)) = argument.rsplit_once('=').filter(|(header, _)| !header.trim().is_empty()) else {
        bail!(Failure::usage(format!("`--map {argument}` has no `=`")).hint("write `--map 'HEADER=TARGET'`, such as `--map '报价=price_image:元'`"));
    };
    // `pair=男|女` and `separator=…` hold an `=` of their own.
    let (header, target) = match argument.split_once('=') {
        Some((first, rest)) if Target::parse(rest, &knowledge.regions).is_ok() => (first, rest),
        _ => (header, target),
    };
    let parsed = Target::parse(target, &knowledge.regions).map_err(|failure| {
        let hint = failure.hint.clone().unwrap_or_default();
        Failure::usage(format!("`--map {argument}`: {}", failure.message)).hint(hint)
    })?;
    Ok(Mapping { header: header.trim().to_owned(), target: parsed })
}

/// How files are opened and their columns planned.
pub(super) struct Reading<'k> {
    /// Decisions of the brief, then those of the arguments.
    pub(super) mappings: Vec<Mapping>,
    pub(super) of_arguments: Vec<Mapping>,
    pub(super) platform: Option<PlatformId>,
    pub(super) layout: Layout,
    /// Whether records are read once, in their order, so that nothing need be held.
    pub(super) once: bool,
    pub(super) knowledge: &'k Knowledge,
}

impl<'k> Reading<'k> {
    /// Opens one file and plans its columns; what needs a decision stops it.
    pub(super) fn planned(&self, index: usize, path: &Path) -> Result<OpenFile<'k>> {
        let file = self.assigned(index, path)?;
        match plan::problem(file.source.name(), &file.plan, self.knowledge) {
            Some(failure) => Err(failure.into()),
            None => Ok(file),
        }
    }

    /// The same, with columns that may need a decision.
    pub(super) fn assigned(&self, index: usize, path: &Path) -> Result<OpenFile<'k>> {
        let open = if self.once { Source::open_once } else { Source::open_as };
        let source = open(&Input::from_argument(path), &self.layout)?;
        let plan = plan::assign(source.headers(), &self.mappings, self.knowledge)?;
        Ok(OpenFile { index, source, plan, decisions: Vec::new(), platform: self.platform })
    }
}

/// Headers of the brief's `[columns]` that no file has: a brief may serve several exports.
pub(super) fn unused<'m>(of_brief: &'m [Mapping], files: &[OpenFile<'_>]) -> Vec<&'m str> {
    let has = |header: &str| files.iter().any(|file| file.source.headers().iter().any(|own| fold_label(&own.name) == fold_label(header)));
    of_brief.iter().map(|mapping| mapping.header.as_str()).filter(|header| !has(header)).collect()
}

/// A `--map` whose header no file has would be without effect.
pub(super) fn every_argument_is_used(mappings: &[Mapping], files: &[OpenFile<'_>]) -> Result<()> {
    let headers: Vec<&str> = files.iter().flat_map(|file| file.source.headers().iter().map(|header| header.name.as_str())).collect();
    for mapping in mappings {
        if !headers.iter().any(|header| fold_label(header) == fold_label(&mapping.header)) {
            let failure = Failure::new(format!("no file has the column `{}` that is mapped to `{}`", mapping.header, mapping.target));
            bail!(match did_you_mean(&mapping.header, headers.iter().copied()) {
                Some(close) => failure.hint(format!("did you mean `{close}`?")),
                None => failure.hint(format!("the columns are {}", headers.iter().take(30).map(|header| format!("`{header}`")).collect::<Vec<_>>().join(", "))),
            });
        }
    }
    Ok(())
}
