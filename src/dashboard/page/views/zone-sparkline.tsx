import { useEffect, useRef, useState } from "preact/hooks";
import { rescdn } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { Sparkline } from "../ui/sparkline.tsx";

const DAYS = 30;
const DAY_MS = 86_400_000;

/** What was read, by zone, since people go back and forth in a list. */
const known = new Map<string, Promise<readonly number[]>>();
/** Each is a separate call. After a refusal, no more are made for a while. */
let quietUntil = 0;
const QUIET_MS = 60_000;

/** A zone's requests within 30 days, read when the row becomes visible. */
export function ZoneSparkline({ zone, name }: { zone: string; name: string }) {
  const element = useRef<HTMLSpanElement>(null);
  const [values, setValues] = useState<readonly number[] | null>(null);
  useEffect(() => {
    let isShown = true;
    const observer = new IntersectionObserver(([entry]) => {
      if (!entry?.isIntersecting) return;
      observer.disconnect();
      read(zone).then(
        (read) => isShown && setValues(read),
        () => {
          // The numbers beside it tell the same.
          quietUntil = Date.now() + QUIET_MS;
        },
      );
    });
    observer.observe(element.current!);
    return () => {
      isShown = false;
      observer.disconnect();
    };
  }, [zone]);
  return (
    <span ref={element} class="sparkline-place">
      {values !== null && <Sparkline values={values} label={`Requests of ${name} in ${DAYS} days`} />}
    </span>
  );
}

function read(zone: string): Promise<readonly number[]> {
  const before = known.get(zone);
  if (before !== undefined) return before;
  if (Date.now() < quietUntil) return Promise.reject(new Error("not now"));
  const from = new Date(Date.now() - (DAYS - 1) * DAY_MS).toISOString().slice(0, 10);
  const to = new Date().toISOString().slice(0, 10);
  const query = { zone, from, to, granularity: "day" as const };
  const made = answerOf(rescdn.GET("/v1/usage", { params: { query } })).then(({ series = [] }) =>
    series.map(({ requests }) => requests),
  );
  known.set(zone, made);
  made.catch(() => known.delete(zone));
  return made;
}
