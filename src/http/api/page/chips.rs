//! The filters of the register in an address, each with the address without it.

use actix_web::HttpRequest;

use crate::{
    http::{
        page::{
            query,
            selection::{ActiveFilter, Chip},
        },
        text::texts::Texts,
        web::params::Params,
    },
    search::{Filter, Snapshot},
};

/// A chip for each of them.
pub(crate) fn chips(request: &HttpRequest, params: &Params, snapshot: &Snapshot) -> Vec<Chip> {
    let texts = Texts::of(params.language);
    let filters = query::active_filters(params, snapshot, params.language);
    let is_filter = |name: &str| Filter::parameters().any(|filter| filter == name);
    let filters: Vec<_> = filters.into_iter().filter(|filter| is_filter(&filter.name)).collect();
    let chip = |left_out: &ActiveFilter| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for filter in filters.iter().filter(|filter| *filter != left_out) {
            query.append_pair(&filter.name, &filter.value);
        }
        for (name, value) in &params.pairs {
            if matches!(name.as_str(), "limit" | "sortby" | "lang" | "f") {
                query.append_pair(name, value);
            }
        }
        let label = texts.find(&format!("facet.{}", left_out.name)).unwrap_or(&left_out.name);
        let query = query.finish();
        let separator = if query.is_empty() { "" } else { "?" };
        Chip {
            dimension: label.to_owned(),
            label: left_out.label.clone(),
            remove_path: format!("{}{separator}{query}", request.path()),
        }
    };
    filters.iter().map(chip).collect()
}
