import type { ComponentChildren } from "preact";
import { count, ratio } from "../ui/format.ts";

interface TileProps {
  label: string;
  value: string;
  /** Where the pointer rests. */
  exact?: string;
  /** The figure, and what it was in the period before. */
  now?: number;
  before?: number | undefined;
  /** What `before` is of. */
  than?: string;
  more?: ComponentChildren;
}

/** A figure, and how it has changed. */
export function Tile({ label, value, exact, now, before, than = "the period before", more }: TileProps) {
  return (
    <div class="card">
      <dt>{label}</dt>
      <dd title={exact}>
        {value}
        <span class="change">
          {now !== undefined && before !== undefined && change(now, before, than)}
          {more}
          {"\u00a0"}
        </span>
      </dd>
    </div>
  );
}

/** What a ratio was before, in points: a change of a ratio in percent misleads. */
export function OfPoints({ now, before }: { now: number; before: number | undefined }) {
  if (before === undefined) return null;
  const points = Math.round((now - before) * 1_000) / 10;
  if (points === 0) return <>as before</>;
  return (
    <>
      {points >= 0 ? "+" : "−"}
      {Math.abs(points).toFixed(1)} points, from {ratio(before)}
    </>
  );
}

/** What a time in milliseconds was before. */
export function OfMilliseconds({ now, before }: { now: number; before: number | undefined }) {
  if (before === undefined) return null;
  if (now === before) return <>as before</>;
  return (
    <>
      {now >= before ? "+" : "−"}
      {count(Math.abs(now - before))} ms, from {count(before)} ms
    </>
  );
}

function change(now: number, before: number, than: string): string {
  if (before === 0) return "none before";
  if (now === before) return `as in ${than}`;
  const part = now / before - 1;
  return `${part >= 0 ? "+" : "−"}${Math.abs(part * 100).toFixed(Math.abs(part) < 0.1 ? 1 : 0)} % to ${than}`;
}
