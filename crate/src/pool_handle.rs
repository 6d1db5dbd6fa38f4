//! What both executors have in common: how a pool is made from options, shut down, and let go of.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::error::Error;
use crate::executor::Shutdown;
use crate::panics;
use crate::platform;
use crate::pool::{Kind, Options, Pool, PoolTag};
use crate::pool_options::PoolOptions;
use crate::trace::{Mark, Text};

/// An executor's hold on its pool. Dropping it lets what is queued run, then the workers leave.
#[derive(Debug)]
pub(crate) struct PoolHandle(Arc<Pool>);

impl PoolHandle {
    /// A pool as `options` say. Without a prefix of their own its workers are called after `executor`, and a number. An
    /// `eager` one has all its workers from the start.
    pub(crate) fn new(
        kind: Kind,
        executor: &str,
        options: PoolOptions,
        default_workers: u32,
        eager: bool,
    ) -> Result<Self, Error> {
        static NEXT: [AtomicU32; 2] = [AtomicU32::new(0), AtomicU32::new(0)];
        let ignore_deadlocks = options.ignore_deadlocks;
        let max_workers = options.max_workers(default_workers)?;
        let max_tasks = options.max_tasks(kind)?;
        let respawn = options.respawn(kind)?;
        let initializer = options.initializer(kind)?;
        let prefix = options.thread_name_prefix.unwrap_or_else(|| {
            // Relaxed: only unique.
            let number = NEXT[usize::from(kind == Kind::Process)].fetch_add(1, Ordering::Relaxed);
            format!("{executor}-{number}")
        });
        if kind == Kind::Thread && !platform::isolated() {
            return Err(Error::NotIsolated("a ThreadPoolExecutor"));
        }
        panics::install_hook();
        platform::prepare()?;
        Ok(Self(Pool::new(Options {
            kind,
            max_workers,
            prefix: prefix.into(),
            initializer,
            max_tasks,
            respawn,
            ignore_deadlocks,
            eager,
            config: None,
            owner: platform::current_agent(),
        })))
    }

    pub(crate) fn pool(&self) -> &Arc<Pool> {
        &self.0
    }

    /// What calls keep of the pool.
    pub(crate) fn tag(&self) -> PoolTag {
        self.0.tag()
    }

    /// The place of a new call in the trace; `arguments` says what it takes.
    pub(crate) fn submitted(&self, task: &str, arguments: &str) -> Mark {
        let trace = self.0.trace();
        trace.submitted(Text::of(task), Text::of(arguments))
    }

    pub(crate) fn shutdown(&self, how: Shutdown) -> Result<(), Error> {
        self.0.shut_down(how.cancel_futures);
        if how.wait { self.0.join(None) } else { Ok(()) }
    }

    pub(crate) fn shutdown_async(
        &self,
        cancel_futures: bool,
    ) -> impl std::future::Future<Output = ()> + use<> {
        self.0.shut_down(cancel_futures);
        self.0.ended()
    }

    pub(crate) fn workers(&self) -> usize {
        self.0.workers_alive() as usize
    }
}

impl Drop for PoolHandle {
    fn drop(&mut self) {
        self.0.shut_down(false);
    }
}
