//! `kolscore explain`: ids or names and candidate files in, why each scores what it does, and what would change it, out.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::ValueEnum;

use super::{
    details, explained,
    inputs::OpenFile,
    output::{OutputArgs, WidthArgs},
    pool::{OrderArgs, PoolArgs, Ranked, Ready},
    report::own_data,
    scan,
    setting::Setting,
    wanted::{self, Found},
};
use crate::{
    failure::Failure,
    present::{
        self,
        explanation::{Excluded, Explanations, RunFacts},
    },
    score::weights,
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
    let (files, wanted) = wanted::divided(&args.arguments)?;
    if files.is_empty() || wanted.is_empty() {
        let what = if files.is_empty() { "no candidate file is named" } else { "nobody is named" };
        bail!(Failure::usage(what).hint("write `kolscore explain ID FILE -b BRIEF`: an argument that is no file is an id or a name"));
    }
    args.output.refuse_foreign()?;
    let ready = Ready::new(&args.pool, Some(&args.brief))?;
    let mut files = ready.open(&files)?;
    let (norms, counted) = ready.norms(args.order.norms.as_deref(), &mut files)?;
    let setting = Setting { by: args.order.rank_by, vectors: true, ..ready.setting(&norms)? };
    let ranked = ready.rank(&mut files, counted, &setting, args.order.duplicates, None)?;
    let board = explained::Board { files: &files, setting: &setting, ranked: &ranked, top: args.top as usize, threads: ready.threads() };
    let mut all = Explanations { run: run_facts(&setting), candidates: Vec::new(), excluded: Vec::new(), swaps: Vec::new() };
    let mut places = Vec::new();
    for name in wanted {
        match wanted::found(name, &files, &ranked, &setting, ready.threads())? {
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
