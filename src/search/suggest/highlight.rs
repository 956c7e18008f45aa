//! Where a label has what was typed, for whoever shows it.

/// A word of a label: folded, and where each of its folded bytes comes from.
pub(super) struct LabelWord {
    /// Without accents or case.
    pub(super) folded: String,
    /// For each byte of `folded` the start and the end of its character in the label, in UTF-16
    /// code units: `œ` is one character and two bytes.
    places: Vec<(u32, u32)>,
}

impl LabelWord {
    /// Where the first bytes of the word are in the label.
    pub(super) fn beginning(&self, bytes: usize) -> [u32; 2] {
        let last = bytes.clamp(1, self.places.len()) - 1;
        [self.places[0].0, self.places[last].1]
    }

    /// Where the word is in the label.
    pub(super) fn whole(&self) -> [u32; 2] {
        self.beginning(self.places.len())
    }
}

/// The words of a label, parted and folded as [`fold`](crate::domain::text::fold) does.
pub(super) fn words(label: &str) -> Vec<LabelWord> {
    let mut words: Vec<LabelWord> = Vec::new();
    let (mut open, mut at) = (false, 0);
    let mut buffer = [0; 4];
    for character in label.chars() {
        let end = at + character.len_utf16() as u32;
        let plain = match character {
            '\0'..='\x7f' => &*character.encode_utf8(&mut buffer),
            _ => deunicode::deunicode_char(character).unwrap_or("?"),
        };
        for byte in plain.bytes() {
            if byte.is_ascii_alphanumeric() {
                if !std::mem::replace(&mut open, true) {
                    words.push(LabelWord { folded: String::new(), places: Vec::new() });
                }
                if let Some(word) = words.last_mut() {
                    word.folded.push(byte.to_ascii_lowercase() as char);
                    word.places.push((at, end));
                }
            } else {
                open = false;
            }
        }
        at = end;
    }
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::text::fold;

    #[test]
    fn places_are_those_of_the_label() {
        let label = "L’Œuvre à Évry 🙂 Sud";
        let places: Vec<(String, [u32; 2])> =
            words(label).iter().map(|word| (word.folded.clone(), word.whole())).collect();
        let utf16: Vec<u16> = label.encode_utf16().collect();
        let shown = |[start, end]: [u32; 2]| {
            String::from_utf16(&utf16[start as usize..end as usize]).unwrap()
        };
        let shown: Vec<(&str, String)> =
            places.iter().map(|(folded, place)| (folded.as_str(), shown(*place))).collect();
        let expected = [("l", "L"), ("oeuvre", "Œuvre"), ("a", "à"), ("evry", "Évry")];
        for (word, text) in expected {
            assert!(shown.contains(&(word, text.to_owned())), "{shown:?}");
        }
        assert_eq!(shown.last(), Some(&("sud", "Sud".to_owned())));
        assert_eq!(words("Œuvre")[0].beginning(1), [0, 1]);
    }

    proptest! {
        #[test]
        fn words_are_those_that_folding_makes(label in "[\\PC]{0,20}") {
            let joined: Vec<String> = words(&label).into_iter().map(|word| word.folded).collect();
            prop_assert_eq!(joined.join(" "), fold(&label));
        }
    }
}
