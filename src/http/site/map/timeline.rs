//! The time line under the map: how many partnerships held in each year.

use std::fmt::Write;

use crate::{http::page::layout::Layout, search::facets::Year};

/// At most so many years are drawn; a few partnerships of the Middle Ages would leave no room.
const MAX_YEARS: i32 = 100;

/// The years of what matches all filters but that of the year.
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    /// The first year that is drawn.
    pub first: i32,
    /// The last one: this year.
    pub last: i32,
    /// The years that the address asks for.
    pub asked: Vec<i32>,
    /// How many partnerships held in each year, from the first to the last.
    pub counts: Vec<u64>,
    /// Partnerships without a start, which no year has.
    pub undated: u64,
}

impl Timeline {
    /// From the years of a selection, the first year of which the register knows and those asked for.
    pub fn new(
        (known_from, this_year): (i32, i32),
        years: &[Year],
        asked: &[i32],
        undated: u64,
    ) -> Self {
        let first = known_from.clamp(this_year - MAX_YEARS, this_year - 1);
        let mut counts = vec![0; (this_year - first + 1) as usize];
        for Year { year, count } in years {
            if (first..=this_year).contains(year) {
                counts[(year - first) as usize] = *count;
            }
        }
        Self { first, last: this_year, asked: asked.into(), counts, undated }
    }

    /// The only year that is asked for, if it is drawn.
    pub fn chosen(&self) -> Option<i32> {
        match self.asked.as_slice() {
            [year] if (self.first..=self.last).contains(year) => Some(*year),
            _ => None,
        }
    }

    /// Whether there is anything to draw.
    pub fn is_empty(&self) -> bool {
        self.counts.iter().all(|count| *count == 0)
    }

    /// The text that says what of those without a start: outside of the years, left out by those asked for.
    pub fn undated_key(&self) -> &'static str {
        if self.asked.is_empty() { "timeline.undated" } else { "timeline.left_out" }
    }

    /// Which years are shown, in few words.
    pub fn said(&self, layout: &Layout) -> String {
        match self.asked.as_slice() {
            [] => layout.text("timeline.all").to_owned(),
            [year] => year.to_string(),
            several => layout.fill("timeline.several", "count", &several.len().to_string()),
        }
    }

    /// Where the handle stands: on the year that is asked for, else on the last one.
    pub fn shown(&self) -> i32 {
        self.chosen().unwrap_or(self.last)
    }

    /// The outline of the bars, one unit wide each and at most 100 high, as the `d` of an SVG path.
    pub fn outline(&self) -> String {
        let mut path = String::from("M0 100");
        for index in 0..self.counts.len() {
            let _ = write!(path, "V{}h1", 100 - self.height(index));
        }
        path.push_str("V100Z");
        path
    }

    /// The counts with spaces between them, for the script that reads one aloud.
    pub fn numbers(&self) -> String {
        self.counts.iter().map(u64::to_string).collect::<Vec<_>>().join(" ")
    }

    /// Where the year that is asked for is, from the left and from the top.
    pub fn mark(&self) -> Option<(i32, u64)> {
        let index = self.chosen()? - self.first;
        Some((index, 100 - self.height(index as usize)))
    }

    fn height(&self, index: usize) -> u64 {
        let most = self.counts.iter().max().copied().unwrap_or_default().max(1);
        let count = self.counts[index];
        // what is there is seen
        if count == 0 { 0 } else { (count * 100).div_ceil(most).max(2) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn years(counts: &[(i32, u64)]) -> Vec<Year> {
        counts.iter().map(|(year, count)| Year { year: *year, count: *count }).collect()
    }

    #[test]
    fn a_bar_for_every_year_and_none_before_the_last_hundred() {
        let line =
            Timeline::new((836, 2026), &years(&[(836, 1), (2024, 50), (2026, 100)]), &[2024], 3);
        assert_eq!((line.first, line.last, line.counts.len()), (1926, 2026, 101));
        assert!(line.outline().ends_with("V50h1V100h1V0h1V100Z"), "{}", line.outline());
        assert_eq!(line.mark(), Some((98, 50)));
        assert!(!line.is_empty());
    }

    #[test]
    fn a_register_that_began_this_year_has_a_line_too() {
        let line = Timeline::new((2026, 2026), &years(&[(2026, 1)]), &[1800], 7);
        assert_eq!(line.counts, [0, 1]);
        assert_eq!((line.chosen(), line.undated_key()), (None, "timeline.left_out"));
        assert_eq!(line.said(&Layout::default()), "1800");
        assert!(Timeline::new((2000, 2026), &[], &[], 0).is_empty());
    }
}
