//! Hostile input ends in a clear error or a clean ranking; never in a panic.

use crate::binary::{BRIEF, Folder, kolscore, kolscore_with_input, rank};

#[test]
fn an_empty_file_is_an_error() {
    let error = rank(BRIEF, "", &[]).fails(1);
    assert!(error.contains("candidates.csv") && error.contains("empty") && error.contains("hint: "), "{error}");
    let error = rank(BRIEF, "\u{feff}\n\n", &[]).fails(1);
    assert!(error.contains("candidates.csv"), "{error}");
}

#[test]
fn a_header_alone_is_an_empty_ranking() {
    let run = rank(BRIEF, "id,name,followers\n", &[]);
    assert_eq!(run.err.lines().next(), Some("0 rows read: 0 ranked"));
    assert_eq!(run.ok().lines().count(), 1, "the header");
}

#[test]
fn rows_with_nul_bytes_and_ragged_rows_are_rejected_with_their_place() {
    let run = rank(BRIEF, "id,name,categories\n1,a,母婴\n2,b\0c,母婴\n3,d\n4,e,母婴,x\n5,f,母婴,,\n", &["-f", "json"]);
    let whole = run.json();
    let rejects = &whole["run"]["inputs"][0]["rejects"];
    let places: Vec<(u64, &str)> =
        rejects.as_array().unwrap().iter().map(|reject| (reject["line"].as_u64().unwrap(), reject["reason"].as_str().unwrap())).collect();
    assert_eq!(places, [(3, "a NUL byte"), (4, "2 cells where the header has 3"), (5, "4 cells where the header has 3")]);
    assert_eq!(whole["run"]["counts"]["ranked"], 2);
}

#[test]
fn ten_thousand_columns_are_read() {
    let headers: Vec<String> = (0..10_000).map(|at| format!("column {at}")).collect();
    let cells: Vec<String> = (0..10_000).map(|at| at.to_string()).collect();
    let file = format!("id,categories,{}\n7,母婴/辅食,{}\n", headers.join(","), cells.join(","));
    assert_eq!(rank(BRIEF, &file, &[]).ok().lines().count(), 2);
    let kept = rank(BRIEF, &file, &["--keep-all"]).ok();
    assert_eq!(kept.lines().next().unwrap().split(',').count(), 20 + 10_002);
}

#[test]
fn a_cell_of_100_megabytes_is_an_error_with_its_line() {
    let mut file = b"id,name,bio\n1,a,short\n2,b,\"".to_vec();
    file.resize(file.len() + 100_000_000, b'x');
    file.extend(b"\"\n");
    let error = rank(BRIEF, &file, &[]).fails(1);
    assert!(error.contains("candidates.csv:3") && error.contains("hint: "), "{error}");
}

#[test]
fn a_quote_that_never_closes_is_an_error_with_its_line() {
    let error = rank(BRIEF, "id,name,bio\n1,a,short\n2,b,\"long\n3,c,x\n", &[]).fails(1);
    assert!(error.contains("candidates.csv:3") && error.contains("quote"), "{error}");
}

#[test]
fn numbers_that_are_none_are_rejected_cells() {
    let file = "id,followers,categories\n1,NaN,母婴\n2,1e400,母婴\n3,inf,母婴\n4,-5,母婴\n5,100,母婴\n6,200,母婴\n7,300,母婴\n8,400,母婴\n";
    let whole = rank(BRIEF, file, &["-f", "json"]).json();
    let rejects = whole["run"]["inputs"][0]["rejects"].as_array().unwrap().clone();
    let reasons: Vec<(u64, &str, &str)> =
        rejects.iter().map(|reject| (reject["line"].as_u64().unwrap(), reject["cell"].as_str().unwrap(), reject["reason"].as_str().unwrap())).collect();
    assert_eq!(reasons, [(3, "1e400", "too large for a number"), (4, "inf", "not a number"), (5, "-5", "negative")]);
    assert_eq!(whole["run"]["counts"]["ranked"], 8);
}

#[test]
fn an_invalid_byte_is_a_rejected_cell() {
    let mut file = "id,name,categories\n".as_bytes().to_vec();
    for id in 0..200 {
        file.extend(format!("{id},小鹿妈妈{id},母婴/辅食\n").bytes());
    }
    file.extend(b"200,\xff\xfe,x\n");
    let whole = rank(BRIEF, &file, &["-f", "json"]).json();
    let reject = &whole["run"]["inputs"][0]["rejects"][0];
    assert_eq!(
        (reject["line"].as_u64(), reject["column"].as_str(), reject["reason"].as_str()),
        (Some(202), Some("name"), Some("not valid text in the file's encoding"))
    );
}

#[test]
fn what_is_no_table_is_refused() {
    let folder = Folder::new();
    let brief = folder.file("brief.toml", BRIEF);
    for (name, content, says) in [("a.xlsx", b"PK\x03\x04rest".as_slice(), "xlsx"), ("a.pdf", b"%PDF-1.7 ", "PDF"), ("a.csv", b"\0\0\0\0\0\0\0\0", "a.csv")] {
        let error = kolscore(["rank", "-b", &brief, &folder.file(name, content)]).fails(1);
        assert!(error.contains(says), "{error}");
    }
    let error = kolscore(["rank", "-b", &brief, folder.path("").to_str().unwrap()]).fails(1);
    assert!(error.contains("folder") || error.contains("directory"), "{error}");
    let error = kolscore(["rank", "-b", &brief, "no-such-file.csv"]).fails(1);
    assert!(error.contains("no-such-file.csv"), "{error}");
}

#[test]
fn standard_input_is_read() {
    let folder = Folder::new();
    let brief = folder.file("brief.toml", BRIEF);
    let run = kolscore_with_input(["rank", "-b", &brief, "-", "-f", "csv"], "id,name,categories\n1,甲,母婴/辅食\n".as_bytes());
    assert!(run.ok().lines().nth(1).unwrap().starts_with("1,koc,1,甲,"));
}

#[test]
fn cells_that_a_spreadsheet_would_run_are_neutralised_and_restored() {
    let out = rank(BRIEF, "id,name,categories\n1,\"=HYPERLINK(\"\"x\"\")\",母婴\n2,+86,母婴\n", &[]).ok();
    assert!(out.contains("'=HYPERLINK") && out.contains("'+86"), "{out}");
    let again = rank(BRIEF, "id,name,categories\n1,\"'=HYPERLINK(\"\"x\"\")\",母婴\n2,'+86,母婴\n", &[]).ok();
    assert_eq!(out, again);
}

#[test]
fn a_pipe_that_closes_early_is_no_failure() {
    use std::{
        io::{BufRead, BufReader},
        process::{Command, Stdio},
    };
    let folder = Folder::new();
    let brief = folder.file("brief.toml", BRIEF);
    let rows: String = (0..50_000).map(|id| format!("{id},creator {id},母婴\n")).collect();
    let file = folder.file("many.csv", format!("id,name,categories\n{rows}"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_kolscore"))
        .args(["rank", "-b", &brief, &file, "-f", "csv"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::with_capacity(16, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(first.starts_with("rank,kind"));
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).contains("error")), (Some(0), false));
}

#[test]
fn more_threads_than_any_machine_has_are_refused() {
    let run = rank(BRIEF, "id\n1\n", &["--threads", "100000"]);
    assert_eq!((run.code, run.err.contains("1..=256")), (2, true), "{}", run.err);
    rank(BRIEF, "id\n1\n", &["--threads", "256"]).ok();
}

#[test]
fn the_order_of_rows_that_nothing_tells_apart_does_not_matter() {
    for (header, a, b) in [
        ("id,name,platform,followers", "1,a,小红书,100", "1,b,小红书,100"),
        ("name,platform", "a,小红书", "a,抖音"),
        ("id,name,location,followers,as_of", "1,a,上海,100,2026-01-01", "1,a,北京,120,2026-01-01"),
    ] {
        let ranked = |first: &str, second: &str| rank(BRIEF, format!("{header}\n{first}\n{second}\n"), &["--keep-all", "--duplicates", "newest"]).ok();
        assert_eq!(ranked(a, b), ranked(b, a), "{header}");
    }
}

#[test]
fn numbers_too_large_for_this_world_are_rejected_cells_and_minus_zero_is_zero() {
    let file = "id,followers,price_image\n1,1e305,1e308+1e308\n2,-0,1e305\n3,5,7\n4,6,8\n5,7,9\n6,8,10\n";
    let run = rank(BRIEF, file, &["--set", "budget.currency=CNY"]);
    let out = run.ok();
    assert!(!out.contains("inf") && !out.contains("-0") && !out.contains("00000000000"), "{out}");
    let error = rank(BRIEF, "id,粉丝数（万）\n1,1e305\n2,42000\n3,1.2\n4,2\n5,3\n6,4\n", &["-f", "json"]).json();
    let rejects: Vec<&str> = error["run"]["inputs"][0]["rejects"].as_array().unwrap().iter().map(|reject| reject["cell"].as_str().unwrap()).collect();
    assert_eq!(rejects, ["1e305", "42000"]);
}

#[test]
fn an_id_and_a_handle_of_the_same_letters_are_two_creators() {
    let whole = rank(BRIEF, "id,handle,platform,followers\n123,,小红书,100\n,123,小红书,200\n123\u{200b},,小红书,100\n", &["-f", "json"]).json();
    assert_eq!((whole["run"]["counts"]["unscored"].as_u64(), whole["run"]["counts"]["merged"].as_u64()), (Some(2), Some(1)), "{}", whole["run"]["counts"]);
}

#[test]
fn a_header_that_is_repeated_among_the_rows_is_no_candidate() {
    let whole = rank(BRIEF, "id,name\n1,a\nid,name\n2,b\n", &["-f", "json"]).json();
    assert_eq!(whole["run"]["inputs"][0]["rejects"][0]["reason"], "the header once more");
}

#[test]
fn no_column_is_lost_or_named_twice() {
    let out = rank(BRIEF, "id,name,score,score (file),备 注,备注\n1,a,5,6,x,y\n", &["--keep-all"]).ok();
    let header = out.lines().next().unwrap();
    assert!(header.ends_with(",flags,id (file),name (file),score (file),score (file) (file),备 注,备注"), "{header}");
    assert!(out.lines().nth(1).unwrap().ends_with(",1,a,5,6,x,y"), "{out}");
}

#[test]
fn short_files_of_a_chinese_spreadsheet_are_read_as_such_and_say_that_it_is_a_guess() {
    for name in ["李雷", "鑫鑫", "小雨爱吃饭"] {
        let text = format!("id,昵称,followers\n1,{name},100\n2,{name}二号,200\n");
        let (bytes, _, _) = encoding_rs::GB18030.encode(&text);
        let run = rank(BRIEF, &bytes, &[]);
        assert!(run.err.contains("is read as gb18030, a guess"), "{}", run.err);
        assert!(run.ok().contains(&format!(",{name},")), "{name}");
    }
}

#[test]
fn headers_and_cells_of_any_length_end_in_time() {
    let error = rank(BRIEF, "呵".repeat(700_000), &[]).fails(1);
    assert!(error.len() < 2_000, "{} bytes of error", error.len());
    rank(BRIEF, format!("id,followers\n1,{}\n2,{}1\n3,4\n4,5\n5,6\n6,7\n", "-".repeat(100_000), "至".repeat(30_000)), &[]).ok();
    rank(BRIEF, format!("id,name\n1,{}{}\n", "\u{200b}".repeat(30_000), "宽".repeat(40)), &["-f", "table"]).ok();
    let rows: String = (0..20_000).map(|row| format!("1,{row}\n")).collect();
    let whole = rank(BRIEF, format!("id,note\n{rows}"), &["-f", "json"]).json();
    assert_eq!(whole["run"]["counts"]["merged"], 19_999);
    let keywords: Vec<String> = (1..=500).map(|length| format!("\"{}\" = 1", "好".repeat(length))).collect();
    let brief = format!("[domain]\nkeywords = {{ {} }}\n", keywords.join(", "));
    rank(&brief, format!("id,titles\n1,{}\n", "好".repeat(5_000)), &[]).ok();
}

#[cfg(unix)]
#[test]
fn an_output_keeps_permissions_follows_links_and_writes_to_pipes() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::new();
    let brief = folder.file("brief.toml", BRIEF);
    let file = folder.file("a.csv", "id\n1\n");
    let rank_to = |name: &str| kolscore(["rank", "-b", &brief, &file, "-o", folder.path(name).to_str().unwrap()]).ok();
    rank_to("out.csv");
    let mode = |name: &str| std::fs::metadata(folder.path(name)).unwrap().permissions().mode() & 0o777;
    assert_ne!(mode("out.csv"), 0o600, "colleagues can read it");
    std::fs::set_permissions(folder.path("out.csv"), std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink(folder.path("out.csv"), folder.path("link.csv")).unwrap();
    rank_to("link.csv");
    assert!(std::fs::symlink_metadata(folder.path("link.csv")).unwrap().is_symlink());
    assert_eq!(mode("out.csv"), 0o640);
    let run = kolscore(["rank", "-b", &brief, &file, "-f", "csv", "-o", "/dev/null"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
    folder.file("notes.csv", "my own notes\n");
    let error = kolscore(["rank", "-b", &brief, &file, "-o", folder.path("notes.csv").to_str().unwrap()]).fails(2);
    assert!(error.contains("was not written by kolscore") && error.contains("--force"), "{error}");
    assert_eq!(kolscore(["rank", "-b", &brief, &file, "--force", "-o", folder.path("notes.csv").to_str().unwrap()]).code, 0);
}
