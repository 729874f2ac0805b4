//! A profile address as people paste it in, one comparable form out.

use memchr::memchr_iter;

/// Appends the address without scheme, query, fragment and trailing slash, its host in lower case; share text around it is dropped. `false`, and nothing
/// appended, where there is no address.
///
/// `看看这个 https://XHSLink.com/abc?x=1 复制打开` becomes `xhslink.com/abc`.
pub fn normalize_into(text: &str, out: &mut String) -> bool {
    let start = memchr_iter(b':', text.as_bytes()).find(|at| text[at + 1..].starts_with("//")).map(|at| at + 3);
    let rest = match start {
        Some(start) => &text[start..],
        None => text.trim(),
    };
    let end = rest.find(|c: char| matches!(c, '?' | '#' | '，' | ',' | '"' | '\'' | '）' | ')') || c.is_whitespace()).unwrap_or(rest.len());
    let address = rest[..end].trim_end_matches('/');
    let (host, path) = address.split_once('/').unwrap_or((address, ""));
    let looks_like_host = host.contains('.') && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':'));
    if !looks_like_host || (start.is_none() && path.is_empty()) {
        return false;
    }
    let bare = ["www.", "m."].iter().find_map(|prefix| host.split_at_checked(prefix.len()).filter(|(start, _)| start.eq_ignore_ascii_case(prefix)));
    let from = out.len();
    out.push_str(bare.map_or(host, |(_, rest)| rest));
    out[from..].make_ascii_lowercase();
    if !path.is_empty() {
        out.push('/');
        out.push_str(path);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalized(text: &str) -> Option<String> {
        let mut address = String::new();
        normalize_into(text, &mut address).then_some(address)
    }

    #[test]
    fn one_profile_has_one_address() {
        let expected = Some("xiaohongshu.com/user/profile/5a5b".to_owned());
        for text in [
            "https://www.xiaohongshu.com/user/profile/5a5b",
            "https://WWW.Xiaohongshu.com/user/profile/5a5b/?xsec_token=1#top",
            "我在小红书 http://www.xiaohongshu.com/user/profile/5a5b 复制打开",
            "xiaohongshu.com/user/profile/5a5b",
        ] {
            assert_eq!(normalized(text), expected, "{text}");
        }
        assert_eq!(normalized("nothing here"), None);
    }
}
