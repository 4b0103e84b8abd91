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

/// The words of a question; empty when there is no word in it.
pub(crate) fn asked(question: &str) -> Vec<String> {
    let mut words = split(question);
    words.truncate(MOST_ASKED);
    words
}

/// Words as FTS5 reads them: all of them, each as a prefix.
pub(crate) fn for_fts5(words: &[String]) -> String {
    words.iter().map(|word| format!("\"{word}\"*")).collect::<Vec<_>>().join(" ")
}

/// Words as a `tsquery` literal: all of them, each as a prefix.
pub(crate) fn for_tsquery(words: &[String]) -> String {
    words.iter().map(|word| format!("'{word}':*")).collect::<Vec<_>>().join(" & ")
}

/// A `LIKE` pattern for indexed words, with a space before them, of which one begins with `word`. A word holds no wildcard.
pub(crate) fn for_like(word: &str) -> String {
    format!("% {word}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_are_left_of_what_a_person_types() {
        assert_eq!(for_fts5(&asked("a-b OR *")), r#""a"* "b"* "or"*"#);
        assert_eq!(for_tsquery(&asked("a-b' | !x\\")), "'a':* & 'b':* & 'x':*");
        assert_eq!(for_like("a"), "% a%");
        assert_eq!(asked("\" * _%\0"), Vec::<String>::new());
        assert_eq!(indexed("Zahlung  für Bücher, für alle"), "zahlung für bücher alle");
    }
}
