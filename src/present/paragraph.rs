//! Lines of any length in, lines that fit a terminal out, broken between words.

use std::io::Write;

use anyhow::Result;

use super::width;

/// Writes lines behind an indent; what does not fit continues four columns further in. A line to copy stays whole.
pub(super) fn lines(lines: impl IntoIterator<Item = String>, indent: &str, columns: usize, out: &mut dyn Write) -> Result<()> {
    for line in lines {
        let hanging = line.len() - line.trim_start().len();
        let (mut written, mut used) = (format!("{indent}{}", &line[..hanging]), indent.len() + hanging);
        // A line to copy stays whole.
        let whole = line.contains(" = \"");
        for word in line[hanging..].split(' ') {
            let wide = width::of(word) + 1;
            if !whole && used + wide > columns && used > indent.len() + hanging + 2 {
                writeln!(out, "{}", written.trim_end())?;
                written = format!("{indent}{}    ", &line[..hanging]);
                used = indent.len() + hanging + 4;
            }
            written.push_str(word);
            written.push(' ');
            used += wide;
        }
        writeln!(out, "{}", written.trim_end())?;
    }
    Ok(())
}
