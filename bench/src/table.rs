//! The figures, as they are printed.

/// A unit and whether less of it is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Seconds,
    Milliseconds,
    Megabytes,
    Kilobytes,
    Requests,
    PerSecond,
    PerMinute,
    Services,
    Bytes,
}

impl Unit {
    const fn name(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::Milliseconds => "ms",
            Self::Megabytes => "MB",
            Self::Kilobytes => "kB",
            Self::Requests => "requests",
            Self::PerSecond => "/s",
            Self::PerMinute => "/min",
            Self::Services => "services",
            Self::Bytes => "bytes",
        }
    }

    const fn decimals(self) -> usize {
        match self {
            Self::Seconds => 2,
            Self::Milliseconds => 1,
            Self::Megabytes
            | Self::Kilobytes
            | Self::Requests
            | Self::PerSecond
            | Self::PerMinute
            | Self::Services
            | Self::Bytes => 0,
        }
    }

    const fn more_is_better(self) -> bool {
        matches!(self, Self::PerSecond | Self::PerMinute)
    }

    fn show(self, value: f64) -> String {
        format!("{value:.*} {}", self.decimals(), self.name())
    }
}

#[derive(Debug)]
struct Row {
    what: String,
    unit: Unit,
    measured: Option<f64>,
    budget: Option<f64>,
    backstage: Option<f64>,
    note: String,
}

/// Rows in the order in which they were measured.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// A figure, what it should be within, and what Backstage 1.55 had on two cores.
    pub fn add(&mut self, what: impl Into<String>, unit: Unit, measured: f64, budget: f64, backstage: f64) {
        let (budget, backstage) = (Some(budget), Some(backstage));
        let row = Row { what: what.into(), unit, measured: Some(measured), budget, backstage, note: String::new() };
        println!("    {}: {}", row.what, unit.show(measured));
        self.rows.push(row);
    }

    /// A figure and what it should be within, where nobody else was measured.
    pub fn budgeted(&mut self, what: impl Into<String>, unit: Unit, measured: f64, budget: f64) {
        let what = what.into();
        println!("    {what}: {}", unit.show(measured));
        let (measured, budget) = (Some(measured), Some(budget));
        self.rows.push(Row { what, unit, measured, budget, backstage: None, note: String::new() });
    }

    /// A figure with nothing to compare it with.
    pub fn add_alone(&mut self, what: impl Into<String>, unit: Unit, measured: f64) {
        let what = what.into();
        println!("    {what}: {}", unit.show(measured));
        self.rows.push(Row {
            what,
            unit,
            measured: Some(measured),
            budget: None,
            backstage: None,
            note: String::new(),
        });
    }

    /// What could not be measured, and why.
    pub fn leave_out(&mut self, what: impl Into<String>, why: impl Into<String>) {
        let (what, note) = (what.into(), why.into());
        println!("    {what}: not measured: {note}");
        self.rows.push(Row { what, unit: Unit::Requests, measured: None, budget: None, backstage: None, note });
    }

    /// Prints everything.
    pub fn print(&self, cores: usize) {
        let heads = ["", "Slipway", "budget", "Backstage 1.55", "ratio"].map(str::to_owned);
        let mut lines = vec![heads];
        lines.extend(self.rows.iter().map(line));
        let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
        let widths: [usize; 5] = std::array::from_fn(width);
        println!("\nMeasured on {cores} cores; Backstage 1.55 on 2 cores.\n");
        for (index, line) in lines.iter().enumerate() {
            let mut text = format!("{:<width$}", line[0], width = widths[0]);
            for (cell, width) in line.iter().zip(widths).skip(1) {
                text.push_str(&format!("  {cell:>width$}"));
            }
            println!("{}", text.trim_end());
            if index == 0 {
                println!("{}", "-".repeat(widths.iter().sum::<usize>() + 8));
            }
        }
    }
}

fn line(row: &Row) -> [String; 5] {
    let Some(measured) = row.measured else {
        return [row.what.clone(), "-".to_owned(), String::new(), String::new(), row.note.clone()];
    };
    let show = |value: Option<f64>| value.map(|value| row.unit.show(value)).unwrap_or_default();
    let bound = if row.unit.more_is_better() { "≥" } else { "<" };
    let ratio = row.backstage.map(|backstage| {
        let (ours, theirs) = (measured.max(0.001), backstage.max(0.001));
        let times = if row.unit.more_is_better() { ours / theirs } else { theirs / ours };
        format!("{times:.1}×")
    });
    let budget = row.budget.map(|budget| format!("{bound} {}", row.unit.show(budget)));
    [
        row.what.clone(),
        row.unit.show(measured),
        budget.unwrap_or_default(),
        show(row.backstage),
        ratio.unwrap_or_default(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_says_how_much_better() {
        let mut table = Table::default();
        table.add("start", Unit::Seconds, 0.1, 0.5, 8.7);
        table.add("list", Unit::PerSecond, 3_030.0, 3_000.0, 101.0);
        assert_eq!(line(&table.rows[0]), ["start", "0.10 s", "< 0.50 s", "8.70 s", "87.0×"]);
        assert_eq!(line(&table.rows[1]), ["list", "3030 /s", "≥ 3000 /s", "101 /s", "30.0×"]);
    }
}
