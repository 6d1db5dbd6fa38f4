//! Conditions and barriers between threads.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;

use concurrent_futures::Error;
use concurrent_futures::sync::{Barrier, Condition, Lock, RLock, SyncError};
use pollster::block_on;

use crate::support::{LIMIT, MOMENT};

fn is_broken<T: std::fmt::Debug>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::Sync(SyncError::BrokenBarrier)))
}

#[test]
fn a_notification_wakes_one_and_the_oldest_first() {
    let condition = Condition::new();
    let (woken, wakes) = channel();
    let mut waiters = Vec::new();
    for n in 0..3 {
        let (entered, has_entered) = channel();
        waiters.push(thread::spawn({
            let (condition, woken) = (condition.clone(), woken.clone());
            move || {
                let mut held = condition.acquire(None).unwrap();
                entered.send(()).unwrap();
                assert!(condition.wait(&mut held, LIMIT).unwrap());
                woken.send(n).unwrap();
            }
        }));
        has_entered.recv().unwrap();
        // Whoever has the lock now knows that the waiter is in the line.
        drop(condition.acquire(None).unwrap());
    }
    for n in 0..3 {
        let held = condition.acquire(None).unwrap();
        condition.notify(&held, 1).unwrap();
        drop(held);
        assert_eq!(wakes.recv_timeout(LIMIT).unwrap(), n);
        assert!(wakes.try_recv().is_err());
    }
    for waiter in waiters {
        waiter.join().unwrap();
    }
}

#[test]
fn producers_and_consumers_meet_over_one_lock_with_two_conditions() {
    let lock = Lock::new();
    let (filled, freed) = (Condition::with_lock(&lock), Condition::with_lock(&lock));
    let items = Arc::new(Mutex::new(VecDeque::new()));
    let producer = thread::spawn({
        let (filled, freed, items) = (filled.clone(), freed.clone(), Arc::clone(&items));
        move || {
            for n in 0..500 {
                let mut held = freed.acquire(None).unwrap();
                let space = || items.lock().unwrap().len() < 3;
                assert!(freed.wait_for(&mut held, LIMIT, space).unwrap());
                items.lock().unwrap().push_back(n);
                filled.notify(&held, 1).unwrap();
            }
        }
    });
    for n in 0..500 {
        let mut held = filled.acquire(None).unwrap();
        let some = || !items.lock().unwrap().is_empty();
        let in_time = match n % 2 {
            0 => filled.wait_for(&mut held, LIMIT, some),
            _ => block_on(filled.wait_for_async(&mut held, LIMIT, some)),
        };
        assert!(in_time.unwrap());
        assert_eq!(items.lock().unwrap().pop_front(), Some(n));
        freed.notify(&held, 1).unwrap();
    }
    producer.join().unwrap();
}

#[test]
fn a_wait_that_takes_too_long_has_the_lock_again_as_often_as_before() {
    let lock = RLock::new();
    let condition = Condition::with_rlock(&lock);
    let outer = lock.acquire(None).unwrap();
    let mut held = condition.acquire(None).unwrap();
    assert!(!condition.wait(&mut held, MOMENT).unwrap());
    assert!(!block_on(condition.wait_async(&mut held, MOMENT)).unwrap());
    assert!(!condition.wait_for(&mut held, MOMENT, || false).unwrap());
    // Nobody waits any more: this is for nobody.
    condition.notify_all(&held).unwrap();
    drop(held);
    assert!(lock.locked());
    drop(outer);
    assert!(!lock.locked());
}

#[test]
fn a_guard_of_another_lock_is_refused() {
    let (one, two) = (Condition::new(), Condition::new());
    let mut held = one.acquire(None).unwrap();
    for error in [
        two.notify(&held, 1).unwrap_err(),
        two.wait(&mut held, MOMENT).unwrap_err(),
    ] {
        assert!(matches!(error, Error::Sync(SyncError::NotHeld(_))));
    }
}

#[test]
fn a_barrier_lets_all_go_round_after_round_and_runs_its_action_before() {
    let rounds = Arc::new(AtomicU32::new(0));
    let counting = Arc::clone(&rounds);
    let barrier = Barrier::with_action(4, move || {
        counting.fetch_add(1, Ordering::SeqCst);
    });
    let threads: Vec<_> = (0..4)
        .map(|n| {
            let (barrier, rounds) = (barrier.clone(), Arc::clone(&rounds));
            thread::spawn(move || {
                let mut numbers = 0;
                for round in 1..=200 {
                    let number = match n {
                        0 => block_on(barrier.wait_async(LIMIT)).unwrap(),
                        _ => barrier.wait(LIMIT).unwrap(),
                    };
                    numbers += number;
                    assert!(rounds.load(Ordering::SeqCst) >= round);
                }
                numbers
            })
        })
        .collect();
    let sum: u32 = threads.into_iter().map(|one| one.join().unwrap()).sum();
    assert_eq!(sum, 200 * (1 + 2 + 3));
    assert_eq!(rounds.load(Ordering::SeqCst), 200);
    assert_eq!((barrier.n_waiting(), barrier.broken()), (0, false));
}

#[test]
fn whoever_comes_too_late_finds_the_barrier_broken_until_it_is_reset() {
    let barrier = Barrier::new(2);
    assert!(is_broken(&barrier.wait(MOMENT)));
    assert!(barrier.broken());
    assert!(is_broken(&barrier.wait(LIMIT)));
    barrier.reset();
    assert!(!barrier.broken());
    assert!(is_broken(&block_on(barrier.wait_async(MOMENT))));
    barrier.reset();
    let other = barrier.clone();
    let waiter = thread::spawn(move || other.wait(LIMIT));
    let own = barrier.wait(LIMIT).unwrap();
    assert_eq!(own + waiter.join().unwrap().unwrap(), 1);
}

#[test]
fn an_abort_and_a_reset_send_those_away_who_wait() {
    for reset in [false, true] {
        let barrier = Barrier::new(3);
        let other = barrier.clone();
        let waiter = thread::spawn(move || other.wait(LIMIT));
        while barrier.n_waiting() == 0 {
            thread::yield_now();
        }
        if reset {
            barrier.reset();
        } else {
            barrier.abort();
        }
        assert!(is_broken(&waiter.join().unwrap()));
        assert_eq!(barrier.broken(), !reset);
    }
}

#[test]
fn an_action_that_panics_breaks_the_barrier() {
    let barrier = Barrier::with_action(2, || panic!("on purpose"));
    let other = barrier.clone();
    let waiter = thread::spawn(move || catch_unwind(AssertUnwindSafe(|| other.wait(LIMIT))));
    let own = catch_unwind(AssertUnwindSafe(|| barrier.wait(LIMIT)));
    let other = waiter.join().unwrap();
    let ((Err(_), Ok(refused)) | (Ok(refused), Err(_))) = (&own, &other) else {
        panic!("one of them should have run the action");
    };
    assert!(is_broken(refused) && barrier.broken());
}

#[test]
fn a_party_that_is_dropped_while_it_waits_breaks_the_barrier() {
    let barrier = Barrier::new(2);
    {
        let mut wait = Box::pin(barrier.wait_async(None));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(wait.as_mut().poll(&mut context).is_pending());
        assert_eq!(barrier.n_waiting(), 1);
    }
    assert!(barrier.broken());
    barrier.reset();
    assert_eq!((barrier.n_waiting(), barrier.broken()), (0, false));
}
