//! The filters of a query string, parsed once: the same for items, exports, facets and pages.

use chrono::NaiveDate;

use super::{
    Bbox, Collection, Dimension, ParameterError,
    expression::{Expression, ExpressionKey},
    interval::{Interval, date, interval},
};
use crate::domain::{Language, PartnerId, text::fold};

/// How long the text of a parameter may be, in characters.
const MAX_TEXT_LENGTH: usize = 2_000;
/// How long a value of a dimension may be, in characters.
const MAX_VALUE_LENGTH: usize = 200;
/// How many values of one dimension a filter may have.
const MAX_VALUES: usize = 200;
const TOO_MANY: [&str; 2] = ["au plus 200 valeurs", "at most 200 values"];

/// Filters with equal keys select the same of a collection.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct FilterKey {
    values: Vec<(Dimension, Vec<String>)>,
    partners: Vec<PartnerId>,
    words: Vec<String>,
    verified_since: Option<NaiveDate>,
    bbox: Option<[u64; 4]>,
    datetime: Option<Interval>,
    years: Vec<i32>,
    expression: ExpressionKey,
    of_partnerships: bool,
}

impl FilterKey {
    /// How many bytes it takes, about.
    pub(super) fn bytes(&self) -> usize {
        let texts = self.values.iter().flat_map(|(_, values)| values).chain(&self.words);
        let texts: usize = texts.map(|text| text.len() + size_of::<String>()).sum();
        size_of::<Self>()
            + texts
            + 10 * self.partners.len()
            + 4 * self.years.len()
            + self.expression.bytes()
    }
}

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
    // long: one arm for each parameter
    pub fn set(&mut self, name: &str, value: &str) -> Result<bool, ParameterError> {
        let wrong = |reason: [&str; 2]| ParameterError::new(name, reason);
        if let Some(dimension) = Dimension::from_name(name) {
            self.add(dimension, value)?;
            return Ok(true);
        }
        // a list is as long as its values are many; an expression has a limit of its own
        if !matches!(name, "partner" | "filter") && value.chars().count() > MAX_TEXT_LENGTH {
            return Err(ParameterError::too_long(name));
        }
        match name {
            "partner" => {
                for id in value.split(',') {
                    let id = id.trim().parse().map_err(|_| {
                        wrong([
                            "l'identifiant d'un partenaire est attendu, tel que /api/collections/partners le donne",
                            "the id of a partner is expected; /api/collections/partners/items lists them",
                        ])
                    })?;
                    self.partners.push(id);
                }
                if self.partners.len() > MAX_VALUES {
                    return Err(wrong(TOO_MANY));
                }
            }
            "q" => {
                self.words.extend(fold(value).split_whitespace().map(str::to_owned));
                if !self.query.is_empty() {
                    self.query.push(' ');
                }
                self.query.push_str(value.trim());
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
                if self.years.len() > MAX_VALUES {
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
            let fits = text.chars().count() <= MAX_VALUE_LENGTH;
            let value = fits.then(|| dimension.normalise(text)).flatten().ok_or_else(|| {
                let shown: String = text.chars().take(80).collect();
                let reason = [
                    format!("« {shown} » n'en est pas une valeur ; /api/vocabularies et /api/facets les énumèrent"),
                    format!("“{shown}” is not a valid value; /api/vocabularies and /api/facets list them"),
                ];
                ParameterError::new(dimension.name(), reason)
            })?;
            if !values.contains(&value) {
                values.push(value);
            }
        }
        if values.len().max(value.split(',').count()) > MAX_VALUES {
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

    /// What it selects, in one form for all ways to write it.
    pub(super) fn key(&self) -> FilterKey {
        let Self {
            values,
            partners,
            words,
            // its words, in their order, mean the same however they are written
            query: _,
            verified_since,
            bbox,
            datetime,
            years,
            expression,
            of_partnerships,
        } = self;
        let mut values = values.clone();
        values.sort();
        for (_, values) in &mut values {
            values.sort_unstable();
        }
        let (mut partners, mut years) = (partners.clone(), years.clone());
        partners.sort_unstable();
        years.sort_unstable();
        FilterKey {
            values,
            partners,
            words: words.clone(),
            verified_since: *verified_since,
            bbox: bbox.map(|bbox| bbox.sides().map(f64::to_bits)),
            datetime: *datetime,
            years,
            expression: expression.key(),
            // without these it is the same for every collection
            of_partnerships: *of_partnerships && (bbox.is_some() || self.has_expression()),
        }
    }

    /// Whether everything is wanted.
    pub fn is_empty(&self) -> bool {
        *self == Self { of_partnerships: self.of_partnerships, ..Self::default() }
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
}
