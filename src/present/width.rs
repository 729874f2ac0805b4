//! Text in, its width on a terminal and its shortened form out; CJK and emoji take two columns.

use unicode_width::UnicodeWidthStr;

/// Display columns of a text.
pub(super) fn of(text: &str) -> usize {
    text.width()
}

/// The text cut to so many display columns, with `…` where something was cut. Control characters become spaces.
pub(super) fn cut(text: &str, columns: usize) -> String {
    // Nothing that fits is longer than this, invisible characters included.
    let clean: String = text.chars().take(columns.saturating_mul(8).max(64)).map(|c| if c.is_control() || is_mark(c) { ' ' } else { c }).collect();
    if of(&clean) <= columns {
        return clean;
    }
    let mut end = 0;
    for (at, c) in clean.char_indices() {
        let next = at + c.len_utf8();
        // Measured from the start: joined emoji are narrower together than apart.
        if of(&clean[..next]) > columns.saturating_sub(1) {
            break;
        }
        end = next;
    }
    format!("{}…", &clean[..end])
}

/// Characters that would turn a line around or break it.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_are_cut_by_their_width() {
        assert_eq!(cut("营养师麦卡", 7), "营养师…");
        assert_eq!(cut("short", 7), "short");
    }
}
