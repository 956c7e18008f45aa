//! The bytes of a file to plain text lines: no byte order mark, `\n` alone ends a line.

use std::io::{self, Read};

const CHUNK: usize = 64 * 1024;

/// Wraps a file so that every line ends in one `\n`, the last one too: a CSV reader can then
/// count lines as an editor does, whatever system wrote the file.
pub(super) struct Lines<R> {
    input: R,
    chunk: Vec<u8>,
    /// What of `chunk` is given out already.
    given: usize,
    /// The last byte of input was `\r`, already given out as `\n`.
    after_cr: bool,
    at_start: bool,
    ended: bool,
    last: u8,
    /// Bytes given out in all, and how many may be before the next is refused.
    total: u64,
    allowed: u64,
    /// The last three bytes given out.
    tail: [u8; 3],
    /// How the file itself writes it.
    manner: Manner,
}

/// What of a text's form its lines no longer show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Manner {
    /// It begins with a byte order mark.
    pub(super) marked: bool,
    /// What ends its lines, as far as its beginning tells.
    pub(super) line_end: LineEnd,
}

/// What ends a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum LineEnd {
    #[default]
    Lf,
    CrLf,
    Cr,
}

impl LineEnd {
    fn of(text: &[u8]) -> Self {
        // a line break within a cell may be another one than that of the rows
        if memchr::memmem::find(text, b"\r\n").is_some() {
            Self::CrLf
        } else if !text.contains(&b'\n') && text.contains(&b'\r') {
            Self::Cr
        } else {
            Self::Lf
        }
    }
}

impl<R: Read> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input,
            chunk: Vec::new(),
            given: 0,
            after_cr: false,
            at_start: true,
            ended: false,
            last: b'\n',
            total: 0,
            allowed: u64::MAX,
            tail: [0; 3],
            manner: Manner::default(),
        }
    }

    /// Reads until there is something to give, or the input is at its end.
    fn refill(&mut self) -> io::Result<()> {
        while self.given == self.chunk.len() && !self.ended {
            self.chunk.resize(CHUNK, 0);
            self.given = 0;
            // the first chunk is filled as far as it goes, so that a mark of three bytes is whole
            let mut length = self.input.read(&mut self.chunk)?;
            while self.at_start && length > 0 && length < CHUNK {
                match self.input.read(&mut self.chunk[length..])? {
                    0 => break,
                    more => length += more,
                }
            }
            self.chunk.truncate(length);
            if length == 0 {
                self.ended = true;
                if self.last != b'\n' {
                    self.chunk.push(b'\n');
                }
                break;
            }
            if std::mem::take(&mut self.at_start) {
                let marked = self.chunk.starts_with(b"\xef\xbb\xbf");
                if marked {
                    self.chunk.drain(..3);
                }
                self.manner = Manner { marked, line_end: LineEnd::of(&self.chunk) };
            }
            self.join_line_ends();
            self.last = self.chunk.last().copied().unwrap_or(self.last);
        }
        Ok(())
    }

    fn join_line_ends(&mut self) {
        if std::mem::take(&mut self.after_cr) && self.chunk.first() == Some(&b'\n') {
            self.chunk.remove(0);
        }
        let Some(first) = memchr::memchr(b'\r', &self.chunk) else { return };
        // moves what stands between two ends of lines as a whole
        let (mut from, mut to) = (first, first);
        while from < self.chunk.len() {
            // here is a `\r`
            self.chunk[to] = b'\n';
            (from, to) = (from + 1, to + 1);
            self.after_cr = from == self.chunk.len();
            if self.chunk.get(from) == Some(&b'\n') {
                from += 1;
            }
            let rest = &self.chunk[from..];
            let length = memchr::memchr(b'\r', rest).unwrap_or(rest.len());
            self.chunk.copy_within(from..from + length, to);
            (from, to) = (from + length, to + length);
        }
        self.chunk.truncate(to);
    }

    /// Gives out no more than so many bytes in all: a row that has no end must not fill memory.
    pub(super) fn allow(&mut self, bytes: u64) {
        self.allowed = bytes;
    }

    /// Whether a quotation mark is open at the end of the text, where the last cell, read up to
    /// byte `at`, ends in a line end: that line end is the file's own, unless one mark alone and
    /// another line end follow it.
    pub(super) fn ends_in_quotes(&self, at: u64) -> bool {
        self.ended && self.total == at && self.tail != *b"\n\"\n"
    }

    /// How the file writes its text, once its beginning was read.
    pub(super) fn manner(&self) -> Manner {
        self.manner
    }

    /// The beginning of the text, before anything is read.
    pub(super) fn head(&mut self) -> io::Result<&[u8]> {
        self.refill()?;
        Ok(&self.chunk[self.given..])
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.total > self.allowed {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.refill()?;
        let rest = &self.chunk[self.given..];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        for byte in &buffer[length.saturating_sub(3)..length] {
            self.tail = [self.tail[1], self.tail[2], *byte];
        }
        self.given += length;
        self.total += length as u64;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its text in pieces of a few bytes.
    struct Pieces<'a>(&'a [u8], usize);

    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.1.min(self.0.len()).min(buffer.len());
            buffer[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    #[test]
    fn every_line_ends_in_one_newline_however_the_file_comes() {
        for (text, lines) in [
            ("", ""),
            ("a", "a\n"),
            ("a\r\nb\rc\nd", "a\nb\nc\nd\n"),
            ("\u{feff}a\r\r\n\r\n", "a\n\n\n"),
            ("a\n\r", "a\n\n"),
        ] {
            for size in 1..5 {
                let mut out = String::new();
                Lines::new(Pieces(text.as_bytes(), size)).read_to_string(&mut out).unwrap();
                assert_eq!(out, lines, "{text:?} in pieces of {size}");
            }
        }
    }
}
