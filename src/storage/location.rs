//! Which database a URL names.

use std::fmt;

use super::StorageError;

/// Where a database is. Shown without its password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Location {
    /// SQLite, gone when it is closed.
    Memory,
    /// SQLite, a file.
    File(String),
    /// PostgreSQL, a URL as libpq reads it.
    Server(String),
}

impl Location {
    /// `sqlite:PATH`, `sqlite://PATH`, `sqlite::memory:`, `postgres://…` or `postgresql://…`.
    pub(super) fn parse(url: &str) -> Result<Self, StorageError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Server(url.to_owned()));
        }
        let path = url.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path));
        match path {
            Some(":memory:") => Ok(Self::Memory),
            Some(path) if !path.is_empty() && !path.contains('\0') => Ok(Self::File(path.into())),
            _ => Err(StorageError::Url { url: without_password(url) }),
        }
    }
}

/// The URL with the program's name, which the server lists beside each connection.
pub(super) fn named(url: &str) -> String {
    if url.contains("application_name=") {
        return url.to_owned();
    }
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}application_name=atlas")
}

/// Why no connection to the server of a URL was made, unless it could quote the password: libpq
/// quotes pieces of a URL that it cannot read, but not once it has understood it.
pub(super) fn explain(url: &str, message: &str) -> String {
    let understood = ["connection to server", "could not translate host name"];
    if without_password(url) != url && !understood.iter().any(|start| message.starts_with(start)) {
        return "the URL is malformed; write special characters of the password as %XX".into();
    }
    message.to_owned()
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("sqlite::memory:"),
            Self::File(path) => write!(f, "sqlite:{path}"),
            Self::Server(url) => f.write_str(&without_password(url)),
        }
    }
}

/// The URL with `***` for every password, also where the URL is malformed: between the first
/// `:` after the scheme and the last `@`, and in the parameters `password` and `sslpassword`.
fn without_password(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").map_or(("", url), |(s, r)| (&url[..s.len() + 3], r));
    let mut shown = match rest.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((name, _)) => format!("{scheme}{name}:***@{host}"),
            None => url.to_owned(),
        },
        None => url.to_owned(),
    };
    let mut from = 0;
    while let Some(found) = shown[from..].find("password=") {
        let start = from + found + "password=".len();
        let end = shown[start..].find('&').map_or(shown.len(), |end| start + end);
        shown.replace_range(start..end, "***");
        from = start;
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_names_its_database() {
        for (url, path) in [
            ("sqlite:atlas.db", "atlas.db"),
            ("sqlite://atlas.db", "atlas.db"),
            ("sqlite:///var/atlas.db", "/var/atlas.db"),
            ("sqlite:/var/atlas.db", "/var/atlas.db"),
        ] {
            assert_eq!(Location::parse(url), Ok(Location::File(path.into())));
        }
        assert_eq!(Location::parse("sqlite::memory:"), Ok(Location::Memory));
        assert!(matches!(Location::parse("postgresql:///atlas"), Ok(Location::Server(_))));
        for wrong in ["", "atlas.db", "sqlite:", "sqlite://", "mysql://root:secret@host/db"] {
            let error = Location::parse(wrong).unwrap_err().to_string();
            assert!(error.contains("names no database") && !error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_connection_has_a_name() {
        for (url, named_url) in [
            ("postgres://a@b/c", "postgres://a@b/c?application_name=atlas"),
            (
                "postgres://a@b/c?sslmode=require",
                "postgres://a@b/c?sslmode=require&application_name=atlas",
            ),
            ("postgres:///c?application_name=mine", "postgres:///c?application_name=mine"),
        ] {
            assert_eq!(named(url), named_url);
        }
    }

    #[test]
    fn no_password_is_shown() {
        for (url, shown) in [
            ("postgres://ann:s3cret@host:5432/atlas", "postgres://ann:***@host:5432/atlas"),
            ("postgres://ann:s3/cr@et@host/atlas", "postgres://ann:***@host/atlas"),
            ("postgres://ann@host/atlas", "postgres://ann@host/atlas"),
            (
                "postgres:///atlas?user=ann&password=s3cret&sslpassword=s3cret",
                "postgres:///atlas?user=ann&password=***&sslpassword=***",
            ),
        ] {
            let location = Location::parse(url).unwrap();
            assert_eq!(location.to_string(), shown);
            let malformed = explain(url, "invalid integer value \"s3cret\" for port");
            assert_eq!(malformed.contains("s3cret"), shown == url, "{malformed}");
        }
    }
}
