//! Places on the boards in, explanations out: the rows are read again, scored with their evidence, and set against the others of their board.

use anyhow::Result;

use super::{
    details::{self, Row, Source},
    flags,
    inputs::OpenFile,
    pool::Ranked,
    report,
    setting::Setting,
};
use crate::{
    normalize::{
        candidate::{Candidate, Kind},
        field::Metric,
        plan::Column,
    },
    present::{
        explain::money,
        explanation::{CellFacts, DimensionFacts, Explanation, GateFacts, LookUp, PartFacts, Quote, Swap},
    },
    score::{
        DIMENSIONS, Explained,
        evidence::{Cell, Part, grouped},
        figures,
        kind::{DecidedBy, KindEvidence},
        weights::Weights,
    },
    select::{
        outlook::{self, BreakEven, Others},
        pool::{Origin, Placed},
        stability,
    },
};

/// The ranked pool, and the shortlist that is at stake.
pub(super) struct Board<'a> {
    pub(super) files: &'a [OpenFile<'a>],
    pub(super) setting: &'a Setting<'a>,
    pub(super) ranked: &'a Ranked,
    pub(super) top: usize,
    pub(super) threads: usize,
}

/// The row that is explained.
struct Subject<'a> {
    candidate: &'a Candidate,
    row: &'a Row<'a>,
    explained: &'a Explained,
    weights: &'a Weights,
    others: &'a Others<'a>,
}

impl Board<'_> {
    /// Explains the candidates at these positions of the order, in the order given.
    pub(super) fn explanations(&self, places: &[usize]) -> Result<Vec<Explanation>> {
        let origins: Vec<Origin> = places.iter().map(|at| self.ranked.placed[*at].origin).collect();
        let mut found: Vec<Option<Explanation>> = places.iter().map(|_| None).collect();
        details::visit(&origins, self.files, self.ranked, self.setting, |position, candidate, row| {
            found[position] = Some(self.explanation(places[position], candidate, row));
            Ok(())
        })?;
        Ok(found.into_iter().flatten().collect())
    }

    fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Placed> {
        self.ranked.placed.iter().filter(move |row| row.kind == kind && row.score.is_some())
    }

    fn explanation(&self, place: usize, candidate: &Candidate, row: &Row<'_>) -> Explanation {
        let (setting, placed) = (self.setting, &self.ranked.placed[place]);
        let explained = setting.scorer.explain(candidate, &setting.scorer.hits(candidate));
        let kind = explained.scored.kind;
        let scores: Vec<f64> = self.of_kind(kind.kind).filter(|row| row.origin != placed.origin).filter_map(|row| row.score).collect();
        let others = Others { scores: &scores, k: self.top };
        let weights = setting.scorer.weights(kind.kind);
        let total = &explained.scored.total;
        let subject = Subject { candidate, row, explained: &explained, weights, others: &others };
        let rank = placed.score.is_some().then(|| 1 + self.of_kind(kind.kind).take_while(|row| row.origin != placed.origin).count());
        let limited_by = total.gate.limited_by;
        Explanation {
            id: candidate.identity().to_owned(),
            name: candidate.name.clone(),
            platform: setting.platform(candidate).to_owned(),
            kind: kind.kind.name(),
            kind_from: decided_by(kind).to_owned(),
            place: row.sources().map(|source| source.place()).collect::<Vec<_>>().join(" and "),
            rank,
            of: self.of_kind(kind.kind).count(),
            top: self.top,
            score: total.score,
            exact: total.exact,
            score_lo: total.lo,
            score_hi: total.hi,
            coverage: total.coverage,
            dimensions: self.dimensions(&subject),
            gate: GateFacts {
                factor: total.gate.factor,
                limited_by: limited_by.map(|at| DIMENSIONS[at].name),
                threshold: limited_by.and_then(|at| weights.thresholds[at]),
                points: total.gate.points,
            },
            flags: flags::flags(candidate, &explained.scored, setting),
            facts: self.facts(&subject),
            look_up: look_up(&subject),
            prices: self.prices(&subject),
            stability: self.stability(kind.kind, rank),
        }
    }

    fn dimensions(&self, subject: &Subject<'_>) -> Vec<DimensionFacts> {
        let Subject { explained, weights, .. } = subject;
        let counts = |at: &usize| weights.weights[*at] > 0.0 && (DIMENSIONS[*at].asked)(self.setting.brief);
        let facts = |at: usize| {
            let (value, name) = (explained.scored.values[at], DIMENSIONS[at].name);
            let parts: Vec<&Part> = explained.parts.iter().filter(|part| part.dimension == name).collect();
            let counted: f64 = parts.iter().filter(|part| part.counted).map(|part| part.weight).sum();
            DimensionFacts {
                name,
                value: value.mid,
                lo: value.lo,
                hi: value.hi,
                known: value.known,
                weight: weights.weights[at],
                points: explained.scored.total.points[at],
                parts: parts.into_iter().map(|part| part_facts(part, if part.counted { part.weight / counted } else { 0.0 }, subject)).collect(),
            }
        };
        (0..DIMENSIONS.len()).filter(counts).map(facts).collect()
    }

    fn facts(&self, subject: &Subject<'_>) -> Vec<String> {
        let Explained { target, views, .. } = subject.explained;
        let mut facts = Vec::new();
        if self.setting.brief.audience.len() > 1 && target.known > 0.0 {
            facts.push(format!(
                "{:.1} % of followers are in the whole target if its facets are independent of each other; their shares allow {:.1} to {:.1} %; usual is {:.1} %",
                target.mid * 100.0,
                target.bounds.0 * 100.0,
                target.bounds.1 * 100.0,
                target.usual * 100.0
            ));
        }
        if let (None, Some(views)) = (subject.explained.figures.views, views) {
            facts.push(format!("views are not given; peers of this size have {} a post, and half of that is taken as known", grouped(*views)));
        }
        let brief = self.setting.brief;
        if let Some(lift) = figures::lift(subject.candidate, brief.constants.lift.posts, brief.metrics.window_days) {
            let what = if lift.metric == Metric::Views { "views" } else { "interactions" };
            facts.push(format!(
                "sponsored posts have {:.2} times the {what} of organic ones ({} against {})",
                lift.sponsored / lift.organic,
                grouped(lift.sponsored),
                grouped(lift.organic)
            ));
        }
        facts
    }

    fn prices(&self, subject: &Subject<'_>) -> Vec<String> {
        let Subject { explained, weights, others, .. } = subject;
        let (figures, budget) = (&explained.figures, &self.setting.brief.budget);
        let mut prices = Vec::new();
        let quote = figures.price.map_or("no quote".to_owned(), |price| format!("the quote is {} {}", money(price), budget.currency));
        let edge = explained
            .views
            .zip(explained.cptr)
            .and_then(|(views, median)| outlook::break_even(&explained.scored.values, weights, others, views * explained.target.mid, median));
        if let Some(edge) = edge {
            let top = self.top;
            prices.push(match edge {
                BreakEven::UpTo(price) => format!("{quote}; among the first {top} up to {} {}", money(price), budget.currency),
                BreakEven::AtAnyPrice => format!("{quote}; among the first {top} at any price"),
                BreakEven::AtNoPrice => format!("{quote}; not among the first {top} even for nothing"),
            });
        }
        if let (Some(cpm), Some(views)) = (budget.target_cpm, explained.views) {
            prices.push(format!("the target CPM of {cpm} is met up to {} ({} views)", money(cpm * views / 1000.0), grouped(views)));
        }
        if let (Some(cpe), Some((_, interactions))) = (budget.target_cpe, figures.interactions) {
            prices.push(format!("the target CPE of {cpe} is met up to {} ({} interactions)", money(cpe * interactions), grouped(interactions)));
        }
        prices
    }

    fn stability(&self, kind: Kind, rank: Option<usize>) -> Vec<String> {
        let Some(rank) = rank else { return Vec::new() };
        let vectors: Vec<&[f64]> = self.of_kind(kind).map(|row| row.vector.as_slice()).collect();
        let draw = report::draw(self.setting, kind);
        let weights = &self.setting.scorer.weights(kind).weights;
        let all = stability::firmness(&vectors, weights, self.top, rank, &draw, self.threads);
        let Some(firm) = all.last() else { return Vec::new() };
        let mut says = vec![format!(
            "among the first {} under {:.0} % of {} weight vectors within ±{:.0} %, at rank {} to {}",
            self.top,
            firm.in_top * 100.0,
            draw.samples,
            draw.reach * 100.0,
            firm.ranks.0,
            firm.ranks.1
        )];
        if let Some(change) = firm.drops {
            says.push(format!("the smallest change of one weight that drops it out: {} {:+.0} %", DIMENSIONS[change.dimension].name, change.by * 100.0));
        }
        says
    }

    /// What turns the order of each two of the same board around.
    pub(super) fn swaps(&self, places: &[usize], explained: &[Explanation]) -> Vec<Swap> {
        let mut swaps = Vec::new();
        for (first, a) in places.iter().enumerate() {
            for (second, b) in places.iter().enumerate().skip(first + 1) {
                let (a, b) = (&self.ranked.placed[*a], &self.ranked.placed[*b]);
                if a.kind != b.kind || a.score.is_none() || b.score.is_none() {
                    continue;
                }
                let change = stability::smallest_swap(&a.vector, &b.vector, &self.setting.scorer.weights(a.kind).weights);
                let name = |at: usize| explained.get(at).map_or(String::new(), |one| if one.name.is_empty() { one.id.clone() } else { one.name.clone() });
                swaps.push(Swap { between: [name(first), name(second)], by: change.map(|change| (DIMENSIONS[change.dimension].name, change.by)) });
            }
        }
        swaps
    }
}

fn decided_by(kind: KindEvidence) -> &'static str {
    match kind.decided_by {
        DecidedBy::Column => "as the file says",
        DecidedBy::Opinions => "from the nature of the opinions",
        DecidedBy::Size => "guessed from size",
        DecidedBy::Nothing => "nothing tells",
    }
}

fn look_up(subject: &Subject<'_>) -> Vec<LookUp> {
    let Explained { scored, parts, .. } = subject.explained;
    let line = |one: outlook::Lookup| {
        let part = &parts[one.part];
        let mut fields: Vec<&str> = part.evidence.asks.iter().map(|field| field.info().name).collect();
        fields.dedup();
        LookUp { part: format!("{} {}", part.dimension, part.name), fields, rank_best: one.ranks.0, rank_worst: one.ranks.1, chance: one.chance }
    };
    outlook::lookups(&scored.values, parts, subject.weights, subject.others).into_iter().map(line).collect()
}

/// The filled cells of one row that a piece of evidence speaks of, with row and column.
fn cells_of(cell: &Cell, part: &Part, (number, source): (usize, &Source<'_>), subject: &Subject<'_>) -> Vec<((usize, usize), CellFacts)> {
    let documents = &subject.candidate.documents;
    let fits = |column: &Column| {
        let target = &column.target;
        let same_figure = cell.figure.is_none_or(|figure| figure == (target.scope, target.window_days, target.mean));
        target.field == Some(cell.field) && !target.check && same_figure && cell.bin.as_ref().is_none_or(|bin| target.bin.as_ref() == Some(bin))
    };
    let quoted = |at: usize| {
        part.evidence.quotes.iter().any(|(document, _)| (usize::from(documents.origin(*document).1), documents.source(*document) as usize) == (at, number))
    };
    let columns = source.file.plan.columns.iter().enumerate().filter(|(at, column)| fits(column) && !quoted(*at));
    let fact = |(at, column): (usize, &Column)| {
        let fact = CellFacts { place: format!("{}:{}", source.place(), at + 1), column: column.name.clone(), cell: source.cell(at) };
        ((number, at), fact)
    };
    columns.map(fact).filter(|(_, fact)| !fact.cell.trim().is_empty()).collect()
}

fn part_facts(part: &Part, share: f64, subject: &Subject<'_>) -> PartFacts {
    let documents = &subject.candidate.documents;
    let mut cells: Vec<((usize, usize), CellFacts)> = Vec::new();
    for cell in &part.evidence.cells {
        // The first row that has the cell gave it: the others fill only what is unknown.
        let of_row = subject.row.sources().enumerate().map(|(number, source)| cells_of(cell, part, (number, &source), subject));
        for fact in of_row.into_iter().find(|found| !found.is_empty()).unwrap_or_default() {
            if !cells.iter().any(|(known, _)| *known == fact.0) {
                cells.push(fact);
            }
        }
    }
    cells.sort_by_key(|(place, _)| *place);
    let cells: Vec<CellFacts> = cells.into_iter().map(|(_, fact)| fact).collect();
    let quote = |(document, words): &(usize, String)| {
        let column = usize::from(documents.origin(*document).1);
        let source = subject.row.sources().nth(documents.source(*document) as usize);
        let header = source.as_ref().and_then(|source| source.file.plan.columns.get(column)).map_or(String::new(), |column| column.name.clone());
        let place = source.map_or(String::new(), |source| format!("{}:{}", source.place(), column + 1));
        Quote { place, column: header, text: documents.get(*document).to_owned(), words: words.clone() }
    };
    PartFacts {
        name: part.name.clone(),
        share,
        value: part.value.mid,
        lo: part.value.lo,
        hi: part.value.hi,
        known: part.value.known,
        says: part.evidence.says.clone(),
        cells,
        quotes: part.evidence.quotes.iter().map(quote).collect(),
    }
}
