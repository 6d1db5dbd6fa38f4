//! A line of coroutines that wait for a turn each, first come, first served.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// Those who wait, oldest first; who is told leaves it.
#[derive(Default)]
pub(super) struct Line(RefCell<VecDeque<Rc<Place>>>);

/// One who waits, or was told.
#[derive(Default)]
struct Place {
    told: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

/// One who stands in the line. Where it ends told, but did not get to go on, it hands that on.
struct Standing<'a, F: Fn()> {
    line: &'a Line,
    place: Rc<Place>,
    gone_on: Cell<bool>,
    hand_on: F,
}

/// Waits in the line, at its end. Where who waits is dropped after it was told, `hand_on` is called for the next one.
pub(super) async fn stand(line: &Line, hand_on: impl Fn()) {
    let standing = Standing {
        line,
        place: line.join(),
        gone_on: Cell::new(false),
        hand_on,
    };
    poll_fn(|context| standing.place.poll(context)).await;
    standing.gone_on.set(true);
}

impl<F: Fn()> Drop for Standing<'_, F> {
    fn drop(&mut self) {
        let told = self.line.leave(&self.place);
        if told && !self.gone_on.get() {
            (self.hand_on)();
        }
    }
}

impl Line {
    pub(super) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.0.borrow().len()
    }

    /// Tells all who wait now.
    pub(super) fn tell_all(&self) {
        for _ in 0..self.len() {
            self.tell_first();
        }
    }

    /// A place at the end of it.
    fn join(&self) -> Rc<Place> {
        let place = Rc::<Place>::default();
        self.0.borrow_mut().push_back(Rc::clone(&place));
        place
    }

    /// Tells who is first; false where nobody waits.
    pub(super) fn tell_first(&self) -> bool {
        let first = self.0.borrow_mut().pop_front();
        let Some(place) = first else { return false };
        place.told.set(true);
        let waker = place.waker.take();
        if let Some(waker) = waker {
            waker.wake();
        }
        true
    }

    /// Gives a place up; true where it had been told already, so that somebody else is to be.
    fn leave(&self, place: &Rc<Place>) -> bool {
        self.0
            .borrow_mut()
            .retain(|other| !Rc::ptr_eq(other, place));
        place.told.get()
    }
}

impl Place {
    /// Ready once it was told.
    fn poll(&self, context: &Context<'_>) -> Poll<()> {
        if self.told.get() {
            return Poll::Ready(());
        }
        self.waker.replace(Some(context.waker().clone()));
        Poll::Pending
    }
}
