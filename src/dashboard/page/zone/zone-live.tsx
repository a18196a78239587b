import { useEffect, useRef, useState } from "preact/hooks";
import type { Schemas } from "../api/client.ts";
import { bytes, count, time } from "../ui/format.ts";
import { Table } from "../ui/table.tsx";
import { useQuery } from "../ui/use-query.ts";
import { addressOf } from "./address-of.ts";
import { openTail, type RequestEvent } from "./tail-socket.ts";

/** How many requests are kept on the page; a screen shows a few dozen. */
const KEPT = 300;
/** How often new requests are shown, ms: a thousand requests a second must not be drawn one by one. */
const SHOW_MS = 250;
/** The pause after a lost connection, ms. */
const AGAIN_MS = 2_000;
/** How often in a row to try: a browser is not told why a WebSocket was refused. */
const TRIES = 5;

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

const REASONS: Readonly<Record<string, string>> = {
  "time-over": "The hour is over.",
  "not-allowed-any-more": "You may no longer listen: your session or your role has ended.",
  "zone-deleted": "The zone was deleted.",
  "server-stops": "The server is stopping.",
};

const REFUSED = "The server does not let this page listen: perhaps too many others are listening already.";

type State =
  | { kind: "opening" }
  | { kind: "open" }
  | { kind: "paused" }
  | { kind: "lost" }
  | { kind: "ended"; why: string };

/** The zone's requests as they are answered, newest first. */
export function ZoneLive({ zone }: { zone: Schemas["Zone"] }) {
  const [status, setStatus] = useQuery<string>("status", "");
  const [cache, setCache] = useQuery<string>("cache", "");
  const [path, setPath] = useQuery<string>("path", "");
  const [state, setState] = useState<State>({ kind: "opening" });
  const [shown, setShown] = useState<readonly RequestEvent[]>([]);
  const [omitted, setOmitted] = useState(0);
  const [round, setRound] = useState(0);
  const come = useRef<RequestEvent[]>([]);
  const failures = useRef(0);
  const isPaused = state.kind === "paused";
  useEffect(() => {
    if (isPaused) return;
    setState({ kind: "opening" });
    let again: ReturnType<typeof setTimeout> | undefined;
    const close = openTail(
      zone.name,
      { status, cache, path },
      (message) => {
        if (message.type === "open") {
          failures.current = 0;
          setState({ kind: "open" });
        }
        if (message.type === "requests") come.current.push(...message.requests);
        if (message.type === "omitted") setOmitted((before) => before + message.count);
        if (message.type === "end") setState({ kind: "ended", why: REASONS[message.reason] ?? message.reason });
      },
      () => {
        if (++failures.current >= TRIES) {
          failures.current = 0;
          setState({ kind: "ended", why: REFUSED });
          return;
        }
        setState({ kind: "lost" });
        again = setTimeout(() => setRound((before) => before + 1), AGAIN_MS);
      },
    );
    const show = setInterval(() => {
      const fresh = come.current.splice(0);
      if (fresh.length > 0) setShown((before) => [...fresh.reverse(), ...before].slice(0, KEPT));
    }, SHOW_MS);
    return () => {
      close();
      clearInterval(show);
      clearTimeout(again);
    };
  }, [zone.name, status, cache, path, isPaused, round]);
  return (
    <>
      <div class="choices">
        <label class="inline">
          Status
          <select value={status} onChange={({ currentTarget }) => setStatus(currentTarget.value)}>
            <option value="">all</option>
            {["2xx", "3xx", "4xx", "5xx"].map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <label class="inline">
          Cache
          <select value={cache} onChange={({ currentTarget }) => setCache(currentTarget.value)}>
            <option value="">all</option>
            {["HIT", "MISS", "STALE", "REVALIDATED", "BYPASS"].map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <label class="inline">
          Path
          <input
            type="search"
            placeholder="/assets/*.css"
            value={path}
            onChange={({ currentTarget }) => setPath(currentTarget.value.trim())}
          />
        </label>
        <button
          type="button"
          class="button quiet small"
          onClick={() => {
            if (state.kind === "ended") setRound((before) => before + 1);
            else setState({ kind: isPaused ? "opening" : "paused" });
          }}
        >
          {isPaused || state.kind === "ended" ? "Resume" : "Pause"}
        </button>
      </div>
      <p class="muted" role="status">
        {saidOf(state)}
        {omitted > 0 && ` ${count(omitted)} more requests were answered and are not shown: too many came at once.`}
      </p>
      {shown.length === 0 && state.kind === "open" && (
        <div class="empty">
          <h2>{status || cache || path ? "No such request yet" : "No request yet"}</h2>
          <p>Each is shown with what the cache did with it, and links to the reason.</p>
        </div>
      )}
      {shown.length > 0 && (
        <Table
          label="Requests"
          rows={shown}
          keyOf={({ id }) => id}
          columns={[
            { head: "Time", cell: ({ time: at }) => clock.format(new Date(at)), title: ({ time: at }) => time(at) },
            {
              head: "Request",
              title: ({ path: asked, query }) => asked + query,
              cell: ({ method, path: asked, query }) => (
                <a class="short-text" href={whyLink(zone, asked + query)}>
                  {method === "GET" ? "" : `${method} `}
                  {asked}
                  {query}
                </a>
              ),
            },
            {
              head: "Status",
              kind: "number",
              cell: ({ status: said }) => <span class={said >= 500 ? "bad" : undefined}>{said}</span>,
            },
            {
              head: "Cache",
              title: ({ detail }) => detail ?? undefined,
              cell: ({ cache: word, detail }) => (
                <>
                  {word} {detail !== null && <span class="muted">{detail}</span>}
                </>
              ),
            },
            { head: "Size", kind: "number", cell: ({ bytes: sent }) => bytes(sent) },
            { head: "ms", kind: "number", cell: ({ ms }) => count(ms) },
            {
              head: "From",
              title: ({ address, referer, user_agent: agent }) =>
                [address, agent, referer && `page of ${referer}`].filter(Boolean).join(", "),
              cell: ({ country, location: pop }) => [country, pop].filter(Boolean).join(" · "),
            },
          ]}
        />
      )}
    </>
  );
}

function whyLink(zone: Schemas["Zone"], asked: string): string {
  return `/zones/${zone.name}/why?${new URLSearchParams({ url: addressOf(zone.subdomain) + asked })}`;
}

function saidOf(state: State): string {
  switch (state.kind) {
    case "opening":
      return "Connecting…";
    case "open":
      return "Listening: requests are shown within seconds of their answer.";
    case "paused":
      return "Paused: requests that are answered in the meantime are not shown.";
    case "lost":
      return "The connection was lost. Trying again…";
    case "ended":
      return state.why;
    default:
      return state satisfies never;
  }
}
