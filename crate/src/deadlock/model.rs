//! Deadlocks in models are what loom is there to find, so nobody looks for them.

use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;
use crate::future::Head;
use crate::sync::RawLock;

pub(crate) const LOOK_EVERY: Option<Duration> = None;

pub(crate) enum Need {
    Call(*const Head),
    Lock(Arc<RawLock>),
}

pub(crate) struct Watch;

impl Watch {
    pub(crate) const fn new() -> Self {
        Self
    }

    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "the real one needs both"
    )]
    pub(crate) fn look(&mut self, _any: bool, _needs: Vec<Need>) -> Result<(), Error> {
        Ok(())
    }

    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "as above")]
    pub(crate) fn end(&mut self) -> Result<(), Error> {
        Ok(())
    }
}
