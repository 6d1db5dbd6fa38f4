//! `sleep`: waits without doing anything.

use std::future::Future as Coroutine;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::platform::{Alarm, Deadline};

/// Waits so long, from when it is first awaited. Zero is one turn of the event loop. Only who awaits it sleeps.
///
/// ```
/// use std::time::{Duration, Instant};
/// use concurrent_futures::asyncio::sleep;
///
/// let begun = Instant::now();
/// concurrent_futures::run(async { sleep(Duration::from_millis(20)).await });
/// assert!(begun.elapsed() >= Duration::from_millis(20));
/// ```
pub fn sleep(delay: Duration) -> Sleep {
    Sleep { delay, alarm: None }
}

/// The coroutine of [`sleep`].
///
/// ```
/// use std::time::Duration;
/// use concurrent_futures::asyncio::{Sleep, sleep};
///
/// let nap: Sleep = sleep(Duration::from_millis(1));
/// concurrent_futures::run(nap);
/// assert_eq!(format!("{:?}", sleep(Duration::from_secs(1))), "Sleep(1s)");
/// ```
#[must_use = "nothing sleeps until it is awaited"]
pub struct Sleep {
    delay: Duration,
    /// Made when it is first awaited.
    alarm: Option<Alarm>,
}

impl Coroutine for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let delay = self.delay;
        if let Some(alarm) = &mut self.alarm {
            return alarm.poll(context);
        }
        let mut alarm = Alarm::at(Deadline::after(Some(delay)));
        // The first look sets the alarm; others go first, also where there is no time to wait.
        if alarm.poll(context).is_ready() {
            context.waker().wake_by_ref();
        }
        self.alarm = Some(alarm);
        Poll::Pending
    }
}

impl std::fmt::Debug for Sleep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sleep({:?})", self.delay)
    }
}
