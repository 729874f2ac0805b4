//! Same inputs, same bytes: whatever the order of rows and columns, the threads, the encoding and the line ends.

use crate::binary::{Folder, kolscore, shared};

const BRIEF: &str = "examples/baby-food/brief.toml";
const KOC_LIST: &str = "examples/baby-food/koc_list.csv";

fn table(path: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let text = std::fs::read_to_string(path).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headers = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
    (headers, rows)
}

fn written(headers: &[String], rows: &[Vec<String>], end: csv::Terminator) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(end).from_writer(Vec::new());
    writer.write_record(headers).unwrap();
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    writer.into_inner().unwrap()
}

/// A fixed shuffle: reversed, then every third row first.
fn shuffled<T: Clone>(items: &[T]) -> Vec<T> {
    let reversed: Vec<T> = items.iter().rev().cloned().collect();
    (0..3).flat_map(|start| reversed.iter().skip(start).step_by(3).cloned().collect::<Vec<T>>()).collect()
}

fn ranked(file: &[u8], more: &[&str]) -> String {
    let folder = Folder::new();
    let path = folder.file("candidates.csv", file);
    let mut arguments = vec!["rank", "-b", BRIEF, "-f", "csv", &path];
    // The brief maps columns of the other example files too.
    let others = ["examples/baby-food/mcn_sheet.csv"];
    arguments.extend(others);
    arguments.extend(more);
    kolscore(arguments).ok()
}

#[test]
fn rows_columns_line_ends_and_marks_do_not_matter() {
    let (headers, rows) = table(KOC_LIST);
    let expected = ranked(&written(&headers, &rows, csv::Terminator::Any(b'\n')), &[]);
    assert!(expected.lines().count() > 30);
    assert_eq!(ranked(&written(&headers, &shuffled(&rows), csv::Terminator::Any(b'\n')), &[]), expected, "rows shuffled");
    assert_eq!(ranked(&written(&headers, &rows, csv::Terminator::CRLF), &[]), expected, "CRLF");
    let one_line: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| cell.replace('\n', "\r")).collect()).collect();
    assert_eq!(ranked(&written(&headers, &one_line, csv::Terminator::Any(b'\r')), &[]), expected, "lone CR");
    let mut marked = "\u{feff}".as_bytes().to_vec();
    marked.extend(written(&headers, &rows, csv::Terminator::CRLF));
    assert_eq!(ranked(&marked, &[]), expected, "byte order mark");
    let columns = |row: &Vec<String>| row.iter().rev().cloned().collect::<Vec<String>>();
    assert_eq!(ranked(&written(&columns(&headers), &rows.iter().map(columns).collect::<Vec<_>>(), csv::Terminator::CRLF), &[]), expected, "columns reversed");
}

#[test]
fn the_encoding_does_not_matter() {
    let (headers, rows) = table(KOC_LIST);
    // GB18030 holds all of Unicode, emoji included.
    let text = written(&headers, &rows, csv::Terminator::CRLF);
    let (encoded, _, lossy) = encoding_rs::GB18030.encode(std::str::from_utf8(&text).unwrap());
    assert!(!lossy);
    assert_eq!(ranked(&encoded, &[]), ranked(&text, &[]));
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let (headers, rows) = table(KOC_LIST);
    // Enough rows for several batches; ids keep them apart.
    let mut many = Vec::new();
    for copy in 0..400 {
        for row in &rows {
            let mut row = row.clone();
            let url = headers.iter().position(|header| header == "主页链接").unwrap();
            row[url] = row[url].split('?').next().unwrap().to_owned() + &format!("x{copy}");
            many.push(row);
        }
    }
    let file = written(&headers, &many, csv::Terminator::CRLF);
    assert!(file.len() > 3 << 20, "{} bytes", file.len());
    let one = ranked(&file, &["--threads", "1"]);
    assert!(one.lines().count() > 5_000);
    assert_eq!(ranked(&file, &["--threads", "2"]), one);
    assert_eq!(ranked(&file, &["--threads", "7"]), one);
}

#[test]
fn two_encodings_of_one_real_file_rank_the_same() {
    let (Some(utf8), Some(gb18030)) = (shared("douyin_bios/douyin_400_utf8.csv"), shared("douyin_bios/douyin_400_gb18030.csv")) else { return };
    for format in ["csv", "tsv"] {
        let rank = |path: &std::path::Path| kolscore(["rank", "-b", "tests/briefs/beauty.toml", "-f", format, "--keep-all", path.to_str().unwrap()]).ok();
        let expected = rank(&utf8);
        assert_eq!(expected.lines().filter(|line| line.contains("抖音")).count(), 400);
        assert_eq!(rank(&gb18030), expected);
    }
    let (headers, rows) = table(utf8.to_str().unwrap());
    let folder = Folder::new();
    let rank = |name: &str, rows: &[Vec<String>], end, threads: &str| {
        let path = folder.file(name, written(&headers, rows, end));
        kolscore(["rank", "-b", "tests/briefs/beauty.toml", "-f", "csv", "--threads", threads, &path]).ok()
    };
    let expected = rank("a.csv", &rows, csv::Terminator::CRLF, "1");
    assert_eq!(rank("b.csv", &shuffled(&rows), csv::Terminator::Any(b'\n'), "2"), expected);
}
