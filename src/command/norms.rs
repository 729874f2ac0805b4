//! `kolscore norms`: candidate files in, what is usual among them out; or norm files of parts in, those of the whole out.

use std::{
    io::{Read, Write},
    path::{Path, PathBuf},
};

use anyhow::{Result, bail};

use super::{
    output::OutputArgs,
    pool::{PoolArgs, Ready, read_text},
};
use crate::{
    failure::Failure,
    norms::{self, Terms, tally::Tallies},
};

/// Arguments of `kolscore norms`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: kolscore norms week-1.csv week-2.csv -b brief.toml -o norms.json\nNorms of parts are put together by naming norm files: kolscore norms part-1.json part-2.json -o norms.json"
)]
pub struct Args {
    /// Candidate files (CSV, TSV, xlsx, ods, JSON), or norm files (.json) that are put together
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The brief whose figures, quotes and audience are counted
    #[arg(short, long)]
    brief: Option<PathBuf>,
    #[command(flatten)]
    pool: PoolArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Runs the command.
///
/// # Errors
/// A file or the brief stopped it (exit 1), or the arguments were wrong (exit 2).
pub fn run(args: &Args) -> Result<()> {
    args.output.refuse_foreign()?;
    let ready = Ready::new(&args.pool, args.brief.as_deref())?;
    let (parts, tables): (Vec<&PathBuf>, Vec<&PathBuf>) = args.files.iter().partition(|file| is_norm_file(file));
    if !parts.is_empty() && !tables.is_empty() {
        bail!(
            Failure::usage("norm files and candidate files cannot be mixed").hint("make norms of the candidate files first, then put the norm files together")
        );
    }
    let (tallies, terms) = if tables.is_empty() { together(&parts, &ready)? } else { (counted(&args.files, &ready)?, ready.terms()) };
    let text = norms::text(&tallies, &terms, &ready.knowledge)?;
    let mut errors = std::io::stderr().lock();
    args.output.write(|out| Ok(out.write_all(text.as_bytes())?))?;
    let rows: u64 = tallies.strata.values().map(|tally| tally.rows).sum();
    writeln!(errors, "{rows} candidates counted: {}", terms.describe())?;
    if let Some(path) = &args.output.output {
        writeln!(errors, "wrote {}; use it with `kolscore rank --norms {}`", path.display(), path.display())?;
    }
    Ok(())
}

/// Whether a file is one of norms: JSON that says so first. Other JSON holds candidates.
fn is_norm_file(path: &Path) -> bool {
    let mut head = [0; 64];
    let read = std::fs::File::open(path).and_then(|mut file| file.read(&mut head)).unwrap_or(0);
    let text: String = String::from_utf8_lossy(&head[..read]).split_whitespace().collect();
    text.starts_with("{\"format\":\"kolscorenorms")
}

fn counted(files: &[PathBuf], ready: &Ready<'_>) -> Result<Tallies> {
    let mut files = ready.open(files)?;
    ready.tallies(&mut files)
}

/// Norm files of parts, which must have been made on the same terms.
fn together(parts: &[&PathBuf], ready: &Ready<'_>) -> Result<(Tallies, Terms)> {
    let texts = parts.iter().map(|path| Ok((path.display().to_string(), read_text(path, "norms")?))).collect::<Result<Vec<_>>>()?;
    norms::merged(&texts, &ready.knowledge)
}
