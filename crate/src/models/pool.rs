//! Models of a pool: every call ends, whatever races with the end of the pool.

use std::num::NonZeroU32;

use super::{
    Agent, Arc, Attempt, Bytes, Context, Count, Duration, Error, Future, Kind, LocalCall, Notify,
    Options, Poll, Pool, Promise, ScriptCall, Taken, VALUE, Wake, Waker, Work, Worker, model, pin,
    state, thread,
};
use crate::trace::Mark;

/// A call that does nothing but keep its promise, and counts that it ran.
struct Call {
    promise: Promise<u32>,
    ran: Count,
}

impl LocalCall for Call {
    fn begin(&self, _worker: u32) -> bool {
        self.promise.begin()
    }

    fn run(&mut self, _context: &mut Context<'_>) -> Poll<()> {
        self.ran.up();
        Poll::Ready(())
    }

    fn finish(self: Box<Self>) {
        self.promise.set_result(1).unwrap();
    }

    fn fail(self: Box<Self>, error: Error) {
        self.promise.set_exception(error).unwrap();
    }

    fn cancel(self: Box<Self>) {
        self.promise.cancel();
    }
}

fn pool() -> Arc<Pool> {
    pool_with(None)
}

fn pool_with(max_tasks: Option<NonZeroU32>) -> Arc<Pool> {
    Pool::new(Options {
        kind: Kind::Thread,
        max_workers: 1,
        prefix: "model".into(),
        initializer: None,
        max_tasks,
        respawn: false,
        ignore_deadlocks: false,
        eager: false,
        config: None,
        owner: None,
    })
}

/// Submits as JavaScript does.
fn submit_script(pool: &Arc<Pool>, agent: &Arc<Agent>) -> Arc<ScriptCall> {
    let call = ScriptCall::new(
        Bytes::copy(b"task").unwrap(),
        Arc::clone(agent),
        pool.serial(),
        Mark::NONE,
    );
    pool.submit(Work::Script(Arc::clone(&call)));
    call
}

/// The life of a worker that runs JavaScript; how many calls it ended before it had none left, or was ended itself.
fn work_on_scripts(worker: &Worker) -> u32 {
    let mut ended = 0;
    loop {
        match worker.take() {
            Taken::Script => {
                worker.agent().leave_pool();
                if !worker.agent().enter_pool() {
                    return ended;
                }
                worker.finish_script(VALUE, None);
                ended += 1;
            }
            _ => return ended,
        }
    }
}

/// Submits as an executor does; `None` where it is refused.
fn submit(pool: &Arc<Pool>, ran: &Count) -> Option<Future<u32>> {
    pool.check_open().ok()?;
    let (promise, future) = Promise::new();
    let ran = ran.clone();
    pool.submit(Work::Local(Box::new(Call { promise, ran })));
    Some(future)
}

/// The life of one worker that the pool has asked for.
fn work(pool: &Arc<Pool>) {
    let worker = Worker::new(Arc::clone(pool), 0);
    loop {
        match worker.take_within(Duration::from_secs(1)) {
            Taken::Exit => break,
            _ => thread::yield_now(),
        }
    }
    worker.gone();
}

/// One submits while another ends the pool by `end`, and a worker works; then, what was accepted has ended.
fn submit_against(end: impl Fn(&Arc<Pool>) + Copy + Send + Sync + 'static) {
    model(move || {
        let (pool, ran) = (pool(), Count::default());
        pool.start_worker_for(1);
        let worker = thread::spawn({
            let pool = Arc::clone(&pool);
            move || work(&pool)
        });
        let submitter = thread::spawn({
            let (pool, ran) = (Arc::clone(&pool), ran.clone());
            move || submit(&pool, &ran)
        });
        end(&pool);
        let future = submitter.join().unwrap();
        worker.join().unwrap();
        // Where it was accepted after the worker had left, another was asked for.
        if pool.workers() == 1 {
            work(&pool);
        }
        assert_eq!(pool.workers(), 0);
        assert!(pool.queue().is_empty());
        if let Some(future) = future {
            assert!(future.done(), "nobody will ever end it");
            assert_eq!(
                ran.get() == 1,
                future.exception(None).is_ok_and(|error| error.is_none())
            );
        }
    });
}

#[test]
fn a_call_that_is_submitted_while_the_pool_shuts_down_ends() {
    submit_against(|pool| pool.shut_down(false));
}

#[test]
fn a_call_that_is_submitted_while_the_pool_cancels_ends() {
    submit_against(|pool| pool.shut_down(true));
}

#[test]
fn a_call_that_is_submitted_while_the_pool_breaks_ends() {
    submit_against(|pool| pool.break_because("a reason", None));
}

#[test]
fn of_a_worker_that_takes_and_one_that_cancels_exactly_one_gets_each_call() {
    model(|| {
        let (pool, ran) = (pool(), Count::default());
        let futures = [(); 2].map(|()| submit(&pool, &ran).unwrap());
        let worker = thread::spawn({
            let pool = Arc::clone(&pool);
            move || work(&pool)
        });
        pool.shut_down(true);
        worker.join().unwrap();
        assert!(futures.iter().all(Future::done));
        let cancelled = futures.iter().filter(|future| future.cancelled());
        assert_eq!(cancelled.count(), 2 - ran.get() as usize);
    });
}

#[test]
fn whoever_joins_is_woken_by_the_last_worker() {
    model(|| {
        let (pool, ran) = (pool(), Count::default());
        let future = submit(&pool, &ran).unwrap();
        let worker = thread::spawn({
            let pool = Arc::clone(&pool);
            move || work(&pool)
        });
        pool.shut_down(false);
        pool.join(None).unwrap();
        assert_eq!(future.result(Duration::ZERO).unwrap(), 1);
        worker.join().unwrap();
    });
}

#[test]
fn whoever_joins_is_not_woken_between_a_worker_and_its_successor() {
    model(|| {
        let (pool, ran) = (pool_with(NonZeroU32::new(1)), Count::default());
        let futures = [(); 2].map(|()| submit(&pool, &ran).unwrap());
        let workers = thread::spawn({
            let pool = Arc::clone(&pool);
            move || {
                for _ in 0..2 {
                    assert_eq!(pool.workers_alive(), 1);
                    work(&pool);
                }
            }
        });
        pool.shut_down(false);
        pool.join(None).unwrap();
        assert!(futures.iter().all(Future::done));
        workers.join().unwrap();
    });
}

struct Bell(Notify);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.notify();
    }
}

fn block_on(future: impl std::future::Future<Output = ()>) {
    let bell = Arc::new(Bell(Notify::new()));
    let waker = Waker::from(Arc::clone(&bell));
    let mut future = pin!(future);
    while future.as_mut().poll(&mut Context::from_waker(&waker)) == Poll::Pending {
        bell.0.wait();
    }
}

#[test]
fn whoever_awaits_the_end_is_woken_by_the_last_worker() {
    model(|| {
        let pool = pool();
        pool.start_worker_for(1);
        let worker = thread::spawn({
            let pool = Arc::clone(&pool);
            move || work(&pool)
        });
        pool.shut_down(false);
        block_on(pool.ended());
        assert_eq!(pool.workers(), 0);
        worker.join().unwrap();
    });
}

#[test]
fn whoever_awaits_the_end_is_woken_although_a_late_call_needs_one_more_worker() {
    model(|| {
        let pool = pool();
        pool.start_worker_for(1);
        let worker = thread::spawn({
            let pool = Arc::clone(&pool);
            move || {
                work(&pool);
                // Accepted before the shutdown, queued after the worker had left.
                let (promise, _future) = Promise::new();
                let ran = Count::default();
                pool.submit(Work::Local(Box::new(Call { promise, ran })));
                work(&pool);
            }
        });
        pool.shut_down(false);
        block_on(pool.ended());
        worker.join().unwrap();
    });
}

#[test]
fn a_killer_ends_the_call_that_it_means_and_no_other() {
    model(|| {
        let (pool, agent) = (pool(), Agent::new());
        let [meant, other] = [(); 2].map(|()| submit_script(&pool, &agent));
        let worker = Worker::new(Arc::clone(&pool), 0);
        let killer = thread::spawn({
            let (worker, meant) = (Arc::clone(&worker), Arc::clone(&meant));
            move || worker.end_call(&meant)
        });
        let ended = work_on_scripts(&worker);
        let attempt = killer.join().unwrap();
        assert_eq!(meant.state(), state::FINISHED);
        if attempt == Attempt::Ended {
            assert_eq!((ended, other.state()), (0, state::PENDING));
            // Another worker was asked for, which takes what is left.
            assert_eq!((pool.workers(), pool.workers_alive()), (2, 1));
        } else {
            assert_eq!((ended, other.state()), (2, state::FINISHED));
            assert_eq!(pool.workers(), 1);
        }
        worker.gone();
        assert_eq!(pool.workers_alive(), u32::from(ended == 0));
    });
}
