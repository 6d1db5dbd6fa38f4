//! Any bytes as the reply of a process.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| concurrent_futures::fuzz::reply(bytes));
