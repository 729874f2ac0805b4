//! `kolscore eval`: rankings against labels that they never see.

use std::collections::BTreeMap;

use kolscore::random::SplitMix64;
use serde_json::Value;

use crate::binary::{Folder, kolscore, shared};

/// The topical categories of the table of bios; the others are looks, fame and organisations.
const TOPICAL: &str = "游戏,美食,交通汽车,亲子,宠物,音乐,旅游,知识教育,二次元,运动,美妆,舞蹈";

/// Twelve creators: half are a yes; followers tell them apart but for one.
const LABELLED: &str = "id,platform,followers,titles,good\n\
    1,小红书,9000,宝宝辅食,1\n2,小红书,8000,宝宝辅食,1\n3,小红书,7000,辅食,1\n4,小红书,6000,辅食,1\n5,小红书,5000,露营,1\n6,小红书,1000,露营,1\n\
    7,小红书,4000,辅食,0\n8,小红书,3000,露营,0\n9,小红书,2500,露营,0\n10,小红书,2000,露营,0\n11,小红书,1500,露营,0\n12,小红书,500,露营,0\n";

/// The figures of one ranking of one class, by measure: value, lower and upper end.
fn figures(class: &Value, ranking: &str) -> BTreeMap<String, (f64, f64, f64)> {
    let found = class["rankings"].as_array().unwrap().iter().find(|own| own["ranking"] == ranking).unwrap_or_else(|| panic!("no {ranking} in {class}"));
    let number = |figure: &Value, key: &str| figure[key].as_f64().unwrap_or(f64::NAN);
    let of = |figure: &Value| (figure["measure"].as_str().unwrap().to_owned(), (number(figure, "value"), number(figure, "lo"), number(figure, "hi")));
    found["measures"].as_array().unwrap().iter().map(of).collect()
}

fn eval(file: &str, more: &[&str]) -> Value {
    kolscore([&["eval", file, "-f", "json"], more].concat()).json()
}

#[test]
fn figures_stand_beside_naive_rankings_with_their_intervals() {
    let folder = Folder::new();
    let brief = folder.file("brief.toml", "[domain]\ncategories = { \"母婴/辅食\" = 1.0 }\n");
    let file = folder.file("labelled.csv", LABELLED);
    let whole = eval(&file, &["--label", "good", "-b", &brief, "--by", "domain,score", "-n", "5"]);
    assert_eq!((whole["label_kind"].as_str(), whole["labelled"].as_u64()), (Some("binary"), Some(12)));
    let class = &whole["classes"][0];
    let names: Vec<&str> = class["rankings"].as_array().unwrap().iter().map(|ranking| ranking["ranking"].as_str().unwrap()).collect();
    assert_eq!(names, ["domain", "score", "tags", "keyword", "followers", "eng. rate", "random"]);
    // Of 36 pairs the creator with 1,000 followers loses to four others.
    let (auc, lo, hi) = figures(class, "followers")["auc"];
    assert!((auc - 31.0 / 36.0).abs() < 1e-12 && lo <= auc && auc <= hi && lo < hi, "{auc} [{lo}, {hi}]");
    assert_eq!(figures(class, "followers")["p@5"].0, 1.0);
    assert!(figures(class, "domain")["auc"].0 > 0.7);
    assert!(figures(class, "tags").values().all(|(value, _, _)| value.is_nan() || (*value - 0.5).abs() < 0.5));
    let warnings = whole["warnings"].to_string();
    assert!(warnings.contains("12 labelled candidates are few"), "{warnings}");
    assert_eq!(eval(&file, &["--label", "good", "-b", &brief, "--by", "domain,score", "-n", "5", "--threads", "5"]), whole);
}

#[test]
fn grades_and_outcomes_are_ranked_by_correlation() {
    let folder = Folder::new();
    let rows: String = (1..=10).map(|row| format!("{row},小红书,{},{}\n", row * 1000, row * 7 % 11 * 100)).collect();
    let file = folder.file("sales.csv", format!("id,platform,followers,sales\n{rows}"));
    let whole = eval(&file, &["--label", "sales", "--resamples", "50"]);
    assert_eq!(whole["label_kind"], "outcome");
    let followers = figures(&whole["classes"][0], "followers");
    assert_eq!(followers.keys().map(String::as_str).collect::<Vec<_>>(), ["kendall", "ndcg@10", "spearman", "top@10"]);
    // Ranks 7, 3, 10, 6, 2, 9, 5, 1, 8, 4 against 1 to 10, by hand: Σd² = 198, so 1 - 6·198/990.
    assert!((followers["spearman"].0 - (1.0 - 6.0 * 198.0 / 990.0)).abs() < 1e-9, "{followers:?}");
}

#[test]
fn what_cannot_be_judged_is_refused_with_a_hint() {
    let folder = Folder::new();
    let few = folder.file("few.csv", LABELLED.lines().take(7).fold(String::new(), |text, line| text + line + "\n"));
    let err = kolscore(["eval", &few, "--label", "good"]).fails(1);
    assert!(err.contains("6 candidates have a label in `good`; fewer than 8 say nothing"), "{err}");
    let file = folder.file("labelled.csv", LABELLED);
    let err = kolscore(["eval", &file, "--label", "god"]).fails(2);
    assert!(err.contains("no file has the label column `god`") && err.contains("did you mean `good`?"), "{err}");
    let err = kolscore(["eval", &file, "--label", "good", "--by", "domian"]).fails(2);
    assert!(err.contains("did you mean `domain`?"), "{err}");
    let err = kolscore(["eval", &file, "--label", "titles", "--as", "grade"]).fails(1);
    assert!(err.contains("labelled.csv:2: the label `宝宝辅食` is not a number"), "{err}");
}

#[test]
fn the_label_column_is_an_input_of_nothing() {
    let folder = Folder::new();
    let tags = |label: [&str; 2]| {
        let rows: String = (1..=10).map(|row| format!("{row},抖音,{},{}\n", if row < 6 { "汽车" } else { "火锅" }, label[usize::from(row > 5)])).collect();
        folder.file("labels.csv", format!("id,platform,titles,categories\n{rows}"))
    };
    let right = eval(&tags(["汽车", "美食"]), &["--label", "categories", "--resamples", "0"]);
    let wrong = eval(&tags(["美食", "汽车"]), &["--label", "categories", "--resamples", "0"]);
    let auc = |whole: &Value| whole["classes"].as_array().unwrap().iter().map(|class| figures(class, "domain")["auc"].0).collect::<Vec<_>>();
    assert_eq!((auc(&right), auc(&wrong)), (vec![1.0, 1.0], vec![0.0, 0.0]));
    // `tags` is the category tag alone; the only such column holds the labels, so nothing is known.
    assert_eq!(right["classes"][0]["rankings"].as_array().unwrap().iter().find(|own| own["ranking"] == "tags").unwrap()["known"], 0);
}

/// Mean and each category's AUC of the domain alone.
fn domain_auc(file: &str, label: &str, only: &str) -> (f64, BTreeMap<String, f64>) {
    let mut more = vec!["--label", label, "--by", "domain", "--resamples", "0"];
    if !only.is_empty() {
        more.extend(["--only", only]);
    }
    let whole = eval(file, &more);
    let each = whole["classes"].as_array().unwrap().iter().map(|class| (class["label"].as_str().unwrap().to_owned(), figures(class, "domain")["auc"].0));
    let each: BTreeMap<String, f64> = each.collect();
    (each.values().sum::<f64>() / each.len() as f64, each)
}

#[test]
fn the_domain_tells_the_categories_of_bios_and_captions() {
    let Some(bios) = shared("douyin_bios/douyin.csv") else { return };
    let (mean, each) = domain_auc(bios.to_str().unwrap(), "category", TOPICAL);
    assert_eq!(each.len(), 12);
    assert!(mean >= 0.80, "{mean} {each:?}");
    let captions = shared("kim_dev/candidates.csv").unwrap();
    let (mean, each) = domain_auc(captions.to_str().unwrap(), "label_category", "");
    assert_eq!(each.len(), 8);
    assert!(mean >= 0.80, "{mean} {each:?}");
}

/// The table with the cells of a column in another order.
fn shuffled(table: &[csv::StringRecord], column: usize, seed: u64) -> String {
    let mut random = SplitMix64(seed);
    let mut order: Vec<usize> = (1..table.len()).collect();
    (1..order.len()).rev().for_each(|at| order.swap(at, random.below(at + 1)));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&table[0]).unwrap();
    for (row, other) in table[1..].iter().zip(order) {
        writer.write_record(row.iter().enumerate().map(|(at, cell)| if at == column { &table[other][at] } else { cell })).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

#[test]
fn with_shuffled_labels_nothing_is_told() {
    // The mean over so many orders has a deviation of .01 for the rarest category, 32 of 5,025.
    const ORDERS: u64 = 30;
    let Some(bios) = shared("douyin_bios/douyin.csv") else { return };
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(bios).unwrap();
    let table: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let column = table[0].iter().position(|name| name == "category").unwrap();
    let folder = Folder::new();
    let of_seed = |seed: u64| {
        let file = folder.file(&format!("shuffled-{seed}.csv"), shuffled(&table, column, seed));
        domain_auc(&file, "category", TOPICAL).1
    };
    let seeds: Vec<u64> = (0..ORDERS).collect();
    let all: Vec<BTreeMap<String, f64>> = std::thread::scope(|scope| {
        let halves: Vec<_> =
            seeds.chunks(ORDERS as usize / 2).map(|half| scope.spawn(move || half.iter().map(|seed| of_seed(*seed)).collect::<Vec<_>>())).collect();
        halves.into_iter().flat_map(|half| half.join().unwrap()).collect()
    });
    for label in all[0].keys() {
        let mean = all.iter().map(|each| each[label]).sum::<f64>() / ORDERS as f64;
        assert!((mean - 0.5).abs() <= 0.03, "{label}: {mean}");
    }
}
