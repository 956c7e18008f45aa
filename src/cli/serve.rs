//! `atlas serve`: answers until it is told to stop, then lets no job half done.

use std::{
    io::{self, Write},
    net::TcpListener,
    path::PathBuf,
    process::ExitCode,
    thread,
};

use super::{Failure, open};
use crate::{
    atlas::{
        accounts::Accounts,
        imports::{Jobs, demo, uploads::Uploads},
        register::{Publisher, Register},
    },
    config::{LimitOptions, ServeOptions, UploadOptions},
    http,
    storage::Database,
};

pub(super) fn run(options: ServeOptions) -> Result<ExitCode, Failure> {
    let ServeOptions { database, listen, demo, order, uploads, limits, about } = options;
    // the socket first: a port that is taken is told before anything is done
    let failed = |reason| Failure::Listen { address: listen.clone(), reason };
    let listener = TcpListener::bind(&listen).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let mut database = open(&database)?;
    if demo {
        for report in demo::load_samples(&mut database)? {
            let (file, records) = (report.file, report.outcome.created);
            tracing::info!(file, records, "the register was empty: a sample is loaded");
        }
    }
    let publisher = Publisher::new(&mut database, order.into())?;
    let uploads = Uploads::new(folder(&uploads, &database), uploads.upload_limit.as_u64());
    let register = Register::new(&database, publisher.clone());
    let accounts = Accounts::new(register.readers().clone());
    let jobs = Jobs::start(register.clone(), uploads);
    let follower = publisher.clone();
    thread::spawn(move || follower.follow(database));
    let LimitOptions { workers, max_connections, keep_alive, header_timeout, write_timeout } =
        limits;
    let limits =
        http::Limits { workers, max_connections, keep_alive, header_timeout, write_timeout };
    writeln!(io::stdout(), "Atlas AECT: http://{address}/")?;
    let doors = http::Doors { publisher, register, accounts, jobs: jobs.clone() };
    let served = actix_web::rt::System::new().block_on(async {
        let server = http::serve(listener, doors, &limits, about.into())?;
        let (handle, stopped) = (server.handle(), jobs.clone());
        // the jobs first: whoever watches one is told the end of it
        let heard = ctrlc::set_handler(move || {
            // who asks twice will not wait; nothing is lost by that
            if stopped.is_stopping() {
                std::process::exit(1);
            }
            stopped.stop();
            drop(handle.stop(true));
        });
        heard.map_err(io::Error::other)?;
        server.await
    });
    jobs.stop();
    jobs.finish();
    served.map(|()| ExitCode::SUCCESS).map_err(Failure::Server)
}

/// The folder that was named; else one beside the database, or in the current folder.
fn folder(options: &UploadOptions, database: &Database) -> PathBuf {
    match (&options.uploads, database.file()) {
        (Some(folder), _) => folder.clone(),
        (None, Some(file)) => {
            let mut beside = file.as_os_str().to_owned();
            beside.push("-uploads");
            beside.into()
        }
        (None, None) => "atlas-uploads".into(),
    }
}
