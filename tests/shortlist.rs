//! The selection cart: what people wrote survives every refresh, two processes, and a kill in the middle.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use kolscore::random::SplitMix64;

use crate::binary::{Folder, Run, kolscore};

const FILES: [&str; 3] = ["examples/baby-food/koc_list.csv", "examples/baby-food/mcn_sheet.csv", "examples/baby-food/pgy_export.csv"];
const BRIEF: &str = "examples/baby-food/brief.toml";

fn add(cart: &str, more: &[&str]) -> Run {
    kolscore([&["shortlist", "add", "-b", BRIEF, "--cart", cart][..], more, &FILES].concat())
}

/// Header and records of the cart.
fn table(path: impl AsRef<Path>) -> Vec<Vec<String>> {
    let bytes = std::fs::read(path).unwrap();
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).expect("a byte order mark");
    csv::ReaderBuilder::new().has_headers(false).from_reader(text).into_records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn column(table: &[Vec<String>], name: &str) -> usize {
    table[0].iter().position(|header| header == name).unwrap_or_else(|| panic!("no {name} in {:?}", table[0]))
}

fn write(path: &str, table: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    table.iter().for_each(|record| writer.write_record(record).unwrap());
    let bytes = writer.into_inner().unwrap();
    std::fs::write(path, &bytes).unwrap();
    bytes
}

#[test]
fn candidates_are_added_by_id_by_place_and_by_what_holds_of_them() {
    let folder = Folder::new();
    let cart = folder.path("cart.csv").display().to_string();
    let run = add(&cart, &["糯米团子妈", "青禾妈妈爱记录"]);
    assert!(run.err.ends_with("2 added, 0 renewed, 2 in all\n"), "{}", run.err);
    assert!(add(&cart, &["--top", "2"]).err.ends_with("3 added, 1 renewed, 5 in all\n"));
    add(&cart, &["--where", "kind=koc", "--where", "price<=150"]).ok();
    let rows = table(&cart);
    let (price, kind, status) = (column(&rows, "price"), column(&rows, "kind"), column(&rows, "status"));
    assert!(rows.len() > 8 && rows[6..].iter().all(|row| row[kind] == "koc" && row[price].parse::<f64>().unwrap() <= 150.0), "{rows:?}");
    assert!(rows[1..].iter().all(|row| row[status] == "sourced"));
    let top = folder.path("top.csv").display().to_string();
    add(&top, &["--top", "3", "--where", "platform=小红书"]).ok();
    assert!(table(&top)[1..].iter().all(|row| row[column(&table(&top), "platform")] == "小红书"));
    assert!(add(&cart, &[]).fails(2).contains("nobody is named"));
    assert!(add(&cart, &["--where", "scor>=1"]).fails(2).contains("did you mean `score`?"));
    assert!(add(&cart, &["nobody at all"]).fails(1).contains("no candidate has the id or the name `nobody at all`"));
}

#[test]
fn what_people_wrote_survives_every_refresh_and_a_conflict_is_shown() {
    let folder = Folder::new();
    let cart = folder.path("cart.csv").display().to_string();
    add(&cart, &["--top", "3"]).ok();
    let mut rows = table(&cart);
    let at = |name: &str| column(&rows, name);
    let (status, owner, quote, notes, score, price) = (at("status"), at("owner"), at("quote"), at("notes"), at("score"), at("price"));
    rows[1][status] = "contacted".to_owned();
    rows[1][owner] = "小王".to_owned();
    rows[1][notes] = "+8 点后回复\n=下周".to_owned();
    rows[1][quote] = "¥ 1,500".to_owned();
    let (old_score, old_price) = (rows[1][score].clone(), rows[1][price].clone());
    rows[1][score] = "0".to_owned();
    rows.iter_mut().enumerate().for_each(|(line, row)| row.push(if line == 0 { "快递单号".to_owned() } else { format!("SF{line}") }));
    // People move columns, and spreadsheets on a Chinese Windows save without a mark in their own encoding.
    rows.iter_mut().for_each(|row| row.swap(0, 4));
    let bytes = write(&cart, &rows);
    std::fs::write(&cart, encoding_rs::GB18030.encode(&String::from_utf8(bytes).unwrap()).0).unwrap();
    let run = add(&cart, &["--top", "3"]);
    assert!(run.err.contains("conflict: ") && run.err.contains(&format!("`quote` is ¥ 1,500, the files say {old_price}; the quote counts")), "{}", run.err);
    let renewed = table(&cart);
    assert_eq!(renewed[0], rows[0], "columns stay where people put them");
    assert_eq!(renewed.len(), rows.len());
    assert_eq!(renewed[1][score], old_score, "our figures are renewed");
    for at in [status, owner, quote, rows[0].len() - 1] {
        assert_eq!(renewed[1][at], rows[1][at]);
    }
    assert_eq!(renewed[1][notes], format!("'{}", rows[1][notes]), "a spreadsheet runs nothing");
    add(&cart, &["--top", "3"]).ok();
    assert_eq!(table(&cart), renewed, "a second refresh changes nothing");
}

#[test]
fn the_cart_is_listed_exported_and_emptied() {
    let folder = Folder::new();
    let cart = folder.path("cart.csv").display().to_string();
    let of = |more: &[&str]| kolscore([&["shortlist"][..], more, &["--cart", &cart]].concat());
    assert!(of(&["list"]).fails(1).contains("does not exist"));
    add(&cart, &["--top", "4"]).ok();
    let text = of(&["list", "--by", "kind"]).ok();
    assert!(text.starts_with("koc\n") && text.contains("\nkol\n") && text.contains("all: 8 candidates, price "), "{text}");
    assert!(text.lines().any(|line| line.starts_with("糯米团子妈") && line.contains("KOC") && line.contains("sourced")), "{text}");
    let exported: serde_json::Value = of(&["export", "-f", "json", "--status", "sourced"]).json();
    assert_eq!(exported.as_array().unwrap().len(), 8);
    assert_eq!(exported[0]["status"], "sourced");
    assert_eq!(of(&["export", "--status", "live"]).ok().lines().count(), 1);
    assert!(of(&["export", "--status", "lve"]).fails(2).contains("did you mean `live`?"));
    let err = of(&["remove", "糯米团子妈", "nobody"]).fails(1);
    assert!(err.contains("nobody") && table(&cart).len() == 9, "{err}");
    of(&["remove", "糯米团子妈"]).ok();
    assert_eq!(table(&cart).len(), 8);
    assert!(of(&["clear"]).fails(2).contains("--yes"));
    of(&["clear", "--yes"]).ok();
    assert_eq!(table(&cart).len(), 1);
    folder.file("notes.csv", "a,b\n1,2\n");
    let other = folder.path("notes.csv").display().to_string();
    assert!(add(&other, &["--top", "1"]).fails(1).contains("is no shortlist"));
}

#[test]
fn two_processes_at_once_lose_nothing() {
    let folder = Folder::new();
    let cart = folder.path("cart.csv").display().to_string();
    let names = ["糯米团子妈", "肉肉今天吃什么", "青禾妈妈爱记录", "小麦穗的饭桌", "小满的育儿手账", "果果妈的菜市场", "营养师禾苗", "阿粥带娃日记"];
    std::thread::scope(|scope| {
        names.iter().for_each(|name| {
            scope.spawn(|| add(&cart, &[name]).ok());
        });
    });
    let rows = table(&cart);
    let mut found: Vec<&str> = rows[1..].iter().map(|row| row[column(&rows, "name")].as_str()).collect();
    let mut wanted = names.to_vec();
    found.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(found, wanted);
}

#[test]
fn a_kill_at_any_moment_leaves_the_old_or_the_new_file_whole() {
    const KILLS: u64 = 100;
    let folder = Folder::new();
    let path = |name: &str| folder.path(name).display().to_string();
    let of_cart = |cart: &str| {
        [&["shortlist", "add", "-b", BRIEF, "--cart", cart, "--top", "20"][..], &FILES].concat().iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()
    };
    let of_rank = |out: &str| [&["rank", "-b", BRIEF, "-o", out][..], &FILES].concat().iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    std::thread::scope(|scope| {
        for (name, arguments) in [("cart.csv", of_cart(&path("cart.csv"))), ("ranked.csv", of_rank(&path("ranked.csv")))] {
            let file = path(name);
            scope.spawn(move || {
                let start = Instant::now();
                kolscore(&arguments).ok();
                let (took, whole) = (start.elapsed(), std::fs::read(&file).unwrap());
                // The old one is shorter, so that what stands there tells which it is.
                let old: Vec<u8> = whole.split_inclusive(|byte| *byte == b'\n').take(3).flatten().copied().collect();
                let mut random = SplitMix64(name.len() as u64);
                let (mut olds, mut news) = (0, 0);
                for _ in 0..KILLS {
                    std::fs::write(&file, &old).unwrap();
                    let mut child = Command::new(env!("CARGO_BIN_EXE_kolscore"))
                        .args(&arguments)
                        .current_dir(env!("CARGO_MANIFEST_DIR"))
                        .stderr(Stdio::null())
                        .spawn()
                        .unwrap();
                    std::thread::sleep(Duration::from_secs_f64(random.uniform() * took.as_secs_f64() * 1.2));
                    let _ = child.kill();
                    child.wait().unwrap();
                    let found = std::fs::read(&file).unwrap();
                    assert!(found == old || found.len() == whole.len(), "{} bytes, neither {} nor {}", found.len(), old.len(), whole.len());
                    if found == old { olds += 1 } else { news += 1 }
                }
                assert!(olds > 0, "{olds} old, {news} new");
            });
        }
    });
}
