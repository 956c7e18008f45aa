//! What many operations answer, as types that `responses(…)` of an annotation takes.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses,
    openapi::{Ref, RefOr, Response},
};

/// Each name with the statuses that it stands for; `document.rs` writes these once.
macro_rules! answers {
    ($($(#[$doc:meta])* $name:ident = $($status:literal)*;)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                [$($status),*].into_iter().map(refer).collect()
            }
        }
    )*};
}

answers! {
    /// A public resource whose parameters are checked, and which is not sent twice.
    Unchanged = 304 400 406 414 429 500;
    /// The same, of a resource that may not be there.
    UnchangedOrMissing = 304 400 404 406 414 429 500;
    /// Whoever asks must show a token.
    Guarded = 401 403 414 429 500 503;
    /// The same, of an import that may not be there.
    GuardedImport = 401 403 404 414 429 500 503;
    /// Nothing can be wrong but the address.
    Plain = 414 500;
    /// A parameter or a body cannot be used.
    Invalid = 400;
    /// Not as the import is now.
    Conflict = 409;
    /// The file does not have the part that is asked for.
    Unsatisfiable = 416;
    /// A body names what is not there.
    Unprocessable = 422;
    /// Whoever has not signed in may be refused, and what is sent too often.
    Refused = 403 414 429 500 503;
    /// Too many wait already.
    TooManyWait = 429;
    /// The file of the import is gone.
    Gone = 410;
    /// A body that came too slowly, is too large, of another kind, or finds no room.
    Upload = 400 408 413 507;
    /// A body in JSON.
    Body = 400 408 415;
    /// The token is unknown.
    Unknown = 401;
    /// The request is another site's.
    Foreign = 403;
    /// There is no such thing of whoever asks.
    Missing = 404;
    /// Too many attempts in a short time.
    TooMany = 429;
    /// The register does not answer now.
    Unavailable = 503;
}

fn refer(status: u16) -> (String, RefOr<Response>) {
    (status.to_string(), RefOr::Ref(Ref::from_response_name(name(status))))
}

/// The name in `components/responses` of what all operations answer with a status.
pub(crate) fn name(status: u16) -> String {
    if status == 304 { "NotModified".to_owned() } else { format!("Problem{status}") }
}
