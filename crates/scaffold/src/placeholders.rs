//! `$yaml`, `$json` and `$text`: an object with just that key stands for the file it names.

use serde_json::Value;

use crate::source::Source;
use crate::yaml::{self, Kind, Node, Place};

/// The document with every placeholder filled. What was inserted is not looked at again.
pub(crate) fn fill(node: Node, source: &dyn Source) -> Result<Node, (Place, String)> {
    let at = node.at;
    let kind = match node.kind {
        Kind::Map(entries) => match entries.as_slice() {
            [(key, target)] if matches!(key.as_str(), "$yaml" | "$json" | "$text") => {
                let value = read(key, target, source).map_err(|message| (target.at, message))?;
                return Ok(Node::from_json(value, at));
            }
            _ => {
                let filled = entries.into_iter().map(|(key, node)| Ok((key, fill(node, source)?)));
                Kind::Map(filled.collect::<Result<_, _>>()?)
            }
        },
        Kind::List(items) => Kind::List(items.into_iter().map(|item| fill(item, source)).collect::<Result<_, _>>()?),
        scalar => scalar,
    };
    Ok(Node { at, kind })
}

fn read(key: &str, target: &Node, source: &dyn Source) -> Result<Value, String> {
    let Kind::Scalar(Value::String(address)) = &target.kind else {
        return Err(format!("{key} takes the address of a file"));
    };
    let file = source.file(address).map_err(|why| format!("{key}: {why}"))?;
    let text = String::from_utf8_lossy(&file.bytes).into_owned();
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    match key {
        "$text" => Ok(text.into()),
        "$json" => serde_json::from_str(&text).map_err(|error| format!("{address} is not JSON: {error}")),
        _ => yaml::parse(&text)
            .map(|node| node.to_json())
            .map_err(|error| format!("{address}:{}:{}: {}", error.at.0, error.at.1, error.message)),
    }
}
