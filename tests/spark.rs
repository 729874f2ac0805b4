//! The Spark example on a real Spark, against one process.

use std::{path::Path, process::Command};

use crate::binary::{BRIEF, Folder, generated};

/// Candidates; each board has more than the 1,000 that are compared.
const ROWS: u64 = 6_000;

fn works(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

#[test]
fn spark_ranks_partitions_as_one_process_ranks_the_whole() {
    let python = std::env::var("KOLSCORE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    if !works(Command::new("java").arg("-version")) || !works(Command::new(&python).args(["-c", "import pyspark, pyarrow, pandas"])) {
        eprintln!("skipped: Spark needs `java`, and a Python with pyspark, pyarrow and pandas, which `KOLSCORE_PYTHON` names");
        return;
    }
    let folder = Folder::new();
    let (brief, candidates) = (folder.file("brief.toml", BRIEF), folder.file("candidates.csv", generated(ROWS, 7)));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/spark.py");
    let output = Command::new(python).arg(script).args([env!("CARGO_BIN_EXE_kolscore"), &brief, &candidates]).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.ends_with("ok\n"), "{out}\n{err}");
    eprint!("{out}");
}
