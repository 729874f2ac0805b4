//! A candidate, a brief and norms in, a score with its reasons out. A pure function: nothing about other candidates enters it.
//!
//! ```text
//! candidate ─text→ hits ─domain, style, audience→ values ─total→ score, interval, gate, coverage
//! ```
//! Source of every formula: `scoring.md`; its sections are cited where they are used.

pub mod audience;
pub mod domain;
pub mod kind;
pub mod style;
pub mod text;
pub mod total;
pub mod value;
pub mod weights;

use crate::{
    brief::Brief,
    knowledge::{Knowledge, norms::Norms},
    normalize::candidate::{Candidate, Kind},
};
use audience::Lens;
use kind::KindEvidence;
use text::{Hits, Matcher};
use total::Total;
use value::Value;
use weights::Weights;

/// One dimension of the score.
#[derive(Debug)]
pub struct Dimension {
    /// Name in briefs, weights, headers and files.
    pub name: &'static str,
    /// What it measures.
    pub about: &'static str,
    /// Whether the brief asks for it.
    pub asked: fn(&Brief) -> bool,
    /// Its value for a candidate.
    pub value: fn(&Scene<'_>) -> Value,
}

/// Every dimension there is, in the order in which they are summed and shown.
#[rustfmt::skip]
pub static DIMENSIONS: &[Dimension] = &[
    Dimension { name: "domain", about: "what the creator talks about", asked: domain::asked, value: domain::value },
    Dimension { name: "style", about: "how the creator talks", asked: style::asked, value: style::value },
    Dimension { name: "audience", about: "whom the creator reaches", asked: audience::asked, value: audience::value },
];

/// Everything that a dimension may look at.
#[derive(Debug)]
pub struct Scene<'a> {
    /// The candidate.
    pub candidate: &'a Candidate,
    /// KOL or KOC.
    pub kind: Kind,
    /// What its texts speak of.
    pub hits: &'a Hits,
    /// The brief.
    pub brief: &'a Brief,
    /// One lens a facet of the audience that the brief names.
    pub lenses: &'a [Lens],
    /// The norms.
    pub norms: &'a Norms,
    /// What is built in.
    pub knowledge: &'a Knowledge,
}

/// A candidate's score with all that it is made of.
#[derive(Debug, Clone)]
pub struct Scored {
    /// KOL or KOC, and how that was decided.
    pub kind: KindEvidence,
    /// One value a dimension, in the order of [`DIMENSIONS`].
    pub values: Vec<Value>,
    /// The score, its interval, gate and coverage.
    pub total: Total,
}

/// Scores candidates against one brief.
#[derive(Debug)]
pub struct Scorer<'a> {
    brief: &'a Brief,
    norms: &'a Norms,
    knowledge: &'a Knowledge,
    matcher: Matcher,
    lenses: Vec<Lens>,
    weights: [Weights; 2],
}

impl<'a> Scorer<'a> {
    /// A scorer; lexicons and the brief's words are compiled here, once.
    ///
    /// # Errors
    /// Words that cannot be compiled, or weights of which none is above 0.
    pub fn new(brief: &'a Brief, norms: &'a Norms, knowledge: &'a Knowledge) -> anyhow::Result<Self> {
        let weights = [Weights::new(Kind::Kol, brief, &knowledge.presets)?, Weights::new(Kind::Koc, brief, &knowledge.presets)?];
        Ok(Self {
            brief,
            norms,
            knowledge,
            matcher: Matcher::new(brief, &knowledge.vocabulary)?,
            lenses: brief.audience.iter().map(|ask| Lens::new(ask, norms, &knowledge.regions)).collect(),
            weights,
        })
    }

    /// What the candidate's texts speak of. An excluded word in the nickname counts too.
    #[must_use]
    pub fn hits(&self, candidate: &Candidate) -> Hits {
        let mut hits = self.matcher.hits(&candidate.documents);
        if hits.excluded.is_empty() {
            hits.excluded.extend(self.matcher.excluded_in(&candidate.name));
        }
        hits
    }

    /// One lens a facet of the audience that the brief names.
    #[must_use]
    pub fn lenses(&self) -> &[Lens] {
        &self.lenses
    }

    /// The weights of a kind.
    #[must_use]
    pub fn weights(&self, kind: Kind) -> &Weights {
        &self.weights[kind as usize]
    }

    /// Scores one candidate whose texts have been looked at.
    #[must_use]
    pub fn score(&self, candidate: &Candidate, hits: &Hits) -> Scored {
        let kind = kind::decide(candidate, hits, self.knowledge);
        let scene = Scene { candidate, kind: kind.kind, hits, brief: self.brief, lenses: &self.lenses, norms: self.norms, knowledge: self.knowledge };
        let values: Vec<Value> = DIMENSIONS
            .iter()
            .map(|dimension| if (dimension.asked)(self.brief) { (dimension.value)(&scene) } else { Value::unknown(self.knowledge.presets.unknown.mean) })
            .collect();
        let total = total::total(&values, self.weights(kind.kind));
        Scored { kind, values, total }
    }
}
