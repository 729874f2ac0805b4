//! `kolscore list`: what is built in, as text for people.

use std::io::Write;

use anyhow::Result;
use clap::ValueEnum;

use crate::{
    brief::keys::KEYS,
    knowledge::{Knowledge, vocabulary::Meaning},
    normalize::field::FIELDS,
};

/// Arguments of `kolscore list`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to print
    #[arg(value_enum)]
    what: What,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    /// Candidate fields: names, meaning, null rule
    Fields,
    /// Categories that a brief can name
    Categories,
    /// Style traits and the words for them
    Traits,
    /// Exports that are recognised
    Formats,
    /// Keys of a brief
    Keys,
}

/// Runs the command.
///
/// # Errors
/// Standard output is gone.
pub fn run(args: &Args) -> Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match args.what {
        What::Fields => fields(&mut out)?,
        What::Keys => KEYS.iter().try_for_each(|key| writeln!(out, "{:<32} {}", key.path, key.about))?,
        What::Categories => categories(&Knowledge::built_in()?, &mut out)?,
        What::Traits => traits(&Knowledge::built_in()?, &mut out)?,
        What::Formats => formats(&Knowledge::built_in()?, &mut out)?,
    }
    out.flush()?;
    Ok(())
}

fn fields(out: &mut dyn Write) -> Result<()> {
    let mut group = "";
    for info in FIELDS {
        if info.group != group {
            writeln!(out, "{}{}", if group.is_empty() { "" } else { "\n" }, info.group)?;
            group = info.group;
        }
        writeln!(out, "  {:<22} {}", info.name, info.about)?;
    }
    writeln!(out, "\nA column is mapped with `[columns]` in the brief or `--map 'HEADER=FIELD:UNIT'`; units: count 万 percent fraction share 元 分 万元 bp;")?;
    writeln!(
        out,
        "attributes: organic sponsored 30d 90d median mean zero=missing zero=value check top pair=男|女 separator=TEXT; `ignore` passes a column through."
    )?;
    Ok(())
}

fn categories(knowledge: &Knowledge, out: &mut dyn Write) -> Result<()> {
    for (id, category) in knowledge.categories.iter() {
        let terms = knowledge.vocabulary.count(Meaning::Category(id));
        let indent = if category.id.contains('/') { "  " } else { "" };
        writeln!(out, "{indent}{}  ({}, {})  {terms} terms", knowledge.categories.path(id), category.en, category.id)?;
    }
    Ok(())
}

fn traits(knowledge: &Knowledge, out: &mut dyn Write) -> Result<()> {
    for (id, style) in knowledge.traits.iter() {
        writeln!(out, "{}  ({})  {} terms\n  words: {}", style.zh, style.id, knowledge.vocabulary.count(Meaning::Trait(id)), style.words.join(" "))?;
    }
    Ok(())
}

fn formats(knowledge: &Knowledge, out: &mut dyn Write) -> Result<()> {
    for pack in &knowledge.packs {
        let platform = pack.platform.as_deref().map_or(String::new(), |platform| format!("  {platform}"));
        writeln!(out, "{}  {}{platform}\n  source: {}", pack.id, pack.title, pack.source)?;
        for note in &pack.notes {
            writeln!(out, "  note: {note}")?;
        }
    }
    Ok(())
}
