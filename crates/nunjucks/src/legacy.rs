//! What the older engine makes of a text that is a value: it renders, and reads what came out as JSON where the text is one tag.

use serde_json::Value;

use crate::ast::{Node, NodeKind};
use crate::error::Result;
use crate::eval::Evaluator;

/// The value of a text; `None` is `undefined`.
pub(crate) fn evaluate(source: &str, nodes: &[Node], evaluator: &Evaluator<'_>) -> Result<Option<Value>> {
    let [one] = nodes else { return rendered(evaluator, nodes) };
    match &one.kind {
        NodeKind::Text(_) => rendered(evaluator, nodes),
        // `${{ x }}` becomes `${{ ( x ) | dump }}`, where it is found: on one line, and without dashes.
        NodeKind::Output(expression) if is_plain(source) => evaluator.value(expression),
        _ => {
            let text = evaluator.render(nodes)?;
            Ok(Some(text).filter(|text| !text.is_empty()).map(|text| match serde_json::from_str(&text) {
                Ok(value) => value,
                Err(_) => text.into(),
            }))
        }
    }
}

fn rendered(evaluator: &Evaluator<'_>, nodes: &[Node]) -> Result<Option<Value>> {
    Ok(Some(evaluator.render(nodes)?).filter(|text| !text.is_empty()).map(Value::from))
}

fn is_plain(source: &str) -> bool {
    let code = source.split_once("${{").and_then(|(_, rest)| rest.rsplit_once("}}")).map(|(code, _)| code);
    code.is_some_and(|code| !code.contains('\n') && !code.starts_with('-') && !code.ends_with('-'))
}
