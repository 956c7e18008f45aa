//! The fields of a partnership, each declared once. From this table come the columns of the native
//! CSV and their Table Schema, the cells of plans and histories, what an import leaves alone, the
//! content hash, the properties of features, what can be asked for, dictionaries and GIS layers.
//!
//! The order is that of the properties; the columns have theirs in [`Column`]. Names and order of
//! what a record has are part of every stored content hash: they stay, and a new field may stand
//! anywhere. (long: one table, a few lines a field)

use std::sync::{Arc, LazyLock};

use super::field::{
    Constraint::{MaxLength, NotNegative, Required},
    Field,
    FieldKind::{
        Date, Datetime, List, Number, Numbers, Objects, PartialDate as Partial, Text, Url,
    },
    FieldValue as Value,
};
use crate::domain::{Column, Partner, Partnership, Period, Position, PositionSource, text::fold};

/// The field that a column of the native CSV holds; none for columns that only profiles fill.
pub fn of_column(column: Column) -> Option<&'static Field> {
    static BY_COLUMN: LazyLock<Vec<Option<&'static Field>>> = LazyLock::new(|| {
        let holds = |column, field: &Field| field.csv.is_some_and(|csv| csv.column == column);
        let find = |column| FIELDS.iter().find(|field| holds(column, field));
        Column::ALL.map(find).into()
    });
    BY_COLUMN[column as usize]
}

/// The fields that are shown beside a partner's name.
pub fn beside_name() -> impl Iterator<Item = (&'static Field, &'static str)> {
    FIELDS.iter().filter_map(|field| Some((field, field.beside_name?)))
}

/// Gives partners what the same ones of another version have.
fn keep_of_partners(
    record: &mut Partnership,
    other: &Partnership,
    differs: fn(&Partner, &Partner) -> bool,
    keep: fn(&mut Partner, &Partner),
) {
    for partner in &mut record.partners {
        let same = |other: &&Arc<Partner>| {
            other.country == partner.country && fold(&other.name) == fold(&partner.name)
        };
        if let Some(known) = other.partners.iter().find(same)
            && differs(partner, known)
        {
            keep(Arc::make_mut(partner), known);
        }
    }
}

/// Keeps a member of the record.
macro_rules! keep {
    ($member:ident) => {
        |record, other| {
            record.$member.clone_from(&other.$member);
            Ok(())
        }
    };
}

/// All of them.
pub static FIELDS: &[Field] = &[
    Field::derived("id", Text).property(
        ["Identifiant", "Identifier"],
        [
            "Identifiant public, fait de la source et de la clé : le même dans toutes les bases.",
            "Public id, made from source and key: the same on every database.",
        ],
    ),
    Field::of_record("key", Text, |p, to| to(Value::Text(&p.key)))
        .csv(
            Column::Key,
            "Identifiant",
            [
                "Identifiant stable du producteur. Sans lui, la clé est faite de la collectivité, du partenaire, du type et de l'intitulé.",
                "The producer's stable id. Without it the key is made from authority, partner, kind and title.",
            ],
        )
        .example("lyon-birmingham")
        .constraint(MaxLength(200)),
    Field::of_record("title", Text, |p, to| to(Value::Text(&p.title)))
        .kept(keep!(title))
        .property(
            ["Intitulé", "Title"],
            [
                "Intitulé ; par défaut « collectivité – partenaire ».",
                "Title; by default “authority – partner”.",
            ],
        )
        .csv(
            Column::Title,
            "Intitulé",
            [
                "Intitulé ; par défaut « collectivité – partenaire ».",
                "Title; by default “authority – partner”.",
            ],
        )
        .constraint(MaxLength(300)),
    Field::of_record("kind", Text, |p, to| to(Value::Text(&p.kind.code)))
        .kept(keep!(kind))
        .codes_of("kind")
        .property(
            ["Type de lien (code)", "Kind of link (code)"],
            ["Code du vocabulaire « kinds ».", "Code of the vocabulary “kinds”."],
        )
        .csv(
            Column::Kind,
            "Type de lien",
            [
                "Code, libellé ou synonyme du vocabulaire « kinds » : jumelage, cooperation, amitie, action, humanitaire, autre.",
                "Code, label or alias of the vocabulary “kinds”.",
            ],
        )
        .example("jumelage"),
    Field::derived("kind_label", Text).property(
        ["Type de lien", "Kind of link"],
        [
            "Libellé du type de lien, dans la langue demandée.",
            "Label of the kind of link, in the language asked for.",
        ],
    ),
    Field::of_record("status", Text, |p, to| to(Value::Text(&p.status.code)))
        .kept(keep!(status))
        .codes_of("status")
        .property(
            ["Statut (code)", "Status (code)"],
            ["Code du vocabulaire « statuses ».", "Code of the vocabulary “statuses”."],
        )
        .csv(
            Column::Status,
            "Statut",
            [
                "Code, libellé ou synonyme du vocabulaire « statuses » : projet, en_cours, suspendu, termine, inconnu.",
                "Code, label or alias of the vocabulary “statuses”.",
            ],
        )
        .example("en_cours"),
    Field::derived("status_label", Text).property(
        ["Statut", "Status"],
        [
            "Libellé du statut, dans la langue demandée.",
            "Label of the status, in the language asked for.",
        ],
    ),
    Field::of_record("start", Partial, |p, to| to(Value::date(p.period.start())))
        .kept(|record, other| {
            record.period = Period::new(other.period.start(), record.period.end())?;
            Ok(())
        })
        .property(
            ["Début", "Start"],
            [
                "Début, aussi précis que connu : 2016, 2016-12 ou 2016-12-15.",
                "Start, as precise as known: 2016, 2016-12 or 2016-12-15.",
            ],
        )
        .csv(
            Column::Start,
            "Date de début",
            [
                "Début, aussi précis que connu : 2016-12-15, 15/12/2016, 2016-12, 12/2016 ou 2016.",
                "Start, as precise as known.",
            ],
        )
        .example("2016-12"),
    Field::of_record("end", Partial, |p, to| to(Value::date(p.period.end())))
        .kept(|record, other| {
            record.period = Period::new(record.period.start(), other.period.end())?;
            Ok(())
        })
        .property(
            ["Fin", "End"],
            [
                "Fin, aussi précise que connue ; vide quand rien ne dit que le lien a pris fin.",
                "End, as precise as known; empty where nothing says that the link has ended.",
            ],
        )
        .csv(
            Column::End,
            "Date de fin",
            ["Fin, aussi précise que connue.", "End, as precise as known."],
        )
        .example("2020"),
    Field::derived("start_first_day", Date).property(
        ["Premier jour du début", "First day of the start"],
        [
            "Premier jour que le début peut désigner : 2016-12-01 pour 2016-12. Toujours une date.",
            "First day that the start may mean: 2016-12-01 for 2016-12. Always a date.",
        ],
    ),
    Field::derived("end_last_day", Date).property(
        ["Dernier jour de la fin", "Last day of the end"],
        [
            "Dernier jour que la fin peut désigner : 2016-12-31 pour 2016-12. Toujours une date.",
            "Last day that the end may mean: 2016-12-31 for 2016-12. Always a date.",
        ],
    ),
    Field::of_collectivity("collectivity_code", Text, |one| Value::Text(&one.code))
    .property(
        ["Code de la collectivité", "Code of the authority"],
        [
            "Code INSEE d'une commune, SIREN de toute autre collectivité ; celle qui est chef de file.",
            "INSEE code of a commune, SIREN of any other authority; of the one that leads.",
        ],
    )
    .csv(
        Column::CollectivityCode,
        "Code de la collectivité",
        [
            "Code INSEE d'une commune, SIREN de toute autre collectivité (ou code du département, de la région, avec le type). Plusieurs valeurs séparées par « | ».",
            "INSEE code of a commune, SIREN of any other authority (or the code of the département or région, with the kind). Several values separated by “|”.",
        ],
    )
    .example("69123"),
    Field::of_collectivity("collectivity_name", Text, |one| Value::Text(&one.name))
    .property(
        ["Collectivité", "Authority"],
        [
            "Nom de la collectivité française chef de file.",
            "Name of the French authority that leads.",
        ],
    )
    .csv(
        Column::Collectivity,
        "Collectivité",
        [
            "Nom de la collectivité française ; la première est chef de file. Plusieurs valeurs séparées par « | ».",
            "Name of the French authority; the first leads. Several values separated by “|”.",
        ],
    )
    .example("Lyon")
    .constraint(Required),
    Field::of_collectivity("collectivity_kind", Text, |one| Value::Text(&one.kind.code))
    .codes_of("collectivity_kind")
    .property(
        ["Type de collectivité", "Kind of authority"],
        [
            "Code du vocabulaire « collectivity_kinds ».",
            "Code of the vocabulary “collectivity_kinds”.",
        ],
    )
    .csv(
        Column::CollectivityKind,
        "Type de collectivité",
        [
            "commune, epci, departement, region, syndicat ou autre.",
            "commune, epci, departement, region, syndicat or autre.",
        ],
    )
    .example("commune"),
    Field::of_collectivity("department_code", Text, |one| Value::text(one.department.as_ref()))
    .property(
        ["Département", "Department"],
        [
            "Code INSEE du département de la collectivité chef de file.",
            "INSEE code of the leading authority's department.",
        ],
    ),
    Field::of_collectivity("region_code", Text, |one| Value::text(one.region.as_ref()))
    .property(
        ["Code de la région", "Region code"],
        [
            "Code INSEE de la région de la collectivité chef de file.",
            "INSEE code of the leading authority's region.",
        ],
    ),
    Field::derived("region_name", Text).property(
        ["Région", "Region"],
        [
            "Nom de la région de la collectivité chef de file.",
            "Name of the leading authority's region.",
        ],
    ),
    Field::of_collectivity("collectivity_lon", Number, |one| Value::number(one.position.map(Position::lon)))
    .property(
        ["Longitude de la collectivité", "Longitude of the authority"],
        [
            "Longitude du chef-lieu ou du siège, en degrés WGS 84.",
            "Longitude of its seat, in WGS 84 degrees.",
        ],
    ),
    Field::of_collectivity("collectivity_lat", Number, |one| Value::number(one.position.map(Position::lat)))
    .property(
        ["Latitude de la collectivité", "Latitude of the authority"],
        [
            "Latitude du chef-lieu ou du siège, en degrés WGS 84.",
            "Latitude of its seat, in WGS 84 degrees.",
        ],
    ),
    Field::of_partner("partner_name", Text, |one| Value::Text(&one.name))
    .property(
        ["Partenaire", "Partner"],
        ["Nom de la première collectivité étrangère.", "Name of the first foreign authority."],
    )
    .csv(
        Column::Partner,
        "Partenaire",
        [
            "Nom de l'autorité locale étrangère. Plusieurs valeurs séparées par « | ».",
            "Name of the foreign authority. Several values separated by “|”.",
        ],
    )
    .example("Birmingham")
    .constraint(Required),
    Field::of_partner("partner_region", Text, |one| Value::text(one.region.as_ref()))
    .kept(|record, other| {
        let differs = |one: &Partner, known: &Partner| one.region != known.region;
        keep_of_partners(record, other, differs, |one, known| {
            one.region.clone_from(&known.region);
            // the region told where it is
            let said = [PositionSource::Given, PositionSource::Elsewhere];
            if !one.place.is_some_and(|(_, source)| said.contains(&source)) {
                one.place = known.place;
                one.area.clone_from(&known.area);
            }
        });
        Ok(())
    })
    .beside_name("Its region, state or province")
    .property(
        ["Région du partenaire", "Region of the partner"],
        [
            "Région, État ou province du partenaire, quand la source les donne.",
            "The partner's region, state or province, where the source gives it.",
        ],
    )
    .csv(
        Column::PartnerRegion,
        "Région du partenaire",
        [
            "Région, État ou province du partenaire.",
            "Region, state or province of the partner.",
        ],
    ),
    Field::of_partner("country_code", Text, |one| Value::Text(&one.country))
    .codes_of("country")
    .property(
        ["Code du pays", "Code of the country"],
        [
            "ISO 3166-1 alpha-2 du pays du premier partenaire.",
            "ISO 3166-1 alpha-2 of the first partner's country.",
        ],
    )
    .csv(
        Column::PartnerCountry,
        "Pays du partenaire",
        [
            "Pays du partenaire : ISO 3166 alpha-2 ou alpha-3, ou nom en français ou en anglais. Un pour tous, ou un pour chacun.",
            "Country of the partner: ISO 3166 alpha-2 or alpha-3, or a name in French or English. One for all, or one for each.",
        ],
    )
    .example("GB")
    .constraint(Required),
    Field::derived("country_name", Text).property(
        ["Pays", "Country"],
        [
            "Nom du pays du premier partenaire, dans la langue demandée.",
            "Name of the first partner's country, in the language asked for.",
        ],
    ),
    Field::derived("zone", Text).codes_of("zone").property(
        ["Zone (code)", "Part of the world (code)"],
        ["Code du vocabulaire « zones ».", "Code of the vocabulary “zones”."],
    ),
    Field::derived("zone_label", Text).property(
        ["Zone", "Part of the world"],
        [
            "Libellé de la zone, dans la langue demandée.",
            "Label of the part of the world, in the language asked for.",
        ],
    ),
    Field::of_partner("lon", Number, |one| Value::number(one.written_position().map(Position::lon)))
    .kept(|record, other| {
        // what the gazetteer said it says again
        let differs = |one: &Partner, known: &Partner| {
            let said = [PositionSource::Given, PositionSource::Elsewhere];
            one.place != known.place && known.place.is_some_and(|(_, source)| said.contains(&source))
        };
        keep_of_partners(record, other, differs, |one, known| {
            one.place = known.place;
            one.area.clone_from(&known.area);
        });
        Ok(())
    })
    .csv(
        Column::Longitude,
        "Longitude",
        [
            "Longitude du partenaire, en degrés WGS 84. Une pour tous, ou une pour chacun.",
            "Longitude of the partner, WGS 84 degrees. One for all, or one for each.",
        ],
    )
    .example("-1.8998"),
    Field::of_partner("lat", Number, |one| Value::number(one.written_position().map(Position::lat)))
    .csv(
        Column::Latitude,
        "Latitude",
        [
            "Latitude du partenaire, en degrés WGS 84. Une pour tous, ou une pour chacun.",
            "Latitude of the partner, WGS 84 degrees. One for all, or one for each.",
        ],
    )
    .example("52.4814"),
    Field::of_record("themes", List, |p, to| {
        p.themes.iter().for_each(|theme| to(Value::Text(&theme.code)));
    })
    .kept(keep!(themes))
    .codes_of("theme")
    .property(
        ["Thèmes (codes)", "Themes (codes)"],
        ["Codes du vocabulaire « themes ».", "Codes of the vocabulary “themes”."],
    )
    .csv(
        Column::Themes,
        "Thèmes",
        [
            "Codes, libellés ou synonymes du vocabulaire « themes ». Plusieurs valeurs séparées par « | ».",
            "Codes, labels or aliases of the vocabulary “themes”. Several values separated by “|”.",
        ],
    )
    .example("eau-assainissement|sante"),
    Field::derived("theme_labels", List).property(
        ["Thèmes", "Themes"],
        [
            "Libellés des thèmes, dans le même ordre que leurs codes.",
            "Labels of the themes, in the order of their codes.",
        ],
    ),
    Field::of_record("sdgs", Numbers, |p, to| {
        p.sdgs.iter().for_each(|sdg| to(Value::Integer(*sdg)));
    })
    .kept(keep!(sdgs))
    .property(
        ["ODD", "SDGs"],
        [
            "Numéros des Objectifs de développement durable, de 1 à 17.",
            "Numbers of the Sustainable Development Goals, 1 to 17.",
        ],
    )
    .csv(
        Column::Sdgs,
        "ODD",
        [
            "Objectifs de développement durable, de 1 à 17. Plusieurs valeurs séparées par « | ».",
            "Sustainable Development Goals, 1 to 17. Several values separated by “|”.",
        ],
    )
    .example("6|3"),
    Field::of_record("description", Text, |p, to| to(Value::text(p.description.as_ref())))
        .kept(keep!(description))
        .property(
            ["Description", "Description"],
            [
                "Ce que fait le partenariat, tel que la source l'écrit.",
                "What the partnership does, as the source writes it.",
            ],
        )
        .csv(Column::Description, "Description", ["Texte libre.", "Free text."])
        .constraint(MaxLength(10_000)),
    Field::of_record("budget_eur", Number, |p, to| {
        to(p.budget.map_or(Value::Nothing, Value::Euros));
    })
    .kept(keep!(budget))
    .property(["Budget", "Budget"], ["Budget en euros.", "Budget in euros."])
    .csv(Column::Budget, "Budget", ["Budget en euros.", "Budget in euros."])
    .example("12500.50")
    .constraint(NotNegative),
    Field::of_record("funders", List, |p, to| {
        p.funders.iter().for_each(|name| to(Value::Text(name)));
    })
    .kept(keep!(funders))
    .property(
        ["Financeurs", "Funders"],
        ["Noms de ceux qui financent.", "Names of those who pay."],
    )
    .csv(
        Column::Funders,
        "Financeurs",
        [
            "Noms des financeurs. Plusieurs valeurs séparées par « | ».",
            "Names of those who pay. Several values separated by “|”.",
        ],
    ),
    Field::of_record("url", Url, |p, to| to(Value::text(p.url.as_ref())))
        .kept(keep!(url))
        .property(["Site", "Website"], ["Page sur le partenariat.", "A page about the partnership."])
        .csv(
            Column::Url,
            "Adresse",
            [
                "Page qui décrit le partenariat, http ou https.",
                "A page about the partnership, http or https.",
            ],
        ),
    Field::of_record("verified_on", Date, |p, to| to(Value::date(p.verified_on)))
        .kept(keep!(verified_on))
        .property(
            ["Vérifié le", "Verified on"],
            [
                "Jour de la dernière vérification de la fiche.",
                "Day of the last check of the record.",
            ],
        )
        .csv(
            Column::VerifiedOn,
            "Vérifié le",
            [
                "Date de la dernière vérification de la fiche.",
                "Date of the last check of the record.",
            ],
        )
        .example("2024-06-30"),
    Field::of_partner("partner_kind", Text, |one| {
        one.kind.map_or(Value::Nothing, |kind| {
            if kind.given { Value::Text(&kind.term.code) } else { Value::Implied(&kind.term.code) }
        })
    })
    .kept(|record, other| {
        // what the name says it says again
        let differs = |one: &Partner, known: &Partner| {
            one.kind != known.kind && known.given_kind().is_some()
        };
        keep_of_partners(record, other, differs, |one, known| one.kind = known.kind);
        Ok(())
    })
    .codes_of("partner_kind")
    .beside_name("Its kind: a code")
    .property(
        ["Type du partenaire", "Kind of partner"],
        [
            "Code du vocabulaire « partner_kinds », que donne la source ou un mot du nom ; vide quand rien ne le dit.",
            "Code of the vocabulary “partner_kinds”, given by the source or by a word of the name; empty where nothing says it.",
        ],
    )
    .csv(
        Column::PartnerKind,
        "Type du partenaire",
        [
            "commune, groupement, departement (deuxième niveau : cercle, district, province…), region (premier niveau : Land, État, région…), association ou autre. Un pour tous, ou un pour chacun.",
            "commune, groupement, departement (second level: cercle, district, province…), region (first level: Land, state, region…), association or autre. One for all, or one for each.",
        ],
    )
    .example("region"),
    Field::of_partner("partner_area", Text, |one| Value::text(one.area.as_ref()))
    .codes_of("partner_area")
    .property(
        ["Région à l'étranger (code)", "Area abroad (code)"],
        [
            "Région, province, gouvernorat ou cercle que le premier partenaire est, ou dans lequel il se trouve : code ISO 3166-2, ou identifiant GeoNames s'il n'en a pas.",
            "Region, province, governorate or cercle that the first partner is or lies in: ISO 3166-2 code, or GeoNames id where it has none.",
        ],
    ),
    Field::derived("partner_area_name", Text).property(
        ["Région à l'étranger", "Area abroad"],
        ["Son nom, dans la langue demandée.", "Its name, in the language asked for."],
    ),
    Field::of_partner("position_source", Text, |one| one.place.map_or(Value::Nothing, |(_, source)| Value::Text(source.code())))
    .property(
        ["Origine de la position", "Source of the position"],
        [
            "« given » quand la source donne la position du premier partenaire, « gazetteer » quand elle vient du répertoire de lieux, « area » quand le partenaire est une région, placée à l'une de ses villes, « elsewhere » quand la source en donne une hors du pays, qui n'est pas dessinée, vide quand il n'est pas placé.",
            "“given” where the source gives the first partner's position, “gazetteer” where it comes from the list of places, “area” where the partner is an area, placed at one of its towns, “elsewhere” where the source gives one outside the country, which is not drawn, empty where it is not placed.",
        ],
    ),
    Field::of_record("source", Text, |p, to| to(Value::Text(&p.source)))
        .property(
            ["Source", "Source"],
            ["Qui tient la fiche qui fait foi.", "Who keeps the record that leads."],
        )
        .csv(
            Column::Source,
            "Source",
            [
                "Qui tient la fiche ; sinon l'option --source, sinon celle du profil, sinon « local ».",
                "Who keeps the record; else the option --source, else the profile's, else “local”.",
            ],
        )
        .constraint(MaxLength(64)),
    Field::derived("sources", List).property(
        ["Sources", "Sources"],
        [
            "Toutes les sources qui tiennent ce partenariat, celle qui fait foi en premier.",
            "All sources that keep this partnership, the one that leads first.",
        ],
    ),
    Field::of_record("verified_by", Text, |p, to| {
        to(p.verified_by.map_or(Value::Nothing, |by| Value::Text(by.code())));
    })
    .property(
        ["Vérifié par", "Verified by"],
        [
            "Pour qui la fiche a été confirmée dans ce registre : « authority » pour une de ses collectivités, « embassy » pour l'ambassade, « steward » pour qui tient le registre ; vide quand la source le dit elle-même, ou que personne ne l'a fait.",
            "For whom the record was confirmed in this register: “authority” for one of its French authorities, “embassy” for the embassy, “steward” for whoever keeps the register; empty where the source says so itself, or nobody has.",
        ],
    ),
    Field::derived("updated_at", Datetime).property(
        ["Modifié le", "Changed at"],
        [
            "Dernière modification de la fiche dans ce registre.",
            "Last change of the record in this register.",
        ],
    ),
    Field::derived("collectivities", Objects).property(
        ["Toutes les collectivités", "All authorities"],
        [
            "Quand il y en a plusieurs : toutes, avec les mêmes propriétés.",
            "Where there are several: all of them, with the same properties.",
        ],
    ),
    Field::derived("partners", Objects).property(
        ["Tous les partenaires", "All partners"],
        [
            "Quand il y en a plusieurs : tous, avec les mêmes propriétés.",
            "Where there are several: all of them, with the same properties.",
        ],
    ),
];
