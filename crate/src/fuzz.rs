//! What takes in bytes, for those who throw any bytes at it: the fuzz targets in `crate/fuzz/`, and `tests.rs`, which
//! replays their corpora and mutations of them on every test run.
//!
//! Each function takes any input, and panics where the crate does not keep its word.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::bytes;
use crate::call;
use crate::error::{BrokenExecutor, Error};
use crate::process_pool::{encode, entry_of, outcome_of, run_entry};
use crate::work::Entry;

/// What arguments and values may look like: every shape that serde knows. Not among them is a list of what takes no bytes:
/// postcard believes any length that such a list names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Tree {
    Unit,
    Number(i64),
    Float(f64),
    Wide(u128),
    Letter(char),
    Text(String),
    Maybe(Option<Box<Tree>>),
    List(Vec<Tree>),
    Table(BTreeMap<String, u16>),
    Pair { left: Box<Tree>, right: (bool, u8) },
}

/// Any bytes as the argument of a call: it runs, or is refused, and the reply can always be read.
pub fn argument(bytes: &[u8]) {
    let Some((&which, payload)) = bytes.split_first() else {
        return;
    };
    match which % 5 {
        0 => replies(entry_of::<_, u32, u32>(u32::swap_bytes), payload),
        1 => replies(
            entry_of::<_, String, usize>(|text: String| text.len()),
            payload,
        ),
        2 => replies(
            entry_of::<_, Vec<u64>, u64>(|list: Vec<u64>| list.iter().fold(0, |sum, n| sum ^ n)),
            payload,
        ),
        3 => replies(
            entry_of::<_, (bool, Option<char>), String>(|pair: (bool, Option<char>)| {
                format!("{pair:?}")
            }),
            payload,
        ),
        _ => replies(entry_of::<_, Tree, Tree>(|tree: Tree| tree), payload),
    }
}

fn replies(entry: Entry, payload: &[u8]) {
    read_reply(&run_entry(entry, payload));
    let other = Entry {
        check: !entry.check,
        ..entry
    };
    let refused = outcome_of::<u32>(&run_entry(other, payload), None);
    assert!(matches!(refused, Err(Error::Codec(message)) if message.contains("another build")));
}

/// Any bytes as the reply of a task side: a value, or an error that says what is wrong.
pub fn reply(bytes: &[u8]) {
    read_reply(bytes);
}

fn read_reply(bytes: &[u8]) {
    read::<u32>(bytes);
    read::<String>(bytes);
    read::<Vec<Tree>>(bytes);
    read::<Tree>(bytes);
}

/// What was read can be sent again, and is the same then.
fn read<R: Serialize + DeserializeOwned>(bytes: &[u8]) {
    if let Ok(value) = outcome_of::<R>(bytes, Some("w_0".to_owned())) {
        let first = encode(&value).expect("what came can be sent");
        let again: R = postcard::from_bytes(&first).expect("what was sent can be read");
        assert_eq!(encode(&again).ok(), Some(first));
    }
}

/// Any worker and any reason in the reply of a call whose pool is broken: both can be read from it.
pub fn broken(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (worker, reason) = text.split_once('|').unwrap_or(("", &text));
    let error = Error::Broken(BrokenExecutor {
        pool: "ProcessPoolExecutor",
        reason: reason.to_owned(),
        worker: (!worker.is_empty()).then(|| worker.to_owned()),
        task: None,
    });
    let message = call::broken_reply(&error);
    let (length, rest) = message.split_first_chunk::<4>().expect("a length");
    let (name, why) = rest.split_at(u32::from_le_bytes(*length) as usize);
    assert_eq!((name, why), (worker.as_bytes(), reason.as_bytes()));
}

/// Any bytes as a message with the addresses of objects behind it: both parts lie inside, and nothing is lost.
pub fn tail(bytes: &[u8]) {
    let (message, objects) = bytes::split_objects(bytes);
    assert_eq!(objects.len() % 4, 0);
    if !objects.is_empty() {
        assert_eq!(message.len() + objects.len() + 4, bytes.len());
    }
    assert!(bytes.starts_with(message));
}
