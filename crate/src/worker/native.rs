//! The loop of a native worker. In a browser it is JavaScript: `crate/js/src/loop.ts`.

use std::time::Duration;

use super::{Held, Taken, Worker};
use crate::error::Error;
use crate::initializer;
use crate::work::{Entry, Work};

impl Worker {
    /// The loop of a native worker. Ends early where the worker was ended by force.
    pub(crate) fn work_until_exit(&self) {
        self.settle_in();
        loop {
            match self.take_within(Duration::from_secs(3600)) {
                Taken::Nothing | Taken::Ran => {}
                Taken::Awaits => {
                    while self.go_on() == Taken::Awaits {
                        self.alarm.wait();
                    }
                }
                Taken::Remote | Taken::RemoteCoroutine => {
                    let Some((entry, payload)) = self.held_entry() else {
                        continue;
                    };
                    self.agent.leave_pool();
                    if self.agent.kill_wanted() {
                        // Whoever wants it found the worker busy, and does not come again.
                        if self.agent.claim() {
                            self.fail_current(self.pool.broken());
                        }
                        return;
                    }
                    let reply = crate::process_pool::run_to_end(entry, payload);
                    if !self.agent.enter_pool() {
                        return;
                    }
                    self.finish_remote(&reply);
                }
                Taken::Script => {
                    let error = Error::Value("there is no JavaScript on this machine".to_owned());
                    self.fail_current(error);
                }
                Taken::Exit => return,
            }
        }
    }

    /// What to run of the Rust call that the worker holds: copies, since a killer may take the call meanwhile.
    fn held_entry(&self) -> Option<(Entry, Vec<u8>)> {
        self.current.with(|current| {
            // SAFETY: the worker is BUSY, so `current` is its own.
            match unsafe { &*current } {
                Some(Held::Call(Work::Remote(call))) => {
                    Some((call.entry(), call.payload().to_vec()))
                }
                Some(Held::Initializer) => {
                    let initializer = self.pool.options().initializer.as_ref();
                    initializer.and_then(initializer::Initializer::function)
                }
                _ => None,
            }
        })
    }
}
