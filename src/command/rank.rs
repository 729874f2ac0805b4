//! `kolscore rank`: candidate files and a brief in, one board of KOLs and one of KOCs out.

use std::{io::Write, path::PathBuf};

use anyhow::{Context, Result, bail};
use clap::{ValueEnum, builder::NonEmptyStringValueParser};
use compact_str::CompactString;

use super::{
    details, flags,
    inputs::{self, OpenFile},
    scan::{self, Scan, Setting},
};
use crate::{
    brief::Brief,
    failure::{Failure, did_you_mean},
    knowledge::{Knowledge, norms::Norms},
    normalize::{
        candidate::{Candidate, Kind},
        field::FIELDS,
        fold::fold_label,
        plan::Origin as Decider,
        reject::Reject,
    },
    present::{
        self, Format, Medium,
        report::{Board, Counts, DimensionCell, Excluded, InputFile, Report, Row, Run},
    },
    read::Record,
    score::{DIMENSIONS, Scored, Scorer},
    select::{
        duplicates::{self, Policy},
        pool::{self, Origin, Placed},
    },
};

/// Candidates shown a board in a table, unless `--top` says otherwise; files and machine formats hold all.
const TABLE_TOP: usize = 20;

/// Arguments of `kolscore rank`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: kolscore rank -b examples/baby-food/brief.toml examples/baby-food/*.csv")]
pub struct Args {
    /// Candidate files (CSV, TSV); `-` is standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The brief (TOML)
    #[arg(short, long)]
    brief: PathBuf,
    /// Override a key of the brief, such as aim.goal=branding
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = NonEmptyStringValueParser::new())]
    sets: Vec<String>,
    /// Say what a column is, such as '报价=price_image:元'
    #[arg(long = "map", value_name = "HEADER=TARGET", value_parser = NonEmptyStringValueParser::new())]
    maps: Vec<String>,
    /// Platform of rows whose file does not say
    #[arg(long)]
    platform: Option<String>,
    /// Candidates a board [default: 20 in a table, all elsewhere]
    #[arg(short = 'n', long)]
    top: Option<usize>,
    /// Which boards
    #[arg(long, value_enum, default_value_t = Boards::All)]
    kind: Boards,
    /// Output format: table, csv, tsv, json [default: from the file's ending, else table]
    #[arg(short, long)]
    format: Option<String>,
    /// Write to a file, whole or not at all
    #[arg(short, long)]
    output: Option<PathBuf>,
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
    #[arg(long)]
    threads: Option<usize>,
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
    let knowledge = Knowledge::built_in()?;
    let text = std::fs::read_to_string(&args.brief).with_context(|| format!("cannot read the brief `{}`", args.brief.display()))?;
    let brief = Brief::read(&args.brief.display().to_string(), text.trim_start_matches('\u{feff}'), &args.sets, &knowledge)?;
    let norms = knowledge.built_in_norms()?;
    let threads = args.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get)).max(1);
    let files = open(args, &brief, &knowledge, threads)?;
    let extra = ExtraColumns::new(args, &files)?;
    let scorer = Scorer::new(&brief, &norms, &knowledge)?;
    let setting = Setting { brief: &brief, knowledge: &knowledge, scorer: &scorer };
    let mut scan = scan::scan(&files, &setting, threads)?;
    let placed = pool::ordered(std::mem::take(&mut scan.frames))?;
    let (placed, merged) = without_duplicates(placed, args.duplicates, &files, &scan, &setting)?;
    let report = report(args, format, &norms, &files, &scan, &setting, &placed, merged, &extra)?;
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

fn open<'k>(args: &Args, brief: &Brief, knowledge: &'k Knowledge, threads: usize) -> Result<Vec<OpenFile<'k>>> {
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
    inputs::open(&args.files, &mappings, platform, threads, knowledge)
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
    let mut dropped = vec![false; placed.len()];
    for group in &groups {
        let members: Vec<(Candidate, String)> = rows.by_ref().take(group.len()).collect();
        let kept = duplicates::keep(group, &members, &placed, policy)?;
        group.iter().filter(|at| **at != kept).for_each(|at| dropped[*at] = true);
    }
    let merged = dropped.iter().filter(|gone| **gone).count() as u64;
    let placed = placed.into_iter().zip(dropped).filter(|(_, gone)| !gone).map(|(row, _)| row).collect();
    Ok((placed, merged))
}

#[expect(clippy::too_many_arguments, reason = "the report is where everything comes together")]
fn report(
    args: &Args,
    format: &Format,
    norms: &Norms,
    files: &[OpenFile<'_>],
    scan: &Scan,
    setting: &Setting<'_>,
    placed: &[Placed],
    merged: u64,
    extra: &ExtraColumns,
) -> Result<Report> {
    let cut = args.top.or((format.name == "table").then_some(TABLE_TOP)).unwrap_or(usize::MAX);
    let mut boards = Vec::new();
    for kind in Kind::ALL.into_iter().filter(|kind| args.kind.shows(*kind)) {
        let of_kind: Vec<&Placed> = placed.iter().filter(|row| row.kind == kind).collect();
        let shown: Vec<Origin> = of_kind.iter().take(cut).map(|row| row.origin).collect();
        let mut candidates: Vec<Option<Row>> = vec![None; shown.len()];
        details::visit(&shown, files, scan, setting, |position, candidate, record, file| {
            let mut row = row(candidate, setting, extra.cells(candidate, record, file, setting));
            row.rank = of_kind[position].scored.then_some(position + 1);
            candidates[position] = Some(row);
            Ok(())
        })?;
        boards.push(Board { kind, total: of_kind.len(), candidates: candidates.into_iter().flatten().collect() });
    }
    let excluded = if args.show_excluded { excluded(files, scan, setting)? } else { Vec::new() };
    Ok(Report { run: run_facts(norms, files, scan, setting, placed, merged), boards, excluded, extra_columns: extra.names.clone() })
}

fn row(candidate: &Candidate, setting: &Setting<'_>, extra: Vec<String>) -> Row {
    let hits = setting.scorer.hits(candidate);
    let Scored { kind, values, total } = &setting.scorer.score(candidate, &hits);
    let weights = setting.scorer.weights(kind.kind);
    let dimensions = DIMENSIONS.iter().enumerate().map(|(at, dimension)| DimensionCell {
        name: dimension.name,
        value: (dimension.asked)(setting.brief).then_some(values[at].mid),
        lo: values[at].lo,
        hi: values[at].hi,
        weight: weights.weights[at],
        points: total.points[at],
        known: values[at].known,
    });
    let scored = Scored { kind: *kind, values: values.clone(), total: total.clone() };
    Row {
        rank: None,
        kind: kind.kind,
        id: candidate.identity().to_owned(),
        name: candidate.name.clone(),
        platform: setting.platform(candidate).to_owned(),
        score: total.score,
        lo: total.lo,
        hi: total.hi,
        coverage: total.coverage,
        dimensions: dimensions.collect(),
        gate: (total.gate.factor, total.gate.limited_by.map(|at| DIMENSIONS[at].name), total.gate.points),
        followers: candidate.followers,
        price: setting.price(candidate),
        flags: flags::flags(candidate, &scored, setting),
        extra,
    }
}

fn excluded(files: &[OpenFile<'_>], scan: &Scan, setting: &Setting<'_>) -> Result<Vec<Excluded>> {
    let origins: Vec<Origin> = scan.excluded.iter().map(|(origin, _)| *origin).collect();
    let mut rows = Vec::new();
    details::visit(&origins, files, scan, setting, |position, candidate, record, file| {
        let exclusion = &scan.excluded[position].1;
        rows.push(Excluded {
            place: format!("{}:{}", file.source.name(), record.line()),
            id: candidate.identity().to_owned(),
            name: candidate.name.clone(),
            rule: exclusion.rule.to_owned(),
            detail: exclusion.detail.clone(),
        });
        Ok(())
    })?;
    Ok(rows)
}

fn run_facts(norms: &Norms, files: &[OpenFile<'_>], scan: &Scan, setting: &Setting<'_>, placed: &[Placed], merged: u64) -> Run {
    let mut exclusions: std::collections::BTreeMap<&str, u64> = std::collections::BTreeMap::new();
    scan.excluded.iter().for_each(|(_, exclusion)| *exclusions.entry(exclusion.rule).or_default() += 1);
    let sum = |count: fn(&scan::FileScan) -> u64| scan.files.iter().map(count).sum();
    let ranked = placed.iter().filter(|row| row.scored).count() as u64;
    let counts = Counts {
        records: sum(|file| file.records),
        ranked,
        unscored: placed.len() as u64 - ranked,
        excluded: scan.excluded.len() as u64,
        merged,
        rejected_rows: sum(|file| file.findings.rejects.rows),
        rejected_cells: sum(|file| file.findings.rejects.cells),
        blank: sum(|file| file.blank),
    };
    let weights = Kind::ALL.map(|kind| {
        let weights = &setting.scorer.weights(kind).weights;
        (kind, DIMENSIONS.iter().zip(weights).filter(|(_, weight)| **weight > 0.0).map(|(dimension, weight)| (dimension.name, *weight)).collect())
    });
    Run {
        version: env!("CARGO_PKG_VERSION"),
        brand: setting.brief.brand.clone(),
        brief: setting.brief.hash.clone(),
        norms: (norms.id.clone(), norms.hash.clone()),
        weights: weights.into(),
        inputs: files.iter().zip(&scan.files).map(|(file, scanned)| input_facts(file, scanned)).collect(),
        exclusions: exclusions.into_iter().map(|(rule, count)| (rule.to_owned(), count)).collect(),
        counts,
    }
}

fn input_facts(file: &OpenFile<'_>, scanned: &scan::FileScan) -> InputFile {
    let rejects = &scanned.findings.rejects;
    InputFile {
        path: file.source.name().to_owned(),
        digest: scanned.digest.clone(),
        container: file.source.container().to_string(),
        pack: file.plan.pack.id.clone(),
        records: scanned.records,
        decisions: file.decisions.clone(),
        rejects: rejects.kept.clone(),
        rejected: rejects.rows + rejects.cells,
        untouched: file.plan.columns.iter().filter(|column| column.origin == Decider::Nobody).map(|column| column.name.clone()).collect(),
    }
}

fn refuse_rejects(report: &Report) -> Result<()> {
    let first = report.run.inputs.iter().find_map(|file| Some((file, file.rejects.first()?)));
    if let Some((file, Reject { line, column, cell, reason, .. })) = first {
        let all: u64 = report.run.inputs.iter().map(|file| file.rejected).sum();
        bail!(
            Failure::new(format!("{}:{line}: column `{column}`: `{cell}` is {reason} (and {} more)", file.path, all - 1))
                .hint("mend the cells, or leave `--strict` out to rank with them as unknown")
        );
    }
    Ok(())
}

fn write(args: &Args, format: &Format, report: &Report) -> Result<()> {
    let mut errors = std::io::stderr().lock();
    let to_stream = args.output.is_none();
    match &args.output {
        Some(path) => present::write_file(path, report, format)?,
        None => {
            let width = args.width.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))).unwrap_or(100);
            let mut out = std::io::BufWriter::new(std::io::stdout().lock());
            (format.write)(report, Medium::Stream { width }, &mut out)?;
            out.flush()?;
        }
    }
    present::write_warnings(report, !(to_stream && format.name == "table"), &mut errors)?;
    if let Some(path) = &args.output {
        writeln!(errors, "wrote {}", path.display())?;
    }
    Ok(())
}

/// Columns behind the fixed ones.
struct ExtraColumns {
    names: Vec<String>,
    sources: Vec<Extra>,
}

enum Extra {
    /// A candidate field, by its position in [`FIELDS`].
    Field(&'static str),
    /// A column of the files, by its folded name.
    Header(CompactString),
}

/// Fields that `--columns` can add: those with one text or number.
const FIELD_COLUMNS: &[&str] = &["handle", "url", "mcn", "verified", "location", "as_of", "posts_30d", "followers_growth_30d", "currency"];

impl ExtraColumns {
    fn new(args: &Args, files: &[OpenFile<'_>]) -> Result<Self> {
        let mut columns = Self { names: Vec::new(), sources: Vec::new() };
        let headers: Vec<&str> = files.iter().flat_map(|file| file.source.headers().iter().map(|header| header.name.as_str())).collect();
        for name in &args.columns {
            if let Some(header) = headers.iter().find(|header| fold_label(header) == fold_label(name)) {
                columns.add(header, Extra::Header(fold_label(header)));
            } else if let Some(field) = FIELD_COLUMNS.iter().find(|field| *field == name) {
                columns.add(field, Extra::Field(field));
            } else {
                let known = headers.iter().copied().chain(FIELD_COLUMNS.iter().copied());
                let close = did_you_mean(name, known).map_or(String::new(), |close| format!("did you mean `{close}`? "));
                bail!(
                    Failure::usage(format!("`--columns`: no file has the column `{name}`"))
                        .hint(format!("{close}besides the files' headers there are {}", FIELD_COLUMNS.join(", ")))
                );
            }
        }
        if args.keep_all {
            for header in headers {
                let folded = fold_label(header);
                if !columns.sources.iter().any(|source| matches!(source, Extra::Header(known) if *known == folded)) {
                    columns.add(header, Extra::Header(folded));
                }
            }
        }
        Ok(columns)
    }

    /// Adds a column; a header that is called like one of ours says that it is the file's.
    fn add(&mut self, name: &str, source: Extra) {
        let ours = ["rank", "kind", "id", "name", "platform", "score", "score_lo", "score_hi", "coverage", "followers", "price", "flags"];
        let clashes = ours.contains(&name) || DIMENSIONS.iter().any(|dimension| dimension.name == name);
        let one_line: String = name.split_whitespace().collect::<Vec<_>>().join(" ");
        self.names.push(if clashes { format!("{one_line} (file)") } else { one_line });
        self.sources.push(source);
    }

    fn cells(&self, candidate: &Candidate, record: &Record<'_>, file: &OpenFile<'_>, setting: &Setting<'_>) -> Vec<String> {
        let _ = (FIELDS, setting);
        let header = |folded: &CompactString| {
            let at = file.plan.columns.iter().position(|column| fold_label(&column.name) == *folded)?;
            Some(record.cell(at).map_or_else(|invalid| invalid.shown, str::to_owned))
        };
        self.sources
            .iter()
            .map(|source| match source {
                Extra::Header(folded) => header(folded).unwrap_or_default(),
                Extra::Field(name) => field_text(candidate, name),
            })
            .collect()
    }
}

fn field_text(candidate: &Candidate, field: &str) -> String {
    let number = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
    match field {
        "handle" => candidate.handle.clone(),
        "url" => candidate.url.clone(),
        "mcn" => candidate.mcn.clone(),
        "verified" => candidate.verified.clone(),
        "location" => candidate.location.clone(),
        "as_of" => candidate.as_of.map_or(String::new(), |(year, month, day)| format!("{year:04}-{month:02}-{day:02}")),
        "posts_30d" => number(candidate.posts_30d),
        "followers_growth_30d" => number(candidate.followers_growth_30d),
        _ => candidate.currency.clone(),
    }
}
