//! Which methods an address takes, as the description tells.

use std::{collections::BTreeSet, sync::LazyLock};

use crate::http::openapi::document;

/// An address in pieces, with its methods as `Allow` lists them.
type AddressMethods = (Vec<&'static str>, &'static str);

/// The methods of an address that is described; none of one that is not.
pub(crate) fn methods(path: &str) -> Option<&'static str> {
    static ENTRIES: LazyLock<Vec<AddressMethods>> = LazyLock::new(entries);
    let path = path.trim_end_matches('/');
    let fits = |(pieces, _): &&AddressMethods| {
        let mut wanted = pieces.iter();
        path.split('/').all(|piece| wanted.next().is_some_and(|wanted| fits(wanted, piece)))
            && wanted.next().is_none()
    };
    ENTRIES.iter().find(fits).map(|(_, methods)| *methods)
}

/// Whether a piece of a path is one of a template: `{collection}.csv` is `links.csv`.
fn fits(wanted: &str, piece: &str) -> bool {
    match (wanted.split_once('{'), wanted.rsplit_once('}')) {
        (Some((before, _)), Some((_, after))) => {
            piece.len() > before.len() + after.len()
                && piece.starts_with(before)
                && piece.ends_with(after)
        }
        _ => wanted == piece,
    }
}

/// Read once; the program keeps it as long as it runs.
fn entries() -> Vec<AddressMethods> {
    let document = document::described();
    let paths = document["paths"].as_object().cloned().unwrap_or_default();
    let mut entries: Vec<AddressMethods> = paths
        .into_iter()
        .map(|(path, operations)| {
            let path: &'static str = path.leak();
            let operations = operations.as_object().cloned().unwrap_or_default();
            let mut methods: BTreeSet<String> =
                operations.keys().map(|method| method.to_ascii_uppercase()).collect();
            if methods.contains("GET") {
                methods.extend(["HEAD".to_owned(), "OPTIONS".to_owned()]);
            }
            let methods = methods.into_iter().collect::<Vec<_>>().join(", ");
            (path.split('/').collect(), &*methods.leak())
        })
        .collect();
    // of two that fit, the one that says more
    entries.sort_by_key(|(pieces, _)| pieces.iter().filter(|piece| piece.contains('{')).count());
    entries
}

#[cfg(test)]
mod tests {
    use super::methods;

    #[test]
    fn described_addresses_tell_their_methods() {
        assert_eq!(methods("/api/facets"), Some("GET, HEAD, OPTIONS"));
        assert_eq!(methods("/api/collections/links/items/x"), Some("GET, HEAD, OPTIONS"));
        assert_eq!(methods("/api/export/links.csv"), Some("GET, HEAD, OPTIONS"));
        assert_eq!(methods("/api/imports/7/commit"), Some("POST"));
        assert_eq!(methods("/api/session/"), Some("DELETE, GET, HEAD, OPTIONS, POST"));
        assert_eq!(methods("/api/collections/planets/items"), None);
        assert_eq!(methods("/api/facets/x"), None);
    }
}
