//! One packed cell in, labels with shares out: `上海|17.4% 北京|15.2%`, `广东: 12.34% / 浙江: 8.10%`, `美妆(43.2%)、时尚(20.1%)`, a ranked table, or only the top group.
//!
//! The same reader serves audience distributions and category tags with shares; whether `43.2` without a sign means per cent is the column's decision, not the cell's.

use super::cell;

/// One label of a packed cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Listed<'a> {
    /// The label as written, trimmed.
    pub label: &'a str,
    /// The number behind it as written, if any.
    pub share: Option<cell::Written>,
}

/// A cell that names labels without shares: it says which are the largest, not how large.
pub const LABELS_ONLY: cell::Reason = "labels without their shares";

/// Separators between items, strongest first: the first that occurs splits the cell.
const STRONG: &[&[char]] = &[&['\n', '\r'], &[';', '；'], &['、'], &['/'], &['，', ',']];

/// Calls `each` for every labelled share of the cell, in order.
///
/// # Errors
/// The reason why the cell is no list of shares; [`LABELS_ONLY`] where it may well be, without shares.
pub fn read(text: &str, mut each: impl FnMut(Listed<'_>)) -> Result<(), cell::Reason> {
    let text = text.trim();
    if cell::is_missing(text) {
        return Ok(());
    }
    if text.starts_with('{')
        && let Ok(object) = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text)
    {
        return from_json(&object, each);
    }
    if text.starts_with('[')
        && let Ok(objects) = serde_json::from_str::<Vec<serde_json::Map<String, serde_json::Value>>>(text)
    {
        return from_json_objects(&objects, each);
    }
    if let Some(top) = only_the_top(text) {
        each(top);
        return Ok(());
    }
    if !text.contains(|c: char| c.is_ascii_digit() || ('０'..='９').contains(&c)) {
        return Err(LABELS_ONLY);
    }
    each_share(text, &mut each)
}

/// Calls `each` for every share of a list that is packed by signs.
fn each_share(text: &str, each: &mut dyn FnMut(Listed<'_>)) -> Result<(), cell::Reason> {
    let mut outcome = Ok(());
    items(text, |item| {
        let listed = split_item(item);
        outcome = match outcome {
            Err(reason) => Err(reason),
            // `AU 48.9% / CA 24.4%、US 16.2%` separates its items in two ways.
            Ok(()) if listed.label.contains(['%', '％']) && item.len() < text.len() => each_share(item, each),
            Ok(()) if listed.share.is_none() || listed.label.contains(['%', '％']) => Err("not a list of shares"),
            Ok(()) => {
                each(listed);
                Ok(())
            }
        };
    });
    outcome
}

/// `{"18-24": 0.31, "25-34": "40.5%"}`.
fn from_json(object: &serde_json::Map<String, serde_json::Value>, mut each: impl FnMut(Listed<'_>)) -> Result<(), cell::Reason> {
    for (label, value) in object {
        let number = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        each(Listed { label, share: Some(cell::number(&number)?.ok_or("not a list of shares")?) });
    }
    Ok(())
}

/// `[{"name": "北京", "percent": 0.5}, …]`: the first text of each object is the label, its first number the share.
fn from_json_objects(objects: &[serde_json::Map<String, serde_json::Value>], mut each: impl FnMut(Listed<'_>)) -> Result<(), cell::Reason> {
    for object in objects {
        let label = object.values().find_map(serde_json::Value::as_str).ok_or("not a list of shares")?;
        let number = object.values().find(|value| value.is_number()).ok_or("not a list of shares")?;
        each(Listed { label, share: cell::number(&number.to_string())? });
    }
    Ok(())
}

/// Which of the signs that tell how a cell is packed occur in it.
#[derive(Default)]
struct Signs {
    /// By [`STRONG`].
    strong: [bool; STRONG.len()],
    bar: bool,
    percent: bool,
    colon: bool,
}

impl Signs {
    fn of(text: &str) -> Self {
        let mut signs = Self::default();
        for c in text.chars().filter(|c| !c.is_ascii_alphanumeric() && *c != '.') {
            match c {
                '|' | '｜' => signs.bar = true,
                '%' | '％' => signs.percent = true,
                ':' | '：' => signs.colon = true,
                _ => signs.strong.iter_mut().zip(STRONG).for_each(|(sign, separators)| *sign |= separators.contains(&c)),
            }
        }
        signs
    }
}

/// Calls `each` with the items of a packed cell, split at its strongest separator; blank items are left out.
fn items<'t>(text: &'t str, mut each: impl FnMut(&'t str)) {
    let signs = Signs::of(text);
    let mut keep = |item: &'t str| {
        // Ends of most items need no look at whole characters.
        let bare = |byte: Option<&u8>| byte.is_some_and(|byte| matches!(byte, b'%' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | 0xE4..=0xE9));
        let is_bare = bare(item.as_bytes().first()) && matches!(item.as_bytes().last(), Some(b'%' | b'0'..=b'9'));
        let item = if is_bare { item } else { item.trim_matches([' ', '\t', ',', '，', '/', '　']) };
        if !item.is_empty() {
            each(item);
        }
    };
    let tied = signs.bar && !signs.strong[..3].contains(&true);
    match signs.strong.iter().position(|sign| *sign) {
        // `United States|40% Hong Kong|5%`, `美容/个护|12.3% 母婴|8%`: an item ends with its percent sign.
        _ if tied && signs.percent => split_after_shares(text).for_each(keep),
        Some(at) => text.split(STRONG[at]).for_each(keep),
        None if tied || (signs.colon && !text.contains(": ")) => text.split_whitespace().for_each(&mut keep),
        None => split_after_shares(text).for_each(keep),
    }
}

/// `广东 12.3% 浙江 8.1%`: an item ends with its percent sign.
fn split_after_shares(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['%', '％'])
}

/// Splits `1\t美食\t6.46%`, `US 95`, `美妆(43.2%)`, `上海|17.4%`, `18-24: 31%` into label and number.
#[must_use]
pub fn split_item(item: &str) -> Listed<'_> {
    let item = item.trim();
    let body = item.strip_suffix([')', '）']).unwrap_or(item).trim_end();
    let number_start = body
        .char_indices()
        .rev()
        .take_while(|(_, c)| c.is_ascii_digit() || ('０'..='９').contains(c) || matches!(c, '.' | '%' | '％' | '．'))
        .last()
        .map_or(body.len(), |(at, _)| at);
    let (label, number) = body.split_at(number_start);
    let tied = label.ends_with([' ', '\t', ':', '：', '|', '｜', '(', '（', '=', '占', '比']);
    match cell::number(number) {
        Ok(Some(share)) if tied || share.percent => {
            let label = label.trim_end_matches([' ', '\t', ':', '：', '|', '｜', '(', '（', '=']);
            Listed { label: without_rank(label), share: Some(share) }
        }
        _ => Listed { label: without_rank(item), share: None },
    }
}

/// Drops the rank of a ranked table: `1\t美食` → `美食`.
fn without_rank(label: &str) -> &str {
    let label = label.trim();
    match label.split_once(['\t', ' ', '.', '、']) {
        Some((rank, rest)) if rank.len() <= 2 && rank.bytes().all(|b| b.is_ascii_digit()) && !rest.trim().is_empty() => rest.trim(),
        _ => label,
    }
}

/// `25-34岁占比最多，占比：43.21%`, `女性居多，占比60.00%`: one group is known, the others are not.
fn only_the_top(text: &str) -> Option<Listed<'_>> {
    // Both words hold this one; most cells do not.
    if !text.contains('多') {
        return None;
    }
    let at = ["占比最多", "居多", "最多"].iter().find_map(|mark| text.find(mark))?;
    let number = text[at..].rsplit(['比', ':', '：', ' ']).next()?.trim_end_matches(['.', '…']);
    let share = cell::number(number).ok().flatten()?;
    Some(Listed { label: text[..at].trim(), share: Some(share) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(text: &str) -> Vec<(String, f64, bool)> {
        let mut found = Vec::new();
        let outcome = read(text, |item| {
            let share = item.share.unwrap();
            found.push((item.label.to_owned(), share.value, share.percent));
        });
        assert_eq!(outcome, Ok(()), "{text}");
        found
    }

    fn pairs(expected: &[(&str, f64, bool)]) -> Vec<(String, f64, bool)> {
        expected.iter().map(|(label, value, percent)| ((*label).to_owned(), *value, *percent)).collect()
    }

    #[test]
    fn the_packings_of_real_exports_are_read() {
        for (cell, expected) in [
            ("上海|17.4% 北京|15.2%", &[("上海", 17.4, true), ("北京", 15.2, true)][..]),
            ("广东: 12.34% / 浙江: 8.10%", &[("广东", 12.34, true), ("浙江", 8.10, true)]),
            ("广东 12.3%、浙江 8.1%", &[("广东", 12.3, true), ("浙江", 8.1, true)]),
            ("美妆(43.2%)、时尚(20.1%)", &[("美妆", 43.2, true), ("时尚", 20.1, true)]),
            ("美食:35%/旅行:20%", &[("美食", 35.0, true), ("旅行", 20.0, true)]),
            ("1\t美食\t6.46%\r\n2\t时尚\t5.48%", &[("美食", 6.46, true), ("时尚", 5.48, true)]),
            ("1        美食        5.19%\n2        时尚        4.41%", &[("美食", 5.19, true), ("时尚", 4.41, true)]),
            ("US 95 / DE 1 / AU 1", &[("US", 95.0, false), ("DE", 1.0, false), ("AU", 1.0, false)]),
            ("生活记录 10.37%；美食 9.94%", &[("生活记录", 10.37, true), ("美食", 9.94, true)]),
            ("18-24: 31%; 25-34: 40.5%; >44: 3%", &[("18-24", 31.0, true), ("25-34", 40.5, true), (">44", 3.0, true)]),
            ("18-24岁 0.31, 25-34岁 0.4", &[("18-24岁", 0.31, false), ("25-34岁", 0.4, false)]),
            ("广东 12.3% 浙江 8.1%", &[("广东", 12.3, true), ("浙江", 8.1, true)]),
            ("25-34岁占比最多，占比：43.21%", &[("25-34岁", 43.21, true)]),
            ("女性居多，占比60.00%", &[("女性", 60.0, true)]),
            ("18-24居多, 占比0.3962…", &[("18-24", 0.3962, false)]),
            ("female 78%, male 22%", &[("female", 78.0, true), ("male", 22.0, true)]),
            ("美容/个护|12.3% 母婴|8%", &[("美容/个护", 12.3, true), ("母婴", 8.0, true)]),
            ("United States|40% Hong Kong|5%", &[("United States", 40.0, true), ("Hong Kong", 5.0, true)]),
            ("AU 48.9% / CA 24.4% / US 16.2%、NZ 3.0%", &[("AU", 48.9, true), ("CA", 24.4, true), ("US", 16.2, true), ("NZ", 3.0, true)]),
            (r#"{"18-24": 0.31, "25-34": "40.5%"}"#, &[("18-24", 0.31, false), ("25-34", 40.5, true)]),
        ] {
            assert_eq!(listed(cell), pairs(expected), "{cell}");
        }
    }

    #[test]
    fn missing_cells_list_nothing_and_other_text_is_refused() {
        assert!(listed("无数据").is_empty());
        assert_eq!(read("上海、杭州、北京", |_| ()), Err(LABELS_ONLY));
        assert_eq!(read("广东、浙江 12%", |_| ()), Err("not a list of shares"));
        assert_eq!(read("广东 12%，其中 5% 在深圳", |_| ()), Err("not a list of shares"));
    }
}
