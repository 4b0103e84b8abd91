//! What differs, line by line, as a page shows it.

use super::finish::has_markers;
use similar::{ChangeTag, TextDiff};
use slipway_api_types::upgrades::{DiffLine, FileChange, FileDiff, LineKind};
use slipway_ports::forge::{CommitFile, Difference};

/// Lines around a change.
const AROUND: usize = 3;
/// Most lines of one file that a page shows.
const LINES: usize = 1_000;
/// Most lines of all files that a page shows.
const ALL_LINES: usize = 6_000;
/// Longer lines are cut, characters.
const WIDTH: usize = 500;
/// Larger files are not compared line by line, bytes.
const LARGE: usize = 1 << 20;

/// Every difference, in order. `our_name` is what conflict markers call the repository's side.
pub(super) fn files(differences: &[Difference], our_name: &str) -> Vec<FileDiff> {
    let mut left = ALL_LINES;
    differences
        .iter()
        .map(|difference| {
            let mut file = file(difference, our_name);
            if file.lines.len() > left {
                file.lines.clear();
                file.note = Some("Too much for one page; see it on the branch.".to_owned());
            }
            left -= file.lines.len();
            file
        })
        .collect()
}

fn file(difference: &Difference, our_name: &str) -> FileDiff {
    let (before, after) = (difference.before.as_ref(), difference.after.as_ref());
    let change = match (before, after) {
        (None, _) => FileChange::Added,
        (_, None) => FileChange::Deleted,
        _ => FileChange::Changed,
    };
    let mut result = FileDiff {
        path: difference.path.clone(),
        change,
        added: 0,
        removed: 0,
        lines: Vec::new(),
        note: mode(before, after),
        conflict: false,
    };
    let text = |file: Option<&CommitFile>| file.map_or(Some(String::new()), text);
    let (Some(old), Some(new)) = (text(before), text(after)) else {
        result.note = Some("Not text; its bytes differ.".to_owned());
        return result;
    };
    result.conflict = has_markers(&new, our_name);
    let diff = TextDiff::from_lines(old.as_str(), new.as_str());
    let mut inside = false;
    for (place, group) in diff.grouped_ops(AROUND).iter().enumerate() {
        if place > 0 {
            result.lines.push(DiffLine { kind: LineKind::Gap, text: String::new() });
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let line = change.value().trim_end_matches(['\n', '\r']);
            let kind = match change.tag() {
                ChangeTag::Equal => LineKind::Same,
                ChangeTag::Delete => LineKind::Removed,
                ChangeTag::Insert => LineKind::Added,
            };
            match kind {
                LineKind::Added => result.added += 1,
                LineKind::Removed => result.removed += 1,
                _ => {}
            }
            let kind = if result.conflict && kind == LineKind::Added { conflicting(line, &mut inside) } else { kind };
            result.lines.push(DiffLine { kind, text: cut(line) });
        }
    }
    if result.lines.len() > LINES {
        result.lines.truncate(LINES);
        result.note = Some("The rest is on the branch.".to_owned());
    }
    result
}

/// Whether an added line is a marker or stands between two.
fn conflicting(line: &str, inside: &mut bool) -> LineKind {
    if line.starts_with("<<<<<<< ") {
        *inside = true;
    }
    let was = *inside;
    if line.starts_with(">>>>>>> ") {
        *inside = false;
    }
    if was { LineKind::Conflict } else { LineKind::Added }
}

fn text(file: &CommitFile) -> Option<String> {
    if file.bytes.len() > LARGE || file.bytes.contains(&0) {
        return None;
    }
    String::from_utf8(file.bytes.to_vec()).ok()
}

fn cut(line: &str) -> String {
    match line.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

fn mode(before: Option<&CommitFile>, after: Option<&CommitFile>) -> Option<String> {
    let words = match (before, after?) {
        (_, after) if after.link && before.is_none_or(|before| !before.link) => "A symbolic link.",
        (Some(before), after) if before.executable && !after.executable => "No longer executable.",
        (before, after) if after.executable && before.is_none_or(|before| !before.executable) => "Executable.",
        _ => return None,
    };
    Some(words.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit_file(text: &str) -> CommitFile {
        CommitFile { bytes: text.to_owned().into(), ..CommitFile::default() }
    }

    fn diff(before: Option<&str>, after: Option<&str>) -> FileDiff {
        let difference =
            Difference { path: "a".to_owned(), before: before.map(commit_file), after: after.map(commit_file) };
        files(&[difference], "main").remove(0)
    }

    fn shown(file: &FileDiff) -> String {
        let sign = |kind| match kind {
            LineKind::Same => ' ',
            LineKind::Added => '+',
            LineKind::Removed => '-',
            LineKind::Conflict => '!',
            LineKind::Gap => '~',
        };
        file.lines.iter().map(|line| format!("{}{}\n", sign(line.kind), line.text)).collect()
    }

    #[test]
    fn lines_show_what_came_and_what_went() {
        let file = diff(Some("1\n2\n3\n4\n5\n6\n7\n8\n9\n"), Some("1\n2\n3\n4\nfive\n6\n7\n8\n9\n"));
        assert_eq!(shown(&file), " 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
        assert_eq!((file.added, file.removed, file.change), (1, 1, FileChange::Changed));
        assert_eq!(shown(&diff(None, Some("new\n"))), "+new\n");
        assert_eq!(diff(Some("old\n"), None).change, FileChange::Deleted);
    }

    #[test]
    fn conflicts_stand_out() {
        let file = diff(Some("a\nx\n"), Some("a\n<<<<<<< main\nx\n=======\ny\n>>>>>>> t-2\nlast\n"));
        assert!(file.conflict);
        assert_eq!(shown(&file), " a\n!<<<<<<< main\n x\n!=======\n!y\n!>>>>>>> t-2\n+last\n");
    }

    #[test]
    fn what_is_no_text_is_not_shown_as_one() {
        let file = diff(Some("a\0b"), Some("a\0c"));
        assert_eq!((file.lines.len(), file.note.as_deref()), (0, Some("Not text; its bytes differ.")));
    }

    #[test]
    fn a_page_has_an_end() {
        let long: String = (0..LINES * 2).map(|n| format!("{n}\n")).collect();
        let one = Difference { path: "a".to_owned(), before: None, after: Some(commit_file(&long)) };
        let all = files(&vec![one; 10], "main");
        assert!(all.iter().map(|file| file.lines.len()).sum::<usize>() <= ALL_LINES);
        assert!(all.iter().all(|file| file.note.is_some() && file.added == 2 * 1_000));
    }
}
