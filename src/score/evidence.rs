//! What a value was made of: facets with the words, numbers and cells behind them. Collected only where somebody asks why.

use std::cell::RefCell;

use super::value::Value;
use crate::normalize::{bin::Bin, candidate::Performance, field::Field, target::Scope};

/// One part of a dimension.
#[derive(Debug, Clone)]
pub struct Part {
    /// The dimension.
    pub dimension: &'static str,
    /// The part, such as `topic`.
    pub name: String,
    /// Its weight among the parts of the dimension.
    pub weight: f64,
    /// What is known of it.
    pub value: Value,
    /// Whether it counts in the mean; what is unknown of a mean of what is there does not, until it is known.
    pub counted: bool,
    /// Why.
    pub evidence: Evidence,
}

/// Words, numbers and places.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// Sentences.
    pub says: Vec<String>,
    /// Columns that gave it.
    pub cells: Vec<Cell>,
    /// Fields that would tell more.
    pub asks: Vec<Field>,
    /// Documents that gave it: position and the words found there.
    pub quotes: Vec<(usize, String)>,
}

/// A column, as a plan knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The field.
    pub field: Field,
    /// The bin, where each has a column of its own; `None` is every column of the field.
    pub bin: Option<Bin>,
    /// Scope, window and statistic of a performance figure.
    pub figure: Option<(Option<Scope>, Option<u16>, bool)>,
}

impl Evidence {
    /// A sentence.
    #[must_use]
    pub fn new(sentence: impl Into<String>) -> Self {
        Self { says: vec![sentence.into()], ..Self::default() }
    }

    /// One more sentence.
    #[must_use]
    pub fn say(mut self, sentence: impl Into<String>) -> Self {
        self.says.push(sentence.into());
        self
    }

    /// The columns of a field.
    #[must_use]
    pub fn cell(mut self, field: Field) -> Self {
        self.cells.push(Cell { field, bin: None, figure: None });
        self
    }

    /// A field that would tell more.
    #[must_use]
    pub fn ask(mut self, field: Field) -> Self {
        self.asks.push(field);
        self
    }

    /// The column of a performance figure.
    #[must_use]
    pub fn figure(mut self, figure: &Performance) -> Self {
        let Performance { metric, scope, window_days, mean, .. } = *figure;
        self.cells.push(Cell { field: Field::Metric(metric), bin: None, figure: Some((scope, window_days, mean)) });
        self
    }

    /// The columns of several figures.
    #[must_use]
    pub fn figures<'a>(self, figures: impl IntoIterator<Item = &'a Performance>) -> Self {
        figures.into_iter().fold(self, Self::figure)
    }

    /// A document and the words found in it.
    #[must_use]
    pub fn quote(mut self, document: usize, words: impl Into<String>) -> Self {
        self.quotes.push((document, words.into()));
        self
    }
}

/// A whole number as people write it: `12,000`.
#[must_use]
pub fn grouped(value: f64) -> String {
    let text = format!("{value:.0}");
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    format!("{sign}{}", groups.join(","))
}

/// Collects the parts of one candidate's values.
#[derive(Debug, Default)]
pub struct Trail(RefCell<Vec<Part>>);

impl Trail {
    /// Adds a part.
    pub fn add(&self, part: Part) {
        self.0.borrow_mut().push(part);
    }

    /// All parts, in the order in which they were looked at.
    #[must_use]
    pub fn into_parts(self) -> Vec<Part> {
        self.0.into_inner()
    }
}
