//! Data files in, everything kolscore knows out: categories, lexicons, traits, platforms, places, norms, presets.
//!
//! Nothing here is code that a user would have to change: each part is a table under `data/`, with its source and year.

use anyhow::Result;
use compact_str::CompactString;

pub mod categories;
mod files;
pub mod formats;
pub mod platforms;
pub mod presets;
pub mod regions;
pub mod traits;
pub mod vocabulary;

use categories::Categories;
use formats::Pack;
use platforms::Platforms;
use presets::Presets;
use regions::Regions;
use traits::Traits;
use vocabulary::Vocabulary;

/// All built-in tables.
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
}

impl Knowledge {
    /// Reads the tables that are compiled in.
    ///
    /// # Errors
    /// A table that cannot be read or contradicts another, by its file name.
    pub fn built_in() -> Result<Self> {
        let regions = Regions::new(files::table("regions.toml")?);
        let categories = Categories::new(files::table("categories.toml")?)?;
        let (traits, trait_terms) = Traits::new(files::table("traits.toml")?)?;
        let vocabulary = Vocabulary::new(&categories, &trait_terms)?;
        let packs = formats::packs(&regions)?;
        Ok(Self {
            categories,
            traits,
            vocabulary,
            platforms: Platforms::new(files::table("platforms.toml")?, files::table("tiers.toml")?)?,
            presets: files::table("presets.toml")?,
            packs,
            contacts: formats::contacts()?,
            suggestions: formats::suggestions()?,
            regions,
        })
    }

    /// Adds the format packs of a user's folder; one with the id of a built-in one takes its place.
    ///
    /// # Errors
    /// The folder or a pack in it cannot be read.
    pub fn add_formats(&mut self, folder: &std::path::Path) -> Result<()> {
        formats::add(folder, &mut self.packs, &self.regions)
    }

    /// Name and text of the published peer statistics.
    ///
    /// # Errors
    /// The file is not compiled in.
    pub fn norms_text(&self) -> Result<(&'static str, &'static str)> {
        const NAME: &str = "norms/built-in.toml";
        Ok((NAME, files::text(NAME)?))
    }
}
