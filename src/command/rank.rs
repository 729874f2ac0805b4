//! `kolscore rank`: candidate files and a brief in, one board of KOLs and one of KOCs out.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Result, bail};
use clap::{Parser, ValueEnum};

use super::{
    extra::ExtraColumns,
    lock::{self, Lock},
    output::{OutputArgs, WidthArgs},
    pool::{OrderArgs, PoolArgs, Ready},
    report::{Ranking, Shown},
    setting::Setting,
};
use crate::{
    failure::Failure,
    normalize::{candidate::Kind, reject::Reject},
    present::{self, Format, Medium, color::ColorChoice, lang::Lang, report::Report},
};

/// Candidates shown a board in a table, unless `--top` says otherwise; files and machine formats hold all.
const TABLE_TOP: u32 = 20;

/// Arguments of `kolscore rank`.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[command(after_help = "Example: kolscore rank -b examples/baby-food/brief.toml examples/baby-food/*.csv")]
pub struct Args {
    /// Candidate files (CSV, TSV, xlsx, ods, JSON); `-` is standard input
    #[arg(required_unless_present = "locked")]
    files: Vec<PathBuf>,
    /// The brief (TOML)
    #[arg(short, long, required_unless_present = "locked")]
    brief: Option<PathBuf>,
    #[command(flatten)]
    pool: PoolArgs,
    #[command(flatten)]
    order: OrderArgs,
    /// Candidates a board [default: 20 in a table, all elsewhere]
    #[arg(short = 'n', long, value_parser = clap::value_parser!(u32).range(1..))]
    top: Option<u32>,
    /// Which boards
    #[arg(long, value_enum, ignore_case = true, default_value_t = Boards::All)]
    kind: Boards,
    /// Output format: table, csv, tsv, json, jsonl, xlsx, html, md [default: from the file's ending, else table]
    #[arg(short, long)]
    format: Option<String>,
    #[command(flatten)]
    output: OutputArgs,
    /// Add columns: candidate fields or headers of the files
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    columns: Vec<String>,
    /// Add every column of the files
    #[arg(long)]
    keep_all: bool,
    /// List the candidates that the brief's rules exclude
    #[arg(long)]
    show_excluded: bool,
    /// Stop on any refused row or cell
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    width: WidthArgs,
    /// When a table is coloured
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = ColorChoice::Auto)]
    color: ColorChoice,
    /// Language of xlsx and html [default: that of the brief, else of the system]
    #[arg(long, value_enum)]
    lang: Option<Lang>,
    /// Add how firm each place is when weights change
    #[arg(long)]
    stability: bool,
    /// Write down what the run is made of: version, brief, norms, files by their hash
    #[arg(long, value_name = "FILE")]
    lock: Option<PathBuf>,
    /// Run again as a lock says, with the same bytes, or say what differs
    #[arg(long, value_name = "FILE", conflicts_with_all = ["files", "brief", "lock"])]
    locked: Option<PathBuf>,
}

/// The arguments of a locked run.
#[derive(Debug, clap::Parser)]
#[command(name = "kolscore")]
struct Recorded {
    #[command(subcommand)]
    command: RecordedCommand,
}

#[derive(Debug, clap::Subcommand)]
enum RecordedCommand {
    Rank(Box<Args>),
}

/// Which boards are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Boards {
    Kol,
    Koc,
    All,
}

impl Boards {
    fn shows(self, kind: Kind) -> bool {
        matches!((self, kind), (Self::All, _) | (Self::Kol, Kind::Kol) | (Self::Koc, Kind::Koc))
    }
}

/// Runs the command.
///
/// # Errors
/// A file or the brief stopped it (exit 1), or the arguments were wrong (exit 2).
pub fn run(args: &Args) -> Result<()> {
    let Some(path) = &args.locked else {
        let format = args.output.format(args.format.as_deref())?;
        args.output.refuse_foreign_at(args.lock.as_deref())?;
        let report = report(args, format, format.with_digest)?;
        write(args, format, &report)?;
        return args.lock.as_ref().map_or(Ok(()), |path| Lock::of(&report, format, lock::arguments(format)?)?.write(path));
    };
    args.output.refuse_foreign()?;
    let (mut recorded, report) = locked(path)?;
    let format = recorded.output.format(recorded.format.as_deref())?;
    if let Some(other) = args.output.output.as_deref().filter(|path| present::of_file(path).is_ok_and(|named| named.name != format.name)) {
        bail!(
            Failure::usage(format!("the locked run wrote {}, which `{}` is not called like", format.name, other.display()))
                .hint(format!("end the file in .{}", format.name))
        );
    }
    recorded.output = args.output.clone().or(recorded.output.clone());
    write(&recorded, format, &report)
}

/// The arguments of a locked run, and what it makes today; refused where that is something else.
fn locked(path: &Path) -> Result<(Box<Args>, Report)> {
    let lock = Lock::read(path)?;
    let recorded = Recorded::try_parse_from(std::iter::once(&"kolscore".to_owned()).chain(&lock.arguments));
    let unreadable = |error: clap::Error| Failure::new(format!("`{}` holds arguments of another version: {error}", path.display()));
    let RecordedCommand::Rank(recorded) = recorded.map_err(unreadable)?.command;
    let format = recorded.output.format(recorded.format.as_deref())?;
    // Whatever the run wrote, a comparison needs to know which rows have other cells.
    let report = report(&recorded, format, true)?;
    lock.refuse_other(&Lock::of(&report, format, Vec::new())?)?;
    Ok((recorded, report))
}

/// The ranking of a locked run, as `-f json` writes it.
pub(super) fn json_of_locked(path: &Path) -> Result<String> {
    let (_, report) = locked(path)?;
    let mut text = Vec::new();
    (present::named("json")?.write)(&report, Medium::File, &mut text)?;
    Ok(String::from_utf8(text)?)
}

fn report(args: &Args, format: &Format, digests: bool) -> Result<Report> {
    args.output.refuse_inputs(args.files.iter().chain(&args.brief))?;
    args.output.refuse_foreign()?;
    let ready = Ready::new(&args.pool, args.brief.as_deref())?;
    let mut files = ready.open(&args.files)?;
    let extra = ExtraColumns::new(&args.columns, args.keep_all, &files)?;
    let (norms, counted) = ready.norms(args.order.norms.as_deref(), &mut files)?;
    let setting = Setting { by: args.order.rank_by, vectors: args.stability, ..ready.setting(&norms)? };
    let top = args.top.or((format.name == "table").then_some(TABLE_TOP)).map(|top| top as usize);
    // How firm a place is depends on everybody behind it.
    let places = top.filter(|_| !args.stability);
    let ranked = ready.rank(&mut files, counted, &setting, args.order.duplicates, places)?;
    let ranking = Ranking {
        files: &files,
        setting: &setting,
        ranked: &ranked,
        lang: args.lang.unwrap_or_else(|| Lang::of(ready.brief.settings.iter().map(|(_, value)| value.as_str()))),
    };
    let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| args.kind.shows(*kind)).collect();
    let cut = args.top.unwrap_or(TABLE_TOP) as usize;
    let report = ranking.report(&Shown {
        kinds: &kinds,
        top: top.unwrap_or(usize::MAX),
        cut,
        threads: ready.threads(),
        excluded: args.show_excluded,
        reasons: format.with_reasons,
        digests,
        extra: &extra,
    })?;
    if args.strict {
        refuse_rejects(&report)?;
    }
    Ok(report)
}

fn refuse_rejects(report: &Report) -> Result<()> {
    let first = report.run.inputs.iter().find_map(|file| Some((file, file.rejects.first()?)));
    if let Some((file, Reject { line, column, cell, reason, .. })) = first {
        let others = report.run.inputs.iter().map(|file| file.rejected).sum::<u64>() - 1;
        let more = if others > 0 { format!(" (and {others} more)") } else { String::new() };
        let column = if column.is_empty() { String::new() } else { format!("column `{column}`: ") };
        bail!(
            Failure::new(format!("{}:{line}: {column}`{cell}` is {reason}{more}", file.path))
                .hint("mend the cells, or leave `--strict` out to rank with them as unknown")
        );
    }
    Ok(())
}

fn write(args: &Args, format: &Format, report: &Report) -> Result<()> {
    let mut errors = std::io::stderr().lock();
    let to_stream = args.output.output.is_none();
    let medium = if to_stream { Medium::Stream { width: args.width.columns(), color: args.color.for_stdout() } } else { Medium::File };
    args.output.write(|out| (format.write)(report, medium, out))?;
    present::write_warnings(report, !(to_stream && format.name == "table"), &mut errors)?;
    if let Some(path) = &args.output.output {
        writeln!(errors, "wrote {}", path.display())?;
    }
    Ok(())
}
