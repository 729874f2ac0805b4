//! `kolscore diff`: weeks are compared, and every change of a score is made of its causes.

use serde_json::Value;

use crate::binary::{Folder, Run, kolscore};

const BRIEF: &str = "examples/baby-food/brief.toml";
const WEEK: &str = "examples/baby-food/koc_list.csv";

/// Three weeks of one list: in the second a quote doubles, one creator is gone and a new one comes; the third is the second.
fn weeks(folder: &Folder) -> [String; 3] {
    let first = std::fs::read_to_string(WEEK).unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(first.as_bytes());
    let mut rows: Vec<Vec<String>> = reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
    let at = |name: &str| rows[0].iter().position(|header| header.contains(name)).unwrap_or_else(|| panic!("no {name} in {:?}", rows[0]));
    let (price, name, address) = (at("图文报价"), at("名称"), at("主页链接"));
    let named = |rows: &[Vec<String>], wanted: &str| rows.iter().position(|row| row[name] == wanted).unwrap();
    let dearer = named(&rows, "糯米团子妈");
    "900".clone_into(&mut rows[dearer][price]);
    let gone = named(&rows, "肉肉今天吃什么");
    let mut new = rows.remove(gone);
    (new[name], new[address]) = ("新来的圆子妈".to_owned(), "https://www.xiaohongshu.com/user/profile/64f0000000000000000abcde".to_owned());
    rows.push(new);
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    let second = String::from_utf8(writer.into_inner().unwrap()).unwrap();
    [folder.file("week-1.csv", first), folder.file("week-2.csv", &second), folder.file("week-3.csv", second)]
}

/// Ranks a week into a file.
fn ranked(folder: &Folder, name: &str, week: &str, more: &[&str]) -> String {
    let out = folder.path(name).display().to_string();
    kolscore([&["rank", "-b", BRIEF, week, "-o", &out][..], more].concat()).ok();
    out
}

fn diff(old: &str, new: &str, more: &[&str]) -> Run {
    kolscore([&["diff", old, new][..], more].concat())
}

/// The changes by name; each one's causes add up to the change of its score.
fn changes(old: &str, new: &str) -> std::collections::BTreeMap<String, Value> {
    let whole = diff(old, new, &["-f", "json", "--top", "5"]).json();
    let all = whole["changes"].as_array().unwrap();
    for change in all {
        if let (Some(from), Some(to)) = (change["score"][0].as_f64(), change["score"][1].as_f64()) {
            let causes: f64 = change["causes"].as_array().unwrap().iter().map(|cause| cause[1].as_f64().unwrap()).sum();
            assert!((causes - (to - from)).abs() < 1e-9, "{change}");
        }
    }
    all.iter().map(|change| (change["name"].as_str().unwrap().to_owned(), change.clone())).collect()
}

#[test]
fn three_weeks_tell_who_entered_left_and_changed_and_why() {
    let folder = Folder::new();
    let weeks = weeks(&folder);
    let norms = folder.path("norms.json").display().to_string();
    kolscore(["norms", &weeks[0], "-b", BRIEF, "-o", &norms]).ok();
    let frozen = ["--norms", norms.as_str()];
    let [one, two, three] = [0, 1, 2].map(|week| ranked(&folder, &format!("{week}.json"), &weeks[week], &frozen));
    let found = changes(&one, &two);
    assert_eq!((found["肉肉今天吃什么"]["fate"].as_str(), found["肉肉今天吃什么"]["rank"][1].as_u64()), (Some("left"), None));
    assert_eq!(found["新来的圆子妈"]["fate"], "entered");
    let dearer = &found["糯米团子妈"];
    assert_eq!((dearer["causes"][0][0].as_str(), dearer["dimension"][0].as_str()), (Some("data"), Some("cost")), "{dearer}");
    assert!(dearer["score"][1].as_f64() < dearer["score"][0].as_f64());
    // With frozen norms nobody else's score moves.
    let scored: Vec<&String> = found.iter().filter(|(_, change)| !change["causes"].as_array().unwrap().is_empty()).map(|(name, _)| name).collect();
    assert_eq!(scored, ["糯米团子妈"]);
    let nothing = diff(&two, &three, &["--width", "200"]).ok();
    assert!(nothing.contains("0 entered, 0 left, 0 moved") && nothing.contains("same version, brief and norms"), "{nothing}");
}

#[test]
fn weights_data_and_norms_are_told_apart() {
    let folder = Folder::new();
    let weeks = weeks(&folder);
    let others = ["examples/baby-food/mcn_sheet.csv", "examples/baby-food/pgy_export.csv"];
    let first = ranked(&folder, "1.json", &weeks[0], &others);
    let branding = ranked(&folder, "2.json", &weeks[0], &[&others[..], &["--set", "aim.goal=branding"]].concat());
    for (name, change) in changes(&first, &branding) {
        let causes: Vec<&str> = change["causes"].as_array().unwrap().iter().map(|cause| cause[0].as_str().unwrap()).collect();
        assert_eq!(causes, ["weights"], "{name}: {change}");
    }
    // Peers of the pool move with who is in it: of those whose rows are the same, only the norms are to blame.
    let second = ranked(&folder, "3.json", &weeks[1], &others);
    let found = changes(&first, &second);
    let causes = |name: &str| found[name]["causes"].as_array().unwrap().iter().map(|cause| cause[0].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(causes("糯米团子妈"), ["data + norms"]);
    let others: Vec<&String> =
        found.iter().filter(|(name, change)| *name != "糯米团子妈" && !change["causes"].as_array().unwrap().is_empty()).map(|(name, _)| name).collect();
    assert!(!others.is_empty() && others.iter().all(|name| causes(name) == ["norms"]), "{others:?}");
    let text = diff(&first, &branding, &["--width", "200"]).ok();
    assert!(text.contains("brief ") && text.contains(" → ") && text.contains("weights "), "{text}");
}

#[test]
fn scripts_can_fail_on_what_matters() {
    let folder = Folder::new();
    let weeks = weeks(&folder);
    let [one, two] = [0, 1].map(|week| ranked(&folder, &format!("{week}.json"), &weeks[week], &[]));
    let run = diff(&one, &two, &["--top", "5", "--fail-on", "entered,left"]);
    assert!(run.code == 1 && run.out.contains("entered") && run.err.contains("candidates did what `--fail-on` names"), "{run:?}");
    assert_eq!(diff(&one, &one, &["--fail-on", "entered,left,moved"]).code, 0);
    let csv = diff(&one, &two, &["-f", "csv"]).ok();
    assert!(csv.starts_with("change,kind,id,name,platform,rank_old,rank_new,score_old,score_new,causes,dimension\n"), "{csv}");
    assert!(diff(&one, &two, &["-f", "md"]).ok().lines().nth(2).unwrap().starts_with("|  | kind | name"));
    let err = diff(&one, WEEK, &[]).fails(1);
    assert!(err.contains("is no ranking") && err.contains("-o week-1.json"), "{err}");
}

#[test]
fn a_locked_run_gives_the_same_bytes_or_says_what_differs() {
    let folder = Folder::new();
    let [week, ..] = weeks(&folder);
    let (out, lock) = (folder.path("out.csv").display().to_string(), folder.path("run.lock").display().to_string());
    kolscore(["rank", "-b", BRIEF, &week, "--set", "aim.goal=branding", "-o", &out, "--lock", &lock]).ok();
    kolscore(["rank", "-b", BRIEF, &week, "--set", "aim.goal=branding", "-o", &out, "--lock", &lock]).ok();
    let foreign = folder.file("notes.txt", "minutes of a meeting\n");
    assert!(kolscore(["rank", "-b", BRIEF, &week, "--lock", &foreign]).fails(2).contains("was not written by kolscore"));
    let again = folder.path("again.csv").display().to_string();
    kolscore(["rank", "--locked", &lock, "-o", &again]).ok();
    assert_eq!(std::fs::read(&out).unwrap(), std::fs::read(&again).unwrap());
    assert!(kolscore(["rank", "--locked", &lock, "-o", "again.json"]).fails(2).contains("the locked run wrote csv"));
    // Without `-o` it goes to standard output, in the format of the run.
    assert!(kolscore(["rank", "--locked", &lock]).ok().starts_with("rank,kind,id,name"));
    let same = diff(&lock, &lock, &["--width", "200"]).ok();
    assert!(same.contains("0 changed only in score, 23 stayed the same"), "{same}");
    let changed = std::fs::read_to_string(&week).unwrap().replacen(",200,", ",210,", 1);
    std::fs::write(&week, changed).unwrap();
    let err = kolscore(["rank", "--locked", &lock, "-o", &again]).fails(1);
    assert!(err.contains("this is not the locked run: `") && err.contains("week-1.csv` ") && err.contains(", norms "), "{err}");
    assert_eq!(std::fs::read(&out).unwrap(), std::fs::read(&again).unwrap(), "nothing was written");
    assert!(kolscore(["rank", "--locked", &week]).fails(1).contains("is no lock"));
    assert_eq!(kolscore(["rank", "-b", BRIEF]).code, 2);
}
