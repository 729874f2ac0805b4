//! JSON: everything that is known of the run and of each candidate on the boards.

use std::io::Write;

use anyhow::Result;
use serde_json::{Map, Number, Value, json};

use super::{
    Medium,
    report::{Aim, Board, DimensionCell, InputFile, Report, Row, Run},
    scored::{Layout, ScoredRow},
};
use crate::score::DIMENSIONS;

/// Writes one object; its fields may be added to, never renamed.
pub(super) fn write(report: &Report, _: Medium, out: &mut dyn Write) -> Result<()> {
    let boards: Vec<Value> = report.boards.iter().map(|board| board_value(board, &report.extra_columns)).collect();
    let excluded: Vec<Value> =
        report.excluded.iter().map(|row| json!({"place": row.place, "id": row.id, "name": row.name, "rule": row.rule, "detail": row.detail})).collect();
    let whole = json!({"run": run_value(&report.run), "boards": boards, "excluded": excluded});
    serde_json::to_writer_pretty(&mut *out, &whole)?;
    out.write_all(b"\n")?;
    Ok(())
}

/// Writes one candidate a line, with its board.
pub(super) fn write_lines(report: &Report, _: Medium, out: &mut dyn Write) -> Result<()> {
    for board in &report.boards {
        for row in &board.candidates {
            let Value::Object(fields) = row_value(row, &report.extra_columns) else { continue };
            let mut line = Map::from_iter([("kind".to_owned(), Value::from(board.kind.name()))]);
            line.extend(fields);
            serde_json::to_writer(&mut *out, &line)?;
            out.write_all(b"\n")?;
        }
    }
    Ok(())
}

/// Writes candidates that were scored one by one, one a line.
pub(super) fn write_scored(rows: &[ScoredRow], layout: &Layout, out: &mut Vec<u8>) -> Result<()> {
    for scored in rows {
        let Value::Object(mut fields) = row_value(&scored.row, &layout.extra) else { continue };
        fields.shift_remove("rank");
        if scored.excluded.is_some() {
            ["score", "score_lo", "score_hi", "coverage", "dimensions", "gate", "exact"].iter().for_each(|name| fields[*name] = Value::Null);
        }
        let mut line = Map::from_iter([("kind".to_owned(), Value::from(scored.row.kind.name()))]);
        line.extend(fields);
        line.insert("sort_key".to_owned(), Value::from(scored.key.as_str()));
        if layout.with_excluded {
            line.insert("excluded".to_owned(), scored.excluded.map_or(Value::Null, Value::from));
        }
        serde_json::to_writer(&mut *out, &line)?;
        out.push(b'\n');
    }
    Ok(())
}

pub(super) fn run_value(run: &Run) -> Value {
    let counts = run.counts;
    let weights: Map<String, Value> = run
        .weights
        .iter()
        .map(|(kind, weights)| (kind.name().to_owned(), Value::Object(weights.iter().map(|(name, weight)| ((*name).to_owned(), number(*weight))).collect())))
        .collect();
    let minimums = DIMENSIONS.iter().zip(&run.rules.thresholds).filter_map(|(dimension, least)| Some((dimension.name.to_owned(), number((*least)?))));
    let thresholds: Map<String, Value> = minimums.collect();
    json!({
        "version": run.version,
        "brief": {"brand": run.brand, "hash": run.brief},
        "norms": {"id": run.norms.id, "hash": run.norms.hash, "rows": run.norms.rows, "built_in": run.norms.built_in},
        "data": run.data,
        "ranked_by": if run.by_least { "score_lo" } else { "score" },
        "aim": run.aims.iter().map(aim_value).collect::<Vec<_>>(),
        "weights": weights,
        "rules": {"unknown_mean": number(run.rules.unknown_mean), "floor": number(run.rules.floor), "thresholds": thresholds},
        "inputs": run.inputs.iter().map(input_value).collect::<Vec<_>>(),
        "counts": {
            "records": counts.records,
            "ranked": counts.ranked,
            "unscored": counts.unscored,
            "excluded": counts.excluded,
            "merged": counts.merged,
            "rejected_rows": counts.rejected_rows,
            "rejected_cells": counts.rejected_cells,
            "blank": counts.blank,
        },
        "notes": run.notes,
        "exclusions": run.exclusions.iter().map(|(rule, count)| json!({"rule": rule, "count": count})).collect::<Vec<_>>(),
    })
}

fn aim_value(aim: &Aim) -> Value {
    let multiplies: Map<String, Value> = aim.multiplies.iter().map(|(name, by)| (name.clone(), number(*by))).collect();
    json!({"name": aim.name, "multiplies": multiplies, "kol_to_koc": aim.mix.map(|(kol, koc)| [kol, koc]), "why": aim.why})
}

fn input_value(file: &InputFile) -> Value {
    let rejects: Vec<Value> = file
        .rejects
        .iter()
        .map(|reject| json!({"line": reject.line, "column": reject.column, "cell": reject.cell, "reason": reject.reason, "row": reject.row}))
        .collect();
    json!({
        "path": file.path,
        "hash": file.digest,
        "container": file.container,
        "format": file.pack,
        "records": file.records,
        "decisions": file.decisions.iter().map(|decision| json!({"column": decision.column, "decision": decision.text})).collect::<Vec<_>>(),
        "rejected": file.rejected,
        "rejects": rejects,
        "untouched": file.untouched,
    })
}

fn board_value(board: &Board, extra_columns: &[String]) -> Value {
    json!({
        "kind": board.kind.name(),
        "total": board.total,
        "top": board.top,
        "candidates": board.candidates.iter().map(|row| row_value(row, extra_columns)).collect::<Vec<_>>(),
    })
}

fn row_value(row: &Row, extra_columns: &[String]) -> Value {
    let dimensions: Map<String, Value> = row.dimensions.iter().map(|cell| (cell.name.to_owned(), dimension_value(cell))).collect();
    let mut value = json!({
        "rank": row.rank,
        "id": row.id,
        "name": row.name,
        "platform": row.platform,
        "score": row.score.map(number),
        "score_lo": number(row.lo),
        "score_hi": number(row.hi),
        "coverage": number(row.coverage),
        "dimensions": dimensions,
        "gate": {"factor": number(row.gate.0), "limited_by": row.gate.1, "points": precise(row.gate.2)},
        "exact": precise(row.exact),
        "followers": row.followers.map(number),
        "price": row.price.map(number),
        "flags": row.flags,
        "data": row.digest,
    });
    if let (Some(firm), Value::Object(fields)) = (&row.firmness, &mut value) {
        let drops = firm.drops.map(|(dimension, by)| json!({"dimension": dimension, "by": number(by)}));
        fields.insert("stability".to_owned(), json!({"in_top": number(firm.in_top), "rank_from": firm.ranks.0, "rank_to": firm.ranks.1, "drops_at": drops}));
    }
    if !extra_columns.is_empty()
        && let Value::Object(fields) = &mut value
    {
        let extra = extra_columns.iter().zip(&row.extra).map(|(name, cell)| (name.clone(), Value::String(cell.clone()))).collect();
        fields.insert("columns".to_owned(), Value::Object(extra));
    }
    value
}

fn dimension_value(cell: &DimensionCell) -> Value {
    match cell.value {
        None => Value::Null,
        Some(value) => json!({
            "value": number(value),
            "lo": number(cell.lo),
            "hi": number(cell.hi),
            "weight": number(cell.weight),
            "points": precise(cell.points),
            "known": number(cell.known),
        }),
    }
}

/// A number with at most 12 decimals, so that points add up.
fn precise(value: f64) -> Value {
    Number::from_f64((value * 1e12).round() / 1e12 + 0.0).map_or(Value::Null, Value::Number)
}

/// A number with at most 6 decimals, whole where it is whole.
pub(super) fn number(value: f64) -> Value {
    let rounded = (value * 1e6).round() / 1e6 + 0.0;
    if rounded.fract() == 0.0 && rounded.abs() < 9e15 {
        return Value::Number(Number::from(rounded as i64));
    }
    Number::from_f64(rounded).map_or(Value::Null, Value::Number)
}
