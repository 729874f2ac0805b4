//! One contract over the output formats: all tell the same table, and the same ranking gives the same bytes.

use calamine::{Data, Reader, Xlsx};
use kolscore::present::FORMATS;
use serde_json::Value;

use crate::binary::{Folder, kolscore};

const FILES: [&str; 3] = ["examples/baby-food/koc_list.csv", "examples/baby-food/mcn_sheet.csv", "examples/baby-food/pgy_export.csv"];
const BRIEF: &str = "examples/baby-food/brief.toml";

fn arguments<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["rank", "-b", BRIEF][..], &FILES, more].concat()
}

/// The example in a format, as the bytes of a file.
fn file(format: &str, more: &[&str]) -> Vec<u8> {
    let folder = Folder::new();
    let path = folder.path(&format!("out.{}", if format == "table" { "txt" } else { format })).display().to_string();
    kolscore(arguments(&[&["-o", &path][..], more].concat())).ok();
    std::fs::read(path).unwrap()
}

/// Header and records of delimited text.
fn table(bytes: &[u8], delimiter: u8) -> Vec<Vec<String>> {
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).expect("a byte order mark");
    let reader = csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(text);
    reader.into_records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// The cells of a sheet as CSV writes them.
fn sheet(bytes: Vec<u8>, name: &str) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    book.worksheet_range(name).unwrap().rows().map(<[Data]>::to_vec).collect()
}

#[test]
fn every_format_gives_the_same_bytes_for_the_same_ranking() {
    for format in FORMATS {
        let (once, twice) = (file(format.name, &["--columns", "url"]), file(format.name, &["--columns", "url", "--threads", "3"]));
        assert!(!once.is_empty() && once == twice, "{}", format.name);
    }
}

#[test]
fn every_machine_format_tells_the_same_table() {
    let csv = table(&file("csv", &[]), b',');
    assert_eq!(csv.len(), 64);
    assert_eq!(table(&file("tsv", &[]), b'\t'), csv);
    let at = |name: &str| csv[0].iter().position(|header| header == name).unwrap();
    let (json, lines) = (file("json", &[]), file("jsonl", &[]));
    let json: Value = serde_json::from_slice(&json).unwrap();
    let of_boards: Vec<&Value> = json["boards"].as_array().unwrap().iter().flat_map(|board| board["candidates"].as_array().unwrap()).collect();
    let of_lines: Vec<Value> = String::from_utf8(lines).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((of_boards.len(), of_lines.len()), (63, 63));
    let number = |cell: &str| cell.parse::<f64>().ok();
    let near =
        |cell: &str, value: &Value| number(cell).zip(value.as_f64()).map_or(cell.is_empty() && value.is_null(), |(own, other)| (own - other).abs() < 6e-5);
    for ((record, board), line) in csv[1..].iter().zip(of_boards).zip(&of_lines) {
        assert_eq!((record[at("id")].as_str(), record[at("kind")].as_str()), (line["id"].as_str().unwrap(), line["kind"].as_str().unwrap()));
        let mut plain = line.clone();
        plain.as_object_mut().unwrap().remove("kind");
        assert_eq!(&plain, board);
        for name in ["score", "score_lo", "score_hi", "coverage", "followers", "price"] {
            assert!(near(&record[at(name)], &line[name]), "{name}: {} {}", record[at(name)], line[name]);
        }
        for dimension in ["domain", "style", "audience", "credibility", "cost"] {
            let value = &line["dimensions"][dimension];
            assert!(value["known"].as_f64() == Some(0.0) || near(&record[at(dimension)], &value["value"]), "{dimension}: {value}");
        }
    }
}

#[test]
fn a_workbook_holds_the_same_table_with_typed_cells() {
    let csv = table(&file("csv", &["--columns", "url"]), b',');
    let book = file("xlsx", &["--columns", "url", "--lang", "en"]);
    let sheet_rows = sheet(book.clone(), "Ranking");
    assert_eq!(sheet_rows.len(), csv.len());
    let header: Vec<String> = sheet_rows[0].iter().map(ToString::to_string).collect();
    assert_eq!(header, csv[0]);
    for (own, record) in sheet_rows.iter().zip(&csv).skip(1) {
        for ((cell, text), name) in own.iter().zip(record).zip(&csv[0]) {
            match (name.as_str(), cell) {
                ("id" | "name" | "kind" | "platform" | "flags" | "url", cell) => assert_eq!(cell.to_string(), text.trim_start_matches('\''), "{name}"),
                (_, Data::Empty) => assert_eq!(text, "", "{name}"),
                (_, Data::Float(value)) => assert!((value - text.parse::<f64>().unwrap()).abs() < 6e-5, "{name}: {value} {text}"),
                (_, other) => panic!("{name}: {other:?}"),
            }
        }
    }
    assert_eq!(sheet(book.clone(), "KOL").len() + sheet(book, "KOC").len(), csv.len() + 1);
    // Titles are those of the brief's language.
    let chinese = file("xlsx", &[]);
    let titles: Vec<String> = sheet(chinese.clone(), "榜单")[0].iter().map(ToString::to_string).collect();
    assert_eq!(titles[..6], ["排名", "类型", "达人ID", "昵称", "平台", "总分"]);
    let notes = sheet(chinese, "说明").concat().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    for part in ["norms pool 5d71260b73ed2318", "母婴/辅食", "图文500 视频800", "mcn_sheet.csv", "女粉占比"] {
        assert!(notes.contains(part), "`{part}` is not in\n{notes}");
    }
}

#[test]
fn a_workbook_of_ours_is_replaced_and_another_ones_is_not() {
    let folder = Folder::new();
    let path = folder.path("shortlist.xlsx").display().to_string();
    let write = || kolscore(arguments(&["-o", &path]));
    write().ok();
    write().ok();
    std::fs::write(&path, crate::binary::workbook("a,b\n1,2\n", ',')).unwrap();
    assert!(write().fails(2).contains("was not written by kolscore"));
}

#[test]
fn shells_and_the_manual_know_every_command_and_flag() {
    let commands = ["init", "rank", "check", "explain", "norms", "score", "eval", "diff", "shortlist", "list", "completions", "man"];
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = kolscore(["completions", shell]).ok();
        assert!(commands.iter().all(|command| script.contains(command)) && script.contains("show-excluded"), "{shell}");
    }
    for command in commands {
        let page = kolscore(["man", command]).ok();
        assert!(page.contains(&format!("kolscore\\-{command}")) || page.contains(&format!("kolscore {command}")), "{page}");
        let help = kolscore([command, "--help"]).ok();
        let flags = help.split_whitespace().filter(|word| word.starts_with("--")).map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
        flags.for_each(|flag| assert!(page.replace('\\', "").contains(flag), "{command}: {flag}"));
    }
    assert!(kolscore(["man"]).ok().contains("SUBCOMMANDS"));
    assert!(kolscore(["man", "rnak"]).fails(2).contains("did you mean `rank`?"));
}
