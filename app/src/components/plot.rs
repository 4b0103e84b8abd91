//! The arithmetic of drawing: scales, paths and short numbers. Coordinates are per cent of the drawing's box.

/// A number with at most three significant decimals that matter, without the float formatter's weight:
/// 0.42, 3.5, 28, 1240.
#[must_use]
pub fn short(value: f64) -> String {
    let size = value.abs();
    let decimals = if size >= 100.0 {
        0
    } else if size >= 10.0 {
        1
    } else {
        2
    };
    fixed(value, decimals)
}

/// At most `decimals` digits after the point, trailing zeros dropped.
fn fixed(value: f64, decimals: usize) -> String {
    let scale = 10_i64.pow(u32::try_from(decimals).unwrap_or(0));
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "axes hold small numbers")]
    let scaled = (value * scale as f64).round() as i64;
    let (whole, rest) = (scaled.abs() / scale, scaled.abs() % scale);
    let mut text = String::from(if scaled < 0 { "-" } else { "" });
    text.push_str(&whole.to_string());
    if rest > 0 {
        let digits = (scale + rest).to_string();
        text.push('.');
        text.push_str(digits[1..].trim_end_matches('0'));
    }
    text
}

/// A coordinate in per cent with its sign: "12.5%".
#[must_use]
pub fn percent(value: f64) -> String {
    fixed(value, 2) + "%"
}

/// An axis from zero to a round number that the largest value fits under, with three to six even steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    pub top: f64,
    pub ticks: Vec<f64>,
}

impl Axis {
    #[must_use]
    pub fn zero_to(largest: f64) -> Self {
        let largest = if largest.is_finite() && largest > 0.0 { largest } else { 1.0 };
        let mut step = 1e-6;
        'found: loop {
            for factor in [1.0, 2.0, 2.5, 5.0] {
                if largest / (step * factor) <= 5.0 {
                    step *= factor;
                    break 'found;
                }
            }
            step *= 10.0;
        }
        let mut ticks = vec![0.0];
        let mut steps = 0.0;
        while steps * step < largest - step * 1e-9 {
            steps += 1.0;
            ticks.push(steps * step);
        }
        Self { top: steps * step, ticks }
    }

    /// Height of a value from the top of the box, in per cent.
    #[must_use]
    pub fn y(&self, value: f64) -> f64 {
        100.0 - value / self.top * 100.0
    }
}

/// Middle of column `index` of `count`, in per cent from the left.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a chart has few columns")]
pub fn x(index: usize, count: usize) -> f64 {
    (index as f64 + 0.5) / count.max(1) as f64 * 100.0
}

/// Runs of neighbouring values as an SVG path; what is missing breaks the line.
#[must_use]
pub fn line(values: &[Option<f64>], axis: &Axis) -> String {
    let mut path = String::new();
    let mut pen_down = false;
    for (index, value) in values.iter().enumerate() {
        let Some(value) = value else {
            pen_down = false;
            continue;
        };
        path.push(if pen_down { 'L' } else { 'M' });
        path.push_str(&fixed(x(index, values.len()), 2));
        path.push(' ');
        path.push_str(&fixed(axis.y(*value), 2));
        pen_down = true;
    }
    path
}

/// A level over the whole width of each column, as an SVG path; what is missing breaks the line.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a chart has few columns")]
pub fn steps(values: &[Option<f64>], axis: &Axis) -> String {
    let width = 100.0 / values.len().max(1) as f64;
    let mut path = String::new();
    let mut pen_down = false;
    for (index, value) in values.iter().enumerate() {
        let Some(value) = value else {
            pen_down = false;
            continue;
        };
        let y = fixed(axis.y(*value), 2);
        if pen_down {
            path.push('V');
        } else {
            path.push('M');
            path.push_str(&fixed(width * index as f64, 2));
            path.push(' ');
        }
        path.push_str(&y);
        path.push('H');
        path.push_str(&fixed(width * (index + 1) as f64, 2));
        pen_down = true;
    }
    path
}

/// The largest value of all, zero when there is none.
#[must_use]
pub fn largest<'a>(values: impl IntoIterator<Item = &'a Option<f64>>) -> f64 {
    values.into_iter().flatten().fold(0.0, |largest: f64, value| largest.max(*value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!([0.0, 0.425, 3.5, 28.04, 1239.6, -2.5].map(short), ["0", "0.43", "3.5", "28", "1240", "-2.5"]);
    }

    #[test]
    fn an_axis_starts_at_zero_and_ends_round() {
        assert_eq!(Axis::zero_to(14.0).ticks, [0.0, 5.0, 10.0, 15.0]);
        assert_eq!(Axis::zero_to(100.0).ticks, [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert_eq!(Axis::zero_to(0.0).top, 1.0);
        assert_eq!(Axis::zero_to(f64::NAN).top, 1.0);
    }

    #[test]
    fn what_is_missing_is_a_gap() {
        let axis = Axis { top: 10.0, ticks: vec![0.0, 10.0] };
        assert_eq!(line(&[Some(0.0), Some(5.0), None, Some(10.0)], &axis), "M12.5 100L37.5 50M87.5 0");
        assert_eq!(steps(&[Some(5.0), Some(10.0), None, Some(0.0)], &axis), "M0 50H25V0H50M75 100H100");
    }
}
