//! What a row of a file says, cell by cell, before anybody has checked it.

use super::Language;

macro_rules! columns {
    ($($variant:ident $name:literal $label:tt $what:literal;)*) => {
        /// The columns of the native CSV (`contract`, `import/schema.json`), then those that only
        /// profiles fill, to tell homonyms apart.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Column {
            $(#[doc = $what] $variant,)*
        }

        impl Column {
            /// All of them, in the order of the file.
            pub const ALL: [Self; [$($name,)*].len()] = [$(Self::$variant,)*];

            /// The name in the header of a file.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What people call it.
            pub fn label(self, language: Language) -> &'static str {
                let label: [&'static str; 2] = match self { $(Self::$variant => $label,)* };
                label[language as usize]
            }
        }
    };
}

columns! {
    Key "identifiant" ["Identifiant", "Identifier"]
        "The producer's stable id.";
    Title "intitule" ["Intitulé", "Title"]
        "Title, at most 300 characters.";
    Kind "type_lien" ["Nature du lien", "Kind of link"]
        "Kind of link.";
    Status "statut" ["Statut", "Status"]
        "Status.";
    Start "date_debut" ["Date de début", "Start"]
        "When it began.";
    End "date_fin" ["Date de fin", "End"]
        "When it ended.";
    Collectivity "collectivite" ["Collectivité française", "French authority"]
        "Name of the French authority; the first leads.";
    CollectivityCode "collectivite_code" ["Code INSEE ou SIREN", "INSEE code or SIREN"]
        "INSEE or SIREN.";
    CollectivityKind "collectivite_type" ["Type de collectivité", "Kind of authority"]
        "Kind of authority.";
    Partner "partenaire" ["Partenaire étranger", "Foreign partner"]
        "Name of the foreign authority.";
    PartnerCountry "partenaire_pays" ["Pays du partenaire", "Country of the partner"]
        "Its country.";
    PartnerRegion "partenaire_region" ["Région du partenaire", "Region of the partner"]
        "Its region, state or province.";
    PartnerKind "partenaire_type" ["Type du partenaire", "Kind of partner"]
        "What kind of authority it is.";
    Longitude "longitude" ["Longitude du partenaire", "Longitude of the partner"]
        "Of the partner, WGS 84 degrees.";
    Latitude "latitude" ["Latitude du partenaire", "Latitude of the partner"]
        "Of the partner, WGS 84 degrees.";
    Themes "themes" ["Thèmes", "Themes"]
        "What it is about.";
    Sdgs "odd" ["Objectifs de développement durable", "Sustainable Development Goals"]
        "Sustainable Development Goals, 1 to 17.";
    Description "description" ["Description", "Description"]
        "At most 10,000 characters.";
    Budget "budget_eur" ["Budget en euros", "Budget in euros"]
        "In euros.";
    Funders "financeurs" ["Financeurs", "Funders"]
        "Names of those who pay.";
    Url "url" ["Adresse web", "Web address"]
        "A page about it.";
    VerifiedOn "verifie_le" ["Vérifié le", "Verified on"]
        "Date of the last check.";
    Source "source" ["Source", "Source"]
        "Who keeps the record.";
    CollectivityCountry "collectivite_pays" ["Pays de la collectivité", "Country of the authority"]
        "Country of the French side, where either side may be French.";
    CollectivityDepartment "collectivite_departement" ["Département de la collectivité", "Department of the authority"]
        "Name or code of its département.";
    CollectivityLongitude "collectivite_longitude" ["Longitude de la collectivité", "Longitude of the authority"]
        "Of the French side, WGS 84 degrees.";
    CollectivityLatitude "collectivite_latitude" ["Latitude de la collectivité", "Latitude of the authority"]
        "Of the French side, WGS 84 degrees.";
}

impl Column {
    /// Those of the native CSV, in its order.
    pub fn native() -> &'static [Self] {
        &Self::ALL[..=Self::Source as usize]
    }

    /// Those without which a file is no list of partnerships.
    pub const REQUIRED: [Self; 3] = [Self::Collectivity, Self::Partner, Self::PartnerCountry];

    /// The column with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.name() == name)
    }
}

/// Some of the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Columns(u32);

impl Columns {
    /// Whether a column is one of them.
    pub fn contains(self, column: Column) -> bool {
        self.0 & Self::bit(column) != 0
    }

    /// Whether some column is one of both.
    pub fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them, in the order of the file.
    pub fn iter(self) -> impl Iterator<Item = Column> {
        Column::ALL.into_iter().filter(move |column| self.contains(*column))
    }

    const fn bit(column: Column) -> u32 {
        1 << column as u32
    }
}

impl FromIterator<Column> for Columns {
    fn from_iter<I: IntoIterator<Item = Column>>(columns: I) -> Self {
        Self(columns.into_iter().fold(0, |all, column| all | Self::bit(column)))
    }
}

/// A row: one text for each column, empty where the file has none.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'row> {
    /// Line of the file where the row begins, counted from 1 as an editor does.
    pub line: u64,
    cells: [&'row str; Column::ALL.len()],
}

impl<'row> Draft<'row> {
    /// A row, cell by cell.
    pub fn new(line: u64, cell: impl Fn(Column) -> &'row str) -> Self {
        Self { line, cells: Column::ALL.map(cell) }
    }

    /// The text of one cell, without white space at its ends.
    pub fn cell(&self, column: Column) -> &'row str {
        self.cells[column as usize].trim()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_a_set() {
        let some: Columns = [Column::Url, Column::Key, Column::Url].into_iter().collect();
        assert!(some.contains(Column::Key) && !some.contains(Column::Title));
        assert_eq!(some.iter().collect::<Vec<_>>(), [Column::Key, Column::Url]);
        assert!(Columns::default().is_empty() && !some.is_empty());
        let all: Columns = Column::ALL.into_iter().collect();
        assert_eq!(all.iter().count(), Column::ALL.len());
    }
}
