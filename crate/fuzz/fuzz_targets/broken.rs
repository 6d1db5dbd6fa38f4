//! Any worker and reason of a broken pool.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| concurrent_futures::fuzz::broken(bytes));
