//! `atlas serve`: answers until it is told to stop, then lets no job half done.

use std::{
    io::{self, Write},
    net::{SocketAddr, TcpListener},
    num::NonZeroUsize,
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use super::{Failure, directory, folder_of, open, open_as, open_mode, uploads_folder};
use crate::{
    atlas::{
        accounts::{Accounts, mailer::Mailer},
        imports::{Jobs, demo, uploads::Uploads},
        register::{Publisher, Register},
    },
    config::{DatabaseOption, ServeOptions},
    http,
    search::directory::funder::use_directory,
    storage::{Database, OpenMode, StorageError},
};

/// How long a server of PostgreSQL is awaited at the start, and how often it is asked.
const START_PATIENCE: Duration = Duration::from_secs(30);
const START_REST: Duration = Duration::from_secs(1);

// long: one part of a server after another
pub(super) fn run(options: ServeOptions) -> Result<ExitCode, Failure> {
    let ServeOptions {
        database: option,
        listen,
        metrics_listen,
        demo,
        create,
        read_only,
        database_connections,
        order,
        uploads,
        accounts,
        limits,
        stop,
        about,
        address: known_as,
        directory,
    } = options;
    // before anything else is done: a directory with faults is not served
    let directory = directory::load(directory.directory.as_deref())?;
    use_directory(&directory);
    let limits = within_files((limits, &stop).into(), raise_file_limit());
    // the sockets first: a port in use is an error before any work begins
    let (public, address) = bind(&listen)?;
    let metrics = metrics_listen.as_deref().map(bind).transpose()?;
    let opening = OpenMode { create: create || demo, read_only, ..open_mode(&option) };
    let mut database = open_patiently(&option, opening)?;
    if demo {
        for report in demo::load_samples(&mut database)? {
            let (file, records) = (report.file, report.outcome.created);
            tracing::info!(file, records, "the register was empty: a sample is loaded");
        }
    }
    let publisher = Publisher::new(&mut database, order.into())?;
    let uploads = Uploads::new(
        uploads_folder(uploads.uploads.as_ref(), &database),
        uploads.upload_limit.as_u64(),
    );
    let register = Register::new(&database, publisher.clone(), database_connections - 1);
    let folder = folder_of("mails", accounts.mail_folder.as_ref(), &database);
    let mailer = Mailer::new(accounts.smtp.as_deref(), folder, &accounts.mail_from)?;
    if !read_only {
        let writers = register.writers().clone();
        thread::spawn(move || mailer.run(&writers));
    }
    let pools = (register.readers().clone(), register.writers().clone());
    let accounts = Accounts::new(pools, (&accounts).into());
    let jobs = Jobs::start(register.clone(), uploads);
    let follower = publisher.clone();
    if database_connections == 1 {
        drop(database);
        let shared = register.writers().clone();
        thread::spawn(move || follower.poll(&shared));
    } else {
        thread::spawn(move || follower.follow(database));
    }
    writeln!(io::stdout(), "Atlas AECT: http://{address}/")?;
    if let Some((_, address)) = &metrics {
        writeln!(io::stdout(), "Metrics: http://{address}/metrics")?;
    }
    let listeners = http::Listeners { public, metrics: metrics.map(|(listener, _)| listener) };
    let doors = http::Doors { publisher, register, accounts, jobs: jobs.clone(), directory };
    let served = actix_web::rt::System::new().block_on(async {
        let server = http::serve(listeners, doors, &limits, (about.into(), known_as.into()))?;
        let (handle, jobs) = (server.handle(), jobs.clone());
        let (drain, asked) = (Duration::from_secs(stop.drain), AtomicBool::new(false));
        let heard = ctrlc::set_handler(move || {
            // who asks twice will not wait; nothing is lost by that
            if asked.swap(true, Ordering::SeqCst) {
                std::process::exit(1);
            }
            let (handle, jobs) = (handle.clone(), jobs.clone());
            http::drain();
            thread::spawn(move || {
                thread::sleep(drain);
                // the jobs first, so that clients that watch one receive its last event
                jobs.stop();
                drop(handle.stop(true));
            });
        });
        heard.map_err(io::Error::other)?;
        server.await
    });
    jobs.stop();
    jobs.finish();
    // whoever copies the file has all of it
    if !read_only && let Err(error) = open(&option).and_then(|mut database| database.checkpoint()) {
        tracing::warn!("the register was not tidied up at the end: {error}");
    }
    served.map(|()| ExitCode::SUCCESS).map_err(Failure::Server)
}

/// Files that the server opens beside its connections: of databases, uploads and downloads.
const OTHER_FILES: usize = 128;

fn bind(address: &str) -> Result<(TcpListener, SocketAddr), Failure> {
    let bound = TcpListener::bind(address)
        .and_then(|listener| listener.local_addr().map(|address| (listener, address)));
    bound.map_err(|reason| Failure::Listen { address: address.to_owned(), reason })
}

/// Lets the process have as many files and connections open as the system allows it; how many.
fn raise_file_limit() -> usize {
    let raised = rlimit::increase_nofile_limit(u64::MAX);
    if let Err(reason) = &raised {
        tracing::warn!("the limit of open files stays as it is: {reason}");
    }
    let files = raised.or_else(|_| rlimit::Resource::NOFILE.get_soft());
    files.map_or(1_024, |files| usize::try_from(files).unwrap_or(usize::MAX))
}

/// The limits with no more connections than files may be open.
fn within_files(limits: http::Limits, files: usize) -> http::Limits {
    let threads = limits.workers.or_else(|| thread::available_parallelism().ok());
    let each = files.saturating_sub(OTHER_FILES) / threads.map_or(1, NonZeroUsize::get);
    // those that come while others are made to go need a file too
    let each = each.saturating_sub(http::SLACK).max(1);
    if each < limits.max_connections {
        tracing::info!(
            files,
            connections = each,
            "connections of each thread, by the limit of open files"
        );
    }
    http::Limits { max_connections: limits.max_connections.min(each), ..limits }
}

/// Opens the register; a server that is not there yet is awaited a while, for machines start in any
/// order.
fn open_patiently(option: &DatabaseOption, opening: OpenMode) -> Result<Database, StorageError> {
    let deadline = Instant::now() + START_PATIENCE;
    loop {
        match open_as(option, opening) {
            Err(error) if error.is_unreachable() && Instant::now() < deadline => {
                tracing::warn!("the database is awaited: {error}");
                thread::sleep(START_REST);
            }
            opened => return opened,
        }
    }
}
