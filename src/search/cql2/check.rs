//! The parsed tree against what may be queried: names, kinds, numbers of operands.

use cql2::Expr;

use super::{
    ExpressionError,
    evaluate::{fold, list},
    like::{Pattern, fold_accents, fold_case},
    parse::{ExpressionLanguage, parse, shorten},
    spatial, temporal,
    tree::{Arithmetic, Comparison, Operand, Predicate, Test},
    value::{Value, ValueKind},
};
use crate::formats::crs::Crs;

/// The deepest tree that is evaluated; chains of `AND` and of `OR` count once.
const MAX_DEPTH: usize = 64;

type Checked<T> = Result<T, ExpressionError>;

/// Reads expressions about the features of one collection.
pub struct Checker<'q> {
    /// The place and kind of a queryable, by name.
    pub find: &'q dyn Fn(&str) -> Option<(usize, ValueKind)>,
    /// The reference system of geometries.
    pub crs: Crs,
}

impl Checker<'_> {
    /// Reads an expression.
    ///
    /// # Errors
    /// Where it cannot be read, names what is no queryable, or compares what does not compare.
    pub fn read(&self, text: &str, language: ExpressionLanguage) -> Checked<Test> {
        parse(text, language, |tree| self.test(tree, 0))
    }

    pub(super) fn test(&self, expr: &Expr, depth: usize) -> Checked<Test> {
        let depth = deeper(depth)?;
        let Expr::Operation { op, args } = expr else {
            if *expr == Expr::Null {
                return Err(ExpressionError::new("NULL alone is no condition"));
            }
            let (operand, kind) = self.operand(expr, depth)?;
            expect(kind, ValueKind::Boolean, "a filter").map_err(|error| error.within(expr))?;
            return Ok(Test::Is(Box::new(Predicate::Boolean(operand))));
        };
        let tests = || args.iter().map(|arg| self.test(arg, depth)).collect::<Checked<Vec<_>>>();
        match (op.as_str(), args.len()) {
            ("and", 1..) => Ok(Test::And(tests()?)),
            ("or", 1..) => Ok(Test::Or(tests()?)),
            ("not", 1) => Ok(Test::Not(Box::new(self.test(&args[0], depth)?))),
            _ => match self.predicate(op, args, depth) {
                Ok(predicate) => Ok(Test::Is(Box::new(predicate))),
                Err(error) => Err(error.within(expr)),
            },
        }
    }

    fn predicate(&self, op: &str, args: &[Box<Expr>], depth: usize) -> Checked<Predicate> {
        if let Some(comparison) = comparison(op) {
            let ([a, b], kind) = self.comparable(op, args, depth)?;
            let equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
            if kind == Some(ValueKind::Boolean) && !equality {
                return Err(ExpressionError::new("true and false have no order"));
            }
            return Ok(Predicate::Compare(comparison, a, b));
        }
        match op {
            "like" => {
                let [text, pattern] = operands(op, args)?;
                let text = self.text(text, op, depth)?;
                Ok(Predicate::Like(text, Pattern::new(&pattern_text(pattern)?)))
            }
            "between" => {
                let ([value, least, greatest], kind) = self.comparable(op, args, depth)?;
                if kind == Some(ValueKind::Boolean) {
                    return Err(ExpressionError::new("true and false have no order"));
                }
                Ok(Predicate::Between(value, least, greatest))
            }
            "in" => {
                let [value, list] = operands(op, args)?;
                let Expr::Array(list) = list else {
                    return Err(ExpressionError::new("IN takes a list, such as ('a', 'b')"));
                };
                let (value, kind) = self.scalar(value, depth)?;
                let mut kind = kind;
                let mut operands = Vec::with_capacity(list.len());
                for item in list {
                    let (operand, other) = self.scalar(item, depth)?;
                    kind = same(kind, other)?;
                    operands.push(operand);
                }
                Ok(Predicate::In(value, operands))
            }
            "isNull" => {
                let [value] = operands(op, args)?;
                Ok(Predicate::IsNull(self.operand(value, depth)?.0))
            }
            _ => self.function(op, args, depth),
        }
    }

    /// Operands of a comparison: scalars of one kind.
    fn comparable<const N: usize>(
        &self,
        op: &str,
        args: &[Box<Expr>],
        depth: usize,
    ) -> Checked<([Operand; N], Option<ValueKind>)> {
        let mut kind = None;
        let mut checked = Vec::with_capacity(N);
        for arg in operands::<N>(op, args)? {
            let (operand, other) = self.scalar(arg, depth)?;
            kind = same(kind, other)?;
            checked.push(operand);
        }
        let checked = checked.try_into().map_err(|_| ExpressionError::new("an operand is missing"));
        Ok((checked?, kind))
    }

    fn scalar(&self, expr: &Expr, depth: usize) -> Checked<(Operand, Option<ValueKind>)> {
        let (operand, kind) = self.operand(expr, depth)?;
        let advice = match kind {
            Some(ValueKind::Geometry) => "geometries are compared by S_INTERSECTS and the like",
            Some(ValueKind::Texts | ValueKind::Numbers) => {
                "lists are compared by A_CONTAINS and the like"
            }
            _ => return Ok((operand, kind)),
        };
        Err(ExpressionError::new(advice))
    }

    fn text(&self, expr: &Expr, op: &str, depth: usize) -> Checked<Operand> {
        let (operand, kind) = self.operand(expr, depth)?;
        expect(kind, ValueKind::Text, &op.to_uppercase())?;
        Ok(operand)
    }

    /// Something that has a value, and of what kind; of no kind is only null.
    pub(super) fn operand(
        &self,
        expr: &Expr,
        depth: usize,
    ) -> Checked<(Operand, Option<ValueKind>)> {
        let depth = deeper(depth)?;
        let literal = |value, kind| Ok((Operand::Literal(value), Some(kind)));
        match expr {
            Expr::Float(number) if number.is_finite() => {
                literal(Value::Number(*number), ValueKind::Number)
            }
            Expr::Float(_) => Err(ExpressionError::new("a number is too large")),
            Expr::Literal(text) => literal(Value::text(text.clone()), ValueKind::Text),
            Expr::Bool(value) => literal(Value::Boolean(*value), ValueKind::Boolean),
            Expr::Null => Ok((Operand::Literal(Value::Null), None)),
            Expr::Property { property } => {
                let (place, kind) = (self.find)(property).ok_or_else(|| {
                    let name = shorten(property);
                    ExpressionError::new(format!(
                        "“{name}” is not a queryable property; the collection's queryables list them, and texts stand in single quotation marks"
                    ))
                })?;
                Ok((Operand::Property(place), Some(kind)))
            }
            Expr::Date { date } => {
                literal(Value::Date(temporal::date(quoted(date)?)?), ValueKind::Date)
            }
            Expr::Timestamp { timestamp } => {
                let time = temporal::timestamp(quoted(timestamp)?)?;
                literal(Value::Timestamp(time), ValueKind::Timestamp)
            }
            Expr::Interval { .. } => {
                Err(ExpressionError::new("INTERVAL stands in temporal functions alone"))
            }
            Expr::BBox { bbox } => {
                let numbers = bbox.iter().map(|expr| match **expr {
                    Expr::Float(number) if number.is_finite() => Ok(number),
                    _ => Err(ExpressionError::new("BBOX takes numbers")),
                });
                let numbers = numbers.collect::<Checked<Vec<f64>>>()?;
                let geometry = spatial::bbox(&numbers, self.crs)?;
                literal(Value::Geometry(std::borrow::Cow::Owned(geometry)), ValueKind::Geometry)
            }
            Expr::Geometry(_) => {
                let geometry = spatial::geometry(expr, self.crs)?;
                literal(Value::Geometry(std::borrow::Cow::Owned(geometry)), ValueKind::Geometry)
            }
            Expr::Array(items) => self.list(items, depth),
            Expr::Operation { op, args } => self.operation(expr, op, args, depth),
        }
    }

    fn list(&self, items: &[Box<Expr>], depth: usize) -> Checked<(Operand, Option<ValueKind>)> {
        let mut kind = None;
        let mut operands = Vec::with_capacity(items.len());
        for item in items {
            let (operand, other) = self.scalar(item, depth)?;
            kind = same(kind, other)?;
            operands.push(operand);
        }
        let kind = match kind {
            Some(ValueKind::Text) => Some(ValueKind::Texts),
            Some(ValueKind::Number) => Some(ValueKind::Numbers),
            None => None,
            Some(_) => return Err(ExpressionError::new("lists hold texts or numbers")),
        };
        let literals = operands.iter().map(|operand| match operand {
            Operand::Literal(value) => Some(value.clone()),
            _ => None,
        });
        Ok(match literals.collect::<Option<Vec<_>>>() {
            Some(values) => (Operand::Literal(list(values.into_iter())), kind),
            None => (Operand::List(operands), kind),
        })
    }

    fn operation(
        &self,
        expr: &Expr,
        op: &str,
        args: &[Box<Expr>],
        depth: usize,
    ) -> Checked<(Operand, Option<ValueKind>)> {
        let folding = |operand, folded: fn(&str) -> String, wrap: fn(Box<Operand>) -> Operand| {
            let operand = match operand {
                Operand::Literal(value) => Operand::Literal(fold(value, folded)),
                operand => wrap(Box::new(operand)),
            };
            Ok((operand, Some(ValueKind::Text)))
        };
        match op {
            "casei" => {
                let [text] = operands(op, args)?;
                folding(self.text(text, op, depth)?, fold_case, Operand::CaseInsensitive)
            }
            "accenti" => {
                let [text] = operands(op, args)?;
                folding(self.text(text, op, depth)?, fold_accents, Operand::AccentInsensitive)
            }
            _ => {
                if let Some(operator) = arithmetic(op) {
                    return self.arithmetic((op, operator), args, depth);
                }
                let test = self.test(expr, depth)?;
                Ok((Operand::Test(Box::new(test)), Some(ValueKind::Boolean)))
            }
        }
    }

    /// A computation; with more than two operands from left to right.
    fn arithmetic(
        &self,
        (op, operator): (&str, Arithmetic),
        args: &[Box<Expr>],
        depth: usize,
    ) -> Checked<(Operand, Option<ValueKind>)> {
        let mut result: Option<Operand> = None;
        if args.len() < 2 || args.len() > MAX_DEPTH {
            return Err(ExpressionError::new(format!("{op} takes two operands")));
        }
        for arg in args {
            let (operand, kind) = self.operand(arg, depth)?;
            expect(kind, ValueKind::Number, op)?;
            result = Some(match result {
                None => operand,
                Some(Operand::Literal(Value::Number(a)))
                    if let Operand::Literal(Value::Number(b)) = operand =>
                {
                    Operand::Literal(Value::finite(operator.compute(a, b)))
                }
                Some(before) => Operand::Arithmetic(operator, Box::new(before), Box::new(operand)),
            });
        }
        let result = result.ok_or_else(|| ExpressionError::new("an operand is missing"))?;
        Ok((result, Some(ValueKind::Number)))
    }
}

fn deeper(depth: usize) -> Checked<usize> {
    if depth < MAX_DEPTH {
        return Ok(depth + 1);
    }
    Err(ExpressionError::new(format!("more than {MAX_DEPTH} operations are nested")))
}

fn comparison(op: &str) -> Option<Comparison> {
    Some(match op {
        "=" => Comparison::Equal,
        "<>" => Comparison::NotEqual,
        "<" => Comparison::Less,
        "<=" => Comparison::LessOrEqual,
        ">" => Comparison::Greater,
        ">=" => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

fn arithmetic(op: &str) -> Option<Arithmetic> {
    Some(match op {
        "+" => Arithmetic::Add,
        "-" => Arithmetic::Subtract,
        "*" => Arithmetic::Multiply,
        "/" => Arithmetic::Divide,
        "div" => Arithmetic::WholeDivide,
        "%" => Arithmetic::Modulo,
        "^" => Arithmetic::Power,
        _ => return None,
    })
}

/// The operands of an operator that takes so many.
pub(super) fn operands<'e, const N: usize>(
    op: &str,
    args: &'e [Box<Expr>],
) -> Checked<[&'e Expr; N]> {
    let args: Vec<&Expr> = args.iter().map(|arg| &**arg).collect();
    let found = args.len();
    args.try_into().map_err(|_| {
        ExpressionError::new(format!("{} takes {N} operands, not {found}", op.to_uppercase()))
    })
}

/// The kind that both have; null goes with any.
pub(super) fn same(a: Option<ValueKind>, b: Option<ValueKind>) -> Checked<Option<ValueKind>> {
    match (a, b) {
        (Some(a), Some(b)) if a != b => {
            let advice = match (a, b) {
                (ValueKind::Text, ValueKind::Date) | (ValueKind::Date, ValueKind::Text) => {
                    "; dates are written DATE('2024-06-30')"
                }
                (ValueKind::Text, ValueKind::Timestamp)
                | (ValueKind::Timestamp, ValueKind::Text) => {
                    "; timestamps are written TIMESTAMP('2024-06-30T12:00:00Z')"
                }
                _ => "",
            };
            Err(ExpressionError::new(format!("{a} cannot be compared with {b}{advice}")))
        }
        (a, b) => Ok(a.or(b)),
    }
}

pub(super) fn expect(kind: Option<ValueKind>, wanted: ValueKind, by: &str) -> Checked<()> {
    match kind {
        Some(kind) if kind != wanted => {
            Err(ExpressionError::new(format!("{by} wants {wanted}, not {kind}")))
        }
        _ => Ok(()),
    }
}

fn quoted(expr: &Expr) -> Checked<&str> {
    match expr {
        Expr::Literal(text) => Ok(text),
        _ => Err(ExpressionError::new("DATE and TIMESTAMP take a text in quotation marks")),
    }
}

/// OGC 21-065r2, 7.1: a pattern is a literal, perhaps without regard to case or accents.
fn pattern_text(expr: &Expr) -> Checked<String> {
    let wrong = || ExpressionError::new("LIKE takes a pattern in quotation marks, such as 'Ba%'");
    match expr {
        Expr::Literal(text) => Ok(text.clone()),
        Expr::Operation { op, args } if args.len() == 1 => match op.as_str() {
            "casei" => Ok(fold_case(&pattern_text(&args[0])?)),
            "accenti" => Ok(fold_accents(&pattern_text(&args[0])?)),
            _ => Err(wrong()),
        },
        _ => Err(wrong()),
    }
}
