//! One cell's text in, a number (or the reason why there is none) out. The only place that knows how analysts write numbers.
//!
//! Source: the cell vectors and defaults of real exports (`4.2w`, `3.5亿`, `269.6k`, `¥3,000`, `12.3%`, `无数据`).

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// Cells that say "no value". Compared after trimming and lower-casing.
const MISSING: &[&str] = &[
    "-",
    "--",
    "---",
    "—",
    "——",
    "/",
    "无",
    "无数据",
    "暂无",
    "暂无数据",
    "暂未入驻",
    "暂无简介",
    "暂无介绍",
    "还没有简介",
    "本宝宝暂时还没想到个性签名",
    "未知",
    "n/a",
    "n/a'",
    "na",
    "nan",
    "null",
    "none",
    "unknown",
    "nil",
];

/// Cells in which a spreadsheet wrote that its own formula failed.
const SPREADSHEET_ERRORS: &[&str] = &["#value!", "#valor!", "#name?", "#ref!", "#div/0!", "#n/a", "#num!", "#null!"];

/// Words that mean payment in goods.
const BARTER: &[&str] = &["接受置换", "置换", "纯置换", "免费置换", "产品置换", "可置换", "barter", "gifted", "product only"];

/// Words that mean that a quote is given when asked for: not quoted.
const ON_REQUEST: &[&str] = &["面议", "私信", "私聊", "待定", "询价", "待询", "on request", "negotiable", "tbd", "tba"];

/// Why a cell gives no value. The text completes "column `x`: `cell` is …".
pub type Reason = &'static str;

/// A number as written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Written {
    /// The value, suffixes applied (`1.2万` = 12000); a percent sign is not applied.
    pub value: f64,
    /// Whether a percent sign stood behind it.
    pub percent: bool,
    /// Whether a suffix (k, w, 万 …) gave the magnitude.
    pub suffixed: bool,
    /// The currency whose sign or word stood with it.
    pub currency: Option<&'static str>,
}

/// A price as written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Money {
    /// A number as written.
    Amount(Written),
    /// Paid in goods.
    Barter,
}

/// Whether the cell says that there is no value.
#[must_use]
pub fn is_missing(cell: &str) -> bool {
    // Every missing word is short and begins with one of a few letters: most cells need no comparison.
    if cell.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    let cell = cell.trim();
    let may_be = |first: char| matches!(first, '-' | '—' | '/' | 'n' | 'N' | 'u' | 'U' | '无' | '暂' | '未' | '还' | '本');
    let is_word = || MISSING.contains(&cell) || MISSING.contains(&cell.to_lowercase().as_str());
    cell.is_empty() || (cell.len() <= 39 && cell.starts_with(may_be) && is_word())
}

/// Whether the cell holds a spreadsheet's error value such as `#VALUE!`.
#[must_use]
pub fn is_spreadsheet_error(cell: &str) -> bool {
    cell.starts_with('#') && SPREADSHEET_ERRORS.contains(&cell.trim().to_lowercase().as_str())
}

/// Reads one number: sign, grouping, suffix, percent and currency signs. `Ok(None)` where the cell says there is none.
///
/// # Errors
/// The reason why the cell is no number: bounds (`1.5万+`), ranges (`3w-20w`), text, digits wrongly grouped (`12,34`), not finite.
pub fn number(cell: &str) -> Result<Option<Written>, Reason> {
    let cell = cell.trim();
    if let Some(written) = plain(cell) {
        return Ok(Some(written));
    }
    if is_missing(cell) {
        return Ok(None);
    }
    if let (rest, Some(power)) = strip_suffix(cell)
        && let Some(value) = Digits::read(rest).and_then(|digits| digits.times_ten_to(power))
    {
        return Ok(Some(Written { value, percent: false, suffixed: true, currency: None }));
    }
    if is_spreadsheet_error(cell) {
        return Err("a spreadsheet's error value");
    }
    if cell.len() > 100 {
        return Err("not a number");
    }
    let text: Cow<'_, str> = if cell.is_ascii() { cell.into() } else { cell.nfkc().collect::<String>().into() };
    let text = text.trim();
    if text.ends_with('+') {
        return Err("a lower bound, not a number");
    }
    if is_range(text) {
        return Err("a range, not a number");
    }
    let (text, currency) = strip_currency(text);
    let text = text.trim_end_matches(['粉', '丝', '人']).trim_end();
    let (text, percent) = text.strip_suffix('%').map_or((text, false), |rest| (rest.trim_end(), true));
    let (text, power) = strip_suffix(text);
    let value = grouped(text, power.unwrap_or(0)).ok_or("not a number")?;
    if !value.is_finite() {
        return Err("too large for a number");
    }
    Ok(Some(Written { value, percent, suffixed: power.is_some(), currency }))
}

/// Reads the share of a cell such as `12.3%`, `0.123` or `42.64% | 192745` (the share stands first).
///
/// # Errors
/// As [`number`].
pub fn share(cell: &str) -> Result<Option<Written>, Reason> {
    if let Some(written) = plain(cell) {
        return Ok(Some(written));
    }
    match cell.split_once('|') {
        Some((first, _)) if first.contains(['%', '％']) => number(first),
        _ => number(cell),
    }
}

/// Reads a price: a number, a quote and its fee (`2000+200`), a packed multi-line quote, or payment in goods.
///
/// # Errors
/// As [`number`]; a text with several quotes (`图文500 视频800`) is no number.
pub fn money(cell: &str) -> Result<Option<Money>, Reason> {
    let cell = cell.trim();
    if let Some(written) = plain(cell) {
        return Ok(Some(Money::Amount(written)));
    }
    if BARTER.contains(&cell.to_lowercase().as_str()) {
        return Ok(Some(Money::Barter));
    }
    if cell.contains(['\n', '\r']) {
        return packed_quote(cell).map(|found| found.map(Money::Amount));
    }
    if ON_REQUEST.contains(&cell.to_lowercase().as_str()) {
        return Ok(None);
    }
    let cell = ["/条", "/篇", "/个", "/次", "/post", "/video"].iter().find_map(|per| cell.strip_suffix(per)).unwrap_or(cell).trim_end();
    if let Some((quote, fee)) = cell.split_once('+')
        && let (Ok(Some(quote)), Ok(Some(fee))) = (number(quote), number(fee))
    {
        // The brand pays the fee on top of the quote.
        return Ok(Some(Money::Amount(Written { value: quote.value + fee.value, ..quote })));
    }
    Ok(number(cell)?.map(Money::Amount))
}

/// A quote packed over several lines (`视频报价⏎达人报价⏎12,000⏎CPE⏎…`): the number below the last label before any number that names a quote.
fn packed_quote(cell: &str) -> Result<Option<Written>, Reason> {
    let lines: Vec<&str> = cell.lines().flat_map(|line| line.split('\r')).map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut quotes = lines.windows(2).filter(|pair| pair[0].contains("报价")).filter_map(|pair| number(pair[1]).ok().flatten());
    match (quotes.next(), quotes.next()) {
        (Some(quote), None) => Ok(Some(quote)),
        (Some(_), Some(_)) => Err("several quotes in one cell"),
        (None, _) => match lines.as_slice() {
            [] => Ok(None),
            [only] => number(only),
            _ => Err("several lines without one quote"),
        },
    }
}

/// The short way for what most cells hold: digits, perhaps a point, perhaps a percent sign.
fn plain(cell: &str) -> Option<Written> {
    let (digits, percent) = cell.strip_suffix('%').map_or((cell, false), |digits| (digits, true));
    Some(Written { value: Digits::read(digits)?.times_ten_to(0)?, percent, suffixed: false, currency: None })
}

/// Digits with perhaps a point among them, few enough for a whole number that an `f64` holds.
struct Digits {
    whole: u64,
    decimals: usize,
}

/// The powers of ten that an `f64` holds exactly.
const TENS: [f64; 23] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

impl Digits {
    fn read(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() > 16 || !bytes.first()?.is_ascii_digit() {
            return None;
        }
        let (mut whole, mut point) = (0, None);
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                b'0'..=b'9' => whole = whole * 10 + u64::from(byte - b'0'),
                b'.' if point.is_none() => point = Some(at),
                _ => return None,
            }
        }
        Some(Self { whole, decimals: point.map_or(0, |at| bytes.len() - 1 - at) })
    }

    /// The number times ten to a power: of two numbers that are exact, one operation gives the nearest `f64`, as parsing the text would.
    fn times_ten_to(&self, power: u8) -> Option<f64> {
        const EXACT: u64 = 1 << f64::MANTISSA_DIGITS;
        let (whole, power) = ((self.whole <= EXACT).then_some(self.whole as f64)?, usize::from(power));
        Some(if power >= self.decimals { whole * TENS[power - self.decimals] } else { whole / TENS[self.decimals - power] })
    }
}

/// `a-b` or `a~b` with a digit on both sides; a leading minus and an exponent (`1e-5`) are no range.
fn is_range(text: &str) -> bool {
    let (mut digit_before, mut dash_after_digit, mut before) = (false, false, ' ');
    for c in text.chars() {
        if c.is_ascii_digit() {
            if dash_after_digit {
                return true;
            }
            digit_before = true;
        } else if matches!(c, '-' | '~' | '–' | '至') {
            dash_after_digit = digit_before && !matches!(before, 'e' | 'E');
        } else if !c.is_whitespace() {
            dash_after_digit = false;
        }
        before = c;
    }
    false
}

/// Splits a currency's sign or word from a number.
fn strip_currency(text: &str) -> (&str, Option<&'static str>) {
    const SIGNS: [(&str, &str); 11] = [
        ("¥", "CNY"),
        ("rmb", "CNY"),
        ("cny", "CNY"),
        ("元", "CNY"),
        ("us$", "USD"),
        ("usd", "USD"),
        ("$", "USD"),
        ("eur", "EUR"),
        ("€", "EUR"),
        ("gbp", "GBP"),
        ("£", "GBP"),
    ];
    for (sign, currency) in SIGNS {
        let bytes = text.as_bytes();
        let Some(rest) = bytes.len().checked_sub(sign.len()).filter(|rest| *rest > 0) else { continue };
        if bytes[..sign.len()].eq_ignore_ascii_case(sign.as_bytes()) {
            return (text[sign.len()..].trim_start(), Some(currency));
        }
        if bytes[rest..].eq_ignore_ascii_case(sign.as_bytes()) {
            return (text[..rest].trim_end(), Some(currency));
        }
    }
    (text, None)
}

/// Splits a magnitude suffix from a number, as a power of ten: k, w, 万, 千, m, b, 亿.
fn strip_suffix(text: &str) -> (&str, Option<u8>) {
    let Some(last) = text.chars().next_back() else { return (text, None) };
    let power = match last {
        'k' | 'K' | '千' => 3,
        'w' | 'W' | '万' | '萬' => 4,
        'm' | 'M' => 6,
        'b' | 'B' => 9,
        '亿' | '億' => 8,
        _ => return (text, None),
    };
    (text[..text.len() - last.len_utf8()].trim_end(), Some(power))
}

/// A decimal number times ten to the `power`, whose commas, if any, stand between groups of three digits.
///
/// The power goes into the text before it is parsed: `3.4` and 6 give exactly the number that `3400000` gives.
fn grouped(text: &str, power: u8) -> Option<f64> {
    let plain = |text: &str| {
        let allowed = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E');
        let number_like = text.bytes().any(|byte| byte.is_ascii_digit()) && text.bytes().all(allowed);
        let parse = || if power == 0 { text.parse().ok() } else { format!("{text}e{power}").parse().ok() };
        if number_like { parse() } else { None }
    };
    if !text.contains(',') {
        return plain(text);
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, _) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let well_grouped = (1..=3).contains(&first.len()) && digits(first) && groups.all(|group| group.len() == 3 && digits(group));
    if well_grouped { plain(&text.replace(',', "")) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(cell: &str) -> Option<f64> {
        number(cell).ok().flatten().map(|written| written.value)
    }

    #[test]
    fn numbers_of_real_exports_are_read() {
        for (cell, expected) in [
            ("4.2w", 42_000.0),
            ("4.2万", 42_000.0),
            ("1.2W", 12_000.0),
            ("3.5亿", 350_000_000.0),
            ("-1.06w", -10_600.0),
            ("123,456", 123_456.0),
            ("-1,234", -1_234.0),
            ("1,234.50", 1_234.5),
            ("269.6k", 269_600.0),
            ("554.4K", 554_400.0),
            ("1.6M", 1_600_000.0),
            ("¥3,000", 3_000.0),
            ("￥3000", 3_000.0),
            ("１２，３４５", 12_345.0),
            ("2.28E+11", 2.28e11),
            ("$1027", 1_027.0),
            ("5.3100000000000005%", 5.310_000_000_000_000_5),
            ("0.4080484638684553", 0.408_048_463_868_455_3),
        ] {
            let found = value(cell).unwrap_or_else(|| panic!("`{cell}` was not read"));
            assert!((found - expected).abs() <= 1e-9 * expected.abs(), "{cell}: {found}");
        }
    }

    #[test]
    fn digits_are_the_number_that_parsing_gives() {
        let mut random = crate::random::SplitMix64(7);
        for _ in 0..200_000 {
            let (digits, point) = (1 + random.below(16), random.below(17));
            let mut text: String = (0..digits).map(|_| char::from(b'0' + random.below(10) as u8)).collect();
            if point > 0 && point < text.len() {
                text.insert(point, '.');
            }
            for (suffix, power) in [("", 0), ("k", 3), ("万", 4), ("亿", 8)] {
                let expected: f64 = format!("{text}e{power}").parse().unwrap();
                assert_eq!(value(&format!("{text}{suffix}")), Some(expected), "{text}{suffix}");
            }
        }
    }

    #[test]
    fn every_missing_word_is_recognised() {
        assert!(MISSING.iter().all(|word| is_missing(word) && is_missing(&word.to_uppercase())));
    }

    #[test]
    fn missing_words_are_no_value_and_no_error() {
        for cell in
            ["", "  ", "-", "--", "—", "/", "无", "无数据", "暂无", "暂未入驻", "暂无简介", "暂无介绍", "未知", "N/A", "NULL", "Null", "None", "unknown", "nan"]
        {
            assert_eq!(number(cell), Ok(None), "{cell}");
        }
        assert!(!is_missing("无机构"), "`无机构` is a value: no agency");
    }

    #[test]
    fn what_is_no_number_says_why() {
        assert_eq!(number("1.5万+"), Err("a lower bound, not a number"));
        assert_eq!(number("1千+"), Err("a lower bound, not a number"));
        assert_eq!(number("3w-20w"), Err("a range, not a number"));
        assert_eq!(number("1000-3000"), Err("a range, not a number"));
        assert_eq!(number("12,34"), Err("not a number"));
        assert_eq!(number("1e400"), Err("too large for a number"));
        assert_eq!(number("inf"), Err("not a number"));
        assert_eq!(number("Spain"), Err("not a number"));
        assert_eq!(number("#VALOR!"), Err("a spreadsheet's error value"));
        assert_eq!(number("=1+1"), Err("not a number"));
    }

    #[test]
    fn quotes_are_read_and_packed_quotes_unpacked() {
        let amount = |cell: &str| match money(cell) {
            Ok(Some(Money::Amount(written))) => Some(written.value),
            _ => None,
        };
        assert_eq!(amount("2000+200"), Some(2_200.0));
        assert_eq!(amount("3k"), Some(3_000.0));
        assert_eq!(amount("800元"), Some(800.0));
        assert_eq!(amount("视频报价\n达人报价\n12,000\nCPE\n3.2"), Some(12_000.0));
        assert_eq!(money("图文500 视频800"), Err("not a number"));
        assert_eq!(money("置换"), Ok(Some(Money::Barter)));
        assert_eq!(money("无数据"), Ok(None));
        assert_eq!(money("面议"), Ok(None));
        assert_eq!(amount("500/条"), Some(500.0));
        assert_eq!(number("1,200元").map(|written| written.and_then(|written| written.currency)), Ok(Some("CNY")));
        assert_eq!(number("$120").map(|written| written.and_then(|written| written.currency)), Ok(Some("USD")));
    }

    #[test]
    fn a_share_may_stand_before_its_count() {
        assert_eq!(share("42.64% | 192745"), Ok(Some(Written { value: 42.64, percent: true, suffixed: false, currency: None })));
    }
}
