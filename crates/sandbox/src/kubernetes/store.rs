//! The objects, their versions, and the journal that watchers follow.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

use super::resources::{EVENTS, Resource};

/// Watchers that fall further behind than this must list again, as with the real API.
const JOURNAL: usize = 250;
/// Kubernetes keeps events for an hour; here the newest ones stay.
const EVENTS_KEPT: usize = 300;

/// One change of one object.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) version: u64,
    pub(super) plural: &'static str,
    pub(super) before: Option<Arc<Value>>,
    pub(super) after: Option<Arc<Value>>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Store {
    #[serde(serialize_with = "write_objects", deserialize_with = "read_objects")]
    objects: BTreeMap<String, Arc<Value>>,
    version: u64,
    /// Keys of Event objects, oldest first.
    events: VecDeque<String>,
    #[serde(skip)]
    journal: VecDeque<Change>,
}

impl Store {
    pub(super) fn version(&self) -> u64 {
        self.version
    }

    pub(super) fn get(&self, resource: &Resource, namespace: &str, name: &str) -> Option<&Arc<Value>> {
        self.objects.get(&resource.key(namespace, name))
    }

    /// Objects of a kind in key order, in one namespace or in all.
    pub(super) fn list(
        &self,
        resource: &Resource,
        namespace: Option<&str>,
    ) -> impl Iterator<Item = (&String, &Arc<Value>)> {
        let prefix = match namespace {
            Some(namespace) => format!("{}/{namespace}/", resource.plural),
            None => format!("{}/", resource.plural),
        };
        self.objects.range(prefix.clone()..).take_while(move |(key, _)| key.starts_with(&prefix))
    }

    /// Every object of a kind, to be changed one by one.
    pub(super) fn all(&self, resource: &Resource) -> Vec<Arc<Value>> {
        self.list(resource, None).map(|(_, object)| Arc::clone(object)).collect()
    }

    /// Stores an object under the next version, unless nothing about it is new.
    pub(super) fn put(&mut self, resource: &'static Resource, mut object: Value) -> Arc<Value> {
        let name = text(&object, "/metadata/name").to_owned();
        let key = resource.key(text(&object, "/metadata/namespace"), &name);
        let before = self.objects.get(&key).cloned();
        if let Some(before) = &before {
            object["metadata"]["resourceVersion"] = before["metadata"]["resourceVersion"].clone();
            if **before == object {
                return Arc::clone(before);
            }
        }
        self.version += 1;
        object["metadata"]["resourceVersion"] = json!(self.version.to_string());
        let object = Arc::new(snug(object));
        if resource.plural == EVENTS.plural && before.is_none() {
            self.events.push_back(key.clone());
        }
        self.objects.insert(key, Arc::clone(&object));
        self.record(resource, before, Some(Arc::clone(&object)));
        while self.events.len() > EVENTS_KEPT {
            if let Some(oldest) = self.events.pop_front() {
                self.remove_key(&EVENTS, &oldest);
            }
        }
        object
    }

    pub(super) fn remove(&mut self, resource: &'static Resource, namespace: &str, name: &str) -> Option<Arc<Value>> {
        self.remove_key(resource, &resource.key(namespace, name))
    }

    fn remove_key(&mut self, resource: &'static Resource, key: &str) -> Option<Arc<Value>> {
        let before = self.objects.remove(key)?;
        self.version += 1;
        if resource.plural == EVENTS.plural {
            self.events.retain(|event| event != key);
        }
        self.record(resource, Some(Arc::clone(&before)), None);
        Some(before)
    }

    fn record(&mut self, resource: &'static Resource, before: Option<Arc<Value>>, after: Option<Arc<Value>>) {
        if self.journal.len() == JOURNAL {
            self.journal.pop_front();
        }
        self.journal.push_back(Change { version: self.version, plural: resource.plural, before, after });
    }

    /// What happened to a kind after `version`; `None` when the journal does not reach back that far.
    pub(super) fn since(&self, resource: &Resource, version: u64) -> Option<Vec<Change>> {
        let reaches =
            version >= self.version || self.journal.front().is_some_and(|oldest| oldest.version <= version + 1);
        reaches.then(|| {
            let newer = |change: &&Change| change.version > version && change.plural == resource.plural;
            self.journal.iter().filter(newer).cloned().collect()
        })
    }
}

/// The string at a JSON pointer, or the empty one.
pub(super) fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn write_objects<S: Serializer>(objects: &BTreeMap<String, Arc<Value>>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(objects.iter().map(|(key, object)| (key, &**object)))
}

fn read_objects<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Arc<Value>>, D::Error> {
    let objects = BTreeMap::<String, Value>::deserialize(deserializer)?;
    Ok(objects.into_iter().map(|(key, object)| (key, Arc::new(snug(object)))).collect())
}

/// The same in the memory that it needs: a map or list that grew one by one holds room for more, and most here are of one or two.
fn snug(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            // As many as there are: what is collected is sized by the iterator's hint, which is exact.
            Value::Object(map.into_iter().map(|(key, value)| (key, snug(value))).collect())
        }
        Value::Array(mut items) => {
            for item in &mut items {
                *item = snug(item.take());
            }
            items.shrink_to_fit();
            Value::Array(items)
        }
        other => other,
    }
}
