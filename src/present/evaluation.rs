//! An evaluation in, a table or JSON out: one row a label where labels are categories, else one row a ranking.

use std::io::Write;

use anyhow::Result;
use clap::ValueEnum;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use serde::Serialize;

use super::{paragraph::lines, report::OwnData, width};

/// Formats of an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EvaluationFormat {
    /// Aligned text for a terminal
    Table,
    /// Everything, for scripts
    Json,
}

/// How well rankings tell labels.
#[derive(Debug, Serialize)]
pub struct Evaluation {
    /// Version that measured.
    pub version: &'static str,
    /// The label column.
    pub label: String,
    /// What its cells are: category, binary, grade or outcome.
    pub label_kind: &'static str,
    /// Hash of the brief, or of none.
    pub brief: String,
    /// Hash of the norms.
    pub norms: String,
    /// What the user laid over the built-in tables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<OwnData>,
    /// Places that the measures `@k` look at.
    pub k: usize,
    /// Samples behind the intervals of 95 %.
    pub resamples: usize,
    /// Ranked candidates.
    pub candidates: usize,
    /// Those of them that have a label.
    pub labelled: usize,
    /// Those that the brief's rules leave out.
    pub excluded: usize,
    /// One entry a label that is told from all others; one where the label is yes or no, a grade, or an outcome.
    pub classes: Vec<ClassFigures>,
    /// Plain mean over the classes, where there are several.
    pub mean: Vec<RankingFigures>,
    /// Labels that no category is known for, and how often they stand.
    pub unmapped: Vec<(String, usize)>,
    /// The candidates that the first ranking puts farthest from where their label belongs.
    pub misses: Vec<Miss>,
    /// What a reader should know.
    pub warnings: Vec<String>,
}

/// The figures of one label.
#[derive(Debug, Serialize)]
pub struct ClassFigures {
    /// The label.
    pub label: String,
    /// The category that it means.
    pub category: Option<String>,
    /// Candidates that carry it, or that are a yes.
    pub positives: Option<usize>,
    /// What ranked, the asked first, then the naive ones.
    pub rankings: Vec<RankingFigures>,
}

/// The figures of one ranking.
#[derive(Debug, Serialize)]
pub struct RankingFigures {
    /// Its name.
    pub ranking: String,
    /// Candidates for which it is known.
    pub known: usize,
    /// Measures, in their order.
    pub measures: Vec<MeasureFigure>,
}

/// One figure.
#[derive(Debug, Clone, Serialize)]
pub struct MeasureFigure {
    /// Its name, with k filled in.
    pub measure: String,
    /// Of all candidates; `None` where the labels cannot tell.
    pub value: Option<f64>,
    /// Lower end of the interval.
    pub lo: Option<f64>,
    /// Upper end of the interval.
    pub hi: Option<f64>,
}

/// A candidate that stands far from where its label belongs.
#[derive(Debug, Serialize)]
pub struct Miss {
    /// The label that was to be told.
    pub label: String,
    /// `missed` where it has the label and stands low; `false alarm` where it has not and stands high.
    pub what: &'static str,
    /// Its own label.
    pub own_label: String,
    /// File and line.
    pub place: String,
    /// Nickname or id.
    pub name: String,
    /// The value that ranked it.
    pub value: Option<f64>,
    /// The share of candidates of the other side that it stands on the wrong side of.
    pub wrong_side: f64,
    /// What it was taken for, and by which terms.
    pub taken_for: String,
}

/// Writes an evaluation.
///
/// # Errors
/// The output is gone.
pub fn write(evaluation: &Evaluation, format: EvaluationFormat, columns: usize, out: &mut dyn Write) -> Result<()> {
    match format {
        EvaluationFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, evaluation)?;
            Ok(out.write_all(b"\n")?)
        }
        EvaluationFormat::Table => table(evaluation, columns, out),
    }
}

fn table(evaluation: &Evaluation, columns: usize, out: &mut dyn Write) -> Result<()> {
    let Evaluation { label, label_kind, candidates, labelled, excluded, resamples, .. } = evaluation;
    let mut heading = format!("`{label}` as {label_kind} · {labelled} of {candidates} candidates are labelled");
    if *excluded > 0 {
        heading = format!("{heading} · {excluded} excluded by the brief");
    }
    if *resamples > 0 {
        heading = format!("{heading} · 95 % intervals of {resamples} resamples");
    }
    lines([heading], "", columns, out)?;
    let by_class = evaluation.classes.iter().any(|class| class.category.is_some());
    writeln!(out, "\n{}", if by_class { class_table(evaluation) } else { ranking_table(evaluation) })?;
    let listed: Vec<String> = evaluation.unmapped.iter().map(|(label, times)| format!("{label} {times}")).collect();
    if !listed.is_empty() {
        lines([format!("labels without a category: {}", listed.join(", "))], "", columns, out)?;
    }
    misses(evaluation, columns, out)
}

/// One row a label: the measures of the ranking that is asked for, then the first measure of the naive ones.
fn class_table(evaluation: &Evaluation) -> String {
    let Some(first) = evaluation.classes.first() else { return String::new() };
    let Some((asked, naive)) = first.rankings.split_first() else { return String::new() };
    let chief = asked.measures.first().map_or("", |figure| figure.measure.as_str());
    let mut titles = vec!["label".to_owned(), "category".to_owned(), "n".to_owned(), format!("{} {chief}", asked.ranking)];
    titles.extend(asked.measures.iter().skip(1).map(|figure| figure.measure.clone()));
    titles.extend(naive.iter().map(|ranking| ranking.ranking.clone()));
    let cells = |rankings: &[RankingFigures]| -> Vec<String> {
        let asked = rankings[0].measures.iter().enumerate().map(|(at, figure)| if at == 0 { with_interval(figure) } else { short(figure) });
        asked.chain(rankings[1..].iter().map(|ranking| ranking.measures.first().filter(|_| ranking.known > 0).map_or("–".to_owned(), short))).collect()
    };
    let rows = evaluation.classes.iter().map(|class| {
        let positives = class.positives.map_or(String::new(), |count| count.to_string());
        [vec![width::cut(&class.label, 14), width::cut(class.category.as_deref().unwrap_or_default(), 16), positives], cells(&class.rankings)].concat()
    });
    let mean = (!evaluation.mean.is_empty()).then(|| [vec!["mean".to_owned(), String::new(), String::new()], cells(&evaluation.mean)].concat());
    aligned(titles, rows.chain(mean), 2)
}

/// One row a ranking, one column a measure.
fn ranking_table(evaluation: &Evaluation) -> String {
    let Some(class) = evaluation.classes.first() else { return String::new() };
    let mut titles = vec!["ranking".to_owned(), "known".to_owned()];
    titles.extend(class.rankings.first().into_iter().flat_map(|ranking| ranking.measures.iter().map(|figure| figure.measure.clone())));
    let rows = class.rankings.iter().map(|ranking| {
        let none = ranking.known == 0;
        let figures = ranking.measures.iter().map(|figure| if none { "–".to_owned() } else { with_interval(figure) });
        [ranking.ranking.clone(), ranking.known.to_string()].into_iter().chain(figures).collect()
    });
    aligned(titles, rows, 1)
}

/// A table of which the first columns hold text and the others numbers.
fn aligned(titles: Vec<String>, rows: impl Iterator<Item = Vec<String>>, text: usize) -> String {
    let mut table = Table::new();
    let count = titles.len();
    table.load_style(comfy_table::presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled).set_header(titles);
    rows.for_each(|row| {
        table.add_row(row);
    });
    for at in 0..count {
        if let Some(column) = table.column_mut(at) {
            column.set_padding((0, 2));
            column.set_cell_alignment(if at < text { CellAlignment::Left } else { CellAlignment::Right });
        }
    }
    table.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// `.83`, `1`, `-.20`: figures between -1 and 1.
fn decimals(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    text.replacen("0.", ".", usize::from(text.starts_with("0.") || text.starts_with("-0.")))
}

fn short(figure: &MeasureFigure) -> String {
    figure.value.map_or("–".to_owned(), |value| decimals(value, 2))
}

fn with_interval(figure: &MeasureFigure) -> String {
    let value = figure.value.map_or("–".to_owned(), |value| decimals(value, 3));
    match (figure.lo, figure.hi) {
        (Some(lo), Some(hi)) => format!("{value} [{}, {}]", decimals(lo, 2), decimals(hi, 2)),
        _ => value,
    }
}

fn misses(evaluation: &Evaluation, columns: usize, out: &mut dyn Write) -> Result<()> {
    if evaluation.misses.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nfarthest from where the label belongs")?;
    for miss in &evaluation.misses {
        let value = miss.value.map_or("unknown".to_owned(), |value| decimals(value, 2));
        let own = if miss.own_label == miss.label { String::new() } else { format!(" (it is `{}`)", width::cut(&miss.own_label, 20)) };
        let side = format!("on the wrong side of {:.0} %", miss.wrong_side * 100.0);
        let heading = format!("{} `{}`{own}: {} · {} · {value}, {side}", miss.what, width::cut(&miss.label, 20), width::cut(&miss.name, 24), miss.place);
        lines([heading], "  ", columns, out)?;
        lines([miss.taken_for.clone()], "      ", columns, out)?;
    }
    Ok(())
}
