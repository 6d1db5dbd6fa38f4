//! Locks, semaphores and events between threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use concurrent_futures::sync::{BoundedSemaphore, Event, Lock, RLock, Semaphore, SyncError};
use concurrent_futures::{Error, ThreadPoolExecutor};
use pollster::block_on;

use crate::support::{LIMIT, MOMENT};

/// Adds one in two steps, which only a lock makes one.
fn add(count: &AtomicU32) {
    let before = count.load(Ordering::Relaxed);
    thread::yield_now();
    count.store(before + 1, Ordering::Relaxed);
}

#[test]
fn a_lock_lets_one_thread_in_at_a_time() {
    let pool = ThreadPoolExecutor::new(4).unwrap();
    let (lock, count) = (Lock::new(), Arc::new(AtomicU32::new(0)));
    let futures: Vec<_> = (0..4)
        .map(|worker| {
            let (lock, count) = (lock.clone(), Arc::clone(&count));
            pool.submit(move || {
                for _ in 0..500 {
                    let held = match worker {
                        0 => block_on(lock.acquire_async(None)),
                        _ => lock.acquire(None),
                    };
                    add(&count);
                    drop(held.unwrap());
                }
            })
            .unwrap()
        })
        .collect();
    for future in futures {
        future.result(LIMIT).unwrap();
    }
    assert_eq!(count.load(Ordering::Relaxed), 2000);
    assert!(!lock.locked());
}

#[test]
fn a_lock_is_not_taken_twice_and_says_how_long_was_waited() {
    let lock = Lock::new();
    let held = lock.acquire(None).unwrap();
    assert!(lock.try_acquire().unwrap().is_none());
    let error = lock.acquire(MOMENT).unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(error.to_string(), "not there after 0.02 s");
    let error = block_on(lock.acquire_async(MOMENT)).unwrap_err();
    assert!(error.is_timeout());
    assert!(lock.acquire(Duration::ZERO).unwrap_err().is_timeout());
    assert_eq!(format!("{lock:?}"), "<locked Lock>");
    drop(held);
    drop(lock.acquire(Duration::ZERO).unwrap());
    assert_eq!(format!("{lock:?}"), "<unlocked Lock>");
}

#[test]
fn a_lock_is_released_by_anybody_but_only_while_it_is_held() {
    let lock = Lock::new();
    let error = lock.release().unwrap_err();
    assert!(matches!(error, Error::Sync(SyncError::NotHeld(_))));
    std::mem::forget(lock.acquire(None).unwrap());
    let other = lock.clone();
    thread::spawn(move || other.release().unwrap())
        .join()
        .unwrap();
    assert!(!lock.locked());
}

#[test]
fn a_guard_releases_when_its_thread_panics() {
    let lock = Lock::new();
    let other = lock.clone();
    let panicked = thread::spawn(move || {
        let _held = other.acquire(None).unwrap();
        panic!("on purpose");
    });
    assert!(panicked.join().is_err());
    assert!(!lock.locked());
}

#[test]
fn an_rlock_is_taken_again_by_its_holder_and_by_nobody_else() {
    let lock = RLock::new();
    let once = lock.acquire(None).unwrap();
    let twice = lock.try_acquire().unwrap().unwrap();
    let other = lock.clone();
    let taken = thread::spawn(move || other.try_acquire().unwrap().is_some());
    assert!(!taken.join().unwrap());
    drop(once);
    assert!(lock.locked());
    drop(twice);
    let other = lock.clone();
    let taken = thread::spawn(move || other.try_acquire().unwrap().is_some());
    assert!(taken.join().unwrap());
}

#[test]
fn a_semaphore_lets_so_many_in() {
    let pool = ThreadPoolExecutor::new(6).unwrap();
    let (places, inside, most) = (Semaphore::new(2), AtomicU32::new(0), AtomicU32::new(0));
    let shared = Arc::new((places.clone(), inside, most));
    let futures: Vec<_> = (0..6)
        .map(|worker| {
            let shared = Arc::clone(&shared);
            pool.submit(move || {
                let (places, inside, most) = &*shared;
                for _ in 0..100 {
                    let permit = match worker {
                        0 => block_on(places.acquire_async(None)).unwrap(),
                        _ => places.acquire(None).unwrap(),
                    };
                    let now = inside.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(now, Ordering::SeqCst);
                    thread::yield_now();
                    inside.fetch_sub(1, Ordering::SeqCst);
                    drop(permit);
                }
            })
            .unwrap()
        })
        .collect();
    for future in futures {
        future.result(LIMIT).unwrap();
    }
    assert!(shared.2.load(Ordering::SeqCst) <= 2);
    // Whether two of them met was luck; that two places can be held at once is not.
    let held = [places.acquire(None).unwrap(), places.acquire(None).unwrap()];
    assert_eq!(places.value(), 0);
    drop(held);
    assert_eq!(places.value(), 2);
}

#[test]
fn a_semaphore_takes_releases_of_several_and_refuses_none_or_too_many() {
    let places = Semaphore::new(0);
    let waiters: Vec<_> = (0..3)
        .map(|_| {
            let places = places.clone();
            thread::spawn(move || places.acquire(LIMIT).unwrap().forget())
        })
        .collect();
    places.release(3).unwrap();
    for waiter in waiters {
        waiter.join().unwrap();
    }
    assert_eq!(places.value(), 0);
    assert!(places.acquire(MOMENT).unwrap_err().is_timeout());
    assert!(matches!(places.release(0), Err(Error::Value(_))));

    let bounded = BoundedSemaphore::new(2);
    let permit = bounded.acquire(None).unwrap();
    assert!(matches!(bounded.release(2), Err(Error::Value(_))));
    drop(permit);
    assert_eq!(bounded.value(), 2);
    assert!(matches!(bounded.release(1), Err(Error::Value(_))));
}

#[test]
fn an_event_lets_everybody_go_who_waits() {
    let event = Event::new();
    let waiters: Vec<_> = (0..4)
        .map(|n| {
            let event = event.clone();
            thread::spawn(move || match n {
                0 => block_on(event.wait_async(LIMIT)).unwrap(),
                _ => event.wait(LIMIT).unwrap(),
            })
        })
        .collect();
    event.set();
    for waiter in waiters {
        assert!(waiter.join().unwrap());
    }
    assert!(event.is_set() && event.wait(Duration::ZERO).unwrap());
    event.clear();
    assert!(!event.is_set() && !event.wait(MOMENT).unwrap());
    assert!(!block_on(event.wait_async(MOMENT)).unwrap());
}

#[test]
fn an_event_that_is_cleared_at_once_still_lets_those_go_who_waited() {
    let event = Event::new();
    for _ in 0..200 {
        let (waiting, is_waiting) = std::sync::mpsc::channel();
        let waiter = thread::spawn({
            let event = event.clone();
            move || {
                let mut wait = std::pin::pin!(event.wait_async(LIMIT));
                let waker = std::task::Waker::noop();
                let mut context = std::task::Context::from_waker(waker);
                assert!(wait.as_mut().poll(&mut context).is_pending());
                waiting.send(()).unwrap();
                block_on(wait).unwrap()
            }
        });
        is_waiting.recv().unwrap();
        event.set();
        event.clear();
        assert!(waiter.join().unwrap());
    }
}
