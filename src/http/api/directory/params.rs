//! What is asked of the directory.

use actix_web::HttpRequest;

use crate::{
    http::web::{
        negotiation::language_of,
        params::{Params, Takes},
        problem::Problem,
    },
    search::{
        ParameterError,
        directory::{DirectoryCollection, DirectoryFilter},
    },
};

/// The directory's own filters, and what every resource takes.
pub(crate) struct DirectoryParams {
    pub(crate) filter: DirectoryFilter,
    /// Language, page, links.
    pub(crate) params: Params,
}

impl DirectoryParams {
    /// Reads a query: the filters of a collection, and the parameters that the resource `takes`.
    pub(crate) fn read(
        request: &HttpRequest,
        takes: Takes,
        collection: DirectoryCollection,
    ) -> Result<Self, Problem> {
        Self::read_with(request, takes, &mut |filter, name, value| {
            Ok(collection.parameter(name).is_some() && filter.set(name, value)?)
        })
    }

    /// Reads a query; `own` takes what it can.
    pub(super) fn read_with(
        request: &HttpRequest,
        takes: Takes,
        own: &mut dyn FnMut(&mut DirectoryFilter, &str, &str) -> Result<bool, ParameterError>,
    ) -> Result<Self, Problem> {
        let mut rest = url::form_urlencoded::Serializer::new(String::new());
        let mut filter = DirectoryFilter::default();
        let mut pairs = Vec::new();
        for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
            if !own(&mut filter, &name, &value)? {
                rest.append_pair(&name, &value);
            }
            pairs.push((name.into_owned(), value.into_owned()));
        }
        let rest = Params::parse_in(language_of(request), &rest.finish(), takes)?;
        Ok(Self { filter, params: Params { pairs, ..rest } })
    }

    /// The query string of the filters alone.
    pub(super) fn filter_query(&self, collection: DirectoryCollection) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let is_filter = |name: &str| collection.parameter(name).is_some() || name == "flat";
        query.extend_pairs(self.params.pairs.iter().filter(|(name, _)| is_filter(name)));
        query.finish()
    }
}
