//! Search text: words that both engines index as they are.
//!
//! Splitting is done here, once, so that both engines find the same and nothing a person types can be query syntax: a word is
//! letters and digits, nothing else.

use std::collections::HashSet;

/// Longer words are cut, on both sides of a comparison alike, characters.
const LONGEST: usize = 64;
/// Further words of one entity are not indexed.
const MOST: usize = 2_000;
/// Further words of one question are ignored.
const MOST_ASKED: usize = 16;

/// The different words of a text, lower-cased, in order.
fn split(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let mut seen = HashSet::new();
    lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().take(LONGEST).collect::<String>())
        .filter(|word| seen.insert(word.clone()))
        .collect()
}

/// What is indexed of a text: words with one space between them.
pub(crate) fn indexed(text: &str) -> String {
    let mut words = split(text);
    words.truncate(MOST);
    words.join(" ")
}

/// A question as FTS5 reads it: every word, each as a prefix. `None` when there is no word in it.
pub(crate) fn for_fts5(question: &str) -> Option<String> {
    asked(question, |word| format!("\"{word}\"*"), " ")
}

/// A question as a `tsquery` literal: every word, each as a prefix. `None` when there is no word in it.
pub(crate) fn for_tsquery(question: &str) -> Option<String> {
    asked(question, |word| format!("'{word}':*"), " & ")
}

fn asked(question: &str, form: impl Fn(&str) -> String, and: &str) -> Option<String> {
    let words: Vec<String> = split(question).iter().take(MOST_ASKED).map(|word| form(word)).collect();
    (!words.is_empty()).then(|| words.join(and))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_are_left_of_what_a_person_types() {
        assert_eq!(for_fts5("a-b OR *").unwrap(), r#""a"* "b"* "or"*"#);
        assert_eq!(for_tsquery("a-b' | !x\\").unwrap(), "'a':* & 'b':* & 'x':*");
        assert_eq!(for_fts5("\" * \0"), None);
        assert_eq!(indexed("Zahlung  für Bücher, für alle"), "zahlung für bücher alle");
    }
}
