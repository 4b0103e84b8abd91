//! File patterns as `globby` reads them: `*`, `**`, `?`, `[a-z]`, `{a,b}`, `@(a|b)`, a folder's name for all that is in
//! it, and `!` to take out again.

use regex::Regex;

use crate::tree::Tree;

/// Most patterns that braces may come to.
const MOST_ALTERNATIVES: usize = 1_000;

/// A pattern that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{pattern}\" is not a valid file pattern")]
pub struct GlobError {
    /// As it was written.
    pub pattern: String,
}

/// Patterns in order; a later one that starts with `!` takes out what earlier ones took in.
#[derive(Clone, Debug)]
pub struct Globs(Vec<(bool, Vec<Regex>)>);

impl Globs {
    /// Patterns over the paths of `tree`. `dot`: whether wildcards match names that begin with a dot.
    ///
    /// # Errors
    /// The first pattern that cannot be read.
    pub fn new<S: AsRef<str>>(patterns: &[S], tree: &Tree, dot: bool) -> Result<Self, GlobError> {
        let mut list = Vec::new();
        for pattern in patterns {
            let pattern = pattern.as_ref();
            let refuse = || GlobError { pattern: pattern.to_owned() };
            let (takes_in, glob) = pattern.strip_prefix('!').map_or((true, pattern), |rest| (false, rest));
            let glob = glob.trim_start_matches("./").trim_end_matches('/');
            if glob.is_empty() {
                continue;
            }
            // A folder's name is all of it. Whether it is one, the tree says: a name may look like a pattern.
            let mut globs = Vec::new();
            if tree.is_folder(glob) {
                globs.push(format!("{}/.*", regex::escape(glob)));
                if !dot {
                    globs = vec![format!("{}/(?:[^./][^/]*/)*[^./][^/]*", regex::escape(glob))];
                }
                if !takes_in {
                    globs.push(regex::escape(glob));
                }
            } else if tree.contains(glob) {
                globs.push(regex::escape(glob));
            } else {
                for alternative in braces(glob).ok_or_else(refuse)? {
                    globs.push(to_regex(&alternative, dot).ok_or_else(refuse)?);
                }
            }
            let regexes = globs.iter().map(|glob| Regex::new(&format!("^(?s:{glob})$")));
            list.push((takes_in, regexes.collect::<Result<_, _>>().map_err(|_| refuse())?));
        }
        Ok(Self(list))
    }

    /// Whether a path is taken in.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        let fits = |globs: &[Regex]| globs.iter().any(|glob| glob.is_match(path));
        self.0.iter().fold(false, |taken, (takes_in, globs)| if fits(globs) { *takes_in } else { taken })
    }
}

/// `a{b,c}d` to `abd`, `acd`; `{1..3}` to its numbers. Braces without a comma or a range are themselves.
fn braces(glob: &str) -> Option<Vec<String>> {
    let mut done = Vec::new();
    let mut open = vec![glob.to_owned()];
    while let Some(next) = open.pop() {
        match group(&next) {
            None => done.push(next),
            Some((before, alternatives, after)) => {
                open.extend(alternatives.iter().map(|alternative| format!("{before}{alternative}{after}")));
            }
        }
        if done.len() + open.len() > MOST_ALTERNATIVES {
            return None;
        }
    }
    Some(done)
}

/// The first group of braces that stands for several texts.
fn group(glob: &str) -> Option<(&str, Vec<String>, &str)> {
    for (start, _) in glob.match_indices('{') {
        let (mut depth, mut commas) = (0, Vec::new());
        for (at, c) in glob[start..].char_indices() {
            let at = start + at;
            match c {
                '{' => depth += 1,
                ',' if depth == 1 => commas.push(at),
                '}' => {
                    depth -= 1;
                    if depth > 0 {
                        continue;
                    }
                    let inside = &glob[start + 1..at];
                    let parts = if commas.is_empty() { numbers(inside) } else { Some(cut(glob, start, &commas, at)) };
                    if let Some(parts) = parts {
                        return Some((&glob[..start], parts, &glob[at + 1..]));
                    }
                    break;
                }
                _ => {}
            }
        }
    }
    None
}

fn cut(glob: &str, start: usize, commas: &[usize], end: usize) -> Vec<String> {
    let starts = std::iter::once(start).chain(commas.iter().copied());
    let ends = commas.iter().copied().chain(std::iter::once(end));
    starts.zip(ends).map(|(start, end)| glob[start + 1..end].to_owned()).collect()
}

fn numbers(range: &str) -> Option<Vec<String>> {
    let (from, to) = range.split_once("..")?;
    let (from, to) = (from.parse::<i32>().ok()?, to.parse::<i32>().ok()?);
    let (least, most) = (from.min(to), from.max(to));
    (i64::from(most) - i64::from(least) < 500).then(|| (least..=most).map(|n| n.to_string()).collect())
}

/// One pattern without braces as a regular expression.
fn to_regex(glob: &str, dot: bool) -> Option<String> {
    let mut out = String::new();
    let segments: Vec<&str> = glob.split('/').collect();
    for (index, segment) in segments.iter().enumerate() {
        let last = index + 1 == segments.len();
        if *segment == "**" {
            let name = if dot { "[^/]+" } else { "[^./][^/]*" };
            out.push_str(&if last { format!("(?:{name}(?:/{name})*)") } else { format!("(?:{name}/)*") });
            continue;
        }
        out.push_str(&segment_regex(segment, dot)?);
        if !last {
            out.push('/');
        }
    }
    Some(out)
}

fn segment_regex(segment: &str, dot: bool) -> Option<String> {
    let chars: Vec<char> = segment.chars().collect();
    let mut out = String::new();
    let mut groups: Vec<char> = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let hides_dot = at == 0 && !dot;
        at += 1;
        match c {
            '@' | '+' | '*' | '?' if chars.get(at) == Some(&'(') => {
                at += 1;
                groups.push(c);
                out.push_str("(?:");
            }
            // Everything but: a regular expression that always ends in time cannot say it.
            '!' if chars.get(at) == Some(&'(') => return None,
            '|' if !groups.is_empty() => out.push('|'),
            ')' if !groups.is_empty() => {
                out.push(')');
                out.extend(groups.pop().filter(|kind| *kind != '@'));
            }
            '*' => {
                while chars.get(at) == Some(&'*') {
                    at += 1;
                }
                out.push_str(if hides_dot { "(?:[^./][^/]*)?" } else { "[^/]*" });
                // A name is never empty.
                if chars.len() == at && at == 1 {
                    out = if hides_dot { "[^./][^/]*".into() } else { "[^/]+".into() };
                }
            }
            '?' => out.push_str(if hides_dot { "[^./]" } else { "[^/]" }),
            '[' => match class(&chars[at..]) {
                Some((class, length)) => {
                    out.push_str(&class);
                    at += length;
                }
                None => out.push_str("\\["),
            },
            '\\' if at < chars.len() => {
                out.push_str(&regex::escape(&chars[at].to_string()));
                at += 1;
            }
            other => out.push_str(&regex::escape(&other.to_string())),
        }
    }
    groups.is_empty().then_some(out)
}

/// `a-z]…` to a class and how many characters it took, with the bracket.
fn class(chars: &[char]) -> Option<(String, usize)> {
    let end = chars.iter().skip(1).position(|c| *c == ']')? + 1;
    let (negated, body) = match chars.first()? {
        '!' | '^' => (true, &chars[1..end]),
        _ => (false, &chars[..end]),
    };
    let body: String =
        body.iter().map(|c| if "\\[]^&~".contains(*c) { format!("\\{c}") } else { c.to_string() }).collect();
    Some((format!("[{}{body}]", if negated { "^/" } else { "" }), end + 1))
}
