//! The data files that are compiled in, read as typed tables.

use anyhow::{Context, Result};
use serde::de::DeserializeOwned;

static FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/data_files.rs"));

/// The files whose name starts with `folder/`, as (name without folder and ending, text), in the order of their names.
pub(super) fn folder(folder: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.iter().filter_map(move |(name, text)| {
        let inner = name.strip_prefix(folder)?.strip_prefix('/')?;
        Some((inner.strip_suffix(".toml")?, *text))
    })
}

/// One file, as text.
pub(super) fn text(name: &str) -> Result<&'static str> {
    FILES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text).with_context(|| format!("built-in `data/{name}` is missing"))
}

/// One file, as a table.
pub(super) fn table<T: DeserializeOwned>(name: &str) -> Result<T> {
    parse(name, text(name)?)
}

/// Text as a table; the name is for the error.
pub(super) fn parse<T: DeserializeOwned>(name: &str, text: &str) -> Result<T> {
    toml::from_str(text).with_context(|| format!("built-in `data/{name}` cannot be read"))
}
