//! Waits of JavaScript that have lasted a while, and those that can never end: see `crate/src/deadlock.rs`.

use std::sync::Arc;

use super::retain;
use crate::bytes::Bytes;
use crate::call::ScriptCall;
use crate::deadlock::{self, Need};
use crate::platform::web;
use crate::sync::shared::Shared;

/// `cf_deadlock_look`: the wait needs all of the calls. 1 is any of them; 2 is a lock, the one address that there is.
const ALL: u32 = 0;
const LOCK: u32 = 2;

/// This agent has waited for a while, and will for as long as it takes. Gives who waits for what, line by line as UTF-8 in
/// a block, whose length goes to `out`, where that is for ever; otherwise null, and the agent is on the list until
/// `cf_deadlock_forget`, so what it waits for must stay until then.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_deadlock_look(
    kind: u32,
    needs: *const *const u8,
    count: usize,
    now: f64,
    out: *mut usize,
) -> *mut u8 {
    web::set_now(now);
    // SAFETY: `needs` is a block of that many addresses.
    let addresses = unsafe { std::slice::from_raw_parts(needs, count) };
    let needs = addresses.iter().filter_map(|address| match kind {
        // SAFETY: a lock that the caller has a handle to.
        LOCK => match unsafe { &*address.cast::<Shared>() } {
            Shared::Lock(lock) => Some(Need::Lock(Arc::clone(lock))),
            _ => None,
        },
        // SAFETY: a call that the caller holds.
        _ => Some(Need::Script(unsafe {
            retain(address.cast::<ScriptCall>())
        })),
    });
    let verdict = deadlock::look(kind != ALL, needs.collect());
    // SAFETY: `out` is a block of at least four bytes.
    unsafe { give(verdict, out) }
}

/// What this agent waited for has come, or it gave up. Gives what `cf_deadlock_look` would have given.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_deadlock_forget(out: *mut usize) -> *mut u8 {
    // SAFETY: `out` is a block of at least four bytes.
    unsafe { give(deadlock::forget(), out) }
}

/// # Safety
///
/// `out` may be written to.
unsafe fn give(verdict: Option<Arc<[String]>>, out: *mut usize) -> *mut u8 {
    let text = verdict.map(|waits| waits.join("\n"));
    let block = text.and_then(|text| Bytes::copy(text.as_bytes()));
    let (start, length) = block.map_or((std::ptr::null_mut(), 0), Bytes::into_raw);
    // SAFETY: by this function's own rule.
    unsafe { out.write(length) };
    start
}
