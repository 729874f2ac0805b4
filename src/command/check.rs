//! `kolscore check`: candidate files in, what each column is taken for and what would change a ranking silently out.

use std::{io::Write, path::PathBuf};

use anyhow::{Result, bail};

use super::{
    checkup,
    inputs::OpenFile,
    output::{OutputArgs, WidthArgs},
    pool::{PoolArgs, Ready},
};
use crate::{
    brief::Eligible,
    failure::Failure,
    knowledge::Knowledge,
    normalize::plan::{self, Origin, line, toml_key},
    present::{
        self,
        check::CheckFormat,
        checkup::{Checkup, FileCheck},
    },
};

/// Arguments of `kolscore check`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: kolscore check -b examples/baby-food/brief.toml examples/baby-food/*.csv\nExit 1 where something would change a ranking silently or stop it."
)]
pub struct Args {
    /// Candidate files (CSV, TSV, xlsx, ods, JSON); `-` is standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The brief: its `[columns]` are used, and the fields that it would need are named
    #[arg(short, long)]
    brief: Option<PathBuf>,
    #[command(flatten)]
    pool: PoolArgs,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = CheckFormat::Table)]
    format: CheckFormat,
    /// Write lines for `[columns]` of headers that nobody knows, each to be confirmed
    #[arg(long)]
    suggest_mapping: bool,
    /// Exit 1 on any warning too
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    width: WidthArgs,
}

/// Runs the command.
///
/// # Errors
/// Something would change a ranking silently or stop it (exit 1), or the arguments were wrong (exit 2).
pub fn run(args: &Args) -> Result<()> {
    args.output.refuse_foreign()?;
    let mut ready = Ready::new(&args.pool, args.brief.as_deref())?;
    // Everybody is checked, whoever may be eligible.
    ready.brief.eligible = Eligible::default();
    if args.suggest_mapping {
        return args.output.write(|out| suggest(args, &ready, out));
    }
    let checkup = checkup::of(&ready, &args.files, args.brief.is_some())?;
    args.output.write(|out| present::check::write(&checkup, args.format, args.width.columns().max(60), out))?;
    verdict(&checkup, args.strict)
}

fn verdict(checkup: &Checkup, strict: bool) -> Result<()> {
    let Checkup { errors, warnings, .. } = *checkup;
    if errors > 0 {
        bail!(
            Failure::new(format!("{errors} finding{} would change or stop a ranking", if errors == 1 { "" } else { "s" }))
                .hint("they are marked ✗, with what to do")
        );
    }
    if strict && warnings > 0 {
        bail!(
            Failure::new(format!("{warnings} warning{}", if warnings == 1 { "" } else { "s" })).hint("they are marked !; leave `--strict` out to accept them")
        );
    }
    Ok(())
}

/// Lines of `[columns]` for every header that nobody knows, commented out: each is to be confirmed.
fn suggest(args: &Args, ready: &Ready<'_>, out: &mut dyn Write) -> Result<()> {
    let reading = ready.reading()?;
    writeln!(
        out,
        "# Lines for the brief. Nothing is taken from them until the `#` before a line is removed;\n# `kolscore list fields` prints all targets, with their units.\n[columns]"
    )?;
    for (index, path) in args.files.iter().enumerate() {
        let file = reading.assigned(index, path)?;
        let check = checkup::profiled(&file, ready)?;
        writeln!(out, "\n# {}", file.source.name())?;
        let problem = plan::problem(file.source.name(), &file.plan, &ready.knowledge);
        let hint = problem.and_then(|failure| failure.hint).unwrap_or_default();
        let of_nobody = |line: &&str| file.plan.columns.iter().any(|column| column.origin == Origin::Nobody && line.starts_with(&toml_key(&column.name)));
        let open: Vec<&str> = hint.lines().map(str::trim).filter(|line| line.starts_with('"') && !of_nobody(line)).collect();
        if !open.is_empty() {
            writeln!(out, "# to be decided; keep the lines that are right:")?;
            open.iter().try_for_each(|line| writeln!(out, "# {line}"))?;
        }
        unknown(&file, &check, &ready.knowledge, out)?;
    }
    Ok(())
}

fn unknown(file: &OpenFile<'_>, check: &FileCheck, knowledge: &Knowledge, out: &mut dyn Write) -> Result<()> {
    let suggested = plan::suggested(&file.plan.columns, knowledge);
    let columns = file.plan.columns.iter().zip(&check.columns).filter(|(column, facts)| column.origin == Origin::Nobody && facts.filled > 0.0);
    let mut any = false;
    for (column, facts) in columns {
        any = true;
        let target = suggested.iter().find(|(header, _)| *header == column.name).map_or("ignore", |(_, target)| target);
        writeln!(out, "# {:<40} # cells: {}", line(&column.name, target), facts.samples.join(" | "))?;
    }
    if !any {
        writeln!(out, "# every filled column is known")?;
    }
    Ok(())
}
