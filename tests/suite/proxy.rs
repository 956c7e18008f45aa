//! Behind a proxy: below a prefix every link leads somewhere, and nobody but a trusted proxy says
//! what the server's address is.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fs,
    net::TcpListener,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use tempfile::TempDir;

use crate::support::{Response, Server, TestDatabase};

/// A proxy that serves a server below `/atlas/`, and says that it is `https://carte.example.fr`.
struct Nginx {
    process: Child,
    url: String,
    _folder: TempDir,
}

impl Nginx {
    /// None where nginx is not here.
    fn start(server: &Server) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = format!(
            "pid nginx.pid; error_log nginx.err; worker_processes 1; daemon off;
             events {{ worker_connections 64; }}
             http {{ access_log off; client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3;
               uwsgi_temp_path t4; scgi_temp_path t5;
               server {{ listen 127.0.0.1:{port}; absolute_redirect off; location /atlas/ {{
                 proxy_pass {}/; proxy_set_header Host $host; proxy_set_header X-Forwarded-Host carte.example.fr;
                 proxy_set_header X-Forwarded-Proto https; proxy_set_header X-Forwarded-Prefix /atlas; }} }} }}",
            server.url
        );
        fs::write(folder.path().join("nginx.conf"), settings).unwrap();
        let path = format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default());
        let process = Command::new("nginx")
            .arg("-p")
            .arg(folder.path())
            .args(["-c", "nginx.conf"])
            .env("PATH", path)
            .stderr(Stdio::null())
            .spawn();
        let Ok(process) = process else {
            println!("skipped: nginx is not here");
            return None;
        };
        for _ in 0..200 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                break;
            }
            thread::sleep(Duration::from_millis(50));
        }
        Some(Self { process, url: format!("http://127.0.0.1:{port}"), _folder: folder })
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // its worker ends with it
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}

const PUBLIC: &str = "https://carte.example.fr/atlas";

/// The values between a text and a quotation mark.
fn values<'t>(text: &'t str, before: &'t str) -> impl Iterator<Item = &'t str> {
    text.split(before).skip(1).filter_map(|after| after.split('"').next())
}

/// What an answer links to: paths, and addresses of the site.
fn links(kind: &str, body: &str, from: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    if kind.starts_with("text/html") {
        for before in [" href=\"", " src=\"", " data-description=\""] {
            found.extend(values(body, before).map(str::to_owned));
        }
    } else if kind.contains("json") {
        for before in ["\"href\":\"", "\"@id\":\"", "\"url\":\""] {
            found.extend(values(body, before).map(str::to_owned));
        }
        found.extend(
            values(body, "\"tiles\":[\"")
                .map(|tiles| tiles.replace("{z}", "0").replace("{x}", "0").replace("{y}", "0")),
        );
    } else if kind.contains("xml") {
        found.extend(values(body, " href=\"").map(str::to_owned));
        let locations = body.split("<loc>").skip(1).filter_map(|after| after.split('<').next());
        found.extend(locations.map(str::to_owned));
    } else if kind.contains("javascript") && from.contains("/app/") {
        for before in ["from \"", "import(\""] {
            found.extend(values(body, before).map(str::to_owned));
        }
    } else if kind.starts_with("text/css") {
        let urls = body.split("url(").skip(1).filter_map(|after| after.split(')').next());
        found.extend(urls.map(|url| url.trim_matches('"').to_owned()));
    } else if kind.starts_with("text/plain") {
        let maps = body.split("Sitemap: ").skip(1).filter_map(|after| after.lines().next());
        found.extend(maps.map(str::to_owned));
    }
    found.iter().map(|link| link.replace("&amp;", "&").replace("&#38;", "&")).collect()
}

/// The address of a link that an answer has, below the proxy; none of other sites.
fn resolved(link: &str, from: &str) -> Option<String> {
    let link = link.split('#').next().unwrap();
    if link.is_empty() || link.contains('{') {
        return None;
    }
    let base =
        url::Url::parse(&format!("{PUBLIC}{}", from.strip_prefix("/atlas").unwrap())).unwrap();
    let to = base.join(link).ok()?;
    if to.scheme() == "data" || to.scheme() == "mailto" {
        return None;
    }
    if to.host_str() != Some("carte.example.fr") {
        assert!(!link.contains("127.0.0.1"), "{from} links to {link}");
        return None;
    }
    let path = &to[url::Position::BeforePath..url::Position::AfterQuery];
    assert!(path.starts_with("/atlas"), "{from} links to {link}, beside the prefix");
    assert_eq!(to.scheme(), "https", "{from} links to {link}");
    Some(path.to_owned())
}

#[test]
fn every_link_below_a_prefix_leads_somewhere() {
    let database = TestDatabase::sqlite();
    let server = Server::start(&database, &["--demo", "--trusted-proxies", "127.0.0.1"]);
    let Some(nginx) = Nginx::start(&server) else { return };
    let begin = [
        "/atlas/",
        "/atlas/en/",
        "/atlas/api",
        "/atlas/api/docs",
        "/atlas/robots.txt",
        "/atlas/sitemap.xml",
        "/atlas/flux.atom",
        "/atlas/api/openapi.json",
        "/atlas/import",
        "/atlas/api/changes?since=0&limit=20",
    ];
    let mut queue: VecDeque<String> = begin.map(str::to_owned).into();
    let mut seen: BTreeSet<String> = queue.iter().cloned().collect();
    // of each kind of address some: there are thousands of records
    let mut of_kind: BTreeMap<String, usize> = BTreeMap::new();
    let mut answers = 0;
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    while let Some(path) = queue.pop_front() {
        let answer: Response = server.send("GET", &format!("{}{path}", nginx.url), &[], &[]);
        answers += 1;
        let kind = answer.header("content-type").to_owned();
        *kinds.entry(kind.split(';').next().unwrap().to_owned()).or_default() += 1;
        if (300..400).contains(&answer.status) {
            let to = resolved(answer.header("location"), &path);
            assert!(
                to.is_some_and(|to| to.starts_with("/atlas/")),
                "{path}: {}",
                answer.header("location")
            );
            continue;
        }
        assert_eq!(answer.status, 200, "{path}: {}", &answer.body[..answer.body.len().min(300)]);
        // what a form sends to is asked by other methods
        for action in values(&answer.body, " action=\"") {
            assert!(resolved(action, &path).is_some(), "{path} sends to {action}");
        }
        for link in links(&kind, &answer.body, &path) {
            let Some(to) = resolved(&link, &path) else { continue };
            let (address, query) = to.split_once('?').unwrap_or((&to, ""));
            let segments: Vec<&str> = address.split('/').collect();
            let shape =
                segments[..segments.len() - 1].join("/") + "?" + query.split('=').next().unwrap();
            let files = address.contains("/static/");
            let count = of_kind.entry(shape).or_default();
            // whole files are opened elsewhere
            let is_file = [
                ".gpkg", ".parquet", ".fgb", ".png", ".jpg", ".webp", ".woff2", ".mvt", ".pmtiles",
            ]
            .iter()
            .any(|end| address.ends_with(end));
            if is_file || (*count >= 40 && !files) || !seen.insert(to.clone()) {
                continue;
            }
            *count += 1;
            queue.push_back(to);
        }
    }
    assert!(answers >= 500, "{answers}");
    for kind in [
        "text/html",
        "application/json",
        "application/geo+json",
        "text/css",
        "application/atom+xml",
        "text/csv",
    ] {
        assert!(kinds.contains_key(kind), "{kinds:?}");
    }
    // scripts find the site by their own address
    let script = server.send("GET", &format!("{}/atlas/static/app/root.js", nginx.url), &[], &[]);
    assert!(script.body.contains("import.meta.url"));
    let tile_json = server.send("GET", &format!("{}/atlas/tiles/links.json", nginx.url), &[], &[]);
    let tiles = tile_json.json()["tiles"][0].as_str().unwrap().to_owned();
    assert!(tiles.starts_with(&format!("{PUBLIC}/tiles/links/")), "{tiles}");
    let openapi = server.send("GET", &format!("{}/atlas/api/openapi.json", nginx.url), &[], &[]);
    assert_eq!(openapi.json()["servers"][0]["url"], format!("{PUBLIC}/api"));
    assert_eq!(openapi.json()["paths"]["/healthz"]["servers"][0]["url"], PUBLIC);
}

const EVIL: [(&str, &str); 6] = [
    ("X-Forwarded-Host", "evil.example"),
    ("X-Forwarded-Proto", "javascript"),
    ("X-Forwarded-Prefix", "/evil"),
    ("X-Forwarded-Port", "6666"),
    ("Forwarded", "for=1.2.3.4;host=evil.example;proto=javascript"),
    ("X-Forwarded-For", "evil.example"),
];

const PATHS: [&str; 9] = [
    "/",
    "/en/partnerships",
    "/api",
    "/api/collections/links/items?limit=2",
    "/flux.atom",
    "/sitemap.xml",
    "/api/openapi.json",
    "/tiles/links.json",
    "/api/dcat.jsonld",
];

#[test]
fn nobody_else_says_what_the_address_is() {
    let database = TestDatabase::sqlite();
    let server = Server::start(&database, &["--demo", "--trusted-proxies", "192.0.2.0/24,::1"]);
    for path in PATHS {
        let answer = server.get_with(path, &EVIL);
        assert_eq!(answer.status, 200, "{path}");
        for word in ["evil.example", "/evil", "javascript:", ":6666"] {
            assert!(!answer.body.contains(word), "{path} says {word}");
        }
        assert_eq!(answer.header("etag"), server.get(path).header("etag"), "{path}");
    }
}

#[test]
fn a_trusted_proxy_is_believed_what_makes_sense() {
    let database = TestDatabase::sqlite();
    let server = Server::start(&database, &["--demo", "--trusted-proxies", "127.0.0.0/8"]);
    let landing = |headers: &[(&str, &str)]| {
        let answer = server.get_with("/api", headers).json();
        answer["links"][0]["href"].as_str().unwrap().to_owned()
    };
    let own = format!("{}/api", server.url);
    for wrong in [
        ("X-Forwarded-Proto", "javascript"),
        ("X-Forwarded-Host", "a/\"onclick=x"),
        ("X-Forwarded-Prefix", "//evil.example"),
        ("X-Forwarded-Prefix", "/../x"),
    ] {
        assert_eq!(landing(&[wrong]), own, "{wrong:?}");
    }
    let right = [
        ("X-Forwarded-Host", "a.example"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Prefix", "/x/y/"),
    ];
    assert_eq!(landing(&right), "https://a.example/x/y/api");
    assert_eq!(
        landing(&[("Forwarded", "host=\"b.example:8443\";proto=https")]),
        "https://b.example:8443/api"
    );
    let page = server.get_with("/pays/ML", &right).body;
    assert!(page.contains("href=\"/x/y/en/") && !page.contains("href=\"/en/"), "{page}");
    let moved = server.get_with("/?lang=en", &right);
    if (300..400).contains(&moved.status) {
        assert!(moved.header("location").starts_with("/x/y/"), "{}", moved.header("location"));
    }
}

#[test]
fn a_public_address_is_that_of_every_link() {
    let database = TestDatabase::sqlite();
    let public = ["--demo", "--public-url", "https://example.fr/atlas/"];
    let server = Server::start(&database, &public);
    for path in PATHS {
        let answer = server.get_with(path, &EVIL);
        assert!(!answer.body.contains(&server.url), "{path}");
        assert!(answer.body.contains("https://example.fr/atlas"), "{path}");
    }
    let wrong =
        crate::support::run(&["serve", "--public-url", "ftp://x", "--listen", "127.0.0.1:0"]);
    assert_eq!(wrong.status.code(), Some(2));
    let wrong =
        crate::support::run(&["serve", "--trusted-proxies", "proxy", "--listen", "127.0.0.1:0"]);
    assert_eq!(wrong.status.code(), Some(2));
}
