//! A file as it comes: kept where it can be read twice, unpacked, its encoding decided.

use std::{
    borrow::Cow,
    fs::File,
    io::{self, Cursor, Read, Seek, SeekFrom, Write},
};

use encoding_rs::Encoding;
use sha2::{Digest, Sha256};

use super::{
    CsvError,
    encoding::{Counts, Scan},
    mixed::{LineCounts, Mixed},
    workbook::{self, Sheets},
};

/// What is kept in memory of a stream; more goes to an unnamed temporary file.
const IN_MEMORY: usize = 4 * 1024 * 1024;
/// What a packed file may hold.
const UNPACKED_LIMIT: u64 = 4 * 1024 * 1024 * 1024;
const CHUNK: usize = 256 * 1024;

/// Where a file comes from.
pub enum Input<'a> {
    /// A file on disk, read in place.
    File(File),
    /// Bytes in memory.
    Bytes(Cow<'a, [u8]>),
    /// Anything else: it is read once and kept until the end.
    Stream(Box<dyn Read + Send + 'a>),
}

impl From<File> for Input<'_> {
    fn from(file: File) -> Self {
        Self::File(file)
    }
}

impl<'a> From<&'a [u8]> for Input<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl From<Vec<u8>> for Input<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl<'a> From<Box<dyn Read + Send + 'a>> for Input<'a> {
    fn from(stream: Box<dyn Read + Send + 'a>) -> Self {
        Self::Stream(stream)
    }
}

/// What a file is, beside text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Text with separators.
    Text,
    /// A sheet of a workbook, rewritten as text with commas.
    Sheet,
}

/// A file, taken in.
pub(super) struct Intake<'a> {
    kept: Kept<'a>,
    pub(super) form: Form,
    /// It came in an archive, or is a workbook.
    pub(super) packed: bool,
    pub(super) encoding: &'static Encoding,
    /// Its lines are of two encodings, and are decoded one by one.
    pub(super) mixed: Option<Mixed>,
    /// Of the file as it came, lower-case hexadecimal.
    pub(super) sha256: String,
    /// Of a workbook, what was read of it.
    pub(super) sheets: Option<Sheets>,
}

/// How a file is to be taken in.
pub(super) struct Opening<'o> {
    /// Overrides what the bytes of the file say.
    pub(super) encoding: Option<&'o str>,
    /// Of a workbook, the sheet by its name or number; chosen without it.
    pub(super) sheet: Option<&'o str>,
    /// How much of a table the beginning of a sheet makes.
    pub(super) weigh: &'o dyn Fn(&[u8]) -> usize,
}

impl<'a> Intake<'a> {
    /// Reads the file once, to its end.
    pub(super) fn new(input: Input<'a>, opening: &Opening<'_>) -> Result<Self, CsvError> {
        let encoding = match opening.encoding {
            None => None,
            Some(label) => Some(
                Encoding::for_label(label.trim().as_bytes())
                    .ok_or_else(|| CsvError::EncodingUnknown(label.into()))?,
            ),
        };
        let mut hash = Sha256::new();
        let mut scan = Scan::default();
        let mut see = |bytes: &[u8]| {
            hash.update(bytes);
            scan.feed(bytes);
        };
        let mut kept = Kept::take(input, &mut see)?;
        let sha256 = data_encoding::HEXLOWER.encode(&hash.finalize());
        let mut form = Form::Text;
        let mut packed = false;
        let mut sheets = None;
        // an archive may hold a workbook
        for _ in 0..2 {
            let Some(unpacked) = unpack(&kept, opening)? else { break };
            packed = true;
            scan = Scan::default();
            kept = unpacked.kept;
            if unpacked.sheets.is_some() {
                (form, sheets) = (Form::Sheet, unpacked.sheets);
                break;
            }
            kept.each_chunk(&mut |bytes| scan.feed(bytes))?;
        }
        let mut mixed = None;
        if form == Form::Text && encoding.is_none() && scan.may_be_mixed() {
            let mut lines = LineCounts::new();
            kept.each_chunk(&mut |bytes| lines.feed(bytes))?;
            mixed = lines.mixed(scan.encoding().is_some());
        }
        let encoding = if form == Form::Sheet || mixed.is_some() {
            encoding_rs::UTF_8
        } else if let Some(encoding) = encoding.or_else(|| scan.encoding()) {
            encoding
        } else {
            let mut counts = Counts::new();
            kept.each_chunk(&mut |bytes| counts.feed(bytes))?;
            counts.encoding()
        };
        Ok(Self { kept, form, packed, encoding, mixed, sha256, sheets })
    }

    /// The bytes, from the beginning.
    pub(super) fn into_reader(self) -> io::Result<Box<dyn Read + Send + 'a>> {
        Ok(match self.kept {
            Kept::Memory(bytes) => Box::new(Cursor::new(bytes)),
            Kept::File(mut file) => {
                file.seek(SeekFrom::Start(0))?;
                Box::new(file)
            }
        })
    }
}

/// Bytes that can be read again.
enum Kept<'a> {
    Memory(Cow<'a, [u8]>),
    File(File),
}

/// What both kinds of them can do.
pub(super) trait Rereadable: Read + Seek {}
impl<T: Read + Seek> Rereadable for T {}

impl<'a> Kept<'a> {
    fn take(input: Input<'a>, see: &mut dyn FnMut(&[u8])) -> io::Result<Self> {
        let kept = match input {
            Input::Bytes(bytes) => Self::Memory(bytes),
            Input::File(mut file) if file.metadata()?.is_file() => {
                file.seek(SeekFrom::Start(0))?;
                Self::File(file)
            }
            Input::File(mut file) => return Self::spool(&mut file, u64::MAX, see),
            Input::Stream(mut stream) => return Self::spool(&mut stream, u64::MAX, see),
        };
        kept.each_chunk(see)?;
        Ok(kept)
    }

    /// Keeps a stream of at most so many bytes.
    fn spool(input: &mut dyn Read, limit: u64, see: &mut dyn FnMut(&[u8])) -> io::Result<Self> {
        let mut memory = Vec::new();
        let mut file: Option<File> = None;
        let mut total = 0;
        let mut chunk = vec![0; CHUNK];
        loop {
            let length = match input.read(&mut chunk) {
                Ok(0) => break,
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            total += length as u64;
            if total > limit {
                return Err(io::Error::new(io::ErrorKind::FileTooLarge, "more than 4 GiB"));
            }
            see(&chunk[..length]);
            if file.is_none() && memory.len() + length > IN_MEMORY {
                let mut spooled = tempfile::tempfile()?;
                spooled.write_all(&memory)?;
                memory = Vec::new();
                file = Some(spooled);
            }
            match &mut file {
                Some(file) => file.write_all(&chunk[..length])?,
                None => memory.extend_from_slice(&chunk[..length]),
            }
        }
        Ok(match file {
            Some(file) => Self::File(file),
            None => Self::Memory(memory.into()),
        })
    }

    fn open(&self) -> io::Result<Box<dyn Rereadable + '_>> {
        Ok(match self {
            Self::Memory(bytes) => Box::new(Cursor::new(bytes.as_ref())),
            Self::File(file) => {
                let mut file: &File = file;
                file.seek(SeekFrom::Start(0))?;
                Box::new(file)
            }
        })
    }

    fn each_chunk(&self, see: &mut dyn FnMut(&[u8])) -> io::Result<()> {
        if let Self::Memory(bytes) = self {
            see(bytes);
            return Ok(());
        }
        let mut input = self.open()?;
        let mut chunk = vec![0; CHUNK];
        loop {
            match input.read(&mut chunk)? {
                0 => return Ok(()),
                length => see(&chunk[..length]),
            }
        }
    }

    fn head(&self) -> io::Result<Vec<u8>> {
        let mut head = Vec::new();
        self.open()?.take(8).read_to_end(&mut head)?;
        Ok(head)
    }
}

/// What a packed file holds.
struct Unpacked {
    kept: Kept<'static>,
    /// It is a workbook: what was read of it.
    sheets: Option<Sheets>,
}

impl From<Kept<'static>> for Unpacked {
    fn from(kept: Kept<'static>) -> Self {
        Self { kept, sheets: None }
    }
}

/// What a packed file or a workbook holds; nothing where it is neither.
fn unpack(kept: &Kept<'_>, opening: &Opening<'_>) -> Result<Option<Unpacked>, CsvError> {
    let head = kept.head()?;
    let packed = |reason: &dyn std::fmt::Display| CsvError::Packed(reason.to_string());
    if head.starts_with(b"\x1f\x8b") {
        let mut text = flate2::read::MultiGzDecoder::new(kept.open()?);
        let text = Kept::spool(&mut text, UNPACKED_LIMIT, &mut |_| {});
        return Ok(Some(text.map_err(|error| packed(&error))?.into()));
    }
    if head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return sheet(workbook::Format::Xls, kept, opening).map(Some);
    }
    if !head.starts_with(b"PK\x03\x04") && !head.starts_with(b"PK\x05\x06") {
        return Ok(None);
    }
    let mut archive = zip::ZipArchive::new(kept.open()?).map_err(|error| packed(&error))?;
    let names: Result<Vec<String>, _> =
        archive.file_names().map(|name| name.map(std::borrow::Cow::into_owned)).collect();
    let names = names.map_err(|error| packed(&error))?;
    let has = |wanted: &str| {
        names.iter().any(|name| name.replace('\\', "/").eq_ignore_ascii_case(wanted))
    };
    let format = match () {
        () if has("xl/workbook.xml") => Some(workbook::Format::Xlsx),
        () if has("content.xml") => Some(workbook::Format::Ods),
        () if has("xl/workbook.bin") => {
            return Err(CsvError::Packed("it is a binary workbook; save it as .xlsx".into()));
        }
        () => None,
    };
    if let Some(format) = format {
        drop(archive);
        return sheet(format, kept, opening).map(Some);
    }
    let hidden = |name: &str| {
        let last = name.rsplit('/').next().unwrap_or_default();
        last.is_empty() || last.starts_with('.') || name.starts_with("__MACOSX/")
    };
    let files: Vec<&String> = names.iter().filter(|name| !hidden(name)).collect();
    let [only] = files.as_slice() else {
        return Err(CsvError::Archive(files.len()));
    };
    let mut file = archive.by_name(only).map_err(|error| packed(&error))?;
    let text = Kept::spool(&mut file, UNPACKED_LIMIT, &mut |_| {});
    Ok(Some(text.map_err(|error| packed(&error))?.into()))
}

fn sheet(
    format: workbook::Format,
    kept: &Kept<'_>,
    opening: &Opening<'_>,
) -> Result<Unpacked, CsvError> {
    let choice = workbook::Choice { sheet: opening.sheet, weigh: opening.weigh };
    let (text, sheets) = workbook::read(format, kept.open()?, &choice)?;
    let kept = match text {
        workbook::Text::Memory(text) => Kept::Memory(text.into()),
        workbook::Text::File(file) => Kept::File(file),
    };
    Ok(Unpacked { kept, sheets: Some(sheets) })
}
