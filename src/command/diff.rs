//! `kolscore diff`: two finished rankings in, what changed and why out.

use std::{io::Write, path::PathBuf};

use anyhow::Result;
use clap::ValueEnum;

use super::{
    lock::is_lock,
    output::{OutputArgs, WidthArgs},
    pool::read_text,
    rank,
};
use crate::{
    changes::{self, Fate},
    failure::Failure,
    present::{self, changes::ChangesFormat},
};

/// Arguments of `kolscore diff`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: kolscore diff week-1.json week-2.json --top 10 --fail-on entered,left\nRankings are compared as `kolscore rank … -o week-1.json` writes them; freeze norms (`--norms`) to tell data from peers."
)]
pub struct Args {
    /// The old ranking (JSON of `kolscore rank`, or a lock, which is run again)
    old: PathBuf,
    /// The new ranking
    new: PathBuf,
    /// Places of the shortlist that somebody enters or leaves
    #[arg(short = 'n', long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    top: u32,
    /// Moves by no more places than this are let pass
    #[arg(long, default_value_t = 3, value_name = "PLACES")]
    beyond: u32,
    /// Exit 1 where somebody did this
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WHAT,…")]
    fail_on: Vec<FailOn>,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = ChangesFormat::Table)]
    format: ChangesFormat,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    width: WidthArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Entered,
    Left,
    Moved,
}

/// Runs the command.
///
/// # Errors
/// A file is no ranking, or somebody did what `--fail-on` names (exit 1).
pub fn run(args: &Args) -> Result<()> {
    args.output.refuse_foreign()?;
    let read = |path: &PathBuf| {
        let text = read_text(path, "ranking")?;
        let text = if is_lock(&text) { rank::json_of_locked(path)? } else { text };
        changes::read(&path.display().to_string(), &text)
    };
    let changes = changes::compare(&read(&args.old)?, &read(&args.new)?, args.top as usize, args.beyond as usize)?;
    args.output.write(|out| present::changes::write(&changes, args.format, args.width.columns().max(60), out))?;
    std::io::stdout().flush()?;
    let failing = |fate: Fate| {
        args.fail_on.iter().any(|what| matches!((what, fate), (FailOn::Entered, Fate::Entered) | (FailOn::Left, Fate::Left) | (FailOn::Moved, Fate::Moved)))
    };
    let count = changes.changes.iter().filter(|change| failing(change.fate)).count();
    if count > 0 {
        return Err(Failure::new(format!("{count} candidates did what `--fail-on` names")).hint("they stand first in the output").into());
    }
    Ok(())
}
