//! The filters that find records to check: expressions that pages say in words.

use chrono::{Months, NaiveDate};

use crate::{
    domain::Language,
    http::{
        page::{
            layout::Layout,
            selection::{ActiveFilter, query},
        },
        text::{format, texts::Texts},
    },
};

/// What finds records that nobody has checked.
pub const NEVER: &str = "verified_on IS NULL";
/// What finds records that the map does not have.
const UNPLACED: &str = "geometry IS NULL";
/// What finds records that do not say when they began.
const UNDATED: &str = "start IS NULL";
const BEFORE: &str = "verified_on < DATE('";

/// What finds records that were checked, but not since a day.
pub fn before(day: NaiveDate) -> String {
    format!("{BEFORE}{day}')")
}

/// The query of those that say no start, in place of a year; none where another expression would
/// have to stand beside it.
pub fn undated_query(filters: &[ActiveFilter]) -> Option<String> {
    if filters.iter().any(|filter| filter.name == "filter") {
        return None;
    }
    let undated =
        ActiveFilter { name: "filter".into(), value: UNDATED.into(), label: String::new() };
    let others = filters.iter().filter(|filter| filter.name != "year");
    Some(query(others.chain([&undated])))
}

/// What an expression says in words, if it is one of these.
pub fn label(language: Language, expression: &str) -> Option<String> {
    let texts = Texts::of(language);
    let named =
        [(NEVER, "checks.never"), (UNPLACED, "checks.unplaced"), (UNDATED, "checks.undated")];
    if let Some((_, key)) = named.iter().find(|(known, _)| *known == expression) {
        return Some(texts.text(key).to_owned());
    }
    let day = expression.strip_prefix(BEFORE)?.strip_suffix("')")?;
    let day = day.parse::<NaiveDate>().ok()?.to_string();
    Some(texts.fill("checks.before", &[("date", &format::date(language, &day))]))
}

/// The values of the form's field: value, label, whether it is chosen. An expression of somebody's
/// own that is asked for is one of them.
pub fn choices(
    layout: &Layout,
    today: NaiveDate,
    chosen: Option<&str>,
) -> Vec<(String, String, bool)> {
    let days =
        [24, 60].into_iter().filter_map(|months| today.checked_sub_months(Months::new(months)));
    let mut values: Vec<String> = [NEVER.to_owned()].into_iter().chain(days.map(before)).collect();
    values.extend(chosen.filter(|one| !values.iter().any(|value| value == one)).map(str::to_owned));
    let choice = |value: String| {
        let words = label(layout.language, &value).unwrap_or_else(|| value.clone());
        let is_chosen = chosen == Some(&*value);
        (value, words, is_chosen)
    };
    values.into_iter().map(choice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_offered_has_words_and_anything_else_is_none_of_it() {
        let day = NaiveDate::from_ymd_opt(2024, 11, 23).unwrap();
        assert_eq!(
            label(Language::French, &before(day)).as_deref(),
            Some("vérifiés avant le 23 novembre 2024")
        );
        assert!(label(Language::English, NEVER).is_some());
        assert_eq!(label(Language::English, "verified_on < DATE('x')"), None);
        let layout = Layout::default();
        assert_eq!(choices(&layout, day, None).len(), 3);
        let own = choices(&layout, day, Some("title = 'a'"));
        assert_eq!(
            own.last().map(|(_, words, chosen)| (words.as_str(), *chosen)),
            Some(("title = 'a'", true))
        );
    }
}
