//! Holds the house to its sizes and names: files, functions, folders, types, and the modules that
//! the map's page loads ahead.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Lines of a file.
const MAX_LINES: usize = 400;
/// Lines of a function.
const MAX_FUNCTION: usize = 60;
/// Files of a folder.
const MAX_FILES: usize = 20;
/// Folders that are larger until they are parted by subject: no other may grow so far.
const LARGE: [&str; 3] = ["src/formats/csv", "src/search", "src/storage"];
/// Names that stand twice because their folders tell which one is meant. None is to be added.
const TWICE: [&str; 44] = [
    "About",
    "Block",
    "Bound",
    "Cell",
    "CellChange",
    "Changes",
    "Checked",
    "Collection",
    "Drawing",
    "End",
    "Entry",
    "Failure",
    "Feature",
    "Form",
    "Format",
    "Geometry",
    "Group",
    "ImportRow",
    "IssueRow",
    "Job",
    "Layout",
    "MassRemoval",
    "Name",
    "Names",
    "Outline",
    "Place",
    "Plan",
    "Properties",
    "Reader",
    "Resolved",
    "Row",
    "Rules",
    "Shape",
    "Side",
    "Sides",
    "Step",
    "Value",
    "Values",
    "View",
    "Visitor",
    "Wanted",
    "Words",
    "Writer",
    "Written",
];
/// What a file or a function says beside itself where it is longer, followed by why.
const REASON: &str = "long: ";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files below a folder, by folder.
fn folders(folder: &Path, found: &mut BTreeMap<PathBuf, Vec<PathBuf>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            folders(&path, found);
        } else {
            found.entry(folder.to_owned()).or_default().push(path);
        }
    }
}

/// Path below the root and text of each Rust file.
fn sources() -> Vec<(String, String)> {
    let mut found = BTreeMap::new();
    folders(&root().join("src"), &mut found);
    let files = found.into_values().flatten();
    let rust = files.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let named = |path: PathBuf| {
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        (name, fs::read_to_string(path).unwrap())
    };
    rust.map(named).collect()
}

#[test]
fn folders_are_small() {
    let mut found = BTreeMap::new();
    folders(&root().join("src"), &mut found);
    let is_known = |folder: &Path| LARGE.iter().any(|known| root().join(known) == folder);
    let large = found.iter().filter(|(folder, files)| files.len() > MAX_FILES && !is_known(folder));
    let large: Vec<_> = large.map(|(folder, files)| (folder, files.len())).collect();
    assert!(large.is_empty(), "more than {MAX_FILES} files: {large:#?}");
}

#[test]
fn files_are_short_or_say_why() {
    let long = sources().into_iter().filter(|(_, text)| {
        let says_why = text.lines().any(|line| line.starts_with("//!") && line.contains(REASON));
        text.lines().count() > MAX_LINES && !says_why
    });
    let long: Vec<_> = long.map(|(name, text)| (name, text.lines().count())).collect();
    assert!(long.is_empty(), "more than {MAX_LINES} lines, without “//! {REASON}why”: {long:#?}");
}

/// The functions of a text: name, lines, and the comments that stand before each.
fn functions(text: &str) -> Vec<(String, usize, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let indent = &line[..line.len() - code.len()];
        let after = code.strip_prefix("pub(").and_then(|rest| rest.split_once(") "));
        let bare = after.map_or(code, |(_, bare)| bare);
        let words = bare.split(['(', '<']).next().unwrap_or_default();
        let mut words = words.split(' ').rev();
        let (Some(name), Some("fn")) = (words.next(), words.next()) else { continue };
        if code.starts_with("//") || code.ends_with(';') || code.ends_with('}') {
            continue;
        }
        let end = format!("{indent}}}");
        let Some(length) = lines[at..].iter().position(|line| *line == end) else { continue };
        let before = lines[..at].iter().rev().map(|line| line.trim_start());
        let before = before.take_while(|line| line.starts_with("//") || line.starts_with("#["));
        found.push((name.to_owned(), length + 1, before.collect::<Vec<_>>().join("\n")));
    }
    found
}

#[test]
fn functions_are_short_or_say_why() {
    let mut long = Vec::new();
    for (file, text) in sources() {
        for (name, lines, before) in functions(&text) {
            if lines > MAX_FUNCTION && !before.contains(REASON) {
                long.push(format!("{file}: {name} has {lines} lines"));
            }
        }
    }
    assert!(long.is_empty(), "more than {MAX_FUNCTION}, without “// {REASON}why”: {long:#?}");
}

#[test]
fn the_reader_of_functions_counts_lines() {
    let text =
        "/// A.\n// long: b\npub(crate) async fn a<T>(\n    t: T,\n) {\n    t\n}\n\nfn b();\n";
    let found = functions(text);
    assert_eq!(found.len(), 1);
    let (name, lines, before) = &found[0];
    assert_eq!((name.as_str(), *lines), ("a", 5));
    assert!(before.contains("long: b"));
}

#[test]
fn type_names_are_unique() {
    let mut homes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, text) in sources() {
        for line in text.lines() {
            // types of a trait's implementation and of a test's function are indented
            let line = line.trim_start_matches("pub ").trim_start_matches("pub(crate) ");
            let line = line.trim_start_matches("pub(super) ");
            let kinds = ["struct ", "enum ", "trait ", "type ", "union "];
            let Some(name) = kinds.iter().find_map(|kind| line.strip_prefix(kind)) else {
                continue;
            };
            let name: String = name.chars().take_while(|c| c.is_alphanumeric()).collect();
            homes.entry(name).or_default().insert(file.clone());
        }
    }
    assert!(homes.len() > 300, "the types are written in another way");
    homes.retain(|name, files| files.len() > 1 && !TWICE.contains(&name.as_str()));
    assert!(homes.is_empty(), "each means one thing: {homes:#?}");
}

/// The modules that a module imports, and those that it imports when they are needed.
fn imports(module: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(module).unwrap();
    let mut found = Vec::new();
    for (at, _) in text.match_indices("from \"").chain(text.match_indices("import(\"")) {
        let line_start = text[..at].rfind('\n').map_or(0, |at| at + 1);
        let line = text[line_start..].lines().next().unwrap_or_default();
        let is_type = line.trim_start().starts_with('*') || line.contains('@');
        let path = text[at..].split('"').nth(1).unwrap_or_default();
        if is_type || !path.starts_with('.') {
            continue;
        }
        let mut whole = module.parent().unwrap().to_owned();
        for part in path.split('/') {
            match part {
                "." => {}
                ".." => assert!(whole.pop()),
                part => whole.push(part),
            }
        }
        found.push(whole);
    }
    found
}

#[test]
fn the_map_loads_ahead_what_its_modules_import() {
    let page = root().join("src/http/site/map/map.html");
    let page = fs::read_to_string(page).unwrap();
    let ahead: BTreeSet<String> = page
        .lines()
        .filter(|line| line.contains("rel=\"modulepreload\""))
        .filter_map(|line| line.split("static_base }}/").nth(1)?.split('"').next())
        .map(str::to_owned)
        .collect();
    let statics = root().join("static");
    let entry = statics.join("app/main.js");
    let mut needed = BTreeSet::new();
    let mut rest = vec![entry.clone()];
    while let Some(module) = rest.pop() {
        // what comes from others imports nothing of ours
        if needed.insert(module.clone()) && !module.starts_with(statics.join("vendor")) {
            rest.extend(imports(&module));
        }
    }
    needed.remove(&entry);
    let below = |path: &PathBuf| path.strip_prefix(&statics).unwrap().display().to_string();
    let needed: BTreeSet<String> = needed.iter().map(below).collect();
    assert!(needed.len() > 10, "the modules import each other in another way");
    assert_eq!(ahead, needed);
}
