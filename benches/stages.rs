//! The benchmark's table in, the time of each stage of a ranking out, each with all before it, beside what the `csv` crate takes for the file.
//!
//! `cargo bench --bench stages -- FILE BRIEF` (a file of `generate.rs` and its brief); `-- --test` takes a small table of its own.
//! Two threads, median of [`RUNS`] runs. It asserts nothing about time.

use std::{
    error::Error,
    fs,
    hint::black_box,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    thread,
    time::Instant,
};

use csv::ByteRecord;
use daachorse::CharwiseDoubleArrayAhoCorasick;
use kolscore::{
    brief::Brief,
    knowledge::Knowledge,
    normalize::{
        candidate::Candidate,
        plan::{self, Plan},
        row::{Findings, Normalizer, Outcome},
    },
    norms::{Norms, tally::Tallies},
    read::{Batch, Input, Source},
    score::{Scorer, text::Matcher},
};
use memchr::memchr_iter;

const THREADS: usize = 2;
const RUNS: usize = 3;
const TEST_FILE: &str = "id,platform,followers,titles,price_image\n1,小红书,900,宝宝辅食,50\n2,小红书,1900,\"米粉\n怎么选\",80\n3,抖音,5,,\n";
const TEST_BRIEF: &str = "[domain]\ncategories = { \"母婴/辅食\" = 1.0 }\n";

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn seconds(mut work: impl FnMut() -> Result<usize>) -> Result<f64> {
    let mut all = Vec::new();
    for _ in 0..RUNS {
        let start = Instant::now();
        black_box(work()?);
        all.push(start.elapsed().as_secs_f64());
    }
    all.sort_by(f64::total_cmp);
    Ok(all[RUNS / 2])
}

/// Where a record begins, at or after a byte: behind a line end that stands in no quotes.
fn boundary(bytes: &[u8], wanted: usize) -> usize {
    let mut quoted = memchr_iter(b'"', &bytes[..wanted]).count() % 2 == 1;
    for (at, byte) in bytes.iter().enumerate().skip(wanted) {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => return at + 1,
            _ => {}
        }
    }
    bytes.len()
}

/// All records of a file by the `csv` crate, two byte ranges at once; gives back how many cells there are.
fn by_csv_crate(path: &Path) -> Result<usize> {
    let bytes = fs::read(path)?;
    let middle = boundary(&bytes, bytes.len() / 2);
    let cells = |part: &[u8]| {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(part);
        let (mut record, mut cells) = (ByteRecord::new(), 0);
        while reader.read_byte_record(&mut record).unwrap_or(false) {
            cells += record.len();
        }
        cells
    };
    let (first, second) = bytes.split_at(middle);
    Ok(thread::scope(|scope| {
        let other = scope.spawn(|| cells(second));
        cells(first) + other.join().unwrap_or_default()
    }))
}

/// What one batch is put through.
struct Stages<'a> {
    source: &'a Source,
    plan: &'a Plan<'a>,
    knowledge: &'a Knowledge,
    scorer: &'a Scorer<'a>,
}

impl Stages<'_> {
    fn scan(&self, work: impl Fn(&Batch<'_>) -> anyhow::Result<usize> + Sync) -> Result<usize> {
        Ok(self.source.scan(THREADS, work)?.0.into_iter().sum())
    }

    fn cells(&self) -> Result<usize> {
        let width = self.source.headers().len();
        self.scan(|batch| {
            let mut bytes = 0;
            batch.for_each(|record| {
                bytes += (0..width).map(|at| record.cell(at).map_or(0, str::len)).sum::<usize>();
                Ok(())
            })?;
            Ok(bytes)
        })
    }

    /// Typed candidates, each handed to `next`.
    fn candidates(&self, next: impl Fn(&Candidate, &mut Tallies) -> usize + Sync) -> Result<usize> {
        // As a ranking does, each thread counts on where it was.
        let counts: Mutex<Vec<Tallies>> = Mutex::new(Vec::new());
        let idle = || counts.lock().unwrap_or_else(PoisonError::into_inner);
        self.scan(|batch| {
            let normalizer = Normalizer::new(self.plan, self.knowledge, None);
            let (mut candidate, mut findings) = (Candidate::default(), Findings::new(self.plan.columns.len()));
            let (mut sum, mut tallies) = (0, idle().pop().unwrap_or_default());
            batch.for_each(|record| {
                if normalizer.fill(record, &mut candidate, &mut findings) == Outcome::Candidate {
                    sum += next(&candidate, &mut tallies);
                }
                Ok(())
            })?;
            idle().push(tallies);
            Ok(sum)
        })
    }
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let (path, text) = if let [file, brief] = arguments.as_slice() {
        (PathBuf::from(file), fs::read_to_string(brief)?)
    } else {
        let path = std::env::temp_dir().join(format!("kolscore-stages-{}.csv", std::process::id()));
        fs::write(&path, TEST_FILE)?;
        (path, TEST_BRIEF.to_owned())
    };
    let knowledge = Knowledge::built_in()?;
    let brief = Brief::read("brief", &text, &[], &knowledge)?;
    let start = Instant::now();
    let matcher = Matcher::new(&brief, &knowledge.vocabulary)?;
    let compiled = start.elapsed().as_secs_f64();
    let terms: Vec<&str> = knowledge.vocabulary.iter().map(|(term, _)| term).collect();
    let automaton = CharwiseDoubleArrayAhoCorasick::<u32>::new(&terms).map_err(|error| error.to_string())?;
    let norms = Norms::built_in(&knowledge)?;
    let source = Source::open(&Input::Path(path.clone()))?;
    let plan = plan::plan(source.name(), source.headers(), &[], &knowledge)?;
    let scorer = Scorer::new(&brief, &norms, &matcher, &knowledge)?;
    let stages = Stages { source: &source, plan: &plan, knowledge: &knowledge, scorer: &scorer };
    let megabytes = source.size() as f64 / 1e6;
    let mut out = io::stdout().lock();
    writeln!(out, "{megabytes:.1} MB, {THREADS} threads, median of {RUNS} runs; each line from `read` on holds all above it, but the indented one\n")?;
    writeln!(out, "stage                                     s      MB/s")?;
    let mut line = |stage: &str, seconds: f64| writeln!(out, "{stage:<36} {seconds:>6.2} {:>9.0}", megabytes / seconds);
    line("terms compiled (one thread)", compiled)?;
    line("csv crate, every cell", seconds(|| by_csv_crate(&path))?)?;
    line("read: records and cells", seconds(|| stages.cells())?)?;
    line("+ normalize: typed candidates", seconds(|| stages.candidates(|candidate, _| candidate.metrics.len()))?)?;
    let every_match = |candidate: &Candidate, _: &mut Tallies| automaton.find_overlapping_iter(candidate.documents.text()).count();
    line("  + the automaton alone, every match", seconds(|| stages.candidates(every_match))?)?;
    line("+ text: hits of all lexicons", seconds(|| stages.candidates(|candidate, _| stages.scorer.hits(candidate).topics.documents))?)?;
    let counted = |candidate: &Candidate, tallies: &mut Tallies| {
        let hits = stages.scorer.hits(candidate);
        tallies.add(&stages.scorer.observe(candidate, &hits, stages.scorer.kind(candidate, &hits).kind));
        1
    };
    line("+ norms: counted", seconds(|| stages.candidates(counted))?)?;
    let bounded = |candidate: &Candidate, tallies: &mut Tallies| {
        let hits = stages.scorer.hits(candidate);
        let kind = stages.scorer.kind(candidate, &hits).kind;
        tallies.add(&stages.scorer.observe(candidate, &hits, kind));
        stages.scorer.ceiling(candidate, &hits, kind).map_or(0, |ceiling| ceiling as usize)
    };
    line("+ ceilings: the first reading of all", seconds(|| stages.candidates(bounded))?)?;
    let ranked = |candidate: &Candidate, _: &mut Tallies| stages.scorer.score(candidate, &stages.scorer.hits(candidate)).values.len();
    line("text and scores of all, no norms", seconds(|| stages.candidates(ranked))?)?;
    if arguments.len() != 2 {
        fs::remove_file(path)?;
    }
    Ok(())
}
