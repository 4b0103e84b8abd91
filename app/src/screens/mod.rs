//! One module a screen: its route, its data and its view.

pub mod gallery;
pub mod missing;
