//! The mails that people get about their accounts: plain text, in their language.

use crate::{
    atlas::accounts::{LINK_LIFETIME, MailText, memberships::MembershipNews, scopes},
    domain::Language,
    http::{
        page::site_page::SitePage, text::texts::Texts, web::middleware::access_log::BEFORE_SECRET,
    },
};

/// The page of a link to sign in.
pub(crate) fn link_path(language: Language, secret: &str) -> String {
    format!("{}{BEFORE_SECRET}{secret}", SitePage::Account.path(language))
}

/// The mail with a link to sign in at the site that begins at `root`.
pub(crate) fn sign_in(root: &str, language: Language, secret: &str) -> MailText {
    let link = format!("{root}{}", link_path(language, secret));
    let minutes = LINK_LIFETIME.num_minutes().to_string();
    write(language, "mail.sign_in", &[("link", &link), ("minutes", &minutes), ("root", root)])
}

/// The mail about what a membership has become.
pub(crate) fn membership(root: &str, news: &MembershipNews) -> MailText {
    let MembershipNews { membership, language } = news;
    let place = scopes::label(&membership.scope, *language).unwrap_or_default();
    let link = format!("{root}{}", SitePage::Account.path(*language));
    let by = match &membership.decided_by {
        Some(by) => by,
        None => &membership.asked_by,
    };
    let reason = membership.reason.as_deref().unwrap_or_default();
    let key = format!("mail.membership.{}", membership.state.code());
    let values = [
        ("place", place.as_str()),
        ("link", &link),
        ("by", by),
        ("reason", reason),
        ("root", root),
    ];
    write(*language, &key, &values)
}

fn write(language: Language, key: &str, values: &[(&str, &str)]) -> MailText {
    let texts = Texts::of(language);
    let text = |part: &str| texts.fill(&format!("{key}.{part}"), values);
    MailText {
        subject: text("subject"),
        body: format!("{}\n\n-- \n{}\n", text("body"), texts.fill("mail.end", values)),
    }
}
