//! The eight style traits: words of a brief and tags of a platform in, trait numbers out.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use compact_str::CompactString;
use serde::Deserialize;

use crate::normalize::fold::fold_label;

/// How many traits there are.
pub const TRAITS: usize = 8;

/// Position of a trait in [`Traits::iter`].
pub type TraitId = u8;

/// The traits, and the words that mean them.
#[derive(Debug)]
pub struct Traits {
    list: Vec<Trait>,
    by_word: BTreeMap<CompactString, TraitId>,
    by_tag: BTreeMap<CompactString, TraitId>,
}

/// One trait.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trait {
    /// Stable id, such as `expert`.
    pub id: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Words that a brief may use.
    pub words: Vec<String>,
    /// Style tags of platforms.
    pub tags: Vec<String>,
    /// Terms that show the trait in a text.
    pub terms: Bilingual,
}

/// Terms in two languages.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// Chinese.
    #[serde(default)]
    pub zh: Vec<String>,
    /// English.
    #[serde(default)]
    pub en: Vec<String>,
}

impl Bilingual {
    /// All terms.
    pub fn iter(&self) -> impl Iterator<Item = &String> {
        self.zh.iter().chain(&self.en)
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct TraitFile {
    r#trait: Vec<Trait>,
}

impl Traits {
    /// The traits, and their terms for the vocabulary.
    pub(super) fn new(file: TraitFile) -> Result<(Self, Vec<Bilingual>)> {
        let list = file.r#trait;
        if list.len() != TRAITS {
            bail!("`data/traits.toml` holds {} traits, not {TRAITS}", list.len());
        }
        let (mut by_word, mut by_tag) = (BTreeMap::new(), BTreeMap::new());
        for (at, style) in list.iter().enumerate() {
            for word in style.words.iter().chain([&style.id, &style.zh, &style.en]) {
                if let Some(other) = by_word.insert(fold_label(word), at as TraitId).filter(|other| usize::from(*other) != at) {
                    bail!("`data/traits.toml` gives the word `{word}` to both `{}` and `{}`", list[usize::from(other)].id, style.id);
                }
            }
            by_tag.extend(style.tags.iter().map(|tag| (fold_label(tag), at as TraitId)));
        }
        let terms = list.iter().map(|style| style.terms.clone()).collect();
        Ok((Self { list, by_word, by_tag }, terms))
    }

    /// All traits, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (TraitId, &Trait)> {
        self.list.iter().enumerate().map(|(at, style)| (at as TraitId, style))
    }

    /// One trait.
    #[must_use]
    pub fn get(&self, id: TraitId) -> &Trait {
        &self.list[usize::from(id)]
    }

    /// The trait that a brief's word means.
    #[must_use]
    pub fn named(&self, word: &str) -> Option<TraitId> {
        self.by_word.get(&fold_label(word)).copied()
    }

    /// The trait that a platform's style tag means: its tags first, then the words of briefs.
    #[must_use]
    pub fn tagged(&self, tag: &str) -> Option<TraitId> {
        let tag = fold_label(tag);
        self.by_tag.get(&tag).or_else(|| self.by_word.get(&tag)).copied()
    }

    /// Every word that a brief may use.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.by_word.keys().map(CompactString::as_str)
    }
}
