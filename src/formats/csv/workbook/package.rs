//! The parts of a zip package as XML, with bounds on everything that its bytes could ask for.

use std::{
    collections::HashMap,
    io::{self, BufReader, Read},
};

use quick_xml::events::{BytesStart, Event};
use zip::{ZipArchive, read::ZipFile};

use super::super::{CsvError, intake::Rereadable};

/// Files of one package.
const PARTS: usize = 20_000;
/// What a part may hold, unpacked, in bytes.
const PART_BYTES: u64 = 512 * 1024 * 1024;
/// What one element or one text may hold, in bytes.
const EVENT_BYTES: u64 = 4 * 1024 * 1024;
/// Elements within elements.
const DEPTH: usize = 128;

/// A package of parts.
pub(super) struct Package<'a> {
    archive: ZipArchive<Box<dyn Rereadable + 'a>>,
    /// Lower case, with `/`: as some programs write them, and others name them.
    parts: HashMap<String, usize>,
}

impl<'a> Package<'a> {
    pub(super) fn open(input: Box<dyn Rereadable + 'a>) -> Result<Self, CsvError> {
        let archive = ZipArchive::new(input).map_err(|error| broken(&error))?;
        if archive.len() > PARTS {
            return Err(CsvError::Packed(format!(
                "it holds {} files, and a workbook of at most {PARTS} is read",
                archive.len()
            )));
        }
        let mut parts = HashMap::new();
        for (index, name) in archive.file_names().enumerate() {
            let name = name.map_err(|error| broken(&error))?;
            parts.insert(name.to_lowercase().replace('\\', "/"), index);
        }
        Ok(Self { archive, parts })
    }

    /// A part, to be read; none where the package lacks it.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<Xml<'_, 'a>>, CsvError> {
        let name = name.trim_start_matches('/').to_lowercase();
        let Some(index) = self.parts.get(&name) else { return Ok(None) };
        let file = self.archive.by_index(*index).map_err(|error| broken(&error))?;
        let input = Bounded { input: file, read: 0, allowed: 0 };
        let mut reader = quick_xml::Reader::from_reader(BufReader::with_capacity(64 * 1024, input));
        reader.config_mut().expand_empty_elements = true;
        Ok(Some(Xml { reader, buffer: Vec::new(), depth: 0 }))
    }
}

/// Why a package cannot be read.
pub(super) fn broken(error: &dyn std::fmt::Display) -> CsvError {
    CsvError::Packed(error.to_string())
}

type PartBytes<'z, 'a> = Bounded<ZipFile<'z, Box<dyn Rereadable + 'a>>>;

/// The events of a part.
pub(super) struct Xml<'z, 'a> {
    reader: quick_xml::Reader<BufReader<PartBytes<'z, 'a>>>,
    buffer: Vec<u8>,
    depth: usize,
}

impl Xml<'_, '_> {
    /// The next event; `Eof` at the end.
    pub(super) fn next(&mut self) -> Result<Event<'_>, CsvError> {
        self.buffer.clear();
        if self.buffer.capacity() > 1024 * 1024 {
            self.buffer.shrink_to(64 * 1024);
        }
        let bounded = self.reader.get_mut().get_mut();
        bounded.allowed = bounded.read + EVENT_BYTES;
        let event = self.reader.read_event_into(&mut self.buffer).map_err(|e| broken(&e))?;
        match event {
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        if self.depth > DEPTH {
            return Err(CsvError::Packed(format!(
                "its elements are nested more than {DEPTH} deep, as no spreadsheet writes them; \
                 save the table as CSV"
            )));
        }
        Ok(event)
    }
}

/// A part that ends with an error where it is larger than it may be.
struct Bounded<R> {
    input: R,
    read: u64,
    allowed: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read > self.allowed {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                "one of its cells holds more than 4 MiB; save the table as CSV",
            ));
        }
        if self.read > PART_BYTES {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                "it holds more than 512 MiB, unpacked; save the table as CSV",
            ));
        }
        let length = self.input.read(buffer)?;
        self.read += length as u64;
        Ok(length)
    }
}

/// An attribute of an element, by its name without prefix.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    let found = attributes
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == name)?;
    let value = found.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()?;
    Some(value.into_owned())
}

/// Appends what an event says, where it is text.
pub(super) fn append(text: &mut String, event: &Event<'_>) {
    match event {
        Event::Text(part) => text.push_str(&part.xml10_content()),
        Event::CData(part) => text.push_str(&part.xml10_content()),
        Event::GeneralRef(reference) => {
            if let Ok(Some(character)) = reference.resolve_char_ref() {
                text.push(character);
            } else {
                text.push_str(match reference.xml10_content().as_ref() {
                    "lt" => "<",
                    "gt" => ">",
                    "amp" => "&",
                    "quot" => "\"",
                    "apos" => "'",
                    _ => "",
                });
            }
        }
        _ => {}
    }
}
