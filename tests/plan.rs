//! `kolscore plan` through the binary: proposals, rules to the cent, phases, what cannot be, and every format.

use std::collections::HashMap;

use calamine::{Reader, Xlsx};
use kolscore::present::FORMATS;
use serde_json::Value;

use crate::{
    binary::{Folder, Run, kolscore, shared},
    examples::golden,
};

const BABY_FOOD: [&str; 6] =
    ["plan", "-b", "examples/baby-food/brief.toml", "examples/baby-food/koc_list.csv", "examples/baby-food/mcn_sheet.csv", "examples/baby-food/pgy_export.csv"];

fn plan(more: &[&str]) -> Run {
    kolscore(BABY_FOOD.iter().chain(more).copied())
}

fn rows<'v>(whole: &'v Value, section: &str) -> Vec<&'v Value> {
    whole[section].as_array().map_or_else(Vec::new, |rows| rows.iter().collect())
}

fn cents(value: &Value) -> i64 {
    (value.as_f64().unwrap() * 100.0).round() as i64
}

fn json(more: &[&str]) -> Value {
    plan(&[more, &["-f", "json"]].concat()).json()
}

fn sum(rows: &[&Value], wanted: impl Fn(&Value) -> bool) -> i64 {
    rows.iter().filter(|row| wanted(row)).map(|row| cents(&row["price"])).sum()
}

#[test]
fn the_proposals_are_as_shown() {
    golden("plan.txt", &plan(&["--budget", "12000"]).ok());
    golden("plan.md", &plan(&["--budget", "12000", "-f", "md"]).ok());
    golden("plan-budgets.txt", &plan(&["--budget", "20000", "--set", "plan.mix=any", "--what-if", "budget=5000,10000,40000"]).ok());
}

#[test]
fn a_proposal_fits_the_width_that_it_is_given() {
    for width in ["60", "80", "100", "140"] {
        let text = plan(&["--budget", "12000", "--what-if", "budget=5000", "--width", width]).ok();
        let widest = text.lines().map(unicode_width::UnicodeWidthStr::width).max().unwrap();
        assert!(widest <= width.parse().unwrap(), "{width}: {widest}\n{text}");
    }
}

#[test]
fn the_plan_adds_up_and_keeps_its_rules_to_the_cent() {
    let rules = [
        "--set",
        "plan.kind.koc.min_share=0.3",
        "--set",
        "plan.tier.腰部.max=2",
        "--set",
        "plan.platform.抖音.max_share=0.2",
        "--set",
        "plan.category.母婴/育儿.min=2",
        "--set",
        "plan.max_creators=12",
        "--set",
        "plan.mix=any",
        "--set",
        "plan.max_share=0.25",
        "--budget",
        "9000",
    ];
    for objective in ["reach", "match"] {
        let whole = json(&[&rules[..], &["--set", &format!("plan.objective={objective}")]].concat());
        let picks = rows(&whole, "creators");
        let spent = sum(&picks, |_| true);
        assert_eq!(spent, cents(&whole["plan"]["spent"]));
        assert!(spent <= 900_000 && picks.len() <= 12);
        assert!(sum(&picks, |row| row["kind"] == "koc") * 10 >= spent * 3);
        assert!(sum(&picks, |row| row["platform"] == "抖音") * 5 <= spent);
        assert!(picks.iter().filter(|row| row["tier"] == "腰部").count() <= 2);
        assert!(picks.iter().filter(|row| row["category"].as_str().unwrap().starts_with("母婴/育儿")).count() >= 2);
        assert!(picks.iter().all(|row| cents(&row["price"]) <= 225_000));
        let (value, bound) = (whole["plan"]["value"].as_f64().unwrap(), whole["plan"]["bound"].as_f64().unwrap());
        assert!(value > 0.0 && value <= bound && whole["plan"]["gap"].as_f64().unwrap() < 0.05, "{}", whole["plan"]);
        let people = &whole["plan"]["people"];
        assert!(people["lo"].as_f64() <= people["mid"].as_f64() && people["mid"].as_f64() <= people["hi"].as_f64());
        assert!(people["mid"].as_f64() <= whole["plan"]["contacts"].as_f64(), "nobody is counted twice");
        let named: Vec<&str> = rows(&whole, "rules").iter().map(|rule| rule["rule"].as_str().unwrap()).collect();
        assert_eq!(
            named,
            [
                "budget.total",
                "plan.max_creators",
                "plan.per_day",
                "plan.kind.koc.min_share",
                "plan.platform.抖音.max_share",
                "plan.category.母婴/育儿.min",
                "plan.tier.腰部.max"
            ]
        );
    }
}

#[test]
fn those_who_must_be_in_are_and_those_who_must_not_are_not() {
    let whole =
        json(&["--budget", "20000", "--set", "plan.must=[\"营养师麦卡\", \"甜甜妈好物铺🔥\"]", "--set", "plan.never=糯米团子妈", "--set", "plan.mix=any"]);
    let names: Vec<&str> = rows(&whole, "creators").iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"营养师麦卡") && names.contains(&"甜甜妈好物铺🔥") && !names.contains(&"糯米团子妈"), "{names:?}");
    let musts = rows(&whole, "rules").into_iter().filter(|rule| rule["rule"] == "plan.must").count();
    assert_eq!(musts, 2, "each has its price");
    assert!(plan(&["--set", "plan.must=nobody"]).fails(1).contains("no candidate has the id or the name `nobody`"));
    let excluded = plan(&["--set", "plan.must=营养师麦卡", "--set", "eligible.exclude_keywords=营养师"]).fails(1);
    assert!(excluded.contains("`plan.must` names 营养师麦卡, whom `eligible.exclude_keywords` excludes"), "{excluded}");
    let unknown = plan(&["--set", "plan.must=阿粥带娃日记"]).fails(1);
    assert!(unknown.contains("who cannot be planned with: price unknown"), "{unknown}");
}

#[test]
fn fees_and_rebates_are_in_the_price() {
    let prices = |more: &[&str]| -> HashMap<String, i64> {
        let whole = json(&[&["--budget", "90000", "--set", "plan.mix=any"][..], more].concat());
        rows(&whole, "creators").iter().map(|row| (row["id"].as_str().unwrap().to_owned(), cents(&row["price"]))).collect()
    };
    let (plain, fee) = (prices(&[]), prices(&["--set", "plan.fee.小红书=0.1"]));
    let both: Vec<(i64, i64)> = fee.iter().filter_map(|(id, price)| Some((*price, *plain.get(id)?))).collect();
    assert!(both.len() > 10 && both.iter().all(|(with, without)| *with == without * 11 / 10 || *without == 15_000), "{both:?}");
    let rebated = prices(&["--set", "plan.rebate.*=0.2"]);
    let both: Vec<(i64, i64)> = rebated.iter().filter_map(|(id, price)| Some((*price, *plain.get(id)?))).collect();
    assert!(both.iter().any(|(with, without)| *with == without * 8 / 10) && both.iter().any(|(with, without)| with == without), "{both:?}");
}

#[test]
fn nobody_publishes_outside_the_phases_and_no_day_takes_too_many() {
    let whole = json(&["--budget", "12000", "--set", "plan.per_day=2"]);
    let picks = rows(&whole, "creators");
    let mut days: HashMap<&str, usize> = HashMap::new();
    for row in &picks {
        let phase = rows(&whole, "phases").into_iter().find(|phase| phase["phase"] == row["phase"]).unwrap();
        let day = row["day"].as_str().unwrap();
        assert!(phase["from"].as_str().unwrap() <= day && day <= phase["to"].as_str().unwrap(), "{row}");
        *days.entry(day).or_default() += 1;
    }
    assert!(days.values().all(|count| *count <= 2), "{days:?}");
    let kinds = |phase: &str| picks.iter().filter(|row| row["phase"] == phase).map(|row| row["kind"].as_str().unwrap()).collect::<Vec<_>>();
    assert!(!kinds("ignite").is_empty() && kinds("ignite").iter().all(|kind| *kind == "kol") && kinds("spread").contains(&"koc"));
    let narrow = json(&["--budget", "12000", "--set", "plan.per_day=1", "--set", "plan.phases={ ignite = { from = 2026-12-01, to = 2026-12-04 } }"]);
    assert_eq!(rows(&narrow, "creators").len(), 4, "four days, one a day");
    let usual = kolscore(
        [&["plan", "-b"][..], &["examples/trail-shoes/brief.toml", "examples/trail-shoes/micro_creators.csv", "--budget", "5000", "-f", "json"]].concat(),
    )
    .json();
    assert!(rows(&usual, "phases").iter().all(|phase| phase["from"].as_str().unwrap().starts_with("day ")));
}

#[test]
fn a_budget_that_is_too_small_is_told_with_the_smallest_that_would_do() {
    let rules = ["--set", "plan.kind.kol.min=4", "--set", "plan.mix=any"];
    let error = plan(&[&rules[..], &["--budget", "500"]].concat()).fails(1);
    assert!(error.contains("the budget is too small for `plan.kind.kol.min`"), "{error}");
    let least = error.split("`--budget ").nth(1).unwrap().split('`').next().unwrap();
    plan(&[&rules[..], &["--budget", least]].concat()).ok();
    let less = format!("{:.2}", least.parse::<f64>().unwrap() - 0.01);
    plan(&[&rules[..], &["--budget", &less]].concat()).fails(1);
    let conflict = plan(&["--set", "plan.kind.koc.min=3", "--set", "plan.max_creators=2"]).fails(1);
    assert!(conflict.contains("whatever the budget: `plan.max_creators` with `plan.kind.koc.min` cannot hold"), "{conflict}");
    assert!(plan(&["--budget", "50"]).fails(1).contains("the cheapest costs 100"));
    let brief = "examples/trail-shoes/brief.toml";
    let without = kolscore(["plan", "-b", brief, "examples/trail-shoes/micro_creators.csv", "--set", "budget={ currency = \"USD\" }"]).fails(2);
    assert!(without.contains("the brief names no budget"), "{without}");
}

#[test]
fn wrong_rules_say_what_to_write() {
    for (set, says) in [
        ("plan.kind.kok.min=2", "did you mean `koc`?"),
        ("plan.mix=\"4060\"", "write it as \"40:60\""),
        ("plan.max_share=30", "30 % is written 0.3"),
        ("plan.per_day=0", "nobody could publish on any day"),
        ("plan.min_creators=2.5", "2.5 is no number of creators"),
        ("plan.tier.macr.max=1", "did you mean `macro`?"),
        ("plan.phases.ignit.share=0.2", "did you mean `ignite`?"),
        ("plan.phases.preheat.to=2026-11-30", "it ends before it begins"),
        ("plan.phases.ignite.from=2026-12-03", "it begins before the phase ahead of it has ended"),
        ("plan.phases.spread.share=0.9", "shares add up to 1.60"),
        ("plan.rebate.*=1", "20 % is written 0.2"),
        ("plan.kind.koc={ min = 5, max = 2 }", "the least is above the most"),
    ] {
        let error = plan(&["--set", set]).fails(1);
        assert!(error.contains(says), "{set}: {error}");
    }
    assert!(plan(&["--set", "plan.objektive=reach"]).fails(2).contains("did you mean `objective`?"));
    assert!(plan(&["--what-if", "days=3"]).fails(2).contains("only the budget can vary"));
}

#[test]
fn every_format_tells_one_plan_in_the_same_bytes() {
    let folder = Folder::new();
    let bytes = |format: &str, name: &str, more: &[&str]| {
        let path = folder.path(&format!("{name}.{}", if format == "table" { "txt" } else { format })).display().to_string();
        plan(&[&["--budget", "12000", "-o", &path, "--what-if", "budget=5000"][..], more].concat()).ok();
        std::fs::read(path).unwrap()
    };
    for format in FORMATS {
        let (once, again) = (bytes(format.name, "a", &[]), bytes(format.name, "a", &["--threads", "3"]));
        assert!(!once.is_empty() && once == again, "{}: written over itself, on three threads", format.name);
        let text = String::from_utf8_lossy(&once);
        assert!(format.name == "xlsx" || text.contains("糯米团子妈"), "{}", format.name);
    }
    let whole = json(&["--budget", "12000"]);
    let picks = rows(&whole, "creators");
    let csv = bytes("csv", "b", &[]);
    let mut reader = csv::Reader::from_reader(csv.strip_prefix("\u{feff}".as_bytes()).unwrap());
    let ids: Vec<String> = reader.records().map(|record| record.unwrap()[4].to_owned()).collect();
    let lines: Vec<Value> = String::from_utf8(bytes("jsonl", "b", &[])).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(ids, picks.iter().map(|row| row["id"].as_str().unwrap()).collect::<Vec<_>>());
    assert_eq!(lines.iter().collect::<Vec<_>>(), picks);
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes("xlsx", "b", &["--lang", "en"]))).unwrap();
    let names = [
        "Summary",
        "creators",
        "phases",
        "calendar",
        "rules and what they cost",
        "just missed",
        "who is reached",
        "what they speak of",
        "other budgets",
        "Notes",
    ];
    assert_eq!(book.sheet_names(), names);
    assert_eq!(book.worksheet_range("creators").unwrap().rows().skip(1).take(ids.len()).map(|row| row[4].to_string()).collect::<Vec<_>>(), ids);
}

#[test]
fn a_page_of_a_plan_holds_no_script_and_no_markup_of_others() {
    let folder = Folder::new();
    let brief = folder.file("brief.toml", "[brand]\nname = \"<b>x</b>\"\n[domain]\ncategories = { \"母婴/辅食\" = 1.0 }\n[budget]\ntotal = 1000\n");
    let names = ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "a|b`c`[d](http://e)"];
    let rows: String = names.iter().enumerate().map(|(at, name)| format!("{at},\"{name}\",小红书,900,50,辅食 宝宝辅食\n")).collect();
    let file = folder.file("hostile.csv", format!("id,name,platform,followers,price_image,titles\n{rows}"));
    let planned = |format: &str| kolscore(["plan", "-b", &brief, &file, "-f", format, "--set", "constants.plan.cutoff=0"]).ok();
    let page = planned("html");
    assert!(
        !page.contains("<script") && page.contains("&lt;script&gt;alert(1)") && page.contains("&lt;b&gt;x&lt;/b&gt;") && page.contains("default-src 'none'")
    );
    assert!(planned("csv").contains("'=cmd|"));
    assert!(planned("md").contains(r"a\|b\`c\`\[d\](http://e)"));
}

#[test]
fn other_budgets_never_buy_less_for_more() {
    let whole = json(&["--budget", "20000", "--set", "plan.mix=any", "--what-if", "budget=1000,2000,4000,8000,16000,32000,64000"]);
    let curve = rows(&whole, "what_if");
    let values: Vec<f64> = curve.iter().filter_map(|row| row["value"].as_f64()).collect();
    assert_eq!((curve.len(), values.len()), (8, 8));
    assert!(values.windows(2).all(|pair| pair[0] <= pair[1]), "{values:?}");
    assert!(curve.iter().all(|row| row["spent"].as_f64() <= row["budget"].as_f64()));
    let own = curve.iter().find(|row| row["budget"] == 20_000).unwrap();
    assert_eq!(own["value"].as_f64().unwrap(), whole["plan"]["value"].as_f64().unwrap().round());
}

#[test]
fn the_creators_of_a_plan_go_into_a_shortlist() {
    let folder = Folder::new();
    let cart = folder.path("shortlist.csv").display().to_string();
    let whole: Value = serde_json::from_str(&plan(&["--budget", "12000", "-f", "json", "--cart", &cart]).ok()).unwrap();
    let held = kolscore(["shortlist", "export", "--cart", &cart, "-f", "json"]).json();
    let ids = |rows: &Value| rows.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(ids(&held), ids(&whole["creators"]));
    assert!(held[0]["status"] == "sourced" && !held[0]["reach"].as_str().unwrap_or_default().is_empty(), "{}", held[0]);
}

#[test]
fn a_time_limit_gives_the_best_plan_found_with_its_gap() {
    let whole = json(&["--budget", "20000", "--set", "plan.mix=any", "--time-limit", "5"]);
    let plan = &whole["plan"];
    assert!(plan["value"].as_f64() > Some(0.0) && plan["value"].as_f64() <= plan["bound"].as_f64() && plan["gap"].as_f64() < Some(1.0), "{plan}");
}

#[test]
fn a_usual_mix_gives_way_and_a_written_one_does_not() {
    let only_koc = ["plan", "-b", "examples/baby-food/brief.toml", "examples/baby-food/koc_list.csv", "--budget", "2000"];
    let whole = kolscore(only_koc.iter().copied().chain(["-f", "json"])).json();
    let note = "there is no KOL to plan with, so the usual mix KOL:KOC 55:45 (conversion 转化 40:60 and search 搜索 70:30) is left out";
    assert!(whole["plan"]["notes"].as_array().unwrap().contains(&Value::from(note)), "{}", whole["plan"]);
    let error = kolscore(only_koc.iter().copied().chain(["--set", "plan.mix=40:60"])).fails(1);
    assert!(error.contains("plan.mix"), "{error}");
}

#[test]
fn a_real_export_becomes_a_proposal() {
    let Some(path) = shared("pgy_energybar/pgy_kols_flat.csv") else { return };
    let whole = kolscore(["plan", "-b", "tests/briefs/energy-bar.toml", path.to_str().unwrap(), "--budget", "1000", "-f", "json"]).json();
    assert!(whole["plan"]["spent"].as_f64() <= Some(1_000.0) && !rows(&whole, "creators").is_empty() && !rows(&whole, "misses").is_empty(), "{whole}");
}
