//! Runs the `kolscore` binary as a user would.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What a run gave.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: i32,
}

impl Run {
    /// Standard output of a run that must have worked.
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.code, 0, "{}", self.err);
        self.out
    }

    /// Standard error of a run that must have failed with this code, without a panic.
    pub(crate) fn fails(self, code: i32) -> String {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.out, self.err);
        assert_eq!(self.out, "", "standard output carries data only");
        assert!(self.err.starts_with("error: "), "{}", self.err);
        self.err
    }

    /// The JSON on standard output.
    pub(crate) fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.ok()).expect("JSON")
    }
}

pub(crate) fn kolscore<I: IntoIterator<Item = S>, S: AsRef<std::ffi::OsStr>>(arguments: I) -> Run {
    kolscore_with_input(arguments, b"")
}

pub(crate) fn kolscore_with_input<I: IntoIterator<Item = S>, S: AsRef<std::ffi::OsStr>>(arguments: I, input: &[u8]) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kolscore"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // A command that stops early closes its standard input.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!err.contains("panicked"), "{err}");
    Run { out: String::from_utf8_lossy(&output.stdout).into_owned(), err, code: output.status.code().expect("an exit code") }
}

/// A folder of files for one test.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

/// Ranks one file's text with one brief's text; standard output as CSV.
pub(crate) fn rank(brief: &str, file: impl AsRef<[u8]>, more: &[&str]) -> Run {
    let folder = Folder::new();
    let brief = folder.file("brief.toml", brief);
    let file = folder.file("candidates.csv", file);
    let mut arguments = vec!["rank", "-b", &brief, &file];
    arguments.extend(more);
    if !more.contains(&"-f") {
        arguments.extend(["-f", "csv"]);
    }
    let mut run = kolscore(arguments);
    let place = folder.path("").display().to_string();
    run.err = run.err.replace(&place, "");
    run
}

/// The table of a CSV as a workbook: cells that are plain numbers are typed as numbers, all others as text.
pub(crate) fn workbook(table: &str, delimiter: char) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let records = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter as u8).from_reader(table.as_bytes()).into_records();
    for (row, record) in (0..).zip(records) {
        for (column, cell) in (0..).zip(&record.unwrap()) {
            let number = cell.parse::<f64>().ok().filter(|number| number.to_string() == cell && number.abs() < 1e15);
            match number {
                Some(number) => sheet.write_number(row, column, number).unwrap(),
                None => sheet.write_string(row, column, cell).unwrap(),
            };
        }
    }
    book.save_to_buffer().unwrap()
}

/// A brief for tests that do not care about it.
pub(crate) const BRIEF: &str =
    "[domain]\ncategories = { \"母婴/辅食\" = 1.0 }\nkeywords = { \"米粉\" = 1 }\n[audience]\ngender = [\"女\"]\nage = [\"25-34\"]\n";

/// The real files beside the project; where they are absent the test says so and passes.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    if !path.exists() {
        eprintln!("skipped: ../shared/data/{name} is absent");
        return None;
    }
    Some(path)
}

#[path = "../benches/generate.rs"]
#[allow(dead_code, unreachable_pub, clippy::missing_errors_doc, reason = "the table of the benchmarks")]
mod generate;

/// So many rows of the table of the benchmarks.
pub(crate) fn generated(rows: u64, seed: u64) -> Vec<u8> {
    let mut table = Vec::new();
    generate::write(rows, seed, &mut table).unwrap();
    table
}
