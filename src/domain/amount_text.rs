//! Amounts as people write them: thousands, decimal commas, euros, thousands and millions of them.

use super::Euros;

/// Why a text is not taken as an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmountProblem {
    /// It is none.
    Invalid,
    /// It is one in another currency.
    Currency,
    /// One amount, beside words that make it less or more than that ("env. 12 000 €").
    Vague(Euros),
    /// `12,500` is twelve thousand five hundred to some and twelve and a half to others; this
    /// is the most likely.
    Ambiguous(Euros),
}

impl Euros {
    /// Reads `12500.5`, `12 500,50 €`, `1.234.567,89`, `1,234,567.89`, `12,5 k€`, `1,2 M€`,
    /// `EUR 12 000`, `1,5 million d'euros`, `2 Md€`.
    pub fn recognise(text: &str) -> Result<Self, AmountProblem> {
        Self::read(text).map_err(|problem| match Self::read(without_words(text)) {
            Ok(amount) if problem == AmountProblem::Invalid => AmountProblem::Vague(amount),
            _ => problem,
        })
    }

    // long: one arm for each way of writing marks
    fn read(text: &str) -> Result<Self, AmountProblem> {
        if let Ok(plain) = text.parse() {
            return Ok(plain);
        }
        let invalid = AmountProblem::Invalid;
        let plain: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’'))
            .flat_map(char::to_lowercase)
            .collect();
        let is_unevenly_grouped = is_unevenly_grouped(text.trim());
        let (number, zeros) = without_unit(&plain);
        if in_other_currency(&plain) {
            return Err(AmountProblem::Currency);
        }
        if !number.is_ascii() {
            return Err(invalid);
        }
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
        let amount = text.parse().map_err(|_| invalid)?;
        if is_unevenly_grouped { Err(AmountProblem::Ambiguous(amount)) } else { Ok(amount) }
    }
}

/// Whether spaces stand between figures where thousands have none: "12 00", "1 2000".
fn is_unevenly_grouped(text: &str) -> bool {
    let figures = |c: char| c.is_ascii_digit();
    let groups: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || matches!(c, '\'' | '’')).collect();
    groups.windows(2).any(|pair| {
        let before = pair[0].len() - pair[0].trim_end_matches(figures).len();
        let after = pair[1].len() - pair[1].trim_start_matches(figures).len();
        before > 0 && after > 0 && (before > 3 || after != 3)
    })
}

/// A text without the words that make an amount vague, or say more of it.
fn without_words(text: &str) -> &str {
    const BEFORE: &[&str] =
        &["environ", "env.", "env", "circa", "ca.", "about", "~", "≈", "+/-", "±"];
    const AFTER: &[&str] = &[
        "HT", "TTC", "/ an", "/an", "par an", "per year", "a year", "environ", "env.", "(HT)", "?",
    ];
    let text = text.trim();
    let text = BEFORE
        .iter()
        .find_map(|word| {
            let start = text.get(..word.len())?;
            start.eq_ignore_ascii_case(word).then(|| text[word.len()..].trim_start())
        })
        .unwrap_or(text);
    AFTER.iter().find_map(|word| text.strip_suffix(word)).unwrap_or(text).trim_end()
}

/// The number, and the zeros that its unit stands for. A `k` without the euro could be anything.
fn without_unit(text: &str) -> (&str, usize) {
    const SCALES: [(&str, usize); 12] = [
        ("milliards", 9),
        ("milliard", 9),
        ("mrds", 9),
        ("mrd", 9),
        ("mds", 9),
        ("md", 9),
        ("millions", 6),
        ("million", 6),
        ("m", 6),
        ("milliers", 3),
        ("millier", 3),
        ("k", 3),
    ];
    const EUROS: [&str; 6] = ["deuros", "deuro", "euros", "euro", "eur", "€"];
    let before = EUROS.iter().find_map(|euro| text.strip_prefix(euro));
    let rest = before.unwrap_or(text);
    let after = EUROS.iter().find_map(|euro| rest.strip_suffix(euro));
    // "milliers d€": the apostrophe is gone already
    let rest = after.map_or(rest, |rest| {
        rest.strip_suffix('d').filter(|r| r.ends_with(['s', 'n'])).unwrap_or(rest)
    });
    if before.is_none() && after.is_none() {
        return (text, 0);
    }
    SCALES
        .iter()
        .find_map(|(scale, zeros)| Some((rest.strip_suffix(scale)?, *zeros)))
        .unwrap_or((rest, 0))
}

/// Whether an amount, without spaces and in lower case, is in another currency than the euro.
fn in_other_currency(text: &str) -> bool {
    const CURRENCIES: &[&str] = &[
        "fcfa", "cfa", "xof", "xaf", "xpf", "francs", "franc", "frf", "ff", "fr", "f", "chf", "$",
        "usd", "us$", "dollars", "dollar", "£", "gbp", "livres", "cad", "¥", "jpy", "dirhams",
        "mad", "dinars",
    ];
    text.bytes().any(|byte| byte.is_ascii_digit())
        && CURRENCIES.iter().any(|word| {
            let rest = text.strip_suffix(word).or_else(|| text.strip_prefix(word));
            rest.is_some_and(|rest| {
                let rest = ["k", "m", "md", "millionsde", "millionde", "milliersde"]
                    .iter()
                    .find_map(|scale| rest.strip_suffix(scale))
                    .unwrap_or(rest);
                rest.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-'))
            })
        })
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
            ("1,5 million d'euros", "1500000"),
            ("1,5 million d’euro", "1500000"),
            ("2 millions d'€", "2000000"),
            ("12 milliers d'euros", "12000"),
            ("EUR 12 000", "12000"),
            ("€12 000.50", "12000.5"),
            ("2 Md€", "2000000000"),
            ("0,25 milliard d'euros", "250000000"),
            ("1,5 MEUR", "1500000"),
            ("12 K€", "12000"),
            ("0", "0"),
        ] {
            let read = Euros::recognise(text).map(|amount| amount.to_string());
            assert_eq!(read.as_deref(), Ok(euros), "{text}");
        }
    }

    #[test]
    fn what_is_ambiguous_or_no_amount_is_told() {
        for (text, likely) in [
            ("12,500", "12500"),
            ("1.500 €", "1500"),
            ("12 00", "1200"),
            ("12 0000 €", "120000"),
            ("1 2000", "12000"),
            ("2019 500", "2019500"),
            ("12'50", "1250"),
        ] {
            let likely = AmountProblem::Ambiguous(likely.parse().unwrap());
            assert_eq!(Euros::recognise(text), Err(likely), "{text}");
        }
        for text in [
            "12 000 FCFA",
            "12 000 F",
            "12 000 francs",
            "$12,000",
            "12 $",
            "5 M$",
            "10 000 £",
            "1,5 million de dollars",
        ] {
            assert_eq!(Euros::recognise(text), Err(AmountProblem::Currency), "{text}");
        }
        for text in [
            "",
            "francs",
            "12 millions",
            "2 M",
            "1,500 k€",
            "-5",
            "12k",
            "12 000 à 15 000",
            "1,2,3",
            "1.23.456",
            "5,",
            ",5",
            "1,2345",
            "é",
            "12,5\u{fffd}k€",
            "1,é k€",
            "1,\u{fffd}\u{fffd} M€",
        ] {
            assert_eq!(Euros::recognise(text), Err(AmountProblem::Invalid), "{text}");
        }
    }
}
