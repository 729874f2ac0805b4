//! `kolscore eval`: candidate files with a column of labels in, how well rankings tell the labels out. The label column itself is never read as anything else.

use std::{io::Write, path::PathBuf};

use anyhow::{Result, bail};

use super::{
    details,
    inputs::OpenFile,
    output::{OutputArgs, WidthArgs},
    pool::{OrderArgs, PoolArgs, Ranked, Ready},
    report::own_data,
    setting::{RankBy, Setting},
};
use crate::{
    brief::{Brief, DomainAsk},
    evaluate::{
        Class, FEW, Figures, LEAST, Ranking, Resampling,
        label::LabelKind,
        measure::{self, Measure, Truth},
        misplaced,
    },
    failure::{Failure, did_you_mean},
    knowledge::categories::CategoryId,
    normalize::{cell::is_missing, fold::fold_label},
    present::{
        self,
        evaluation::{ClassFigures, Evaluation, EvaluationFormat, MeasureFigure, Miss, RankingFigures},
    },
    random::SplitMix64,
    score::{DIMENSIONS, Scored, Scorer, baseline::BASELINES},
    select::pool::Origin,
};

/// Arguments of `kolscore eval`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: kolscore eval candidates.csv --label category --by domain\nThe label column is not read as anything else. Beside the figures stand those of naive rankings; ties count by their average."
)]
pub struct Args {
    /// Candidate files (CSV, TSV, xlsx, ods, JSON); `-` is standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The brief; labels that are categories take the place of its categories and keywords
    #[arg(short, long)]
    brief: Option<PathBuf>,
    /// The column that holds the labels
    #[arg(long, value_name = "COLUMN")]
    label: String,
    /// What the labels are [default: the plainest that fits all of them]
    #[arg(long = "as", value_enum)]
    kind: Option<LabelKind>,
    /// What ranks: `score`, or dimensions such as `domain` [default: score; domain where labels are categories]
    #[arg(long, value_name = "DIMENSION,…", value_delimiter = ',')]
    by: Vec<String>,
    /// Only these labels are told from the rest, where labels are categories
    #[arg(long, value_name = "LABEL,…", value_delimiter = ',')]
    only: Vec<String>,
    #[command(flatten)]
    pool: PoolArgs,
    #[command(flatten)]
    order: OrderArgs,
    /// Places of a shortlist, the k of the measures `@k`
    #[arg(short = 'n', long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    top: u32,
    /// Samples behind the intervals; 0 gives none
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(..=100_000))]
    resamples: u32,
    /// List so many candidates that stand farthest from where their label belongs, with what they were taken for
    #[arg(long, default_value_t = 0, value_name = "COUNT")]
    misses: u32,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = EvaluationFormat::Table)]
    format: EvaluationFormat,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    width: WidthArgs,
}

/// Runs the command.
///
/// # Errors
/// A file, the brief or the labels stopped it (exit 1), or the arguments were wrong (exit 2).
pub fn run(args: &Args) -> Result<()> {
    args.output.refuse_foreign()?;
    let ready = Ready::new(&args.pool, args.brief.as_deref())?;
    let mut files = ready.open_without(&args.label, &args.files)?;
    refuse_unknown_column(&args.label, &files)?;
    let (norms, counted) = ready.norms(args.order.norms.as_deref(), &mut files)?;
    let setting = Setting { by: args.order.rank_by, ..ready.setting(&norms)? };
    let ranked = ready.rank(&mut files, counted, &setting, args.order.duplicates, None)?;
    let labelled = labelled(&args.label, &files, &ranked, &setting)?;
    let cells: Vec<String> = labelled.iter().map(|row| row.label.clone()).collect();
    let kind = args.kind.unwrap_or_else(|| LabelKind::of(&cells));
    let by = asked(&args.by, kind)?;
    let told = told(&labelled, kind, &args.only, &ready)?;
    let briefs: Vec<Brief> = told.iter().map(|told| brief_of(told, &ready.brief)).collect();
    let scorers = briefs.iter().map(|brief| ready.scorer(brief, &norms)).collect::<Result<Vec<Scorer<'_>>>>()?;
    let classes = rankings(&by, told.iter().map(|told| Truth::new(&told.values, told.worthless)), &scorers, &labelled, (&files, &ranked, &setting))?;
    let measures = if matches!(kind, LabelKind::Category | LabelKind::Binary) { measure::OF_BINARY } else { measure::OF_GRADES };
    let resampling = Resampling { resamples: args.resamples as usize, threads: ready.threads() };
    let figures = crate::evaluate::judge(&classes, measures, args.top as usize, resampling);
    let evaluation = Evaluation {
        version: env!("CARGO_PKG_VERSION"),
        label: args.label.clone(),
        label_kind: kind.name(),
        brief: ready.brief.hash.clone(),
        norms: norms.hash.clone(),
        data: own_data(&ready.knowledge),
        k: args.top as usize,
        resamples: args.resamples as usize,
        candidates: ranked.placed.len(),
        labelled: labelled.len(),
        excluded: ranked.scan.excluded.len(),
        misses: misses(args.misses as usize, &told, &classes, &labelled, (&files, &ranked, &setting))?,
        unmapped: if kind == LabelKind::Category { unmapped(&cells, &ready) } else { Vec::new() },
        warnings: warnings(labelled.len(), ranked.placed.len(), args, kind),
        mean: if told.len() > 1 { mean_figures(&classes, &figures, measures, args.top) } else { Vec::new() },
        classes: class_figures(&told, &classes, &figures, measures, args.top, &ready),
    };
    args.output.write(|out| present::evaluation::write(&evaluation, args.format, args.width.columns().max(60), out))?;
    let mut errors = std::io::stderr().lock();
    Ok(evaluation.warnings.iter().try_for_each(|warning| writeln!(errors, "warning: {warning}"))?)
}

/// Everything that rows are read again with.
type Pool<'p> = (&'p [OpenFile<'p>], &'p Ranked, &'p Setting<'p>);

/// A ranked candidate whose label is known.
struct Labelled {
    origin: Origin,
    /// File and line.
    place: String,
    name: String,
    label: String,
}

/// One thing to tell: a category from all others, or the one thing that all labels speak of.
struct Told {
    label: String,
    category: Option<CategoryId>,
    values: Vec<f64>,
    worthless: f64,
    positives: Option<usize>,
}

fn refuse_unknown_column(label: &str, files: &[OpenFile<'_>]) -> Result<()> {
    let headers: Vec<&str> = files.iter().flat_map(|file| file.source.headers().iter().map(|header| header.name.as_str())).collect();
    if headers.iter().any(|header| fold_label(header) == fold_label(label)) {
        return Ok(());
    }
    let close = did_you_mean(label, headers.iter().copied()).map_or(String::new(), |close| format!("did you mean `{close}`? "));
    bail!(Failure::usage(format!("no file has the label column `{label}`")).hint(format!("{close}the columns are {}", headers.join(", "))))
}

/// The labels of all ranked candidates, in their order: of their own row, else of the first joined row that has one.
fn labelled(label: &str, files: &[OpenFile<'_>], ranked: &Ranked, setting: &Setting<'_>) -> Result<Vec<Labelled>> {
    let wanted = fold_label(label);
    let columns: Vec<Option<usize>> = files.iter().map(|file| file.source.headers().iter().position(|header| fold_label(&header.name) == wanted)).collect();
    let mut origins: Vec<Origin> = ranked.placed.iter().map(|placed| placed.origin).collect();
    origins.sort_unstable();
    let mut rows = Vec::with_capacity(origins.len());
    details::visit(&origins, files, ranked, setting, |position, candidate, row| {
        let cells = row.sources().filter_map(|source| Some((source.cell(columns[source.file.index]?), source.place())));
        if let Some((cell, place)) = cells.into_iter().find(|(cell, _)| !is_missing(cell)) {
            let name = if candidate.name.is_empty() { &candidate.id } else { &candidate.name };
            rows.push(Labelled { origin: origins[position], place, name: name.clone(), label: cell.trim().to_owned() });
        }
        Ok(())
    })?;
    if rows.len() < LEAST {
        bail!(
            Failure::new(format!("{} candidates have a label in `{label}`; fewer than {LEAST} say nothing about a ranking", rows.len()))
                .hint("label more candidates, or name the column that holds the labels")
        );
    }
    Ok(rows)
}

/// The names of what is to rank, with where its value stands: `None` is the score.
fn asked(by: &[String], kind: LabelKind) -> Result<Vec<(String, Option<usize>)>> {
    let usual = if kind == LabelKind::Category { "domain" } else { "score" }.to_owned();
    let names = if by.is_empty() { vec![usual] } else { by.to_vec() };
    let found = |name: String| {
        if name == "score" {
            return Ok((name, None));
        }
        let known = || DIMENSIONS.iter().map(|dimension| dimension.name).chain(["score"]);
        let at = DIMENSIONS.iter().position(|dimension| dimension.name == name).ok_or_else(|| {
            let close = did_you_mean(&name, known()).map_or(String::new(), |close| format!("did you mean `{close}`? "));
            Failure::usage(format!("nothing ranks by `{name}`")).hint(format!("{close}there are {}", known().collect::<Vec<_>>().join(", ")))
        })?;
        Ok((name, Some(at)))
    };
    names.into_iter().map(found).collect()
}

/// What is to be told: each category that a label names, else the one thing that the labels speak of.
fn told(rows: &[Labelled], kind: LabelKind, only: &[String], ready: &Ready<'_>) -> Result<Vec<Told>> {
    if kind != LabelKind::Category {
        let value = |row: &Labelled| {
            kind.value(&row.label).ok_or_else(|| {
                Failure::new(format!("{}: the label `{}` is not {}", row.place, row.label, kind.wanted()))
                    .hint("mend the cell or leave it empty; `--as category` takes labels as names")
            })
        };
        let values = rows.iter().map(value).collect::<Result<Vec<f64>, Failure>>()?;
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let positives = (kind == LabelKind::Binary).then(|| values.iter().filter(|value| **value > 0.0).count());
        let worthless = if kind == LabelKind::Grade { least } else { 0.0 };
        return Ok(vec![Told { label: kind.name().to_owned(), category: None, values, worthless, positives }]);
    }
    if let Some(missing) = only.iter().find(|only| !rows.iter().any(|row| row.label == **only)) {
        bail!(Failure::usage(format!("`--only {missing}`: no candidate has this label")).hint(format!("labels are {}", distinct(rows).join(", "))));
    }
    let mut all = Vec::new();
    for label in distinct(rows).into_iter().filter(|label| only.is_empty() || only.contains(label)) {
        let Some(category) = ready.knowledge.categories.tagged(&[label.as_str()]) else { continue };
        let values: Vec<f64> = rows.iter().map(|row| f64::from(row.label == label)).collect();
        let positives = Some(values.iter().filter(|value| **value > 0.0).count());
        all.push(Told { label, category: Some(category), values, worthless: 0.0, positives });
    }
    if all.is_empty() {
        bail!(
            Failure::new(format!("no category is known for any label, such as `{}`", rows[0].label))
                .hint("`kolscore list categories` prints all; `--as` says what the labels are if they are no categories")
        );
    }
    Ok(all)
}

/// Labels in the order of how often they stand, then of their bytes.
fn distinct(rows: &[Labelled]) -> Vec<String> {
    counted(rows.iter().map(|row| row.label.as_str())).into_iter().map(|(label, _)| label).collect()
}

fn counted<'l>(labels: impl Iterator<Item = &'l str>) -> Vec<(String, usize)> {
    let mut counts: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    labels.for_each(|label| *counts.entry(label).or_default() += 1);
    let mut counts: Vec<(String, usize)> = counts.into_iter().map(|(label, count)| (label.to_owned(), count)).collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    counts
}

fn unmapped(cells: &[String], ready: &Ready<'_>) -> Vec<(String, usize)> {
    let mut labels = counted(cells.iter().map(String::as_str));
    labels.retain(|(label, _)| ready.knowledge.categories.tagged(&[label.as_str()]).is_none());
    labels
}

/// The brief, with the category to be told as its only topic.
fn brief_of(told: &Told, brief: &Brief) -> Brief {
    let mut brief = brief.clone();
    if let Some(category) = told.category {
        brief.domain = DomainAsk { categories: vec![(category, 1.0)], ..DomainAsk::default() };
    }
    brief
}

/// The value of what ranks, at the end of its interval that ranks.
fn value_of(scored: &Scored, by: Option<usize>, rank_by: RankBy) -> Option<f64> {
    let score = || scored.total.score.map(|score| if rank_by == RankBy::Lo { scored.total.lo } else { score });
    by.map_or_else(score, |at| Some((rank_by.pick())(&scored.values[at])))
}

fn rankings(
    by: &[(String, Option<usize>)],
    truths: impl Iterator<Item = Truth>,
    scorers: &[Scorer<'_>],
    rows: &[Labelled],
    (files, ranked, setting): Pool<'_>,
) -> Result<Vec<Class>> {
    let names = by.iter().map(|(name, _)| name.as_str()).chain(BASELINES.iter().map(|baseline| baseline.name)).chain(["random"]);
    let empty: Vec<Ranking> = names.map(|name| Ranking { name: name.to_owned(), values: vec![None; rows.len()] }).collect();
    let mut classes: Vec<Class> = truths.map(|truth| Class { truth, rankings: empty.clone() }).collect();
    let origins: Vec<Origin> = rows.iter().map(|row| row.origin).collect();
    details::visit(&origins, files, ranked, setting, |position, candidate, _| {
        for (scorer, class) in scorers.iter().zip(&mut classes) {
            let hits = scorer.hits(candidate);
            let scored = scorer.score(candidate, &hits);
            let asked = by.iter().map(|(_, by)| value_of(&scored, *by, setting.by));
            let random = SplitMix64(position as u64).uniform();
            let values = asked.chain(scorer.baselines(candidate, &hits)).chain([Some(random)]);
            class.rankings.iter_mut().zip(values).for_each(|(ranking, value)| ranking.values[position] = value);
        }
        Ok(())
    })?;
    Ok(classes)
}

/// The candidates that the first ranking puts farthest from where their label belongs, with what their texts were taken for.
fn misses(count: usize, told: &[Told], classes: &[Class], rows: &[Labelled], (files, ranked, setting): Pool<'_>) -> Result<Vec<Miss>> {
    let found = misplaced(classes, count);
    let mut origins: Vec<Origin> = found.iter().map(|miss| rows[miss.row].origin).collect();
    origins.sort_unstable();
    origins.dedup();
    let mut taken_for = std::collections::HashMap::new();
    details::visit(&origins, files, ranked, setting, |position, candidate, _| {
        taken_for.insert(origins[position], described(candidate, setting));
        Ok(())
    })?;
    let miss = |miss: &crate::evaluate::Misplaced| {
        let row = &rows[miss.row];
        Miss {
            label: told[miss.class].label.clone(),
            what: if miss.positive { "missed" } else { "false alarm" },
            own_label: row.label.clone(),
            place: row.place.clone(),
            name: row.name.clone(),
            value: classes[miss.class].rankings[0].values[miss.row],
            wrong_side: miss.wrong_side,
            taken_for: taken_for.get(&row.origin).cloned().unwrap_or_default(),
        }
    };
    Ok(found.iter().map(miss).collect())
}

/// `taken for 美食 67 % (火锅, 探店), 旅游 33 % (攻略)`.
fn described(candidate: &crate::normalize::candidate::Candidate, setting: &Setting<'_>) -> String {
    let scorer = &setting.scorer;
    let Some(mut profile) = scorer.profile(candidate, &scorer.hits(candidate)) else {
        let texts = candidate.documents.len();
        return if texts == 0 { "no texts".to_owned() } else { format!("none of its {texts} texts holds a known term") };
    };
    profile.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let terms = scorer.topic_terms(candidate);
    let of = |id: CategoryId| terms.iter().filter(|(category, _)| *category == id).map(|(_, term)| *term).take(4).collect::<Vec<_>>().join(", ");
    let parts = profile.iter().take(4).map(|(id, share)| format!("{} {:.0} % ({})", setting.knowledge.categories.path(*id), share * 100.0, of(*id)));
    format!("taken for {}", parts.collect::<Vec<_>>().join(", "))
}

fn warnings(labelled: usize, candidates: usize, args: &Args, kind: LabelKind) -> Vec<String> {
    let mut warnings = Vec::new();
    if labelled < FEW {
        warnings.push(format!("{labelled} labelled candidates are few: read the intervals, not the figures"));
    }
    if labelled < candidates {
        warnings.push(format!("{} candidates without a label are left out", candidates - labelled));
    }
    if args.kind.is_none() {
        warnings.push(format!("`{}` is taken as {}; `--as` says otherwise", args.label, kind.name()));
    }
    warnings
}

fn figures_of(ranking: &Ranking, estimates: &[Option<crate::evaluate::Estimate>], measures: &[Measure], k: u32) -> RankingFigures {
    let figure = |(measure, estimate): (&Measure, &Option<crate::evaluate::Estimate>)| MeasureFigure {
        measure: measure.name.replace("@k", &format!("@{k}")),
        value: estimate.map(|estimate| estimate.value),
        lo: estimate.and_then(|estimate| Some(estimate.interval?.0)),
        hi: estimate.and_then(|estimate| Some(estimate.interval?.1)),
    };
    RankingFigures {
        ranking: ranking.name.clone(),
        known: ranking.values.iter().flatten().count(),
        measures: measures.iter().zip(estimates).map(figure).collect(),
    }
}

fn class_figures(told: &[Told], classes: &[Class], figures: &Figures, measures: &[Measure], k: u32, ready: &Ready<'_>) -> Vec<ClassFigures> {
    let of = |((told, class), estimates): ((&Told, &Class), &Vec<Vec<_>>)| ClassFigures {
        label: told.label.clone(),
        category: told.category.map(|id| ready.knowledge.categories.path(id)),
        positives: told.positives,
        rankings: class.rankings.iter().zip(estimates).map(|(ranking, estimates)| figures_of(ranking, estimates, measures, k)).collect(),
    };
    told.iter().zip(classes).zip(&figures.classes).map(of).collect()
}

fn mean_figures(classes: &[Class], figures: &Figures, measures: &[Measure], k: u32) -> Vec<RankingFigures> {
    classes[0].rankings.iter().zip(&figures.mean).map(|(ranking, estimates)| figures_of(ranking, estimates, measures, k)).collect()
}
