//! A value whose type is known only when it is read, such as any JSON, within data in a form that does not name its types: there
//! it is JSON text. For `#[serde(with = "any")]`.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned, de::Error as _, ser::Error as _};

/// Writes it.
///
/// # Errors
/// Those of the format.
pub fn serialize<T: Serialize, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    if serializer.is_human_readable() {
        return value.serialize(serializer);
    }
    serde_json::to_string(value).map_err(S::Error::custom)?.serialize(serializer)
}

/// Reads it.
///
/// # Errors
/// When it is no JSON of this type.
pub fn deserialize<'de, T: DeserializeOwned, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    if deserializer.is_human_readable() {
        return T::deserialize(deserializer);
    }
    serde_json::from_str(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}
