//! Candidates in, what is odd across their columns out: sums that do not add up, old rows, lists cut short, spoiled ids.

use std::collections::{BTreeMap, BTreeSet};

use compact_str::CompactString;

use super::inputs::OpenFile;
use crate::{
    normalize::{
        candidate::Candidate,
        field::{Facet, Field, Metric},
        profile::Profile,
    },
    present::checkup::{Finding, Severity},
};

type Day = (i32, u32, u32);

/// Interactions may miss the sum of their parts by so much: platforms count different things.
const PARTS_AGREE_WITHIN: f64 = 0.5;
/// A row this much older than the newest one is stale.
const STALE_DAYS: i64 = 30;
/// Ids of more digits than a spreadsheet keeps.
const LONG_ID: usize = 16;

/// How often something was odd, and the line where it was first.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    rows: u64,
    first: u64,
}

impl Count {
    fn saw(&mut self, line: u64) {
        self.first = if self.rows == 0 { line } else { self.first };
        self.rows += 1;
    }

    fn append(&mut self, later: Self) {
        self.first = if self.rows == 0 { later.first } else { self.first };
        self.rows += later.rows;
    }
}

/// What was seen of one facet of the audience.
#[derive(Debug, Default, Clone)]
struct FacetSight {
    candidates: u64,
    listed: f64,
    within_top: bool,
    labels: BTreeSet<String>,
}

/// What was seen over a part of a file.
#[derive(Debug, Default)]
pub(super) struct Sights {
    parts: Count,
    gender: Count,
    long_ids: u64,
    round_ids: Count,
    days: BTreeMap<Day, u64>,
    /// Content tags that no category is known for.
    unmapped: BTreeMap<CompactString, u64>,
    facets: [FacetSight; Facet::ALL.len()],
}

impl Sights {
    /// Takes in one candidate.
    pub(super) fn saw(&mut self, candidate: &Candidate, line: u64) {
        if parts_disagree(candidate) {
            self.parts.saw(line);
        }
        let gender = candidate.audience(Facet::Gender);
        if gender.scaled_from.is_some() || (gender.bins.len() == 2 && gender.listed() < 0.98) {
            self.gender.saw(line);
        }
        if candidate.id.len() >= LONG_ID && candidate.id.bytes().all(|byte| byte.is_ascii_digit()) {
            self.long_ids += 1;
            if candidate.id.ends_with("000") {
                self.round_ids.saw(line);
            }
        }
        candidate.unmapped_tags.iter().for_each(|tag| *self.unmapped.entry(tag.clone()).or_default() += 1);
        if let Some(day) = candidate.as_of {
            *self.days.entry(day).or_default() += 1;
        }
        for (sight, distribution) in self.facets.iter_mut().zip(&candidate.audience) {
            if !distribution.bins.is_empty() {
                sight.candidates += 1;
                sight.listed += distribution.listed().min(1.0);
                sight.within_top |= distribution.within_top;
                sight.labels.extend(distribution.bins.iter().map(|(bin, _)| bin.label()).take(20));
            }
        }
    }

    /// Adds the next part of the same file.
    pub(super) fn append(&mut self, later: Self) {
        self.parts.append(later.parts);
        self.gender.append(later.gender);
        self.round_ids.append(later.round_ids);
        self.long_ids += later.long_ids;
        later.unmapped.into_iter().for_each(|(tag, count)| *self.unmapped.entry(tag).or_default() += count);
        later.days.into_iter().for_each(|(day, count)| *self.days.entry(day).or_default() += count);
        for (sight, more) in self.facets.iter_mut().zip(later.facets) {
            sight.candidates += more.candidates;
            sight.listed += more.listed;
            sight.within_top |= more.within_top;
            sight.labels.extend(more.labels);
        }
    }

    /// What of it a reader should know.
    pub(super) fn findings(&self, file: &OpenFile<'_>, profiles: &[Profile]) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.round_ids.rows >= 3 && self.round_ids.rows * 2 > self.long_ids {
            let text = format!(
                "{} of {} long ids end in 000 (the first on line {}): a spreadsheet has rounded them",
                self.round_ids.rows, self.long_ids, self.round_ids.first
            );
            findings.push(Finding::new(Severity::Error, "ids", text).hint("export them again as text; rounded ids join different creators"));
        }
        if self.parts.rows > 0 {
            let text = format!(
                "interactions are not the sum of likes, comments, saves and shares in {} (the first on line {})",
                counted(self.parts.rows),
                self.parts.first
            );
            findings.push(Finding::new(Severity::Warning, "sums", text).hint("check that all of them are of the same scope and window"));
        }
        if self.gender.rows > 0 {
            let text = format!("shares by gender do not add up to 100 % in {} (the first on line {})", counted(self.gender.rows), self.gender.first);
            findings.push(Finding::new(Severity::Warning, "sums", text).hint("up to 110 % they are scaled, below 98 % the rest is unknown"));
        }
        findings.extend(self.unmapped_tags());
        findings.extend(self.dates());
        findings.extend(Self::codes(file, profiles));
        for (facet, sight) in Facet::ALL.into_iter().zip(&self.facets) {
            findings.extend(audience(facet, sight));
        }
        findings
    }

    /// Content tags that say nothing, the most frequent first.
    fn unmapped_tags(&self) -> Option<Finding> {
        const SHOWN: usize = 12;
        let all: u64 = self.unmapped.values().sum();
        let mut tags: Vec<(&CompactString, &u64)> = self.unmapped.iter().collect();
        tags.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        let shown: Vec<String> = tags.iter().take(SHOWN).map(|(tag, count)| format!("`{tag}` {count}")).collect();
        let more = tags.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let text = format!("{all} content tags mean no category that is known, so they say nothing: {}{more}", shown.join(", "));
        let hint = "give a category the tag as an alias in `categories.toml` of a folder that `--data` names";
        (all > 0).then(|| Finding::new(Severity::Note, "tags", text).hint(hint))
    }

    fn dates(&self) -> Option<Finding> {
        let (first, last) = (self.days.first_key_value()?.0, self.days.last_key_value()?.0);
        let (newest, text) = (days(*last), |(year, month, day): &Day| format!("{year}-{month:02}-{day:02}"));
        let stale: u64 = self.days.iter().filter(|(day, _)| newest - days(**day) > STALE_DAYS).map(|(_, count)| count).sum();
        if first == last {
            return Some(Finding::new(Severity::Note, "dates", format!("all rows are from {}", text(first))));
        }
        if stale == 0 {
            return Some(Finding::new(Severity::Note, "dates", format!("rows are from {} to {}", text(first), text(last))));
        }
        let found = format!(
            "{} more than {STALE_DAYS} days older than the newest ({} to {})",
            if stale == 1 { "1 row is".to_owned() } else { format!("{stale} rows are") },
            text(first),
            text(last)
        );
        Some(Finding::new(Severity::Warning, "dates", found).hint("`eligible.as_of_from = \"YYYY-MM-DD\"` in the brief leaves old rows out"))
    }

    fn codes(file: &OpenFile<'_>, profiles: &[Profile]) -> Vec<Finding> {
        let is_code = |text: &String| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let columns = file.plan.columns.iter().zip(profiles).filter(|(column, _)| column.target.field == Some(Field::Gender));
        let coded = columns.filter(|(_, profile)| !profile.samples.is_empty() && profile.samples.iter().any(is_code));
        let finding = |column: &str, cells: &str| {
            let text = format!("column `{column}` holds codes ({cells}): 1 is 男 in some tools and 女 in others, so they are taken as unknown");
            Finding::new(Severity::Note, "gender codes", text)
        };
        coded.map(|(column, profile)| finding(&column.name, &profile.samples.join(", "))).collect()
    }
}

/// Whether interactions are far from the sum of their parts, where all of them are known in one scope and window.
fn parts_disagree(candidate: &Candidate) -> bool {
    candidate.metrics.iter().filter(|figure| figure.metric == Metric::Interactions && figure.value > 0.0).any(|whole| {
        let part = |metric: Metric| {
            let same = |figure: &&crate::normalize::candidate::Performance| {
                (figure.metric, figure.scope, figure.window_days, figure.mean) == (metric, whole.scope, whole.window_days, whole.mean)
            };
            candidate.metrics.iter().find(same).map(|figure| figure.value)
        };
        let (Some(likes), Some(comments)) = (part(Metric::Likes), part(Metric::Comments)) else { return false };
        let sum = likes + comments + part(Metric::Saves).unwrap_or(0.0) + part(Metric::Shares).unwrap_or(0.0);
        (sum / whole.value - 1.0).abs() > PARTS_AGREE_WITHIN
    })
}

fn audience(facet: Facet, sight: &FacetSight) -> Vec<Finding> {
    let mut findings = Vec::new();
    if sight.candidates == 0 {
        return findings;
    }
    let (name, listed) = (facet.name(), sight.listed / sight.candidates as f64);
    if sight.within_top {
        let text = format!("shares by {name} are relative within a top list: they say who is larger, not how large");
        findings.push(Finding::new(Severity::Note, "top list", text));
    } else if listed < 0.98 {
        let text = format!("`audience.{name}` lists {:.0} % of the followers on average; the rest stays unknown, nothing is blown up to 100 %", listed * 100.0);
        findings.push(Finding::new(Severity::Note, "list cut short", text));
    }
    if facet == Facet::Age {
        let labels: Vec<&str> = sight.labels.iter().map(String::as_str).collect();
        findings.push(Finding::new(Severity::Note, "age bands", format!("{}: a brief's bands are mapped to them by years", labels.join(", "))));
    }
    findings
}

fn counted(rows: u64) -> String {
    format!("{rows} row{}", if rows == 1 { "" } else { "s" })
}

/// Days since some day, good for differences.
fn days((year, month, day): Day) -> i64 {
    let (year, month) = if month > 2 { (i64::from(year), i64::from(month)) } else { (i64::from(year) - 1, i64::from(month) + 12) };
    365 * year + year / 4 - year / 100 + year / 400 + (153 * (month - 3) + 2) / 5 + i64::from(day)
}
