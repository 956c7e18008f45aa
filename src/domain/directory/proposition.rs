//! Propositions of the white paper of 2016, as a steward fills them in.

use super::{
    CellKind, DirectoryField, DirectoryRecord, Facts,
    actor::either,
    choice::{AXES, CERTAINTIES},
    field::field,
};
use crate::domain::{Bilingual, Language};

/// A proposition.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Proposition {
    /// Stable: how it is named.
    pub code: String,
    /// Its number in the white paper.
    pub number: Option<u64>,
    /// A code of [`AXES`].
    pub axis: String,
    /// Its text.
    pub text: Bilingual,
    /// What this register does of it.
    pub answer: Bilingual,
    /// Where it is read.
    pub facts: Facts,
}

static FIELDS: &[DirectoryField<Proposition>] = &[
    field!(required "code", "code" [], CellKind::Code, code, ["Code", "Code"], ["Comment on la nomme : proposition-7.", "How it is named: proposition-7."]),
    field!(required "number", "numero" ["numéro", "number"], CellKind::Number, number, ["Numéro", "Number"], ["Son numéro dans le livre blanc.", "Its number in the white paper."]),
    field!(required "axis", "axe" ["axis"], CellKind::Choice(AXES), axis, ["Axe", "Axis"], ["Offre de services, financements ou cadre.", "Services, funding or framework."]),
    field!(required "text", "texte" ["text"], CellKind::Text(1500), text.fr, ["Texte", "Text in French"], ["Le texte de la proposition.", "The text of the proposition, in French."]),
    field!(
        "text_en",
        "texte_en"["text_en"],
        CellKind::Text(1500),
        text.en,
        ["Texte en anglais", "Text"],
        ["Le même en anglais.", "The same in English."]
    ),
    field!("answer", "reponse" ["réponse", "answer"], CellKind::Text(1500), answer.fr, ["Ce que le registre en fait", "What the register does, in French"], ["Ce que ce registre en fait.", "What this register does of it, in French."]),
    field!(
        "answer_en",
        "reponse_en"["answer_en"],
        CellKind::Text(1500),
        answer.en,
        ["Le même en anglais", "What the register does"],
        ["Le même en anglais.", "What this register does of it."]
    ),
    field!(required "source", "source" [], CellKind::Text(300), facts.source, ["Source", "Source"], ["Où le texte a été lu.", "Where the text was read."]),
    field!(required "seen_on", "vu_le" ["seen_on"], CellKind::Date, facts.seen_on, ["Vu le", "Seen on"], ["Quand la source a été vue.", "When the source was seen."]),
    field!(required "certainty", "certitude" ["certainty"], CellKind::Choice(CERTAINTIES), facts.certainty, ["Certitude", "Certainty"], ["Lu à la source, ou à vérifier.", "Read at its source, or to be checked."]),
];

impl DirectoryRecord for Proposition {
    const COLLECTION: &'static str = "propositions";

    fn fields() -> &'static [DirectoryField<Self>] {
        FIELDS
    }

    fn code(&self) -> &str {
        &self.code
    }

    fn name(&self, language: Language) -> &str {
        either(&self.text, language)
    }

    fn facts(&self) -> &Facts {
        &self.facts
    }
}

impl Proposition {
    /// What this register does of it, in a language.
    pub fn answer(&self, language: Language) -> &str {
        either(&self.answer, language)
    }
}
