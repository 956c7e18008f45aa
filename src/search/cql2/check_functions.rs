//! Spatial, temporal and array functions, checked.

use cql2::Expr;

use super::{
    Checker, ExpressionError,
    check::{expect, operands, same},
    parse::shorten,
    temporal,
    tree::{ArrayRelation, Operand, Predicate, Relation, Temporal, TimeSpan},
    value::{Value, ValueKind},
};

type Checked<T> = Result<T, ExpressionError>;

impl Checker<'_> {
    pub(super) fn function(
        &self,
        op: &str,
        args: &[Box<Expr>],
        depth: usize,
    ) -> Checked<Predicate> {
        if let Some(relation) = spatial_relation(op) {
            let [a, b] = operands(op, args)?;
            let [a, b] = [self.geometry(op, a, depth)?, self.geometry(op, b, depth)?];
            return Ok(match (&a, &b) {
                (Operand::Literal(_), Operand::Property(_)) => {
                    Predicate::Spatial(turned(relation), b, a)
                }
                _ => Predicate::Spatial(relation, a, b),
            });
        }
        if let Some(relation) = temporal_relation(op) {
            let [a, b] = operands(op, args)?;
            return Ok(Predicate::Temporal(relation, self.span(a, depth)?, self.span(b, depth)?));
        }
        if let Some(relation) = array_relation(op) {
            let [a, b] = operands(op, args)?;
            let (a, a_kind) = self.list_operand(a, depth)?;
            let (b, b_kind) = self.list_operand(b, depth)?;
            let kind = same(a_kind, b_kind)?;
            let [a, b] = [a, b].map(|operand| with_kind(operand, kind));
            return Ok(Predicate::Array(relation, a, b));
        }
        let name = shorten(op);
        Err(ExpressionError::new(match op {
            "and" | "or" | "not" => format!("{name} lacks an operand"),
            "casei" | "accenti" | "+" | "-" | "*" | "/" | "%" | "^" | "div" => {
                format!("{name} is not a condition: compare it with something")
            }
            _ => format!("there is no function “{name}”"),
        }))
    }

    fn geometry(&self, op: &str, expr: &Expr, depth: usize) -> Checked<Operand> {
        let (operand, kind) = self.operand(expr, depth)?;
        expect(kind, ValueKind::Geometry, &op.to_uppercase())?;
        Ok(operand)
    }

    fn list_operand(&self, expr: &Expr, depth: usize) -> Checked<(Operand, Option<ValueKind>)> {
        let (operand, kind) = self.operand(expr, depth)?;
        match kind {
            None | Some(ValueKind::Texts | ValueKind::Numbers) => Ok((operand, kind)),
            Some(kind) => Err(ExpressionError::new(format!(
                "lists are expected, such as ('a', 'b'), not {kind}"
            ))),
        }
    }

    fn span(&self, expr: &Expr, depth: usize) -> Checked<TimeSpan> {
        let Expr::Interval { interval } = expr else {
            let operand = self.instant(expr, depth)?;
            return Ok(TimeSpan { from: Some(operand.clone()), to: Some(operand) });
        };
        let [from, to] = operands("INTERVAL", interval)?;
        let span = TimeSpan { from: self.bound(from, depth)?, to: self.bound(to, depth)? };
        if let TimeSpan { from: Some(Operand::Literal(from)), to: Some(Operand::Literal(to)) } =
            &span
        {
            let ends = temporal::ends(Some(from), Some(to), false);
            if ends.is_some_and(|ends| !ends.in_order()) {
                return Err(ExpressionError::new("an interval ends before it begins"));
            }
        }
        Ok(span)
    }

    /// A bound of an interval: `'..'` is open.
    fn bound(&self, expr: &Expr, depth: usize) -> Checked<Option<Operand>> {
        match expr {
            Expr::Literal(text) if text == ".." => Ok(None),
            Expr::Literal(text) => {
                let value = if text.contains(['T', 't']) {
                    Value::Timestamp(temporal::timestamp(text)?)
                } else {
                    Value::Date(temporal::date(text)?)
                };
                Ok(Some(Operand::Literal(value)))
            }
            expr => self.instant(expr, depth).map(Some),
        }
    }

    fn instant(&self, expr: &Expr, depth: usize) -> Checked<Operand> {
        match self.operand(expr, depth)? {
            (operand, None | Some(ValueKind::Date | ValueKind::Timestamp)) => Ok(operand),
            (_, Some(kind)) => Err(ExpressionError::new(format!(
                "dates, timestamps and intervals are expected, such as DATE('2024-06-30') or INTERVAL('2020-01-01', '..'), not {kind}"
            ))),
        }
    }
}

/// A list of nothing has the kind of what it is compared with.
fn with_kind(operand: Operand, kind: Option<ValueKind>) -> Operand {
    match operand {
        Operand::Literal(Value::Numbers(none))
            if none.is_empty() && kind == Some(ValueKind::Texts) =>
        {
            Operand::Literal(Value::Texts(Vec::new()))
        }
        operand => operand,
    }
}

/// The relation with its operands exchanged.
fn turned(relation: Relation) -> Relation {
    match relation {
        Relation::Contains => Relation::Within,
        Relation::Within => Relation::Contains,
        symmetric => symmetric,
    }
}

fn spatial_relation(op: &str) -> Option<Relation> {
    Some(match op {
        "s_contains" => Relation::Contains,
        "s_crosses" => Relation::Crosses,
        "s_disjoint" => Relation::Disjoint,
        "s_equals" => Relation::Equals,
        "s_intersects" => Relation::Intersects,
        "s_overlaps" => Relation::Overlaps,
        "s_touches" => Relation::Touches,
        "s_within" => Relation::Within,
        _ => return None,
    })
}

fn temporal_relation(op: &str) -> Option<Temporal> {
    Some(match op {
        "t_after" => Temporal::After,
        "t_before" => Temporal::Before,
        "t_contains" => Temporal::Contains,
        "t_disjoint" => Temporal::Disjoint,
        "t_during" => Temporal::During,
        "t_equals" => Temporal::Equals,
        "t_finishedBy" => Temporal::FinishedBy,
        "t_finishes" => Temporal::Finishes,
        "t_intersects" => Temporal::Intersects,
        "t_meets" => Temporal::Meets,
        "t_metBy" => Temporal::MetBy,
        "t_overlappedBy" => Temporal::OverlappedBy,
        "t_overlaps" => Temporal::Overlaps,
        "t_startedBy" => Temporal::StartedBy,
        "t_starts" => Temporal::Starts,
        _ => return None,
    })
}

fn array_relation(op: &str) -> Option<ArrayRelation> {
    Some(match op {
        "a_contains" => ArrayRelation::Contains,
        "a_containedBy" => ArrayRelation::ContainedBy,
        "a_equals" => ArrayRelation::Equals,
        "a_overlaps" => ArrayRelation::Overlaps,
        _ => return None,
    })
}
