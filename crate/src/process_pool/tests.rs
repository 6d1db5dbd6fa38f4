//! What the task side does with entries and bytes that no `submit` would make.

use super::{Entry, Reply, entry_of, run_entry};

fn one_more(n: u32) -> u32 {
    n + 1
}

fn one_less(n: u32) -> u32 {
    n - 1
}

fn reply(entry: Entry, payload: &[u8]) -> Reply<u32> {
    postcard::from_bytes(&run_entry(entry, payload)).unwrap()
}

#[test]
fn an_entry_calls_its_function() {
    let payload = postcard::to_allocvec(&5_u32).unwrap();
    assert!(matches!(
        reply(entry_of::<_, u32, u32>(one_more), &payload),
        Reply::Value(6)
    ));
    assert!(matches!(
        reply(entry_of::<_, u32, u32>(one_less), &payload),
        Reply::Value(4)
    ));
}

#[test]
fn an_index_that_names_another_function_is_refused_and_calls_nothing() {
    let [right, other] = [
        entry_of::<_, u32, u32>(one_more),
        entry_of::<_, u32, u32>(one_less),
    ];
    assert_ne!(right.check, other.check);
    let wrong = Entry {
        check: other.check,
        ..right
    };
    let payload = postcard::to_allocvec(&5_u32).unwrap();
    let Reply::Refused(message) = reply(wrong, &payload) else {
        panic!("it should be refused");
    };
    assert_eq!(
        message,
        "the worker runs another build of this module than the caller"
    );
}

#[test]
fn bytes_that_are_no_argument_are_refused() {
    let Reply::Refused(message) = reply(entry_of::<_, u32, u32>(one_more), &[]) else {
        panic!("it should be refused");
    };
    assert!(message.starts_with("the argument, a u32, could not be decoded: "));
}
