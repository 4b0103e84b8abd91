//! The program `slipway`.

use std::process::ExitCode;

fn main() -> ExitCode {
    slipway_server::cli::main()
}
