//! Workbooks and JSON: the same table ranks to the same bytes whatever it came in, and what a sheet hides is said.

use std::io::{Cursor, Read, Write};

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::binary::{BRIEF, Folder, kolscore, shared, workbook};

const TABLE: &str = "id,name,粉丝数,图文报价,女粉占比,类目,简介\n\
    5ee1a7c30000000001007b42,木木不加班,42187,3000,0.8125,母婴>辅食,宝宝辅食和米粉\n\
    95012345678,\"多行\n简介\",1.2w,800,0.64,母婴,\"=1+1, \"\"引号\"\"\"\n\
    0012345,前导零,640,,,美食,\n";

fn ranked(folder: &Folder, name: &str, content: impl AsRef<[u8]>, format: &str) -> String {
    let brief = folder.file("brief.toml", BRIEF);
    kolscore(["rank", "-b", &brief, &folder.file(name, content), "-f", format, "--keep-all"]).ok()
}

fn said(name: &str, content: impl AsRef<[u8]>, more: &[&str]) -> String {
    let folder = Folder::new();
    let brief = folder.file("brief.toml", BRIEF);
    let file = folder.file(name, content);
    let arguments = ["rank", "-b", &brief, &file].into_iter().chain(more.iter().copied());
    kolscore(arguments).fails(1).replace(&folder.path("").display().to_string(), "")
}

#[test]
fn a_csv_and_the_same_table_as_a_workbook_rank_to_the_same_bytes() {
    let folder = Folder::new();
    assert_eq!(ranked(&folder, "a.csv", TABLE, "csv"), ranked(&folder, "a.xlsx", workbook(TABLE, ','), "csv"));
    let boards = |name: &str, content: Vec<u8>| {
        let whole: serde_json::Value = serde_json::from_str(&ranked(&folder, name, content, "json")).unwrap();
        whole["boards"].clone()
    };
    assert_eq!(boards("a.csv", TABLE.into()), boards("a.xlsx", workbook(TABLE, ',')));
    for file in
        ["examples/baby-food/koc_list.csv", "examples/baby-food/pgy_export.csv", "examples/baby-food/mcn_sheet.csv", "examples/trail-shoes/creators_en.csv"]
    {
        let Ok(text) = std::fs::read_to_string(file) else { continue };
        let table = text.trim_start_matches('\u{feff}');
        assert_eq!(ranked(&folder, "b.csv", table, "csv"), ranked(&folder, "b.xlsx", workbook(table, ','), "csv"), "{file}");
    }
}

#[test]
fn the_same_rows_as_json_and_json_lines_rank_to_the_same_bytes() {
    let folder = Folder::new();
    let rows = [
        r#"{"id": "5ee1a7c30000000001007b42", "name": "木木不加班", "粉丝数": 42187, "图文报价": 3000.0, "女粉占比": 0.8125, "类目": ["母婴"], "简介": "米粉"}"#,
        r#"{"id": 6978410895290400808, "name": "大号", "粉丝数": "1.2w", "图文报价": null, "女粉占比": 0.64, "类目": [], "简介": ""}"#,
    ];
    let csv = "id,name,粉丝数,图文报价,女粉占比,类目,简介\n5ee1a7c30000000001007b42,木木不加班,42187,3000,0.8125,\"[\"\"母婴\"\"]\",米粉\n6978410895290400808,大号,1.2w,,0.64,,\n";
    let expected = ranked(&folder, "a.csv", csv, "csv");
    assert_eq!(ranked(&folder, "a.json", format!("[{}]", rows.join(",")), "csv"), expected);
    assert_eq!(ranked(&folder, "b.json", format!("{{\"code\": 0, \"data\": {{\"list\": [{}]}}}}", rows.join(",")), "csv"), expected);
    assert_eq!(ranked(&folder, "a.jsonl", rows.join("\n"), "csv"), expected);
}

#[test]
fn typed_cells_are_read_as_the_sheet_shows_them() {
    let folder = Folder::new();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, header) in (0..).zip(["id", "name", "粉丝数", "图文报价", "女粉占比", "更新时间"]) {
        sheet.write_string(0, column, header).unwrap();
    }
    sheet.write_number(1, 0, 95_012_345_678.0).unwrap();
    sheet.write_string(1, 1, "甲").unwrap();
    sheet.write_number_with_format(1, 2, 12_000.0, &Format::new().set_num_format("#,##0")).unwrap();
    sheet.write_number_with_format(1, 3, 3_000.0, &Format::new().set_num_format("¥#,##0.00")).unwrap();
    // Shown as 86.40%: without its sign, .864 beside `91%` would be read as less than one per cent.
    sheet.write_number_with_format(1, 4, 0.864, &Format::new().set_num_format("0.00%")).unwrap();
    sheet.write_datetime_with_format(1, 5, ExcelDateTime::from_ymd(2026, 8, 10).unwrap(), &Format::new().set_num_format("yyyy-mm-dd")).unwrap();
    for (column, cell) in (0..).zip(["95012345679", "乙", "13000", "¥3,000", "91%", "2026-08-10 12:34:56"]) {
        sheet.write_string(2, column, cell).unwrap();
    }
    let file = folder.file("a.xlsx", book.save_to_buffer().unwrap());
    let brief = folder.file("brief.toml", BRIEF);
    let out = kolscore(["rank", "-b", &brief, &file, "-f", "csv", "--columns", "as_of,女粉占比"]).ok();
    let rows: Vec<&str> = out.lines().skip(1).collect();
    let row = |id: &str| *rows.iter().find(|row| row.contains(id)).unwrap();
    assert!(row("95012345678").contains(",12000,3000,") && row("95012345678").contains("2026-08-10,86.4%"), "{out}");
    assert!(row("95012345679").contains(",13000,3000,") && row("95012345679").contains("2026-08-10,91%"), "{out}");
    let audience: Vec<f64> = rows.iter().map(|row| row.split(',').nth(11).unwrap().parse().unwrap()).collect();
    assert!(audience.iter().all(|value| *value > 0.5), "{out}");
}

#[test]
fn an_id_that_the_sheet_has_rounded_is_refused_with_its_row() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "星图ID").unwrap().write_string(0, 1, "昵称").unwrap();
    sheet.write_number(1, 0, 6_978_410_895_290_400_808.0).unwrap().write_string(1, 1, "丢了").unwrap();
    sheet.write_string(2, 0, "6978410895290400808").unwrap().write_string(2, 1, "还在").unwrap();
    let folder = Folder::new();
    let (brief, file) = (folder.file("brief.toml", BRIEF), folder.file("a.xlsx", book.save_to_buffer().unwrap()));
    let run = kolscore(["rank", "-b", &brief, &file, "--map", "星图ID=id", "-f", "csv"]);
    assert!(run.err.contains("a.xlsx:2: column `星图ID`: `6.978410895290401E+18` is an id that a spreadsheet turned into a number"), "{}", run.err);
    assert!(run.ok().contains("6978410895290400808"));
}

#[test]
fn sheets_are_chosen_and_never_guessed() {
    let mut book = Workbook::new();
    for (name, rows) in [("说明", vec!["只有一列"]), ("达人", vec!["id,粉丝数", "7,100"]), ("备用", vec!["id,粉丝数", "8,100"])] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        for (row, cells) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(cells.split(',')) {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
    }
    book.add_worksheet().set_name("藏").unwrap().write_string(0, 0, "id").unwrap().set_hidden(true);
    let bytes = book.save_to_buffer().unwrap();
    let error = said("a.xlsx", &bytes, &[]);
    assert_eq!(error, "error: `a.xlsx` has 2 sheets with tables: which one is meant?\nhint: choose with `--sheet \"达人\"` or `--sheet \"备用\"`\n");
    let error = said("a.xlsx", &bytes, &["--sheet", "达 人"]);
    assert!(error.contains("has no sheet `达 人`") && error.contains("the sheets are `说明`, `达人`, `备用`"), "{error}");
    let folder = Folder::new();
    let (brief, file) = (folder.file("brief.toml", BRIEF), folder.file("a.xlsx", &bytes));
    let run = kolscore(["rank", "-b", &brief, &file, "--sheet", "备用", "-f", "csv"]);
    assert!(run.err.contains("a.xlsx: sheet `备用` of `说明`, `达人`, `备用`"), "{}", run.err);
    assert!(run.ok().contains("koc,8,"));
}

#[test]
fn merged_cells_formulas_and_titles_are_read_by_rule_and_said() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let plain = Format::new();
    sheet.merge_range(0, 0, 0, 5, "2026 候选达人", &plain).unwrap();
    sheet.merge_range(1, 0, 2, 0, "小红书号", &plain).unwrap();
    sheet.merge_range(1, 1, 1, 2, "日常30天", &plain).unwrap();
    sheet.merge_range(1, 3, 1, 4, "合作30天", &plain).unwrap();
    sheet.write_string(1, 5, "机构").unwrap().write_string(2, 5, "所属机构").unwrap();
    for (column, label) in (1..).zip(["阅读中位数", "互动中位数", "阅读中位数", "互动中位数"]) {
        sheet.write_string(2, column, label).unwrap();
    }
    for row in 3..6 {
        sheet.write_string(row, 0, format!("kol{row}")).unwrap();
        for column in 1..4 {
            sheet.write_number(row, column, f64::from(row * 100) + f64::from(column)).unwrap();
        }
    }
    sheet.merge_range(3, 5, 5, 5, "白鹭文化", &plain).unwrap();
    sheet.write_formula(3, 4, Formula::new("D4*2").set_result("")).unwrap();
    sheet.merge_range(4, 4, 5, 4, "", &plain).unwrap();
    sheet.write_number(4, 4, 77.0).unwrap();
    let folder = Folder::new();
    let file = folder.file("a.xlsx", book.save_to_buffer().unwrap());
    let maps = [
        "日常30天·阅读中位数=views:organic:30d",
        "合作30天·阅读中位数=views:sponsored:30d",
        "合作30天·互动中位数=interactions:sponsored:30d",
        "机构·所属机构=mcn",
    ];
    let maps = maps.iter().flat_map(|map| ["--map", map]);
    let whole = kolscore(["check", &file, "-f", "json"].into_iter().chain(maps)).json();
    let of = |column: &str| whole["files"][0]["columns"].as_array().unwrap().iter().find(|entry| entry["column"] == column).unwrap().clone();
    assert_eq!(of("日常30天·阅读中位数")["range"], serde_json::json!(["301", "501"]));
    assert_eq!(
        (of("合作30天·阅读中位数")["scope"].as_str(), of("机构·所属机构")["filled"].as_f64()),
        (Some("sponsored"), Some(1.0)),
        "a merged text counts for every row"
    );
    let findings = whole["files"][0]["findings"].to_string();
    assert!(findings.contains("a title above the header is passed over: `2026 候选达人`") && findings.contains("two header rows"), "{findings}");
    assert!(findings.contains("merged areas"), "{findings}");
    let rejects = whole["files"][0]["rejects"].as_array().unwrap();
    let shown: Vec<String> = rejects.iter().map(|reject| format!("{}: {} is {}", reject["line"], reject["cell"], reject["reason"])).collect();
    assert_eq!(
        shown,
        ["5: \"77 (merged over 2 rows)\" is \"not a number\"", "6: \"77 (merged over 2 rows)\" is \"not a number\""],
        "nobody knows whose number it is"
    );
}

#[test]
fn formulas_that_nobody_computed_are_said() {
    let bytes = workbook("id,粉丝数\n7,=1\n", ',');
    let bytes = with_part(&bytes, "xl/worksheets/sheet1.xml", |sheet| {
        let at = sheet.rfind("<c r=\"B2\"").unwrap();
        let end = at + sheet[at..].find("</c>").unwrap() + 4;
        format!("{}<c r=\"B2\"><f>SUM(1,2)</f></c>{}", &sheet[..at], &sheet[end..])
    });
    let folder = Folder::new();
    let run = kolscore(["rank", "-b", &folder.file("brief.toml", BRIEF), &folder.file("a.xlsx", bytes), "-f", "csv"]);
    assert!(run.err.contains("1 cells hold formulas that nobody has computed (the first is B2), so they are empty"), "{}", run.err);
}

/// The archive with one part rewritten.
fn with_part(bytes: &[u8], name: &str, edit: impl Fn(String) -> String) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let own = part.name().unwrap().into_owned();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        out.start_file(&own, SimpleFileOptions::default()).unwrap();
        out.write_all(if own == name { edit(text) } else { text }.as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

#[test]
fn archives_that_are_no_workbook_unpack_too_large_or_hold_macros_are_refused_early() {
    let archive = |parts: &[(&str, &[u8])]| {
        let mut out = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            out.start_file(*name, SimpleFileOptions::default()).unwrap();
            out.write_all(content).unwrap();
        }
        out.finish().unwrap().into_inner()
    };
    assert!(said("a.zip", archive(&[("a.csv", b"id\n1\n")]), &[]).contains("is a zip archive, not a workbook\nhint: unpack it first"));
    assert!(
        said("a.xlsm", archive(&[("xl/workbook.xml", b""), ("xl/vbaProject.bin", b"x")]), &[])
            .contains("holds macros\nhint: save it as `.xlsx` without macros")
    );
    let mut bomb = ZipWriter::new(Cursor::new(Vec::new()));
    bomb.start_file("xl/sharedStrings.xml", SimpleFileOptions::default()).unwrap();
    for _ in 0..2_100 {
        bomb.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    assert!(said("bomb.xlsx", bomb.finish().unwrap().into_inner(), &[]).contains("unpacks to more than 2 GiB"));
    let far = with_part(&workbook("id,x\n1,2\n", ','), "xl/worksheets/sheet1.xml", |sheet| sheet.replace("r=\"B2\"", "r=\"XFD1048576\""));
    let folder = Folder::new();
    kolscore(["rank", "-b", &folder.file("brief.toml", BRIEF), &folder.file("far.xlsx", far), "-f", "csv"]).ok();
}

#[test]
fn broken_json_and_broken_workbooks_are_errors_with_a_place() {
    assert_eq!(
        said("a.json", "[{\"id\": 1},\n {\"id\": }]", &[]),
        "error: a.json:2:9: broken JSON, expected value after ` {\"id\": }`\nhint: export it again, or mend it there; `check` tells whether more is wrong\n"
    );
    assert!(said("a.jsonl", "{\"id\": 1}\n{\"id\" 2}\n", &[]).contains("a.jsonl:2:7: broken JSON"));
    assert!(said("a.json", "{\"a\": {\"list\": [1, 2]}}", &[]).contains("without an array of objects"));
    let cut = &workbook(TABLE, ',')[..900];
    assert!(said("a.xlsx", cut, &[]).contains("is a broken workbook"));
}

#[test]
fn norms_are_made_of_json_candidates_and_put_together_from_norm_files() {
    let folder = Folder::new();
    let csv = folder.file("a.csv", "id,followers,platform\n1,500,小红书\n2,900,小红书\n");
    let json = folder.file("a.json", r#"[{"id": 1, "followers": 500, "platform": "小红书"}, {"id": 2, "followers": 900, "platform": "小红书"}]"#);
    let norms = kolscore(["norms", &csv]).ok();
    assert_eq!(kolscore(["norms", &json]).ok(), norms);
    assert_eq!(kolscore(["norms", &folder.file("norms.json", &norms)]).ok(), norms);
}

#[test]
fn places_in_json_are_numbers_of_objects() {
    let folder = Folder::new();
    let file =
        folder.file("a.json", r#"[{"id": "1", "followers": 5}, {"id": "2", "followers": "many"}, {"id": "3", "followers": 6}, {"id": "4", "followers": 6}]"#);
    let run = kolscore(["rank", "-b", &folder.file("brief.toml", BRIEF), &file, "-f", "csv"]);
    assert!(run.err.contains("a.json:2: column `followers`: `many` is not a number"), "{}", run.err);
}

#[test]
fn the_public_bilibili_workbook_is_read_whole() {
    let Some(path) = shared("bilibili/uploaders.xlsx") else { return };
    let path = path.to_str().unwrap();
    let folder = Folder::new();
    let brief = folder.file("brief.toml", "[domain]\ncategories = { \"美食\" = 1.0 }\n");
    let maps = ["--map", "涨粉数=followers_growth_30d", "--map", "播放数=followers"];
    let whole = kolscore(["check", path, "-f", "json"].into_iter().chain(maps));
    assert_eq!(whole.code, 1, "periods contradict each other when their sums are taken for facts");
    let whole: serde_json::Value = serde_json::from_str(&whole.out).unwrap();
    let file = &whole["files"][0];
    assert_eq!((file["records"].as_u64(), file["rejects"].as_array().map(Vec::len)), (Some(11_917), Some(0)), "every cell is read");
    assert_eq!((whole["duplicates"]["creators"].as_u64(), whole["duplicates"]["rows"].as_u64()), (Some(2_289), Some(7_268)));
    let column = |name: &str| file["columns"].as_array().unwrap().iter().find(|column| column["column"] == name).unwrap().clone();
    assert!(column("涨粉数")["range"][0].as_str().unwrap().starts_with('-'), "{}", column("涨粉数"));
    let run = kolscore(["rank", "-b", &brief, path, "-f", "json"]).json();
    assert_eq!((run["run"]["counts"]["merged"].as_u64(), run["run"]["counts"]["ranked"].as_u64()), (Some(7_268), Some(4_649)));
}
