//! What the spawner is asked to end by force. It stands in a list of the spawner's record, so whoever asks never waits,
//! and may block right afterwards.

use std::sync::Arc;

use crate::call::ScriptCall;
use crate::pool::Pool;

/// A wish of some agent's, for the spawner to fulfil.
#[derive(Debug)]
pub(crate) struct Termination {
    pool: Arc<Pool>,
    call: Option<Arc<ScriptCall>>,
}

impl Termination {
    /// All workers of `pool` are to end.
    pub(crate) fn of_all(pool: Arc<Pool>) -> Self {
        Self { pool, call: None }
    }

    /// The worker of `pool` that holds `call` is to end, if it still does.
    pub(crate) fn of_call(pool: Arc<Pool>, call: Arc<ScriptCall>) -> Self {
        Self {
            pool,
            call: Some(call),
        }
    }

    /// Whose workers are meant.
    pub(crate) fn pool(&self) -> &Arc<Pool> {
        &self.pool
    }

    /// The one call that is meant; `None` where it is all workers.
    pub(crate) fn call(&self) -> Option<&Arc<ScriptCall>> {
        self.call.as_ref()
    }
}
