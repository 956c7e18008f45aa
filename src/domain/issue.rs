//! What can be wrong with a file, in words that its owner understands.

use super::{Bilingual, Language};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The row is kept, without the value or with a remark.
    Warning,
    /// The row is rejected.
    Error,
}

impl Severity {
    /// `warning` or `error`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One remark about one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// What kind of problem.
    pub code: IssueCode,
    /// Line of the file, counted from 1 as an editor does.
    pub line: u64,
    /// The column, by the name that the native CSV gives it.
    pub column: Option<&'static str>,
    /// The cell's text.
    pub value: Option<String>,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

impl Issue {
    /// An issue of a whole row.
    pub fn new(code: IssueCode, line: u64) -> Self {
        Self { code, line, column: None, value: None, suggestion: None }
    }

    /// In which cell.
    #[must_use]
    pub fn at(mut self, column: &'static str, value: impl Into<String>) -> Self {
        self.column = Some(column);
        self.value = Some(value.into());
        self
    }

    /// What to write instead.
    #[must_use]
    pub fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(suggestion.into());
        self
    }

    /// The suggestion as a sentence: what was meant, or which record to look at.
    pub fn hint(&self, language: Language) -> Option<String> {
        let suggestion = self.suggestion.as_deref()?;
        Some(match (self.code, language) {
            (IssueCode::ProbableVariant, Language::French) => {
                format!("Voyez la ligne {suggestion}.")
            }
            (IssueCode::ProbableVariant, Language::English) => format!("See line {suggestion}."),
            (IssueCode::ValueConfirmed, Language::French) => format!("Reste : {suggestion}."),
            (IssueCode::ValueConfirmed, Language::English) => format!("Stays: {suggestion}."),
            (IssueCode::ProbableDuplicate, Language::French) => format!("Voyez {suggestion}."),
            (IssueCode::ProbableDuplicate, Language::English) => format!("See {suggestion}."),
            (_, Language::French) => format!("Vouliez-vous dire : {suggestion} ?"),
            (_, Language::English) => format!("Did you mean: {suggestion}?"),
        })
    }

    /// The sentence for a user, without the suggestion.
    pub fn message(&self, language: Language) -> String {
        let value = self.value.as_deref().unwrap_or_default();
        let shown: String = value.chars().take(80).collect();
        let shown = if shown.len() < value.len() { format!("{shown}…") } else { shown };
        self.code.message(language).replace("{value}", &shown)
    }
}

macro_rules! issue_codes {
    ($($variant:ident $code:literal $severity:ident $fr:literal $en:literal;)*) => {
        /// The kinds of problem. Codes are stable; `docs/import-issues.md` explains each.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum IssueCode {
            $(#[doc = $en] $variant,)*
        }

        impl IssueCode {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Stable, kebab-case.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// Whether it rejects the row.
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// The sentence, with `{value}` where the cell's text goes.
            pub fn message(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$variant, Language::French) => $fr,
                      (Self::$variant, Language::English) => $en,)*
                }
            }
        }
    };
}

issue_codes! {
    RowLength "row-length" Error
        "La ligne n'a pas les cellules que l'en-tête annonce."
        "The number of cells does not match the header.";
    RowShort "row-short" Warning
        "La ligne a moins de cellules que l'en-tête ; celles qui manquent sont lues comme vides."
        "The row has fewer cells than the header; the missing ones are read as empty.";
    TextInvalid "text-invalid" Error
        "La ligne contient des octets qui ne sont pas du texte dans l'encodage du fichier."
        "The row has bytes that are not text in the file's encoding.";
    TextRecoded "text-recoded" Warning
        "La ligne est en {value}, à la différence du reste du fichier : elle est lue ainsi."
        "The row is in {value}, unlike the rest of the file: it is read as such.";
    TextRepaired "text-repaired" Warning
        "« {value} » vient d'une mauvaise conversion d'encodage : les lettres sont rétablies."
        "“{value}” comes from a wrong conversion of encodings: its letters are restored.";
    FormulaUnread "formula-unread" Warning
        "La formule n'a pas de résultat enregistré : la cellule n'est pas lue, et n'efface rien. Ouvrez le classeur dans un tableur et enregistrez-le."
        "The formula has no stored result: the cell is not read, and clears nothing. Open the workbook in a spreadsheet and save it.";
    CellError "cell-error" Warning
        "« {value} » est une erreur de formule : la cellule n'est pas lue, et n'efface rien."
        "“{value}” is an error of a formula: the cell is not read, and clears nothing.";
    CellMerged "cell-merged" Warning
        "La cellule est fusionnée avec celle de gauche, qui a la valeur : elle n'est pas lue."
        "The cell is merged with the one to its left, which has the value: it is not read.";
    PatternUnmatched "pattern-unmatched" Error
        "« {value} » n'a pas la forme que le profil décrit."
        "“{value}” is not what the profile says that the cell looks like.";
    ValueMissing "value-missing" Error
        "Une valeur est obligatoire ici."
        "A value is required here.";
    ValueTooLong "value-too-long" Error
        "Le texte est trop long."
        "The text is too long.";
    NameUnreadable "name-unreadable" Error
        "« {value} » n'est pas un nom de lieu."
        "“{value}” is not a place name.";
    NamePlaceholder "name-placeholder" Error
        "« {value} » n'est pas un nom : la cellule dit qu'il manque."
        "“{value}” is not a name: the cell says that it is missing.";
    NameAddress "name-address" Error
        "« {value} » est une adresse web ou de courriel, pas le nom d'un lieu."
        "“{value}” is a web or mail address, not the name of a place.";
    RowTotal "row-total" Error
        "« {value} » annonce un total : la ligne n'est pas un partenariat. Retirez-la."
        "“{value}” announces a total: the row is not a partnership. Remove it.";
    CollectivityUnknown "collectivity-unknown" Error
        "« {value} » n'est pas une collectivité française connue."
        "“{value}” is not a known French authority.";
    CollectivityAmbiguous "collectivity-ambiguous" Error
        "Plusieurs collectivités s'appellent « {value} » : donnez un code INSEE ou SIREN, ou le département."
        "Several authorities are called “{value}”: give an INSEE code or a SIREN, or the département.";
    CollectivityFar "collectivity-far" Error
        "« {value} » est loin de la position donnée : le nom ou la position est faux."
        "“{value}” is far from the position given: the name or the position is wrong.";
    CollectivitySeveral "collectivity-several" Error
        "« {value} » nomme plusieurs collectivités : séparez-les par une barre « | »."
        "“{value}” names several authorities: separate them by a bar “|”.";
    CollectivityQualifier "collectivity-qualifier" Error
        "Une partie de « {value} » ne désigne ni le département, ni le code, ni un autre nom de la collectivité."
        "A part of “{value}” is neither the département, nor the code, nor another name of the authority.";
    CollectivityCodeUnknown "collectivity-code-unknown" Error
        "« {value} » n'est ni un code INSEE ni un SIREN d'une collectivité connue."
        "“{value}” is neither an INSEE code nor the SIREN of a known authority.";
    CollectivityCodeMismatch "collectivity-code-mismatch" Error
        "Le code « {value} » est celui d'une autre collectivité que le nom."
        "The code “{value}” belongs to another authority than the name.";
    CollectivityPostalCode "collectivity-postal-code" Warning
        "« {value} » est un code postal, et non un code INSEE ; la commune de ce nom qu'il dessert est prise."
        "“{value}” is a postal code, not an INSEE code; the commune of that name that it serves is taken.";
    CollectivityPostalMismatch "collectivity-postal-mismatch" Error
        "« {value} » est un code postal, et ne dessert aucune commune de ce nom : donnez le code INSEE."
        "“{value}” is a postal code, and serves no commune of that name: give the INSEE code.";
    CollectivityNameDiffers "collectivity-name-differs" Warning
        "« {value} » n'est pas le nom connu de la collectivité que le code désigne ; elle est gardée sous son nom d'aujourd'hui."
        "“{value}” is not a known name of the authority that the code means; it is kept under its name of today.";
    CollectivityMerged "collectivity-merged" Warning
        "« {value} » a changé : la fiche est rattachée à la collectivité d'aujourd'hui."
        "“{value}” no longer exists: the record is attached to its successor.";
    CountryUnknown "country-unknown" Error
        "« {value} » n'est pas un pays connu."
        "“{value}” is not a known country.";
    CountryCorrected "country-corrected" Warning
        "« {value} » n'est pas un pays connu ; le seul nom très proche est pris."
        "“{value}” is not a known country; the only similar name is used.";
    CountryQualified "country-qualified" Warning
        "De « {value} », seul le pays est gardé."
        "Of “{value}”, only the country is kept.";
    CountrySeveral "country-several" Error
        "« {value} » nomme plusieurs pays : écrivez celui du partenaire, ou un pays pour chaque partenaire, séparés par une barre « | »."
        "“{value}” names several countries: write the partner's, or one for each partner, separated by a bar “|”.";
    CountryFormer "country-former" Error
        "« {value} » n'est pas un pays d'aujourd'hui : écrivez celui où se trouve le partenaire."
        "“{value}” is not a country of today: write the one that the partner lies in.";
    CountrySucceeded "country-succeeded" Warning
        "« {value} » n'est pas un pays d'aujourd'hui : celui où se trouve le partenaire est pris."
        "“{value}” is not a country of today: the one that the partner lies in is taken.";
    CountryDoubtful "country-doubtful" Warning
        "Le partenaire n'est pas connu dans ce pays, mais dans un autre que « {value} » peut désigner."
        "The partner is not known in this country, but in another that “{value}” can mean.";
    CountryBroad "country-broad" Error
        "« {value} » n'est pas un pays, mais une partie du monde ou plusieurs pays."
        "“{value}” is not a country but a part of the world, or several countries.";
    BothInFrance "both-in-france" Error
        "Les deux côtés sont en France : ce n'est pas une action extérieure."
        "Both sides are in France: this is not a partnership abroad.";
    PartnerOverseas "partner-overseas" Warning
        "« {value} » est un territoire français d'outre-mer : le lien est gardé, mais ce n'est pas l'étranger."
        "“{value}” is a French overseas territory: the record is kept, although it is not abroad.";
    PartnerKindContradictory "partner-kind-contradictory" Warning
        "Le type « {value} » n'est pas celui que le nom du partenaire annonce ; le type donné est gardé."
        "The kind “{value}” is not the one that the partner's name announces; the given kind is kept.";
    PartnerUnplaced "partner-unplaced" Warning
        "« {value} » n'est pas dans le répertoire des lieux : sans longitude ni latitude, la fiche n'a pas de point sur la carte."
        "“{value}” is not in the gazetteer: without longitude and latitude the record has no point on the map.";
    PartnerAmbiguous "partner-ambiguous" Warning
        "« {value} » peut désigner plusieurs lieux du pays : donnez la région (partenaire_region) ou la position."
        "“{value}” can mean several places of the country: give the region (partenaire_region) or the position.";
    PositionInvalid "position-invalid" Error
        "« {value} » n'est pas une longitude (±180) ou une latitude (±90) en degrés."
        "“{value}” is not a longitude (±180) or latitude (±90) in degrees.";
    PositionIncomplete "position-incomplete" Error
        "Il faut la longitude et la latitude, ou aucune des deux."
        "Give both longitude and latitude, or neither.";
    PositionSwapped "position-swapped" Warning
        "La position « {value} » est hors du pays : longitude et latitude semblent inversées. Elle est gardée, mais n'est pas dessinée."
        "The position “{value}” is outside the country: longitude and latitude seem to be swapped. It is kept, but not drawn.";
    PositionElsewhere "position-elsewhere" Warning
        "La position « {value} » n'est pas dans le pays du partenaire : elle est gardée, mais n'est pas dessinée."
        "The position “{value}” is not in the partner's country: it is kept, but not drawn.";
    BothEndsTogether "both-ends-together" Warning
        "La position « {value} » du partenaire est aussi celle de la collectivité."
        "The partner's position “{value}” is also that of the French authority.";
    ValuesUneven "values-uneven" Error
        "Les cellules à plusieurs valeurs n'en ont pas le même nombre."
        "The cells with several values do not have the same number of them.";
    TermUnknown "term-unknown" Error
        "« {value} » n'est pas une valeur de ce vocabulaire."
        "“{value}” is not a value of this vocabulary.";
    SdgInvalid "sdg-invalid" Error
        "« {value} » n'est pas un numéro d'ODD de 1 à 17."
        "“{value}” is not an SDG number from 1 to 17.";
    DateInvalid "date-invalid" Error
        "« {value} » n'est pas une date : écrivez 2016-12-15, 15/12/2016, 2016-12, 12/2016 ou 2016."
        "“{value}” is not a date: write 2016-12-15, 15/12/2016, 2016-12, 12/2016 or 2016.";
    DateAmbiguous "date-ambiguous" Error
        "« {value} » peut se lire de plusieurs façons : écrivez le jour, le mois, puis l'année à quatre chiffres."
        "“{value}” can be read in several ways: write 2016-12-15, or day, month and a year of four digits.";
    DateVague "date-vague" Error
        "« {value} » dit plus, ou moins, qu'une date : écrivez la date seule."
        "“{value}” says more, or less, than a date: write the date alone.";
    DateSeveral "date-several" Error
        "« {value} » donne plusieurs dates : le début va dans date_debut, la fin dans date_fin."
        "“{value}” gives several dates: the start goes into date_debut, the end into date_fin.";
    DateImplausible "date-implausible" Warning
        "« {value} » est une date très lointaine : vérifiez l'année."
        "“{value}” is a very remote date: check the year.";
    PeriodReversed "period-reversed" Error
        "La fin « {value} » est avant le début."
        "The end “{value}” is before the start.";
    TitleContradictory "title-contradictory" Warning
        "L'intitulé annonce les années {value}, les dates en disent d'autres."
        "The title mentions the years {value}, which contradict the dates.";
    AmountInvalid "amount-invalid" Error
        "« {value} » n'est pas un montant en euros, positif ou nul."
        "“{value}” is not an amount in euros of 0 or more.";
    AmountAmbiguous "amount-ambiguous" Error
        "« {value} » peut se lire de deux façons : écrivez le montant sans séparateur de milliers."
        "“{value}” can be read in two ways: write the amount without a thousands separator.";
    AmountCurrency "amount-currency" Error
        "« {value} » n'est pas en euros : convertissez le montant."
        "“{value}” is not in euros: convert the amount.";
    UrlInvalid "url-invalid" Error
        "« {value} » n'est pas une adresse http ou https."
        "“{value}” is not an http or https address.";
    UrlCompleted "url-completed" Warning
        "« {value} » ne dit pas http ni https : l'adresse est lue avec https."
        "“{value}” has no scheme: the address is read with https.";
    ValuePlaceholder "value-placeholder" Warning
        "« {value} » est lu comme une cellule vide."
        "“{value}” is read as an empty cell.";
    TextGarbled "text-garbled" Warning
        "« {value} » a perdu des caractères, sans doute lors d'une conversion d'encodage."
        "“{value}” lost characters, probably in an encoding conversion.";
    SourceInvalid "source-invalid" Error
        "« {value} » n'est pas un nom de source : 64 caractères au plus, sans virgule ni barre."
        "“{value}” is not a source name: at most 64 characters, no comma, no vertical bar.";
    KeyConflict "key-conflict" Error
        "L'identifiant « {value} » est déjà celui d'une ligne précédente, qui dit autre chose."
        "The identifier “{value}” was used by an earlier row with other content.";
    ProbableDuplicate "probable-duplicate" Warning
        "Une autre source a déjà un lien du même type entre « {value} » et la même collectivité."
        "Another source already has a link of this kind between “{value}” and the same authority.";
    ProbableVariant "probable-variant" Warning
        "« {value} » est sans doute le partenaire d'une ligne précédente, écrit autrement : les deux sont gardées."
        "“{value}” is probably the partner of an earlier row, written in another way: both are kept.";
    ValueConfirmed "value-confirmed" Warning
        "« {value} » n'est pas pris : ce que la fiche dit ici a été confirmé, et reste."
        "“{value}” is not taken: what the record says here was confirmed, and stays.";
    PersonalData "personal-data" Warning
        "« {value} » est une adresse électronique ou un numéro de téléphone : tout le monde le lira."
        "“{value}” is a mail address or a telephone number: everybody will read it.";
    RowRepeated "row-repeated" Warning
        "Une ligne précédente dit déjà ce partenariat ; la première est gardée."
        "An earlier row describes the same partnership; the first one is kept.";
}

impl IssueCode {
    /// The sentence in both languages.
    pub fn messages(self) -> Bilingual {
        Bilingual {
            fr: self.message(Language::French).into(),
            en: self.message(Language::English).into(),
        }
    }
}
