//! The corpus of the fuzz targets, and every sample, broken in many places: an error is as good an end as any, a panic is none.

use std::path::{Path, PathBuf};

use kolscore::knowledge::Knowledge;

use crate::{attempt, binary::workbook};

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
    files.sort();
    files
}

#[test]
fn what_once_was_found_stays_mended() {
    let knowledge = Knowledge::built_in().unwrap();
    for path in files("corpus/cells").into_iter().chain(files("corpus/distributions")) {
        attempt::cell(&String::from_utf8_lossy(&std::fs::read(path).unwrap()));
    }
    for path in files("corpus/tables") {
        attempt::file("corpus.csv", &std::fs::read(path).unwrap(), &knowledge);
    }
    for path in files("corpus/workbooks") {
        attempt::file("corpus.xlsx", &std::fs::read(path).unwrap(), &knowledge);
    }
}

#[test]
fn samples_that_are_cut_or_bent_anywhere_end_without_a_panic() {
    let knowledge = Knowledge::built_in().unwrap();
    // One way of breaking a file a step, the same in every run.
    for (number, path) in files("formats").into_iter().enumerate() {
        let bytes = std::fs::read(&path).unwrap();
        let sheet = path.extension().is_some_and(|end| end == "csv").then(|| workbook(&String::from_utf8_lossy(&bytes), ','));
        for whole in [Some(bytes), sheet].into_iter().flatten() {
            for step in 0..6 {
                let at = (whole.len() * (2 * step + 1) / 12 + 7 * number) % whole.len();
                attempt::file("cut", &whole[..at], &knowledge);
                let mut bent = whole.clone();
                bent[at] = [b'"', 0, 0xFF, b'\n', b',', b'{'][step];
                attempt::file("bent", &bent, &knowledge);
            }
        }
    }
}
