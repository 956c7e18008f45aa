//! A file whose lines are of two encodings, as lists that were pasted together are.

use std::borrow::Cow;

use csv::ByteRecord;
use encoding_rs::{Encoding, UTF_8};

use super::encoding::Counts;

/// A file of UTF-8 and of another encoding, line by line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mixed {
    other: &'static Encoding,
    is_mostly_utf_8: bool,
}

impl Mixed {
    /// The encoding of most of the file.
    pub(super) fn main(self) -> &'static Encoding {
        if self.is_mostly_utf_8 { UTF_8 } else { self.other }
    }

    /// That of its other lines.
    pub(super) fn rarer(self) -> &'static Encoding {
        if self.is_mostly_utf_8 { self.other } else { UTF_8 }
    }

    /// Makes a row UTF-8; whether it was in the rarer encoding. One that has characters of UTF-8
    /// and bytes that are none is left as it is, in a file that is UTF-8 elsewhere.
    pub(super) fn decode(self, record: &mut ByteRecord) -> bool {
        let bytes = record.as_slice();
        if bytes.is_ascii() {
            return false;
        }
        match simdutf8::basic::from_utf8(bytes) {
            Ok(text) if self.is_mostly_utf_8 || is_plausible(text) => !self.is_mostly_utf_8,
            Err(_) if self.is_mostly_utf_8 && has_wide(bytes) => false,
            _ => {
                let cells =
                    record.iter().map(|cell| self.other.decode_without_bom_handling(cell).0);
                let decoded: Vec<_> = cells.map(Cow::into_owned).collect();
                *record = decoded.into();
                self.is_mostly_utf_8
            }
        }
    }

    /// The beginning of the file as UTF-8.
    pub(super) fn head(self, head: &[u8]) -> Vec<u8> {
        let mut text = Vec::with_capacity(head.len());
        for line in head.split_inclusive(|byte| *byte == b'\n') {
            let mut record = ByteRecord::from(vec![line]);
            self.decode(&mut record);
            text.extend_from_slice(record.as_slice());
        }
        text
    }
}

/// Counts lines by their encodings.
pub(super) struct LineCounts {
    counts: Counts,
    utf_8: u64,
    others: u64,
    carried: Vec<u8>,
}

/// A line is judged by so many of its bytes.
const LINE_BYTES: usize = 64 * 1024;

impl LineCounts {
    pub(super) fn new() -> Self {
        Self { counts: Counts::new(), utf_8: 0, others: 0, carried: Vec::new() }
    }

    /// Looks at the next bytes.
    pub(super) fn feed(&mut self, chunk: &[u8]) {
        for piece in chunk.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
            if piece.ends_with(b"\n") || piece.ends_with(b"\r") {
                let mut line = std::mem::take(&mut self.carried);
                if line.is_empty() {
                    self.line(piece);
                } else {
                    line.extend_from_slice(piece);
                    self.line(&line);
                }
            } else if self.carried.len() < LINE_BYTES {
                self.carried.extend_from_slice(piece);
            }
        }
    }

    fn line(&mut self, line: &[u8]) {
        if line.is_ascii() {
            return;
        }
        if let Ok(text) = simdutf8::basic::from_utf8(line) {
            self.utf_8 += u64::from(is_plausible(text));
        } else {
            self.others += 1;
            self.counts.feed(line);
        }
    }

    /// The two encodings of the file; nothing where its lines are of one.
    pub(super) fn mixed(mut self, is_mostly_utf_8: bool) -> Option<Mixed> {
        let last = std::mem::take(&mut self.carried);
        self.line(&last);
        let other = self.counts.encoding();
        (self.utf_8 > 0 && self.others > 0).then_some(Mixed { other, is_mostly_utf_8 })
    }
}

/// Whether a text that is well-formed UTF-8 is meant as such, not two letters of another encoding
/// by chance.
fn is_plausible(text: &str) -> bool {
    !text.chars().any(|c| matches!(c, '\u{80}'..='\u{9f}' | '\u{180}'..='\u{36f}'))
}

fn has_wide(bytes: &[u8]) -> bool {
    bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii())
}
