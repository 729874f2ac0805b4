//! `--set KEY=VALUE`: one key of the brief, overridden.

use anyhow::{Result, bail};
use toml::{Table, Value};

use super::{keys, parse::unknown_key};
use crate::failure::Failure;

/// Sets a dotted key or a whole section; the value is TOML, or text where it is no TOML (`--set aim.goal=branding`).
pub(super) fn apply(assignment: &str, table: &mut Table) -> Result<()> {
    let Some((key, value)) = assignment.split_once('=') else {
        bail!(
            Failure::usage(format!("`--set {assignment}` has no `=`"))
                .hint("write `--set KEY=VALUE`, such as `--set aim.goal=branding` or `--set 'audience.age=[\"18-24\"]'`")
        );
    };
    let steps: Vec<&str> = key.trim().split('.').collect();
    if !keys::is_known(&steps) {
        let mut failure = unknown_key("--set", 0, &steps);
        failure.usage = true;
        bail!(failure);
    }
    let value = value_of(value);
    let mut inner = table;
    for step in &steps[..steps.len() - 1] {
        let entry = inner.entry((*step).to_owned()).or_insert_with(|| Value::Table(Table::new()));
        match entry {
            Value::Table(next) => inner = next,
            _ => bail!(Failure::usage(format!("`--set {key}`: `{step}` is a value, not a section"))),
        }
    }
    inner.insert(steps[steps.len() - 1].to_owned(), value);
    Ok(())
}

fn value_of(text: &str) -> Value {
    let parsed: Option<Table> = toml::from_str(&format!("value = {text}")).ok();
    parsed.and_then(|mut table| table.remove("value")).unwrap_or_else(|| Value::String(text.to_owned()))
}
