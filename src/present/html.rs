//! One self-contained page: the boards with evidence, charts and sliders that rank again in the page. It asks the network for nothing.

use std::io::Write;

use anyhow::Result;
use serde_json::{Value, json};

use super::{
    Medium, footer,
    lang::Lang,
    report::{Board, DimensionCell, Report, Row},
};
use crate::score::DIMENSIONS;

/// The page, with places for its title, language and data.
const PAGE: &str = include_str!("page.html");

/// Writes the page.
pub(super) fn write(report: &Report, _: Medium, out: &mut dyn Write) -> Result<()> {
    let lang = match report.run.lang {
        Lang::Zh => "zh",
        Lang::En => "en",
    };
    let title = if report.run.brand.is_empty() { "kolscore".to_owned() } else { format!("{} · kolscore", escaped(&report.run.brand)) };
    // A name may look like a place for something, so each place is filled in its own part of the page.
    let (before, after) = PAGE.split_once("__DATA__").unwrap_or((PAGE, ""));
    let (head, start) = before.split_once("__TITLE__").unwrap_or((before, ""));
    write!(out, "{}{title}{start}", head.replace("__LANG__", lang))?;
    // No `<` of a name can end the script that holds the data.
    out.write_all(serde_json::to_string(&data(report, lang)?)?.replace('<', "\\u003c").as_bytes())?;
    Ok(out.write_all(after.as_bytes())?)
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn data(report: &Report, lang: &str) -> Result<Value> {
    let run = &report.run;
    let mut summary = Vec::new();
    footer::write(report, usize::MAX, false, &mut summary)?;
    let dimensions: Vec<Value> = DIMENSIONS.iter().map(|dimension| json!({"name": dimension.name, "zh": dimension.zh, "about": dimension.about})).collect();
    let inputs: Vec<Value> = run
        .inputs
        .iter()
        .map(|file| json!({"path": file.path, "hash": file.digest, "records": file.records, "format": file.pack, "rejected": file.rejected}))
        .collect();
    Ok(json!({
        "lang": lang,
        "brand": run.brand,
        "version": run.version,
        "brief": run.brief,
        "norms": format!("{} {} of {} candidates", run.norms.id, run.norms.hash, run.norms.rows),
        "dimensions": dimensions,
        "unknown_mean": run.rules.unknown_mean,
        "floor": run.rules.floor,
        "gate": run.rules.thresholds,
        "by_least": run.by_least,
        "currency": run.currency,
        "summary": String::from_utf8_lossy(&summary).lines().collect::<Vec<_>>(),
        "notes": run.notes,
        "aims": run.aims.iter().map(|aim| format!("{}: {}", aim.name, aim.why)).collect::<Vec<_>>(),
        "inputs": inputs,
        "exclusions": run.exclusions.iter().map(|(rule, count)| json!({"rule": rule, "count": count})).collect::<Vec<_>>(),
        "boards": report.boards.iter().map(|board| board_data(board, report)).collect::<Vec<_>>(),
    }))
}

fn board_data(board: &Board, report: &Report) -> Value {
    let weights = report.run.weights.iter().find(|(kind, _)| *kind == board.kind).map_or(&[][..], |(_, weights)| weights);
    let weight = |name: &str| weights.iter().find(|(known, _)| *known == name).map_or(0.0, |(_, weight)| *weight);
    json!({
        "kind": board.kind.name(),
        "total": board.total,
        "weights": DIMENSIONS.iter().map(|dimension| weight(dimension.name)).collect::<Vec<_>>(),
        "candidates": board.candidates.iter().map(row_data).collect::<Vec<_>>(),
    })
}

/// Numbers in full: the page adds them up again.
fn row_data(row: &Row) -> Value {
    let x = |cell: &DimensionCell| cell.value.map(|value| [cell.lo, value, cell.hi, cell.known]);
    json!({
        "rank": row.rank,
        "id": row.id,
        "name": row.name,
        "platform": row.platform,
        "url": row.url,
        "score": row.score,
        "lo": row.lo,
        "hi": row.hi,
        "coverage": row.coverage,
        "followers": row.followers,
        "price": row.price,
        "reach": row.why.as_ref().and_then(|why| why.reach),
        "x": row.dimensions.iter().map(x).collect::<Vec<_>>(),
        "flags": row.flags,
        "why": row.why.as_ref().map_or(Vec::new(), |why| why.texts.clone()),
    })
}
