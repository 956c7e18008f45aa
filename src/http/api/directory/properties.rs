//! Records of the directory as properties of features, from their tables of fields.

use serde_json::{Map, Value, json};

use crate::domain::directory::{CellValue, DirectoryRecord};

/// The properties of a record; what is not known is null.
pub(super) fn properties<T: DirectoryRecord>(record: &T) -> Map<String, Value> {
    let fields = T::fields().iter();
    fields.map(|field| (field.name.to_owned(), value((field.get)(record)))).collect()
}

fn value(value: CellValue) -> Value {
    match value {
        CellValue::Nothing => Value::Null,
        CellValue::Text(text) => text.into(),
        CellValue::Texts(list) => list.into(),
        CellValue::Number(number) => number.into(),
        CellValue::Numbers(list) => list.into(),
        CellValue::Range(least, most) => json!([least, most]),
        CellValue::Date(date) => date.to_string().into(),
        CellValue::Deadlines(list) => {
            let texts = list.iter().map(ToString::to_string);
            texts.collect::<Vec<String>>().into()
        }
        CellValue::Rates(list) => {
            list.iter().map(|rate| json!({"group": rate.group, "max": rate.max})).collect()
        }
    }
}
