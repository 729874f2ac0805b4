//! `kolscore rank`: candidate files and a brief in, one board of KOLs and one of KOCs out.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use clap::{ValueEnum, builder::NonEmptyStringValueParser};

use super::{
    details,
    extra::ExtraColumns,
    inputs::{self, OpenFile},
    report::{Ranking, Shown},
    scan::{self, Scan, Setting},
};
use crate::{
    brief::Brief,
    failure::{Failure, did_you_mean},
    knowledge::Knowledge,
    normalize::{
        candidate::{Candidate, Kind},
        reject::Reject,
    },
    present::{self, Format, Medium, report::Report},
    score::Scorer,
    select::{
        duplicates::{self, Policy},
        pool::{self, Origin, Placed},
    },
};

/// Candidates shown a board in a table, unless `--top` says otherwise; files and machine formats hold all.
const TABLE_TOP: u32 = 20;

/// Arguments of `kolscore rank`.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[command(after_help = "Example: kolscore rank -b examples/baby-food/brief.toml examples/baby-food/*.csv")]
pub struct Args {
    /// Candidate files (CSV, TSV); `-` is standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The brief (TOML)
    #[arg(short, long)]
    brief: PathBuf,
    /// Override a key of the brief, such as `aim.goal=branding`
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = NonEmptyStringValueParser::new())]
    sets: Vec<String>,
    /// Say what a column is, such as `报价=price_image:元`
    #[arg(long = "map", value_name = "HEADER=TARGET", value_parser = NonEmptyStringValueParser::new())]
    maps: Vec<String>,
    /// Platform of rows whose file does not say
    #[arg(long)]
    platform: Option<String>,
    /// Candidates a board [default: 20 in a table, all elsewhere]
    #[arg(short = 'n', long, value_parser = clap::value_parser!(u32).range(1..))]
    top: Option<u32>,
    /// Which boards
    #[arg(long, value_enum, ignore_case = true, default_value_t = Boards::All)]
    kind: Boards,
    /// Output format: table, csv, tsv, json [default: from the file's ending, else table]
    #[arg(short, long)]
    format: Option<String>,
    /// Write to a file, whole or not at all
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Replace an existing file that kolscore did not write
    #[arg(long)]
    force: bool,
    /// Add columns: candidate fields or headers of the files
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    columns: Vec<String>,
    /// Add every column of the files
    #[arg(long)]
    keep_all: bool,
    /// List the candidates that the brief's rules exclude
    #[arg(long)]
    show_excluded: bool,
    /// Rows of one creator that contradict each other
    #[arg(long, value_enum, default_value_t = Policy::Error)]
    duplicates: Policy,
    /// Stop on any refused row or cell
    #[arg(long)]
    strict: bool,
    /// Width of the table in columns [default: the terminal's, else 100]
    #[arg(long)]
    width: Option<usize>,
    /// Threads for reading and scoring [default: all cores]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
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
    let format = output_format(args)?;
    refuse_to_overwrite(args)?;
    let knowledge = Knowledge::built_in()?;
    let text = read_brief(&args.brief)?;
    let brief = Brief::read(&args.brief.display().to_string(), text.trim_start_matches('\u{feff}'), &args.sets, &knowledge)?;
    let norms = knowledge.built_in_norms()?;
    let threads = args.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get), usize::from);
    let mut files = open(args, &brief, &knowledge)?;
    let extra = ExtraColumns::new(&args.columns, args.keep_all, &files)?;
    let scorer = Scorer::new(&brief, &norms, &knowledge)?;
    let setting = Setting { brief: &brief, knowledge: &knowledge, scorer: &scorer };
    let mut scan = scan::scan(&mut files, &setting, threads)?;
    refuse_the_same_file_twice(&files, &scan)?;
    let placed = pool::ordered(std::mem::take(&mut scan.frames))?;
    let (placed, merged) = without_duplicates(placed, args.duplicates, &files, &scan, &setting)?;
    let ranking = Ranking { files: &files, scan: &scan, setting: &setting, norms: &norms, placed: &placed, merged };
    let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| args.kind.shows(*kind)).collect();
    let top = args.top.or((format.name == "table").then_some(TABLE_TOP)).map_or(usize::MAX, |top| top as usize);
    let report = ranking.report(&Shown { kinds: &kinds, top, excluded: args.show_excluded, extra: &extra })?;
    if args.strict {
        refuse_rejects(&report)?;
    }
    write(args, format, &report)
}

fn output_format(args: &Args) -> Result<&'static Format> {
    match (&args.format, &args.output) {
        (Some(name), _) => present::named(name),
        (None, Some(path)) => present::of_file(path),
        (None, None) => present::named("table"),
    }
}

fn read_brief(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read the brief `{}`", path.display()))?;
    String::from_utf8(bytes).map_err(|_| {
        Failure::new(format!("the brief `{}` is not UTF-8", path.display())).hint("save it as UTF-8: editors ask for the encoding under `save as`").into()
    })
}

/// `-o` must not take the place of what is read.
fn refuse_to_overwrite(args: &Args) -> Result<()> {
    let Some(output) = &args.output else { return Ok(()) };
    let same = |input: &PathBuf| matches!((input.canonicalize(), output.canonicalize()), (Ok(input), Ok(output)) if input == output);
    if let Some(input) = args.files.iter().chain([&args.brief]).find(|input| same(input)) {
        bail!(Failure::usage(format!("`-o {}` would overwrite the input `{}`", output.display(), input.display())).hint("write to another file"));
    }
    if !args.force && present::is_foreign(output) {
        bail!(
            Failure::usage(format!("`{}` exists and was not written by kolscore", output.display()))
                .hint("write to another file, or replace it with `--force`")
        );
    }
    Ok(())
}

/// Rows without an id could not be merged, so the same bytes twice would show every creator twice.
fn refuse_the_same_file_twice(files: &[OpenFile<'_>], scan: &Scan) -> Result<()> {
    for (at, file) in scan.files.iter().enumerate() {
        if let Some(first) = scan.files[..at].iter().position(|other| other.digest == file.digest && other.records > 0) {
            bail!(
                Failure::usage(format!("`{}` and `{}` hold the same bytes", files[first].source.name(), files[at].source.name())).hint("name each export once")
            );
        }
    }
    Ok(())
}

fn open<'k>(args: &Args, brief: &Brief, knowledge: &'k Knowledge) -> Result<Vec<OpenFile<'k>>> {
    let mut mappings = brief.columns.clone();
    for argument in &args.maps {
        mappings.push(inputs::mapping(argument, knowledge)?);
    }
    let platform = match &args.platform {
        None => None,
        Some(name) => Some(knowledge.platforms.named(name).ok_or_else(|| {
            let close = did_you_mean(name, knowledge.platforms.names()).map_or(String::new(), |close| format!("did you mean `{close}`? "));
            Failure::usage(format!("no platform is called `{name}`"))
                .hint(format!("{close}platforms are {}", knowledge.platforms.names().collect::<Vec<_>>().join(", ")))
        })?),
    };
    inputs::open(&args.files, &mappings, platform, knowledge)
}

/// Leaves one row of each creator. Rows that contradict each other are for the policy to decide.
fn without_duplicates(placed: Vec<Placed>, policy: Policy, files: &[OpenFile<'_>], scan: &Scan, setting: &Setting<'_>) -> Result<(Vec<Placed>, u64)> {
    let groups = duplicates::groups(&placed);
    if groups.is_empty() {
        return Ok((placed, 0));
    }
    let wanted: Vec<Origin> = groups.iter().flatten().map(|at| placed[*at].origin).collect();
    let mut rows: Vec<Option<(Candidate, String)>> = vec![None; wanted.len()];
    details::visit(&wanted, files, scan, setting, |position, candidate, record, file| {
        rows[position] = Some((candidate.clone(), format!("{}:{}", file.source.name(), record.line())));
        Ok(())
    })?;
    let mut rows = rows.into_iter().flatten();
    let mut contradicting = Vec::new();
    let mut dropped = vec![false; placed.len()];
    for group in &groups {
        let members: Vec<(Candidate, String)> = rows.by_ref().take(group.len()).collect();
        let kept = match duplicates::keep(group, &members, &placed, policy) {
            Ok(kept) => kept,
            Err(failure) => {
                contradicting.push(failure);
                continue;
            }
        };
        group.iter().filter(|at| **at != kept).for_each(|at| dropped[*at] = true);
    }
    let others = contradicting.len().saturating_sub(1);
    if let Some(mut first) = contradicting.into_iter().next() {
        if others > 0 {
            let plural = if others == 1 { "" } else { "s" };
            first.message = format!("{}; so do the rows of {others} more creator{plural}", first.message);
        }
        bail!(first);
    }
    let merged = dropped.iter().filter(|gone| **gone).count() as u64;
    let placed = placed.into_iter().zip(dropped).filter(|(_, gone)| !gone).map(|(row, _)| row).collect();
    Ok((placed, merged))
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
    let to_stream = args.output.is_none();
    if let Some(path) = &args.output {
        present::write_file(path, report, format)?;
    } else {
        let width = args.width.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))).unwrap_or(100);
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        (format.write)(report, Medium::Stream { width }, &mut out)?;
        out.flush()?;
    }
    present::write_warnings(report, !(to_stream && format.name == "table"), &mut errors)?;
    if let Some(path) = &args.output {
        writeln!(errors, "wrote {}", path.display())?;
    }
    Ok(())
}
