//! The runtime contract, on the sandbox and, where the environment names one, on an emulator by others and an account.

mod app_runner;
mod ecs;
mod ministack;
mod world;
