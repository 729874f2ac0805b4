//! The columns of all flat formats: names, titles and what stands in each row. Names are stable.

use std::borrow::Cow;

use super::{
    lang::Lang,
    report::{Report, Row},
};
use crate::score::DIMENSIONS;

/// One column.
#[derive(Debug)]
pub(super) struct Column {
    /// Name in machine formats.
    pub(super) name: String,
    /// Chinese title, where it has one.
    zh: Option<&'static str>,
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

/// The fixed columns before the dimensions, with their Chinese titles.
const FIRST: [(&str, &str); 9] = [
    ("rank", "排名"),
    ("kind", "类型"),
    ("id", "达人ID"),
    ("name", "昵称"),
    ("platform", "平台"),
    ("score", "总分"),
    ("score_lo", "最低分"),
    ("score_hi", "最高分"),
    ("coverage", "已知度"),
];

/// Those behind them.
const LAST: [(&str, &str); 3] = [("followers", "粉丝数"), ("price", "报价"), ("flags", "提示")];

/// Those that `--stability` adds.
const STABILITY: [(&str, &str); 4] = [("in_top", "入选率"), ("rank_from", "排名下界"), ("rank_to", "排名上界"), ("drops_at", "跌出条件")];

impl Column {
    fn ours((name, zh): (&str, &'static str)) -> Self {
        Self { name: name.to_owned(), zh: Some(zh) }
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
    let dimensions = DIMENSIONS.iter().map(|dimension| (dimension.name, dimension.zh));
    let firm = STABILITY.into_iter().filter(|_| is_firm(report));
    let ours = FIRST.into_iter().chain(dimensions).chain(LAST).chain(firm).map(Column::ours);
    ours.chain(report.extra_columns.iter().map(|name| Column { name: name.clone(), zh: None })).collect()
}

/// The cells of all rows, in the order of the boards.
pub(super) fn rows(report: &Report) -> impl Iterator<Item = (&Row, Vec<Value<'_>>)> {
    let firm = is_firm(report);
    report.boards.iter().flat_map(|board| &board.candidates).map(move |row| (row, values(row, firm)))
}

fn values(row: &Row, firm: bool) -> Vec<Value<'_>> {
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
    if firm {
        let firm = row.firmness.as_ref();
        let rank = |rank: Option<usize>| rank.map_or(Value::Empty, Value::Rank);
        values.extend([known(firm.map(|firm| firm.in_top), Value::Share), rank(firm.map(|firm| firm.ranks.0)), rank(firm.map(|firm| firm.ranks.1))]);
        let drops = firm.and_then(|firm| firm.drops).map(|(dimension, by)| format!("{dimension} {:+.1}%", by * 100.0));
        values.push(drops.map_or(Value::Empty, |drops| Value::Text(drops.into())));
    }
    values.extend(row.extra.iter().map(|cell| Value::Text(Cow::Borrowed(cell))));
    values
}

/// Text without line breaks and runs of spaces.
pub(super) fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A number as people write it: no decimals where there are none, no exponent.
pub(super) fn plain(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}
