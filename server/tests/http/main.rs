//! The HTTP surface as clients see it: the whole router on a database of its own.

mod app;
mod coverage;
mod csrf;
mod events;
mod git;
mod hooks;
mod insights;
mod pages;
mod rest;
mod sign_in;
mod upgrades;
