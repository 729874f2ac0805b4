//! `kolscore list`: what is built in, as text for people; which terms a text holds, and why.

use std::io::Write;

use anyhow::{Result, bail};
use clap::{ValueEnum, builder::NonEmptyStringValueParser};

use super::{output::WidthArgs, pool::DataArgs, why};
use crate::{
    brief::keys::KEYS,
    failure::{Failure, did_you_mean},
    knowledge::{
        Knowledge,
        vocabulary::{Marker, Meaning},
    },
    normalize::{bin::TIERS, candidate::Kind, field::FIELDS},
    present::lexicon::{self, TermList},
    score::DIMENSIONS,
};

/// Arguments of `kolscore list`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples: kolscore list categories --terms 护肤\n          kolscore list --why '今天做了面包，宝宝辅食也有'\n          kolscore list categories --data my-data"
)]
pub struct Args {
    /// What to print
    #[arg(value_enum, required_unless_present = "why")]
    what: Option<What>,
    /// The terms of one category (and of those below it), trait or marker
    #[arg(long, value_name = "NAME", conflicts_with = "why", value_parser = NonEmptyStringValueParser::new())]
    terms: Option<String>,
    /// Which terms a text holds, which shields kept others from counting, and what the text is taken for
    #[arg(long, value_name = "TEXT", conflicts_with = "what", value_parser = NonEmptyStringValueParser::new())]
    why: Option<String>,
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    width: WidthArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    /// Candidate fields: names, meaning, null rule
    Fields,
    /// Categories that a brief can name
    Categories,
    /// Style traits and the words for them
    Traits,
    /// Markers of opinions: first-hand, authority, sponsored, critical
    Markers,
    /// Provinces and countries, with the cities of China and their tiers
    Regions,
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
/// Standard output is gone, a data file of the user cannot be read, or nothing has the name that is asked for.
pub fn run(args: &Args) -> Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let (knowledge, columns) = (|| args.data.knowledge(), args.width.columns().max(60));
    match (args.what, &args.terms) {
        (None, _) => lexicon::write_why(&why::why(args.why.as_deref().unwrap_or_default(), &knowledge()?)?, columns, &mut out)?,
        (Some(what), Some(name)) => terms(what, name, &knowledge()?)?.iter().try_for_each(|list| lexicon::write_terms(list, columns, &mut out))?,
        (Some(What::Fields), None) => fields(&mut out)?,
        (Some(What::Keys), None) => KEYS.iter().try_for_each(|key| writeln!(out, "{:<32} {}", key.path, key.about))?,
        (Some(What::Presets), None) => presets(&knowledge()?, &mut out)?,
        (Some(What::Constants), None) => constants(&knowledge()?, &mut out)?,
        (Some(What::Categories), None) => categories(&knowledge()?, &mut out)?,
        (Some(What::Traits), None) => traits(&knowledge()?, &mut out)?,
        (Some(What::Markers), None) => markers(&knowledge()?, &mut out)?,
        (Some(What::Regions), None) => regions(&knowledge()?, &mut out)?,
        (Some(What::Formats), None) => formats(&knowledge()?, &mut out)?,
    }
    out.flush()?;
    Ok(())
}

/// The terms of what the name means.
fn terms(what: What, name: &str, knowledge: &Knowledge) -> Result<Vec<TermList>> {
    let (categories, traits) = (&knowledge.categories, &knowledge.traits);
    let list = |title: String, meaning: Meaning| TermList::new(title, knowledge.vocabulary.terms_of(meaning));
    let unknown = |what: &str, known: &mut dyn Iterator<Item = String>| {
        let known: Vec<String> = known.collect();
        let close = did_you_mean(name, known.iter().map(String::as_str)).map_or(String::new(), |close| format!("did you mean `{close}`? "));
        Failure::usage(format!("no {what} is called `{name}`")).hint(format!("{close}`kolscore list` prints all: categories, traits, markers"))
    };
    match what {
        What::Categories => {
            let id = categories.named(name).or_else(|| categories.tagged(&[name]));
            let id = id.ok_or_else(|| {
                unknown("category", &mut categories.iter().flat_map(|(id, category)| [categories.path(id), category.zh.clone(), category.id.clone()]))
            })?;
            let title = |id| format!("{} ({})", categories.path(id), categories.get(id).id);
            Ok(categories.within(id).into_iter().map(|id| list(title(id), Meaning::Category(id))).collect())
        }
        What::Traits => {
            let id = traits.named(name).ok_or_else(|| unknown("trait", &mut traits.words().map(str::to_owned)))?;
            Ok(vec![list(format!("{} ({})", traits.get(id).zh, traits.get(id).id), Meaning::Trait(id))])
        }
        What::Markers => {
            let marker = Marker::ALL.into_iter().find(|marker| marker.id() == name);
            let marker = marker.ok_or_else(|| unknown("marker", &mut Marker::ALL.into_iter().map(|marker| marker.id().to_owned())))?;
            Ok(vec![list(marker.id().to_owned(), Meaning::Marker(marker))])
        }
        _ => bail!(Failure::usage("only categories, traits and markers have terms").hint("`kolscore list categories --terms 护肤`")),
    }
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

fn markers(knowledge: &Knowledge, out: &mut dyn Write) -> Result<()> {
    Marker::ALL.into_iter().try_for_each(|marker| Ok(writeln!(out, "{}  {} terms", marker.id(), knowledge.vocabulary.count(Meaning::Marker(marker)))?))
}

fn regions(knowledge: &Knowledge, out: &mut dyn Write) -> Result<()> {
    let regions = &knowledge.regions;
    for name in regions.names() {
        let whole = regions.around(name).map_or(String::new(), |whole| format!("  ({whole})"));
        writeln!(out, "{name}{whole}")?;
        for city in regions.cities().iter().filter(|city| city.province == name) {
            writeln!(out, "  {}  {}", city.name, TIERS[usize::from(city.tier)])?;
        }
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
