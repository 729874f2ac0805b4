//! One cell's text in, a calendar day out.

/// The calendar day of `2026-08-10 12:34:56`, `2026/8/10`, `2026.08.10` or a spreadsheet's serial day `45929.5`, as `(year, month, day)`.
#[must_use]
pub fn date(cell: &str) -> Option<(i32, u32, u32)> {
    let day = cell.trim().split([' ', 'T']).next()?;
    if day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit()) && day.starts_with("20") {
        let part = |range: std::ops::Range<usize>| day[range].parse::<u32>().ok();
        let (year, month, date) = (day[..4].parse().ok()?, part(4..6)?, part(6..8)?);
        return ((1..=12).contains(&month) && (1..=31).contains(&date)).then_some((year, month, date));
    }
    if let Ok(serial) = day.parse::<f64>()
        && (20_000.0..80_000.0).contains(&serial)
    {
        return Some(civil_from_days(serial as i64 - 25_569));
    }
    let mut parts = day.split(['-', '/', '.', '年', '月']).map(|part| part.trim_end_matches('日'));
    let (Some(year), Some(month), Some(date), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else { return None };
    let (year, month, date) = (year.parse().ok()?, month.parse().ok()?, date.parse().ok()?);
    ((1990..2200).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&date)).then_some((year, month, date))
}

/// Days since 1970-01-01 to a date of the Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
#[must_use]
pub fn civil_from_days(days: i64) -> (i32, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year as i32, month as u32, day as u32)
}

/// Days since 1970-01-01 of a date of the Gregorian calendar, by the same source.
#[must_use]
pub fn days_from_civil((year, month, day): (i32, u32, u32)) -> i64 {
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let shifted_month = (i64::from(month) + 9) % 12;
    let of_year = (153 * shifted_month + 2) / 5 + i64::from(day) - 1;
    let year_of_era = year.rem_euclid(400);
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_from_text_and_serial_days() {
        assert_eq!(date("2026-08-10 12:34:56"), Some((2026, 8, 10)));
        assert_eq!(date("2026/8/1"), Some((2026, 8, 1)));
        assert_eq!(date("45929.5"), Some((2025, 9, 29)));
        assert_eq!(date("20260810"), Some((2026, 8, 10)));
        assert_eq!(date("00:52"), None);
        assert!((-200_000..200_000).all(|day| days_from_civil(civil_from_days(day)) == day));
    }
}
