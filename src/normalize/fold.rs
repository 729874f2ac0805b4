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
    out.reserve(text.len());
    fold_each(text, |c| out.push(c));
}

/// The folded form of `text`.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::new();
    fold_into(text, &mut out);
    out
}

/// The folded form of a header, tag or label: folded, with all white space removed. Short labels are not allocated.
#[must_use]
pub fn fold_label(text: &str) -> CompactString {
    let mut out = CompactString::const_new("");
    fold_each(text, |c| {
        if !c.is_whitespace() {
            out.push(c);
        }
    });
    out
}

/// Calls `push` with each character of the folded form.
fn fold_each(text: &str, mut push: impl FnMut(char)) {
    if text.is_ascii() {
        text.bytes().for_each(|byte| push(char::from(byte.to_ascii_lowercase())));
    } else if text.chars().all(is_stable) || is_nfkc_quick(text.chars()) == IsNormalized::Yes {
        text.chars().for_each(|c| push_folded(c, &mut push));
    } else {
        text.nfkc().for_each(|c| push_folded(c, &mut push));
    }
}

/// Characters that normalization leaves alone, and that make up nearly all text: a quicker look than the tables.
fn is_stable(c: char) -> bool {
    c.is_ascii() || matches!(u32::from(c), FIRST..=LAST | 0x3001..=0x3029 | 0x1F300..=0x1FAFF)
}

fn push_folded(c: char, push: &mut impl FnMut(char)) {
    match u32::from(c) {
        0..=0x7F => push(c.to_ascii_lowercase()),
        code @ FIRST..=LAST => push(SIMPLIFIED[(code - FIRST) as usize]),
        _ => c.to_lowercase().for_each(push),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word_fold_to_one_form() {
        assert_eq!(fold("ＳＫＩＮ護膚１２％"), "skin护肤12%");
        assert_eq!(fold_label(" 粉丝 數\n（萬） "), "粉丝数(万)");
        assert_eq!(fold("e\u{301}"), "é");
    }
}
