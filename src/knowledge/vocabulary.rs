//! Lexicons in, one list of folded terms with their meanings out.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::{
    categories::{Categories, CategoryId},
    files,
    traits::{Bilingual, TraitId},
};
use crate::normalize::fold::fold;

/// What a term in a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Meaning {
    /// The document speaks of this category.
    Category(CategoryId),
    /// Nothing: the term only keeps a shorter one inside it from counting.
    Shield,
    /// The document shows this trait.
    Trait(TraitId),
    /// The document is evidence for this kind of opinion.
    Marker(Marker),
}

/// Opinion markers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Marker {
    /// A consumer speaks of own use (自用, 回购).
    FirstHand,
    /// A professional speaks (测评, credentials, teaching).
    Authority,
    /// The post is paid for.
    Sponsored,
    /// The opinion is balanced or negative.
    NegativeOpinion,
}

/// All terms, folded, each with everything it means.
#[derive(Debug, Default)]
pub struct Vocabulary {
    terms: BTreeMap<String, Vec<Meaning>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LexiconFile {
    #[allow(dead_code)]
    #[serde(default)]
    source: String,
    #[allow(dead_code)]
    #[serde(default)]
    year: u16,
    #[serde(default)]
    terms: BTreeMap<String, Bilingual>,
    #[serde(default)]
    shields: Bilingual,
}

#[derive(Debug, Deserialize)]
struct MarkerFile {
    marker: Vec<MarkerTerms>,
}

#[derive(Debug, Deserialize)]
struct MarkerTerms {
    id: Marker,
    terms: Bilingual,
}

impl Vocabulary {
    pub(super) fn new(categories: &Categories, trait_terms: &[Bilingual]) -> Result<Self> {
        let mut vocabulary = Self::default();
        for (name, text) in files::folder("lexicons") {
            let file: LexiconFile = files::parse(&format!("lexicons/{name}.toml"), text)?;
            for (id, terms) in file.terms {
                let category = categories.by_id(&id).with_context(|| format!("`data/lexicons/{name}.toml` has terms for the unknown category `{id}`"))?;
                vocabulary.add(&terms, Meaning::Category(category));
            }
            vocabulary.add(&file.shields, Meaning::Shield);
        }
        for (at, terms) in trait_terms.iter().enumerate() {
            vocabulary.add(terms, Meaning::Trait(at as TraitId));
        }
        for marker in files::table::<MarkerFile>("markers.toml")?.marker {
            vocabulary.add(&marker.terms, Meaning::Marker(marker.id));
        }
        Ok(vocabulary)
    }

    fn add(&mut self, terms: &Bilingual, meaning: Meaning) {
        for term in terms.iter() {
            let meanings = self.terms.entry(fold(term)).or_default();
            if !meanings.contains(&meaning) {
                meanings.push(meaning);
            }
        }
    }

    /// Terms and what they mean, in the order of their bytes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[Meaning])> {
        self.terms.iter().map(|(term, meanings)| (term.as_str(), meanings.as_slice()))
    }

    /// The category that a folded term speaks of.
    #[must_use]
    pub fn category_of(&self, term: &str) -> Option<CategoryId> {
        self.terms.get(term)?.iter().find_map(|meaning| if let Meaning::Category(id) = meaning { Some(*id) } else { None })
    }

    /// How many terms mean this.
    #[must_use]
    pub fn count(&self, meaning: Meaning) -> usize {
        self.terms.values().filter(|meanings| meanings.contains(&meaning)).count()
    }
}
