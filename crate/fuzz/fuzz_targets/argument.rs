//! Any bytes as the argument of a call in a process.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| concurrent_futures::fuzz::argument(bytes));
