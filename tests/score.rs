//! `kolscore score`: what a row gets by itself is what `rank` gives it, in the order of the rows, whatever comes in and however.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
    sync::{Arc, mpsc},
};

use kolscore::read::Source;
use polars_arrow::{
    array::{Array, BooleanArray, DictionaryArray, ListArray, NullArray, PrimitiveArray, Utf8Array, Utf8ViewArray},
    datatypes::{ArrowDataType, ArrowSchema, Field, TimeUnit},
    io::ipc::{
        read::{StreamReader, StreamState, read_stream_metadata},
        write::{StreamWriter, WriteOptions},
    },
    offset::OffsetsBuffer,
    record_batch::RecordBatchT,
};

use crate::binary::{BRIEF, Folder, kolscore, kolscore_with_input};

const EXAMPLES: [(&str, &[&str]); 2] = [
    ("examples/baby-food/brief.toml", &["examples/baby-food/koc_list.csv", "examples/baby-food/mcn_sheet.csv", "examples/baby-food/pgy_export.csv"]),
    ("examples/trail-shoes/brief.toml", &["examples/trail-shoes/micro_creators.csv", "examples/trail-shoes/modash_list.csv"]),
];

/// Records by the names of their columns.
fn table(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers().unwrap().clone();
    let named = |record: csv::StringRecord| header.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect();
    reader.records().map(|record| named(record.unwrap())).collect()
}

fn column(rows: &[BTreeMap<String, String>], name: &str) -> Vec<String> {
    rows.iter().map(|row| row[name].clone()).collect()
}

/// A brief, and norms of a file, in a folder.
struct Setup {
    folder: Folder,
    brief: String,
    norms: String,
}

impl Setup {
    fn of(file: impl AsRef<[u8]>) -> (Self, String) {
        let folder = Folder::new();
        let (brief, file) = (folder.file("brief.toml", BRIEF), folder.file("candidates.csv", file));
        let norms = folder.path("norms.json").display().to_string();
        kolscore(["norms", "-b", &brief, &file, "-o", &norms]).ok();
        (Self { folder, brief, norms }, file)
    }

    fn arguments<'a>(&'a self, command: &'a str, more: &[&'a str]) -> Vec<&'a str> {
        [&[command, "-b", &self.brief, "--norms", &self.norms], more].concat()
    }
}

/// Candidates with long texts, so that some thousand of them make several batches; many of them score the same.
fn pool(rows: usize) -> String {
    let mut text = "id,name,platform,followers,price_image,views,interactions,bio,audience.gender.女\n".to_owned();
    for row in 0..rows {
        let bio = format!("宝宝辅食和米粉 {}", "自用 ".repeat(120));
        let (id, price) = (row * 7_919 % rows, ["", "0.0012", "0.0011", "300", "300", "12000"][row / 6 % 6]);
        writeln!(text, "id{id},名{row},小红书,{},{price},{},40,{bio},{}%", 1_000 + row % 3, 500 + row % 2, 50 + row % 2).unwrap();
    }
    text
}

#[test]
fn score_gives_every_row_what_rank_gives_it() {
    for (brief, files) in EXAMPLES {
        let folder = Folder::new();
        let norms = folder.path("norms.json").display().to_string();
        kolscore([&["norms", "-b", brief, "-o", &norms], files].concat()).ok();
        for file in files {
            let run = |command: &str, format: &str| kolscore([command, "-b", brief, "--norms", &norms, file, "-f", format, "--columns", "url,location"]);
            let (ranked, scored) = (run("rank", "csv"), run("score", "csv"));
            let merged = usize::from(ranked.err.contains("1 merged"));
            let (mut ranked, mut scored) = (table(&ranked.ok()), table(&scored.ok()));
            assert!(ranked.len() > 10 && ranked.len() + merged == scored.len(), "{file}");
            // The order of boards, KOL first, and then of the key's bytes is the order of ranks.
            scored.sort_by_key(|row| (std::cmp::Reverse(row["kind"].clone()), row["sort_key"].clone()));
            scored.dedup_by_key(|row| (row["kind"].clone(), row["id"].clone(), row["name"].clone()));
            ranked.iter_mut().for_each(|row| drop(row.remove("rank")));
            scored.iter_mut().for_each(|row| drop(row.remove("sort_key")));
            assert_eq!(scored, ranked, "{file}");
            let lines = |text: String, gone: &str| -> Vec<String> {
                let without = |line: &str| {
                    let mut line: serde_json::Value = serde_json::from_str(line).unwrap();
                    line.as_object_mut().unwrap().shift_remove(gone);
                    if merged > 0 {
                        // The hash of all rows of a creator.
                        line.as_object_mut().unwrap().shift_remove("data");
                    }
                    line.to_string()
                };
                let mut lines: Vec<String> = text.lines().map(without).collect();
                lines.sort();
                lines.dedup();
                lines
            };
            assert!(lines(run("score", "jsonl").ok(), "sort_key") == lines(run("rank", "jsonl").ok(), "rank"), "{file}");
        }
    }
}

#[test]
fn score_is_shown_with_norms_that_are_those_of_the_example() {
    let (brief, files) = EXAMPLES[0];
    let folder = Folder::new();
    let path = folder.path("norms.json").display().to_string();
    kolscore([&["norms", "-b", brief, "-o", &path], files].concat()).ok();
    let shown = std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/baby-food/norms.json")).unwrap();
    assert!(std::fs::read(path).unwrap() == shown, "`kolscore norms -b {brief} {} -o examples/baby-food/norms.json`", files.join(" "));
}

#[test]
fn score_sorts_ties_as_rank_does() {
    let (setup, file) = Setup::of(pool(500));
    let ranked = table(&kolscore(setup.arguments("rank", &["-f", "csv", &file])).ok());
    let mut scored = table(&kolscore(setup.arguments("score", &[&file])).ok());
    assert_ne!(column(&scored, "id"), column(&ranked, "id"));
    scored.sort_by_key(|row| (std::cmp::Reverse(row["kind"].clone()), row["sort_key"].clone()));
    assert_eq!(column(&scored, "id"), column(&ranked, "id"));
    // Score and coverage are rounded before they rank, so that the 4 decimals which are printed are all there is. Quotes are not.
    let printed = |row: &BTreeMap<String, String>| [row["score"].clone(), row["coverage"].clone(), row["price"].clone()];
    let tied = scored.windows(2).any(|pair| printed(&pair[0]) == printed(&pair[1]) && pair[0]["sort_key"][..30] != pair[1]["sort_key"][..30]);
    assert!(tied, "the sort key knows the quotes 0.0011 and 0.0012 apart");
}

#[test]
fn score_keeps_the_order_of_rows_whatever_the_threads_and_the_input() {
    let pool = pool(6_000);
    assert!(pool.len() > 4 << 20, "several batches");
    let (setup, file) = Setup::of(&pool);
    let whole = kolscore(setup.arguments("score", &[&file, "--threads", "1"])).ok();
    assert_eq!(column(&table(&whole), "id"), (0..6_000).map(|row| format!("id{}", row * 7_919 % 6_000)).collect::<Vec<_>>());
    for threads in ["2", "7"] {
        assert!(kolscore(setup.arguments("score", &[&file, "--threads", threads])).ok() == whole, "{threads} threads");
        assert!(kolscore_with_input(setup.arguments("score", &["--threads", threads]), pool.as_bytes()).ok() == whole, "standard input, {threads} threads");
    }
    let (chinese, _, _) = encoding_rs::GB18030.encode(&pool);
    assert!(kolscore_with_input(setup.arguments("score", &["-"]), &chinese).ok() == whole, "GB18030");
    let twice = table(&kolscore_with_input(setup.arguments("score", &[&file, "-"]), pool.as_bytes()).ok());
    assert!(twice.len() == 12_000 && twice[..6_000] == twice[6_000..], "rows are not merged");
}

#[test]
fn score_writes_before_its_input_ends() {
    let pool = pool(6_000);
    let (setup, _) = Setup::of(&pool);
    let mut child = Command::new(env!("CARGO_BIN_EXE_kolscore"))
        .args(setup.arguments("score", &["--threads", "2"]))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (mut input, (seen, wait)) = (child.stdin.take().unwrap(), mpsc::channel::<()>());
    let writer = std::thread::spawn(move || {
        input.write_all(pool.as_bytes()).unwrap();
        // Standard input stays open until rows have come out.
        wait.recv().unwrap();
    });
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().starts_with("kind,id,name") && lines.next().unwrap().unwrap().contains("id0"));
    seen.send(()).unwrap();
    assert_eq!(lines.count(), 5_999);
    writer.join().unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn score_leaves_excluded_rows_out_and_says_so_or_names_the_rule() {
    let (brief, files) = EXAMPLES[0];
    let folder = Folder::new();
    let norms = folder.path("norms.json").display().to_string();
    kolscore([&["norms", "-b", brief, "-o", &norms], files].concat()).ok();
    let run = |more: &[&str]| kolscore([&["score", "-b", brief, "--norms", &norms, files[0]], more].concat());
    let without = run(&[]);
    assert!(without.err.contains("27 rows read: 23 scored, 4 excluded") && without.err.contains("eligible.followers 1"), "{}", without.err);
    let with = table(&run(&["--show-excluded"]).ok());
    let (out, mut kept): (Vec<_>, Vec<_>) = with.into_iter().partition(|row| !row["excluded"].is_empty());
    let mut rules = column(&out, "excluded");
    rules.sort();
    assert_eq!(rules, ["brand.competitors", "eligible.exclude_keywords", "eligible.followers", "eligible.platforms"]);
    assert!(out.iter().all(|row| ["score", "score_lo", "score_hi", "coverage", "domain"].iter().all(|name| row[*name].is_empty()) && !row["id"].is_empty()));
    kept.iter_mut().for_each(|row| drop(row.remove("excluded")));
    assert_eq!(kept, table(&without.ok()));
    let lines = run(&["--show-excluded", "-f", "jsonl"]).ok();
    assert!(lines.lines().any(|line| line.contains("\"score\":null") && line.ends_with("\"excluded\":\"eligible.platforms\"}")), "{lines}");
}

#[test]
fn score_asks_for_the_unit_of_shares_that_rows_cannot_tell() {
    let header = "id,name,followers,audience.gender.女\n";
    let rows = |shares: &[&str]| shares.iter().enumerate().map(|(at, share)| format!("a{at},名{at},1000,{share}\n")).collect::<String>();
    let fractions = format!("{header}{}", rows(&["0.62", "0.7", "", "0.9"]));
    let (setup, file) = Setup::of(&fractions);
    let error = kolscore(setup.arguments("score", &[&file])).err;
    assert!(error.contains("candidates.csv:2: column `audience.gender.女` may hold per cent or fractions: the largest number of the first rows"), "{error}");
    let map = error.split('`').find(|part| part.contains(":fraction")).and_then(|part| part.strip_prefix("--map ")).unwrap().trim_matches('\'');
    let (scored, ranked) =
        (table(&kolscore(setup.arguments("score", &[&file, "--map", map])).ok()), kolscore(setup.arguments("rank", &[&file, "-f", "csv"])).ok());
    let by_id = |rows: &[BTreeMap<String, String>]| rows.iter().map(|row| (row["id"].clone(), row["audience"].clone())).collect::<BTreeMap<_, _>>();
    assert_eq!(by_id(&scored), by_id(&table(&ranked)));
    // A number above 1.1 tells per cent for all that follow, and signs tell it by themselves.
    for shares in [&["62", "0.7", "", "0.9"], &["62%", "70%", "", "0.9%"]] {
        let text = format!("{header}{}", rows(shares));
        let scored = table(&kolscore_with_input(setup.arguments("score", &[]), text.as_bytes()).ok());
        let ranked = table(&kolscore_with_input(setup.arguments("rank", &["-f", "csv", "-"]), text.as_bytes()).ok());
        assert_eq!(by_id(&scored), by_id(&ranked), "{shares:?}");
    }
    let late = format!("{}{}", pool(3_000), "z1,名,小红书,1000,,,,,0.5\n");
    let run = kolscore_with_input(setup.arguments("score", &["--threads", "3"]), late.as_bytes());
    assert!(run.code == 1 && run.err.contains("audience.gender.女") && table(&run.out).len() < 3_000 && !run.out.contains("z1"), "{}", run.err);
}

#[test]
fn score_stops_where_rank_stops_and_what_stands_before_is_written() {
    let (setup, _) = Setup::of(pool(10));
    let broken = format!("{}x1,\"名,小红书,1,,,,,\n", pool(6_000));
    for threads in ["1", "4"] {
        let run = kolscore_with_input(setup.arguments("score", &["--threads", threads]), broken.as_bytes());
        assert!(run.code == 1 && run.err.starts_with("error: `<stdin>:6002` opens a quote that is never closed"), "{}", run.err);
        let rows = table(&run.out).len();
        assert!(rows > 2_000 && rows < 6_000, "{rows}");
    }
    let names = "id,name,followers\na,甲,many\nb,乙,few\nc,丙,some\nd,丁,10\n";
    assert!(kolscore_with_input(setup.arguments("score", &[]), names.as_bytes()).err.contains("column `followers` is taken for `followers`, but 3 of its 4"));
    let cells = kolscore_with_input(setup.arguments("score", &[]), "id,name,followers\na,甲,many\nb,乙,10\n".as_bytes());
    assert!(cells.err.contains("warning: <stdin>:2: column `followers`: `many` is not a number; cell taken as unknown"), "{}", cells.err);
    assert_eq!(table(&cells.ok()).len(), 2);
    assert!(kolscore(setup.arguments("score", &["-", "-"])).fails(2).contains("`-` stands twice"));
    let none = kolscore(["score", "-b", &setup.brief]);
    assert!(none.fails(2).contains("--norms"));
    assert!(kolscore(setup.arguments("score", &["-f", "xlsx"])).fails(2).contains("formats are csv, tsv, jsonl, arrow"));
    let other = kolscore_with_input(setup.arguments("score", &["--arrow"]), pool(1).as_bytes());
    assert!(other.fails(2).contains("`<stdin>` is no Arrow stream: UTF-8, `,`, LF"));
}

#[test]
fn score_writes_files_as_rank_does() {
    let (setup, file) = Setup::of(pool(20));
    for ending in ["csv", "tsv", "jsonl", "arrow"] {
        let path = setup.folder.path(&format!("scored.{ending}")).display().to_string();
        for _ in 0..2 {
            let run = kolscore(setup.arguments("score", &[&file, "-o", &path]));
            assert!(run.err.ends_with(&format!("wrote {path}\n")) && run.code == 0, "{}", run.err);
        }
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(bytes.starts_with("\u{feff}".as_bytes()), ending.ends_with("sv"), "{ending}");
    }
    assert!(kolscore(setup.arguments("score", &[&file, "-o", &file])).fails(2).contains("would overwrite the input"));
}

type Batch = RecordBatchT<Box<dyn Array>>;

/// An Arrow stream of batches with these columns.
fn stream(columns: &[(&str, Box<dyn Array>)], batches: usize) -> Vec<u8> {
    let schema: ArrowSchema = columns.iter().map(|(name, array)| Field::new((*name).into(), array.dtype().clone(), true)).collect();
    let rows = columns[0].1.len();
    let mut writer = StreamWriter::new(Vec::new(), WriteOptions::default());
    writer.start(&schema, None).unwrap();
    for batch in 0..batches {
        let (from, to) = (batch * rows / batches, (batch + 1) * rows / batches);
        let arrays = columns.iter().map(|(_, array)| array.sliced(from, to - from)).collect();
        writer.write(&Batch::new(to - from, Arc::new(schema.clone()), arrays), None).unwrap();
    }
    writer.finish().unwrap();
    writer.into_inner()
}

/// A table of text as an Arrow stream; empty cells are null.
fn arrow(text: &str, batches: usize) -> Vec<u8> {
    let text = text.trim_start_matches('\u{feff}');
    let delimiter = if text.lines().next().unwrap().contains(';') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let columns = header.iter().enumerate().map(|(at, name)| {
        let cells = records.iter().map(|record| record.get(at).filter(|cell| !cell.is_empty()));
        let array: Box<dyn Array> = match at % 3 {
            0 => Box::new(cells.collect::<Utf8Array<i32>>()),
            1 => Box::new(cells.collect::<Utf8Array<i64>>()),
            _ => Box::new(Utf8ViewArray::from_slice(cells.collect::<Vec<_>>())),
        };
        (name, array)
    });
    stream(&columns.collect::<Vec<_>>(), batches)
}

/// The cells of an Arrow stream as CSV writes them, with the hash of norms that it names.
fn read(bytes: &[u8]) -> (Vec<BTreeMap<String, String>>, String) {
    let mut bytes = std::io::Cursor::new(bytes);
    let metadata = read_stream_metadata(&mut bytes).unwrap();
    let norms = metadata.custom_schema_metadata.as_ref().unwrap()["kolscore.norms"].to_string();
    let names: Vec<String> = metadata.schema.iter_names().map(ToString::to_string).collect();
    let mut rows = Vec::new();
    for state in StreamReader::new(bytes, metadata, None) {
        let StreamState::Some(batch) = state.unwrap() else { break };
        for row in 0..batch.len() {
            let cell = |(name, array): (&String, &dyn Array)| {
                let text = array.as_any().downcast_ref::<Utf8Array<i32>>().map(|texts| texts.get(row).unwrap_or_default().to_owned());
                let number = || array.as_any().downcast_ref::<PrimitiveArray<f64>>().unwrap().iter().nth(row).unwrap().copied();
                let decimals = if matches!(name.as_str(), "followers" | "price") { 0 } else { 4 };
                (name.clone(), text.unwrap_or_else(|| number().map_or(String::new(), |number| format!("{number:.decimals$}"))))
            };
            rows.push(names.iter().zip(batch.arrays().iter().map(AsRef::as_ref)).map(cell).collect());
        }
    }
    (rows, norms)
}

#[test]
fn score_reads_and_writes_arrow_as_it_does_csv() {
    for (brief, files) in EXAMPLES {
        let folder = Folder::new();
        let norms = folder.path("norms.json").display().to_string();
        let hash = kolscore([&["norms", "-b", brief, "-o", &norms], files].concat());
        hash.ok();
        for file in files {
            let text = std::fs::read_to_string(file).unwrap();
            let run = |input: &[u8], more: &[&str]| kolscore_with_input([&["score", "-b", brief, "--norms", &norms, "--columns", "url"], more].concat(), input);
            let whole = run(text.as_bytes(), &[]).ok();
            for batches in [1, 5] {
                assert_eq!(run(&arrow(&text, batches), &[]).ok(), whole, "{file}, {batches} batches");
            }
            let out = folder.path("scored.arrow").display().to_string();
            let said = run(&arrow(&text, 2), &["--arrow", "-o", &out]);
            let (rows, norms) = read(&std::fs::read(&out).unwrap());
            assert!(said.err.contains(&norms), "{}", said.err);
            let mut expected = table(&whole);
            // No spreadsheet opens it: text stands as it is.
            expected.iter_mut().for_each(|row| drop(row.insert("name".to_owned(), row["name"].trim_start_matches('\'').to_owned())));
            assert_eq!(rows, expected, "{file}");
        }
    }
}

/// `鹿`, nothing, `羊`: a column of categories.
fn agencies() -> DictionaryArray<i8> {
    let values = Utf8Array::<i32>::from_slice(["羊", "鹿"]).boxed();
    DictionaryArray::try_from_keys(PrimitiveArray::from(vec![Some(1_i8), None, Some(0)]), values, false).unwrap()
}

#[test]
fn score_reads_typed_columns_of_arrow_without_loss() {
    let texts = |cells: &[Option<&str>]| -> Box<dyn Array> { Box::new(cells.iter().copied().collect::<Utf8Array<i32>>()) };
    let titles = Utf8Array::<i32>::from_slice(["宝宝辅食, \"第一口\"", "米粉测评", "周末去哪儿"]).boxed();
    let list = ArrowDataType::List(Box::new(Field::new("item".into(), ArrowDataType::Utf8, true)));
    let titles = ListArray::<i32>::new(list, OffsetsBuffer::try_from(vec![0, 2, 2, 3]).unwrap(), titles, None);
    let decimal = PrimitiveArray::<i128>::from(vec![Some(30_005), None, Some(-100)]).to(ArrowDataType::Decimal(10, 2));
    let columns: Vec<(&str, Box<dyn Array>)> = vec![
        ("id", Box::new(PrimitiveArray::<i64>::from_slice([9_007_199_254_740_993, 2, 3]))),
        ("name", texts(&[Some("\"甲\""), Some("=乙\n"), Some("丙,丁")])),
        ("platform", texts(&[Some("小红书"), None, Some("抖音")])),
        ("followers", Box::new(PrimitiveArray::<f64>::from(vec![Some(12_000.0), Some(f64::NAN), Some(1e15)]))),
        ("views", Box::new(PrimitiveArray::<f32>::from(vec![Some(0.1_f32), None, Some(2.5)]))),
        ("price_image", Box::new(decimal)),
        ("as_of", Box::new(PrimitiveArray::<i32>::from(vec![Some(20_000), None, Some(i32::MAX)]).to(ArrowDataType::Date32))),
        ("titles", Box::new(titles)),
        ("real", Box::new(BooleanArray::from(vec![Some(true), None, Some(false)]))),
        ("mcn", Box::new(agencies())),
        ("nothing", Box::new(NullArray::new(ArrowDataType::Null, 3))),
    ];
    let source = Source::from_bytes("a.arrow", stream(&columns, 1)).unwrap();
    let mut rows: Vec<Vec<String>> = Vec::new();
    let take = |row: Vec<Vec<String>>| {
        rows.extend(row);
        Ok(())
    };
    let cells = |batch: &kolscore::read::Batch<'_>| {
        let mut rows = Vec::new();
        batch.for_each(|record| {
            rows.push((0..record.len()).map(|at| record.cell(at).unwrap().to_owned()).chain([record.line().to_string()]).collect());
            Ok(())
        })?;
        Ok(rows)
    };
    source.in_order(1, cells, take).unwrap();
    assert_eq!(
        rows,
        [
            [
                "9007199254740993",
                "\"甲\"",
                "小红书",
                "12000",
                "0.1",
                "300.05",
                "2024-10-04",
                "[\"宝宝辅食, \\\"第一口\\\"\",\"米粉测评\"]",
                "true",
                "鹿",
                "",
                "1"
            ],
            ["2", "=乙\n", "", "", "", "", "", "", "", "", "", "2"],
            ["3", "丙,丁", "抖音", "1.0E+15", "2.5", "-1", "", "[\"周末去哪儿\"]", "false", "羊", "", "3"],
        ]
    );
    let nested = ArrowDataType::Struct(vec![Field::new("x".into(), ArrowDataType::Utf8, true)]);
    let nested = polars_arrow::array::StructArray::new(nested, 1, vec![texts(&[Some("y")])], None);
    let error = Source::from_bytes("a.arrow", stream(&[("audience", Box::new(nested))], 1)).unwrap_err();
    assert_eq!(error.to_string(), "`a.arrow`: column `audience` holds structs, which has no text of its own");
}

#[test]
fn score_survives_any_arrow_stream() {
    let views = Utf8ViewArray::from_slice(vec![Some("宝宝辅食和米粉测评"), None, Some("a")]);
    let list = ArrowDataType::List(Box::new(Field::new("item".into(), ArrowDataType::Utf8, true)));
    let list = ListArray::<i32>::new(list, OffsetsBuffer::try_from(vec![0, 2, 2, 3]).unwrap(), Utf8Array::<i32>::from_slice(["x", "y", "z"]).boxed(), None);
    let date = PrimitiveArray::<i64>::from_slice([0, 1, 2]).to(ArrowDataType::Timestamp(TimeUnit::Microsecond, None));
    let number = PrimitiveArray::<f32>::from_slice([0.5, 1.0, 2.0]);
    let columns: Vec<(&str, Box<dyn Array>)> =
        vec![("id", Box::new(views)), ("titles", Box::new(list)), ("as_of", Box::new(date)), ("mcn", Box::new(agencies())), ("views", Box::new(number))];
    let sound = stream(&columns, 2);
    let read = |bytes: Vec<u8>| -> anyhow::Result<usize> {
        let (rows, _) = Source::from_bytes("a.arrow", bytes)?.scan(1, |batch| {
            let mut rows = 0;
            batch.for_each(|record| {
                rows += usize::from(record.cell(0).is_ok());
                Ok(())
            })?;
            Ok(rows)
        })?;
        Ok(rows.into_iter().sum())
    };
    assert_eq!(read(sound.clone()).unwrap(), 3);
    for length in 1..sound.len() {
        let _ = read(sound[..length].to_vec());
    }
    for at in 0..sound.len() {
        for byte in [0x00, 0x01, 0x7F, 0x80, 0xFF] {
            let mut bytes = sound.clone();
            bytes[at] = byte;
            let _ = read(bytes);
        }
    }
}
