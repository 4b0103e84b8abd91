//! The lock file of a created repository: which template it came from, with which inputs, and what was written. With it, a later
//! version of the template can be brought into the repository by a three-way merge.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::template::Template;
use crate::tree::Tree;

/// Where it stands in a repository.
pub const LOCK_FILE: &str = ".slipway/template.lock.json";

/// What the first format is called.
const FORMAT: &str = "slipway.dev/template-lock/v1";

/// Most bytes of a lock file that is read.
const MAX_BYTES: usize = 4 << 20;

/// A repository's origin, as it is written down in the repository itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TemplateLock {
    /// `slipway.dev/template-lock/v1`.
    format: String,
    /// The template's reference in the catalogue.
    pub template: String,
    /// The version's hash; see [`TemplateFolder::version`](crate::TemplateFolder::version).
    pub version: String,
    /// The parameters that the files were rendered with. No secret is in it.
    pub inputs: Map<String, Value>,
    /// Names of inputs that are secret, and so are not written down.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<String>,
    /// Who made it: what expressions see as `user.ref`.
    pub user: String,
    /// The run that made it: what expressions see as `context.task.id`.
    pub run: String,
    /// SHA-256 in hexadecimal of each rendered file, by path; of a symbolic link, its target's.
    pub files: BTreeMap<String, String>,
}

/// Why a lock file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LockError {
    /// It is of a format that this program does not know.
    #[error("{LOCK_FILE} has the format `{0}`; this Slipway knows {FORMAT}")]
    Format(String),
    /// It is no lock file.
    #[error("{LOCK_FILE} cannot be read: {0}")]
    Unreadable(String),
}

/// SHA-256 of a file's content, in hexadecimal.
#[must_use]
pub fn file_hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

impl TemplateLock {
    /// Of what was rendered. The values of secret inputs are left out.
    #[must_use]
    pub fn new(
        reference: &str,
        version: &str,
        template: &Template,
        inputs: &Map<String, Value>,
        (user, run): (&str, &str),
        rendered: &Tree,
    ) -> Self {
        let secret = secret_inputs(template);
        let told = inputs.iter().filter(|(name, _)| !secret.contains(name));
        Self {
            format: FORMAT.to_owned(),
            template: reference.to_owned(),
            version: version.to_owned(),
            inputs: told.map(|(name, value)| (name.clone(), value.clone())).collect(),
            secrets: secret,
            user: user.to_owned(),
            run: run.to_owned(),
            files: rendered.iter().map(|(path, file)| (path.to_owned(), file_hash(&file.bytes))).collect(),
        }
    }

    /// The text of the file. The same lock gives the same text.
    #[must_use]
    pub fn write(&self) -> String {
        // A lock is texts, JSON values and lists of both: writing it cannot fail.
        serde_json::to_string_pretty(self).map(|text| text + "\n").unwrap_or_default()
    }

    /// Reads the file.
    ///
    /// # Errors
    /// It is no lock file, or one of a later format.
    pub fn read(bytes: &[u8]) -> Result<Self, LockError> {
        if bytes.len() > MAX_BYTES {
            return Err(LockError::Unreadable("it is larger than any lock file".to_owned()));
        }
        let unreadable = |error: serde_json::Error| LockError::Unreadable(error.to_string());
        let value: Value = serde_json::from_slice(bytes).map_err(unreadable)?;
        match value["format"].as_str() {
            Some(FORMAT) => serde_json::from_value(value).map_err(unreadable),
            format => Err(LockError::Format(format.unwrap_or_default().to_owned())),
        }
    }

    /// Whether a file is as the template wrote it.
    #[must_use]
    pub fn is_untouched(&self, path: &str, bytes: &[u8]) -> bool {
        self.files.get(path).is_some_and(|hash| *hash == file_hash(bytes))
    }
}

/// Names of what must not be written down: `spec.secrets`, and fields that hide what is typed.
fn secret_inputs(template: &Template) -> Vec<String> {
    let hides = |field: &Value| {
        field["ui:field"] == "Secret" || field["ui:widget"] == "password" || field["format"] == "password"
    };
    let names = |properties: &Value, all: bool| -> Vec<String> {
        let fields = properties.as_object().into_iter().flatten();
        fields.filter(|(_, field)| all || hides(field)).map(|(name, _)| name.clone()).collect()
    };
    let mut secret = names(&template.entity["spec"]["secrets"]["schema"]["properties"], true);
    secret.extend(template.pages().iter().flat_map(|page| names(&page["properties"], false)));
    secret.sort_unstable();
    secret.dedup();
    secret
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::File;
    use serde_json::json;

    const TEMPLATE: &str = r#"
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: small}
spec:
  type: service
  secrets: {schema: {type: object, properties: {token: {type: string}}}}
  parameters:
    - title: It
      properties: {name: {type: string}, pin: {type: string, ui:field: Secret}, word: {type: string, ui:widget: password}}
  steps: [{id: a, action: "debug:log"}]
"#;

    fn lock() -> TemplateLock {
        let template = Template::parse(TEMPLATE, "template.yaml").unwrap();
        let mut rendered = Tree::default();
        rendered.insert("a/b.txt", File::text("text\n")).unwrap();
        let inputs = json!({"name": "orders", "pin": "1234", "word": "hush", "token": "t0ken"});
        let inputs = inputs.as_object().cloned().unwrap();
        TemplateLock::new("template:default/small", "abc", &template, &inputs, ("user:default/ada", "r1"), &rendered)
    }

    #[test]
    fn what_was_written_is_read_again() {
        let lock = lock();
        assert_eq!(TemplateLock::read(lock.write().as_bytes()), Ok(lock.clone()));
        assert!(lock.is_untouched("a/b.txt", b"text\n"));
        assert!(!lock.is_untouched("a/b.txt", b"other\n") && !lock.is_untouched("c", b""));
    }

    #[test]
    fn secrets_are_named_and_never_told() {
        let text = lock().write();
        assert_eq!(lock().secrets, ["pin", "token", "word"]);
        assert!(text.contains("orders"));
        for secret in ["1234", "hush", "t0ken"] {
            assert!(!text.contains(secret), "{text}");
        }
    }

    #[test]
    fn a_later_format_is_said_to_be_one() {
        let later = lock().write().replace("lock/v1", "lock/v9");
        assert_eq!(TemplateLock::read(later.as_bytes()), Err(LockError::Format("slipway.dev/template-lock/v9".into())));
        for broken in ["", "[]", "{", "{\"format\": 1}"] {
            assert!(TemplateLock::read(broken.as_bytes()).is_err(), "{broken}");
        }
    }
}
