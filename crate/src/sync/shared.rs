//! What JavaScript's handles stand for: an object in pool memory, and who keeps it.
//!
//! | who                              | keeps it by                                                      |
//! |----------------------------------|------------------------------------------------------------------|
//! | an agent with a handle           | an entry in its [`Handles`], gone with the handle or the agent   |
//! | a message that is on its way     | its address behind the message's bytes, gone with the block      |
//! | a condition                      | its own reference to the lock                                    |

use std::cmp::Ordering;
use std::sync::Arc;

use super::barrier::RawBarrier;
use super::condition::RawCondition;
use super::event::RawEvent;
use super::lock::RawLock;
use super::queue::{Fifo, Lifo, RawQueue, Smallest, Store};
use super::semaphore::RawSemaphore;
use crate::bytes::Bytes;
use crate::platform::UnsafeCell;
use crate::pool::Pool;

/// An object that JavaScript shares between agents.
pub(crate) enum Shared {
    Lock(Arc<RawLock>),
    Semaphore(Arc<RawSemaphore>),
    Event(Arc<RawEvent>),
    Condition(Arc<RawCondition>),
    Barrier(Arc<RawBarrier>),
    Queue(Box<RawQueue<ScriptStore>>),
    /// Memory for counters and arrays.
    Memory(Bytes),
    /// A pool that an executor stands for.
    Pool(Arc<Pool>),
}

/// An encoded item, and, in a priority queue, by which bytes it is ordered.
pub(crate) struct ScriptItem {
    pub(crate) item: Bytes,
    pub(crate) key: Option<Bytes>,
}

/// In which order a queue of JavaScript gives its items.
pub(crate) enum ScriptStore {
    Fifo(Fifo<ScriptItem>),
    Lifo(Lifo<ScriptItem>),
    /// With the number of items that ever came: of equal ones the older goes first.
    Smallest(Smallest<Ranked>, u64),
}

/// An item with its rank.
pub(crate) struct Ranked {
    entry: ScriptItem,
    came: u64,
}

impl Ranked {
    fn rank(&self) -> (&[u8], u64) {
        let key = self.entry.key.as_ref().map_or(&[][..], Bytes::as_slice);
        (key, self.came)
    }
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.rank() == other.rank()
    }
}

impl Eq for Ranked {}

impl Store for ScriptStore {
    type Item = ScriptItem;

    fn push(&mut self, entry: ScriptItem) {
        match self {
            Self::Fifo(store) => store.push(entry),
            Self::Lifo(store) => store.push(entry),
            Self::Smallest(store, came) => {
                *came += 1;
                store.push(Ranked { entry, came: *came });
            }
        }
    }

    fn pop(&mut self) -> Option<ScriptItem> {
        match self {
            Self::Fifo(store) => store.pop(),
            Self::Lifo(store) => store.pop(),
            Self::Smallest(store, _) => store.pop().map(|ranked| ranked.entry),
        }
    }
}

/// What an agent has handles to, in order of their addresses.
pub(crate) struct Handles(UnsafeCell<Vec<Entry>>);

struct Entry {
    object: Arc<Shared>,
    /// JavaScript may make a new handle before it lets go of one that it collects.
    count: u32,
}

impl Handles {
    pub(crate) fn new() -> Self {
        Self(UnsafeCell::new(Vec::new()))
    }

    /// One more handle to `object`. Only for the agent itself.
    pub(crate) fn add(&self, object: Arc<Shared>) {
        self.change(|entries| match find(entries, Arc::as_ptr(&object)) {
            Ok(at) => entries[at].count += 1,
            Err(at) => entries.insert(at, Entry { object, count: 1 }),
        });
    }

    /// One handle less. Only for the agent itself.
    pub(crate) fn remove(&self, object: *const Shared) {
        let last = self.change(|entries| {
            let at = find(entries, object).ok()?;
            entries[at].count -= 1;
            (entries[at].count == 0).then(|| entries.remove(at))
        });
        drop(last);
    }

    /// The agent is gone, and its handles with it. Only for who knows that.
    pub(crate) fn clear(&self) {
        drop(self.change(std::mem::take));
    }

    fn change<R>(&self, change: impl FnOnce(&mut Vec<Entry>) -> R) -> R {
        self.0.with_mut(|entries| {
            // SAFETY: only the agent itself, which is one thread, touches them; and, when it is gone, its spawner.
            change(unsafe { &mut *entries })
        })
    }
}

fn find(entries: &[Entry], object: *const Shared) -> Result<usize, usize> {
    entries.binary_search_by_key(&object.addr(), |entry| Arc::as_ptr(&entry.object).addr())
}

/// Lets go of the objects whose addresses stand in `list`, four bytes each, behind a message that nobody needs any more.
///
/// # Safety
///
/// Each of them was retained for that message.
pub(crate) unsafe fn give_back(list: &[u8]) {
    for address in list.as_chunks::<4>().0 {
        let address = u32::from_ne_bytes(*address) as usize;
        let object = std::ptr::with_exposed_provenance::<Shared>(address);
        // SAFETY: as above.
        drop(unsafe { Arc::from_raw(object) });
    }
}
