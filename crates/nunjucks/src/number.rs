//! Numbers as JavaScript reads and writes them.

use crate::scan::is_space;

/// `Number(text)`.
pub(crate) fn from_text(text: &str) -> f64 {
    let text = text.trim_matches(is_space);
    if text.is_empty() {
        return 0.0;
    }
    for (prefix, radix) in [("0x", 16), ("0X", 16), ("0b", 2), ("0B", 2), ("0o", 8), ("0O", 8)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return whole(digits, radix).filter(|(_, used)| *used == digits.len()).map_or(f64::NAN, |(value, _)| value);
        }
    }
    match float_prefix(text) {
        Some((value, used)) if used == text.len() => value,
        _ => f64::NAN,
    }
}

/// `parseFloat(text)`: the longest number the text starts with.
pub(crate) fn parse_float(text: &str) -> f64 {
    float_prefix(text.trim_start_matches(is_space)).map_or(f64::NAN, |(value, _)| value)
}

fn float_prefix(text: &str) -> Option<(f64, usize)> {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes.get(from..).unwrap_or_default().iter().take_while(|b| b.is_ascii_digit()).count();
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    if text[sign..].starts_with("Infinity") {
        let value = if bytes[0] == b'-' { f64::NEG_INFINITY } else { f64::INFINITY };
        return Some((value, sign + 8));
    }
    let integer = digits(sign);
    let mut end = sign + integer;
    if bytes.get(end) == Some(&b'.') {
        let fraction = digits(end + 1);
        if integer + fraction == 0 {
            return None;
        }
        end += 1 + fraction;
    } else if integer == 0 {
        return None;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign);
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    text[..end].parse().ok().map(|value| (value, end))
}

/// `parseInt(text, radix)`; radix 0 means ten, or sixteen after `0x`.
pub(crate) fn parse_int(text: &str, radix: f64) -> f64 {
    let text = text.trim_start_matches(is_space);
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let (digits, radix) = match (radix as i64, hex) {
        (0 | 16, Some(rest)) => (rest, 16),
        (0, None) => (text, 10),
        (radix @ 2..=36, _) => (text, radix as u32),
        _ => return f64::NAN,
    };
    whole(digits, radix).map_or(f64::NAN, |(value, _)| if negative { -value } else { value })
}

/// The whole number that the text starts with, and how many bytes it takes.
fn whole(text: &str, radix: u32) -> Option<(f64, usize)> {
    let used = text.chars().take_while(|c| c.is_digit(radix)).count();
    if used == 0 {
        return None;
    }
    let digits = &text[..used];
    if radix == 10 {
        return digits.parse().ok().map(|value| (value, used));
    }
    let value =
        digits.chars().filter_map(|c| c.to_digit(radix)).fold(0.0, |sum, d| sum * f64::from(radix) + f64::from(d));
    Some((value, used))
}

/// `String(number)`.
pub(crate) fn to_string(number: f64) -> String {
    if number.is_nan() {
        return "NaN".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.into();
    }
    if number == 0.0 {
        return "0".into();
    }
    // Rust's `{:e}` has the shortest digits that read back as the same number, as JavaScript wants; only the layout differs.
    let shortest = format!("{:e}", number.abs());
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let digits = mantissa.replace('.', "");
    let point = exponent.parse::<i32>().unwrap_or(0) + 1;
    let sign = if number < 0.0 { "-" } else { "" };
    format!("{sign}{}", layout(&digits, point))
}

/// `digits` with the decimal point after the first `point` of them.
fn layout(digits: &str, point: i32) -> String {
    let count = digits.len() as i32;
    match point {
        _ if count <= point && point <= 21 => format!("{digits}{}", "0".repeat((point - count) as usize)),
        1..=21 => format!("{}.{}", &digits[..point as usize], &digits[point as usize..]),
        -5..=0 => format!("0.{}{digits}", "0".repeat(-point as usize)),
        _ => scientific(digits, point - 1),
    }
}

fn scientific(digits: &str, exponent: i32) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    let (first, rest) = digits.split_at(1);
    let dot = if rest.is_empty() { "" } else { "." };
    format!("{first}{dot}{rest}e{sign}{}", exponent.abs())
}

/// `number.toFixed(places)`, places from 0 to 100.
pub(crate) fn to_fixed(number: f64, places: usize) -> String {
    if !number.is_finite() || number.abs() >= 1e21 {
        return to_string(number);
    }
    let (digits, point) = exact_digits(number);
    let rounded = round_half_up(&digits, point + places as i32);
    let padded = format!("{rounded:0>width$}", width = places + 1);
    let (whole, fraction) = padded.split_at(padded.len() - places);
    let sign = if number < 0.0 && rounded.bytes().any(|b| b != b'0') { "-" } else { "" };
    if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// `number.toExponential(places)`; without places, as many as needed.
pub(crate) fn to_exponential(number: f64, places: Option<usize>) -> String {
    if !number.is_finite() {
        return to_string(number);
    }
    let sign = if number < 0.0 { "-" } else { "" };
    let (digits, exponent) = match places {
        _ if number == 0.0 => ("0".repeat(places.unwrap_or(0) + 1), 0),
        Some(places) => significant(number, places + 1),
        None => {
            let shortest = format!("{:e}", number.abs());
            let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
            (mantissa.replace('.', ""), exponent.parse().unwrap_or(0))
        }
    };
    format!("{sign}{}", scientific(&digits, exponent))
}

/// `number.toPrecision(count)`, count from 1 to 100.
pub(crate) fn to_precision(number: f64, count: usize) -> String {
    if !number.is_finite() {
        return to_string(number);
    }
    let sign = if number < 0.0 { "-" } else { "" };
    let (digits, exponent) = if number == 0.0 { ("0".repeat(count), 0) } else { significant(number, count) };
    if exponent < -6 || exponent >= count as i32 {
        return format!("{sign}{}", scientific(&digits, exponent));
    }
    if exponent == count as i32 - 1 {
        return format!("{sign}{digits}");
    }
    if exponent >= 0 {
        let (whole, fraction) = digits.split_at(exponent as usize + 1);
        return format!("{sign}{whole}.{fraction}");
    }
    format!("{sign}0.{}{digits}", "0".repeat((-exponent - 1) as usize))
}

/// `count` digits, rounded, and the exponent of the first.
fn significant(number: f64, count: usize) -> (String, i32) {
    let (digits, point) = exact_digits(number);
    let rounded = round_half_up(&digits, count as i32);
    let carried = rounded.len() > count;
    (rounded[..count].to_owned(), point - 1 + i32::from(carried))
}

/// Every digit of the exact value, from the first that is not zero, and how many stand before the point.
fn exact_digits(number: f64) -> (String, i32) {
    // The smallest double has 1074 decimal places.
    let text = format!("{:.1074}", number.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let all = format!("{whole}{fraction}");
    let digits = all.trim_start_matches('0');
    let zeros = (all.len() - digits.len()) as i32;
    (digits.to_owned(), whole.len() as i32 - zeros)
}

/// The first `keep` digits, rounded by the rest; one digit more when the carry runs out in front.
fn round_half_up(digits: &str, keep: i32) -> String {
    let Ok(keep) = usize::try_from(keep) else { return "0".into() };
    let mut kept: Vec<u8> = digits.bytes().chain(std::iter::repeat(b'0')).take(keep).collect();
    if digits.as_bytes().get(keep).is_some_and(|d| *d >= b'5') {
        match kept.iter().rposition(|d| *d != b'9') {
            Some(last) => {
                kept[last] += 1;
                kept[last + 1..].fill(b'0');
            }
            None => {
                kept.fill(b'0');
                kept.insert(0, b'1');
            }
        }
    }
    let text: String = kept.into_iter().map(char::from).collect();
    if text.is_empty() { "0".into() } else { text }
}

/// `number.toString(radix)`, radix from 2 to 36.
pub(crate) fn to_radix(number: f64, radix: u32) -> String {
    if radix == 10 || !number.is_finite() {
        return to_string(number);
    }
    let base = f64::from(radix);
    let magnitude = number.abs();
    let mut whole = magnitude.trunc();
    let fraction = fraction_digits(magnitude, base);
    if fraction.is_none() {
        whole += 1.0;
    }
    let mut digits = Vec::new();
    while whole >= 1.0 {
        digits.push((whole % base) as u32);
        whole = (whole / base).trunc();
    }
    if digits.is_empty() {
        digits.push(0);
    }
    digits.reverse();
    let write = |digits: &[u32]| digits.iter().filter_map(|d| char::from_digit(*d, radix)).collect::<String>();
    let sign = if number < 0.0 { "-" } else { "" };
    match fraction.as_deref() {
        None | Some([]) => format!("{sign}{}", write(&digits)),
        Some(fraction) => format!("{sign}{}.{}", write(&digits), write(fraction)),
    }
}

/// As few digits after the point as tell the number from its neighbours; none at all when they round up to one whole.
fn fraction_digits(number: f64, base: f64) -> Option<Vec<u32>> {
    let mut fraction = number.fract();
    let mut tolerance = ((number.next_up() - number) * 0.5).max(f64::MIN_POSITIVE);
    let mut digits = Vec::new();
    while fraction >= tolerance {
        fraction *= base;
        tolerance *= base;
        let digit = fraction.trunc();
        digits.push(digit as u32);
        fraction -= digit;
        let rounds_up = fraction > 0.5 || (fraction == 0.5 && digit % 2.0 == 1.0);
        if rounds_up && fraction + tolerance > 1.0 {
            while digits.pop_if(|last| f64::from(*last) + 1.0 >= base).is_some() {}
            match digits.last_mut() {
                Some(last) => *last += 1,
                None => return None,
            }
            break;
        }
    }
    Some(digits)
}
