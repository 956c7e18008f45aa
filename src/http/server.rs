//! Starts the server with every address of the product.

use std::{io, net::TcpListener, num::NonZeroUsize, sync::Arc, time::Duration};

use actix_web::{App, HttpServer, dev::Server, middleware::from_fn, web};

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
            gone::Gone,
            kept_files::KeptFiles,
            limits::{attempts::Attempts, in_flight},
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
    /// Connections at a time, for each thread that answers.
    pub max_connections: usize,
    /// Bytes of answers that clients have not taken yet, beyond which others wait.
    pub answer_memory: u64,
    /// Seconds that an idle connection is kept open.
    pub keep_alive: u64,
    /// Seconds that the head of a request may take to come.
    pub header_timeout: u64,
    /// Seconds that a client may take nothing of what is sent to it.
    pub write_timeout: u64,
}

/// Starts to answer on a socket; the server runs until its handle stops it.
pub fn serve(
    listener: TcpListener,
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
    let server = HttpServer::new(move || {
        App::new().app_data(state.clone()).wrap(from_fn(middleware::wrap_request)).configure(routes)
    });
    let Limits {
        workers,
        max_connections,
        answer_memory,
        keep_alive,
        header_timeout,
        write_timeout,
    } = *limits;
    in_flight::set_budget(answer_memory);
    #[cfg(target_os = "linux")]
    // for whoever does not take what is sent (tcp(7)): connections have it from the socket
    socket2::SockRef::from(&listener)
        .set_tcp_user_timeout(Some(Duration::from_secs(write_timeout)))?;
    let server = server
        .max_connections(max_connections)
        .keep_alive(Duration::from_secs(keep_alive))
        .client_request_timeout(Duration::from_secs(header_timeout));
    // who has closed a connection waits for nothing more: what is done for them ends
    let server = server.h1_allow_half_closed(false);
    let server = match workers {
        Some(workers) => server.workers(workers.get()),
        None => server,
    };
    Ok(server.disable_signals().shutdown_timeout(10).listen(listener)?.run())
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
