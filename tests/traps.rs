//! Traps of real exports that once changed a ranking silently.

use serde_json::Value;

use crate::binary::{BRIEF, Folder, kolscore, rank};

fn rows(whole: &Value) -> Vec<Value> {
    whole["boards"].as_array().unwrap().iter().flat_map(|board| board["candidates"].as_array().unwrap().clone()).collect()
}

fn audience(brief: &str, file: &str) -> Value {
    let whole = rank(brief, file, &["-f", "json"]).json();
    rows(&whole)[0]["dimensions"]["audience"].clone()
}

#[test]
fn t2_ten_thousands_in_the_header_are_read() {
    let whole = rank(BRIEF, "id,粉丝量/w,图文报价（万）\n1,4.2,0.3\n", &["-f", "json"]).json();
    let row = &rows(&whole)[0];
    assert_eq!((row["followers"].as_f64(), row["price"].as_f64()), (Some(42_000.0), Some(3_000.0)));
}

#[test]
fn t4_scope_and_window_are_part_of_the_field() {
    let file = "id,a,b\n1,10,20\n";
    let error = rank(BRIEF, file, &["--map", "a=views:organic:30d", "--map", "b=views:organic:30d"]).fails(1);
    assert!(error.contains("columns `a` and `b` are all taken for"), "{error}");
    rank(BRIEF, file, &["--map", "a=views:organic:30d", "--map", "b=views:sponsored:30d"]).ok();
}

#[test]
fn t7_a_truncated_distribution_is_an_interval_and_never_completed() {
    let found = audience("[audience]\nregion = [\"浙江\"]\n", "id,audience.region\n1,广东 11.25%、江苏 7.5%\n");
    let (lo, value, hi) = (found["lo"].as_f64().unwrap(), found["value"].as_f64().unwrap(), found["hi"].as_f64().unwrap());
    assert!(lo == 0.0 && lo < value && value < hi && hi > 0.9, "{found}");
    assert!((found["known"].as_f64().unwrap() - 0.1875).abs() < 1e-6);
    assert!((0.4..0.6).contains(&value), "a share like everybody's is about a half: {found}");
    let listed = audience("[audience]\nregion = [\"广东\"]\n", "id,audience.region\n1,广东 11.25%、江苏 7.5%\n");
    assert_eq!((&listed["lo"], listed["known"].as_f64()), (&listed["hi"], Some(1.0)), "the target is listed, so the rest is out of it");
    assert!(listed["value"].as_f64().unwrap() < 0.6, "the list is not blown up to 100 %: {listed}");
}

#[test]
fn t8_age_bands_of_another_platform_are_mapped_by_years() {
    let brief = "[audience]\nage = [\"25-34\"]\n";
    let douyin = audience(brief, "id,audience.age.18-23,audience.age.24-30,audience.age.31-40,audience.age.41-50,audience.age.50+\n1,10%,40%,30%,15%,5%\n");
    let all_young = audience(brief, "id,audience.age.18-23,audience.age.24-30,audience.age.31-40,audience.age.41-50,audience.age.50+\n1,100%,0%,0%,0%,0%\n");
    assert!(douyin["value"].as_f64().unwrap() > all_young["value"].as_f64().unwrap());
    assert_eq!(douyin["known"].as_f64(), Some(1.0));
}

#[test]
fn sums_of_audience_shares_follow_their_rule() {
    let brief = "[audience]\nage = [\"25-34\"]\n";
    let with = |cell: &str| rank(brief, format!("id,audience.age\n1,{cell}\n"), &["-f", "json"]).json();
    let flags = |whole: &Value| rows(whole)[0]["flags"].to_string();
    assert!(flags(&with("18-24: 50%; 25-34: 56%")).contains("audience:age:106%"));
    assert!(!flags(&with("18-24: 50%; 25-34: 51%")).contains("audience"));
    let above = with("18-24: 50%; 25-34: 70%");
    assert_eq!(rows(&above)[0]["score"], Value::Null, "above 110 % is unknown");
    assert_eq!(above["run"]["inputs"][0]["rejects"][0]["reason"], "shares of the audience add up to more than 110 %");
    let zero = with("18-24: 0%; 25-34: 0.00%");
    assert_eq!(rows(&zero)[0]["score"], Value::Null, "all zero is how some tools write null");
}

#[test]
fn t9_gender_codes_are_never_guessed() {
    let found = audience("[audience]\ngender = [\"女\"]\n", "id,name,gender,女粉占比\n1,甲,1,70%\n");
    assert!(found["value"].as_f64().unwrap() > 0.6, "the creator's code says nothing of the audience");
    let whole = rank("[audience]\ngender = [\"女\"]\n", "id,audience.gender\n1,1: 30% / 2: 70%\n2,1: 30% / 2: 70%\n", &["-f", "json"]).json();
    assert_eq!(rows(&whole)[0]["score"], Value::Null, "codes in an audience are unknown");
}

#[test]
fn t11_ids_stay_text_and_spoiled_ids_are_refused() {
    let whole = rank(BRIEF, "id,name\n6978410895290400808,甲\n6.97E+18,乙\n00123,丙\n", &["-f", "json"]).json();
    let ids: Vec<String> = rows(&whole).iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, ["00123", "6978410895290400808"]);
    let reject = &whole["run"]["inputs"][0]["rejects"][0];
    assert_eq!(
        (reject["line"].as_u64(), reject["column"].as_str(), reject["cell"].as_str(), reject["row"].as_bool()),
        (Some(3), Some("id"), Some("6.97E+18"), Some(true))
    );
}

#[test]
fn t12_a_nickname_is_no_identity() {
    let whole = rank(BRIEF, "id,name,followers\n1,小美,10\n2,小美,20\n", &["-f", "json"]).json();
    assert_eq!((whole["run"]["counts"]["ranked"].as_u64(), rows(&whole).len(), whole["run"]["counts"]["merged"].as_u64()), (Some(0), 2, Some(0)));
    let same = "name,url,followers\n小美,https://www.xiaohongshu.com/user/profile/5a?x=1,10\n美美,xiaohongshu.com/user/profile/5a,10\n";
    assert_eq!(rank(BRIEF, same, &["-f", "json"]).json()["run"]["counts"]["merged"], 1, "one address with and without its query");
}

#[test]
fn rows_that_contradict_each_other_are_for_the_user_to_decide() {
    let folder = Folder::new();
    let brief = folder.file("brief.toml", BRIEF);
    let old = folder.file("old.csv", "id,followers,as_of\n1,100,2026-01-01\n2,50,2026-01-01\n");
    let new = folder.file("new.csv", "id,followers,as_of\n1,120,2026-02-01\n2,50,2026-02-01\n");
    let error = kolscore(["rank", "-b", &brief, &old, &new]).fails(1);
    assert!(error.contains("old.csv:2 and ") && error.contains("new.csv:2 are the same creator (`1`) but differ in `followers`: 100 and 120"), "{error}");
    let followers = |policy: &str| {
        let whole = kolscore(["rank", "-b", &brief, &old, &new, "--duplicates", policy, "-f", "json"]).json();
        assert_eq!(whole["run"]["counts"]["merged"], 2);
        rows(&whole)[0]["followers"].as_f64().unwrap()
    };
    assert_eq!((followers("first"), followers("newest")), (100.0, 120.0));
}

#[test]
fn zero_is_not_a_price_and_unknown_is_not_zero() {
    let whole = rank("[domain]\ncategories = { \"母婴\" = 1.0 }\n", "id,price_image,categories\n1,0,\n2,-,母婴\n3,无数据,\n", &["-f", "json"]).json();
    let rows = rows(&whole);
    assert!(rows.iter().all(|row| row["price"].is_null()));
    assert_eq!(rows[0]["id"], "2");
    assert!(rows[1..].iter().all(|row| row["score"].is_null() && row["rank"].is_null() && row["score_lo"] == 0 && row["score_hi"] == 100));
}

#[test]
fn a_place_inside_or_around_the_target_counts_for_what_it_is() {
    let region = |wanted: &str, cell: &str| audience(&format!("[audience]\nregion = [\"{wanted}\"]\n"), &format!("id,audience.region\n1,{cell}\n"));
    let lo_hi = |found: &Value| (found["lo"].as_f64().unwrap(), found["hi"].as_f64().unwrap());
    let (lo, hi) = lo_hi(&region("海外", "美国 60%、广东 40%"));
    assert!(lo > 0.9 && lo == hi, "美国 is 海外: {lo} {hi}");
    let (lo, hi) = lo_hi(&region("美国", "海外 60%、广东 40%"));
    assert!(lo == 0.0 && hi > 0.5, "how much of 海外 is 美国, nobody knows: {lo} {hi}");
    assert_eq!(lo_hi(&region("美国", "江苏 60%、广东 40%")), (0.0, 0.0));
}

/// Ten creators with a quote, views and the CPM that the export reports; `quote` makes the quote of a row.
fn with_cpm(quote: impl Fn(u32) -> f64) -> String {
    let rows: Vec<String> = (1..=10).map(|n| format!("{n},{},{},{}", quote(n), 1_000 * n, 80)).collect();
    format!("id,图文报价,views_median,cpm\n{}\n", rows.join("\n"))
}

#[test]
fn t1_a_quote_in_fen_is_refused_where_its_cpm_tells() {
    let yuan = |n: u32| 80.0 * f64::from(n);
    rank(BRIEF, with_cpm(yuan), &[]).ok();
    let error = rank(BRIEF, with_cpm(|n| 100.0 * yuan(n)), &[]).fails(1);
    assert!(error.contains("column `图文报价` is 100 times what `cpm` and the views say in all 10 quotes (the first on line 2): unit 元 or 分?"), "{error}");
    assert!(error.contains("\"图文报价\" = \"price_image:分\""), "{error}");
    let prices = |more: &[&str]| rows(&rank(BRIEF, with_cpm(|n| 100.0 * yuan(n)), more).json()).iter().map(|row| row["price"].as_f64().unwrap()).sum::<f64>();
    assert_eq!(prices(&["-f", "json", "--map", "图文报价=price_image:分"]), 4_400.0, "the line that the error prints mends it");
    let mixed = rank(BRIEF, with_cpm(|n| if n % 2 == 0 { yuan(n) } else { 100.0 * yuan(n) }), &[]).fails(1);
    assert!(mixed.contains("in 5 quotes, and not of 5 others") && mixed.contains("mixes units"), "{mixed}");
    let wan = rank(BRIEF, with_cpm(|n| yuan(n) / 1e4), &[]).fails(1);
    assert!(wan.contains("a ten-thousandth of") && wan.contains("\"图文报价\" = \"price_image:万\""), "{wan}");
}

#[test]
fn t3_two_header_rows_are_found_and_repeated_labels_are_told_apart() {
    let file = "昵称,日常30天,,合作30天,\n,阅读中位数,互动中位数,阅读中位数,互动中位数\n甲,1000,50,200,9\n乙,2000,60,300,8\n";
    let maps = ["--map", "日常30天·阅读中位数=views:organic:30d", "--map", "合作30天·阅读中位数=views:sponsored:30d"];
    let run = rank(BRIEF, file, &[&["-f", "json"], &maps[..]].concat());
    assert!(run.err.contains("two header rows: columns are named `group·label`"), "{}", run.err);
    assert_eq!(rows(&run.json()).len(), 2, "the second header row is no candidate");
    let error =
        rank(BRIEF, "id,阅读中位数,阅读中位数\n1,1000,200\n", &["--map", "阅读中位数=views:organic:30d", "--map", "阅读中位数#2=views:organic:30d"]).fails(1);
    assert!(error.contains("are all taken for `views:organic:30d`"), "{error}");
    let forced = rank(BRIEF, "昵称,日常\n,阅读\n甲,1\n", &["--header-rows", "2", "--columns", "日常·阅读"]).ok();
    assert!(forced.lines().next().unwrap().ends_with("日常·阅读") && forced.lines().count() == 2, "{forced}");
}

#[test]
fn t5_per_cent_or_fraction_is_decided_by_the_column() {
    let brief = "[audience]\ngender = [\"女\"]\n";
    let value = |file: &str| {
        rows(&rank(brief, file, &["-f", "json"]).json())
            .iter()
            .map(|row| (row["id"].to_string(), row["dimensions"]["audience"]["value"].as_f64().unwrap()))
            .collect::<Vec<_>>()
    };
    let fractions = value("id,女粉占比\n1,0.9\n2,0.05\n3,1\n");
    let per_cent = value("id,女粉占比\n1,90\n2,5\n3,100\n");
    assert_eq!(fractions, per_cent, "a 1 among fractions is all of them, not one per cent");
    let error = rank(brief, "id,女粉占比\n1,0.9\n2,1.05\n", &[]).fails(1);
    assert!(error.contains("may hold per cent or fractions: its largest number is 1.05"), "{error}");
}

#[test]
fn t6_a_top_list_blown_up_to_100_per_cent_says_who_is_larger_and_not_how_large() {
    let cell = "广东 40%、江苏 30%、浙江 30%";
    let found = |target: &str| {
        let whole = rank("[audience]\nregion = [\"广东\"]\n", format!("id,地域\n1,{cell}\n"), &["-f", "json", "--map", &format!("地域={target}")]).json();
        rows(&whole)[0]["dimensions"]["audience"].clone()
    };
    let (whole, top) = (found("audience.region"), found("audience.region:top"));
    assert!(whole["value"].as_f64() > top["value"].as_f64(), "40 % of the ten largest is not 40 % of all: {whole} {top}");
    assert!(top["hi"].as_f64().unwrap() - top["lo"].as_f64().unwrap() > 0.2, "{top}");
}

#[test]
fn t10_a_mean_that_the_export_fills_with_a_median_is_read_as_one() {
    let sample = std::fs::read_to_string("tests/formats/qiangua-userscript.csv").unwrap();
    let table = sample.split_once('\n').unwrap().1;
    let folder = Folder::new();
    let run = kolscore(["check", &folder.file("qiangua.csv", table), "-f", "json"]);
    let whole: Value = serde_json::from_str(&run.out).unwrap();
    let target = |name: &str| {
        let columns = whole["files"][0]["columns"].as_array().unwrap();
        columns.iter().find(|column| column["column"] == name).unwrap()["target"].as_str().unwrap_or_default().to_owned()
    };
    assert!(!target("平均收藏").contains("mean") && !target("平均评论").contains("mean"), "{} {}", target("平均收藏"), target("平均评论"));
    assert!(target("平均点赞").contains("mean"), "{}", target("平均点赞"));
}

#[test]
fn t13_profile_addresses_are_compared_without_what_tools_add_to_them() {
    let addresses = [
        "https://www.xiaohongshu.com/user/profile/5a0b?xsec_token=1&xsec_source=pc_search",
        "HTTPS://WWW.Xiaohongshu.com/user/profile/5a0b#tab",
        "xiaohongshu.com/user/profile/5a0b/",
    ];
    let table: String = addresses.iter().map(|address| format!("小满,{address},100\n")).collect();
    let whole = rank(BRIEF, format!("name,url,followers\n{table}"), &["-f", "json"]).json();
    assert_eq!((whole["run"]["counts"]["merged"].as_u64(), rows(&whole).len()), (Some(2), 1));
}

#[test]
fn t14_a_reported_cost_on_another_base_is_no_contradiction() {
    let rows_of = "0.96,0.96 0.8,0.76 0.69,0.42 5.09,4.56 0.5,1.1";
    let table: String = rows_of
        .split(' ')
        .enumerate()
        .map(|(n, pair)| {
            let (reported, own) = pair.split_once(',').unwrap();
            format!("{n},{},1000,{}\n", own.parse::<f64>().unwrap() * 1_000.0, reported.parse::<f64>().unwrap() * 1_000.0)
        })
        .collect();
    rank(BRIEF, format!("id,图文报价,views_median,cpm\n{table}"), &[]).ok();
}

#[test]
fn t15_medians_of_a_list_and_of_a_detail_page_are_told_apart_by_their_dates() {
    let folder = Folder::new();
    let brief = folder.file("brief.toml", BRIEF);
    let list = folder.file("list.csv", "id,views_median,as_of,bio\n1,1000,2026-08-01,米粉\n");
    let detail = folder.file("detail.csv", "id,views_median,as_of,图文报价\n1,1400,2026-08-10,300\n");
    let error = kolscore(["rank", "-b", &brief, &list, &detail]).fails(1);
    assert!(error.contains("but differ in `views`: 1000 and 1400"), "{error}");
    let checked = kolscore(["check", &list, &detail]);
    assert!(checked.code == 1 && checked.out.contains("views is 1000 at list.csv:2 and 1400 at detail.csv:2"), "{}", checked.out);
    let out = kolscore(["rank", "-b", &brief, &list, &detail, "--duplicates", "newest", "-f", "csv", "--columns", "as_of,views_median,bio"]).ok();
    let row = out.lines().nth(1).unwrap();
    assert!(row.contains(",300,") && row.ends_with("2026-08-10,1400,米粉"), "the newest row counts, and the older one fills what it leaves unknown: {out}");
}

#[test]
fn followers_who_come_and_go_between_two_exports_are_no_contradiction() {
    let folder = Folder::new();
    let brief = folder.file("brief.toml", BRIEF);
    let monday = folder.file("monday.csv", "id,followers,bio\n1,1000,米粉\n");
    let counts = |followers: u32| {
        let friday = folder.file("friday.csv", format!("id,followers\n1,{followers}\n"));
        kolscore(["rank", "-b", &brief, &monday, &friday, "-f", "json"])
    };
    assert_eq!(counts(1_019).json()["run"]["counts"]["merged"], 1);
    assert!(counts(1_030).fails(1).contains("differ in `followers`: 1000 and 1030"));
}

#[test]
fn rows_of_one_creator_are_joined_and_every_field_remembers_its_file() {
    let folder = Folder::new();
    let brief = folder.file("brief.toml", BRIEF);
    let who = folder.file("who.csv", "id,name,bio\n1,小满,宝宝辅食和米粉\n2,另一位,\n");
    let fans = folder.file("fans.csv", "id,followers,女粉占比\n1,12000,90%\n");
    let whole = kolscore(["rank", "-b", &brief, &who, &fans, "-f", "json"]).json();
    let row = rows(&whole).into_iter().find(|row| row["id"] == "1").unwrap();
    assert_eq!((row["name"].as_str(), row["followers"].as_f64()), (Some("小满"), Some(12_000.0)));
    assert!(row["dimensions"]["domain"]["known"].as_f64() > Some(0.0) && row["dimensions"]["audience"]["known"].as_f64() > Some(0.0), "{row}");
    let swapped = kolscore(["rank", "-b", &brief, &fans, &who, "-f", "json"]).json();
    assert_eq!(
        rows(&swapped).iter().map(|row| row["score"].clone()).collect::<Vec<_>>(),
        rows(&whole).iter().map(|row| row["score"].clone()).collect::<Vec<_>>()
    );
    let explained = kolscore(["explain", "1", "-b", &brief, &who, &fans]).ok();
    assert!(explained.contains("who.csv:2:3") && explained.contains("fans.csv:2:3"), "{explained}");
    let small = kolscore(["rank", "-b", &brief, &who, &fans, "-f", "json", "--set", "eligible.followers={max=5000}"]).json();
    assert_eq!(small["run"]["counts"]["excluded"], 1, "rules judge the joined creator: {}", small["run"]["counts"]);
}
