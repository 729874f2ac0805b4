//! TOML text in, the brief as written out: keys checked, `--set` applied, each key with its line.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use serde::{Deserialize, Deserializer, de::Error};
use toml::{Table, Value, de::DeTable, de::DeValue};

use super::{keys, set};
use crate::failure::Failure;

/// Line of each dotted key.
pub(super) type Lines = BTreeMap<String, usize>;

/// The brief as written.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct BriefFile {
    pub(super) brand: Brand,
    pub(super) aim: BTreeMap<String, String>,
    pub(super) domain: Domain,
    pub(super) style: Style,
    pub(super) audience: Audience,
    pub(super) budget: Budget,
    pub(super) eligible: Eligible,
    pub(super) plan: Plan,
    pub(super) metrics: Metrics,
    pub(super) columns: BTreeMap<String, String>,
    pub(super) weights: BTreeMap<String, f64>,
    pub(super) constants: Table,
    /// The whole brief as canonical text, for its hash.
    #[serde(skip)]
    pub(super) canonical: String,
    /// Every key that is set, by its dotted name.
    #[serde(skip)]
    pub(super) settings: Vec<(String, String)>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Brand {
    pub(super) name: String,
    pub(super) competitors: Words,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Domain {
    pub(super) categories: Weighted,
    pub(super) keywords: Weighted,
    pub(super) r#match: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Style {
    pub(super) avoid: Words,
    #[serde(flatten)]
    pub(super) wanted: BTreeMap<String, Wanted>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Audience {
    pub(super) location: Words,
    pub(super) weights: BTreeMap<String, f64>,
    #[serde(flatten)]
    pub(super) facets: BTreeMap<String, Words>,
}

/// One text or a list of texts.
#[derive(Debug, Default)]
pub(super) struct Words(pub(super) Vec<String>);

/// Words with weights, `{ "辅食" = 2 }`, or a list of words that all weigh 1.
#[derive(Debug, Default)]
pub(super) struct Weighted(pub(super) BTreeMap<String, f64>);

/// `"专业" = 0.8` (a weight) or `"专业" = { target = 0.5, weight = 1 }`.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) target: f64,
    pub(super) weight: f64,
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = || D::Error::custom("expected a text or a list of texts, such as [\"女\"]");
        match Value::deserialize(deserializer)? {
            Value::String(word) => Ok(Self(vec![word])),
            Value::Array(items) => items.into_iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(expected)).collect::<Result<_, _>>().map(Self),
            _ => Err(expected()),
        }
    }
}

impl<'de> Deserialize<'de> for Weighted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = || D::Error::custom("expected words with weights, such as { \"辅食\" = 2 }, or a list of words");
        match Value::deserialize(deserializer)? {
            Value::Table(words) => {
                words.into_iter().map(|(word, weight)| Ok((word, number(&weight).ok_or_else(expected)?))).collect::<Result<_, _>>().map(Self)
            }
            Value::Array(items) => items.into_iter().map(|item| Ok((item.as_str().ok_or_else(expected)?.to_owned(), 1.0))).collect::<Result<_, _>>().map(Self),
            _ => Err(expected()),
        }
    }
}

impl<'de> Deserialize<'de> for Wanted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = || D::Error::custom("expected a weight such as 1.0, or { target = 0.5, weight = 1.0 }");
        let value = Value::deserialize(deserializer)?;
        if let Some(weight) = number(&value) {
            return Ok(Self { target: 1.0, weight });
        }
        let table = value.as_table().ok_or_else(expected)?;
        let part = |name: &str| table.get(name).map_or(Some(1.0), number).ok_or_else(expected);
        Ok(Self { target: part("target")?, weight: part("weight")? })
    }
}

fn number(value: &Value) -> Option<f64> {
    value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Budget {
    pub(super) total: Option<f64>,
    pub(super) format: Option<String>,
    pub(super) currency: Option<String>,
    pub(super) target_cpe: Option<f64>,
    pub(super) target_cpm: Option<f64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Eligible {
    pub(super) platforms: Words,
    pub(super) followers: Range,
    pub(super) price: Range,
    pub(super) exclude_keywords: Words,
    pub(super) exclude_ids: Words,
    pub(super) exclude_categories: Words,
    pub(super) require_keywords: Words,
    pub(super) locations: Words,
    pub(super) numbers: std::collections::BTreeMap<String, Range>,
    pub(super) known: Words,
    pub(super) only_ids: Words,
    pub(super) require_categories: Words,
    pub(super) as_of_from: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Range {
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Plan {
    pub(super) objective: Option<String>,
    pub(super) min_creators: Option<f64>,
    pub(super) max_creators: Option<f64>,
    pub(super) max_share: Option<f64>,
    pub(super) goods_cost: Option<f64>,
    pub(super) must: Words,
    pub(super) never: Words,
    pub(super) mix: Option<String>,
    pub(super) fee: BTreeMap<String, f64>,
    pub(super) rebate: BTreeMap<String, f64>,
    pub(super) kind: BTreeMap<String, Quota>,
    pub(super) platform: BTreeMap<String, Quota>,
    pub(super) category: BTreeMap<String, Quota>,
    pub(super) agency: BTreeMap<String, Quota>,
    pub(super) tier: BTreeMap<String, Quota>,
    pub(super) per_day: Option<f64>,
    pub(super) phases: BTreeMap<String, Phase>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Quota {
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    pub(super) min_share: Option<f64>,
    pub(super) max_share: Option<f64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Phase {
    pub(super) from: Option<Day>,
    pub(super) to: Option<Day>,
    pub(super) share: Option<f64>,
}

/// A day, `2026-12-01` with or without quotes.
#[derive(Debug)]
pub(super) struct Day(pub(super) String);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(day) => Ok(Self(day)),
            Value::Datetime(day) => Ok(Self(day.to_string())),
            _ => Err(D::Error::custom("expected a day, such as 2026-12-01")),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Metrics {
    pub(super) scope: Option<String>,
    pub(super) window_days: Option<u16>,
}

/// Reads the text, checks every key, applies `--set`.
pub(super) fn parse(path: &str, text: &str, sets: &[String]) -> Result<(BriefFile, Lines)> {
    let spanned = DeTable::parse(text).map_err(|error| not_toml(path, text, &error))?;
    let mut lines = Lines::new();
    check_keys(path, &line_starts(text), spanned.get_ref(), &mut Vec::new(), &mut lines)?;
    let mut table: Table = toml::from_str(text).map_err(|error| not_toml(path, text, &error))?;
    for assignment in sets {
        let steps = set::apply(assignment, &mut table)?;
        lines.extend((1..=steps.len()).map(|length| (steps[..length].join("."), 0)));
    }
    check_table(&table, &mut Vec::new())?;
    integers_to_floats(&mut table);
    let canonical = serde_json::to_string(&table)?;
    let mut settings = Vec::new();
    flatten(&table, "", &mut settings);
    let mut file = BriefFile::default();
    for (section, value) in table {
        read_section(&mut file, &section, value).map_err(|error| wrong_value(path, &section, &error, &lines))?;
    }
    (file.canonical, file.settings) = (canonical, settings);
    Ok((file, lines))
}

/// Keys by their dotted names, with their values.
fn flatten(table: &Table, above: &str, settings: &mut Vec<(String, String)>) {
    let text = |value: &Value| value.as_str().map_or_else(|| serde_json::to_string(value).unwrap_or_default(), str::to_owned);
    for (name, value) in table {
        let key = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        match value {
            Value::Table(inner) => flatten(inner, &key, settings),
            Value::Array(list) => settings.push((key, list.iter().map(text).collect::<Vec<_>>().join(", "))),
            value => settings.push((key, text(value))),
        }
    }
}

fn not_toml(path: &str, text: &str, error: &toml::de::Error) -> Failure {
    let line = error.span().map_or(1, |span| line_of(text, span.start));
    Failure::new(format!("{path}:{line}: not TOML: {}", error.message()))
        .hint("texts and Chinese keys stand in straight quotes: \"辅食\" = 2; lists in brackets: [\"女\"]; large numbers as 200_000")
}

fn read_section(file: &mut BriefFile, section: &str, value: Value) -> Result<(), toml::de::Error> {
    match section {
        "brand" => file.brand = value.try_into()?,
        "aim" => file.aim = value.try_into()?,
        "domain" => file.domain = value.try_into()?,
        "style" => file.style = value.try_into()?,
        "audience" => file.audience = value.try_into()?,
        "budget" => file.budget = value.try_into()?,
        "eligible" => file.eligible = value.try_into()?,
        "plan" => file.plan = value.try_into()?,
        "metrics" => file.metrics = value.try_into()?,
        "columns" => file.columns = value.try_into()?,
        "constants" => file.constants = value.try_into()?,
        _ => file.weights = value.try_into()?,
    }
    Ok(())
}

fn wrong_value(path: &str, section: &str, error: &toml::de::Error, lines: &Lines) -> Failure {
    let message = error.message().to_owned();
    let line = lines.iter().filter(|(key, _)| key.starts_with(section)).map(|(_, line)| *line).min().unwrap_or(1);
    let expected: Vec<String> =
        keys::KEYS.iter().filter(|key| key.path.split('.').next() == Some(section)).map(|key| format!("      {}: {}", key.path, key.about)).collect();
    let detail = error.to_string();
    let key = detail.lines().find_map(|line| line.strip_prefix("in `")).map(|rest| rest.trim_end_matches('`').to_owned());
    let place = key.map_or_else(|| format!("[{section}]"), |key| format!("`{section}.{key}`"));
    let line = lines.get(place.trim_matches('`')).copied().unwrap_or(line);
    let place = if line == 0 { format!("--set: {place}") } else { format!("{path}:{line}: {place}") };
    Failure::new(format!("{place}: {message}")).hint(format!("the keys of [{section}] are\n{}", expected.join("\n")))
}

/// Every key must be known; the line of each is noted.
fn check_keys(path: &str, starts: &[usize], table: &DeTable<'_>, above: &mut Vec<String>, lines: &mut Lines) -> Result<()> {
    for (key, value) in table {
        above.push(key.get_ref().to_string());
        let steps: Vec<&str> = above.iter().map(String::as_str).collect();
        let line = starts.partition_point(|start| *start <= key.span().start);
        if !keys::is_known(&steps) && !is_style_table(&steps) {
            return Err(keys::unknown(path, line, &steps).into());
        }
        lines.insert(above.join("."), line);
        if let DeValue::Table(inner) = value.get_ref() {
            check_keys(path, starts, inner, above, lines)?;
        } else if above.len() == 1 {
            bail!(
                Failure::new(format!("{path}:{line}: `{}` is a section, not a value", above[0]))
                    .hint(format!("write it as `[{}]` with its keys below", above[0]))
            );
        }
        above.pop();
    }
    Ok(())
}

/// The same for keys that `--set` brought in, which have no line.
fn check_table(table: &Table, above: &mut Vec<String>) -> Result<()> {
    for (key, value) in table {
        above.push(key.clone());
        let steps: Vec<&str> = above.iter().map(String::as_str).collect();
        if !keys::is_known(&steps) && !is_style_table(&steps) {
            return Err(keys::unknown("--set", 0, &steps).into());
        }
        if let Value::Table(inner) = value {
            check_table(inner, above)?;
        }
        above.pop();
    }
    Ok(())
}

/// `[style] "专业" = { target = 0.5, weight = 1 }`.
fn is_style_table(path: &[&str]) -> bool {
    matches!(path, ["style", _, "target" | "weight"])
}

/// A brief may write 2 for 2.0: numbers are numbers, and the hash does not depend on how one is written.
fn integers_to_floats(table: &mut Table) {
    for (key, value) in table.iter_mut() {
        match value {
            Value::Integer(number) if key != "window_days" => *value = Value::Float(*number as f64),
            Value::Table(inner) => integers_to_floats(inner),
            _ => {}
        }
    }
}

/// Where each line begins.
fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1)).collect()
}

fn line_of(text: &str, byte: usize) -> usize {
    text.as_bytes().iter().take(byte).filter(|byte| **byte == b'\n').count() + 1
}
