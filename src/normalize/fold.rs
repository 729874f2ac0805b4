//! Text in, folded text out: NFKC, lower case, traditional → simplified Chinese, so that spellings of one word compare equal.
//!
//! Source: `scoring.md` §3.1. Folding is per character after NFKC; context-dependent conversions (乾隆) are left alone.

use std::sync::LazyLock;

use compact_str::CompactString;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

const FIRST: u32 = 0x3400;
const LAST: u32 = 0x9FFF;

/// Simplified form of each ideograph from U+3400 to U+9FFF.
static SIMPLIFIED: LazyLock<Vec<char>> = LazyLock::new(|| {
    (FIRST..=LAST)
        .map(|code| {
            let original = char::from_u32(code).unwrap_or(' ');
            fast2s::convert(original.encode_utf8(&mut [0; 4])).chars().next().unwrap_or(original)
        })
        .collect()
});

/// Appends the folded form of `text` to `out`.
pub fn fold_into(text: &str, out: &mut String) {
    let start = out.len();
    if !fold_parts(text, |part| out.push_str(part)) {
        out.truncate(start);
        fold_each(text, |c| out.push(c));
    }
}

/// The folded form of `text`.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// The folded form of a header, tag or label: folded, with all white space removed. Short labels are not allocated.
#[must_use]
pub fn fold_label(text: &str) -> CompactString {
    let mut out = CompactString::const_new("");
    if !fold_parts(text, |part| part.split_whitespace().for_each(|part| out.push_str(part))) {
        out.clear();
        fold_each(text, |c| {
            if !c.is_whitespace() {
                out.push(c);
            }
        });
    }
    out
}

/// Calls `push` with one part of the folded form after the other; most text is folded already, so parts are long. `false` where a character needs its neighbours
/// looked at, so that what was pushed may be wrong.
fn fold_parts(text: &str, mut push: impl FnMut(&str)) -> bool {
    let simplified = SIMPLIFIED.as_slice();
    let mut kept = 0;
    for (at, c) in text.char_indices() {
        let folded = match u32::from(c) {
            0x41..=0x5A => c.to_ascii_lowercase(),
            0..=0x7F => continue,
            code @ FIRST..=LAST => simplified[(code - FIRST) as usize],
            // Full-width ASCII has its plain form.
            code @ 0xFF01..=0xFF5E => char::from((code - 0xFEE0) as u8).to_ascii_lowercase(),
            _ if is_folded(c) => continue,
            _ => return false,
        };
        if folded != c {
            push(&text[kept..at]);
            push(folded.encode_utf8(&mut [0; 4]));
            kept = at + c.len_utf8();
        }
    }
    push(&text[kept..]);
    true
}

/// Calls `push` with each character of the folded form, whatever the text holds.
fn fold_each(text: &str, mut push: impl FnMut(char)) {
    let mut fold = |c: char| match u32::from(c) {
        code @ FIRST..=LAST => push(SIMPLIFIED[(code - FIRST) as usize]),
        _ => c.to_lowercase().for_each(&mut push),
    };
    if is_nfkc_quick(text.chars()) == IsNormalized::Yes { text.chars().for_each(&mut fold) } else { text.nfkc().for_each(fold) }
}

/// Characters beyond ASCII and ideographs that folding leaves alone, whatever stands beside them: punctuation, kana, Hangul and pictures.
fn is_folded(c: char) -> bool {
    matches!(
        u32::from(c),
        0x2010 | 0x2013..=0x2015 | 0x2018..=0x201D | 0x2022 | 0x200D | 0x2600..=0x27BF | 0x3001..=0x3029 | 0x3041..=0x3096 | 0x30A1..=0x30FA | 0x30FC | 0xAC00..=0xD7A3 | 0xFE0F | 0x1F300..=0x1FAFF
    )
}
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word_fold_to_one_form() {
        assert_eq!(fold("ＳＫＩＮ護膚１２％"), "skin护肤12%");
        assert_eq!(fold_label(" 粉丝 數\n（萬） "), "粉丝数(万)");
        assert_eq!(fold("e\u{301}"), "é");
        assert_eq!(fold("护肤E\u{301}"), "护肤é");
    }

    #[test]
    fn the_quick_way_folds_every_character_as_the_slow_one_does() {
        let slowly = |text: &str| {
            let mut out = String::new();
            fold_each(text, |c| out.push(c));
            out
        };
        for c in (0..0x2_0000).filter_map(char::from_u32) {
            for text in [format!("{c}"), format!("A{c}か"), format!("{c}\u{301}"), format!("か{c}\u{3099}")] {
                assert_eq!(fold(&text), slowly(&text), "{text:?}");
            }
        }
    }
}
