-- How many mails went out on a day (UTC; its beginning in milliseconds since the epoch): to an address, for a client, or for an account. Names are
-- hashed, since an address may be of somebody who is no person here.
CREATE TABLE mails_sent (
  name TEXT NOT NULL,
  day  INTEGER NOT NULL,
  sent INTEGER NOT NULL,
  PRIMARY KEY (name, day)
) STRICT, WITHOUT ROWID;

CREATE INDEX mails_sent_by_day ON mails_sent (day);
