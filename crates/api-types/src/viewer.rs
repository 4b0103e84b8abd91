//! Who is looking.

use serde::{Deserialize, Serialize};
use slipway_domain::access::{Grant, Permission, allows};

/// The person who is signed in, as pages need to know them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// What they sign in with.
    pub login: String,
    /// What others see.
    pub display_name: String,
    /// Their roles.
    pub grants: Vec<Grant>,
    /// Whether the instance holds demo data.
    pub demo: bool,
}

impl Viewer {
    /// Whether they may, on something that `team` owns. Pages hide what is not allowed; services refuse it.
    pub fn may(&self, permission: Permission, team: Option<&str>) -> bool {
        allows(&self.grants, permission, team)
    }

    /// One or two letters for an avatar.
    pub fn initials(&self) -> String {
        let mut words = self.display_name.split_whitespace().filter_map(|word| word.chars().next());
        words.next().into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
    }
}

/// What the sign-in page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInPage {
    /// The demo's people: login, password, display name, what they may do. Empty outside the demo.
    pub demo_users: Vec<DemoUser>,
    /// Nobody is there yet: the first administrator comes by the set-up link that the server printed.
    pub needs_setup: bool,
}

/// One of the demo's people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoUser {
    /// What one signs in with.
    pub login: String,
    /// Public on purpose: demo data only.
    pub password: String,
    /// Name.
    pub display_name: String,
    /// What they may do, in words.
    pub role: String,
}
