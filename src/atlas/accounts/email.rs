//! Mail addresses.

/// Bytes of an address, at most (RFC 5321, 4.5.3.1.3).
const MAX_LENGTH: usize = 254;

/// An address in lower case, if a mail can go there: one @, a host with a dot, nothing that would
/// end a line of a mail's head.
pub fn parse(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let (local, host) = text.split_once('@')?;
    let is_local = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let is_address = text.len() <= MAX_LENGTH
        && (1..=64).contains(&local.len())
        && local.chars().all(is_local)
        && local.split('.').all(|part| !part.is_empty())
        && host.contains('.')
        && host.split('.').all(is_label);
    is_address.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_texts() {
        for (text, address) in [
            ("jeanne@ville.fr", "jeanne@ville.fr"),
            (" Jeanne.Dupont+atlas@Mairie-Ville.FR ", "jeanne.dupont+atlas@mairie-ville.fr"),
        ] {
            assert_eq!(parse(text).as_deref(), Some(address));
        }
        for wrong in [
            "",
            "a",
            "@b.fr",
            "a@",
            "a@b",
            "a@b@c.fr",
            "a b@c.fr",
            "a@c.fr\r\nBcc: x@y.fr",
            "a@-c.fr",
            "a..b@c.fr",
            ".a@c.fr",
            "a@c..fr",
            "<a@c.fr>",
            "a@c.fr,d@e.fr",
            "é@c.fr",
        ] {
            assert_eq!(parse(wrong), None, "{wrong:?}");
        }
        assert_eq!(parse(&format!("a@{}.fr", "b".repeat(260))), None);
    }
}
