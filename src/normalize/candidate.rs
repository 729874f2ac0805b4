//! One candidate with typed fields: what normalizing makes of a row, and all that scoring sees of it.

use compact_str::CompactString;

use super::{
    bin::Bin,
    field::{Facet, Field, Metric, PriceFormat, Quality},
    target::Scope,
};
use crate::knowledge::{categories::CategoryId, platforms::PlatformId, traits::TraitId};

/// KOL or KOC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Key opinion leader: persuades by authority.
    Kol,
    /// Key opinion consumer: persuades by being a genuine consumer.
    Koc,
}

impl Kind {
    /// Both, in the order of the boards.
    pub const ALL: [Self; 2] = [Self::Kol, Self::Koc];

    /// Name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Kol => "kol",
            Self::Koc => "koc",
        }
    }
}

/// A candidate. Empty text and `None` are unknown; numbers are in units (not 万), shares between 0 and 1.
#[derive(Debug, Default, Clone)]
pub struct Candidate {
    /// Stable platform id, from its column or from the profile address.
    pub id: String,
    /// Public account name.
    pub handle: String,
    /// Nickname.
    pub name: String,
    /// Platform, where it is one of `data/platforms.toml`.
    pub platform: Option<PlatformId>,
    /// The platform as written, where it is none of them.
    pub other_platform: String,
    /// Normalized profile address.
    pub url: String,
    /// What the file says of the kind.
    pub kind: Option<Kind>,
    /// Agency.
    pub mcn: String,
    /// Verification text.
    pub verified: String,
    /// Where the creator lives.
    pub location: String,
    /// The creator's own gender, if it is no code.
    pub gender: Option<Bin>,
    /// Date of the data.
    pub as_of: Option<(i32, u32, u32)>,
    /// Followers.
    pub followers: Option<f64>,
    /// Followers gained in 30 days.
    pub followers_growth_30d: Option<f64>,
    /// Posts in 30 days.
    pub posts_30d: Option<f64>,
    /// Performance figures.
    pub metrics: Vec<Performance>,
    /// Quotes by format, in the file's currency.
    pub prices: [Option<f64>; PriceFormat::ALL.len()],
    /// Whether the creator takes payment in goods.
    pub barter: bool,
    /// Currency of the quotes as written; where empty, quotes in 元, 万 or 分 are CNY, and others in the brief's currency.
    pub currency: String,
    /// Whether a quote's column is in 元, 万 or 分.
    pub price_in_yuan: bool,
    /// Titles, hashtags and bio, in which the creator speaks; nickname and verification text, which name a topic.
    pub documents: Documents,
    /// Content tags that are categories, with their weights.
    pub categories: Vec<(CategoryId, f64)>,
    /// Content tags that no category is known for.
    pub unmapped_tags: Vec<CompactString>,
    /// Traits that style tags speak of.
    pub style_tags: Vec<TraitId>,
    /// Whether the file has style tags for this candidate.
    pub has_style_tags: bool,
    /// Followers by facet.
    pub audience: [Distribution; Facet::ALL.len()],
    /// Shares that describe quality, by [`Quality`].
    pub quality: [Option<f64>; 4],
}

/// A performance figure with what it describes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Performance {
    /// What is counted.
    pub metric: Metric,
    /// Organic or sponsored; `None` where the export does not say.
    pub scope: Option<Scope>,
    /// Days covered.
    pub window_days: Option<u16>,
    /// Whether it is a mean.
    pub mean: bool,
    /// The figure, a post.
    pub value: f64,
}

/// Folded texts, one after the other in one buffer.
#[derive(Debug, Default, Clone)]
pub struct Documents {
    text: String,
    ends: Vec<usize>,
    /// Field and column of each.
    origins: Vec<(Field, u16)>,
    /// Which of the creator's rows each came from, where there are several; 0 is the first.
    sources: Vec<u32>,
}

/// Stands between documents; no term contains it.
const BETWEEN: char = '\n';

impl Documents {
    /// Adds a document with its field and column; text without a letter or digit is none.
    pub fn push(&mut self, text: &str, origin: (Field, u16)) {
        let start = self.text.len();
        super::fold::fold_into(text, &mut self.text);
        // Nearly every text begins with a letter of one of two scripts.
        let speaks = |c: char| c.is_ascii_alphanumeric() || matches!(c, '\u{4E00}'..='\u{9FFF}') || c.is_alphanumeric();
        if self.text[start..].chars().any(speaks) {
            self.ends.push(self.text.len());
            self.origins.push(origin);
            self.sources.push(0);
            self.text.push(BETWEEN);
        } else {
            self.text.truncate(start);
        }
    }

    /// How many documents there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether the creator speaks in a document: a nickname or a verification text only names a topic.
    #[must_use]
    pub fn speaks(&self, document: usize) -> bool {
        !matches!(self.origins[document].0, Field::Name | Field::Verified)
    }

    /// How many documents the creator speaks in.
    #[must_use]
    pub fn speaking(&self) -> usize {
        (0..self.len()).filter(|document| self.speaks(*document)).count()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All documents, each ended by a line break.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The number of the document that holds this byte of [`Self::text`].
    #[must_use]
    pub fn at(&self, byte: usize) -> usize {
        self.ends.partition_point(|end| *end <= byte)
    }

    /// The byte of [`Self::text`] at which a document ends.
    #[must_use]
    pub fn end(&self, document: usize) -> usize {
        self.ends[document]
    }

    /// One document, folded.
    #[must_use]
    pub fn get(&self, document: usize) -> &str {
        let start = document.checked_sub(1).map_or(0, |before| self.ends[before] + BETWEEN.len_utf8());
        &self.text[start..self.ends[document]]
    }

    /// Field and column of a document.
    #[must_use]
    pub fn origin(&self, document: usize) -> (Field, u16) {
        self.origins[document]
    }

    /// The documents of one field.
    pub fn of(&self, field: Field) -> impl Iterator<Item = &str> {
        (0..self.len()).filter(move |document| self.origins[*document].0 == field).map(|document| self.get(document))
    }

    /// Which of the creator's rows a document came from; 0 is the first.
    #[must_use]
    pub fn source(&self, document: usize) -> u32 {
        self.sources[document]
    }

    /// Takes the documents of every field that has none yet.
    fn learn(&mut self, other: &Self, source: u32) {
        let known: Vec<Field> = self.origins.iter().map(|(field, _)| *field).collect();
        for document in (0..other.len()).filter(|document| !known.contains(&other.origins[*document].0)) {
            self.text.push_str(other.get(document));
            self.ends.push(self.text.len());
            self.text.push(BETWEEN);
            self.origins.push(other.origins[document]);
            self.sources.push(source);
        }
    }

    fn clear(&mut self) {
        self.sources.clear();
        self.text.clear();
        self.ends.clear();
        self.origins.clear();
    }
}

/// Listed shares of one facet.
#[derive(Debug, Default, Clone)]
pub struct Distribution {
    /// Bins with their share of all followers, 0 to 1.
    pub bins: Vec<(Bin, f64)>,
    /// The sum as listed, where it had to be scaled to 1 (1.02 to 1.10).
    pub scaled_from: Option<f64>,
    /// Whether shares are relative within a top list, so that they say nothing of the whole.
    pub within_top: bool,
}

impl Distribution {
    /// The listed mass, 0 to 1.
    #[must_use]
    pub fn listed(&self) -> f64 {
        self.bins.iter().map(|(_, share)| share).sum::<f64>() + 0.0
    }
}

impl Candidate {
    /// The distribution of a facet.
    #[must_use]
    pub fn audience(&self, facet: Facet) -> &Distribution {
        &self.audience[facet as usize]
    }

    /// A share that describes quality.
    #[must_use]
    pub fn quality(&self, quality: Quality) -> Option<f64> {
        self.quality[quality as usize]
    }

    /// The quote for a format; where that one is not quoted, the only other quote of the same family (image, or any video).
    #[must_use]
    pub fn price(&self, format: PriceFormat) -> Option<f64> {
        let exact = self.prices[format as usize];
        let family = || match format {
            PriceFormat::Image => None,
            _ => self.prices[1..].iter().copied().flatten().reduce(f64::min),
        };
        exact.or_else(family)
    }

    /// What the candidate is joined and shown by: id, else profile address, else handle. Never the nickname.
    #[must_use]
    pub fn identity(&self) -> &str {
        [&self.id, &self.url, &self.handle].into_iter().find(|text| !text.is_empty()).map_or("", String::as_str)
    }

    /// What rows of one creator share, with what kind of identity it is and the platform; empty where there is none. An id and a handle of the same letters are two creators.
    #[must_use]
    pub fn key(&self, platform: &str) -> String {
        let mut key = String::new();
        self.key_into(platform, &mut key);
        key
    }

    /// The same, in place of what `key` holds.
    pub fn key_into(&self, platform: &str, key: &mut String) {
        key.clear();
        let kinds = [("id", &self.id), ("url", &self.url), ("handle", &self.handle)];
        if let Some((kind, text)) = kinds.into_iter().find(|(_, text)| !text.is_empty()) {
            [text.as_str(), "\u{1f}", kind, "\u{1f}", platform].into_iter().for_each(|part| key.push_str(part));
        }
    }

    /// Fills what is unknown from another row of the same creator, which is number `source` of its rows. What is known stays as it is.
    pub fn learn(&mut self, other: &Self, source: u32) {
        let texts = [
            (&mut self.id, &other.id),
            (&mut self.handle, &other.handle),
            (&mut self.name, &other.name),
            (&mut self.url, &other.url),
            (&mut self.mcn, &other.mcn),
            (&mut self.verified, &other.verified),
            (&mut self.location, &other.location),
        ];
        for (own, text) in texts.into_iter().filter(|(own, _)| own.is_empty()) {
            own.clone_from(text);
        }
        if self.platform.is_none() && self.other_platform.is_empty() {
            (self.platform, self.other_platform) = (other.platform, other.other_platform.clone());
        }
        self.kind = self.kind.or(other.kind);
        self.gender = self.gender.take().or_else(|| other.gender.clone());
        self.as_of = self.as_of.or(other.as_of);
        self.followers = self.followers.or(other.followers);
        self.posts_30d = self.posts_30d.or(other.posts_30d);
        self.followers_growth_30d = self.followers_growth_30d.or(other.followers_growth_30d);
        self.learn_quotes(other);
        for figure in &other.metrics {
            let same = |own: &Performance| (own.metric, own.scope, own.window_days, own.mean) == (figure.metric, figure.scope, figure.window_days, figure.mean);
            if !self.metrics.iter().any(same) {
                self.metrics.push(*figure);
            }
        }
        self.documents.learn(&other.documents, source);
        if self.categories.is_empty() {
            self.categories.clone_from(&other.categories);
            self.unmapped_tags.extend_from_slice(&other.unmapped_tags);
        }
        if !self.has_style_tags {
            (self.has_style_tags, self.style_tags) = (other.has_style_tags, other.style_tags.clone());
        }
        for (own, distribution) in self.audience.iter_mut().zip(&other.audience).filter(|(own, _)| own.bins.is_empty()) {
            own.clone_from(distribution);
        }
        for (own, share) in self.quality.iter_mut().zip(other.quality) {
            *own = own.or(share);
        }
    }

    /// Quotes of two rows stand together only in one currency.
    fn learn_quotes(&mut self, other: &Self) {
        self.barter |= other.barter;
        let currency = |row: &Self| (row.currency.clone(), row.price_in_yuan);
        if self.prices.iter().all(Option::is_none) {
            (self.currency, self.price_in_yuan) = currency(other);
        } else if other.prices.iter().any(Option::is_some) && currency(self) != currency(other) {
            return;
        }
        for (own, price) in self.prices.iter_mut().zip(other.prices) {
            *own = own.or(price);
        }
    }

    /// Empties the candidate for the next row, keeping its buffers.
    pub fn clear(&mut self) {
        for text in [
            &mut self.id,
            &mut self.handle,
            &mut self.name,
            &mut self.other_platform,
            &mut self.url,
            &mut self.mcn,
            &mut self.verified,
            &mut self.location,
            &mut self.currency,
        ] {
            text.clear();
        }
        (self.platform, self.kind, self.gender, self.as_of) = (None, None, None, None);
        (self.followers, self.followers_growth_30d, self.posts_30d) = (None, None, None);
        (self.barter, self.price_in_yuan, self.has_style_tags) = (false, false, false);
        self.unmapped_tags.clear();
        self.metrics.clear();
        self.documents.clear();
        self.categories.clear();
        self.style_tags.clear();
        self.prices = Default::default();
        self.quality = Default::default();
        for distribution in &mut self.audience {
            distribution.bins.clear();
            (distribution.scaled_from, distribution.within_top) = (None, false);
        }
    }
}
