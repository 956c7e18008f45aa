//! `atlas export`: a collection as one file.

use std::process::ExitCode;

use super::{Failure, directory, open, tiles, write_export};
use crate::{
    atlas::{
        export::{
            DirectorySource, Export, ExportSource, Format, RegisterSource, pmtiles::TileExport,
        },
        register::publish,
    },
    config::{ExportOptions, RecordsOption},
    domain::Language,
    search::{
        ApiCollection, Collection, Filter, ParameterError,
        directory::{DirectoryCollection, DirectoryFilter, funder::use_directory},
    },
};

/// Writes what was asked for.
pub(super) fn run(options: &ExportOptions) -> Result<ExitCode, Failure> {
    let folder = options.directory.directory.as_deref();
    if folder.is_some() {
        use_directory(&directory::load(folder)?);
    }
    let format = options.format.of_features();
    if options.spreadsheet && format != Some(Format::Csv) {
        let message = "--spreadsheet is a form of CSV: add --format csv";
        return Err(Failure::Usage(message.into()));
    }
    let collection = ApiCollection::from_id(&options.collection).ok_or_else(|| {
        let (id, known) = (&options.collection, ApiCollection::known());
        Failure::Usage(format!("there is no collection “{id}”; there are: {known}"))
    })?;
    let Some(format) = format else { return write_tiles(options, collection) };
    let source: Box<dyn ExportSource> = match collection {
        ApiCollection::Register(one) => Box::new(of_register(options, one, format)?),
        ApiCollection::Directory(one) => Box::new(of_directory(options, one)?),
    };
    let export = Export::new(source, format, options.lang.into());
    write_export(export.for_excel(options.spreadsheet), options.output.as_deref())
}

fn write_tiles(options: &ExportOptions, collection: ApiCollection) -> Result<ExitCode, Failure> {
    let (collection, path) = tiles::check(collection, options.output.as_deref())?;
    let filter = &filter(options)?.into();
    let snapshot = publish::build(&mut open(&options.database)?, &options.order.clone().into())?;
    let all = options.records == RecordsOption::All;
    let snapshot = if all { snapshot.every_record() } else { snapshot };
    tiles::write(&TileExport { snapshot, collection, filter, language: options.lang.into() }, path)
}

fn of_register(
    options: &ExportOptions,
    collection: Collection,
    format: Format,
) -> Result<RegisterSource, Failure> {
    let filter = filter(options)?;
    let mut snapshot =
        publish::build(&mut open(&options.database)?, &options.order.clone().into())?;
    if options.records == RecordsOption::All || Export::is_of_records(collection, format) {
        snapshot = snapshot.every_record();
    }
    let selection = snapshot.select(&filter.into(), collection)?;
    Ok(RegisterSource::new(snapshot, collection, selection))
}

fn of_directory(
    options: &ExportOptions,
    collection: DirectoryCollection,
) -> Result<DirectorySource, Failure> {
    let mut filter = DirectoryFilter::default();
    for (name, value) in url::form_urlencoded::parse(options.filter.as_bytes()) {
        if collection.parameter(&name).is_none() || !filter.set(&name, &value)? {
            let known = collection.parameters().map(|one| one.name).collect::<Vec<_>>();
            return Err(unknown(&name, &known.join(", ")));
        }
    }
    let directory = directory::load(options.directory.directory.as_deref())?;
    let language: Language = options.lang.into();
    Ok(DirectorySource::new(&directory, (collection, &filter), language))
}

/// The filter of the command line.
fn filter(options: &ExportOptions) -> Result<Filter, Failure> {
    let mut wanted = Filter::default();
    // `bbox-crs` first, wherever it stands: `bbox` is read in that system
    let pairs = || url::form_urlencoded::parse(options.filter.as_bytes());
    for (name, value) in pairs().filter(|(name, _)| name == "bbox-crs").chain(pairs()) {
        if !wanted.set(&name, &value)? {
            return Err(unknown(&name, &Filter::parameters().collect::<Vec<_>>().join(", ")));
        }
    }
    wanted.set_language(options.lang.into());
    Ok(wanted)
}

fn unknown(name: &str, known: &str) -> Failure {
    let reason = [
        format!("il n'y a pas de tel filtre ; il y a : {known}"),
        format!("there is no such filter; there are: {known}"),
    ];
    ParameterError::new(name, reason).into()
}
