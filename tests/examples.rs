//! The shipped examples: whole outputs, and the weekly script.

use std::process::Command;

use crate::binary::{Folder, kolscore};

pub(crate) const BABY_FOOD: [&str; 6] =
    ["rank", "-b", "examples/baby-food/brief.toml", "examples/baby-food/koc_list.csv", "examples/baby-food/mcn_sheet.csv", "examples/baby-food/pgy_export.csv"];

/// Compares with a golden file; `KOLSCORE_BLESS=1` writes it anew.
pub(crate) fn golden(name: &str, found: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("KOLSCORE_BLESS").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, expected, "{name}: `KOLSCORE_BLESS=1 cargo test` writes it anew");
}

#[test]
fn the_baby_food_boards_are_as_shown() {
    golden("baby-food.txt", &kolscore(BABY_FOOD).ok());
    golden("baby-food.csv", &kolscore(BABY_FOOD.iter().copied().chain(["-f", "csv", "--columns", "url,location"])).ok());
    golden("baby-food.json", &kolscore(BABY_FOOD.iter().copied().chain(["-f", "json", "--top", "3", "--show-excluded"])).ok());
}

#[test]
fn another_goal_gives_another_board_and_says_why() {
    let goals =
        [("conversion", "buyers follow those they trust"), ("acquisition", "fast growth needs size"), ("branding", "reputation is borrowed from authority")];
    let mut boards = Vec::new();
    for (goal, why) in goals {
        let set = format!("aim.goal={goal}");
        let text = kolscore(BABY_FOOD.iter().copied().chain(["--set", &set])).ok();
        assert!(text.contains(why), "{text}");
        let whole = kolscore(BABY_FOOD.iter().copied().chain(["--set", &set, "-f", "json", "--top", "6"])).json();
        let ids = |board: usize| whole["boards"][board]["candidates"].as_array().unwrap().iter().map(|row| row["id"].to_string()).collect::<Vec<_>>();
        boards.push((ids(0), ids(1)));
    }
    for (a, b) in [(0, 1), (0, 2), (1, 2)] {
        assert_ne!(boards[a].0, boards[b].0, "KOL boards of {} and {}", goals[a].0, goals[b].0);
        assert_ne!(boards[a].1, boards[b].1, "KOC boards of {} and {}", goals[a].0, goals[b].0);
    }
}

#[test]
fn the_trail_shoes_boards_are_as_shown() {
    let files = ["examples/trail-shoes/micro_creators.csv", "examples/trail-shoes/modash_list.csv"];
    golden("trail-shoes.txt", &kolscore(["rank", "-b", "examples/trail-shoes/brief.toml", "--show-excluded"].into_iter().chain(files)).ok());
}

#[test]
fn the_board_fits_the_width_that_it_is_given() {
    for width in ["60", "80", "100", "140"] {
        let text = kolscore(BABY_FOOD.iter().copied().chain(["--width", width])).ok();
        golden(&format!("baby-food-{width}.txt"), &text);
        let widest = text.lines().map(unicode_width::UnicodeWidthStr::width).max().unwrap();
        assert!(widest <= width.parse().unwrap(), "{width}: {widest}");
    }
}

#[test]
fn a_file_for_people_begins_with_a_byte_order_mark_and_reads_back_to_the_same_ranking() {
    let folder = Folder::new();
    let path = folder.path("shortlist.csv");
    let path = path.to_str().unwrap();
    let run = kolscore(BABY_FOOD.iter().copied().chain(["-o", path]));
    assert!(run.err.ends_with(&format!("wrote {path}\n")), "{}", run.err);
    assert_eq!(run.ok(), "");
    let file = std::fs::read_to_string(path).unwrap();
    assert_eq!(file.strip_prefix('\u{feff}').unwrap(), kolscore(BABY_FOOD.iter().copied().chain(["-f", "csv"])).ok());
    let error = kolscore(BABY_FOOD.iter().copied().chain(["-o", "shortlist.doc"])).fails(2);
    assert!(error.contains("cannot tell a format from `shortlist.doc`") && error.contains(".csv, .tsv, .json"), "{error}");
    assert!(std::fs::read_dir(folder.path("")).unwrap().count() == 1, "no temporary file is left");
}

#[test]
fn an_output_never_takes_the_place_of_an_input() {
    let folder = Folder::new();
    let file = folder.file("a.csv", "id,name\n1,a\n");
    let same = folder.path("../").join(folder.path("").file_name().unwrap()).join("a.csv");
    let error = kolscore(["rank", "-b", "examples/baby-food/brief.toml", &file, "-o", same.to_str().unwrap()]).fails(2);
    assert!(error.contains("would overwrite the input"), "{error}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "id,name\n1,a\n");
}

#[test]
fn one_board_and_a_cut_can_be_asked_for() {
    let whole = kolscore(BABY_FOOD.iter().copied().chain(["--kind", "koc", "--top", "2", "-f", "json"])).json();
    let boards = whole["boards"].as_array().unwrap();
    assert_eq!((boards.len(), boards[0]["kind"].as_str(), boards[0]["candidates"].as_array().unwrap().len()), (1, Some("koc"), 2));
}

#[test]
fn strict_stops_on_a_refused_cell() {
    let error = kolscore(BABY_FOOD.iter().copied().chain(["--strict"])).fails(1);
    assert!(error.contains("mcn_sheet.csv:39: column `报备图文报价（万）`: `图文500 视频800` is not a number"), "{error}");
}

#[test]
fn the_weekly_script_ranks_and_says_what_changed() {
    let folder = Folder::new();
    let exports = folder.path("week");
    std::fs::create_dir(&exports).unwrap();
    let copy = |name: &str| std::fs::copy(format!("{}/examples/baby-food/{name}", env!("CARGO_MANIFEST_DIR")), exports.join(name)).unwrap();
    let week = |date: &str| {
        let output = Command::new("bash")
            .args(["examples/pipeline.sh", "examples/baby-food/brief.toml", exports.to_str().unwrap(), date])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("KOLSCORE", env!("CARGO_BIN_EXE_kolscore"))
            .env("KOLSCORE_OUT", folder.path("out"))
            .env("KOLSCORE_TOP", "10")
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    copy("mcn_sheet.csv");
    copy("koc_list.csv");
    let (code, out, err) = week("2026-01-05");
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(folder.path("out/2026-01-05/ranking.csv").exists() && folder.path("out/2026-01-05/run.json").exists());
    // Somebody writes into the cart between the weeks.
    let cart = folder.path("out/shortlist.csv");
    let edited = std::fs::read_to_string(&cart).unwrap().replacen("sourced,,,", "contacted,小王,1500,等回复", 1);
    std::fs::write(&cart, edited).unwrap();
    copy("pgy_export.csv");
    let (code, out, err) = week("2026-01-12");
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.contains("against 2026-01-05") && out.contains(" entered, ") && out.contains("contacted\n"), "{out}");
    let dearer = std::fs::read_to_string(exports.join("koc_list.csv")).unwrap().replacen(",200,", ",650,", 1);
    std::fs::write(exports.join("koc_list.csv"), dearer).unwrap();
    let (code, out, err) = week("2026-01-19");
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.lines().any(|line| line.contains("糯米团子妈") && line.contains("data -") && line.contains("cost -")), "{out}");
    let kept = std::fs::read_to_string(&cart).unwrap();
    assert!(kept.contains("contacted,小王,1500,等回复"), "{kept}");
    let causes =
        kolscore(["diff", folder.path("out/2026-01-12/run.json").to_str().unwrap(), folder.path("out/2026-01-19/run.json").to_str().unwrap(), "-f", "json"])
            .json();
    for change in causes["changes"].as_array().unwrap().iter().filter(|change| !change["causes"].as_array().unwrap().is_empty()) {
        let sum: f64 = change["causes"].as_array().unwrap().iter().map(|cause| cause[1].as_f64().unwrap()).sum();
        assert!((sum - (change["score"][1].as_f64().unwrap() - change["score"][0].as_f64().unwrap())).abs() < 1e-9, "{change}");
    }
    std::fs::write(exports.join("broken.csv"), "").unwrap();
    let (code, _, err) = week("2026-01-26");
    assert_eq!(code, Some(1), "{err}");
    assert!(err.contains("broken.csv"), "{err}");
}

#[test]
fn colour_adds_nothing_but_colour() {
    let board = |more: &[&str]| kolscore(BABY_FOOD.iter().copied().chain(["--width", "120"]).chain(more.iter().copied())).ok();
    let (plain, coloured) = (board(&[]), board(&["--color", "always"]));
    assert!(!plain.contains('\u{1b}') && coloured.contains("\u{1b}[32m") && coloured.contains("\u{1b}[33m! "), "{coloured}");
    let mut stripped = coloured;
    for code in ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[32m", "\u{1b}[33m"] {
        stripped = stripped.replace(code, "");
    }
    assert_eq!(stripped, plain);
    assert_eq!(board(&["--color", "never"]), plain);
}
