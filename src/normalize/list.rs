//! One cell's text in, its list items out: titles, hashtags, tags; JSON and bracketed lists included.

use memchr::{memchr, memchr2};
use serde_json::Value;

use super::shares::{Listed, split_item};

/// Calls `each` for every non-empty item of a text list (titles, hashtags).
///
/// `separator` is the pack's; without it, lines separate titles, and lines, white space, `#` and the usual marks separate hashtags.
pub fn texts(text: &str, separator: Option<&str>, loose: bool, mut each: impl FnMut(&str)) {
    if text.starts_with('[')
        && let Ok(items) = serde_json::from_str::<Vec<String>>(text)
    {
        return items.iter().map(|item| item.trim()).filter(|item| !item.is_empty()).for_each(each);
    }
    let mut keep = |item: &str| {
        let item = item.trim();
        let quoted = item.starts_with(['"', '\'']) || item.ends_with(['"', '\'']);
        let item = if quoted { item.trim_matches(['"', '\'']).trim() } else { item };
        if !item.is_empty() {
            each(item);
        }
    };
    let text = unbracketed(text.trim());
    match separator {
        Some(separator) => text.split(separator).for_each(keep),
        // The list as Python prints it, which is no JSON.
        None if memchr(b'\'', text.as_bytes()).is_some() && text.contains("', '") => text.split("', '").for_each(keep),
        None if loose => {
            text.split(|c: char| c.is_whitespace() || matches!(c, '#' | ',' | '，' | ';' | '；' | '、' | '|' | '/')).for_each(|item| keep(without_count(item)));
        }
        None if memchr2(b'\n', b'\r', text.as_bytes()).is_some() => text.split(['\n', '\r']).for_each(keep),
        None => text.split(['|', ';', '；']).for_each(keep),
    }
}

/// Calls `each` for every category or style tag: its path of names (`美妆` then `护肤`) and its share, if one is written.
///
/// Reads `美妆(护肤,彩妆);母婴(辅食)`, `["母婴亲子"]`, `{"美妆":["护肤保养"]}`, `[动画]`, `美食:35%/旅行:20%`, `家居家装>家居用品；运动健身>`.
pub fn tags(text: &str, separator: Option<&str>, mut each: impl FnMut(&[&str], Option<super::cell::Written>)) {
    if text.starts_with(['[', '{'])
        && let Ok(value) = serde_json::from_str::<Value>(text)
    {
        return json_tags(&value, &mut Vec::new(), &mut each);
    }
    for group in split_outside_brackets(text.trim(), separator) {
        let group = group.trim().trim_matches(['{', '}', '"', '\'', ' ']);
        if group.is_empty() {
            continue;
        }
        let Listed { label, share } = split_item(group);
        if share.is_some() {
            each(&[clean(label)], share);
            continue;
        }
        if let Some((parent, children)) = parent_and_children(group) {
            let mut found = false;
            for child in children.split([',', '，', '、', '/', '|']).map(clean).filter(|child| !child.is_empty()) {
                each(&[parent, child], None);
                found = true;
            }
            if !found {
                each(&[parent], None);
            }
        } else {
            let path: Vec<&str> = group.split(['>', '＞']).map(clean).filter(|part| !part.is_empty()).collect();
            if !path.is_empty() {
                each(&path, None);
            }
        }
    }
}

/// `["母婴亲子"]`, `{"美妆":["护肤保养"]}`, `[{"first":"美妆","second":"护肤"}]`: keys of lists are parents, values of an object's texts are a path.
fn json_tags<'v>(value: &'v Value, above: &mut Vec<&'v str>, each: &mut impl FnMut(&[&str], Option<super::cell::Written>)) {
    match value {
        Value::String(tag) => {
            above.push(tag);
            each(above, None);
            above.pop();
        }
        Value::Array(items) => items.iter().for_each(|item| json_tags(item, above, each)),
        Value::Object(fields) if fields.values().all(Value::is_string) => {
            let path: Vec<&str> = above.iter().copied().chain(fields.values().filter_map(Value::as_str)).collect();
            each(&path, None);
        }
        // `{"taxonomy1Tag":"家居家装","taxonomy2Tags":["家居用品"]}`: the text is the parent of the lists.
        Value::Object(fields) if fields.values().any(Value::is_string) => {
            let depth = above.len();
            above.extend(fields.values().filter_map(Value::as_str));
            let lists: Vec<&Value> = fields.values().filter(|value| value.as_array().is_some_and(|list| !list.is_empty())).collect();
            lists.iter().for_each(|list| json_tags(list, above, each));
            if lists.is_empty() {
                each(above, None);
            }
            above.truncate(depth);
        }
        Value::Object(fields) => {
            for (parent, inner) in fields {
                above.push(parent);
                json_tags(inner, above, each);
                above.pop();
            }
        }
        _ => {}
    }
}

/// `美妆(护肤,彩妆)`, `"美妆":["护肤保养"]` → parent and the text of its children.
fn parent_and_children(group: &str) -> Option<(&str, &str)> {
    let open = group.find(['(', '（', '['])?;
    let parent = clean(group[..open].trim_end_matches([':', '：', ' ', '"']));
    let children = group[open..].trim_matches(['(', ')', '（', '）', '[', ']', ' ']);
    (!parent.is_empty()).then_some((parent, children))
}

fn clean(text: &str) -> &str {
    text.trim().trim_matches(['"', '\'', '[', ']', '{', '}', '(', ')', '（', '）', ' ', '#']).trim()
}

/// Splits a tag list at its separators, but not inside brackets.
fn split_outside_brackets<'a>(text: &'a str, separator: Option<&str>) -> Vec<&'a str> {
    if let Some(separator) = separator {
        return text.split(separator).collect();
    }
    let whole = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let whole = whole.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(whole);
    let (mut depth, mut start, mut pieces) = (0_usize, 0, Vec::new());
    for (at, c) in whole.char_indices() {
        match c {
            '(' | '（' | '[' => depth += 1,
            ')' | '）' | ']' => depth = depth.saturating_sub(1),
            ';' | '；' | '、' | ',' | '，' | '|' | '/' | '\n' | '\r' if depth == 0 => {
                pieces.push(&whole[start..at]);
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    pieces.push(&whole[start..]);
    pieces
}

fn unbracketed(text: &str) -> &str {
    text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text)
}

/// `达拉斯美食:78` → `达拉斯美食`: the count behind a hashtag says how often, not what.
fn without_count(item: &str) -> &str {
    match item.rsplit_once([':', '：']) {
        Some((tag, count)) if !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit()) => tag,
        _ => item,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        tags(text, None, |path, share| found.push(format!("{}{}", path.join(">"), share.map_or(String::new(), |s| format!("={}", s.value)))));
        found
    }

    #[test]
    fn tag_lists_of_real_exports_are_read() {
        assert_eq!(paths("美妆(护肤,彩妆);母婴(辅食)"), ["美妆>护肤", "美妆>彩妆", "母婴>辅食"]);
        assert_eq!(paths(r#"["母婴亲子"]"#), ["母婴亲子"]);
        assert_eq!(paths(r#"{"美妆":["护肤保养"]}"#), ["美妆>护肤保养"]);
        assert_eq!(paths("[动画]"), ["动画"]);
        assert_eq!(paths("美食:35%/旅行:20%"), ["美食=35", "旅行=20"]);
        assert_eq!(paths("出行旅游>户外；运动健身>"), ["出行旅游>户外", "运动健身"]);
        assert_eq!(paths("美妆(43.2%)、时尚(20.1%)"), ["美妆=43.2", "时尚=20.1"]);
        assert_eq!(paths("Sports with a ball"), ["Sports with a ball"]);
        assert_eq!(paths(r#"[{"first":"美妆","second":"护肤"}]"#), ["美妆>护肤"]);
    }

    #[test]
    fn hashtags_lose_their_marks_and_counts() {
        let mut found = Vec::new();
        texts("达拉斯生活:139 达拉斯:136 #辅食#米粉", None, true, |tag| found.push(tag.to_owned()));
        assert_eq!(found, ["达拉斯生活", "达拉斯", "辅食", "米粉"]);
    }
}
