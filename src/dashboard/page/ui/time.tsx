import { ago, time, utc } from "./format.ts";

/** A time as people say it; on hover, exact in the reader's zone and in UTC. */
export function Time({ at, exact = false }: { at: string; exact?: boolean }) {
  return (
    <time dateTime={at} title={`${time(at)} · ${utc(at)}`}>
      {exact ? time(at) : ago(at)}
    </time>
  );
}
