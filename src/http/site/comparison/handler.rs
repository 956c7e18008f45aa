//! `/comparer`: two places or themes side by side, chosen by a plain form.

use actix_web::{HttpRequest, HttpResponse, web};
use roaring::RoaringBitmap;

use crate::{
    domain::Language,
    http::{
        page::{
            layout::{Layout, PageLink},
            reply::{self, Visit},
            site_page::SitePage,
        },
        site::{
            comparison::page::{
                ChoiceGroup, ComparisonPage, FigureRow, PairRow, PairTable, SideView, Trouble,
                compared,
            },
            place::{
                page::PlaceKind,
                subjects::{self, FoundSubject, Subject, find},
            },
        },
        text::texts::Texts,
        web::state::State,
    },
    reference::{Collectivities, collectivities::Wanted, territories},
    search::{
        Collection, Dimension, Filter, Query, Snapshot,
        comparison::ValuePair,
        profile::SelectionProfile,
        suggest::{SuggestRequest, Suggestion},
    },
};

/// Rows of a table, and names under it.
const ROWS: usize = 12;
/// Partners that both have.
const COMMON: usize = 200;
/// Names that are proposed for one that is not known, of so many that sound like it.
const PROPOSED: usize = 6;
const LOOKED_AT: usize = 24;
/// What can be chosen from the list, in the order of the form.
const CHOICES: [(Dimension, &str); 4] = [
    (Dimension::Region, "facet.region"),
    (Dimension::Department, "facet.department"),
    (Dimension::Country, "facet.country"),
    (Dimension::Theme, "facet.theme"),
];

/// What suggestions may be compared, as parameters are called.
const COMPARED: [&str; 5] = ["collectivity", "region", "department", "country", "theme"];

/// A place or a theme that was chosen, and its partnerships.
struct ComparedSide {
    dimension: Dimension,
    view: SideView,
    records: RoaringBitmap,
    profile: SelectionProfile,
}

/// `GET /comparer` and `GET /en/compare`
pub(crate) async fn compare(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    reply::page(&request, &state, |visit| Ok(page(visit))).await
}

fn page(visit: &Visit) -> ComparisonPage {
    let (snapshot, language, layout) = (&*visit.snapshot, visit.language(), visit.layout.clone());
    let asked = |name: &str| {
        let pairs = url::form_urlencoded::parse(visit.query.as_bytes());
        let values = pairs.filter(|(known, _)| known == name).map(|(_, value)| value.into_owned());
        values.map(|value| value.trim().to_owned()).find(|value| !value.is_empty())
    };
    let typed = ["a_name", "b_name"].map(asked);
    let picked = ["a", "b"].map(asked);
    let mut sides = [0, 1].map(|at| match &typed[at] {
        Some(typed) => named(snapshot, typed, language),
        None => picked[at].as_deref().and_then(|value| chosen(snapshot, value, language)),
    });
    let wrong = [0, 1].map(|at| {
        let asked = typed[at].clone().or_else(|| picked[at].clone());
        asked.filter(|_| sides[at].is_none())
    });
    let view = |at: usize| match &sides[at] {
        Some(side) => side.view.clone(),
        None => SideView { typed: wrong[at].clone().unwrap_or_default(), ..SideView::default() },
    };
    let views = [view(0), view(1)];
    let trouble = [0, 1].into_iter().filter_map(|at| {
        let other = Some(views[1 - at].value.as_str()).filter(|value| !value.is_empty());
        Some(unknown(snapshot, &layout, wrong[at].as_deref()?, (at, other)))
    });
    let mut page = ComparisonPage {
        choices: choices(snapshot, &layout),
        trouble: trouble.collect(),
        sides: views,
        ..ComparisonPage::default()
    };
    let layout = layout.of(SitePage::Comparison);
    let mut title = layout.title.clone();
    let mut canonical = layout.compare_path().to_owned();
    if let [Some(one), Some(other)] = sides.each_mut() {
        tell_apart(&mut page.sides, [one.dimension, other.dimension], &layout);
        fill(&mut page, snapshot, [one, other], &layout);
        let [a, b] = &page.sides;
        title = format!("{} – {}", a.link.label, b.link.label);
        canonical = compared(&layout, &a.value, &b.value);
    }
    page.layout = Layout {
        title,
        description: layout.text("compare.description").to_owned(),
        canonical: Some(canonical),
        no_index: !visit.query.is_empty(),
        ..layout
    };
    page
}

/// What `region-84`, `department-69`, `country-ML`, `theme-sante` or `collectivity-69123` names.
fn chosen(snapshot: &Snapshot, value: &str, language: Language) -> Option<ComparedSide> {
    let (name, code) = value.split_once('-')?;
    if name == Dimension::Department.name() {
        let department = territories::departments().get(code)?;
        let link = PageLink { label: department.name.clone(), path: String::new() };
        return side(snapshot, Dimension::Department, code, (link, PlaceKind::Region, language));
    }
    let kind = PlaceKind::ALL.into_iter().find(|kind| kind.parameter() == name)?;
    let dimension = Dimension::from_name(name)?;
    let subject: Subject = match find(snapshot, kind, code, language) {
        FoundSubject::Here(subject) => subject,
        _ => return None,
    };
    let link = PageLink { label: subject.name, path: kind.path(language, &subject.code) };
    side(snapshot, dimension, &subject.code, (link, kind, language))
}

/// An authority by its code, its name, or both: `Lyon (69123)`.
fn named(snapshot: &Snapshot, typed: &str, language: Language) -> Option<ComparedSide> {
    let list = Collectivities::bundled();
    let wanted = Wanted { name: typed, ..Wanted::default() };
    let code = typed.strip_suffix(')').and_then(|text| text.rsplit_once('('));
    let code = code.map_or(typed, |(_, code)| code);
    let found = list.by_code(code, None).or_else(|| list.by_name(wanted).ok())?;
    chosen(snapshot, &format!("collectivity-{}", found.collectivity.code), language)
}

/// What is said of a name that is not known, or that several have: those that may be meant, each
/// leading to the comparison with the other side, where that is chosen.
fn unknown(
    snapshot: &Snapshot,
    layout: &Layout,
    typed: &str,
    (at, other): (usize, Option<&str>),
) -> Trouble {
    let request = SuggestRequest {
        typed,
        filter: &Query::default(),
        language: layout.language,
        limit: LOOKED_AT,
    };
    let mut proposals = snapshot.suggest(request).unwrap_or_default();
    proposals.retain(|one| COMPARED.contains(&one.kind));
    let link = |one: Suggestion| {
        let own = format!("{}-{}", one.kind, one.id);
        let other = other.unwrap_or_default();
        let (a, b) = if at == 0 { (own.as_str(), other) } else { (other, own.as_str()) };
        let kind = layout.text(&format!("suggest.{}", one.kind)).to_owned();
        let what: Vec<String> = [kind].into_iter().chain(one.detail).collect();
        PageLink {
            label: format!("{} ({})", one.label, what.join(" · ")),
            path: compared(layout, a, b),
        }
    };
    Trouble {
        text: layout.fill("compare.unknown", "name", typed),
        proposals: proposals.into_iter().take(PROPOSED).map(link).collect(),
    }
}

/// Two of one name are called what they are, or by their codes where they are the same.
fn tell_apart(sides: &mut [SideView; 2], dimensions: [Dimension; 2], layout: &Layout) {
    if sides[0].link.label != sides[1].link.label {
        return;
    }
    for (side, dimension) in sides.iter_mut().zip(dimensions) {
        let own = if dimensions[0] == dimensions[1] {
            side.value[dimension.name().len() + 1..].to_owned()
        } else {
            layout.text(&format!("suggest.{}", dimension.name())).to_owned()
        };
        side.link.label = format!("{} ({own})", side.link.label);
    }
}

fn side(
    snapshot: &Snapshot,
    dimension: Dimension,
    code: &str,
    (link, kind, language): (PageLink, PlaceKind, Language),
) -> Option<ComparedSide> {
    let mut filter = Filter::default();
    filter.set(dimension.name(), code).ok()?;
    let records = snapshot.select(&filter.into(), Collection::Partnerships).ok()?.items().clone();
    let profile = subjects::profile(snapshot, (Some(dimension), code), &records);
    let mut link = link;
    if link.path.is_empty() {
        let list = SitePage::Partnerships.path(language);
        link.path = format!("{list}?{}={code}", dimension.name());
    }
    let sentence = subjects::sentence(snapshot, kind, (&profile, &records), language);
    let value = format!("{}-{code}", dimension.name());
    let view = SideView { value, typed: String::new(), link, sentence };
    Some(ComparedSide { dimension, view, records, profile })
}

/// What the lists of the form offer: what there are partnerships of.
fn choices(snapshot: &Snapshot, layout: &Layout) -> Vec<ChoiceGroup> {
    let all = snapshot.whole(Collection::Partnerships);
    CHOICES
        .iter()
        .map(|(dimension, key)| {
            let counted = snapshot.counted(*dimension, all.items(), layout.language);
            let mut values: Vec<(String, String)> = counted
                .into_iter()
                .map(|one| (format!("{}-{}", dimension.name(), one.code), one.label))
                .collect();
            values.sort_by_cached_key(|(_, label)| crate::domain::text::fold(label));
            ChoiceGroup { label: layout.text(key).to_owned(), values }
        })
        .collect()
}

fn fill(
    page: &mut ComparisonPage,
    snapshot: &Snapshot,
    sides: [&mut ComparedSide; 2],
    layout: &Layout,
) {
    let [one, other] = sides;
    let records = [&one.records, &other.records];
    let profiles = [&one.profile, &other.profile];
    page.figures = figures(profiles, layout);
    // a table of what is compared itself would say nothing
    let has = |dimension| one.dimension != dimension && other.dimension != dimension;
    let language = layout.language;
    let tables = [
        ("compare.themes", Dimension::Theme, Some(PlaceKind::Theme)),
        ("compare.countries", Dimension::Country, Some(PlaceKind::Country)),
        ("compare.regions", Dimension::Region, Some(PlaceKind::Region)),
        ("compare.kinds", Dimension::Kind, None),
    ];
    let is_french =
        |side: &ComparedSide| !matches!(side.dimension, Dimension::Country | Dimension::Theme);
    let are_french = is_french(one) && is_french(other);
    page.tables = tables
        .into_iter()
        .filter(|(_, dimension, _)| has(*dimension))
        .filter(|(_, dimension, _)| *dimension != Dimension::Region || !are_french)
        .map(|(key, dimension, kind)| {
            table(key, &snapshot.compare(dimension, records, language), (kind, language))
        })
        .filter(|table| !table.rows.is_empty())
        .collect();
    page.tables.push(PairTable {
        note: undated(&page.sides, profiles, layout),
        ..decades(profiles, layout)
    });
    page.tables.retain(|table| !table.rows.is_empty());
    let (common, total) = snapshot.common(Collection::Partners, records, (COMMON, language));
    page.common_more = total - common.len() as u64;
    page.common = common
        .into_iter()
        .map(|(item, _)| {
            let (id, partner) = snapshot.partner(item);
            let country = Dimension::Country.label(&partner.country, language);
            PageLink {
                label: format!("{} ({country})", partner.name),
                path: PlaceKind::Partner.path(language, &id.to_string()),
            }
        })
        .collect();
}

fn figures(profiles: [&SelectionProfile; 2], layout: &Layout) -> Vec<FigureRow> {
    let row =
        |key: &str, values: [String; 2]| FigureRow { label: layout.text(key).to_owned(), values };
    let counted = |key: &str, count: &dyn Fn(&SelectionProfile) -> u64| {
        row(key, profiles.map(|profile| layout.number(count(profile))))
    };
    let since = |profile: &SelectionProfile| {
        let unknown = || layout.text("listing.undated").to_owned();
        profile.since.map_or_else(unknown, |year| year.to_string())
    };
    vec![
        counted("place.figure.partnerships.many", &|profile| profile.totals.partnerships),
        counted("place.figure.collectivities.many", &|profile| profile.totals.collectivities),
        counted("place.figure.partners.many", &|profile| profile.totals.partners),
        counted("place.figure.countries.many", &|profile| profile.totals.countries),
        row("place.figure.since", profiles.map(since)),
        counted("compare.checked", &|profile| profile.checks.fresh),
    ]
}

fn table(
    key: &'static str,
    pairs: &[ValuePair],
    (kind, language): (Option<PlaceKind>, Language),
) -> PairTable {
    let link = |pair: &ValuePair| PageLink {
        label: pair.label.clone(),
        path: kind.map(|kind| kind.path(language, &pair.code)).unwrap_or_default(),
    };
    let alone = [1, 0].map(|absent| {
        pairs.iter().filter(|pair| pair.counts[absent] == 0).map(link).collect::<Vec<_>>()
    });
    let more = pairs.len().saturating_sub(ROWS) as u64;
    let rows = pairs.iter().take(ROWS).map(|pair| (link(pair), pair.counts));
    PairTable { key, rows: with_shares(rows.collect()), more, alone, note: None }
}

/// How many of each side are in no decade, where some are.
fn undated(
    [a, b]: &[SideView; 2],
    profiles: [&SelectionProfile; 2],
    layout: &Layout,
) -> Option<String> {
    let [one, other] = profiles.map(|profile| layout.number(profile.undated));
    let values =
        [("a", a.link.label.as_str()), ("one", &one), ("b", &b.link.label), ("other", &other)];
    let is_told = profiles.iter().any(|profile| profile.undated > 0);
    is_told.then(|| Texts::of(layout.language).fill("compare.undated", &values))
}

/// Decades that one of them has, oldest first.
fn decades(profiles: [&SelectionProfile; 2], layout: &Layout) -> PairTable {
    let mut firsts: Vec<Option<i32>> =
        profiles.iter().flat_map(|profile| profile.decades.iter().map(|one| one.first)).collect();
    firsts.sort_unstable();
    firsts.dedup();
    let rows = firsts.into_iter().map(|first| {
        let label = match first {
            Some(year) => layout.fill("place.decade", "year", &year.to_string()),
            None => layout.text("place.decade.before").to_owned(),
        };
        let begun = |profile: &SelectionProfile| {
            profile.decades.iter().find(|one| one.first == first).map_or(0, |one| one.begun)
        };
        (PageLink { label, path: String::new() }, profiles.map(begun))
    });
    PairTable { key: "compare.decades", rows: with_shares(rows.collect()), ..PairTable::default() }
}

fn with_shares(rows: Vec<(PageLink, [u64; 2])>) -> Vec<PairRow> {
    let largest = rows.iter().flat_map(|(_, counts)| counts).max().copied().unwrap_or(1).max(1);
    let share = |count: u64| (count * 100).div_ceil(largest);
    rows.into_iter()
        .map(|(link, counts)| PairRow { link, counts, shares: counts.map(share) })
        .collect()
}
