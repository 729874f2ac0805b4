#![no_main]

#[path = "../../attempt.rs"]
#[allow(dead_code)]
mod attempt;

use std::{io::Write, sync::LazyLock};

use zip::{ZipWriter, write::SimpleFileOptions};

static KNOWLEDGE: LazyLock<kolscore::knowledge::Knowledge> = LazyLock::new(|| kolscore::knowledge::Knowledge::built_in().expect("built in"));

/// Parts of a workbook that say where its sheet, strings and styles are.
const PARTS: [(&str, &str); 3] = [
    ("_rels/.rels", include_str!("../workbook/rels.xml")),
    ("xl/_rels/workbook.xml.rels", include_str!("../workbook/workbook-rels.xml")),
    ("xl/workbook.xml", include_str!("../workbook/workbook.xml")),
];

// A file that begins with `PK` is taken as it is; anything else is the sheet, then behind a NUL the strings, then the styles, of a sound
// workbook, because no mutation of compressed bytes would ever reach them.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if bytes.starts_with(b"PK") || bytes.starts_with(b"\xD0\xCF") {
        return attempt::file("fuzz.xlsx", bytes, &KNOWLEDGE);
    }
    let mut parts = bytes.splitn(3, |byte| *byte == 0);
    let mut archive = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, text) in PARTS {
        archive.start_file(name, options).expect("memory");
        archive.write_all(text.as_bytes()).expect("memory");
    }
    for name in ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"] {
        if let Some(part) = parts.next() {
            archive.start_file(name, options).expect("memory");
            archive.write_all(part).expect("memory");
        }
    }
    attempt::file("fuzz.xlsx", &archive.finish().expect("memory").into_inner(), &KNOWLEDGE);
});
