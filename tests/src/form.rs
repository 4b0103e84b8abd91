//! Forms as a browser without JavaScript sees them: the fields that stand in a page, and what it would send.

/// A form of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Where it goes.
    pub action: String,
    /// Whether it is sent by POST.
    pub post: bool,
    /// Names and values, as they stand.
    pub fields: Vec<(String, String)>,
}

impl Form {
    /// The first form of a page whose action contains `action`.
    pub fn find(page: &str, action: &str) -> Option<Self> {
        let lower = page.to_lowercase();
        let mut from = 0;
        while let Some(start) = lower[from..].find("<form").map(|at| from + at) {
            let end = lower[start..].find("</form").map_or(page.len(), |at| start + at);
            let form = read(&page[start..end]);
            if form.action.contains(action) {
                return Some(form);
            }
            from = end;
        }
        None
    }

    /// Fills a field in, in place of what stands there.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(field, _)| field != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// As `application/x-www-form-urlencoded`.
    pub fn body(&self) -> String {
        encode(&self.fields)
    }
}

/// Pairs as `application/x-www-form-urlencoded`.
pub fn encode(fields: &[(impl AsRef<str>, impl AsRef<str>)]) -> String {
    let pairs = fields.iter().map(|(name, value)| format!("{}={}", escape(name.as_ref()), escape(value.as_ref())));
    pairs.collect::<Vec<_>>().join("&")
}

fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

fn read(html: &str) -> Form {
    let mut form = Form::default();
    let mut select: Option<(String, Option<String>)> = None;
    for (at, _) in html.match_indices('<') {
        let Some(end) = tag_end(&html[at..]) else { continue };
        let tag = &html[at + 1..at + end];
        let name = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default().to_lowercase();
        let field = attribute(tag, "name");
        let value = attribute(tag, "value").unwrap_or_default();
        match name.as_str() {
            "form" => {
                form.action = attribute(tag, "action").unwrap_or_default();
                form.post = attribute(tag, "method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
            }
            "input" => {
                let kind = attribute(tag, "type").unwrap_or_default().to_lowercase();
                let chosen = !matches!(kind.as_str(), "radio" | "checkbox") || attribute(tag, "checked").is_some();
                if let Some(field) = field.filter(|_| chosen && kind != "submit") {
                    form.fields.push((field, value));
                }
            }
            "textarea" => {
                let text = html[at + end + 1..].split("</textarea").next().unwrap_or_default();
                form.fields.extend(field.map(|field| (field, unescape(text))));
            }
            "select" => select = field.map(|field| (field, None)),
            "option" => {
                if let Some((_, chosen)) = &mut select
                    && (chosen.is_none() || attribute(tag, "selected").is_some())
                {
                    *chosen = Some(value);
                }
            }
            _ if tag.to_lowercase().starts_with("/select") => {
                form.fields.extend(select.take().map(|(field, chosen)| (field, chosen.unwrap_or_default())));
            }
            _ => {}
        }
    }
    form
}

/// Where the tag that `html` begins with ends: at the first `>` outside quotes.
fn tag_end(html: &str) -> Option<usize> {
    let mut quote = None;
    html.char_indices().find_map(|(at, c)| match (quote, c) {
        (Some(open), c) if c == open => {
            quote = None;
            None
        }
        (Some(_), _) => None,
        (None, '"' | '\'') => {
            quote = Some(c);
            None
        }
        (None, '>') => Some(at),
        (None, _) => None,
    })
}

/// The value of an attribute of a tag; empty when it stands there without one.
pub fn attribute(tag: &str, name: &str) -> Option<String> {
    let mut rest = tag.trim_start_matches(|c: char| !c.is_whitespace());
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        let found = rest[..end].eq_ignore_ascii_case(name);
        rest = &rest[end..];
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix('=') {
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
            let (text, left) = match quote {
                Some(quote) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
                None => after.split_at(after.find(char::is_whitespace).unwrap_or(after.len())),
            };
            value = unescape(text);
            rest = left;
        }
        if found {
            return Some(value);
        }
    }
}

/// Text as it reads, with HTML's escapes taken back.
pub fn unescape(text: &str) -> String {
    let pairs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&amp;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_a_browser_would_send_it() {
        let page = r#"<form action="/other"></form>
            <form method="post" action="/api/ui/send"><input type="hidden" name="draft" value="a&amp;b">
            <input name=name value='x > y'><input type="radio" name="runtime" value="ecs"><input type=radio name=runtime value=kubernetes checked>
            <select name="cpu"><option value="256">a</option><option value="512" selected>b</option></select>
            <textarea name="text">1 &lt; 2</textarea><button>Go</button></form>"#;
        let form = Form::find(page, "/api/ui/send").unwrap();
        assert!(form.post);
        let fields: Vec<(&str, &str)> =
            form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let expected =
            [("draft", "a&b"), ("name", "x > y"), ("runtime", "kubernetes"), ("cpu", "512"), ("text", "1 < 2")];
        assert_eq!(fields, expected);
        assert_eq!(Form::default().with("a b", "ä=").body(), "a%20b=%C3%A4%3D");
    }
}
