//! Arguments of every command that reads candidates in; brief, files, norms and the ranked pool out, a step a function.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use clap::builder::NonEmptyStringValueParser;

use super::{
    inputs::{self, OpenFile, Reading},
    join,
    scan::{self, Aim, Scan},
    scoring,
    setting::{RankBy, Setting},
};
use crate::{
    brief::Brief,
    failure::{Failure, did_you_mean},
    knowledge::Knowledge,
    normalize::{plan::Mapping, target::Target},
    norms::{self, Norms, Terms, tally::Tallies},
    read::Layout,
    score::{Scorer, text::Matcher},
    select::{
        duplicates::Policy,
        pool::{self, Frame, Origin, Placed},
        prospect::Bar,
    },
};

/// Arguments of every command that reads candidates.
#[derive(Debug, clap::Args)]
pub(super) struct PoolArgs {
    /// Override a key of the brief, such as `aim.goal=branding`
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = NonEmptyStringValueParser::new())]
    sets: Vec<String>,
    /// Say what a column is, such as `报价=price_image:元`
    #[arg(long = "map", value_name = "HEADER=TARGET", value_parser = NonEmptyStringValueParser::new())]
    maps: Vec<String>,
    /// Platform of rows whose file does not say
    #[arg(long)]
    platform: Option<String>,
    /// Folder of your own format packs
    #[arg(long, value_name = "DIR")]
    formats: Option<PathBuf>,
    #[command(flatten)]
    data: DataArgs,
    /// Sheet of a workbook (or array of JSON) that holds the candidates
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// Rows of header, where the file does not show it
    #[arg(long, value_name = "1|2", value_parser = clap::value_parser!(u8).range(1..=2))]
    header_rows: Option<u8>,
    /// Threads for reading and scoring [default: all cores]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

/// Argument of every command that uses what is built in.
#[derive(Debug, clap::Args)]
pub(super) struct DataArgs {
    /// Folder of your own data files, laid over the built-in ones: `lexicons/*.toml`, `categories.toml`, …
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl DataArgs {
    /// What is built in, with the user's files laid over it.
    pub(super) fn knowledge(&self) -> Result<Knowledge> {
        self.data.as_deref().map_or_else(Knowledge::built_in, Knowledge::with_data)
    }
}

/// Arguments of every command that puts candidates in order.
#[derive(Debug, clap::Args)]
pub(super) struct OrderArgs {
    /// Peer statistics made by `kolscore norms` [default: of the candidates themselves]
    #[arg(long, value_name = "FILE")]
    pub(super) norms: Option<PathBuf>,
    /// What ranks: the score, or the least that it could be
    #[arg(long, value_enum, default_value_t = RankBy::Score)]
    pub(super) rank_by: RankBy,
    /// Rows of one creator that contradict each other
    #[arg(long, value_enum, default_value_t = Policy::Error)]
    pub(super) duplicates: Policy,
}

/// What is known before a file is opened.
pub(super) struct Ready<'a> {
    args: &'a PoolArgs,
    pub(super) knowledge: Knowledge,
    pub(super) brief: Brief,
    matcher: Matcher,
}

/// The pool in its order, one row a creator.
pub(super) struct Ranked {
    pub(super) scan: Scan,
    /// The first of each board, as many as were asked for.
    pub(super) placed: Vec<Placed>,
    /// Candidates of each board.
    pub(super) totals: [usize; 2],
    /// How many of them have no score, for nothing is known.
    pub(super) unscored: usize,
    /// Rows of creators who stand in another row.
    pub(super) merged: u64,
    /// The rows that are joined to a placed one, in the order in which they fill what is unknown.
    pub(super) joined: HashMap<Origin, Vec<Origin>>,
}

impl<'a> Ready<'a> {
    /// Reads the brief and compiles its words; without a brief nothing is asked for.
    pub(super) fn new(args: &'a PoolArgs, brief: Option<&Path>) -> Result<Self> {
        Self::with(args, brief, &[])
    }

    /// The same, with more keys of the brief set.
    pub(super) fn with(args: &'a PoolArgs, brief: Option<&Path>, more: &[String]) -> Result<Self> {
        let sets = [args.sets.as_slice(), more].concat();
        let mut knowledge = args.data.knowledge()?;
        if let Some(folder) = &args.formats {
            knowledge.add_formats(folder)?;
        }
        let brief = match brief {
            Some(path) => Brief::read(&path.display().to_string(), read_text(path, "brief")?.trim_start_matches('\u{feff}'), &sets, &knowledge)?,
            None => Brief::empty(&sets, &knowledge)?,
        };
        let matcher = Matcher::new(&brief, &knowledge.vocabulary)?;
        Ok(Self { args, knowledge, brief, matcher })
    }

    /// Opens the files and plans their columns.
    pub(super) fn open(&self, files: &[PathBuf]) -> Result<Vec<OpenFile<'_>>> {
        Self::open_by(&self.reading()?, files)
    }

    /// The same, for records that are read once, in their order.
    pub(super) fn open_once(&self, files: &[PathBuf]) -> Result<Vec<OpenFile<'_>>> {
        if files.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
            bail!(Failure::usage("`-` stands twice, and standard input comes once").hint("name each file, or pipe one table in"));
        }
        Self::open_by(&Reading { once: true, ..self.reading()? }, files)
    }

    /// The same as [`Self::open`], with a column that is not read, whatever it holds.
    pub(super) fn open_without(&self, column: &str, files: &[PathBuf]) -> Result<Vec<OpenFile<'_>>> {
        let mut reading = self.reading()?;
        reading.mappings.push(Mapping { header: column.to_owned(), target: Target::untouched() });
        Self::open_by(&reading, files)
    }

    fn open_by<'k>(reading: &Reading<'k>, files: &[PathBuf]) -> Result<Vec<OpenFile<'k>>> {
        let files = files.iter().enumerate().map(|(index, path)| reading.planned(index, path)).collect::<Result<Vec<_>>>()?;
        inputs::every_argument_is_used(&reading.of_arguments, &files)?;
        Ok(files)
    }

    /// How files are opened and their columns planned.
    pub(super) fn reading(&self) -> Result<Reading<'_>> {
        let knowledge = &self.knowledge;
        let of_arguments = self.args.maps.iter().map(|argument| inputs::mapping(argument, knowledge)).collect::<Result<Vec<_>>>()?;
        let platform = match &self.args.platform {
            None => None,
            Some(name) => Some(knowledge.platforms.named(name).ok_or_else(|| {
                let close = did_you_mean(name, knowledge.platforms.names()).map_or(String::new(), |close| format!("did you mean `{close}`? "));
                Failure::usage(format!("no platform is called `{name}`"))
                    .hint(format!("{close}platforms are {}", knowledge.platforms.names().collect::<Vec<_>>().join(", ")))
            })?),
        };
        let layout = Layout { sheet: self.args.sheet.clone(), header_rows: self.args.header_rows };
        Ok(Reading { mappings: [self.brief.columns.as_slice(), &of_arguments].concat(), of_arguments, platform, layout, once: false, knowledge })
    }

    /// Threads for reading and scoring.
    pub(super) fn threads(&self) -> usize {
        self.args.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get), usize::from)
    }

    /// What the brief's figures, quotes and audience are.
    pub(super) fn terms(&self) -> Terms {
        let Brief { metrics, budget, .. } = &self.brief;
        Terms { scope: metrics.scope, window_days: metrics.window_days, format: budget.format, currency: budget.currency.clone(), target: self.brief.target() }
    }

    /// Counts what is usual in the files.
    pub(super) fn tallies(&self, files: &mut [OpenFile<'_>]) -> Result<Tallies> {
        Ok(self.counted(files)?.tallies)
    }

    fn counted(&self, files: &mut [OpenFile<'_>]) -> Result<Scan> {
        let built_in = Norms::built_in(&self.knowledge)?;
        scan::scan(files, &self.setting(&built_in)?, Aim::Count, self.threads())
    }

    /// Norms of a file, else of the candidates themselves, with what was seen when these were counted.
    pub(super) fn norms(&self, file: Option<&Path>, files: &mut [OpenFile<'_>]) -> Result<(Norms, Option<Scan>)> {
        let wanted = self.terms();
        let of = |id: &str, tallies: &Tallies, made: &Terms| Norms::of_pool(id, tallies, made, &wanted, self.brief.constants.norms, &self.knowledge);
        if let Some(path) = file {
            let name = path.display().to_string();
            let (tallies, made) = norms::read(&name, &read_text(path, "norms")?, &self.knowledge)?;
            refuse_other_figures(&name, &made, &wanted)?;
            return Ok((of(&name, &tallies, &made)?, None));
        }
        let mut scan = self.counted(files)?;
        let tallies = std::mem::take(&mut scan.tallies);
        Ok((of("pool", &tallies, &wanted)?, Some(scan)))
    }

    /// What candidates are scored with.
    pub(super) fn setting<'s>(&'s self, norms: &'s Norms) -> Result<Setting<'s>> {
        let scorer = Scorer::new(&self.brief, norms, &self.matcher, &self.knowledge)?;
        Ok(Setting { brief: &self.brief, knowledge: &self.knowledge, norms, scorer, by: RankBy::Score, vectors: false })
    }

    /// A scorer for another brief with the same words.
    pub(super) fn scorer<'s>(&'s self, brief: &'s Brief, norms: &'s Norms) -> Result<Scorer<'s>> {
        Scorer::new(brief, norms, &self.matcher, &self.knowledge)
    }

    /// Puts candidates in order, one row a creator: the `best` of each board, or everybody. `counted` is what was seen when norms were counted.
    pub(super) fn rank(&self, files: &mut [OpenFile<'_>], counted: Option<Scan>, setting: &Setting<'_>, policy: Policy, best: Option<usize>) -> Result<Ranked> {
        let bar = Bar::new(best);
        let scored = counted.is_none();
        let mut scan = match counted {
            Some(scan) => scan,
            None => scan::scan(files, setting, Aim::Score(&bar), self.threads())?,
        };
        refuse_the_same_file_twice(files, &scan)?;
        let mut frames = std::mem::take(&mut scan.frames);
        // Rows that are joined may have kept others below the bar that was reached with them.
        let joined = join::joined(&mut scan, policy, files, setting)?;
        let of_frames = || frames.iter().map(Frame::origins).collect::<Result<Vec<_>>>();
        let kept_out = best.is_some() && of_frames()?.iter().flatten().any(|origin| joined.gone.contains(origin));
        let mut unscored = 0;
        if !scored || kept_out {
            let bar = Bar::new(best);
            let rescored = scoring::scored(files, &scan, &joined.gone, setting, &bar, self.threads())?;
            (frames, unscored) = (rescored.frames, rescored.unscored);
        } else {
            frames = frames.into_iter().map(|frame| frame.without(&joined.gone)).collect::<Result<_>>()?;
        }
        let (mut totals, without) = joined.pool.counts();
        unscored += without;
        for (prospect, _) in scan.prospects().filter(|(_, origin)| !joined.gone.contains(origin)) {
            totals[prospect.kind() as usize] += 1;
            unscored += usize::from(prospect.ceiling() == 0);
        }
        frames.push(joined.pool.into_frame()?);
        let placed = pool::first(pool::ordered(frames)?, best);
        Ok(Ranked { scan, placed, totals, unscored, merged: joined.merged, joined: joined.others })
    }
}

/// The text of a file that the user wrote.
pub(super) fn read_text(path: &Path, what: &str) -> Result<String> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read the {what} `{}`", path.display()))?;
    String::from_utf8(bytes).map_err(|_| {
        Failure::new(format!("the {what} `{}` is not UTF-8", path.display())).hint("save it as UTF-8: editors ask for the encoding under `save as`").into()
    })
}

/// Figures of another scope or window would be compared with what they are not.
fn refuse_other_figures(name: &str, made: &Terms, wanted: &Terms) -> Result<()> {
    if (made.scope, made.window_days) != (wanted.scope, wanted.window_days) {
        bail!(
            Failure::new(format!(
                "`{name}` was made of {} figures of {} days, and the brief compares {} figures of {} days",
                made.scope.name(),
                made.window_days,
                wanted.scope.name(),
                wanted.window_days
            ))
            .hint("make norms with this brief: `kolscore norms FILES -b BRIEF -o norms.json`")
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
