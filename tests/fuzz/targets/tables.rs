#![no_main]

#[path = "../../attempt.rs"]
#[allow(dead_code)]
mod attempt;

use std::sync::LazyLock;

static KNOWLEDGE: LazyLock<kolscore::knowledge::Knowledge> = LazyLock::new(|| kolscore::knowledge::Knowledge::built_in().expect("built in"));

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| attempt::file("fuzz.csv", bytes, &KNOWLEDGE));
