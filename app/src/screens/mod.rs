//! One module a screen: its data and its view. Routes stand in `lib.rs`.

pub mod audit;
pub mod catalog;
pub mod create;
pub mod deploy;
pub mod deployment;
pub mod deployments;
pub mod digest;
pub mod entity;
pub mod gallery;
pub mod home;
pub mod incidents;
pub mod insights;
pub mod missing;
pub mod parts;
pub mod people;
pub mod register;
pub mod run;
pub mod search;
pub mod service;
pub mod services;
pub mod settings;
pub mod setup;
pub mod sign_in;
pub mod sources;
pub mod tokens;
pub mod wizard;
