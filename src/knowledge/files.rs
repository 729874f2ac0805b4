//! The data files that are compiled in, under those of a user's folder: names in, typed tables out.

use std::borrow::Cow;

use anyhow::{Context, Result};
use serde::de::DeserializeOwned;
use toml::Table;

use super::overlay::{Overlay, lay};

static FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/data_files.rs"));

/// Built-in files, and what a user's folder changes of them.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// The user's folder.
    pub(super) overlay: Option<Overlay>,
}

impl Files {
    /// One file, as a table.
    pub(super) fn table<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        let Some(own) = self.own(name) else { return parse(name, text(name)?) };
        let mut table = parse(name, text(name)?)?;
        lay(&mut table, own.clone());
        self.typed(name, table)
    }

    /// The files of a folder that together are one table, such as the lexicons: each, or all of them joined where a user's own are laid over them.
    pub(super) fn tables<T: DeserializeOwned>(&self, folder: &str) -> Result<Vec<T>> {
        let own: Vec<&Table> = self.overlay.iter().flat_map(|overlay| overlay.within(folder)).collect();
        if own.is_empty() {
            return within(folder).map(|(name, text)| parse(name, text)).collect();
        }
        let mut whole = Table::new();
        for (name, text) in within(folder) {
            lay(&mut whole, parse(name, text)?);
        }
        own.into_iter().for_each(|own| lay(&mut whole, own.clone()));
        Ok(vec![self.typed(folder, whole)?])
    }

    /// What tells a file from other versions of it: its text, and what is laid over it.
    pub(super) fn text(&self, name: &str) -> Result<Cow<'static, str>> {
        let built_in = text(name)?;
        let changed = self.overlay.as_ref().filter(|overlay| overlay.get(name).is_some());
        Ok(changed.map_or(Cow::Borrowed(built_in), |overlay| Cow::Owned(format!("{built_in}{}", overlay.hash))))
    }

    fn own(&self, name: &str) -> Option<&Table> {
        self.overlay.as_ref()?.get(name)
    }

    fn typed<T: DeserializeOwned>(&self, name: &str, table: Table) -> Result<T> {
        let folder = self.overlay.as_ref().map_or("", |overlay| &overlay.folder);
        T::deserialize(table).with_context(|| format!("`{folder}/{name}` does not fit the built-in table that it is laid over"))
    }
}

/// The name of every file, such as `lexicons/baby.toml`.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name)
}

/// The files of a folder with their text, in the order of their names.
pub(super) fn within(folder: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.iter().copied().filter(move |(name, _)| name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
}

fn text(name: &str) -> Result<&'static str> {
    FILES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text).with_context(|| format!("built-in `data/{name}` is missing"))
}

/// Text as a table; the name is for the error.
pub(super) fn parse<T: DeserializeOwned>(name: &str, text: &str) -> Result<T> {
    toml::from_str(text).with_context(|| format!("built-in `data/{name}` cannot be read"))
}
