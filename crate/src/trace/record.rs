//! What one event looks like in the ring: a few numbers, and the first bytes of its texts.
//!
//! A text is UTF-8, cut at a character; or the first bytes of what JavaScript encoded, as they are, so that to record a
//! preview of an argument costs a copy of some bytes, and runs no code of a user. `trace/preview.ts` reads those.

/// What happened. The numbers are the ABI's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// There is an executor: its name, `What` in `detail`, and its maximum of workers in `future`.
    Executor = 0,
    /// The task's name, and a preview of its arguments.
    Submitted = 1,
    Started = 2,
    /// The value or the error; `detail` is 1 for an error.
    Finished = 3,
    Cancelled = 4,
    /// The worker's name.
    WorkerStarted = 5,
    /// Why; nothing where the worker left by itself.
    WorkerEnded = 6,
    /// What the worker waits for.
    Blocked = 7,
    Unblocked = 8,
}

#[cfg(all(target_arch = "wasm32", not(loom)))]
impl Kind {
    /// The kind with this number.
    pub(crate) fn from_number(number: u32) -> Option<Self> {
        const ALL: [Kind; 9] = [
            Kind::Executor,
            Kind::Submitted,
            Kind::Started,
            Kind::Finished,
            Kind::Cancelled,
            Kind::WorkerStarted,
            Kind::WorkerEnded,
            Kind::Blocked,
            Kind::Unblocked,
        ];
        ALL.get(number as usize).copied()
    }
}

/// What kind of executor it is. The numbers are the ABI's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum What {
    ThreadPool = 0,
    ProcessPool = 1,
}

/// The number of the worker where there is none.
const NO_WORKER: u32 = u32::MAX;

/// Bytes for both texts of an event.
const TEXT: usize = 108;
/// Bytes of the first text where a second follows.
const FIRST: usize = 48;

/// The text was encoded by JavaScript.
const ENCODED: u8 = 1;
/// The text is longer than what is kept of it.
const CUT: u8 = 2;

/// A text on its way into a record.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Text<'a> {
    Utf8(&'a [u8]),
    Encoded(&'a [u8]),
}

impl<'a> Text<'a> {
    pub(crate) const EMPTY: Self = Self::Utf8(&[]);

    pub(crate) fn of(text: &'a str) -> Self {
        Self::Utf8(text.as_bytes())
    }

    /// As many bytes of it as are kept within `room`, and its form.
    fn cut(self, room: usize) -> (&'a [u8], u8) {
        match self {
            Self::Utf8(bytes) if bytes.len() <= room => (bytes, 0),
            Self::Utf8(bytes) => {
                let mut end = room;
                // Not within a character, whose further bytes begin with the bits 10.
                while end > 0 && bytes[end] & 0xc0 == 0x80 {
                    end -= 1;
                }
                (&bytes[..end], CUT)
            }
            Self::Encoded(bytes) if bytes.len() <= room => (bytes, ENCODED),
            Self::Encoded(bytes) => (&bytes[..room], ENCODED | CUT),
        }
    }
}

/// One event. JavaScript reads it by address.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct Record {
    /// In the milliseconds of `platform::now`.
    at: f64,
    executor: u32,
    future: u32,
    worker: u32,
    kind: Kind,
    detail: u8,
    /// Of both texts: how many bytes, and `ENCODED` or `CUT`.
    lengths: [u8; 2],
    forms: [u8; 2],
    text: [u8; TEXT + 2],
}

/// Where JavaScript finds what; `abi.ts` says the same.
#[cfg(target_arch = "wasm32")]
const _: () = {
    use std::mem::offset_of;
    assert!(offset_of!(Record, at) == 0);
    assert!(offset_of!(Record, executor) == 8);
    assert!(offset_of!(Record, future) == 12);
    assert!(offset_of!(Record, worker) == 16);
    assert!(offset_of!(Record, kind) == 20);
    assert!(offset_of!(Record, detail) == 21);
    assert!(offset_of!(Record, lengths) == 22);
    assert!(offset_of!(Record, forms) == 24);
    assert!(offset_of!(Record, text) == 26);
    assert!(size_of::<Record>() == 136);
};

impl Record {
    pub(crate) const EMPTY: Self = Self {
        at: 0.0,
        executor: 0,
        future: 0,
        worker: NO_WORKER,
        kind: Kind::Executor,
        detail: 0,
        lengths: [0; 2],
        forms: [0; 2],
        text: [0; TEXT + 2],
    };

    pub(crate) fn new(kind: Kind, executor: u32, at: f64) -> Self {
        Self {
            at,
            executor,
            kind,
            ..Self::EMPTY
        }
    }

    pub(crate) fn future(mut self, future: u32) -> Self {
        self.future = future;
        self
    }

    pub(crate) fn worker(mut self, worker: u32) -> Self {
        self.worker = worker;
        self
    }

    pub(crate) fn detail(mut self, detail: u8) -> Self {
        self.detail = detail;
        self
    }

    /// The event's only text.
    #[inline(never)]
    pub(crate) fn text(self, text: Text<'_>) -> Self {
        self.put(0, text.cut(TEXT))
    }

    /// The event's two texts.
    #[inline(never)]
    pub(crate) fn texts(self, first: Text<'_>, second: Text<'_>) -> Self {
        let first = first.cut(FIRST);
        let room = TEXT - first.0.len();
        self.put(0, first).put(1, second.cut(room))
    }

    fn put(mut self, which: usize, (bytes, form): (&[u8], u8)) -> Self {
        let start = if which == 0 {
            0
        } else {
            usize::from(self.lengths[0])
        };
        self.text[start..start + bytes.len()].copy_from_slice(bytes);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "no text is longer than TEXT"
        )]
        let length = bytes.len() as u8;
        self.lengths[which] = length;
        self.forms[which] = form;
        self
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
impl Record {
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// Executor, future and worker.
    pub(crate) fn numbers(&self) -> (u32, u32, u32) {
        (self.executor, self.future, self.worker)
    }

    /// Its texts, and whether they were cut.
    pub(crate) fn read(&self, which: usize) -> (String, bool) {
        let start = if which == 0 {
            0
        } else {
            usize::from(self.lengths[0])
        };
        let bytes = &self.text[start..start + usize::from(self.lengths[which])];
        let cut = self.forms[which] & CUT != 0;
        (String::from_utf8_lossy(bytes).into_owned(), cut)
    }
}

#[cfg(all(test, not(loom), not(target_arch = "wasm32")))]
mod tests {
    use super::{Kind, Record, Text};

    #[test]
    fn a_text_is_cut_at_a_character() {
        let long = "ä".repeat(60);
        let record = Record::new(Kind::Finished, 1, 0.0).text(Text::of(&long));
        assert_eq!(record.read(0), ("ä".repeat(54), true));
        let odd = format!("x{long}");
        let record = Record::new(Kind::Finished, 1, 0.0).text(Text::of(&odd));
        assert_eq!(record.read(0), (format!("x{}", "ä".repeat(53)), true));
    }

    #[test]
    fn a_second_text_gets_the_room_that_the_first_leaves() {
        let record = Record::new(Kind::Submitted, 1, 0.0)
            .texts(Text::of("square"), Text::Encoded(&[7; 200]));
        assert_eq!(record.read(0), ("square".to_owned(), false));
        assert_eq!(record.read(1), ("\u{7}".repeat(102), true));
        let record = Record::new(Kind::Submitted, 1, 0.0)
            .texts(Text::of(&"n".repeat(90)), Text::of("short"));
        assert_eq!(record.read(0), ("n".repeat(48), true));
        assert_eq!(record.read(1), ("short".to_owned(), false));
    }
}
