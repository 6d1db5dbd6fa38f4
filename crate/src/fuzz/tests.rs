//! Every fuzz target over its committed corpus, and over mutations of it, which are the same on every run.

use std::fs;
use std::path::Path;

use super::{argument, broken, reply, tail};

/// Mutations of one corpus.
const MUTATIONS: usize = 20_000;
/// Longer inputs show nothing new, and a nest of them would need more stack than a test has.
const LONGEST: usize = 1024;

/// Xorshift: good enough to choose what to change.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % bound
    }

    fn byte(&mut self) -> u8 {
        // Bytes at the edges of numbers and lengths, and any others.
        match self.below(3) {
            0 => [0, 1, 0x7f, 0x80, 0xfe, 0xff][self.below(6)],
            _ => u8::try_from(self.below(256)).unwrap(),
        }
    }
}

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

fn mutated(corpus: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = corpus[random.below(corpus.len())].clone();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        match random.below(6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            1 if at < bytes.len() => bytes[at] = random.byte(),
            2 => bytes.insert(at, random.byte()),
            3 => bytes.truncate(at),
            4 => {
                let other = &corpus[random.below(corpus.len())];
                bytes.truncate(at);
                bytes.extend(&other[random.below(other.len() + 1)..]);
            }
            _ => {
                let again = bytes[at..].to_vec();
                bytes.extend(again);
            }
        }
    }
    bytes.truncate(LONGEST);
    bytes
}

fn replay(target: &str, run: fn(&[u8])) {
    let corpus = corpus(target);
    for bytes in &corpus {
        run(bytes);
    }
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..MUTATIONS {
        let bytes = mutated(&corpus, &mut random);
        if let Err(panic) = std::panic::catch_unwind(|| run(&bytes)) {
            let name = format!("{target}: {bytes:?}");
            panic!("{name} made it panic: {:?}", panic.downcast_ref::<String>());
        }
    }
}

#[test]
fn any_bytes_are_an_argument_or_are_refused() {
    replay("argument", argument);
}

#[test]
fn any_bytes_are_a_reply_or_an_error() {
    replay("reply", reply);
}

#[test]
fn any_worker_and_reason_can_be_read_from_the_reply_of_a_broken_pool() {
    replay("broken", broken);
}

#[test]
fn the_addresses_behind_any_message_lie_inside_it() {
    replay("tail", tail);
}
