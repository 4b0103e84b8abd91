//! What tests share: contract suites that every implementation of a port passes, and builders.

pub mod forge_contract;
pub mod runtime_contract;
pub mod store_contract;
