//! A scored candidate in, a few sentences a dimension out: why it has its value. Texts in which contact data may stand are not quoted.

use super::setting::Setting;
use crate::{
    normalize::{candidate::Candidate, field::Field},
    present::report::Why,
    score::{DIMENSIONS, evidence::Part, text::Hits},
};

/// Quotes of one part.
const QUOTES: usize = 3;
/// Characters of a quote.
const QUOTED: usize = 40;

/// Why each dimension has its value, and how many of the target a post is expected to reach.
pub(super) fn why(candidate: &Candidate, hits: &Hits, setting: &Setting<'_>) -> Why {
    let explained = setting.scorer.explain(candidate, hits);
    let texts = DIMENSIONS.iter().map(|dimension| {
        let parts = explained.parts.iter().filter(|part| part.dimension == dimension.name);
        parts.map(|part| sentence(part, candidate)).collect()
    });
    Why { texts: texts.collect(), reach: explained.views.map(|views| views * explained.target.mid) }
}

fn sentence(part: &Part, candidate: &Candidate) -> String {
    let texts = &candidate.documents;
    let public = |document: usize| matches!(texts.origin(document).0, Field::Titles | Field::Hashtags);
    let quoted = part.evidence.quotes.iter().filter(|(document, _)| public(*document)).take(QUOTES);
    let words_in = quoted.map(|(document, words)| {
        let text: String = texts.get(*document).chars().take(QUOTED).collect();
        format!("{words} in 「{text}{}」", if texts.get(*document).chars().nth(QUOTED).is_some() { "…" } else { "" })
    });
    let says: Vec<String> = part.evidence.says.iter().cloned().chain(words_in).collect();
    let value = if part.value.known > 0.0 { format!(" {:.2}", part.value.mid) } else { " ?".to_owned() };
    format!("{}{value}: {}", part.name, says.join("; "))
}
