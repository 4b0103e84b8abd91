//! The program `slipway`.
#![warn(clippy::expect_used, clippy::unwrap_used)]

use std::process::ExitCode;

/// The C library's keeps what a load needed once; this one gives it back.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    slipway_server::cli::main()
}
