//! The tags by which Slipway knows its own resources.

use slipway_domain::{
    ids::DeploymentId,
    runtime::{Desired, Target},
};
use slipway_ports::runtime::RuntimeError;
use std::collections::BTreeMap;

pub(crate) const DEPLOYMENT: &str = "slipway:deployment";
pub(crate) const SPEC_HASH: &str = "slipway:spec-hash";
const MANAGED_BY: &str = "slipway:managed-by";
const SERVICE: &str = "slipway:service";
const ENVIRONMENT: &str = "slipway:environment";
const OWNER: &str = "slipway:owner";
const REVISION: &str = "slipway:revision";

/// Name and value.
pub type Tags = BTreeMap<String, String>;

/// All tags of a resource that wants `desired`: who made it, for which service, environment and owner, by which deployment,
/// and the spec's hash and revision. AWS takes values of at most 256 characters.
pub fn of(desired: &Desired) -> Tags {
    let value = |text: &str| text.chars().filter(|c| allowed(*c)).take(256).collect::<String>();
    [
        (MANAGED_BY, "slipway".to_owned()),
        (SERVICE, value(&desired.target.service)),
        (ENVIRONMENT, value(&desired.target.environment)),
        (OWNER, value(&desired.owner)),
        (DEPLOYMENT, desired.deployment.to_string()),
        (SPEC_HASH, desired.spec_hash()),
        (REVISION, value(&desired.revision)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

/// ECS: letters, digits, spaces and `_.:/=+-@`.
fn allowed(c: char) -> bool {
    c.is_alphanumeric() || " _.:/=+-@".contains(c)
}

/// Refuses a resource that Slipway did not make for this very target (`a-b` in `c` and `a` in `b-c` have one name).
pub(crate) fn check_ours(tags: &Tags, target: &Target, kind: &str) -> Result<(), RuntimeError> {
    let is = |name: &str, wanted: &str| tags.get(name).is_none_or(|value| value == wanted);
    let name = target.resource_name();
    if tags.get(MANAGED_BY).is_none_or(|value| value != "slipway") {
        return Err(RuntimeError::NotOurs(format!(
            "there is {kind} `{name}` that Slipway did not make (it has no tag {MANAGED_BY}=slipway)"
        )));
    }
    if is(SERVICE, &target.service) && is(ENVIRONMENT, &target.environment) {
        Ok(())
    } else {
        Err(RuntimeError::NotOurs(format!("{kind} `{name}` belongs to another service or environment of Slipway")))
    }
}

/// The deployment that a resource carries.
pub(crate) fn deployment(tags: &Tags) -> Option<DeploymentId> {
    tags.get(DEPLOYMENT)?.parse().ok()
}

/// Whether a resource carries this very deployment with this very spec.
pub(crate) fn carries(tags: &Tags, desired: &Desired) -> bool {
    deployment(tags) == Some(desired.deployment) && tags.get(SPEC_HASH) == Some(&desired.spec_hash())
}
