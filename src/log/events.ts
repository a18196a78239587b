/** How much an event matters. `warn`: something outside failed, or was put off. `error`: something of ours failed. */
export const LEVELS = ["info", "warn", "error"] as const;

export type Level = (typeof LEVELS)[number];

/** What operators are told about an event: how much it matters, what it means, what to do. */
export type EventEntry = readonly [level: Level, meaning: string, whatToDo: string];

/** Every event that is ever logged. `src/docs/logs.md` has the same table. */
export const EVENTS = {
  // The edge
  origin_failed: [
    "warn",
    "An origin gave no answer: `reason` is the word that is also in `Cache-Status` and in the error's body",
    "Tell the zone's owner. If many origins fail, look at this machine's network and name servers",
  ],
  origin_down: [
    "warn",
    "One of a zone's several origins, `name`, failed three times in a row, or failed two checks: the others are asked in its place",
    "Tell the zone's owner",
  ],
  origin_up: ["info", "An origin that was down has answered, and is asked again", "Nothing"],
  origin_health_failed: [
    "warn",
    "The isolates of a location could not tell each other which origins are down: each finds out for itself",
    "Nothing, if it is rare. Otherwise look at the cache's disk",
  ],
  origin_check_failed: [
    "error",
    "The cron could not check a zone's origins, or could not publish what it found. It tries again within a minute",
    "Nothing, if it passes by itself. Otherwise look at D1 and KV",
  ],
  origin_auth_unreadable: [
    "error",
    "The credentials for an origin cannot be decrypted: the zone's requests to it fail (`origin-auth`)",
    "Put the key that encrypted them back into `SECRETS_KEY`",
  ],
  body_broken: [
    "warn",
    "An answer broke off, and was not stored. `reason` says why, `detail` more exactly",
    "As with `origin_failed`. `stalled` is a client that took nothing",
  ],
  bucket_missing: [
    "warn",
    "A zone's files are in a bucket that is not bound, or no longer: they are not served, and not deleted with their zone",
    "Bind the bucket again as `BUCKET_<NAME>`, or tell the zone's owner",
  ],
  prefetch_failed: [
    "error",
    "A prefetch ended because the edge failed; the customer is told to order it again",
    "Report the stack: it is a defect",
  ],
  refresh_failed: [
    "error",
    "A stale file could not be fetched again in the background; it is still served stale",
    "Nothing, if it is rare. Otherwise report the stack",
  ],
  tier_failed: [
    "warn",
    "The upper tier gave no usable answer, so the origin was asked without it. Logged once a minute at most",
    "Nothing, if it passes. If it does not, switch `shield` off for zones, and report it",
  ],
  store_failed: [
    "warn",
    "The cache could not be read or written: the origin is asked instead, now or by the next request",
    "Nothing, if it is rare. Otherwise look at the cache's disk",
  ],
  uncaught: [
    "error",
    "The edge failed on a request and answered 500; `request_id` is that of the answer",
    "Report the stack: it is a defect",
  ],
  // The APIs
  processes_unknown: [
    "warn",
    "`/metrics` lacks the memory of processes: the main process of `npm run serve` did not answer",
    "Nothing, if it is rare. Otherwise report it",
  ],
  api_request: [
    "info",
    "A call was answered: `route`, `status`, `ms`, and the account and key that made it",
    "Nothing",
  ],
  api_error: [
    "error",
    "A call was answered 500; `request_id` is that of `api_request` and of the client's answer",
    "Report the stack: it is a defect",
  ],
  answer_not_kept: [
    "error",
    "The answer to a call could not be kept. For a minute, a call that repeats its Idempotency-Key is told that the first one is still under way",
    "Look at D1",
  ],
  control_unavailable: [
    "error",
    "The process that answers the APIs could not be reached; calls get 503",
    "Nothing, if it passes within seconds: the process restarts by itself",
  ],
  not_ready: [
    "warn",
    "`/health` answers 503, since the database does not answer",
    "Look at D1, or at the disk with the server's data",
  ],
  dns_failed: ["error", "A DNS query was answered SERVFAIL", "Report the stack, unless D1 or KV was unavailable"],
  // Publishing from D1 to the edge
  publish_failed: [
    "error",
    "A change is in D1 but not in KV. It is tried again by itself, after five minutes at most",
    "Look at KV if `failures` grows",
  ],
  change_untold: [
    "error",
    "A change is in D1 and KV, but not yet in the feed of changes: it reaches all locations within a minute",
    "Nothing, if it passes by itself: it is tried again",
  ],
  feed_unread: [
    "warn",
    "The feed of changes could not be read: KV is read instead, and changes take up to a minute to arrive",
    "Nothing, if it passes by itself. Otherwise look at the object ChangeFeed",
  ],
  publisher_unreachable: [
    "error",
    "As `publish_failed`; the cron tries again within a minute",
    "Nothing, if it passes by itself",
  ],
  restore_failed: [
    "error",
    "A call of `/admin/restore` was answered 503: something could not be published",
    "Look at KV. `npm run restore` tries again by itself, and says how to continue",
  ],
  document_refresh_failed: [
    "error",
    "KV could not be read: what the edge last knew of a zone, an account or a record stays in use for an hour",
    "Look at KV",
  ],
  edge_not_told: [
    "warn",
    "An edge process did not hear of a change within a second: it reads it from KV within five",
    "Nothing, if it is rare. Otherwise the machine is too slow",
  ],
  meter_not_told: ["error", "A meter was not told that an account has changed: isolates read it from KV", "Nothing"],
  purge_accelerator_unreachable: [
    "error",
    "A purge by tag was not queued for Cloudflare's cache. The purge log still applies it",
    "Nothing, if it is rare",
  ],
  purge_acceleration_overflow: [
    "error",
    "Too many tags were waiting for Cloudflare's purges: the oldest were dropped. The purge log still applies them",
    "Ask Cloudflare for a higher limit, or unset `CLOUDFLARE_API_TOKEN`",
  ],
  purge_acceleration_given_up: [
    "error",
    "Tags waited for Cloudflare's purges for days and were dropped. The purge log still applies them",
    "Look at `purge_acceleration_failed`",
  ],
  purge_acceleration_limited: ["warn", "Cloudflare asked us to wait before the next purge by tag", "Nothing"],
  purge_acceleration_failed: [
    "error",
    "Cloudflare refused a purge by tag: `reason`. It is tried again",
    "Look at the token's permission and at `CLOUDFLARE_ZONE_ID`",
  ],
  purged_not_freed: [
    "error",
    "The disk space of a zone that was purged or deleted is not free yet. None of its old files are served",
    "Nothing, if it is rare: it is tried again in a minute",
  ],
  // Usage and quotas
  usage_not_delivered: [
    "warn",
    "A meter did not accept counts. They are kept in memory and sent again; if the process ends first, they are lost",
    "Nothing, if it passes by itself",
  ],
  usage_delivery_failed: ["error", "As `usage_not_delivered`, for an unexpected reason", "Report the stack"],
  usage_not_told: [
    "error",
    "An account's meter did not receive what a location has counted: until it does, reports lack that location",
    "Nothing, if it passes by itself",
  ],
  usage_not_settled: [
    "error",
    "The server is stopping, and a process did not report in time that its counts are delivered",
    "Nothing: usage may lack what was counted in the last seconds",
  ],
  quota_not_looked_at: [
    "error",
    "Usage was not compared with the quota. That happens with the next counts",
    "Look at D1",
  ],
  pop_not_noted: [
    "error",
    "It was not recorded that a location serves. That happens with the next counts",
    "Look at D1",
  ],
  // Hostnames
  resolver_failed: [
    "warn",
    "A query to the resolver of `DOH_RESOLVER` got no answer; the proof is looked up again",
    "Nothing, if it is rare. Otherwise look at the resolver",
  ],
  resolver_away: [
    "error",
    "The resolver of `DOH_RESOLVER` does not answer: no proofs of hostnames are looked up in this minute, and none counts as removed",
    "Look at the resolver",
  ],
  http_proof_failed: [
    "warn",
    "A customer's server could not be asked for the file that proves a hostname; it is tried again",
    "Nothing",
  ],
  hostname_check_failed: [
    "error",
    "A hostname could not be checked; it is tried again within five minutes",
    "Look at D1",
  ],
  certificate_not_tended: [
    "error",
    "Cloudflare did not order, report on or delete a certificate: `kind`, `reason`. It is tried again",
    "If the reason is `quota`, ask Cloudflare for more hostnames. Otherwise look at the token's permission and at `CLOUDFLARE_SAAS_ZONE_ID`",
  ],
  // Webhooks
  webhook_failed: ["warn", "A customer's server could not be reached; it is tried again", "Nothing"],
  webhook_run_failed: ["error", "Deliveries of a webhook were delayed by a minute", "Look at D1"],
  webhooks_not_poked: ["error", "Deliveries wait for the cron, for a minute at most", "Look at D1"],
  dispatcher_unreachable: ["error", "Deliveries wait for the cron, for a minute at most", "Nothing, if it is rare"],
  signing_key_unreadable: [
    "error",
    "A key that signs a zone's URLs was encrypted with another `SECRETS_KEY`: what it has signed is refused",
    "Add the missing key to `SECRETS_KEY`, after the current one and a space",
  ],
  // Tails and logs of zones
  request_not_noted: ["error", "A request is missing from a zone's tail and logs", "Report the stack: it is a defect"],
  tail_not_told: [
    "warn",
    "A zone's tail did not accept events from an isolate: its listeners are told how many they missed",
    "Nothing, if it passes by itself",
  ],
  tail_not_announced: [
    "error",
    "The isolates were not told that somebody listens to a zone, or no longer does: its tail shows too little, or is sent events for another hour",
    "Look at D1 and KV",
  ],
  tail_not_checked: [
    "error",
    "It could not be checked whether those who listen to a zone still have access",
    "Look at D1",
  ],
  log_not_taken: [
    "warn",
    "A zone's outbox did not accept log lines. They are kept in memory, up to 4 MB for a zone, and sent again",
    "Nothing, if it passes by itself",
  ],
  log_target_failed: ["warn", "A customer's server did not accept logs; it is tried again", "Nothing"],
  log_run_failed: ["error", "The delivery of a zone's logs was delayed by half a minute", "Look at D1"],
  // People
  mail_not_sent: [
    "warn",
    "Nothing sends mail here, since `MAIL_FROM` or the binding `MAIL` is missing. On one machine the log shows the mail instead",
    "On your own machine: nothing. On a deployment: set both",
  ],
  mail_failed: ["error", "A sign-in link or an invitation could not be sent", "Look at Email Routing"],
  // Settings
  secret_refused: [
    "error",
    "A secret is too easy to guess, and is treated as not set: `name`, `reason`",
    "Set one of 32 characters or more",
  ],
  // The server on one machine
  disk_full: [
    "error",
    "The disk with the server's data is full (logged once a minute). Calls that write get 507, calls that read still work. The edge serves, but stores nothing new",
    "Free some space: everything then goes on by itself. Usage is counted in memory until then, so do not stop the server before",
  ],
  disk_refuses: [
    "error",
    "The disk with the server's data refuses writes: it is read-only, or has an I/O error (logged once a minute). As `disk_full`, with 503",
    "Look at the kernel's log and at the mount. Everything goes on by itself when the disk accepts writes again",
  ],
  disk_writes_again: ["info", "The disk with the server's data accepts writes again", "Nothing"],
  cron_failed: [
    "error",
    "Some of what is done every minute failed; it is tried again in the next minute",
    "Nothing, if it passes by itself",
  ],
  runtime: ["warn", "Something that workerd itself wrote", "Nothing, if it is rare. Otherwise report it"],
  runtime_failed: ["error", "workerd ended by itself; it is started again", "Report it"],
  setting_unknown: [
    "warn",
    "A variable of the environment is named almost like a setting, but is none",
    "Correct the name",
  ],
  // `npm run dns`
  bridge_has_no_secret: [
    "warn",
    "`DNS_BRIDGE_SECRET` is not set: the endpoint takes all clients of this bridge for one",
    "Set it here and at the endpoint, so that each client has a limit of its own",
  ],
  doh_unreachable: [
    "error",
    "The DoH endpoint does not answer: clients get SERVFAIL. Logged once for each outage",
    "Look at the endpoint",
  ],
  udp_failed: ["warn", "A datagram could not be sent", "Nothing"],
} as const satisfies Record<string, EventEntry>;

export type EventName = keyof typeof EVENTS;
