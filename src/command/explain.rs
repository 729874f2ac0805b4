//! `kolscore explain`: ids or names and candidate files in, why each scores what it does, and what would change it, out.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::ValueEnum;

use super::{
    details, explained,
    inputs::OpenFile,
    output::{OutputArgs, WidthArgs},
    pool::{OrderArgs, PoolArgs, Ranked, Ready},
    report::own_data,
    scan::{self, Setting},
};
use crate::{
    failure::Failure,
    present::{
        self,
        explanation::{Excluded, Explanations, RunFacts},
    },
    score::weights,
    select::pool::Origin,
};

/// Arguments of `kolscore explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: kolscore explain 营养师麦卡 -b examples/baby-food/brief.toml examples/baby-food/*.csv")]
pub struct Args {
    /// Ids (or names that only one candidate has), and the candidate files; what is no file is an id
    #[arg(required = true, value_name = "ID|FILE")]
    arguments: Vec<String>,
    /// The brief (TOML)
    #[arg(short, long)]
    brief: PathBuf,
    #[command(flatten)]
    pool: PoolArgs,
    #[command(flatten)]
    order: OrderArgs,
    /// Places of the shortlist that is at stake
    #[arg(short = 'n', long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    top: u32,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    width: WidthArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// The same content for programs
    Json,
}

/// Runs the command.
///
/// # Errors
/// A file or the brief stopped it (exit 1), or the arguments were wrong (exit 2).
pub fn run(args: &Args) -> Result<()> {
    let (files, wanted): (Vec<&String>, Vec<&String>) = args.arguments.iter().partition(|argument| *argument == "-" || Path::new(argument).is_file());
    let is_table =
        |name: &str| [".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".json", ".jsonl"].iter().any(|ending| name.to_ascii_lowercase().ends_with(ending));
    if let Some(missing) = wanted.iter().find(|name| is_table(name)) {
        bail!(Failure::usage(format!("`{missing}` does not exist")).hint("name the candidate file as it lies on the disk"));
    }
    if files.is_empty() || wanted.is_empty() {
        let what = if files.is_empty() { "no candidate file is named" } else { "nobody is named" };
        bail!(Failure::usage(what).hint("write `kolscore explain ID FILE -b BRIEF`: an argument that is no file is an id or a name"));
    }
    args.output.refuse_foreign()?;
    let files: Vec<PathBuf> = files.into_iter().map(PathBuf::from).collect();
    let ready = Ready::new(&args.pool, Some(&args.brief))?;
    let mut files = ready.open(&files)?;
    let norms = ready.norms(args.order.norms.as_deref(), &mut files)?;
    let setting = Setting { by: args.order.rank_by, vectors: true, ..ready.setting(&norms)? };
    let ranked = ready.rank(&mut files, &setting, args.order.duplicates)?;
    let board = explained::Board { files: &files, setting: &setting, ranked: &ranked, top: args.top as usize, threads: ready.threads() };
    let mut all = Explanations { run: run_facts(&setting), candidates: Vec::new(), excluded: Vec::new(), swaps: Vec::new() };
    let mut places = Vec::new();
    for name in wanted {
        match found(name, &files, &ranked, &setting, ready.threads())? {
            // Somebody asked for twice is explained once.
            Found::Ranked(at) if places.contains(&at) => {}
            Found::Ranked(at) => places.push(at),
            Found::Excluded(at) => all.excluded.push(excluded(name, at, &files, &ranked, &setting)?),
        }
    }
    all.candidates = board.explanations(&places)?;
    all.swaps = board.swaps(&places, &all.candidates);
    write(args, &all)
}

/// Where somebody stands.
enum Found {
    /// Position in the order.
    Ranked(usize),
    /// Position among the excluded.
    Excluded(usize),
}

/// Finds a candidate by id, profile address or handle, else by a name that only one has.
fn found(wanted: &str, files: &[OpenFile<'_>], ranked: &Ranked, setting: &Setting<'_>, threads: usize) -> Result<Found> {
    let by_identity = |at: &usize| ranked.placed[*at].identity.as_deref().and_then(|identity| identity.split('\u{1f}').next()) == Some(wanted);
    let mut of_placed: Vec<usize> = (0..ranked.placed.len()).filter(by_identity).collect();
    let mut of_excluded: Vec<usize> = Vec::new();
    if of_placed.is_empty() {
        let named: Vec<Origin> = scan::named(files, wanted, setting, threads)?;
        // A row that was joined to another one is explained with it.
        let kept = |origin: &Origin| ranked.joined.iter().find(|(_, others)| others.contains(origin)).map_or(*origin, |(kept, _)| *kept);
        let origins: Vec<Origin> = named.iter().map(kept).collect();
        of_placed = (0..ranked.placed.len()).filter(|at| origins.contains(&ranked.placed[*at].origin)).collect();
        of_excluded = (0..ranked.scan.excluded.len()).filter(|at| origins.contains(&ranked.scan.excluded[*at].origin)).collect();
    }
    match (of_placed.as_slice(), of_excluded.as_slice()) {
        ([one], []) => Ok(Found::Ranked(*one)),
        ([], [one]) => Ok(Found::Excluded(*one)),
        ([], []) => bail!(
            Failure::new(format!("no candidate has the id or the name `{wanted}`"))
                .hint("`kolscore rank … -f csv` lists ids and names; a file that does not exist is taken for an id")
        ),
        (several, more) => {
            let ids: Vec<&str> =
                several.iter().filter_map(|at| ranked.placed[*at].identity.as_deref()).filter_map(|identity| identity.split('\u{1f}').next()).collect();
            let advice = if ids.is_empty() { "give each an id column".to_owned() } else { format!("name one by id: {}", ids.join(", ")) };
            bail!(Failure::new(format!("{} candidates are called `{wanted}`", several.len() + more.len())).hint(advice))
        }
    }
}

fn excluded(who: &str, at: usize, files: &[OpenFile<'_>], ranked: &Ranked, setting: &Setting<'_>) -> Result<Excluded> {
    let scan::Excluded { origin, exclusion, .. } = &ranked.scan.excluded[at];
    let mut place = String::new();
    details::rows(&[*origin], files, &ranked.scan, setting, |_, _, record, file| {
        place = format!("{}:{}", file.source.name(), record.line());
        Ok(())
    })?;
    Ok(Excluded { who: who.to_owned(), place, rule: exclusion.rule.to_owned(), detail: exclusion.detail.clone() })
}

fn run_facts(setting: &Setting<'_>) -> RunFacts {
    let brief = setting.brief;
    let outright = !brief.weights.is_empty();
    let mut reasons: Vec<String> = Vec::new();
    for (name, preset) in weights::chosen(brief, &setting.knowledge.presets).filter(|_| !outright) {
        let shifts: Vec<String> = preset.multiply.iter().map(|(dimension, by)| format!("{dimension} ×{by}")).collect();
        let shifts = if shifts.is_empty() { "moves no weight".to_owned() } else { shifts.join(", ") };
        reasons.push(format!("{name} {}: {shifts}; {}", preset.name, preset.why));
    }
    if reasons.is_empty() {
        reasons.push(if outright { "the brief gives the weights outright" } else { "balanced: the brief names no aim" }.to_owned());
    }
    RunFacts {
        version: env!("CARGO_PKG_VERSION"),
        brand: brief.brand.clone(),
        brief: brief.hash.clone(),
        norms: setting.norms.id.clone(),
        norms_hash: setting.norms.hash.clone(),
        data: own_data(setting.knowledge),
        weights: reasons,
    }
}

fn write(args: &Args, all: &Explanations) -> Result<()> {
    args.output.write(|out| match args.format {
        Format::Text => present::explain::write(all, args.width.columns().max(60), out),
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, all)?;
            Ok(out.write_all(b"\n")?)
        }
    })
}
