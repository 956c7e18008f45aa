//! Pages of places and themes: what each is, and what the snapshot says of it.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, EntityTag},
    web,
};
use chrono::Utc;
use roaring::RoaringBitmap;

use crate::{
    domain::{Language, Term},
    http::{
        page::{
            addresses::picture_of,
            layout::{Layout, PageLink},
            reply::{self, Visit},
            summary,
        },
        site::{
            directory::act_here::{ActHere, ActSubject, act_here},
            linked_data,
            list::listing::{self, ListQuery},
            place::{
                moment::moment,
                page::{self, Bar, Figure, PlaceKind, PlacePage, PlaceRanking},
                picture::{self, PictureView},
                subjects::{self, FoundSubject, Subject, find, to},
                who_else,
            },
            share::handler::{ShareRequest, files, formats, share},
        },
        text::texts::Texts,
        web::{conditional, state::State},
    },
    reference::{Countries, vocabularies},
    search::{
        Collection, Dimension, Filter, Snapshot, department_beside,
        profile::{Counted, SelectionProfile},
    },
};

/// Partnerships in one part of the list.
const LIST_LENGTH: usize = 25;
/// Rows of a ranking.
const MAX_RANKED: usize = 10;
/// Links of the small map.
const MAX_FLOWS: usize = 250;
/// Digits of a SIREN; what is shorter is a code of INSEE.
const SIREN_LENGTH: usize = 9;
/// Pages named under "see also".
const MAX_SEE_ALSO: usize = 12;

/// `GET /{folder}/{code}`, French or English.
pub(crate) async fn show(
    kind: PlaceKind,
    request: &HttpRequest,
    code: &str,
    state: &web::Data<State>,
) -> HttpResponse {
    let language = reply::language_of(request);
    let snapshot = state.publisher.snapshot();
    match find(&snapshot, kind, code, language) {
        FoundSubject::Here(subject) => {
            reply::page(request, state, move |visit| Ok(page(visit, &subject))).await
        }
        FoundSubject::Elsewhere(code) => HttpResponse::PermanentRedirect()
            .insert_header((header::LOCATION, kind.path(language, &code)))
            .finish(),
        FoundSubject::Nowhere => reply::missing(request),
    }
}

/// `GET /monde.svg`: the outlines that the small maps of pages are drawn on.
pub(crate) async fn land(request: HttpRequest) -> HttpResponse {
    let tag = EntityTag::new_strong(format!("monde-{}", env!("CARGO_PKG_VERSION")));
    conditional::respond_tagged(&tag, &request, |response| {
        response.content_type("image/svg+xml").body(picture::land())
    })
}

/// A page that is being filled.
struct PlacePageBuilder<'s> {
    snapshot: &'s Snapshot,
    subject: &'s Subject,
    records: &'s RoaringBitmap,
    language: Language,
}

// long: one field of the page after another
fn page(visit: &Visit, subject: &Subject) -> PlacePage {
    let (snapshot, language) = (&*visit.snapshot, visit.language());
    let mut filter = Filter::default();
    // a code that has a page is one that filters; were it not, nothing is better than everything
    let taken = filter.set(subject.kind.parameter(), &subject.code).unwrap_or(false);
    let selection = taken.then(|| snapshot.select(&filter.into(), Collection::Partnerships).ok());
    let selection = selection.flatten().unwrap_or_default();
    let records = selection.items();
    let profile = subjects::profile(snapshot, subject.selects(), records);
    let builder = PlacePageBuilder { snapshot, subject, records, language };
    let wanted = ListQuery::read(&visit.query);
    let path = subject.kind.path(language, &subject.code);
    let layout = visit.layout.clone();
    let sentence = subjects::sentence(snapshot, subject.kind, (&profile, records), language);
    let query = format!("{}={}", subject.kind.parameter(), subject.code);
    let flows = snapshot.flows(records, MAX_FLOWS);
    let home = layout.home();
    let is_authority = subject.kind == PlaceKind::Collectivity;
    let authority = is_authority.then_some(subject.code.as_str());
    let list_path = format!("{}?{query}", layout.list_path());
    let formats = formats(&layout, &query);
    let shared = ShareRequest {
        title: &layout.headed(&subject.name, &sentence),
        path: &path,
        query: Some(&query),
        files: None,
    };
    PlacePage {
        share: share(&layout, &visit.state.about, snapshot, shared),
        list: listing::list(snapshot, &selection, &wanted, (&layout, &path, LIST_LENGTH)),
        act: act(visit, subject),
        kind: subject.kind,
        figures: builder.figures(&layout, &profile),
        kinds: builder.kinds_counted(&list_path),
        checks: profile.checks,
        today: Utc::now().date_naive(),
        themes: builder.themes(),
        gaps: builder.gaps(),
        rankings: builder.rankings(),
        decades: page::columns(&layout, &profile),
        undated: profile.undated,
        picture: PictureView::new(&flows, subject.country.as_deref()),
        moment: authority.and_then(|code| moment(snapshot, &layout, code)),
        others: authority.map(|code| who_else::of(snapshot, &layout, code)).unwrap_or_default(),
        formats: formats.clone(),
        files: files(&layout, &query),
        contact: authority.map(|_| contact(&layout, subject)),
        map_path: format!("{home}?{query}"),
        list_path,
        compare_path: (subject.kind != PlaceKind::Partner).then(|| {
            format!("{}?a={}-{}", layout.compare_path(), subject.kind.parameter(), subject.code)
        }),
        see_also: builder.see_also(),
        layout: Layout {
            title: layout.fill(
                &format!("place.title.{}", subject.kind.key()),
                "name",
                &subject.name,
            ),
            description: format!("{}.", layout.headed(&subject.name, &sentence)),
            picture: Some(picture_of(language, &path)),
            canonical: Some(path.clone()),
            crumbs: crumbs(&layout, subject),
            feed: Some(format!("{}?{query}", layout.feed_path())),
            linked_data: vec![linked_data::place(&layout, (&subject.name, &sentence), &formats)],
            no_index: !wanted.is_usual() || profile.totals.partnerships == 0,
            ..layout
        },
        sentence,
        name: subject.name.clone(),
        place: subject.place.clone(),
    }
}

/// Who can help here, and who pays.
fn act(visit: &Visit, subject: &Subject) -> ActHere {
    let code = std::slice::from_ref(&subject.code);
    let wanted = match subject.kind {
        PlaceKind::Collectivity => {
            ActSubject { collectivity: Some(&subject.code), ..ActSubject::default() }
        }
        PlaceKind::Region => ActSubject { region: Some(&subject.code), ..ActSubject::default() },
        PlaceKind::Theme => ActSubject { themes: code, ..ActSubject::default() },
        PlaceKind::Country => ActSubject { countries: code, ..ActSubject::default() },
        PlaceKind::Partner => {
            ActSubject { countries: subject.country.as_slice(), ..ActSubject::default() }
        }
    };
    act_here(&visit.state.directory, &visit.layout, wanted)
}

impl PlacePageBuilder<'_> {
    /// The numbers of the view, but that of what it is about.
    fn figures(&self, layout: &Layout, profile: &SelectionProfile) -> Vec<Figure> {
        let totals = profile.totals;
        let own = match self.subject.kind {
            PlaceKind::Collectivity => "collectivities",
            PlaceKind::Partner => "partners",
            _ => "",
        };
        let has_countries = !matches!(self.subject.kind, PlaceKind::Country | PlaceKind::Partner);
        let mut counted = vec![("partnerships", totals.partnerships)];
        counted.push(("collectivities", totals.collectivities));
        counted.push(("partners", totals.partners));
        if has_countries {
            counted.push(("countries", totals.countries));
        }
        let mut figures: Vec<Figure> = counted
            .into_iter()
            .filter(|(name, _)| *name != own)
            .map(|(name, count)| Figure {
                value: layout.number(count),
                label: layout.counted(&format!("place.figure.{name}"), count),
            })
            .collect();
        figures.extend(profile.since.map(|year| Figure {
            value: year.to_string(),
            label: layout.text("place.figure.since").to_owned(),
        }));
        figures
    }

    /// How many there are of each kind, with the list of these.
    fn kinds_counted(&self, list_path: &str) -> Vec<PageLink> {
        let link = |one: Counted| PageLink {
            label: summary::of_kind(self.language, &one.code, one.count),
            path: listing::with(list_path, Dimension::Kind.name(), &one.code),
        };
        self.counted(Dimension::Kind).into_iter().map(link).collect()
    }

    fn counted(&self, dimension: Dimension) -> Vec<Counted> {
        self.snapshot.counted(dimension, self.records, self.language)
    }

    fn bars(&self, counted: Vec<Counted>, kind: Option<PlaceKind>) -> Vec<Bar> {
        let bar = |Counted { code, label, count }| Bar {
            path: kind.map(|kind| kind.path(self.language, &code)).unwrap_or_default(),
            label,
            count,
            ..Bar::default()
        };
        page::with_shares(counted.into_iter().map(bar).collect())
    }

    fn themes(&self) -> Vec<Bar> {
        let mut themes = self.counted(Dimension::Theme);
        if self.subject.kind == PlaceKind::Theme {
            themes.retain(|theme| theme.code != self.subject.code);
        }
        self.bars(themes, Some(PlaceKind::Theme))
    }

    /// Themes without a partnership; of one authority that would say little.
    fn gaps(&self) -> Vec<PageLink> {
        if !matches!(self.subject.kind, PlaceKind::Country | PlaceKind::Region) {
            return Vec::new();
        }
        let with = self.counted(Dimension::Theme);
        let without = |term: &&Term| with.iter().all(|theme| theme.code != term.code);
        let terms = vocabularies::themes().terms().iter().filter(without);
        terms
            .map(|term| {
                to(PlaceKind::Theme, self.language, &term.code, term.label.get(self.language))
            })
            .collect()
    }

    fn rankings(&self) -> Vec<PlaceRanking> {
        let rankings = match self.subject.kind {
            PlaceKind::Country => {
                vec![self.authorities(), self.regions(), self.partners(), self.kinds()]
            }
            PlaceKind::Region => {
                vec![self.countries(), self.authorities(), self.partners(), self.kinds()]
            }
            PlaceKind::Theme => {
                vec![self.countries(), self.regions(), self.authorities(), self.partners()]
            }
            PlaceKind::Collectivity => vec![self.countries(), self.partners()],
            PlaceKind::Partner => vec![self.authorities()],
        };
        rankings.into_iter().filter(|ranking| !ranking.bars.is_empty()).collect()
    }

    fn valued(
        &self,
        key: &'static str,
        side: &'static str,
        (dimension, kind): (Dimension, Option<PlaceKind>),
    ) -> PlaceRanking {
        let mut counted = self.counted(dimension);
        let more = counted.len().saturating_sub(MAX_RANKED) as u64;
        counted.truncate(MAX_RANKED);
        PlaceRanking { key, side, bars: self.bars(counted, kind), more }
    }

    fn countries(&self) -> PlaceRanking {
        self.valued(
            "place.ranking.country",
            "partner",
            (Dimension::Country, Some(PlaceKind::Country)),
        )
    }

    fn regions(&self) -> PlaceRanking {
        self.valued("place.ranking.region", "home", (Dimension::Region, Some(PlaceKind::Region)))
    }

    fn kinds(&self) -> PlaceRanking {
        self.valued("place.ranking.collectivity_kind", "home", (Dimension::CollectivityKind, None))
    }

    fn authorities(&self) -> PlaceRanking {
        let collection = Collection::Collectivities;
        let (items, total) = self.most_frequent(collection);
        let bars = items.iter().map(|(item, count)| {
            let one = self.snapshot.collectivity(*item);
            Bar {
                label: one.name.clone(),
                detail: department_beside(one, self.language),
                path: PlaceKind::Collectivity.path(self.language, &one.code),
                count: u64::from(*count),
                share: 0,
            }
        });
        let bars = page::with_shares(bars.collect());
        let more = total - bars.len() as u64;
        PlaceRanking { key: "place.ranking.collectivity", side: "home", bars, more }
    }

    fn partners(&self) -> PlaceRanking {
        let (items, total) = self.most_frequent(Collection::Partners);
        let has_countries = self.subject.kind != PlaceKind::Country;
        let bars = items.iter().map(|(item, count)| {
            let (id, partner) = self.snapshot.partner(*item);
            let country = || Dimension::Country.label(&partner.country, self.language);
            Bar {
                label: partner.name.clone(),
                detail: if has_countries { Some(country()) } else { partner.region.clone() },
                path: PlaceKind::Partner.path(self.language, &id.to_string()),
                count: u64::from(*count),
                share: 0,
            }
        });
        let bars = page::with_shares(bars.collect());
        let more = total - bars.len() as u64;
        PlaceRanking { key: "place.ranking.partner", side: "partner", bars, more }
    }

    fn most_frequent(&self, collection: Collection) -> (Vec<(u32, u32)>, u64) {
        let first = (MAX_RANKED, self.language);
        subjects::most_frequent(
            self.snapshot,
            self.subject.selects(),
            collection,
            self.records,
            first,
        )
    }

    /// Countries of the same zone, the other régions, the other themes, the way up.
    fn see_also(&self) -> Vec<PageLink> {
        let all = self.snapshot.whole(Collection::Partnerships);
        let counted = |dimension| self.snapshot.counted(dimension, all.items(), self.language);
        let (kind, list) = match self.subject.kind {
            PlaceKind::Country => {
                let zone =
                    |code: &str| Countries::bundled().by_alpha2(code).map(|one| &one.zone.code);
                let own = zone(&self.subject.code);
                let mut list = counted(Dimension::Country);
                list.retain(|one| zone(&one.code) == own);
                (PlaceKind::Country, list)
            }
            PlaceKind::Region => (PlaceKind::Region, counted(Dimension::Region)),
            PlaceKind::Theme => (PlaceKind::Theme, counted(Dimension::Theme)),
            PlaceKind::Collectivity | PlaceKind::Partner => {
                return self
                    .subject
                    .place
                    .iter()
                    .filter(|link| !link.path.is_empty())
                    .cloned()
                    .collect();
            }
        };
        let others =
            list.into_iter().filter(|one| one.code != self.subject.code).take(MAX_SEE_ALSO);
        others.map(|one| to(kind, self.language, &one.code, &one.label)).collect()
    }
}

/// The way to a page: an authority is in its région, a partner in its country.
fn crumbs(layout: &Layout, subject: &Subject) -> Vec<PageLink> {
    let mut crumbs = vec![PageLink {
        label: layout.text("nav.list").to_owned(),
        path: layout.list_path().to_owned(),
    }];
    crumbs.extend(subject.place.iter().filter(|link| !link.path.is_empty()).cloned());
    crumbs
}

/// By which code a French authority is found elsewhere.
fn contact(layout: &Layout, subject: &Subject) -> String {
    let key =
        if subject.code.len() == SIREN_LENGTH { "place.code.siren" } else { "place.code.insee" };
    let code = layout.fill(key, "code", &subject.code);
    let values = [("name", subject.name.as_str()), ("code", &code)];
    Texts::of(layout.language).fill("place.contact.words", &values)
}
