//! Locks and queues that Rust and JavaScript of one module use together, on the page and on threads.
#![cfg(target_arch = "wasm32")]

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use concurrent_futures::asyncio::sleep;
use concurrent_futures::sync::{
    Barrier, BoundedSemaphore, Condition, Event, LifoQueue, Lock, PriorityQueue, Queue, RLock,
    Semaphore,
};
use concurrent_futures::{Error, InJavaScript, JsItem, ThreadPoolExecutor, sync_classes};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(inline_js = "
// A read and a write with a gap between them: without a lock, updates are lost.
function addOne(memory, address) {
  const words = new Int32Array(memory.buffer);
  const before = words[address / 4];
  for (let n = 0; n < 200; n++) Atomics.load(words, address / 4);
  words[address / 4] = before + 1;
}

export function countBlocking(lock, memory, address, rounds) {
  for (let n = 0; n < rounds; n++) lock.heldSync(() => addOne(memory, address));
}

export async function countAwaiting(lock, memory, address, rounds) {
  for (let n = 0; n < rounds; n++) await lock.held(() => addOne(memory, address));
}

export const make = (classes, name, ...args) => new classes[name](...args);
export const nameOf = handle => handle.constructor.name;

export function fill(queue, count) {
  for (let n = 0; n < count; n++) queue.putSync({ n, from: 'JavaScript' });
}

export async function drain(queue, count) {
  let sum = 0;
  for (let n = 0; n < count; n++) {
    sum += (await queue.get()).n;
    queue.taskDone();
  }
  return sum;
}

export const item = n => ({ n, from: 'Rust' });
export const numberIn = item => item.n;
export const put = (queue, item) => queue.putNowait(item);
export const get = queue => queue.getNowait();
export const wrap = lock => ({ lock });
export const lockedIn = item => item.lock.locked();
export const set = event => event.set();
export const notify = condition => condition.heldSync(() => condition.notifyAll());
export const arrive = barrier => barrier.waitSync();
export const release = semaphore => semaphore.release();
export const acquireNow = lock => lock.acquireSync(0);
export const refusedBy = call => { try { call(); } catch (error) { return error.name; } };
export const refusal = (handle, method) => refusedBy(() => handle[method]());
")]
extern "C" {
    #[wasm_bindgen(js_name = countBlocking)]
    fn count_blocking(lock: &JsValue, memory: &JsValue, address: usize, rounds: u32);
    #[wasm_bindgen(js_name = countAwaiting)]
    fn count_awaiting(
        lock: &JsValue,
        memory: &JsValue,
        address: usize,
        rounds: u32,
    ) -> js_sys::Promise;
    #[wasm_bindgen(variadic)]
    fn make(classes: &js_sys::Object, name: &str, args: Box<[JsValue]>) -> JsValue;
    #[wasm_bindgen(js_name = nameOf)]
    fn name_of(handle: &JsValue) -> String;
    fn fill(queue: &JsValue, count: u32);
    fn drain(queue: &JsValue, count: u32) -> js_sys::Promise;
    fn item(n: u32) -> JsValue;
    #[wasm_bindgen(js_name = numberIn)]
    fn number_in(item: &JsValue) -> u32;
    fn put(queue: &JsValue, item: &JsValue);
    fn get(queue: &JsValue) -> JsValue;
    fn wrap(lock: &JsValue) -> JsValue;
    #[wasm_bindgen(js_name = lockedIn)]
    fn locked_in(item: &JsValue) -> bool;
    fn set(event: &JsValue);
    fn notify(condition: &JsValue);
    fn arrive(barrier: &JsValue) -> u32;
    fn release(semaphore: &JsValue);
    #[wasm_bindgen(js_name = acquireNow)]
    fn acquire_now(lock: &JsValue) -> bool;
    fn refusal(handle: &JsValue, method: &str) -> Option<String>;
}

const ROUNDS: u32 = 300;

/// What [`addOne`](count_blocking) does, in Rust.
fn add_one(counter: &AtomicU32) {
    let before = counter.load(Ordering::Relaxed);
    for _ in 0..200 {
        counter.load(Ordering::Relaxed);
    }
    counter.store(before + 1, Ordering::Relaxed);
}

/// Rust on a thread, JavaScript on a thread, Rust on the page and JavaScript on the page, all at one counter.
async fn contend(lock: Lock, counter: &'static AtomicU32) {
    let address = std::ptr::from_ref(counter).addr();
    let pool = ThreadPoolExecutor::new(2).unwrap();
    let in_rust = pool.submit({
        let lock = lock.clone();
        move || {
            for _ in 0..ROUNDS {
                let _held = lock.acquire(None).unwrap();
                add_one(counter);
            }
        }
    });
    let in_javascript = pool.submit({
        let lock = lock.clone();
        move || {
            let handle = lock.to_js().unwrap();
            count_blocking(&handle, &wasm_bindgen::memory(), address, ROUNDS);
        }
    });
    let handle = lock.to_js().unwrap();
    let awaiting = count_awaiting(&handle, &wasm_bindgen::memory(), address, ROUNDS);
    for _ in 0..ROUNDS {
        let _held = lock.acquire_async(None).await.unwrap();
        add_one(counter);
    }
    JsFuture::from(awaiting).await.unwrap();
    in_rust.unwrap().await.unwrap();
    in_javascript.unwrap().await.unwrap();
    assert_eq!(counter.load(Ordering::Relaxed), 4 * ROUNDS);
    pool.shutdown_async(false).await;
}

#[wasm_bindgen_test]
async fn rust_and_javascript_contend_for_a_lock_of_rust_and_no_update_is_lost() {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    contend(Lock::new(), &COUNTER).await;
}

#[wasm_bindgen_test]
async fn rust_and_javascript_contend_for_a_lock_of_javascript_and_no_update_is_lost() {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let lock = make(&sync_classes().unwrap(), "Lock", Box::new([]));
    contend(Lock::from_js(&lock).unwrap(), &COUNTER).await;
    assert!(acquire_now(&lock), "it is free again");
    assert!(Lock::from_js(&lock).unwrap().locked());
}

#[wasm_bindgen_test]
async fn a_queue_carries_items_from_javascript_to_rust_and_back() {
    let pool = ThreadPoolExecutor::new(2).unwrap();
    // So small that both sides wait for each other.
    let [there, back] = [(); 2].map(|()| Queue::<JsItem>::new(2));
    let filled = pool.submit({
        let there = there.clone();
        move || fill(&there.to_js().unwrap(), 100)
    });
    let doubled = pool.submit({
        let (there, back) = (there.clone(), back.clone());
        move || {
            for _ in 0..100 {
                let n = number_in(&there.get(None).unwrap().value().unwrap());
                there.task_done().unwrap();
                let doubled = JsItem::new(&item(2 * n)).unwrap();
                back.put(doubled, None).unwrap();
            }
        }
    });
    let sum = JsFuture::from(drain(&back.to_js().unwrap(), 100)).await;
    assert_eq!(sum.unwrap().as_f64(), Some(9900.0));
    filled.unwrap().await.unwrap();
    doubled.unwrap().await.unwrap();
    there.join_async().await.unwrap();
    back.join_async().await.unwrap();
    there.shutdown(false);
    assert_eq!(
        refusal(&there.to_js().unwrap(), "getNowait").as_deref(),
        Some("ShutDown")
    );
    pool.shutdown_async(false).await;
}

#[wasm_bindgen_test]
fn queues_give_items_of_both_in_their_order() {
    let numbers = [2, 3, 1];
    let fifo = Queue::<JsItem>::new(0);
    let lifo = LifoQueue::<JsItem>::new(5);
    let smallest = PriorityQueue::<JsItem>::new(0);
    let handles = [
        fifo.to_js().unwrap(),
        lifo.to_js().unwrap(),
        smallest.to_js().unwrap(),
    ];
    for (turn, n) in numbers.iter().enumerate() {
        let value = JsValue::from(*n);
        if turn % 2 == 0 {
            for handle in &handles {
                put(handle, &value);
            }
            continue;
        }
        fifo.put_nowait(JsItem::new(&value).unwrap()).unwrap();
        lifo.put_nowait(JsItem::new(&value).unwrap()).unwrap();
        smallest.put_nowait(JsItem::new(&value).unwrap()).unwrap();
    }
    let value = |item: Result<JsItem, Error>| item.unwrap().value().unwrap();
    let first_in = numbers.map(|_| value(fifo.get_nowait()));
    let last_in = numbers.map(|_| get(&handles[1]));
    let smallest_first = numbers.map(|_| value(smallest.get_nowait()));
    assert_eq!(first_in, [2, 3, 1].map(JsValue::from));
    assert_eq!(last_in, [1, 3, 2].map(JsValue::from));
    assert_eq!(smallest_first, [1, 2, 3].map(JsValue::from));
    let made = make(
        &sync_classes().unwrap(),
        "Queue",
        Box::new([JsValue::from(1)]),
    );
    let made = Queue::<JsItem>::from_js(&made).unwrap();
    made.put_nowait(JsItem::new(&JsValue::NULL).unwrap())
        .unwrap();
    assert!(made.full());
    assert_eq!(
        refusal(&made.to_js().unwrap(), "putNowait").as_deref(),
        Some("Full")
    );
}

#[wasm_bindgen_test]
async fn a_lock_in_an_item_is_the_same_lock_on_another_thread() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let (lock, queue) = (Lock::new(), Queue::<JsItem>::new(0));
    let _held = lock.acquire_async(None).await.unwrap();
    queue
        .put_nowait(JsItem::new(&wrap(&lock.to_js().unwrap())).unwrap())
        .unwrap();
    let locked = pool.submit(move || locked_in(&queue.get(None).unwrap().value().unwrap()));
    assert!(locked.unwrap().await.unwrap());
    pool.shutdown_async(false).await;
}

#[wasm_bindgen_test]
async fn events_conditions_barriers_and_semaphores_join_both() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let (event, condition, barrier) = (Event::new(), Condition::new(), Barrier::new(2));
    let (semaphore, bounded) = (Semaphore::new(0), BoundedSemaphore::new(1));
    let mut held = condition.acquire_async(None).await.unwrap();
    let other = pool.submit({
        let (event, condition, barrier) = (event.clone(), condition.clone(), barrier.clone());
        let (semaphore, bounded) = (semaphore.clone(), bounded.clone());
        move || {
            set(&event.to_js().unwrap());
            notify(&condition.to_js().unwrap());
            release(&semaphore.to_js().unwrap());
            let too_often = refusal(&bounded.to_js().unwrap(), "release");
            (too_often, arrive(&barrier.to_js().unwrap()))
        }
    });
    assert!(event.wait_async(None).await.unwrap());
    let notified = condition.wait_async(&mut held, None).await;
    assert!(notified.unwrap());
    drop(held);
    drop(semaphore.acquire_async(None).await.unwrap());
    // The other comes first, and waits.
    while barrier.n_waiting() == 0 {
        sleep(Duration::from_millis(1)).await;
    }
    let mine = barrier.wait_async(None).await.unwrap();
    let (too_often, theirs) = other.unwrap().await.unwrap();
    assert_eq!(too_often.as_deref(), Some("RangeError"));
    assert_eq!((mine, theirs), (1, 0));
    pool.shutdown_async(false).await;
}

#[wasm_bindgen_test]
fn each_handle_is_of_its_own_class_and_only_that_comes_back() {
    let handles = [
        ("Lock", Lock::new().to_js()),
        ("RLock", RLock::new().to_js()),
        ("Semaphore", Semaphore::new(1).to_js()),
        ("BoundedSemaphore", BoundedSemaphore::new(1).to_js()),
        ("Event", Event::new().to_js()),
        ("Condition", Condition::new().to_js()),
        ("Barrier", Barrier::new(1).to_js()),
        ("Queue", Queue::<JsItem>::new(0).to_js()),
        ("LifoQueue", LifoQueue::<JsItem>::new(0).to_js()),
        ("PriorityQueue", PriorityQueue::<JsItem>::new(0).to_js()),
    ];
    for (name, handle) in handles {
        let handle = handle.unwrap();
        assert_eq!(name_of(&handle), name);
        let taken = [
            Lock::from_js(&handle).is_ok(),
            RLock::from_js(&handle).is_ok(),
            Semaphore::from_js(&handle).is_ok(),
            BoundedSemaphore::from_js(&handle).is_ok(),
            Event::from_js(&handle).is_ok(),
            Condition::from_js(&handle).is_ok(),
            Barrier::from_js(&handle).is_ok(),
            Queue::from_js(&handle).is_ok(),
            LifoQueue::from_js(&handle).is_ok(),
            PriorityQueue::from_js(&handle).is_ok(),
        ];
        assert_eq!(taken.iter().filter(|is| **is).count(), 1, "{name}");
    }
    let error = Lock::from_js(&JsValue::from("a lock")).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("no Lock of this module's memory"),
        "{error}"
    );
    let error = Barrier::with_action(1, || {}).to_js().unwrap_err();
    assert!(error.to_string().contains("stays in Rust"), "{error}");
    let error = JsItem::new(&js_sys::Function::new_no_args("")).unwrap_err();
    assert!(matches!(error, Error::Codec(_)), "{error}");
}
