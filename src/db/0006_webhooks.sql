-- ResolveDB's webhooks. Times are integer milliseconds since the epoch.

-- `events` is a JSON array of names. `disabled_reason` says why the dispatcher has disabled a webhook, NULL: its owner did.
-- Secrets stand here as they are, since each delivery is signed with them. `previous_secret` signs beside `secret` until
-- `previous_secret_until`. `failing_since` is the first failure after the last success, `last_result` what came of the last
-- attempt, as JSON.
CREATE TABLE webhooks (
  id                    TEXT PRIMARY KEY,
  account_id            TEXT NOT NULL REFERENCES accounts (id),
  url                   TEXT NOT NULL,
  events                TEXT NOT NULL,
  state                 TEXT NOT NULL CHECK (state IN ('enabled', 'disabled', 'deleted')),
  disabled_reason       TEXT CHECK (disabled_reason IN ('gone', 'failing', 'backlog')),
  secret                TEXT NOT NULL,
  previous_secret       TEXT,
  previous_secret_until INTEGER,
  failing_since         INTEGER,
  last_result           TEXT,
  created_at            INTEGER NOT NULL,
  updated_at            INTEGER NOT NULL
) STRICT;

CREATE INDEX webhooks_by_account ON webhooks (account_id, created_at, id);
CREATE INDEX webhooks_deleted ON webhooks (updated_at) WHERE state = 'deleted';

-- The outbox: what happened, written in the transaction of the change itself. `body` is what is sent; NULL once every
-- webhook has got it.
CREATE TABLE webhook_events (
  id         TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  type       TEXT NOT NULL,
  body       TEXT,
  created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX webhook_events_by_time ON webhook_events (created_at);

-- An event on its way to one webhook, in the order of `seq`. `failed`: given up. `next_attempt_at` is NULL unless pending.
-- `response_status` and `reason` are of the last attempt.
CREATE TABLE webhook_deliveries (
  seq             INTEGER PRIMARY KEY,
  webhook_id      TEXT NOT NULL REFERENCES webhooks (id),
  event_id        TEXT NOT NULL REFERENCES webhook_events (id),
  state           TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
  attempts        INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER,
  last_attempt_at INTEGER,
  response_status INTEGER,
  reason          TEXT,
  created_at      INTEGER NOT NULL,
  UNIQUE (webhook_id, event_id)
) STRICT;

CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, seq);
CREATE INDEX webhook_deliveries_by_event ON webhook_deliveries (event_id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, next_attempt_at, seq) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_overdue ON webhook_deliveries (next_attempt_at, webhook_id) WHERE state = 'pending';
