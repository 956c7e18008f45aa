//! Conditions about properties: `filter` with its language and reference system, queryables as
//! parameters, boxes in a projected system (OGC API – Features Parts 2 and 3).

use std::borrow::Cow;

use geo::{BoundingRect, Geometry};

use super::{
    Bbox, Collection, ParameterError,
    cql2::{self, Checker, Overdue, Test, Value, ValueKind},
    queryables,
};
use crate::{
    domain::{Bilingual, Language, PartialDate},
    formats::crs::Crs,
};

/// The longest value of a queryable as a parameter, in bytes.
const VALUE_BYTES: usize = 2_000;

/// What is asked about properties; checked when the collection is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Expression {
    text: Option<String>,
    language: cql2::ExpressionLanguage,
    crs: Crs,
    /// Queryables as parameters, each with the value that is wanted.
    equal: Vec<(String, String)>,
    bbox_crs: Crs,
    /// A box whose sides are no parallels and meridians.
    area: Option<Vec<f64>>,
    /// The language of labels.
    labels: Language,
}

/// Expressions with equal keys are true of the same features.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct ExpressionKey {
    text: Option<String>,
    language: cql2::ExpressionLanguage,
    crs: Crs,
    equal: Vec<(String, String)>,
    bbox_crs: Crs,
    area: Vec<u64>,
    labels: Language,
}

impl ExpressionKey {
    /// How many bytes it takes beside its own size, about.
    pub(super) fn bytes(&self) -> usize {
        let equal: usize =
            self.equal.iter().map(|(name, value)| name.len() + value.len() + 48).sum();
        self.text.as_ref().map_or(0, String::len) + equal + 8 * self.area.len()
    }
}

impl Expression {
    /// The names of its parameters, without the queryables.
    pub const PARAMETERS: [&'static str; 4] = ["filter", "filter-lang", "filter-crs", "bbox-crs"];

    /// Takes one parameter; `false` where it is none of these.
    pub fn set(&mut self, name: &str, value: &str) -> Result<bool, ParameterError> {
        let wrong = |reason: [&str; 2]| Err(ParameterError::new(name, reason));
        match name {
            "filter" if self.text.is_some() => {
                return wrong([
                    "il est donné plus d'une fois ; AND réunit des expressions",
                    "it occurs more than once; join expressions with AND",
                ]);
            }
            "filter" => self.text = Some(value.to_owned()),
            "filter-lang" => match cql2::ExpressionLanguage::from_name(value) {
                Some(language) => self.language = language,
                None => {
                    return wrong([
                        "cql2-text ou cql2-json est attendu",
                        "cql2-text or cql2-json is expected",
                    ]);
                }
            },
            "filter-crs" => self.crs = crs(name, value)?,
            "bbox-crs" => self.bbox_crs = crs(name, value)?,
            name if queryables::is_parameter(name) => {
                if value.len() > VALUE_BYTES {
                    return Err(ParameterError::too_long(name));
                }
                self.equal.push((name.to_owned(), value.to_owned()));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Whether a parameter is one of these.
    pub fn takes(name: &str) -> bool {
        Self::PARAMETERS.contains(&name) || queryables::is_parameter(name)
    }

    /// Takes a box in the system of `bbox-crs`, which must be known; the box around it in
    /// longitude and latitude.
    pub(super) fn set_bbox(&mut self, text: &str) -> Result<Bbox, ParameterError> {
        let wrong = |reason: Bilingual| ParameterError::new("bbox", reason);
        if self.bbox_crs == Crs::Crs84 {
            return text.parse().map_err(|error: super::spatial::BboxError| wrong(error.reason()));
        }
        let numbers = text.split(',').map(|number| number.trim().parse::<f64>().ok());
        let numbers = numbers.collect::<Option<Vec<f64>>>();
        let numbers = numbers.filter(|numbers| numbers.iter().all(|number| number.is_finite()));
        let numbers = numbers.ok_or_else(|| {
            wrong(["quatre nombres sont attendus", "four numbers are expected"].into())
        })?;
        if let (Crs::Wgs84, [south, west, north, east]) = (self.bbox_crs, &numbers[..]) {
            return format!("{west},{south},{east},{north}")
                .parse()
                .map_err(|error: super::spatial::BboxError| wrong(error.reason()));
        }
        let numbers = with_edges(&numbers, self.bbox_crs);
        let shape = cql2::bbox(&numbers, self.bbox_crs).map_err(|error| wrong(error.reason()))?;
        let bounds =
            shape.bounding_rect().ok_or_else(|| wrong(["elle est vide", "it is empty"].into()))?;
        if self.bbox_crs == Crs::Lambert93 {
            self.area = Some(numbers);
        }
        Ok(bounds.into())
    }

    /// The language that labels are compared in.
    pub(super) fn set_labels(&mut self, language: Language) {
        // where nothing is compared every language selects the same
        if self.text.is_some() || !self.equal.is_empty() {
            self.labels = language;
        }
    }

    /// Whether anything is asked about properties.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_none() && self.equal.is_empty() && self.area.is_none()
    }

    /// What it asks, as part of the key of a filter.
    pub(super) fn key(&self) -> ExpressionKey {
        let Self { text, language, crs, equal, bbox_crs, area, labels } = self;
        ExpressionKey {
            text: text.clone(),
            language: *language,
            crs: *crs,
            equal: equal.clone(),
            bbox_crs: *bbox_crs,
            area: area.iter().flatten().map(|number| number.to_bits()).collect(),
            labels: *labels,
        }
    }

    /// The language that labels are compared in.
    pub(super) fn labels(&self) -> Language {
        self.labels
    }

    /// All that is asked about the features of a collection; none where nothing is.
    ///
    /// # Errors
    /// Names the parameter that does not fit the collection's queryables.
    pub(super) fn test(&self, collection: Collection) -> Result<Option<Test>, ParameterError> {
        let mut tests = Vec::new();
        if let Some(numbers) = &self.area {
            let shape = cql2::bbox(numbers, self.bbox_crs)
                .map_err(|error| ParameterError::new("bbox", error.reason()))?;
            tests.extend(
                queryables::find(collection, queryables::GEOMETRY)
                    .map(|geometry| Test::meets_or_has_none(geometry, shape)),
            );
        }
        for (name, value) in &self.equal {
            tests.push(equality(collection, name, value)?);
        }
        if let Some(text) = &self.text {
            let find = |name: &str| {
                let place = queryables::find(collection, name)?;
                Some((place, queryables::of(collection)[place].kind))
            };
            let checker = Checker { find: &find, crs: self.crs };
            let test = checker.read(text, self.language);
            tests.push(test.map_err(|error| ParameterError::new("filter", error.reason()))?);
        }
        Ok(match tests.len() {
            0 | 1 => tests.pop(),
            _ => Some(Test::And(tests)),
        })
    }
}

/// A box in metres, wider by what coordinates lose when they are written: a place that is written on
/// its edge lies in it.
fn with_edges(numbers: &[f64], crs: Crs) -> Vec<f64> {
    let mut numbers = numbers.to_vec();
    let edge = 10f64.powi(-crs.decimals());
    // with heights there are six, of which each third one is a height
    let (east, north) = (numbers.len() / 2, numbers.len() / 2 + 1);
    if matches!(numbers.len(), 4 | 6) {
        numbers[0] -= edge;
        numbers[1] -= edge;
        numbers[east] += edge;
        numbers[north] += edge;
    }
    numbers
}

impl From<Overdue> for ParameterError {
    fn from(Overdue: Overdue) -> Self {
        let reason = [
            "elle prend trop de temps sur tant d'objets : donnez d'autres paramètres avec elle, comme country, region ou bbox, ou une expression plus simple",
            "it takes too long on so many features: add other filters, such as country, region or bbox, or simplify the expression",
        ];
        Self::new("filter", reason)
    }
}

/// The reference system of a parameter.
pub fn crs(name: &str, uri: &str) -> Result<Crs, ParameterError> {
    Crs::from_uri(uri).ok_or_else(|| {
        let known = Crs::ALL.map(Crs::uri).join(", ");
        let reason =
            [format!("un de ceux-ci est attendu : {known}"), format!("one of {known} is expected")];
        ParameterError::new(name, reason)
    })
}

/// A queryable as a parameter: the property is the value, or the list has it (OGC API – Features
/// Part 3, “Queryables as Query Parameters”).
fn equality(collection: Collection, name: &str, value: &str) -> Result<Test, ParameterError> {
    let wrong = |reason: [&str; 2]| ParameterError::new(name, reason);
    let place = queryables::find_parameter(collection, name)
        .ok_or_else(|| ParameterError::unknown(name))?;
    let number = || {
        let number = value.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        number.ok_or_else(|| wrong(["un nombre est attendu", "a number is expected"]))
    };
    let queryable = queryables::readable(collection)[place];
    let value = match queryable.kind {
        ValueKind::Text if queryable.is_partial_date() => {
            let date = value.trim().parse::<PartialDate>().map_err(|_| {
                wrong([
                    "une date comme 2024, 2024-06 ou 2024-06-30 est attendue",
                    "a date such as 2024, 2024-06 or 2024-06-30 is expected",
                ])
            })?;
            Value::text(date.to_string())
        }
        ValueKind::Text => Value::text(value.to_owned()),
        ValueKind::Number => Value::Number(number()?),
        ValueKind::Date => Value::Date(cql2::date(value).map_err(|_| {
            wrong([
                "une date comme 2024-06-30 est attendue",
                "a date such as 2024-06-30 is expected",
            ])
        })?),
        ValueKind::Timestamp => Value::Timestamp(cql2::timestamp(value).map_err(|_| {
            wrong([
                "un instant comme 2024-06-30T12:00:00Z est attendu",
                "a time such as 2024-06-30T12:00:00Z is expected",
            ])
        })?),
        ValueKind::Texts => Value::Texts(vec![Cow::Owned(value.to_owned())]),
        ValueKind::Numbers => Value::Numbers(vec![number()?]),
        ValueKind::Boolean | ValueKind::Geometry => return Err(ParameterError::unknown(name)),
    };
    Ok(Test::equals(place, value))
}

impl Test {
    /// Whether the geometry meets a shape, or there is no geometry (OGC API – Features Part 1,
    /// 7.15.3).
    fn meets_or_has_none(geometry: usize, shape: Geometry) -> Self {
        Self::Or(vec![Self::is_null(geometry), Self::meets(geometry, shape)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Option<Test>, ParameterError> {
        let mut expression = Expression::default();
        for (name, value) in pairs {
            assert!(expression.set(name, value)?, "{name}");
        }
        expression.test(Collection::Partnerships)
    }

    #[test]
    fn what_does_not_fit_is_named() {
        for (name, value) in [
            ("filter", "colour = 'red'"),
            ("filter", "alpha3 = 'MLI'"),
            ("filter-lang", "ecql"),
            ("filter-crs", "EPSG:4326"),
            ("bbox-crs", "http://www.opengis.net/def/crs/EPSG/0/27572"),
            ("start", "the sixties"),
            ("start_first_day", "2016"),
            ("budget_eur", "much"),
            ("alpha3", "MLI"),
        ] {
            assert_eq!(read(&[(name, value)]).unwrap_err().name, name, "{name}={value}");
        }
        assert_eq!(read(&[]), Ok(None));
        assert!(!Expression::default().set("colour", "red").unwrap());
        assert_eq!(
            read(&[("filter", "id = 'a'"), ("filter", "id = 'b'")]).unwrap_err().name,
            "filter"
        );
    }

    #[test]
    fn boxes_of_other_systems_are_boxes_on_earth() {
        let bbox = |crs: Crs, text| {
            let mut expression = Expression::default();
            expression.set("bbox-crs", crs.uri()).unwrap();
            expression.set_bbox(text).map(Bbox::to_array)
        };
        assert_eq!(bbox(Crs::Wgs84, "48,2,49,3"), Ok([2.0, 48.0, 3.0, 49.0]));
        assert_eq!(bbox(Crs::Wgs84, "-20,177,-10,-177"), Ok([177.0, -20.0, -177.0, -10.0]));
        let [west, south, east, north] =
            bbox(Crs::WebMercator, "222638.98,6106854.83,333958.47,6274861.39").unwrap();
        for (found, expected) in [(west, 2.0), (south, 48.0), (east, 3.0), (north, 49.0)] {
            assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        }
        assert!(bbox(Crs::Lambert93, "600000,6800000,700000,6900000").unwrap()[0] > 1.0);
        assert!(bbox(Crs::Lambert93, "700000,6800000,600000,6900000").is_err());
        assert!(bbox(Crs::WebMercator, "0,0,1").is_err());
    }
}
