//! What JavaScript's handles stand for: an object in pool memory, and who keeps it.
//!
//! | who                              | keeps it by                                                      |
//! |----------------------------------|------------------------------------------------------------------|
//! | an agent with a handle           | an entry in its [`Handles`], gone with the handle or the agent   |
//! | a message that is on its way     | its address behind the message's bytes, gone with the block      |
//! | a condition                      | its own reference to the lock                                    |

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{self, AtomicU64};

use super::barrier::RawBarrier;
use super::condition::RawCondition;
use super::event::RawEvent;
use super::gate::Gate;
use super::lock::RawLock;
use super::queue::{Fifo, Lifo, Look, RawQueue, Smallest, Store};
use super::semaphore::RawSemaphore;
use crate::bytes::Bytes;
use crate::error::Error;
use crate::platform::UnsafeCell;
use crate::pool::Pool;

/// An object that JavaScript shares between agents.
pub(crate) enum Shared {
    Lock(Arc<RawLock>),
    Semaphore(Arc<RawSemaphore>),
    Event(Arc<RawEvent>),
    Condition(Arc<RawCondition>),
    Barrier(Arc<RawBarrier>),
    Queue(Arc<RawQueue<Fifo<JsItem>>>),
    LifoQueue(Arc<RawQueue<Lifo<JsItem>>>),
    PriorityQueue(Arc<RawQueue<Smallest<JsItem>>>),
    /// Memory for counters and arrays.
    Memory(Bytes),
    /// A pool that an executor stands for.
    Pool(Arc<Pool>),
}

impl Shared {
    /// The queue that it is, if it is one.
    pub(crate) fn queue(&self) -> Option<&dyn ScriptQueue> {
        match self {
            Self::Queue(queue) => Some(&**queue),
            Self::LifoQueue(queue) => Some(&**queue),
            Self::PriorityQueue(queue) => Some(&**queue),
            _ => None,
        }
    }
}

/// A value of JavaScript as it lies in a queue: encoded, so that any agent of the same memory can open it, in JavaScript or
/// in Rust. A [`Queue`](crate::sync::Queue) of these is one for both: see [`InJavaScript`](crate::InJavaScript).
///
/// Items are equal, and ordered, as JavaScript's `PriorityQueue` orders them: numbers before strings, arrays by their first
/// items, and of equal ones the one that was made first goes first. What cannot be ordered goes before all else.
///
/// ```ignore
/// use concurrent_futures::{InJavaScript, JsItem, sync::Queue};
///
/// let queue = Queue::new(0);
/// queue.put_nowait(JsItem::new(&JsValue::from("from Rust"))?)?;
/// // In JavaScript: console.log(queue.getNowait());   // from Rust
/// show(&queue.to_js()?);
/// ```
pub struct JsItem {
    pub(crate) item: Bytes,
    pub(crate) key: Option<Bytes>,
    came: u64,
}

/// How many items were ever made.
static MADE: AtomicU64 = AtomicU64::new(0);

impl JsItem {
    /// `key` is what the item is ordered by, as bytes.
    pub(crate) fn of(item: Bytes, key: Option<Bytes>) -> Self {
        // Relaxed: only that each gets another number, and later ones of one agent a higher one.
        let came = MADE.fetch_add(1, atomic::Ordering::Relaxed);
        Self { item, key, came }
    }

    fn rank(&self) -> (&[u8], u64) {
        let key = self.key.as_ref().map_or(&[][..], Bytes::as_slice);
        (key, self.came)
    }
}

impl Ord for JsItem {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl PartialOrd for JsItem {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for JsItem {
    fn eq(&self, other: &Self) -> bool {
        self.rank() == other.rank()
    }
}

impl Eq for JsItem {}

impl fmt::Debug for JsItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<JsItem, {} bytes>", self.item.as_slice().len())
    }
}

/// What JavaScript does with a queue, whatever its order.
pub(crate) trait ScriptQueue {
    fn gate(&self, which: u32) -> &Gate;
    fn try_reserve(&self) -> Result<Option<()>, Error>;
    fn put(&self, item: JsItem);
    fn look(&self) -> Result<Look<JsItem>, Error>;
    fn task_done(&self) -> Result<(), Error>;
    fn finished(&self) -> Option<()>;
    fn shut_down(&self, immediate: bool);
    fn len(&self) -> usize;
    fn is_full(&self) -> bool;
}

impl<S: Store<Item = JsItem>> ScriptQueue for RawQueue<S> {
    fn gate(&self, which: u32) -> &Gate {
        match which {
            0 => self.items(),
            1 => self.space(),
            _ => self.all_done(),
        }
    }

    fn try_reserve(&self) -> Result<Option<()>, Error> {
        self.try_reserve()
    }

    fn put(&self, item: JsItem) {
        self.put(item);
    }

    fn look(&self) -> Result<Look<JsItem>, Error> {
        self.look()
    }

    fn task_done(&self) -> Result<(), Error> {
        self.task_done()
    }

    fn finished(&self) -> Option<()> {
        self.finished()
    }

    fn shut_down(&self, immediate: bool) {
        self.shut_down(immediate);
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn is_full(&self) -> bool {
        self.is_full()
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
