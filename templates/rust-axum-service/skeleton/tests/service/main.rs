//! The service from outside, over HTTP. One program, so that it is linked once.

mod http;
mod process;
mod shutdown;
mod support;
