//! The WebAssembly module of the npm package: the core's `cf_*` exports and nothing else.
//!
//! The TypeScript face instantiates it without wasm-bindgen's glue, once per agent, all over one shared memory.

extern crate concurrent_futures as _;
