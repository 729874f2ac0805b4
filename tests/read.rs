//! The `read` room from outside: exact cells, lines and digests whatever the encoding, line ends, batches and threads.

use std::fs;
use std::path::{Path, PathBuf};

use kolscore::failure::Failure;
use kolscore::read::{Digest, Input, LineEnd, RecordFault, Source, Span};
use proptest::prelude::*;

/// One record as the tests compare it: its line and its cells, `None` where a cell is no valid text.
type Row = (u64, Vec<Option<String>>);

fn rows_of(source: &Source, threads: usize) -> anyhow::Result<(Vec<Row>, Digest)> {
    let (batches, digest) = source.scan(threads, |batch| {
        let mut rows: Vec<Row> = Vec::new();
        batch.for_each(|record| {
            assert_eq!(record.row() as usize, rows.len());
            let cells = (0..record.len()).map(|column| record.cell(column).ok().map(str::to_owned));
            rows.push((record.line(), cells.collect()));
            Ok(())
        })?;
        Ok(rows)
    })?;
    Ok((batches.concat(), digest))
}

fn open(bytes: impl AsRef<[u8]>) -> Source {
    Source::from_bytes("a.csv", bytes.as_ref().to_vec()).expect("a table")
}

fn cells(bytes: impl AsRef<[u8]>) -> Vec<Vec<String>> {
    let (rows, _) = rows_of(&open(bytes), 1).expect("records");
    rows.into_iter().map(|(_, cells)| cells.into_iter().map(Option::unwrap_or_default).collect()).collect()
}

fn faults(bytes: impl AsRef<[u8]>) -> Vec<(u64, Option<RecordFault>)> {
    let (batches, _) = open(bytes)
        .scan(1, |batch| {
            let mut faults = Vec::new();
            batch.for_each(|record| {
                faults.push((record.line(), record.fault()));
                Ok(())
            })?;
            Ok(faults)
        })
        .expect("records");
    batches.concat()
}

/// The message of an error, and its hint.
fn said(result: anyhow::Result<impl Sized>) -> (String, String) {
    let error = result.err().expect("an error");
    let hint = error.chain().find_map(|cause| cause.downcast_ref::<Failure>()).and_then(|failure| failure.hint.clone());
    (error.to_string(), hint.unwrap_or_default())
}

fn refused(bytes: impl AsRef<[u8]>) -> (String, String) {
    said(Source::from_bytes("a.csv", bytes.as_ref().to_vec()).and_then(|source| rows_of(&source, 2)))
}

/// One reader of the `csv` crate over a whole text, with the rules of this room: a return before a line feed belongs
/// to the line end, and nothing else is changed.
fn one_reader(text: &[u8], terminator: u8) -> Vec<Vec<Vec<u8>>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).terminator(csv::Terminator::Any(terminator)).from_reader(text);
    let mut records: Vec<Vec<Vec<u8>>> = reader.byte_records().map(|record| record.expect("memory").iter().map(<[u8]>::to_vec).collect()).collect();
    records.retain(|cells| cells.len() > 1 || cells[0].is_empty() || cells[0].iter().any(|byte| !matches!(byte, b'\r' | b'\n')));
    if terminator == b'\n' {
        for last in records.iter_mut().filter_map(|cells| cells.last_mut()) {
            while last.last() == Some(&b'\r') {
                last.pop();
            }
        }
    }
    records
}

/// The lines on which records begin, and whether a quote is open at the end, one byte at a time.
fn lines_of(text: &[u8], terminator: u8) -> (Vec<u64>, bool) {
    let (mut lines, mut line, mut quoted, mut field_start) = (Vec::new(), 1, false, true);
    // The line a record begins on and its text without quotes: nothing but returns is the end of a blank line.
    let mut record: Option<(u64, Vec<u8>)> = None;
    let is_blank = |text: &[u8]| !text.is_empty() && text.iter().all(|byte| matches!(byte, b'\r' | b'\n'));
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        let ends = byte == terminator && !quoted;
        if ends {
            lines.extend(record.take().filter(|(_, text)| !is_blank(text)).map(|(line, _)| line));
        } else {
            let (_, text) = record.get_or_insert((line, Vec::new()));
            let marks = byte == b'"' && (quoted || field_start);
            let doubled = marks && quoted && bytes.next_if_eq(&b'"').is_some();
            quoted ^= marks && !doubled;
            text.extend((!marks || doubled).then_some(byte));
        }
        field_start = ends || (!quoted && byte == b',');
        line += u64::from(byte == terminator);
    }
    lines.extend(record.filter(|(_, text)| !is_blank(text)).map(|(line, _)| line));
    (lines, quoted)
}

/// Text that is mostly made of what matters to a reader of CSV.
fn hostile_text() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => Just(b"\"".to_vec()),
        4 => Just(b",".to_vec()),
        2 => Just(b"\n".to_vec()),
        1 => Just(b"\r\n".to_vec()),
        1 => Just(b"\r".to_vec()),
        1 => Just(b"\"\"".to_vec()),
        1 => Just(b"\",\"".to_vec()),
        3 => Just(b"a".to_vec()),
        1 => Just(b" ".to_vec()),
        1 => Just("辅".as_bytes().to_vec()),
        1 => Just(b"\xEF\xBB\xBF".to_vec()),
        1 => Just(b"\xFF".to_vec()),
    ];
    let header = prop_oneof![4 => Just("h,i\n"), 1 => Just("h,i\r"), 1 => Just("h,i\r\n")];
    (header, proptest::collection::vec(piece, 0..80)).prop_map(|(header, pieces)| {
        // So many sound characters that a broken one does not decide about the encoding.
        let sound = format!("\"{}\"\n", "粉".repeat(2000));
        [header.as_bytes(), &pieces.concat(), b"\n", sound.as_bytes()].concat()
    })
}

/// Bytes of no encoding in particular, with and without a mark; few control characters, which would end it too early.
fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let mark = prop_oneof![Just(&b""[..]), Just(&b"\xEF\xBB\xBF"[..]), Just(&b"\xFF\xFE"[..]), Just(&b"\xFE\xFF"[..])];
    let byte = prop_oneof![40 => 0x80..=0xFF_u8, 40 => 0x20..=0x7F_u8, 20 => proptest::sample::select(&b",;\t\"\r\n"[..]), 1 => any::<u8>()];
    (mark, proptest::collection::vec(byte, 0..2000)).prop_map(|(mark, bytes)| [mark, &bytes].concat())
}

/// What the room makes of a text must be what one reader makes of it.
fn agrees(source: &Source, text: &[u8], threads: usize) -> Result<(), TestCaseError> {
    let terminator = if source.container().text().unwrap().line_end == LineEnd::Cr { b'\r' } else { b'\n' };
    let (lines, open) = lines_of(text, terminator);
    let read = rows_of(source, threads);
    prop_assert_eq!(read.is_err(), open, "only an open quote is an error: {:?}", read);
    let Ok((rows, digest)) = read else { return Ok(()) };
    prop_assert_eq!(digest, Digest::of(text));
    let expected = one_reader(text, terminator);
    let expected: Vec<Vec<Option<String>>> = expected.into_iter().map(|cells| cells.into_iter().map(|cell| String::from_utf8(cell).ok()).collect()).collect();
    let found: Vec<u64> = rows.iter().map(|(line, _)| *line).collect();
    prop_assert_eq!(&found[..], &lines[1..]);
    let found: Vec<Vec<Option<String>>> = rows.into_iter().map(|(_, cells)| cells).collect();
    prop_assert_eq!(&found[..], &expected[1..]);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn batches_in_memory_are_what_one_csv_reader_reads(text in hostile_text(), batch in 1_usize..60, threads in 1_usize..4) {
        let Ok(source) = Source::from_bytes("a.csv", text.clone()) else { return Ok(()) };
        agrees(&source.with_batch_bytes(batch), &text, threads)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn batches_of_a_file_are_what_one_csv_reader_reads(text in hostile_text(), batch in 1_usize..60, threads in 1_usize..4) {
        let file = write("a.csv", &text);
        let Ok(source) = Source::open(&Input::Path(file.path())) else { return Ok(()) };
        agrees(&source.with_batch_bytes(batch), &text, threads)?;
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in any_bytes(), batch in 1_usize..3000) {
        if let Ok(source) = Source::from_bytes("a.csv", bytes) {
            let _ = rows_of(&source.with_batch_bytes(batch), 2);
        }
    }
}

/// A file in a folder of its own, which goes with it.
struct Written {
    folder: tempfile::TempDir,
    name: &'static str,
}

impl Written {
    fn path(&self) -> PathBuf {
        self.folder.path().join(self.name)
    }
}

fn write(name: &'static str, bytes: impl AsRef<[u8]>) -> Written {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(name), bytes).expect("a file");
    Written { folder, name }
}

const TABLE: &str = "名称,粉丝数,简介\n小鹿妈妈,1.2万,宝宝辅食和日常育儿经验\n阿花,300,\"爱吃,爱分享\"\n";

#[test]
fn one_table_reads_the_same_in_every_encoding() {
    let expected = cells(TABLE);
    let utf16: Vec<u8> = format!("\u{FEFF}{TABLE}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16_without_mark: Vec<u8> = TABLE.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let (gb18030, _, _) = encoding_rs::GB18030.encode(TABLE);
    let with_mark = format!("\u{FEFF}{TABLE}").into_bytes();
    for (bytes, encoding, bom) in [
        (TABLE.as_bytes(), "UTF-8", false),
        (&with_mark, "UTF-8", true),
        (&gb18030, "gb18030", false),
        (&utf16, "UTF-16LE", true),
        (&utf16_without_mark, "UTF-16BE", false),
    ] {
        let source = open(bytes);
        assert_eq!((source.container().text().unwrap().encoding, source.container().text().unwrap().bom), (encoding, bom));
        assert_eq!(source.headers()[0].label, "名称", "{encoding}");
        let (_, digest) = rows_of(&source, 2).expect("records");
        assert_eq!(digest, Digest::of(bytes), "the digest is that of the raw bytes in {encoding}");
        assert_eq!(cells(bytes), expected, "{encoding}");
    }
}

#[test]
fn one_table_reads_the_same_with_every_line_end_and_delimiter() {
    let expected = cells("a,b\n1,2\n\n3,\"x\ny\"\n");
    for (text, line_end, delimiter) in [
        ("a,b\r\n1,2\r\n\r\n3,\"x\ny\"\r\n", LineEnd::CrLf, ','),
        ("a,b\r1,2\r\r3,\"x\ny\"\r", LineEnd::Cr, ','),
        ("a,b\r\r\n1,2\r\r\n\r\n3,\"x\ny\"", LineEnd::CrLf, ','),
        ("a\tb\n1\t2\n\n3\t\"x\ny\"", LineEnd::Lf, '\t'),
        ("sep=;\na;b\n1;2\n3;\"x\ny\"\n", LineEnd::Lf, ';'),
        ("a|b\n1|2\n3|\"x\ny\"\n", LineEnd::Lf, '|'),
    ] {
        assert_eq!(cells(text), expected, "{text:?}");
        assert_eq!(open(text).container().text().unwrap().delimiter, delimiter, "{text:?}");
        if !text.contains("\r\r\n") {
            assert_eq!(open(text).container().text().unwrap().line_end, line_end, "{text:?}");
        }
    }
}

#[test]
fn every_record_knows_the_line_it_begins_on() {
    let lines = |text: &str| faults(text).into_iter().map(|(line, _)| line).collect::<Vec<_>>();
    assert_eq!(lines("a,b\n1,2\n\n3,\"x\n\ny\"\n4,5"), [2, 4, 7]);
    assert_eq!(lines("a,b\r\n1,2\r\n\r\n3,\"x\r\ny\"\r\n4,5\r\n"), [2, 4, 6]);
    assert_eq!(lines("a,b\r1,2\r\r3,\"x\ny\"\r4,5\r"), [2, 4, 5]);
}

#[test]
fn a_record_of_the_wrong_length_is_a_fault_and_a_blank_one_is_not() {
    let ragged = |found| Some(RecordFault::Ragged { found, expected: 3 });
    let text = "a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,2,3,,\n,,,\n\n1\n";
    let expected = [(2, None), (3, ragged(2)), (4, ragged(4)), (5, None), (6, None), (8, ragged(1))];
    assert_eq!(faults(text), expected);
    assert_eq!(faults("a,b,\n1,2\n1,2,\n"), [(2, None), (3, None)], "a column without label may be left out");
}

#[test]
fn a_stray_return_stays_in_its_cell_or_makes_a_fault_but_never_two_good_records() {
    assert_eq!(cells("id,name\n1,Ann\rLee\n2,Bo\n"), [["1", "Ann\rLee"], ["2", "Bo"]]);
    let merged = Some(RecordFault::Ragged { found: 3, expected: 2 });
    assert_eq!(faults("id,name\n1,Ann\r2,Bo\n3,Cy\n"), [(2, merged), (3, None)]);
}

#[test]
fn a_nul_byte_is_a_fault_of_its_record_only() {
    assert_eq!(faults(b"a,b\n1,2\n3,\0\n5,6\n"), [(2, None), (3, Some(RecordFault::Nul)), (4, None)]);
}

#[test]
fn a_broken_character_is_reported_in_its_cell_only() {
    let (rows, _) = rows_of(&open(b"a,b\n1,\xE8\xBE\n3,4\n"), 1).expect("records");
    assert_eq!(rows[0].1, [Some("1".into()), None]);
    assert_eq!(rows[1].1, [Some("3".into()), Some("4".into())]);
    let (gb18030, _, _) = encoding_rs::GB18030.encode(TABLE);
    let bytes = [gb18030.repeat(20), b"x\xFF,2,3\n".to_vec()].concat();
    let (rows, _) = rows_of(&open(&bytes), 1).expect("records");
    assert_eq!(rows.last().expect("a row").1, [None, Some("2".into()), Some("3".into())]);
    assert_eq!(rows.iter().flat_map(|row| &row.1).filter(|cell| cell.is_none()).count(), 1);
}

#[test]
fn two_cells_that_share_the_bytes_of_a_character_are_both_broken() {
    let text = [b"a,b,c\n\xE8,\xBE\x85,x\n", "粉".repeat(500).as_bytes(), b",1,2\n"].concat();
    let (rows, _) = rows_of(&open(text), 1).expect("records");
    assert_eq!(rows[0].1, [None, None, Some("x".into())]);
}

#[test]
fn what_a_spreadsheet_would_run_reads_back_as_it_was() {
    let text = "a,b,c\n'=1+1,'@x,'tis\n'-3,\"'\t\",'\n";
    assert_eq!(cells(text), [["=1+1", "@x", "'tis"], ["-3", "\t", "'"]]);
    assert_eq!(open("'=a,'b\n1,2\n").headers()[0].label, "=a");
}

#[test]
fn repeated_and_missing_headers_get_names_of_their_own() {
    let source = open("\u{FEFF}id, Followers ,Followers,\n1,2,3,4\n");
    let names: Vec<&str> = source.headers().iter().map(|header| header.name.as_str()).collect();
    assert_eq!(names, ["id", "Followers", "Followers#2", "#4"]);
    assert_eq!(source.headers()[2].label, "Followers");
}

#[test]
fn a_header_alone_is_a_table_without_records() {
    for text in ["a,b", "a,b\n", "a,b\r\n\r\n", "\u{FEFF}a,b\n"] {
        let source = open(text);
        let (rows, digest) = rows_of(&source, 3).expect("no records");
        assert!(rows.is_empty() && source.headers().len() == 2, "{text:?}");
        assert_eq!(digest, Digest::of(text.as_bytes()));
    }
}

#[test]
fn ten_thousand_columns_are_read() {
    let line = |prefix: &str| (0..10_000).map(|n| format!("{prefix}{n}")).collect::<Vec<_>>().join(",");
    let source = open(format!("{}\n{}\n", line("column "), line("")));
    assert_eq!(source.headers().len(), 10_000);
    assert_eq!(rows_of(&source, 2).expect("records").0[0].1[9_999].as_deref(), Some("9999"));
}

#[test]
fn a_cell_of_a_hundred_megabytes_is_an_error_that_names_its_line() {
    let mut text = b"a,b\n1,2\n3,\"".to_vec();
    text.resize(100 << 20, b'x');
    text.extend_from_slice(b"\"\n");
    let file = write("a.csv", &text);
    let (message, hint) = said(Source::open(&Input::Path(file.path())).and_then(|source| rows_of(&source, 2)));
    assert!(message.starts_with("the record at `") && message.ends_with("a.csv:3` is longer than 64 MiB"), "{message}");
    assert!(hint.contains("quote that is opened on line 3"), "{hint}");
    text.truncate(30 << 20);
    text.extend_from_slice(b"\"\n");
    assert_eq!(rows_of(&open(&text), 2).expect("records").0.len(), 2);
}

#[test]
fn what_is_no_table_is_refused_with_advice() {
    for (bytes, message, hint) in [
        (&b""[..], "`a.csv` is empty", "header row"),
        (b"\n\r\n", "`a.csv:3` is no header: all its cells are empty", "header row"),
        (b"\xEF\xBB\xBF", "is no header", "header row"),
        (b",,\n1,2,3\n", "`a.csv:1` is no header", "header row"),
        (b"PK\x03\x04\x14\x00\x06\x00", "`a.csv` is a broken workbook", "CSV UTF-8"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1", "`a.csv` is a broken workbook", "CSV UTF-8"),
        (b"<html><table><tr><td>a</td></tr></table>", "a web page", "CSV UTF-8"),
        (b"\x7FELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0\x01\0\0\0", "a binary file", "UTF-8"),
        (b"a,b\n1,\"2\n3,4\n", "`a.csv:2` opens a quote that is never closed", "close the quote"),
        (b"a,\"b\n1,2\n", "the header at `a.csv:1` opens a quote that is never closed", "CSV UTF-8"),
    ] {
        let (said, advice) = refused(bytes);
        assert!(said.contains(message), "{said:?} for {message:?}");
        assert!(advice.contains(hint), "{advice:?} for {message:?}");
    }
}

#[test]
fn what_is_no_file_is_refused_with_advice() {
    let folder = tempfile::tempdir().expect("a folder");
    let opened = |name: &str| said(Source::open(&Input::Path(folder.path().join(name))));
    assert!(opened("").0.ends_with("is a folder"));
    assert!(opened("none.csv").0.starts_with("there is no file `"));
    assert!(opened("*.csv").0.starts_with("no file matches `"));
    assert_eq!(Input::from_argument("-"), Input::Stdin);
}

#[test]
fn the_first_error_in_file_order_is_returned_whoever_finds_it() {
    let text: String = std::iter::once("id\n".into()).chain((0..2000).map(|n| format!("{n}\n"))).collect();
    let source = open(text).with_batch_bytes(16);
    for threads in [1, 2, 8] {
        let result: anyhow::Result<(Vec<()>, _)> = source.scan(threads, |batch| {
            if batch.span().index % 100 == 50 {
                std::thread::sleep(std::time::Duration::from_millis(u64::from(100 - batch.span().index.min(100))));
            }
            anyhow::ensure!(batch.span().index < 50, "line {}", batch.span().line);
            Ok(())
        });
        let (first, _) = source.scan(1, |batch| Ok(batch.span())).expect("spans");
        assert_eq!(said(result).0, format!("line {}", first[50].line));
    }
}

#[test]
fn results_are_in_file_order_and_batches_can_be_read_again() {
    let text: String = std::iter::once("id,name\n".into()).chain((0..5000).map(|n| format!("{n},\"x\n{n}\"\n"))).collect();
    let file = write("a.csv", &text);
    let source = Source::open(&Input::Path(file.path())).expect("a table").with_batch_bytes(1000);
    let work = |batch: &kolscore::read::Batch<'_>| {
        let mut ids = Vec::new();
        batch.for_each(|record| {
            ids.push((record.line(), record.cell(0)?.to_owned()));
            Ok(())
        })?;
        Ok((batch.span(), ids))
    };
    let (one, digest) = source.scan(1, work).expect("records");
    assert_eq!(digest, Digest::of(text.as_bytes()));
    for threads in [0, 2, 7] {
        assert_eq!(source.scan(threads, work).expect("records"), (one.clone(), digest));
    }
    for (span, ids) in &one {
        let again = source.batch(*span).expect("the same batch");
        assert_eq!(&work(&again.as_batch()).expect("records").1, ids);
    }
    let beyond = Span { offset: text.len() as u64, ..one[0].0 };
    assert!(said(source.batch(beyond)).0.ends_with("was changed while it was read"));
}

/// A real file, where the collection lies beside the project; without it the test has nothing to say.
fn real(name: &str) -> Option<Source> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    if !path.exists() {
        eprintln!("skipped: `{name}` is not here");
        return None;
    }
    Some(Source::open(&Input::Path(path)).expect("a table"))
}

#[test]
fn real_files_in_two_encodings_have_the_same_cells() {
    let (Some(utf8), Some(gb18030)) = (real("douyin_bios/douyin_400_utf8.csv"), real("douyin_bios/douyin_400_gb18030.csv")) else {
        return;
    };
    assert_eq!(gb18030.container().text().unwrap().encoding, "gb18030");
    assert_eq!(utf8.headers(), gb18030.headers());
    let (one, other) = (rows_of(&utf8, 2).expect("records").0, rows_of(&gb18030, 2).expect("records").0);
    assert_eq!(one.len(), 400);
    assert_eq!(one, other);
}

#[test]
fn a_real_file_of_lone_returns_is_read_line_by_line() {
    let Some(source) = real("misc/cr_only_line_ends.csv") else { return };
    assert_eq!(source.container().text().unwrap().line_end, LineEnd::Cr);
    let (rows, _) = rows_of(&source, 2).expect("records");
    assert!(rows.iter().enumerate().all(|(index, row)| row.0 == index as u64 + 2));
}
