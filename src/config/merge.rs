//! What `atlas merge` and `atlas split` can be told.

use super::{DatabaseOption, SourceOrderOption};
use crate::domain::PartnershipId;

/// The options of `atlas merge`.
#[derive(Debug, clap::Args)]
pub struct MergeOptions {
    /// Where the register is.
    #[command(flatten)]
    pub database: DatabaseOption,
    /// Which sources lead.
    #[command(flatten)]
    pub order: SourceOrderOption,
    /// Ids of two or more records: all records of their partnerships are one from now on
    #[arg(value_name = "ID", required_unless_present = "proposals")]
    pub ids: Vec<PartnershipId>,
    /// List the pairs that are alike but not certainly the same, the nearest to certain first
    #[arg(long, conflicts_with = "ids")]
    pub proposals: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// The options of `atlas split`.
#[derive(Debug, clap::Args)]
pub struct SplitOptions {
    /// Where the register is.
    #[command(flatten)]
    pub database: DatabaseOption,
    /// The record: alone, it leaves the partnership that it is in
    pub id: PartnershipId,
    /// Records whose partnerships are other ones than that of the first
    #[arg(value_name = "OTHER")]
    pub others: Vec<PartnershipId>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
