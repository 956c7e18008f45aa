//! `atlas export`

use std::path::PathBuf;

use super::{
    DatabaseOption, DirectoryOption, FormatOption, LanguageOption, RecordsOption, SourceOrderOption,
};

/// What is written, and where.
#[derive(Debug, clap::Args)]
pub struct ExportOptions {
    /// Where the register is.
    #[command(flatten)]
    pub database: DatabaseOption,
    /// Where the directory of actors and funding is.
    #[command(flatten)]
    pub directory: DirectoryOption,
    /// partnerships (points), links (great circles), collectivities, partners, countries, regions,
    /// actors, schemes or calls
    #[arg(default_value = "partnerships")]
    pub collection: String,
    /// File format
    #[arg(long, value_enum, default_value = "geojson")]
    pub format: FormatOption,
    /// CSV for people and Excel in French: a byte order mark, ; between the cells, labels for codes
    #[arg(long)]
    pub spreadsheet: bool,
    /// Which sources lead.
    #[command(flatten)]
    pub order: SourceOrderOption,
    /// What a feature is: a partnership, whatever the number of sources that keep it, or every
    /// source's record; the native CSV always has every record, for it imports back
    #[arg(long, value_enum, default_value = "partnerships")]
    pub records: RecordsOption,
    /// Filters as in the API, for example 'region=84&theme=sante'
    #[arg(long, value_name = "QUERY", default_value = "", hide_default_value = true)]
    pub filter: String,
    /// Language of the labels
    #[arg(long, value_enum, default_value = "fr")]
    pub lang: LanguageOption,
    /// The file to write; standard output without it
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}
