//! Starts the server with every address of the product.

use std::{future::ready, io, net::TcpListener, num::NonZeroUsize, sync::Arc, time::Duration};

use actix_http::{HttpService, error::DispatchError};
use actix_server::ServerBuilder;
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::{
    App,
    dev::{AppConfig, Server},
    middleware::from_fn,
    rt::net::TcpStream,
    web,
};

use crate::{
    atlas::{
        accounts::Accounts,
        contributions::Contributions,
        imports::Jobs,
        register::{Publisher, Register},
    },
    http::{
        api, desk, openapi, page, site,
        web::{
            about::About,
            address::Addressing,
            change_cache::ChangeCache,
            connections::{ConnectionLimits, Connections, WatchedStream},
            gone::Gone,
            kept_files::KeptFiles,
            limits::{attempts::Attempts, in_flight, rates::Rates},
            middleware,
            state::State,
        },
    },
    search::directory::Directory,
};

/// What the server asks to be answered, or done.
pub struct Doors {
    /// Gives the snapshot that a request is answered from.
    pub publisher: Publisher,
    /// What is not in the snapshot, and what changes it.
    pub register: Register,
    /// Who may do what.
    pub accounts: Accounts,
    /// Files and what becomes of them.
    pub jobs: Jobs,
    /// Who can help, and who pays.
    pub directory: Arc<Directory>,
}

/// What answering may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Threads that answer; one for each processor without it.
    pub workers: Option<NonZeroUsize>,
    /// Connections at a time, for each thread that answers; the longest idle one ends for the next.
    pub max_connections: usize,
    /// Requests a second of each client; 0 for any number.
    pub client_rate: u32,
    /// Bytes of answers that clients have not taken yet, beyond which others wait.
    pub answer_memory: u64,
    /// Seconds that an idle connection is kept open.
    pub keep_alive: u64,
    /// Seconds that the head of a request may take to come.
    pub header_timeout: u64,
    /// Seconds that a client may take nothing, or next to nothing, of what is sent to it.
    pub write_timeout: u64,
    /// Seconds that answers may take that are on their way when the server stops.
    pub stop_timeout: u64,
}

/// Where it listens.
pub struct Listeners {
    /// For everybody.
    pub public: TcpListener,
    /// For whoever operates it: `/metrics` is there, and nowhere else; without it for everybody.
    pub metrics: Option<TcpListener>,
}

/// Connections of a thread beyond those that may be: they come while others are made to go.
pub const SLACK: usize = 16;
/// Bytes that the system holds of an answer before its client has room for them: how much a client
/// takes is told from what is given to the system.
const UNSENT: u32 = 128 * 1024;

/// Starts to answer; the server runs until its handle stops it.
pub fn serve(
    listeners: Listeners,
    doors: Doors,
    limits: &Limits,
    (about, addressing): (About, Addressing),
) -> io::Result<Server> {
    let Doors { publisher, register, accounts, jobs, directory } = doors;
    let state = web::Data::new(State {
        contributions: Contributions::new(register.clone()),
        publisher,
        register,
        accounts,
        attempts: Attempts::default(),
        rates: Rates::new(limits.client_rate),
        jobs,
        directory,
        addressing,
        about,
        methods: openapi::methods,
        lead: page::language::lead,
        gone: Gone::default(),
        changes: ChangeCache::default(),
        files: KeptFiles::default(),
    });
    in_flight::set_budget(limits.answer_memory);
    let Listeners { public, metrics } = listeners;
    let has_metrics = metrics.is_none();
    let server = Server::build()
        .max_concurrent_connections(limits.max_connections + SLACK)
        .disable_signals()
        .shutdown_timeout(limits.stop_timeout);
    let mut server = match limits.workers {
        Some(workers) => server.workers(workers.get()),
        None => server,
    };
    let everything = move |config: &mut web::ServiceConfig| {
        if has_metrics {
            config.configure(api::metrics_route);
        }
        config.configure(routes);
    };
    server = listen(server, "public", public, limits, (state.clone(), everything))?;
    if let Some(listener) = metrics {
        server = listen(server, "metrics", listener, limits, (state, operation_routes))?;
    }
    Ok(server.run())
}

/// Adds a socket to a server, and what is answered there.
fn listen(
    server: ServerBuilder,
    name: &str,
    listener: TcpListener,
    limits: &Limits,
    (state, routes): (web::Data<State>, impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static),
) -> io::Result<ServerBuilder> {
    let Limits { max_connections, keep_alive, header_timeout, write_timeout, .. } = *limits;
    let [keep_alive, header_timeout, write_timeout] =
        [keep_alive, header_timeout, write_timeout].map(Duration::from_secs);
    #[cfg(target_os = "linux")]
    {
        // tcp(7): connections have it from the socket
        let socket = socket2::SockRef::from(&listener);
        // for whoever does not take what is sent
        socket.set_tcp_user_timeout(Some(write_timeout))?;
        socket.set_tcp_notsent_lowat(UNSENT)?;
    }
    let stop = server.graceful_shutdown_signal();
    server.listen(name, listener, move || {
        let routes = routes.clone();
        let app = App::new()
            .app_data(state.clone())
            .wrap(from_fn(middleware::wrap_request))
            .configure(move |config| routes(config))
            .into_factory()
            .map_err(|error: actix_web::Error| error.error_response());
        let stop = stop.clone();
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stop = stop.clone();
                async move { stop.notified().await }
            })
            .keep_alive(keep_alive)
            .client_request_timeout(header_timeout)
            .client_disconnect_timeout(Duration::from_secs(1))
            // who has closed a connection waits for nothing more: what is done for them ends
            .h1_allow_half_closed(false)
            .on_connect_ext(|stream: &WatchedStream<TcpStream>, about| {
                about.insert(stream.connection());
            })
            .h1(map_config(app, |()| AppConfig::default()));
        let connections = Connections::new(ConnectionLimits {
            max: max_connections,
            header_timeout,
            write_timeout,
        });
        fn_service(move |stream: TcpStream| {
            let peer = stream.peer_addr().ok();
            let stream = connections.watch(stream, peer.map(|peer| peer.ip()));
            ready(Ok::<_, DispatchError>((stream, peer)))
        })
        .and_then(http)
    })
}

/// What whoever operates the server asks, where that has a socket of its own.
fn operation_routes(config: &mut web::ServiceConfig) {
    config
        .configure(api::health_routes)
        .configure(api::metrics_route)
        .default_service(web::to(page::reply::not_found));
}

/// Every address of the product.
fn routes(config: &mut web::ServiceConfig) {
    config
        // first, since addresses are compared in order: these are asked for most, and fastest
        .configure(api::routes)
        .configure(site::routes)
        .configure(desk::routes)
        .default_service(web::to(page::reply::not_found));
}
