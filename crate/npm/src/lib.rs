//! The WebAssembly module of the npm package: the core's `cf_*` exports and nothing else.
//!
//! The TypeScript face instantiates it without wasm-bindgen's glue, once per agent, all over one shared memory.

#![cfg(target_arch = "wasm32")]

use concurrent_futures::PatientAllocator;

#[global_allocator]
static ALLOCATOR: PatientAllocator = PatientAllocator::new();
