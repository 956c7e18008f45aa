//! Files that were written for somebody, kept for whoever asks for more of them: a reader of a part
//! asks many times.

use std::{
    collections::VecDeque,
    fs::File,
    io,
    ops::Range,
    os::unix::fs::FileExt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use actix_web::{
    HttpRequest, HttpResponse,
    body::SizedStream,
    http::{
        Method, StatusCode,
        header::{self, HeaderMap},
    },
    web,
};
use bytes::Bytes;
use futures_util::{Stream, stream};

use crate::http::web::problem::{Problem, RANGE};

/// How many files are kept, and how many bytes they may have.
const MAX_FILES: usize = 16;
const MAX_BYTES: u64 = 2 << 30;
/// How many bytes files may have that are kept or still being read; beyond that none is written.
const MAX_HELD: u64 = 2 * MAX_BYTES;
/// How long one answer may take to be read: whoever needs longer goes on with a part (`Range`).
const MAX_READING: Duration = Duration::from_hours(1);
/// A piece that is read at once.
const PIECE: u64 = 256 * 1024;

/// A file without a name: it is gone with the last who reads it.
pub(crate) struct KeptFile {
    file: File,
    length: u64,
}

static HELD: AtomicU64 = AtomicU64::new(0);

/// How many bytes files have that are kept or still being read.
pub(crate) fn held() -> u64 {
    HELD.load(Relaxed)
}

impl Drop for KeptFile {
    fn drop(&mut self) {
        HELD.fetch_sub(self.length, Relaxed);
    }
}

/// The newest last, each with the entity tag of what it holds.
#[derive(Default)]
pub(crate) struct KeptFiles(Mutex<VecDeque<(String, Arc<KeptFile>)>>);

/// Whether another file may be written: readers hold those that were written for them.
pub(crate) fn has_room() -> bool {
    held() < MAX_HELD
}

impl KeptFiles {
    pub(crate) fn find(&self, tag: &str) -> Option<Arc<KeptFile>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(other, _)| other == tag).map(|(_, file)| Arc::clone(file))
    }

    /// Keeps a file, and lets the oldest go where there are too many.
    pub(crate) fn keep(&self, tag: String, file: File) -> io::Result<Arc<KeptFile>> {
        let length = file.metadata()?.len();
        HELD.fetch_add(length, Relaxed);
        let new = Arc::new(KeptFile { file, length });
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back((tag, Arc::clone(&new)));
        let bytes = |kept: &VecDeque<(String, Arc<KeptFile>)>| {
            kept.iter().map(|(_, file)| file.length).sum::<u64>()
        };
        while kept.len() > MAX_FILES || (kept.len() > 1 && bytes(&kept) > MAX_BYTES) {
            kept.pop_front();
        }
        Ok(new)
    }
}

impl KeptFile {
    /// The file, or the part that a request asks for (RFC 9110, 14): `answer` has what else is said.
    pub(crate) fn answer(
        self: Arc<Self>,
        request: &HttpRequest,
        mut answer: HttpResponse,
    ) -> Result<HttpResponse, Problem> {
        let length = self.length;
        let tag = answer.headers().get(header::ETAG).cloned();
        let wanted =
            wanted(request.headers(), tag.as_ref().map(header::HeaderValue::as_bytes), length);
        let part = match wanted {
            Wanted::Whole => 0..length,
            Wanted::Part(part) => {
                *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
                let said = format!("bytes {}-{}/{length}", part.start, part.end - 1);
                insert(answer.headers_mut(), header::CONTENT_RANGE, &said);
                part
            }
            Wanted::Nothing => {
                return Err(Problem::new(
                    &RANGE,
                    [
                        format!("le fichier a {length} octets"),
                        format!("the file has {length} bytes"),
                    ],
                ));
            }
        };
        insert(answer.headers_mut(), header::ACCEPT_RANGES, "bytes");
        // parts are of the plain bytes: nobody is to compress them on the way
        insert(answer.headers_mut(), header::CONTENT_ENCODING, "identity");
        let size = part.end - part.start;
        // nobody reads the body of an answer to HEAD
        let part = if request.method() == Method::HEAD { 0..0 } else { part };
        Ok(answer.map_body(|_, _| SizedStream::new(size, self.pieces(part))).map_into_boxed_body())
    }

    fn pieces(self: Arc<Self>, part: Range<u64>) -> impl Stream<Item = io::Result<Bytes>> {
        let begun = Instant::now();
        stream::try_unfold((self, part), move |(file, part)| async move {
            if part.is_empty() {
                return Ok(None);
            }
            if begun.elapsed() > MAX_READING {
                return Err(io::ErrorKind::TimedOut.into());
            }
            let size = (part.end - part.start).min(PIECE);
            let (from, reader) = (part.start, Arc::clone(&file));
            let read = web::block(move || {
                let mut piece = vec![0; size as usize];
                reader.file.read_exact_at(&mut piece, from).map(|()| piece)
            });
            let piece = read.await.map_err(io::Error::other)??;
            Ok(Some((Bytes::from(piece), (file, from + size..part.end))))
        })
    }
}

fn insert(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = header::HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// What of a file is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Whole,
    Part(Range<u64>),
    /// A part that it does not have.
    Nothing,
}

/// What `Range` and `If-Range` ask for; several parts at once are answered with all of it, which
/// RFC 9110, 14.2 allows.
fn wanted(headers: &HeaderMap, tag: Option<&[u8]>, length: u64) -> Wanted {
    if headers.get(header::IF_RANGE).is_some_and(|known| Some(known.as_bytes()) != tag) {
        return Wanted::Whole;
    }
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let Some((from, to)) = range
        .and_then(|range| range.strip_prefix("bytes="))
        .and_then(|range| range.trim().split_once('-'))
    else {
        return Wanted::Whole;
    };
    let number = |text: &str| text.trim().parse::<u64>();
    match (from.trim(), to.trim()) {
        ("", to) => match number(to) {
            Ok(0) => Wanted::Nothing,
            Ok(_) if length == 0 => Wanted::Nothing,
            Ok(last) => Wanted::Part(length.saturating_sub(last)..length),
            Err(_) => Wanted::Whole,
        },
        (from, to) => match (number(from), if to.is_empty() { Ok(u64::MAX) } else { number(to) }) {
            (Ok(from), Ok(to)) if from <= to => {
                if from < length {
                    Wanted::Part(from..length.min(to.saturating_add(1)))
                } else {
                    Wanted::Nothing
                }
            }
            _ => Wanted::Whole,
        },
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn a_part_is_what_the_header_says() {
        let of = |range: &'static str, condition: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, HeaderValue::from_static(range));
            if let Some(condition) = condition {
                headers.insert(header::IF_RANGE, HeaderValue::from_static(condition));
            }
            wanted(&headers, Some(b"\"a\""), 100)
        };
        assert_eq!(of("bytes=0-9", None), Wanted::Part(0..10));
        assert_eq!(of("bytes=90-", None), Wanted::Part(90..100));
        assert_eq!(of("bytes=90-999999999999999999", None), Wanted::Part(90..100));
        assert_eq!(of("bytes=0-18446744073709551615", None), Wanted::Part(0..100));
        assert_eq!(of("bytes=-10", None), Wanted::Part(90..100));
        assert_eq!(of("bytes=-1000", None), Wanted::Part(0..100));
        assert_eq!(of("bytes=100-", None), Wanted::Nothing);
        assert_eq!(of("bytes=-0", None), Wanted::Nothing);
        assert_eq!(of("bytes=0-9", Some("\"a\"")), Wanted::Part(0..10));
        for (range, condition) in [
            ("bytes=0-9", Some("\"b\"")),
            ("bytes=0-9", Some("W/\"a\"")),
            ("bytes=0-9", Some("Mon, 30 Nov 2026 00:00:00 GMT")),
            ("bytes=9-0", None),
            ("bytes=0-9,20-29", None),
            ("bytes=a-b", None),
            ("lines=1-2", None),
            ("bytes=", None),
        ] {
            assert_eq!(of(range, condition), Wanted::Whole, "{range} {condition:?}");
        }
    }
}
