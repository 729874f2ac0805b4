//! The columns of all flat formats: names, titles and what stands in each row. Names are stable.

use std::borrow::Cow;

use super::{
    lang::Lang,
    report::{Report, Row},
    scored::{Layout, ScoredRow},
};
use crate::score::DIMENSIONS;

/// One column.
#[derive(Debug)]
pub(super) struct Column {
    /// Name in machine formats.
    pub(super) name: String,
    /// Chinese title, where it has one.
    zh: Option<&'static str>,
    /// Text or numbers.
    pub(super) holds: Holds,
}

/// What stands in a cell.
#[derive(Debug, PartialEq)]
pub(super) enum Value<'r> {
    /// Unknown, or not asked for.
    Empty,
    /// Text of ours or of a file.
    Text(Cow<'r, str>),
    /// A place on a board.
    Rank(usize),
    /// 0 to 100.
    Score(f64),
    /// 0 to 1.
    Share(f64),
    /// Followers.
    Count(f64),
    /// A quote in the brief's currency.
    Money(f64),
}

/// A column of ours: name, Chinese title, what its cells hold.
#[derive(Clone, Copy)]
struct Ours(&'static str, &'static str, Holds);

/// What the cells of a column hold, where they hold anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    Number,
}

use Holds::{Number, Text};

/// The fixed columns before the dimensions.
const FIRST: [Ours; 9] = [
    Ours("rank", "排名", Number),
    Ours("kind", "类型", Text),
    Ours("id", "达人ID", Text),
    Ours("name", "昵称", Text),
    Ours("platform", "平台", Text),
    Ours("score", "总分", Number),
    Ours("score_lo", "最低分", Number),
    Ours("score_hi", "最高分", Number),
    Ours("coverage", "已知度", Number),
];

/// The first of them is the place on a board.
const PLACE: usize = 1;

/// Those behind them.
const LAST: [Ours; 3] = [Ours("followers", "粉丝数", Number), Ours("price", "报价", Number), Ours("flags", "提示", Text)];

/// Those of candidates that were scored one by one.
const SORT_KEY: Ours = Ours("sort_key", "排序键", Text);
const EXCLUDED: Ours = Ours("excluded", "排除规则", Text);

/// Whether a column of ours is called so: one of a file then says that it is the file's.
#[must_use]
pub fn is_ours(name: &str) -> bool {
    let ours = FIRST.into_iter().chain(LAST).chain([SORT_KEY, EXCLUDED]).map(|Ours(name, ..)| name);
    ours.chain(DIMENSIONS.iter().map(|dimension| dimension.name)).any(|ours| ours == name)
}

/// Those that `--stability` adds.
const STABILITY: [Ours; 4] =
    [Ours("in_top", "入选率", Number), Ours("rank_from", "排名下界", Number), Ours("rank_to", "排名上界", Number), Ours("drops_at", "跌出条件", Text)];

impl Column {
    fn ours(Ours(name, zh, holds): Ours) -> Self {
        Self { name: name.to_owned(), zh: Some(zh), holds }
    }

    /// The title in a language; columns of the files keep their own.
    pub(super) fn title(&self, lang: Lang) -> &str {
        self.zh.filter(|_| lang == Lang::Zh).unwrap_or(&self.name)
    }
}

fn is_firm(report: &Report) -> bool {
    report.boards.iter().any(|board| board.candidates.iter().any(|row| row.firmness.is_some()))
}

/// The columns: fixed ones, one a dimension, then the extra ones.
pub(super) fn columns(report: &Report) -> Vec<Column> {
    let firm = STABILITY.into_iter().filter(|_| is_firm(report));
    named(firm, &report.extra_columns).collect()
}

fn named(behind: impl IntoIterator<Item = Ours>, extra: &[String]) -> impl Iterator<Item = Column> {
    let dimensions = DIMENSIONS.iter().map(|dimension| Ours(dimension.name, dimension.zh, Number));
    let ours = FIRST.into_iter().chain(dimensions).chain(LAST).chain(behind).map(Column::ours);
    ours.chain(extra.iter().map(|name| Column { name: name.clone(), zh: None, holds: Text }))
}

/// The columns of candidates that were scored one by one: those of a board, with a key that sorts in the place of the rank.
pub(super) fn columns_of_scored(layout: &Layout) -> Vec<Column> {
    let behind = [Some(SORT_KEY), layout.with_excluded.then_some(EXCLUDED)];
    named(behind.into_iter().flatten(), &layout.extra).skip(PLACE).collect()
}

/// The cells of such a candidate.
pub(super) fn cells_of_scored<'r>(scored: &'r ScoredRow, layout: &Layout) -> Vec<Value<'r>> {
    let text = |text: &'r str| if text.is_empty() { Value::Empty } else { Value::Text(Cow::Borrowed(text)) };
    let excluded = layout.with_excluded.then(|| text(scored.excluded.unwrap_or_default()));
    let mut values = values(&scored.row, [Some(text(&scored.key)), excluded].into_iter().flatten());
    values.drain(..PLACE);
    if scored.excluded.is_some() {
        // Nobody is to take what a rule excludes for a candidate.
        values.iter_mut().filter(|value| matches!(value, Value::Score(_) | Value::Share(_))).for_each(|value| *value = Value::Empty);
    }
    values
}

/// The cells of all rows, in the order of the boards.
pub(super) fn rows(report: &Report) -> impl Iterator<Item = (&Row, Vec<Value<'_>>)> {
    let firm = is_firm(report);
    report.boards.iter().flat_map(|board| &board.candidates).map(move |row| (row, values(row, if firm { firmness(row) } else { Vec::new() })))
}

fn firmness(row: &Row) -> Vec<Value<'_>> {
    let known = |value: Option<f64>, of: fn(f64) -> Value<'static>| value.map_or(Value::Empty, of);
    let firm = row.firmness.as_ref();
    let rank = |rank: Option<usize>| rank.map_or(Value::Empty, Value::Rank);
    let drops = firm.and_then(|firm| firm.drops).map(|(dimension, by)| format!("{dimension} {:+.1}%", by * 100.0));
    vec![
        known(firm.map(|firm| firm.in_top), Value::Share),
        rank(firm.map(|firm| firm.ranks.0)),
        rank(firm.map(|firm| firm.ranks.1)),
        drops.map_or(Value::Empty, |drops| Value::Text(drops.into())),
    ]
}

/// The cells of a row; `behind` are those between ours and the extra ones.
fn values<'r>(row: &'r Row, behind: impl IntoIterator<Item = Value<'r>>) -> Vec<Value<'r>> {
    let text = |text: &'static str| Value::Text(Cow::Borrowed(text));
    let known = |value: Option<f64>, of: fn(f64) -> Value<'static>| value.map_or(Value::Empty, of);
    let mut values = vec![
        row.rank.map_or(Value::Empty, Value::Rank),
        text(row.kind.name()),
        Value::Text(Cow::Borrowed(&row.id)),
        Value::Text(Cow::Borrowed(&row.name)),
        Value::Text(Cow::Borrowed(&row.platform)),
        known(row.score, Value::Score),
        Value::Score(row.lo),
        Value::Score(row.hi),
        Value::Share(row.coverage),
    ];
    values.extend(row.dimensions.iter().map(|dimension| known(dimension.seen(), Value::Share)));
    values.extend([known(row.followers, Value::Count), known(row.price, Value::Money), Value::Text(row.flags.join("; ").into())]);
    values.extend(behind);
    values.extend(row.extra.iter().map(|cell| Value::Text(Cow::Borrowed(cell))));
    values
}

impl Value<'_> {
    /// The text, where it is one.
    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The number, where it is one.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Empty | Self::Text(_) => None,
            Self::Rank(rank) => Some(*rank as f64),
            Self::Score(value) | Self::Share(value) | Self::Count(value) | Self::Money(value) => Some(*value),
        }
    }
}

/// Text without line breaks and runs of spaces.
pub(super) fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A number as people write it: no decimals where there are none, no exponent.
pub(super) fn plain(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}
