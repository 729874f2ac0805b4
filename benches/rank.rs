//! An invented table of candidates in, the time and the memory of `kolscore rank` out, on one thread and on two.
//!
//! `cargo bench --bench rank`, with `KOLSCORE_BENCH_ROWS` for another number of rows; `-- --test` takes a small table and one run.
//! It fails when a run fails or when two runs print different bytes. It asserts nothing about time.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

// Its `main` is called by nobody here.
#[allow(dead_code)]
#[path = "generate.rs"]
mod generate;

const BINARY: &str = env!("CARGO_BIN_EXE_kolscore");
const SEED: u64 = 1;
const ROWS: u64 = 1_000_000;
const TEST_ROWS: u64 = 2_000;
/// Rows that say whether a file is still what the generator writes.
const CHECKED_ROWS: u64 = 1_000;
const RUNS: usize = 5;
const THREADS: [usize; 2] = [1, 2];
/// Time between two looks at the memory of a run.
const LOOK: Duration = Duration::from_millis(2);
const BRIEF: &str = r#"[brand]
name = "小鹿辅食"
competitors = ["团团谷仓"]

[aim]
goal = "conversion"
mode = "seeding"
collaboration = "co_creation"

[domain]
categories = { "母婴/辅食" = 1.0, "母婴/育儿" = 0.6 }
keywords = { "辅食" = 2, "米粉" = 1, "宝宝零食" = 1 }

[style]
"专业" = 1.0
"亲和" = 0.8
avoid = ["硬广"]

[audience]
gender = ["女"]
age = ["25-34"]
region = ["上海", "浙江", "江苏", "广东"]

[budget]
format = "image"
target_cpe = 8.0

[eligible]
followers = { min = 1_000 }
exclude_keywords = ["招代理", "微商"]
"#;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What one run took, and what it printed on both streams.
struct Run {
    seconds: f64,
    /// Bytes; `None` where nobody can tell.
    peak: Option<u64>,
    printed: (Vec<u8>, Vec<u8>),
}

/// `target/bench-data`, created if need be.
fn folder() -> Result<PathBuf> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = std::env::var_os("CARGO_TARGET_DIR").filter(|target| !target.is_empty());
    let folder = package.join(target.unwrap_or_else(|| "target".into())).join("bench-data");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

fn rows_wanted() -> Result<u64> {
    let Some(text) = std::env::var_os("KOLSCORE_BENCH_ROWS") else {
        return Ok(ROWS);
    };
    let text = text.to_string_lossy();
    let rows = text.replace('_', "").parse().ok().filter(|&rows| rows > 0);
    rows.ok_or_else(|| format!("`KOLSCORE_BENCH_ROWS` is not a number of rows: `{text}`").into())
}

/// Whether `file` begins as the generator would begin it now.
fn is_current(file: &Path, rows: u64) -> io::Result<bool> {
    let file = match File::open(file) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let (mut expected, mut found) = (Vec::new(), Vec::new());
    generate::write(rows.min(CHECKED_ROWS), SEED, &mut expected)?;
    file.take(expected.len() as u64).read_to_end(&mut found)?;
    Ok(found == expected)
}

/// The table, written only where it is absent or out of date, and under its name only when it is complete.
fn table(folder: &Path, rows: u64) -> io::Result<PathBuf> {
    let file = folder.join(format!("candidates-{rows}.csv"));
    if !is_current(&file, rows)? {
        let unfinished = folder.join(format!("candidates-{rows}.csv.tmp"));
        generate::write(rows, SEED, &mut BufWriter::new(File::create(&unfinished)?))?;
        fs::rename(&unfinished, &file)?;
    }
    Ok(file)
}

fn brief(folder: &Path) -> io::Result<PathBuf> {
    let file = folder.join("brief.toml");
    if fs::read(&file).ok().as_deref() != Some(BRIEF.as_bytes()) {
        fs::write(&file, BRIEF)?;
    }
    Ok(file)
}

/// The largest resident memory so far of the process with this `status` file, in bytes.
fn peak_memory(status: &str) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim_end().parse().ok()?;
    Some(kibibytes * 1_024)
}

fn rank(brief: &Path, file: &Path, threads: usize) -> Result<Run> {
    let mut command = Command::new(BINARY);
    command.arg("rank").arg("-b").arg(brief).arg(file).args(["--top", "20", "-f", "csv", "--threads"]).arg(threads.to_string());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let start = Instant::now();
    let child = command.spawn().map_err(|error| format!("{BINARY}: {error}"))?;
    let status = format!("/proc/{}/status", child.id());
    let (running, ended) = mpsc::channel::<()>();
    let looks = thread::spawn(move || {
        let mut peak = None;
        loop {
            peak = peak.max(peak_memory(&status));
            if ended.recv_timeout(LOOK) != Err(RecvTimeoutError::Timeout) {
                return peak;
            }
        }
    });
    let output = child.wait_with_output()?;
    let seconds = start.elapsed().as_secs_f64();
    drop(running);
    let peak = looks.join().map_err(|_| "the thread that looks at the memory has panicked")?;
    if !output.status.success() {
        return Err(format!("`kolscore rank --threads {threads}`: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(Run { seconds, peak, printed: (output.stdout, output.stderr) })
}

/// One line of the report: the figures of all runs on `threads` threads. `runs` is not empty.
fn report(threads: usize, runs: &[Run], rows: u64, bytes: u64) -> String {
    let mut seconds: Vec<f64> = runs.iter().map(|run| run.seconds).collect();
    seconds.sort_by(f64::total_cmp);
    let (min, median, max) = (seconds[0], seconds[seconds.len() / 2], seconds[seconds.len() - 1]);
    let peak = runs.iter().filter_map(|run| run.peak).max().map_or_else(|| "n/a".to_owned(), |peak| format!("{:.1}", peak as f64 / 1e6));
    let (rows_a_second, megabytes_a_second) = (rows as f64 / median, bytes as f64 / 1e6 / median);
    format!("{threads:>8} {min:>9.3} {median:>9.3} {max:>9.3} {rows_a_second:>11.0} {megabytes_a_second:>9.1} {peak:>9}")
}

fn bench(rows: u64, warm_ups: usize, runs: usize) -> Result<()> {
    let folder = folder()?;
    let inside = |error: io::Error| format!("{}: {error}", folder.display());
    let (brief, file) = (brief(&folder).map_err(inside)?, table(&folder, rows).map_err(inside)?);
    let bytes = fs::metadata(&file)?.len();
    let columns = generate::HEADER.split(',').count();
    let mut out = io::stdout().lock();
    writeln!(out, "command  kolscore rank -b {} FILE --top 20 -f csv --threads N", brief.display())?;
    writeln!(out, "file     {}: {rows} rows, {columns} columns, {:.1} MB\n", file.display(), bytes as f64 / 1e6)?;
    writeln!(out, " threads     min s  median s     max s      rows/s      MB/s   peak MB")?;
    let mut first = None;
    for threads in THREADS {
        let mut timed = Vec::with_capacity(runs);
        for turn in 0..warm_ups + runs {
            let run = rank(&brief, &file, threads)?;
            if *first.get_or_insert_with(|| run.printed.clone()) != run.printed {
                return Err(format!("run {} with `--threads {threads}` printed other bytes than the first run", turn + 1).into());
            }
            // A warm-up only fills the file cache; what it printed has been compared all the same.
            if turn >= warm_ups {
                timed.push(run);
            }
        }
        writeln!(out, "{}", report(threads, &timed, rows, bytes))?;
        out.flush()?;
    }
    Ok(())
}

fn main() -> ExitCode {
    let test = std::env::args_os().any(|argument| argument == "--test");
    let done = if test { bench(TEST_ROWS, 0, 1) } else { rows_wanted().and_then(|rows| bench(rows, 1, RUNS)) };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
