//! Text in, folded text out: NFKC, lower case, traditional → simplified Chinese, so that spellings of one word compare equal.
//!
//! Source: `scoring.md` §3.1. Folding is per character after NFKC; context-dependent conversions (乾隆) are left alone.

use std::sync::LazyLock;

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
    if text.is_ascii() {
        out.extend(text.bytes().map(|byte| char::from(byte.to_ascii_lowercase())));
    } else if is_nfkc_quick(text.chars()) == IsNormalized::Yes {
        text.chars().for_each(|c| push_folded(c, out));
    } else {
        text.nfkc().for_each(|c| push_folded(c, out));
    }
}

/// The folded form of `text`.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// The folded form of a header, tag or label: folded, with all white space removed.
#[must_use]
pub fn fold_label(text: &str) -> String {
    fold(text).split_whitespace().collect()
}

fn push_folded(c: char, out: &mut String) {
    match u32::from(c) {
        0..=0x7F => out.push(c.to_ascii_lowercase()),
        code @ FIRST..=LAST => out.push(SIMPLIFIED[(code - FIRST) as usize]),
        _ => out.extend(c.to_lowercase()),
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
