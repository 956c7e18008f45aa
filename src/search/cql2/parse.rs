//! Text or JSON to the tree of the crate `cql2`, within bounds.
//!
//! Its parser tries again what it could not read as one thing as another, and recurses: so the
//! length, the nesting and the number of steps are bounded first, and there is stack for the rest.

use std::{num::NonZeroUsize, sync::Once};

use cql2::{Error, Expr};
use pest::error::{InputLocation, LineColLocation};

use super::ExpressionError;

/// The longest expression that is read, in bytes.
pub const MAX_EXPRESSION_LENGTH: usize = 8_192;
/// The deepest nesting of brackets.
const MAX_DEPTH: usize = 24;
/// The most steps that the parser takes; eight kilobytes of usual text take a tenth of them.
const STEPS: usize = 3_000_000;
/// Enough for a chain of operators of the greatest length: the parser recurses for each.
const STACK: usize = 64 << 20;

/// How an expression is written down (OGC 21-065r2, 6.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ExpressionLanguage {
    /// `cql2-text`
    #[default]
    Text,
    /// `cql2-json`
    Json,
}

impl ExpressionLanguage {
    /// The language of a value of `filter-lang`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "cql2-text" => Some(Self::Text),
            "cql2-json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// Reads an expression and hands its tree to `then`, with stack for trees of any shape.
pub(super) fn parse<T>(
    text: &str,
    language: ExpressionLanguage,
    then: impl FnOnce(&Expr) -> Result<T, ExpressionError>,
) -> Result<T, ExpressionError> {
    if text.len() > MAX_EXPRESSION_LENGTH {
        return Err(ExpressionError::new(format!(
            "it is longer than {MAX_EXPRESSION_LENGTH} bytes"
        )));
    }
    check_brackets(text, language)?;
    stacker::grow(STACK, || {
        let tree = match language {
            ExpressionLanguage::Text => parse_text(text)?,
            ExpressionLanguage::Json => parse_json(text)?,
        };
        then(&tree)
    })
}

fn parse_text(text: &str) -> Result<Expr, ExpressionError> {
    static LIMIT: Once = Once::new();
    LIMIT.call_once(|| pest::set_call_limit(NonZeroUsize::new(STEPS)));
    cql2::parse_text(text).map_err(|error| match error {
        Error::Pest(error) => {
            let at = match error.location {
                InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
            };
            let rest = text.get(at..).unwrap_or_default();
            let LineColLocation::Pos((_, column)) = error.line_col else {
                return ExpressionError::new("it cannot be read: it is too involved");
            };
            ExpressionError::new(if rest.is_empty() {
                "it ends unexpectedly: something is missing".to_owned()
            } else {
                format!("it has a syntax error at character {column}: “{}”", shorten(rest))
            })
        }
        error => {
            ExpressionError::new(format!("it cannot be read: {}", shorten(&error.to_string())))
        }
    })
}

fn parse_json(text: &str) -> Result<Expr, ExpressionError> {
    // read as plain JSON first: its errors say where
    let value: serde_json::Value = serde_json::from_str(text)
        .map_err(|error| ExpressionError::new(format!("it is not valid JSON: {error}")))?;
    let form = "it is no CQL2 JSON: an object with “op” and “args” is expected";
    if !value.is_object() && !value.is_boolean() {
        return Err(ExpressionError::new(form));
    }
    cql2::parse_json(text).map_err(|_| ExpressionError::new(form))
}

/// Refuses what is nested too deeply, or whose brackets do not close, before it is parsed.
fn check_brackets(text: &str, language: ExpressionLanguage) -> Result<(), ExpressionError> {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if let Some(open) = quote {
            if byte == b'\\' && language == ExpressionLanguage::Json {
                bytes.next();
            } else if byte == open {
                quote = None;
            }
            continue;
        }
        match byte {
            b'"' => quote = Some(b'"'),
            b'\'' if language == ExpressionLanguage::Text => quote = Some(b'\''),
            b'(' | b'[' | b'{' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    let reason = format!("it is nested more than {MAX_DEPTH} levels deep");
                    return Err(ExpressionError::new(reason));
                }
            }
            b')' | b']' | b'}' => {
                let closed = depth.checked_sub(1);
                depth = closed
                    .ok_or_else(|| ExpressionError::new("a bracket closes that was not opened"))?;
            }
            _ => {}
        }
    }
    match (quote, depth) {
        (Some(quote), _) => {
            Err(ExpressionError::new(format!("a quotation mark ({}) is not closed", quote as char)))
        }
        (None, 0) => Ok(()),
        (None, _) => Err(ExpressionError::new("a bracket is not closed")),
    }
}

/// The beginning of a text, to be shown.
pub(super) fn shorten(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut shown: String = text.chars().take(SHOWN).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}
