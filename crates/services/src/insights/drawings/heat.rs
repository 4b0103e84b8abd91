//! Cells of a heat map: how many deployments, and a mark where one failed.

use slipway_api_types::insights::{Area, Line};

/// Units of a cell, and of the gap on each of its sides.
pub(super) const CELL: u32 = 20;
const GAP: u32 = 1;
/// Height of the mark of a failure.
const MARK: u32 = 4;

/// What is counted in a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub deployments: u32,
    pub failed: u32,
}

/// The areas of one cell in a column and row; `most` is the largest count of all cells.
pub(super) fn cell(column: u32, row: u32, count: Count, most: u32, words: String) -> Vec<Area> {
    let (left, top, side) = (column * CELL + GAP, row * CELL + GAP, CELL - 2 * GAP);
    let mut areas =
        vec![Area { at: [left, top, side, side], ink: format!("heat-{}", level(count.deployments, most)), words }];
    if count.failed > 0 {
        let at = [left, top + side - MARK, side, MARK];
        areas.push(Area { at, ink: "heat-failed".to_owned(), words: String::new() });
    }
    areas
}

/// Nothing, or one of four steps up to the most.
fn level(count: u32, most: u32) -> u32 {
    if count == 0 { 0 } else { (count * 4).div_ceil(most.max(1)).min(4) }
}

/// What the shades mean.
pub(super) fn legend(most: u32) -> Vec<Line> {
    let mut legend = vec![("heat-0".to_owned(), "none".to_owned())];
    if most > 0 {
        legend.push(("heat-1".to_owned(), "few".to_owned()));
        legend.push(("heat-4".to_owned(), format!("up to {most}")));
    }
    legend.push(("heat-failed".to_owned(), "at least one failed".to_owned()));
    legend
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_as_dark_as_it_is_busy_and_marked_where_something_failed() {
        assert_eq!([0, 1, 2, 3, 5, 8].map(|n| level(n, 8)), [0, 1, 1, 2, 3, 4]);
        assert_eq!(level(1, 1), 4);
        let areas = cell(2, 1, Count { deployments: 3, failed: 1 }, 3, "Tue".to_owned());
        assert_eq!(areas[0].at, [41, 21, 18, 18]);
        assert_eq!((areas[1].at, areas[1].ink.as_str()), ([41, 35, 18, 4], "heat-failed"));
    }
}
