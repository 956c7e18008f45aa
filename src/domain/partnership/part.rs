//! What of a record is corrected, decided and confirmed by itself: each side as a whole, every
//! other column alone.

use super::{FieldValue, Partnership, of_column};
use crate::domain::{Column, Columns, Period, PositionSource, Scope, period::PeriodError};

impl Column {
    /// The column that stands for everything that is corrected together with this one; none where
    /// it tells which record a row is about, or only profiles fill it.
    pub fn part(self) -> Option<Self> {
        match self {
            Self::Key | Self::Source => None,
            Self::Collectivity | Self::CollectivityCode | Self::CollectivityKind => {
                Some(Self::Collectivity)
            }
            Self::Partner
            | Self::PartnerCountry
            | Self::PartnerRegion
            | Self::PartnerKind
            | Self::Longitude
            | Self::Latitude => Some(Self::Partner),
            _ => Self::native().contains(&self).then_some(self),
        }
    }

    /// Whether it stands for a part.
    pub fn is_part(self) -> bool {
        self.part() == Some(self)
    }

    /// The columns of the part that it stands for.
    pub fn members(self) -> impl Iterator<Item = Self> {
        Self::native().iter().copied().filter(move |column| column.part() == Some(self))
    }
}

impl Partnership {
    /// A cell as somebody would type it: what follows from others, and where the list of places
    /// has found a partner, is left out.
    pub fn typed_cell(&self, column: Column) -> String {
        let Some(field) = of_column(column) else { return String::new() };
        let is_position = matches!(column, Column::Longitude | Column::Latitude);
        let is_given = |index: usize| {
            let place = self.partners.get(index).and_then(|partner| partner.place);
            let said = [PositionSource::Given, PositionSource::Elsewhere];
            place.is_some_and(|(_, source)| said.contains(&source))
        };
        let mut values: Vec<String> = Vec::new();
        field.read(self, &mut |value| {
            let is_typed = !matches!(value, FieldValue::Implied(_))
                && (!is_position || is_given(values.len()));
            values.push(if is_typed { value.to_string() } else { String::new() });
        });
        if values.iter().all(String::is_empty) { String::new() } else { values.join("|") }
    }

    /// The parts in which another version of the record says something else.
    pub fn differing_parts(&self, other: &Self) -> Columns {
        let codes = |record: &Self| -> Vec<String> {
            record.collectivities.iter().map(|one| one.code.clone()).collect()
        };
        let differs = |part: &Column| match part {
            Column::Collectivity => codes(self) != codes(other),
            Column::Partner => self.partners != other.partners,
            _ => of_column(*part).is_some_and(|field| field.cell(self) != field.cell(other)),
        };
        let parts = Column::native().iter().copied().filter(|column| column.is_part());
        parts.filter(differs).collect()
    }

    /// Says in some parts what another version of the record says there; an error where it would
    /// end before it begins, and then nothing is changed.
    pub fn take_parts(&mut self, other: &Self, parts: Columns) -> Result<(), PeriodError> {
        let of = |column| if parts.contains(column) { &other.period } else { &self.period };
        let period = Period::new(of(Column::Start).start(), of(Column::End).end())?;
        for part in parts.iter() {
            match part {
                Column::Collectivity => self.collectivities.clone_from(&other.collectivities),
                Column::Partner => self.partners.clone_from(&other.partners),
                Column::Start | Column::End => {}
                _ => of_column(part).map_or(Ok(()), |field| field.keep(self, other))?,
            }
        }
        self.period = period;
        Ok(())
    }

    /// The parts that say something.
    pub fn filled_parts(&self) -> Columns {
        let parts = Column::native().iter().copied().filter(|column| column.is_part());
        let says = |part: &Column| of_column(*part).is_some_and(|f| !f.cell(self).is_empty());
        parts.filter(says).collect()
    }

    /// What grants may be of that hold of the record.
    pub fn scopes(&self) -> Vec<Scope> {
        let mut scopes = vec![Scope::Source(self.source.clone())];
        for one in &self.collectivities {
            scopes.push(Scope::Authority(one.code.clone()));
            scopes.extend(one.department.clone().map(Scope::Department));
            scopes.extend(one.region.clone().map(Scope::Region));
        }
        scopes.extend(self.partners.iter().map(|one| Scope::Country(one.country.clone())));
        let mut known = Vec::with_capacity(scopes.len());
        for scope in scopes {
            if !known.contains(&scope) {
                known.push(scope);
            }
        }
        known
    }
}
