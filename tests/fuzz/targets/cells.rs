#![no_main]

#[path = "../../attempt.rs"]
#[allow(dead_code)]
mod attempt;

libfuzzer_sys::fuzz_target!(|text: &str| attempt::cell(text));
