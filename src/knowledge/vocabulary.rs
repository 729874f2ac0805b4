//! Lexicons in, one list of folded terms with their meanings out.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use serde::Deserialize;

use super::{
    categories::{Categories, CategoryId},
    files::Files,
    traits::{Bilingual, TraitId},
};
use crate::{
    failure::{Failure, did_you_mean},
    normalize::fold::fold,
};

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

impl Marker {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::FirstHand, Self::Authority, Self::Sponsored, Self::NegativeOpinion];

    /// Name in data files and output.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::FirstHand => "first_hand",
            Self::Authority => "authority",
            Self::Sponsored => "sponsored",
            Self::NegativeOpinion => "negative_opinion",
        }
    }
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

fn unknown_category(id: &str, categories: &Categories) -> Failure {
    let close =
        did_you_mean(id, categories.iter().map(|(_, category)| category.id.as_str())).map_or(String::new(), |close| format!("did you mean `{close}`? "));
    Failure::new(format!("a lexicon has terms for the unknown category `{id}`"))
        .hint(format!("{close}`kolscore list categories` prints the ids; a new one needs an entry in `categories.toml`"))
}

impl Vocabulary {
    pub(super) fn new(files: &Files, categories: &Categories, trait_terms: &[Bilingual]) -> Result<Self> {
        let mut vocabulary = Self::default();
        for file in files.tables::<LexiconFile>("lexicons")? {
            for (id, terms) in file.terms {
                let category = categories.by_id(&id).ok_or_else(|| unknown_category(&id, categories))?;
                vocabulary.add(&terms, Meaning::Category(category), &id)?;
            }
            vocabulary.add(&file.shields, Meaning::Shield, "shields")?;
        }
        for (at, terms) in trait_terms.iter().enumerate() {
            vocabulary.add(terms, Meaning::Trait(at as TraitId), "a trait")?;
        }
        for marker in files.table::<MarkerFile>("markers.toml")?.marker {
            vocabulary.add(&marker.terms, Meaning::Marker(marker.id), "a marker")?;
        }
        Ok(vocabulary)
    }

    fn add(&mut self, terms: &Bilingual, meaning: Meaning, of: &str) -> Result<()> {
        for term in terms.iter() {
            let folded = fold(term);
            if !folded.chars().any(char::is_alphanumeric) {
                bail!(
                    Failure::new(format!("the term `{term}` of {of} has neither a letter nor a digit"))
                        .hint("take it out: it would be found nowhere, or everywhere")
                );
            }
            let meanings = self.terms.entry(folded).or_default();
            if !meanings.contains(&meaning) {
                meanings.push(meaning);
            }
        }
        Ok(())
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

    /// The terms that mean this, in the order of their bytes.
    pub fn terms_of(&self, meaning: Meaning) -> impl Iterator<Item = &str> {
        self.iter().filter(move |(_, meanings)| meanings.contains(&meaning)).map(|(term, _)| term)
    }

    /// How many terms mean this.
    #[must_use]
    pub fn count(&self, meaning: Meaning) -> usize {
        self.terms_of(meaning).count()
    }
}
