//! `kolscore score`: candidates in, scored candidates out, row by row in their order, in constant memory: the filter that an engine runs on every part.
//!
//! With norms from a file a score depends on nobody else, and neither does anything here: rows are not joined, sorted or cut. What would need a look
//! at all rows first has to be declared.

use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Result, bail};

use super::{
    details,
    extra::ExtraColumns,
    inputs::OpenFile,
    output::OutputArgs,
    pool::{PoolArgs, Ready},
    progress::Progress,
    report,
    scan::FileScan,
    setting::Setting,
};
use crate::{
    failure::Failure,
    normalize::{
        candidate::Candidate,
        decide::{self, Decision},
        plausible,
        row::Outcome,
    },
    present::{
        self, Medium,
        lang::Lang,
        report::{Counts, Report},
        scored::{Layout, RowFormat, ScoredRow, row_format},
    },
    read::{Batch, Form, Record},
    score::figures,
    select::{
        eligible, key,
        pool::{Entry, Origin},
    },
};

/// Arguments of `kolscore score`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: kolscore norms candidates.csv -b brief.toml -o norms.json && kolscore score --norms norms.json -b brief.toml < candidates.csv > scored.csv\nSorted by `sort_key`, byte by byte, the rows of one `kind` stand as `kolscore rank` has them."
)]
pub struct Args {
    /// Candidate files, or an Arrow stream; `-` is standard input, which is not held
    #[arg(default_value = "-")]
    files: Vec<PathBuf>,
    /// The brief (TOML)
    #[arg(short, long)]
    brief: PathBuf,
    /// Peer statistics made by `kolscore norms`
    #[arg(long, value_name = "FILE")]
    norms: PathBuf,
    #[command(flatten)]
    pool: PoolArgs,
    /// Arrow IPC stream in and out
    #[arg(long, conflicts_with = "format")]
    arrow: bool,
    /// Output format: csv, tsv, jsonl, arrow [default: from the file's ending, else csv]
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
    /// Keep candidates that the brief's rules exclude, without a score, and add a column that names the rule
    #[arg(long)]
    show_excluded: bool,
}

/// Runs the command.
///
/// # Errors
/// A file or the brief stopped it (exit 1), or the arguments were wrong (exit 2). Rows before what stopped it have been written.
pub fn run(args: &Args) -> Result<()> {
    let format = output_format(args)?;
    args.output.refuse_inputs(args.files.iter().chain([&args.brief, &args.norms]))?;
    args.output.refuse_foreign()?;
    let ready = Ready::new(&args.pool, Some(&args.brief))?;
    let files = ready.open_once(&args.files)?;
    refuse_other_containers(args, &files)?;
    let extra = ExtraColumns::new(&args.columns, args.keep_all, &files)?;
    let (norms, _) = ready.norms(Some(&args.norms), &mut [])?;
    let setting = ready.setting(&norms)?;
    let layout = layout(args, &extra, &setting);
    let filter = Filter { format, layout, extra: &extra, setting: &setting };
    let mut done = Vec::new();
    args.output.write(|out| {
        out.write_all(&piece(|piece| (format.begin)(&filter.layout, piece))?)?;
        for file in &files {
            done.push(filter.file(file, ready.threads(), out)?);
        }
        Ok(out.write_all(&piece(format.end)?)?)
    })?;
    summary(args, files, done, &setting)
}

fn output_format(args: &Args) -> Result<&'static RowFormat> {
    let of_ending = |path: &Path| row_format(&path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase());
    match (args.arrow, &args.format, &args.output.output) {
        (true, _, _) => row_format("arrow"),
        (_, Some(name), _) => row_format(name),
        (_, None, Some(path)) => of_ending(path),
        (_, None, None) => row_format("csv"),
    }
}

/// `--arrow` says what comes in, too.
fn refuse_other_containers(args: &Args, files: &[OpenFile<'_>]) -> Result<()> {
    let other = files.iter().find(|file| args.arrow && file.source.container().form != Form::Arrow);
    if let Some(file) = other {
        bail!(
            Failure::usage(format!("`{}` is no Arrow stream: {}", file.source.name(), file.source.container()))
                .hint("leave `--arrow` out; `-f arrow` writes an Arrow stream whatever is read")
        );
    }
    Ok(())
}

fn layout(args: &Args, extra: &ExtraColumns, setting: &Setting<'_>) -> Layout {
    let own = report::own_data(setting.knowledge).map(|data| ("data", data.hash));
    let made_with = [("version", env!("CARGO_PKG_VERSION").to_owned()), ("brief", setting.brief.hash.clone()), ("norms", setting.norms.hash.clone())];
    Layout {
        extra: extra.names.clone(),
        with_excluded: args.show_excluded,
        medium: if args.output.output.is_some() { Medium::File } else { Medium::Stream { width: 0, color: false } },
        made_with: made_with.into_iter().chain(own).collect(),
    }
}

/// What one file, or a part of it, gave beside its rows.
struct Done {
    placed: Counts,
    exclusions: BTreeMap<&'static str, u64>,
    scan: FileScan,
    /// Which columns have shown that they hold per cent.
    settled: Vec<bool>,
}

impl Done {
    fn new(columns: usize) -> Self {
        Self { placed: Counts::default(), exclusions: BTreeMap::new(), scan: FileScan::new(columns), settled: vec![false; columns] }
    }

    fn add(&mut self, later: Self) {
        self.placed.scored += later.placed.scored;
        self.placed.unscored += later.placed.unscored;
        self.placed.excluded += later.placed.excluded;
        later.exclusions.into_iter().for_each(|(rule, count)| *self.exclusions.entry(rule).or_default() += count);
        self.scan.records += later.scan.records;
        self.scan.blank += later.scan.blank;
        self.scan.findings.append(later.scan.findings);
    }
}

/// What turns the records of a batch into a piece of the output.
struct Filter<'a> {
    format: &'static RowFormat,
    layout: Layout,
    extra: &'a ExtraColumns,
    setting: &'a Setting<'a>,
}

/// A piece of the output.
fn piece(write: impl FnOnce(&mut Vec<u8>) -> Result<()>) -> Result<Vec<u8>> {
    let mut piece = Vec::new();
    write(&mut piece)?;
    Ok(piece)
}

impl Filter<'_> {
    /// Scores a file, batches in parallel, and writes them in their order. Nothing of a batch is written before what was read so far is sound.
    fn file(&self, file: &OpenFile<'_>, threads: usize, out: &mut (dyn Write + Send)) -> Result<Done> {
        let progress = Progress::of("scoring", file.source.name(), file.source.size());
        let mut whole = Done::new(file.plan.columns.len());
        let work = |batch: &Batch<'_>| {
            let (piece, part) = self.batch(file, batch)?;
            progress.add(batch.span().len);
            Ok((piece, part, batch.span().line))
        };
        file.source.in_order(threads, work, |(piece, part, line)| {
            let name = file.source.name();
            decide::settle_shares((name, line), &file.plan, &part.scan.findings.tallies, &mut whole.settled)?;
            whole.add(part);
            let seen = &whole.scan.findings;
            decide::refuse_misnamed(name, &file.plan, &seen.tallies, &seen.rejects.kept)?;
            if let Some(failure) = plausible::problem(name, &file.plan, &seen.cpm) {
                return Err(failure.into());
            }
            Ok(out.write_all(&piece)?)
        })?;
        Ok(whole)
    }

    fn batch(&self, file: &OpenFile<'_>, batch: &Batch<'_>) -> Result<(Vec<u8>, Done)> {
        let normalizer = file.normalizer(self.setting.knowledge);
        let (mut candidate, mut part, mut rows) = (Candidate::default(), Done::new(file.plan.columns.len()), Vec::new());
        batch.for_each(|record| {
            part.scan.records += 1;
            match normalizer.fill(record, &mut candidate, &mut part.scan.findings) {
                Outcome::Blank => part.scan.blank += 1,
                Outcome::Rejected => {}
                Outcome::Candidate => rows.extend(self.row(&candidate, (record, file), normalizer.content(record), &mut part)),
            }
            Ok(())
        })?;
        Ok((piece(|piece| (self.format.rows)(&rows, &self.layout, piece))?, part))
    }

    /// The candidate with its score; nothing where it is excluded and not asked for.
    fn row(&self, candidate: &Candidate, (record, file): (&Record<'_>, &OpenFile<'_>), content: u64, part: &mut Done) -> Option<ScoredRow> {
        let setting = self.setting;
        let hits = setting.scorer.hits(candidate);
        let (price, platform) = (figures::price(candidate, setting.brief), setting.platform(candidate));
        let excluded = eligible::exclusion(candidate, &hits, price, setting.brief, (platform, &setting.knowledge.regions)).map(|exclusion| exclusion.rule);
        if let Some(rule) = excluded {
            part.placed.excluded += 1;
            *part.exclusions.entry(rule).or_default() += 1;
            if !self.layout.with_excluded {
                return None;
            }
        }
        let source = details::Row::alone(record, file);
        let mut row = report::row(candidate, &hits, setting, self.extra.cells(candidate, &source), false);
        if self.format.with_digest {
            row.digest = report::digest(&source);
        }
        let score = row.score.filter(|_| excluded.is_none());
        if excluded.is_none() {
            part.placed.scored += u64::from(score.is_some());
            part.placed.unscored += u64::from(score.is_none());
        }
        let identity = candidate.key(platform);
        let key = key::key(&Entry {
            origin: Origin { file: 0, batch: 0, row: 0 },
            kind: row.kind,
            score,
            vector: Vec::new(),
            coverage: row.coverage,
            price,
            followers: candidate.followers,
            identity: &identity,
            name: if identity.is_empty() { &candidate.name } else { "" },
            content,
        });
        Some(ScoredRow { row, key, excluded })
    }
}

/// Says on standard error what was read, refused and left out, and what the scores are made with.
fn summary(args: &Args, mut files: Vec<OpenFile<'_>>, done: Vec<Done>, setting: &Setting<'_>) -> Result<()> {
    let mut whole = Done::new(0);
    let mut scanned = Vec::new();
    for (file, done) in files.iter_mut().zip(done) {
        let tallies = done.scan.findings.tallies.iter().zip(&done.settled);
        let settled = file.plan.columns.iter().zip(tallies).filter(|(_, (_, settled))| **settled);
        let largest = settled.map(|(column, (tally, _))| (column.name.clone(), tally.largest_bare.unwrap_or_default()));
        let decision = |(column, largest)| Decision { column, text: decide::per_cent(largest) };
        file.decisions = largest.map(decision).collect();
        let Done { placed, exclusions, scan, settled } = done;
        whole.add(Done { placed, exclusions, scan: Done::new(0).scan, settled });
        scanned.push(scan);
    }
    let notes = report::file_notes(&files, setting).into_iter().chain(report::norm_notes(setting)).collect();
    let lang = Lang::of(setting.brief.settings.iter().map(|(_, value)| value.as_str()));
    let run = report::run((&files, &scanned), (whole.placed, whole.exclusions), notes, setting, lang);
    let mut errors = std::io::stderr().lock();
    present::write_warnings(&Report { run, boards: Vec::new(), excluded: Vec::new(), extra_columns: Vec::new() }, true, &mut errors)?;
    if let Some(path) = &args.output.output {
        writeln!(errors, "wrote {}", path.display())?;
    }
    Ok(())
}
