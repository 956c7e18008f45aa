//! The file of a backup: lines of text, compressed by Zstandard (RFC 8878), and behind them the
//! SHA-256 of all that, in a frame that decompressors skip. `zstd -dc FILE` shows the lines.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};

use sha2::{Digest, Sha256};

/// How the last frame begins: it is one to skip, of 32 bytes (RFC 8878, 3.1.2).
const FRAME: [u8; 8] = [0x50, 0x2A, 0x4D, 0x18, 32, 0, 0, 0];
/// Bytes of the last frame.
const TRAILER: u64 = FRAME.len() as u64 + 32;
/// The longest line that is read: a text of a database has 1 GB at most.
const LONGEST_LINE: u64 = 1 << 30;
/// Fast, and small enough.
const LEVEL: i32 = 3;

/// Why a file is not taken for a backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupFileError {
    /// It does not end as a backup does.
    #[error("it is no backup of this program, or it was cut short")]
    Cut,
    /// Its bytes are not those that were written.
    #[error("its bytes have changed since it was written: its SHA-256 is another one")]
    Changed,
    /// It cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Writes a backup line by line.
pub struct BackupWriter<W: Write>(zstd::Encoder<'static, Hashing<W>>);

/// Passes bytes on, and remembers what they were.
struct Hashing<W> {
    inner: W,
    hash: Sha256,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<W: Write> BackupWriter<W> {
    /// Into this.
    pub fn new(inner: W) -> io::Result<Self> {
        let hashing = Hashing { inner, hash: Sha256::new() };
        Ok(Self(zstd::Encoder::new(hashing, LEVEL)?))
    }

    /// Writes a line, which has no line break in it.
    pub fn line(&mut self, line: &str) -> io::Result<()> {
        self.0.write_all(line.as_bytes())?;
        self.0.write_all(b"\n")
    }

    /// Writes what makes it whole.
    pub fn finish(self) -> io::Result<W> {
        let Hashing { mut inner, hash } = self.0.finish()?;
        inner.write_all(&FRAME)?;
        inner.write_all(&hash.finalize())?;
        inner.flush()?;
        Ok(inner)
    }
}

/// The lines of a backup whose every byte is as it was written.
pub struct BackupReader<R: Read>(BufReader<zstd::Decoder<'static, BufReader<io::Take<R>>>>);

impl<R: Read + Seek> BackupReader<R> {
    /// Reads all of the file first, and refuses one that is not whole.
    pub fn open(mut file: R) -> Result<Self, BackupFileError> {
        let length = file.seek(SeekFrom::End(0))?;
        let body = length.checked_sub(TRAILER).ok_or(BackupFileError::Cut)?;
        file.rewind()?;
        let mut hash = Sha256::new();
        let mut rest = (&mut file).take(body);
        let mut piece = vec![0; 1 << 16];
        loop {
            let read = rest.read(&mut piece)?;
            if read == 0 {
                break;
            }
            hash.update(&piece[..read]);
        }
        let mut trailer = [0; TRAILER as usize];
        file.read_exact(&mut trailer)?;
        let (frame, told) = trailer.split_at(FRAME.len());
        if frame != FRAME {
            return Err(BackupFileError::Cut);
        }
        if told != hash.finalize().as_slice() {
            return Err(BackupFileError::Changed);
        }
        file.rewind()?;
        Ok(Self(BufReader::new(zstd::Decoder::new(file.take(body))?)))
    }
}

impl<R: Read> Iterator for BackupReader<R> {
    type Item = io::Result<String>;

    fn next(&mut self) -> Option<io::Result<String>> {
        let mut line = String::new();
        match (&mut self.0).take(LONGEST_LINE).read_line(&mut line) {
            Ok(0) => None,
            Ok(_) => {
                if line.ends_with('\n') {
                    line.pop();
                }
                Some(Ok(line))
            }
            Err(error) => Some(Err(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn lines(bytes: Vec<u8>) -> Result<Vec<String>, BackupFileError> {
        Ok(BackupReader::open(Cursor::new(bytes))?.collect::<io::Result<_>>()?)
    }

    #[test]
    fn every_byte_counts() {
        let mut writer = BackupWriter::new(Vec::new()).unwrap();
        let written = ["{}", "[1,\"é\"]", "", "[2]"];
        for line in written {
            writer.line(line).unwrap();
        }
        let whole = writer.finish().unwrap();
        assert_eq!(lines(whole.clone()).unwrap(), written);
        for place in 0..whole.len() {
            let mut changed = whole.clone();
            changed[place] ^= 1 << (place % 8);
            assert!(lines(changed).is_err(), "a bit of byte {place}");
            assert!(lines(whole[..place].to_vec()).is_err(), "cut after {place} bytes");
        }
        assert!(lines([&whole[..], b"\n"].concat()).is_err(), "longer by a byte");
        // other programs read it too
        assert_eq!(
            zstd::decode_all(Cursor::new(whole)).unwrap(),
            "{}\n[1,\"é\"]\n\n[2]\n".as_bytes()
        );
    }
}
