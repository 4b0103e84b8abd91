//! What can go wrong, and where in the template.

/// A place in a template: both numbers start at 1, columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// What kind of failure an [`Error`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The text is not a template.
    Syntax,
    /// The template is well formed, but a value or name in it is not what it needs.
    Evaluation,
    /// The template would use more than [`crate::Limits`] grants.
    Limit,
}

/// A template that could not be parsed or evaluated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", place(*position))]
pub struct Error {
    /// The kind of failure.
    pub kind: ErrorKind,
    /// Where it happened; absent only for a limit on the whole text.
    pub position: Option<Position>,
    /// What is wrong, as one sentence without a full stop.
    pub message: String,
}

fn place(position: Option<Position>) -> String {
    position.map_or_else(String::new, |at| format!("line {}, column {}: ", at.line, at.column))
}

pub(crate) type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn syntax(position: Position, message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Syntax, position: Some(position), message: message.into() }
    }

    /// A failure whose place the evaluator adds on the way out.
    pub(crate) fn value(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Evaluation, position: None, message: message.into() }
    }

    pub(crate) fn limit(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Limit, position: None, message: message.into() }
    }

    /// Keeps the innermost place: an outer one never replaces it.
    pub(crate) fn at(mut self, position: Position) -> Self {
        self.position.get_or_insert(position);
        self
    }

    pub(crate) fn within(mut self, context: &str) -> Self {
        if self.kind != ErrorKind::Limit {
            self.message = format!("{context}: {}", self.message);
        }
        self
    }
}

/// `Unknown filter "uper"; did you mean "upper"?`
pub(crate) fn unknown_name<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let nearest = known.map(|candidate| (distance(name, candidate), candidate)).min();
    match nearest {
        Some((distance, candidate)) if distance <= 2 && distance * 2 < name.chars().count() => {
            format!("Unknown {what} \"{name}\"; did you mean \"{candidate}\"?")
        }
        _ => format!("Unknown {what} \"{name}\""),
    }
}

/// Levenshtein distance; names longer than 32 characters are never near anything.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().take(33).collect();
    let right: Vec<char> = right.chars().collect();
    if left.len() > 32 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}
