//! Platforms: names and profile addresses in, canonical platforms, ids and size tiers out.

use std::collections::HashMap;

use anyhow::{Context, Result};
use compact_str::CompactString;
use foldhash::fast::RandomState;
use serde::Deserialize;

use crate::normalize::fold::fold_label;

/// Position of a platform in the list.
pub type PlatformId = u8;

/// All platforms and tier tables.
#[derive(Debug)]
pub struct Platforms {
    list: Vec<Platform>,
    tiers: Vec<TierTable>,
    /// Position of each platform's tier table.
    tables: Vec<usize>,
    /// That of China's, where the platform is unknown.
    usual: Option<usize>,
    by_name: HashMap<CompactString, PlatformId, RandomState>,
}

/// One platform.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// Stable id, such as `xiaohongshu`.
    pub id: String,
    /// Name in briefs and output, such as `小红书`.
    pub name: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    hosts: Vec<String>,
    /// Shapes of profile addresses, with `{id}` where the stable id stands and `{handle}` where the public name does.
    #[serde(default)]
    profiles: Vec<String>,
    tiers: String,
    /// Whether a low share of active followers is a warning on this platform: others report it on another scale.
    #[serde(default)]
    warns_of_inactive_followers: bool,
    /// Monthly active users, where a figure is published.
    users: Option<Users>,
}

/// Monthly active users of a platform.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Users {
    /// How many.
    pub count: f64,
    /// Who says so, and when.
    pub source: String,
}

/// Names for ranges of follower counts.
#[derive(Debug, Deserialize)]
pub struct TierTable {
    /// Name of the table.
    pub id: String,
    /// Followers from which a creator without other evidence is guessed to be a KOL.
    pub kol_from: f64,
    bounds: Vec<Tier>,
}

/// One tier; the last has no bound.
#[derive(Debug, Deserialize)]
struct Tier {
    name: String,
    below: Option<f64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct PlatformFile {
    platform: Vec<Platform>,
}

#[derive(Debug, Deserialize)]
pub(super) struct TierFile {
    tiers: Vec<TierTable>,
}

/// What a profile address says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProfilePart<'a> {
    /// The stable id.
    Id(&'a str),
    /// The public account name.
    Handle(&'a str),
}

impl Platforms {
    pub(super) fn new(file: PlatformFile, tiers: TierFile) -> Result<Self> {
        let (mut by_name, mut tables) = (HashMap::default(), Vec::new());
        let table = |id: &str| tiers.tiers.iter().position(|table| table.id == id);
        for (at, platform) in file.platform.iter().enumerate() {
            tables.push(table(&platform.tiers).with_context(|| format!("`data/platforms.toml`: `{}` names unknown tiers", platform.id))?);
            for name in platform.aliases.iter().chain([&platform.id, &platform.name]) {
                by_name.insert(fold_label(name), at as PlatformId);
            }
        }
        Ok(Self { usual: table("china"), list: file.platform, tiers: tiers.tiers, tables, by_name })
    }

    /// The platform that a name means.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<PlatformId> {
        self.by_name.get(&fold_label(name)).copied()
    }

    /// The platform's name in output.
    #[must_use]
    pub fn name(&self, id: PlatformId) -> &str {
        &self.list[usize::from(id)].name
    }

    /// All names that a brief may use.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|platform| platform.name.as_str())
    }

    /// Monthly active users of a platform; `None` where no figure is published.
    #[must_use]
    pub fn users(&self, id: PlatformId) -> Option<&Users> {
        self.list[usize::from(id)].users.as_ref()
    }

    /// Stable ids of all platforms, in the order of their numbers.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|platform| platform.id.as_str())
    }

    /// The tier table of a platform; of China's where the platform is unknown.
    fn table(&self, id: Option<PlatformId>) -> Option<&TierTable> {
        id.map_or(self.usual, |id| self.tables.get(usize::from(id)).copied()).map(|at| &self.tiers[at])
    }

    /// The size from which a creator on this platform is guessed to be a KOL.
    #[must_use]
    pub fn kol_from(&self, id: Option<PlatformId>) -> f64 {
        self.table(id).map_or(5_000.0, |tiers| tiers.kol_from)
    }

    /// The position of the tier that so many followers are in.
    #[must_use]
    pub fn tier(&self, id: Option<PlatformId>, followers: f64) -> Option<u8> {
        self.table(id)?.bounds.iter().position(|tier| tier.below.is_none_or(|below| followers < below)).map(|at| at as u8)
    }

    /// The name of a tier.
    #[must_use]
    pub fn tier_name(&self, id: Option<PlatformId>, tier: u8) -> Option<&str> {
        self.table(id)?.bounds.get(usize::from(tier)).map(|tier| tier.name.as_str())
    }

    /// Names of all tiers of all tables.
    pub fn tier_names(&self) -> impl Iterator<Item = &str> {
        self.tiers.iter().flat_map(|table| table.bounds.iter().map(|tier| tier.name.as_str()))
    }

    /// Whether a low share of active followers is a warning on this platform.
    #[must_use]
    pub fn warns_of_inactive_followers(&self, id: PlatformId) -> bool {
        self.list[usize::from(id)].warns_of_inactive_followers
    }

    /// The platform whose host a normalized address (without scheme) has.
    #[must_use]
    pub fn of_address(&self, address: &str) -> Option<PlatformId> {
        let host = address.split('/').next()?;
        self.list
            .iter()
            .position(|platform| platform.hosts.iter().any(|known| host == known || host.strip_suffix(known.as_str()).is_some_and(|rest| rest.ends_with('.'))))
            .map(|at| at as PlatformId)
    }

    /// The id or handle that a profile address carries.
    #[must_use]
    pub fn profile<'a>(&self, platform: PlatformId, address: &'a str) -> Option<ProfilePart<'a>> {
        let address = address.strip_prefix("www.").unwrap_or(address);
        self.list[usize::from(platform)].profiles.iter().find_map(|shape| {
            let (before, rest) = shape.split_once('{')?;
            let part = address.strip_prefix(before)?.split('/').next().filter(|part| !part.is_empty())?;
            Some(if rest.starts_with("id") { ProfilePart::Id(part) } else { ProfilePart::Handle(part) })
        })
    }
}
