//! Documents in, what they speak of out: categories, traits, opinion markers, the brief's keywords and excluded words, in one pass.
//!
//! Matching is leftmost-longest among lexicon terms that stand at word boundaries (`scoring.md` §3.1); keywords count wherever they occur.

use std::{cmp::Reverse, collections::BTreeMap};

use anyhow::{Result, anyhow};
use daachorse::CharwiseDoubleArrayAhoCorasick;

use crate::{
    brief::Brief,
    knowledge::{
        categories::CategoryId,
        traits::TRAITS,
        vocabulary::{Marker, Meaning, Vocabulary},
    },
    normalize::candidate::Documents,
};

/// What a term stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// A term of the lexicons.
    Lexicon(Meaning),
    /// A keyword of the brief, by its position.
    Keyword(u16),
    /// An excluded word, by its position in [`Matcher::excluded`].
    Excluded(u16),
    /// A word that must occur, by its position in the brief's list.
    Required(u16),
    /// A name of a place that the brief wants creators to be in.
    Location,
}

/// Finds terms in documents.
pub struct Matcher {
    automaton: CharwiseDoubleArrayAhoCorasick<u32>,
    /// Roles of all patterns, one after the other.
    roles: Vec<Role>,
    /// Where the roles of each pattern end.
    ends: Vec<u32>,
    /// The pattern of each.
    terms: Vec<String>,
    keywords: usize,
    required: usize,
}

/// What a candidate's documents speak of.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Hits {
    /// How many documents there are in which the creator speaks: titles, hashtags and bio.
    pub documents: usize,
    /// What the documents speak of; nickname and verification text are such documents too.
    pub topics: Topics,
    /// Documents that show each trait.
    pub traits: [u32; TRAITS],
    /// Documents with first-hand markers.
    pub first_hand: u32,
    /// Documents with authority markers.
    pub authority: u32,
    /// Documents with criticism.
    pub negative: u32,
    /// Documents that name a wanted place.
    pub location: u32,
    /// Documents that hold each keyword of the brief, in its order.
    pub keywords: Vec<u32>,
    /// Documents that hold each required word of the brief, in its order.
    pub required: Vec<u32>,
    /// Positions of the excluded words that occur, in the order of [`Matcher::excluded`].
    pub excluded: Vec<u16>,
}

/// How much documents speak of each category.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Topics {
    /// Documents with a category.
    pub documents: usize,
    /// `m_c`: each such document is shared by its categories.
    pub mass: Vec<(CategoryId, f64)>,
}

impl Topics {
    /// Adds a document by its categories, each named once; one without any says nothing.
    pub fn add(&mut self, categories: &[CategoryId]) {
        self.documents += usize::from(!categories.is_empty());
        let share = 1.0 / categories.len() as f64;
        for id in categories {
            match self.mass.iter_mut().find(|(known, _)| known == id) {
                Some((_, mass)) => *mass += share,
                None => self.mass.push((*id, share)),
            }
        }
    }
}

impl std::fmt::Debug for Matcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Matcher of {} terms", self.terms.len())
    }
}

impl Matcher {
    /// Compiles the lexicons and the brief's words into one automaton.
    ///
    /// # Errors
    /// More terms than an automaton can hold.
    pub fn new(brief: &Brief, vocabulary: &Vocabulary) -> Result<Self> {
        let mut terms: BTreeMap<&str, Vec<Role>> = BTreeMap::new();
        for (term, meanings) in vocabulary.iter() {
            terms.entry(term).or_default().extend(meanings.iter().map(|meaning| Role::Lexicon(*meaning)));
        }
        for (at, (word, _)) in brief.domain.keywords.iter().enumerate() {
            terms.entry(word).or_default().push(Role::Keyword(at as u16));
        }
        for (at, word) in Self::excluded(brief).enumerate() {
            terms.entry(word).or_default().push(Role::Excluded(at as u16));
        }
        for (at, word) in brief.eligible.require_keywords.iter().enumerate() {
            terms.entry(word).or_default().push(Role::Required(at as u16));
        }
        for word in &brief.location {
            terms.entry(word).or_default().push(Role::Location);
        }
        let automaton = CharwiseDoubleArrayAhoCorasick::new(terms.keys()).map_err(|error| anyhow!("the lexicons do not fit into one automaton: {error}"))?;
        Ok(Self {
            automaton,
            terms: terms.keys().map(|term| (*term).to_owned()).collect(),
            ends: terms
                .values()
                .scan(0, |end, roles| {
                    *end += roles.len() as u32;
                    Some(*end)
                })
                .collect(),
            roles: terms.into_values().flatten().collect(),
            keywords: brief.domain.keywords.len(),
            required: brief.eligible.require_keywords.len(),
        })
    }

    /// The words that make a creator ineligible: excluded keywords, then competitors.
    pub fn excluded(brief: &Brief) -> impl Iterator<Item = &str> {
        brief.eligible.exclude_keywords.iter().chain(&brief.eligible.competitors).map(String::as_str)
    }

    /// Looks at the documents of one candidate.
    #[must_use]
    pub fn hits(&self, documents: &Documents) -> Hits {
        let mut view = View::default();
        self.look_at(documents, &mut view);
        view.hits
    }

    /// The same, in place of what `view` saw before; its memory is used again.
    pub fn look_at(&self, documents: &Documents, view: &mut View) {
        self.look(documents, view, |_, _, _| {});
    }

    /// The same, with every term that counted: its document, the term, and what it stands for.
    #[must_use]
    pub fn found(&self, documents: &Documents) -> Vec<Found<'_>> {
        let mut found: Vec<Found<'_>> = Vec::new();
        self.look(documents, &mut View::default(), |document, pattern, role| {
            let one = Found { document, term: &self.terms[pattern], role };
            if !found.contains(&one) {
                found.push(one);
            }
        });
        found
    }

    /// Every term of the lexicons that one text holds, in the order of their places, and what became of it.
    #[must_use]
    pub fn trace(&self, text: &str) -> Vec<Trace<'_>> {
        let (mut topics, mut traces) = (Vec::new(), Vec::new());
        for hit in self.automaton.find_overlapping_iter(text) {
            let (start, end, pattern) = (hit.start(), hit.end(), hit.value() as usize);
            let whole = at_word_boundaries(text, start, end);
            for role in self.roles(pattern) {
                let Role::Lexicon(meaning) = *role else { continue };
                match meaning {
                    Meaning::Category(_) | Meaning::Shield if whole => topics.push(Topic { start, end, role: *role, pattern }),
                    _ => traces.push(Trace { start, term: &self.terms[pattern], meaning, fate: if whole { Fate::Counts } else { Fate::PartOfWord } }),
                }
            }
        }
        contest(&mut topics, |topic, holder| {
            let Role::Lexicon(meaning) = topic.role else { return };
            let fate = holder.map_or(Fate::Counts, |holder| Fate::Inside(&self.terms[holder.pattern]));
            traces.push(Trace { start: topic.start, term: &self.terms[topic.pattern], meaning, fate });
        });
        traces.sort_by_key(|trace| (trace.start, Reverse(trace.term.len()), trace.meaning));
        traces
    }

    fn roles(&self, pattern: usize) -> &[Role] {
        let start = pattern.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.roles[start as usize..self.ends[pattern] as usize]
    }

    fn look(&self, documents: &Documents, view: &mut View, mut counted: impl FnMut(usize, usize, Role)) {
        let View { hits, found } = view;
        hits.reset(documents.speaking(), self.keywords, self.required);
        found.until = 0;
        for hit in self.automaton.find_overlapping_iter(documents.text()) {
            let (start, end, pattern) = (hit.start(), hit.end(), hit.value() as usize);
            if !at_word_boundaries(documents.text(), start, end) {
                continue;
            }
            // No term spans documents, and hits come in the order of their ends, so documents come one after the other.
            if end > found.until {
                found.count(hits, &mut counted);
                found.document = documents.at(start);
                (found.until, found.speaks) = (documents.end(found.document), documents.speaks(found.document));
            }
            found.take(self.roles(pattern), pattern, (start, end));
        }
        found.count(hits, &mut counted);
        hits.excluded.sort_unstable();
        hits.excluded.dedup();
    }
}

/// What was seen of one candidate after the other.
#[derive(Debug, Default)]
pub struct View {
    /// Of the last one.
    pub hits: Hits,
    found: OfDocument,
}

/// A term that counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found<'m> {
    /// Position of the document.
    pub document: usize,
    /// The term, folded.
    pub term: &'m str,
    /// What it stands for.
    pub role: Role,
}

/// A term in a text, and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace<'m> {
    /// Byte of the text at which it starts.
    pub start: usize,
    /// The term, folded.
    pub term: &'m str,
    /// What it stands for.
    pub meaning: Meaning,
    /// Whether it counts.
    pub fate: Fate<'m>,
}

/// Whether a term counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate<'m> {
    /// It counts; a shield keeps others from counting.
    Counts,
    /// This other term, or shield, holds its place.
    Inside(&'m str),
    /// It is only a part of a longer ASCII word.
    PartOfWord,
}

/// What one document holds.
#[derive(Debug, Default)]
struct OfDocument {
    document: usize,
    /// Where it ends in the text of all documents.
    until: usize,
    /// Whether the creator speaks in it.
    speaks: bool,
    /// Traits, markers, keywords and other words of the brief, with their patterns.
    said: Vec<(Role, usize)>,
    /// Categories and shields: these compete for the text.
    topics: Vec<Topic>,
    /// What of it is left, kept for its memory.
    categories: Vec<CategoryId>,
}

/// A category's term or a shield, with its place in a text.
#[derive(Debug, Clone, Copy)]
struct Topic {
    start: usize,
    end: usize,
    role: Role,
    pattern: usize,
}

/// Tells for each topic which other one holds its place, if one does: leftmost first, then the longest. Topics of the same place hold it together.
fn contest(topics: &mut [Topic], mut tell: impl FnMut(&Topic, Option<&Topic>)) {
    topics.sort_unstable_by(|a, b| a.start.cmp(&b.start).then(b.end.cmp(&a.end)).then(a.role.cmp(&b.role)));
    let mut holder: Option<&Topic> = None;
    for topic in topics.iter() {
        let beaten = holder.filter(|holder| topic.start < holder.end && (topic.start, topic.end) != (holder.start, holder.end));
        tell(topic, beaten);
        if beaten.is_none() {
            holder = Some(topic);
        }
    }
}

impl OfDocument {
    /// Takes what a term stands for. A nickname or a verification text names a topic, and may be excluded; it has no style, no opinion and no keyword.
    fn take(&mut self, roles: &[Role], pattern: usize, (start, end): (usize, usize)) {
        for role in roles {
            match role {
                Role::Lexicon(Meaning::Category(_) | Meaning::Shield) => self.topics.push(Topic { start, end, role: *role, pattern }),
                Role::Excluded(_) => self.said.push((*role, pattern)),
                _ if self.speaks => self.said.push((*role, pattern)),
                _ => {}
            }
        }
    }

    /// Adds what the document speaks of, leftmost terms first, then the longest; empty again for the next one.
    fn count(&mut self, hits: &mut Hits, counted: &mut impl FnMut(usize, usize, Role)) {
        if self.topics.is_empty() && self.said.is_empty() {
            return;
        }
        let categories = &mut self.categories;
        contest(&mut self.topics, |topic, holder| {
            if let Role::Lexicon(Meaning::Category(id)) = topic.role
                && holder.is_none()
            {
                categories.push(id);
                counted(self.document, topic.pattern, topic.role);
            }
        });
        self.topics.clear();
        categories.sort_unstable();
        categories.dedup();
        hits.topics.add(categories);
        categories.clear();
        self.said.sort_unstable();
        self.said.dedup();
        let mut last = None;
        for (role, pattern) in self.said.drain(..) {
            counted(self.document, pattern, role);
            // Several terms of one meaning make a document speak of it once.
            if last != Some(role) {
                hits.add(role);
            }
            last = Some(role);
        }
    }
}

impl Hits {
    /// Nothing found yet in so many documents; vectors keep their memory.
    fn reset(&mut self, documents: usize, keywords: usize, required: usize) {
        let Self { topics: Topics { mass, .. }, keywords: of_keywords, required: of_required, excluded, .. } = std::mem::take(self);
        let zeros = |mut counts: Vec<u32>, length: usize| {
            counts.clear();
            counts.resize(length, 0);
            counts
        };
        let emptied = |mut mass: Vec<(CategoryId, f64)>| {
            mass.clear();
            mass
        };
        *self = Self {
            documents,
            topics: Topics { documents: 0, mass: emptied(mass) },
            keywords: zeros(of_keywords, keywords),
            required: zeros(of_required, required),
            excluded,
            ..Self::default()
        };
        self.excluded.clear();
    }

    fn add(&mut self, role: Role) {
        match role {
            Role::Lexicon(Meaning::Trait(id)) => self.traits[usize::from(id)] += 1,
            Role::Lexicon(Meaning::Marker(Marker::FirstHand)) => self.first_hand += 1,
            Role::Lexicon(Meaning::Marker(Marker::Authority)) => self.authority += 1,
            Role::Lexicon(Meaning::Marker(Marker::NegativeOpinion)) => self.negative += 1,
            Role::Lexicon(_) => {}
            Role::Keyword(at) => self.keywords[usize::from(at)] += 1,
            Role::Required(at) => self.required[usize::from(at)] += 1,
            Role::Location => self.location += 1,
            Role::Excluded(at) => self.excluded.push(at),
        }
    }
}

/// Whether a folded text holds a folded word at word boundaries.
#[must_use]
pub fn holds(text: &str, word: &str) -> bool {
    !word.is_empty() && text.match_indices(word).any(|(start, _)| at_word_boundaries(text, start, start + word.len()))
}

/// An end of a term that is an ASCII letter or digit must not touch another one.
fn at_word_boundaries(text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let touches = |inside: u8, outside: Option<&u8>| inside.is_ascii_alphanumeric() && outside.is_some_and(u8::is_ascii_alphanumeric);
    let before = start.checked_sub(1).and_then(|at| bytes.get(at));
    !touches(bytes[start], before) && !touches(bytes[end - 1], bytes.get(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_terms_need_word_boundaries_and_chinese_terms_do_not() {
        assert!(at_word_boundaries("my car.", 3, 6));
        assert!(!at_word_boundaries("my care", 3, 6));
        let text = "买车车";
        assert!(at_word_boundaries(text, 3, 6));
        assert!(at_word_boundaries("我的car啊", 6, 9));
    }
}
