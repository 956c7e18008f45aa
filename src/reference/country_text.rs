//! What the text of a cell of countries says, every word of it.

use super::countries::{Countries, Country, CountryWord, Meaning, key};

/// What the text of a country comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum CountryText<'c> {
    /// One country, said by every word of the text.
    Whole(&'c Country),
    /// One country, and words that do not say which ("Brésil (Paraná)").
    Qualified(&'c Country),
    /// Several countries; the one that is meant where another's name is that of a part of it
    /// ("Géorgie, États-Unis") comes first.
    Several(Vec<&'c Country>),
    /// A state that has ended, or a region that is none: those that it lies in today.
    Former(Vec<&'c Country>),
    /// A part of the world.
    Broad,
    /// Nothing that is known.
    Unknown,
}

/// What separates the parts of a text that says more than a country.
const SEPARATORS: [&str; 19] = [
    ",", ";", "/", "(", ")", "+", "&", "|", "\n", " - ", " – ", " — ", " et ", " and ", " ou ",
    " or ", " und ", " y ", " e ",
];

impl Countries {
    /// The one country that a text names, whatever else it says: "England, United Kingdom",
    /// "in Italy", "Georgia (country)", "Brésil (Paraná)".
    pub fn recognise(&self, text: &str) -> Option<&Country> {
        match self.read_text(text) {
            CountryText::Whole(country) | CountryText::Qualified(country) => Some(country),
            _ => None,
        }
    }

    /// What the text of a cell says: by code, by a name in French, English, German, Spanish,
    /// Italian, Dutch or Portuguese, and by the words around it.
    pub fn read_text(&self, text: &str) -> CountryText<'_> {
        let text = ["in ", "ex-", "Ex-"]
            .iter()
            .find_map(|prefix| text.strip_prefix(prefix))
            .unwrap_or(text);
        if let Some(country) = self.named(text) {
            return CountryText::Whole(country);
        }
        if self.word(text).is_some() {
            return self.read_pieces(&[text]);
        }
        let mut pieces = vec![text];
        for separator in SEPARATORS {
            pieces = pieces.into_iter().flat_map(|piece| piece.split(separator)).collect();
        }
        pieces.retain(|piece| !key(piece).is_empty());
        if let [piece] = pieces.as_slice() {
            // "Italie-Albanie", "Autriche–Hongrie": a hyphen separates countries alone
            let both: Vec<&str> = piece.split(['-', '–']).collect();
            if both.len() > 1
                && both.iter().all(|part| part.len() > 3 && self.named(part).is_some())
            {
                pieces = both;
            }
        }
        self.read_pieces(&pieces)
    }

    /// The countries that a text means to some who write a name of another: "Congo" is Kinshasa's
    /// too, "Géorgie" one of the United States.
    pub fn homonyms(&self, text: &str) -> Vec<&Country> {
        let word = self.words.get(&key(text)).filter(|word| word.meaning == Meaning::Homonym);
        let places = word.into_iter().flat_map(|word| &word.places);
        places.filter_map(|alpha2| self.by_alpha2(alpha2)).collect()
    }

    fn named(&self, text: &str) -> Option<&Country> {
        self.by_name.get(&key(text)).map(|index| &self.list[*index])
    }

    fn word(&self, text: &str) -> Option<&CountryWord> {
        self.words.get(&key(text)).filter(|word| word.meaning != Meaning::Homonym)
    }

    fn read_pieces(&self, pieces: &[&str]) -> CountryText<'_> {
        let mut found: Vec<&Country> = Vec::new();
        let (mut former, mut broad): (Vec<&CountryWord>, Vec<&CountryWord>) =
            (Vec::new(), Vec::new());
        let mut unread = false;
        for piece in pieces {
            // "U.S. state", "République de": a noun beside a name, or alone
            let folded = key(piece);
            let bare = folded.strip_suffix(" state").or_else(|| folded.strip_suffix(" country"));
            match (self.named(bare.unwrap_or(&folded)), self.word(&folded)) {
                (Some(country), _) if found.contains(&country) => {}
                (Some(country), _) => found.push(country),
                (None, Some(word)) => match word.meaning {
                    Meaning::Ended | Meaning::Region => former.push(word),
                    Meaning::Continent => broad.push(word),
                    Meaning::Word | Meaning::Homonym => {}
                },
                (None, None) => unread = true,
            }
        }
        let lies_in = |word: &CountryWord| {
            let places = word.places.iter();
            places.filter_map(|alpha2| self.by_alpha2(alpha2)).collect::<Vec<&Country>>()
        };
        match found.as_slice() {
            [] => match (former.as_slice(), broad.is_empty()) {
                ([word], _) if !unread => CountryText::Former(lies_in(word)),
                ([], false) if !unread => CountryText::Broad,
                _ => CountryText::Unknown,
            },
            [country] => {
                let elsewhere = former.iter().find(|word| !word.places.contains(&country.alpha2));
                let odd = broad.iter().any(|word| {
                    !word.places.is_empty() && !word.places.contains(&country.zone.code)
                });
                if let Some(word) = elsewhere {
                    CountryText::Several([vec![*country], lies_in(word)].concat())
                } else if unread || odd || former.iter().any(|w| w.meaning == Meaning::Region) {
                    CountryText::Qualified(country)
                } else {
                    CountryText::Whole(country)
                }
            }
            several => {
                // a country whose part bears the name of another
                let holds = |whole: &Country, part: &Country| {
                    [&part.name.fr, &part.name.en].iter().any(|name| {
                        self.words.get(&key(name)).is_some_and(|word| {
                            word.meaning == Meaning::Homonym && word.places.contains(&whole.alpha2)
                        })
                    })
                };
                let mut several = several.to_vec();
                several.sort_by_key(|whole| !found.iter().any(|part| holds(whole, part)));
                CountryText::Several(several)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `ML`, `ML+` (with words left over), `ML|SN` (several), `~CZ|SK` (ended), `*` (broad).
    fn shown(text: &str) -> String {
        let all = |list: Vec<&Country>| {
            list.iter().map(|country| country.alpha2.as_str()).collect::<Vec<_>>().join("|")
        };
        match Countries::bundled().read_text(text) {
            CountryText::Whole(country) => country.alpha2.clone(),
            CountryText::Qualified(country) => format!("{}+", country.alpha2),
            CountryText::Several(list) => all(list),
            CountryText::Former(list) => format!("~{}", all(list)),
            CountryText::Broad => "*".into(),
            CountryText::Unknown => "?".into(),
        }
    }

    #[test]
    // long: a table
    fn every_part_of_a_text_is_read_or_told() {
        for (text, read) in [
            ("U.S.A.", "US"),
            ("U. K.", "GB"),
            ("R.D.C.", "CD"),
            ("R.F.A.", "DE"),
            ("Deutschland", "DE"),
            ("Vereinigtes Königreich", "GB"),
            ("Marocco", "MA"),
            ("Costa de Marfil", "CI"),
            ("Marrocos", "MA"),
            ("Duitsland", "DE"),
            ("Alemania", "DE"),
            ("Alemanha", "DE"),
            ("Germania", "DE"),
            ("Oostenrijk", "AT"),
            ("Mali, Sénégal", "ML|SN"),
            ("Sénégal, Mali", "SN|ML"),
            ("Burkina Faso / Mali", "BF|ML"),
            ("Italie-Albanie", "IT|AL"),
            ("Italie + Albanie", "IT|AL"),
            ("Bénin et Togo", "BJ|TG"),
            ("Israel/Palestine", "IL|PS"),
            ("Géorgie, États-Unis", "US|GE"),
            ("Georgia (U.S. state)", "US|GE"),
            ("Luxembourg (Belgique)", "BE|LU"),
            ("Belgique (Luxembourg)", "BE|LU"),
            ("Brésil (Paraná)", "BR+"),
            ("Bavière, Allemagne", "DE+"),
            ("Mali (Afrique)", "ML"),
            ("Burkina Faso, Afrique de l'Ouest", "BF"),
            ("Mali (Europe)", "ML+"),
            ("Bosnie (ex-Yougoslavie)", "BA"),
            ("Pologne (ex-URSS)", "PL+"),
            ("Chine (RPC)", "CN"),
            ("Georgia (country)", "GE"),
            ("Guinée-Bissau", "GW"),
            ("Trinité-et-Tobago", "TT"),
            ("Congo (République démocratique du)", "CD"),
            ("Iran (République islamique d')", "IR"),
            ("Taiwan, province de Chine", "TW"),
            ("Palestine (État de)", "PS"),
            ("Mali (ML)", "ML"),
            ("Ex-République yougoslave de Macédoine", "MK"),
            ("ex-URSS (Ukraine)", "UA"),
            ("Yougoslavie", "~BA|HR|XK|MK|ME|RS|SI"),
            ("Tchécoslovaquie", "~CZ|SK"),
            ("Serbie-et-Monténégro", "~RS|ME|XK"),
            ("Kurdistan", "~IQ|TR|IR|SY"),
            ("Prussia", "~DE|PL|RU"),
            ("Abkhazie", "~GE"),
            ("Afrique", "*"),
            ("Amérique", "*"),
            ("International", "*"),
            ("Europe, Afrique", "*"),
            ("Ruritanie", "?"),
            ("Ruritanie (Afrique)", "?"),
            ("", "?"),
        ] {
            assert_eq!(shown(text), read, "{text}");
        }
    }
}
