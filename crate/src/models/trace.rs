//! Models of the trace: no event is torn, overwritten or forgotten, and its memory is freed once, by the last who is at it.

use super::{Arc, model, model_within, thread};
use crate::sync::holder::{Holder, untracked};
use crate::trace::{Kind, Record, Ring, Text, Tracer};

/// An event that shows where it was torn: all its parts say the same.
fn numbered(number: u32) -> Record {
    let text = number.to_string().repeat(50);
    Record::new(Kind::Started, number, f64::from(number))
        .future(number)
        .worker(number)
        .text(Text::of(&text))
}

/// Takes what is there, and checks that it is whole.
fn drain(ring: &Ring) -> Vec<u32> {
    let mut all = Vec::new();
    while let Some(record) = ring.take() {
        let (number, future, worker) = record.numbers();
        let (text, _) = record.read(0);
        assert!((number, number) == (future, worker) && text == number.to_string().repeat(50));
        all.push(number);
    }
    all
}

#[test]
fn what_two_put_comes_out_whole_and_in_the_order_of_each() {
    model_within(2, || {
        let ring = Arc::new(Ring::new(4).unwrap());
        let other = thread::spawn({
            let ring = Arc::clone(&ring);
            move || {
                let serial = untracked();
                assert!(ring.put(serial, &numbered(1)) && ring.put(serial, &numbered(2)));
            }
        });
        let reader = thread::spawn({
            let ring = Arc::clone(&ring);
            move || drain(&ring)
        });
        assert!(ring.put(untracked(), &numbered(3)));
        other.join().unwrap();
        let mut all = reader.join().unwrap();
        all.extend(drain(&ring));
        assert!(all.iter().copied().filter(|n| *n < 3).eq([1, 2]));
        assert!(all.len() == 3 && all.contains(&3));
        assert_eq!(ring.take_lost(), 0);
    });
}

#[test]
fn where_there_is_no_room_an_event_is_counted_and_none_is_overwritten() {
    model(|| {
        let ring = Arc::new(Ring::new(1).unwrap());
        let other = thread::spawn({
            let ring = Arc::clone(&ring);
            move || u32::from(ring.put(untracked(), &numbered(1)))
        });
        let reader = thread::spawn({
            let ring = Arc::clone(&ring);
            move || drain(&ring)
        });
        let own = u32::from(ring.put(untracked(), &numbered(2)));
        let put = own + other.join().unwrap();
        let mut all = reader.join().unwrap();
        all.extend(drain(&ring));
        assert_eq!(u32::try_from(all.len()), Ok(put));
        assert_eq!(put + ring.take_lost(), 2);
    });
}

#[test]
fn a_writer_that_dies_before_it_is_done_holds_up_nobody() {
    model(|| {
        let ring = Arc::new(Ring::new(2).unwrap());
        let dying = thread::spawn({
            let ring = Arc::clone(&ring);
            move || {
                let holder = Holder::new();
                let claimed = ring.claim(holder.serial()).is_some();
                holder.give_up();
                claimed
            }
        });
        let put = ring.put(untracked(), &numbered(2));
        let mut all = drain(&ring);
        assert!(dying.join().unwrap() && put);
        all.extend(drain(&ring));
        assert_eq!((all, ring.take_lost()), (vec![2], 1));
    });
}

#[test]
fn a_trace_ends_while_others_record_and_the_next_one_begins() {
    model_within(2, || {
        let tracer = Arc::new(Tracer::new());
        let owner = untracked();
        tracer.start(2, owner, 1, 0).unwrap();
        let others = [1, 2].map(|number| {
            let tracer = Arc::clone(&tracer);
            thread::spawn(move || {
                tracer.with(|session| {
                    session.ring.put(untracked(), &numbered(number));
                });
            })
        });
        tracer.stop(owner);
        // Loom says where somebody is still at the first ring when that is dropped: see `Drop` there.
        tracer.start(2, owner, 2, 0).unwrap();
        for other in others {
            other.join().unwrap();
        }
        let generation = tracer.with(|session| {
            assert!(drain(&session.ring).len() <= 2);
            session.generation
        });
        assert_eq!(generation, Some(2));
        tracer.stop(owner);
        assert!(!tracer.is_on() && tracer.has_freed_all());
    });
}

#[test]
fn of_two_that_start_a_trace_one_has_it() {
    model(|| {
        let tracer = Arc::new(Tracer::new());
        let other = thread::spawn({
            let tracer = Arc::clone(&tracer);
            move || tracer.start(1, untracked(), 1, 0).is_ok()
        });
        let own = tracer.start(1, untracked(), 2, 0).is_ok();
        assert!(other.join().unwrap() != own);
    });
}
