//! A plan as JSON: one object, or one creator a line.

use std::io::Write;

use anyhow::Result;
use serde_json::{Map, Value as Json, json};

use super::{
    People, Plan,
    sections::{self, Section},
};
use crate::present::{
    columns::Value,
    json::{number, run_value},
};

/// Writes one object; its fields may be added to, never renamed.
pub(super) fn write(plan: &Plan, out: &mut dyn Write) -> Result<()> {
    let people = |people: &People| json!({"lo": number(people.lo), "mid": number(people.mid), "hi": number(people.hi)});
    let mut whole = json!({
        "run": run_value(&plan.report.run),
        "plan": {
            "objective": plan.objective,
            "budget": number(plan.budget),
            "spent": number(plan.spent),
            "value": number(plan.value),
            "bound": number(plan.bound),
            "gap": number(plan.gap()),
            "best": plan.best,
            "people": people(&plan.people),
            "contacts": number(plan.contacts),
            "cptr": plan.per_thousand().map(number),
            "mix": plan.mix.as_ref().map(|(kol, why)| json!({"kol": number(*kol), "why": why})),
            "unspent": plan.unspent,
            "notes": plan.notes,
            "left_out": plan.funnel.iter().map(|(why, count)| json!({"why": why, "count": count})).collect::<Vec<_>>(),
        },
    });
    if let Json::Object(fields) = &mut whole {
        for section in sections::all(plan) {
            fields.insert(section.id.to_owned(), Json::Array(rows(&section).map(Json::Object).collect()));
        }
    }
    serde_json::to_writer_pretty(&mut *out, &whole)?;
    Ok(out.write_all(b"\n")?)
}

/// Writes one creator a line.
pub(super) fn write_lines(plan: &Plan, out: &mut dyn Write) -> Result<()> {
    for row in rows(&sections::creators(plan)) {
        serde_json::to_writer(&mut *out, &row)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn rows<'s>(section: &'s Section<'_>) -> impl Iterator<Item = Map<String, Json>> + 's {
    let value = |value: Option<&Value<'_>>| match value {
        None | Some(Value::Empty) => Json::Null,
        Some(Value::Text(text)) => Json::String(text.to_string()),
        Some(Value::Rank(rank)) => Json::from(*rank),
        Some(Value::Score(value) | Value::Share(value) | Value::Count(value) | Value::Money(value)) => number(*value),
    };
    section.rows.iter().map(move |row| section.columns.iter().enumerate().map(|(at, column)| (column.name.to_owned(), value(row.get(at)))).collect())
}
