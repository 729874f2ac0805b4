//! A plan as one self-contained page for sending on: tables and a chart, no script, nothing asked of the network.

use std::io::Write;

use anyhow::Result;

use super::{
    Plan,
    sections::{self, Section},
};
use crate::present::{columns::Value, footer, html::escaped, lang::Lang};

const STYLE: &str = include_str!("page.css");
/// Columns that a page leaves to files for programs.
const LEFT_OUT: [&str; 4] = ["id", "score_lo", "quote", "flags"];
/// Columns whose texts continue on the next line.
const LONG: [&str; 2] = ["why", "who"];
/// Size of the chart.
const CHART: (f64, f64) = (640.0, 220.0);

/// Writes the page.
pub(super) fn write(plan: &Plan, out: &mut dyn Write) -> Result<()> {
    let lang = plan.report.run.lang;
    let brand = if plan.report.run.brand.is_empty() { "kolscore".to_owned() } else { escaped(&plan.report.run.brand) };
    let title = lang.pick("达人投放方案", "creator plan");
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"generator\" content=\"kolscore\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{brand} · {title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{brand} <span>{title}</span></h1>",
        lang.pick("zh", "en")
    )?;
    writeln!(out, "<ul class=\"summary\">")?;
    sections::summary(plan, lang).iter().try_for_each(|line| writeln!(out, "<li>{}</li>", escaped(line)))?;
    writeln!(out, "</ul>")?;
    for section in sections::all(plan) {
        write_section(plan, &section, lang, out)?;
    }
    let mut lines = sections::remarks(plan);
    let mut summary = Vec::new();
    footer::write(&plan.report, usize::MAX, false, &mut summary)?;
    lines.extend(String::from_utf8_lossy(&summary).lines().map(str::to_owned));
    writeln!(out, "<footer>\n<ul>")?;
    lines.iter().try_for_each(|line| writeln!(out, "<li>{}</li>", escaped(line)))?;
    Ok(writeln!(out, "</ul>\n</footer>\n</main>\n</body>\n</html>")?)
}

fn write_section(plan: &Plan, section: &Section<'_>, lang: Lang, out: &mut dyn Write) -> Result<()> {
    writeln!(out, "<section id=\"{}\">\n<h2>{}</h2>", section.id, lang.pick(section.title.0, section.title.1))?;
    if section.id == "what_if" {
        write_chart(plan, out)?;
    }
    // What is empty in every row, or stands elsewhere, says nothing to a reader.
    let is_filled = |at: &usize| section.rows.iter().any(|row| row.get(*at).is_some_and(|value| !sections::cell(value).is_empty()));
    let shown: Vec<usize> = (0..section.columns.len()).filter(|at| !LEFT_OUT.contains(&section.columns[*at].name)).filter(is_filled).collect();
    let class = |at: usize| match section.columns[at].name {
        name if LONG.contains(&name) => " class=\"long\"",
        _ if sections::is_number(section, at) => " class=\"number\"",
        _ => "",
    };
    write!(out, "<div class=\"scroll\"><table>\n<thead><tr>")?;
    shown.iter().try_for_each(|at| write!(out, "<th{}>{}</th>", class(*at), section.columns[*at].title(lang)))?;
    writeln!(out, "</tr></thead>\n<tbody>")?;
    for row in &section.rows {
        write!(out, "<tr>")?;
        for at in &shown {
            write!(
                out,
                "<td{}>{}</td>",
                class(*at),
                row.get(*at).map_or(String::new(), |value| escaped(&sections::cell_in(plan, &section.columns[*at], value, lang)))
            )?;
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody></table></div>")?;
    section.about.iter().try_for_each(|(zh, en)| writeln!(out, "<p class=\"about\">{}</p>", escaped(lang.pick(*zh, *en))))?;
    Ok(writeln!(out, "</section>")?)
}

/// People reached against budget.
fn write_chart(plan: &Plan, out: &mut dyn Write) -> Result<()> {
    let points: Vec<(f64, f64)> = plan.curve.iter().filter_map(|point| Some((point.budget, point.found.as_ref()?.people))).collect();
    let most = points.iter().fold((0.0_f64, 0.0_f64), |most, point| (most.0.max(point.0), most.1.max(point.1)));
    if points.len() < 2 || most.1 <= 0.0 {
        return Ok(());
    }
    let (wide, high) = CHART;
    let at = |(budget, people): &(f64, f64)| (60.0 + budget / most.0 * (wide - 120.0), high - 34.0 - people / most.1 * (high - 70.0));
    let line: Vec<String> = points.iter().map(at).map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    writeln!(out, "<svg viewBox=\"0 0 {wide} {high}\" role=\"img\"><polyline points=\"{}\"/>", line.join(" "))?;
    for point in &points {
        let (x, y) = at(point);
        let (budget, people) = (sections::cell(&Value::Money(point.0)), sections::cell(&Value::Count(point.1.round())));
        writeln!(
            out,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/><text x=\"{x:.1}\" y=\"{:.1}\">{people}</text><text x=\"{x:.1}\" y=\"{:.1}\" class=\"soft\">{budget}</text>",
            y - 10.0,
            high - 12.0
        )?;
    }
    Ok(writeln!(out, "</svg>")?)
}
