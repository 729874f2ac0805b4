//! The fixed columns of all flat formats: header, and the cell of a row. Names are stable.

use super::report::{Report, Row};
use crate::score::DIMENSIONS;

/// Columns that `--stability` adds.
const STABILITY: [&str; 4] = ["in_top", "rank_from", "rank_to", "drops_at"];

fn is_firm(report: &Report) -> bool {
    report.boards.iter().any(|board| board.candidates.iter().any(|row| row.firmness.is_some()))
}

/// The headers: fixed columns, one a dimension, then the extra ones.
pub(super) fn headers(report: &Report) -> Vec<String> {
    let dimensions = DIMENSIONS.iter().map(|dimension| dimension.name);
    let fixed = ["rank", "kind", "id", "name", "platform", "score", "score_lo", "score_hi", "coverage"].into_iter().chain(dimensions).chain([
        "followers",
        "price",
        "flags",
    ]);
    let firm: &[&str] = if is_firm(report) { &STABILITY } else { &[] };
    fixed.chain(firm.iter().copied()).map(str::to_owned).chain(report.extra_columns.iter().cloned()).collect()
}

/// The cells of all rows, in the order of the boards.
pub(super) fn rows(report: &Report) -> impl Iterator<Item = Vec<(String, bool)>> {
    let firm = is_firm(report);
    report.boards.iter().flat_map(|board| &board.candidates).map(move |row| cells(row, firm))
}

/// The cells of a row: numbers with 4 decimals where they are scores, empty where unknown. The flag says whether a cell is text.
fn cells(row: &Row, firm: bool) -> Vec<(String, bool)> {
    let number = |value: Option<f64>| (value.map_or(String::new(), |value| format!("{value:.4}")), false);
    let whole = |value: Option<f64>| (value.map_or(String::new(), plain), false);
    let mut cells = vec![
        (row.rank.map_or(String::new(), |rank| rank.to_string()), false),
        (row.kind.name().to_owned(), false),
        (row.id.clone(), true),
        (row.name.clone(), true),
        (row.platform.clone(), true),
        number(row.score),
        number(Some(row.lo)),
        number(Some(row.hi)),
        number(Some(row.coverage)),
    ];
    cells.extend(row.dimensions.iter().map(|dimension| number(dimension.seen())));
    cells.extend([whole(row.followers), whole(row.price), (row.flags.join("; "), true)]);
    if firm {
        let firm = row.firmness.as_ref();
        let rank = |rank: Option<usize>| (rank.map_or(String::new(), |rank| rank.to_string()), false);
        cells.extend([number(firm.map(|firm| firm.in_top)), rank(firm.map(|firm| firm.ranks.0)), rank(firm.map(|firm| firm.ranks.1))]);
        let drops = firm.and_then(|firm| firm.drops);
        cells.push((drops.map_or(String::new(), |(dimension, by)| format!("{dimension} {:+.1}%", by * 100.0)), true));
    }
    cells.extend(row.extra.iter().map(|cell| (cell.clone(), true)));
    cells
}

/// Text without line breaks and runs of spaces.
pub(super) fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A number as people write it: no decimals where there are none, no exponent.
pub(super) fn plain(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}
