//! A profile address as people paste it in, one comparable form out.

/// The address without scheme, query, fragment and trailing slash, its host in lower case; share text around it is dropped.
///
/// `看看这个 https://XHSLink.com/abc?x=1 复制打开` becomes `xhslink.com/abc`. Text without an address gives nothing.
#[must_use]
pub fn normalized(text: &str) -> Option<String> {
    let start = text.find("://").map(|at| at + 3);
    let rest = match start {
        Some(start) => &text[start..],
        None => text.trim(),
    };
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '?' | '#' | '，' | ',' | '"' | '\'' | '）' | ')')).unwrap_or(rest.len());
    let address = rest[..end].trim_end_matches('/');
    let (host, path) = address.split_once('/').map_or((address, ""), |(host, path)| (host, path));
    let host = host.to_ascii_lowercase();
    let looks_like_host = host.contains('.') && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':'));
    if !looks_like_host || (start.is_none() && path.is_empty()) {
        return None;
    }
    let host = host.strip_prefix("www.").or_else(|| host.strip_prefix("m.")).unwrap_or(&host);
    Some(if path.is_empty() { host.to_owned() } else { format!("{host}/{path}") })
}

#[cfg(test)]
mod tests {
    use super::*;

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
