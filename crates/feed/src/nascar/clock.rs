//! Times of day as the feeds write them.

use units::EventTime;

/// `2023-03-18T17:35:12.443-04:00`; without an offset it is UTC. `None` where it is not of this form.
pub(super) fn parse(text: &str) -> Option<EventTime> {
    let digits = |from: usize, to: usize| -> Option<i64> {
        let part = text.get(from..to)?;
        part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok())?
    };
    let separated = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if separated.iter().any(|&(at, mark)| text.as_bytes().get(at) != Some(&mark)) {
        return None;
    }
    let (year, month, day) = (digits(0, 4)?, digits(5, 7)?, digits(8, 10)?);
    let (hour, minute, second) = (digits(11, 13)?, digits(14, 16)?, digits(17, 19)?);
    if !((1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second < 61) {
        return None;
    }
    let rest = text.get(19..)?;
    let after_fraction = rest.find(|c: char| c != '.' && !c.is_ascii_digit()).unwrap_or(rest.len());
    let (fraction, zone) = rest.split_at(after_fraction);
    let micros: f64 = if fraction.is_empty() { 0.0 } else { format!("0{fraction}").parse().ok()? };
    let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset_s(zone)?;
    Some(EventTime::from_us(seconds * 1_000_000 + (micros * 1e6).round() as i64))
}

/// Seconds east of Greenwich.
fn offset_s(zone: &str) -> Option<i64> {
    if zone.is_empty() || zone == "Z" {
        return Some(0);
    }
    let sign = match zone.get(0..1)? {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    Some(sign * (hours.parse::<u8>().ok()? as i64 * 3_600 + minutes.parse::<u8>().ok()? as i64 * 60))
}

/// Days since 1970-01-01. Source: H. Hinnant, <https://howardhinnant.github.io/date_algorithms.html>, days_from_civil.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_are_read_or_refused() {
        // seconds since 1970 by `date -u -d`
        for (text, us) in [
            ("1970-01-01T00:00:00", Some(0)),
            ("2023-03-18T21:00:00", Some(1_679_173_200_000_000)),
            ("2023-03-18T17:35:12.443-04:00", Some(1_679_175_312_443_000)),
            ("2024-02-29T23:59:59.5000000+01:30", Some(1_709_245_799_500_000)),
            ("2023-03-18 17:35:12", None),
            ("2023-13-18T17:35:12", None),
            ("2023-03-18T17:35:12.4.4", None),
            ("2023-03-18T17:35:12-4", None),
            ("20é3-03-18T17:35:12", None),
            ("", None),
        ] {
            assert_eq!(parse(text).map(EventTime::us), us, "{text}");
        }
    }
}
