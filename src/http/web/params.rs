//! Query strings to typed requests: what is unknown or malformed is a 400 that names it.

use std::sync::Arc;

use actix_web::HttpRequest;
use chrono::DateTime;

use crate::{
    domain::{Language, Since},
    formats::crs::Crs,
    http::web::{
        negotiation::{Representation, language_of},
        problem::Problem,
    },
    search::{
        Collection, Filter, Order, PageRequest, ParameterError, Snapshot,
        expression::crs,
        page::{DEFAULT_LIMIT, MAX_LIMIT},
    },
};

/// What a query string asks for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Params {
    pub(crate) filter: Filter,
    pub(crate) page: PageRequest,
    pub(crate) language: Language,
    /// What `f` says.
    pub(crate) representation: Option<Representation>,
    /// CSV as Excel in French expects it.
    pub(crate) spreadsheet: bool,
    /// The reference system of coordinates in the answer.
    pub(crate) crs: Crs,
    /// What the reader of changes knows.
    pub(crate) since: Option<Since>,
    /// Lists are wanted as texts.
    pub(crate) flat: bool,
    /// Every record of every source is wanted, not partnerships.
    pub(crate) all_records: bool,
    /// The parameters as they came, in order.
    pub(crate) pairs: Vec<(String, String)>,
}

/// Parameters beside the filters, and who takes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// `lang` and `f`.
    Nothing,
    /// The same of a resource that is a page too.
    Document,
    /// The same of one feature, `crs` and `records`.
    Feature,
    /// The filters too.
    Filters,
    /// The filters and `limit`.
    Lists,
    /// The filters; `f` may be `mvt`.
    Tiles,
    /// The filters, `spreadsheet` and `records`.
    Exports,
    /// `since`, `limit`, `cursor` and `records`.
    Changes,
    /// The filters, `limit`, `cursor`, `sortby`, `crs`, `records`.
    Pages(Collection),
    /// `limit`: of a list that has filters of its own.
    Limit,
    /// `limit`, `cursor`, `crs` and a box: records of the directory.
    DirectoryPages,
    /// `spreadsheet`: a file of them.
    DirectoryExports,
}

impl Takes {
    /// The collection whose items are asked for page by page.
    fn pages(self) -> Option<Collection> {
        if let Self::Pages(collection) = self { Some(collection) } else { None }
    }

    /// All of them.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 10] = [
        Self::Changes,
        Self::Nothing,
        Self::Document,
        Self::Feature,
        Self::Filters,
        Self::Lists,
        Self::Exports,
        Self::Pages(Collection::Partnerships),
        Self::DirectoryPages,
        Self::DirectoryExports,
    ];

    /// Whether the filters are among them.
    pub(crate) fn has_filters(self) -> bool {
        matches!(self, Self::Filters | Self::Lists | Self::Tiles | Self::Exports | Self::Pages(_))
    }

    /// Whether a filter is among them. What has no geometry is in every box.
    fn has_filter(self, name: &str) -> bool {
        let has_box = self == Self::DirectoryPages && matches!(name, "bbox" | "bbox-crs");
        self.has_filters() || has_box
    }

    /// Whether every record of every source can be asked for.
    pub(crate) fn has_records(self) -> bool {
        matches!(self, Self::Feature | Self::Exports | Self::Changes | Self::Pages(_))
    }

    /// Whether features, or what describes them, can be asked for without lists. GDAL sends a parameter
    /// that it was given with every address, that of the landing page too.
    pub(crate) fn has_flat(self) -> bool {
        matches!(
            self,
            Self::Nothing
                | Self::Document
                | Self::Feature
                | Self::Exports
                | Self::Pages(_)
                | Self::DirectoryPages
                | Self::DirectoryExports
        )
    }

    /// Whether it is answered page by page.
    fn is_paged(self) -> bool {
        matches!(self, Self::Changes | Self::Pages(_) | Self::DirectoryPages)
    }

    /// Whether the resource is a page for people too.
    pub(crate) fn has_pages(self) -> bool {
        matches!(self, Self::Document | Self::Feature | Self::Pages(_) | Self::DirectoryPages)
    }
}

impl Params {
    /// Reads the query string of a request; `takes` says which parameters the resource has.
    pub(crate) fn read(request: &HttpRequest, takes: Takes) -> Result<Self, Problem> {
        Ok(Self::parse_in(language_of(request), request.query_string(), takes)?)
    }

    /// Reads a query string, without its question mark; French where it names no language.
    pub(crate) fn parse(query: &str, takes: Takes) -> Result<Self, ParameterError> {
        Self::parse_in(Language::default(), query, takes)
    }

    /// Reads a query string, without its question mark, in a language where it names none.
    // long: one arm for each parameter
    pub(crate) fn parse_in(
        language: Language,
        query: &str,
        takes: Takes,
    ) -> Result<Self, ParameterError> {
        let mut params = Self { language, ..Self::default() };
        params.page.language = language;
        // a box is read in its system, wherever in the query that is told
        let systems = url::form_urlencoded::parse(query.as_bytes());
        for (name, value) in
            systems.filter(|(name, _)| name == "bbox-crs" && takes.has_filter(name))
        {
            params.filter.set(&name, &value)?;
        }
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let wrong = |reason: [&str; 2]| Err(ParameterError::new(&name, reason));
            match &*name {
                "lang" => match value.parse() {
                    Ok(language) => {
                        params.language = language;
                        params.page.language = language;
                    }
                    Err(()) => return wrong(["fr ou en est attendu", "fr or en is expected"]),
                },
                "f" if takes == Takes::Tiles && value == "mvt" => {}
                "f" => match value.parse() {
                    Ok(representation)
                        if representation == Representation::Json || takes.has_pages() =>
                    {
                        params.representation = Some(representation);
                    }
                    _ if takes.has_pages() => {
                        return wrong(["json ou html est attendu", "json or html is expected"]);
                    }
                    _ => return wrong(["json est attendu", "json is expected"]),
                },
                "limit" if takes.is_paged() || matches!(takes, Takes::Lists | Takes::Limit) => {
                    params.page.limit = limit(&value)?;
                }
                "since" if takes == Takes::Changes => params.since = Some(since(&value)?),
                "cursor" if takes.is_paged() => {
                    params.page.after = Some(value.clone().into_owned());
                }
                "sortby" if let Some(collection) = takes.pages() => {
                    params.page.order = order(collection, &value)?;
                }
                "crs"
                    if matches!(
                        takes,
                        Takes::Feature | Takes::Pages(_) | Takes::DirectoryPages
                    ) =>
                {
                    params.crs = crs("crs", &value)?;
                }
                "records" if takes.has_records() => match &*value {
                    "all" => params.all_records = true,
                    "partnerships" => params.all_records = false,
                    _ => {
                        let reason =
                            ["all ou partnerships est attendu", "all or partnerships is expected"];
                        return wrong(reason);
                    }
                },
                "flat" if takes.has_flat() => match &*value {
                    "1" | "true" => params.flat = true,
                    "0" | "false" => params.flat = false,
                    _ => return wrong(["1 ou 0 est attendu", "1 or 0 is expected"]),
                },
                "spreadsheet" if matches!(takes, Takes::Exports | Takes::DirectoryExports) => {
                    match &*value {
                        "1" | "true" => params.spreadsheet = true,
                        "0" | "false" => params.spreadsheet = false,
                        _ => return wrong(["1 ou 0 est attendu", "1 or 0 is expected"]),
                    }
                }
                _ if takes.has_filter(&name) && params.filter.set(&name, &value)? => {}
                _ => return Err(ParameterError::unknown(&name)),
            }
            params.pairs.push((name.into_owned(), value.into_owned()));
        }
        params.filter.set_language(params.language);
        Ok(params)
    }

    /// The snapshot to answer from: that of partnerships, or of every record.
    pub(crate) fn records_of(&self, snapshot: Arc<Snapshot>) -> Arc<Snapshot> {
        if self.all_records { snapshot.every_record() } else { snapshot }
    }

    /// The query string again, with `cursor` replaced or left out, and without `f` and `lang`.
    pub(crate) fn query(&self, cursor: Option<&str>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in
            self.pairs.iter().filter(|(n, _)| !matches!(n.as_str(), "cursor" | "f" | "lang"))
        {
            query.append_pair(name, value);
        }
        if let Some(cursor) = cursor {
            query.append_pair("cursor", cursor);
        }
        query.finish()
    }

    /// The query string of the filters alone, and of the records that they are about, in the order
    /// in which they came.
    pub(crate) fn filter_query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.pairs {
            if Filter::takes(name) || matches!(name.as_str(), "records" | "flat") {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }
}

/// What `since` says: a version of the data, or a time.
fn since(value: &str) -> Result<Since, ParameterError> {
    let version = value.parse::<i64>().ok().filter(|version| *version >= 0).map(Since::Version);
    // a plus sign in an address is a blank
    let time = || DateTime::parse_from_rfc3339(&value.replace(' ', "+")).ok();
    version.or_else(|| time().map(|time| Since::Time(time.to_utc()))).ok_or_else(|| {
        let reason = [
            "une version des données ou un instant comme 2024-06-30T12:00:00Z est attendu",
            "a version of the data or a time such as 2024-06-30T12:00:00Z is expected",
        ];
        ParameterError::new("since", reason)
    })
}

/// OGC API – Features Part 1, 7.15.2: more than the most is the most, less than one is an error.
fn limit(value: &str) -> Result<usize, ParameterError> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    // a number too long for the machine is above the most too
    let limit = if digits { value.parse().unwrap_or(usize::MAX) } else { 0 };
    if limit == 0 {
        let reason = [
            format!("un nombre entier de 1 à {MAX_LIMIT} est attendu ; sans lui {DEFAULT_LIMIT}"),
            format!(
                "a whole number from 1 to {MAX_LIMIT} is expected; the default is {DEFAULT_LIMIT}"
            ),
        ];
        return Err(ParameterError::new("limit", reason));
    }
    Ok(limit.min(MAX_LIMIT))
}

/// `title`, `+title` or `-title` (a `+` arrives as a space).
pub(crate) fn order(collection: Collection, value: &str) -> Result<(Order, bool), ParameterError> {
    let name = value.trim_start_matches([' ', '+']);
    let (name, reverse) = name.strip_prefix('-').map_or((name, false), |name| (name, true));
    Order::from_name(collection, name).map(|order| (order, reverse)).ok_or_else(|| {
        let names: Vec<_> = Order::of(collection).iter().map(|order| order.name()).collect();
        let names = names.join(", ");
        let reason = [
            format!("un de ceux-ci est attendu, précédé de - pour renverser l'ordre : {names}"),
            format!("one of {names} is expected, prefixed with - for descending order"),
        ];
        ParameterError::new("sortby", reason)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGES: Takes = Takes::Pages(Collection::Partnerships);

    #[test]
    fn limits_are_clamped_and_nonsense_is_named() {
        let limit = |query| Params::parse(query, PAGES).map(|params| params.page.limit);
        assert_eq!(limit("limit=7"), Ok(7));
        assert_eq!(limit("limit=99999999999999999999999"), Ok(MAX_LIMIT));
        for query in ["limit=0", "limit=-1", "limit=", "limit=1.5", "limit=ten"] {
            assert_eq!(limit(query).unwrap_err().name, "limit", "{query}");
        }
        assert_eq!(limit("colour=red").unwrap_err().name, "colour");
        assert_eq!(limit("sortby=colour").unwrap_err().name, "sortby");
        let entities = Takes::Pages(Collection::Countries);
        assert_eq!(Params::parse("sortby=title", entities).unwrap_err().name, "sortby");
        assert_eq!(Params::parse("f=html", Takes::Filters).unwrap_err().name, "f");
        assert_eq!(Params::parse("f=xml", PAGES).unwrap_err().name, "f");
        assert_eq!(Params::parse("limit=5", Takes::Filters).unwrap_err().name, "limit");
    }

    #[test]
    fn a_query_string_is_written_back() {
        let params = Params::parse("q=l%27eau+%26&region=84%2C53&f=json&limit=5", PAGES).unwrap();
        assert_eq!(params.query(None), "q=l%27eau+%26&region=84%2C53&limit=5");
        assert_eq!(params.filter_query(), "q=l%27eau+%26&region=84%2C53");
        assert_eq!(Params::parse("sortby=-start", PAGES).unwrap().page.order, (Order::Start, true));
    }
}
