//! What a request brings: a file, which goes to disk as it comes, or a small body.

use std::time::{Duration, Instant};

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::{
    HttpRequest,
    body::BodyLimitExceeded,
    http::header::{self, ContentDisposition},
    mime::{self, Mime},
    rt::time::timeout,
    web,
};
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{
    atlas::imports::{
        Jobs,
        jobs::JobError,
        uploads::{Incoming, UploadError},
    },
    http::web::{
        auth::ask,
        connections,
        problem::{INVALID_BODY, Problem, TIMEOUT, UNSUPPORTED_MEDIA_TYPE},
        state::State,
    },
};

/// The largest body in JSON: what may be said of a plan, columns and all.
const JSON_LIMIT: usize = 1 << 20;
/// How much is gathered before it is written.
const BLOCK: usize = 1 << 20;
/// The largest field of a form beside the file.
const FIELD_LIMIT: usize = 1 << 20;
/// How many fields a form may have.
const FIELDS: usize = 50;
/// How long a client may send nothing.
const PATIENCE: Duration = Duration::from_mins(1);

/// How fast a body comes, where it is waited for.
#[derive(Default)]
struct Pace {
    waited: Duration,
    bytes: u64,
}

impl Pace {
    /// An error where so little came in so long that it is no transfer.
    fn check(&self) -> Result<(), Problem> {
        let is_slow =
            self.waited > PATIENCE && self.bytes < self.waited.as_secs() * connections::MIN_RATE;
        if is_slow { Err(too_slow()) } else { Ok(()) }
    }
}

/// What came.
pub(crate) struct Received {
    pub(crate) incoming: Incoming,
    /// Name of the file, as the client says.
    pub(crate) file: Option<String>,
    /// The other fields of a form.
    pub(crate) fields: Vec<(String, String)>,
}

/// Takes a file in. Nothing of it stays where this fails, where the client goes away, or where it
/// is not submitted then.
pub(crate) async fn receive(
    request: &HttpRequest,
    body: web::Payload,
    state: &State,
) -> Result<Received, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind: Option<Mime> = kind.and_then(|kind| kind.parse().ok());
    if kind.is_some_and(|kind| kind.essence_str() == mime::MULTIPART_FORM_DATA) {
        return form(Multipart::new(request.headers(), body), state).await;
    }
    // anything else is the file itself: curl calls what it sends a form of another kind
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let limit = state.jobs.upload_limit();
    if length.is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    let incoming = write_all(body, state, &mut Pace::default()).await?;
    Ok(Received { incoming, file: None, fields: Vec::new() })
}

async fn form(mut form: Multipart, state: &State) -> Result<Received, Problem> {
    let mut file = None;
    let mut fields = Vec::new();
    let mut pace = Pace::default();
    while let Some(field) = next(&mut form, &mut pace).await? {
        let about = field.content_disposition();
        let name = about.and_then(ContentDisposition::get_name).unwrap_or_default().to_owned();
        match about.and_then(ContentDisposition::get_filename).map(str::to_owned) {
            // a browser's form without a file sends this
            Some(name) if name.is_empty() => {
                text(field, &mut pace).await?;
            }
            Some(_) if file.is_some() => {
                return Err(invalid(
                    "Le formulaire contient plusieurs fichiers ; envoyez-les l'un après l'autre.",
                    "The form has several files; send them one after the other.",
                ));
            }
            Some(file_name) => file = Some((write_all(field, state, &mut pace).await?, file_name)),
            None if fields.len() == FIELDS => {
                return Err(invalid(
                    "Le formulaire a trop de champs.",
                    "The form has too many fields.",
                ));
            }
            None => fields.push((name, text(field, &mut pace).await?)),
        }
    }
    let Some((incoming, file)) = file else {
        return Err(invalid(
            "Le formulaire ne contient pas de fichier.",
            "There is no file in the form.",
        ));
    };
    Ok(Received { incoming, file: Some(file), fields })
}

/// A body that fits into memory, of JSON or what `curl --data` says that it sends; none where it
/// is larger than `limit`.
pub(crate) async fn small_body(
    request: &HttpRequest,
    body: web::Payload,
    limit: usize,
) -> Result<Result<actix_web::Result<Bytes>, BodyLimitExceeded>, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let is_known = |kind: &header::HeaderValue| {
        let kind = kind.as_bytes();
        kind.starts_with(b"application/json")
            || kind.starts_with(b"application/x-www-form-urlencoded")
    };
    if kind.is_some_and(|kind| !is_known(kind)) {
        return Err(Problem::new(
            &UNSUPPORTED_MEDIA_TYPE,
            [
                "Le corps attendu est du JSON : « Content-Type: application/json ».",
                "The body is expected in JSON: “Content-Type: application/json”.",
            ],
        ));
    }
    timeout(PATIENCE, body.to_bytes_limited(limit)).await.map_err(|_| too_slow())
}

/// The text of a field.
async fn text(mut field: Field, pace: &mut Pace) -> Result<String, Problem> {
    let mut text = BytesMut::new();
    while let Some(bytes) = next(&mut field, pace).await? {
        pace.bytes += bytes.len() as u64;
        if text.len() + bytes.len() > FIELD_LIMIT {
            return Err(invalid(
                "Un champ du formulaire est trop long.",
                "A field of the form is too long.",
            ));
        }
        text.extend_from_slice(&bytes);
    }
    String::from_utf8(text.into()).map_err(|_| {
        invalid("Un champ du formulaire n'est pas en UTF-8.", "A field of the form is not UTF-8.")
    })
}

/// Writes what comes to a new file.
async fn write_all<E: Into<Broken>>(
    mut stream: impl Stream<Item = Result<Bytes, E>> + Unpin,
    state: &State,
    pace: &mut Pace,
) -> Result<Incoming, Problem> {
    let mut incoming = ask(state, Jobs::receive).await?;
    let mut block = BytesMut::with_capacity(BLOCK);
    while let Some(bytes) = next(&mut stream, pace).await? {
        pace.bytes += bytes.len() as u64;
        block.extend_from_slice(&bytes);
        if block.len() >= BLOCK {
            let full = std::mem::replace(&mut block, BytesMut::with_capacity(BLOCK));
            incoming = write(incoming, full, state).await?;
        }
    }
    write(incoming, block, state).await
}

/// Disks wait: a thread that may does this, and has the file meanwhile.
async fn write(
    mut incoming: Incoming,
    block: BytesMut,
    state: &State,
) -> Result<Incoming, Problem> {
    ask(state, move |_| {
        incoming.write(&block)?;
        Ok(incoming)
    })
    .await
}

/// What comes next, if it does in time.
async fn next<T, E: Into<Broken>>(
    stream: &mut (impl Stream<Item = Result<T, E>> + Unpin),
    pace: &mut Pace,
) -> Result<Option<T>, Problem> {
    let begun = Instant::now();
    let came = timeout(PATIENCE, stream.next()).await;
    pace.waited += begun.elapsed();
    pace.check()?;
    match came {
        Ok(None) => Ok(None),
        Ok(Some(Ok(item))) => Ok(Some(item)),
        Ok(Some(Err(error))) => {
            let Broken(reason) = error.into();
            Err(invalid(
                &format!("Le corps de la requête s'interrompt ou n'est pas lisible ({reason})."),
                &format!("The body of the request breaks off or cannot be read ({reason})."),
            ))
        }
        Err(_) => Err(too_slow()),
    }
}

fn too_slow() -> Problem {
    Problem::new(
        &TIMEOUT,
        [
            "Rien, ou presque rien, n'est arrivé pendant une minute.",
            "Nothing, or next to nothing, came for a minute.",
        ],
    )
}

/// Why a body could not be read.
struct Broken(String);

impl From<actix_web::error::PayloadError> for Broken {
    fn from(error: actix_web::error::PayloadError) -> Self {
        Self(error.to_string())
    }
}

impl From<MultipartError> for Broken {
    fn from(error: MultipartError) -> Self {
        Self(error.to_string())
    }
}

/// A body in JSON, or none at all.
pub(crate) async fn json<T: DeserializeOwned + Default>(
    request: &HttpRequest,
    body: web::Payload,
) -> Result<T, Problem> {
    let invalid = |reason: &str| {
        Problem::new(
            &INVALID_BODY,
            [
                format!("Un objet JSON est attendu ({reason})."),
                format!("A JSON object is expected ({reason})."),
            ],
        )
    };
    let read = small_body(request, body, JSON_LIMIT).await?;
    let read = read.map_err(|_| invalid("more than 1 MiB"))?;
    let bytes = read.map_err(|error| invalid(&error.to_string()))?;
    if bytes.is_empty() {
        return Ok(T::default());
    }
    // a list with the values of the members, which serde would take, is no object
    let object: Result<Map<String, Value>, _> = serde_json::from_slice(&bytes);
    let read = object.and_then(|object| serde_json::from_value(object.into()));
    read.map_err(|error| invalid(&error.to_string()))
}

fn invalid(french: &str, english: &str) -> Problem {
    Problem::new(&INVALID_BODY, [french, english])
}

fn too_large(limit: u64) -> Problem {
    JobError::Upload(UploadError::TooLarge(limit)).into()
}
