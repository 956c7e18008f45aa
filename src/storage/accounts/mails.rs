//! Mails that wait to be sent: written in the transaction of their cause, deleted once they are sent.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use data_encoding::HEXLOWER;
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl,
    dsl::count_star,
};

use super::{AccountWriter, AnyConnection, Database, StorageError, now, stored};
use crate::storage::schema::mails;

/// A mail to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    /// The address.
    pub recipient: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// From when on it is worth nothing.
    pub expires_at: DateTime<Utc>,
}

/// A mail that is being sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedMail {
    /// The same each time that it is tried.
    pub id: String,
    /// The mail.
    pub mail: NewMail,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// How often it was tried before.
    pub tries: u32,
}

#[derive(Insertable, Queryable)]
#[diesel(table_name = mails)]
struct MailRow {
    id: String,
    recipient: String,
    subject: String,
    body: String,
    created_at: NaiveDateTime,
    due_at: NaiveDateTime,
    tries: i32,
    expires_at: NaiveDateTime,
}

/// Has a mail sent once the transaction is committed.
pub(in crate::storage) fn queue(
    connection: &mut AnyConnection,
    mail: &NewMail,
) -> Result<(), StorageError> {
    let mut random = [0; 16];
    getrandom::fill(&mut random)
        .map_err(|error| StorageError::Random { reason: error.to_string() })?;
    let NewMail { recipient, subject, body, expires_at } = mail;
    let row = MailRow {
        id: HEXLOWER.encode(&random),
        recipient: recipient.clone(),
        subject: subject.clone(),
        body: body.clone(),
        created_at: now(),
        due_at: now(),
        tries: 0,
        expires_at: stored(*expires_at),
    };
    diesel::insert_into(mails::table)
        .values(row)
        .execute(connection)
        .map(drop)
        .map_err(StorageError::when("keep the mail until it is sent"))
}

impl AccountWriter<'_> {
    /// Has a mail sent once the transaction is committed.
    pub fn queue_mail(&mut self, mail: &NewMail) -> Result<(), StorageError> {
        queue(self.connection, mail)
    }
}

impl Database {
    /// The mail that has been due longest, which nobody else is given for `lease`; forgets those
    /// that are worth nothing any more.
    pub fn take_mail(&mut self, lease: TimeDelta) -> Result<Option<QueuedMail>, StorageError> {
        let action = "find a mail to send";
        let now = now();
        let row: Option<MailRow> = self.statement(action, |connection| {
            mails::table
                .filter(mails::due_at.le(now))
                .order((mails::due_at, mails::id))
                .first(connection)
                .optional()
        })?;
        let Some(row) = row else { return Ok(None) };
        if row.expires_at <= now {
            self.forget_mail(&row.id)?;
            return self.take_mail(lease);
        }
        let taken = self.statement(action, |connection| {
            diesel::update(mails::table.find(&row.id).filter(mails::due_at.eq(row.due_at)))
                .set((mails::due_at.eq(now + lease), mails::tries.eq(row.tries + 1)))
                .execute(connection)
        })?;
        let MailRow { id, recipient, subject, body, created_at, tries, expires_at, .. } = row;
        let mail = NewMail { recipient, subject, body, expires_at: expires_at.and_utc() };
        let mail = QueuedMail { id, mail, created_at: created_at.and_utc(), tries: tries as u32 };
        Ok((taken > 0).then_some(mail))
    }

    /// Deletes a mail that was sent, or that can never be.
    pub fn forget_mail(&mut self, id: &str) -> Result<(), StorageError> {
        self.statement("forget the mail", |connection| {
            diesel::delete(mails::table.find(id)).execute(connection).map(drop)
        })
    }

    /// Has a mail tried again after a while.
    pub fn delay_mail(&mut self, id: &str, wait: TimeDelta) -> Result<(), StorageError> {
        let due = now() + wait;
        self.statement("delay the mail", |connection| {
            diesel::update(mails::table.find(id))
                .set(mails::due_at.eq(due))
                .execute(connection)
                .map(drop)
        })
    }

    /// How many mails wait to be sent.
    pub fn waiting_mails(&mut self) -> Result<u64, StorageError> {
        let count: i64 = self.statement("count the mails", |connection| {
            mails::table.select(count_star()).first(connection)
        })?;
        Ok(count as u64)
    }
}
