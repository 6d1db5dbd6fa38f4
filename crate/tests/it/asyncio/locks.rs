//! Throttles, locks and events: fair, and nothing is lost when one who waits is cancelled.

use std::cell::Cell;
use std::rc::Rc;

use concurrent_futures::Error;
use concurrent_futures::asyncio::{
    BoundedSemaphore, Event, Lock, Semaphore, Task, create_task, gather,
};

use super::{Log, turn};

tests! {
    a_semaphore_lets_so_many_at_a_time_in_the_order_in_which_they_came
    a_newcomer_stands_behind_those_who_wait
    the_place_of_one_who_was_cancelled_goes_to_the_next_also_when_it_was_its_turn
    no_place_is_lost_whenever_one_who_waits_is_cancelled
    a_semaphore_may_hold_more_than_at_the_start_and_a_bounded_one_may_not
    a_lock_is_held_by_one_and_goes_on_in_order
    an_event_lets_all_go_on_who_wait_until_it_is_cleared
}

/// A task that acquires a place, notes its name, and gives the place back when it is told to.
fn visitor(semaphore: &Semaphore, log: &Log, name: &'static str, leave: &Event) -> Task<()> {
    let (semaphore, log, leave) = (semaphore.clone(), log.clone(), leave.clone());
    create_task(async move {
        let _permit = semaphore.acquire().await;
        log.note(name);
        leave.wait().await;
    })
    .unwrap()
}

async fn a_semaphore_lets_so_many_at_a_time_in_the_order_in_which_they_came() {
    let semaphore = Semaphore::new(2);
    let (at_once, most) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    let order = gather((0..20).map(|n| {
        let (semaphore, at_once, most) = (semaphore.clone(), Rc::clone(&at_once), Rc::clone(&most));
        async move {
            let _permit = semaphore.acquire().await;
            at_once.set(at_once.get() + 1);
            most.set(most.get().max(at_once.get()));
            turn().await;
            at_once.set(at_once.get() - 1);
            n
        }
    }));
    assert!(order.await.unwrap().into_iter().eq(0..20));
    assert_eq!(most.get(), 2);
    assert_eq!(
        format!("{semaphore:?}"),
        "<Semaphore [unlocked, value:2]>",
        "as Python prints it"
    );
}

async fn a_newcomer_stands_behind_those_who_wait() {
    let (semaphore, log, leave) = (Semaphore::new(1), Log::default(), Event::new());
    let mine = semaphore.acquire().await;
    let first = visitor(&semaphore, &log, "first", &leave);
    turn().await;
    assert_eq!(format!("{semaphore:?}"), "<Semaphore [locked, waiters:1]>");
    drop(mine);
    assert!(semaphore.locked(), "it belongs to who waited");
    let second = visitor(&semaphore, &log, "second", &leave);
    leave.set();
    gather([second, first]).await.unwrap();
    assert_eq!(log.all(), ["first", "second"]);
}

async fn the_place_of_one_who_was_cancelled_goes_to_the_next_also_when_it_was_its_turn() {
    let (semaphore, log, leave) = (Semaphore::new(1), Log::default(), Event::new());
    leave.set();
    let mine = semaphore.acquire().await;
    let visitors = ["one", "two", "three"].map(|name| visitor(&semaphore, &log, name, &leave));
    turn().await;
    visitors[0].cancel();
    turn().await;
    drop(mine);
    visitors[1].cancel();
    let [one, two, three] = visitors;
    three.await.unwrap();
    assert!(one.await.is_err() && two.await.is_err());
    assert_eq!(log.all(), ["three"]);
    assert!(!semaphore.locked());
}

async fn no_place_is_lost_whenever_one_who_waits_is_cancelled() {
    for turns in 0..8 {
        let (semaphore, leave) = (Semaphore::new(2), Event::new());
        leave.set();
        let log = Log::default();
        let visitors: Vec<_> = (0..12)
            .map(|_| visitor(&semaphore, &log, "in", &leave))
            .collect();
        for _ in 0..turns {
            turn().await;
        }
        for visitor in visitors.iter().skip(turns % 2).step_by(2) {
            visitor.cancel();
        }
        gather(visitors).return_exceptions().await;
        let both = [semaphore.acquire().await, semaphore.acquire().await];
        assert!(semaphore.locked());
        drop(both);
    }
}

async fn a_semaphore_may_hold_more_than_at_the_start_and_a_bounded_one_may_not() {
    let semaphore = Semaphore::new(0);
    assert!(semaphore.locked());
    semaphore.release();
    semaphore.release();
    let both = [semaphore.acquire().await, semaphore.acquire().await];
    assert!(semaphore.locked());
    drop(both);

    let bounded = BoundedSemaphore::new(1);
    let error = bounded.release().unwrap_err();
    assert!(matches!(error, Error::Value(_)));
    let permit = bounded.acquire().await;
    permit.forget();
    assert!(bounded.locked());
    bounded.release().unwrap();
    let permit = bounded.acquire().await;
    bounded.release().unwrap();
    drop(permit);
    assert_eq!(
        format!("{bounded:?}"),
        "<BoundedSemaphore [unlocked, value:1]>"
    );
}

async fn a_lock_is_held_by_one_and_goes_on_in_order() {
    let (lock, log) = (Lock::new(), Log::default());
    let guard = lock.acquire().await;
    let holders: Vec<_> = ["one", "two", "three"]
        .map(|name| {
            let (lock, log) = (lock.clone(), log.clone());
            create_task(async move {
                let _held = lock.acquire().await;
                log.note(name);
                turn().await;
                log.note(name);
            })
            .unwrap()
        })
        .into();
    turn().await;
    assert!(lock.locked() && log.all().is_empty());
    drop(guard);
    gather(holders).await.unwrap();
    assert_eq!(log.all(), ["one", "one", "two", "two", "three", "three"]);
    assert_eq!(format!("{lock:?}"), "<Lock [unlocked]>");
}

async fn an_event_lets_all_go_on_who_wait_until_it_is_cleared() {
    let event = Event::new();
    let waiters = [(); 3].map(|()| create_task(event.wait()).unwrap());
    turn().await;
    assert_eq!(format!("{event:?}"), "<Event [unset, waiters:3]>");
    waiters[0].cancel();
    turn().await;
    event.set();
    event.clear();
    let outcomes = gather(waiters).return_exceptions().await;
    assert!(matches!(outcomes[..], [Err(_), Ok(()), Ok(())]));
    let late = create_task(event.wait()).unwrap();
    turn().await;
    assert!(!event.is_set() && !late.done());
    event.set();
    late.await.unwrap();
}
