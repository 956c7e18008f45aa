//! Which encoding a file is in, decided on all of it, and its bytes as UTF-8.

use std::io::{self, Read};

use encoding_rs::{
    Decoder, Encoding, ISO_8859_15, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252,
};

const CHUNK: usize = 64 * 1024;

/// What a pass over the bytes of a file has seen.
#[derive(Default)]
pub(super) struct Scan {
    head: Vec<u8>,
    /// The end of a chunk that may be the beginning of a character.
    carried: Vec<u8>,
    /// Characters of more than one byte, well-formed.
    wide: u64,
    /// Bytes that are no part of UTF-8.
    broken: u64,
}

/// Bytes that show a file to be UTF-16 by its zeros.
const HEAD: usize = 4096;

impl Scan {
    /// Looks at the next bytes.
    pub(super) fn feed(&mut self, chunk: &[u8]) {
        if self.head.len() < HEAD {
            self.head.extend(chunk.iter().take(HEAD - self.head.len()));
        }
        let mut carried = std::mem::take(&mut self.carried);
        let mut rest = chunk;
        if !carried.is_empty() {
            carried.extend_from_slice(chunk);
            rest = &carried;
        }
        loop {
            match simdutf8::compat::from_utf8(rest) {
                Ok(valid) => {
                    self.wide += wide(valid.as_bytes());
                    return;
                }
                Err(error) => {
                    let (valid, after) = rest.split_at(error.valid_up_to());
                    self.wide += wide(valid);
                    let Some(length) = error.error_len() else {
                        self.carried = after.to_vec();
                        return;
                    };
                    self.broken += length as u64;
                    rest = &after[length..];
                }
            }
        }
    }

    /// The encoding of everything that was fed, where it is one of Unicode's; else its bytes,
    /// counted, tell which it is.
    pub(super) fn encoding(&self) -> Option<&'static Encoding> {
        if let Some((marked, _)) = Encoding::for_bom(&self.head) {
            return Some(marked);
        }
        if let Some(wide) = self.utf_16() {
            return Some(wide);
        }
        let broken = self.broken + self.carried.len() as u64;
        // some broken rows in a file that is UTF-8 elsewhere are theirs to correct
        (broken == 0 || self.wide > broken).then_some(UTF_8)
    }

    /// Whether there are characters of UTF-8 and bytes that are none.
    pub(super) fn may_be_mixed(&self) -> bool {
        let is_utf_8 = self.encoding().is_none_or(|encoding| encoding == UTF_8);
        is_utf_8 && self.wide > 0 && self.broken + self.carried.len() as u64 > 0
    }

    /// UTF-16 without a mark: text of our alphabet has a zero in every other byte.
    fn utf_16(&self) -> Option<&'static Encoding> {
        let half = self.head.len() / 2;
        let zeros = |first: usize| {
            self.head.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count()
        };
        let (even, odd) = (zeros(0), zeros(1));
        match () {
            () if half < 8 => None,
            () if odd * 10 > half * 7 && even * 20 < half => Some(UTF_16LE),
            () if even * 10 > half * 7 && odd * 20 < half => Some(UTF_16BE),
            () => None,
        }
    }
}

/// How many characters of more than one byte there are in well-formed UTF-8.
fn wide(text: &[u8]) -> u64 {
    text.iter().filter(|byte| **byte >= 0xc0).count() as u64
}

/// The bytes of a file in an encoding of one byte a character, counted.
pub(super) struct Counts {
    bytes: [u64; 256],
    /// Letters written `œ`, `Œ` in ISO-8859-15, beside another letter.
    ligatures: u64,
    last: u8,
}

impl Counts {
    pub(super) fn new() -> Self {
        Self { bytes: [0; 256], ligatures: 0, last: 0 }
    }

    /// Counts the next bytes.
    pub(super) fn feed(&mut self, chunk: &[u8]) {
        let ligature = |byte: u8| matches!(byte, 0xbc | 0xbd);
        for byte in chunk {
            self.bytes[*byte as usize] += 1;
            let beside = (ligature(self.last) && byte.is_ascii_alphabetic())
                || (ligature(*byte) && self.last.is_ascii_alphabetic());
            self.ligatures += u64::from(beside);
            self.last = *byte;
        }
    }

    /// The encoding that they are most likely of.
    pub(super) fn encoding(&self) -> &'static Encoding {
        let count = |bytes: &[u8]| bytes.iter().map(|byte| self.bytes[*byte as usize]).sum::<u64>();
        // é è ê ç à ô of the Macintosh, which are odd or no characters in Windows-1252
        let macintosh = count(&[0x8e, 0x8f, 0x90, 0x8d, 0x88, 0x99]);
        if self.bytes[0x8e] + self.bytes[0x8f] > 0
            && macintosh > (0xc0..=0xff).map(|b: u8| count(&[b])).sum()
        {
            return MACINTOSH;
        }
        let controls: u64 = self.bytes[0x80..0xa0].iter().sum();
        // the euro and the ligature stand elsewhere in ISO-8859-15, which has no letters below 0xa0
        if controls == 0 && self.bytes[0xa4] + self.ligatures > 0 {
            return ISO_8859_15;
        }
        WINDOWS_1252
    }
}

/// Bytes of an encoding to UTF-8. UTF-8 itself goes through as it is, its errors too, so that
/// they can be told row by row.
pub(super) struct Decoded<R> {
    input: R,
    decoder: Option<Decoder>,
    bytes: Vec<u8>,
    text: Vec<u8>,
    /// What of `text` is given out already.
    given: usize,
    ended: bool,
}

impl<R: Read> Decoded<R> {
    pub(super) fn new(input: R, encoding: &'static Encoding) -> Self {
        let decoder = (encoding != UTF_8).then(|| encoding.new_decoder_without_bom_handling());
        Self { input, decoder, bytes: Vec::new(), text: Vec::new(), given: 0, ended: false }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(decoder) = &mut self.decoder else { return self.input.read(buffer) };
        while self.given == self.text.len() && !self.ended {
            self.bytes.resize(CHUNK, 0);
            let length = self.input.read(&mut self.bytes)?;
            self.ended = length == 0;
            self.text.clear();
            self.given = 0;
            let room = decoder.max_utf8_buffer_length(length).unwrap_or(4 * CHUNK);
            self.text.resize(room, 0);
            let (_, _, written, _) =
                decoder.decode_to_utf8(&self.bytes[..length], &mut self.text, self.ended);
            self.text.truncate(written);
        }
        let rest = &self.text[self.given..];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The encoding of bytes that come in chunks of a size.
    fn encoding(bytes: &[u8], size: usize) -> &'static Encoding {
        let (mut scan, mut counts) = (Scan::default(), Counts::new());
        for chunk in bytes.chunks(size) {
            scan.feed(chunk);
            counts.feed(chunk);
        }
        scan.encoding().unwrap_or_else(|| counts.encoding())
    }

    fn recognised(bytes: &[u8]) -> &'static str {
        // the cut of chunks must not matter
        let [name, others @ ..] = [1 << 16, 1, 3].map(|size| encoding(bytes, size).name());
        assert_eq!(others, [name; 2]);
        name
    }

    fn read(bytes: &[u8]) -> String {
        let mut text = String::new();
        Decoded::new(bytes, encoding(bytes, 1 << 16)).read_to_string(&mut text).unwrap();
        text
    }

    fn utf_16(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect()
    }

    #[test]
    fn the_whole_file_decides() {
        assert_eq!(recognised(b"plain"), "UTF-8");
        assert_eq!(recognised("Évry".as_bytes()), "UTF-8");
        assert_eq!(recognised(b"\xc9vry"), "windows-1252");
        assert_eq!(recognised(b"12 \x80, l\x92\xe9t\xe9"), "windows-1252");
        assert_eq!(recognised(b"12 \xa4, \xe9t\xe9"), "ISO-8859-15");
        assert_eq!(recognised(b"H\x8ericourt, Gen\x8fve"), "macintosh");
        assert_eq!(recognised(&utf_16("\u{feff}a;b", false)), "UTF-16LE");
        assert_eq!(recognised(&utf_16("collectivite;pays", true)), "UTF-16BE");
        let mut late = "collectivité\n".repeat(10_000).into_bytes();
        late.push(0xe9);
        assert_eq!(recognised(&late), "UTF-8", "one broken row is that row's error");
        let mut plain = vec![b'a'; 1 << 20];
        plain.push(0xe9);
        assert_eq!(recognised(&plain), "windows-1252", "the last byte counts");
    }

    #[test]
    fn text_comes_out_as_it_was_written() {
        assert_eq!(read(b"12 \x80, l\x92\xe9t\xe9"), "12 €, l’été");
        assert_eq!(read(b"12 \xa4, \xbduvre"), "12 €, œuvre");
        assert_eq!(read(&utf_16("\u{feff}Łódź;東京;😀", true)), "\u{feff}Łódź;東京;😀");
        let long = "é".repeat(CHUNK);
        let latin: Vec<u8> = vec![0xe9; CHUNK];
        assert_eq!(read(&latin), long);
    }
}
