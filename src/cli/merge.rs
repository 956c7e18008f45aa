//! `atlas merge`, `atlas split`: which records of several sources are one partnership.

use std::{
    io::{self, BufWriter, Write},
    process::ExitCode,
};

use serde_json::{Value, json};

use super::{Failure, actor, open};
use crate::{
    atlas::register::{
        decide::{DecideError, Judged, Judgement, decide},
        document::{judged_json, proposal_json},
        publish,
    },
    config::{DatabaseOption, MergeOptions, SourceOrderOption, SplitOptions},
    domain::SourceOrder,
};

/// Proposals that are shown on a terminal; `--json` prints all.
const SHOWN_PROPOSALS: usize = 50;
/// How often a decision is made anew because the register has moved on in between.
const TRIES: usize = 3;

/// Merges partnerships, or lists those that may be one.
pub(super) fn merge(options: MergeOptions) -> Result<ExitCode, Failure> {
    let MergeOptions { database, order, ids, proposals: lists, json } = options;
    if lists {
        proposals(&database, order, json)?;
    } else {
        run(&database, &Judgement::Merge(ids), json)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Tells partnerships apart.
pub(super) fn split(options: SplitOptions) -> Result<ExitCode, Failure> {
    let SplitOptions { database, id, others, json } = options;
    run(&database, &Judgement::Split(id, others), json)?;
    Ok(ExitCode::SUCCESS)
}

fn proposals(
    database: &DatabaseOption,
    order: SourceOrderOption,
    as_json: bool,
) -> Result<(), Failure> {
    let snapshot = publish::build(&mut open(database)?, &order.into())?;
    let all = snapshot.merge_proposals();
    let mut out = BufWriter::new(io::stdout().lock());
    let mut documents = all.iter().map(|proposal| proposal_json(&snapshot, proposal));
    if as_json {
        let proposals: Value = documents.collect();
        writeln!(out, "{:#}", json!({"total": all.len(), "proposals": proposals}))?;
        return Ok(out.flush()?);
    }
    documents.by_ref().take(SHOWN_PROPOSALS).try_for_each(|one| show(&mut out, &one))?;
    if all.len() > SHOWN_PROPOSALS {
        writeln!(out, "… and {} more: --json lists all", all.len() - SHOWN_PROPOSALS)?;
    }
    match all.len() {
        0 => writeln!(out, "No two partnerships are alike without being certainly the same.")?,
        count => writeln!(
            out,
            "{count} proposals: atlas merge ID ID says that two are one partnership, atlas split ID ID \
             that they are not."
        )?,
    }
    Ok(out.flush()?)
}

fn show(out: &mut impl Write, proposal: &Value) -> io::Result<()> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let km = proposal["distance_km"].as_f64().map(|km| format!(", {km} km")).unwrap_or_default();
    writeln!(out, "{} [{}]{km}", text(&proposal["message"]["en"]), text(&proposal["doubt"]))?;
    for one in proposal["partnerships"].as_array().into_iter().flatten() {
        let records = one["records"].as_array().into_iter().flatten();
        let sources: Vec<String> = records.map(|record| text(&record["source"])).collect();
        let (id, kind, title) = (text(&one["id"]), text(&one["kind"]), text(&one["title"]));
        writeln!(out, "    {id}  {kind:<12} {title} ({})", sources.join(", "))?;
    }
    Ok(())
}

/// Commits a decision, and says what came of it.
fn run(database: &DatabaseOption, judgement: &Judgement, as_json: bool) -> Result<(), Failure> {
    let mut database = open(database)?;
    let mut decided = Err(DecideError::Moved);
    for _ in 0..TRIES {
        let snapshot = publish::build(&mut database, &SourceOrder::default())?;
        decided = decide(&mut database, &snapshot, judgement, &actor());
        if !matches!(decided, Err(DecideError::Moved)) {
            break;
        }
    }
    let decided = decided?;
    let mut out = io::stdout().lock();
    if as_json {
        writeln!(out, "{:#}", judged_json(&decided))?;
        return Ok(());
    }
    let Judged { changeset, decisions } = &decided;
    for decision in decisions {
        let [one, other] = decision.records;
        let what = if decision.same { "are one partnership" } else { "are different partnerships" };
        writeln!(out, "{one} and {other} {what}")?;
    }
    writeln!(out, "Changeset {changeset}: atlas imports revert {changeset} takes it back.")?;
    Ok(())
}
