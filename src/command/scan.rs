//! Opened files in, what their first reading gives out: every record becomes a prospect, an exclusion, a reject, or a blank.

use std::sync::{Mutex, PoisonError};

use anyhow::Result;

use super::{inputs::OpenFile, progress::Progress, scoring::enter, setting::Setting};
use crate::{
    normalize::{
        candidate::Candidate,
        decide, plausible,
        row::{Findings, Outcome},
    },
    norms::tally::Tallies,
    read::{Batch, Span},
    score::{
        figures,
        text::{Hits, View},
    },
    select::{
        eligible::{self, Exclusion},
        pool::{Frame, Origin, Pool},
        prospect::{Bar, Prospect, Trace},
    },
};

/// What the first reading of all files gave.
#[derive(Default)]
pub(super) struct Scan {
    /// Scored candidates, a frame a batch; none where norms were only counted.
    pub(super) frames: Vec<Frame>,
    /// Excluded candidates and why.
    pub(super) excluded: Vec<Excluded>,
    /// One entry a file.
    pub(super) files: Vec<FileScan>,
    /// For each facet that the brief names: candidates with a distribution, and those that list a wanted bin.
    pub(super) facets: Vec<FacetSeen>,
    /// What is usual, where it was counted.
    pub(super) tallies: Tallies,
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
}

/// What one file gave.
pub(super) struct FileScan {
    pub(super) digest: String,
    pub(super) records: u64,
    pub(super) blank: u64,
    pub(super) findings: Findings,
    /// Its batches, to read rows again.
    pub(super) batches: Vec<BatchScan>,
}

/// What is kept of a batch: where it stands, and who is in it.
pub(super) struct BatchScan {
    pub(super) span: Span,
    /// Candidates who may be considered.
    pub(super) prospects: Vec<Prospect>,
    /// All candidates with an identity, the excluded ones too.
    pub(super) traces: Vec<Trace>,
}

impl FileScan {
    /// Nothing read yet of a file of so many columns.
    pub(super) fn new(columns: usize) -> Self {
        Self { digest: String::new(), records: 0, blank: 0, findings: Findings::new(columns), batches: Vec::new() }
    }
}

impl Scan {
    /// All batches, each with the position of its file.
    fn batches(&self) -> impl Iterator<Item = (u32, &BatchScan)> + Clone {
        self.files.iter().zip(0..).flat_map(|(file, at)| file.batches.iter().map(move |batch| (at, batch)))
    }

    /// The hash of each row's identity, with where the row stands.
    pub(super) fn identities(&self) -> impl Iterator<Item = (u64, Origin)> + Clone {
        self.batches().flat_map(|(file, batch)| batch.traces.iter().map(move |trace| (trace.hash(), batch.origin(file, trace.row))))
    }

    /// Everybody who may be considered, with where the row stands.
    pub(super) fn prospects(&self) -> impl Iterator<Item = (&Prospect, Origin)> {
        self.batches().flat_map(|(file, batch)| batch.prospects.iter().map(move |one| (one, batch.origin(file, one.row))))
    }
}

impl BatchScan {
    /// Where a row of it stands.
    pub(super) fn origin(&self, file: u32, row: u32) -> Origin {
        Origin { file, batch: self.span.index, row }
    }
}

/// What one batch gave.
struct Part {
    frame: Frame,
    facets: Vec<FacetSeen>,
    excluded: Vec<Excluded>,
    records: u64,
    blank: u64,
    findings: Findings,
    batch: BatchScan,
}

/// What a first reading does with every candidate, beside looking who may be considered.
#[derive(Clone, Copy)]
pub(super) enum Aim<'b> {
    /// Count what is usual, of which norms are made.
    Count,
    /// Score those whom the bar admits.
    Score(&'b Bar),
}

/// Rows that a batch of long records has; room for them is taken at once.
const ROOM: usize = 4_096;

/// Reads all files for the first time.
pub(super) fn scan(files: &mut [OpenFile<'_>], setting: &Setting<'_>, aim: Aim<'_>, threads: usize) -> Result<Scan> {
    let mut whole = Scan { facets: vec![FacetSeen::default(); setting.scorer.lenses().count()], ..Scan::default() };
    for file in files {
        let scanned = settled(file, |file| scan_file(file, setting, aim, threads))?;
        whole.excluded.extend(scanned.excluded);
        whole.frames.extend(scanned.frames);
        whole.facets.iter_mut().zip(scanned.facets).for_each(|(seen, more)| seen.add(more));
        whole.files.push(scanned.file);
        whole.tallies.merge(&scanned.tallies);
    }
    Ok(whole)
}

/// Reads a file until its columns' units are settled.
///
/// Whether bare shares are per cent or fractions is the whole column's decision. A file is read as if they were per cent, which most are; where the
/// column then turns out to hold fractions, it is read again.
fn settled<'k>(file: &mut OpenFile<'k>, read: impl Fn(&OpenFile<'k>) -> Result<Reading>) -> Result<Reading> {
    let mut reading = read(file)?;
    if decide::needs_a_look(&file.plan) {
        let tallies = &reading.file.findings.tallies;
        file.decisions = decide::decide_shares(file.source.name(), &mut file.plan, tallies)?;
        if decide::holds_fractions(&file.plan, tallies) {
            reading = read(file)?;
        }
    }
    let seen = &reading.file.findings;
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
    tallies: Tallies,
}

fn scan_file(file: &OpenFile<'_>, setting: &Setting<'_>, aim: Aim<'_>, threads: usize) -> Result<Reading> {
    let progress = Progress::of(if matches!(aim, Aim::Count) { "counting" } else { "scoring" }, file.source.name(), file.source.size());
    // Counts are whole numbers: in whatever order and portions they come, they add up to the same.
    let counts: Mutex<Vec<Tallies>> = Mutex::new(Vec::new());
    let idle = || counts.lock().unwrap_or_else(PoisonError::into_inner);
    let (parts, digest) = file.source.scan(threads, |batch| {
        let mut tallies = idle().pop().unwrap_or_default();
        let part = scan_batch(file, batch, setting, aim, &mut tallies)?;
        idle().push(tallies);
        progress.add(batch.span().len);
        Ok(part)
    })?;
    let counts = counts.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut reading = Reading {
        file: FileScan { digest: digest.to_string(), ..FileScan::new(file.plan.columns.len()) },
        frames: Vec::new(),
        excluded: Vec::new(),
        facets: vec![FacetSeen::default(); setting.scorer.lenses().count()],
        tallies: Tallies::default(),
    };
    counts.iter().for_each(|tallies| reading.tallies.merge(tallies));
    for part in parts {
        reading.file.records += part.records;
        reading.file.blank += part.blank;
        reading.file.findings.append(part.findings);
        reading.file.batches.push(part.batch);
        reading.frames.push(part.frame);
        reading.excluded.extend(part.excluded);
        reading.facets.iter_mut().zip(part.facets).for_each(|(seen, more)| seen.add(more));
    }
    Ok(reading)
}

fn scan_batch(open: &OpenFile<'_>, batch: &Batch<'_>, setting: &Setting<'_>, aim: Aim<'_>, tallies: &mut Tallies) -> Result<Part> {
    let (normalizer, scorer) = (open.normalizer(setting.knowledge), &setting.scorer);
    let (mut candidate, mut view, mut identity, mut pool) = (Candidate::default(), View::default(), String::new(), Pool::default());
    let mut part = Part {
        frame: Pool::default().into_frame()?,
        facets: vec![FacetSeen::default(); scorer.lenses().count()],
        excluded: Vec::new(),
        records: 0,
        blank: 0,
        findings: Findings::new(open.plan.columns.len()),
        batch: BatchScan { span: batch.span(), prospects: Vec::with_capacity(ROOM), traces: Vec::with_capacity(ROOM) },
    };
    batch.for_each(|record| {
        part.records += 1;
        match normalizer.fill(record, &mut candidate, &mut part.findings) {
            Outcome::Blank => part.blank += 1,
            Outcome::Rejected => {}
            Outcome::Candidate => {
                let origin = Origin { file: open.index as u32, batch: part.batch.span.index, row: record.row() };
                for (lens, seen) in scorer.lenses().zip(&mut part.facets) {
                    let bins = &candidate.audience(lens.ask().facet).bins;
                    seen.listed += u64::from(!bins.is_empty());
                    seen.concerned += u64::from(bins.iter().any(|(bin, _)| lens.concerns(bin)));
                }
                scorer.look_at(&candidate, &mut view);
                let hits = &view.hits;
                let kind = scorer.kind(&candidate, hits);
                if matches!(aim, Aim::Count) {
                    tallies.add(&scorer.observe(&candidate, hits, kind.kind));
                }
                candidate.key_into(setting.platform(&candidate), &mut identity);
                if !identity.is_empty() {
                    part.batch.traces.push(Trace::new(&identity, origin.row));
                }
                if let Some(exclusion) = exclusion(&candidate, hits, setting) {
                    part.excluded.push(Excluded { origin, exclusion });
                    return Ok(());
                }
                let mut prospect = Prospect::new(origin.row, record.place(), kind.kind, scorer.ceiling(&candidate, hits, kind.kind));
                if let Aim::Score(bar) = aim
                    && bar.admits(kind.kind, prospect.ceiling())
                {
                    let content = || normalizer.content(record);
                    let score = enter(&candidate, (hits, kind), (origin, &identity, content), setting, (bar, &mut pool));
                    prospect = prospect.scored(kind.kind, score);
                }
                part.batch.prospects.push(prospect);
            }
        }
        Ok(())
    })?;
    part.batch.prospects.shrink_to_fit();
    part.batch.traces.shrink_to_fit();
    part.frame = pool.into_frame()?;
    Ok(part)
}

/// The first rule of the brief that a candidate breaks.
pub(super) fn exclusion(candidate: &Candidate, hits: &Hits, setting: &Setting<'_>) -> Option<Exclusion> {
    let (price, platform) = (figures::price(candidate, setting.brief), setting.platform(candidate));
    eligible::exclusion(candidate, hits, price, setting.brief, (platform, &setting.knowledge.regions))
}
