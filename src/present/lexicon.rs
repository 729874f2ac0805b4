//! Terms and what became of them in, text for people out.

use std::io::Write;

use anyhow::Result;

use super::{paragraph::lines, width};

/// The terms of one category, trait or marker.
#[derive(Debug)]
pub struct TermList {
    title: String,
    /// Terms of ASCII characters, which stand as whole words; then all others.
    terms: [Vec<String>; 2],
}

impl TermList {
    /// A list under its title.
    pub fn new<'t>(title: String, terms: impl Iterator<Item = &'t str>) -> Self {
        let (words, others) = terms.map(str::to_owned).partition(|term: &String| term.is_ascii());
        Self { title, terms: [words, others] }
    }
}

/// Writes a list of terms.
///
/// # Errors
/// The output is gone.
pub fn write_terms(list: &TermList, columns: usize, out: &mut dyn Write) -> Result<()> {
    writeln!(out, "{}  {} terms", list.title, list.terms.iter().map(Vec::len).sum::<usize>())?;
    for terms in list.terms.iter().rev().filter(|terms| !terms.is_empty()) {
        lines([terms.join(", ")], "  ", columns, out)?;
    }
    Ok(())
}

/// What the lexicons make of a text.
#[derive(Debug)]
pub struct Why {
    /// The text as it is compared: NFKC, lower case, simplified.
    pub folded: String,
    /// Every term in it, in the order of their places.
    pub terms: Vec<TermFate>,
    /// Shares of the categories that it speaks of.
    pub topics: Vec<(String, f64)>,
    /// The category that it means where it is a content tag.
    pub tag: Option<String>,
    /// The trait that it means where it is a style tag.
    pub style_tag: Option<String>,
}

/// A term in a text.
#[derive(Debug)]
pub struct TermFate {
    /// The term, folded.
    pub term: String,
    /// What it stands for.
    pub meaning: String,
    /// Whether it counts, or why not.
    pub fate: String,
}

/// Writes what the lexicons make of a text.
///
/// # Errors
/// The output is gone.
pub fn write_why(why: &Why, columns: usize, out: &mut dyn Write) -> Result<()> {
    lines([format!("compared as: {}", width::cut(&why.folded, columns * 4))], "", columns, out)?;
    let widest = |of: fn(&TermFate) -> &String| why.terms.iter().map(|term| width::of(of(term))).max().unwrap_or(0);
    let (term_width, meaning_width) = (widest(|term| &term.term), widest(|term| &term.meaning));
    for TermFate { term, meaning, fate } in &why.terms {
        let pad = |text: &str, wide: usize| " ".repeat(wide.saturating_sub(width::of(text)));
        writeln!(out, "  {term}{}  {meaning}{}  {fate}", pad(term, term_width), pad(meaning, meaning_width))?;
    }
    let shares: Vec<String> = why.topics.iter().map(|(topic, share)| format!("{topic} {:.0} %", share * 100.0)).collect();
    let topics = if shares.is_empty() { "no known topic".to_owned() } else { shares.join(", ") };
    lines([format!("as a title it speaks of: {topics}")], "", columns, out)?;
    let tags: Vec<String> = why.tag.iter().map(|tag| format!("category {tag}")).chain(why.style_tag.iter().map(|tag| format!("style {tag}"))).collect();
    if !tags.is_empty() {
        writeln!(out, "as a tag of a platform it means: {}", tags.join(", "))?;
    }
    Ok(())
}
