//! Real exports, where they lie beside the project: every record is ranked, excluded, merged or rejected, and the counts add up.

use std::path::Path;

use kolscore::{
    normalize::{cell, figure::agrees},
    read::{Input, Source},
};
use serde_json::Value;

use crate::binary::{kolscore, shared};

/// Ranks a file and returns the run's facts, after checking that nothing is lost.
fn accounted(name: &str, brief: &str, more: &[&str]) -> Option<Value> {
    let path = shared(name)?;
    let mut arguments = vec!["rank", "-b", brief, "-f", "json", "--show-excluded", path.to_str().unwrap()];
    arguments.extend(more);
    let whole = kolscore(arguments).json();
    let counts = &whole["run"]["counts"];
    let count = |key: &str| counts[key].as_u64().unwrap();
    let sum: u64 = ["ranked", "unscored", "excluded", "merged", "rejected_rows", "blank"].iter().map(|key| count(key)).sum();
    assert_eq!(sum, count("records"), "{name}: {counts}");
    assert_eq!(count("records"), records(&path), "{name}");
    let shown: usize = whole["boards"].as_array().unwrap().iter().map(|board| board["candidates"].as_array().unwrap().len()).sum();
    assert_eq!(shown as u64, count("ranked") + count("unscored"), "{name}");
    for row in whole["boards"].as_array().unwrap().iter().flat_map(|board| board["candidates"].as_array().unwrap()) {
        let points: f64 = row["dimensions"].as_object().unwrap().values().filter_map(|dimension| dimension["points"].as_f64()).sum();
        let (gate, exact) = (row["gate"]["points"].as_f64().unwrap(), row["exact"].as_f64().unwrap());
        assert!((points + gate - exact).abs() < 1e-9, "{name}: {points} and {gate} are not {exact}: {row}");
        assert!(row["score"].as_f64().is_none_or(|score| (score - exact).abs() < 5.1e-5), "{name}: {row}");
        assert!(row["score_lo"].as_f64().unwrap() <= exact + 1e-4 && exact <= row["score_hi"].as_f64().unwrap() + 1e-4, "{name}: {row}");
    }
    let excluded = whole["excluded"].as_array().unwrap();
    assert_eq!(excluded.len() as u64, count("excluded"), "{name}");
    assert!(excluded.iter().all(|row| !row["rule"].as_str().unwrap().is_empty() && !row["detail"].as_str().unwrap().is_empty()));
    let input = &whole["run"]["inputs"][0];
    let rejects = input["rejects"].as_array().unwrap();
    assert_eq!(rejects.len() as u64, count("rejected_rows") + count("rejected_cells"), "{name}");
    for reject in rejects {
        assert!(reject["line"].as_u64().unwrap() > 1 && !reject["reason"].as_str().unwrap().is_empty(), "{reject}");
    }
    Some(whole)
}

/// Records of a file as an independent reader counts them.
fn records(path: &Path) -> u64 {
    let bytes = std::fs::read(path).unwrap();
    let reader = csv::ReaderBuilder::new().has_headers(true).flexible(true).from_reader(bytes.as_slice());
    reader.into_byte_records().flatten().count() as u64
}

fn count(whole: &Value, key: &str) -> u64 {
    whole["run"]["counts"][key].as_u64().unwrap()
}

#[test]
fn the_koc_lists_of_a_dessert_shop_rank() {
    let Some(list) = accounted("xhs_koc_mf/koc_list.csv", "tests/briefs/desserts.toml", &[]) else { return };
    assert_eq!((count(&list, "records"), count(&list, "rejected_cells")), (107, 0));
    let Some(candidates) = accounted("xhs_koc_mf/candidates.csv", "tests/briefs/desserts.toml", &[]) else { return };
    assert_eq!((count(&candidates, "records"), count(&candidates, "rejected_cells")), (101, 2));
    let rejects: Vec<&str> = candidates["run"]["inputs"][0]["rejects"].as_array().unwrap().iter().map(|reject| reject["cell"].as_str().unwrap()).collect();
    assert_eq!(rejects, ["找不到", "3，61"]);
}

#[test]
fn the_pgy_list_for_an_energy_bar_ranks() {
    let Some(whole) = accounted("pgy_energybar/pgy_kols_flat.csv", "tests/briefs/energy-bar.toml", &[]) else { return };
    assert_eq!((count(&whole, "records"), count(&whole, "rejected_cells")), (17, 0));
    assert_eq!(whole["run"]["inputs"][0]["format"], "pgy-flat");
}

#[test]
fn tables_of_the_largest_accounts_rank_once_their_contradictions_are_decided() {
    for name in ["instagram_dec", "tiktok_nov", "youtube_nov"] {
        let file = format!("kaggle_2022/{name}.csv");
        let Some(path) = shared(&file) else { return };
        let error = kolscore(["rank", "-b", "tests/briefs/beauty.toml", path.to_str().unwrap()]).fails(1);
        assert!(error.contains("are the same creator") && error.contains("hint: mend the files, or keep one row with `--duplicates first`"), "{error}");
        let whole = accounted(&file, "tests/briefs/beauty.toml", &["--duplicates", "first"]).unwrap();
        assert_eq!(count(&whole, "rejected_cells") + count(&whole, "rejected_rows"), 0, "{name}");
        assert!(whole["run"]["inputs"][0]["format"].as_str().unwrap().starts_with("kaggle-"));
    }
}

#[test]
fn the_june_table_stops_until_its_columns_are_decided() {
    let Some(path) = shared("kaggle_2022/instagram_jun.csv") else { return };
    let path = path.to_str().unwrap();
    let error = kolscore(["rank", "-b", "tests/briefs/beauty.toml", path]).fails(1);
    assert!(error.contains("no column names the candidate"), "{error}");
    assert!(error.contains("[columns]\n      \"instagram name\" = \"handle\""), "{error}");
    // All that the advice says, written down: `Views avg.` then turns out to hold countries.
    let advice: Vec<String> =
        error.lines().filter_map(|line| line.trim().strip_prefix('"')).map(|line| line.replacen("\" = \"", "=", 1).trim_end_matches('"').to_owned()).collect();
    assert!(advice.len() > 8, "{advice:?}");
    let maps = |lines: &[String]| lines.iter().flat_map(|line| ["--map".to_owned(), line.clone()]).collect::<Vec<_>>();
    let start = ["rank", "-b", "tests/briefs/beauty.toml", path, "--duplicates", "first"].map(str::to_owned);
    let error = kolscore(start.iter().cloned().chain(maps(&advice))).fails(1);
    assert!(error.contains("column `Views avg.` is taken for `views:mean`, but 1006 of its"), "{error}");
    assert!(error.contains("`Spain` is not a number") && error.contains("\"Views avg.\" = \"ignore\""), "{error}");
    let decided: Vec<String> = advice.iter().map(|line| if line.starts_with("Views avg.=") { "Views avg.=ignore".to_owned() } else { line.clone() }).collect();
    let more = maps(&decided);
    let more: Vec<&str> = more.iter().map(String::as_str).chain(["--duplicates", "first"]).collect();
    let whole = accounted("kaggle_2022/instagram_jun.csv", "tests/briefs/beauty.toml", &more).unwrap();
    assert_eq!((count(&whole, "records"), count(&whole, "rejected_cells")), (1022, 0));
}

#[test]
fn douyin_accounts_rank_in_both_encodings() {
    for name in ["douyin", "douyin_400_utf8", "douyin_400_gb18030"] {
        let Some(whole) = accounted(&format!("douyin_bios/{name}.csv"), "tests/briefs/beauty.toml", &[]) else { return };
        assert_eq!(count(&whole, "rejected_cells") + count(&whole, "rejected_rows"), 0, "{name}");
    }
}

#[test]
fn instagram_captions_in_many_languages_rank() {
    let Some(whole) = accounted("kim_dev/candidates.csv", "tests/briefs/beauty.toml", &[]) else { return };
    assert_eq!(count(&whole, "records"), 1_376);
}

#[test]
fn spanish_headers_stop_with_the_lines_to_write_and_rank_after_that() {
    let Some(path) = shared("misc/uk_youtubers_es_headers.csv") else { return };
    let error = kolscore(["rank", "-b", "tests/briefs/beauty.toml", path.to_str().unwrap()]).fails(1);
    for line in ["\"NOMBRE\" = \"name\"", "\"SEGUIDORES\" = \"followers\"", "\"TEMA DE INFLUENCIA\" = \"categories\""] {
        assert!(error.contains(line), "{error}");
    }
    let maps = ["--map", "NOMBRE=name", "--map", "SEGUIDORES=followers", "--map", "TEMA DE INFLUENCIA=categories", "--platform", "YouTube"];
    let whole = accounted("misc/uk_youtubers_es_headers.csv", "tests/briefs/beauty.toml", &maps).unwrap();
    assert_eq!((count(&whole, "records"), count(&whole, "rejected_cells")), (100, 0));
}

#[test]
fn odd_containers_rank() {
    for name in ["quoted_thousands", "youtube_global_mojibake"] {
        if accounted(&format!("misc/{name}.csv"), "tests/briefs/beauty.toml", &[]).is_none() {
            return;
        }
    }
    for name in ["bad_utf8_byte", "cr_only_line_ends"] {
        let path = shared(&format!("misc/{name}.csv")).unwrap();
        let error = kolscore(["rank", "-b", "tests/briefs/beauty.toml", path.to_str().unwrap()]).fails(1);
        assert!(error.contains("no column names the candidate") && error.contains("`campaign_id`"), "{error}");
        let maps = ["--map", "campaign_id=id", "--map", "influencer_category=categories", "--map", "engagements=interactions", "--duplicates", "first"];
        accounted(&format!("misc/{name}.csv"), "tests/briefs/beauty.toml", &maps).unwrap();
    }
}

#[test]
fn compact_and_plain_numbers_of_one_cell_agree_in_all_tables() {
    let mut pairs = 0;
    for name in ["instagram_dec", "instagram_jun", "tiktok_nov", "youtube_nov"] {
        let Some(path) = shared(&format!("kaggle_2022/{name}.csv")) else { return };
        let source = Source::open(&Input::Path(path)).unwrap();
        let names: Vec<String> = source.headers().iter().map(|header| header.name.clone()).collect();
        let repeated: Vec<(usize, usize)> =
            names.iter().enumerate().filter_map(|(at, name)| Some((at, names.iter().position(|other| *other == format!("{name}#2"))?))).collect();
        let (found, _) = source
            .scan(2, |batch| {
                let mut found = 0_u64;
                batch.for_each(|record| {
                    for (compact_at, plain_at) in &repeated {
                        let (compact_cell, plain_cell) = (record.cell(*compact_at)?, record.cell(*plain_at)?);
                        let read = |cell: &str| cell::number(cell).unwrap_or_else(|reason| panic!("{name}:{}: `{cell}` is {reason}", record.line()));
                        match (read(compact_cell), read(plain_cell)) {
                            (Some(compact), Some(plain)) => {
                                assert!(agrees(compact_cell, compact.value, plain.value), "{name}:{}: {compact_cell} and {plain_cell}", record.line());
                                found += 1;
                            }
                            // An empty compact cell stands beside 0 where a platform hides the figure.
                            (None, plain) => assert!(plain.is_none_or(|plain| plain.value == 0.0), "{name}:{}", record.line()),
                            (Some(_), None) => panic!("{name}:{}: {compact_cell} beside nothing", record.line()),
                        }
                    }
                    Ok(())
                })?;
                Ok(found)
            })
            .unwrap();
        pairs += found.iter().sum::<u64>();
    }
    assert!(pairs > 10_000, "{pairs} pairs");
}

/// How often somebody of the wanted ones stands before somebody else; equals count half.
fn auc(scores: &[(f64, bool)]) -> f64 {
    let of = |wanted: bool| scores.iter().filter(move |(_, is)| *is == wanted).map(|(score, _)| *score);
    let pairs: f64 = of(true).map(|a| of(false).map(|b| f64::from(u8::from(a > b)) + 0.5 * f64::from(u8::from(a == b))).sum::<f64>()).sum();
    pairs / (of(true).count() * of(false).count()) as f64
}

#[test]
fn a_dessert_shop_finds_those_who_posted_about_it() {
    let Some(path) = shared("xhs_koc_mf/candidates.csv") else { return };
    let mut reader = csv::Reader::from_path(&path).unwrap();
    let headers = reader.headers().unwrap().clone();
    let at = |name: &str| headers.iter().position(|header| header.trim_start_matches('\u{feff}') == name).unwrap();
    let (id, label) = (at("user_id"), at("mentions_meetfresh"));
    let posted: std::collections::HashSet<String> =
        reader.records().map(Result::unwrap).filter(|row| !matches!(&row[label], "" | "0" | "False")).map(|row| row[id].to_owned()).collect();
    assert_eq!(posted.len(), 14);
    let whole = kolscore(["rank", "-b", "tests/briefs/dessert-shop.toml", "-f", "json", path.to_str().unwrap()]).json();
    let rows: Vec<&Value> = whole["boards"].as_array().unwrap().iter().flat_map(|board| board["candidates"].as_array().unwrap()).collect();
    assert_eq!(rows.len(), 101);
    let scores: Vec<(f64, bool)> = rows.iter().map(|row| (row["score"].as_f64().unwrap_or(0.0), posted.contains(row["id"].as_str().unwrap()))).collect();
    assert!(auc(&scores) >= 0.74, "{}", auc(&scores));
    let untouched = whole["run"]["inputs"][0]["decisions"].to_string();
    assert!(!untouched.contains("mentions_meetfresh"), "{untouched}");
}
