//! What columns are taken for: packs, `[columns]`, `--map`, and the questions that stop a run.

use crate::binary::{BRIEF, rank};

#[test]
fn two_columns_for_one_field_stop_with_the_lines_to_write() {
    let file = "id,粉丝数,followers\n1,10,20\n";
    let error = rank(BRIEF, file, &[]).fails(1);
    assert!(error.contains("candidates.csv:1: columns `粉丝数` and `followers` are all taken for `followers`"), "{error}");
    assert!(error.contains("[columns]\n      \"粉丝数\" = \"ignore\"\n      \"followers\" = \"followers\""), "{error}");
    let out = rank(BRIEF, file, &["--map", "粉丝数=ignore"]).ok();
    assert!(out.lines().nth(1).unwrap().contains(",20,"), "{out}");
    let decided = format!("{BRIEF}[columns]\n\"粉丝数\" = \"followers\"\n");
    let out = rank(&decided, file, &[]).ok();
    assert!(out.lines().nth(1).unwrap().contains(",10,"), "{out}");
}

#[test]
fn units_that_nobody_can_know_stop_with_the_lines_to_write() {
    let file = "抖音昵称,达人粉丝,星图链接,进30天互动率,链接用户数,1-20s报价\n甲,10,https://www.xingtu.cn/x/1,0.05,3,50000\n";
    let error = rank(BRIEF, file, &[]).fails(1);
    assert!(error.contains("column `1-20s报价` may be in `分` or `元`"), "{error}");
    assert!(error.contains("\"1-20s报价\" = \"price_video_short:分\"\n      \"1-20s报价\" = \"price_video_short:元\""), "{error}");
    let price = |unit: &str| {
        let map = format!("1-20s报价=price_video_short:{unit}");
        let out = rank(BRIEF, file, &["--map", &map, "--set", "budget.format=video_short", "-f", "json"]).json();
        out["boards"].as_array().unwrap().iter().find_map(|board| board["candidates"][0]["price"].as_f64()).unwrap()
    };
    assert_eq!((price("分"), price("元")), (500.0, 50_000.0));
}

#[test]
fn a_mapping_that_no_file_can_use_is_an_error() {
    let error = rank(BRIEF, "id,name\n1,a\n", &["--map", "nmae=name"]).fails(1);
    assert!(error.contains("no file has the column `nmae`") && error.contains("did you mean `name`?"), "{error}");
    let error = rank(BRIEF, "id,name\n1,a\n", &["--map", "name=titel"]).fails(2);
    assert!(error.contains("no candidate field is called `titel`") && error.contains("did you mean `titles`?"), "{error}");
    let error = rank(BRIEF, "id,name\n1,a\n", &["--map", "name"]).fails(2);
    assert!(error.contains("has no `=`"), "{error}");
}

#[test]
fn per_cent_and_fractions_are_told_apart_a_column_at_a_time() {
    let audience = |cells: [&str; 3], more: &[&str]| {
        let rows: String = cells.iter().enumerate().map(|(id, cell)| format!("{id},{cell}\n")).collect();
        rank("[audience]\ngender = [\"女\"]\n", format!("id,女粉占比\n{rows}"), more)
    };
    let expected = audience(["70%", "65.37%", "78.45%"], &[]).ok();
    assert_eq!(audience(["70", "65.37", "78.45%"], &[]).ok(), expected, "one sign among numbers without");
    assert_eq!(audience(["0.70", "0.6537", "0.7845"], &[]).ok(), expected);
    assert_eq!(audience(["７０％", "６５.３７％", "78.45 %"], &[]).ok(), expected, "full width");
    let run = audience(["0.70", "0.6537", "0.7845"], &[]);
    assert!(run.err.contains("note: candidates.csv: column `女粉占比`: numbers without a sign are fractions: the largest is 0.7845"), "{}", run.err);
    let error = audience(["0.5", "1.05", "0.3"], &[]).fails(1);
    assert!(error.contains("may hold per cent or fractions: its largest number is 1.05"), "{error}");
    assert!(error.contains(":percent\"") && error.contains(":fraction\""), "{error}");
}

#[test]
fn numbers_mean_the_same_however_they_are_written() {
    let ranked = |file: &str| rank(BRIEF, file, &[]).ok();
    let expected = ranked("id,name,粉丝数,简介\n1,甲,12000,宝宝辅食和护肤\n");
    for file in [
        "id,name,粉丝数,简介\n1,甲,1.2万,宝宝辅食和护肤\n",
        "id,name,粉丝数,简介\n1,甲,1.2w,寶寶輔食和護膚\n",
        "id,name,粉丝数（万）,简介\n1,甲,1.2,宝宝辅食和护肤\n",
        "id,name,粉丝数/w,简介\n1,甲,1.2万,宝宝辅食和护肤\n",
        "ID,NAME,粉 丝 數,简介\n1,甲,１２，０００,宝宝辅食和护肤\n",
        "id,name,粉丝数,简介\n1,甲,\"12,000\",宝宝辅食和护肤\n",
        "id\tname\t粉丝数\t简介\n1\t甲\t12k\t宝宝辅食和护肤\n",
        "id;name;粉丝数;简介\n1;甲;12000;宝宝辅食和护肤\n",
    ] {
        assert_eq!(ranked(file), expected, "{file}");
    }
}

#[test]
fn extra_columns_are_added_when_asked_for_and_contacts_stay_otherwise() {
    let file = "id,name,微信号,城市等级,url\n1,甲,wx123,A,https://www.xiaohongshu.com/user/profile/5a?x=1\n";
    assert!(!rank(BRIEF, file, &[]).ok().contains("wx123"));
    let out = rank(BRIEF, file, &["--columns", "url,城市等级"]).ok();
    assert!(out.lines().next().unwrap().ends_with(",flags,url,城市等级"), "{out}");
    let out = rank(BRIEF, file, &["--keep-all"]).ok();
    assert!(out.lines().next().unwrap().ends_with(",flags,id (file),name (file),微信号,城市等级,url"), "{out}");
    assert!(out.contains("wx123"));
    let error = rank(BRIEF, file, &["--columns", "城市等極"]).fails(2);
    assert!(error.contains("no file has the column `城市等極`"), "{error}");
}

#[test]
fn a_check_column_must_agree_with_the_figure_it_repeats() {
    let map = ["--map", "F=followers:check", "--map", "F#2=followers"];
    let out = rank(
        BRIEF,
        "id,F,F\n1,3.4M,3400000\n2,3.4M,3449999\n3,3.4M,9\n4,1.2K,1200\n5,5K,5000\n6,6K,6000\n7,7K,7000\n",
        &[map.as_slice(), &["-f", "json"]].concat(),
    )
    .json();
    let rejects = out["run"]["inputs"][0]["rejects"].as_array().unwrap().clone();
    assert_eq!(rejects.len(), 1, "{rejects:?}");
    assert_eq!((rejects[0]["line"].as_u64(), rejects[0]["reason"].as_str()), (Some(4), Some("its second notation says 9")));
}
