//! Models of locks, conditions, barriers and queues: nobody is forgotten, nobody comes in twice.

use super::{Arc, UnsafeCell, model, model_within, thread};
use crate::error::Error;
use crate::sync::{Barrier, Condition, Event, Lock, Queue, RLock, Semaphore, SyncError};

/// Something that only one thread may touch at a time; loom says where two do.
struct Guarded(UnsafeCell<u32>);

// SAFETY: loom checks the accesses.
unsafe impl Send for Guarded {}
// SAFETY: as above.
unsafe impl Sync for Guarded {}

impl Guarded {
    fn new() -> Arc<Self> {
        Arc::new(Self(UnsafeCell::new(0)))
    }

    fn add(&self) {
        // SAFETY: this is what the model shows: nobody else touches it.
        self.0.with_mut(|count| unsafe { *count += 1 });
    }

    fn get(&self) -> u32 {
        // SAFETY: as above.
        self.0.with(|count| unsafe { *count })
    }
}

#[test]
fn a_lock_is_handed_over_with_what_it_guards() {
    model_within(2, || {
        let (lock, count) = (Lock::new(), Guarded::new());
        let others = [(); 2].map(|()| {
            let (lock, count) = (lock.clone(), Arc::clone(&count));
            thread::spawn(move || {
                let _held = lock.acquire(None).unwrap();
                count.add();
            })
        });
        let held = lock.acquire(None).unwrap();
        count.add();
        drop(held);
        for other in others {
            other.join().unwrap();
        }
        let _held = lock.acquire(None).unwrap();
        assert_eq!(count.get(), 3);
    });
}

#[test]
fn an_rlock_is_handed_over_when_it_is_released_as_often_as_taken() {
    model(|| {
        let (lock, count) = (RLock::new(), Guarded::new());
        let other = thread::spawn({
            let (lock, count) = (lock.clone(), Arc::clone(&count));
            move || {
                let _held = lock.acquire(None).unwrap();
                count.add();
            }
        });
        let outer = lock.acquire(None).unwrap();
        let inner = lock.acquire(None).unwrap();
        drop(outer);
        count.add();
        drop(inner);
        other.join().unwrap();
        let _held = lock.acquire(None).unwrap();
        assert_eq!(count.get(), 2);
    });
}

#[test]
fn a_lock_whose_holder_died_says_so_to_everybody_who_comes() {
    model(|| {
        let lock = Lock::new();
        let holder = thread::spawn({
            let lock = lock.clone();
            // A thread of the model is dead when it has ended.
            move || std::mem::forget(lock.acquire(None).unwrap())
        });
        // Who waits looks again from time to time; the model has no time.
        loop {
            match lock.try_acquire() {
                Ok(Some(held)) => drop(held),
                Ok(None) => {}
                Err(error) => {
                    assert!(matches!(error, Error::Sync(SyncError::HolderDied(_))));
                    break;
                }
            }
            thread::yield_now();
        }
        assert!(lock.try_acquire().is_err());
        holder.join().unwrap();
        lock.release().unwrap();
        assert!(lock.try_acquire().unwrap().is_some());
    });
}

#[test]
fn of_a_semaphore_with_one_place_one_has_it() {
    model_within(2, || {
        let (places, count) = (Semaphore::new(0), Guarded::new());
        let others = [(); 2].map(|()| {
            let (places, count) = (places.clone(), Arc::clone(&count));
            thread::spawn(move || {
                let _permit = places.acquire(None).unwrap();
                count.add();
            })
        });
        places.release(1).unwrap();
        for other in others {
            other.join().unwrap();
        }
        let _permit = places.acquire(None).unwrap();
        assert_eq!(count.get(), 2);
    });
}

#[test]
fn an_event_that_is_set_and_cleared_wakes_both_who_wait() {
    model_within(2, || {
        let event = Event::new();
        let seen = event.0.arrive();
        let waiter = thread::spawn({
            let event = event.clone();
            move || {
                let deadline = crate::platform::Deadline::after(None);
                let step = || Ok(event.0.passed(seen));
                event.0.gate().pass(deadline, step).unwrap().unwrap();
            }
        });
        event.set();
        event.clear();
        waiter.join().unwrap();
    });
}

#[test]
fn a_condition_loses_no_notification_and_guards_what_changed() {
    model_within(2, || {
        let (changed, count) = (Condition::new(), Guarded::new());
        let other = thread::spawn({
            let (changed, count) = (changed.clone(), Arc::clone(&count));
            move || {
                let held = changed.acquire(None).unwrap();
                count.add();
                changed.notify(&held, 1).unwrap();
            }
        });
        let mut held = changed.acquire(None).unwrap();
        assert!(
            changed
                .wait_for(&mut held, None, || count.get() == 1)
                .unwrap()
        );
        drop(held);
        other.join().unwrap();
    });
}

#[test]
fn a_notification_of_one_wakes_one_of_two_and_the_next_the_other() {
    model_within(1, || {
        let (changed, woken) = (Condition::new(), Guarded::new());
        let waiters = [(); 2].map(|()| {
            let (changed, woken) = (changed.clone(), Arc::clone(&woken));
            thread::spawn(move || {
                let mut held = changed.acquire(None).unwrap();
                if woken.get() < 2 {
                    woken.add();
                    assert!(changed.wait(&mut held, None).unwrap());
                }
            })
        });
        // Only once both are in the line is a notification for one of them.
        loop {
            let held = changed.acquire(None).unwrap();
            if woken.get() == 2 {
                changed.notify(&held, 1).unwrap();
                changed.notify(&held, 1).unwrap();
                break;
            }
            drop(held);
            thread::yield_now();
        }
        for waiter in waiters {
            waiter.join().unwrap();
        }
    });
}

#[test]
fn a_barrier_lets_two_go_twice() {
    model_within(2, || {
        let barrier = Barrier::new(2);
        let other = thread::spawn({
            let barrier = barrier.clone();
            move || [(); 2].map(|()| barrier.wait(None).unwrap())
        });
        let own = [(); 2].map(|()| barrier.wait(None).unwrap());
        let other = other.join().unwrap();
        assert_eq!([own[0] + other[0], own[1] + other[1]], [1, 1]);
    });
}

#[test]
fn an_abort_sends_away_who_waits_at_a_barrier() {
    model(|| {
        let barrier = Barrier::new(2);
        let waiter = thread::spawn({
            let barrier = barrier.clone();
            move || barrier.wait(None)
        });
        barrier.abort();
        let error = waiter.join().unwrap().unwrap_err();
        assert!(matches!(error, Error::Sync(SyncError::BrokenBarrier)));
    });
}

#[test]
fn an_item_that_is_put_wakes_who_waits_for_it() {
    model_within(2, || {
        let queue = Queue::new(0);
        let putters = [1, 2].map(|n| {
            let queue = queue.clone();
            thread::spawn(move || queue.put_nowait(n).unwrap())
        });
        assert_eq!(queue.get(None).unwrap() + queue.get(None).unwrap(), 3);
        for putter in putters {
            putter.join().unwrap();
        }
        assert!(queue.empty());
    });
}

#[test]
fn two_who_get_at_once_get_one_item_each() {
    model_within(2, || {
        let queue = Queue::new(0);
        queue.put_nowait(1).unwrap();
        queue.put_nowait(2).unwrap();
        let getter = thread::spawn({
            let queue = queue.clone();
            move || queue.get(None).unwrap()
        });
        let own = queue.get_nowait().unwrap();
        assert_eq!(own + getter.join().unwrap(), 3);
    });
}

#[test]
fn space_that_is_made_wakes_who_waits_for_it() {
    model_within(2, || {
        let queue = Queue::new(1);
        queue.put_nowait(1).unwrap();
        let putter = thread::spawn({
            let queue = queue.clone();
            move || queue.put(2, None).unwrap()
        });
        assert_eq!(queue.get(None).unwrap(), 1);
        assert_eq!(queue.get(None).unwrap(), 2);
        putter.join().unwrap();
    });
}

#[test]
fn a_queue_that_is_shut_down_at_once_keeps_no_item_and_wakes_who_waits() {
    model_within(2, || {
        let queue = Queue::new(0);
        let item = Arc::new(());
        let putter = thread::spawn({
            let (queue, item) = (queue.clone(), Arc::clone(&item));
            move || queue.put_nowait(item).is_ok()
        });
        let getter = thread::spawn({
            let queue = queue.clone();
            move || {
                if queue.get(None).is_ok() {
                    queue.task_done().unwrap();
                }
            }
        });
        queue.shutdown(true);
        putter.join().unwrap();
        getter.join().unwrap();
        assert!(queue.empty());
        assert_eq!(Arc::strong_count(&item), 1);
        queue.join().unwrap();
    });
}

#[test]
fn a_join_ends_with_the_last_task() {
    model(|| {
        let queue = Queue::new(0);
        queue.put_nowait(1).unwrap();
        let worker = thread::spawn({
            let queue = queue.clone();
            move || {
                queue.get(None).unwrap();
                queue.task_done().unwrap();
            }
        });
        queue.join().unwrap();
        worker.join().unwrap();
    });
}
