//! The filters of a query string, parsed once: the same for items, exports, facets and pages.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::{Bbox, Collection, Dimension, ParameterError, client::Client, expression::Expression};
use crate::domain::{Language, PartnerId, text::fold};

/// The longest text of a parameter that is read, in characters.
const LONGEST: usize = 2_000;
/// The longest value of a dimension, in characters.
const LONGEST_VALUE: usize = 200;
/// The most values that one dimension takes.
const MOST_VALUES: usize = 200;
const TOO_MANY: [&str; 2] = ["au plus 200 valeurs", "at most 200 values"];

/// Which records are wanted. Different parameters must all hold; of several values of one, any.
/// A box and an expression are about the items of the collection, unless they are to be about
/// the partnerships whose items are wanted (`filter-of`).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    values: Vec<(Dimension, Vec<String>)>,
    partners: Vec<PartnerId>,
    words: Vec<String>,
    query: String,
    verified_since: Option<NaiveDate>,
    bbox: Option<Bbox>,
    datetime: Option<Interval>,
    years: Vec<i32>,
    expression: Expression,
    of_partnerships: bool,
}

/// Days, both included, as days from the common era; a side that is `None` is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// The first day.
    pub from: Option<i32>,
    /// The last day.
    pub to: Option<i32>,
}

impl Filter {
    /// The names of all parameters that filter.
    pub fn parameters() -> impl Iterator<Item = &'static str> {
        let others = ["partner", "q", "verified_since", "bbox", "datetime", "year", "filter-of"];
        let dimensions = Dimension::ALL.into_iter().map(Dimension::name);
        dimensions.chain(others).chain(Expression::PARAMETERS)
    }

    /// Whether a parameter filters, on some collection.
    pub fn takes(name: &str) -> bool {
        Self::parameters().any(|parameter| parameter == name) || Expression::takes(name)
    }

    /// Whether a parameter is about the items of a collection themselves, where `filter-of` does not say otherwise.
    pub fn is_of_items(name: &str) -> bool {
        name == "bbox" || Dimension::from_name(name).is_none() && Expression::takes(name)
    }

    /// Takes one parameter of a query string; `false` where it is none that filters.
    pub fn set(&mut self, name: &str, value: &str) -> Result<bool, ParameterError> {
        let wrong = |reason: [&str; 2]| ParameterError::new(name, reason);
        if let Some(dimension) = Dimension::from_name(name) {
            self.add(dimension, value)?;
            return Ok(true);
        }
        // a list is as long as its values are many; an expression has a limit of its own
        if !matches!(name, "partner" | "filter") && value.chars().count() > LONGEST {
            return Err(ParameterError::too_long(name));
        }
        match name {
            "partner" => {
                for id in value.split(',') {
                    let id = id.trim().parse().map_err(|_| {
                        wrong([
                            "l'identifiant d'un partenaire est attendu, tel que /api/collections/partners le donne",
                            "the id of a partner is expected, as /api/collections/partners has it",
                        ])
                    })?;
                    self.partners.push(id);
                }
                if self.partners.len() > MOST_VALUES {
                    return Err(wrong(TOO_MANY));
                }
            }
            "q" => {
                self.words.extend(fold(value).split_whitespace().map(str::to_owned));
                value.trim().clone_into(&mut self.query);
            }
            "verified_since" => {
                self.verified_since = Some(date(value).ok_or_else(|| {
                    wrong([
                        "une date comme 2024-06-30 est attendue",
                        "a date such as 2024-06-30 is expected",
                    ])
                })?);
            }
            "bbox" => self.bbox = Some(self.expression.set_bbox(value)?),
            "filter-of" if value == Collection::Partnerships.id() => self.of_partnerships = true,
            "filter-of" => {
                return Err(wrong(["partnerships est attendu", "partnerships is expected"]));
            }
            "datetime" => self.datetime = Some(interval(value).map_err(wrong)?),
            "year" => {
                for year in value.split(',') {
                    let year = year.trim().parse().ok().filter(|year| (1..=2999).contains(year));
                    self.years.push(year.ok_or_else(|| {
                        wrong([
                            "une année comme 2016 est attendue",
                            "a year such as 2016 is expected",
                        ])
                    })?);
                }
                if self.years.len() > MOST_VALUES {
                    return Err(wrong(TOO_MANY));
                }
            }
            _ => return self.expression.set(name, value),
        }
        Ok(true)
    }

    fn add(&mut self, dimension: Dimension, value: &str) -> Result<(), ParameterError> {
        let index = self.values.iter().position(|(d, _)| *d == dimension).unwrap_or_else(|| {
            self.values.push((dimension, Vec::new()));
            self.values.len() - 1
        });
        let values = &mut self.values[index].1;
        for text in value.split(',').map(str::trim) {
            let fits = text.chars().count() <= LONGEST_VALUE;
            let value = fits.then(|| dimension.normalise(text)).flatten().ok_or_else(|| {
                let shown: String = text.chars().take(80).collect();
                let reason = [
                    format!("« {shown} » n'en est pas une valeur ; /api/vocabularies et /api/facets les énumèrent"),
                    format!("“{shown}” is no value of it; /api/vocabularies and /api/facets list them"),
                ];
                ParameterError::new(dimension.name(), reason)
            })?;
            if !values.contains(&value) {
                values.push(value);
            }
        }
        if values.len().max(value.split(',').count()) > MOST_VALUES {
            return Err(ParameterError::new(dimension.name(), TOO_MANY));
        }
        Ok(())
    }

    /// The values wanted of a dimension; none where any will do.
    pub fn values(&self, dimension: Dimension) -> &[String] {
        self.values.iter().find(|(d, _)| *d == dimension).map_or(&[], |(_, values)| values)
    }

    /// The dimensions that the filter restricts.
    pub(super) fn dimensions(&self) -> impl Iterator<Item = (Dimension, &[String])> {
        self.values.iter().map(|(dimension, values)| (*dimension, values.as_slice()))
    }

    /// The foreign authorities of whom one must be in a record; none where any will do.
    pub fn partners(&self) -> &[PartnerId] {
        &self.partners
    }

    /// The folded words of `q`.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// `q` as it was typed.
    pub fn query(&self) -> &str {
        &self.query
    }

    /// The day since which a record must have been verified.
    pub fn verified_since(&self) -> Option<NaiveDate> {
        self.verified_since
    }

    /// What is asked about properties.
    pub(super) fn expression(&self) -> &Expression {
        &self.expression
    }

    /// Whether what it asks about properties can be asked of a collection.
    ///
    /// # Errors
    /// Names the parameter that cannot.
    pub fn check(&self, collection: Collection) -> Result<(), ParameterError> {
        let asked = if self.of_partnerships { Collection::Partnerships } else { collection };
        self.expression.test(asked).map(drop)
    }

    /// Whether properties must be looked at, which takes time on many features.
    pub fn has_expression(&self) -> bool {
        !self.expression.is_empty()
    }

    /// The same, for a client: once they have gone, no properties are looked at any more.
    #[must_use]
    pub fn wanted_by(mut self, client: Client) -> Self {
        self.expression.set_client(client);
        self
    }

    /// Takes the language that labels are compared in.
    pub fn set_language(&mut self, language: Language) {
        self.expression.set_labels(language);
    }

    /// Where.
    pub fn bbox(&self) -> Option<Bbox> {
        self.bbox
    }

    /// When: each interval must meet a record's period; of the years, one.
    pub(super) fn periods(&self) -> (Option<Interval>, &[i32]) {
        (self.datetime, &self.years)
    }

    /// The filter that selects partnerships, and of another collection the items of these.
    #[must_use]
    pub(super) fn of_partnerships(&self) -> Self {
        Self { of_partnerships: true, ..self.clone() }
    }

    /// Whether it selects partnerships even of another collection.
    pub(super) fn is_of_partnerships(&self) -> bool {
        self.of_partnerships
    }

    /// The filter as though it did not restrict one dimension.
    pub(super) fn without(&self, dimension: Dimension) -> Self {
        let mut without = self.clone();
        without.values.retain(|(other, _)| *other != dimension);
        without
    }

    /// The filter as though it did not ask for years.
    #[must_use]
    pub fn without_years(&self) -> Self {
        Self { years: Vec::new(), ..self.clone() }
    }

    /// The filter as though no words were searched for.
    #[must_use]
    pub fn without_words(&self) -> Self {
        Self { words: Vec::new(), query: String::new(), ..self.clone() }
    }

    /// The years of which one must be in a record's period; none where any will do.
    pub fn years(&self) -> &[i32] {
        &self.years
    }

    /// The same filter with its values in order: equal for all ways to write it.
    pub(super) fn sorted(&self) -> Self {
        let mut sorted = Self { query: String::new(), ..self.clone() };
        sorted.values.sort();
        sorted.values.iter_mut().for_each(|(_, values)| values.sort_unstable());
        sorted.partners.sort_unstable();
        sorted.words.sort_unstable();
        sorted.words.dedup();
        sorted.years.sort_unstable();
        // without these it is the same for every collection
        sorted.of_partnerships &= sorted.bbox.is_some() || sorted.has_expression();
        sorted
    }

    /// Whether everything is wanted.
    pub fn is_empty(&self) -> bool {
        *self == Self { of_partnerships: self.of_partnerships, ..Self::default() }
    }
}

/// A day as days from the common era.
pub(super) fn day(date: NaiveDate) -> i32 {
    date.num_days_from_ce()
}

fn date(text: &str) -> Option<NaiveDate> {
    (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())?
}

/// OGC API – Features Part 1, 7.15.4: an instant or an interval with open ends, RFC 3339.
fn interval(text: &str) -> Result<Interval, [&'static str; 2]> {
    const EXPECTED: [&str; 2] = [
        "une date ou un instant (RFC 3339) est attendu, ou un intervalle comme 2010-01-01/2020-12-31, ../2020-12-31 ou 2010-01-01/..",
        "a date or time (RFC 3339) or an interval such as 2010-01-01/2020-12-31, ../2020-12-31 or 2010-01-01/.. is expected",
    ];
    let instant = |text: &str| {
        let time = || DateTime::parse_from_rfc3339(text).ok();
        date(text)
            .or_else(|| Some(time()?.with_timezone(&Utc).date_naive()))
            .map(day)
            .ok_or(EXPECTED)
    };
    let side = |text: &str| match text {
        "" | ".." => Ok(None),
        text => instant(text).map(Some),
    };
    match text.split_once('/') {
        None => instant(text).map(|day| Interval { from: Some(day), to: Some(day) }),
        Some((from, to)) => match (side(from)?, side(to)?) {
            (Some(from), Some(to)) if to < from => {
                Err(["l'intervalle finit avant de commencer", "the interval ends before it begins"])
            }
            (from, to) => Ok(Interval { from, to }),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(pairs: &[(&str, &str)]) -> Result<Filter, ParameterError> {
        let mut filter = Filter::default();
        for (name, value) in pairs {
            assert!(filter.set(name, value)?, "{name}");
        }
        Ok(filter)
    }

    #[test]
    fn values_may_be_repeated_or_listed() {
        let a = filter(&[("region", "84,53"), ("theme", "sante")]).unwrap();
        let b = filter(&[("region", "84"), ("region", "53"), ("theme", "sante")]).unwrap();
        assert_eq!(a, b);
        assert_eq!(a.values(Dimension::Region), ["84", "53"]);
        assert_eq!(filter(&[("country", "ml")]).unwrap().values(Dimension::Country), ["ML"]);
    }

    #[test]
    fn what_is_malformed_is_named() {
        for (name, value) in [
            ("region", "999"),
            ("region", ""),
            ("theme", "Santé"),
            ("sdg", "18"),
            ("collectivity", "x"),
            ("partner", "Thiès"),
            ("bbox", "1,2,3"),
            ("bbox", "a,b,c,d"),
            ("datetime", "2002-06-30/P2D"),
            ("datetime", "2020-01-01/2010-01-01"),
            ("datetime", "demain"),
            ("verified_since", "2024"),
            ("year", "0"),
        ] {
            assert_eq!(filter(&[(name, value)]).unwrap_err().name, name, "{name}={value}");
        }
        assert_eq!(Filter::default().set("colour", "red"), Ok(false));
    }

    #[test]
    fn intervals_may_be_open() {
        let day = |text| Some(day(date(text).unwrap()));
        assert_eq!(interval("../2020-12-31"), Ok(Interval { from: None, to: day("2020-12-31") }));
        assert_eq!(interval("2010-01-01/.."), Ok(Interval { from: day("2010-01-01"), to: None }));
        let instant = Interval { from: day("2018-02-12"), to: day("2018-02-12") };
        assert_eq!(interval("2018-02-12T23:20:50Z"), Ok(instant));
    }
}
