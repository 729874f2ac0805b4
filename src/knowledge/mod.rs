//! Data files in, everything kolscore knows out: categories, lexicons, traits, platforms, places, norms, presets.
//!
//! Nothing here is code that a user would have to change: each part is a table under `data/`, with its source and year.

use std::{borrow::Cow, path::Path};

use anyhow::Result;
use compact_str::CompactString;
use serde::de::DeserializeOwned;

pub mod categories;
mod files;
pub mod formats;
mod overlay;
pub mod platforms;
pub mod presets;
pub mod regions;
pub mod traits;
pub mod vocabulary;

use categories::Categories;
use files::Files;
use formats::Pack;
use overlay::Overlay;
use platforms::Platforms;
use presets::Presets;
use regions::Regions;
use traits::Traits;
use vocabulary::Vocabulary;

const NORMS: &str = "norms/built-in.toml";

/// All tables: what is built in, and what a user laid over it.
#[derive(Debug)]
pub struct Knowledge {
    /// The category tree.
    pub categories: Categories,
    /// Style traits.
    pub traits: Traits,
    /// Terms of categories, traits and opinion markers.
    pub vocabulary: Vocabulary,
    /// Platforms and their size tiers.
    pub platforms: Platforms,
    /// Names of places.
    pub regions: Regions,
    /// Weights and what a brief's aim does to them.
    pub presets: Presets,
    /// Format packs, in the order of their ids; the first without `recognise` serves every file.
    pub packs: Vec<Pack>,
    /// Folded words of headers whose cells are contact data.
    pub contacts: Vec<CompactString>,
    /// Headers that are suggested, never acted upon: folded header and target.
    pub suggestions: Vec<(CompactString, String)>,
    files: Files,
}

impl Knowledge {
    /// Reads the tables that are compiled in.
    ///
    /// # Errors
    /// A table that cannot be read or contradicts another, by its file name.
    pub fn built_in() -> Result<Self> {
        Self::of(Files::default())
    }

    /// The same, with the files of a user's folder laid over them.
    ///
    /// # Errors
    /// A file in the folder cannot be read, or does not fit the table that it changes.
    pub fn with_data(folder: &Path) -> Result<Self> {
        Self::of(Files { overlay: Some(Overlay::read(folder)?) })
    }

    fn of(files: Files) -> Result<Self> {
        let regions = Regions::new(files.table("regions.toml")?, files.table("cities.toml")?)?;
        let categories = Categories::new(files.table("categories.toml")?)?;
        let (traits, trait_terms) = Traits::new(files.table("traits.toml")?)?;
        let vocabulary = Vocabulary::new(&files, &categories, &trait_terms)?;
        let mut packs = formats::packs(&regions)?;
        if let Some(overlay) = files.overlay.as_ref().filter(|overlay| overlay.holds("formats")) {
            formats::add(&Path::new(&overlay.folder).join("formats"), &mut packs, &regions)?;
        }
        Ok(Self {
            categories,
            traits,
            vocabulary,
            platforms: Platforms::new(files.table("platforms.toml")?, files.table("tiers.toml")?)?,
            presets: files.table("presets.toml")?,
            packs,
            contacts: formats::contacts(&files)?,
            suggestions: formats::suggestions(&files)?,
            regions,
            files,
        })
    }

    /// Adds the format packs of a user's folder; one with the id of a built-in one takes its place.
    ///
    /// # Errors
    /// The folder or a pack in it cannot be read.
    pub fn add_formats(&mut self, folder: &Path) -> Result<()> {
        formats::add(folder, &mut self.packs, &self.regions)
    }

    /// The published peer statistics, as a table.
    ///
    /// # Errors
    /// A user's file does not fit them.
    pub fn norms<T: DeserializeOwned>(&self) -> Result<T> {
        self.files.table(NORMS)
    }

    /// What tells the published peer statistics from other versions of them.
    ///
    /// # Errors
    /// The file is not compiled in.
    pub fn norms_text(&self) -> Result<Cow<'static, str>> {
        self.files.text(NORMS)
    }

    /// The user's folder of data files and its hash, where there is one.
    #[must_use]
    pub fn own_data(&self) -> Option<(&str, &str)> {
        self.files.overlay.as_ref().map(|overlay| (overlay.folder.as_str(), overlay.hash.as_str()))
    }
}
