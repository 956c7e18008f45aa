//! The form of a record: made from the declared fields, with what stands against each.

use std::collections::BTreeMap;

use crate::{
    atlas::contributions::correction::{Cells, columns},
    domain::{Column, Issue, Language, Severity, Vocabulary, partnership::of_column},
    reference::vocabularies,
};

/// A cell of the form.
#[derive(Debug, Clone, Default)]
pub struct FormField {
    /// The column: name of the control, and its id.
    pub name: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// What it holds, and how it is written.
    pub hint: String,
    /// What is in it.
    pub value: String,
    /// How it is typed.
    pub control: Control,
    /// What stands against it.
    pub issues: Vec<FormIssue>,
}

/// How a cell is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Control {
    /// In one line.
    #[default]
    Line,
    /// In several.
    Lines,
    /// One of a list.
    Select(Vec<FormOption>),
    /// Any of a list.
    Checks(Vec<FormOption>),
}

/// A value of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormOption {
    /// Its code.
    pub code: String,
    /// What people read.
    pub label: String,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

/// What stands against a cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormIssue {
    /// Whether the cell cannot be taken as it is.
    pub is_error: bool,
    /// In a sentence.
    pub message: String,
    /// What was probably meant, each with what pressing it sends.
    pub suggestions: Vec<FormSuggestion>,
}

/// A value that can be taken by pressing it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormSuggestion {
    /// The value.
    pub text: String,
    /// Name of the button: which value of which cell it takes the place of.
    pub name: String,
}

impl FormField {
    /// Whether it cannot be taken as it is.
    pub fn is_wrong(&self) -> bool {
        self.issues.iter().any(|issue| issue.is_error)
    }
}

/// The form of a record, or of one that is yet to be.
pub fn fields(cells: &Cells, issues: &[Issue], language: Language) -> Vec<FormField> {
    columns()
        .map(|column| {
            let value = cells.get(&column).cloned().unwrap_or_default();
            let hint = of_column(column).and_then(|field| field.csv);
            let hint = hint.map_or("", |csv| csv.description[language as usize]);
            FormField {
                name: column.name(),
                label: column.label(language),
                hint: typographic(hint, language),
                control: control(column, &value, language),
                issues: of_cell(issues, column, &value, language),
                value,
            }
        })
        .collect()
}

/// Descriptions of columns are written for programs too: with straight apostrophes.
fn typographic(text: &str, language: Language) -> String {
    let text = text.replace('\'', "’");
    match language {
        Language::French => text
            .replace(" :", "\u{a0}:")
            .replace(" ;", "\u{202f};")
            .replace("« ", "«\u{a0}")
            .replace(" »", "\u{a0}»"),
        Language::English => text,
    }
}

/// What is said of the whole row, or of what the form does not have.
pub fn of_row(issues: &[Issue], language: Language) -> Vec<String> {
    let has = |issue: &&Issue| {
        let column = issue.column.and_then(Column::from_name);
        column.is_none_or(|column| columns().all(|known| known != column))
    };
    issues.iter().filter(has).map(|issue| issue.message(language)).collect()
}

fn control(column: Column, value: &str, language: Language) -> Control {
    let list = match column {
        Column::Description => return Control::Lines,
        Column::Kind => vocabularies::kinds(),
        Column::Status => vocabularies::statuses(),
        Column::Themes => return Control::Checks(options(vocabularies::themes(), value, language)),
        Column::CollectivityKind => vocabularies::collectivity_kinds(),
        Column::PartnerKind => vocabularies::partner_kinds(),
        _ => return Control::Line,
    };
    // several authorities have several kinds, and what is wrong stays to be seen
    let is_one = value.is_empty() || list.terms().iter().any(|term| term.code == value);
    if is_one { Control::Select(options(list, value, language)) } else { Control::Line }
}

fn options(list: &Vocabulary, value: &str, language: Language) -> Vec<FormOption> {
    let option = |term: &crate::domain::Term| FormOption {
        code: term.code.clone(),
        label: term.label.get(language).to_owned(),
        is_chosen: value.split('|').any(|chosen| chosen == term.code),
    };
    list.terms().iter().map(option).collect()
}

fn of_cell(issues: &[Issue], column: Column, value: &str, language: Language) -> Vec<FormIssue> {
    let own = issues.iter().filter(|issue| issue.column == Some(column.name()));
    own.map(|issue| {
        let place = value.split('|').position(|one| Some(one.trim()) == issue.value.as_deref());
        let name = format!("use:{}:{}", column.name(), place.unwrap_or(0));
        let suggestions = issue.suggestion.iter().flat_map(|text| text.split(", "));
        let is_error = issue.code.severity() == Severity::Error;
        FormIssue {
            is_error,
            message: issue.message(language),
            // what is told of a value that is taken all the same is no advice
            suggestions: suggestions
                .filter(|_| is_error)
                .map(|text| FormSuggestion { text: text.to_owned(), name: name.clone() })
                .collect(),
        }
    })
    .collect()
}

/// The cells that a form sends; what it does not have is as empty as an empty control.
pub fn sent(fields: &[(String, String)]) -> Cells {
    let mut cells: Cells = columns().map(|column| (column, String::new())).collect();
    for (name, value) in fields {
        let Some(cell) = Column::from_name(name).and_then(|column| cells.get_mut(&column)) else {
            continue;
        };
        // boxes of one list are sent one by one
        if !cell.is_empty() && !value.is_empty() {
            cell.push('|');
        }
        cell.push_str(value);
    }
    for (name, value) in fields {
        take_suggestion(&mut cells, name, value);
    }
    cells
}

/// Puts what was pressed in the place of the value that it was suggested for.
fn take_suggestion(cells: &mut Cells, name: &str, value: &str) -> Option<()> {
    let (column, place) = name.strip_prefix("use:")?.split_once(':')?;
    let (column, place) = (Column::from_name(column)?, place.parse::<usize>().ok()?);
    let cell = cells.get_mut(&column)?;
    let mut values: Vec<&str> = cell.split('|').collect();
    *values.get_mut(place)? = value;
    let is_one = values.len() == 1;
    *cell = values.join("|");
    if column == Column::Collectivity && is_one {
        // a suggested name has its own code behind it
        cells.insert(Column::CollectivityCode, String::new());
    }
    Some(())
}

/// The first field of a name; empty where there is none.
pub fn field<'f>(fields: &'f [(String, String)], name: &str) -> &'f str {
    fields.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
}

/// Cells that stay as they are while something else is asked.
pub fn hidden(cells: &Cells) -> BTreeMap<&'static str, String> {
    cells.iter().map(|(column, text)| (column.name(), text.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::IssueCode;

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn a_suggestion_takes_the_place_of_its_value() {
        let cells = sent(&[
            pair("collectivite", "Saint-Denis"),
            pair("collectivite_code", "x"),
            pair("themes", "sante"),
            pair("themes", "sport"),
            pair("use:collectivite:0", "Saint-Denis (93066)"),
        ]);
        assert_eq!(cells[&Column::Collectivity], "Saint-Denis (93066)");
        assert_eq!(cells[&Column::CollectivityCode], "");
        assert_eq!(cells[&Column::Themes], "sante|sport");
        let several =
            sent(&[pair("partenaire_pays", "ML|Malie"), pair("use:partenaire_pays:1", "Mali")]);
        assert_eq!(several[&Column::PartnerCountry], "ML|Mali");
    }

    #[test]
    fn a_cell_shows_what_stands_against_it() {
        let issue = Issue::new(IssueCode::CollectivityAmbiguous, 2)
            .at("collectivite", "Saint-Denis")
            .suggest("Saint-Denis (93066), Saint-Denis (97411)");
        let cells: Cells = [(Column::Collectivity, "Lyon|Saint-Denis".to_owned())].into();
        let fields = fields(&cells, &[issue], Language::French);
        let field = fields.iter().find(|field| field.name == "collectivite").unwrap();
        assert!(field.is_wrong());
        let suggestion = &field.issues[0].suggestions[1];
        assert_eq!(suggestion.text, "Saint-Denis (97411)");
        assert_eq!(suggestion.name, "use:collectivite:1");
    }
}
