//! Holds the house to its floors: imports go down, and diesel lives in storage alone.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The floors, lowest first; folders of one floor do not know each other.
const FLOORS: [&[&str]; 6] = [
    &["domain"],
    &["formats", "reference"],
    &["storage", "search"],
    &["atlas"],
    &["http"],
    &["cli", "config", "main"],
];
/// The rooms of floor 3, and the rooms of that floor that each may know.
const ATLAS: [(&str, &[&str]); 6] = [
    ("register", &[]),
    ("accounts", &["register"]),
    ("export", &[]),
    ("imports", &["register", "accounts"]),
    ("contributions", &["register", "imports"]),
    ("maintenance", &["register", "imports"]),
];
/// What a room may not know although it lies below.
const FORBIDDEN: [(&str, &str); 1] = [("http", "storage")];
/// Crates that belong to one room.
const TENANTS: [(&str, &str); 3] =
    [("diesel", "storage"), ("actix_web", "http"), ("askama", "http")];

/// The rooms of the HTTP floor, lowest first.
const HTTP: [&[&str]; 6] =
    [&["text"], &["web"], &["page"], &["openapi", "api"], &["site"], &["desk"]];

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The floors' folders that a text names.
fn known_rooms(text: &str) -> Vec<String> {
    let mut rooms = names_after("crate::", text);
    rooms.retain(|room| floor(room).is_some());
    rooms
}

/// The names that follow a path in a text: `crate::a::x` and `crate::{a::x, b}`.
fn names_after(path: &str, text: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for after in text.split(path).skip(1) {
        let word = |text: &str| -> String {
            text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
        };
        let Some(list) = after.strip_prefix('{') else {
            rooms.push(word(after));
            continue;
        };
        let mut depth = 0;
        let mut item = String::new();
        for c in list.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => rooms.push(word(&std::mem::take(&mut item))),
                _ => {}
            }
            if depth == 0 && c != ',' {
                item.push(c);
            }
        }
        rooms.push(word(&item));
    }
    rooms
}

#[test]
fn imports_go_down() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    assert!(files.len() > 30, "the sources are elsewhere");
    let mut wrong = Vec::new();
    for file in files {
        let path = file.strip_prefix(&src).unwrap();
        let room = path.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        let text = fs::read_to_string(&file).unwrap();
        let own = floor(room);
        if room == "lib" {
            continue;
        }
        let own = own.unwrap_or_else(|| panic!("{room} is on no floor"));
        for known in known_rooms(&text) {
            let other = floor(&known).unwrap();
            // the command line starts the server: rooms of the top floor may know each other
            let below = other < own || known == room || own == FLOORS.len() - 1;
            if !below || FORBIDDEN.contains(&(room, known.as_str())) {
                wrong.push(format!("{} knows {known}", path.display()));
            }
        }
        for (tenant, home) in TENANTS {
            let named =
                text.contains(&format!("{tenant}::")) || text.contains(&format!("use {tenant}"));
            let starts_server = room == "cli" && tenant == "actix_web";
            if named && room != home && !starts_server {
                wrong.push(format!("{} names {tenant}, which lives in {home}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn imports_of_http_go_down() {
    let http = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http");
    let level = |room: &str| HTTP.iter().position(|rooms| rooms.contains(&room));
    let mut wrong = Vec::new();
    let mut seen = 0;
    for room in HTTP.concat() {
        let mut files = Vec::new();
        sources(&http.join(room), &mut files);
        for file in files {
            seen += 1;
            let text = fs::read_to_string(&file).unwrap();
            let above = names_after("http::", &text);
            let above = above.iter().filter(|known| level(known) > level(room));
            wrong.extend(above.map(|known| format!("{} knows {known}", file.display())));
        }
    }
    assert!(seen > 80, "the rooms are elsewhere");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn rooms_of_floor_3_know_few_others() {
    let atlas = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/atlas");
    let is_room = |name: &str| ATLAS.iter().any(|(room, _)| *room == name);
    let mut wrong = Vec::new();
    for entry in fs::read_dir(&atlas).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name == "mod.rs" || is_room(&name), "{name} is no room of floor 3");
    }
    for (room, may_know) in ATLAS {
        let mut files = Vec::new();
        sources(&atlas.join(room), &mut files);
        assert!(!files.is_empty(), "{room} is elsewhere");
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            for known in names_after("atlas::", &text) {
                if is_room(&known) && known != room && !may_know.contains(&known.as_str()) {
                    wrong.push(format!("{} knows {known}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_reader_of_imports_sees_every_form() {
    let text = "use crate::{atlas::{imports::Import, register}, domain, search::Filter};\ncrate::http::serve()";
    assert_eq!(known_rooms(text), ["atlas", "domain", "search", "http"]);
    assert_eq!(names_after("atlas::", text), ["imports", "register"]);
}
