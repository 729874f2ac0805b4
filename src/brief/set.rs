//! `--set KEY=VALUE`: one key of the brief, overridden.

use anyhow::{Result, bail};
use toml::{Table, Value};

use super::keys;
use crate::failure::Failure;

/// Sets a dotted key or a whole section, and returns its path. The value is TOML, or text where it is no TOML (`--set aim.goal=branding`).
pub(super) fn apply(assignment: &str, table: &mut Table) -> Result<Vec<String>> {
    let Some((key, value)) = assignment.split_once('=') else {
        bail!(
            Failure::usage(format!("`--set {assignment}` has no `=`"))
                .hint("write `--set KEY=VALUE`, such as `--set aim.goal=branding` or `--set 'audience.age=[\"18-24\"]'`")
        );
    };
    let steps = steps_of(key);
    let path: Vec<&str> = steps.iter().map(String::as_str).collect();
    if !keys::is_known(&path) {
        let mut failure = keys::unknown("--set", 0, &path);
        failure.usage = true;
        bail!(failure);
    }
    let mut inner = table;
    for step in &steps[..steps.len() - 1] {
        let entry = inner.entry(step.clone()).or_insert_with(|| Value::Table(Table::new()));
        match entry {
            Value::Table(next) => inner = next,
            _ => bail!(Failure::usage(format!("`--set {key}`: `{step}` is a value, not a section"))),
        }
    }
    inner.insert(steps[steps.len() - 1].clone(), value_of(value));
    Ok(steps)
}

/// `domain.keywords."宝宝 辅食"` as its steps; quotes are needed only around dots.
fn steps_of(key: &str) -> Vec<String> {
    let (mut steps, mut step, mut quoted) = (Vec::new(), String::new(), false);
    for c in key.trim().chars() {
        match c {
            '"' => quoted = !quoted,
            '.' if !quoted => steps.push(std::mem::take(&mut step).trim().to_owned()),
            _ => step.push(c),
        }
    }
    steps.push(step.trim().to_owned());
    steps
}

fn value_of(text: &str) -> Value {
    let parsed: Option<Table> = toml::from_str(&format!("value = {text}")).ok();
    parsed.and_then(|mut table| table.remove("value")).unwrap_or_else(|| Value::String(text.to_owned()))
}
