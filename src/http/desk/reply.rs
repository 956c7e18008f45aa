//! How signed-in pages and forms are answered: kept by nobody, shown in nobody's frame.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header},
};

use crate::{
    domain::Language,
    http::{
        desk::import::list::Notice,
        page::{
            layout::Layout,
            reply::{language_of, layout},
        },
        web::problem::Problem,
    },
};

/// These pages are never part of another site's: nobody is to be made to press a button there.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self'; worker-src 'self'; font-src 'self'; \
     manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// A page that is kept by nobody.
pub(crate) fn respond(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .content_type("text/html; charset=utf-8");
    response
}

/// Leads on after a form was taken.
pub(crate) fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::LOCATION, to.to_owned()))
        .finish()
}

/// The frame of a page that search engines leave out, at the address that it has in each language:
/// a form's answer has none of its own.
pub(crate) fn frame(
    request: &HttpRequest,
    title: &'static str,
    path: impl Fn(Language) -> String,
) -> Layout {
    let language = language_of(request);
    let layout = layout(request, language);
    let own = path(language);
    let other = path(layout.other_language());
    let title = layout.text(title).to_owned();
    Layout {
        description: title.clone(),
        title,
        no_index: true,
        alternate_path: other,
        path: own,
        ..layout
    }
}

/// What went wrong, in the language of the page.
pub(crate) fn notice_of(layout: &Layout, problem: &Problem) -> Notice {
    Notice {
        title: problem.title().get(layout.language).to_owned(),
        body: problem.message().get(layout.language).to_owned(),
    }
}
