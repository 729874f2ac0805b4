//! The selection cart in, a table with totals or JSON out.

use std::io::Write;

use anyhow::Result;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use serde_json::{Map, Value};

use super::{
    table::{compact, grouped},
    width,
};
use crate::cart::{Cart, amount};

/// Rows that belong together.
#[derive(Debug)]
pub struct Group<'c> {
    /// What they share; empty where it is unknown, or where all are one group.
    pub name: &'c str,
    /// The rows.
    pub rows: Vec<&'c Vec<String>>,
}

const TITLES: [&str; 9] = ["name", "platform", "kind", "score", "followers", "price", "reach", "status", "owner"];

/// Writes the groups, each with its totals, then those of all.
///
/// # Errors
/// The output is gone.
pub fn write(cart: &Cart, groups: &[Group<'_>], columns: usize, out: &mut dyn Write) -> Result<()> {
    for group in groups {
        if groups.len() > 1 || !group.name.is_empty() {
            writeln!(out, "{}", if group.name.is_empty() { "?" } else { group.name })?;
        }
        write_rows(cart, &group.rows, columns, out)?;
        writeln!(out, "{}\n", totals(cart, &group.rows))?;
    }
    if groups.len() != 1 {
        let all: Vec<&Vec<String>> = groups.iter().flat_map(|group| group.rows.iter().copied()).collect();
        writeln!(out, "all: {}", totals(cart, &all))?;
    }
    Ok(())
}

fn write_rows(cart: &Cart, rows: &[&Vec<String>], columns: usize, out: &mut dyn Write) -> Result<()> {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled).set_header(TITLES);
    for row in rows {
        let cell = |name: &str| cart.cell(row, name);
        let number = |value: Option<f64>, show: fn(f64) -> String| value.map_or("?".to_owned(), show);
        let name = if cell("name").is_empty() { cell("id") } else { cell("name") };
        table.add_row([
            width::cut(name, 20),
            width::cut(cell("platform"), 10),
            cell("kind").to_uppercase(),
            number(amount(cell("score")), |score| format!("{score:.1}")),
            number(amount(cell("followers")), compact),
            number(cart.price(row), grouped),
            number(amount(cell("reach")), compact),
            width::cut(cell("status"), 12),
            width::cut(cell("owner"), 12),
        ]);
    }
    for (at, title) in TITLES.iter().enumerate() {
        if let Some(column) = table.column_mut(at) {
            column.set_padding((0, 2));
            let right = ["score", "followers", "price", "reach"].contains(title);
            column.set_cell_alignment(if right { CellAlignment::Right } else { CellAlignment::Left });
        }
    }
    table.lines().try_for_each(|line| writeln!(out, "{}", width::cut(line.trim_end(), columns)))?;
    Ok(())
}

/// `5 candidates, price 12,300 (1 not quoted), expected reach 45.1k, 273 for a thousand in the target`.
fn totals(cart: &Cart, rows: &[&Vec<String>]) -> String {
    let sum = |value: &dyn Fn(&Vec<String>) -> Option<f64>| rows.iter().filter_map(|row| value(row)).sum::<f64>() + 0.0;
    let price = |row: &Vec<String>| cart.price(row);
    let reach = |row: &Vec<String>| amount(cart.cell(row, "reach"));
    let missing = rows.iter().filter(|row| price(row).is_none()).count();
    let unquoted = if missing > 0 { format!(" ({missing} not quoted)") } else { String::new() };
    // What a thousand in the target cost is told of those for whom both are known.
    let (paid, reached) =
        rows.iter().filter_map(|row| price(row).zip(reach(row))).fold((0.0, 0.0), |(paid, reached), (price, reach)| (paid + price, reached + reach));
    let cost = if reached > 0.0 { format!(", {} for a thousand in the target", grouped((paid / reached * 1000.0).round())) } else { String::new() };
    let count = format!("{} candidate{}", rows.len(), if rows.len() == 1 { "" } else { "s" });
    format!("{count}, price {}{unquoted}, expected reach {}{cost}", grouped(sum(&price)), compact(sum(&reach)))
}

/// Writes a list of objects with every column as text.
///
/// # Errors
/// The output is gone.
pub fn write_json(cart: &Cart, out: &mut dyn Write) -> Result<()> {
    let object = |row: &Vec<String>| {
        Value::Object(cart.headers().iter().zip(row).map(|(header, cell)| (header.clone(), Value::from(cell.as_str()))).collect::<Map<_, _>>())
    };
    serde_json::to_writer_pretty(&mut *out, &cart.rows().iter().map(object).collect::<Vec<_>>())?;
    Ok(out.write_all(b"\n")?)
}
