//! `kolscore check`: what it says of columns, cells and files, and when it fails.

use serde_json::Value;

use crate::binary::{BRIEF, Folder, Run, kolscore, shared};

fn check(file: &str, more: &[&str]) -> Run {
    let folder = Folder::new();
    let mut arguments = vec!["check".to_owned(), folder.file("a.csv", file)];
    arguments.extend(more.iter().map(|&argument| argument.to_owned()));
    let mut run = kolscore(arguments);
    let place = folder.path("").display().to_string();
    (run.out, run.err) = (run.out.replace(&place, ""), run.err.replace(&place, ""));
    run
}

#[test]
fn a_sound_file_is_explained_column_by_column() {
    let run = check("id,粉丝数,女粉占比,微信号,简介\n1,1.2w,91%,abc,合作 a@b.com\n2,800,无数据,,\n3,多,64%,def,辅食\n", &[]);
    assert_eq!(
        run.ok(),
        "a.csv · 3 rows · UTF-8, `,`, LF\n\
         no format pack recognises it; columns are taken by the general list of headers\n  \
         column    taken for                    filled  range         cells\n  \
         id        id                             100%                1 | 2 | 3\n  \
         粉丝数    followers                      100%  800 … 12,000  1.2w | 800 | 多\n  \
         女粉占比  audience.gender.女:fraction     67%  64% … 91%     91% | 64%\n  \
         微信号    –                               67%                (contact data)\n  \
         简介      bio                             67%                合作 (contact) | 辅食\n  \
         – is not read, and passed through; `--suggest-mapping` writes lines for the brief\n  \
         ! a.csv:4: `粉丝数`: `多` is not a number; cell taken as unknown\n\
         \n\
         3 candidate rows in 1 file\n\
         nothing here would change a ranking silently; 1 warning to look at\n"
    );
}

#[test]
fn strict_fails_on_warnings_and_errors_always_fail() {
    let warned = "id,粉丝数\n1,1\n2,多\n3,4\n";
    assert_eq!((check(warned, &[]).code, check(warned, &["--strict"]).code), (0, 1));
    let run = check("id,a,b\n1,10,20\n", &["--map", "a=views", "--map", "b=views"]);
    assert_eq!((run.code, run.err.as_str()), (1, "error: 1 finding would change or stop a ranking\nhint: they are marked ✗, with what to do\n"));
    assert!(run.out.contains("✗ decision: a.csv:1: columns `a` and `b` are all taken for `views`") && run.out.contains("\"a\" = \"ignore\""), "{}", run.out);
}

#[test]
fn one_broken_file_does_not_hide_the_others() {
    let folder = Folder::new();
    let (good, broken) = (folder.file("good.csv", "id,followers\n1,5\n"), folder.file("broken.csv", ""));
    let run = kolscore(["check", &broken, &good, &folder.path("nowhere.csv").display().to_string()]);
    assert_eq!(run.code, 1);
    assert!(run.out.contains("broken.csv` is empty") && run.out.contains("there is no file") && run.out.contains("1 candidate row in 3 files"), "{}", run.out);
}

#[test]
fn json_lists_every_refused_cell_and_every_contradiction() {
    let rows: String = (0..1_500).map(|n| format!("{},{},?\n", n / 2, 1_000 * (1 + n % 2))).collect();
    let rest: String = (0..3_000).map(|n| format!("x{n},1,1\n")).collect();
    let run = check(&format!("id,followers,posts_30d\n{rows}{rest}"), &["-f", "json"]);
    let whole: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(whole["files"][0]["rejects"].as_array().unwrap().len(), 1_500);
    assert_eq!((whole["duplicates"]["contradicting"].as_u64(), whole["duplicates"]["conflicts"].as_array().unwrap().len()), (Some(750), 750));
    assert_eq!(whole["duplicates"]["conflicts"][0]["field"], "followers");
}

#[test]
fn a_brief_says_what_is_missing_and_what_it_would_add() {
    let folder = Folder::new();
    let (brief, file) = (folder.file("brief.toml", BRIEF), folder.file("a.csv", "id,followers,bio\n1,5000,米粉\n2,800,辅食\n"));
    let whole = kolscore(["check", "-b", &brief, &file, "-f", "json"]).json();
    let missing = whole["missing"].as_array().unwrap();
    let adds: f64 = missing.iter().map(|one| one["adds"].as_f64().unwrap()).sum();
    assert!(missing.iter().any(|one| one["fields"][0] == "audience.gender"), "{missing:?}");
    assert!(adds + whole["coverage"].as_f64().unwrap() <= 1.000_001, "what is missing is no more than what is not there");
}

#[test]
fn sums_and_dates_that_do_not_fit_are_warned_of() {
    let table = "id,interactions,likes,comments,saves,audience.gender,as_of\n\
        1,100,60,20,20,女: 60%; 男: 40%,2026-08-10\n2,100,600,20,20,女: 60%; 男: 20%,2026-05-01\n3,100,60,20,20,女: 60%; 男: 40%,2026-08-09\n";
    let out = check(table, &["--width", "160"]).ok();
    assert!(out.contains("! sums: interactions are not the sum of likes, comments, saves and shares in 1 row (the first on line 3)"), "{out}");
    assert!(out.contains("! sums: shares by gender do not add up to 100 % in 1 row (the first on line 3)"), "{out}");
    assert!(out.contains("! dates: 1 row is more than 30 days older than the newest (2026-05-01 to 2026-08-10)"), "{out}");
}

#[test]
fn ids_that_a_spreadsheet_has_rounded_are_an_error() {
    let run = check("id,followers\n6978410895290400000,1\n6978410895290401000,2\n6978410895290402000,3\n", &[]);
    assert!(run.code == 1 && run.out.contains("✗ ids: 3 of 3 long ids end in 000 (the first on line 2): a spreadsheet has rounded them"), "{}", run.out);
}

#[test]
fn markdown_keeps_what_people_wrote_as_text() {
    let out = check("id,name,x|y\n1,<b>_a_</b>|b,2\n", &["-f", "md"]).ok();
    assert!(out.contains("| name | name | 100% |  | \\<b\\>\\_a\\_\\</b\\>\\|b |") && out.contains("| x\\|y | – |"), "{out}");
}

#[test]
fn suggested_lines_are_comments_until_somebody_confirms_them() {
    let file = "NOMBRE,SEGUIDORES,foo\nAna,1.2M,x\n";
    let lines = check(file, &["--suggest-mapping"]).ok();
    assert!(
        lines.contains("# \"NOMBRE\" = \"name\"") && lines.contains("# \"SEGUIDORES\" = \"followers\"") && lines.contains("# \"foo\" = \"ignore\""),
        "{lines}"
    );
    let mapping: toml::Table = toml::from_str(&lines).unwrap();
    assert!(mapping["columns"].as_table().unwrap().is_empty(), "nothing is acted upon");
    let confirmed: String = lines.lines().map(|line| if line.starts_with("# \"") { &line[2..] } else { line }).collect::<Vec<_>>().join("\n");
    let folder = Folder::new();
    let run = kolscore(["rank", "-b", &folder.file("brief.toml", format!("{BRIEF}{confirmed}\n")), &folder.file("a.csv", file), "-f", "csv"]);
    assert!(run.ok().contains("Ana"));
}

#[test]
fn a_users_own_pack_is_loaded_and_a_broken_one_is_named() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("packs")).unwrap();
    let dir = folder.path("packs").display().to_string();
    let pack = "id = \"ours\"\ntitle = \"our sheet\"\nsource = \"our own export of 2026\"\nyear = 2026\nrecognise = [\"Ref\", \"Fans K\"]\n[columns]\n\"Ref\" = \"id\"\n\"Fans K\" = \"followers:万\"\n";
    folder.file("packs/ours.toml", pack);
    let file = folder.file("a.csv", "Ref,Fans K\n7,1.5\n");
    let out = kolscore(["check", &file, "--formats", &dir]).ok();
    assert!(out.contains("read as ours: our sheet; it has the headers `Ref`, `Fans K`") && out.contains("15,000"), "{out}");
    folder.file("packs/ours.toml", pack.replace("followers:万", "follower"));
    let error = kolscore(["check", &file, "--formats", &dir]).fails(1);
    assert!(error.contains("ours.toml`: header `Fans K`: no candidate field is called `follower`") && error.contains("did you mean `followers`?"), "{error}");
    folder.file("packs/ours.toml", pack.replace("[\"Ref\", \"Fans K\"]", "[]"));
    assert!(kolscore(["check", &file, "--formats", &dir]).fails(1).contains("recognises nothing"));
}

#[test]
fn every_public_file_explains_itself_without_a_failure_of_the_tool() {
    for name in [
        "xhs_koc_mf/koc_list.csv",
        "xhs_koc_mf/candidates.csv",
        "xhs_koc_mf/creators.json",
        "pgy_energybar/pgy_kols_flat.csv",
        "pgy_energybar/portraits.json",
        "kaggle_2022/instagram_jun.csv",
        "kaggle_2022/youtube_nov.csv",
        "kaggle_2022/tiktok_nov.csv",
        "douyin_bios/douyin.csv",
        "douyin_bios/douyin_400_gb18030.csv",
        "kim_dev/candidates.csv",
        "misc/uk_youtubers_es_headers.csv",
        "misc/bad_utf8_byte.csv",
        "misc/cr_only_line_ends.csv",
        "misc/quoted_thousands.csv",
        "misc/youtube_global_mojibake.csv",
    ] {
        let Some(path) = shared(name) else { return };
        let run = kolscore(["check", path.to_str().unwrap(), "-f", "json"]);
        let whole: Value = serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{name}: {error}: {}", run.err));
        let errors = whole["errors"].as_u64().unwrap();
        assert_eq!(run.code, i32::from(errors > 0), "{name}");
        let hints = whole["files"][0]["findings"].as_array().unwrap().iter().filter(|finding| finding["severity"] == "error");
        assert!(hints.clone().all(|finding| finding["hint"].is_string()), "{name}: every error says what to do");
        assert!(!whole["files"][0]["columns"].as_array().unwrap().is_empty(), "{name}");
    }
}
