//! Opened files in, the scored pool out: every record becomes a row of the pool, an exclusion, a reject, or a blank.

use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use clap::ValueEnum;

use super::{inputs::OpenFile, progress::Progress};
use crate::{
    brief::Brief,
    knowledge::Knowledge,
    normalize::{
        candidate::Candidate,
        decide, plausible,
        row::{Findings, Outcome},
    },
    norms::{Norms, tally::Tallies},
    read::{Batch, Span},
    score::{Scorer, figures, total, value::Value},
    select::{
        eligible::{self, Exclusion},
        pool::{Entry, Frame, Origin, Pool},
    },
};

/// What reading and scoring all files gave.
#[derive(Default)]
pub(super) struct Scan {
    /// Scored candidates, a frame a batch.
    pub(super) frames: Vec<Frame>,
    /// Excluded candidates and why.
    pub(super) excluded: Vec<Excluded>,
    /// One entry a file.
    pub(super) files: Vec<FileScan>,
    /// For each facet that the brief names: candidates with a distribution, and those that list a wanted bin.
    pub(super) facets: Vec<FacetSeen>,
}

/// How often a facet of the audience was there at all, and spoke of the target.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct FacetSeen {
    pub(super) listed: u64,
    pub(super) concerned: u64,
}

impl FacetSeen {
    fn add(&mut self, more: Self) {
        self.listed += more.listed;
        self.concerned += more.concerned;
    }
}

/// A row that the brief's rules exclude.
pub(super) struct Excluded {
    pub(super) origin: Origin,
    pub(super) exclusion: Exclusion,
    /// As [`Candidate::key`].
    pub(super) identity: String,
}

/// What one file gave.
pub(super) struct FileScan {
    pub(super) digest: String,
    pub(super) records: u64,
    pub(super) blank: u64,
    pub(super) findings: Findings,
    /// Where each batch stands, to read rows again.
    pub(super) spans: Vec<Span>,
}

/// What one batch gave.
struct Part {
    frame: Frame,
    facets: Vec<FacetSeen>,
    excluded: Vec<Excluded>,
    records: u64,
    blank: u64,
    findings: Findings,
    span: Span,
}

/// What the files are scored with.
pub(super) struct Setting<'a> {
    pub(super) brief: &'a Brief,
    pub(super) knowledge: &'a Knowledge,
    pub(super) norms: &'a Norms,
    pub(super) scorer: Scorer<'a>,
    pub(super) by: RankBy,
    /// Whether the pool keeps the dimensions of every candidate.
    pub(super) vectors: bool,
}

/// What ranks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RankBy {
    /// The score, with what is unknown counted at its mean
    Score,
    /// The least that the score could be
    Lo,
}

impl RankBy {
    /// The end of a value's interval that ranks.
    pub(super) fn pick(self) -> fn(&Value) -> f64 {
        match self {
            Self::Score => |value| value.mid,
            Self::Lo => |value| value.lo,
        }
    }
}

impl Setting<'_> {
    /// The platform's name, or what the file calls it.
    pub(super) fn platform<'c>(&'c self, candidate: &'c Candidate) -> &'c str {
        candidate.platform.map_or(candidate.other_platform.as_str(), |id| self.knowledge.platforms.name(id))
    }
}

/// Reads and scores all files.
pub(super) fn scan(files: &mut [OpenFile<'_>], setting: &Setting<'_>, threads: usize) -> Result<Scan> {
    let mut whole = Scan { facets: vec![FacetSeen::default(); setting.scorer.lenses().count()], ..Scan::default() };
    for file in files {
        let scanned = settled(file, |file| scan_file(file, setting, threads), |reading| &reading.file.findings)?;
        whole.excluded.extend(scanned.excluded);
        whole.frames.extend(scanned.frames);
        whole.facets.iter_mut().zip(scanned.facets).for_each(|(seen, more)| seen.add(more));
        whole.files.push(scanned.file);
    }
    Ok(whole)
}

/// Counts what is usual in all files, whoever may be eligible.
pub(super) fn tallies(files: &mut [OpenFile<'_>], setting: &Setting<'_>, threads: usize) -> Result<Tallies> {
    let mut whole = Tallies::default();
    for file in files {
        let (counted, _) = settled(file, |file| tally_file(file, setting, threads), |(_, findings)| findings)?;
        whole.merge(&counted);
    }
    Ok(whole)
}

/// Rows whose name, id, profile address or handle is this word.
pub(super) fn named(files: &[OpenFile<'_>], wanted: &str, setting: &Setting<'_>, threads: usize) -> Result<Vec<Origin>> {
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

/// Reads a file until its columns' units are settled.
///
/// Whether bare shares are per cent or fractions is the whole column's decision. A file is read as if they were per cent, which most are; where the
/// column then turns out to hold fractions, it is read again.
fn settled<'k, T>(file: &mut OpenFile<'k>, read: impl Fn(&OpenFile<'k>) -> Result<T>, findings: impl Fn(&T) -> &Findings) -> Result<T> {
    let mut reading = read(file)?;
    if decide::needs_a_look(&file.plan) {
        let tallies = &findings(&reading).tallies;
        file.decisions = decide::decide_shares(file.source.name(), &mut file.plan, tallies)?;
        if decide::holds_fractions(&file.plan, tallies) {
            reading = read(file)?;
        }
    }
    let seen = findings(&reading);
    decide::refuse_misnamed(file.source.name(), &file.plan, &seen.tallies, &seen.rejects.kept)?;
    if let Some(failure) = plausible::problem(file.source.name(), &file.plan, &seen.cpm) {
        return Err(failure.into());
    }
    Ok(reading)
}

/// One reading of one file.
struct Reading {
    file: FileScan,
    frames: Vec<Frame>,
    excluded: Vec<Excluded>,
    facets: Vec<FacetSeen>,
}

fn tally_file(file: &OpenFile<'_>, setting: &Setting<'_>, threads: usize) -> Result<(Tallies, Findings)> {
    // Counts are whole numbers: in whatever order batches come, they add up to the same.
    let whole = Mutex::new(Tallies::default());
    let progress = Progress::of("counting", file.source.name(), file.source.size());
    let (parts, _) = file.source.scan(threads, |batch| {
        let normalizer = file.normalizer(setting.knowledge);
        let (mut candidate, mut findings, mut counted) = (Candidate::default(), Findings::new(file.plan.columns.len()), Tallies::default());
        batch.for_each(|record| {
            if normalizer.fill(record, &mut candidate, &mut findings) == Outcome::Candidate {
                counted.add(&setting.scorer.observe(&candidate, &setting.scorer.hits(&candidate)));
            }
            Ok(())
        })?;
        whole.lock().unwrap_or_else(PoisonError::into_inner).merge(&counted);
        progress.add(batch.span().len);
        Ok(findings)
    })?;
    let mut findings = Findings::new(file.plan.columns.len());
    parts.into_iter().for_each(|part| findings.append(part));
    Ok((whole.into_inner().unwrap_or_else(PoisonError::into_inner), findings))
}

fn scan_file(file: &OpenFile<'_>, setting: &Setting<'_>, threads: usize) -> Result<Reading> {
    let progress = Progress::of("scoring", file.source.name(), file.source.size());
    let (parts, digest) = file.source.scan(threads, |batch| {
        let part = scan_batch(file, batch, setting)?;
        progress.add(batch.span().len);
        Ok(part)
    })?;
    let facts = FileScan { digest: digest.to_string(), records: 0, blank: 0, findings: Findings::new(file.plan.columns.len()), spans: Vec::new() };
    let mut reading = Reading { file: facts, frames: Vec::new(), excluded: Vec::new(), facets: vec![FacetSeen::default(); setting.scorer.lenses().count()] };
    for part in parts {
        reading.file.records += part.records;
        reading.file.blank += part.blank;
        reading.file.findings.append(part.findings);
        reading.file.spans.push(part.span);
        reading.frames.push(part.frame);
        reading.excluded.extend(part.excluded);
        reading.facets.iter_mut().zip(part.facets).for_each(|(seen, more)| seen.add(more));
    }
    Ok(reading)
}

fn scan_batch(open: &OpenFile<'_>, batch: &Batch<'_>, setting: &Setting<'_>) -> Result<Part> {
    let normalizer = open.normalizer(setting.knowledge);
    let mut candidate = Candidate::default();
    let mut pool = Pool::default();
    let mut part = Part {
        frame: Pool::default().into_frame()?,
        facets: vec![FacetSeen::default(); setting.scorer.lenses().count()],
        excluded: Vec::new(),
        records: 0,
        blank: 0,
        findings: Findings::new(open.plan.columns.len()),
        span: batch.span(),
    };
    batch.for_each(|record| {
        part.records += 1;
        match normalizer.fill(record, &mut candidate, &mut part.findings) {
            Outcome::Blank => part.blank += 1,
            Outcome::Rejected => {}
            Outcome::Candidate => {
                let origin = Origin { file: open.index as u32, batch: part.span.index, row: record.row() };
                for (lens, seen) in setting.scorer.lenses().zip(&mut part.facets) {
                    let bins = &candidate.audience(lens.ask().facet).bins;
                    seen.listed += u64::from(!bins.is_empty());
                    seen.concerned += u64::from(bins.iter().any(|(bin, _)| lens.concerns(bin)));
                }
                take(&candidate, (origin, normalizer.content(record)), setting, &mut pool, &mut part.excluded);
            }
        }
        Ok(())
    })?;
    part.frame = pool.into_frame()?;
    Ok(part)
}

/// Puts a candidate into the pool, or among the excluded.
pub(super) fn take(candidate: &Candidate, (origin, content): (Origin, u64), setting: &Setting<'_>, pool: &mut Pool, excluded: &mut Vec<Excluded>) {
    let hits = setting.scorer.hits(candidate);
    let (price, platform) = (figures::price(candidate, setting.brief), setting.platform(candidate));
    if let Some(exclusion) = eligible::exclusion(candidate, &hits, price, setting.brief, (platform, &setting.knowledge.regions)) {
        excluded.push(Excluded { origin, exclusion, identity: candidate.key(platform) });
        return;
    }
    let scored = setting.scorer.score(candidate, &hits);
    let identity = candidate.key(platform);
    pool.push(&Entry {
        origin,
        kind: scored.kind.kind,
        score: match setting.by {
            RankBy::Score => scored.total.score,
            RankBy::Lo => scored.total.score.map(|_| scored.total.lo),
        },
        vector: if setting.vectors { total::vector(&scored.values, setting.scorer.weights(scored.kind.kind), setting.by.pick()) } else { Vec::new() },
        coverage: scored.total.coverage,
        price,
        followers: candidate.followers,
        identity: &identity,
        // A nickname orders only those whom nothing else tells apart.
        name: if identity.is_empty() { &candidate.name } else { "" },
        content,
    });
}
