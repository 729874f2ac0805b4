//! Names of places in, canonical names out: 广东省, Guangdong → 广东.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use compact_str::CompactString;
use serde::Deserialize;

use crate::normalize::fold::fold_label;

/// Canonical names of provinces and of the places beyond them.
#[derive(Debug, Default)]
pub struct Regions {
    canonical: HashMap<CompactString, CompactString>,
    /// What a place lies in: 中国 or 海外.
    within: BTreeMap<CompactString, CompactString>,
    /// Names for several places together: 江浙沪.
    groups: BTreeMap<CompactString, Vec<CompactString>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RegionFile {
    #[allow(dead_code)] // read by people, and demanded of every data file
    source: String,
    #[allow(dead_code)]
    year: u16,
    region: Vec<Region>,
    group: Vec<Group>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    names: Vec<String>,
    members: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Region {
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
    within: Option<String>,
}

impl Regions {
    pub(super) fn new(file: RegionFile) -> Self {
        let mut regions = Self::default();
        for region in file.region {
            for alias in region.aliases.iter().chain([&region.name]) {
                regions.canonical.insert(fold_label(alias), CompactString::from(&region.name));
            }
            if let Some(whole) = region.within {
                regions.within.insert(CompactString::from(&region.name), CompactString::from(whole));
            }
        }
        for group in file.group {
            let members: Vec<CompactString> = group.members.iter().map(CompactString::from).collect();
            regions.groups.extend(group.names.iter().map(|name| (fold_label(name), members.clone())));
        }
        regions
    }

    /// The places that a brief's word means: one, or the members of a group. `None` where nothing is called so.
    #[must_use]
    pub fn named(&self, word: &str) -> Option<Vec<CompactString>> {
        let word = fold_label(word);
        self.groups.get(&word).cloned().or_else(|| self.canonical.get(&word).map(|name| vec![name.clone()]))
    }

    /// What a place lies in, by its canonical name: 中国, 海外, or nothing.
    #[must_use]
    pub fn whole(&self, name: &str) -> Option<&str> {
        self.within.get(name).map(CompactString::as_str)
    }

    /// All places, by their canonical names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let unique: BTreeSet<&str> = self.canonical.values().map(CompactString::as_str).collect();
        unique.into_iter()
    }

    /// Every folded spelling of a place or a group, in the order of their bytes.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        let all: BTreeSet<&str> = self.canonical.keys().chain(self.groups.keys()).map(CompactString::as_str).collect();
        all.into_iter()
    }

    /// The canonical name of the place that a folded label means.
    #[must_use]
    pub fn known(&self, label: &str) -> Option<CompactString> {
        self.canonical.get(label).cloned()
    }
}
