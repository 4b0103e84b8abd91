//! From a YAML file to documents. One that cannot be read does not stop the others.

use serde_json::Value;
use serde_saphyr::options::MergeKeyPolicy;

/// A document of a file: its place from 1, and its value or why there is none.
pub(super) struct Document {
    pub number: usize,
    pub value: Result<Value, String>,
}

/// Reads every document of a file; empty ones are left out.
///
/// A line that begins with `---` always ends a document in YAML, also within a block of text, so the file can be cut there.
pub(super) fn read(text: &str) -> Vec<Document> {
    let mut parts = vec![String::new()];
    for line in text.trim_start_matches('\u{feff}').lines() {
        let marker =
            line.strip_prefix("---").is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
        // An empty line in the marker's place keeps line numbers of the first document right.
        if marker {
            parts.push(String::new());
        }
        if let Some(part) = parts.last_mut() {
            part.push_str(if marker { line.trim_start_matches('-') } else { line });
            part.push('\n');
        }
    }
    let blank = |part: &String| part.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'));
    parts
        .into_iter()
        .filter(|part| !blank(part))
        .enumerate()
        .map(|(i, part)| Document { number: i + 1, value: parse(&part) })
        .collect()
}

fn parse(text: &str) -> Result<Value, String> {
    // YAML 1.2: `yes` and `on` are texts, `<<` is a key like others.
    let options =
        serde_saphyr::options! { strict_booleans: true, merge_keys: MergeKeyPolicy::AsOrdinary, with_snippet: false };
    serde_saphyr::from_str_with_options::<Value>(text, options).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_document_leaves_the_others() {
        let documents = read("# head\n---\na: 1\n---\nb: [\n--- # third\nc: yes\n---\n");
        let seen: Vec<_> = documents.iter().map(|d| (d.number, d.value.is_ok())).collect();
        assert_eq!(seen, [(1, true), (2, false), (3, true)]);
        assert_eq!(documents[2].value.as_ref().unwrap()["c"], "yes");
    }
}
