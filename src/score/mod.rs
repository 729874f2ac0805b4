//! A candidate, a brief and norms in, a score with its reasons out. A pure function: nothing about other candidates enters it.
//!
//! ```text
//! candidate ─text→ hits ─figures, target→ scene ─one file a dimension→ values ─total→ score, interval, gate, coverage
//! ```
//! Source of every formula: `scoring.md`; its sections are cited where they are used.

pub mod audience;
pub mod baseline;
pub mod cost;
pub mod credibility;
pub mod domain;
pub mod engagement;
pub mod evidence;
pub mod figures;
pub mod footprint;
pub mod kind;
pub mod lens;
pub mod location;
pub mod loyalty;
pub mod observe;
pub mod reach;
pub mod style;
pub mod target;
pub mod text;
pub mod total;
pub mod value;
pub mod weights;

use std::cell::OnceCell;

use crate::{
    brief::Brief,
    knowledge::{
        Knowledge,
        categories::CategoryId,
        presets::Constants,
        vocabulary::{Marker, Meaning},
    },
    normalize::{
        candidate::{Candidate, Kind},
        field::{Field, PriceFormat},
    },
    norms::{Norms, Peers, tally::Stratum},
};
use audience::TargetShare;
use evidence::{Evidence, Part, Trail};
use figures::Figures;
use kind::KindEvidence;
use lens::Lens;
use target::Joint;
use text::{Found, Hits, Matcher, Role, View};
use total::Total;
use value::Value;
use weights::Weights;

/// One dimension of the score.
#[derive(Debug)]
pub struct Dimension {
    /// Name in briefs, weights, headers and files.
    pub name: &'static str,
    /// Chinese title.
    pub zh: &'static str,
    /// The same where a table has little room.
    pub short: &'static str,
    /// What it measures.
    pub about: &'static str,
    /// Whether the brief asks for it.
    pub asked: fn(&Brief) -> bool,
    /// Its value for a candidate.
    pub value: fn(&Scene<'_>) -> Value,
    /// The most that is counted of it (0 to 1), whatever is usual among peers: the scene has neither peers nor figures.
    pub most: fn(&Scene<'_>) -> f64,
}

/// Every dimension there is, in the order in which they are summed and shown.
#[rustfmt::skip]
pub static DIMENSIONS: [Dimension; 8] = [
    Dimension { name: "domain", zh: "领域", short: "dom", about: "what the creator talks about", asked: domain::asked, value: domain::value, most: domain::most },
    Dimension { name: "style", zh: "风格", short: "sty", about: "how the creator talks", asked: style::asked, value: style::value, most: style::most },
    Dimension { name: "audience", zh: "受众", short: "aud", about: "whom the creator reaches", asked: audience::asked, value: audience::value, most: audience::most },
    Dimension { name: "reach", zh: "触达", short: "reach", about: "how many of the target see a post", asked: |_| true, value: reach::value, most: |_| 1.0 },
    Dimension { name: "engagement", zh: "互动", short: "eng", about: "how many react, for the size", asked: |_| true, value: engagement::value, most: engagement::most },
    Dimension { name: "loyalty", zh: "粘性", short: "loy", about: "how closely followers stay", asked: |_| true, value: loyalty::value, most: |_| 1.0 },
    Dimension { name: "credibility", zh: "可信度", short: "cred", about: "whether numbers and voice can be believed", asked: |_| true, value: credibility::value, most: credibility::most },
    Dimension { name: "cost", zh: "性价比", short: "cost", about: "what reaching the target costs", asked: |_| true, value: cost::value, most: cost::most },
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
    /// The figures that the brief compares.
    pub figures: Figures,
    /// The brief.
    pub brief: &'a Brief,
    /// The constants of the formulas.
    pub constants: &'a Constants,
    /// Whom the candidate is compared with.
    pub peers: Peers<'a>,
    /// The target's share in each facet that the brief names.
    pub shares: Vec<Option<TargetShare>>,
    /// The share of the audience that is in the whole target.
    pub target: Joint,
    /// What is built in.
    pub knowledge: &'a Knowledge,
    lenses: &'a [Vec<Lens>],
    trail: Option<(&'a Trail, &'a [Found<'a>])>,
    /// What the candidate speaks of, once somebody has looked.
    profile: OnceCell<Option<Vec<(CategoryId, f64)>>>,
}

impl<'a> Scene<'a> {
    /// One lens a facet of the audience that the brief names, with the base shares of the candidate's peers.
    pub fn lenses(&self) -> impl Iterator<Item = &'a Lens> + use<'a> {
        let peers = self.peers;
        self.lenses.iter().map(move |of_facet| &of_facet[peers.base(of_facet[0].ask().facet).0])
    }

    /// A value that nobody knows.
    #[must_use]
    pub fn unknown(&self) -> Value {
        Value::unknown(self.constants.unknown.mean)
    }

    /// The field that holds the quote which the brief buys.
    #[must_use]
    pub fn price_field(&self) -> Field {
        let bought = self.brief.budget.format;
        let given = self.candidate.prices[bought as usize].is_some();
        // A quote of the same family may stand in.
        let other =
            || PriceFormat::ALL.into_iter().find(|format| self.candidate.prices[*format as usize] == self.figures.price && self.figures.price.is_some());
        Field::Price(if given { bought } else { other().unwrap_or(bought) })
    }

    /// Whether somebody asks why.
    #[must_use]
    pub fn explains(&self) -> bool {
        self.trail.is_some()
    }

    /// Passes a part's value on; where somebody asks why, it is noted with its evidence.
    pub fn part(&self, dimension: &'static str, name: &'a str, weight: f64, value: Value, evidence: impl FnOnce() -> Evidence) -> Value {
        if let Some((trail, _)) = self.trail {
            trail.add(Part { dimension, name: name.to_owned(), weight, value, counted: true, evidence: evidence() });
        }
        value
    }

    /// Notes a part that would count if it were known.
    pub fn missing_part(&self, dimension: &'static str, name: &'a str, weight: f64, value: Value, evidence: impl FnOnce() -> Evidence) {
        if let Some((trail, _)) = self.trail {
            trail.add(Part { dimension, name: name.to_owned(), weight, value, counted: false, evidence: evidence() });
        }
    }

    /// The evidence with the documents in which terms of a role counted.
    #[must_use]
    pub fn quoted_where(&self, evidence: Evidence, wanted: impl Fn(&Role) -> bool) -> Evidence {
        let Some((_, found)) = self.trail else { return evidence };
        let mut documents: Vec<(usize, Vec<&str>)> = Vec::new();
        for one in found.iter().filter(|one| wanted(&one.role)) {
            match documents.last_mut().filter(|(document, _)| *document == one.document) {
                Some((_, terms)) if terms.contains(&one.term) => {}
                Some((_, terms)) => terms.push(one.term),
                None => documents.push((one.document, vec![one.term])),
            }
        }
        documents.into_iter().fold(evidence, |evidence, (document, terms)| evidence.quote(document, terms.join(", ")))
    }

    /// The evidence with the documents that hold an opinion marker.
    #[must_use]
    pub fn quoted(&self, evidence: Evidence, marker: Marker) -> Evidence {
        self.quoted_where(evidence, |role| *role == Role::Lexicon(Meaning::Marker(marker)))
    }
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
    matcher: &'a Matcher,
    /// By facet that the brief names, then by base shares of the norms.
    lenses: Vec<Vec<Lens>>,
    weights: [Weights; 2],
}

impl<'a> Scorer<'a> {
    /// A scorer for a brief whose words are compiled, against norms.
    ///
    /// # Errors
    /// Weights of which none is above 0.
    pub fn new(brief: &'a Brief, norms: &'a Norms, matcher: &'a Matcher, knowledge: &'a Knowledge) -> anyhow::Result<Self> {
        let weights = [Weights::new(Kind::Kol, brief, &knowledge.presets)?, Weights::new(Kind::Koc, brief, &knowledge.presets)?];
        let audience = &brief.constants.audience;
        let lenses = |ask: &crate::brief::AudienceAsk| norms.bases(ask.facet).iter().map(|base| Lens::new(ask, base, audience, &knowledge.regions)).collect();
        Ok(Self { brief, norms, knowledge, matcher, lenses: brief.audience.iter().map(lenses).collect(), weights })
    }

    /// What the candidate's texts speak of.
    #[must_use]
    pub fn hits(&self, candidate: &Candidate) -> Hits {
        self.matcher.hits(&candidate.documents)
    }

    /// The same, in place of what `view` saw before.
    pub fn look_at(&self, candidate: &Candidate, view: &mut View) {
        self.matcher.look_at(&candidate.documents, view);
    }

    /// One lens a facet of the audience that the brief names, with published base shares.
    pub fn lenses(&self) -> impl Iterator<Item = &Lens> {
        self.lenses.iter().map(|of_facet| &of_facet[0])
    }

    /// The weights of a kind.
    #[must_use]
    pub fn weights(&self, kind: Kind) -> &Weights {
        &self.weights[kind as usize]
    }

    /// Decides the kind of a candidate.
    #[must_use]
    pub fn kind(&self, candidate: &Candidate, hits: &Hits) -> KindEvidence {
        kind::decide(candidate, hits, &self.brief.constants.kind, self.knowledge)
    }

    /// A scene in which nobody is a peer yet and no figure is chosen: enough for what depends on neither.
    fn backdrop<'s>(&'s self, candidate: &'s Candidate, kind: Kind, hits: &'s Hits) -> Scene<'s> {
        Scene {
            candidate,
            kind,
            hits,
            figures: Figures::default(),
            brief: self.brief,
            constants: &self.brief.constants,
            peers: self.norms.nobody(),
            shares: Vec::new(),
            target: Joint::new([]),
            knowledge: self.knowledge,
            lenses: &self.lenses,
            trail: None,
            profile: OnceCell::new(),
        }
    }

    fn scene<'s>(&'s self, candidate: &'s Candidate, kind: Kind, hits: &'s Hits, trail: Option<(&'s Trail, &'s [Found<'s>])>) -> Scene<'s> {
        let tier = candidate.followers.and_then(|followers| self.knowledge.platforms.tier(candidate.platform, followers));
        let peers = self.norms.peers(Stratum { platform: candidate.platform, kind: Some(kind), tier });
        let mut scene = Scene { peers, figures: Figures::new(candidate, self.brief), trail, ..self.backdrop(candidate, kind, hits) };
        scene.shares = scene.lenses().map(|lens| lens.target_share(candidate.audience(lens.ask().facet))).collect();
        scene.target = Joint::new(scene.lenses().zip(&scene.shares).map(|(lens, share)| (*share, share.map_or_else(|| lens.usual(), |share| share.base))));
        scene
    }

    /// Scores one candidate whose texts have been looked at.
    #[must_use]
    pub fn score(&self, candidate: &Candidate, hits: &Hits) -> Scored {
        self.score_as(candidate, hits, self.kind(candidate, hits))
    }

    /// The same for a candidate whose kind is decided.
    #[must_use]
    pub fn score_as(&self, candidate: &Candidate, hits: &Hits, kind: KindEvidence) -> Scored {
        self.score_scene(&self.scene(candidate, kind.kind, hits, None), kind)
    }

    /// A score (0 to 100) that the candidate's is not above, whatever is usual among peers. `None` where it may have none, for nothing may be known.
    #[must_use]
    pub fn ceiling(&self, candidate: &Candidate, hits: &Hits, kind: Kind) -> Option<f64> {
        let (backdrop, weights) = (self.backdrop(candidate, kind, hits), self.weights(kind));
        let counts = |name: &str| DIMENSIONS.iter().zip(&weights.weights).any(|(dimension, weight)| dimension.name == name && *weight > 0.0);
        let active = candidate.posts_30d.is_some() && self.brief.constants.engagement.activity > 0.0 && counts("engagement");
        let speaks = || counts("domain") && domain::value(&backdrop).known > 0.0;
        if !(active || speaks()) {
            return None;
        }
        let by_domain = self.most(&backdrop, |dimension| dimension.name == "domain");
        let rough = total::exact(&by_domain.map(Value::exact), weights);
        Some(if rough < UNLIKELY { rough } else { total::exact(&self.most(&backdrop, |_| true).map(Value::exact), weights) })
    }

    /// The most that is counted of each dimension (0 to 1), whatever is usual among peers.
    #[must_use]
    pub fn ceilings(&self, candidate: &Candidate, hits: &Hits, kind: Kind) -> [f64; DIMENSIONS.len()] {
        self.most(&self.backdrop(candidate, kind, hits), |_| true)
    }

    /// The same of the dimensions that are looked at, and 1 of the others.
    fn most(&self, backdrop: &Scene<'_>, looked_at: impl Fn(&Dimension) -> bool) -> [f64; DIMENSIONS.len()] {
        DIMENSIONS.each_ref().map(|dimension| if (dimension.asked)(self.brief) && looked_at(dimension) { (dimension.most)(backdrop) } else { 1.0 })
    }

    /// The score with the parts of every dimension and the evidence behind them.
    #[must_use]
    pub fn explain(&self, candidate: &Candidate, hits: &Hits) -> Explained {
        let kind = self.kind(candidate, hits);
        let (trail, found) = (Trail::default(), self.matcher.found(&candidate.documents));
        let scene = self.scene(candidate, kind.kind, hits, Some((&trail, &found)));
        let scored = self.score_scene(&scene, kind);
        let cptr = cost::usual(&scene).map(|(median, _)| median);
        let (figures, target, views) = (scene.figures.clone(), scene.target, reach::views(&scene).map(|views| views.value));
        Explained { scored, parts: trail.into_parts(), figures, target, views, cptr }
    }

    /// The values of all [`baseline::BASELINES`].
    #[must_use]
    pub fn baselines(&self, candidate: &Candidate, hits: &Hits) -> Vec<Option<f64>> {
        let scene = self.scene(candidate, self.kind(candidate, hits).kind, hits, None);
        baseline::BASELINES.iter().map(|baseline| (baseline.value)(&scene)).collect()
    }

    /// What the candidate speaks of, by tags and texts; `None` where nothing says.
    #[must_use]
    pub fn profile(&self, candidate: &Candidate, hits: &Hits) -> Option<Vec<(CategoryId, f64)>> {
        domain::shares(&candidate.categories, &hits.topics, self.brief.constants.domain.tag_documents)
    }

    /// The terms by which the candidate's texts show categories, each with its category.
    #[must_use]
    pub fn topic_terms(&self, candidate: &Candidate) -> Vec<(CategoryId, &str)> {
        let category = |found: Found<'a>| match found.role {
            Role::Lexicon(Meaning::Category(id)) => Some((id, found.term)),
            _ => None,
        };
        self.matcher.found(&candidate.documents).into_iter().filter_map(category).collect()
    }

    fn score_scene(&self, scene: &Scene<'_>, kind: KindEvidence) -> Scored {
        let value = |dimension: &Dimension| if (dimension.asked)(self.brief) { (dimension.value)(scene) } else { scene.unknown() };
        let values: Vec<Value> = DIMENSIONS.iter().map(value).collect();
        let total = total::total(&values, self.weights(kind.kind));
        Scored { kind, values, total }
    }
}

/// A score with everything behind it.
#[derive(Debug)]
pub struct Explained {
    /// The score.
    pub scored: Scored,
    /// The parts of every dimension.
    pub parts: Vec<Part>,
    /// The figures that were compared.
    pub figures: Figures,
    /// The share of the audience that is in the target.
    pub target: Joint,
    /// Views a post, given or expected.
    pub views: Option<f64>,
    /// The usual price for a thousand views in the target.
    pub cptr: Option<f64>,
}

/// A ceiling below this need not be told more closely: in pools that are large enough to need ceilings, the first places are above it.
const UNLIKELY: f64 = 50.0;

/// `1 / (1 + exp(-x))`: the value of a distance from what is usual.
#[must_use]
pub fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}
