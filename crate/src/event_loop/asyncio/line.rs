//! A line of coroutines that wait for a turn each, first come, first served.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// Those who wait, oldest first; who is told leaves it.
#[derive(Default)]
pub(super) struct Line(RefCell<VecDeque<Rc<Place>>>);

/// One who waits, or was told.
#[derive(Default)]
pub(super) struct Place {
    told: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Line {
    pub(super) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.0.borrow().len()
    }

    /// A place at the end of it.
    pub(super) fn join(&self) -> Rc<Place> {
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
    pub(super) fn leave(&self, place: &Rc<Place>) -> bool {
        self.0
            .borrow_mut()
            .retain(|other| !Rc::ptr_eq(other, place));
        place.told.get()
    }
}

impl Place {
    /// Ready once it was told.
    pub(super) fn poll(&self, context: &Context<'_>) -> Poll<()> {
        if self.told.get() {
            return Poll::Ready(());
        }
        self.waker.replace(Some(context.waker().clone()));
        Poll::Pending
    }
}
