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
