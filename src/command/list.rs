//! `kolscore list`: what is built in, as text for people.

use std::io::Write;

use anyhow::Result;
use clap::ValueEnum;

use crate::{
    brief::keys::KEYS,
    knowledge::{Knowledge, vocabulary::Meaning},
    normalize::{candidate::Kind, field::FIELDS},
    score::DIMENSIONS,
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
    /// Weights, and what each aim of a brief does to them, with its reason
    Presets,
    /// Constants of the formulas, which a brief may override
    Constants,
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
        What::Presets => presets(&Knowledge::built_in()?, &mut out)?,
        What::Constants => constants(&Knowledge::built_in()?, &mut out)?,
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
        "attributes: organic sponsored 30d 90d median mean zero=missing zero=value check top pair=男|女 label=1 share=1 separator=TEXT; `ignore` passes a column through."
    )?;
    Ok(())
}

fn constants(knowledge: &Knowledge, out: &mut dyn Write) -> Result<()> {
    for (name, value) in knowledge.presets.constant_names() {
        writeln!(out, "constants.{name:<42} {value}")?;
    }
    Ok(())
}

fn presets(knowledge: &Knowledge, out: &mut dyn Write) -> Result<()> {
    let presets = &knowledge.presets;
    for kind in Kind::ALL {
        let weights = presets.weights.of(kind);
        let parts: Vec<String> = DIMENSIONS.iter().filter_map(|dimension| Some(format!("{} {}", dimension.name, weights.get(dimension.name)?))).collect();
        writeln!(out, "{} balanced: {}", kind.name(), parts.join(", "))?;
    }
    let tables = [("goal", &presets.goal), ("mode", &presets.mode), ("collaboration", &presets.collaboration), ("stage", &presets.stage)];
    for (key, table) in tables {
        writeln!(out, "\naim.{key}")?;
        for (name, preset) in table {
            let shifts: Vec<String> = preset.multiply.iter().map(|(dimension, by)| format!("{dimension} ×{by}")).collect();
            let shifts = if shifts.is_empty() { "moves no weight".to_owned() } else { shifts.join(", ") };
            let mix = preset.mix.map_or(String::new(), |[kol, koc]| format!("; KOL:KOC {kol}:{koc}"));
            writeln!(out, "  {name} {}: {shifts}{mix}; {}", preset.name, preset.why)?;
        }
    }
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
