//! The ordered pool in, the report that all formats present out.

use std::collections::BTreeMap;

use anyhow::Result;

use super::{
    details, evidence,
    extra::ExtraColumns,
    flags,
    inputs::{self, OpenFile},
    pool::Ranked,
    scan::FileScan,
    setting::{RankBy, Setting},
};
use crate::{
    knowledge::{Knowledge, categories::CategoryId, presets::Preset},
    normalize::{
        candidate::{Candidate, Kind},
        plan::Origin as Decider,
    },
    present::lang::Lang,
    present::report::{Aim, Board, Counts, DimensionCell, Excluded, Firm, InputFile, NormFacts, OwnData, Report, Row, Rules, Run},
    score::{DIMENSIONS, Scored, figures, text::Hits, weights},
    select::{
        pool::{Origin, Placed},
        stability::{self, Draw, Firmness},
    },
};

/// Everything that a report is made of.
pub(super) struct Ranking<'a> {
    pub(super) files: &'a [OpenFile<'a>],
    pub(super) setting: &'a Setting<'a>,
    pub(super) ranked: &'a Ranked,
    pub(super) lang: Lang,
}

/// What of it is shown.
pub(super) struct Shown<'a> {
    pub(super) kinds: &'a [Kind],
    /// Candidates a board.
    pub(super) top: usize,
    /// The first so many of a board are the shortlist whose firmness is told.
    pub(super) cut: usize,
    pub(super) threads: usize,
    pub(super) excluded: bool,
    /// Whether rows tell why their dimensions are what they are.
    pub(super) reasons: bool,
    /// Whether rows have the hash of their cells.
    pub(super) digests: bool,
    pub(super) extra: &'a ExtraColumns,
}

impl Ranking<'_> {
    /// The report; the rows that are shown are read again with all their details.
    pub(super) fn report(&self, shown: &Shown<'_>) -> Result<Report> {
        let boards = shown.kinds.iter().map(|kind| self.board(*kind, shown)).collect::<Result<_>>()?;
        let excluded = if shown.excluded { self.excluded()? } else { Vec::new() };
        Ok(Report { run: self.run(), boards, excluded, extra_columns: shown.extra.names.clone() })
    }

    fn board(&self, kind: Kind, shown: &Shown<'_>) -> Result<Board> {
        let of_kind: Vec<&Placed> = self.ranked.placed.iter().filter(|row| row.kind == kind).collect();
        let origins: Vec<Origin> = of_kind.iter().take(shown.top).map(|row| row.origin).collect();
        let firmness = if self.setting.vectors { self.firmness(kind, &of_kind, origins.len(), shown) } else { Vec::new() };
        let candidates = details::map(&origins, self.files, self.ranked, self.setting, shown.threads, |position, candidate, source| {
            let hits = self.setting.scorer.hits(candidate);
            let mut row = row(candidate, &hits, self.setting, shown.extra.cells(candidate, source), shown.reasons);
            if shown.digests {
                row.digest = digest(source);
            }
            row.rank = of_kind[position].score.is_some().then_some(position + 1);
            row.firmness = firmness.get(position).cloned();
            Ok(row)
        })?;
        Ok(Board { kind, total: self.ranked.totals[kind as usize], candidates, top: shown.cut })
    }

    fn firmness(&self, kind: Kind, of_kind: &[&Placed], places: usize, shown: &Shown<'_>) -> Vec<Firm> {
        let vectors: Vec<&[f64]> = of_kind.iter().filter(|row| row.score.is_some()).map(|row| row.vector.as_slice()).collect();
        let draw = draw(self.setting, kind);
        let weights = &self.setting.scorer.weights(kind).weights;
        let all = stability::firmness(&vectors, weights, shown.cut, places, &draw, shown.threads);
        let firm = |one: Firmness| Firm { in_top: one.in_top, ranks: one.ranks, drops: one.drops.map(|change| (DIMENSIONS[change.dimension].name, change.by)) };
        all.into_iter().map(firm).collect()
    }

    /// What the brief asks for and no file can tell, and rules that leave nobody.
    fn notes(&self) -> Vec<String> {
        let (setting, mut notes) = (self.setting, file_notes(self.files, self.setting));
        if self.ranked.placed.is_empty() && self.ranked.scan.excluded.is_empty() {
            return notes;
        }
        for (lens, seen) in setting.scorer.lenses().zip(&self.ranked.scan.facets) {
            let name = lens.ask().facet.name();
            if seen.listed == 0 {
                notes.push(format!("no candidate has an audience by {name}: `audience.{name}` is unknown for all"));
            } else if seen.concerned == 0 {
                let wanted: Vec<String> = lens.ask().bins.iter().map(|bin| format!("`{}`", bin.label())).collect();
                notes.push(format!("no candidate lists {} under `audience.{name}`: is it written as the files write it?", wanted.join(" or ")));
            }
        }
        notes.extend(norm_notes(setting));
        if self.ranked.placed.is_empty()
            && let Some(first) = self.ranked.scan.excluded.first().map(|row| &row.exclusion)
        {
            notes.push(format!("every candidate is excluded: the first by `{}`: {}", first.rule, first.detail));
        }
        notes
    }

    fn excluded(&self) -> Result<Vec<Excluded>> {
        let origins: Vec<Origin> = self.ranked.scan.excluded.iter().map(|row| row.origin).collect();
        let mut rows = Vec::new();
        details::visit(&origins, self.files, self.ranked, self.setting, |position, candidate, row| {
            let exclusion = &self.ranked.scan.excluded[position].exclusion;
            rows.push(Excluded {
                place: format!("{}:{}", row.file.source.name(), row.record.line()),
                id: candidate.identity().to_owned(),
                name: candidate.name.clone(),
                rule: exclusion.rule.to_owned(),
                detail: exclusion.detail.clone(),
            });
            Ok(())
        })?;
        Ok(rows)
    }

    /// What was run on what.
    pub(super) fn run(&self) -> Run {
        let (scan, unscored) = (&self.ranked.scan, self.ranked.unscored as u64);
        let mut exclusions: BTreeMap<&'static str, u64> = BTreeMap::new();
        scan.excluded.iter().for_each(|row| *exclusions.entry(row.exclusion.rule).or_default() += 1);
        let ranked = self.ranked.totals.iter().sum::<usize>() as u64 - unscored;
        let placed = Counts { ranked, unscored, excluded: scan.excluded.len() as u64, merged: self.ranked.merged, ..Counts::default() };
        run((self.files, &scan.files), (placed, exclusions), self.notes(), self.setting, self.lang)
    }
}

/// What was run on what; `placed` counts what became of candidates, and the files tell the rest.
pub(super) fn run(
    (files, scanned): (&[OpenFile<'_>], &[FileScan]),
    (placed, exclusions): (Counts, BTreeMap<&'static str, u64>),
    notes: Vec<String>,
    setting: &Setting<'_>,
    lang: Lang,
) -> Run {
    let sum = |count: fn(&FileScan) -> u64| scanned.iter().map(count).sum();
    let weights = Kind::ALL.map(|kind| {
        let weights = &setting.scorer.weights(kind).weights;
        (kind, DIMENSIONS.iter().zip(weights).filter(|(_, weight)| **weight > 0.0).map(|(dimension, weight)| (dimension.name, *weight)).collect())
    });
    Run {
        version: env!("CARGO_PKG_VERSION"),
        lang,
        brand: setting.brief.brand.clone(),
        settings: setting.brief.settings.clone(),
        brief: setting.brief.hash.clone(),
        norms: NormFacts { id: setting.norms.id.clone(), hash: setting.norms.hash.clone(), rows: setting.norms.rows, built_in: built_in(setting) },
        data: own_data(setting.knowledge),
        aims: aims(setting),
        by_least: setting.by == RankBy::Lo,
        weights: weights.into(),
        rules: Rules {
            unknown_mean: setting.brief.constants.unknown.mean,
            floor: setting.scorer.weights(Kind::Kol).floor,
            thresholds: setting.scorer.weights(Kind::Kol).thresholds.clone(),
        },
        currency: setting.brief.budget.currency.clone(),
        inputs: files.iter().zip(scanned).map(|(file, scanned)| input_facts(file, scanned)).collect(),
        exclusions: exclusions.into_iter().map(|(rule, count)| (rule.to_owned(), count)).collect(),
        notes,
        counts: Counts {
            records: sum(|file| file.records),
            rejected_rows: sum(|file| file.findings.rejects.rows),
            rejected_cells: sum(|file| file.findings.rejects.cells),
            blank: sum(|file| file.blank),
            ..placed
        },
    }
}

/// What a reader should know of how the files were read.
pub(super) fn file_notes(files: &[OpenFile<'_>], setting: &Setting<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    for source in files.iter().map(|file| &file.source) {
        if let Some(text) = source.container().text().filter(|text| text.doubtful) {
            notes.push(format!("{} is read as {}, a guess: if names look wrong, save it as UTF-8", source.name(), text.encoding));
        }
        notes.extend(source.notes().iter().chain(source.doubts()).map(|note| format!("{}: {note}", source.name())));
    }
    let unused = inputs::unused(&setting.brief.columns, files);
    if !unused.is_empty() {
        notes.push(format!("no file has the columns that the brief's `[columns]` names: `{}`", unused.join("`, `")));
    }
    notes
}

/// What a reader should know of the norms.
pub(super) fn norm_notes(setting: &Setting<'_>) -> Vec<String> {
    let mut notes = setting.norms.remarks.clone();
    let built_in = built_in(setting);
    if !built_in.is_empty() {
        notes.push(format!("too few candidates to be peers, so built-in norms serve for {}", built_in.join(", ")));
    }
    notes
}

/// The user's data files, which change what a score is.
pub(super) fn own_data(knowledge: &Knowledge) -> Option<OwnData> {
    knowledge.own_data().map(|(folder, hash)| OwnData { folder: folder.to_owned(), hash: hash.to_owned() })
}

/// The weight vectors of a board; the same brief draws the same.
pub(super) fn draw(setting: &Setting<'_>, kind: Kind) -> Draw {
    let constants = &setting.brief.constants.stability;
    let seed = xxhash_rust::xxh3::xxh3_64(format!("{} {}", setting.brief.hash, kind.name()).as_bytes());
    Draw { samples: (constants.samples as usize).clamp(1, 100_000), reach: constants.r#box.clamp(0.0, 0.99), seed, prune: true }
}

/// What built-in norms serve for, with the facets of which too few creators list the whole audience.
fn built_in(setting: &Setting<'_>) -> Vec<String> {
    let facets = setting.brief.audience.iter().map(|ask| ask.facet).filter(|facet| setting.norms.bases(*facet).len() == 1);
    setting.norms.served_by_built_in.iter().cloned().chain(facets.map(|facet| format!("shares by {}", facet.name()))).collect()
}

fn aims(setting: &Setting<'_>) -> Vec<Aim> {
    let outright = !setting.brief.weights.is_empty();
    let aim = |(name, preset): (&str, &Preset)| Aim {
        name: format!("{name} {}", preset.name),
        multiplies: if outright { Vec::new() } else { preset.multiply.iter().map(|(name, by)| (name.clone(), *by)).collect() },
        mix: preset.mix.map(|[kol, koc]| (u32::from(kol), u32::from(koc))),
        why: preset.why.clone(),
    };
    weights::chosen(setting.brief, &setting.knowledge.presets).map(aim).collect()
}

/// Everything that any format shows of a candidate, except its place.
pub(super) fn row(candidate: &Candidate, hits: &Hits, setting: &Setting<'_>, extra: Vec<String>, reasons: bool) -> Row {
    let Scored { kind, values, total } = &setting.scorer.score(candidate, hits);
    let weights = setting.scorer.weights(kind.kind);
    let dimensions = DIMENSIONS.iter().enumerate().map(|(at, dimension)| DimensionCell {
        name: dimension.name,
        value: (dimension.asked)(setting.brief).then_some(values[at].mid),
        lo: values[at].lo,
        hi: values[at].hi,
        weight: weights.weights[at],
        points: total.points[at],
        known: values[at].known,
    });
    let scored = Scored { kind: *kind, values: values.clone(), total: total.clone() };
    Row {
        rank: None,
        kind: kind.kind,
        id: candidate.identity().to_owned(),
        name: candidate.name.clone(),
        platform: setting.platform(candidate).to_owned(),
        url: if candidate.url.is_empty() { String::new() } else { format!("https://{}", candidate.url) },
        score: total.score,
        lo: total.lo,
        hi: total.hi,
        coverage: total.coverage,
        dimensions: dimensions.collect(),
        exact: total.exact,
        firmness: None,
        gate: (total.gate.factor, total.gate.limited_by.map(|at| DIMENSIONS[at].name), total.gate.points),
        category: main_category(candidate, hits, setting).map_or(String::new(), |id| setting.knowledge.categories.path(id)),
        tier: tier(candidate, setting),
        followers: candidate.followers,
        price: figures::price(candidate, setting.brief),
        flags: flags::flags(candidate, &scored, setting),
        digest: String::new(),
        extra,
        why: reasons.then(|| evidence::why(candidate, hits, setting)),
    }
}

/// Hash of all filled cells of all rows of a creator, with their headers.
pub(super) fn digest(row: &details::Row<'_>) -> String {
    let mut cells: Vec<String> = Vec::new();
    for source in row.sources() {
        let headers = source.file.source.headers().iter().enumerate();
        cells.extend(headers.map(|(at, header)| format!("{}\u{1f}{}", header.name, source.cell(at))).filter(|cell| !cell.ends_with('\u{1f}')));
    }
    cells.sort_unstable();
    format!("{:016x}", xxhash_rust::xxh3::xxh3_64(cells.join("\u{1e}").as_bytes()))
}

/// The category with the largest share of what the creator makes; the first of equals, `None` where nothing says.
pub(super) fn main_category(candidate: &Candidate, hits: &Hits, setting: &Setting<'_>) -> Option<CategoryId> {
    let profile = setting.scorer.profile(candidate, hits).unwrap_or_default();
    profile.into_iter().reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(id, _)| id)
}

/// The size tier; empty where followers are unknown.
pub(super) fn tier(candidate: &Candidate, setting: &Setting<'_>) -> String {
    let platforms = &setting.knowledge.platforms;
    let tier = candidate.followers.and_then(|followers| platforms.tier(candidate.platform, followers));
    tier.and_then(|tier| platforms.tier_name(candidate.platform, tier)).unwrap_or_default().to_owned()
}

fn input_facts(file: &OpenFile<'_>, scanned: &FileScan) -> InputFile {
    let rejects = &scanned.findings.rejects;
    InputFile {
        path: file.source.name().to_owned(),
        digest: scanned.digest.clone(),
        container: file.source.container().to_string(),
        pack: file.plan.pack.id.clone(),
        records: scanned.records,
        decisions: file.decisions.clone(),
        rejects: rejects.kept.clone(),
        rejected: rejects.rows + rejects.cells,
        untouched: file.plan.columns.iter().filter(|column| column.origin == Decider::Nobody).map(|column| column.name.clone()).collect(),
    }
}
