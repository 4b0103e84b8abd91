//! From a YAML file to documents. One that cannot be read does not stop the others.

use serde_json::Value;
use serde_saphyr::options::MergeKeyPolicy;
use slipway_scaffold::NoFiles;

/// A document of a file: its place from 1, and its value or why there is none.
pub(super) struct Document {
    pub number: usize,
    pub value: Result<Value, Wrong>,
    /// Lines of the file before it.
    before: u32,
    text: String,
}

/// Why a document cannot be read.
pub(super) struct Wrong {
    /// The line of the file, from 1, where that is known.
    pub line: Option<u32>,
    pub message: String,
}

impl Document {
    /// The line of the file on which a field stands, or the nearest one above it.
    pub(super) fn line_of(&self, field: &str) -> Option<u32> {
        let documents = slipway_scaffold::Document::read_all(&self.text, &NoFiles);
        let document = documents.into_iter().next()?.ok()?;
        Some(document.place_of(field).0.saturating_add(self.before))
    }
}

/// Reads every document of a file; empty ones are left out.
///
/// A line that begins with `---` always ends a document in YAML, also within a block of text, so the file can be cut there.
pub(super) fn read(text: &str) -> Vec<Document> {
    let mut parts = vec![(0, String::new())];
    for (before, line) in (0_u32..).zip(text.trim_start_matches('\u{feff}').lines()) {
        let marker =
            line.strip_prefix("---").is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
        if marker {
            parts.push((before, String::new()));
        }
        if let Some((_, part)) = parts.last_mut() {
            part.push_str(if marker { line.trim_start_matches('-') } else { line });
            part.push('\n');
        }
    }
    let blank = |part: &str| part.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'));
    parts
        .into_iter()
        .filter(|(_, part)| !blank(part))
        .enumerate()
        .map(|(i, (before, text))| Document { number: i + 1, value: parse(&text, before), before, text })
        .collect()
}

fn parse(text: &str, before: u32) -> Result<Value, Wrong> {
    // YAML 1.2: `yes` and `on` are texts, `<<` is a key like others.
    let options =
        serde_saphyr::options! { strict_booleans: true, merge_keys: MergeKeyPolicy::AsOrdinary, with_snippet: false };
    serde_saphyr::from_str_with_options::<Value>(text, options).map_err(|error| {
        let line =
            error.location().and_then(|at| u32::try_from(at.line()).ok()).map(|line| line.saturating_add(before));
        // Its own place is within the document, not the file.
        let message = error.to_string();
        Wrong { line, message: message.split(" at line ").next().unwrap_or_default().to_owned() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_document_leaves_the_others() {
        let documents = read("# head\n---\na: 1\n---\nb: [\n--- # third\nc: yes\nd:\n  e: 1\n---\n");
        let seen: Vec<_> = documents.iter().map(|d| (d.number, d.value.is_ok())).collect();
        assert_eq!(seen, [(1, true), (2, false), (3, true)]);
        assert_eq!(documents[2].value.as_ref().ok().unwrap()["c"], "yes");
        assert_eq!(documents[2].line_of("d.e"), Some(9));
        assert_eq!(documents[2].line_of("d.absent"), Some(9), "the nearest above");
        let wrong = documents[1].value.as_ref().err().unwrap();
        assert!(matches!(wrong.line, Some(5 | 6)), "{:?} {}", wrong.line, wrong.message);
    }
}
