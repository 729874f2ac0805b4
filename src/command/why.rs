//! A text in, what the lexicons make of it out.

use anyhow::Result;

use crate::{
    brief::Brief,
    knowledge::{Knowledge, vocabulary::Meaning},
    normalize::{candidate::Documents, field::Field, fold::fold},
    present::lexicon::{TermFate, Why},
    score::{
        domain,
        text::{Fate, Matcher},
    },
};

/// What a title that reads like this would be taken for.
pub(super) fn why(text: &str, knowledge: &Knowledge) -> Result<Why> {
    let matcher = Matcher::new(&Brief::empty(&[], knowledge)?, &knowledge.vocabulary)?;
    let folded = fold(text);
    let traces = matcher.trace(&folded);
    let mut documents = Documents::default();
    documents.push(text, (Field::Titles, 0));
    let profile = domain::shares(&[], &matcher.hits(&documents).topics, 0.0).unwrap_or_default();
    let path = |id| knowledge.categories.path(id);
    Ok(Why {
        terms: traces
            .iter()
            .map(|trace| TermFate { term: trace.term.to_owned(), meaning: name(trace.meaning, knowledge), fate: fate(trace.fate, trace.meaning) })
            .collect(),
        topics: profile.into_iter().map(|(id, share)| (path(id), share)).collect(),
        tag: knowledge.categories.tagged(&[text]).map(path),
        style_tag: knowledge.traits.tagged(text).map(|id| knowledge.traits.get(id).zh.clone()),
        folded,
    })
}

/// `topic 母婴/辅食`, `style 专业`, `opinion first_hand`, `shield`.
fn name(meaning: Meaning, knowledge: &Knowledge) -> String {
    match meaning {
        Meaning::Category(id) => format!("topic {}", knowledge.categories.path(id)),
        Meaning::Shield => "shield".to_owned(),
        Meaning::Trait(id) => format!("style {}", knowledge.traits.get(id).zh),
        Meaning::Marker(marker) => format!("opinion {}", marker.id()),
    }
}

fn fate(fate: Fate<'_>, meaning: Meaning) -> String {
    match fate {
        Fate::Counts if meaning == Meaning::Shield => "keeps what stands inside it from counting".to_owned(),
        Fate::Counts => "counts".to_owned(),
        Fate::Inside(other) => format!("stands inside `{other}`"),
        Fate::PartOfWord => "only a part of a word".to_owned(),
    }
}
