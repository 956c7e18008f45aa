//! Texts that say more, or less, than a date: what can be suggested for them.

use super::{
    PartialDate,
    date_text::{DateProblem, century, month, number},
    text::fold,
};

/// Words that go with years without being part of a date, folded.
pub(super) const AROUND: &[&str] = &[
    "depuis",
    "since",
    "from",
    "a",
    "partir",
    "compter",
    "des",
    "en",
    "in",
    "de",
    "du",
    "d",
    "au",
    "le",
    "la",
    "l",
    "vers",
    "circa",
    "c",
    "ca",
    "env",
    "environ",
    "about",
    "approx",
    "approximativement",
    "autour",
    "debut",
    "fin",
    "mi",
    "milieu",
    "courant",
    "avant",
    "before",
    "apres",
    "after",
    "jusqu",
    "jusque",
    "until",
    "annee",
    "annees",
    "an",
    "year",
    "signe",
    "signee",
    "signed",
    "signature",
    "jumelage",
    "jumele",
    "convention",
    "accord",
    "date",
    "ete",
    "hiver",
    "printemps",
    "automne",
    "trimestre",
    "semestre",
    "premier",
    "second",
    "dans",
    "les",
    "s",
    "seit",
    "ab",
    "um",
    "vor",
    "nach",
    "desde",
    "hacia",
    "dal",
    "dalla",
    "circa",
    "verso",
    "sinds",
    "vanaf",
    "rond",
    "por",
    "renouvele",
    "renouvelee",
];

/// A text of one year (or month of a year) and words around it, or a date with a part unknown.
pub(super) fn vague(text: &str) -> Option<DateProblem> {
    let folded = fold(text);
    let words: Vec<&str> = folded.split(' ').collect();
    if let Some(date) = with_unknown_part(&words) {
        return Some(DateProblem::Vague(date));
    }
    if text.len() == 2
        && let Some(year) = number(text)
    {
        return PartialDate::new(century(year) as i32, None, None).ok().map(DateProblem::Vague);
    }
    // "années 80", "les années 1980", "80s", "1980s"
    let decade = words.iter().any(|word| matches!(*word, "annees" | "decennie"));
    let mut dates = Vec::new();
    let mut around = text.contains(['~', '?', '≈', '<', '>', '±']) || text.starts_with(['(', '[']);
    let is_term = words.iter().any(|word| matches!(*word, "trimestre" | "semestre"));
    let mut months: Vec<&str> = Vec::new();
    for word in &words {
        let digits = word.strip_suffix('s').unwrap_or(word);
        match digits.len() {
            _ if AROUND.contains(word) => around = true,
            // "1er trimestre 2016"
            1 | 3 | 4 if is_term && !is_year(word) && digits.starts_with(['1', '2', '3', '4']) => {}
            4 if is_year(digits) => {
                around |= digits.len() < word.len();
                dates.push(digits);
            }
            2 if number(digits).is_some() && (decade || digits.len() < word.len()) => {
                around = true;
                dates.push(digits);
            }
            // a quarter, a term, a week: "T1 2016", "2016-W10"
            2..=3 if word.starts_with(['t', 's', 'q', 'w']) && number(&word[1..]).is_some() => {
                around = true;
            }
            _ if month(word).is_some() => months.push(word),
            _ => return None,
        }
    }
    let [year] = dates.as_slice() else { return None };
    if !around || months.len() > 1 {
        return None;
    }
    let year: u32 = year.parse().ok()?;
    let year = if year < 100 { century(year) } else { year };
    let month = months.first().and_then(|name| month(name));
    PartialDate::new(year as i32, month, None).ok().map(DateProblem::Vague)
}

/// `1988-05-00`, `00/05/1988`, `xx/05/1988`, `00/00/1988`: what is known of it.
fn with_unknown_part(words: &[&str]) -> Option<PartialDate> {
    let unknown = |word: &str| matches!(word, "00" | "0" | "xx" | "x");
    let (year, month, day) = match words {
        [year, month, day] | [day, month, year] if is_year(year) => (year, month, Some(day)),
        [year, month] | [month, year] if is_year(year) && unknown(month) => (year, month, None),
        _ => return None,
    };
    // a day zero of January 1900 is how Excel shows an empty cell
    if *year == "1900" || !(unknown(month) || day.is_some_and(|day| unknown(day))) {
        return None;
    }
    let month = if unknown(month) { None } else { Some(number(month)?) };
    if month.is_none() && day.is_some_and(|day| !unknown(day)) {
        return None;
    }
    PartialDate::new(year.parse().ok()?, month, None).ok()
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.parse().is_ok_and(|year: u32| (1000..2200).contains(&year))
}

/// The first and the last of two or more years: `1998-2003`, `de 1998 à 2003`, `1998 et 2004`,
/// `1998/99`.
pub(super) fn several_years(text: &str) -> Option<DateProblem> {
    let folded = fold(text);
    let words: Vec<&str> = folded.split(' ').collect();
    let mut years: Vec<i32> = Vec::new();
    for word in &words {
        if is_year(word) {
            years.push(word.parse().ok()?);
        } else if !matches!(
            *word,
            "de" | "a"
                | "au"
                | "et"
                | "ou"
                | "or"
                | "oder"
                | "und"
                | "y"
                | "bis"
                | "hasta"
                | "al"
                | "tot"
                | "von"
                | "van"
                | "del"
                | "dal"
                | "desde"
                | "puis"
                | "from"
                | "to"
                | "and"
                | "until"
                | "entre"
                | "between"
                | "jusqu"
                | "en"
                | "du"
                | "then"
                | "renouvele"
                | "renouvelee"
                | "depuis"
        ) {
            // "1998/99": the end of a school year or of a programme
            let short: i32 = word.parse().ok().filter(|_| word.len() == 2 && words.len() == 2)?;
            let first = *years.first()?;
            let last = first / 100 * 100 + short;
            // "2003-12" is a month
            if last <= first || (1..=12).contains(&short) {
                return None;
            }
            years.push(last);
        }
    }
    let (first, last) = (years.iter().min()?, years.iter().max()?);
    if years.len() < 2 || first == last {
        return None;
    }
    let date = |year: &i32| PartialDate::new(*year, None, None).ok();
    Some(DateProblem::Several(date(first)?, date(last)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_more_or_less_than_a_date_leads_to_one() {
        for (text, date) in [
            ("98", "1998"),
            ("depuis 1998", "1998"),
            ("since 1998", "1998"),
            ("à partir de mai 1998", "1998-05"),
            ("années 80", "1980"),
            ("les années 1980", "1980"),
            ("1980s", "1980"),
            ("vers 1980", "1980"),
            ("c. 1980", "1980"),
            ("ca. 1980", "1980"),
            ("~1990", "1990"),
            ("1990(?)", "1990"),
            ("2016 ?", "2016"),
            ("signé en 1998", "1998"),
            ("après 1998", "1998"),
            ("Jumelage 1998", "1998"),
            ("depuis le 15/12/2016", "2016-12-15"),
            ("signé le 3 mai 2010", "2010-05-03"),
            ("été 2010", "2010"),
            ("2016 T1", "2016"),
            ("2016-W10", "2016"),
            ("début 2004", "2004"),
            ("1988-05-00", "1988-05"),
            ("00/05/1988", "1988-05"),
            ("xx/05/1988", "1988-05"),
            ("00/00/1988", "1988"),
        ] {
            let vague = DateProblem::Vague(date.parse().unwrap());
            assert_eq!(PartialDate::recognise(text), Err(vague), "{text}");
        }
        for (text, first, last) in [
            ("1998-2003", "1998", "2003"),
            ("1998–2003", "1998", "2003"),
            ("1998/1999", "1998", "1999"),
            ("1998/99", "1998", "1999"),
            ("de 1998 à 2003", "1998", "2003"),
            ("1998 et 2004", "1998", "2004"),
            ("1998, 2004, 2010", "1998", "2010"),
        ] {
            let several = DateProblem::Several(first.parse().unwrap(), last.parse().unwrap());
            assert_eq!(PartialDate::recognise(text), Err(several), "{text}");
        }
        for (text, iso) in [
            ("lundi 15 décembre 2016", "2016-12-15"),
            ("Monday, 3 September 1964", "1964-09-03"),
            ("Dec 15, 2016", "2016-12-15"),
            ("2016 (décembre)", "2016-12"),
            ("mai 1998", "1998-05"),
        ] {
            let date = PartialDate::recognise(text).map(|date| date.to_string());
            assert_eq!(date.as_deref(), Ok(iso), "{text}");
        }
    }
}
