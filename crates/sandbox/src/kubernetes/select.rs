//! Label selectors and field selectors.

use serde_json::Value;

use super::status::ApiError;

/// Both selectors of a request.
#[derive(Clone, Debug, Default)]
pub(super) struct Selection {
    labels: Vec<Requirement>,
    fields: Vec<(String, bool, String)>,
}

#[derive(Clone, Debug)]
struct Requirement {
    key: String,
    test: Test,
}

#[derive(Clone, Debug)]
enum Test {
    Exists(bool),
    In(bool, Vec<String>),
}

impl Selection {
    pub(super) fn parse(labels: &str, fields: &str) -> Result<Self, ApiError> {
        let labels = split_outside_brackets(labels).into_iter().map(requirement).collect::<Result<_, _>>()?;
        let mut parsed = Vec::new();
        for field in fields.split(',').filter(|field| !field.trim().is_empty()) {
            let (key, wanted, value) = match field.split_once("!=") {
                Some((key, value)) => (key, false, value),
                None => {
                    let (key, value) = field.split_once('=').ok_or_else(|| bad("field", field))?;
                    (key, true, value.trim_start_matches('='))
                }
            };
            if !["metadata.", "involvedObject.", "status.phase", "spec.nodeName", "reason", "type"]
                .iter()
                .any(|known| key.starts_with(known))
            {
                return Err(ApiError::bad_request(format!("field label not supported: {key}")));
            }
            parsed.push((format!("/{}", key.trim().replace('.', "/")), wanted, value.trim().to_owned()));
        }
        Ok(Self { labels, fields: parsed })
    }

    pub(super) fn matches(&self, object: &Value) -> bool {
        let labels = &object["metadata"]["labels"];
        self.labels.iter().all(|requirement| requirement.holds(labels))
            && self
                .fields
                .iter()
                .all(|(pointer, wanted, value)| (super::store::text(object, pointer) == value) == *wanted)
    }
}

impl Requirement {
    fn holds(&self, labels: &Value) -> bool {
        let value = labels.get(&self.key).and_then(Value::as_str);
        match &self.test {
            Test::Exists(wanted) => value.is_some() == *wanted,
            Test::In(wanted, values) => value.is_some_and(|value| values.iter().any(|one| one == value)) == *wanted,
        }
    }
}

fn requirement(part: &str) -> Result<Requirement, ApiError> {
    let part = part.trim();
    let made = |key: &str, test| Ok(Requirement { key: key.trim().to_owned(), test });
    let listed = |rest: &str| -> Vec<String> {
        rest.trim()
            .trim_start_matches('(')
            .trim_end_matches(')')
            .split(',')
            .map(|value| value.trim().to_owned())
            .collect()
    };
    if let Some((key, rest)) = part.split_once(" notin ") {
        return made(key, Test::In(false, listed(rest)));
    }
    if let Some((key, rest)) = part.split_once(" in ") {
        return made(key, Test::In(true, listed(rest)));
    }
    if let Some((key, value)) = part.split_once("!=") {
        return made(key, Test::In(false, vec![value.trim().to_owned()]));
    }
    if let Some((key, value)) = part.split_once('=') {
        return made(key, Test::In(true, vec![value.trim_start_matches('=').trim().to_owned()]));
    }
    match part.strip_prefix('!') {
        Some(key) => made(key, Test::Exists(false)),
        None if part.contains(char::is_whitespace) => Err(bad("label", part)),
        None => made(part, Test::Exists(true)),
    }
}

fn bad(kind: &str, text: &str) -> ApiError {
    ApiError::bad_request(format!("unable to parse {kind} selector requirement: {text:?}"))
}

fn split_outside_brackets(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0_u32, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts.retain(|part| !part.trim().is_empty());
    parts
}

/// Whether an equality-based selector, such as a Service's, matches an object's labels.
pub(super) fn matches_labels(selector: &Value, object: &Value) -> bool {
    let wanted = selector.as_object();
    wanted.is_some_and(|wanted| {
        !wanted.is_empty() && wanted.iter().all(|(key, value)| object["metadata"]["labels"].get(key) == Some(value))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn selectors_select() {
        let object = json!({ "metadata": { "name": "web", "labels": { "app": "web", "tier": "front" } } });
        for (labels, fields, expected) in [
            ("app=web,tier!=back", "", true),
            ("app in (web, api),!canary", "metadata.name=web", true),
            ("app notin (web)", "", false),
            ("app", "metadata.name!=web", false),
            ("", "", true),
        ] {
            let selection = Selection::parse(labels, fields).expect("a selector");
            assert_eq!(selection.matches(&object), expected, "{labels} {fields}");
        }
        assert!(Selection::parse("a b", "").is_err());
        assert!(Selection::parse("", "spec.replicas=1").is_err());
    }
}
