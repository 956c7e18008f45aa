//! Fuzzes the reader of workbooks. Bytes that are packed tell a fuzzer nothing, so the input is what a
//! package holds: its first byte chooses the format, the rest are the parts, with an empty byte between two.

#![no_main]

use std::{
    io::{Cursor, Write as _},
    panic,
};

use atlas_aect::{atlas::imports::examine, formats::csv::Profile};
use libfuzzer_sys::fuzz_target;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// The parts of an Office Open XML workbook, the likeliest to matter first, and what stands for one
/// that an input lacks.
const XLSX: [(&str, &str); 5] = [
    ("xl/worksheets/s.xml", "<worksheet><sheetData/></worksheet>"),
    ("xl/sharedStrings.xml", "<sst><si><t>Lyon</t></si></sst>"),
    ("xl/styles.xml", "<styleSheet/>"),
    ("xl/workbook.xml", r#"<workbook><sheets><sheet name="S" r:id="r"/></sheets></workbook>"#),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships><Relationship Id="r" Target="worksheets/s.xml"/></Relationships>"#,
    ),
];
const ODS: [(&str, &str); 1] = [("content.xml", "")];

fn package(parts: &[(&str, &str)], bytes: &[u8]) -> Option<Vec<u8>> {
    let mut given = bytes.split(|byte| *byte == 0);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, default) in parts {
        let part = given.next().filter(|part| !part.is_empty());
        zip.start_file(*name, stored).ok()?;
        zip.write_all(part.unwrap_or(default.as_bytes())).ok()?;
    }
    Some(zip.finish().ok()?.into_inner())
}

/// A compound file whose stream of records these bytes are.
fn compound(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).ok()?;
    file.create_stream("/Workbook").ok()?.write_all(bytes).ok()?;
    file.flush().ok()?;
    Some(file.into_inner().into_inner())
}

/// The library that reads `.xls` may panic, which is caught and told; any other panic is a finding.
fn heed_panics_of_ours() {
    let abort = panic::take_hook();
    panic::set_hook(Box::new(move |panicked| {
        if !panicked.location().is_some_and(|at| at.file().contains("calamine")) {
            abort(panicked);
        }
    }));
}

fuzz_target!(init: heed_panics_of_ours(), |bytes: &[u8]| {
    let Some((kind, rest)) = bytes.split_first() else { return };
    let file = match kind % 4 {
        0 => Some(rest.to_vec()),
        1 => package(&XLSX, rest),
        2 => package(&ODS, rest),
        _ => compound(rest),
    };
    if let Some(file) = file {
        let _ = examine(file, &Profile::recognised(), "fuzz");
    }
});
