//! Dates as people write them, in French and English.

use super::{
    PartialDate,
    text::{fold, tidy},
    vague_date::{AROUND, several_years, vague},
};

/// Why a text is not taken as a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateProblem {
    /// It is none.
    Invalid,
    /// It could be read in several ways; this one is the most likely here.
    Ambiguous(PartialDate),
    /// One date, beside words that make it less or more than that ("vers 1980", "depuis 1998").
    Vague(PartialDate),
    /// Several dates: the first and the last of them ("1998-2003").
    Several(PartialDate, PartialDate),
}

/// Names of the months in French, English, German, Spanish, Italian, Portuguese and Dutch, folded;
/// what begins like one and has three letters or more is short for it where no other begins so.
const MONTHS: [&[&str]; 12] = [
    &["janvier", "january", "januar", "enero", "gennaio", "janeiro", "januari"],
    &["fevrier", "february", "februar", "febrero", "febbraio", "fevereiro", "februari"],
    &["mars", "march", "marz", "marzo", "marco", "maart"],
    &["avril", "april", "abril", "aprile"],
    &["mai", "may", "mayo", "maggio", "maio", "mei"],
    &["juin", "june", "juni", "junio", "giugno", "junho"],
    &["juillet", "july", "juli", "julio", "luglio", "julho"],
    &["aout", "august", "agosto", "augustus"],
    &["septembre", "september", "septiembre", "setiembre", "settembre", "setembro"],
    &["octobre", "october", "oktober", "octubre", "ottobre", "outubro"],
    &["novembre", "november", "noviembre", "novembro"],
    &["decembre", "december", "dezember", "diciembre", "dicembre", "dezembro"],
];

impl PartialDate {
    /// Reads the native forms (`2016-12-15`, `15/12/2016`, `2016-12`, `12/2016`, `2016`) and what
    /// files have beside them: `1er mars 2016`, `déc. 2024`, `15.12.2016`, `20161215`, a time
    /// of day after the date. Years of two digits and months first are ambiguous.
    pub fn recognise(text: &str) -> Result<Self, DateProblem> {
        Self::read(text).map_err(|problem| {
            // "depuis le 15/12/2016", "5 mai 1998 (signature)": a date among such words
            let is_around = |word: &&str| AROUND.contains(&&*fold(word));
            let rest = || {
                let mut words: Vec<&str> = text.split_whitespace().skip_while(is_around).collect();
                while words.last().is_some_and(is_around) {
                    words.pop();
                }
                words.join(" ").replace(['(', ')', '[', ']'], " ")
            };
            match problem {
                DateProblem::Invalid => Self::read(&rest()).map_or(problem, DateProblem::Vague),
                _ => problem,
            }
        })
    }

    fn read(text: &str) -> Result<Self, DateProblem> {
        let text = tidy(text);
        if let Ok(date) = text.parse() {
            return Ok(date);
        }
        let text = without_time(&text);
        if let Ok(date) = text.parse() {
            return Ok(date);
        }
        if let Some(problem) = several_years(text).or_else(|| vague(text)) {
            return Err(problem);
        }
        let folded = fold(text);
        let parts: Vec<&str> = folded.split(' ').filter(|part| !is_weekday(part)).collect();
        if parts.iter().any(|part| month(part).is_some()) {
            return with_month_name(&parts);
        }
        // what stands between the numbers must be one kind of separator
        let separators: String = text.chars().filter(|c| !c.is_ascii_digit()).collect();
        if !matches!(separators.as_str(), "" | "/" | "//" | "." | ".." | "-" | "--" | "  ") {
            return Err(DateProblem::Invalid);
        }
        numbers(&parts)
    }
}

/// Names of the days of the week, French then English, folded.
fn is_weekday(word: &str) -> bool {
    matches!(
        word,
        "lundi"
            | "mardi"
            | "mercredi"
            | "jeudi"
            | "vendredi"
            | "samedi"
            | "dimanche"
            | "monday"
            | "tuesday"
            | "wednesday"
            | "thursday"
            | "friday"
            | "saturday"
            | "sunday"
    )
}

/// Cuts the time of day off: `2016-12-15 00:00:00`, `2016-12-15T08:30:00Z`.
fn without_time(text: &str) -> &str {
    let Some((date, time)) = text.split_once(' ').or_else(|| text.split_once('T')) else {
        return text;
    };
    let is_time = time.contains(':')
        && time.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | '+' | '-' | 'Z'));
    if is_time { date } else { text }
}

pub(super) fn month(text: &str) -> Option<u32> {
    let mut found = MONTHS.iter().zip(1..).filter(|(names, _)| {
        names.iter().any(|name| {
            *name == text || (text.len() >= 3 && text.len() < name.len() && name.starts_with(text))
        }) || matches!((text, names[0]), ("fev" | "fevr", "fevrier") | ("sept", "septembre"))
    });
    let (_, number) = found.next()?;
    // "jui" is June or July; "mar" and "mai" are clear
    found.next().is_none().then_some(number)
}

pub(super) fn number(text: &str) -> Option<u32> {
    let digits = text.strip_suffix("er").or_else(|| text.strip_suffix("st")).or_else(|| {
        text.strip_suffix("nd").or_else(|| text.strip_suffix("rd").or(text.strip_suffix("th")))
    });
    let digits = digits.unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

fn with_month_name(parts: &[&str]) -> Result<PartialDate, DateProblem> {
    let mut numbers = Vec::new();
    let mut named = None;
    for part in parts.iter().filter(|part| !matches!(**part, "le" | "of" | "de" | "the")) {
        match (month(part), number(part)) {
            (Some(month), _) if named.is_none() => named = Some(month),
            (None, Some(number)) => numbers.push((number, part.len())),
            _ => return Err(DateProblem::Invalid),
        }
    }
    let date = |year: u32, day| {
        PartialDate::new(year as i32, named, day).map_err(|_| DateProblem::Invalid)
    };
    match numbers.as_slice() {
        [(year, 4)] => date(*year, None),
        // "mars-16": a year or a day
        [(year, 1..=2)] => {
            Err(date(century(*year), None).map_or_else(|p| p, DateProblem::Ambiguous))
        }
        [(day, 1..=4), (year, 4)] => date(*year, Some(*day)),
        [(day, 1..=4), (year, 2)] => {
            Err(date(century(*year), Some(*day)).map_or_else(|p| p, DateProblem::Ambiguous))
        }
        _ => Err(DateProblem::Invalid),
    }
}

/// A year of two digits: the last hundred years or so.
pub(super) fn century(year: u32) -> u32 {
    if year < 50 { 2000 + year } else { 1900 + year }
}

fn numbers(parts: &[&str]) -> Result<PartialDate, DateProblem> {
    let invalid = DateProblem::Invalid;
    let date = |year: u32, month: u32, day: u32| {
        PartialDate::new(year as i32, Some(month), Some(day)).ok()
    };
    let widths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let values: Option<Vec<u32>> = parts.iter().map(|part| number(part)).collect();
    let values = values.ok_or(invalid)?;
    match (widths.as_slice(), values.as_slice()) {
        ([8], [all]) => date(all / 10_000, all / 100 % 100, all % 100).ok_or(invalid),
        ([4, 1..=2], [year, month]) => {
            PartialDate::new(*year as i32, Some(*month), None).map_err(|_| invalid)
        }
        ([1..=2, 4], [month, year]) => {
            PartialDate::new(*year as i32, Some(*month), None).map_err(|_| invalid)
        }
        ([4, 1..=2, 1..=2], [year, month, day]) => date(*year, *month, *day).ok_or(invalid),
        ([1..=2, 1..=2, 4], [day, month, year]) => match date(*year, *month, *day) {
            Some(date) => Ok(date),
            // only months first make it a date: then the others of the file may be so too
            None => Err(date(*year, *day, *month).map_or(invalid, DateProblem::Ambiguous)),
        },
        ([1..=2, 1..=2, 2], [day, month, year]) => {
            let year = century(*year);
            let likely = date(year, *month, *day).or_else(|| date(year, *day, *month));
            Err(likely.map_or(invalid, DateProblem::Ambiguous))
        }
        _ => Err(invalid),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_people_write_them() {
        for (text, iso) in [
            ("31/12/2024", "2024-12-31"),
            ("déc. 2024", "2024-12"),
            ("Décembre 2024", "2024-12"),
            ("1er mars 2016", "2016-03-01"),
            ("le 14 juillet\u{a0}1989", "1989-07-14"),
            ("15 févr. 2010", "2010-02-15"),
            ("12 AOÛT 1999", "1999-08-12"),
            ("March 1st, 2016", "2016-03-01"),
            ("3 September 1964", "1964-09-03"),
            ("12/2016", "2016-12"),
            ("2016-12-15 00:00:00", "2016-12-15"),
            ("2016-12-15T08:30:00Z", "2016-12-15"),
            ("15/12/2016 08:30", "2016-12-15"),
            ("15.12.2016", "2016-12-15"),
            ("15-12-2016", "2016-12-15"),
            ("2016/12/15", "2016-12-15"),
            ("20161215", "2016-12-15"),
        ] {
            let date = PartialDate::recognise(text).map(|date| date.to_string());
            assert_eq!(date.as_deref(), Ok(iso), "{text}");
        }
    }

    #[test]
    fn what_has_several_readings_is_ambiguous() {
        for (text, likely) in [
            ("03/04/12", "2012-04-03"),
            ("12/31/2024", "2024-12-31"),
            ("12/31/98", "1998-12-31"),
            ("mars-16", "2016-03"),
            ("1er mars 98", "1998-03-01"),
        ] {
            let likely = DateProblem::Ambiguous(likely.parse().unwrap());
            assert_eq!(PartialDate::recognise(text), Err(likely), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_date() {
        for text in [
            "",
            "demain",
            "42719",
            "1900-01-00",
            "été",
            "vers l'an mil",
            "1998 Lyon",
            "31/02/2016",
            "13/13/2016",
            "jui 2016",
            "mars",
            "2016 2017 mars",
            "1/2/3",
            "99999999",
            "1 000",
        ] {
            assert_eq!(PartialDate::recognise(text), Err(DateProblem::Invalid), "{text}");
        }
    }
}
