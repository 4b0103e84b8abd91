//! Tables as files: RFC 4180, and nothing in them that a spreadsheet would run.

use slipway_api_types::insights::Sheet;

/// The sheet as comma-separated values with a line of heads; lines end with CR LF.
pub fn text(sheet: &Sheet) -> String {
    let mut out = String::new();
    for row in std::iter::once(&sheet.heads).chain(&sheet.rows) {
        for (at, cell) in row.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            field(cell, &mut out);
        }
        out.push_str("\r\n");
    }
    out
}

/// Quoted where it must be. What a spreadsheet would take for a formula gets an apostrophe in front, as OWASP advises ("CSV
/// Injection"); a plain number is none, also with a sign.
fn field(cell: &str, out: &mut String) {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
    if !formula && !cell.contains([',', '"', '\r', '\n']) {
        out.push_str(cell);
        return;
    }
    out.push('"');
    if formula {
        out.push('\'');
    }
    out.push_str(&cell.replace('"', "\"\""));
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads what [`text`] writes, by the grammar of RFC 4180.
    fn parse(text: &str) -> Vec<Vec<String>> {
        let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            match (quoted, letter) {
                (true, '"') if letters.peek() == Some(&'"') => cell.extend(letters.next()),
                (_, '"') => quoted = !quoted,
                (false, ',') => row.push(std::mem::take(&mut cell)),
                (false, '\r') => {
                    assert_eq!(letters.next(), Some('\n'));
                    row.push(std::mem::take(&mut cell));
                    rows.push(std::mem::take(&mut row));
                }
                (_, letter) => cell.push(letter),
            }
        }
        assert!(cell.is_empty() && row.is_empty() && !quoted, "the last line has an end");
        rows
    }

    #[test]
    fn what_is_written_can_be_read_again() {
        let cells = ["plain", "with, comma", "\"quoted\"", "two\r\nlines", "", "−3 points", "-1.5"];
        let row: Vec<String> = cells.map(str::to_owned).to_vec();
        let sheet = Sheet { heads: row.clone(), rows: vec![row.clone(), row.clone()], ..Sheet::default() };
        assert_eq!(parse(&text(&sheet)), [row.clone(), row.clone(), row]);
    }

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1"] {
            let mut out = String::new();
            field(cell, &mut out);
            assert!(out.starts_with("\"'"), "{cell:?}: {out:?}");
        }
        let mut number = String::new();
        field("-2.5", &mut number);
        assert_eq!(number, "-2.5");
    }
}
