//! Why an import failed, as it is kept and shown.

use serde_json::{Value, json};

use crate::{
    atlas::imports::{ImportError, uploads::UploadError},
    domain::Bilingual,
    formats::csv::{CsvError, ProfileError},
    storage::StorageError,
};

/// Why an import failed: a stable code, and words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) code: &'static str,
    pub(super) message: Bilingual,
}

impl Failure {
    fn new(code: &'static str, fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code, message: Bilingual { fr: fr.into(), en: en.into() } }
    }

    /// `{"code", "message": {"fr", "en"}}`
    pub(super) fn to_json(&self) -> Value {
        json!({"code": self.code, "message": self.message})
    }

    /// By a fault of this program.
    pub(super) fn internal() -> Self {
        Self::new(
            "internal",
            "L'import s'est arrêté sur une erreur du serveur, que son journal raconte ; rien n'a été écrit.",
            "The import ended by a fault of the server, which its log tells; nothing was written.",
        )
    }

    /// The process that did it was killed, and the next one too.
    pub(super) fn killed() -> Self {
        Self::new(
            "killed",
            "Le serveur s'est arrêté deux fois pendant cet import, qui en est sans doute la cause : il \
             n'est plus tenté, et rien n'a été écrit. Vérifiez le fichier, enregistrez le tableau en \
             CSV, puis recommencez.",
            "The server ended twice in the midst of this import, which is probably why: it is not \
             tried any more, and nothing was written. Check the file, save the table as CSV, then \
             try again.",
        )
    }

    /// The file was kept as long as files are.
    pub(super) fn expired() -> Self {
        Self::new(
            "upload-expired",
            "Le fichier n'a été gardé que trente jours ; envoyez-le de nouveau.",
            "The file was kept for thirty days only; send it again.",
        )
    }

    /// Nobody has it any more.
    pub(super) fn gone() -> Self {
        Self::new(
            "upload-gone",
            "Le fichier n'est plus là ; envoyez-le de nouveau.",
            "The file is no longer there; send it again.",
        )
    }
}

impl From<&ImportError> for Failure {
    fn from(error: &ImportError) -> Self {
        let en = error.to_string();
        match error {
            ImportError::File { file, error } => of_file(file, error),
            ImportError::Storage(error) => error.into(),
            ImportError::ReaderGone => Self::internal(),
            ImportError::MassRemoval(mass) => Self::new(
                "mass-removal",
                format!(
                    "Le fichier ne nomme pas {} des {} enregistrements de la source {}, plus d'un \
                     cinquième ; rien n'a été écrit. Si la liste est complète, autorisez-le.",
                    mass.removed, mass.of, mass.source
                ),
                format!(
                    "The file lacks {} of the {} records of the source {}, more than a fifth; \
                     nothing was written. If it is the whole list, allow it.",
                    mass.removed, mass.of, mass.source
                ),
            ),
            ImportError::PlanChanged => Self::new(
                "plan-changed",
                "Le registre a changé depuis ce plan, et l'import changerait autre chose ; rien n'a \
                 été écrit. Refaites le plan, puis validez-le.",
                en,
            ),
            ImportError::ForeignSource { line, named, only } => Self::new(
                "foreign-source",
                format!(
                    "La ligne {line} est de la source « {named} », et vous n'importez que celle de \
                     « {only} » ; rien n'a été écrit. Retirez ces lignes et la colonne source."
                ),
                en,
            ),
            ImportError::Stopped => {
                Self::new("stopped", "L'import a été arrêté ; rien n'a été écrit.", en)
            }
        }
    }
}

impl From<&StorageError> for Failure {
    fn from(_: &StorageError) -> Self {
        // what the driver says is for the log
        Self::new(
            "database",
            "La base de données a refusé l'import ; rien n'a été écrit. Prévenez qui s'occupe du \
             serveur (le disque est peut-être plein).",
            "The database refused the import; nothing was written. Tell whoever keeps the server \
             (its disk may be full).",
        )
    }
}

impl From<&UploadError> for Failure {
    fn from(error: &UploadError) -> Self {
        match error {
            UploadError::Gone(_) => Self::gone(),
            _ => Self::new(
                "uploads",
                "Le serveur ne peut pas lire le fichier qu'il a reçu. Prévenez qui s'en occupe.",
                "The server cannot read the file that it was sent. Tell whoever keeps it.",
            ),
        }
    }
}

impl From<&ProfileError> for Failure {
    fn from(error: &ProfileError) -> Self {
        Self::new("profile", "Le profil demandé ne peut pas servir.", error.to_string())
    }
}

// long: two sentences for each error
fn of_file(file: &str, error: &CsvError) -> Failure {
    let (code, fr) = match error {
        CsvError::Io(_) => ("unreadable", "la lecture a échoué".to_owned()),
        CsvError::Empty => (
            "file-empty",
            "il est vide ; une première ligne avec les noms des colonnes est attendue".to_owned(),
        ),
        CsvError::Binary(_) => (
            "file-binary",
            "ce n'est pas un fichier texte ; enregistrez le tableau en CSV (UTF-8)".to_owned(),
        ),
        CsvError::Encoding => (
            "encoding-unreadable",
            "les noms des colonnes ne se lisent pas dans l'encodage du fichier ; enregistrez-le en \
             « CSV UTF-8 », ou indiquez son encodage"
                .to_owned(),
        ),
        CsvError::EncodingUnknown(name) => {
            ("encoding-unknown", format!("« {name} » n'est pas un encodage connu"))
        }
        CsvError::Packed(_) => {
            ("archive-broken", "l'archive ne peut pas être décompressée".to_owned())
        }
        CsvError::Archive(files) => {
            ("archive-files", format!("l'archive contient {files} fichiers ; un seul est attendu"))
        }
        CsvError::Protected => (
            "workbook-protected",
            "il est protégé par un mot de passe ; enregistrez-le sans".to_owned(),
        ),
        CsvError::SheetUnknown { asked, sheets } => (
            "sheet-unknown",
            format!("le classeur n'a pas de feuille « {asked} » ; il a : {}", sheets.join(", ")),
        ),
        CsvError::SheetsHidden { sheets } => (
            "sheets-hidden",
            format!(
                "aucune feuille visible ne contient quoi que ce soit ; nommez une feuille masquée : {}",
                sheets.join(", ")
            ),
        ),
        CsvError::SheetSize { sheet, cell, cells } => (
            "sheet-size",
            format!(
                "la feuille « {sheet} » va jusqu'à la cellule {cell}, soit {cells} cellules ; \
                 50 000 000 sont lues au plus. Effacez ce qui est loin du tableau, ou enregistrez \
                 le tableau seul en CSV"
            ),
        ),
        CsvError::SheetBroken { sheet, .. } => (
            "sheet-broken",
            format!(
                "la feuille « {sheet} » ne peut pas être lue ; enregistrez le tableau en CSV"
            ),
        ),
        CsvError::HeaderOversize(line) => (
            "header-oversize",
            format!(
                "ligne {line} : la ligne dépasse 64 Kio, trop pour des noms de colonnes"
            ),
        ),
        CsvError::Columns { line, missing, header } => (
            "columns-missing",
            format!(
                "ligne {line} : il manque des colonnes obligatoires : {} ; l'en-tête contient : {}",
                missing.join(", "),
                header.join(", ")
            ),
        ),
        CsvError::Repeated(column) => {
            ("column-repeated", format!("la colonne « {column} » s'y trouve deux fois"))
        }
        CsvError::OpenQuote(line) => (
            "quote-open",
            format!(
                "ligne {line} : un guillemet est ouvert et jamais fermé ; tout ce qui suit ne serait \
                 qu'une cellule"
            ),
        ),
        CsvError::Oversize(line) => (
            "row-oversize",
            format!(
                "ligne {line} : la ligne dépasse 1 Mio ; un guillemet n'est sans doute pas fermé"
            ),
        ),
    };
    Failure::new(code, format!("{file} : {fr}."), format!("{file}: {error}."))
}
