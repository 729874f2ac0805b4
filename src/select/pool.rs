//! Compact rows of scored candidates in, one polars frame in the total order of `scoring.md` §1 out.
//!
//! The frame holds what ordering needs and where each row came from; texts and details are read again for the rows that are shown.

use std::collections::HashSet;

use anyhow::{Context, Result};
use polars::prelude::{BooleanChunked, Column, DataFrame, SortMultipleOptions};

use crate::normalize::candidate::Kind;

/// Where a row stands: file, batch of the file, row of the batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// Position of the file on the command line.
    pub file: u32,
    /// Batch of the file.
    pub batch: u32,
    /// Row of the batch.
    pub row: u32,
}

/// Columns of scored candidates, filled a batch at a time.
#[derive(Debug, Default)]
pub struct Pool {
    origin: [Vec<u32>; 3],
    koc: Vec<bool>,
    score: Vec<Option<f64>>,
    /// One column a dimension, where they are kept.
    vector: Vec<Vec<f64>>,
    coverage: Vec<f64>,
    price: Vec<Option<f64>>,
    followers: Vec<Option<f64>>,
    identity: Vec<Option<String>>,
    name: Vec<String>,
    content: Vec<u64>,
}

/// One scored candidate, as the pool keeps it.
#[derive(Debug)]
pub struct Entry<'a> {
    /// Where it stands.
    pub origin: Origin,
    /// Its board.
    pub kind: Kind,
    /// What ranks it, rounded to 4 decimals; `None` is unscored.
    pub score: Option<f64>,
    /// What its dimensions are worth under its gate, where stability is asked for; else empty.
    pub vector: Vec<f64>,
    /// Known mass.
    pub coverage: f64,
    /// The quote that the brief buys.
    pub price: Option<f64>,
    /// Followers.
    pub followers: Option<f64>,
    /// Id, profile address or handle, with the platform behind it; empty where there is none.
    pub identity: &'a str,
    /// Nickname, which orders those without identity.
    pub name: &'a str,
    /// Hash of all cells with their headers, whatever the order of columns: it orders rows that nothing else tells apart.
    pub content: u64,
}

/// The frame's order: boards apart; scored before unscored; score down, coverage down, price up (missing last), identity up.
/// The columns after that only order rows that nothing else tells apart.
const ORDER: [(&str, bool); 11] = [
    ("koc", false),
    ("score", true),
    ("coverage", true),
    ("price", false),
    ("identity", false),
    ("name", false),
    ("followers", true),
    ("content", false),
    ("file", false),
    ("batch", false),
    ("row", false),
];

/// A batch of scored candidates as a frame; a clone shares its columns.
#[derive(Debug, Clone)]
pub struct Frame(DataFrame);

impl Frame {
    /// Where each row stands.
    ///
    /// # Errors
    /// None that a file could cause.
    pub fn origins(&self) -> Result<Vec<Origin>> {
        origins(&self.0)
    }

    /// The batch without these rows.
    ///
    /// # Errors
    /// None that a file could cause.
    pub fn without(self, gone: &HashSet<Origin>) -> Result<Self> {
        let origins = origins(&self.0)?;
        if origins.iter().all(|origin| !gone.contains(origin)) {
            return Ok(self);
        }
        let stays: BooleanChunked = origins.iter().map(|origin| Some(!gone.contains(origin))).collect();
        self.0.filter(&stays).map(Frame).context("rows cannot be taken out of a table")
    }
}

/// Where each row of a frame stands.
fn origins(frame: &DataFrame) -> Result<Vec<Origin>> {
    let number = |name: &str| -> Result<Vec<u32>> { Ok(frame.column(name)?.u32()?.iter().map(Option::unwrap_or_default).collect()) };
    let (file, batch, row) = (number("file")?, number("batch")?, number("row")?);
    Ok((0..frame.height()).map(|at| Origin { file: file[at], batch: batch[at], row: row[at] }).collect())
}

impl Pool {
    /// Adds a candidate.
    pub fn push(&mut self, entry: &Entry<'_>) {
        let Origin { file, batch, row } = entry.origin;
        for (column, value) in self.origin.iter_mut().zip([file, batch, row]) {
            column.push(value);
        }
        self.koc.push(entry.kind == Kind::Koc);
        self.score.push(entry.score);
        self.vector.resize_with(entry.vector.len(), Vec::new);
        self.vector.iter_mut().zip(&entry.vector).for_each(|(column, value)| column.push(*value));
        self.coverage.push(entry.coverage);
        self.price.push(entry.price);
        self.followers.push(entry.followers);
        self.identity.push((!entry.identity.is_empty()).then(|| entry.identity.to_owned()));
        self.name.push(entry.name.to_owned());
        self.content.push(entry.content);
    }

    /// Candidates of each board, and how many of all have no score.
    #[must_use]
    pub fn counts(&self) -> ([usize; 2], usize) {
        let koc = self.koc.iter().filter(|koc| **koc).count();
        ([self.len() - koc, koc], self.score.iter().filter(|score| score.is_none()).count())
    }

    /// How many candidates there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.koc.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.koc.is_empty()
    }

    /// The batch as a frame.
    ///
    /// # Errors
    /// None that a file could cause.
    pub fn into_frame(self) -> Result<Frame> {
        let height = self.len();
        let [file, batch, row] = self.origin;
        let mut columns = vec![
            Column::new("file".into(), file),
            Column::new("batch".into(), batch),
            Column::new("row".into(), row),
            Column::new("koc".into(), self.koc),
            Column::new("score".into(), self.score),
            Column::new("coverage".into(), self.coverage),
            Column::new("price".into(), self.price),
            Column::new("followers".into(), self.followers),
            Column::new("identity".into(), self.identity),
            Column::new("name".into(), self.name),
            Column::new("content".into(), self.content),
        ];
        columns.extend(self.vector.into_iter().enumerate().map(|(at, values)| Column::new(format!("vector{at}").into(), values)));
        DataFrame::new(height, columns).map(Frame).context("candidates do not form a table")
    }
}

/// One row of the ordered frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// Where it stands.
    pub origin: Origin,
    /// Its board.
    pub kind: Kind,
    /// What ranks it; `None` is unscored and has no rank.
    pub score: Option<f64>,
    /// What its dimensions are worth under its gate, where it was kept.
    pub vector: Vec<f64>,
    /// Known mass.
    pub coverage: f64,
    /// Identity, if there is one.
    pub identity: Option<String>,
    /// Hash of the row's content.
    pub content: u64,
}

/// All batches in the total order.
///
/// # Errors
/// None that a file could cause.
pub fn ordered(batches: Vec<Frame>) -> Result<Vec<Placed>> {
    let mut batches = batches.into_iter().map(|Frame(batch)| batch).filter(|batch| batch.height() > 0);
    let Some(mut frame) = batches.next() else { return Ok(Vec::new()) };
    for batch in batches {
        frame.vstack_mut_owned(batch).context("candidates cannot be put together")?;
    }
    let options = SortMultipleOptions::new().with_order_descending_multi(ORDER.map(|(_, descending)| descending)).with_nulls_last(true);
    // The unordered rows go before the ordered ones are taken apart.
    frame = frame.sort(ORDER.map(|(name, _)| name), options).context("candidates cannot be ordered")?;
    placed(&frame)
}

/// The first `places` of each board, or all.
#[must_use]
pub fn first(mut ordered: Vec<Placed>, places: Option<usize>) -> Vec<Placed> {
    let Some(places) = places else { return ordered };
    let mut taken = [0; 2];
    ordered.retain(|row| {
        taken[row.kind as usize] += 1;
        taken[row.kind as usize] <= places
    });
    ordered
}

fn placed(frame: &DataFrame) -> Result<Vec<Placed>> {
    let origin = origins(frame)?;
    let koc = frame.column("koc")?.bool()?;
    let score = frame.column("score")?.f64()?;
    let coverage = frame.column("coverage")?.f64()?;
    let identity = frame.column("identity")?.str()?;
    let content = frame.column("content")?.u64()?;
    let kept = frame.columns().iter().filter(|column| column.name().starts_with("vector"));
    let vectors = kept.map(|column| Ok(column.f64()?.iter().map(Option::unwrap_or_default).collect())).collect::<Result<Vec<Vec<f64>>>>()?;
    Ok((0..frame.height())
        .map(|at| Placed {
            origin: origin[at],
            kind: if koc.get(at) == Some(true) { Kind::Koc } else { Kind::Kol },
            score: score.get(at),
            vector: vectors.iter().map(|column| column[at]).collect(),
            coverage: coverage.get(at).unwrap_or(0.0),
            identity: identity.get(at).map(str::to_owned),
            content: content.get(at).unwrap_or_default(),
        })
        .collect())
}
