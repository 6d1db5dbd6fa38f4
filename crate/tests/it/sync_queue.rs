//! Queues between threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use concurrent_futures::sync::{LifoQueue, PriorityQueue, Queue, SyncError};
use concurrent_futures::{Error, ThreadPoolExecutor};
use pollster::block_on;

use crate::support::{LIMIT, MOMENT};

fn reason<T: std::fmt::Debug>(result: Result<T, impl Into<Error>>) -> SyncError {
    match result.map_err(Into::into) {
        Err(Error::Sync(error)) => error,
        other => panic!("it should have been refused, not {other:?}"),
    }
}

#[test]
fn items_come_out_in_the_order_of_the_queue() {
    let (fifo, lifo, smallest) = (Queue::new(0), LifoQueue::new(0), PriorityQueue::new(0));
    for n in [2, 3, 1] {
        fifo.put_nowait(n).unwrap();
        lifo.put_nowait(n).unwrap();
        smallest.put_nowait(n).unwrap();
    }
    assert_eq!([(); 3].map(|()| fifo.get_nowait().unwrap()), [2, 3, 1]);
    assert_eq!([(); 3].map(|()| lifo.get_nowait().unwrap()), [1, 3, 2]);
    assert_eq!([(); 3].map(|()| smallest.get_nowait().unwrap()), [1, 2, 3]);
    assert_eq!(reason(fifo.get_nowait()), SyncError::Empty);
    assert_eq!(reason(lifo.get(MOMENT)), SyncError::Empty);
    assert_eq!(
        reason(block_on(smallest.get_async(MOMENT))),
        SyncError::Empty
    );
}

#[test]
fn every_item_comes_out_once_whoever_puts_and_gets() {
    let pool = ThreadPoolExecutor::new(8).unwrap();
    let queue = Queue::new(3);
    let producers: Vec<_> = (0..4)
        .map(|producer| {
            let queue = queue.clone();
            pool.submit(move || {
                for n in 0..300 {
                    match producer {
                        0 => block_on(queue.put_async(n, None)).unwrap(),
                        _ => queue.put(n, None).unwrap(),
                    }
                }
            })
            .unwrap()
        })
        .collect();
    let consumers: Vec<_> = (0..4)
        .map(|consumer| {
            let queue = queue.clone();
            pool.submit(move || {
                let mut sum = 0;
                loop {
                    let item = match consumer {
                        0 => block_on(queue.get_async(None)),
                        _ => queue.get(None),
                    };
                    match item {
                        Ok(n) => sum += n,
                        Err(Error::Sync(SyncError::ShutDown)) => return sum,
                        Err(error) => panic!("{error}"),
                    }
                    assert!(queue.qsize() <= 3);
                    queue.task_done().unwrap();
                }
            })
            .unwrap()
        })
        .collect();
    for producer in producers {
        producer.result(LIMIT).unwrap();
    }
    queue.join().unwrap();
    queue.shutdown(false);
    let sum: u32 = consumers
        .into_iter()
        .map(|consumer| consumer.result(LIMIT).unwrap())
        .sum();
    assert_eq!(sum, 4 * (0..300).sum::<u32>());
}

#[test]
fn whoever_takes_without_waiting_stops_only_when_nothing_is_left() {
    for _ in 0..50 {
        let queue = Queue::new(0);
        for n in 0..100 {
            queue.put_nowait(n).unwrap();
        }
        let takers: Vec<_> = (0..4)
            .map(|_| {
                let queue = queue.clone();
                thread::spawn(move || {
                    while queue.get_nowait().is_ok() {}
                    assert!(queue.empty());
                })
            })
            .collect();
        for taker in takers {
            taker.join().unwrap();
        }
    }
}

#[test]
fn a_full_queue_gives_the_item_back() {
    let queue = Queue::new(1);
    queue.put(1, None).unwrap();
    assert!(queue.full() && !queue.empty());
    let refused = queue.put_nowait(2).unwrap_err();
    assert_eq!(refused.item, 2);
    assert_eq!(reason(Err::<(), _>(refused)), SyncError::Full);
    assert_eq!(reason(queue.put(2, MOMENT)), SyncError::Full);
    assert_eq!(
        reason(block_on(queue.put_async(2, MOMENT))),
        SyncError::Full
    );
    assert_eq!(queue.get(None).unwrap(), 1);
    queue.put(2, Duration::ZERO).unwrap();
}

#[test]
fn a_queue_that_is_shut_down_gives_what_it_has_and_then_refuses() {
    let queue = Queue::new(2);
    queue.put(1, None).unwrap();
    queue.shutdown(false);
    assert_eq!(reason(queue.put(2, None)), SyncError::ShutDown);
    assert_eq!(queue.get(None).unwrap(), 1);
    assert_eq!(reason(queue.get(None)), SyncError::ShutDown);
    assert_eq!(reason(queue.get_nowait()), SyncError::ShutDown);
}

#[test]
fn an_immediate_shutdown_drops_what_is_in_and_wakes_everybody() {
    struct Item(Arc<AtomicU32>);
    impl Drop for Item {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let dropped = Arc::new(AtomicU32::new(0));
    let (full, empty) = (Queue::new(1), Queue::<u32>::new(0));
    assert!(full.put(Item(Arc::clone(&dropped)), None).is_ok());
    let waiters = [
        thread::spawn({
            let (full, item) = (full.clone(), Item(Arc::clone(&dropped)));
            move || {
                full.put(item, LIMIT)
                    .is_err_and(|error| error.error.to_string().contains("shut down"))
            }
        }),
        thread::spawn({
            let empty = empty.clone();
            move || reason(empty.get(LIMIT)) == SyncError::ShutDown
        }),
        thread::spawn({
            let full = full.clone();
            move || full.join().is_ok()
        }),
    ];
    full.shutdown(true);
    empty.shutdown(true);
    for waiter in waiters {
        assert!(waiter.join().unwrap());
    }
    assert_eq!(dropped.load(Ordering::SeqCst), 2);
    assert_eq!(full.qsize(), 0);
}

#[test]
fn tasks_are_done_as_often_as_items_were_put_and_no_more() {
    let queue = Queue::new(0);
    queue.join().unwrap();
    queue.put_nowait(1).unwrap();
    let joined = thread::spawn({
        let queue = queue.clone();
        move || {
            block_on(queue.join_async()).unwrap();
            queue.join().unwrap();
        }
    });
    assert_eq!(queue.get(None).unwrap(), 1);
    queue.task_done().unwrap();
    joined.join().unwrap();
    let error = queue.task_done().unwrap_err();
    assert_eq!(error.to_string(), "task_done() called too many times");
}

#[test]
fn a_comparison_that_panics_leaves_the_queue_usable() {
    #[derive(PartialEq, Eq, Debug)]
    struct Moody(u32);
    impl PartialOrd for Moody {
        fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
            Some(self.cmp(other))
        }
    }
    impl Ord for Moody {
        fn cmp(&self, other: &Self) -> std::cmp::Ordering {
            assert!(self.0 != 13 && other.0 != 13, "unlucky");
            self.0.cmp(&other.0)
        }
    }
    let queue = PriorityQueue::new(0);
    queue.put_nowait(Moody(1)).unwrap();
    queue.put_nowait(Moody(13)).unwrap();
    let panicked = thread::spawn({
        let queue = queue.clone();
        move || queue.get_nowait()
    });
    assert!(panicked.join().is_err());
    queue
        .put_nowait(Moody(0))
        .unwrap_or_else(|_| panic!("full"));
    let other = thread::spawn(move || queue.qsize());
    assert_eq!(other.join().unwrap(), 3);
}
