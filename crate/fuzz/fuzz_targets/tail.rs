//! Any bytes as a message with the addresses of objects behind it.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| concurrent_futures::fuzz::tail(bytes));
