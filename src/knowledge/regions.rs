//! Names of places in, canonical names out: 广东省, Guangdong → 广东.

use std::collections::HashMap;

use compact_str::CompactString;
use serde::Deserialize;

use crate::normalize::fold::fold_label;

/// Canonical names of provinces and of the places beyond them.
#[derive(Debug, Default)]
pub struct Regions {
    canonical: HashMap<CompactString, CompactString>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RegionFile {
    #[allow(dead_code)] // read by people, and demanded of every data file
    source: String,
    #[allow(dead_code)]
    year: u16,
    region: Vec<Region>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Region {
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
}

impl Regions {
    pub(super) fn new(file: RegionFile) -> Self {
        let mut canonical = HashMap::new();
        for region in file.region {
            for alias in region.aliases.iter().chain([&region.name]) {
                canonical.insert(fold_label(alias), CompactString::from(&region.name));
            }
        }
        Self { canonical }
    }

    /// The canonical name of a folded label; a label that no region is called by is its own name.
    #[must_use]
    pub fn canonical(&self, label: &str) -> CompactString {
        self.canonical.get(label).cloned().unwrap_or_else(|| label.into())
    }
}
