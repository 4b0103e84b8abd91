//! `score.yaml` (<https://score.dev>, `score.dev/v1b1`) to a [`Workload`].
//!
//! What Slipway cannot run is refused with the field's path, never left out in silence: a service without its volume would
//! look deployed and lose data.

use serde_json::{Map, Value};
use slipway_domain::workload::Workload;
use std::collections::BTreeMap;

/// Annotation that says how many instances run; Score itself has no word for it.
const REPLICAS: &str = "slipway.dev/replicas";

/// A part of a Score file that cannot be run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub(crate) struct ScoreError {
    /// Path in the file: `containers.service.resources.limits.cpu`.
    pub path: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

type Result<T> = std::result::Result<T, ScoreError>;

fn wrong<T>(path: impl Into<String>, message: impl Into<String>) -> Result<T> {
    Err(ScoreError { path: path.into(), message: message.into() })
}

/// A value and where it stands.
#[derive(Clone)]
struct At<'a> {
    path: String,
    value: &'a Value,
}

impl<'a> At<'a> {
    fn join(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn get(&self, key: &str) -> Option<At<'a>> {
        let value = self.value.get(key).filter(|value| !value.is_null())?;
        Some(At { path: self.join(key), value })
    }

    fn need(&self, key: &str) -> Result<At<'a>> {
        self.get(key).map_or_else(|| wrong(self.join(key), "this is missing"), Ok)
    }

    fn map(&self) -> Result<&'a Map<String, Value>> {
        self.value.as_object().map_or_else(|| wrong(&self.path, "this is a mapping"), Ok)
    }

    /// Every entry, in order.
    fn entries(&self) -> Result<Vec<(&'a str, At<'a>)>> {
        let map = self.map()?;
        Ok(map.iter().map(|(key, value)| (key.as_str(), At { path: self.join(key), value })).collect())
    }

    /// The only entry.
    fn single(&self, what: &str) -> Result<At<'a>> {
        match self.entries()?.as_slice() {
            [(_, one)] => Ok(one.clone()),
            several => wrong(&self.path, format!("Slipway runs one {what}; this names {}", several.len())),
        }
    }

    /// Refuses keys that nobody would heed.
    fn only(&self, known: &[&str]) -> Result<()> {
        match self.map()?.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => wrong(self.join(key), format!("Slipway does not know this; it knows {}", known.join(", "))),
            None => Ok(()),
        }
    }

    /// Refuses something that Score has and Slipway cannot run yet; empty is fine.
    fn absent(&self, key: &str) -> Result<()> {
        let empty =
            |value: &Value| value.as_object().is_some_and(Map::is_empty) || value.as_array().is_some_and(Vec::is_empty);
        match self.get(key) {
            Some(at) if !empty(at.value) => wrong(at.path, "Slipway cannot run this; take it out"),
            _ => Ok(()),
        }
    }

    fn text(&self) -> Result<String> {
        match self.value {
            Value::String(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(yes) => Ok(yes.to_string()),
            _ => wrong(&self.path, "this is a text"),
        }
    }

    fn texts(&self) -> Result<Vec<String>> {
        let Some(items) = self.value.as_array() else { return wrong(&self.path, "this is a list of texts") };
        items.iter().enumerate().map(|(i, value)| At { path: self.join(&i.to_string()), value }.text()).collect()
    }

    fn port(&self) -> Result<u16> {
        let number = self.text()?.trim().parse::<u16>().ok().filter(|port| *port > 0);
        number.map_or_else(|| wrong(&self.path, "a port is a whole number from 1 to 65535"), Ok)
    }
}

/// Reads one Score document.
pub(crate) fn read(document: &Value) -> Result<Workload> {
    let root = At { path: String::new(), value: document };
    root.only(&["apiVersion", "metadata", "service", "containers", "resources"])?;
    let version = root.need("apiVersion")?;
    if version.text()? != "score.dev/v1b1" {
        return wrong(version.path, "Slipway reads score.dev/v1b1");
    }
    root.absent("resources")?;
    let metadata = root.need("metadata")?;
    let name = metadata.need("name")?.text()?;
    let container = root.need("containers")?.single("container")?;
    container.only(&[
        "image",
        "command",
        "args",
        "variables",
        "files",
        "volumes",
        "resources",
        "livenessProbe",
        "readinessProbe",
    ])?;
    container.absent("files")?;
    container.absent("volumes")?;
    let fallback = Workload::default();
    let (cpu, memory) = resources(&container)?;
    Ok(Workload {
        command: command(&container)?,
        port: port(&root)?,
        variables: variables(&container, &name)?,
        secrets: BTreeMap::new(),
        cpu: cpu.unwrap_or(fallback.cpu),
        memory: memory.unwrap_or(fallback.memory),
        replicas: replicas(&metadata)?,
        health_path: health_path(&container)?.unwrap_or(fallback.health_path),
    })
}

fn replicas(metadata: &At<'_>) -> Result<u32> {
    let Some(annotations) = metadata.get("annotations") else { return Ok(1) };
    let Some(replicas) = annotations.get(REPLICAS) else { return Ok(1) };
    let number = replicas.text()?.trim().parse::<u32>().ok().filter(|n| (1..=100).contains(n));
    number.map_or_else(|| wrong(replicas.path, "this is a whole number from 1 to 100"), Ok)
}

/// The port the container listens on.
fn port(root: &At<'_>) -> Result<u16> {
    let port = root.need("service")?.need("ports")?.single("port")?;
    port.only(&["port", "protocol", "targetPort"])?;
    if let Some(protocol) = port.get("protocol")
        && !protocol.text()?.eq_ignore_ascii_case("tcp")
    {
        return wrong(protocol.path, "Slipway runs services that speak HTTP over TCP");
    }
    port.get("targetPort").map_or_else(|| port.need("port"), Ok)?.port()
}

/// Score's `command` and `args` as one command line.
fn command(container: &At<'_>) -> Result<Vec<String>> {
    let mut command = container.get("command").map_or_else(|| Ok(Vec::new()), |at| at.texts())?;
    if let Some(args) = container.get("args") {
        if command.is_empty() {
            return wrong(args.path, "write the whole command in `command`; the image's own start is not known here");
        }
        command.extend(args.texts()?);
    }
    Ok(command)
}

fn variables(container: &At<'_>, name: &str) -> Result<BTreeMap<String, String>> {
    let Some(variables) = container.get("variables") else { return Ok(BTreeMap::new()) };
    let mut found = BTreeMap::new();
    for (key, at) in variables.entries()? {
        found.insert(key.to_owned(), substitute(&at, name)?);
    }
    Ok(found)
}

/// Score's placeholders: `${metadata.name}`; `$$` is a dollar sign. Resources are refused above, so nothing else can be meant.
fn substitute(at: &At<'_>, name: &str) -> Result<String> {
    let text = at.text()?;
    let mut result = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(dollar) = rest.find('$') {
        result.push_str(&rest[..dollar]);
        let after = &rest[dollar + 1..];
        if let Some(tail) = after.strip_prefix('$') {
            result.push('$');
            rest = tail;
        } else if let Some(tail) = after.strip_prefix("{metadata.name}") {
            result.push_str(name);
            rest = tail;
        } else if after.starts_with('{') {
            return wrong(&at.path, "Slipway fills in only ${metadata.name}; write `$$` for a dollar sign");
        } else {
            result.push('$');
            rest = after;
        }
    }
    result.push_str(rest);
    Ok(result)
}

/// CPU units (1/1024 vCPU) and MiB. Limits count; without them, requests.
fn resources(container: &At<'_>) -> Result<(Option<u32>, Option<u32>)> {
    let Some(resources) = container.get("resources") else { return Ok((None, None)) };
    resources.only(&["limits", "requests"])?;
    let (mut cpu, mut memory) = (None, None);
    for part in ["requests", "limits"] {
        let Some(part) = resources.get(part) else { continue };
        part.only(&["cpu", "memory"])?;
        if let Some(at) = part.get("cpu") {
            cpu = Some(cpu_units(&at)?);
        }
        if let Some(at) = part.get("memory") {
            memory = Some(mebibytes(&at)?);
        }
    }
    Ok((cpu, memory))
}

/// A quantity scaled and rounded, when it is a number of a sensible size.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be within 1 and a million")]
fn whole(number: &str, factor: f64) -> Option<u32> {
    let scaled = (number.trim().parse::<f64>().ok()? * factor).round();
    (1.0..=1_000_000.0).contains(&scaled).then_some(scaled as u32)
}

fn cpu_units(at: &At<'_>) -> Result<u32> {
    let text = at.text()?;
    let units = match text.trim().strip_suffix('m') {
        Some(thousandths) => whole(thousandths, 1_024.0 / 1_000.0),
        None => whole(&text, 1_024.0),
    };
    units.map_or_else(|| wrong(&at.path, format!("`{text}` is no amount of CPU; write 0.25 or 250m")), Ok)
}

fn mebibytes(at: &At<'_>) -> Result<u32> {
    const MIB: f64 = 1_048_576.0;
    // Kubernetes' suffixes, as Score takes them; the longer ones first.
    let units = [("Ki", 1_024.0), ("Mi", MIB), ("Gi", 1_024.0 * MIB), ("K", 1e3), ("k", 1e3), ("M", 1e6), ("G", 1e9)];
    let text = at.text()?;
    let (number, bytes) =
        units.iter().find_map(|(unit, bytes)| Some((text.trim().strip_suffix(unit)?, *bytes))).unwrap_or((&text, 1.0));
    let message = || format!("`{text}` is no amount of memory; write 512Mi or 1Gi");
    whole(number, bytes / MIB).map_or_else(|| wrong(&at.path, message()), Ok)
}

/// What says that an instance can serve: readiness before liveness.
fn health_path(container: &At<'_>) -> Result<Option<String>> {
    let mut found = None;
    for probe in ["livenessProbe", "readinessProbe"] {
        let Some(probe) = container.get(probe) else { continue };
        probe.only(&["httpGet"])?;
        let get = probe.need("httpGet")?;
        get.only(&["path", "port", "scheme"])?;
        let path = get.need("path")?;
        let text = path.text()?;
        if !text.starts_with('/') {
            return wrong(path.path, format!("a path starts with `/`; this is `{text}`"));
        }
        found = Some(text);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn score() -> Value {
        json!({
            "apiVersion": "score.dev/v1b1",
            "metadata": {"name": "orders", "annotations": {"slipway.dev/replicas": "3"}},
            "service": {"ports": {"http": {"port": 80, "targetPort": 9000}}},
            "containers": {"app": {
                "image": ".",
                "command": ["/app"], "args": ["--fast"],
                "variables": {"NAME": "${metadata.name}", "PRICE": "5$$", "PORT": 9000},
                "resources": {"limits": {"cpu": "0.5", "memory": "1Gi"}, "requests": {"cpu": "250m", "memory": "512Mi"}},
                "livenessProbe": {"httpGet": {"path": "/alive", "port": 9000}},
                "readinessProbe": {"httpGet": {"path": "/ready", "port": 9000}},
            }},
        })
    }

    #[test]
    fn reads_everything_it_can_run() {
        let workload = read(&score()).unwrap();
        let variables = [("NAME", "orders"), ("PORT", "9000"), ("PRICE", "5$")];
        assert_eq!(
            workload,
            Workload {
                command: vec!["/app".into(), "--fast".into()],
                port: 9000,
                variables: variables.map(|(k, v)| (k.to_owned(), v.to_owned())).into(),
                secrets: BTreeMap::new(),
                cpu: 512,
                memory: 1024,
                replicas: 3,
                health_path: "/ready".into(),
            }
        );
    }

    #[test]
    fn what_it_cannot_run_is_named_by_its_path() {
        let refused = |pointer: &str, key: &str, value: Value| {
            let mut body = score();
            body.pointer_mut(pointer).unwrap().as_object_mut().unwrap().insert(key.into(), value);
            read(&body).unwrap_err().path
        };
        let app = "/containers/app";
        assert_eq!(refused("", "apiVersion", json!("score.dev/v2")), "apiVersion");
        assert_eq!(refused("", "resources", json!({"db": {"type": "postgres"}})), "resources");
        assert_eq!(refused("/containers", "side", json!({"image": "x"})), "containers");
        assert_eq!(refused(app, "volumes", json!({"/data": {"source": "x"}})), "containers.app.volumes");
        assert_eq!(refused(app, "gpu", json!(1)), "containers.app.gpu");
        assert_eq!(refused(app, "command", Value::Null), "containers.app.args");
        assert_eq!(
            refused(&format!("{app}/variables"), "X", json!("${resources.db.host}")),
            "containers.app.variables.X"
        );
        assert_eq!(
            refused(&format!("{app}/resources/limits"), "cpu", json!("much")),
            "containers.app.resources.limits.cpu"
        );
        assert_eq!(
            refused(&format!("{app}/readinessProbe"), "httpGet", json!({"path": "x"})),
            "containers.app.readinessProbe.httpGet.path"
        );
        assert_eq!(refused("/service/ports/http", "targetPort", json!(0)), "service.ports.http.targetPort");
        assert_eq!(
            refused("/metadata/annotations", "slipway.dev/replicas", json!("many")),
            "metadata.annotations.slipway.dev/replicas"
        );
    }
}
