//! Locks, queues and their like in both languages: one object in the memory of the module, a handle in Rust and one in
//! JavaScript.

use std::sync::Arc;

use wasm_bindgen::prelude::*;

use crate::bytes::Bytes;
use crate::error::Error;
use crate::platform::web_runtime::{in_words, isolated, start};
use crate::sync::shared::{JsItem, Shared};
use crate::sync::{
    Barrier, BoundedSemaphore, Condition, Event, LifoQueue, Lock, PriorityQueue, Queue, RLock,
    Semaphore,
};

#[wasm_bindgen(module = "/js/snippet.js")]
extern "C" {
    /// This agent's handle for an object that somebody keeps meanwhile.
    #[wasm_bindgen(catch, js_name = handleOf)]
    fn handle_of(kind: u32, address: usize, more: JsValue) -> Result<JsValue, JsValue>;

    /// The address of the object behind a handle; 0 where it is none of this kind, in this memory.
    #[wasm_bindgen(js_name = addressOf)]
    fn address_of(handle: &JsValue, kind: u32) -> usize;

    /// Encodes a value: address and length of its block, and of that by which it is ordered.
    #[wasm_bindgen(catch, js_name = packItem)]
    fn pack_item(value: &JsValue) -> Result<Vec<u32>, JsValue>;

    /// Decodes a block, which stays Rust's.
    #[wasm_bindgen(catch, js_name = openItem)]
    fn open_item(block: usize, length: usize) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = syncClasses)]
    fn classes() -> js_sys::Object;
}

/// What Rust and JavaScript of one module use together: a lock that Rust made is a `Lock` in JavaScript, and one that
/// JavaScript made is a [`Lock`] in Rust; whoever has it in either language, on whatever page or thread of the module,
/// holds the same lock.
///
/// JavaScript's objects are those of the npm package's `concurrent-futures/sync`, with its names and meaning:
/// `await lock.acquire()`, in workers `lock.acquireSync()`. One belongs to the agent where it was made; to take it to
/// another thread, move the handle of Rust there and call `to_js` again.
///
/// Queues are those of [`JsItem`], since items of other types are Rust's alone. A [`Barrier`] with an action stays in
/// Rust.
///
/// ```ignore
/// use concurrent_futures::sync::{Lock, Queue};
/// use concurrent_futures::{InJavaScript, JsItem, ThreadPoolExecutor};
///
/// #[wasm_bindgen(module = "/js/work.js")]
/// extern "C" {
///     /// `export const work = (lock, items) => lock.heldSync(() => items.putNowait('from JavaScript'));`
///     fn work(lock: &JsValue, items: &JsValue);
/// }
///
/// let (lock, items) = (Lock::new(), Queue::<JsItem>::new(0));
/// let pool = ThreadPoolExecutor::new(1)?;
/// pool.submit({
///     let (lock, items) = (lock.clone(), items.clone());
///     move || work(&lock.to_js().unwrap(), &items.to_js().unwrap())
/// })?
/// .await?;
/// let _held = lock.acquire_async(None).await?;
/// assert_eq!(items.get_nowait()?.value()?, "from JavaScript");
/// ```
pub trait InJavaScript: Sized + sealed::Sealed {
    /// A handle of JavaScript to the same object.
    ///
    /// # Errors
    ///
    /// [`Error::NotIsolated`] where memory cannot be shared; [`Error::Value`] for a barrier with an action, and where this
    /// agent cannot be one of the runtime.
    ///
    /// ```ignore
    /// show(&Lock::new().to_js()?);
    /// ```
    fn to_js(&self) -> Result<JsValue, Error>;

    /// A handle of Rust to the object that a handle of JavaScript stands for.
    ///
    /// # Errors
    ///
    /// [`Error::Value`] where `handle` is none of this kind, or lives in another memory, as that of the npm package is.
    ///
    /// ```ignore
    /// #[wasm_bindgen]
    /// pub fn guard(lock: JsValue) -> Result<(), JsError> {
    ///     let lock = Lock::from_js(&lock)?;
    ///     pool().submit(move || drop(lock.acquire(None)))?;
    ///     Ok(())
    /// }
    /// ```
    fn from_js(handle: &JsValue) -> Result<Self, Error>;
}

mod sealed {
    pub trait Sealed {}
}

/// The classes of `concurrent-futures/sync` for this module's own memory, as one object in JavaScript: `Lock`, `RLock`,
/// `Semaphore`, `BoundedSemaphore`, `Event`, `Condition`, `Barrier`, `Queue`, `LifoQueue`, `PriorityQueue`,
/// `SharedCounter`, `SharedArray`, and the errors. It is for JavaScript that makes such objects and gives them to Rust.
///
/// # Errors
///
/// [`Error::NotIsolated`] where memory cannot be shared.
///
/// ```ignore
/// /// In JavaScript: `const { Lock } = sync(); guard(new Lock());`
/// #[wasm_bindgen]
/// pub fn sync() -> Result<js_sys::Object, JsError> {
///     Ok(concurrent_futures::sync_classes()?)
/// }
/// ```
pub fn sync_classes() -> Result<js_sys::Object, Error> {
    prepare()?;
    Ok(classes())
}

impl JsItem {
    /// Encodes `value`, which crosses as arguments of tasks do: a copy, but for what is shared, as locks and queues are.
    ///
    /// # Errors
    ///
    /// [`Error::Codec`] where it cannot cross, with the path of what in it cannot; [`Error::NotIsolated`].
    ///
    /// ```ignore
    /// queue.put_async(JsItem::new(&JsValue::from(7))?, None).await?;
    /// ```
    pub fn new(value: &JsValue) -> Result<Self, Error> {
        prepare()?;
        let packed =
            pack_item(value).map_err(|error| Error::Codec(in_words(&error).to_string()))?;
        let word = |at: usize| packed.get(at).map_or(0, |word| *word as usize);
        // SAFETY: both blocks are new, and ours from here on.
        let [item, key] = [0, 2].map(|at| unsafe {
            Bytes::from_raw(
                std::ptr::with_exposed_provenance_mut(word(at)),
                word(at + 1),
            )
        });
        let item =
            item.ok_or_else(|| Error::Codec("the item came without its bytes".to_owned()))?;
        Ok(Self::of(item, key))
    }

    /// The value, decoded anew each time.
    ///
    /// # Errors
    ///
    /// [`Error::Codec`] where it is of a class that this agent does not know.
    ///
    /// ```ignore
    /// assert_eq!(queue.get(None)?.value()?.as_f64(), Some(7.0));
    /// ```
    pub fn value(&self) -> Result<JsValue, Error> {
        prepare()?;
        let (address, length) = self.item.whole();
        open_item(address, length).map_err(|error| Error::Codec(in_words(&error).to_string()))
    }
}

fn prepare() -> Result<(), Error> {
    if !isolated() {
        return Err(Error::NotIsolated("a lock, or a queue, in JavaScript"));
    }
    start()
}

fn to_js(kind: u32, object: Shared, more: JsValue) -> Result<JsValue, Error> {
    prepare()?;
    let object = Arc::new(object);
    let address = Arc::as_ptr(&object).expose_provenance();
    // The handle has a reference of its own when this is done.
    handle_of(kind, address, more).map_err(|error| in_words(&error))
}

fn shared(handle: &JsValue, kind: u32, name: &str) -> Result<Arc<Shared>, Error> {
    prepare()?;
    let object = std::ptr::with_exposed_provenance::<Shared>(address_of(handle, kind));
    if object.is_null() {
        return Err(Error::Value(format!(
            "this is no {name} of this module's memory: make one of `sync_classes()`, or in Rust"
        )));
    }
    // SAFETY: the handle keeps the object; the count is raised before the reference is made.
    Ok(unsafe {
        Arc::increment_strong_count(object);
        Arc::from_raw(object)
    })
}

macro_rules! in_javascript {
    ($($name:ident $(<$item:ident>)?, $kind:literal, $variant:ident, |$own:ident| $more:expr;)+) => {$(
        impl sealed::Sealed for $name $(<$item>)? {}

        impl InJavaScript for $name $(<$item>)? {
            fn to_js(&self) -> Result<JsValue, Error> {
                let $own = self;
                let more = $more;
                to_js($kind, Shared::$variant(Arc::clone(&self.0)), more.into())
            }

            fn from_js(handle: &JsValue) -> Result<Self, Error> {
                match &*shared(handle, $kind, stringify!($name))? {
                    Shared::$variant(raw) => Ok(Self(Arc::clone(raw))),
                    _ => Err(Error::Value(concat!("this is no ", stringify!($name)).to_owned())),
                }
            }
        }
    )+};
}

// The kinds are those of `cf_sync_new`; what crosses besides is the `more` of the class.
in_javascript! {
    Lock, 0, Lock, |_own| 0;
    RLock, 1, Lock, |_own| 0;
    Semaphore, 2, Semaphore, |_own| 0;
    BoundedSemaphore, 3, Semaphore, |_own| 0;
    Event, 4, Event, |_own| 0;
    Condition, 5, Condition, |_own| 0;
    Queue<JsItem>, 7, Queue, |own| own.0.maxsize();
    LifoQueue<JsItem>, 8, LifoQueue, |own| own.0.maxsize();
    PriorityQueue<JsItem>, 9, PriorityQueue, |own| own.0.maxsize();
}

impl sealed::Sealed for Barrier {}

impl InJavaScript for Barrier {
    fn to_js(&self) -> Result<JsValue, Error> {
        let raw = self.raw().ok_or_else(|| {
            Error::Value(
                "a Barrier with an action stays in Rust: let the party with the number 0 do it"
                    .to_owned(),
            )
        })?;
        // Without a time-out of its own.
        to_js(6, Shared::Barrier(Arc::clone(raw)), JsValue::UNDEFINED)
    }

    fn from_js(handle: &JsValue) -> Result<Self, Error> {
        match &*shared(handle, 6, "Barrier")? {
            Shared::Barrier(raw) => Ok(Self::of(Arc::clone(raw))),
            _ => Err(Error::Value("this is no Barrier".to_owned())),
        }
    }
}
