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
    "An origin gave no answer: `reason` is the word that `Cache-Status` and the error body have",
    "Tell the zone's owner. If it is many origins, look at this machine's network and name servers",
  ],
  origin_down: [
    "warn",
    "One of several origins of a zone, `name`, failed three times in a row, or two checks: the others are asked in its place",
    "Tell the zone's owner",
  ],
  origin_up: ["info", "An origin that was down has answered, and is asked again", "Nothing"],
  origin_health_failed: [
    "warn",
    "The isolates of a location could not tell each other which origins are down: each knows for itself",
    "Nothing, if it is seldom. Else look at the cache's disk",
  ],
  origin_check_failed: [
    "error",
    "The cron could not check a zone's origins, or not publish what it found; it tries again within a minute",
    "Nothing, if it passes by itself. Else look at D1 and KV",
  ],
  origin_auth_unreadable: [
    "error",
    "The credentials for an origin cannot be decrypted: the zone's requests to it fail (`origin-auth`)",
    "Put the key that sealed it back into `SECRETS_KEY`",
  ],
  body_broken: [
    "warn",
    "An answer broke off: `reason`, and more exactly `detail`. It was not stored",
    "As with `origin_failed`. `stalled` is a client that took nothing",
  ],
  bucket_missing: [
    "warn",
    "A zone's files are in a bucket that is not bound (any more): they are not served, and not deleted with their zone",
    "Bind the bucket again as `BUCKET_<NAME>`, or tell the zone's owner",
  ],
  prefetch_failed: [
    "error",
    "An order to prefetch ended by a fault of the edge's; its customer is told to order it once more",
    "Report the stack: it is a defect",
  ],
  refresh_failed: [
    "error",
    "A stale file could not be fetched anew in the background; it is served stale",
    "Nothing, if it is seldom. Else report the stack",
  ],
  tier_failed: [
    "warn",
    "The upper tier gave no answer that can be used; the origin was asked without it. Said once a minute at most",
    "Nothing, if it passes. Always: have zones go without it (`shield`), and report it",
  ],
  store_failed: [
    "warn",
    "The cache could not be read or written: the origin is asked, now or by the next request",
    "Seldom: nothing. Always: look at the cache's disk",
  ],
  uncaught: [
    "error",
    "The edge failed on a request and answered 500; the answer's `request_id` is this one's",
    "Report the stack: it is a defect",
  ],
  // The APIs
  processes_unknown: [
    "warn",
    "`/metrics` is without the memory of processes: the command of `npm run serve` did not answer",
    "Nothing, if it is seldom. Else report it",
  ],
  api_request: ["info", "A call was answered: `route`, `status`, `ms`, and whose key it showed", "Nothing"],
  api_error: [
    "error",
    "A call was answered 500; `request_id` is that of `api_request` and of the client's answer",
    "Report the stack: it is a defect",
  ],
  answer_not_kept: [
    "error",
    "A call that repeats this Idempotency-Key is told for a minute that the first is still being worked on",
    "Look at D1",
  ],
  control_unavailable: [
    "error",
    "The process that answers the APIs could not be reached; calls get 503",
    "Nothing, if it passes within seconds: it starts anew by itself",
  ],
  not_ready: [
    "warn",
    "`/health` is 503, since the database does not answer",
    "Look at D1, or at the disk of the state",
  ],
  dns_failed: ["error", "A question for a name was answered SERVFAIL", "Report the stack, unless D1 or KV was away"],
  // Publishing from D1 to the edge
  publish_failed: [
    "error",
    "A change stands in D1 and not in KV. It is tried again by itself, after five minutes at most",
    "Look at KV if `failures` grows",
  ],
  change_untold: [
    "error",
    "A change stands in D1 and KV, but the feed of changes does not tell of it: it is known everywhere within a minute",
    "Nothing, if it passes by itself: it is tried again",
  ],
  feed_unread: [
    "warn",
    "The feed of changes could not be read: KV is asked instead, and changes take up to a minute to be known",
    "Nothing, if it passes by itself. Else look at the object ChangeFeed",
  ],
  publisher_unreachable: [
    "error",
    "As `publish_failed`; the cron tries again within a minute",
    "Nothing, if it passes by itself",
  ],
  restore_failed: [
    "error",
    "A call of `/admin/restore` was answered 503: something could not be published",
    "Look at KV; `npm run restore` tries again by itself, and says where to go on",
  ],
  document_refresh_failed: [
    "error",
    "KV could not be read: what is known of a zone, an account or a record is used for an hour",
    "Look at KV",
  ],
  edge_not_told: [
    "warn",
    "An edge process did not hear of a change within a second: it reads it from KV within five",
    "Nothing, if it is seldom. Else the machine has too little to compute with",
  ],
  meter_not_told: ["error", "A meter did not hear of an account's change: isolates read it from KV", "Nothing"],
  purge_accelerator_unreachable: [
    "error",
    "A purge was not queued for Cloudflare's cache by tag; the purge log holds as ever",
    "Nothing, if it is seldom",
  ],
  purge_acceleration_overflow: [
    "error",
    "More tags wait for Cloudflare's purges than are kept: the oldest were dropped; the purge log holds as ever",
    "Ask Cloudflare for a higher limit, or unset `CLOUDFLARE_API_TOKEN`",
  ],
  purge_acceleration_given_up: [
    "error",
    "Tags waited for days and were dropped; the purge log holds as ever",
    "Look at `purge_acceleration_failed`",
  ],
  purge_acceleration_limited: ["warn", "Cloudflare asks to wait before the next purge by tag", "Nothing"],
  purge_acceleration_failed: [
    "error",
    "Cloudflare refused a purge by tag: `reason`. It is tried again",
    "Look at the token's permission and at `CLOUDFLARE_ZONE_ID`",
  ],
  purged_not_freed: [
    "error",
    "The disk space of a zone that was purged or deleted is not free yet; nothing of it is served",
    "Nothing, if it is seldom: the next minute tries again",
  ],
  // Usage and quotas
  usage_not_delivered: [
    "warn",
    "A meter did not take counts. They are kept in memory and brought again; if the process ends first, they are lost",
    "Nothing, if it passes by itself",
  ],
  usage_delivery_failed: ["error", "As `usage_not_delivered`, for a reason that nobody foresaw", "Report the stack"],
  usage_not_told: [
    "error",
    "An account's object did not hear what a location has counted: until it does, reports lack that location",
    "Nothing, if it passes by itself",
  ],
  usage_not_settled: [
    "error",
    "The server ends, and a process did not say in time that its counts are delivered",
    "Usage may lack what was counted in the last seconds",
  ],
  quota_not_looked_at: ["error", "A quota was not compared with what is used; the next counts do that", "Look at D1"],
  pop_not_noted: ["error", "A location was not noted as serving; the next counts do that", "Look at D1"],
  // Hostnames
  resolver_failed: [
    "warn",
    "A question to the resolver of `DOH_RESOLVER` got no answer; the proof is looked for again",
    "Nothing, if it is seldom. Else look at the resolver",
  ],
  resolver_away: [
    "error",
    "The resolver of `DOH_RESOLVER` answers nothing: no proof of a hostname is looked for this minute, and none counts as gone",
    "Look at the resolver",
  ],
  http_proof_failed: [
    "warn",
    "A customer's server could not be asked for the file that proves a hostname; it is tried again",
    "Nothing",
  ],
  hostname_check_failed: [
    "error",
    "A hostname was not looked at; that is done again within five minutes",
    "Look at D1",
  ],
  certificate_not_tended: [
    "error",
    "Cloudflare did not order, tell of or delete a certificate: `kind`, `reason`. It is tried again",
    "If the reason is `quota`, ask Cloudflare for more hostnames. Else look at the token's permission and at `CLOUDFLARE_SAAS_ZONE_ID`",
  ],
  // Webhooks
  webhook_failed: ["warn", "A customer's server could not be reached; it is tried again", "Nothing"],
  webhook_run_failed: ["error", "Deliveries of a webhook were put off by a minute", "Look at D1"],
  webhooks_not_poked: ["error", "Deliveries wait for the cron, at most a minute", "Look at D1"],
  dispatcher_unreachable: ["error", "Deliveries wait for the cron, at most a minute", "Nothing, if it is seldom"],
  signing_key_unreadable: [
    "error",
    "A key that signs URLs of a zone was sealed by another `SECRETS_KEY`: what it has signed is refused",
    "Put the key that is missing behind the one of today, with a space between",
  ],
  // Tails and logs of zones
  request_not_noted: ["error", "A request is missing in a zone's tail and logs", "Report the stack: it is a defect"],
  tail_not_told: [
    "warn",
    "A zone's tail did not take what an isolate told it: its listeners see how much they miss",
    "Nothing, if it passes by itself",
  ],
  tail_not_announced: [
    "error",
    "The isolates were not told that somebody listens to a zone, or no longer does: its tail shows too little, or is told for an hour",
    "Look at D1 and KV",
  ],
  tail_not_checked: ["error", "It could not be checked whether those who listen to a zone still may", "Look at D1"],
  log_not_taken: [
    "warn",
    "A zone's outbox did not take log lines. They are kept in memory, 4 MB of a zone, and brought again",
    "Nothing, if it passes by itself",
  ],
  log_target_failed: ["warn", "A customer's server did not take logs: it is tried again", "Nothing"],
  log_run_failed: ["error", "The delivery of a zone's logs was put off by half a minute", "Look at D1"],
  // People
  mail_not_sent: [
    "warn",
    "Nothing sends mail here, since `MAIL_FROM` or the binding `MAIL` is missing. On one machine it is shown with what it says",
    "On your own machine: nothing. On a deployment: set both",
  ],
  mail_failed: ["error", "A link to sign in or an invitation could not be sent", "Look at Email Routing"],
  // Settings
  secret_refused: [
    "error",
    "A secret could be guessed and counts as not set: `name`, `reason`",
    "Set one of 32 characters or more",
  ],
  // The server on one machine
  disk_full: [
    "error",
    "The disk of the state is full, said once a minute. Calls that write get 507, calls that read go on, the edge serves and stores nothing new",
    "Make room: it goes on by itself. Usage counted meanwhile is kept in memory: do not stop the server before",
  ],
  disk_refuses: [
    "error",
    "The disk of the state takes no writes, said once a minute (read-only, or an I/O error). As `disk_full`, with 503",
    "Look at the kernel's log and at the mount: it goes on by itself when writes are taken again",
  ],
  disk_writes_again: ["info", "The disk of the state takes writes again", "Nothing"],
  cron_failed: [
    "error",
    "What is looked after every minute failed in part; the next minute tries again",
    "Nothing, if it passes by itself",
  ],
  runtime: ["warn", "What workerd says of its own accord", "Seldom: nothing. Else report it"],
  runtime_failed: ["error", "workerd ended by itself; it is started anew", "Report it"],
  setting_unknown: ["warn", "A name in the environment looks like that of a setting, and is none", "Correct the name"],
  // `npm run dns`
  bridge_has_no_secret: [
    "warn",
    "`DNS_BRIDGE_SECRET` is not set: to the endpoint, all clients of this bridge are one",
    "Set it here and at the endpoint, to have clients limited one by one",
  ],
  doh_unreachable: [
    "error",
    "The DoH endpoint does not answer: clients get SERVFAIL. Said once each time",
    "Look at it",
  ],
  udp_failed: ["warn", "A datagram could not be sent", "Nothing"],
} as const satisfies Record<string, EventEntry>;

export type EventName = keyof typeof EVENTS;
