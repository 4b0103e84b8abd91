//! Terminal colours in a line of log, as classes. Everything else a terminal would obey is taken out.

/// A run of text in one style; the class is empty for plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub text: String,
    pub class: &'static str,
}

/// Splits a line at its colour sequences (ECMA-48 SGR). Other control sequences and control characters vanish.
#[must_use]
pub fn runs(line: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut class = "";
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '\u{1b}' {
            match letters.next() {
                Some('[') => {
                    let mut parameters = String::new();
                    // A control sequence ends with a byte from 0x40 to 0x7e (ECMA-48, 5.4).
                    let end = letters.by_ref().find(|letter| {
                        let ends = ('\u{40}'..='\u{7e}').contains(letter);
                        if !ends {
                            parameters.push(*letter);
                        }
                        ends
                    });
                    if end == Some('m') {
                        class = style(&parameters, class);
                    }
                }
                // An operating-system command, such as a window's title, ends with BEL or ESC \.
                Some(']') => {
                    while let Some(letter) = letters.next() {
                        if letter == '\u{7}' || (letter == '\u{1b}' && letters.next_if_eq(&'\\').is_some()) {
                            break;
                        }
                    }
                }
                _ => {}
            }
        } else if letter == '\t' || !letter.is_control() {
            match runs.last_mut() {
                Some(run) if run.class == class => run.text.push(letter),
                _ => runs.push(Run { text: letter.to_string(), class }),
            }
        }
    }
    runs
}

fn style(parameters: &str, before: &'static str) -> &'static str {
    let mut class = before;
    let mut codes = parameters.split(';');
    while let Some(code) = codes.next() {
        class = match code {
            "" | "0" | "39" => "",
            "1" if class.is_empty() => "ansi-bold",
            "2" if class.is_empty() => "ansi-dim",
            "30" | "90" | "37" => "ansi-dim",
            "31" | "91" => "ansi-red",
            "32" | "92" => "ansi-green",
            "33" | "93" => "ansi-yellow",
            "34" | "94" => "ansi-blue",
            "35" | "95" => "ansi-magenta",
            "36" | "96" => "ansi-cyan",
            // Extended colours carry further numbers that are no codes of their own.
            "38" | "48" => {
                let further = if codes.next() == Some("5") { 1 } else { 3 };
                for _ in 0..further {
                    codes.next();
                }
                class
            }
            _ => class,
        };
    }
    class
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> Vec<(String, &'static str)> {
        runs(line).into_iter().map(|run| (run.text, run.class)).collect()
    }

    #[test]
    fn colours_become_classes() {
        assert_eq!(
            shown("\u{1b}[32mok\u{1b}[0m in \u{1b}[1;31m3 s\u{1b}[m"),
            [("ok".to_owned(), "ansi-green"), (" in ".to_owned(), ""), ("3 s".to_owned(), "ansi-red")]
        );
    }

    #[test]
    fn what_moves_a_cursor_or_names_a_window_vanishes() {
        assert_eq!(shown("\u{1b}[2K\u{1b}]0;title\u{7}50 %\r\u{1b}"), [("50 %".to_owned(), "")]);
        assert_eq!(shown("\u{1b}[38;5;31mplain\u{1b}[12"), [("plain".to_owned(), "")]);
    }
}
