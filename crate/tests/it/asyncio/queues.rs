//! Queues: who puts waits where they are full, who gets where they are empty, and nothing is lost when one who waits is cancelled.

use concurrent_futures::Error;
use concurrent_futures::asyncio::{
    LifoQueue, PriorityQueue, Queue, Task, create_task, gather, wait_for,
};
use concurrent_futures::sync::SyncError;

use super::{LIMIT, Log, turn};

tests! {
    a_queue_is_first_in_first_out_and_makes_put_wait_when_it_is_full
    a_queue_refuses_at_once_what_cannot_wait
    a_queue_is_joined_when_the_work_on_all_items_is_done
    no_item_is_lost_when_one_who_waits_for_it_is_cancelled
    no_space_is_lost_when_one_who_waits_for_it_is_cancelled
    a_queue_that_is_shut_down_gives_what_it_has_and_then_an_error
    a_queue_that_is_shut_down_at_once_has_nothing
    queues_have_other_orders_too
}

fn is_shut_down(error: &Error) -> bool {
    matches!(error, Error::Sync(SyncError::ShutDown))
}

fn getter(queue: &Queue<u32>) -> Task<Option<u32>> {
    let got = queue.get();
    create_task(async move { got.await.ok() }).unwrap()
}

async fn a_queue_is_first_in_first_out_and_makes_put_wait_when_it_is_full() {
    let (queue, log) = (Queue::new(2), Log::default());
    let putter = create_task({
        let (queue, log) = (queue.clone(), log.clone());
        async move {
            for n in 0..5 {
                queue.put(n).await.unwrap();
                log.note("put");
            }
        }
    })
    .unwrap();
    turn().await;
    assert_eq!(log.all().len(), 2);
    assert!(queue.full() && queue.qsize() == 2);
    for n in 0..5 {
        assert_eq!(wait_for(getter(&queue), LIMIT).await.unwrap(), Some(n));
    }
    putter.await.unwrap();
    assert!(queue.empty());
}

async fn a_queue_refuses_at_once_what_cannot_wait() {
    let queue = Queue::new(1);
    let error = queue.get_nowait().unwrap_err();
    assert!(matches!(error, Error::Sync(SyncError::Empty)));
    queue.put_nowait("one").unwrap();
    let refused = queue.put_nowait("two").unwrap_err();
    assert!(matches!(refused.error, Error::Sync(SyncError::Full)));
    assert_eq!(refused.item, "two");
    assert_eq!(queue.get_nowait().unwrap(), "one");
    queue.task_done().unwrap();
    let error = queue.task_done().unwrap_err();
    assert_eq!(error.to_string(), "task_done() called too many times");
}

async fn a_queue_is_joined_when_the_work_on_all_items_is_done() {
    let queue = Queue::new(0);
    queue.join().await;
    for n in 0..6 {
        queue.put_nowait(n).unwrap();
    }
    let workers = [(); 2].map(|()| {
        let queue = queue.clone();
        create_task(async move {
            loop {
                queue.get().await.unwrap();
                turn().await;
                queue.task_done().unwrap();
            }
        })
        .unwrap()
    });
    let joined = [(); 2].map(|()| create_task(queue.join()).unwrap());
    turn().await;
    assert!(!joined[0].done());
    gather(joined).await.unwrap();
    assert!(queue.empty());
    for worker in workers {
        worker.cancel();
        let ended: Result<(), _> = worker.await;
        assert!(ended.is_err());
    }
}

async fn no_item_is_lost_when_one_who_waits_for_it_is_cancelled() {
    let queue = Queue::new(0);
    let [first, second, third] = [(); 3].map(|()| getter(&queue));
    turn().await;
    first.cancel();
    turn().await;
    queue.put_nowait(1).unwrap();
    // It was told, and cannot use it.
    second.cancel();
    assert_eq!(third.await.unwrap(), Some(1));
    assert!(first.cancelled() && second.await.is_err());
}

async fn no_space_is_lost_when_one_who_waits_for_it_is_cancelled() {
    let queue = Queue::new(1);
    queue.put_nowait(0).unwrap();
    let [first, second] = [1, 2].map(|n| {
        let put = queue.put(n);
        create_task(async move { put.await.is_ok() }).unwrap()
    });
    turn().await;
    assert_eq!(queue.get_nowait().unwrap(), 0);
    first.cancel();
    assert!(second.await.unwrap());
    assert_eq!(queue.get_nowait().unwrap(), 2);
    assert!(first.await.is_err());
}

async fn a_queue_that_is_shut_down_gives_what_it_has_and_then_an_error() {
    let queue = Queue::new(1);
    queue.put_nowait(1).unwrap();
    let late = queue.put(2);
    let putter = create_task(async move { late.await.unwrap_err().item }).unwrap();
    turn().await;
    queue.shutdown(false);
    assert_eq!(putter.await.unwrap(), 2);
    assert_eq!(queue.get().await.unwrap(), 1);
    assert!(is_shut_down(&queue.get().await.unwrap_err()));
    assert!(is_shut_down(&queue.put(3).await.unwrap_err().error));

    let queue = Queue::new(0);
    let getters = [(); 2].map(|()| getter(&queue));
    turn().await;
    queue.shutdown(false);
    assert_eq!(gather(getters).await.unwrap(), [None, None]);
}

async fn a_queue_that_is_shut_down_at_once_has_nothing() {
    let queue = Queue::new(0);
    queue.put_nowait(1).unwrap();
    queue.put_nowait(2).unwrap();
    assert_eq!(queue.get_nowait().unwrap(), 1);
    let joined = create_task(queue.join()).unwrap();
    turn().await;
    queue.shutdown(true);
    assert!(queue.empty() && is_shut_down(&queue.get_nowait().unwrap_err()));
    turn().await;
    assert!(!joined.done(), "one was taken");
    queue.task_done().unwrap();
    joined.await.unwrap();
}

async fn queues_have_other_orders_too() {
    let (stack, smallest) = (LifoQueue::new(0), PriorityQueue::new(0));
    for n in [2, 3, 1] {
        stack.put(n).await.unwrap();
        smallest.put(n).await.unwrap();
    }
    for (last, least) in [(1, 1), (3, 2), (2, 3)] {
        assert_eq!(stack.get().await.unwrap(), last);
        assert_eq!(smallest.get().await.unwrap(), least);
    }
    assert_eq!(format!("{stack:?}"), "<LifoQueue, 0 items>");
}
