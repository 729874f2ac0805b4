//! Bytes in, the encoding they are written in and their text as UTF-8 out.

use anyhow::{Context, Result};
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};
use xxhash_rust::xxh3::Xxh3;

use super::digest::Digest;
use super::store::Store;

/// How far the first character beyond ASCII is looked for; a file that is plain ASCII until here is taken as UTF-8.
const SEARCH_LIMIT: u64 = 64 << 20;
/// How much text is judged, from the first character beyond ASCII on.
const WINDOW: usize = 1 << 20;
/// How much of the head tells UTF-16 without a byte order mark, and the least share of NUL bytes in it (one in …).
const UTF16_HEAD: usize = 4096;
const UTF16_SHARE: usize = 16;

/// What a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    /// The encoding; GBK is named and read as GB18030, which contains it.
    pub(super) encoding: &'static Encoding,
    /// The length of the byte order mark in bytes; 0 where there is none.
    pub(super) bom: usize,
    /// Whether the encoding is a guess that a reader should check.
    pub(super) doubtful: bool,
}

/// What the byte order mark, or in UTF-16 without one the NUL bytes, say about the encoding.
pub(super) fn marked(head: &[u8]) -> Option<Written> {
    if let Some((encoding, bom)) = Encoding::for_bom(head) {
        return Some(Written { encoding, bom, doubtful: false });
    }
    let head = &head[..head.len().min(UTF16_HEAD)];
    let nul = |odd: usize| head.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let encoding = match (nul(0), nul(1)) {
        (0, low) if low > 1 && low * UTF16_SHARE >= head.len() => UTF_16LE,
        (high, 0) if high > 1 && high * UTF16_SHARE >= head.len() => UTF_16BE,
        _ => return None,
    };
    Some(Written { encoding, bom: 0, doubtful: false })
}

/// Judges a file without a mark by its first characters beyond ASCII.
pub(super) fn guess(store: &Store) -> Result<Written> {
    let (window, whole) = beyond_ascii(store)?;
    let encoding = if is_utf8(&window, whole) { UTF_8 } else { detect(&window, whole) };
    let doubtful = encoding != UTF_8 && (encoding != GB18030 || is_short(&window));
    Ok(Written { encoding, bom: 0, doubtful })
}

/// Up to [`WINDOW`] bytes from the first byte beyond ASCII on, and whether they reach the end of the file.
fn beyond_ascii(store: &Store) -> Result<(Vec<u8>, bool)> {
    let mut buffer = vec![0; WINDOW];
    let mut offset = 0;
    // A stream is not held up for what may never come.
    let limit = if store.is_stream() { WINDOW as u64 } else { SEARCH_LIMIT };
    while offset < limit {
        let count = store.fill(offset, &mut buffer)?;
        if count == 0 {
            break;
        }
        let ascii = Encoding::ascii_valid_up_to(&buffer[..count]);
        if ascii < count {
            let from = offset + ascii as u64;
            let window = store.read(from, WINDOW)?;
            let whole = store.ends_by(from + window.len() as u64)?;
            return Ok((window, whole));
        }
        offset += count as u64;
    }
    Ok((Vec::new(), true))
}

/// Whether text is UTF-8: all of it, or all but one sequence, or all but fewer than one in a hundred sequences. A few
/// broken ones are cells that were cut in the middle of a character; they are reported where they are.
fn is_utf8(window: &[u8], whole: bool) -> bool {
    let (mut sound, mut broken) = (0_usize, 0_usize);
    let mut position = 0;
    for chunk in window.utf8_chunks() {
        sound += chunk.valid().bytes().filter(|byte| *byte >= 0xC0).count();
        position += chunk.valid().len() + chunk.invalid().len();
        let cut_by_window = !whole && position == window.len();
        broken += usize::from(!chunk.invalid().is_empty() && !cut_by_window);
    }
    broken <= 1 || broken * 100 < sound + broken
}

/// The best guess for text that is not UTF-8.
fn detect(window: &[u8], whole: bool) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(window, whole);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    // The detector drops an encoding for one impossible byte, so one cut cell would turn all Chinese into `ÖÐ¹ú`.
    let chinese = encoding == GBK || (encoding.is_single_byte() && is_chinese(window)) || (is_short(window) && is_all_gb18030(window));
    if chinese { GB18030 } else { encoding }
}

/// So few characters that a guess is a throw of dice, and the most usual encoding of short exports is the better one.
fn is_short(window: &[u8]) -> bool {
    window.iter().filter(|byte| !byte.is_ascii()).count() < 60
}

fn is_all_gb18030(window: &[u8]) -> bool {
    let (text, broken) = GB18030.decode_without_bom_handling(window);
    !broken
        && text
            .chars()
            .filter(|c| !c.is_ascii())
            .all(|c| matches!(c, '\u{3000}'..='\u{303F}' | '\u{4E00}'..='\u{9FFF}' | '\u{FF00}'..='\u{FFEF}' | '\u{2010}'..='\u{203B}'))
}

/// Whether bytes that no multi-byte encoding explains without error are Chinese all the same: four in five characters
/// are of the 3,755 common ones that GB 2312 puts first (lead byte B0 to D7), and not one in fifty is broken.
fn is_chinese(window: &[u8]) -> bool {
    let (mut common, mut other, mut broken) = (0_usize, 0_usize, 0_usize);
    let mut bytes = window.iter().copied();
    while let Some(lead) = bytes.by_ref().find(|byte| !byte.is_ascii()) {
        match bytes.next() {
            Some(0xA1..=0xFE) if (0xB0..=0xD7).contains(&lead) => common += 1,
            // Punctuation and full-width forms say nothing about the language.
            Some(0xA1..=0xFE) if (0xA1..=0xA3).contains(&lead) => {}
            Some(0x40..=0x7E | 0x80..=0xFE) if (0x81..=0xFE).contains(&lead) => other += 1,
            _ => broken += 1,
        }
    }
    common > 4 * other && common > 50 * broken
}

/// The whole of a file as UTF-8.
#[derive(Debug)]
pub(super) struct Decoded {
    pub(super) text: Vec<u8>,
    /// Whether some of it could not be decoded: replacement characters then stand where it was.
    pub(super) lossy: bool,
    /// The digest of the bytes before decoding.
    pub(super) digest: Digest,
}

/// Decodes everything behind the mark, piece by piece, so that memory holds the text only once.
pub(super) fn decode(name: &str, store: &Store, written: Written) -> Result<Decoded> {
    store.check_fits_memory(name)?;
    let mut decoder = written.encoding.new_decoder_without_bom_handling();
    // Two bytes of a Chinese character become three. What stays unused is never touched, and costs no memory.
    let size = usize::try_from(store.size())?;
    let mut text = Vec::with_capacity(size + size / 2);
    let mut utf8 = vec![0; decoder.max_utf8_buffer_length(WINDOW).unwrap_or(4 * WINDOW) + 64];
    let (mut hasher, mut lossy) = (Xxh3::new(), false);
    let mut buffer = vec![0; WINDOW];
    let (mut offset, mut skip) = (0, written.bom);
    loop {
        let count = store.fill(offset, &mut buffer).with_context(|| format!("`{name}` cannot be read"))?;
        hasher.update(&buffer[..count]);
        let piece = &buffer[skip.min(count)..count];
        let (_, _, length, broken) = decoder.decode_to_utf8(piece, &mut utf8, count < buffer.len());
        text.extend_from_slice(&utf8[..length]);
        lossy |= broken;
        if count < buffer.len() {
            return Ok(Decoded { text, lossy, digest: Digest::finish(&hasher) });
        }
        (offset, skip) = (offset + count as u64, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(bytes: &[u8]) -> &'static str {
        guess(&Store::Memory(bytes.to_vec())).expect("memory can be read").encoding.name()
    }

    #[test]
    fn ascii_and_utf8_are_utf8_even_with_one_broken_character() {
        assert_eq!(guessed(b"a,b\n1,2\n"), "UTF-8");
        assert_eq!(guessed("昵称,粉丝数\n小鹿,1\n".as_bytes()), "UTF-8");
        assert_eq!(guessed(b"name\nAnn\xff\n"), "UTF-8");
    }

    #[test]
    fn chinese_of_a_windows_export_is_gb18030() {
        let (bytes, _, _) = GB18030.encode("昵称,粉丝数,简介\n小鹿妈妈,1200,宝宝辅食和米粉\n");
        assert_eq!(guessed(&bytes), "gb18030");
    }

    #[test]
    fn one_cut_character_does_not_turn_chinese_into_another_encoding() {
        let (bytes, _, _) = GB18030.encode("昵称,粉丝数,简介\n小鹿妈妈,1200,宝宝辅食和米粉\n");
        let mut bytes = bytes.repeat(10);
        bytes.extend_from_slice(b"\xD0,1\n\xFF\n");
        assert_eq!(guessed(&bytes), "gb18030");
        let (russian, _, _) = encoding_rs::WINDOWS_1251.encode("имя,подписчики\nАнна Петрова,мама двоих детей\n");
        assert_eq!(guessed(&russian), "windows-1251");
        let (spanish, _, _) = encoding_rs::WINDOWS_1252.encode("name,país\nJosé,España\nMaría Núñez,Perú\n");
        assert_eq!(guessed(&spanish), "windows-1252");
    }

    #[test]
    fn a_character_between_two_pieces_is_decoded_whole() {
        let text = format!("a{}", "小鹿".repeat(WINDOW / 2));
        let (bytes, _, _) = GB18030.encode(&text);
        let digest = Digest::of(&bytes);
        let store = Store::Memory(bytes.into_owned());
        let decoded = decode("a.csv", &store, Written { encoding: GB18030, bom: 0, doubtful: false }).expect("memory");
        assert!(decoded.text == text.as_bytes() && !decoded.lossy && decoded.digest == digest);
    }

    #[test]
    fn utf16_is_known_with_and_without_its_mark() {
        let little: Vec<u8> = "id,name\n1,小鹿\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(marked(&little).map(|written| written.encoding), Some(UTF_16LE));
        let big: Vec<u8> = "\u{FEFF}id,name\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(marked(&big), Some(Written { encoding: UTF_16BE, bom: 2, doubtful: false }));
        assert_eq!(marked(b"a,b\n1,\0\n"), None);
    }
}
