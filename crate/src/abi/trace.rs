//! The trace: started, drained and stopped by one agent; and what JavaScript puts into it by itself.

use super::text;
use crate::platform::web;
use crate::trace::{self, Kind, Record, TRACER, Text};

/// The address of a word that is not zero while there is a trace.
#[unsafe(no_mangle)]
extern "C" fn cf_trace_address() -> *const u32 {
    TRACER.flag()
}

/// Starts a trace that the calling agent drains, for `capacity` events, 1 to 2 ** 31: 0, or 1 where there is one already,
/// 2 where memory is exhausted.
#[unsafe(no_mangle)]
extern "C" fn cf_trace_start(capacity: u32) -> u32 {
    trace::start(capacity).map_or_else(|refusal| refusal as u32, |()| 0)
}

/// Ends the trace that the calling agent started, and frees it.
#[unsafe(no_mangle)]
extern "C" fn cf_trace_stop() {
    trace::stop();
}

/// Takes up to `most` events of the trace that the calling agent started, and writes them to `out`, oldest first; gives
/// their number.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_trace_drain(out: *mut Record, most: usize) -> usize {
    let mut count = 0;
    trace::drain(most, |record| {
        // SAFETY: `out` is a block with room for `most` records, and aligned as every block is.
        unsafe { out.add(count).write(record) };
        count += 1;
    });
    count
}

/// How many events were lost since the last call.
#[unsafe(no_mangle)]
extern "C" fn cf_trace_lost() -> u32 {
    trace::take_lost()
}

/// Tells one trace from the next; 0 where there is none.
#[unsafe(no_mangle)]
extern "C" fn cf_trace_generation() -> u32 {
    trace::generation()
}

/// A number for an executor (0) or a future (1) that JavaScript runs by itself.
#[unsafe(no_mangle)]
extern "C" fn cf_trace_number(of: u32) -> u32 {
    if of == 0 {
        trace::new_executor()
    } else {
        trace::new_future()
    }
}

/// Puts an event of such an executor; texts in UTF-8 stay the caller's, the second follows the first. 1, or 0 where it is
/// lost.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_trace_put(
    kind: u32,
    executor: u32,
    future: u32,
    worker: u32,
    detail: u32,
    texts: *const u8,
    first_length: usize,
    second_length: usize,
    now: f64,
) -> u32 {
    web::set_now(now);
    // SAFETY: the block is alive, by the rules at the head of `abi.rs`.
    let (first, second) =
        unsafe { text(texts, first_length + second_length) }.split_at(first_length);
    let (first, second) = (Text::Utf8(first), Text::Utf8(second));
    let numbers = [executor, future, worker];
    let detail = u8::try_from(detail).unwrap_or_default();
    let put = Kind::from_number(kind)
        .is_some_and(|kind| trace::put_local(kind, numbers, detail, first, second));
    u32::from(put)
}

/// The calling agent, if it is a worker, waits for something, of which the name, in UTF-8, stays the caller's.
#[unsafe(no_mangle)]
unsafe extern "C" fn cf_trace_blocked(on: *const u8, length: usize, now: f64) {
    web::set_now(now);
    // SAFETY: the block is alive, by the rules at the head of `abi.rs`.
    trace::blocked(Text::Utf8(unsafe { text(on, length) }));
}

/// The counterpart of `cf_trace_blocked`.
#[unsafe(no_mangle)]
extern "C" fn cf_trace_unblocked(now: f64) {
    web::set_now(now);
    trace::unblocked();
}
