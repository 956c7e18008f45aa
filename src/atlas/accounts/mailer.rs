//! Sends the mails that wait, one after another, on a thread of its own.
//!
//! A mail is deleted once it is sent, and tried again where it was not. A process that ends between
//! the two leaves a mail that the next one gives out again under the same name: a folder has it once,
//! and mail servers that get it twice can tell by its `Message-ID`.

use std::{
    fs, io,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use chrono::TimeDelta;
use lettre::{
    Message, SmtpTransport, Transport,
    address::AddressError,
    message::{Mailbox, header::ContentType},
};

use crate::storage::{Pool, QueuedMail, StorageError};

/// How often it is looked whether a mail waits.
const PAUSE: Duration = Duration::from_millis(500);
/// How long a mail server may take.
const SMTP_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a mail belongs to whoever sends it; longer than that takes.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// How long a mail waits that was not sent, at least and at most.
const WAITS: [TimeDelta; 2] = [TimeDelta::minutes(1), TimeDelta::hours(6)];

/// Where mails go.
pub enum Delivery {
    /// Into a folder, each as a file.
    Folder(PathBuf),
    /// To a mail server.
    Smtp(Box<SmtpTransport>),
}

/// Sends mails.
pub struct Mailer {
    delivery: Delivery,
    from: Mailbox,
}

/// Why mails cannot be sent as it was told.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    /// The address of the sender.
    #[error("--mail-from: {0}")]
    From(#[from] AddressError),
    /// The address of the server.
    #[error(
        "--smtp: write smtp://HOST:25, smtp://USER:PASSWORD@HOST:587?tls=required or \
         smtps://USER:PASSWORD@HOST ({0})"
    )]
    Smtp(#[from] lettre::transport::smtp::Error),
}

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
enum SendError {
    #[error("the mail cannot be written: {0}")]
    Message(#[from] lettre::error::Error),
    #[error("the address cannot be used")]
    Address(#[from] AddressError),
    #[error("the file cannot be written: {0}")]
    File(#[from] io::Error),
    // what a server says may name whom the mail is for
    #[error("the mail server does not take it: {}", kind(.0))]
    Smtp(#[from] lettre::transport::smtp::Error),
}

fn kind(error: &lettre::transport::smtp::Error) -> String {
    match error.status() {
        Some(code) => format!("it answers {code}"),
        None if error.is_timeout() => "it takes too long".to_owned(),
        None if error.is_tls() => "no encrypted connection can be made".to_owned(),
        None => "it cannot be reached, or does not speak SMTP".to_owned(),
    }
}

impl SendError {
    /// Whether trying again is no use.
    fn is_final(&self) -> bool {
        match self {
            Self::Message(_) | Self::Address(_) => true,
            Self::File(_) => false,
            Self::Smtp(error) => error.is_permanent(),
        }
    }
}

impl Mailer {
    /// Mails from an address, by a server, or into a folder where there is none.
    pub fn new(smtp: Option<&str>, folder: PathBuf, from: &str) -> Result<Self, MailerError> {
        let delivery = match smtp {
            Some(url) => {
                let transport = SmtpTransport::from_url(url)?.timeout(Some(SMTP_TIMEOUT)).build();
                Delivery::Smtp(Box::new(transport))
            }
            None => Delivery::Folder(folder),
        };
        Ok(Self { delivery, from: from.parse()? })
    }

    /// Sends what waits, for as long as the process runs.
    pub fn run(&self, database: &Pool) {
        match &self.delivery {
            Delivery::Folder(folder) => {
                let folder = folder.display();
                tracing::info!("no mail server is set (--smtp): mails are written into {folder}");
            }
            Delivery::Smtp(_) => tracing::info!("mails are sent from {}", self.from.email.domain()),
        }
        loop {
            match self.send_next(database) {
                Ok(true) => {}
                Ok(false) => thread::sleep(PAUSE),
                Err(error) => {
                    tracing::warn!("mails wait: {error}");
                    thread::sleep(PAUSE * 10);
                }
            }
        }
    }

    /// Sends one mail; whether one waited.
    fn send_next(&self, database: &Pool) -> Result<bool, StorageError> {
        let Some(queued) = database.take()?.take_mail(LEASE)? else { return Ok(false) };
        let sent = self.send(&queued);
        let mut database = database.take()?;
        match sent {
            Ok(()) => database.forget_mail(&queued.id)?,
            Err(error) if error.is_final() => {
                tracing::error!(mail = queued.id, "a mail is given up: {error}");
                database.forget_mail(&queued.id)?;
            }
            Err(error) => {
                tracing::warn!(mail = queued.id, "a mail waits to be tried again: {error}");
                let wait = WAITS[0] * (1 << queued.tries.min(10));
                database.delay_mail(&queued.id, wait.min(WAITS[1]))?;
            }
        }
        Ok(true)
    }

    fn send(&self, queued: &QueuedMail) -> Result<(), SendError> {
        let message = self.message(queued)?;
        match &self.delivery {
            Delivery::Smtp(transport) => transport.send(&message).map(drop)?,
            Delivery::Folder(folder) => {
                let time = queued.created_at.format("%Y%m%dT%H%M%S%6f");
                let name = format!("{time}-{}.eml", queued.id);
                write_whole(folder, &name, &message.formatted())?;
            }
        }
        Ok(())
    }

    fn message(&self, queued: &QueuedMail) -> Result<Message, SendError> {
        let QueuedMail { id, mail, created_at, .. } = queued;
        let message_id = format!("<{id}@{}>", self.from.email.domain());
        let message = Message::builder()
            .from(self.from.clone())
            .to(mail.recipient.parse()?)
            .subject(&mail.subject)
            .date((*created_at).into())
            .message_id(Some(message_id))
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.body.clone())?;
        Ok(message)
    }
}

/// That a program writes (RFC 3834, 5): no answer of a machine is wanted.
#[derive(Debug, Clone)]
struct AutoSubmitted;

impl lettre::message::header::Header for AutoSubmitted {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// A file that is there as a whole or not at all, and that nobody else reads.
fn write_whole(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    io::Write::write_all(&mut file, bytes)?;
    file.as_file().sync_all()?;
    file.persist(folder.join(name))?;
    Ok(())
}
