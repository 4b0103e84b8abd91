//! Reading: a file and the environment become one table, and the table becomes a [`Config`].

use super::Config;
use std::{
    fmt, io,
    path::{Path, PathBuf},
};

/// The file that is read when none is named.
const FILE: &str = "slipway.toml";
/// Variables of configuration begin with this and have `__` between section and key.
const PREFIX: &str = "SLIPWAY_";

/// Why a configuration cannot be used. Each says what to change.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file that was named cannot be read.
    #[error("{} could not be read: {source}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// It is not TOML.
    #[error("{} is not TOML: {message}", file.display())]
    Syntax {
        /// The file.
        file: PathBuf,
        /// Where and what.
        message: String,
    },
    /// A key is unknown, or its value is of the wrong sort.
    #[error("`{path}`: {message}")]
    Key {
        /// `server.listen`.
        path: String,
        /// What is wrong.
        message: String,
    },
}

/// Where a configuration is looked for.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// A file that must be there.
    pub file: Option<PathBuf>,
    /// The data folder from the command line; a `slipway.toml` in it counts when the current folder has none.
    pub data: Option<PathBuf>,
}

/// A configuration and where it came from. Its Debug leaves `written` out: secrets stand there as they were written.
#[derive(Clone)]
pub struct Loaded {
    /// What counts.
    pub config: Config,
    /// The file that was read.
    pub file: Option<PathBuf>,
    /// What was written, in the file and the environment together.
    pub written: toml::Table,
}

impl fmt::Debug for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loaded").field("config", &self.config).field("file", &self.file).finish_non_exhaustive()
    }
}

/// Reads the file and the `environment` (names and values; others than ours are ignored).
///
/// `SLIPWAY_SERVER__LISTEN=0.0.0.0:80` sets `server.listen`. A value that is TOML (`true`, `8`, `["a"]`, `"1"`) is read as TOML, any other as
/// text. `DATABASE_URL` sets `database.url` unless `SLIPWAY_DATABASE__URL` does.
///
/// # Errors
/// See [`ConfigError`].
pub fn load(places: &Places, environment: impl IntoIterator<Item = (String, String)>) -> Result<Loaded, ConfigError> {
    let file = find(places);
    let mut written = match &file {
        Some(file) => read(file)?,
        None => toml::Table::new(),
    };
    let mut variables: Vec<_> = environment.into_iter().collect();
    variables.sort();
    for (name, value) in variables.iter().filter(|(name, _)| name == "DATABASE_URL") {
        put(&mut written, &["database", "url"], toml::Value::String(value.clone()), name)?;
    }
    for (name, value) in &variables {
        let Some(path) = name.strip_prefix(PREFIX).filter(|path| path.contains("__")) else { continue };
        let path = path.to_lowercase();
        let keys: Vec<&str> = path.split("__").collect();
        put(&mut written, &keys, value_of(value), name)?;
    }
    let mut config = interpret(&written)?;
    if let Some(data) = &places.data {
        config.server.data.clone_from(data);
    }
    Ok(Loaded { config, file, written })
}

fn find(places: &Places) -> Option<PathBuf> {
    let in_data = places.data.as_ref().map(|folder| folder.join(FILE));
    let usual = [Some(PathBuf::from(FILE)), in_data];
    places.file.clone().or_else(|| usual.into_iter().flatten().find(|file| file.is_file()))
}

fn read(file: &Path) -> Result<toml::Table, ConfigError> {
    let text = std::fs::read_to_string(file).map_err(|source| ConfigError::Read { file: file.to_owned(), source })?;
    toml::from_str(&text)
        .map_err(|error| ConfigError::Syntax { file: file.to_owned(), message: error.to_string().trim().to_owned() })
}

fn value_of(text: &str) -> toml::Value {
    let parsed = toml::from_str::<toml::Table>(&format!("value = {text}"));
    let plain = || toml::Value::String(text.to_owned());
    // One line is one value: a line break would let a variable write other keys.
    parsed.ok().filter(|table| table.len() == 1).and_then(|mut table| table.remove("value")).unwrap_or_else(plain)
}

fn put(table: &mut toml::Table, keys: &[&str], value: toml::Value, variable: &str) -> Result<(), ConfigError> {
    let Some((last, sections)) = keys.split_last() else { return Ok(()) };
    let mut inner = table;
    for section in sections {
        let next = inner.entry((*section).to_owned()).or_insert_with(|| toml::Value::Table(toml::Table::new()));
        let toml::Value::Table(next) = next else {
            let message = format!("is a value, and the variable {variable} takes it for a section");
            return Err(ConfigError::Key { path: keys.join("."), message });
        };
        inner = next;
    }
    inner.insert((*last).to_owned(), value);
    Ok(())
}

fn interpret(written: &toml::Table) -> Result<Config, ConfigError> {
    serde_path_to_error::deserialize(toml::Value::Table(written.clone())).map_err(|error| {
        let message = error.inner().message().to_owned();
        let mut path = error.path().to_string();
        // serde reports an unknown key at its section; the reader looks for the key.
        if let Some(key) = message.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next())
            && !path.ends_with(key)
        {
            path = if path == "." { key.to_owned() } else { format!("{path}.{key}") };
        }
        ConfigError::Key { path, message }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str, variables: &[(&str, &str)]) -> Result<Loaded, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        std::fs::write(&file, text).unwrap();
        let environment = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        load(&Places { file: Some(file), data: None }, environment)
    }

    fn complaint(text: &str, variables: &[(&str, &str)]) -> String {
        with(text, variables).unwrap_err().to_string()
    }

    #[test]
    fn an_unknown_key_is_named_with_its_section() {
        assert!(complaint("[server]\nlisten_on = '1'", &[]).starts_with("`server.listen_on`: unknown field"));
        assert!(complaint("[sevrer]", &[]).starts_with("`sevrer`: unknown field"));
        assert!(complaint("[sandbox.timings]\npull = 1", &[]).starts_with("`sandbox.timings.pull`: unknown field"));
        assert!(complaint("", &[("SLIPWAY_SERVER__LISTEN_ON", "x")]).starts_with("`server.listen_on`: unknown field"));
    }

    #[test]
    fn a_value_of_the_wrong_sort_is_named() {
        assert!(complaint("[server]\nlisten = 'here'", &[]).starts_with("`server.listen`: "));
        assert!(complaint("[server]\nsession_days = 'x'", &[]).starts_with("`server.session_days`: "));
        assert!(complaint("[runtimes.apps]\nkind = 'mainframe'", &[]).starts_with("`runtimes.apps"));
        assert!(complaint("server = 1", &[("SLIPWAY_SERVER__DATA", "x")]).contains("SLIPWAY_SERVER__DATA"));
        assert!(complaint("[server", &[]).contains("is not TOML"));
    }

    #[test]
    fn the_environment_counts_more_than_the_file() {
        let variables = [
            ("SLIPWAY_SERVER__SESSION_DAYS", "3"),
            ("SLIPWAY_SERVER__PUBLIC_URL", "https://slipway.example.com/"),
            ("SLIPWAY_CATALOG__LOCATIONS", "['/srv/a', '/srv/b']"),
            ("SLIPWAY_LOG", "debug"),
            ("DATABASE_URL", "postgres://u:hunter2@db/x"),
        ];
        let loaded = with("[server]\nsession_days = 5\ndata = '/srv/slipway'", &variables).unwrap();
        let config = &loaded.config;
        assert_eq!(config.server.session_days, 3);
        assert_eq!(config.server.url(config.server.listen), "https://slipway.example.com");
        assert!(config.server.secure());
        assert_eq!(config.catalog.locations.len(), 2);
        assert_eq!(config.database(), "postgres://u:hunter2@db/x");
        assert_eq!(config.repositories(), PathBuf::from("/srv/slipway/repositories"));
        let printed = config.to_toml(&loaded.written).unwrap();
        assert!(printed.contains("session_days = 3") && !printed.contains("hunter2"), "{printed}");
        assert!(!format!("{loaded:?}").contains("hunter2"));
    }

    #[test]
    fn without_anything_there_are_defaults() {
        let loaded = with("", &[]).unwrap();
        assert_eq!(loaded.config.server.url(loaded.config.server.listen), "http://127.0.0.1:3000");
        assert!(!loaded.config.has_sandbox() && !loaded.config.build_pushes());
        assert!(loaded.config.database().ends_with("slipway.db"));
    }

    #[test]
    fn a_variable_writes_one_key_only() {
        let loaded = with("", &[("SLIPWAY_METRICS__ZONE", "\"UTC\"\n[server]\nsession_days = 1")]).unwrap();
        assert_eq!(loaded.config.server.session_days, 14);
    }
}
