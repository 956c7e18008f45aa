//! Fuzzes what reads a file: intake and decoder, header and profile, reader, resolution. The
//! first byte chooses what the others are.

#![no_main]

use atlas_aect::{
    atlas::imports::{draft_profile, examine},
    formats::csv::Profile,
};
use libfuzzer_sys::fuzz_target;

/// A header in front of the bytes, so that rows are reached without luck.
const HEADER: &[u8] = b"collectivite;partenaire;partenaire_pays;date_debut;date_fin;budget_eur;\
                        themes;odd;longitude;latitude;url;statut;collectivite_code\n";

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, rest)) = bytes.split_first() else { return };
    match kind % 4 {
        0 => {
            let _ = examine(rest, &Profile::recognised(), "fuzz");
        }
        1 => {
            let file = [HEADER, rest].concat();
            if let Ok(examined) = examine(file, &Profile::native(), "fuzz") {
                for issue in examined.issues {
                    assert!(issue.line > 1);
                }
            }
        }
        2 => {
            // a profile, an empty byte, a file
            let cut = rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len());
            let (toml, file) = rest.split_at(cut);
            let toml = String::from_utf8_lossy(toml);
            if let Ok(profile) = Profile::parse("fuzz", &toml) {
                let _ = examine(file.get(1..).unwrap_or_default(), &profile, "fuzz");
            }
        }
        _ => {
            let _ = draft_profile(rest, "fuzz.csv");
        }
    }
});
