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
    assert_eq!(kept.lines().next().unwrap().split(',').count(), 15 + 10_002);
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
