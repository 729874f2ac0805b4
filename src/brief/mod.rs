//! A brief (TOML) in, what it asks for out, with every name resolved against what is built in.

use anyhow::Result;

pub mod keys;
mod parse;
pub mod plan;
mod resolve;
mod rules;
mod set;

use crate::{
    knowledge::{Knowledge, categories::CategoryId, platforms::PlatformId, presets::Constants, traits::TraitId},
    normalize::{
        bin::Bin,
        field::{Facet, Field, PriceFormat},
        plan::Mapping,
        target::Scope,
    },
};

/// What a brand asks for.
#[derive(Debug, Clone)]
pub struct Brief {
    /// Name of the brand.
    pub brand: String,
    /// Hash of the brief with all `--set` applied, 16 hexadecimal digits.
    pub hash: String,
    /// Every key that the brief sets, with its value.
    pub settings: Vec<(String, String)>,
    /// The aim, which shifts the weights.
    pub aim: Aim,
    /// What creators should talk about.
    pub domain: DomainAsk,
    /// How they should talk.
    pub style: Vec<StyleAsk>,
    /// Whom they should reach.
    pub audience: Vec<AudienceAsk>,
    /// Folded names of the places where creators should live or which they should speak of; any one counts.
    pub location: Vec<String>,
    /// How much the creator's place counts among the facets of the audience.
    pub location_weight: f64,
    /// What may be paid.
    pub budget: Budget,
    /// Who may be considered at all.
    pub eligible: Eligible,
    /// What a portfolio must keep.
    pub plan: plan::PlanAsk,
    /// Which figures are compared.
    pub metrics: Metrics,
    /// What columns of the files are.
    pub columns: Vec<Mapping>,
    /// Weights given outright, by the name of the dimension; they replace the preset's.
    pub weights: Vec<(String, f64)>,
    /// The constants of the formulas, the brief's own in place of the defaults.
    pub constants: Constants,
}

/// Goal, mode and kind of collaboration, as `data/presets.toml` names them.
#[derive(Debug, Clone, Default)]
pub struct Aim {
    /// `acquisition`, `conversion`, `activation` or `branding`.
    pub goal: Option<String>,
    /// `seeding`, `direct_sale`, `buzz` or `local`.
    pub mode: Option<String>,
    /// `co_creation`, `traffic` or `community`.
    pub collaboration: Option<String>,
    /// AISAS stage.
    pub stage: Option<String>,
}

/// Categories and keywords.
#[derive(Debug, Clone, Default)]
pub struct DomainAsk {
    /// Categories with their weights, above 0.
    pub categories: Vec<(CategoryId, f64)>,
    /// Keywords, folded, with their weights, above 0.
    pub keywords: Vec<(String, f64)>,
    /// Whether a creator must cover all categories rather than any.
    pub all: bool,
}

/// A trait that the brief speaks of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StyleAsk {
    /// The trait.
    pub style: TraitId,
    /// Where it should be, 0 (avoid) to 1.
    pub target: f64,
    /// How much it counts, above 0.
    pub weight: f64,
}

/// A facet of the audience that the brief speaks of.
#[derive(Debug, Clone, PartialEq)]
pub struct AudienceAsk {
    /// The facet.
    pub facet: Facet,
    /// The bins that are wanted.
    pub bins: Vec<Bin>,
    /// How much the facet counts among the others, above 0.
    pub weight: f64,
}

/// Money.
#[derive(Debug, Clone)]
pub struct Budget {
    /// Total in the budget's currency.
    pub total: Option<f64>,
    /// Which quote is bought.
    pub format: PriceFormat,
    /// Currency of all money in the brief.
    pub currency: String,
    /// Target cost per engagement.
    pub target_cpe: Option<f64>,
    /// Target cost per thousand views.
    pub target_cpm: Option<f64>,
}

/// Rules that are no matter of degree.
#[derive(Debug, Clone, Default)]
pub struct Eligible {
    /// Platforms; empty admits all.
    pub platforms: Vec<PlatformId>,
    /// Bounds of followers.
    pub followers: Bounds,
    /// Bounds of the price of the format that is bought.
    pub price: Bounds,
    /// Bounds of any other number field.
    pub numbers: Vec<(Field, Bounds)>,
    /// Fields that must be known.
    pub known: Vec<Field>,
    /// Ids beside which nobody is considered; empty admits all.
    pub only_ids: Vec<String>,
    /// Categories, with all below them, of which a creator must be tagged with one or speak of it; empty admits all.
    pub require_categories: Vec<CategoryId>,
    /// Folded words that no title, hashtag or bio may hold: excluded keywords, and the competitors' names.
    pub exclude_keywords: Vec<String>,
    /// Folded words of which each must occur in a title, hashtag or bio.
    pub require_keywords: Vec<String>,
    /// Folded names of places: a creator whose location is given and names none of them is left out.
    pub locations: Vec<String>,
    /// The oldest date of data that counts.
    pub as_of_from: Option<(i32, u32, u32)>,
    /// Folded names of competitors.
    pub competitors: Vec<String>,
    /// Ids that are left out.
    pub exclude_ids: Vec<String>,
    /// Categories that a creator must not be tagged with, with all below them.
    pub exclude_categories: Vec<CategoryId>,
}

/// Both ends included; `None` is no bound.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Least.
    pub min: Option<f64>,
    /// Most.
    pub max: Option<f64>,
}

/// Which figures are compared.
#[derive(Debug, Clone)]
pub struct Metrics {
    /// Organic or sponsored.
    pub scope: Scope,
    /// Days that the figures cover.
    pub window_days: u16,
}

pub(crate) use rules::currency_code;

impl Brief {
    /// The audience that is wanted, as a hash: norms that count its share can only serve briefs that want the same. `None` wants nobody in particular.
    #[must_use]
    pub fn target(&self) -> Option<String> {
        let facets: Vec<String> =
            self.audience.iter().map(|ask| format!("{}={}", ask.facet.name(), ask.bins.iter().map(Bin::label).collect::<Vec<_>>().join("|"))).collect();
        (!facets.is_empty()).then(|| format!("{:016x}", xxhash_rust::xxh3::xxh3_64(facets.join(";").as_bytes())))
    }

    /// A brief that asks for nothing but what `--set KEY=VALUE` says: figures and quotes are taken as without a word about them.
    ///
    /// # Errors
    /// As [`Brief::read`], but for asking for nothing.
    pub fn empty(sets: &[String], knowledge: &Knowledge) -> Result<Self> {
        let (file, lines) = parse::parse("", "", sets)?;
        resolve::resolve_any(file, &resolve::Place { path: "", lines: &lines }, knowledge)
    }

    /// Reads a brief and applies `--set KEY=VALUE`.
    ///
    /// # Errors
    /// Unknown keys and words (with *did you mean*), values of the wrong kind, a brief that asks for nothing; with the line of the file.
    pub fn read(path: &str, text: &str, sets: &[String], knowledge: &Knowledge) -> Result<Self> {
        let (file, lines) = parse::parse(path, text, sets)?;
        resolve::resolve(file, &resolve::Place { path, lines: &lines }, knowledge)
    }
}
