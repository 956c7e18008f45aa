//! Amounts as people write them: thousands, decimal commas, euros, thousands and millions of them.

use super::Euros;

/// Why a text is not taken as an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmountProblem {
    /// It is none.
    Invalid,
    /// `12,500` is twelve thousand five hundred to some and twelve and a half to others; this
    /// is the most likely.
    Ambiguous(Euros),
}

impl Euros {
    /// Reads `12500.5`, `12 500,50 €`, `1.234.567,89`, `1,234,567.89`, `12,5 k€`, `1,2 M€`.
    pub fn recognise(text: &str) -> Result<Self, AmountProblem> {
        if let Ok(plain) = text.parse() {
            return Ok(plain);
        }
        let invalid = AmountProblem::Invalid;
        let plain: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’'))
            .flat_map(char::to_lowercase)
            .collect();
        let (number, zeros) = without_unit(&plain);
        let points: Vec<usize> = number.match_indices(['.', ',']).map(|(at, _)| at).collect();
        let last = points.last().copied();
        let decimals = last.map_or(0, |at| number.len() - at - 1);
        let kinds = |at: &usize| number.as_bytes()[*at];
        let groups = |end: usize| {
            let parts: Vec<&str> = number[..end].split(['.', ',']).collect();
            parts[1..].iter().all(|part| part.len() == 3) && (1..=3).contains(&parts[0].len())
        };
        let joined = |end: usize| number[..end].replace(['.', ','], "");
        let (whole, fraction) = match points.as_slice() {
            [] => (number.to_owned(), String::new()),
            [at] if decimals != 3 => (number[..*at].to_owned(), number[at + 1..].to_owned()),
            // "1,500 k€" is a thousand times more to some than to others
            [_] if zeros > 0 => return Err(invalid),
            [_] => {
                let all = joined(number.len()).parse().map_err(|_| invalid)?;
                return Err(if groups(number.len()) {
                    AmountProblem::Ambiguous(all)
                } else {
                    invalid
                });
            }
            // one kind of mark, several times: thousands
            several if several.windows(2).all(|w| kinds(&w[0]) == kinds(&w[1])) => {
                if !groups(number.len()) {
                    return Err(invalid);
                }
                (joined(number.len()), String::new())
            }
            [thousands @ .., at] => {
                let alike = thousands.windows(2).all(|w| kinds(&w[0]) == kinds(&w[1]));
                if !alike || kinds(&thousands[0]) == kinds(at) || !groups(*at) {
                    return Err(invalid);
                }
                (joined(*at), number[at + 1..].to_owned())
            }
        };
        if fraction.is_empty() && last.is_some_and(|at| at + 1 == number.len()) {
            return Err(invalid);
        }
        // thousands of euros move the point
        let moved = fraction.len().min(zeros);
        let whole = format!("{whole}{}{}", &fraction[..moved], "0".repeat(zeros - moved));
        let fraction = &fraction[moved..];
        let text = if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") };
        text.parse().map_err(|_| invalid)
    }
}

/// The number, and the zeros that its unit stands for. A `k` without the euro could be anything.
fn without_unit(text: &str) -> (&str, usize) {
    const UNITS: [(&str, usize); 12] = [
        ("milliersd€", 3),
        ("millionsd€", 6),
        ("keuros", 3),
        ("keur", 3),
        ("k€", 3),
        ("meur", 6),
        ("m€", 6),
        ("euros", 0),
        ("euro", 0),
        ("eur", 0),
        ("€", 0),
        ("", 0),
    ];
    let text = text.strip_prefix('€').unwrap_or(text);
    UNITS
        .iter()
        .find_map(|(unit, zeros)| Some((text.strip_suffix(unit)?, *zeros)))
        .unwrap_or((text, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (text, euros) in [
            ("12500", "12500"),
            ("12\u{202f}500,50 €", "12500.5"),
            ("12\u{a0}500", "12500"),
            ("12'500.–".trim_end_matches(".–"), "12500"),
            ("1.234.567,89", "1234567.89"),
            ("1,234,567.89", "1234567.89"),
            ("1.234.567", "1234567"),
            ("€ 300", "300"),
            ("12,5 k€", "12500"),
            ("12,34 K€", "12340"),
            ("1,2 M€", "1200000"),
            ("15 000 euros", "15000"),
            ("0", "0"),
        ] {
            let read = Euros::recognise(text).map(|amount| amount.to_string());
            assert_eq!(read.as_deref(), Ok(euros), "{text}");
        }
    }

    #[test]
    fn what_is_ambiguous_or_no_amount_is_told() {
        for (text, likely) in [("12,500", "12500"), ("1.500 €", "1500")] {
            let likely = AmountProblem::Ambiguous(likely.parse().unwrap());
            assert_eq!(Euros::recognise(text), Err(likely), "{text}");
        }
        for text in [
            "",
            "1,500 k€",
            "-5",
            "12k",
            "environ 10",
            "1,2,3",
            "1.23.456",
            "5,",
            ",5",
            "12 $",
            "1,2345",
            "é",
        ] {
            assert_eq!(Euros::recognise(text), Err(AmountProblem::Invalid), "{text}");
        }
    }
}
