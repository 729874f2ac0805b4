//! What a first reading saw in, the scored candidates who may be among the first out: their records are read again, and nobody else's.

use std::{
    collections::HashSet,
    sync::atomic::{AtomicUsize, Ordering},
};

use anyhow::Result;

use super::{
    inputs::OpenFile,
    progress::Progress,
    scan::{BatchScan, Scan},
    setting::{RankBy, Setting},
};
use crate::{
    normalize::{
        candidate::Candidate,
        row::{Findings, Outcome},
    },
    parallel,
    score::{
        Scored, figures,
        kind::KindEvidence,
        text::{Hits, View},
        total,
    },
    select::{
        pool::{Entry, Frame, Origin, Pool},
        prospect::{Bar, Prospect, points},
    },
};

/// Candidates who may be among the first, and how many of those who were scored turned out to have no score.
pub(super) struct Rescored {
    pub(super) frames: Vec<Frame>,
    pub(super) unscored: usize,
}

/// Scores all prospects whom the bar admits, but those who are gone.
pub(super) fn scored(files: &[OpenFile<'_>], scan: &Scan, gone: &HashSet<Origin>, setting: &Setting<'_>, bar: &Bar, threads: usize) -> Result<Rescored> {
    let (unscored, mut frames) = (AtomicUsize::new(0), Vec::new());
    for (open, scanned) in files.iter().zip(&scan.files) {
        let progress = Progress::of("scoring", open.source.name(), open.source.size());
        frames.extend(parallel::map(threads, scanned.batches.len(), |at| {
            let batch = &scanned.batches[at];
            let (frame, without) = of_batch(open, batch, gone, setting, bar)?;
            unscored.fetch_add(without, Ordering::Relaxed);
            progress.add(batch.span.len);
            Ok(frame)
        })?);
    }
    Ok(Rescored { frames, unscored: unscored.into_inner() })
}

fn of_batch(open: &OpenFile<'_>, batch: &BatchScan, gone: &HashSet<Origin>, setting: &Setting<'_>, bar: &Bar) -> Result<(Frame, usize)> {
    let origin = |prospect: &Prospect| batch.origin(open.index as u32, prospect.row);
    let admitted = |prospect: &&Prospect| bar.admits(prospect.kind(), prospect.ceiling()) && !gone.contains(&origin(prospect));
    let wanted: Vec<&Prospect> = batch.prospects.iter().filter(admitted).collect();
    let (mut pool, mut unscored) = (Pool::default(), 0);
    if wanted.is_empty() {
        return Ok((pool.into_frame()?, unscored));
    }
    let picked = open.source.batch(batch.span)?.picked(wanted.iter().map(|prospect| (prospect.offset, prospect.length)));
    let normalizer = open.normalizer(setting.knowledge);
    let (mut candidate, mut view, mut identity) = (Candidate::default(), View::default(), String::new());
    let mut findings = Findings::new(open.plan.columns.len());
    let mut prospects = wanted.into_iter();
    picked.as_batch().for_each(|record| {
        let Some(prospect) = prospects.next() else { return Ok(()) };
        // The bar may have risen since.
        if !bar.admits(prospect.kind(), prospect.ceiling()) || normalizer.fill(record, &mut candidate, &mut findings) != Outcome::Candidate {
            return Ok(());
        }
        setting.scorer.look_at(&candidate, &mut view);
        let kind = setting.scorer.kind(&candidate, &view.hits);
        candidate.key_into(setting.platform(&candidate), &mut identity);
        let place = (origin(prospect), identity.as_str(), || normalizer.content(record));
        let score = enter(&candidate, (&view.hits, kind), place, setting, (bar, &mut pool));
        // One without a score is known as such already where it was scored before.
        unscored += usize::from(score.is_none() && prospect.ceiling() > 0);
        Ok(())
    })?;
    Ok((pool.into_frame()?, unscored))
}

/// Scores a candidate who may be considered; whoever the bar admits enters the pool. Gives back what ranks it.
pub(super) fn enter(
    candidate: &Candidate,
    (hits, kind): (&Hits, KindEvidence),
    (origin, identity, content): (Origin, &str, impl FnOnce() -> u64),
    setting: &Setting<'_>,
    (bar, pool): (&Bar, &mut Pool),
) -> Option<f64> {
    let Scored { values, total, .. } = setting.scorer.score_as(candidate, hits, kind);
    let score = match setting.by {
        RankBy::Score => total.score,
        RankBy::Lo => total.score.map(|_| total.lo),
    };
    let reached = score.map_or(0, points);
    if !bar.admits(kind.kind, reached) {
        return score;
    }
    bar.saw(kind.kind, reached);
    pool.push(&Entry {
        origin,
        kind: kind.kind,
        score,
        vector: if setting.vectors { total::vector(&values, setting.scorer.weights(kind.kind), setting.by.pick()) } else { Vec::new() },
        coverage: total.coverage,
        price: figures::price(candidate, setting.brief),
        followers: candidate.followers,
        identity,
        // A nickname orders only those whom nothing else tells apart.
        name: if identity.is_empty() { &candidate.name } else { "" },
        content: content(),
    });
    score
}
